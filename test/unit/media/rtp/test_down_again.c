/* SPDX-License-Identifier: Apache-2.0 */
/* What is sent again: history, retransmissions, padding. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "down_case.h"
#include "wire/rtpext.h"

static enum down_verdict nack(struct down_case *f, uint16_t seq)
{
	struct wr w = wr_of(f->out, sizeof f->out);
	enum down_verdict v = down_retransmit(&f->down, f->now, seq, f->shared, &w);

	assert_int_equal(wr_len(&w) > 0, v == DOWN_OK);
	if (v == DOWN_OK)
		assert_true(rtp_parse(&f->h, f->out, wr_len(&w)));
	return v;
}

/* The packet that was sent `back` numbers ago, once more. */
static enum down_verdict write_again(struct down_case *f, uint64_t back)
{
	const struct down_range *r = &f->down.ranges[f->down.range_serial % DOWN_RANGES];
	struct wr w = wr_of(f->out, sizeof f->out);
	struct media_packet p;

	assert_true(cache_get(f->shared[1], f->down.highest - back + r->offset, &p));
	return down_write(&f->down, f->now, 1, NULL, &p, &w);
}

/* It is short until somebody asks for older packets, and forgets nothing when it grows. */
static void the_history_grows_when_it_is_asked(void **state)
{
	struct down_case *f = down_case_new(MEDIA_VP8, true);

	(void)state;
	assert_int_equal(down_case_frame(f, 1, true), DOWN_OK);
	uint16_t first = f->h.seq;
	for (int i = 1; i < 300; i++)
		assert_int_equal(down_case_frame(f, 1, false), DOWN_OK);
	down_case_pass(f, 100 * MS);
	assert_int_equal(f->down.history_count, DOWN_HISTORY_FIRST);
	assert_int_equal(nack(f, (uint16_t)(first + 299)), DOWN_OK);
	assert_int_equal(f->down.history_count, DOWN_HISTORY_FIRST);
	assert_int_equal(write_again(f, 250), DOWN_OLD);
	assert_int_equal(nack(f, (uint16_t)(first + 1)), DOWN_OK);
	assert_int_equal(f->down.history_count, DOWN_HISTORY);
	/* what the short one had forgotten is not sent under its number again (RFC 3711 9.1) */
	assert_int_equal(write_again(f, 250), DOWN_OLD);
	assert_int_equal(write_again(f, 5), DOWN_DUPLICATE);
	assert_int_not_equal(nack(f, (uint16_t)(first + 1)), DOWN_OK);	 /* just answered */
	assert_int_not_equal(nack(f, (uint16_t)(first + 299)), DOWN_OK); /* the same, before */
	assert_int_equal(down_case_frame(f, 1, false), DOWN_OK);
	assert_int_equal(f->h.seq, (uint16_t)(first + 300));
	down_case_free(f);
}

/* Receivers that once saw a MID take an RTX stream only for its own; nobody reports on RTX. */
static void retransmissions_and_padding_always_say_where_they_belong(void **state)
{
	struct down_case *f = down_case_new(MEDIA_VP8, true);
	struct rtcp_report r = { .ssrc = OUT_SSRC };
	struct rtpext_map map = { 0 };
	struct rtpext x;

	(void)state;
	assert_true(rtpext_map_set(&map, 3, RTPEXT_MID));
	assert_int_equal(down_case_frame(f, 1, true), DOWN_OK);
	uint16_t seq = f->h.seq;
	down_receiver_report(&f->down, f->now, &r);
	down_case_pass(f, 33 * MS);
	assert_int_equal(down_case_frame(f, 1, false), DOWN_OK);
	rtpext_parse(&x, &map, &f->h);
	assert_null(x.mid.at);

	assert_int_equal(nack(f, seq), DOWN_OK);
	rtpext_parse(&x, &map, &f->h);
	assert_int_equal(x.mid.length, 2);
	assert_memory_equal(x.mid.at, "v1", 2);
	struct wr w = wr_of(f->out, sizeof f->out);
	assert_int_equal(down_padding(&f->down, f->now, &w), DOWN_OK);
	assert_true(rtp_parse(&f->h, f->out, wr_len(&w)));
	assert_int_equal(f->h.ssrc, RTX_SSRC);
	assert_int_equal(f->h.padding_length, DOWN_PADDING);
	rtpext_parse(&x, &map, &f->h);
	assert_int_equal(x.mid.length, 2);
	assert_memory_equal(x.mid.at, "v1", 2);
	down_case_free(f);
}

static void retransmissions_equal_the_original(void **state)
{
	struct down_case *f = down_case_new(MEDIA_VP8, true);
	uint8_t original[200];

	(void)state;
	assert_int_equal(nack(f, 0), DOWN_UNKNOWN);
	assert_int_equal(down_case_frame(f, 0, true), DOWN_OK);
	down_case_pass(f, 33 * MS);
	assert_int_equal(down_case_frame(f, 1, true),
			 DOWN_OK); /* offsets differ from the source's numbers */
	struct rtp_header sent = f->h;
	memcpy(original, sent.payload, sent.payload_length);
	assert_int_equal(down_case_frame(f, 1, false), DOWN_OK);
	uint16_t rtx_seq = 0;
	for (int i = 0; i < DOWN_RTX_TRIES; i++, f->now += DOWN_RTX_GUARD_US) {
		assert_int_equal(nack(f, sent.seq), DOWN_OK);
		assert_int_equal(f->h.ssrc, RTX_SSRC);
		assert_int_equal(f->h.payload_type, RTX_PT);
		assert_int_equal(f->h.timestamp, sent.timestamp);
		assert_int_equal(f->h.marker, sent.marker);
		assert_true(!i || f->h.seq == rtx_seq + 1);
		rtx_seq = f->h.seq;
		assert_int_equal(f->h.payload_length, sent.payload_length + 2);
		assert_int_equal(f->h.payload[0] << 8 | f->h.payload[1], sent.seq);
		assert_memory_equal(f->h.payload + 2, original, sent.payload_length);
		assert_int_equal(nack(f, sent.seq), DOWN_TOO_SOON); /* within 20 ms */
	}
	assert_int_equal(nack(f, sent.seq), DOWN_TOO_SOON);		   /* asked too often */
	assert_int_equal(nack(f, (uint16_t)(sent.seq + 2)), DOWN_UNKNOWN); /* not sent yet */
	assert_int_equal(nack(f, (uint16_t)(sent.seq - 2)), DOWN_UNKNOWN); /* before the first */
	down_case_free(f);

	f = down_case_new(MEDIA_VP8, false);
	assert_int_equal(down_case_frame(f, 0, true), DOWN_OK);
	assert_int_equal(nack(f, f->h.seq), DOWN_NO_RTX);
	down_case_free(f);
}

static void the_rest_of_a_late_key_frame_can_be_asked_for(void **state)
{
	struct down_case *f = down_case_new(MEDIA_VP8, true);
	uint8_t a[200], b[200], c[200];
	struct media_packet first, second, third;

	(void)state;
	down_case_packet(f, 0, 0, 3, true, a, &first);
	down_case_packet(f, 0, 1, 3, true, b, &second);
	down_case_packet(f, 0, 2, 3, true, c, &third);
	assert_int_equal(down_case_send(f, 0, &second), DOWN_WAIT_KEY);
	assert_int_equal(down_case_send(f, 0, &first), DOWN_OK); /* by RTX from the publisher */
	assert_int_equal(down_case_send(f, 0, &third), DOWN_OK);
	uint16_t missing = (uint16_t)(f->h.seq - 1);
	assert_int_equal(nack(f, missing), DOWN_OK);
	assert_int_equal(f->h.payload[0] << 8 | f->h.payload[1], missing);
	down_case_free(f);
}

static void a_hostile_nack_cannot_amplify(void **state)
{
	struct down_case *f = down_case_new(MEDIA_OTHER, true);
	uint64_t sent = 0, resent = 0;

	(void)state;
	for (int i = 0; i < 5000; i++) { /* everything is asked for, all the time */
		assert_int_equal(down_case_frame(f, 0, false), DOWN_OK);
		sent += 12 + 20 + f->h.payload_length;
		uint16_t newest = f->h.seq;
		for (uint16_t back = 0; back < 200; back++)
			if (nack(f, (uint16_t)(newest - back)) == DOWN_OK)
				resent += f->h.payload_length + 12;
		down_case_pass(f, 5 * MS);
	}
	assert_true(resent > sent / 10);
	assert_true(resent <= sent / DOWN_RTX_SHARE + 2 * DOWN_RTX_BURST);
	assert_true(f->down.count.refused > 100000);
	down_case_free(f);
}

static void what_was_not_resent_does_not_pile_up(void **state)
{
	struct down_case *f = down_case_new(MEDIA_OTHER, true);
	uint64_t resent = 0;

	(void)state;
	for (int i = 0; i < 20000; i++, down_case_pass(f, 5 * MS)) /* 100 s without a loss */
		assert_int_equal(down_case_frame(f, 0, false), DOWN_OK);
	uint16_t newest = f->h.seq;
	for (int round = 0; round < 9; round++, f->now += DOWN_RTX_GUARD_US)
		for (uint16_t back = 0; back < 500; back++)
			if (nack(f, (uint16_t)(newest - back)) == DOWN_OK)
				resent += f->h.payload_length + 12;
	assert_in_range(resent, DOWN_RTX_BURST / 2, DOWN_RTX_BURST + 200 * 100 / DOWN_RTX_SHARE);
	down_case_free(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_history_grows_when_it_is_asked),
		cmocka_unit_test(retransmissions_and_padding_always_say_where_they_belong),
		cmocka_unit_test(retransmissions_equal_the_original),
		cmocka_unit_test(the_rest_of_a_late_key_frame_can_be_asked_for),
		cmocka_unit_test(a_hostile_nack_cannot_amplify),
		cmocka_unit_test(what_was_not_resent_does_not_pile_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
