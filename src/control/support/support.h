/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a team does with its conversations beside writing in them: status, who looks after one, labels.
 * Owned by control.c, loop's thread only. Sees neither HTTP nor SQL.
 *
 * Everything here is for the team: for others -EACCES. Callbacks run exactly once, on the loop's thread;
 * when nothing is asked of the store, before the function returns. Status: of the store, and as said.
 */
#pragma once

#include "store/support.h"

struct support;

/* Something happened to a conversation, in the order of cursors, before the asker's callback. */
typedef void support_event_fn(void *arg, const struct store_event *event);

struct support_config {
	struct store *store;	   /* borrowed */
	uint64_t (*wall_us)(void); /* NULL = clock_wall_us */
	support_event_fn *sink;
	void *sink_arg;
};

/* 0 or -ENOMEM. */
int support_new(const struct support_config *config, struct support **ret);

/* After store_close, or when nothing is in flight. Takes NULL. Returns NULL. */
struct support *support_free(struct support *s);

typedef void support_state_fn(void *arg, int status, const struct store_support *state);

/* Changes what `change` says (its user and time are filled in here). -ENOENT: no such conversation;
 * -ENXIO: the assignee is not of the team, or there is no such label. */
void support_change(struct support *s, const struct store_user *who,
		    const struct store_support_change *change, support_state_fn *done, void *arg);

/* Everybody of the team, by name. */
void support_team(struct support *s, const struct store_user *who, store_users_fn *done, void *arg);
