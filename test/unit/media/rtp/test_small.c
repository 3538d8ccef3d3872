/* SPDX-License-Identifier: Apache-2.0 */
/* The small pure parts: bitrate meter, key frame requests, layer choice. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "media/rtp/keyframe.h"
#include "media/rtp/layers.h"
#include "media/rtp/rate.h"
#include "media/rtp/receiver_times.h"
#include "media/rtp/redundancy.h"
#include "wire/red.h"

enum { MS = 1000, S = 1000 * 1000 };

static void rate_is_that_of_the_last_second(void **state)
{
	struct rate r = { 0 };
	uint64_t now = 77 * S;

	(void)state;
	assert_int_equal(rate_bps(&r, now), 0);
	for (int i = 0; i < 500; i++, now += 10 * MS)
		rate_add(&r, now, 1250); /* 1 Mbit/s */
	assert_in_range(rate_bps(&r, now), 950000, 1000000);
	for (int i = 0; i < 500; i++, now += 10 * MS)
		rate_add(&r, now, 125);
	assert_in_range(rate_bps(&r, now), 95000, 100000);
	assert_int_equal(rate_bps(&r, now + 2 * S), 0);
	/* after half a second a young meter does not read low, and neither does one after a
	 * silence; before, what it begins with is spread over that time */
	now += 60 * S;
	rate_add(&r, now, 12500); /* a key frame */
	assert_in_range(rate_bps(&r, now), 190000, 200000);
	now += 60 * S;
	for (int i = 0; i < 50; i++, now += 10 * MS)
		rate_add(&r, now, 1250);
	assert_in_range(rate_bps(&r, now - 1), 950000, 1050000);
	rate_add(&r, now - 5 * S, 10); /* time does not go back; this must not either */
	assert_in_range(rate_bps(&r, now - 1), 950000, 1050000);
}

static void key_frame_requests_are_coalesced_not_lost(void **state)
{
	struct keyframe k;
	uint64_t now = 10 * S;

	(void)state;
	keyframe_init(&k);
	assert_true(keyframe_deadline(&k) == UINT64_MAX);
	assert_false(keyframe_due(&k, now));
	keyframe_want(&k, 0);
	assert_true(keyframe_deadline(&k) <= now);
	assert_true(keyframe_due(&k, now)); /* first at once */
	keyframe_arrived(&k);

	keyframe_want(&k, 0); /* 100 more within the interval */
	for (int i = 0; i < 100; i++)
		keyframe_want(&k, 0);
	assert_false(keyframe_due(&k, now + 499 * MS));
	assert_int_equal(keyframe_deadline(&k), now + 500 * MS);
	assert_true(keyframe_due(&k, now + 500 * MS)); /* remembered */
	assert_false(keyframe_due(&k, now + 500 * MS));
	assert_true(keyframe_due(&k, now + 1000 * MS)); /* the PLI may be lost: again */
	keyframe_arrived(&k);
	assert_false(keyframe_due(&k, now + 9 * S));

	keyframe_want(&k, 800 * MS); /* a long path: 1.5 RTT */
	assert_true(keyframe_due(&k, now + 9 * S));
	assert_false(keyframe_due(&k, now + 9 * S + 1199 * MS));
	assert_true(keyframe_due(&k, now + 9 * S + 1200 * MS));
}

static void hostile_wishes_give_two_requests_a_second(void **state)
{
	struct keyframe k;
	int sent = 0;

	(void)state;
	keyframe_init(&k);
	for (uint64_t now = 1 * S; now < 11 * S; now += 1 * MS) {
		keyframe_want(&k, 0);
		sent += keyframe_due(&k, now);
	}
	assert_in_range(sent, 19, 20);
	/* nobody asks again and none comes: it ends */
	sent = 0;
	keyframe_init(&k);
	keyframe_want(&k, 0);
	for (uint64_t now = 1 * S; now < 60 * S; now += 1 * MS)
		sent += keyframe_due(&k, now);
	assert_int_equal(sent, KEYFRAME_TRIES);
}

static void best_layer_that_arrives_is_taken_at_its_key_frame(void **state)
{
	struct layers l;
	uint64_t last[LAYERS_MAX] = { 0 }, now = 10 * S;

	(void)state;
	layers_init(&l);
	layers_choose(&l, now, last);
	assert_int_equal(layers_wants_key(&l), LAYERS_NONE);
	last[0] = now;
	layers_choose(&l, now, last);
	assert_int_equal(layers_wants_key(&l), 0);
	assert_false(layers_forward(&l, 0, false));
	assert_true(layers_forward(&l, 0, true));
	assert_int_equal(layers_wants_key(&l), LAYERS_NONE);

	last[2] = last[1] = last[0] = now += 100 * MS;
	layers_choose(&l, now, last);
	assert_int_equal(layers_wants_key(&l), 2);
	assert_true(layers_forward(&l, 0, false)); /* the old one until then */
	assert_false(layers_forward(&l, 1, true));
	assert_true(layers_forward(&l, 0, true));
	assert_true(layers_forward(&l, 2, true));
	assert_false(layers_forward(&l, 0, false));
	assert_false(layers_forward(&l, 0, true));
}

static void a_stalled_layer_is_left_and_taken_again_later(void **state)
{
	struct layers l;
	uint64_t last[LAYERS_MAX] = { 10 * S, 10 * S, 10 * S }, now = 10 * S;

	(void)state;
	layers_init(&l);
	layers_choose(&l, now, last);
	assert_true(layers_forward(&l, 2, true));
	for (; now <= 10 * S + 500 * MS; now += 50 * MS) {
		last[0] = last[1] = now;
		layers_choose(&l, now, last);
		assert_int_equal(l.target, 2);
	}
	last[0] = last[1] = now;
	layers_choose(&l, now, last);
	assert_int_equal(layers_wants_key(&l), 1);
	assert_true(layers_forward(&l, 1, true));
	/* it is back, but not trusted for two seconds */
	uint64_t fell = now;
	for (; now < fell + LAYERS_RETRY_US; now += 50 * MS) {
		last[0] = last[1] = last[2] = now;
		layers_choose(&l, now, last);
		assert_int_equal(l.target, 1);
	}
	last[0] = last[1] = last[2] = now = fell + LAYERS_RETRY_US;
	layers_choose(&l, now, last);
	assert_int_equal(layers_wants_key(&l), 2);
}

static void a_still_screen_is_no_stall(void **state)
{
	struct layers l;
	uint64_t last[LAYERS_MAX], now = 10 * S;

	(void)state;
	layers_init(&l);
	for (int i = 0; i < 20;
	     i++, now += 2 * S) { /* a frame of both every two seconds, low first */
		last[0] = now + 5 * MS;
		last[1] = now;
		last[2] = 0;
		for (uint64_t t = now + 5 * MS; t < now + 2 * S; t += 100 * MS) {
			layers_choose(&l, t, last);
			assert_int_equal(l.target, 1);
		}
		assert_true(layers_forward(&l, 1, true));
	}
}

static void max_limits_the_choice(void **state)
{
	struct layers l;
	uint64_t now = 10 * S, all[LAYERS_MAX] = { now, now, now }, top[LAYERS_MAX] = { 0, 0, now };

	(void)state;
	layers_init(&l);
	layers_set_max(&l, 1);
	layers_choose(&l, now, all);
	assert_int_equal(l.target, 1);
	layers_set_max(&l, -5);
	layers_choose(&l, now, all);
	assert_int_equal(l.target, 0);
	layers_set_max(&l, 0);
	layers_choose(&l, now, top); /* nothing else arrives */
	assert_int_equal(l.target, 2);
	assert_true(layers_forward(&l, 2, true));
	layers_restart(&l);
	assert_false(layers_forward(&l, 2, false));
	assert_int_equal(layers_wants_key(&l), 2);
}

/* A frame of `packets` packets; whether it was kept, which all of them must agree on. */
static bool keep(struct layers *l, uint32_t timestamp, uint8_t tid, bool sync, bool key)
{
	static const uint8_t byte;
	struct media_packet p = {
		.timestamp = timestamp, .length = 1, .temporal = tid, .sync = sync, .payload = &byte
	};

	p.flags = MEDIA_FRAME_START | (key ? MEDIA_KEY : 0);
	bool first = layers_keep(l, &p);
	p.flags = 0;
	assert_int_equal(layers_keep(l, &p), first);
	return first;
}

static void temporal_layers_change_where_they_may(void **state)
{
	struct media_packet p = { .timestamp = 4, .length = 1, .temporal = 2 };
	struct layers l;

	(void)state;
	layers_init(&l);
	assert_true(keep(&l, 1, 0, false, true));
	assert_true(keep(&l, 2, 2, true, false)); /* everything at first */
	assert_true(keep(&l, 3, 1, false, false));
	p.flags = MEDIA_FRAME_START;
	assert_true(layers_keep(&l, &p));
	layers_set_temporal(&l, 0);
	p.flags = MEDIA_MARKER;
	assert_true(layers_keep(&l, &p)); /* the frame under way stays whole */
	assert_true(keep(&l, 5, 0, false, false));
	assert_false(keep(&l, 6, 2, true, false));
	assert_false(keep(&l, 7, 1, true, false));
	p.timestamp = 3;
	p.temporal = 0;
	assert_true(layers_keep(&l, &p)); /* late, of the base layer */
	layers_set_temporal(&l, 9);
	assert_true(keep(&l, 8, 0, false, false));
	assert_false(keep(&l, 9, 2, true, false));   /* T1 is not there yet */
	assert_false(keep(&l, 10, 1, false, false)); /* refers to a T1 that was left out */
	assert_true(keep(&l, 11, 1, true, false));
	assert_false(keep(&l, 12, 2, false, false));
	assert_true(keep(&l, 13, 2, true, false));
	layers_set_temporal(&l, 0);
	assert_false(keep(&l, 14, 1, true, false));
	layers_set_temporal(&l, 2);
	assert_true(keep(&l, 15, 0, false, true)); /* a key frame is a start for all */
	assert_true(keep(&l, 16, 1, false, false));
}

static void receivers_get_their_times_back(void **state)
{
	struct receiver_times t = { 0 };
	struct rtcp_dlrr got[RECEIVER_TIMES];

	(void)state;
	assert_int_equal(receiver_times_answer(&t, 9 * S, got), 0);
	receiver_times_ask(&t, 10 * S, &(struct rtcp_rrtr){ 1, 0x1111222233334444 });
	receiver_times_ask(&t, 11 * S, &(struct rtcp_rrtr){ 1, 0x5555666677778888 });
	receiver_times_ask(&t, 11 * S, &(struct rtcp_rrtr){ 2, 0 });
	assert_int_equal(receiver_times_answer(&t, 11 * S + 250 * MS, got), 2);
	assert_int_equal(got[0].ssrc, 1);
	assert_int_equal(got[0].last_rr, 0x66667777);
	assert_int_equal(got[0].delay, 16384);
	assert_int_equal(got[1].ssrc, 2);
	assert_int_equal(receiver_times_answer(&t, 12 * S, got), 0); /* each once */

	/* a liar with many SSRCs has room for a few, the last ones */
	for (uint32_t i = 0; i < 1000; i++)
		receiver_times_ask(&t, 13 * S, &(struct rtcp_rrtr){ i, 0 });
	assert_int_equal(receiver_times_answer(&t, 13 * S, got), RECEIVER_TIMES);
	for (size_t i = 0; i < RECEIVER_TIMES; i++)
		assert_in_range(got[i].ssrc, 1000 - RECEIVER_TIMES, 999);
}

/* Packet `sequence` of 20 ms frames as libwebrtc sends it: the frame before, then its own. */
static struct media_packet red_packet(uint8_t *bytes, size_t room, uint8_t sequence)
{
	const uint8_t own[] = { sequence, sequence, sequence };
	const uint8_t before[] = { (uint8_t)(sequence - 1), (uint8_t)(sequence - 1) };
	struct wr w = wr_of(bytes, room);
	struct red red = { .count = 2,
			   .blocks = { { 111, 960, sizeof before, before },
				       { 111, 0, sizeof own, own } } };

	red_write(&w, &red);
	return (struct media_packet){ .sequence = 1000u + sequence,
				      .timestamp = 960u * sequence,
				      .length = (uint16_t)wr_len(&w),
				      .payload = bytes,
				      .red = true };
}

static void redundancy_reaches_two_frames_back(void **state)
{
	struct redundancy r = { 0 };
	uint8_t bytes[64], out[REDUNDANCY_PACKET];
	struct media_packet p = red_packet(bytes, sizeof bytes, 1);
	struct wr w = wr_of(out, sizeof out);
	struct red red;

	(void)state;
	redundancy_put(&r, &p);
	assert_false(
		redundancy_write(&r, &(struct media_packet){ .payload = bytes }, &w)); /* no RED */
	for (uint8_t i = 2; i < 40; i++) {
		if (i % 5 == 3)
			continue; /* lost on the way to us: the next one brings it */
		p = red_packet(bytes, sizeof bytes, i);
		redundancy_put(&r, &p);
		w = wr_of(out, sizeof out);
		assert_true(redundancy_write(&r, &p, &w));
		assert_true(red_parse(&red, out, wr_len(&w)));
		assert_int_equal(red.count, 3);
		for (unsigned k = 0; k < 3; k++) {
			assert_int_equal(red.blocks[k].payload_type, 111);
			assert_int_equal(red.blocks[k].offset, (2 - k) * 960);
			assert_int_equal(red.blocks[k].data[0], i - 2 + k);
		}
	}
	/* after a jump, and of what is older than 14 bits of clock, there is no more to say */
	p = red_packet(bytes, sizeof bytes, 200);
	redundancy_put(&r, &p);
	w = wr_of(out, sizeof out);
	assert_false(redundancy_write(&r, &p, &w));
	p = red_packet(bytes, sizeof bytes, 201);
	p.timestamp += 20000;
	redundancy_put(&r, &p);
	assert_false(redundancy_write(&r, &p, &w));
	assert_int_equal(wr_len(&w), 0);
}

static void redundancy_stays_within_a_packet(void **state)
{
	struct redundancy r = { 0 };
	static uint8_t bytes[1400], frame[REDUNDANCY_FRAME + 1], out[REDUNDANCY_PACKET];

	(void)state;
	for (unsigned i = 1; i < 8; i++) { /* 3 * 400 is too long: as it came */
		struct red red = { .count = 1, .blocks = { { 111, 0, REDUNDANCY_FRAME, frame } } };
		struct wr w = wr_of(bytes, sizeof bytes), w2 = wr_of(out, sizeof out);

		red.blocks[0].length = i < 4 ? REDUNDANCY_FRAME + 1 : REDUNDANCY_FRAME;
		red_write(&w, &red);
		struct media_packet p = { .sequence = 100 + i,
					  .timestamp = 960 * i,
					  .length = (uint16_t)wr_len(&w),
					  .payload = bytes,
					  .red = true };
		redundancy_put(&r, &p);
		/* up to 4 those before were longer than are kept; then one of them fits */
		assert_int_equal(redundancy_write(&r, &p, &w2), i > 4);
		assert_true(i <= 4 || wr_len(&w2) == 2 * REDUNDANCY_FRAME + 5);
	}
	struct wr w = wr_of(out, sizeof out);
	red_write(&w, &(struct red){ .count = 2,
				     .blocks = { { 111, 0, RED_LENGTH_MAX + 1, bytes },
						 { 111, 0, 1, bytes } } });
	assert_true(w.bad);
	w = wr_of(out, sizeof out);
	red_write(&w, &(struct red){ .count = 2,
				     .blocks = { { 111, RED_OFFSET_MAX + 1, 1, bytes },
						 { 111, 0, 1, bytes } } });
	assert_true(w.bad);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rate_is_that_of_the_last_second),
		cmocka_unit_test(receivers_get_their_times_back),
		cmocka_unit_test(redundancy_reaches_two_frames_back),
		cmocka_unit_test(redundancy_stays_within_a_packet),
		cmocka_unit_test(key_frame_requests_are_coalesced_not_lost),
		cmocka_unit_test(hostile_wishes_give_two_requests_a_second),
		cmocka_unit_test(best_layer_that_arrives_is_taken_at_its_key_frame),
		cmocka_unit_test(a_stalled_layer_is_left_and_taken_again_later),
		cmocka_unit_test(a_still_screen_is_no_stall),
		cmocka_unit_test(max_limits_the_choice),
		cmocka_unit_test(temporal_layers_change_where_they_may),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
