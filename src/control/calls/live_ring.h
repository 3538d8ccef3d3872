/* SPDX-License-Identifier: Apache-2.0 */
/* One ring that the server runs; private to rings.c, rings_start.c and rings_restart.c. */
#pragma once

#include "control/calls/internal.h"

enum {
	CALLER_GRACE_S = 5,  /* without a socket and not in the call */
	HANG_UP_GRACE_S = 2, /* out of the room: time to come back by another connection */
	NOBODY_CAME_S = 20,  /* accepted, but nobody is there */
	RING_ID_SIZE = 20,
};

struct live_ring {
	struct list in_calls;
	struct ring ring;
	char id[RING_ID_SIZE], cid[CALLS_CID_SIZE], device[RING_DEVICE_SIZE];
	char *conversation_id;	   /* NULL = none */
	char *channel_name;	   /* of the group that is called; NULL = none */
	struct store_user *caller; /* own copies */
	struct store_user **users; /* of the legs */
	bool *told;		   /* of the legs: that they have missed it */
	bool video, seen;	   /* seen: the caller had an event socket */
	bool inside; /* asks more people into a call that goes on: no card of its own */
	uint64_t started_at_us, expires_at_us; /* wall */
	uint64_t incoming_us, auto_cancel_us, missed_us, gone_us, left_us,
		accepted_us; /* monotonic; 0 = not */
};

struct live_ring *live_ring_find(struct calls *c, const char *cid); /* the newest of the call */

json_t *live_ring_json(const struct live_ring *r);
/* An event about it; `user`: whose doing it is. */
json_t *live_ring_frame(struct calls *c, const struct live_ring *r, const char *type,
			const struct store_user *user);
json_t *live_ring_card(struct calls *c, const struct live_ring *r, const char *outcome);

/* To all who belong to the call. Steals the frame. */
void live_ring_say(struct calls *c, const struct live_ring *r, json_t *frame);
/* To those who have not answered, and to the caller; once. */
void live_ring_say_missed(struct calls *c, const struct live_ring *r, size_t leg);
void live_ring_say_rejected(struct calls *c, const struct live_ring *r, size_t leg,
			    const char *reason, const char *device);
/* After the last event about it: frees it when it is over. */
void live_ring_settle(struct calls *c, struct live_ring *r);
