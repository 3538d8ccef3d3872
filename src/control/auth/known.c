/* SPDX-License-Identifier: Apache-2.0 */
#include "control/auth/known.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"

struct known {
	unsigned age;
	struct known_user slots[KNOWN_SLOTS];
};

struct known *known_new(void)
{
	return calloc(1, sizeof(struct known));
}

static void empty(struct known_user *u)
{
	json_decref(u->token.call_cids);
	free(u->user);
	memset(u, 0, sizeof *u);
}

struct known *known_free(struct known *k)
{
	if (k)
		known_forget(k);
	free(k);
	return NULL;
}

/* Of a good hash any two bytes spread well. */
static size_t slot_of(const uint8_t hash[STORE_HASH])
{
	return (hash[0] | (size_t)hash[1] << 8) % KNOWN_SLOTS;
}

const struct known_user *known_find(const struct known *k, const uint8_t hash[STORE_HASH],
				    uint64_t now_us)
{
	const struct known_user *u = &k->slots[slot_of(hash)];

	if (!u->at_us || memcmp(u->hash, hash, STORE_HASH) != 0)
		return NULL;
	if (now_us < u->at_us || now_us - u->at_us >= KNOWN_FOR_US)
		return NULL;
	return (int64_t)(now_us / US_PER_S) < u->token.expires_at_s ? u : NULL;
}

unsigned known_age(const struct known *k)
{
	return k->age;
}

void known_put(struct known *k, unsigned age, const uint8_t hash[STORE_HASH],
	       const struct user_token *token, const struct store_user *user, uint64_t now_us)
{
	struct store_user *own = age == k->age ? store_user_dup(user) : NULL;
	struct known_user *u = &k->slots[slot_of(hash)];

	if (!own)
		return;
	empty(u);
	*u = (struct known_user){ .token = *token, .user = own, .at_us = now_us };
	json_incref(u->token.call_cids);
	memcpy(u->hash, hash, STORE_HASH);
}

void known_forget(struct known *k)
{
	k->age++;
	for (size_t i = 0; i < KNOWN_SLOTS; i++)
		if (k->slots[i].at_us)
			empty(&k->slots[i]);
}
