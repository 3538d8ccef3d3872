/* SPDX-License-Identifier: Apache-2.0 */
/* The self-signed DTLS certificate. What matters to WebRTC is its fingerprint, RFC 8122 5. */
#include "crypt/cert.h"

#include <errno.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <openssl/x509.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "crypt/hash.h"

struct cert {
	X509 *x509;
	EVP_PKEY *key;
	char fingerprint[FINGERPRINT_TEXT];
};

enum { DAY_S = 24 * 60 * 60 };

static bool fill_certificate(X509 *x, EVP_PKEY *key)
{
	static const unsigned char name[] = "confab";
	uint8_t serial[8];
	X509_NAME *subject = X509_get_subject_name(x);

	if (RAND_bytes(serial, sizeof serial) != 1)
		return false;
	serial[0] &= 0x7f; /* serial numbers are positive */
	BIGNUM *number = BN_bin2bn(serial, sizeof serial, NULL);
	bool ok = number && BN_to_ASN1_INTEGER(number, X509_get_serialNumber(x));

	BN_free(number);
	return ok && X509_set_version(x, X509_VERSION_3) == 1 &&
	       X509_gmtime_adj(X509_getm_notBefore(x), -DAY_S) &&
	       X509_gmtime_adj(X509_getm_notAfter(x), 365L * DAY_S) &&
	       X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, name, -1, -1, 0) == 1 &&
	       X509_set_issuer_name(x, subject) == 1 && X509_set_pubkey(x, key) == 1 &&
	       X509_sign(x, key, EVP_sha256()) > 0;
}

static void cert_freep(struct cert **c)
{
	(void)cert_free(*c);
}

int cert_new(struct cert **ret)
{
	cleanup(cert_freep) struct cert *c = calloc(1, sizeof *c);

	if (!c)
		return -ENOMEM;
	c->key = EVP_EC_gen("P-256");
	c->x509 = X509_new();
	if (!c->key || !c->x509 || !fill_certificate(c->x509, c->key))
		return -EIO;
	int r = cert_fingerprint_of(c->x509, c->fingerprint);
	if (r < 0)
		return r;
	*ret = steal(c);
	return 0;
}

struct cert *cert_free(struct cert *c)
{
	if (c) {
		X509_free(c->x509);
		EVP_PKEY_free(c->key); /* wipes the private key */
		free(c);
	}
	return NULL;
}

const char *cert_fingerprint(const struct cert *c)
{
	return c->fingerprint;
}

struct x509_st *cert_x509(const struct cert *c)
{
	return c->x509;
}

struct evp_pkey_st *cert_key(const struct cert *c)
{
	return c->key;
}

int cert_fingerprint_of(const struct x509_st *x509, char ret[FINGERPRINT_TEXT])
{
	static const char hex[] = "0123456789ABCDEF";
	uint8_t digest[EVP_MAX_MD_SIZE];
	unsigned length = 0;

	if (X509_digest(x509, EVP_sha256(), digest, &length) != 1 || length != SHA256_LENGTH)
		return -EIO;
	for (size_t i = 0; i < SHA256_LENGTH; i++) {
		ret[3 * i] = hex[digest[i] >> 4];
		ret[3 * i + 1] = hex[digest[i] & 15];
		ret[3 * i + 2] = i + 1 < SHA256_LENGTH ? ':' : '\0';
	}
	return 0;
}

/* The upper-case form of a hex digit, or 0. Not isxdigit: no locale may have a say. */
static char hex_upper(char c)
{
	if ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'F'))
		return c;
	return c >= 'a' && c <= 'f' ? (char)(c - 'a' + 'A') : '\0';
}

int cert_fingerprint_parse(const char *text, size_t n, char ret[FINGERPRINT_TEXT])
{
	char out[FINGERPRINT_TEXT];

	if (n != FINGERPRINT_TEXT - 1)
		return -EINVAL;
	for (size_t i = 0; i < n; i++) {
		out[i] = i % 3 == 2 ? (char)(text[i] == ':' ? ':' : '\0') : hex_upper(text[i]);
		if (!out[i])
			return -EINVAL;
	}
	out[n] = '\0';
	memcpy(ret, out, sizeof out);
	return 0;
}
