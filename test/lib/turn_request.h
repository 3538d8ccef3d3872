/* SPDX-License-Identifier: Apache-2.0 */
/* A TURN client's requests, for tests: with credentials, a nonce and an HMAC. */
#pragma once

#include <stdio.h>
#include <string.h>

#include "crypt/hash.h"
#include "media/turn.h"

static inline void turn_key(const char *username, const char *realm, const char *password,
			    struct hmac_sha1_key *ret)
{
	char text[256];
	uint8_t digest[MD5_LENGTH];
	int n = snprintf(text, sizeof text, "%s:%s:%s", username, realm, password);

	hash_md5(text, (size_t)n, digest);
	hmac_sha1_init(ret, digest, sizeof digest);
}

/* Writes `m` as who has these credentials (NULL: nobody) and was given the nonce (NULL: leaves it out). Its length. */
static inline size_t turn_request(uint8_t *bytes, size_t capacity, struct turn_msg m,
				  const struct turn_credentials *who, const char *nonce)
{
	struct hmac_sha1_key key;
	struct stun_out out;

	if (who) {
		m.username = (struct turn_text){ who->username, (uint16_t)strlen(who->username) };
		m.realm = (struct turn_text){ "confab", 6 };
		if (nonce)
			m.nonce = (struct turn_text){ nonce, (uint16_t)strlen(nonce) };
	}
	if (turn_write(&out, bytes, capacity, &m, who != NULL) < 0)
		return 0;
	if (who) {
		const struct hash_part part = { out.bytes, out.hash_length };

		turn_key(who->username, "confab", who->password, &key);
		hmac_sha1(&key, &part, 1, out.hmac);
	}
	return out.length;
}

static inline void turn_nonce_of(const uint8_t *bytes, size_t n, char ret[64])
{
	struct turn_msg m = { 0 };

	(void)turn_parse(&m, bytes, n);
	(void)snprintf(ret, 64, "%.*s", (int)m.nonce.length, m.nonce.p ? m.nonce.p : "");
}
