/* SPDX-License-Identifier: Apache-2.0 */
/* Bits per second over a sliding window of one second, in 10 buckets.
 * Embedded; zeroed memory is an empty meter. */
#pragma once

#include <stddef.h>
#include <stdint.h>

enum {
	RATE_BUCKETS = 10,
	RATE_BUCKET_US = 100 * 1000,
	RATE_YOUNG_US = 500 * 1000, /* a younger meter counts as so old */
};

struct rate {
	/* index of the first bucket ever used, so that a young meter does not read low */
	uint64_t first;
	uint64_t newest; /* index (time / RATE_BUCKET_US) of the newest bucket; 0 = empty */
	uint32_t bytes[RATE_BUCKETS];
};

void rate_add(struct rate *r, uint64_t now, size_t bytes);
uint32_t rate_bps(const struct rate *r, uint64_t now);
