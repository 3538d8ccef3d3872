/* SPDX-License-Identifier: Apache-2.0 */
/* See rate.h. Buckets are reused when time has passed over them. */
#include "media/rtp/rate.h"

#include <string.h>

/* Empties the buckets between the newest and `bucket`, which becomes the newest. */
static void advance(struct rate *r, uint64_t bucket)
{
	if (bucket - r->newest >= RATE_BUCKETS)
		memset(r->bytes, 0, sizeof r->bytes);
	else
		for (uint64_t b = r->newest + 1; b <= bucket; b++)
			r->bytes[b % RATE_BUCKETS] = 0;
	r->newest = bucket;
}

void rate_add(struct rate *r, uint64_t now, size_t bytes)
{
	uint64_t bucket = now / RATE_BUCKET_US + 1; /* never 0: that means empty */

	if (!r->newest || bucket > r->newest + RATE_BUCKETS)
		r->first = bucket; /* after a silence the window is young again */
	if (bucket > r->newest)
		advance(r, bucket);
	r->bytes[r->newest % RATE_BUCKETS] += (uint32_t)bytes;
}

uint32_t rate_bps(const struct rate *r, uint64_t now)
{
	uint64_t bucket = now / RATE_BUCKET_US + 1, sum = 0;

	if (!r->newest || bucket >= r->newest + RATE_BUCKETS)
		return 0;
	if (bucket < r->newest) {
		bucket = r->newest;
		now = bucket * RATE_BUCKET_US;
	}
	uint64_t from = bucket >= RATE_BUCKETS ? bucket - RATE_BUCKETS + 1 : 1;
	if (from < r->first)
		from = r->first;
	for (uint64_t b = from; b <= r->newest; b++)
		sum += r->bytes[b % RATE_BUCKETS];
	/* the newest bucket is not full yet; a stream begins with a key frame, which is no rate */
	uint64_t span = now - (from - 1) * RATE_BUCKET_US;
	uint64_t bps = sum * 8 * 1000000 / (span < RATE_YOUNG_US ? RATE_YOUNG_US : span);
	return bps > UINT32_MAX ? UINT32_MAX : (uint32_t)bps;
}
