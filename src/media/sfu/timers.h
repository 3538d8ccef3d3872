/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Deadlines in a binary heap: embed a `struct timer`, ask for the earliest. Ties run in the order
 * of arming, so that a simulated call replays exactly. The heap points to timers and owns only its
 * array; an armed timer must be disarmed before its memory goes. Belongs to the engine's thread.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#define TIMER_NEVER UINT64_MAX

struct timer {
	uint64_t due;	/* µs */
	uint64_t order; /* breaks ties */
	size_t at;	/* place in the heap + 1; 0 = not armed */
};

struct timers {
	struct timer **heap;
	size_t count, capacity;
	uint64_t orders;
};

void timers_fini(struct timers *h);

/* Makes room for n timers at once, so that timers_arm cannot fail. 0 or -ENOMEM. */
int timers_reserve(struct timers *h, size_t n);

/* Arms, moves (either way) or, with TIMER_NEVER, disarms. There must be room (timers_reserve). */
void timers_arm(struct timers *h, struct timer *t, uint64_t due);

/* The earliest; NULL = none. */
struct timer *timers_first(const struct timers *h);
