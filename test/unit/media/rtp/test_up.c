/* SPDX-License-Identifier: Apache-2.0 */
/* The received stream: numbers, duplicates, RTX, requests for what is missing, reports, key frames.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/rng.h"
#include "media/rtp/up.h"
#include "source.h"

enum { MS = 1000, S = 1000 * 1000 };

static struct up *make(enum media_codec codec, uint32_t rate)
{
	struct up *u = test_malloc(sizeof *u);
	struct up_config config = { .ssrc = 42, .clock_rate = rate, .codec = codec, .nack = true };

	up_init(u, &config);
	return u;
}

/* Feeds an opaque packet; returns the verdict, *p is what came out. */
static enum up_verdict feed(struct up *u, uint64_t now, uint16_t seq, struct media_packet *p)
{
	static const uint8_t payload[20] = "opaque";
	struct rtp_header h = { .seq = seq,
				.timestamp = seq * 960u,
				.payload = payload,
				.payload_length = sizeof payload };

	return up_rx(u, now, &h, NULL, p);
}

static enum up_verdict feed_rtx(struct up *u, uint64_t now, uint16_t seq, struct media_packet *p)
{
	static uint8_t payload[22];
	struct rtp_header h = { .seq = 5, .payload = payload, .payload_length = sizeof payload };

	put_be16(payload, seq);
	return up_rx_rtx(u, now, &h, NULL, p);
}

static void numbers_grow_across_wraps(void **state)
{
	struct up *u = make(MEDIA_OPUS, 48000);
	struct media_packet p;
	uint64_t last = 0;

	(void)state;
	for (uint32_t i = 0; i < 200000; i++) {
		assert_int_equal(feed(u, i, (uint16_t)(65000 + i), &p), UP_OK);
		assert_int_equal(p.sequence & 0xffff, (uint16_t)(65000 + i));
		assert_true(!last || p.sequence == last + 1);
		assert_int_equal(p.flags & MEDIA_RESYNC, 0);
		last = p.sequence;
	}
	assert_int_equal(u->gap_count, 0);
	test_free(u);
}

/* A publisher that has stopped a layer may still pad on it. */
static void padding_keeps_nothing_alive(void **state)
{
	struct up *u = make(MEDIA_VP8, 90000);
	struct rtp_header h = { .seq = 101, .timestamp = 960 };
	struct media_packet p;

	(void)state;
	assert_int_equal(feed(u, 10 * MS, 100, &p), UP_OK);
	assert_int_equal(up_rx(u, 900 * MS, &h, NULL, &p), UP_OK);
	assert_int_equal(u->last_arrival, 10 * MS);
	assert_int_equal(u->count.packets, 2);
	assert_int_equal(feed(u, 950 * MS, 102, &p), UP_OK);
	assert_int_equal(u->last_arrival, 950 * MS);
	test_free(u);
}

static void duplicates_and_strays_are_dropped(void **state)
{
	struct up *u = make(MEDIA_OPUS, 48000);
	struct media_packet p;

	(void)state;
	assert_int_equal(feed(u, 1, 100, &p), UP_OK);
	assert_int_equal(feed(u, 2, 99, &p), UP_OK); /* before the first: reordered at the start */
	assert_int_equal(feed(u, 3, 100, &p), UP_DUPLICATE);
	assert_int_equal(feed(u, 3, 99, &p), UP_DUPLICATE);
	assert_int_equal(feed(u, 3, 110, &p), UP_OK);
	assert_int_equal(feed(u, 3, 105, &p), UP_OK);
	assert_int_equal(feed(u, 3, 105, &p), UP_DUPLICATE);
	assert_int_equal(feed_rtx(u, 3, 105, &p), UP_DUPLICATE);
	assert_int_equal(feed_rtx(u, 3, 106, &p), UP_OK);
	assert_int_equal(p.length, 20);
	assert_true(p.flags & MEDIA_RECOVERED);
	assert_int_equal(feed(u, 3, 106, &p), UP_DUPLICATE);
	/* a jump needs a second witness (RFC 3550 A.1), an RTX is none */
	assert_int_equal(feed(u, 4, 30000, &p), UP_PROBATION);
	assert_int_equal(feed_rtx(u, 4, 30001, &p), UP_BAD);
	assert_int_equal(feed(u, 4, 111, &p), UP_OK);
	assert_int_equal(feed(u, 4, 30001, &p), UP_PROBATION);
	uint64_t before = u->highest;
	assert_int_equal(feed(u, 4, 30002, &p), UP_OK);
	assert_true(p.flags & MEDIA_RESYNC);
	assert_true(p.sequence > before + 1000);
	assert_int_equal(p.sequence & 0xffff, 30002);
	assert_int_equal(u->gap_count, 0);
	assert_int_equal(u->count.resyncs, 1);
	/* RTX too short to name a packet: a probe */
	struct rtp_header h = { .seq = 5, .payload = (const uint8_t *)"x", .payload_length = 1 };
	assert_int_equal(up_rx_rtx(u, 5, &h, NULL, &p), UP_BAD);
	test_free(u);
}

static void a_stream_in_anothers_place_goes_on_above_it(void **state)
{
	struct up *u = make(MEDIA_OPUS, 48000);
	struct media_packet p;

	(void)state;
	assert_int_equal(feed(u, 1, 60000, &p), UP_OK);
	struct up_config config = { .ssrc = 43, .clock_rate = 48000, .after = u->highest };
	up_init(u, &config);
	assert_int_equal(feed(u, 2, 5, &p), UP_OK);
	assert_true(p.sequence > config.after + UP_WINDOW);
	assert_int_equal(p.sequence & 0xffff, 5);
	assert_int_equal(p.flags & MEDIA_RESYNC, 0);
	struct rtcp_report r;
	assert_true(up_report(u, 3, &r));
	assert_int_equal(r.highest_seq, 5);
	test_free(u);
}

static void missing_packets_are_asked_for_in_time(void **state)
{
	struct up *u = make(MEDIA_VP8, 90000);
	struct media_packet p;
	uint16_t list[64];
	uint64_t now = 10 * S;

	(void)state;
	assert_int_equal(feed(u, now, 65534, &p), UP_OK);
	assert_true(up_deadline(u) == UINT64_MAX);
	assert_int_equal(feed(u, now, 0, &p), UP_OK);	/* 65535 is missing */
	assert_int_equal(up_nack(u, now, list, 64), 0); /* may be reordering */
	assert_int_equal(up_deadline(u), now + UP_NACK_DELAY_US);
	assert_int_equal(feed(u, now + 1, 1, &p), UP_OK); /* two after it: it is lost */
	assert_int_equal(up_nack(u, now + 1, list, 64), 1);
	assert_int_equal(list[0], 65535);
	assert_int_equal(up_nack(u, now + 99 * MS, list, 64), 0);
	assert_int_equal(feed_rtx(u, now + 31 * MS, 65535, &p), UP_OK);
	assert_in_range(u->rtt, 30 * MS, 31 * MS);
	assert_true(up_deadline(u) == UINT64_MAX);

	/* by time, and in pieces when the list is short */
	assert_int_equal(feed(u, now + 40 * MS, 5, &p), UP_OK);
	assert_int_equal(up_nack(u, now + 50 * MS, list, 2), 2);
	assert_int_equal(list[1], 3);
	assert_int_equal(up_nack(u, now + 50 * MS, list, 2), 1);
	assert_int_equal(list[0], 4);
	/* repeated once per RTT, ten times, then a key frame is needed */
	int rounds = 1;
	for (now += 51 * MS; up_deadline(u) != UINT64_MAX; now += MS)
		rounds += up_nack(u, now, list, 64) == 3;
	assert_int_equal(rounds, UP_NACK_TRIES);
	assert_int_equal(u->count.given_up, 3);
	assert_true(up_take_needs_key(u));
	assert_false(up_take_needs_key(u));
	test_free(u);
}

static void a_key_frame_after_the_hole_heals_it(void **state)
{
	struct source vp8 = { .codec = MEDIA_VP8, .timestamp = 3000 };
	struct up *u = make(MEDIA_VP8, 90000);
	uint8_t bytes[1500];
	uint16_t list[8];
	struct rtp_header h;
	struct media_packet p;

	(void)state;
	for (int i = 0; i < 5; i++) {
		size_t n = source_packet(&vp8, 0, 1, i == 3, 10, bytes, sizeof bytes);

		assert_true(rtp_parse(&h, bytes, n));
		if (i != 1)
			assert_int_equal(up_rx(u, 1 * S, &h, NULL, &p), UP_OK);
	}
	for (uint64_t now = 1 * S; up_deadline(u) != UINT64_MAX; now += MS)
		(void)up_nack(u, now, list, 8);
	assert_int_equal(u->count.given_up, 1);
	assert_false(up_take_needs_key(u));
	test_free(u);
}

static void too_many_missing_is_a_key_frame(void **state)
{
	struct up *u = make(MEDIA_VP8, 90000), *audio = make(MEDIA_OPUS, 48000);
	struct media_packet p;
	uint16_t list[UP_GAPS];

	(void)state;
	assert_int_equal(feed(u, 1, 0, &p), UP_OK);
	assert_int_equal(feed(u, 1, UP_GAPS, &p), UP_OK);
	assert_int_equal(up_nack(u, 1, list, UP_GAPS), UP_GAPS - 2);
	assert_false(up_take_needs_key(u));
	assert_int_equal(feed(u, 1, 2 + UP_GAPS, &p), UP_OK);
	assert_int_equal(u->gap_count, UP_GAPS);
	assert_int_equal(feed(u, 1, 4 + UP_GAPS, &p), UP_OK);
	assert_int_equal(u->gap_count, 0);
	assert_true(up_take_needs_key(u));
	assert_int_equal(feed(audio, 1, 0, &p), UP_OK);
	assert_int_equal(feed(audio, 1, 1000, &p), UP_OK);
	assert_false(up_take_needs_key(audio));
	test_free(audio);
	test_free(u);
}

static void reports_say_what_was_lost(void **state)
{
	struct up *u = make(MEDIA_OPUS, 48000);
	struct media_packet p;
	struct rtcp_report r;

	(void)state;
	assert_false(up_report(u, 1, &r));
	for (uint32_t i = 0; i < 100; i++)
		if (i % 10 != 3)
			assert_int_equal(feed(u, i * 20 * MS, (uint16_t)(65500 + i), &p), UP_OK);
	up_sender_report(u, 5 * S, 0x1122334455667788u, 1);
	assert_true(up_report(u, 5 * S + 500 * MS, &r));
	assert_int_equal(r.ssrc, 42);
	assert_int_equal(r.cumulative_lost, 10);
	assert_int_equal(r.fraction_lost, 25); /* 10 of 100, of 256 */
	assert_int_equal(r.highest_seq, 65500 + 99);
	assert_int_equal(r.jitter, 0); /* 20 ms apart and 960 ticks apart */
	assert_int_equal(r.last_sr, 0x33445566);
	assert_int_equal(r.delay_since_last_sr, 32768);
	assert_true(up_report(u, 6 * S, &r));
	assert_int_equal(r.fraction_lost, 0); /* a new interval without loss */
	assert_int_equal(r.cumulative_lost, 10);
	/* an RTX does not hide the loss from the sender */
	assert_int_equal(feed_rtx(u, 6 * S, (uint16_t)(65500 + 93), &p), UP_OK);
	assert_true(up_report(u, 6 * S, &r));
	assert_int_equal(r.cumulative_lost, 10);
	test_free(u);
}

static void jitter_is_that_of_the_rfc(void **state)
{
	struct up *u = make(MEDIA_OPUS, 48000);
	struct media_packet p;
	struct rtcp_report r;

	(void)state;
	/* alternately 0 and 5 ms late: |D| is always 5 ms = 240 ticks, so J converges to 240 */
	for (uint32_t i = 0; i < 500; i++)
		assert_int_equal(feed(u, i * 20 * MS + (i % 2) * 5 * MS, (uint16_t)i, &p), UP_OK);
	assert_true(up_report(u, 11 * S, &r));
	assert_in_range(r.jitter, 236, 240);
	test_free(u);
}

static void key_frames_are_found(void **state)
{
	struct source vp8 = { .codec = MEDIA_VP8, .timestamp = 3000 };
	struct up *u = make(MEDIA_VP8, 90000);
	uint8_t bytes[1500];
	struct rtp_header h;
	struct media_packet p;

	(void)state;
	for (int i = 0; i < 12; i++) {
		bool key = i == 3;

		size_t n = source_packet(&vp8, (uint8_t)(i % 3), 3, key, 100, bytes, sizeof bytes);
		assert_true(rtp_parse(&h, bytes, n));
		assert_int_equal(up_rx(u, (uint64_t)i, &h, NULL, &p), UP_OK);
		assert_int_equal(!!(p.flags & MEDIA_KEY), key);
		assert_int_equal(!!(p.flags & MEDIA_FRAME_START), i % 3 == 0);
		assert_int_equal(!!(p.flags & MEDIA_MARKER), i % 3 == 2);
	}
	assert_int_equal(u->count.key_frames, 1);
	test_free(u);

	/* H264: SPS, PPS, IDR in packets of their own: only the first is a start */
	static const uint8_t sps[] = { 0x67, 0x42, 0xe0, 0x1f }, pps[] = { 0x68, 0xce },
			     idr[] = { 0x65, 0x88, 0x80 }, slice[] = { 0x41, 0x9a };
	const struct {
		const uint8_t *at;
		size_t n;
		uint32_t timestamp;
		bool key;
	} nals[] = {
		{ slice, 2, 1, false }, { idr, 3, 2, true },  { idr, 3, 2, false },
		{ slice, 2, 3, false }, { idr, 3, 4, true },  { sps, 4, 5, true },
		{ pps, 2, 5, false },	{ idr, 3, 5, false }, { slice, 2, 6, false },
		{ idr, 3, 7, false }, /* its SPS is late: that is where to start */
	};
	u = make(MEDIA_H264, 90000);
	for (size_t i = 0; i < sizeof nals / sizeof *nals; i++) {
		h = (struct rtp_header){ .seq = (uint16_t)i,
					 .timestamp = nals[i].timestamp,
					 .payload = nals[i].at,
					 .payload_length = nals[i].n };
		assert_int_equal(up_rx(u, i, &h, NULL, &p), UP_OK);
		assert_int_equal(!!(p.flags & MEDIA_KEY), nals[i].key);
	}
	test_free(u);
}

/* Any order, loss and duplication: each packet comes out once, under its own number. */
static void random_order_gives_each_once(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 50; seed++) {
		struct up *u = make(MEDIA_VP8, 90000);
		uint8_t *seen = test_calloc(20000, 1);
		struct media_packet p;
		struct rng g;
		uint16_t list[32];
		uint64_t offset = 0;

		rng_seeded(&g, seed);
		uint16_t first = (uint16_t)rng_u32(&g);
		for (uint32_t i = 1; i < 15000; i++) {
			uint32_t n = i - rng_u32(&g) % (i < 40 ? i : 40);
			bool rtx = rng_u32(&g) % 5 == 0;
			enum up_verdict v = rtx ? feed_rtx(u, i * 100, (uint16_t)(first + n), &p)
						: feed(u, i * 100, (uint16_t)(first + n), &p);

			(void)up_nack(u, i * 100, list, 32);
			if (v != UP_OK) {
				assert_true(v == UP_BAD || seen[n]);
				continue;
			}
			if (!offset)
				offset = p.sequence - n;
			assert_int_equal(p.sequence - offset, n);
			assert_int_equal(seen[n]++, 0);
			for (uint16_t k = 1; k < u->gap_count; k++)
				assert_true(u->gaps[k - 1].sequence < u->gaps[k].sequence);
			for (uint16_t k = 0; k < u->gap_count; k++)
				assert_int_equal(seen[u->gaps[k].sequence - offset], 0);
		}
		test_free(seen);
		test_free(u);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_grow_across_wraps),
		cmocka_unit_test(padding_keeps_nothing_alive),
		cmocka_unit_test(duplicates_and_strays_are_dropped),
		cmocka_unit_test(a_stream_in_anothers_place_goes_on_above_it),
		cmocka_unit_test(missing_packets_are_asked_for_in_time),
		cmocka_unit_test(a_key_frame_after_the_hole_heals_it),
		cmocka_unit_test(too_many_missing_is_a_key_frame),
		cmocka_unit_test(reports_say_what_was_lost),
		cmocka_unit_test(jitter_is_that_of_the_rfc),
		cmocka_unit_test(key_frames_are_found),
		cmocka_unit_test(random_order_gives_each_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
