/* SPDX-License-Identifier: Apache-2.0 */
/*
 * User tokens: `{user_id, iat, exp}`, HS256 with the API secret (M4). They open the people-facing
 * API and nothing else: a media token is never accepted here. Any thread.
 */
#pragma once

#include "control/auth/token.h"
#include "control/auth/user_id.h"

enum { USER_TOKEN_LIFE_S = 3600, USER_TOKEN_BACKDATE_S = 5 };

struct user_token {
	char user_id[USER_ID_SIZE];
	int64_t issued_at_s, expires_at_s; /* issued_at_s 0 = no iat */
};

/* iat = now - 5, exp = now + 3600. The text is the caller's to free; NULL when out of memory. */
char *user_token_make(const struct token_keys *keys, const char *user_id, uint64_t now_s);

/* 0, or -EACCES with the reason. Does not look whether the user exists. */
int user_token_verify(const struct token_keys *keys, const char *token, uint64_t now_s,
		      struct user_token *ret, struct token_error *ret_error);
