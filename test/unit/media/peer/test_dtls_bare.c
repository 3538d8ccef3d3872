/* SPDX-License-Identifier: Apache-2.0 */
/* Our DTLS server with a bare OpenSSL client, which does what ours would not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <openssl/err.h>
#include <string.h>

#include "dtls_pair.h"

#undef SRTP_AEAD_AES_128_GCM
#undef SRTP_AES128_CM_SHA1_80
#include <openssl/ssl.h>

struct bare {
	SSL_CTX *context;
	SSL *ssl;
	BIO *in, *out;
};

static void bare_open(struct bare *b)
{
	b->context = SSL_CTX_new(DTLS_method());
	SSL_CTX_set_verify(b->context, SSL_VERIFY_NONE, NULL);
	SSL_CTX_set_options(b->context, SSL_OP_NO_QUERY_MTU);
	SSL_CTX_set_security_level(b->context, 0);
	assert_int_equal(SSL_CTX_set_tlsext_use_srtp(b->context, "SRTP_AES128_CM_SHA1_80"), 0);
	b->ssl = SSL_new(b->context);
	b->in = BIO_new(BIO_s_mem());
	b->out = BIO_new(BIO_s_mem());
	BIO_set_mem_eof_return(b->in, -1);
	SSL_set_bio(b->ssl, b->in, b->out);
	SSL_set_mtu(b->ssl, 1200);
	SSL_set_connect_state(b->ssl);
}

static void bare_run(struct bare *b, struct end *server)
{
	for (int i = 0; i < 10; i++) {
		static uint8_t flight[16384];
		const struct outbox_datagram *d;

		(void)SSL_do_handshake(b->ssl);
		int n = BIO_read(b->out, flight, sizeof flight);
		if (n > 0)
			(void)dtls_rx(server->dtls, clock_now_us(), flight, (size_t)n);
		while ((d = outbox_take(&server->outbox)))
			(void)BIO_write(b->in, d->bytes, (int)d->length);
	}
	ERR_clear_error();
}

static void bare_close(struct bare *b)
{
	SSL_free(b->ssl);
	SSL_CTX_free(b->context);
}

static void test_no_client_certificate(void **state)
{
	struct pair *p = *state;
	struct bare b;

	open_ends(p);
	bare_open(&b);
	bare_run(&b, &p->server);
	assert_int_not_equal(dtls_get_state(p->server.dtls), DTLS_DONE);
	bare_close(&b);
	/* and a real client is served afterwards */
	run(p, SOON_US);
	assert_same_keys(p, (enum srtp_suite)7);
}

static void test_dtls_1_0(void **state)
{
	struct pair *p = *state;
	struct bare b;

	open_ends(p);
	bare_open(&b);
	assert_int_equal(SSL_set_max_proto_version(b.ssl, DTLS1_VERSION), 1);
	assert_int_equal(SSL_set_min_proto_version(b.ssl, DTLS1_VERSION), 1);
	bare_run(&b, &p->server);
	assert_int_equal(dtls_get_state(p->server.dtls), DTLS_HANDSHAKE);
	bare_close(&b);
}

/* A ClientHello longer than a datagram, as Chromium's and Firefox's are (1.4 KB and more). */
static void test_long_hello(void **state)
{
	struct pair *p = *state;
	struct bare b;
	uint8_t alpn[2000];

	for (size_t i = 0; i < sizeof alpn; i += 200) {
		memset(alpn + i, 'x', 200);
		alpn[i] = 199;
	}
	open_ends(p);
	bare_open(&b);
	assert_int_equal(SSL_set_alpn_protos(b.ssl, alpn, sizeof alpn), 0);
	assert_int_equal(SSL_use_certificate(b.ssl, cert_x509(p->client.certificate)), 1);
	assert_int_equal(SSL_use_PrivateKey(b.ssl, cert_key(p->client.certificate)), 1);
	bare_run(&b, &p->server);
	assert_int_equal(dtls_get_state(p->server.dtls), DTLS_DONE);
	bare_close(&b);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, pair_set_up, pair_tear_down)
	const struct CMUnitTest tests[] = {
		TEST(test_no_client_certificate),
		TEST(test_dtls_1_0),
		TEST(test_long_hello),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
