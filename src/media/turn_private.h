/* SPDX-License-Identifier: Apache-2.0 */
/* What turn.c and turn_names.c share. Nobody else includes it. */
#pragma once

#include "media/turn.h"

#define TURN_REALM "confab"

enum {
	TURN_NONCE_TAG = 16, /* hex digits, behind eight of the time */
	TURN_NONCE_SIZE = 8 + TURN_NONCE_TAG + 1,
};

/* "EXPIRES:WORKER:PARTICIPANT"; what is not of this form is not ours. Whose it is nobody has proved yet. */
bool turn_name_read(const struct turn_text *name, uint64_t *ret_expires_s, struct turn_claim *ret);

/* Of its password, which is an HMAC of it (RFC 8489 9.2.2). */
void turn_key_of(const struct turn_server *s, const struct turn_text *username,
		 struct hmac_sha1_key *ret);

/* The time, and an HMAC of it and of whom it was given to. */
void turn_nonce_make(const uint8_t secret[TURN_SECRET], uint64_t seconds,
		     const struct sockaddr_storage *client, char ret[TURN_NONCE_SIZE]);
bool turn_nonce_is_good(const struct turn *t, uint64_t now, const struct turn_text *nonce);
