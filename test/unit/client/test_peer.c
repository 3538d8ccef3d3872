/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two peers call each other, which uses every role: offerer and answerer, controlling and controlled,
 * DTLS client and server, both ends of the data channels. Against the server itself: test/sim.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <arpa/inet.h>

#include "base/address.h"
#include "base/blob.h"
#include "base/clock.h"
#include "client/peer.h"
#include "wire/rtp.h"

struct end {
	struct peer peer;
	struct outbox outbox;
	struct cert *cert;
	struct dtls_context *dtls;
	struct path at;
	char candidate[96];
	struct transport_in in; /* of the last datagram with something in it */
	uint8_t bytes[1500];
	char message[64];
	unsigned messages, received;
};

struct call {
	struct end a, b; /* a offers */
	struct rng rng;
	uint64_t now;
	bool cut;
};

static struct sdp *scratch;

static void end_init(struct call *c, struct end *e, enum peer_role role, uint16_t port, bool data)
{
	struct sockaddr_in *in = (void *)&e->at.address;

	assert_int_equal(cert_new(&e->cert), 0);
	assert_int_equal(dtls_context_new(&e->dtls, e->cert), 0);
	outbox_init(&e->outbox);
	in->sin_family = AF_INET;
	in->sin_port = htons(port);
	in->sin_addr.s_addr = htonl(0xc0000201);
	(void)snprintf(e->candidate, sizeof e->candidate,
		       "candidate:1 1 udp 1 192.0.2.1 %u typ host", port);
	peer_init(&e->peer, &(struct peer_config){ .rng = &c->rng,
						   .outbox = &e->outbox,
						   .dtls = e->dtls,
						   .fingerprint = cert_fingerprint(e->cert),
						   .role = role,
						   .data = data });
}

static void call_init(struct call *c, bool data)
{
	memset(c, 0, sizeof *c);
	rng_seeded(&c->rng, 3);
	c->now = US_PER_S;
	end_init(c, &c->a, PEER_PUBLISHER, 1000, data);
	end_init(c, &c->b, PEER_SUBSCRIBER, 2000, data);
}

static void call_fini(struct call *c)
{
	struct end *ends[] = { &c->a, &c->b };

	for (int i = 0; i < 2; i++) {
		peer_fini(&ends[i]->peer);
		(void)dtls_context_free(ends[i]->dtls);
		(void)cert_free(ends[i]->cert);
	}
}

static void deliver(struct call *c, struct end *from, struct end *to, const uint8_t *bytes,
		    size_t n)
{
	struct channels_message m;
	struct transport_in in;

	if (c->cut)
		return;
	to->received++;
	memcpy(to->bytes, bytes, n);
	(void)peer_rx(&to->peer, c->now, &from->at, to->bytes, n, &in);
	if (in.kind != TRANSPORT_IN_NOTHING)
		to->in = in;
	while (peer_next_message(&to->peer, &m)) {
		to->messages++;
		assert_in_range(m.length, 1, sizeof to->message - 1);
		memcpy(to->message, m.bytes, m.length);
		to->message[m.length] = '\0';
	}
}

static void flush(struct call *c, struct end *from, struct end *to)
{
	const struct outbox_datagram *d;
	uint8_t data[PEER_DATAGRAM];
	size_t n;

	while ((d = outbox_take(&from->outbox))) {
		if (path_equal(&d->to, &to->at))
			deliver(c, from, to, d->bytes, d->length);
	}
	while ((n = peer_next_data(&from->peer, c->now, data)))
		deliver(c, from, to, data, n);
}

static void run(struct call *c, unsigned ms)
{
	for (unsigned i = 0; i < ms; i++) {
		c->now += US_PER_MS;
		(void)peer_tick(&c->a.peer, c->now);
		(void)peer_tick(&c->b.peer, c->now);
		flush(c, &c->a, &c->b);
		flush(c, &c->b, &c->a);
	}
}

static void ok(int r, const char *error)
{
	if (r < 0)
		fail_msg("%s", error);
}

/* a's offer and b's answer. */
static void describe(struct call *c, const struct peer_track *tracks, size_t count,
		     struct peer_stream *ret_stream)
{
	char error[PEER_ERROR];
	char *offer = peer_write_offer(&c->a.peer, tracks, count), *answer;

	assert_non_null(offer);
	ok(peer_read_offer(&c->b.peer, c->now, scratch, offer, strlen(offer), error), error);
	assert_int_equal(scratch->section_count, count + c->a.peer.data);
	assert_true(peer_stream_of(ret_stream, &scratch->sections[scratch->section_count - 1]));
	answer = peer_write_answer(&c->b.peer, scratch);
	ok(peer_read_answer(&c->a.peer, c->now, scratch, answer, strlen(answer), error), error);
	for (size_t i = 0; i < count; i++)
		assert_int_equal(peer_is_accepted(&scratch->sections[i + c->a.peer.data]),
				 tracks[i].active);
	free(offer);
	free(answer);
}

static const struct peer_track tracks[] = {
	{ .codec = MEDIA_OPUS,
	  .active = true,
	  .stream = "-",
	  .track = "mic",
	  .layer_count = 1,
	  .layers = { { 7, 0 } } },
	{ .codec = MEDIA_VP8,
	  .active = true,
	  .stream = "PA_x|TR_y",
	  .track = "TR_y",
	  .layer_count = 1,
	  .layers = { { 1000, 1001 } } },
};

static void connect_call(struct call *c)
{
	struct peer_stream s;

	describe(c, tracks, 2, &s);
	assert_int_equal(s.codec, MEDIA_VP8);
	assert_int_equal(s.ssrc, 1000);
	assert_int_equal(s.rtx_ssrc, 1001);
	assert_int_equal(s.payload_type, PEER_PT_VP8);
	assert_int_equal(s.rtx_payload_type, PEER_PT_VP8_RTX);
	assert_int_equal(s.clock_rate, 90000);
	assert_true(s.nack);
	assert_string_equal(s.mid, "2");
	assert_string_equal(s.stream, "PA_x|TR_y");
	assert_string_equal(s.track, "TR_y");
	assert_int_equal(c->b.peer.ids[RTPEXT_TRANSPORT_CC], PEER_ID_TRANSPORT_CC);
	assert_int_equal(c->a.peer.ids[RTPEXT_MID], PEER_ID_MID);
	assert_true(peer_add_candidate(&c->a.peer, c->now, c->b.candidate, strlen(c->b.candidate)));
	assert_true(peer_add_candidate(&c->b.peer, c->now, c->a.candidate, strlen(c->a.candidate)));
	run(c, 300);
	assert_int_equal(peer_state(&c->a.peer), TRANSPORT_CONNECTED);
	assert_int_equal(peer_state(&c->b.peer), TRANSPORT_CONNECTED);
	assert_true(path_equal(peer_address(&c->a.peer), &c->b.at));
	assert_true(path_equal(peer_address(&c->b.peer), &c->a.at));
}

static void send_rtp(struct call *c, uint16_t seq)
{
	uint8_t packet[64], out[96];
	struct wr w = wr_of(packet, sizeof packet);
	int n;

	rtp_write(&w, &(struct rtp_header){ .payload_type = 96, .seq = seq, .ssrc = 1000 });
	wr_bytes(&w, "payload", 7);
	n = peer_protect_rtp(&c->a.peer, packet, wr_len(&w), out, sizeof out);
	assert_true(n > 0);
	c->b.in = (struct transport_in){ 0 };
	deliver(c, &c->a, &c->b, out, (size_t)n);
	assert_int_equal(c->b.in.kind, TRANSPORT_IN_RTP);
	assert_int_equal(c->b.in.length, wr_len(&w));
	assert_memory_equal(c->b.in.bytes, packet, wr_len(&w));
}

static void media_and_data(void **state)
{
	(void)state;
	static struct call c;
	struct blob *b = blob_new(5);

	call_init(&c, true);
	connect_call(&c);
	send_rtp(&c, 1);
	assert_true(peer_data_is_up(&c.a.peer) && peer_data_is_up(&c.b.peer));
	memcpy(b->bytes, "hello", 5);
	assert_int_equal(peer_send_data(&c.a.peer, CHANNEL_RELIABLE, b), 0);
	run(&c, 10);
	assert_string_equal(c.b.message, "hello");
	assert_int_equal(peer_send_data(&c.b.peer, CHANNEL_LOSSY, b), 0);
	run(&c, 10);
	assert_string_equal(c.a.message, "hello");
	blob_unref(b);
	peer_close(&c.a.peer);
	run(&c, 2);
	assert_int_equal(peer_state(&c.b.peer), TRANSPORT_FAILED);
	assert_string_equal(peer_cause(&c.b.peer), "closed by the peer");
	assert_int_equal(peer_deadline(&c.b.peer), UINT64_MAX);
	call_fini(&c);
}

/* The section is declined, and DTLS's memory goes when the handshake cannot be asked for any more. */
static void without_data(void **state)
{
	(void)state;
	static struct call c;

	call_init(&c, false);
	connect_call(&c);
	send_rtp(&c, 1);
	assert_false(peer_data_is_up(&c.a.peer));
	assert_non_null(c.a.peer.transport.dtls);
	run(&c, 31000);
	assert_null(c.a.peer.transport.dtls);
	assert_null(c.b.peer.transport.dtls);
	send_rtp(&c, 2);
	call_fini(&c);
}

/* Consent every 2 to 2.5 s and no more; then the other end is gone. */
static void consent(void **state)
{
	(void)state;
	static struct call c;

	call_init(&c, false);
	connect_call(&c);
	run(&c, 5000);
	unsigned before = c.b.received;
	run(&c, 60000);
	/* 24 to 30 checks of the other's, as many answers to its own */
	assert_in_range(c.b.received - before, 48, 60);
	c.cut = true;
	run(&c, 37000);
	assert_int_equal(peer_state(&c.a.peer), TRANSPORT_FAILED);
	assert_string_equal(peer_cause(&c.a.peer), "consent expired");
	call_fini(&c);
}

static void role_conflict(void **state)
{
	(void)state;
	for (int both = 0; both < 2; both++) {
		static struct call c;
		struct peer_stream s;

		call_init(&c, false);
		describe(&c, tracks, 2, &s);
		c.a.peer.transport.ice.controlling = c.b.peer.transport.ice.controlling = both;
		(void)peer_add_candidate(&c.a.peer, c.now, c.b.candidate, strlen(c.b.candidate));
		(void)peer_add_candidate(&c.b.peer, c.now, c.a.candidate, strlen(c.a.candidate));
		run(&c, 1000);
		assert_int_equal(peer_state(&c.a.peer), TRANSPORT_CONNECTED);
		assert_int_equal(peer_state(&c.b.peer), TRANSPORT_CONNECTED);
		assert_int_not_equal(c.a.peer.transport.ice.controlling,
				     c.b.peer.transport.ice.controlling);
		assert_true(c.a.peer.transport.ice.nominated && c.b.peer.transport.ice.nominated);
		call_fini(&c);
	}
}

/* Several candidates, of which one answers; media keeps its keys over a restart. */
static void candidates_and_restart(void **state)
{
	(void)state;
	static struct call c;
	static const char dead[] = "candidate:9 1 udp 9 192.0.2.77 9 typ host";
	struct peer_stream s;
	char old[ICE_LOCAL_UFRAG + 1];

	call_init(&c, true);
	assert_true(peer_add_candidate(&c.a.peer, c.now, dead, sizeof dead - 1)); /* early */
	connect_call(&c);
	send_rtp(&c, 1);
	strcpy(old, transport_local(&c.a.peer.transport)->ufrag);
	peer_restart(&c.a.peer, c.now);
	assert_string_not_equal(old, transport_local(&c.a.peer.transport)->ufrag);
	((struct sockaddr_in *)(void *)&c.a.at.address)->sin_port = htons(1001);
	strcpy(c.a.candidate, "candidate:1 1 udp 1 192.0.2.1 1001 typ host");
	describe(&c, tracks, 2, &s);
	(void)peer_add_candidate(&c.a.peer, c.now, c.b.candidate, strlen(c.b.candidate));
	(void)peer_add_candidate(&c.b.peer, c.now, c.a.candidate, strlen(c.a.candidate));
	run(&c, 1000);
	assert_true(path_equal(peer_address(&c.b.peer), &c.a.at));
	send_rtp(&c, 2);
	call_fini(&c);
}

static void bad_descriptions(void **state)
{
	(void)state;
	static struct call c;
	char error[PEER_ERROR];
	static const char *const texts[] = {
		"",
		"v=0\r\n",
		"v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:0\r\n",
		"v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:0\r\na=ice-ufrag:abcd\r\n"
		"a=ice-pwd:short\r\na=setup:passive\r\na=fingerprint:sha-256 "
		"11:11:11:11:11:11:11:11:11:11:11:11:11:11:11:11:11:11:11:11:11:11:11:11:11:11:11:"
		"11:11:11:11:11\r\n",
		"v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:0\r\na=ice-ufrag:abcd\r\n"
		"a=ice-pwd:0123456789012345678901\r\na=setup:holdconn\r\na=fingerprint:sha-256 "
		"11:11:11:11:11:11:11:11:11:11:11:11:11:11:11:11:11:11:11:11:11:11:11:11:11:11:11:"
		"11:11:11:11:11\r\n",
	};

	call_init(&c, true);
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		error[0] = '\0';
		assert_true(peer_read_answer(&c.a.peer, c.now, scratch, texts[i], strlen(texts[i]),
					     error) < 0);
		assert_true(error[0] != '\0');
		assert_int_equal(peer_state(&c.a.peer), TRANSPORT_NEW);
	}
	call_fini(&c);
}

/* Simulcast: rids and no SSRCs; a track that is given up keeps its section. */
static void offers(void **state)
{
	(void)state;
	static struct call c;
	struct peer_track list[] = {
		{ .codec = MEDIA_VP8,
		  .also = MEDIA_H264,
		  .active = true,
		  .stream = "-",
		  .track = "camera",
		  .layer_count = 3,
		  .layers = { { 1, 2 }, { 3, 4 }, { 5, 6 } } },
		{ .codec = MEDIA_OPUS, .stream = "-", .track = "mic", .layer_count = 1 },
	};
	struct sdp_text rids, rid;
	bool paused;

	call_init(&c, true);
	char *text = peer_write_offer(&c.a.peer, list, 2);
	assert_int_equal(sdp_parse(scratch, text, strlen(text), NULL), SDP_OK);
	assert_int_equal(scratch->section_count, 3);
	const struct sdp_section *s = &scratch->sections[1];
	assert_int_equal(s->ssrc_count, 0);
	assert_int_equal(s->codec_count, 4);
	assert_true(sdp_codec_is(&s->codecs[2], "H264"));
	rids = s->simulcast_send;
	for (unsigned i = 0; i < 3; i++) {
		assert_true(sdp_next_rid(&rids, &rid, &paused));
		assert_true(sdp_text_is(rid, peer_rid(i)));
	}
	assert_int_equal(s->direction, SDP_SENDONLY);
	assert_int_equal(scratch->sections[2].direction, SDP_INACTIVE);
	assert_true(sdp_text_is(scratch->sections[2].mid, "2"));
	free(text);
	text = peer_write_offer(&c.a.peer, list, 2);
	assert_int_equal(sdp_parse(scratch, text, strlen(text), NULL), SDP_OK);
	assert_int_equal(scratch->session_version, 2);
	free(text);
	call_fini(&c);
}

/* What the load generator asks for: see struct peer_config. */
static void offers_of_the_load_generator(void **state)
{
	(void)state;
	static struct call c;
	const struct peer_track camera = { .codec = MEDIA_VP8,
					   .active = true,
					   .stream = "-",
					   .track = "camera",
					   .layer_count = 3,
					   .layers = { { 1, 2 }, { 3, 4 }, { 5, 6 } } };
	char error[PEER_ERROR], with_candidate[4096];
	struct sdp_text rids, rid;
	bool paused;

	call_init(&c, false);
	c.a.peer.active = c.a.peer.largest_first = true;
	c.a.peer.no_candidates = true;
	char *offer = peer_write_offer(&c.a.peer, &camera, 1);
	ok(peer_read_offer(&c.b.peer, c.now, scratch, offer, strlen(offer), error), error);
	assert_int_equal(scratch->sections[0].setup, SDP_SETUP_ACTIVE);
	assert_false(c.b.peer.transport.dtls_client);
	rids = scratch->sections[0].simulcast_send;
	for (unsigned i = 3; i-- > 0;) {
		assert_true(sdp_next_rid(&rids, &rid, &paused));
		assert_true(sdp_text_is(rid, peer_rid(i)));
	}
	char *answer = peer_write_answer(&c.b.peer, scratch);
	(void)snprintf(with_candidate, sizeof with_candidate, "%sa=%s\r\n", answer, c.b.candidate);
	ok(peer_read_answer(&c.a.peer, c.now, scratch, with_candidate, strlen(with_candidate),
			    error),
	   error);
	assert_true(c.a.peer.transport.dtls_client);
	assert_int_equal(c.a.peer.checks.count, 0); /* the candidate is the owner's to choose */
	free(offer);
	free(answer);
	call_fini(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(media_and_data),
		cmocka_unit_test(without_data),
		cmocka_unit_test(consent),
		cmocka_unit_test(role_conflict),
		cmocka_unit_test(candidates_and_restart),
		cmocka_unit_test(bad_descriptions),
		cmocka_unit_test(offers),
		cmocka_unit_test(offers_of_the_load_generator),
	};

	scratch = malloc(sizeof *scratch);
	int r = cmocka_run_group_tests(tests, NULL, NULL);
	free(scratch);
	return r;
}
