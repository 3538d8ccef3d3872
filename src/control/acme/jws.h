/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Requests to a certificate authority as ACME wants them signed (RFC 8555 6.2, RFC 7515): flattened JSON, ES256. Pure; any thread.
 */
#pragma once

#include <jansson.h>
#include <stddef.h>

#include "crypt/hash.h"

struct evp_pkey_st;

enum { JWS_THUMBPRINT = 44 }; /* base64url of a SHA-256, and NUL */

/* base64url without padding (RFC 7515 2); the caller's to free. NULL: out of memory. */
char *jws_base64(const void *bytes, size_t n);

/* The public half of a P-256 key: its required members only. NULL: it is none, or out of memory. */
json_t *jws_jwk(struct evp_pkey_st *key);

/* RFC 7638, of a key with its required members only. 0 or -ENOMEM. */
int jws_thumbprint(const json_t *jwk, char ret[JWS_THUMBPRINT]);

struct jws {
	struct evp_pkey_st *key;
	const char *url, *nonce;
	const char *kid;       /* the account; NULL: the key itself is sent (RFC 8555 6.2) */
	const json_t *payload; /* NULL: none, "POST-as-GET" (6.3) */
};

/* The request's body; the caller's to free. NULL: out of memory, or OpenSSL refused. */
char *jws_sign(const struct jws *j);
