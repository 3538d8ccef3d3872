/* SPDX-License-Identifier: Apache-2.0 */
#include "control/auth/throttle.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "base/address.h"
#include "base/clock.h"
#include "base/limits.h"

enum throttle_kind { PAIR, ADDRESS, ACCOUNT, KINDS };

/* Tries at once, and seconds until one more.
 * An address may be an office; an account's own bucket is the last line. */
static const struct {
	uint32_t burst, every_s;
} rules[KINDS] = {
	[PAIR] = { 10, 20 },
	[ADDRESS] = { 40, 5 },
	[ACCOUNT] = { 100, 10 },
};

void throttle_init(struct throttle *t, struct rng *g)
{
	*t = (struct throttle){ 0 };
	rng_fill(g, t->secret, sizeof t->secret);
}

static void refill(struct throttle_bucket *b, enum throttle_kind kind, uint64_t now_us)
{
	uint64_t us_per_milli = (uint64_t)rules[kind].every_s * 1000;
	uint64_t gained = (now_us - b->at_us) / us_per_milli;

	b->at_us += gained * us_per_milli; /* the rest is not lost, however often we look */
	b->milli = gained > b->full - b->milli ? b->full : b->milli + (uint32_t)gained;
}

static struct throttle_bucket *find(struct throttle *t, enum throttle_kind kind, uint64_t now_us,
				    const char *account, const char *address)
{
	char text[8 + LIMIT_USER_ID + INET6_ADDRSTRLEN];
	uint64_t key;

	int n = snprintf(text, sizeof text, "%d|%s|%s", kind, kind == ADDRESS ? "" : account,
			 kind == ACCOUNT ? "" : address);
	(void)crypto_shorthash((uint8_t *)&key, (const uint8_t *)text, (unsigned)n,
			       t->secret); /* never fails */
	key |= 1;			   /* 0 is free */

	struct throttle_bucket *set = t->sets[(key >> 8) % THROTTLE_SETS], *victim = set;
	for (struct throttle_bucket *b = set; b < set + THROTTLE_WAYS; b++) {
		if (b->key == key) {
			refill(b, kind, now_us);
			return b;
		}
		/* Free ones have full == 0; then whoever lacks least. */
		uint64_t lack = b->full - b->milli + (b->known ? 1 : 0),
			 least = victim->full - victim->milli + (victim->known ? 1 : 0);
		if (victim->key && (!b->key || lack < least))
			victim = b;
	}
	uint32_t full = rules[kind].burst * 1000;
	*victim = (struct throttle_bucket){
		.key = key, .at_us = now_us, .milli = full, .full = full
	};
	return victim;
}

static unsigned wait_for(const struct throttle_bucket *b, enum throttle_kind kind)
{
	return b->milli >= 1000 ? 0 : (1000 - b->milli) * rules[kind].every_s / 1000 + 1;
}

unsigned throttle_wait(struct throttle *t, uint64_t now_us, const char *account, const char *peer)
{
	char address[INET6_ADDRSTRLEN];
	unsigned wait = 0;

	address_place(peer, address);
	bool known = find(t, PAIR, now_us, account, address)->known;
	for (enum throttle_kind kind = PAIR; kind < KINDS; kind++) {
		unsigned w = wait_for(find(t, kind, now_us, account, address), kind);

		if (kind == ACCOUNT && (known || !*account))
			continue;
		if (w > wait)
			wait = w;
	}
	return wait;
}

unsigned throttle_take(struct throttle *t, uint64_t now_us, const char *account, const char *peer)
{
	char address[INET6_ADDRSTRLEN];
	/* All are asked before one is charged: a refused try costs nothing. */
	unsigned wait = throttle_wait(t, now_us, account, peer);

	address_place(peer, address);
	for (enum throttle_kind kind = PAIR; kind < KINDS && !wait; kind++) {
		struct throttle_bucket *b = find(t, kind, now_us, account, address);

		b->milli -= b->milli < 1000 ? b->milli : 1000;
	}
	return wait;
}

void throttle_undo(struct throttle *t, uint64_t now_us, const char *account, const char *peer)
{
	char address[INET6_ADDRSTRLEN];

	address_place(peer, address);
	for (enum throttle_kind kind = PAIR; kind < KINDS; kind++) {
		struct throttle_bucket *b = find(t, kind, now_us, account, address);

		b->milli = b->milli + 1000 > b->full ? b->full : b->milli + 1000;
	}
}

void throttle_good(struct throttle *t, uint64_t now_us, const char *account, const char *peer)
{
	char address[INET6_ADDRSTRLEN];

	throttle_undo(t, now_us, account, peer);
	address_place(peer, address);
	struct throttle_bucket *pair = find(t, PAIR, now_us, account, address);
	pair->known = true;
	pair->milli = pair->full;
}
