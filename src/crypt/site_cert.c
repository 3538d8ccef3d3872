/* SPDX-License-Identifier: Apache-2.0 */
#include "crypt/site_cert.h"

#include <errno.h>
#include <openssl/bio.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/cleanup.h"
#include "base/sb.h"

enum { DAY_S = 24 * 60 * 60, NUMBER = ES256_SIGNATURE / 2 };

static void x509_freep(X509 **x)
{
	X509_free(*x);
}

static void request_freep(X509_REQ **x)
{
	X509_REQ_free(*x);
}

static void bio_freep(BIO **b)
{
	(void)BIO_free(*b);
}

static void digest_freep(EVP_MD_CTX **c)
{
	EVP_MD_CTX_free(*c);
}

static void signature_freep(ECDSA_SIG **s)
{
	ECDSA_SIG_free(*s);
}

static void extension_freep(X509_EXTENSION **e)
{
	X509_EXTENSION_free(*e);
}

static void extensions_freep(STACK_OF(X509_EXTENSION) * *list)
{
	sk_X509_EXTENSION_pop_free(*list, X509_EXTENSION_free);
}

int es256_sign(struct evp_pkey_st *key, const void *bytes, size_t n, uint8_t ret[ES256_SIGNATURE])
{
	cleanup(digest_freep) EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	cleanup(signature_freep) ECDSA_SIG *pair = NULL;
	uint8_t der[128];
	const uint8_t *at = der;
	size_t length = sizeof der;

	if (!ctx || EVP_DigestSignInit(ctx, NULL, EVP_sha256(), NULL, key) != 1 ||
	    EVP_DigestSign(ctx, der, &length, bytes, n) != 1)
		return -EIO;
	pair = d2i_ECDSA_SIG(NULL, &at, (long)length);
	if (!pair || BN_bn2binpad(ECDSA_SIG_get0_r(pair), ret, NUMBER) != NUMBER ||
	    BN_bn2binpad(ECDSA_SIG_get0_s(pair), ret + NUMBER, NUMBER) != NUMBER)
		return -EIO;
	return 0;
}

/* "DNS:one,DNS:two". Names are letters, digits, dots and hyphens (config_value.c), so nothing here is syntax. */
static X509_EXTENSION *names_extension(struct site_names names)
{
	struct sb text = { 0 };

	for (size_t i = 0; i < names.count; i++)
		sb_printf(&text, "%sDNS:%s", i ? "," : "", names.list[i]);
	autofree char *value = sb_steal(&text);
	return value ? X509V3_EXT_conf_nid(NULL, NULL, NID_subject_alt_name, value) : NULL;
}

int site_cert_request(struct evp_pkey_st *key, struct site_names names, uint8_t **ret,
		      size_t *ret_length)
{
	cleanup(request_freep) X509_REQ *request = X509_REQ_new();
	cleanup(extensions_freep) STACK_OF(X509_EXTENSION) *list = sk_X509_EXTENSION_new_null();
	cleanup(extension_freep) X509_EXTENSION *san = names_extension(names);

	if (!request || !list || !san || sk_X509_EXTENSION_push(list, san) <= 0)
		return -ENOMEM;
	(void)steal(san); /* the list's */
	if (X509_REQ_set_version(request, X509_REQ_VERSION_1) != 1 ||
	    X509_REQ_set_pubkey(request, key) != 1 || X509_REQ_add_extensions(request, list) != 1 ||
	    X509_REQ_sign(request, key, EVP_sha256()) <= 0)
		return -EIO;
	int length = i2d_X509_REQ(request, NULL);
	uint8_t *der = length > 0 ? malloc((size_t)length) : NULL, *at = der;
	if (!der)
		return -ENOMEM;
	*ret_length = (size_t)i2d_X509_REQ(request, &at);
	*ret = der;
	return 0;
}

/* ---- signed by themselves ---- */

/* acmeIdentifier, critical: an OCTET STRING with the digest in it (RFC 8737 3). */
static bool add_acme(X509 *x, const uint8_t digest[SHA256_LENGTH])
{
	uint8_t der[2 + SHA256_LENGTH] = { V_ASN1_OCTET_STRING, SHA256_LENGTH };
	ASN1_OBJECT *id = OBJ_txt2obj("1.3.6.1.5.5.7.1.31", 1);
	ASN1_OCTET_STRING *value = ASN1_OCTET_STRING_new();
	cleanup(extension_freep) X509_EXTENSION *e = NULL;

	memcpy(der + 2, digest, SHA256_LENGTH);
	if (id && value && ASN1_OCTET_STRING_set(value, der, sizeof der) == 1)
		e = X509_EXTENSION_create_by_OBJ(NULL, id, 1, value);
	ASN1_OBJECT_free(id);
	ASN1_OCTET_STRING_free(value);
	return e && X509_add_ext(x, e, -1) == 1;
}

static bool fill(X509 *x, EVP_PKEY *key, struct site_names names, unsigned days,
		 const uint8_t *acme)
{
	cleanup(extension_freep) X509_EXTENSION *san = names_extension(names);
	X509_NAME *subject = X509_get_subject_name(x);
	uint64_t serial;

	if (RAND_bytes((unsigned char *)&serial, sizeof serial) != 1)
		return false;
	return san && X509_set_version(x, X509_VERSION_3) == 1 &&
	       ASN1_INTEGER_set_uint64(X509_get_serialNumber(x), serial >> 1) == 1 &&
	       X509_gmtime_adj(X509_getm_notBefore(x), -DAY_S) &&
	       X509_gmtime_adj(X509_getm_notAfter(x), (long)days * DAY_S) &&
	       /* the whole name is in the extension; this one has 64 bytes at most */
	       X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC,
					  (const unsigned char *)"confab", -1, -1, 0) == 1 &&
	       X509_set_issuer_name(x, subject) == 1 && X509_set_pubkey(x, key) == 1 &&
	       X509_add_ext(x, san, -1) == 1 && (!acme || add_acme(x, acme)) &&
	       X509_sign(x, key, EVP_sha256()) > 0;
}

char *site_cert_signed_by_itself(struct evp_pkey_st *key, struct site_names names, unsigned days,
				 const uint8_t *acme)
{
	cleanup(x509_freep) X509 *x = X509_new();
	cleanup(bio_freep) BIO *out = BIO_new(BIO_s_mem());
	char *text;

	if (!x || !out || !fill(x, key, names, days, acme) || PEM_write_bio_X509(out, x) != 1)
		return NULL;
	long n = BIO_get_mem_data(out, &text);
	return n > 0 ? strndup(text, (size_t)n) : NULL;
}

/* ---- what one is worth ---- */

static uint64_t seconds_of(const ASN1_TIME *t)
{
	struct tm tm;

	if (ASN1_TIME_to_tm(t, &tm) != 1)
		return 0;
	time_t at = timegm(&tm);
	return at > 0 ? (uint64_t)at : 0;
}

static bool is_for(X509 *x, struct site_names names)
{
	for (size_t i = 0; i < names.count; i++) {
		if (X509_check_host(x, names.list[i], 0, X509_CHECK_FLAG_NEVER_CHECK_SUBJECT,
				    NULL) != 1)
			return false;
	}
	return true;
}

/* Each but the last is signed by the one that follows. */
static bool is_chain(BIO *in, X509 *leaf)
{
	cleanup(x509_freep) X509 *before = leaf;

	(void)X509_up_ref(leaf);
	for (int i = 0; i < SITE_CERT_CHAIN_MAX; i++) {
		X509 *next = PEM_read_bio_X509(in, NULL, NULL, NULL);
		if (!next)
			return true;
		bool good = X509_check_issued(next, before) == X509_V_OK &&
			    X509_verify(before, X509_get0_pubkey(next)) == 1;
		X509_free(before);
		before = next;
		if (!good)
			return false;
	}
	return false;
}

static enum site_cert_fault look(BIO *in, X509 *leaf, EVP_PKEY *key, struct site_names names,
				 uint64_t now_s, const struct site_cert *c)
{
	if (X509_check_private_key(leaf, key) != 1)
		return SITE_CERT_OTHER_KEY;
	if (!is_for(leaf, names))
		return SITE_CERT_OTHER_NAMES;
	if (!is_chain(in, leaf))
		return SITE_CERT_BROKEN;
	return now_s >= c->to_s ? SITE_CERT_OVER : SITE_CERT_GOOD;
}

enum site_cert_fault site_cert_look(const char *pem, size_t n, struct evp_pkey_st *key,
				    struct site_names names, uint64_t now_s, struct site_cert *ret)
{
	cleanup(bio_freep) BIO *in = BIO_new_mem_buf(pem, (int)n);
	cleanup(x509_freep) X509 *leaf = in ? PEM_read_bio_X509(in, NULL, NULL, NULL) : NULL;
	enum site_cert_fault fault = SITE_CERT_NONE;

	if (leaf) {
		*ret = (struct site_cert){
			.from_s = seconds_of(X509_get0_notBefore(leaf)),
			.to_s = seconds_of(X509_get0_notAfter(leaf)),
			.signed_by_itself = X509_get_extension_flags(leaf) & EXFLAG_SS,
		};
		fault = look(in, leaf, key, names, now_s, ret);
	}
	ERR_clear_error();
	return fault;
}

const char *site_cert_fault_text(enum site_cert_fault fault)
{
	static const char *const texts[] = {
		[SITE_CERT_GOOD] = "it is good",
		[SITE_CERT_NONE] = "it is no certificate in PEM form",
		[SITE_CERT_OTHER_KEY] = "it is not of our key",
		[SITE_CERT_OTHER_NAMES] = "it is not for these names",
		[SITE_CERT_BROKEN] = "its chain does not hold together",
		[SITE_CERT_OVER] = "it has ended",
	};

	return texts[fault];
}
