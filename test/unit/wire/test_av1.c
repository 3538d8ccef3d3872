/* SPDX-License-Identifier: Apache-2.0 */
/*
 * AV1 in packets: leb128 and open bitstream units (AV1 specification 4.10.5, 5.3), the aggregation of them (RTP Payload
 * Format For AV1, 4.3-4.5) and the dependency descriptor with the structure that its A.8.3 prints for L1T3, written by
 * hand, bit by bit. Descriptors of other structures: test_svc.c.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include "vectors.h"
#include "wire/av1.h"
#include "wire/dd.h"

#include <cmocka.h>

/* "0" and "1", with spaces as one likes, as bytes; the rest of the last one is 0. */
static size_t bits_of_text(const char *text, uint8_t *ret, size_t room)
{
	size_t n = 0;

	memset(ret, 0, room);
	for (; *text; text++) {
		if (*text == ' ')
			continue;
		assert_true(n / 8 < room);
		ret[n / 8] |= (uint8_t)((*text == '1') << (7 - n % 8));
		n++;
	}
	return (n + 7) / 8;
}

/* ---- leb128, OBUs ---- */

static void leb128(void **state)
{
	static const struct {
		size_t value, length;
		uint8_t bytes[AV1_LEB128_MAX];
	} cases[] = {
		{ 0, 1, { 0 } },
		{ 127, 1, { 0x7f } },
		{ 128, 2, { 0x80, 1 } },
		{ 300, 2, { 0xac, 2 } },
		{ 16383, 2, { 0xff, 0x7f } },
		{ 16384, 3, { 0x80, 0x80, 1 } },
		{ UINT32_MAX, 5, { 0xff, 0xff, 0xff, 0xff, 0x0f } },
	};
	uint8_t bytes[AV1_LEB128_MAX];
	size_t value;

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		assert_int_equal(av1_leb128_write(bytes, cases[i].value), cases[i].length);
		assert_int_equal(av1_leb128_length(cases[i].value), cases[i].length);
		assert_memory_equal(bytes, cases[i].bytes, cases[i].length);
		assert_int_equal(av1_leb128_read(bytes, cases[i].length, &value), cases[i].length);
		assert_int_equal(value, cases[i].value);
		assert_int_equal(av1_leb128_read(bytes, cases[i].length - 1, &value), 0);
	}
	/* a value may be written with more bytes than it needs; eight at most, and 32 bits (4.10.5) */
	assert_int_equal(
		av1_leb128_read((const uint8_t *)"\x85\x80\x80\x80\x80\x80\x80\x00", 8, &value), 8);
	assert_int_equal(value, 5);
	assert_int_equal(
		av1_leb128_read((const uint8_t *)"\x85\x80\x80\x80\x80\x80\x80\x80\x00", 9, &value),
		0);
	assert_int_equal(av1_leb128_read((const uint8_t *)"\x80\x80\x80\x80\x10", 5, &value), 0);
}

static void obus(void **state)
{
	struct av1_obu o;

	(void)state;
	/* a temporal delimiter, as streams have it: a size, which is 0 */
	assert_true(av1_obu_parse(&o, (const uint8_t *)"\x12\x00\xff", 3));
	assert_int_equal(o.type, AV1_TEMPORAL_DELIMITER);
	assert_int_equal(o.length, 0);
	assert_int_equal(o.total, 2);
	/* a frame with an extension (temporal id 1, spatial id 2) and a size */
	assert_true(av1_obu_parse(&o, (const uint8_t *)"\x36\x30\x02\xaa\xbb\xcc", 6));
	assert_int_equal(o.type, AV1_FRAME);
	assert_int_equal(o.header_length, 2);
	assert_int_equal(o.header[0], 0x34);
	assert_int_equal(o.header[1], 0x30);
	assert_int_equal(o.length, 2);
	assert_int_equal(o.payload[1], 0xbb);
	assert_int_equal(o.total, 5);
	/* without a size it goes to the end, as in packets */
	assert_true(av1_obu_parse(&o, (const uint8_t *)"\x08\x01\x02\x03", 4));
	assert_int_equal(o.type, AV1_SEQUENCE_HEADER);
	assert_int_equal(o.length, 3);
	assert_false(av1_obu_parse(&o, NULL, 0));
	assert_false(av1_obu_parse(&o, (const uint8_t *)"\x92\x00", 2)); /* forbidden bit */
	assert_false(av1_obu_parse(&o, (const uint8_t *)"\x34", 1)); /* its extension is missing */
	assert_false(av1_obu_parse(&o, (const uint8_t *)"\x32\x02\xaa", 3)); /* it is cut */
	assert_false(av1_obu_parse(&o, (const uint8_t *)"\x32\x80", 2));
}

/* 7.5: a sequence header, then a frame that is shown and a key frame. */
static void key_units(void **state)
{
	static const char *const units[] = {
		"\x12\x00\x0a\x01\x00\x32\x01\x10", /* shown, KEY_FRAME */
		"\x12\x00\x0a\x01\x00\x32\x01\x30", /* INTER_FRAME */
		"\x12\x00\x0a\x01\x00\x32\x01\x90", /* show_existing_frame */
		"\x12\x00\x2a\x01\x00\x32\x01\x10", /* metadata, and no sequence header */
		"\x12\x00\x0a\x01\x00\x1a\x01\x10", /* a frame header alone */
	};

	(void)state;
	for (size_t i = 0; i < sizeof units / sizeof units[0]; i++)
		assert_int_equal(av1_is_key_unit((const uint8_t *)units[i], 8), i == 0 || i == 4);
	assert_false(av1_is_key_unit((const uint8_t *)units[0], 5));
	assert_false(av1_is_key_unit((const uint8_t *)"\x0a\x01\x00\x32\x00", 5));
}

/* ---- aggregation ---- */

/* One element of what a payload has; n -1: the end, and it is well formed. */
struct expected {
	int n, first;
	bool continues, goes_on;
};

static void look(const char *bytes, size_t n, const struct expected *e)
{
	autofree uint8_t *copy = exact_copy(bytes, n);
	struct av1_element element;
	struct av1_payload p;

	assert_true(av1_payload_begin(&p, copy, n));
	for (; e->n >= 0; e++) {
		assert_true(av1_payload_next(&p, &element));
		assert_int_equal(element.length, e->n);
		if (e->n)
			assert_int_equal(element.bytes[0], e->first);
		assert_int_equal(element.continues, e->continues);
		assert_int_equal(element.goes_on, e->goes_on);
	}
	assert_false(av1_payload_next(&p, &element));
	assert_false(p.bad);
}

static void payloads(void **state)
{
	const struct expected end = { .n = -1 };
	struct av1_payload p;

	(void)state;
	/* W 1: one OBU, without a length, to the end; N: a new coded video sequence */
	look("\x18\x08\xaa\xbb", 4, (const struct expected[]){ { 3, 0x08, 0, 0 }, end });
	assert_true(av1_payload_begin(&p, (const uint8_t *)"\x18\x08", 2));
	assert_true(p.starts && !p.continued && !p.unfinished);
	/* W 2: a sequence header with its length, a frame without, which goes on in the next packet */
	look("\x68\x02\x08\xaa\x30\xbb\xcc", 7,
	     (const struct expected[]){ { 2, 0x08, 0, 0 }, { 3, 0x30, 0, 1 }, end });
	/* … its middle, its end, and an OBU behind it */
	look("\xd0\xbb\xcc", 3, (const struct expected[]){ { 2, 0xbb, 1, 1 }, end });
	look("\xa0\x01\xdd\x30\xee", 5,
	     (const struct expected[]){ { 1, 0xdd, 1, 0 }, { 2, 0x30, 0, 0 }, end });
	/* W 0: each has a length, as many as there are; the last one may go on */
	look("\x40\x01\x30\x02\x20\xaa\x01\x28\x01\x18", 10,
	     (const struct expected[]){ { 1, 0x30, 0, 0 },
					{ 2, 0x20, 0, 0 },
					{ 1, 0x28, 0, 0 },
					{ 1, 0x18, 0, 1 },
					end });
}

static void broken_payloads(void **state)
{
	static const struct {
		size_t n;
		int good; /* elements before it is seen */
		const char *bytes;
	} cases[] = {
		{ 4, 0, "\x20\x03\x08\xaa" }, /* the first of two leaves nothing for the second */
		{ 4, 0, "\x20\x02\x08\xaa" }, /* nor does this one */
		{ 3, 0, "\x00\x05\x08" },     /* longer than the packet */
		{ 5, 1, "\x00\x01\x08\x03\xaa" }, /* the second is */
		{ 2, 0, "\x00\x80" },		  /* a length that does not end */
	};
	struct av1_element element;
	struct av1_payload p;

	(void)state;
	assert_false(av1_payload_begin(&p, (const uint8_t *)"", 0));
	assert_false(av1_payload_begin(&p, (const uint8_t *)"\x10", 1));
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		autofree uint8_t *copy = exact_copy(cases[i].bytes, cases[i].n);

		assert_true(av1_payload_begin(&p, copy, cases[i].n));
		for (int k = 0; k < cases[i].good; k++)
			assert_true(av1_payload_next(&p, &element));
		assert_false(av1_payload_next(&p, &element));
		assert_true(p.bad);
		assert_false(av1_payload_next(&p, &element));
	}
}

/* ---- the dependency descriptor ---- */

static const char structure_l1t3[] =
	"1 0 000000 0000000000000001 "		 /* start, template 0, frame 1 */
	"1 0 0 0 0 "				 /* a structure, and nothing else */
	"000000 00010 "				 /* offset 0, three targets */
	"00 01 01 00 11 "			 /* T0 T0 T1 T2 T2, no more */
	"101010 101010 000110 000001 000001 "	 /* SSS SSS -DS --D --D */
	"0 1 0011 0 1 0001 0 1 0000 0 1 0000 0 " /* - 4 2 1 1 */
	"01 0000 0100 0010 0001 0011 "		 /* one chain, and how far it is */
	"1 0000001001111111 0000000101100111";	 /* 640 × 360 */

static void descriptor(void **state)
{
	static const struct {
		uint8_t temporal, refs, ref;
		enum dd_dti dtis[3];
	} templates[] = {
		{ 0, 0, 0, { DD_SWITCH, DD_SWITCH, DD_SWITCH } },
		{ 0, 1, 4, { DD_SWITCH, DD_SWITCH, DD_SWITCH } },
		{ 1, 1, 2, { DD_NOT_PRESENT, DD_DISCARDABLE, DD_SWITCH } },
		{ 2, 1, 1, { DD_NOT_PRESENT, DD_NOT_PRESENT, DD_DISCARDABLE } },
		{ 2, 1, 1, { DD_NOT_PRESENT, DD_NOT_PRESENT, DD_DISCARDABLE } },
	};
	struct dd_structure s;
	struct dd d;
	uint8_t bytes[DD_MAX];
	size_t n = bits_of_text(structure_l1t3, bytes, sizeof bytes);

	(void)state;
	assert_true(dd_parse(&d, &s, NULL, bytes, n));
	assert_true(d.start && !d.end && d.has_structure && !d.has_mask);
	assert_int_equal(d.number, 1);
	assert_int_equal(s.target_count, 3);
	assert_int_equal(s.template_count, 5);
	assert_int_equal(s.chain_count, 1);
	assert_int_equal(s.spatial_count, 1);
	assert_int_equal(s.temporal_count, 3);
	assert_int_equal(s.width[0], 640);
	assert_int_equal(s.height[0], 360);
	for (size_t i = 0; i < 5; i++) {
		assert_int_equal(s.templates[i].temporal, templates[i].temporal);
		assert_int_equal(s.templates[i].ref_count, templates[i].refs);
		if (templates[i].refs)
			assert_int_equal(s.templates[i].refs[0], templates[i].ref);
		for (unsigned t = 0; t < 3; t++)
			assert_int_equal(dd_dti(&s.templates[i], t), templates[i].dtis[t]);
	}
	for (unsigned t = 0; t < 3; t++) { /* what each target has at best */
		assert_int_equal(s.spatial[t], 0);
		assert_int_equal(s.temporal[t], t);
	}
}

/* Frames that name a template of it, and say what is different. */
static void frames(void **state)
{
	struct dd_structure s;
	struct dd d;
	uint8_t bytes[DD_MAX], out[DD_MAX + DD_GROWTH];
	size_t n = bits_of_text(structure_l1t3, bytes, sizeof bytes);

	(void)state;
	assert_true(dd_parse(&d, &s, NULL, bytes, n));
	n = bits_of_text("0 1 000011 0000000000000010", bytes, sizeof bytes);
	assert_int_equal(n, DD_MIN);
	assert_true(dd_parse(&d, &s, &s, bytes, n));
	assert_true(!d.start && d.end && !d.has_structure);
	assert_int_equal(d.number, 2);
	assert_int_equal(d.frame.temporal, 2);
	assert_int_equal(d.frame.refs[0], 1);
	/* decision targets 0 and 1 alone are sent, and this frame refers to others: 8 and 300 before */
	n = bits_of_text("1 1 000001 0000000000001001 0 1 0 1 0 011 01 0111 11 000100101011 00",
			 bytes, sizeof bytes);
	assert_true(dd_parse(&d, &s, &s, bytes, n));
	assert_true(d.has_mask);
	assert_int_equal(d.mask, 3);
	assert_int_equal(d.frame.ref_count, 2);
	assert_int_equal(d.frame.refs[0], 8);
	assert_int_equal(d.frame.refs[1], 300);
	assert_int_equal(dd_dti(&d.frame, 2), DD_SWITCH); /* of the template */
	/* and indications of its own: --S */
	n = bits_of_text("1 1 000001 0000000000001001 0 0 1 0 0 000010", bytes, sizeof bytes);
	assert_true(dd_parse(&d, &s, &s, bytes, n));
	assert_int_equal(dd_dti(&d.frame, 0), DD_NOT_PRESENT);
	assert_int_equal(dd_dti(&d.frame, 2), DD_SWITCH);
	/* a receiver that gets target 0 alone is told so, under another number */
	n = dd_write(out, &d, bytes, n, 77, 1);
	assert_true(dd_parse(&d, &s, &s, out, n));
	assert_true(d.has_mask);
	assert_int_equal(d.number, 77);
	assert_int_equal(d.mask, 1);
	assert_int_equal(dd_dti(&d.frame, 0), DD_NOT_PRESENT);
	n = bits_of_text("1 1 000101 0000000000001001", bytes, sizeof bytes);
	assert_false(dd_parse(&d, &s, &s, bytes, n)); /* there is no template 5 */
	assert_int_equal(d.number, 77);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(leb128),	   cmocka_unit_test(obus),
		cmocka_unit_test(key_units),	   cmocka_unit_test(payloads),
		cmocka_unit_test(broken_payloads), cmocka_unit_test(descriptor),
		cmocka_unit_test(frames),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
