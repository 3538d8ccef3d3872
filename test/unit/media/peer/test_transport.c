/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whole transports against each other in memory: the server's role and the client's, which the load
 * generator uses. Time is virtual except where DTLS timers matter, and there nothing is lost.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <errno.h>
#include <string.h>

#include "base/clock.h"
#include "base/wr.h"
#include "media/peer/transport.h"
#include "peer_address.h"

struct side {
	struct cert *certificate;
	struct dtls_context *dtls;
	struct outbox outbox;
	struct transport t;
	struct ice_checks checks;
	struct path address;	/* where the other side sees it */
	struct transport_in in; /* of the last datagram with something in it */
	uint8_t bytes[1500];
	unsigned changes, learned;
};

struct pair {
	struct side client, server;
	struct rng rng;
	uint64_t now;
	bool cut;
};

static int setup(void **state)
{
	static struct pair p;

	memset(&p, 0, sizeof p);
	rng_seeded(&p.rng, 5);
	p.now = 1000000;
	struct side *sides[] = { &p.client, &p.server };
	for (int i = 0; i < 2; i++) {
		struct side *s = sides[i];

		assert_int_equal(cert_new(&s->certificate), 0);
		assert_int_equal(dtls_context_new(&s->dtls, s->certificate), 0);
		outbox_init(&s->outbox);
		s->address = address((uint16_t)(1000 * (i + 1)));
		const struct transport_config config = { .rng = &p.rng,
							 .outbox = &s->outbox,
							 .dtls = s->dtls,
							 .ufrag_prefix = "7",
							 .checks = i == 0 ? &s->checks : NULL };
		transport_init(&s->t, &config);
	}
	*state = &p;
	return 0;
}

static int teardown(void **state)
{
	struct pair *p = *state;
	struct side *sides[] = { &p->client, &p->server };

	for (int i = 0; i < 2; i++) {
		transport_fini(&sides[i]->t);
		(void)dtls_context_free(sides[i]->dtls);
		(void)cert_free(sides[i]->certificate);
	}
	return 0;
}

static void tell(struct pair *p, struct side *to, struct side *from)
{
	const struct ice_credentials *c = transport_local(&from->t);
	const struct transport_remote remote = {
		.ufrag = c->ufrag, .pwd = c->pwd, .fingerprint = cert_fingerprint(from->certificate)
	};

	assert_int_equal(transport_set_remote(&to->t, p->now, &remote), 0);
}

static enum verdict rx(struct pair *p, struct side *to, const struct path *from,
		       const uint8_t *bytes, size_t n)
{
	struct transport_in in;

	memcpy(to->bytes, bytes, n);
	enum verdict v = transport_rx(&to->t, p->now, from, to->bytes, n, &in);
	to->changes += in.state_changed;
	to->learned += in.ice.learned;
	if (in.kind != TRANSPORT_IN_NOTHING)
		to->in = in;
	return v;
}

static void deliver(struct pair *p, struct side *from, struct side *to)
{
	const struct outbox_datagram *d;

	while ((d = outbox_take(&from->outbox))) {
		if (!p->cut && path_equal(&d->to, &to->address))
			(void)rx(p, to, &from->address, d->bytes, d->length);
	}
}

/* `ms` milliseconds of both transports. */
static void run(struct pair *p, unsigned ms)
{
	for (unsigned i = 0; i < ms; i++) {
		p->now += US_PER_MS;
		p->client.changes += transport_tick(&p->client.t, p->now);
		p->server.changes += transport_tick(&p->server.t, p->now);
		deliver(p, &p->client, &p->server);
		deliver(p, &p->server, &p->client);
	}
}

static void connect_pair(struct pair *p)
{
	tell(p, &p->client, &p->server);
	tell(p, &p->server, &p->client);
	transport_connect(&p->client.t, p->now, &p->server.address);
	run(p, 100);
	assert_int_equal(transport_get_state(&p->client.t), TRANSPORT_CONNECTED);
	assert_int_equal(transport_get_state(&p->server.t), TRANSPORT_CONNECTED);
}

static size_t make_rtp(uint8_t *packet, uint16_t seq)
{
	struct wr w = wr_of(packet, 200);

	wr_u8(&w, 0x80);
	wr_u8(&w, 111);
	wr_be16(&w, seq);
	wr_be32(&w, 960u * seq);
	wr_be32(&w, 0xabcd);
	for (uint8_t i = 0; i < 100; i++)
		wr_u8(&w, i);
	return wr_len(&w);
}

static enum verdict send_rtp(struct pair *p, struct side *from, struct side *to, uint16_t seq)
{
	uint8_t packet[200], out[300];
	size_t length = make_rtp(packet, seq);
	int n = transport_protect_rtp(&from->t, packet, length, out, sizeof out);

	assert_true(n > 0);
	to->in.kind = TRANSPORT_IN_NOTHING;
	enum verdict v = rx(p, to, &from->address, out, (size_t)n);
	if (v == V_OK) {
		assert_int_equal(to->in.kind, TRANSPORT_IN_RTP);
		assert_int_equal(to->in.length, length);
		assert_int_equal(to->in.rtp_index, seq);
		assert_memory_equal(to->in.bytes, packet, length);
	}
	return v;
}

static void test_connect(void **state)
{
	struct pair *p = *state;
	uint8_t rtcp[8] = { 0x80, 201, 0, 1, 0, 0, 0, 9 }, out[100];
	const struct ice_address *addresses;

	assert_int_equal(transport_get_state(&p->server.t), TRANSPORT_NEW);
	assert_null(transport_selected(&p->server.t));
	assert_null(transport_srtp(&p->server.t));
	assert_int_equal(transport_protect_rtcp(&p->server.t, rtcp, 8, out, 100), -ENOTCONN);
	assert_false(transport_may_send(&p->server.t, p->now));
	connect_pair(p);
	assert_int_equal(p->server.changes, 2); /* NEW to CHECKED to CONNECTED */
	assert_int_equal(p->server.learned, 1);
	assert_true(path_equal(transport_selected(&p->server.t), &p->client.address));
	assert_int_equal(transport_addresses(&p->server.t, &addresses), 1);
	assert_true(transport_may_send(&p->server.t, p->now));
	assert_int_equal(srtp_rtp_overhead(transport_srtp(&p->server.t)), 16); /* GCM */

	for (uint16_t i = 0; i < 50; i++) {
		assert_int_equal(send_rtp(p, &p->client, &p->server, i), V_OK);
		assert_int_equal(send_rtp(p, &p->server, &p->client, i), V_OK);
	}
	int n = transport_protect_rtcp(&p->server.t, rtcp, sizeof rtcp, out, sizeof out);
	assert_int_equal(rx(p, &p->client, &p->server.address, out, (size_t)n), V_OK);
	assert_int_equal(p->client.in.kind, TRANSPORT_IN_RTCP);
	assert_int_equal(p->client.in.length, sizeof rtcp);
	assert_memory_equal(p->client.in.bytes, rtcp, sizeof rtcp);
	assert_int_equal(rx(p, &p->client, &p->server.address, out, (size_t)n), V_DROP_REPLAY);
	assert_int_equal(p->client.t.verdicts[V_DROP_REPLAY], 1);
}

/* The client's SDP takes longer than its first packets. */
static void test_media_before_answer(void **state)
{
	struct pair *p = *state;

	tell(p, &p->client, &p->server);
	transport_connect(&p->client.t, p->now, &p->server.address);
	run(p, 100);
	assert_int_equal(transport_get_state(&p->client.t), TRANSPORT_CONNECTED);
	assert_int_equal(transport_get_state(&p->server.t), TRANSPORT_CHECKED);
	assert_int_equal(send_rtp(p, &p->client, &p->server, 1), V_DROP_KEYS);
	tell(p, &p->server, &p->client);
	assert_int_equal(transport_get_state(&p->server.t), TRANSPORT_CONNECTED);
	assert_int_equal(send_rtp(p, &p->client, &p->server, 2), V_OK);
}

static void test_wrong_fingerprint(void **state)
{
	struct pair *p = *state;
	const struct ice_credentials *c = transport_local(&p->client.t);
	struct transport_remote remote = { .ufrag = c->ufrag,
					   .pwd = c->pwd,
					   .fingerprint = cert_fingerprint(p->server.certificate) };

	assert_int_equal(transport_set_remote(&p->server.t, p->now, &remote), 0);
	remote.fingerprint = cert_fingerprint(p->client.certificate); /* no second thoughts */
	assert_int_equal(transport_set_remote(&p->server.t, p->now, &remote), -EACCES);
	remote.fingerprint = "AB:CD";
	assert_int_equal(transport_set_remote(&p->server.t, p->now, &remote), -EINVAL);
	tell(p, &p->client, &p->server);
	transport_connect(&p->client.t, p->now, &p->server.address);
	run(p, 50);
	assert_int_equal(transport_get_state(&p->server.t), TRANSPORT_FAILED);
	assert_non_null(transport_cause(&p->server.t));
	assert_null(transport_srtp(&p->server.t));
	assert_false(transport_may_send(&p->server.t, p->now));
	assert_int_equal(transport_deadline(&p->server.t), UINT64_MAX);
	assert_int_equal(rx(p, &p->server, &p->client.address, (const uint8_t *)"\x80\x60", 2),
			 V_DROP_CLOSED);
}

/* A certificate that is wrong as the late SDP shows: the handshake is over, keys are refused. */
static void test_late_wrong_fingerprint(void **state)
{
	struct pair *p = *state;
	const struct ice_credentials *c = transport_local(&p->client.t);
	const struct transport_remote remote = {
		.ufrag = c->ufrag,
		.pwd = c->pwd,
		.fingerprint = cert_fingerprint(p->server.certificate),
	};

	tell(p, &p->client, &p->server);
	transport_connect(&p->client.t, p->now, &p->server.address);
	run(p, 100);
	assert_int_equal(transport_set_remote(&p->server.t, p->now, &remote), 0);
	assert_int_equal(transport_get_state(&p->server.t), TRANSPORT_FAILED);
}

/* R40, R41, R46: from an address that passed no check nothing is taken and nothing answered. */
static void test_strangers(void **state)
{
	struct pair *p = *state;
	struct path stranger = address(6666);
	uint8_t bytes[64] = { 0 }, packet[200], out[300];

	connect_pair(p);
	for (unsigned first = 0; first < 256; first++) {
		enum verdict want = V_DROP_KIND;

		bytes[0] = (uint8_t)first;
		if (first < 4)
			want = V_DROP_STUN;
		else if ((first >= 20 && first < 64) || (first >= 128 && first < 192))
			want = V_DROP_STRANGER;
		enum verdict v = rx(p, &p->server, &stranger, bytes, sizeof bytes);
		if (first < 4)
			assert_true(v == V_DROP_STUN || v == V_DROP_SHORT);
		else
			assert_int_equal(v, want);
	}
	assert_int_equal(rx(p, &p->server, &stranger, bytes, 0), V_DROP_SHORT);
	/* a packet that would be good from the right address */
	int n = transport_protect_rtp(&p->client.t, packet, make_rtp(packet, 5), out, sizeof out);
	assert_int_equal(rx(p, &p->server, &stranger, out, (size_t)n), V_DROP_STRANGER);
	assert_null(outbox_take(&p->server.outbox));
	assert_true(path_equal(transport_selected(&p->server.t), &p->client.address));
	assert_int_equal(rx(p, &p->server, &p->client.address, out, (size_t)n), V_OK);
}

/* R53: pause, resume and the end, by consent. */
static void test_consent(void **state)
{
	struct pair *p = *state;

	connect_pair(p);
	run(p, 8000); /* checks keep it alive */
	assert_true(transport_may_send(&p->server.t, p->now));
	p->cut = true;
	run(p, 3500); /* the last check was up to 6 s ago */
	assert_true(transport_may_send(&p->server.t, p->now));
	run(p, 7000);
	assert_false(transport_may_send(&p->server.t, p->now));
	assert_int_equal(transport_get_state(&p->server.t), TRANSPORT_CONNECTED);
	p->cut = false;
	run(p, 2600);
	assert_true(transport_may_send(&p->server.t, p->now));
	p->cut = true;
	run(p, 23500);
	assert_int_equal(transport_get_state(&p->server.t), TRANSPORT_CONNECTED);
	run(p, 7000);
	assert_int_equal(transport_get_state(&p->server.t), TRANSPORT_FAILED);
	assert_string_equal(transport_cause(&p->server.t), "consent expired");
}

static void test_connect_timeout(void **state)
{
	struct pair *p = *state;

	p->now += 100 * US_PER_S; /* waiting for an SDP has no limit here */
	assert_false(transport_tick(&p->server.t, p->now));
	assert_int_equal(transport_deadline(&p->server.t), UINT64_MAX);
	tell(p, &p->server, &p->client);
	assert_int_equal(transport_deadline(&p->server.t), p->now + TRANSPORT_CONNECT_US);
	p->now += TRANSPORT_CONNECT_US;
	assert_true(transport_tick(&p->server.t, p->now));
	assert_int_equal(transport_get_state(&p->server.t), TRANSPORT_FAILED);
}

/* The SSL object goes 30 s after the handshake; media and a repeated record do not mind. */
static void test_dtls_is_freed(void **state)
{
	struct pair *p = *state;
	static const uint8_t hello[30] = { 22, 254, 253, [12] = 17, [13] = 1 };

	connect_pair(p);
	assert_non_null(p->server.t.dtls);
	run(p, 31000);
	assert_null(p->server.t.dtls);
	assert_int_equal(send_rtp(p, &p->client, &p->server, 9), V_OK);
	assert_int_equal(rx(p, &p->server, &p->client.address, hello, sizeof hello), V_DROP_DTLS);
	assert_null(p->server.t.dtls);
}

static void test_data_and_close(void **state)
{
	struct pair *p = *state;
	uint8_t more[10] = { 0 };

	assert_int_equal(transport_send_data(&p->client.t, more, 1), -ENOTCONN);
	connect_pair(p);
	assert_int_equal(transport_send_data(&p->client.t, (const uint8_t *)"sctp", 4), 0);
	deliver(p, &p->client, &p->server);
	assert_int_equal(p->server.in.kind, TRANSPORT_IN_DATA);
	assert_int_equal(p->server.in.length, 4);
	assert_memory_equal(p->server.in.bytes, "sctp", 4);
	assert_int_equal(transport_next_data(&p->server.t, more, sizeof more), 0);
	transport_close(&p->client.t);
	deliver(p, &p->client, &p->server);
	assert_int_equal(transport_get_state(&p->server.t), TRANSPORT_FAILED);
	assert_string_equal(transport_cause(&p->server.t), "closed by the peer");
	assert_string_equal(transport_cause(&p->client.t), "closed");
}

static void test_restart_ice(void **state)
{
	struct pair *p = *state;
	char old[ICE_LOCAL_UFRAG + 1];

	connect_pair(p);
	strcpy(old, transport_local(&p->server.t)->ufrag);
	assert_int_equal(old[0], '7');
	assert_false(transport_is_restart(&p->server.t, transport_local(&p->client.t)->ufrag));
	assert_true(transport_is_restart(&p->server.t, "another"));
	transport_restart_ice(&p->server.t, p->now);
	transport_restart_ice(&p->client.t, p->now);
	assert_true(transport_has_ufrag(&p->server.t, old));
	tell(p, &p->server, &p->client);
	tell(p, &p->client, &p->server);
	transport_connect(&p->client.t, p->now, &p->server.address);
	p->client.address = address(1234); /* another network */
	assert_int_equal(send_rtp(p, &p->client, &p->server, 1), V_DROP_STRANGER);
	run(p, 3000);
	assert_false(transport_has_ufrag(&p->server.t, old));
	assert_true(path_equal(transport_selected(&p->server.t), &p->client.address));
	assert_int_equal(send_rtp(p, &p->client, &p->server, 2), V_OK); /* same keys */
	assert_int_equal(transport_get_state(&p->server.t), TRANSPORT_CONNECTED);
}

static void test_injected_keys(void **state)
{
	struct pair *p = *state;
	struct srtp_keys k = { .suite = (enum srtp_suite)1,
			       .send_key = { 1 },
			       .receive_key = { 1 } };

	assert_int_equal(transport_inject_keys(&p->server.t, &k), 0);
	assert_int_equal(transport_inject_keys(&p->client.t, &k), 0);
	assert_int_equal(transport_get_state(&p->server.t), TRANSPORT_NEW);
	connect_pair(p);
	assert_null(p->server.t.dtls);
	assert_int_equal(send_rtp(p, &p->client, &p->server, 1), V_OK);
	assert_int_equal(srtp_rtp_overhead(transport_srtp(&p->server.t)), 10);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_connect),	      TEST(test_media_before_answer),
		TEST(test_wrong_fingerprint), TEST(test_late_wrong_fingerprint),
		TEST(test_strangers),	      TEST(test_consent),
		TEST(test_connect_timeout),   TEST(test_dtls_is_freed),
		TEST(test_data_and_close),    TEST(test_restart_ice),
		TEST(test_injected_keys),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
