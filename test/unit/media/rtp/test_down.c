/* SPDX-License-Identifier: Apache-2.0 */
/* The outgoing stream, case by case. What is sent again: test_down_again.c; random runs: test_stream.c and fuzz_down.c. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "down_case.h"
#include "wire/rtpext.h"

static void configuration_is_checked(void **state)
{
	struct down d;
	struct down_config config = { .clock_rate = 0 };

	(void)state;
	assert_int_equal(down_init(&d, &config), -EINVAL);
	config = (struct down_config){ .clock_rate = 90000, .payload_type = 128 };
	assert_int_equal(down_init(&d, &config), -EINVAL);
	config = (struct down_config){ .clock_rate = 90000 };
	memset(config.mid, 'x', sizeof config.mid);
	assert_int_equal(down_init(&d, &config), -EINVAL);
}

static void packets_carry_the_subscribers_numbers(void **state)
{
	struct down_case *f = down_case_new(MEDIA_VP8, true);
	uint8_t bytes[200];
	struct media_packet p;
	struct rtpext_map map = { 0 };
	struct rtpext x;

	(void)state;
	assert_true(rtpext_map_set(&map, 3, RTPEXT_MID));
	assert_true(rtpext_map_set(&map, 4, RTPEXT_VIDEO_ORIENTATION));
	assert_true(rtpext_map_set(&map, 5, RTPEXT_TRANSPORT_CC));
	assert_true(rtpext_map_set(&map, 6, RTPEXT_ABS_SEND_TIME));
	assert_int_equal(down_case_frame(f, 2, false), DOWN_WAIT_KEY);
	down_case_packet(f, 2, 0, 1, true, bytes, &p);
	p.flags |= MEDIA_ORIENTED;
	p.orientation = 1;
	assert_int_equal(down_case_send(f, 2, &p), DOWN_OK);
	assert_int_equal(f->h.ssrc, OUT_SSRC);
	assert_int_equal(f->h.payload_type, OUT_PT);
	assert_int_equal(f->h.seq, 65533 & 0x7fff);
	assert_int_equal(f->h.timestamp, 0xfffff000);
	assert_true(f->h.marker);
	rtpext_parse(&x, &map, &f->h);
	assert_int_equal(x.mid.length, 2);
	assert_memory_equal(x.mid.at, "v1", 2);
	assert_true(x.has_orientation && x.orientation == 1);
	assert_true(x.has_transport_seq && x.transport_seq == 65535);
	assert_true(x.has_abs_send_time);
	assert_int_equal(x.abs_send_time, rtpext_abs_send_time(f->now));

	/* after a receiver report the mid is known */
	struct rtcp_report r = { .ssrc = OUT_SSRC };
	down_receiver_report(&f->down, f->now, &r);
	assert_int_equal(down_case_frame(f, 2, false), DOWN_OK);
	rtpext_parse(&x, &map, &f->h);
	assert_null(x.mid.at);
	assert_false(x.has_orientation);
	assert_int_equal(x.transport_seq, 0); /* wrapped */
	assert_int_equal(f->transport_sequence, 1);
	down_case_free(f);
}

static void switches_leave_no_trace(void **state)
{
	struct down_case *f = down_case_new(MEDIA_VP8, true);
	uint32_t timestamp = 0;
	uint16_t seq = 0;
	int picture = 0, tl0 = 0;

	(void)state;
	for (int i = 0; i < 300; i++) {
		uint8_t layer = (uint8_t)(i / 20 % 3);

		assert_int_equal(down_case_frame(f, layer, i % 20 == 0), DOWN_OK);
		struct vp8_descriptor d = down_case_vp8(f);
		if (i) {
			assert_int_equal(f->h.seq, (uint16_t)(seq + 1));
			assert_int_equal(f->h.timestamp, timestamp + 3003);
			assert_int_equal(d.picture_id, (picture + 1) & 0x7fff);
			assert_int_equal(d.tl0picidx, (tl0 + 1) & 0xff);
		}
		seq = f->h.seq;
		timestamp = f->h.timestamp;
		picture = d.picture_id;
		tl0 = d.tl0picidx;
		down_case_pass(f, 33367); /* the other layers go on too, unseen */
		for (uint8_t other = 0; other < 3; other++)
			if (other != layer) {
				f->sources[other].picture++;
				f->sequence[other] += 2;
			}
	}
	assert_int_equal(f->down.count.switches, 15);
	down_case_free(f);
}

static void sender_reports_align_layers_that_arrive_unequally(void **state)
{
	struct down_case *f = down_case_new(MEDIA_VP8, true);

	(void)state;
	/* both sampled the same instant at these timestamps */
	f->clocks[0] = (struct media_clock){ true, 90000, f->sources[0].timestamp, 50ull << 32,
					     f->now };
	f->clocks[2] = (struct media_clock){ true, 90000, f->sources[2].timestamp, 50ull << 32,
					     f->now };
	assert_int_equal(down_case_frame(f, 0, true), DOWN_OK);
	uint32_t before = f->h.timestamp;
	down_case_pass(f, 100 * MS);
	f->now += 70 * MS; /* the key frame of the big layer takes longer to come */
	assert_int_equal(down_case_frame(f, 2, true), DOWN_OK);
	assert_in_range(f->h.timestamp - before, 8998, 9001); /* 100 ms, not 170 */
	/* a publisher whose reports are nonsense: time of arrival */
	f->clocks[0].ntp += 5ull << 32;
	down_case_pass(f, 100 * MS);
	before = f->h.timestamp;
	assert_int_equal(down_case_frame(f, 0, true), DOWN_OK);
	assert_in_range(f->h.timestamp - before, 8999, 9001);
	/* the same instant in another layer still is a new picture */
	before = f->h.timestamp;
	assert_int_equal(down_case_frame(f, 2, true), DOWN_OK);
	assert_int_equal(f->h.timestamp, before + 1);
	down_case_free(f);
}

static void a_pause_shows_as_time_only(void **state)
{
	struct down_case *f = down_case_new(MEDIA_OTHER, true);

	(void)state;
	assert_int_equal(down_case_frame(f, 0, false), DOWN_OK); /* no key frames to wait for */
	uint16_t seq = f->h.seq;
	uint32_t timestamp = f->h.timestamp;
	down_restart(&f->down);
	f->sequence[0] += 500; /* not forwarded meanwhile */
	down_case_pass(f, 10 * S);
	assert_int_equal(down_case_frame(f, 0, false), DOWN_OK);
	assert_int_equal(f->h.seq, (uint16_t)(seq + 1));
	assert_int_equal(f->h.timestamp, timestamp + 900000);
	down_case_free(f);

	f = down_case_new(MEDIA_VP8, true);
	assert_int_equal(down_case_frame(f, 0, true), DOWN_OK);
	down_restart(&f->down);
	assert_int_equal(down_case_frame(f, 0, false), DOWN_WAIT_KEY);
	assert_int_equal(down_case_frame(f, 0, true), DOWN_OK);
	down_case_free(f);
}

static void a_new_sequence_of_the_source_is_no_gap(void **state)
{
	struct down_case *f = down_case_new(MEDIA_OTHER, true);
	uint8_t bytes[200];
	struct media_packet p;

	(void)state;
	assert_int_equal(down_case_frame(f, 0, false), DOWN_OK);
	uint16_t seq = f->h.seq;
	uint32_t timestamp = f->h.timestamp;
	down_case_pass(f, 20 * MS);
	f->sequence[0] += 200000;
	f->sources[0].timestamp = 77;
	down_case_packet(f, 0, 0, 1, false, bytes, &p);
	p.flags |= MEDIA_RESYNC;
	assert_int_equal(down_case_send(f, 0, &p), DOWN_OK);
	assert_int_equal(f->h.seq, (uint16_t)(seq + 1));
	assert_int_equal(f->h.timestamp, timestamp + 1800);
	/* and so is a jump that nobody announced */
	f->sequence[0] += DOWN_JUMP_MAX + 1;
	assert_int_equal(down_case_frame(f, 0, false), DOWN_OK);
	assert_int_equal(f->h.seq, (uint16_t)(seq + 2));
	down_case_free(f);
}

static void late_packets_find_their_place_and_no_number_is_used_twice(void **state)
{
	struct down_case *f = down_case_new(MEDIA_VP8, true);
	uint8_t a[200], b[200], c[200], d[200];
	struct media_packet first, second, third, fourth;

	(void)state;
	down_case_packet(f, 0, 0, 3, true, a, &first);
	down_case_packet(f, 0, 1, 3, true, b, &second);
	down_case_packet(f, 0, 2, 3, true, c, &third);
	assert_int_equal(down_case_send(f, 0, &first), DOWN_OK);
	uint16_t seq = f->h.seq;
	assert_int_equal(down_case_send(f, 0, &third), DOWN_OK);
	assert_int_equal(f->h.seq, (uint16_t)(seq + 2));
	assert_int_equal(down_case_send(f, 0, &third), DOWN_DUPLICATE);
	down_case_packet(f, 1, 0, 1, true, d, &fourth);
	assert_int_equal(down_case_send(f, 1, &fourth), DOWN_OK);
	assert_int_equal(f->h.seq, (uint16_t)(seq + 3));
	assert_int_equal(down_case_send(f, 0, &second), DOWN_OK); /* of the layer before */
	assert_int_equal(f->h.seq, (uint16_t)(seq + 1));
	assert_int_equal(down_case_send(f, 0, &second), DOWN_DUPLICATE);
	first.sequence--; /* from before the subscriber came */
	assert_int_equal(down_case_send(f, 0, &first), DOWN_OLD);
	/* older than the history */
	for (int i = 0; i < DOWN_HISTORY; i++)
		assert_int_equal(down_case_frame(f, 1, false), DOWN_OK);
	assert_int_equal(down_case_send(f, 1, &fourth), DOWN_OLD);
	assert_int_equal(down_case_frame(f, 2, false), DOWN_WAIT_KEY);
	down_case_free(f);
}

static void padding_is_left_out_without_a_gap(void **state)
{
	struct down_case *f = down_case_new(MEDIA_VP8, true);
	uint8_t a[200], b[200];
	struct media_packet padding = { .sequence = f->sequence[0] }, p;

	(void)state;
	assert_int_equal(down_case_send(f, 0, &padding), DOWN_ABSORBED); /* before anything */
	f->sequence[0]++;
	assert_int_equal(down_case_frame(f, 0, true), DOWN_OK);
	uint16_t seq = f->h.seq;
	for (int i = 0; i < 100; i++) { /* many in a row take one range */
		padding.sequence = f->sequence[0]++;
		assert_int_equal(down_case_send(f, 0, &padding), DOWN_ABSORBED);
	}
	assert_int_equal(f->down.range_serial, 2);
	assert_int_equal(down_case_frame(f, 0, false), DOWN_OK);
	assert_int_equal(f->h.seq, (uint16_t)(seq + 1));
	/* after a hole it cannot be left out: the hole may be filled yet */
	down_case_packet(f, 0, 0, 1, false, a, &p);
	down_case_packet(f, 0, 0, 1, false, b, &padding);
	padding.length = 0;
	assert_int_equal(down_case_send(f, 0, &padding), DOWN_OK);
	assert_int_equal(f->h.seq, (uint16_t)(seq + 3));
	assert_int_equal(f->h.payload_length, 0);
	assert_int_equal(f->h.padding_length, 1);
	assert_int_equal(down_case_send(f, 0, &p), DOWN_OK);
	assert_int_equal(f->h.seq, (uint16_t)(seq + 2));
	down_case_free(f);
}

static void a_packet_can_be_made_longer(void **state)
{
	struct down_case *f = down_case_new(MEDIA_VP8, true);
	uint8_t bytes[200];
	struct media_packet p;

	(void)state;
	for (uint8_t padding = 0; padding < 5; padding++) {
		down_case_packet(f, 0, 0, 1, true, bytes, &p);
		p.padding = padding;
		assert_int_equal(down_case_send(f, 0, &p), DOWN_OK);
		assert_int_equal(f->h.payload_length, p.length);
		assert_int_equal(f->h.padding_length, padding);
		assert_int_equal(f->h.has_padding, padding > 0);
	}
	down_case_free(f);
}

static void skipped_frames_leave_no_gap(void **state)
{
	struct down_case *f = down_case_new(MEDIA_VP8, true);
	uint8_t a[200];
	struct media_packet p;

	(void)state;
	assert_int_equal(down_case_frame(f, 0, true), DOWN_OK);
	for (int i = 0; i < 50; i++) {
		uint16_t seq = f->h.seq, picture = down_case_vp8(f).picture_id;

		for (uint8_t index = 0; index < 3; index++) {
			down_case_packet(f, 0, index, 3, false, a, &p);
			down_skip(&f->down, 0, &p);
		}
		assert_int_equal(down_case_frame(f, 0, false), DOWN_OK);
		assert_int_equal(f->h.seq, (uint16_t)(seq + 1));
		assert_int_equal(down_case_vp8(f).picture_id, (picture + 1) & 0x7fff);
	}
	down_case_free(f);
}

/* The first packet of a frame that is left out was lost before us: its number stays a gap, no more.
 */
static void a_skipped_frame_that_lost_its_start(void **state)
{
	struct down_case *f = down_case_new(MEDIA_VP8, true);
	uint8_t a[200];
	struct media_packet p, lost;

	(void)state;
	assert_int_equal(down_case_frame(f, 0, true), DOWN_OK);
	for (int i = 0; i < 20; i++) {
		uint16_t seq = f->h.seq, picture = down_case_vp8(f).picture_id;

		down_case_packet(f, 0, 0, 3, false, a, &lost);
		for (uint8_t index = 1; index < 3; index++) {
			down_case_packet(f, 0, index, 3, false, a, &p);
			down_skip(&f->down, 0, &p);
		}
		down_skip(&f->down, 0, &lost); /* repaired, too late */
		assert_int_equal(down_case_frame(f, 0, false), DOWN_OK);
		assert_int_equal(f->h.seq, (uint16_t)(seq + 2));
		assert_int_equal(down_case_vp8(f).picture_id, (picture + 1) & 0x7fff);
	}
	down_case_free(f);
}

static void reports_follow_the_publishers_clock(void **state)
{
	struct down_case *f = down_case_new(MEDIA_VP8, true);
	struct rtcp_sr sr;

	(void)state;
	assert_false(down_sender_report(&f->down, f->now, &sr));
	assert_int_equal(down_case_frame(f, 1, true), DOWN_OK);
	assert_false(down_sender_report(&f->down, f->now, &sr)); /* no clock yet */
	f->clocks[1] = (struct media_clock){ true, 90000, f->sources[1].timestamp, 50ull << 32,
					     f->now };
	down_case_pass(f, 100 * MS);
	assert_int_equal(down_case_frame(f, 1, false), DOWN_OK);
	uint32_t at_100ms = f->h.timestamp;
	assert_true(down_sender_report(&f->down, f->now + 400 * MS, &sr));
	assert_int_equal(sr.ssrc, OUT_SSRC);
	assert_int_equal(sr.ntp >> 32, 50);
	assert_in_range((sr.ntp & 0xffffffff) >> 16, 32766, 32768); /* .5 s */
	assert_in_range(sr.rtp_timestamp - at_100ms, 35999, 36001);
	assert_int_equal(sr.packets, 2);
	assert_true(sr.octets > 100);

	/* RTT: now - LSR - DLSR */
	struct rtcp_report r = { .ssrc = OUT_SSRC,
				 .fraction_lost = 12,
				 .last_sr = (uint32_t)(sr.ntp >> 16),
				 .delay_since_last_sr = 65536 / 4 };
	down_receiver_report(&f->down, f->now + 400 * MS + 290 * MS, &r);
	assert_in_range(f->down.rtt, 39 * MS, 41 * MS);
	assert_int_equal(f->down.fraction_lost, 12);
	r.ssrc++; /* somebody else's */
	r.fraction_lost = 99;
	down_receiver_report(&f->down, f->now, &r);
	assert_int_equal(f->down.fraction_lost, 12);
	r.ssrc--;
	r.delay_since_last_sr = 0xffffffff; /* nonsense: no RTT from it */
	down_receiver_report(&f->down, f->now + 1 * S, &r);
	assert_in_range(f->down.rtt, 39 * MS, 41 * MS);
	down_case_free(f);

	/* a publisher that never reports: our clock, after a while */
	f = down_case_new(MEDIA_OTHER, true);
	assert_int_equal(down_case_frame(f, 0, false), DOWN_OK);
	assert_false(down_sender_report(&f->down, f->now + 9 * S, &sr));
	assert_true(down_sender_report(&f->down, f->now + 10 * S, &sr));
	assert_int_equal(sr.rtp_timestamp, f->h.timestamp + 900000);
	down_case_free(f);
}

static void too_little_room_changes_nothing(void **state)
{
	struct down_case *f = down_case_new(MEDIA_VP8, true);
	uint8_t bytes[200];
	struct media_packet p;

	(void)state;
	down_case_packet(f, 0, 0, 1, true, bytes, &p);
	struct wr w = wr_of(f->out, (size_t)p.length + DOWN_OVERHEAD_MAX - 1);
	assert_int_equal(down_write(&f->down, f->now, 0, NULL, &p, &w), DOWN_SHORT);
	assert_int_equal(wr_len(&w), 0);
	assert_int_equal(f->transport_sequence, 65535);
	w = wr_of(f->out, (size_t)p.length + DOWN_OVERHEAD_MAX);
	assert_int_equal(down_write(&f->down, f->now, DOWN_SOURCES, NULL, &p, &w), DOWN_OLD);
	assert_int_equal(down_write(&f->down, f->now, 0, NULL, &p, &w), DOWN_OK);
	down_case_free(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(configuration_is_checked),
		cmocka_unit_test(packets_carry_the_subscribers_numbers),
		cmocka_unit_test(switches_leave_no_trace),
		cmocka_unit_test(sender_reports_align_layers_that_arrive_unequally),
		cmocka_unit_test(a_pause_shows_as_time_only),
		cmocka_unit_test(a_new_sequence_of_the_source_is_no_gap),
		cmocka_unit_test(late_packets_find_their_place_and_no_number_is_used_twice),
		cmocka_unit_test(padding_is_left_out_without_a_gap),
		cmocka_unit_test(a_packet_can_be_made_longer),
		cmocka_unit_test(skipped_frames_leave_no_gap),
		cmocka_unit_test(a_skipped_frame_that_lost_its_start),
		cmocka_unit_test(reports_follow_the_publishers_clock),
		cmocka_unit_test(too_little_room_changes_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
