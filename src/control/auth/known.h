/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whose user tokens were looked at within the last second. People come in bursts of requests with the same token:
 * its signature, its claims and its account need not be looked at anew for each. A change of an account that another
 * program makes is seen a second late (R16 allows that); our own changes forget everything at once. Bans are not in
 * here: they are asked about every time. Private to this folder, loop's thread.
 */
#pragma once

#include "control/auth/user_token.h"
#include "store/store.h"

enum { KNOWN_FOR_US = 1000 * 1000, KNOWN_SLOTS = 1024 };

struct known;

struct known_user {
	struct user_token token;
	struct store_user *user; /* own copy */
	uint64_t at_us;		 /* wall clock; 0 = empty */
	uint8_t hash[STORE_HASH];
};

/* NULL when out of memory. */
struct known *known_new(void);
struct known *known_free(struct known *k);

/* NULL when it was not looked at, or too long ago, or has expired meanwhile. */
const struct known_user *known_find(const struct known *k, const uint8_t hash[STORE_HASH],
				    uint64_t now_us);

/* What is asked for before something is forgotten is too old to be put in afterwards: take the age when asking. */
unsigned known_age(const struct known *k);
void known_put(struct known *k, unsigned age, const uint8_t hash[STORE_HASH],
	       const struct user_token *token, const struct store_user *user, uint64_t now_us);

void known_forget(struct known *k);
