/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Digests and HMACs as pure functions over bytes, and the constant-time compare. They cannot fail:
 * OpenSSL's one-block-after-another digests need no memory here. Thread-safe (no state).
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { MD5_LENGTH = 16, SHA1_LENGTH = 20, SHA256_LENGTH = 32 };

/* One piece of a message that lies in several places. */
struct hash_part {
	const void *bytes;
	size_t length;
};

/* Only for the keys of TURN, whose form RFC 8489 9.2.2 prescribes. */
void hash_md5(const void *bytes, size_t n, uint8_t ret[MD5_LENGTH]);
void hash_sha1(const void *bytes, size_t n, uint8_t ret[SHA1_LENGTH]);
void hash_sha256(const void *bytes, size_t n, uint8_t ret[SHA256_LENGTH]);

/*
 * An HMAC-SHA1 key with the two padded key blocks hashed already (RFC 2104 section 4).
 * Secret: hmac_sha1_wipe.
 */
struct hmac_sha1_key {
	uint32_t inner[5], outer[5];
};

void hmac_sha1_init(struct hmac_sha1_key *ret, const void *key, size_t n);
void hmac_sha1_wipe(struct hmac_sha1_key *key);

/* HMAC-SHA1 over the parts in order. */
void hmac_sha1(const struct hmac_sha1_key *key, const struct hash_part *parts, size_t count,
	       uint8_t ret[SHA1_LENGTH]);

void hmac_sha256(const void *key, size_t key_length, const void *bytes, size_t n,
		 uint8_t ret[SHA256_LENGTH]);

/* Whether n bytes are equal, in a time that depends on n only. For tags, tokens and passwords. */
bool hash_equal(const void *a, const void *b, size_t n);
