/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The certificate of the site, as it is asked for and looked at: requests (PKCS #10), what a chain in PEM form is worth, and two that
 * sign themselves: one that stands in until there is another, and the answer to a challenge in TLS (RFC 8737). Keys are P-256, made
 * by web_push.h. Pure functions but for the serial numbers; thread-safe.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "crypt/hash.h"

enum { ES256_SIGNATURE = 64, SITE_CERT_CHAIN_MAX = 10 };

struct evp_pkey_st; /* OpenSSL's EVP_PKEY */

/* Host names. */
struct site_names {
	const char *const *list;
	size_t count;
};

/* ECDSA with P-256 and SHA-256 as JWS has it (RFC 7518 3.4): both numbers, 32 bytes each. 0 or -EIO. */
int es256_sign(struct evp_pkey_st *key, const void *bytes, size_t n, uint8_t ret[ES256_SIGNATURE]);

/* A request for these names, DER; the caller's to free. 0, -ENOMEM or -EIO. */
int site_cert_request(struct evp_pkey_st *key, struct site_names names, uint8_t **ret,
		      size_t *ret_length);

/* Signed by itself, PEM, the caller's to free; its key is the caller's. NULL: out of memory. `acme`: NULL, or the SHA-256 of a
 * key authorization (RFC 8737 3). */
char *site_cert_signed_by_itself(struct evp_pkey_st *key, struct site_names names, unsigned days,
				 const uint8_t *acme);

enum site_cert_fault {
	SITE_CERT_GOOD,
	SITE_CERT_NONE,	       /* no certificate in PEM form */
	SITE_CERT_OTHER_KEY,   /* not of this key */
	SITE_CERT_OTHER_NAMES, /* not for each of the names */
	SITE_CERT_BROKEN,      /* one of the chain has not signed the one before it */
	SITE_CERT_OVER,	       /* not good any more */
};

struct site_cert {
	uint64_t from_s, to_s; /* since 1970; 0 when there is none */
	bool signed_by_itself;
};

/* What the chain in `pem` is worth now. Whether its root is trusted is not asked. ret is set but for SITE_CERT_NONE. */
enum site_cert_fault site_cert_look(const char *pem, size_t n, struct evp_pkey_st *key,
				    struct site_names names, uint64_t now_s, struct site_cert *ret);

/* "it is not of our key", … */
const char *site_cert_fault_text(enum site_cert_fault fault);
