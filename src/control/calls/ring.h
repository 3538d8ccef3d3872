/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The state of one ring, as a table: who may do what next. Pure: no clock, no store, no memory of
 * its own; rings.c gives it timers and tells people. Two rules hold whatever comes, in whatever
 * order (R48): nobody has accepted before they said so, and what has ended stays ended.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

enum { RING_LEGS_MAX = 100, RING_USER_SIZE = 65, RING_DEVICE_SIZE = 65 };

enum leg_state {
	LEG_RINGING,
	LEG_ACCEPTED,
	LEG_REJECTED,
	LEG_BUSY,
	LEG_MISSED,
	LEG_STOPPED,
	LEG_STATES
};

enum leg_event {
	LEG_ON_ACCEPT,
	LEG_ON_REJECT,
	LEG_ON_BUSY,
	LEG_ON_TIMEOUT,
	LEG_ON_CANCEL, /* by the caller, or the call ended */
	LEG_ON_WON,    /* somebody else of the team has answered */
	LEG_EVENTS,
};

/* Somebody who is called. Devices of one person ring and stop together. */
struct ring_leg {
	char user_id[RING_USER_SIZE];
	enum leg_state state;
	char device[RING_DEVICE_SIZE]; /* that accepted; "" = it did not say */
};

enum ring_state { RING_RINGING, RING_ACCEPTED, RING_ENDED };
enum ring_outcome {
	OUTCOME_NONE,
	OUTCOME_ACCEPTED,
	OUTCOME_DECLINED,
	OUTCOME_MISSED,
	OUTCOME_CANCELLED,
	OUTCOME_BUSY
};

struct ring {
	enum ring_state state;
	enum ring_outcome outcome;
	bool team; /* the first who accepts is the only one */
	struct ring_leg *legs;
	size_t leg_count;
};

/* What came of it. */
enum ring_result {
	RING_CHANGED,
	RING_SAME,     /* it was so already: a repeat */
	RING_TAKEN,    /* another device of the same person, or somebody else, was first */
	RING_OVER,     /* it does not ring (this person) any more */
	RING_STRANGER, /* not called */
};

/* The table of one leg: the next state. */
enum leg_state leg_next(enum leg_state state, enum leg_event event);

struct ring_leg *ring_leg_find(const struct ring *r, const char *user_id);
bool ring_is_ringing(const struct ring *r, const char *user_id); /* NULL: anybody */

/* A device accepts; device "" is never the same as another. */
enum ring_result ring_accept(struct ring *r, const char *user_id, const char *device);
enum ring_result ring_reject(struct ring *r, const char *user_id, bool busy);

/* Nobody answered in time: whoever still rings has missed it. */
enum ring_result ring_timeout(struct ring *r);
/* The caller gave up; after an answer only those who still ring are concerned. */
enum ring_result ring_cancel(struct ring *r);
/* The call is over for everybody. */
enum ring_result ring_end(struct ring *r);

const char *leg_state_text(enum leg_state state);
const char *ring_state_text(enum ring_state state);
const char *ring_outcome_text(enum ring_outcome outcome); /* NULL for none */
