/* SPDX-License-Identifier: Apache-2.0 */
/* A token bucket per name, in a fixed table: names that share a slot share the bucket.
 * Pure; time is an argument. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum { RATE_SLOTS = 1024 };

struct rate {
	unsigned per_minute, burst;
	struct {
		uint64_t at_us;
		double tokens;
	} slots[RATE_SLOTS];
};

/* Takes one token; false when there is none. */
bool rate_take(struct rate *r, const char *name, uint64_t now_us);
