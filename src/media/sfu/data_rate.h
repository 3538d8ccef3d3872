/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How much data one participant may have carried: the bytes that it sends, and each copy that goes to a receiver, out of a
 * bucket. SCTP gives it no more window than is left for everybody in the room, so that it waits: a file arrives whole, and
 * takes its time. Who does not heed the window loses what is over. Pure; time is an argument.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/limits.h"

struct data_rate {
	uint64_t at;	  /* µs; 0 = nothing was sent yet */
	int64_t spent;	  /* bytes; below 0 never */
	uint64_t wake_at; /* µs: the window is to be told again; 0 = it is wide open */
};

enum {
	DATA_RATE_MS = LIMIT_DATA_RATE / 1000, /* bytes in a millisecond */
	DATA_WINDOW_NARROW = 64 * 1024,	       /* then it is told again soon, … */
	DATA_WINDOW_US = 20 * 1000,	       /* … in this time */
};

static inline void data_rate_refill(struct data_rate *r, uint64_t now)
{
	uint64_t ms = (now - r->at) / US_PER_MS;

	if (r->at == 0 || ms >= (uint64_t)r->spent / DATA_RATE_MS + 1) {
		r->spent = 0;
		r->at = now;
	} else {
		r->spent -= (int64_t)ms * DATA_RATE_MS;
		r->at += ms * US_PER_MS;
	}
}

static inline void data_rate_spend(struct data_rate *r, size_t bytes)
{
	r->spent += (int64_t)bytes;
}

/* It goes on sending where there was no window any more. */
static inline bool data_rate_is_over(const struct data_rate *r)
{
	return r->spent > 2 * (int64_t)LIMIT_DATA_BURST;
}

/* It has sent so much lately that others come first. */
static inline bool data_rate_is_heavy(const struct data_rate *r)
{
	return r->spent > LIMIT_DATA_BURST / 2;
}

/* Bytes that it may send now, with `people` in the room; sets when to ask again. */
static inline size_t data_rate_window(struct data_rate *r, uint64_t now, size_t people)
{
	int64_t left = LIMIT_DATA_BURST - r->spent;
	size_t window = left > 0 ? (size_t)left / (people ? people : 1) : 0;

	r->wake_at = window < DATA_WINDOW_NARROW && r->spent > 0 ? now + DATA_WINDOW_US : 0;
	return window < LIMIT_SCTP_RECEIVE ? window : LIMIT_SCTP_RECEIVE;
}
