/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A map from short keys (a SID, an ICE ufrag, an IP address with port) to
 * pointers: open addressing, keys inside the table, one cache line per
 * probe. Keys hash with a seed, so that a stranger cannot aim at one
 * bucket. Owns its table, never the values. Belongs to the engine's thread.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/path.h"
#include "base/rng.h"

enum { KEYMAP_KEY = 24 };

/* Always zero-padded. */
struct key {
	uint8_t bytes[KEYMAP_KEY];
};

struct keymap_slot {
	struct key key;
	void *value; /* NULL = free */
};

struct keymap {
	struct keymap_slot *slots;
	size_t count, capacity; /* capacity: 0 or a power of two */
	uint64_t seed;
};

/* Allocates nothing until the first keymap_put. */
void keymap_init(struct keymap *m, struct rng *rng);
void keymap_fini(struct keymap *m);

/* NULL = none. */
void *keymap_get(const struct keymap *m, const struct key *key);

/* Puts or replaces. 0 or -ENOMEM; value must not be NULL. */
int keymap_put(struct keymap *m, const struct key *key, void *value);

/* Takes the key out if it is there. */
void keymap_remove(struct keymap *m, const struct key *key);

/* The key of a text of 1 to 24 bytes; false when it does not fit. */
bool key_of_text(struct key *ret, const char *text, size_t length);

/* The key of a path: a TCP connection, or an IPv4 or IPv6 address with its port; false for other
 * families. */
bool key_of_path(struct key *ret, const struct path *path);
