/* SPDX-License-Identifier: Apache-2.0 */
/* The event log. Part of store.h, which says how verbs work. */
#pragma once

#include "store/calls.h"

/* ---- the event log ---- */

enum store_event_type {
	EVENT_MESSAGE_NEW = 1,
	EVENT_CALL_SESSION_STARTED = 2,
	EVENT_CALL_SESSION_ENDED = 3,
	EVENT_MESSAGE_UPDATED = 20,
	EVENT_MESSAGE_DELETED = 21,
	EVENT_REACTION_NEW = 22,
	EVENT_REACTION_DELETED = 23,
	EVENT_CONVERSATION_UPDATED = 24,
	EVENT_CHANNEL_UPDATED = 25, /* made, or its name or members changed, by `user` */
	EVENT_CALL_PARTICIPANT_JOINED = 4,
	EVENT_CALL_PARTICIPANT_LEFT = 5,
	EVENT_FRAME = 6, /* as it was sent */
};

struct store_event {
	int64_t cursor;
	enum store_event_type type;
	uint64_t created_at_us;
	const char *conversation_id;  /* NULL = none */
	struct store_message message; /* MESSAGE_*, REACTION_*: as it is now */
	const char *cid, *session_id; /* CALL_* */
	/* CALL_*: who started it, came or left, at created_at_us; MESSAGE_*, REACTION_*: who did it */
	struct store_user user;
	const char *payload; /* FRAME: JSON */
	/* CONVERSATION_UPDATED, and MESSAGE_NEW when that changed it or is replayed: as it is now */
	const struct store_support *support;
	bool team; /* the reader is of the team */
	const struct store_channel
		*channel; /* CHANNEL_UPDATED: as it is now; filled in by the chat */
};

struct store_new_event {
	const char *payload;		/* the frame */
	const char *cid, *session_id;	/* session_id NULL = none */
	const char *conversation_id;	/* NULL: an ordinary call */
	struct store_audience audience; /* are added to the call's; or: */
	bool only;			/* nobody else */
	uint64_t at_us;
};

/* The audience is empty for a conversation's, unless `only`. */
typedef void store_event_fn(void *arg, int status, int64_t cursor, struct store_audience audience);

void store_event_add(struct store *s, const struct store_new_event *event, store_event_fn *done,
		     void *arg);

/* more: ask again from the last one's cursor. */
typedef void store_events_fn(void *arg, int status, const struct store_event *list, size_t n,
			     bool more);

/*
 * Events after `since` of the conversations in scope, and others in whose audience scope.user_id is. -ESTALE when events after `since` were pruned already (the last LIMIT_EVENTS_KEPT are
 * kept, and some hundred more) or `since` is not one of ours.
 */
void store_event_list(struct store *s, struct store_scope scope, int64_t since, unsigned limit,
		      store_events_fn *done, void *arg);
