/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a team does with its conversations beside writing in them: status, who looks after one, labels.
 * Owned by control.c, loop's thread only. Sees neither HTTP nor SQL.
 *
 * What is said to be for the team answers others with -EACCES. Callbacks run exactly once, on the loop's thread;
 * when nothing is asked of the store, before the function returns. Status: of the store, and as said.
 */
#pragma once

#include "control/support/hours.h"
#include "store/support.h"

struct support;

/* Something happened to a conversation, in the order of cursors, before the asker's callback. */
typedef void support_event_fn(void *arg, const struct store_event *event);

struct support_config {
	struct store *store;	   /* borrowed */
	uint64_t (*wall_us)(void); /* NULL = clock_wall_us */
	support_event_fn *sink;
	void (*usual_reply_changed)(void *arg); /* support_usual_reply is another; may be NULL */
	void *sink_arg;				/* of both */
};

/* 0 or -ENOMEM. */
int support_new(const struct support_config *config, struct support **ret);

/* After store_close, or when nothing is in flight. Takes NULL. Returns NULL. */
struct support *support_free(struct support *s);

typedef void support_state_fn(void *arg, int status, const struct store_support *state);

/* Reads the settings; they hold once the store has answered. */
void support_load(struct support *s);

/* Give it a turn now and then: opens the snoozed conversations whose time has come, and looks how quick the team is. */
void support_tick(struct support *s);

/* How soon the team usually answers (reply_time.h); NULL = not known. */
const char *support_usual_reply(const struct support *s);

/* For the team. Changes what `change` says (its user and time are filled in here). -ENOENT: no such conversation;
 * -ENXIO: the assignee is not of the team, or there is no such label; -ERANGE: snoozed until a time that is past, or
 * more than SUPPORT_SNOOZE_DAYS away. */
enum { SUPPORT_SNOOZE_DAYS = 366 };
void support_change(struct support *s, const struct store_user *who,
		    const struct store_support_change *change, support_state_fn *done, void *arg);

/* For the team: everybody of it, by name. */
void support_team(struct support *s, const struct store_user *who, store_users_fn *done, void *arg);

/* ---- business hours ---- */

const struct hours *support_hours(const struct support *s);

/* For the team: other hours from now on. -EINVAL: why is in ret_error (HOURS_ERROR bytes). */
void support_set_hours(struct support *s, const struct store_user *who, const json_t *hours,
		       char *ret_error, store_done_fn *done, void *arg);

/* Give it every event of chat's: a customer who writes out of hours is told so, once each time it is
 * closed; and the team's answers are noticed. */
void support_on_event(struct support *s, const struct store_event *event);

/* ---- how it was ---- */

enum { SUPPORT_COMMENT_MAX = 1000 }; /* bytes */

/* The customer's answer to a question of struct store_support; rating 0: skipped. -ENOENT: not asked, or
 * not theirs; -EINVAL: the rating is not 0 to 5, or the comment too long or not UTF-8. */
void support_rate(struct support *s, const struct store_user *who, const char *conversation_id,
		  int64_t question, int64_t rating, const char *comment, support_state_fn *done,
		  void *arg);

/* ---- the audit log ---- */

/* Writes down who did what, and from which address; target and detail may be NULL. A full disk loses the row, not the deed. */
void support_audit(struct support *s, const char *actor_id, const char *place, const char *action,
		   const char *target, const char *detail);
