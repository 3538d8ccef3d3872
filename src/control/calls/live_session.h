/* SPDX-License-Identifier: Apache-2.0 */
/* One live session; private to live.c, live_events.c and live_media.c. */
#pragma once

#include "control/calls/internal.h"

/* A user in a session, now or earlier. Its address stays, so that snapshots can point to it. */
struct person {
	struct store_user user;
	struct store_user *own; /* where user's texts are */
	size_t seats;		/* connections that are there now */
	bool has_account;
	/* How well it was connected, 0 lost to 3 excellent, over the time since it was first measured. */
	unsigned level;
	uint64_t level_since_us, measured_us, level_sum;
};

/* One connection. */
struct seat {
	char *identity;
	struct person *person;
	unsigned kinds; /* what media lets it send, as told last; KINDS_UNKNOWN = never */
	unsigned connection;
};

enum { KINDS_UNKNOWN = ~0u, LOST = 3 };

/* What a session is made of beyond its people. */
enum live_event { LIVE_STARTED, LIVE_JOINED, LIVE_LEFT, LIVE_ENDED };

/* Owned by the table while it is live, and by each event that is on its way to the sink. */
struct live {
	struct list link;
	unsigned refs;
	char *cid;
	char session_id[CALLS_SESSION_ID_SIZE];
	uint64_t started_at_us, answered_at_us; /* answered: two were there; 0 = never */
	uint64_t began_us, most_us;		/* monotonic; how long it may last, 0 = for ever */
	bool carded;				/* a ring has told its outcome */
	struct person **members; /* everybody who ever came, in that order; only grows */
	size_t member_count;
	struct seat *seats;
	size_t seat_count;
	const struct store_user **present;
	struct call_state state; /* now */
};

void live_unref(struct live *l);

/* The live session of a call. NULL: nobody is there. */
struct live *live_find(struct calls *c, const char *cid);

/* live_media.c: somebody came, whose token may be older than what holds now. */
void live_admit(struct calls *c, const struct live *l);

/* Writes what happened, and tells the sink afterwards. */
void live_store(struct calls *c, struct live *l, enum live_event type, struct person *person);

/* At the end: the call's line in its conversation. */
void live_post_card(struct calls *c, struct live *l);
/* The person's level until now counts for the time that it lasted. */
void live_weigh(struct person *p, uint64_t now);
