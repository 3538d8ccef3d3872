/* SPDX-License-Identifier: Apache-2.0 */
/* Makes JWTs of any shape, good and bad, without the code under test. */
#pragma once

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#define FORGE_SECRET "0123456789abcdef0123456789abcdef-secret"
#define FORGE_KEY    "ck_test"
#define HS256	     "{\"alg\":\"HS256\",\"typ\":\"JWT\"}"

enum { FORGE_SIZE = 64 * 1024 };

static inline size_t forge_base64(char *out, const void *bytes, size_t n)
{
	/* It fills what it is given: exactly its own length. */
	sodium_bin2base64(out,
			  sodium_base64_ENCODED_LEN(n, sodium_base64_VARIANT_URLSAFE_NO_PADDING),
			  bytes, n, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
	return strlen(out);
}

static inline void forge_mac(const char *text, size_t n, const char *secret, unsigned char mac[32])
{
	crypto_auth_hmacsha256_state state;

	crypto_auth_hmacsha256_init(&state, (const unsigned char *)secret, strlen(secret));
	crypto_auth_hmacsha256_update(&state, (const unsigned char *)text, n);
	crypto_auth_hmacsha256_final(&state, mac);
}

/* Header and payload as they are, signed with HMAC-SHA-256 whatever the header says. */
static inline char *forge_n(char *out, const char *header, size_t header_n, const char *payload,
			    size_t payload_n, const char *secret)
{
	unsigned char mac[32];
	size_t at = forge_base64(out, header, header_n);

	out[at++] = '.';
	at += forge_base64(out + at, payload, payload_n);
	forge_mac(out, at, secret, mac);
	out[at++] = '.';
	forge_base64(out + at, mac, sizeof mac);
	return out;
}

static inline char *forge(char *out, const char *header, const char *payload, const char *secret)
{
	return forge_n(out, header, strlen(header), payload, strlen(payload), secret);
}

/* Signs again after the first two parts were changed by hand. */
static inline char *forge_resign(char *token, const char *secret)
{
	unsigned char mac[32];
	char *dot = strrchr(token, '.');

	forge_mac(token, (size_t)(dot - token), secret, mac);
	forge_base64(dot + 1, mac, sizeof mac);
	return token;
}
