/* SPDX-License-Identifier: Apache-2.0 */
/* The inside of struct auth. Private to this folder, loop's thread. */
#pragma once

#include "control/auth/auth.h"
#include "control/auth/known.h"
#include "control/auth/password.h"
#include "control/auth/throttle.h"

enum { AUTH_PEER_SIZE = 64, AUTH_AGENT_SIZE = AUTH_AGENT_MAX + 1 };

struct auth {
	struct store *store;
	struct token_keys keys; /* own copies */
	struct rng *rng;
	uint64_t (*wall_us)(void);
	struct password_pool passwords;
	struct throttle throttle;
	struct known *known;
	size_t pending; /* requests not answered */
	bool stopped;
};

/* 32 random bytes as base64url, and the hash under which the store knows them. */
void auth_make_token(struct auth *a, char ret_token[AUTH_TOKEN_SIZE], uint8_t ret_hash[STORE_HASH]);
void auth_hash_token(const char *token, uint8_t ret_hash[STORE_HASH]);
