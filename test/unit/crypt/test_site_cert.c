/* SPDX-License-Identifier: Apache-2.0 */
/* Requests and certificates of the site: what is in them, and which chains are not taken. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "crypt/site_cert.h"
#include "crypt/web_push.h"

static const char *const both[] = { "chat.example.com", "www.chat.example.com" };
static const struct site_names names = { both, 2 }, first = { both, 1 };

static void test_request(void **state)
{
	struct evp_pkey_st *key = web_push_key_new();
	uint8_t *der;
	const uint8_t *at;
	size_t n;

	(void)state;
	assert_int_equal(site_cert_request(key, names, &der, &n), 0);
	at = der;
	X509_REQ *request = d2i_X509_REQ(NULL, &at, (long)n);
	assert_non_null(request);
	assert_int_equal(X509_REQ_verify(request, key), 1);
	STACK_OF(X509_EXTENSION) *list = X509_REQ_get_extensions(request);
	GENERAL_NAMES *found = X509V3_get_d2i(list, NID_subject_alt_name, NULL, NULL);
	assert_int_equal(sk_GENERAL_NAME_num(found), 2);
	const ASN1_IA5STRING *name = sk_GENERAL_NAME_value(found, 1)->d.dNSName;
	assert_string_equal((const char *)ASN1_STRING_get0_data(name), both[1]);
	GENERAL_NAMES_free(found);
	sk_X509_EXTENSION_pop_free(list, X509_EXTENSION_free);
	X509_REQ_free(request);
	free(der);
	(void)web_push_key_free(key);
}

static enum site_cert_fault look(const char *pem, struct evp_pkey_st *key, struct site_names of,
				 uint64_t now_s, struct site_cert *ret)
{
	return site_cert_look(pem, strlen(pem), key, of, now_s, ret);
}

static void test_what_is_taken(void **state)
{
	struct evp_pkey_st *key = web_push_key_new(), *other = web_push_key_new();
	char *one = site_cert_signed_by_itself(key, first, 90, NULL);
	char *another = site_cert_signed_by_itself(other, names, 90, NULL);
	uint64_t now = (uint64_t)time(NULL);
	struct site_cert c = { 0 };
	char chain[8192];

	(void)state;
	assert_int_equal(look("", key, first, now, &c), SITE_CERT_NONE);
	assert_int_equal(look("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", key,
			      first, now, &c),
			 SITE_CERT_NONE);
	assert_int_equal(c.to_s, 0);
	assert_int_equal(look(one, key, first, now, &c), SITE_CERT_GOOD);
	assert_true(c.signed_by_itself);
	assert_in_range(c.to_s, now + 90 * 86400 - 60, now + 90 * 86400 + 60);
	assert_in_range(c.from_s, now - 86400 - 60, now);
	assert_int_equal(look(one, other, first, now, &c), SITE_CERT_OTHER_KEY);
	assert_int_equal(look(one, key, names, now, &c), SITE_CERT_OTHER_NAMES);
	assert_int_equal(look(one, key, first, now + 91 * 86400, &c), SITE_CERT_OVER);
	(void)snprintf(chain, sizeof chain, "%s%s", one, another);
	assert_int_equal(look(chain, key, first, now, &c), SITE_CERT_BROKEN);
	chain[0] = '\0';
	for (int i = 0; i <= SITE_CERT_CHAIN_MAX; i++) /* each signs the one before: without end */
		strcat(chain, one);
	assert_int_equal(look(chain, key, first, now, &c), SITE_CERT_BROKEN);
	free(one);
	free(another);
	(void)web_push_key_free(key);
	(void)web_push_key_free(other);
}

/* RFC 8737 3: the extension is critical and holds the digest. */
static void test_proof(void **state)
{
	struct evp_pkey_st *key = web_push_key_new();
	uint8_t digest[SHA256_LENGTH];

	(void)state;
	hash_sha256("token.print", 11, digest);
	char *pem = site_cert_signed_by_itself(key, first, 1, digest);
	BIO *in = BIO_new_mem_buf(pem, -1);
	X509 *x = PEM_read_bio_X509(in, NULL, NULL, NULL);
	ASN1_OBJECT *id = OBJ_txt2obj("1.3.6.1.5.5.7.1.31", 1);
	int at = X509_get_ext_by_OBJ(x, id, -1);
	assert_true(at >= 0);
	X509_EXTENSION *e = X509_get_ext(x, at);
	assert_int_equal(X509_EXTENSION_get_critical(e), 1);
	const ASN1_OCTET_STRING *value = X509_EXTENSION_get_data(e);
	assert_int_equal(ASN1_STRING_length(value), 34);
	assert_memory_equal(ASN1_STRING_get0_data(value) + 2, digest, sizeof digest);
	ASN1_OBJECT_free(id);
	X509_free(x);
	(void)BIO_free(in);
	free(pem);
	(void)web_push_key_free(key);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_request),
		cmocka_unit_test(test_what_is_taken),
		cmocka_unit_test(test_proof),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
