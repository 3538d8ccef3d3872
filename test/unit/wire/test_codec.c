/* SPDX-License-Identifier: Apache-2.0 */
/* VP8 descriptors (RFC 7741) and H.264 payloads (RFC 6184). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include "vectors.h"
#include "wire/h264.h"
#include "wire/vp8.h"

#include <cmocka.h>

/* As Chromium sends it: X, I with 15 bits, L, T;
 * a key frame of 1280 × 720, scale bits set to be masked out. */
static const uint8_t vp8_key[] = { 0x90, 0xe0, 0xff, 0xfe, 0x42, 0x60, 0x50, 0x01, 0x00,
				   0x9d, 0x01, 0x2a, 0x00, 0x45, 0xd0, 0x82, 0x11, 0x22 };

static void vp8_key_frame(void **state)
{
	(void)state;
	struct vp8_descriptor d;

	assert_true(vp8_parse(&d, vp8_key, sizeof vp8_key));
	assert_true(d.start && d.frame_start && d.key_frame && !d.non_reference);
	assert_int_equal(d.partition, 0);
	assert_true(d.has_picture_id && d.long_picture_id && d.has_tl0picidx && d.has_tid);
	assert_false(d.has_keyidx);
	assert_int_equal(d.picture_id, 0x7ffe);
	assert_int_equal(d.tl0picidx, 0x42);
	assert_int_equal(d.tid, 1);
	assert_true(d.layer_sync);
	assert_int_equal(d.length, 6);
	assert_int_equal(d.width, 1280);
	assert_int_equal(d.height, 720);
}

static void vp8_prefixes(void **state)
{
	(void)state;
	for (size_t n = 0; n <= sizeof vp8_key; n++) {
		autofree uint8_t *copy = exact_copy(vp8_key, n);
		struct vp8_descriptor d = { .tid = 9 };
		bool good = vp8_parse(&d, copy, n);

		assert_int_equal(good, n > 6);
		assert_int_equal(d.tid, good ? 1 : 9);
		assert_int_equal(d.key_frame, n >= 16); /* never true of a cut frame header */
		assert_int_equal(d.width, n >= 16 ? 1280 : 0);
	}
}

/* All values of the two flag bytes: the length is what the flags say, offsets are inside it. */
static void vp8_every_descriptor(void **state)
{
	(void)state;
	for (unsigned first = 0; first < 256; first++) {
		for (unsigned flags = 0; flags < 256; flags++) {
			for (unsigned m = 0; m < 2; m++) {
				uint8_t bytes[7] = { (uint8_t)first, (uint8_t)flags,
						     (uint8_t)(m << 7 | 5), 1 };
				size_t want = 1;
				struct vp8_descriptor d;

				if (first & 0x80) {
					want += 1 + (flags & 0x80 ? 1 + m : 0) +
						(flags & 0x40 ? 1 : 0) + (flags & 0x30 ? 1 : 0);
				}
				for (size_t n = 0; n <= 7; n++) {
					autofree uint8_t *copy = exact_copy(bytes, n);
					bool good = vp8_parse(&d, copy, n);

					assert_int_equal(good, n > want);
					if (!good)
						continue;
					assert_int_equal(d.length, want);
					assert_true(d.picture_id_at < want &&
						    d.tl0picidx_at < want);
					pictures_rewrite(copy, vp8_pictures(&d), 0xffff, 0xff);
				}
			}
		}
	}
}

static void vp8_rewrites_in_place(void **state)
{
	(void)state;
	struct vp8_descriptor d, again;
	autofree uint8_t *copy = exact_copy(vp8_key, sizeof vp8_key);

	assert_true(vp8_parse(&d, copy, sizeof vp8_key));
	pictures_rewrite(copy, vp8_pictures(&d), 0x8003, 7);
	assert_true(vp8_parse(&again, copy, sizeof vp8_key));
	assert_int_equal(again.picture_id, 3);
	assert_true(again.long_picture_id);
	assert_int_equal(again.tl0picidx, 7);
	assert_int_equal(again.length, d.length);
	assert_memory_equal(copy + 5, vp8_key + 5, sizeof vp8_key - 5);

	/* 7 bits stay 7 bits */
	uint8_t narrow[] = { 0x80, 0x80, 0x7f, 0x01 };
	assert_true(vp8_parse(&d, narrow, sizeof narrow));
	assert_false(d.long_picture_id);
	pictures_rewrite(narrow, vp8_pictures(&d), 0x1234, 9);
	assert_memory_equal(narrow, ((uint8_t[]){ 0x80, 0x80, 0x34, 0x01 }), 4);
}

static void vp8_not_a_key_frame(void **state)
{
	(void)state;
	uint8_t bytes[sizeof vp8_key];
	struct vp8_descriptor d;

	memcpy(bytes, vp8_key, sizeof bytes);
	bytes[6] |= 1; /* P: an interframe */
	assert_true(vp8_parse(&d, bytes, sizeof bytes));
	assert_true(d.frame_start && !d.key_frame);
	memcpy(bytes, vp8_key, sizeof bytes);
	bytes[0] = 0x80; /* no S: somewhere in the frame */
	assert_true(vp8_parse(&d, bytes, sizeof bytes));
	assert_true(!d.frame_start && !d.key_frame);
	bytes[0] = 0x92; /* S of partition 2 */
	assert_true(vp8_parse(&d, bytes, sizeof bytes));
	assert_true(d.start && !d.frame_start && !d.key_frame);
	memcpy(bytes, vp8_key, sizeof bytes);
	bytes[9] = 0; /* no start code */
	assert_true(vp8_parse(&d, bytes, sizeof bytes));
	assert_false(d.key_frame);
}

static void h264_payloads(void **state)
{
	(void)state;
	static const struct {
		bool good, key;
		uint8_t n;
		uint8_t bytes[16];
	} cases[] = {
		{ false, false, 0, { 0 } },
		{ false, false, 1, { 0x60 } },	       /* type 0 */
		{ true, false, 3, { 0x41, 0x9a, 1 } }, /* slice of a P picture */
		{ true, true, 3, { 0x65, 0x88, 1 } },  /* IDR */
		{ true, true, 3, { 0x67, 0x42, 1 } },  /* SPS */
		{ true, false, 3, { 0x68, 0xce, 1 } }, /* PPS */
		{ true, true, 9, { 0x78, 0, 2, 0x67, 1, 0, 2, 0x68, 1 } }, /* STAP-A: SPS, PPS */
		{ true, false, 8, { 0x78, 0, 2, 0x68, 1, 0, 1, 0x41 } },
		{ true, true, 8, { 0x78, 0, 2, 0x68, 1, 0, 1, 0x65 } },
		{ false, false, 8, { 0x78, 0, 2, 0x67, 1, 0, 2, 0x68 } }, /* second NAL is cut */
		{ false, false, 1, { 0x78 } },
		{ false, false, 3, { 0x78, 0, 0 } }, /* empty NAL */
		{ true, true, 4, { 0x78, 0, 1, 0x67 } },
		{ false, false, 5, { 0x78, 0, 1, 0x67, 0 } }, /* half a length */
		{ true, true, 4, { 0x7c, 0x85, 0x88, 1 } },   /* FU-A, start of an IDR */
		{ true, false, 4, { 0x7c, 0x05, 0x88, 1 } },  /* its middle */
		{ true, false, 4, { 0x7c, 0x45, 0x88, 1 } },  /* its end */
		{ true, false, 4, { 0x7c, 0x81, 0x9a, 1 } },  /* start of a P slice */
		{ false, false, 2, { 0x7c, 0x85 } },	      /* a fragment of nothing */
		{ false, false, 1, { 0x7c } },
		{ false, false, 4, { 0x79, 0, 0, 1 } },	   /* STAP-B */
		{ false, false, 4, { 0x7d, 0x85, 0, 1 } }, /* FU-B */
		{ false, false, 4, { 0x7f, 0, 0, 1 } },
	};

	for (size_t i = 0; i < countof(cases); i++) {
		autofree uint8_t *copy = exact_copy(cases[i].bytes, cases[i].n);
		struct h264_payload h = { .packet_type = 99 };

		assert_int_equal(h264_parse(&h, copy, cases[i].n), cases[i].good);
		assert_int_equal(h.packet_type == 99, !cases[i].good);
		assert_int_equal(h264_is_key_frame(copy, cases[i].n), cases[i].key);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(vp8_key_frame),	cmocka_unit_test(vp8_prefixes),
		cmocka_unit_test(vp8_every_descriptor), cmocka_unit_test(vp8_rewrites_in_place),
		cmocka_unit_test(vp8_not_a_key_frame),	cmocka_unit_test(h264_payloads),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
