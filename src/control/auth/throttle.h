/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How often somebody may fail to sign in (R12): token buckets per account and address together, per
 * address, and per account. A pair that signed in before does not feel the account's bucket, so
 * that guessing from elsewhere locks nobody out. In memory, of fixed size: when it is full the most
 * harmless bucket is forgotten. Private to auth, loop's thread.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/rng.h"

enum { THROTTLE_SETS = 1024, THROTTLE_WAYS = 8 };

struct throttle_bucket {
	uint64_t key; /* 0 = free */
	uint64_t at_us;
	uint32_t milli; /* thousandths of a token */
	uint32_t full;	/* when that many are there, it may be forgotten */
	bool known;	/* a pair that signed in before */
};

struct throttle {
	uint8_t secret[16]; /* of the hash: nobody chooses whom to collide with */
	struct throttle_bucket sets[THROTTLE_SETS][THROTTLE_WAYS];
};

void throttle_init(struct throttle *t, struct rng *g);

/* Takes one try: 0, or the seconds to wait. `account` "" = none (links). `now_us` is monotonic. */
unsigned throttle_take(struct throttle *t, uint64_t now_us, const char *account, const char *peer);

/* The same without taking it: what the next one would hear. */
unsigned throttle_wait(struct throttle *t, uint64_t now_us, const char *account, const char *peer);

/* The try was good: gives it back and remembers the pair. */
void throttle_good(struct throttle *t, uint64_t now_us, const char *account, const char *peer);

/* The try was neither (busy, a broken disk): gives it back. */
void throttle_undo(struct throttle *t, uint64_t now_us, const char *account, const char *peer);
