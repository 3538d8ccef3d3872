/* SPDX-License-Identifier: Apache-2.0 */
/*
 * DTLS handshakes in memory: our server with our client, and with a bare OpenSSL client that does
 * what ours would not. OpenSSL's timers read the real clock, so the tests with loss take real time.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <errno.h>
#include <openssl/err.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/rng.h"
#include "base/wr.h"
#include "media/peer/dtls.h"

#undef SRTP_AEAD_AES_128_GCM
#undef SRTP_AES128_CM_SHA1_80
#include <openssl/ssl.h>

struct end {
	struct cert *certificate;
	struct dtls_context *context;
	struct dtls *dtls;
	struct outbox outbox;
	struct path peer;
	char fingerprint[FINGERPRINT_TEXT]; /* of the other end, as its SDP says */
	struct dtls_config config;
};

/* Longer than handshakes take on any machine; who waits for them goes on as soon as they are done. */
#define SOON_US (60 * US_PER_S)

struct pair {
	struct end client, server;
	struct rng rng;
	unsigned loss;	  /* percent */
	bool split_hello; /* ClientHello in three datagrams, out of order */
	unsigned to_server, longest;
};

static int setup(void **state)
{
	static struct pair p;

	memset(&p, 0, sizeof p);
	rng_seeded(&p.rng, 11);
	struct end *ends[] = { &p.client, &p.server };
	for (int i = 0; i < 2; i++) {
		assert_int_equal(cert_new(&ends[i]->certificate), 0);
		assert_int_equal(dtls_context_new(&ends[i]->context, ends[i]->certificate), 0);
		outbox_init(&ends[i]->outbox);
		ends[i]->peer.address.ss_family = AF_INET;
		ends[i]->config = (struct dtls_config){ .context = ends[i]->context,
							.client = i == 0,
							.fingerprint = ends[i]->fingerprint,
							.outbox = &ends[i]->outbox,
							.to = &ends[i]->peer };
	}
	strcpy(p.client.fingerprint, cert_fingerprint(p.server.certificate));
	strcpy(p.server.fingerprint, cert_fingerprint(p.client.certificate));
	*state = &p;
	return 0;
}

static int teardown(void **state)
{
	struct pair *p = *state;

	p->client.dtls = dtls_free(p->client.dtls);
	p->server.dtls = dtls_free(p->server.dtls);
	(void)dtls_context_free(p->client.context);
	(void)dtls_context_free(p->server.context);
	(void)cert_free(p->client.certificate);
	(void)cert_free(p->server.certificate);
	return 0;
}

static void open_ends(struct pair *p)
{
	assert_int_equal(dtls_new(&p->client.dtls, &p->client.config, clock_now_us()), 0);
	assert_int_equal(dtls_new(&p->server.dtls, &p->server.config, clock_now_us()), 0);
}

static bool is_hello(const uint8_t *b, size_t n)
{
	return n > 25 && b[0] == 22 && b[13] == 1;
}

/* One handshake record again as a fragment of itself. */
static size_t make_fragment(uint8_t *ret, const uint8_t *record, size_t at, size_t n,
			    uint8_t number)
{
	struct wr w = wr_of(ret, OUTBOX_BYTES);

	wr_bytes(&w, record, 10); /* type, version, epoch, sequence number but its last byte */
	wr_u8(&w, number);
	wr_be16(&w, (uint16_t)(12 + n));
	wr_bytes(&w, record + 13, 6); /* type, length, message number */
	wr_be24(&w, (uint32_t)at);
	wr_be24(&w, (uint32_t)n);
	wr_bytes(&w, record + 25 + at, n);
	return wr_len(&w);
}

/* Numbers far apart: the client goes on counting from 1 and must not look like a replay. */
static void deliver_split(struct end *to, const uint8_t *record, size_t n)
{
	uint8_t fragment[OUTBOX_BYTES];
	size_t body = n - 25, third = body / 3;

	n = make_fragment(fragment, record, 2 * third, body - 2 * third, 42);
	(void)dtls_rx(to->dtls, clock_now_us(), fragment, n);
	n = make_fragment(fragment, record, 0, third, 40);
	(void)dtls_rx(to->dtls, clock_now_us(), fragment, n);
	assert_null(outbox_take(&to->outbox)); /* a part is not answered */
	n = make_fragment(fragment, record, third, third, 41);
	(void)dtls_rx(to->dtls, clock_now_us(), fragment, n);
}

static void deliver(struct pair *p, struct end *from, struct end *to)
{
	const struct outbox_datagram *d;

	while ((d = outbox_take(&from->outbox))) {
		p->longest = d->length > p->longest ? (unsigned)d->length : p->longest;
		p->to_server += to == &p->server;
		if (rng_u32(&p->rng) % 100 < p->loss)
			continue;
		if (p->split_hello && to == &p->server && is_hello(d->bytes, d->length)) {
			deliver_split(to, d->bytes, d->length);
			continue;
		}
		(void)dtls_rx(to->dtls, clock_now_us(), d->bytes, d->length);
		uint8_t ignored[64];
		while (dtls_read(to->dtls, ignored, sizeof ignored) > 0)
			;
	}
}

static bool done(const struct pair *p)
{
	return dtls_get_state(p->client.dtls) != DTLS_HANDSHAKE &&
	       dtls_get_state(p->server.dtls) != DTLS_HANDSHAKE;
}

/* Runs until both ends have come to something, at most `us` of real time. */
static void run(struct pair *p, uint64_t us)
{
	uint64_t start = clock_now_us();

	while (!done(p) && clock_now_us() - start < us) {
		dtls_tick(p->client.dtls, clock_now_us());
		dtls_tick(p->server.dtls, clock_now_us());
		deliver(p, &p->client, &p->server);
		deliver(p, &p->server, &p->client);
		if (p->loss && !done(p)) /* only a timer can help now */
			(void)nanosleep(&(struct timespec){ .tv_nsec = 1000000 }, NULL);
	}
}

static void assert_same_keys(struct pair *p, enum srtp_suite suite)
{
	struct srtp_keys c, s;

	assert_int_equal(dtls_get_state(p->client.dtls), DTLS_DONE);
	assert_int_equal(dtls_get_state(p->server.dtls), DTLS_DONE);
	assert_int_equal(dtls_export_keys(p->client.dtls, p->client.fingerprint, &c), 0);
	assert_int_equal(dtls_export_keys(p->server.dtls, p->server.fingerprint, &s), 0);
	assert_int_equal(c.suite, suite);
	assert_int_equal(s.suite, suite);
	assert_memory_equal(c.send_key, s.receive_key, SRTP_KEY_LENGTH);
	assert_memory_equal(c.receive_key, s.send_key, SRTP_KEY_LENGTH);
	assert_memory_equal(c.send_salt, s.receive_salt, srtp_salt_length(suite));
	assert_memory_equal(c.receive_salt, s.send_salt, srtp_salt_length(suite));
	assert_memory_not_equal(c.send_key, c.receive_key, SRTP_KEY_LENGTH);
}

static void test_gcm_first(void **state)
{
	struct pair *p = *state;
	struct srtp_keys k;

	open_ends(p);
	assert_int_equal(dtls_export_keys(p->server.dtls, p->server.fingerprint, &k), -EAGAIN);
	run(p, SOON_US);
	assert_same_keys(p, (enum srtp_suite)7);
	assert_true(p->longest <= DTLS_MTU);
}

static void test_cm_alone(void **state)
{
	struct pair *p = *state;

	p->client.config.only_cm = true;
	open_ends(p);
	run(p, SOON_US);
	assert_same_keys(p, (enum srtp_suite)1);
}

static void test_no_srtp(void **state)
{
	struct pair *p = *state;
	struct srtp_keys k;

	p->client.config.without_srtp = true;
	open_ends(p);
	run(p, SOON_US);
	assert_int_equal(dtls_export_keys(p->server.dtls, p->server.fingerprint, &k), -ENOPROTOOPT);
}

static void test_split_hello(void **state)
{
	struct pair *p = *state;

	p->split_hello = true;
	open_ends(p);
	run(p, SOON_US);
	assert_same_keys(p, (enum srtp_suite)7);
}

/* Everything that can be in fragments is. */
static void test_small_mtu(void **state)
{
	struct pair *p = *state;

	p->client.config.mtu = p->server.config.mtu = 256;
	open_ends(p);
	run(p, SOON_US);
	assert_same_keys(p, (enum srtp_suite)7);
	assert_true(p->longest <= 256);
}

static void test_loss(void **state)
{
	struct pair *p = *state;

	p->loss = 30;
	for (int i = 0; i < 4; i++) {
		open_ends(p);
		run(p, SOON_US);
		/* When the last flight is lost the client repeats its
		 * own, and the server, done already, repeats the answer. */
		assert_same_keys(p, (enum srtp_suite)7);
		p->client.dtls = dtls_free(p->client.dtls);
		p->server.dtls = dtls_free(p->server.dtls);
		outbox_init(&p->client.outbox);
		outbox_init(&p->server.outbox);
	}
}

static void test_wrong_client_certificate(void **state)
{
	struct pair *p = *state;
	struct srtp_keys k;

	strcpy(p->server.fingerprint, cert_fingerprint(p->server.certificate));
	open_ends(p);
	run(p, SOON_US);
	assert_int_equal(dtls_get_state(p->server.dtls), DTLS_FAILED);
	assert_int_equal(dtls_get_state(p->client.dtls), DTLS_FAILED); /* it was told */
	assert_int_equal(dtls_export_keys(p->server.dtls, p->server.fingerprint, &k), -EAGAIN);
}

static void test_wrong_server_certificate(void **state)
{
	struct pair *p = *state;

	strcpy(p->client.fingerprint, cert_fingerprint(p->client.certificate));
	open_ends(p);
	for (int i = 0; i < 300 && dtls_get_state(p->client.dtls) == DTLS_HANDSHAKE; i++)
		run(p, 100 * US_PER_MS); /* the server is told nothing */
	assert_int_equal(dtls_get_state(p->client.dtls), DTLS_FAILED);
	assert_int_not_equal(dtls_get_state(p->server.dtls), DTLS_DONE);
}

/* The SDP comes after the handshake: nothing is exported until it does, and only if it matches. */
static void test_late_fingerprint(void **state)
{
	struct pair *p = *state;
	struct srtp_keys k;

	p->server.fingerprint[0] = '\0';
	open_ends(p);
	run(p, SOON_US);
	assert_int_equal(dtls_get_state(p->server.dtls), DTLS_DONE);
	assert_int_equal(dtls_export_keys(p->server.dtls, "", &k), -EAGAIN);
	assert_int_equal(
		dtls_export_keys(p->server.dtls, cert_fingerprint(p->server.certificate), &k),
		-EACCES);
	assert_int_equal(
		dtls_export_keys(p->server.dtls, cert_fingerprint(p->client.certificate), &k), 0);
}

/* R41: garbage that looks like DTLS, before, during and after the handshake. */
static void test_garbage(void **state)
{
	struct pair *p = *state;
	uint8_t bytes[1200], data[64];
	/* a finished-looking alert, an empty hello, a hello that lies about its length */
	static const uint8_t alert[] = { 21, 254, 253, 0, 0, 0, 0, 0, 0, 0, 9, 0, 2, 2, 40 };
	static const uint8_t hello[] = { 22, 254, 253, 0, 0, 0, 0, 0, 0, 0, 0, 0, 13,
					 1,  0,	  0,   1, 0, 0, 0, 0, 0, 0, 0, 1, 0 };

	open_ends(p);
	for (int phase = 0; phase < 2; phase++) {
		for (int i = 0; i < 2000; i++) {
			size_t n = 1 + rng_u32(&p->rng) % sizeof bytes;

			rng_fill(&p->rng, bytes, n);
			bytes[0] = (uint8_t)(20 + rng_u32(&p->rng) % 6);
			if (n > 13 && i % 2) { /* a plausible record */
				bytes[1] = 254;
				bytes[2] = 253;
				memset(bytes + 3, 0, 8);
				put_be16(bytes + 11, (uint16_t)(n - 13));
			}
			(void)dtls_rx(p->server.dtls, clock_now_us(), bytes, n);
			(void)dtls_read(p->server.dtls, data, sizeof data);
		}
		for (int i = 0; i < 3; i++) {
			(void)dtls_rx(p->server.dtls, clock_now_us(), alert, sizeof alert);
			(void)dtls_read(p->server.dtls, data, sizeof data);
			(void)dtls_rx(p->server.dtls, clock_now_us(), hello, sizeof hello);
			(void)dtls_read(p->server.dtls, data, sizeof data);
		}
		while (outbox_take(&p->server.outbox))
			;
		run(p, SOON_US);
		assert_same_keys(p, (enum srtp_suite)7);
	}
}

static void test_data_and_close(void **state)
{
	struct pair *p = *state;
	uint8_t out[64];
	const struct outbox_datagram *d;

	open_ends(p);
	assert_int_equal(dtls_write(p->client.dtls, (const uint8_t *)"early", 5), -EAGAIN);
	run(p, SOON_US);
	assert_int_equal(dtls_write(p->client.dtls, (const uint8_t *)"hello", 5), 0);
	assert_int_equal(dtls_write(p->client.dtls, out, DTLS_MTU + 1), -EMSGSIZE);
	d = outbox_take(&p->client.outbox);
	assert_non_null(d);
	assert_int_equal(dtls_rx(p->server.dtls, 0, d->bytes, d->length), V_OK);
	assert_int_equal(dtls_read(p->server.dtls, out, sizeof out), 5);
	assert_memory_equal(out, "hello", 5);
	assert_int_equal(dtls_read(p->server.dtls, out, sizeof out), 0);
	(void)dtls_rx(p->server.dtls, 0, d->bytes, d->length); /* a replay */
	assert_int_equal(dtls_read(p->server.dtls, out, sizeof out), 0);

	dtls_close(p->client.dtls);
	deliver(p, &p->client, &p->server);
	assert_int_equal(dtls_get_state(p->server.dtls), DTLS_CLOSED);
}

/* An idle association gives its record buffers back, and both ends go on as before. */
static void test_buffers_come_and_go(void **state)
{
	struct pair *p = *state;
	uint8_t out[64];

	open_ends(p);
	run(p, SOON_US);
	for (int i = 0; i < 3; i++) {
		const struct outbox_datagram *d;
		uint64_t due = dtls_deadline(p->server.dtls);

		assert_true(due < UINT64_MAX);
		dtls_tick(p->server.dtls, due - 1);
		assert_int_equal(dtls_deadline(p->server.dtls), due);
		dtls_tick(p->server.dtls, due);
		assert_int_equal(dtls_deadline(p->server.dtls), UINT64_MAX);
		assert_int_equal(dtls_write(p->server.dtls, (const uint8_t *)"hello", 5), 0);
		deliver(p, &p->server, &p->client);
		assert_int_equal(dtls_write(p->client.dtls, (const uint8_t *)"again", 5), 0);
		d = outbox_take(&p->client.outbox);
		assert_non_null(d);
		assert_int_equal(dtls_rx(p->server.dtls, due, d->bytes, d->length), V_OK);
		assert_int_equal(dtls_read(p->server.dtls, out, sizeof out), 5);
		assert_memory_equal(out, "again", 5);
		assert_int_equal(dtls_read(p->server.dtls, out, sizeof out), 0);
	}
	dtls_tick(p->server.dtls, dtls_deadline(p->server.dtls));
	dtls_close(p->server.dtls);
	deliver(p, &p->server, &p->client);
	assert_int_equal(dtls_get_state(p->client.dtls), DTLS_CLOSED);
}

static void test_gives_up(void **state)
{
	struct pair *p = *state;

	open_ends(p);
	dtls_tick(p->client.dtls, clock_now_us() + DTLS_GIVE_UP_US - US_PER_S);
	dtls_tick(p->server.dtls, clock_now_us() + DTLS_GIVE_UP_US - US_PER_S);
	assert_int_equal(dtls_get_state(p->client.dtls), DTLS_HANDSHAKE);
	assert_int_equal(dtls_get_state(p->server.dtls), DTLS_HANDSHAKE);
	dtls_tick(p->client.dtls, clock_now_us() + DTLS_GIVE_UP_US + 1);
	dtls_tick(p->server.dtls, clock_now_us() + DTLS_GIVE_UP_US + 1);
	assert_int_equal(dtls_get_state(p->client.dtls), DTLS_FAILED);
	assert_int_equal(dtls_get_state(p->server.dtls), DTLS_FAILED);
}

/* ---- a bare OpenSSL client ---- */

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

/* R43: handshakes that never end are bounded, and make room again. */
static void test_half_open_bound(void **state)
{
	struct pair *p = *state;
	static struct dtls *open[DTLS_ASSOCIATIONS_MAX];
	struct dtls *more = NULL;
	uint64_t now = clock_now_us();

	for (size_t i = 0; i < DTLS_ASSOCIATIONS_MAX; i++)
		assert_int_equal(dtls_new(&open[i], &p->server.config, now), 0);
	assert_int_equal(dtls_new(&more, &p->server.config, now), -EBUSY);
	assert_null(more);

	/* nobody answers: each is given up, and its owner frees it */
	dtls_tick(open[7], now + DTLS_GIVE_UP_US + 1000);
	assert_int_equal(dtls_get_state(open[7]), DTLS_FAILED);
	open[7] = dtls_free(open[7]);
	assert_int_equal(dtls_new(&open[7], &p->server.config, now), 0);
	assert_int_equal(dtls_new(&more, &p->server.config, now), -EBUSY);
	for (size_t i = 0; i < DTLS_ASSOCIATIONS_MAX; i++)
		open[i] = dtls_free(open[i]);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_gcm_first),
		TEST(test_cm_alone),
		TEST(test_no_srtp),
		TEST(test_split_hello),
		TEST(test_small_mtu),
		TEST(test_loss),
		TEST(test_wrong_client_certificate),
		TEST(test_wrong_server_certificate),
		TEST(test_late_fingerprint),
		TEST(test_garbage),
		TEST(test_data_and_close),
		TEST(test_buffers_come_and_go),
		TEST(test_gives_up),
		TEST(test_half_open_bound),
		TEST(test_no_client_certificate),
		TEST(test_dtls_1_0),
		TEST(test_long_hello),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
