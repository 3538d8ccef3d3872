/* SPDX-License-Identifier: Apache-2.0 */
/* Dependency descriptors, VP9 descriptors (RFC 9628), redundant audio (RFC 2198). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include "svc_source.h"
#include "vectors.h"
#include "wire/bits.h"
#include "wire/dd.h"
#include "wire/red.h"
#include "wire/vp9.h"

#include <cmocka.h>

static void bits(void **state)
{
	(void)state;
	uint8_t bytes[8], copy[8];
	struct bits_wr w = bits_wr_of(bytes, 5);

	memset(bytes, 0xff, sizeof bytes);
	bits_put(&w, 5, 3);
	bits_put(&w, 0xdeadbeef, 32);
	bits_put(&w, 1, 1);
	assert_int_equal(bits_len(&w), 5);
	assert_int_equal(bytes[4] & 0x0f, 0); /* what is not used is zero */
	bits_put(&w, 0, 5);
	assert_true(w.bad);
	assert_int_equal(bits_len(&w), 0);

	struct bits r = bits_of(bytes, 5);
	assert_int_equal(bits_get(&r, 3), 5);
	assert_int_equal(bits_get(&r, 32), 0xdeadbeef);
	assert_int_equal(bits_get(&r, 1), 1);
	assert_int_equal(bits_get(&r, 5), 0);
	assert_true(r.bad);
	w = bits_wr_of(copy, 8);
	bits_put(&w, 0, 1);
	bits_copy(&w, bytes, 3, 36);
	r = bits_of(copy, 8);
	assert_int_equal(bits_get(&r, 1), 0);
	assert_int_equal(bits_get(&r, 32), 0xdeadbeef);
	/* AV1 4.10.7: of 5 values, 0-2 take two bits, 3 and 4 three */
	static const uint8_t ns[] = { 0x1b, 0x70 }; /* 00 01 10 110 111 */
	r = bits_of(ns, sizeof ns);
	for (uint32_t i = 0; i < 5; i++)
		assert_int_equal(bits_get_ns(&r, 5), i);
	assert_int_equal(r.at, 12);
}

static void read_all(const struct svc_source *mode)
{
	struct svc_source s = *mode;
	struct dd_structure structure;
	struct dd d;
	uint8_t bytes[DD_MAX];

	for (int picture = 0; picture < 9; picture++) {
		svc_source_next(&s, picture == 0);
		for (int i = 0; i < s.spatial; i++) {
			const struct svc_frame *f = &s.frames[i];
			size_t n = svc_source_descriptor(&s, f, true, false, bytes);

			assert_true(n > DD_MIN);
			assert_true(dd_parse(&d, &structure, &structure, bytes, n));
			assert_int_equal(d.has_structure, picture == 0 && i == 0);
			assert_true(d.start && !d.end && !d.has_mask);
			assert_int_equal(d.number, f->number);
			assert_int_equal(d.frame.spatial, f->spatial);
			assert_int_equal(d.frame.temporal, f->temporal);
			assert_int_equal(d.frame.ref_count, f->ref_count);
			for (int k = 0; k < f->ref_count; k++)
				assert_int_equal(d.frame.refs[k], f->refs[k]);
			assert_int_equal(d.mask, (1u << (s.spatial * s.temporal)) - 1);
		}
	}
	assert_int_equal(structure.spatial_count, s.spatial);
	assert_int_equal(structure.temporal_count, s.temporal);
	for (int t = 0; t < structure.target_count; t++) {
		assert_int_equal(structure.spatial[t], t / s.temporal);
		assert_int_equal(structure.temporal[t], t % s.temporal);
	}
	assert_int_equal(structure.width[s.spatial - 1], 320 << (s.spatial - 1));
}

static void descriptors(void **state)
{
	(void)state;
	for (int spatial = 1; spatial <= 3; spatial++)
		for (int temporal = 1; temporal <= 3; temporal++)
			for (int key = 0; key < 2; key++)
				read_all(&(struct svc_source){ .spatial = spatial,
							       .temporal = temporal,
							       .key_mode = key });
}

/* Nothing is read past the end, and nothing is written by what is refused. */
static void cut_short(void **state)
{
	(void)state;
	struct svc_source s = { .spatial = 3, .temporal = 3, .key_mode = true };
	struct dd_structure structure;
	struct dd d;
	uint8_t bytes[DD_MAX];

	svc_source_next(&s, true);
	size_t n = svc_source_descriptor(&s, &s.frames[0], true, true, bytes);
	for (size_t i = 0; i < n; i++) {
		autofree uint8_t *copy = exact_copy(bytes, i);

		memset(&d, 0x77, sizeof d);
		memset(&structure, 0x77, sizeof structure);
		assert_false(dd_parse(&d, &structure, NULL, copy, i));
		assert_int_equal(d.number, 0x7777);
		assert_int_equal(structure.target_count, 0x77);
	}
	assert_true(dd_parse(&d, &structure, NULL, bytes, n));
	assert_false(dd_parse(&d, &structure, &structure, "\0\0", 2));
	assert_true(
		dd_parse(&d, &structure, &structure, "\xc8\x12\x34", 3)); /* the last template */
	assert_int_equal(d.number, 0x1234);
	assert_int_equal(d.frame.spatial, 2);
	assert_int_equal(d.frame.temporal, 2);
	assert_true(d.start && d.end);
	assert_false(dd_parse(&d, &structure, &structure, "\xc9\x12\x34", 3)); /* one more */
	assert_false(dd_parse(&d, &structure, NULL, "\xc8\x12\x34", 3));
}

static void rewritten(void **state)
{
	(void)state;
	struct svc_source s = { .spatial = 3, .temporal = 2, .number = 500 };
	struct dd_structure structure, again;
	struct dd d, e;
	uint8_t bytes[DD_MAX], out[DD_MAX + DD_GROWTH], twice[DD_MAX + 2 * DD_GROWTH];

	for (int picture = 0; picture < 3; picture++) {
		svc_source_next(&s, picture == 0);
		for (int i = 0; i < s.spatial; i++) {
			size_t n = svc_source_descriptor(&s, &s.frames[i], true, true, bytes);

			assert_true(dd_parse(&d, &structure, &structure, bytes, n));
			size_t m = dd_write(out, &d, bytes, n, 0xabcd, 0x15);
			assert_in_range(m, n, n + DD_GROWTH);
			assert_true(dd_parse(&e, &again, &structure, out, m));
			assert_int_equal(e.number, 0xabcd);
			assert_true(e.has_mask);
			assert_int_equal(e.mask, 0x15);
			assert_int_equal(e.has_structure, d.has_structure);
			assert_memory_equal(&e.frame, &d.frame, sizeof d.frame);
			if (d.has_structure)
				assert_memory_equal(&again, &structure, sizeof again);
			size_t k = dd_write(twice, &e, out, m, d.number, 0x3f);
			assert_int_equal(k, m); /* replaced, not added */
		}
	}
	/* one without extended fields gets them */
	assert_true(dd_parse(&d, &structure, &structure, "\x81\x00\x07", 3));
	size_t n = dd_write(out, &d, (const uint8_t *)"\x81\x00\x07", 3, 9, 1);
	assert_int_equal(n, 5);
	assert_true(dd_parse(&e, &again, &structure, out, n));
	assert_int_equal(e.mask, 1);
	assert_int_equal(e.number, 9);
	assert_memory_equal(&e.frame, &d.frame, sizeof d.frame);
}

/* Where VP9 begins, behind each kind of descriptor. */
static void vp9_lengths(void **state)
{
	(void)state;
	static const struct {
		const char *bytes;
		size_t n; /* with one byte of VP9 */
	} all[] = {
		{ "\xa8\xff\xfe\x10\x42\x11", 6 },
		{ "\xac\x05\x03\x00\x11", 5 },
		{ "\xf8\x05\x40\x03\x02\x11", 6 }, /* flexible: two references */
		{ "\xf8\x05\x40\x03\x03\x03\x11",
		  7 },			   /* three at most, whatever the last one says */
		{ "\xb8\x05\x40\x11", 4 }, /* flexible, and predicted from nothing */
		{ "\x08\x11", 2 },
		/* a structure: two sizes, two pictures in a group with one reference and none */
		{ "\x8a\x05\x38\0\1\0\1\0\2\0\2\2\x04\1\0\x11", 16 },
		{ "\x8a\x05\x00\x11", 4 },
	};

	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
		assert_int_equal(vp9_descriptor_length(all[i].bytes, all[i].n), all[i].n - 1);
		for (size_t n = 0; n < all[i].n; n++) {
			autofree uint8_t *cut = exact_copy((const uint8_t *)all[i].bytes, n);

			assert_int_equal(vp9_descriptor_length(cut, n), 0);
		}
	}
}

/* As Chromium sends VP9: I with 15 bits, L with TL0PICIDX (not flexible). */
static void vp9(void **state)
{
	(void)state;
	uint8_t key[] = { 0xa8, 0xff, 0xfe, 0x10, 0x42, 0x11 }, copy[sizeof key];
	struct vp9_descriptor d;

	assert_true(vp9_parse(&d, key, sizeof key));
	assert_true(d.key_frame && d.start && !d.end && !d.inter && d.switching_up &&
		    d.long_picture_id);
	assert_int_equal(d.picture_id, 0x7ffe);
	assert_int_equal(d.tl0picidx, 0x42);
	assert_int_equal(d.picture_id_at, 1);
	assert_int_equal(d.tl0picidx_at, 4);
	memcpy(copy, key, sizeof key);
	pictures_rewrite(copy, vp9_pictures(&d), 3, 7);
	assert_memory_equal(copy, "\xa8\x80\x03\x10\x07\x11", 6);
	for (size_t n = 0; n < sizeof key; n++) {
		autofree uint8_t *cut = exact_copy(key, n);

		assert_false(vp9_parse(&d, cut, n));
	}
	/* the second spatial layer of a key picture is no place to start */
	assert_true(vp9_parse(&d, "\xac\x05\x03\x00\x11", 5));
	assert_false(d.key_frame);
	assert_true(d.inter_layer && d.end && !d.long_picture_id);
	assert_int_equal(d.sid, 1);
	/* flexible: no TL0PICIDX */
	assert_true(vp9_parse(&d, "\xf8\x05\x40\x11", 4));
	assert_false(d.key_frame || d.has_tl0picidx);
	assert_int_equal(d.tid, 2);
	/* the bare one of another kind of sender */
	assert_true(vp9_parse(&d, "\x08\x11", 2));
	assert_true(d.key_frame && !d.has_picture_id);
	assert_true(av1_is_key_frame((const uint8_t *)"\x18\x0a", 2));
	assert_false(av1_is_key_frame((const uint8_t *)"\x10\x0a", 2));
	assert_false(av1_is_key_frame((const uint8_t *)"\x18", 1));
}

static void red(void **state)
{
	(void)state;
	/* two blocks: one 960 ticks old of 3 bytes, then the packet's own 2 */
	static const uint8_t bytes[] = { 0xef, 0x0f, 0x00, 0x03, 0x6f, 'o', 'l', 'd', 'm', 'e' };
	struct red r = { .count = 99 };

	assert_true(red_parse(&r, bytes, sizeof bytes));
	assert_int_equal(r.count, 2);
	assert_int_equal(r.blocks[0].payload_type, 111);
	assert_int_equal(r.blocks[0].offset, 960);
	assert_int_equal(r.blocks[0].length, 3);
	assert_memory_equal(r.blocks[0].data, "old", 3);
	assert_int_equal(r.blocks[1].payload_type, 111);
	assert_int_equal(r.blocks[1].length, 2);
	assert_memory_equal(r.blocks[1].data, "me", 2);
	r.count = 99;
	for (size_t n = 0; n < sizeof bytes - 2; n++) {
		autofree uint8_t *cut = exact_copy(bytes, n);

		assert_false(red_parse(&r, cut, n));
		assert_int_equal(r.count, 99);
	}
	assert_true(red_parse(&r, "\x6fx", 2));
	assert_int_equal(r.count, 1);
	uint8_t many[4 * RED_BLOCKS + 1];
	memset(many, 0, sizeof many);
	for (size_t i = 0; i < RED_BLOCKS; i++)
		many[4 * i] = 0x80;
	assert_false(red_parse(&r, many, sizeof many));
	assert_true(red_parse(&r, many + 4, sizeof many - 4));
	assert_int_equal(r.count, RED_BLOCKS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bits),	     cmocka_unit_test(descriptors),
		cmocka_unit_test(cut_short), cmocka_unit_test(rewritten),
		cmocka_unit_test(vp9),	     cmocka_unit_test(vp9_lengths),
		cmocka_unit_test(red),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
