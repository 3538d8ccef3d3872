/* SPDX-License-Identifier: Apache-2.0 */
/* A token bucket per name, in a table of fixed size. Each name has its own: buckets are never shared, and when
 * the table is full the fullest one, which has least to remember, is forgotten. Zero but for the two figures
 * is empty. Pure; time is an argument. */
#pragma once

#include <stdint.h>

#include "base/limits.h"

enum { RATE_SETS = 512, RATE_WAYS = 8 };

struct rate_bucket {
	char name[LIMIT_USER_ID + 1]; /* "" = free */
	uint64_t at_us;
	double tokens;
};

struct rate {
	unsigned per_minute, burst; /* both 1 or more */
	struct rate_bucket sets[RATE_SETS][RATE_WAYS];
};

/* Takes `cost` tokens (at most the burst) and returns 0, or takes none and returns the seconds until they
 * would be there. `name`: an account's id or an address, not empty. */
unsigned rate_take(struct rate *r, const char *name, unsigned cost, uint64_t now_us);
