/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What user tokens and media tokens have in common: the key pair, and why a token was refused. JWT
 * HS256 and nothing else (RFC 7519, RFC 8725). Pure functions over their arguments; any thread.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* The API key pair. `secret` never leaves the server. */
struct token_keys {
	const char *api_key, *secret;
};

/* The codes of docs/api.md: HTTP status 401, but for TOKEN_INCOMPLETE. */
enum token_error_code {
	TOKEN_INCOMPLETE = 4, /* a media token of ours without identity or room: status 400 */
	TOKEN_NOT_OURS = 5,   /* malformed, wrong class, missing or odd claims */
	TOKEN_EXPIRED = 40,
	TOKEN_NOT_YET_VALID = 41, /* nbf */
	TOKEN_BEFORE_ISSUED = 42, /* iat */
	TOKEN_BAD_SIGNATURE = 43, /* or not HS256 */
};

struct token_error {
	enum token_error_code code;
	char message[192]; /* for the answer: cause and fix, nothing secret, no client text */
};

enum {
	TOKEN_SECRET_MIN = 32,	     /* bytes (R21) */
	TOKEN_DEPTH_MAX = 8,	     /* nesting of claims (R24) */
	TOKEN_MAX = 8 * 1024,	     /* bytes of a user token */
	TOKEN_MEDIA_MAX = 32 * 1024, /* media tokens carry metadata and attributes */
};
