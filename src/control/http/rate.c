/* SPDX-License-Identifier: Apache-2.0 */
#include "control/http/rate.h"

/* FNV-1a */
static unsigned slot_of(const char *name)
{
	uint32_t h = 2166136261u;

	for (; *name; name++)
		h = (h ^ (unsigned char)*name) * 16777619u;
	return h % RATE_SLOTS;
}

bool rate_take(struct rate *r, const char *name, uint64_t now_us)
{
	unsigned i = slot_of(name);
	double tokens = r->burst;

	if (r->slots[i].at_us && now_us >= r->slots[i].at_us) {
		tokens = r->slots[i].tokens +
			 (double)(now_us - r->slots[i].at_us) * r->per_minute / 60e6;
		if (tokens > r->burst)
			tokens = r->burst;
	}
	r->slots[i].at_us = now_us;
	r->slots[i].tokens = tokens >= 1 ? tokens - 1 : tokens;
	return tokens >= 1;
}
