/* SPDX-License-Identifier: Apache-2.0 */
/* A sent stream and a received one, over a link that loses packets: NACK, RTX, PLI, reports. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "client/pack.h"
#include "client/receive.h"
#include "client/send.h"
#include "wire/rtcp.h"

struct side {
	struct peer peer;
	struct outbox outbox;
};

struct world {
	struct side a, b;
	struct rng rng;
	uint64_t now;
	struct send_path path;
	struct send send;
	struct receive receive;
	unsigned loss, sent; /* loss: of 100 */
	unsigned frames, keys, wrong;
	uint32_t last;
	bool deaf; /* to requests for key frames */
};

enum { FRAME = 5000 };

static void side_init(struct world *w, struct side *s, enum peer_role role, struct srtp_keys *keys)
{
	outbox_init(&s->outbox);
	peer_init(&s->peer,
		  &(struct peer_config){
			  .rng = &w->rng, .outbox = &s->outbox, .role = role, .fingerprint = "" });
	assert_int_equal(transport_inject_keys(&s->peer.transport, keys), 0);
	s->peer.transport.state = TRANSPORT_CONNECTED; /* ICE is test_peer's */
	s->peer.ids[RTPEXT_MID] = PEER_ID_MID;
	s->peer.ids[RTPEXT_TRANSPORT_CC] = PEER_ID_TRANSPORT_CC;
}

static void world_init(struct world *w, unsigned loss)
{
	struct srtp_keys a = { .suite = SRTP_AEAD_AES_128_GCM,
			       .send_key = { 1 },
			       .receive_key = { 2 } },
			 b = { .suite = SRTP_AEAD_AES_128_GCM,
			       .send_key = { 2 },
			       .receive_key = { 1 } };
	struct peer_stream stream = {
		.codec = MEDIA_VP8, .ssrc = 7, .rtx_ssrc = 8, .clock_rate = 90000, .nack = true
	};

	memset(w, 0, sizeof *w);
	rng_seeded(&w->rng, 9);
	w->now = 1000000;
	w->loss = loss;
	side_init(w, &w->a, PEER_PUBLISHER, &a);
	side_init(w, &w->b, PEER_SUBSCRIBER, &b);
	assert_int_equal(send_init(&w->send, &w->rng,
				   &(struct send_config){ .codec = MEDIA_VP8,
							  .mid = "1",
							  .ssrc = 7,
							  .rtx_ssrc = 8,
							  .path = &w->path }),
			 0);
	receive_init(&w->receive, &stream);
}

static void world_fini(struct world *w)
{
	send_fini(&w->send);
	receive_fini(&w->receive);
	peer_fini(&w->a.peer);
	peer_fini(&w->b.peer);
}

static void take_frames(struct world *w)
{
	struct unpack_frame f;

	while (receive_next(&w->receive, w->now, &f)) {
		w->frames++;
		w->keys += f.key;
		w->wrong += f.length != FRAME ||
			    f.bytes[FRAME - 1] != (uint8_t)(f.timestamp / 3000);
		w->wrong += !f.key &&
			    f.timestamp != w->last + 3000; /* nothing it refers to is missing */
		w->last = f.timestamp;
	}
}

static void arrive(void *arg, const uint8_t *datagram, size_t n)
{
	struct world *w = arg;
	uint8_t copy[1500];
	struct rtp_header h;
	size_t length;

	w->sent++;
	if (rng_u32(&w->rng) % 100 < w->loss)
		return;
	memcpy(copy, datagram, n);
	assert_int_equal(srtp_unprotect_rtp(&w->b.peer.transport.srtp, copy, n, &length, NULL),
			 V_OK);
	assert_true(rtp_parse(&h, copy, length));
	assert_true(receive_is(&w->receive, h.ssrc));
	assert_int_equal(receive_rtp(&w->receive, w->now, &h), 0);
	take_frames(w);
}

static void feed_back(struct world *w)
{
	uint8_t bytes[1200];
	struct wr out = wr_of(bytes, sizeof bytes);
	struct rtcp_report report;
	struct rtcp_iter it;

	rtcp_write_rr(&out, 9, &report, up_report(&w->receive.up, w->now, &report) ? 1 : 0);
	receive_feedback(&w->receive, w->now, 9, &out);
	assert_true(rtcp_iter_init(&it, bytes, wr_len(&out)));
	for (struct rtcp_packet p; rtcp_next(&it, &p);)
		send_rtcp(&w->send, &w->a.peer, w->now, &p, arrive, w);
}

static void play(struct world *w, unsigned frames)
{
	static uint8_t frame[FRAME];

	for (unsigned i = 0; i < frames; i++) {
		uint32_t timestamp = w->send.timestamp + 3000;
		bool key = (send_take_wants_key(&w->send) && !w->deaf) || w->send.packets == 0;

		memset(frame, (uint8_t)(timestamp / 3000), sizeof frame);
		memcpy(frame, "\x11\0\0\x9d\x01\x2a\x80\x02\x68\x01", 10);
		frame[0] = key ? 0x10 : 0x11;
		assert_int_equal(send_frame(&w->send, &w->a.peer, w->now, frame, sizeof frame,
					    timestamp, arrive, w),
				 0);
		for (int k = 0; k < 3; k++) {
			w->now += 11000;
			feed_back(w);
			take_frames(w);
		}
	}
}

/* 300 ms after our report comes one of the server, which kept ours for 250 ms. */
static void round_trip(struct world *w, uint32_t last_sr)
{
	struct rtcp_report report = { .ssrc = 7,
				      .cumulative_lost = 12,
				      .last_sr = last_sr + 1,
				      .delay_since_last_sr = 65536 / 4 };

	for (int i = 0; i < 2; i++) {
		uint8_t bytes[100];
		struct wr out = wr_of(bytes, sizeof bytes);
		struct rtcp_iter it;
		struct rtcp_packet p;

		rtcp_write_rr(&out, 9, &report, 1);
		assert_true(rtcp_iter_init(&it, bytes, wr_len(&out)) && rtcp_next(&it, &p));
		send_rtcp(&w->send, &w->a.peer, w->now + 1300000, &p, arrive, w);
		if (i == 0)
			assert_int_equal(w->send.rtt, 0); /* of another report */
		report.last_sr = last_sr;
	}
	assert_int_equal(w->send.rtt, 50000);
	assert_int_equal(w->send.lost, 12);
}

static void without_loss(void **state)
{
	(void)state;
	static struct world w;
	uint8_t bytes[100];
	struct wr out = wr_of(bytes, sizeof bytes);
	struct rtcp_iter it;
	struct rtcp_packet p;
	struct rtcp_sr sr;

	world_init(&w, 0);
	play(&w, 100);
	assert_int_equal(w.frames, 100);
	assert_int_equal(w.keys, 1);
	assert_int_equal(w.wrong, 0);
	assert_int_equal(w.send.retransmitted, 0);
	assert_true(w.send.acknowledged);
	send_report(&w.send, w.now + 1000000, 1700000000ull * 1000000, &out);
	assert_true(rtcp_iter_init(&it, bytes, wr_len(&out)) && rtcp_next(&it, &p));
	assert_true(rtcp_parse_sr(&sr, &p));
	assert_int_equal(sr.ssrc, 7);
	assert_int_equal(sr.ntp >> 32, 1700000000u + 2208988800u);
	assert_int_equal(sr.packets, w.send.packets);
	assert_in_range(sr.rtp_timestamp - w.send.timestamp, 90000, 94000);
	round_trip(&w, (uint32_t)(sr.ntp >> 16));
	world_fini(&w);
}

/* Every tenth packet is lost, retransmissions too: nearly all frames come, none is wrong. */
static void losses_are_repaired(void **state)
{
	(void)state;
	static struct world w;

	world_init(&w, 10);
	play(&w, 600);
	assert_int_equal(w.wrong, 0);
	assert_true(w.send.retransmitted > 100);
	assert_true(w.frames > 590);
	world_fini(&w);
}

/* The link is dead for two seconds: a key frame is asked for, and the picture goes on. */
static void a_pause_ends_with_a_key_frame(void **state)
{
	(void)state;
	static struct world w;

	world_init(&w, 0);
	play(&w, 30);
	w.loss = 100;
	play(&w, 60);
	w.loss = 0;
	unsigned before = w.frames;
	play(&w, 60);
	assert_int_equal(w.wrong, 0);
	assert_int_equal(before, 30);
	assert_true(w.frames - before > 30);
	assert_in_range(w.receive.plis, 1, 5);
	world_fini(&w);
}

static void ask_for(struct world *w, uint16_t seq)
{
	uint8_t bytes[100];
	struct wr out = wr_of(bytes, sizeof bytes);
	struct rtcp_packet p;
	struct rtcp_iter it;

	rtcp_write_rr(&out, 9, NULL, 0);
	assert_int_equal(rtcp_write_nack(&out, 9, 7, &seq, 1), 1);
	assert_true(rtcp_iter_init(&it, bytes, wr_len(&out)));
	while (rtcp_next(&it, &p))
		send_rtcp(&w->send, &w->a.peer, w->now, &p, arrive, w);
}

/* A number asked for that is no longer, or not yet, kept is not answered with another packet. */
static void only_what_was_asked_for(void **state)
{
	(void)state;
	static struct world w;

	world_init(&w, 0);
	play(&w, 200);
	assert_true(w.send.packets > SEND_HISTORY);
	uint16_t next = w.send.seq;
	ask_for(&w, (uint16_t)(next - 1));
	assert_int_equal(w.send.retransmitted, 1);
	ask_for(&w, (uint16_t)(next - SEND_HISTORY));
	assert_int_equal(w.send.retransmitted, 2);
	ask_for(&w, (uint16_t)(next - SEND_HISTORY - 1));
	ask_for(&w, next);
	ask_for(&w, (uint16_t)(next + 1));
	assert_int_equal(w.send.retransmitted, 2);
	world_fini(&w);
}

/* A sender that does not answer is asked twice a second, not with each packet. */
static void key_frames_are_asked_for_twice_a_second(void **state)
{
	(void)state;
	static struct world w;

	world_init(&w, 0);
	play(&w, 30);
	w.loss = 100;
	play(&w, 60);
	w.loss = 0;
	w.deaf = true;
	uint64_t before = w.receive.plis;
	play(&w, 60); /* 2 s */
	assert_in_range(w.receive.plis - before, 3, 5);
	world_fini(&w);
}

struct last {
	struct world *w;
	uint8_t level;
	struct rtp_header header;
	uint8_t bytes[1500];
};

static void keep_last(void *arg, const uint8_t *datagram, size_t n)
{
	struct rtpext_map map = { 0 };
	struct last *last = arg;
	struct rtpext x;
	size_t length;

	memcpy(last->bytes, datagram, n);
	assert_int_equal(
		srtp_unprotect_rtp(&last->w->b.peer.transport.srtp, last->bytes, n, &length, NULL),
		V_OK);
	assert_true(rtp_parse(&last->header, last->bytes, length));
	assert_true(rtpext_map_set(&map, PEER_ID_AUDIO_LEVEL, RTPEXT_AUDIO_LEVEL));
	rtpext_parse(&x, &map, &last->header);
	last->level = x.has_audio_level ? x.audio_level : 0;
}

/* A source that cuts its own frames: payloads go as they are, and come again when asked for. */
static void payloads(void **state)
{
	(void)state;
	static struct world w;
	static struct last last;
	static const uint8_t long_one[PACK_MAX + 1];
	const struct send_part part = { (const uint8_t *)"\x90 one", 5, 3000, true };
	const struct send_part longer = { long_one, sizeof long_one, 3000, false };

	world_init(&w, 0);
	last.w = &w;
	assert_int_equal(send_payload(&w.send, &w.a.peer, w.now, &part, keep_last, &last), 0);
	assert_int_equal(last.header.payload_length, 5);
	assert_memory_equal(last.header.payload, part.payload, 5);
	assert_int_equal(last.header.timestamp, 3000);
	assert_int_equal(last.header.ssrc, 7);
	assert_true(last.header.marker);
	assert_int_equal(last.level, 0);
	assert_int_equal(send_payload(&w.send, &w.a.peer, w.now, &longer, keep_last, &last),
			 -EINVAL);
	assert_int_equal(w.send.packets, 1);
	ask_for(&w, last.header.seq);
	assert_int_equal(w.send.retransmitted, 1);
	w.a.peer.transport.state = TRANSPORT_FAILED;
	assert_int_equal(send_payload(&w.send, &w.a.peer, w.now, &part, keep_last, &last),
			 -ENOTCONN);
	world_fini(&w);
}

/* The level of the sound goes with each packet where it was negotiated (RFC 6464). */
static void audio_level(void **state)
{
	(void)state;
	static struct world w;
	static struct last last;
	static const uint8_t sound[] = { 0xfc, 1, 2, 3 };
	struct send s;

	world_init(&w, 0);
	last.w = &w;
	assert_int_equal(
		send_init(&s, &w.rng,
			  &(struct send_config){
				  .codec = MEDIA_OPUS, .mid = "1", .ssrc = 9, .path = &w.path }),
		0);
	s.level = 30;
	assert_int_equal(
		send_frame(&s, &w.a.peer, w.now, sound, sizeof sound, 960, keep_last, &last), 0);
	assert_int_equal(last.level, 0); /* not negotiated */
	w.a.peer.ids[RTPEXT_AUDIO_LEVEL] = PEER_ID_AUDIO_LEVEL;
	assert_int_equal(
		send_frame(&s, &w.a.peer, w.now, sound, sizeof sound, 1920, keep_last, &last), 0);
	assert_int_equal(last.level, 30);
	send_fini(&s);
	world_fini(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_loss),
		cmocka_unit_test(losses_are_repaired),
		cmocka_unit_test(a_pause_ends_with_a_key_frame),
		cmocka_unit_test(only_what_was_asked_for),
		cmocka_unit_test(key_frames_are_asked_for_twice_a_second),
		cmocka_unit_test(payloads),
		cmocka_unit_test(audio_level),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
