/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <errno.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <stdlib.h>

#include "crypt/cert.h"
#include "crypt/gcm_mb.h"
#include "crypt/hash.h"
#include "crypt/srtp_cipher.h"
#include "hex.h"

static void assert_bytes(const uint8_t *got, const char *hex)
{
	struct bytes want = hex_bytes(hex);

	assert_memory_equal(got, want.b, want.n);
}

static void test_digests(void **state)
{
	uint8_t out[SHA256_LENGTH];

	(void)state;
	hash_sha1("abc", 3, out);
	assert_bytes(out, "a9993e364706816aba3e25717850c26c9cd0d89d");
	hash_sha256("abc", 3, out);
	assert_bytes(out, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	assert_true(hash_equal("same", "same", 4));
	assert_false(hash_equal("same", "sama", 4));
}

static void hmac_case(const void *key, size_t n, const char *text, const char *hex)
{
	struct hmac_sha1_key k;
	uint8_t out[SHA1_LENGTH];
	size_t half = strlen(text) / 2;
	const struct hash_part parts[] = { { text, half }, { text + half, strlen(text) - half } };

	hmac_sha1_init(&k, key, n);
	hmac_sha1(&k, parts, 2, out);
	assert_bytes(out, hex);
	hmac_sha1(&k, parts, 2, out); /* a key is used many times */
	assert_bytes(out, hex);
}

/* RFC 2202 3, cases 1, 2, 6; RFC 4231 4.2, 4.7 */
static void test_hmac(void **state)
{
	uint8_t key[131], out[SHA256_LENGTH];
	static const char long_key[] = "Test Using Larger Than Block-Size Key - Hash Key First";

	(void)state;
	memset(key, 0x0b, sizeof key);
	hmac_case(key, 20, "Hi There", "b617318655057264e28bc0b6fb378c8ef146be00");
	hmac_case("Jefe", 4, "what do ya want for nothing?",
		  "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79");
	memset(key, 0xaa, sizeof key);
	hmac_case(key, 80, long_key, "aa4ae5e15272d00e95705637ce8a3b55ed402112");
	hmac_sha256(key, 131, long_key, strlen(long_key), out);
	assert_bytes(out, "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
	hmac_sha256("Jefe", 4, "what do ya want for nothing?", 28, out);
	assert_bytes(out, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

static void test_certificate(void **state)
{
	struct cert *a, *b;
	char text[FINGERPRINT_TEXT], lower[FINGERPRINT_TEXT];

	(void)state;
	assert_int_equal(cert_new(&a), 0);
	assert_int_equal(cert_new(&b), 0);
	assert_string_not_equal(cert_fingerprint(a), cert_fingerprint(b));
	assert_int_equal(strlen(cert_fingerprint(a)), FINGERPRINT_TEXT - 1);
	assert_int_equal(cert_fingerprint_of(cert_x509(a), text), 0);
	assert_string_equal(text, cert_fingerprint(a));
	/* its own signature: the key belongs to the certificate */
	assert_int_equal(X509_verify(cert_x509(a), cert_key(a)), 1);
	assert_int_not_equal(X509_verify(cert_x509(a), cert_key(b)), 1);

	for (size_t i = 0; i < sizeof text; i++)
		lower[i] = (char)(text[i] >= 'A' && text[i] <= 'F' ? text[i] + 32 : text[i]);
	memset(text, 0, sizeof text);
	assert_int_equal(cert_fingerprint_parse(lower, strlen(lower), text), 0);
	assert_string_equal(text, cert_fingerprint(a));
	assert_int_equal(cert_fingerprint_parse(lower, strlen(lower) - 3, text), -EINVAL);
	lower[2] = '-';
	assert_int_equal(cert_fingerprint_parse(lower, strlen(lower), text), -EINVAL);
	lower[2] = ':';
	lower[4] = 'g';
	assert_int_equal(cert_fingerprint_parse(lower, strlen(lower), text), -EINVAL);
	assert_null(cert_free(a));
	assert_null(cert_free(b));
	assert_null(cert_free(NULL));
}

static void test_key_derivation(void **state)
{
	struct bytes key = vector("rfc3711-b3-master-key"), salt = vector("rfc3711-b3-master-salt");
	static const char *const names[] = { "rfc3711-b3-cipher-key", "rfc3711-b3-auth-key",
					     "rfc3711-b3-cipher-salt" };

	(void)state;
	for (uint8_t label = 0; label < 3; label++) {
		struct bytes want = vector(names[label]);
		uint8_t got[32];

		assert_int_equal(srtp_derive(key.b, salt.b, salt.n, label, got, want.n), 0);
		assert_memory_equal(got, want.b, want.n);
	}
}

/* For the tests of GCM: not libipsec-mb, though it may be there. */
static bool only_openssl;

/* Another key for the session; in the back end that the test is of. */
static void set_key(struct srtp_session *s, bool quick, const uint8_t *key, bool seal)
{
	if (quick) {
		s->quick = gcm_mb_free(s->quick);
		s->quick = only_openssl ? NULL : gcm_mb_new(key);
	}
	if (s->quick)
		return;
	if (!s->context) {
		s->context = EVP_CIPHER_CTX_new();
		assert_int_equal(
			EVP_CipherInit_ex(s->context, EVP_aes_128_gcm(), NULL, key, NULL, seal), 1);
	}
	assert_int_equal(EVP_CipherInit_ex(s->context, NULL, NULL, key, NULL, -1), 1);
}

/* A cipher with these session keys, past key derivation, as the RFCs' examples want it. */
static void with_session_keys(struct srtp_cipher *c, enum srtp_suite suite, const char *key_name,
			      const char *salt_name, bool seal)
{
	struct bytes key = vector(key_name), salt = vector(salt_name);
	uint8_t zeros[SRTP_KEY_LENGTH] = { 0 };

	assert_int_equal(srtp_cipher_init(c, suite, zeros, zeros, seal), 0);
	assert_int_equal(srtp_cipher_prepare(c), 0);
	struct srtp_session *sessions[] = { &c->rtp, &c->rtcp };
	for (int i = 0; i < 2; i++) {
		memcpy(sessions[i]->salt, salt.b, salt.n);
		set_key(sessions[i], sessions[i]->quick != NULL, key.b, seal);
	}
}

/* RFC 3711 B.2: the key stream at its begin and around the wrap of the block counter's low byte. */
static void test_aes_cm(void **state)
{
	enum { HEADER = 12, FEFF = 0xfeff * 16, LENGTH = FEFF + 48 };
	struct srtp_cipher c;
	struct bytes first = vector("rfc3711-b2-keystream"),
		     last = vector("rfc3711-b2-keystream-feff");
	uint8_t header[HEADER] = { 0x80 };
	uint8_t *zeros = calloc(1, LENGTH), *out = malloc(HEADER + LENGTH + SRTP_TAG_MAX);

	(void)state;
	assert_true(zeros && out);
	with_session_keys(&c, SRTP_AES128_CM_SHA1_80, "rfc3711-b2-key", "rfc3711-b2-salt", true);
	const struct srtp_seal seal = { .header = header,
					.header_length = HEADER,
					.payload = zeros,
					.payload_length = LENGTH,
					.out = out };
	assert_int_equal(srtp_seal_rtp(&c, &seal), HEADER + LENGTH + 10);
	assert_memory_equal(out + HEADER, first.b, first.n);
	assert_memory_equal(out + HEADER + FEFF, last.b, last.n);
	assert_int_equal(first.n, 48);
	assert_int_equal(last.n, 48);
	srtp_cipher_fini(&c);
	free(zeros);
	free(out);
}

static void test_gcm_rtp(void **state)
{
	struct srtp_cipher c;
	struct bytes plain = vector("rfc7714-16-rtp"), want = vector("rfc7714-16-srtp");
	uint8_t out[256];

	(void)state;
	with_session_keys(&c, SRTP_AEAD_AES_128_GCM, "rfc7714-key", "rfc7714-salt", true);
	const struct srtp_seal seal = { .ssrc = 0x5501a0b2,
					.index = 0xf17b,
					.header = plain.b,
					.header_length = 12,
					.payload = plain.b + 12,
					.payload_length = plain.n - 12,
					.out = out };
	assert_int_equal(srtp_seal_rtp(&c, &seal), want.n);
	assert_memory_equal(out, want.b, want.n);
	srtp_cipher_fini(&c);

	with_session_keys(&c, SRTP_AEAD_AES_128_GCM, "rfc7714-key", "rfc7714-salt", false);
	assert_int_equal(srtp_open_rtp(&c, 0x5501a0b2, 0xf17b, out, 12, want.n), plain.n);
	assert_memory_equal(out, plain.b, plain.n);
	for (size_t bit = 0; bit < want.n * 8; bit++) {
		memcpy(out, want.b, want.n);
		out[bit / 8] ^= (uint8_t)(1 << bit % 8);
		assert_int_equal(srtp_open_rtp(&c, 0x5501a0b2, 0xf17b, out, 12, want.n), 0);
	}
	for (size_t n = 0; n < want.n; n++) {
		memcpy(out, want.b, want.n);
		assert_int_equal(srtp_open_rtp(&c, 0x5501a0b2, 0xf17b, out, 12, n), 0);
	}
	srtp_cipher_fini(&c);
}

static void test_gcm_rtcp(void **state)
{
	struct srtp_cipher c;
	struct bytes plain = vector("rfc7714-17-rtcp"), want = vector("rfc7714-17-srtcp");
	struct bytes clear = vector("rfc7714-17-srtcp-clear");
	uint8_t out[256];
	uint32_t index = 0;

	(void)state;
	with_session_keys(&c, SRTP_AEAD_AES_128_GCM, "rfc7714-key", "rfc7714-salt", true);
	const struct srtp_seal seal = { .ssrc = 0x4d617273,
					.index = 0x5d4,
					.header = plain.b,
					.header_length = 8,
					.payload = plain.b + 8,
					.payload_length = plain.n - 8,
					.out = out };
	assert_int_equal(srtp_seal_rtcp(&c, &seal), want.n);
	assert_memory_equal(out, want.b, want.n);
	srtp_cipher_fini(&c);

	with_session_keys(&c, SRTP_AEAD_AES_128_GCM, "rfc7714-key", "rfc7714-salt", false);
	assert_true(srtp_rtcp_index(&c, out, want.n, &index));
	assert_int_equal(index, 0x5d4);
	assert_int_equal(srtp_open_rtcp(&c, 0x4d617273, out, want.n), plain.n);
	assert_memory_equal(out, plain.b, plain.n);
	/* 17.3: authenticated only */
	memcpy(out, clear.b, clear.n);
	assert_int_equal(srtp_open_rtcp(&c, 0x4d617273, out, clear.n), plain.n);
	assert_memory_equal(out, plain.b, plain.n);
	for (size_t bit = 0; bit < want.n * 8; bit++) {
		memcpy(out, want.b, want.n);
		out[bit / 8] ^= (uint8_t)(1 << bit % 8);
		assert_int_equal(srtp_open_rtcp(&c, 0x4d617273, out, want.n), 0);
	}
	assert_false(srtp_rtcp_index(&c, out, 8 + 16 + 3, &index));
	srtp_cipher_fini(&c);
}

static void test_gcm_openssl(void **state)
{
	only_openssl = true;
	test_gcm_rtp(state);
	test_gcm_rtcp(state);
	only_openssl = false;
}

/* The two back ends make the same bytes and open each other's, whatever the lengths. */
static void test_gcm_back_ends(void **state)
{
	static const uint8_t key[GCM_MB_KEY] = "0123456789abcdef", salt[SRTP_SALT_MAX] = "salt";
	struct srtp_cipher quick, plain, opens;
	uint8_t packet[1500], out[2][1500 + SRTP_TAG_MAX];

	(void)state;
	assert_int_equal(srtp_cipher_init(&quick, SRTP_AEAD_AES_128_GCM, key, salt, true), 0);
	assert_int_equal(srtp_cipher_init(&plain, SRTP_AEAD_AES_128_GCM, key, salt, true), 0);
	assert_int_equal(srtp_cipher_init(&opens, SRTP_AEAD_AES_128_GCM, key, salt, false), 0);
	assert_false(quick.has_rtp);
	assert_int_equal(srtp_cipher_prepare(&quick), 0);
	assert_int_equal(srtp_cipher_prepare(&plain), 0);
	if (!quick.rtp.quick) {
		srtp_cipher_fini(&quick);
		srtp_cipher_fini(&plain);
		srtp_cipher_fini(&opens);
		skip();
	}
	uint8_t session_key[GCM_MB_KEY];
	assert_int_equal(srtp_derive(key, salt, 12, 0, session_key, sizeof session_key), 0);
	only_openssl = true;
	set_key(&plain.rtp, true, session_key, true);
	only_openssl = false;
	for (size_t i = 0; i < sizeof packet; i++)
		packet[i] = (uint8_t)(i * 31);
	for (size_t n = 12; n <= sizeof packet; n += n < 100 ? 1 : 37) {
		size_t header = n < 20 ? 12 : 20, length[2];
		struct srtp_seal seal = { .ssrc = 7,
					  .index = 0xfff0 + n, /* over the wrap */
					  .header = packet,
					  .header_length = header,
					  .payload = packet + header,
					  .payload_length = n - header };

		seal.out = out[0];
		length[0] = srtp_seal_rtp(&quick, &seal);
		seal.out = out[1];
		length[1] = srtp_seal_rtp(&plain, &seal);
		assert_int_equal(length[0], n + 16);
		assert_int_equal(length[1], length[0]);
		assert_memory_equal(out[0], out[1], length[0]);
		assert_int_equal(srtp_open_rtp(&opens, 7, seal.index, out[1], header, length[1]),
				 n);
		assert_memory_equal(out[1], packet, n);
	}
	srtp_cipher_fini(&quick);
	srtp_cipher_fini(&plain);
	srtp_cipher_fini(&opens);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_digests),	      cmocka_unit_test(test_hmac),
		cmocka_unit_test(test_certificate),   cmocka_unit_test(test_key_derivation),
		cmocka_unit_test(test_aes_cm),	      cmocka_unit_test(test_gcm_rtp),
		cmocka_unit_test(test_gcm_rtcp),      cmocka_unit_test(test_gcm_openssl),
		cmocka_unit_test(test_gcm_back_ends),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
