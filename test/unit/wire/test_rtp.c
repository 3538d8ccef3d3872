/* SPDX-License-Identifier: Apache-2.0 */
/* RTP headers, header extensions and the demultiplexer. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include "vectors.h"
#include "wire/rtp.h"
#include "wire/rtpext.h"

#include <cmocka.h>

/* RFC 7983 7, all first bytes. */
static void demultiplexes_every_first_byte(void **state)
{
	(void)state;
	for (unsigned first = 0; first < 256; first++) {
		for (unsigned second = 0; second < 256; second++) {
			uint8_t bytes[2] = { (uint8_t)first, (uint8_t)second };
			enum demux_kind want = DEMUX_DROP;

			if (first < 4)
				want = DEMUX_STUN;
			else if (first > 19 && first < 64)
				want = DEMUX_DTLS;
			else if (first > 63 && first < 80)
				want = DEMUX_CHANNEL_DATA;
			else if (first > 127 && first < 192)
				want = second > 191 && second < 224 ? DEMUX_RTCP : DEMUX_RTP;
			assert_int_equal(demux_of(bytes, 2), want);
		}
		uint8_t byte = (uint8_t)first;
		assert_int_equal(demux_of(&byte, 1), DEMUX_DROP);
		assert_int_equal(demux_of(&byte, 0), DEMUX_DROP);
	}
}

/* A packet with two CSRCs, a one-byte block and three bytes of padding. */
static const uint8_t full[] = {
	0xb2, 0xe0, 0x12, 0x34, 0x01, 0x02, 0x03, 0x04, 0xde, 0xad, 0xbe, 0xef, 0,
	0,    0,    1,	  0,	0,    0,    2,	  0xbe, 0xde, 0,    3, /* one-byte form, 3 words */
	0x40, '0',						       /* mid "0" */
	0x10, 0x85,						       /* audio level 5, voice */
	0x31, 0xab, 0xcd,					       /* transport-cc */
	0x22, 1,    2,	  3,					       /* abs-send-time */
	0,							       /* padding of the block */
	'd',  'a',  't',  'a',	0,    0,    3,
};

static struct rtpext_map chromium_map(void)
{
	struct rtpext_map map = { 0 };

	assert_true(rtpext_map_set(&map, 1, RTPEXT_AUDIO_LEVEL));
	assert_true(rtpext_map_set(&map, 2, RTPEXT_ABS_SEND_TIME));
	assert_true(rtpext_map_set(&map, 3, RTPEXT_TRANSPORT_CC));
	assert_true(rtpext_map_set(&map, 4, RTPEXT_MID));
	assert_true(rtpext_map_set(&map, 10, RTPEXT_RID));
	assert_true(rtpext_map_set(&map, 11, RTPEXT_REPAIRED_RID));
	assert_true(rtpext_map_set(&map, 13, RTPEXT_VIDEO_ORIENTATION));
	return map;
}

static void reads_a_full_header(void **state)
{
	(void)state;
	struct rtp_header h;
	struct rtpext x;
	struct rtpext_map map = chromium_map();

	assert_true(rtp_parse(&h, full, sizeof full));
	assert_true(h.marker && h.has_padding && h.has_extension);
	assert_int_equal(h.payload_type, 0x60);
	assert_int_equal(h.seq, 0x1234);
	assert_int_equal(h.timestamp, 0x01020304);
	assert_int_equal(h.ssrc, 0xdeadbeef);
	assert_int_equal(h.csrc_count, 2);
	assert_int_equal(h.header_length, 36);
	assert_int_equal(h.extension_length, 12);
	assert_int_equal(h.payload_length, 4);
	assert_memory_equal(h.payload, "data", 4);
	assert_int_equal(h.padding_length, 3);

	rtpext_parse(&x, &map, &h);
	assert_int_equal(x.mid.length, 1);
	assert_memory_equal(x.mid.at, "0", 1);
	assert_null(x.rid.at);
	assert_true(x.has_audio_level && x.voice_activity);
	assert_int_equal(x.audio_level, 5);
	assert_true(x.has_transport_seq);
	assert_int_equal(x.transport_seq, 0xabcd);
	assert_true(x.has_abs_send_time);
	assert_int_equal(x.abs_send_time, 0x010203);
	assert_false(x.has_orientation);

	/* SRTP's view: padding is not looked at */
	assert_true(rtp_parse_header(&h, full, sizeof full));
	assert_int_equal(h.payload_length, 7);
}

static void prefixes_fail_or_shorten(void **state)
{
	(void)state;
	for (size_t n = 0; n <= sizeof full; n++) {
		autofree uint8_t *copy = exact_copy(full, n);
		struct rtp_header h = { .seq = 7 };

		assert_int_equal(rtp_parse_header(&h, copy, n), n >= 36);
		assert_int_equal(h.seq, n >= 36 ? 0x1234 : 7);
		if (n >= 36)
			assert_int_equal(h.payload_length, n - 36);
		/* padding: the last byte must be a count that fits; letters are too large here */
		assert_int_equal(rtp_parse(&h, copy, n), n == sizeof full);
	}
}

static void refuses_bad_headers(void **state)
{
	(void)state;
	uint8_t bytes[16] = { 0x80, 96 };
	struct rtp_header h;

	assert_true(rtp_parse(&h, bytes, 12)); /* empty payload */
	assert_int_equal(h.payload_length, 0);
	for (unsigned version = 0; version < 4; version++) {
		bytes[0] = (uint8_t)(version << 6);
		assert_int_equal(rtp_parse(&h, bytes, 12), version == 2);
	}
	bytes[0] = 0xa0; /* padding announced, no payload */
	assert_false(rtp_parse(&h, bytes, 12));
	for (unsigned padding = 0; padding < 256; padding++) {
		bytes[15] = (uint8_t)padding;
		assert_int_equal(rtp_parse(&h, bytes, 16), padding >= 1 && padding <= 4);
	}
}

static void long_extension_is_refused(void **state)
{
	(void)state;
	size_t n = 16 + 4 * 0xffff;
	autofree uint8_t *bytes = calloc(1, n);
	struct rtp_header h;

	bytes[0] = 0x90;
	bytes[14] = bytes[15] = 0xff;
	assert_false(rtp_parse_header(&h, bytes, n));
}

static void walks_odd_blocks(void **state)
{
	(void)state;
	static const struct {
		uint16_t profile;
		uint8_t n, want_count;
		bool want_bad;
		uint8_t bytes[12];
	} cases[] = {
		{ 0xbede, 0, 0, false, { 0 } },
		{ 0xbede, 4, 0, false, { 0, 0, 0, 0 } },
		{ 0xbede, 4, 1, false, { 0, 0x10, 7, 0 } },
		{ 0xbede, 4, 1, true, { 0x10, 7, 0x13, 0 } }, /* second leaves the block */
		{ 0xbede, 8, 1, false, { 0x10, 7, 0xf0, 1, 0x20, 8 } }, /* 15 stops */
		{ 0xbede, 8, 0, true, { 0x03, 7, 1, 1, 0x20, 8 } },	/* id 0 with a length */
		{ 0x1000, 8, 2, false, { 1, 0, 0, 200, 2, 9, 9 } }, /* two-byte, empty element */
		{ 0x1005, 4, 1, true, { 1, 0, 3, 2 } },
		{ 0x1000, 4, 0, true, { 1, 255, 3, 2 } },
		{ 0x1234, 8, 0, false, { 1, 1, 1, 1 } }, /* somebody else's profile */
	};

	for (size_t i = 0; i < countof(cases); i++) {
		autofree uint8_t *copy = exact_copy(cases[i].bytes, cases[i].n);
		struct rtp_header h = { .has_extension = true,
					.extension_profile = cases[i].profile,
					.extension = copy,
					.extension_length = cases[i].n };
		struct rtpext_iter it = rtpext_iter_of(&h);
		size_t count = 0;

		for (struct rtpext_element e; rtpext_next(&it, &e);) {
			assert_true(e.data >= copy && e.data + e.length <= copy + cases[i].n);
			count++;
		}
		assert_int_equal(count, cases[i].want_count);
		assert_int_equal(it.bad, cases[i].want_bad);
	}
}

static void elements_of_wrong_length_are_left_out(void **state)
{
	(void)state;
	/* audio level of 2 bytes, transport-cc of 1, abs-send-time of 2, orientation of 2 */
	static const uint8_t block[] = { 0x11, 1, 1, 0x30, 1, 0x21, 1, 1, 0xd1, 1, 1, 0 };
	struct rtpext_map map = chromium_map();
	struct rtp_header h = { .has_extension = true,
				.extension_profile = 0xbede,
				.extension = block,
				.extension_length = sizeof block };
	struct rtpext x;

	rtpext_parse(&x, &map, &h);
	assert_false(x.has_audio_level || x.has_transport_seq || x.has_abs_send_time ||
		     x.has_orientation);
}

static void map_refuses_contradictions(void **state)
{
	(void)state;
	struct rtpext_map map = { 0 };

	assert_false(rtpext_map_set(&map, 0, RTPEXT_MID));
	assert_false(rtpext_map_set(&map, 15, RTPEXT_MID));
	assert_false(rtpext_map_set(&map, 3, RTPEXT_NONE));
	assert_true(rtpext_map_set(&map, 3, RTPEXT_MID));
	assert_true(rtpext_map_set(&map, 3, RTPEXT_MID));
	assert_false(rtpext_map_set(&map, 3, RTPEXT_RID));
	assert_int_equal(map.id_of[RTPEXT_MID], 3);
	for (unsigned kind = RTPEXT_NONE + 1; kind < RTPEXT_KINDS; kind++) {
		const char *uri = rtpext_uri((enum rtpext_kind)kind);

		assert_non_null(uri);
		assert_int_equal(rtpext_kind_of_uri(uri, strlen(uri)), kind);
		assert_int_equal(rtpext_kind_of_uri(uri, strlen(uri) - 1), RTPEXT_NONE);
	}
	assert_null(rtpext_uri(RTPEXT_NONE));
}

static void written_packet_reads_back(void **state)
{
	(void)state;
	struct rtp_header want = { .marker = true,
				   .payload_type = 111,
				   .seq = 65535,
				   .timestamp = 0xfffffffe,
				   .ssrc = 3 };
	struct rtpext_map map = chromium_map();

	/* Every capacity: either it fits, or `bad` is set and the memory after it was not touched.
	 */
	for (size_t capacity = 0; capacity < 48; capacity++) {
		autofree uint8_t *packet = malloc(capacity ? capacity : 1);
		struct wr w = wr_of(packet, capacity);

		rtp_write(&w, &want);
		struct rtpext_wr x = rtpext_begin(&w);
		rtpext_add(&x, map.id_of[RTPEXT_MID], "m1", 2);
		rtpext_add(&x, 0, "not negotiated", 14);
		rtpext_add_audio_level(&x, map.id_of[RTPEXT_AUDIO_LEVEL], 127, false);
		uint8_t *at = rtpext_add(&x, map.id_of[RTPEXT_TRANSPORT_CC], NULL, 2);
		rtpext_add_u24(&x, map.id_of[RTPEXT_ABS_SEND_TIME], 0xfffefd);
		rtpext_end(&x);
		wr_bytes(&w, "opus", 4);
		if (capacity < 12 + 4 + 12 + 4) {
			assert_true(w.bad);
			continue;
		}
		assert_false(w.bad);
		put_be16(at, 0x4321);

		struct rtp_header h;
		struct rtpext got;
		assert_true(rtp_parse(&h, packet, wr_len(&w)));
		assert_int_equal(h.marker, true);
		assert_int_equal(h.payload_type, 111);
		assert_int_equal(h.seq, 65535);
		assert_int_equal(h.timestamp, 0xfffffffe);
		assert_int_equal(h.ssrc, 3);
		assert_int_equal(h.payload_length, 4);
		rtpext_parse(&got, &map, &h);
		assert_int_equal(got.mid.length, 2);
		assert_memory_equal(got.mid.at, "m1", 2);
		assert_true(got.has_audio_level && !got.voice_activity);
		assert_int_equal(got.audio_level, 127);
		assert_int_equal(got.transport_seq, 0x4321);
		assert_int_equal(got.abs_send_time, 0xfffefd);
	}
}

static void no_element_no_block(void **state)
{
	(void)state;
	uint8_t packet[12];
	struct wr w = wr_of(packet, sizeof packet);

	rtp_write(&w, &(struct rtp_header){ .payload_type = 96 });
	struct rtpext_wr x = rtpext_begin(&w);
	rtpext_end(&x);
	assert_int_equal(wr_len(&w), 12);
	assert_int_equal(packet[0], 0x80);
}

static void impossible_elements_are_bad(void **state)
{
	(void)state;
	static const struct {
		uint8_t id;
		size_t n;
	} cases[] = { { 15, 1 }, { 200, 1 }, { 1, 0 }, { 1, 17 } };

	for (size_t i = 0; i < countof(cases); i++) {
		uint8_t packet[64];
		struct wr w = wr_of(packet, sizeof packet);
		struct rtpext_wr x;

		rtp_write(&w, &(struct rtp_header){ 0 });
		x = rtpext_begin(&w);
		assert_null(rtpext_add(&x, cases[i].id, NULL, cases[i].n));
		rtpext_end(&x);
		assert_true(w.bad);
	}
}

static void sequence_numbers_wrap(void **state)
{
	(void)state;
	assert_true(rtp_seq_after(1, 0));
	assert_true(rtp_seq_after(0, 65535));
	assert_true(rtp_seq_after(100, 65500));
	assert_false(rtp_seq_after(0, 0));
	assert_false(rtp_seq_after(65535, 0));
	assert_int_equal(rtpext_abs_send_time(1000000), 1 << 18);
	assert_int_equal(rtpext_abs_send_time(64000000), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(demultiplexes_every_first_byte),
		cmocka_unit_test(reads_a_full_header),
		cmocka_unit_test(prefixes_fail_or_shorten),
		cmocka_unit_test(refuses_bad_headers),
		cmocka_unit_test(long_extension_is_refused),
		cmocka_unit_test(walks_odd_blocks),
		cmocka_unit_test(elements_of_wrong_length_are_left_out),
		cmocka_unit_test(map_refuses_contradictions),
		cmocka_unit_test(written_packet_reads_back),
		cmocka_unit_test(no_element_no_block),
		cmocka_unit_test(impossible_elements_are_bad),
		cmocka_unit_test(sequence_numbers_wrap),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
