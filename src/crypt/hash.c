/* SPDX-License-Identifier: Apache-2.0 */
/*
 * OpenSSL's EVP digests allocate when a half-done state is copied, which an HMAC key with a
 * precomputed first block needs for every packet (SRTP) and check (ICE). The low-level functions
 * are deprecated but keep their state in plain memory: they are used in this file only.
 */
#define OPENSSL_SUPPRESS_DEPRECATED
#include "crypt/hash.h"

#include <openssl/crypto.h>
#include <openssl/md5.h>
#include <openssl/sha.h>
#include <string.h>

enum { BLOCK = 64 };

void hash_md5(const void *bytes, size_t n, uint8_t ret[MD5_LENGTH])
{
	(void)MD5(bytes, n, ret); /* fails only for NULL memory */
}

void hash_sha1(const void *bytes, size_t n, uint8_t ret[SHA1_LENGTH])
{
	(void)SHA1(bytes, n, ret); /* fails only for NULL memory */
}

void hash_sha256(const void *bytes, size_t n, uint8_t ret[SHA256_LENGTH])
{
	(void)SHA256(bytes, n, ret);
}

/* RFC 2104: the key, hashed first when longer than a block, zero-padded, XOR the pad byte. */
static void pad_key(uint8_t block[BLOCK], uint8_t pad, const uint8_t *key, size_t n)
{
	memset(block, pad, BLOCK);
	for (size_t i = 0; i < n; i++)
		block[i] ^= key[i];
}

static void sha1_state_of(const uint8_t block[BLOCK], uint32_t ret[5])
{
	SHA_CTX c;

	(void)SHA1_Init(&c);
	(void)SHA1_Update(&c, block, BLOCK);
	const uint32_t state[5] = { c.h0, c.h1, c.h2, c.h3, c.h4 };
	memcpy(ret, state, sizeof state);
	OPENSSL_cleanse(&c, sizeof c);
}

/* A context that has hashed exactly the one block behind `state`. */
static void sha1_resume(SHA_CTX *c, const uint32_t state[5])
{
	(void)SHA1_Init(c);
	c->h0 = state[0];
	c->h1 = state[1];
	c->h2 = state[2];
	c->h3 = state[3];
	c->h4 = state[4];
	c->Nl = BLOCK * 8;
}

void hmac_sha1_init(struct hmac_sha1_key *ret, const void *key, size_t n)
{
	uint8_t block[BLOCK], digest[SHA1_LENGTH];

	if (n > BLOCK) {
		hash_sha1(key, n, digest);
		key = digest;
		n = sizeof digest;
	}
	pad_key(block, 0x36, key, n);
	sha1_state_of(block, ret->inner);
	pad_key(block, 0x5c, key, n);
	sha1_state_of(block, ret->outer);
	OPENSSL_cleanse(block, sizeof block);
	OPENSSL_cleanse(digest, sizeof digest);
}

void hmac_sha1_wipe(struct hmac_sha1_key *key)
{
	OPENSSL_cleanse(key, sizeof *key);
}

void hmac_sha1(const struct hmac_sha1_key *key, const struct hash_part *parts, size_t count,
	       uint8_t ret[SHA1_LENGTH])
{
	SHA_CTX c;
	uint8_t digest[SHA1_LENGTH];

	sha1_resume(&c, key->inner);
	for (size_t i = 0; i < count; i++)
		(void)SHA1_Update(&c, parts[i].bytes, parts[i].length);
	(void)SHA1_Final(digest, &c);
	sha1_resume(&c, key->outer);
	(void)SHA1_Update(&c, digest, sizeof digest);
	(void)SHA1_Final(ret, &c);
}

void hmac_sha256(const void *key, size_t key_length, const void *bytes, size_t n,
		 uint8_t ret[SHA256_LENGTH])
{
	SHA256_CTX c;
	uint8_t block[BLOCK], digest[SHA256_LENGTH], hashed_key[SHA256_LENGTH];

	if (key_length > BLOCK) {
		hash_sha256(key, key_length, hashed_key);
		key = hashed_key;
		key_length = sizeof hashed_key;
	}
	pad_key(block, 0x36, key, key_length);
	(void)SHA256_Init(&c);
	(void)SHA256_Update(&c, block, BLOCK);
	(void)SHA256_Update(&c, bytes, n);
	(void)SHA256_Final(digest, &c);
	pad_key(block, 0x5c, key, key_length);
	(void)SHA256_Init(&c);
	(void)SHA256_Update(&c, block, BLOCK);
	(void)SHA256_Update(&c, digest, sizeof digest);
	(void)SHA256_Final(ret, &c);
	OPENSSL_cleanse(&c, sizeof c);
	OPENSSL_cleanse(block, sizeof block);
	OPENSSL_cleanse(hashed_key, sizeof hashed_key);
}

bool hash_equal(const void *a, const void *b, size_t n)
{
	return CRYPTO_memcmp(a, b, n) == 0;
}
