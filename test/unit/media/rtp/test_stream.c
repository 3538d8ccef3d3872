/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A whole stream in virtual time: a simulcast publisher, a bad link, up + cache + layers + down, a
 * bad link, a subscriber that asks for what it misses. What the subscriber sees is held against
 * what must be true of any stream.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/rng.h"
#include "media/rtp/down.h"
#include "media/rtp/keyframe.h"
#include "media/rtp/layers.h"
#include "simlink.h"
#include "source.h"
#include "wire/rtpext.h"

enum {
	MS = 1000,
	S = 1000 * 1000,
	LAYERS = 3,
	FRAME_US = 33333,
	SECONDS = 20,
	FRAMES = SECONDS * 30 + 10,
	PACKETS_MAX = 8,  /* of a frame */
	OUT_MAX = 8192,	  /* packets a subscriber sees in a run */
	SENT_RING = 2048, /* packets a publisher can send again */
	ID_TRANSPORT_CC = 5,
};

struct stored {
	uint16_t length;
	uint8_t bytes[400];
};

struct publisher {
	struct source source;
	struct stored sent[SENT_RING];
	bool wants_key, on;
	uint16_t rtx_sequence;
	uint8_t packets; /* per frame */
};

/* What the subscriber has under one number. */
struct seen {
	bool present, plain; /* plain: came under the media SSRC */
	uint16_t transport_sequence, picture;
	uint32_t timestamp;
	struct identity id;
};

struct run {
	struct rng rng;
	uint64_t now;
	struct publisher publishers[LAYERS];
	struct simlink *uplink, *requests, *downlink, *nacks;
	struct up up[LAYERS];
	struct cache caches[LAYERS];
	const struct cache *shared[DOWN_SOURCES];
	struct keyframe keyframes[LAYERS];
	struct layers layers;
	struct down down;
	uint16_t transport_sequence;

	struct seen seen[OUT_MAX];
	uint64_t out_highest;				 /* extended as the subscriber sees it */
	uint64_t asked[OUT_MAX];			 /* when the subscriber last asked for it */
	uint32_t number_of[LAYERS][FRAMES][PACKETS_MAX]; /* 0 = not seen */
	size_t retransmitted;
};

enum message_kind { MESSAGE_NACK, MESSAGE_PLI };

/* Feedback as the tests send it: kind, layer, sequence. */
static void send_message(struct simlink *l, uint64_t now, enum message_kind kind, uint8_t layer,
			 uint16_t sequence)
{
	uint8_t bytes[4] = { (uint8_t)kind, layer };

	put_be16(bytes + 2, sequence);
	simlink_send(l, now, 0, bytes, sizeof bytes);
}

/* ---- the publisher ---- */

static void publish_frame(struct run *r, uint8_t layer)
{
	struct publisher *p = &r->publishers[layer];
	bool key = p->wants_key || p->source.frame == 0;

	for (uint8_t i = 0; i < p->packets; i++) {
		struct stored *s = &p->sent[p->source.sequence % SENT_RING];

		s->length = (uint16_t)source_packet(&p->source, i, p->packets, key,
						    rng_u32(&r->rng) % 300, s->bytes,
						    sizeof s->bytes);
		simlink_send(r->uplink, r->now, layer, s->bytes, s->length);
	}
	p->wants_key = false;
}

static void publisher_resend(struct run *r, uint8_t layer, uint16_t sequence)
{
	struct publisher *p = &r->publishers[layer];
	const struct stored *s = &p->sent[sequence % SENT_RING];
	struct rtp_header h;
	uint8_t bytes[500];
	struct wr w = wr_of(bytes, sizeof bytes);

	if (!s->length || !rtp_parse(&h, s->bytes, s->length) || h.seq != sequence)
		return;
	const uint8_t *payload = h.payload;
	h.ssrc += 100;
	h.seq = p->rtx_sequence++;
	rtp_write(&w, &h);
	wr_be16(&w, sequence);
	wr_bytes(&w, payload, h.payload_length);
	simlink_send(r->uplink, r->now, LAYERS + layer, bytes, wr_len(&w));
}

static void publisher_step(struct run *r, uint64_t tick)
{
	uint8_t message[4];

	while (simlink_recv(r->requests, r->now, NULL, message, sizeof message, NULL)) {
		if (message[0] == MESSAGE_PLI)
			r->publishers[message[1]].wants_key = true;
		else
			publisher_resend(r, message[1], (uint16_t)(message[2] << 8 | message[3]));
	}
	for (uint8_t i = 0; i < LAYERS; i++) {
		struct publisher *p = &r->publishers[i];

		if (r->now / FRAME_US != tick) {
			p->source.timestamp += 3000;
			if (p->on)
				publish_frame(r, i);
		}
		if (r->now / S != tick * FRAME_US / S && p->on) /* sender reports, as if by magic */
			up_sender_report(&r->up[i], r->now, (r->now / S) << 32 | 0x1234,
					 p->source.timestamp - (uint32_t)(r->now % FRAME_US / 12));
	}
}

/* ---- the server ---- */

static void to_subscriber(struct run *r, uint8_t layer, const struct media_packet *p)
{
	uint8_t bytes[600];
	struct wr w = wr_of(bytes, sizeof bytes);

	if (!layers_forward(&r->layers, layer, p->flags & MEDIA_KEY))
		return;
	enum down_verdict v = down_write(&r->down, r->now, layer, &r->up[layer].clock, p, &w);
	assert_true(v == DOWN_OK || v == DOWN_OLD);
	if (v == DOWN_OK)
		simlink_send(r->downlink, r->now, 0, bytes, wr_len(&w));
}

static void server_rx(struct run *r, uint32_t tag, const uint8_t *bytes, size_t n)
{
	uint8_t layer = (uint8_t)(tag % LAYERS);
	struct up *u = &r->up[layer];
	struct rtp_header h;
	struct media_packet p;

	assert_true(rtp_parse(&h, bytes, n));
	enum up_verdict v = tag < LAYERS ? up_rx(u, r->now, &h, NULL, &p)
					 : up_rx_rtx(u, r->now, &h, NULL, &p);
	if (v != UP_OK)
		return;
	if (p.flags & MEDIA_KEY)
		keyframe_arrived(&r->keyframes[layer]);
	cache_put(&r->caches[layer], &p);
	to_subscriber(r, layer, &p);
}

static void server_step(struct run *r)
{
	uint64_t last[LAYERS_MAX];
	uint8_t bytes[600];
	uint16_t list[32];
	uint32_t tag;
	size_t n;

	while (simlink_recv(r->uplink, r->now, &tag, bytes, sizeof bytes, &n))
		server_rx(r, tag, bytes, n);
	for (uint8_t i = 0; i < LAYERS; i++) {
		last[i] = r->up[i].last_arrival;
		n = up_nack(&r->up[i], r->now, list, 32);
		for (size_t k = 0; k < n; k++)
			send_message(r->requests, r->now, MESSAGE_NACK, i, list[k]);
		if (up_take_needs_key(&r->up[i]) && i == r->layers.current)
			keyframe_want(&r->keyframes[i], r->up[i].rtt);
		if (keyframe_due(&r->keyframes[i], r->now))
			send_message(r->requests, r->now, MESSAGE_PLI, i, 0);
	}
	layers_choose(&r->layers, r->now, last);
	int wanted = layers_wants_key(&r->layers);
	if (wanted != LAYERS_NONE && !r->keyframes[wanted].wanted)
		keyframe_want(&r->keyframes[wanted], r->up[wanted].rtt);
	while (simlink_recv(r->nacks, r->now, NULL, bytes, sizeof bytes, NULL)) {
		uint8_t out[600];
		struct wr w = wr_of(out, sizeof out);

		if (down_retransmit(&r->down, r->now, (uint16_t)(bytes[2] << 8 | bytes[3]),
				    r->shared, &w) == DOWN_OK)
			simlink_send(r->downlink, r->now, 1, out, wr_len(&w));
	}
}

/* ---- the subscriber ---- */

static uint64_t extend(struct run *r, uint16_t sequence)
{
	if (!r->out_highest)
		r->out_highest = sequence;
	uint64_t extended = r->out_highest +
			    (uint64_t)(int64_t)(int16_t)(uint16_t)(sequence -
								   (uint16_t)r->out_highest);
	if (extended > r->out_highest)
		r->out_highest = extended;
	return extended;
}

/* The heart: each number has one meaning, each packet one number. */
static void take(struct run *r, uint64_t number, bool plain, uint16_t transport_sequence,
		 const struct rtp_header *h, const uint8_t *payload, size_t n)
{
	struct seen *s = &r->seen[number - 100], now = { .present = true };
	struct vp8_descriptor vp8;

	assert_in_range(number, 100, 100 + OUT_MAX - 1);
	assert_true(source_identify(MEDIA_VP8, payload, n, &now.id, &vp8));
	now.timestamp = h->timestamp;
	now.picture = vp8.picture_id;
	now.transport_sequence = transport_sequence;
	now.plain = plain;
	if (s->present) {
		assert_memory_equal(&s->id, &now.id, sizeof now.id);
		assert_int_equal(s->timestamp, now.timestamp);
		assert_int_equal(s->picture, now.picture);
		/* the same index twice only as a copy made by the link */
		if (plain && s->plain)
			assert_int_equal(s->transport_sequence, transport_sequence);
	}
	if (!s->present || plain)
		*s = now;
	uint32_t *known = &r->number_of[now.id.layer][now.id.frame][now.id.index];
	assert_true(!*known || *known == number);
	*known = (uint32_t)number;
}

static void subscriber_rx(struct run *r, uint32_t tag, const uint8_t *bytes, size_t n)
{
	struct rtpext_map map = { 0 };
	struct rtpext x;
	struct rtp_header h;

	assert_true(rtp_parse(&h, bytes, n));
	(void)rtpext_map_set(&map, ID_TRANSPORT_CC, RTPEXT_TRANSPORT_CC);
	rtpext_parse(&x, &map, &h);
	assert_true(x.has_transport_seq);
	assert_int_equal(h.ssrc, tag ? 2 : 1);
	if (!tag) {
		take(r, extend(r, h.seq), true, x.transport_seq, &h, h.payload, h.payload_length);
		return;
	}
	r->retransmitted++;
	uint16_t original = (uint16_t)(h.payload[0] << 8 | h.payload[1]);
	take(r, extend(r, original), false, x.transport_seq, &h, h.payload + 2,
	     h.payload_length - 2);
}

static void subscriber_step(struct run *r)
{
	uint8_t bytes[600];
	uint32_t tag;
	size_t n;

	while (simlink_recv(r->downlink, r->now, &tag, bytes, sizeof bytes, &n))
		subscriber_rx(r, tag, bytes, n);
	uint64_t from = r->out_highest > 400 ? r->out_highest - 300 : 100;
	for (uint64_t i = from; i + 1 < r->out_highest; i++) {
		uint64_t *asked = &r->asked[i - 100];

		if (r->seen[i - 100].present || (*asked && r->now - *asked < 60 * MS))
			continue;
		*asked = r->now;
		send_message(r->nacks, r->now, MESSAGE_NACK, 0, (uint16_t)i);
	}
}

/* ---- the run ---- */

static struct run *run_new(uint64_t seed, const struct simlink_config *link)
{
	struct run *r = test_calloc(1, sizeof *r);
	struct down_config config = { .codec = MEDIA_VP8,
				      .clock_rate = 90000,
				      .ssrc = 1,
				      .payload_type = 98,
				      .rtx_ssrc = 2,
				      .rtx_payload_type = 99,
				      .first_sequence = 100,
				      .id_transport_cc = ID_TRANSPORT_CC,
				      .transport_sequence = &r->transport_sequence };
	static const struct simlink_config control = { .delay_us = 15 * MS, .loss_ppm = 10000 };

	rng_seeded(&r->rng, seed);
	config.first_timestamp = rng_u32(&r->rng);
	assert_int_equal(down_init(&r->down, &config), 0);
	r->uplink = simlink_new(seed * 4, link);
	r->requests = simlink_new(seed * 4 + 1, &control);
	r->downlink = simlink_new(seed * 4 + 2, link);
	r->nacks = simlink_new(seed * 4 + 3, &control);
	layers_init(&r->layers);
	for (uint8_t i = 0; i < LAYERS; i++) {
		struct up_config up = {
			.ssrc = i, .clock_rate = 90000, .codec = MEDIA_VP8, .nack = true
		};

		up_init(&r->up[i], &up);
		keyframe_init(&r->keyframes[i]);
		assert_int_equal(cache_init(&r->caches[i], 256 * 1024, 512), 0);
		r->shared[i] = &r->caches[i];
		r->publishers[i].on = true;
		r->publishers[i].packets = (uint8_t)(1 + i * 2);
		r->publishers[i].source = (struct source){ .codec = MEDIA_VP8,
							   .layer = i,
							   .ssrc = i,
							   .timestamp = rng_u32(&r->rng),
							   .sequence = (uint16_t)rng_u32(&r->rng),
							   .picture = (uint16_t)rng_u32(&r->rng),
							   .tl0 = (uint8_t)rng_u32(&r->rng) };
	}
	r->now = 1 * S;
	return r;
}

static void run_free(struct run *r)
{
	simlink_free(r->uplink);
	simlink_free(r->requests);
	simlink_free(r->downlink);
	simlink_free(r->nacks);
	down_fini(&r->down);
	for (int i = 0; i < LAYERS; i++)
		cache_fini(&r->caches[i]);
	test_free(r);
}

static void run_for(struct run *r, uint64_t us)
{
	for (uint64_t end = r->now + us; r->now < end;) {
		uint64_t tick = r->now / FRAME_US;

		r->now += MS;
		publisher_step(r, tick);
		server_step(r);
		subscriber_step(r);
	}
}

struct outcome {
	size_t packets, missing, switches, frames;
};

/* Walks what the subscriber has, in order of numbers. */
static struct outcome judge(const struct run *r)
{
	struct outcome o = { 0 };
	const struct seen *last = NULL;

	for (uint64_t i = 100; i + 50 < r->out_highest; i++) { /* the newest may be under way */
		const struct seen *s = &r->seen[i - 100];

		if (!s->present) {
			o.missing++;
			last = NULL;
			continue;
		}
		o.packets++;
		o.frames += s->id.index == 0;
		if (last && s->id.layer == last->id.layer && s->id.frame == last->id.frame) {
			assert_int_equal(s->id.index, last->id.index + 1);
			assert_int_equal(s->timestamp, last->timestamp);
			assert_int_equal(s->picture, last->picture);
		} else if (last) {
			int32_t step = (int32_t)(s->timestamp - last->timestamp);

			assert_in_range(step, 1, 10 * 90000);
			assert_int_equal(s->picture, (last->picture + 1) & 0x7fff);
			assert_int_equal(s->id.index, 0);
			if (s->id.layer == last->id.layer && !s->id.key)
				assert_int_equal(s->id.frame, last->id.frame + 1);
			if (s->id.layer != last->id.layer)
				assert_true(s->id.key);
			o.switches += s->id.layer != last->id.layer;
		}
		last = s;
	}
	return o;
}

static void perfect_links_lose_nothing(void **state)
{
	struct simlink_config link = { .delay_us = 20 * MS };
	struct run *r = run_new(1, &link);

	(void)state;
	run_for(r, 10 * S);
	struct outcome o = judge(r);
	assert_int_equal(o.missing, 0);
	assert_int_equal(r->layers.current, 2);
	assert_in_range(o.frames, 283, 300);
	assert_in_range(o.switches, 0, 2);
	assert_int_equal(r->retransmitted, 0);
	run_free(r);
}

static void bad_links_lose_little_and_break_nothing(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 24; seed++) {
		struct simlink_config link = { .delay_us = 20 * MS,
					       .jitter_us = 8 * MS,
					       .loss_ppm = 40000,
					       .burst_ppm = seed % 3 ? 0 : 2000,
					       .burst_packets = 6,
					       .reorder_ppm = 20000,
					       .reorder_us = 25 * MS,
					       .duplicate_ppm = 10000 };
		struct run *r = run_new(seed, &link);

		for (int i = 0; i < SECONDS; i++) {
			/* layers come and go, and so does what the subscriber may have */
			r->publishers[1].on = rng_u32(&r->rng) % 5 != 0;
			r->publishers[2].on = rng_u32(&r->rng) % 3 != 0;
			layers_set_max(&r->layers, (int)(rng_u32(&r->rng) % 6));
			if (rng_u32(&r->rng) % 10 == 0) {
				layers_restart(&r->layers); /* a pause */
				down_restart(&r->down);
			}
			run_for(r, 1 * S);
		}
		struct outcome o = judge(r);
		assert_true(o.packets > 500);
		assert_true(o.frames > SECONDS * 15);
		assert_true(o.switches > 2);
		assert_true(o.missing * 100 <= o.packets); /* 4 % twice became under 1 % */
		assert_true(r->retransmitted > 10);
		run_free(r);
	}
}

static void a_thin_downlink_does_not_break_order(void **state)
{
	struct simlink_config link = { .delay_us = 20 * MS };
	struct simlink_config thin = { .delay_us = 40 * MS,
				       .rate_bps = 150000,
				       .queue_bytes = 6000 };
	struct run *r = run_new(77, &link);

	(void)state;
	simlink_set(r->downlink, &thin); /* about half of what is offered */
	run_for(r, 10 * S);
	struct outcome o = judge(r);
	assert_true(simlink_stats(r->downlink)->queue_dropped > 100);
	assert_true(o.packets > 500);
	/* retransmissions stay within their share, whatever is asked for */
	uint64_t all = (uint64_t)r->down.octets + r->down.packets * 20ull;
	assert_true(r->down.rtx_octets <= all / DOWN_RTX_SHARE + 2 * DOWN_RTX_BURST);
	run_free(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(perfect_links_lose_nothing),
		cmocka_unit_test(bad_links_lose_little_and_break_nothing),
		cmocka_unit_test(a_thin_downlink_does_not_break_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
