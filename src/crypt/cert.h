/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The daemon's DTLS certificate: self-signed ECDSA P-256, made at start, known to peers by its
 * fingerprint in the SDP (RFC 8122). Immutable after cert_new, so all threads may share one; the
 * owner frees it after they ended.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* "sha-256" fingerprint as in SDP: 32 upper-case hex bytes with colons and NUL. */
enum { FINGERPRINT_TEXT = 32 * 3 };

struct cert;
struct x509_st;	    /* OpenSSL's X509 */
struct evp_pkey_st; /* OpenSSL's EVP_PKEY */

/*
 * A fresh key and certificate, valid from a day before now for a year.
 * 0, -ENOMEM, -EIO (OpenSSL refused).
 */
int cert_new(struct cert **ret);
struct cert *cert_free(struct cert *c);

/* The value of `a=fingerprint:sha-256 <value>`; lives as long as the certificate. */
const char *cert_fingerprint(const struct cert *c);

/* Handles for DTLS; owned by the certificate (take a reference with X509_up_ref to keep one). */
struct x509_st *cert_x509(const struct cert *c);
struct evp_pkey_st *cert_key(const struct cert *c);

/* The sha-256 fingerprint of any certificate. 0 or -EIO. */
int cert_fingerprint_of(const struct x509_st *x509, char ret[FINGERPRINT_TEXT]);

/*
 * Brings "ab:cd:…" of a peer's SDP into the form above; only sha-256 lengths are taken. 0 or
 * -EINVAL.
 */
int cert_fingerprint_parse(const char *text, size_t n, char ret[FINGERPRINT_TEXT]);
