/* SPDX-License-Identifier: Apache-2.0 */
/* DTLS handshakes in memory, our server with our client. With another client: test_dtls_bare.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <errno.h>
#include <string.h>

#include "base/wr.h"
#include "dtls_pair.h"

static void test_gcm_first(void **state)
{
	struct pair *p = *state;
	struct srtp_keys k;

	open_ends(p);
	assert_int_equal(dtls_export_keys(p->server.dtls, p->server.fingerprint, &k), -EAGAIN);
	run(p, SOON_US);
	assert_same_keys(p, SRTP_AEAD_AES_128_GCM);
	assert_true(p->longest <= DTLS_MTU);
}

static void test_cm_alone(void **state)
{
	struct pair *p = *state;

	p->client.config.only_cm = true;
	open_ends(p);
	run(p, SOON_US);
	assert_same_keys(p, SRTP_AES128_CM_SHA1_80);
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
	assert_same_keys(p, SRTP_AEAD_AES_128_GCM);
}

/* Everything that can be in fragments is. */
static void test_small_mtu(void **state)
{
	struct pair *p = *state;

	p->client.config.mtu = p->server.config.mtu = 256;
	open_ends(p);
	run(p, SOON_US);
	assert_same_keys(p, SRTP_AEAD_AES_128_GCM);
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
		assert_same_keys(p, SRTP_AEAD_AES_128_GCM);
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
		assert_same_keys(p, SRTP_AEAD_AES_128_GCM);
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
	while (outbox_take(&p->client.outbox))
		; /* on a slow machine: the end of the handshake once more */
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
#define TEST(name) cmocka_unit_test_setup_teardown(name, pair_set_up, pair_tear_down)
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
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
