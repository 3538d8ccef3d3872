/* SPDX-License-Identifier: Apache-2.0 */
/*
 * When the authority is asked for a certificate. Pure: time and chance are arguments (wall µs: it goes on over restarts), so that
 * years are a test. Never a loop of requests, whatever goes wrong: after a refusal at least an hour, doubled up to six; after a network that
 * failed seconds, doubled up to an hour; never before the time that the authority named. By hand (SIGHUP, a restart) it is asked at once, but
 * not more than SCHEDULE_BY_HAND times in an hour.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/rng.h"

enum {
	SCHEDULE_BY_HAND = 3,
	SCHEDULE_HOUR_S = 3600,
	SCHEDULE_REFUSED_MAX_S = 6 * SCHEDULE_HOUR_S,
	SCHEDULE_UNREACHED_S = 5,
	SCHEDULE_WAIT_MAX_S = 7 * 24 * SCHEDULE_HOUR_S, /* of what the authority names */
};

enum schedule_failure {
	SCHEDULE_UNREACHED, /* no answer, or it is busy (5xx) */
	SCHEDULE_REFUSED,   /* an answer, and it was no */
	SCHEDULE_LIMITED,   /* too often (429) */
};

struct schedule {
	uint64_t due_us;		       /* ask then */
	uint64_t failed_us;		       /* when the last failure was */
	uint64_t not_before;		       /* the authority named this time; 0 = none */
	unsigned refused, unreached;	       /* in a row */
	uint64_t by_hand_us[SCHEDULE_BY_HAND]; /* the last ones */
};

/* There is one that is good from … to: the next is due when a third of its life is left. */
void schedule_have(struct schedule *s, uint64_t from_us, uint64_t to_us);

/*
 * The same of one that has just come. False: it would be due already, so this machine's clock or the authority's is wrong; the next is asked
 * for when a quarter of such a life has gone by, or each would be followed by another at once.
 */
bool schedule_took(struct schedule *s, uint64_t from_us, uint64_t to_us, uint64_t now_us);

/* There is none, or not for these names: now, unless a failure before a restart says otherwise. */
void schedule_lack(struct schedule *s, uint64_t now_us);

/* retry_after_s: what the authority named; 0 = nothing. */
void schedule_failed(struct schedule *s, enum schedule_failure how, uint64_t retry_after_s,
		     uint64_t now_us, struct rng *rng);

/*
 * Call before `due_us` is looked at: a clock that was set back since the failure takes what is due with it. A machine that began
 * with 2036 would wait until then.
 */
void schedule_clock(struct schedule *s, uint64_t now_us);

/* Somebody wants it tried again after a failure. False: it is not yet time for that, or there was none. */
bool schedule_by_hand(struct schedule *s, uint64_t now_us);

/* Whether the last one failed. */
bool schedule_is_failing(const struct schedule *s);
