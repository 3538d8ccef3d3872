/* SPDX-License-Identifier: Apache-2.0 */
/*
 * User tokens: `{user_id, iat, exp}`, HS256 with the API secret (M4). They open the people-facing
 * API and nothing else: a media token is never accepted here. Any thread.
 */
#pragma once

#include <jansson.h>
#include <stdbool.h>

#include "base/user_id.h"
#include "control/auth/token.h"

enum { USER_TOKEN_LIFE_S = 3600, GUEST_TOKEN_LIFE_S = 6 * 3600, USER_TOKEN_BACKDATE_S = 5 };

#define USER_ANONYMOUS "!anon" /* no account has this id: it has a sign that ids may not have */

struct user_token {
	char user_id[USER_ID_SIZE];	   /* or USER_ANONYMOUS */
	json_t *call_cids;		   /* own reference: only these calls; NULL = no limit */
	int64_t issued_at_s, expires_at_s; /* issued_at_s 0 = no iat */
};

/* iat = now - 5, exp = now + life_s. The text is the caller's to free; NULL when out of memory. */
char *user_token_make(const struct token_keys *keys, const char *user_id, uint64_t now_s,
		      unsigned life_s);

/* 0, or -EACCES with the reason; json_decref(ret->call_cids) afterwards. Does not look whether the user exists. */
int user_token_verify(const struct token_keys *keys, const char *token, uint64_t now_s,
		      struct user_token *ret, struct token_error *ret_error);
