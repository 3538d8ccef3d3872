/* SPDX-License-Identifier: Apache-2.0 */
#include "media/sfu/keymap.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

void keymap_init(struct keymap *m, struct rng *rng)
{
	*m = (struct keymap){ .seed = rng_u64(rng) | 1 };
}

void keymap_fini(struct keymap *m)
{
	free(m->slots);
	*m = (struct keymap){ .seed = m->seed };
}

/* Multiply and fold over three words (the "wyhash" idea): quick, and unpredictable without the
 * seed. */
static uint64_t fold(uint64_t a, uint64_t b)
{
	unsigned __int128 product = (unsigned __int128)a * b;

	return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static size_t hash_of(const struct keymap *m, const struct key *key)
{
	uint64_t words[KEYMAP_KEY / 8], h = m->seed;

	memcpy(words, key->bytes, sizeof words);
	for (size_t i = 0; i < KEYMAP_KEY / 8; i++)
		h = fold(words[i] ^ h, m->seed ^ 0x9e3779b97f4a7c15u);
	return (size_t)h;
}

/* The slot of the key, or the free slot where it would go. */
static size_t slot_of(const struct keymap *m, const struct key *key)
{
	size_t mask = m->capacity - 1, at = hash_of(m, key) & mask;

	while (m->slots[at].value && memcmp(&m->slots[at].key, key, sizeof *key) != 0)
		at = (at + 1) & mask;
	return at;
}

void *keymap_get(const struct keymap *m, const struct key *key)
{
	return m->capacity ? m->slots[slot_of(m, key)].value : NULL;
}

static int keymap_grow(struct keymap *m)
{
	struct keymap old = *m;
	size_t capacity = old.capacity ? old.capacity * 2 : 16;
	struct keymap_slot *slots = calloc(capacity, sizeof *slots);

	if (!slots)
		return -ENOMEM;
	m->slots = slots;
	m->capacity = capacity;
	for (size_t i = 0; i < old.capacity; i++) {
		if (old.slots[i].value)
			m->slots[slot_of(m, &old.slots[i].key)] = old.slots[i];
	}
	free(old.slots);
	return 0;
}

int keymap_put(struct keymap *m, const struct key *key, void *value)
{
	if (m->count * 4 >= m->capacity * 3) {
		int r = keymap_grow(m);

		if (r < 0)
			return r;
	}

	struct keymap_slot *slot = &m->slots[slot_of(m, key)];

	if (!slot->value)
		m->count++;
	*slot = (struct keymap_slot){ .key = *key, .value = value };
	return 0;
}

void keymap_remove(struct keymap *m, const struct key *key)
{
	if (!m->capacity)
		return;

	size_t mask = m->capacity - 1, hole = slot_of(m, key);

	if (!m->slots[hole].value)
		return;
	/* Close the hole: move back every later element of the run that may stand there. */
	for (size_t at = (hole + 1) & mask; m->slots[at].value; at = (at + 1) & mask) {
		size_t home = hash_of(m, &m->slots[at].key) & mask;

		if (((at - home) & mask) >= ((at - hole) & mask)) {
			m->slots[hole] = m->slots[at];
			hole = at;
		}
	}
	m->slots[hole].value = NULL;
	m->count--;
}

bool key_of_text(struct key *ret, const char *text, size_t length)
{
	if (length == 0 || length > KEYMAP_KEY)
		return false;
	*ret = (struct key){ 0 };
	memcpy(ret->bytes, text, length);
	return true;
}

bool key_of_path(struct key *ret, const struct path *path)
{
	const struct sockaddr_storage *address = &path->address;
	struct key key = { 0 };

	if (path->connection) {
		key.bytes[0] = 't';
		memcpy(key.bytes + 4, &path->connection, sizeof path->connection);
	} else if (address->ss_family == AF_INET) {
		const struct sockaddr_in *in = (const struct sockaddr_in *)address;

		key.bytes[0] = 4;
		memcpy(key.bytes + 2, &in->sin_port, 2);
		memcpy(key.bytes + 4, &in->sin_addr, 4);
	} else if (address->ss_family == AF_INET6) {
		const struct sockaddr_in6 *in = (const struct sockaddr_in6 *)address;

		key.bytes[0] = 6;
		memcpy(key.bytes + 2, &in->sin6_port, 2);
		memcpy(key.bytes + 4, &in->sin6_addr, 16);
		memcpy(key.bytes + 20, &in->sin6_scope_id, 4);
	} else {
		return false;
	}
	*ret = key;
	return true;
}
