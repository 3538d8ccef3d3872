/* SPDX-License-Identifier: Apache-2.0 */
/* Names, passwords and nonces that prove themselves: nothing is kept of whom they were given to (R55). See turn_private.h. */
#include "media/turn_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/address.h"
#include "base/clock.h"

static void hex(const uint8_t *bytes, size_t n, char *ret)
{
	for (size_t i = 0; i < n; i++)
		(void)snprintf(ret + 2 * i, 3, "%02x", bytes[i]);
}

static void password_of(const uint8_t secret[TURN_SECRET], const char *username, size_t n,
			char ret[TURN_PASSWORD_SIZE])
{
	uint8_t digest[SHA256_LENGTH];

	hmac_sha256(secret, TURN_SECRET, username, n, digest);
	hex(digest, (TURN_PASSWORD_SIZE - 1) / 2, ret);
}

void turn_credentials_make(const uint8_t secret[TURN_SECRET], uint64_t now, unsigned worker,
			   const char *participant, struct turn_credentials *ret)
{
	(void)snprintf(ret->username, sizeof ret->username, "%llx:%x:%.*s",
		       (unsigned long long)(now / US_PER_S + TURN_CREDENTIAL_S), worker,
		       TURN_PARTICIPANT_MAX, participant);
	password_of(secret, ret->username, strlen(ret->username), ret->password);
}

bool turn_name_read(const struct turn_text *name, uint64_t *ret_expires_s, struct turn_claim *ret)
{
	char text[TURN_USERNAME_SIZE], *end;

	if (!name->p || name->length >= sizeof text)
		return false;
	memcpy(text, name->p, name->length);
	text[name->length] = '\0';
	*ret_expires_s = strtoull(text, &end, 16);
	if (*end != ':')
		return false;
	unsigned long worker = strtoul(end + 1, &end, 16);
	if (*end != ':' || worker > UINT16_MAX || strlen(end + 1) > TURN_PARTICIPANT_MAX ||
	    strlen(text) != name->length)
		return false;
	ret->worker = (unsigned)worker;
	(void)snprintf(ret->participant, sizeof ret->participant, "%s", end + 1);
	return true;
}

bool turn_claim_of(const uint8_t *bytes, size_t n, struct turn_claim *ret)
{
	struct turn_msg m;
	uint64_t expires;

	return turn_parse(&m, bytes, n) == STUN_OK && m.integrity_at &&
	       turn_name_read(&m.username, &expires, ret);
}

void turn_key_of(const struct turn_server *s, const struct turn_text *username,
		 struct hmac_sha1_key *ret)
{
	char password[TURN_PASSWORD_SIZE],
		text[TURN_USERNAME_SIZE + sizeof TURN_REALM + sizeof password];
	uint8_t digest[MD5_LENGTH];

	password_of(s->secret, username->p, username->length, password);
	int n = snprintf(text, sizeof text, "%.*s:" TURN_REALM ":%s", (int)username->length,
			 username->p, password);
	hash_md5(text, (size_t)n, digest);
	hmac_sha1_init(ret, digest, sizeof digest);
	explicit_bzero(text, sizeof text);
	explicit_bzero(password, sizeof password);
}

/* ---- nonces ---- */

void turn_nonce_make(const uint8_t secret[TURN_SECRET], uint64_t seconds,
		     const struct sockaddr_storage *client, char ret[TURN_NONCE_SIZE])
{
	uint8_t digest[SHA256_LENGTH],
		input[sizeof "nonce" + 8 + sizeof(struct sockaddr_in6)] = "nonce";

	memcpy(input + sizeof "nonce", &seconds, 8);
	memcpy(input + sizeof "nonce" + 8, client, address_length(client));
	hmac_sha256(secret, TURN_SECRET, input, sizeof input, digest);
	(void)snprintf(ret, TURN_NONCE_SIZE, "%08llx", (unsigned long long)(seconds & UINT32_MAX));
	hex(digest, TURN_NONCE_TAG / 2, ret + 8);
}

bool turn_nonce_is_good(const struct turn *t, uint64_t now, const struct turn_text *nonce)
{
	char text[TURN_NONCE_SIZE], good[TURN_NONCE_SIZE];

	if (nonce->length != TURN_NONCE_SIZE - 1)
		return false;
	memcpy(text, nonce->p, TURN_NONCE_SIZE - 1);
	text[8] = '\0';
	uint64_t seconds = strtoull(text, NULL, 16), at = now / US_PER_S;
	if (seconds > at || at - seconds > TURN_NONCE_S)
		return false;
	turn_nonce_make(t->server->secret, seconds, &t->client, good);
	return hash_equal(good, nonce->p, TURN_NONCE_SIZE - 1);
}
