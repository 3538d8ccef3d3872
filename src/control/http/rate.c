/* SPDX-License-Identifier: Apache-2.0 */
#include "control/http/rate.h"

#include <stdio.h>
#include <string.h>

/* FNV-1a. Who chooses names that fall into one set gains nothing: names are compared, too. */
static unsigned set_of(const char *name)
{
	uint32_t h = 2166136261u;

	for (; *name; name++)
		h = (h ^ (unsigned char)*name) * 16777619u;
	return h % RATE_SETS;
}

static double tokens_at(const struct rate *r, const struct rate_bucket *b, uint64_t now_us)
{
	double tokens = b->tokens;

	if (now_us > b->at_us)
		tokens += (double)(now_us - b->at_us) * r->per_minute / 60e6;
	return tokens < r->burst ? tokens : r->burst;
}

static struct rate_bucket *find(struct rate *r, const char *name, uint64_t now_us)
{
	struct rate_bucket *set = r->sets[set_of(name)], *victim = set;

	for (struct rate_bucket *b = set; b < set + RATE_WAYS; b++) {
		if (strncmp(b->name, name, sizeof b->name - 1) == 0)
			return b;
		if (victim->name[0] &&
		    (!b->name[0] || tokens_at(r, b, now_us) > tokens_at(r, victim, now_us)))
			victim = b;
	}
	*victim = (struct rate_bucket){ .at_us = now_us, .tokens = r->burst };
	(void)snprintf(victim->name, sizeof victim->name, "%s", name);
	return victim;
}

unsigned rate_take(struct rate *r, const char *name, unsigned cost, uint64_t now_us)
{
	struct rate_bucket *b = find(r, name, now_us);
	double want = cost < r->burst ? cost : r->burst;

	b->tokens = tokens_at(r, b, now_us);
	b->at_us = now_us;
	if (b->tokens < want)
		return 1 + (unsigned)((want - b->tokens) * 60 / r->per_minute);
	b->tokens -= want;
	return 0;
}
