/* SPDX-License-Identifier: Apache-2.0 */
/* Signed requests to an authority: RFC 7638's thumbprint, RFC 8555's form, and a signature that OpenSSL takes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "control/acme/challenge.h"
#include "control/acme/jws.h"
#include "crypt/site_cert.h"
#include "crypt/web_push.h"

enum { VARIANT = sodium_base64_VARIANT_URLSAFE_NO_PADDING };

/* RFC 7638 3.1. */
static void test_thumbprint(void **state)
{
	json_t *jwk = json_pack(
		"{s:s, s:s, s:s}", "kty", "RSA", "n",
		"0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6"
		"tSo"
		"c_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-"
		"65YG"
		"jQR0_"
		"FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt"
		"-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-"
		"kEgU8awapJzKnqDK"
		"gw",
		"e", "AQAB");
	char text[JWS_THUMBPRINT];

	(void)state;
	assert_int_equal(jws_thumbprint(jwk, text), 0);
	assert_string_equal(text, "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
	json_decref(jwk);
}

static json_t *decode(const json_t *body, const char *name)
{
	char text[4096];
	size_t n;

	assert_int_equal(sodium_base642bin((unsigned char *)text, sizeof text,
					   json_string_value(json_object_get(body, name)),
					   json_string_length(json_object_get(body, name)), NULL,
					   &n, NULL, VARIANT),
			 0);
	return n ? json_loadb(text, n, 0, NULL) : NULL;
}

static bool verifies(struct evp_pkey_st *key, const json_t *body)
{
	unsigned char raw[ES256_SIGNATURE], *der = NULL;
	char input[4096];
	size_t n;
	ECDSA_SIG *pair = ECDSA_SIG_new();
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	const json_t *signature = json_object_get(body, "signature");

	assert_int_equal(sodium_base642bin(raw, sizeof raw, json_string_value(signature),
					   json_string_length(signature), NULL, &n, NULL, VARIANT),
			 0);
	assert_int_equal(n, sizeof raw);
	(void)snprintf(input, sizeof input, "%s.%s",
		       json_string_value(json_object_get(body, "protected")),
		       json_string_value(json_object_get(body, "payload")));
	(void)ECDSA_SIG_set0(pair, BN_bin2bn(raw, 32, NULL), BN_bin2bn(raw + 32, 32, NULL));
	int length = i2d_ECDSA_SIG(pair, &der);
	bool good = EVP_DigestVerifyInit(ctx, NULL, EVP_sha256(), NULL, key) == 1 &&
		    EVP_DigestVerify(ctx, der, (size_t)length, (unsigned char *)input,
				     strlen(input)) == 1;
	OPENSSL_free(der);
	ECDSA_SIG_free(pair);
	EVP_MD_CTX_free(ctx);
	return good;
}

/* RFC 8555 7.3 (with the key itself) and 6.3 (read only). The numbers of a signature begin with a zero now and then: many are made. */
static void test_requests(void **state)
{
	struct evp_pkey_st *key = web_push_key_new(), *other = web_push_key_new();
	json_t *terms = json_pack("{s:b}", "termsOfServiceAgreed", 1);
	struct jws j = {
		.key = key, .url = "https://ca.test/new", .nonce = "abc", .payload = terms
	};

	(void)state;
	for (int i = 0; i < 400; i++) {
		char *text = jws_sign(&j);
		json_t *body = json_loads(text, 0, NULL), *head = decode(body, "protected");

		assert_true(verifies(key, body));
		assert_false(verifies(other, body));
		if (i == 0) {
			json_t *payload = decode(body, "payload"), *jwk = jws_jwk(key);

			assert_true(json_equal(payload, terms));
			assert_true(json_equal(json_object_get(head, "jwk"), jwk));
			assert_null(json_object_get(head, "kid"));
			assert_string_equal(json_string_value(json_object_get(head, "nonce")),
					    "abc");
			assert_string_equal(json_string_value(json_object_get(head, "url")), j.url);
			json_decref(payload);
			json_decref(jwk);
		}
		json_decref(head);
		json_decref(body);
		free(text);
	}
	j.kid = "https://ca.test/account/1";
	j.payload = NULL;
	char *text = jws_sign(&j);
	json_t *body = json_loads(text, 0, NULL), *head = decode(body, "protected");
	assert_string_equal(json_string_value(json_object_get(body, "payload")), "");
	assert_string_equal(json_string_value(json_object_get(head, "kid")), j.kid);
	assert_null(json_object_get(head, "jwk"));
	assert_true(verifies(key, body));
	json_decref(head);
	json_decref(body);
	free(text);
	json_decref(terms);
	(void)web_push_key_free(key);
	(void)web_push_key_free(other);
}

static void test_challenge(void **state)
{
	struct challenge c;
	char *got;

	(void)state;
	challenge_init(&c);
	assert_null(challenge_page(&c, ""));
	challenge_set(&c, strdup("one"), strdup("one.print"), strdup("pem"));
	got = challenge_page(&c, "one");
	assert_string_equal(got, "one.print");
	free(got);
	assert_null(challenge_page(&c, "on"));
	assert_null(challenge_page(&c, "one.print"));
	got = challenge_certificate(&c);
	assert_string_equal(got, "pem");
	free(got);
	challenge_set(&c, NULL, NULL, NULL);
	assert_null(challenge_page(&c, "one"));
	assert_null(challenge_certificate(&c));
	challenge_fini(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_thumbprint),
		cmocka_unit_test(test_requests),
		cmocka_unit_test(test_challenge),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
