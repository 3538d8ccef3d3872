/* SPDX-License-Identifier: Apache-2.0 */
/* VP9 (RFC 9628) and AV1 (RTP Payload Format For AV1): into payloads and back, and payloads of others. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/rng.h"
#include "client/pack.h"
#include "client/unpack.h"
#include "wire/av1.h"
#include "wire/vp9.h"

enum { FRAME_MAX = 40000, OBUS = 12 };

/* Packs a frame, looks at each payload, and puts it together again. */
static void there_and_back(enum media_codec codec, const uint8_t *frame, size_t n, bool key,
			   void (*look)(const uint8_t *payload, size_t length, bool first,
					bool last, bool key))
{
	uint8_t payload[PACK_MAX];
	struct unpack_frame f;
	uint64_t sequence = 100;
	bool last = false;
	struct unpack u;
	struct pack p;
	size_t length;

	assert_int_equal(pack_is_key(codec, frame, n), key);
	assert_true(pack_begin(&p, codec, frame, n, 77));
	unpack_init(&u, codec);
	while ((length = pack_next(&p, payload, &last))) {
		assert_in_range(length, 2, PACK_MAX);
		look(payload, length, sequence == 100, last, key);
		/* the first as a key frame, so that it comes out */
		struct media_packet m = { .sequence = sequence++,
					  .arrival = 1,
					  .payload = payload,
					  .length = (uint16_t)length,
					  .flags = (uint8_t)((sequence == 101 ? MEDIA_KEY : 0) |
							     (last ? MEDIA_MARKER : 0)) };
		assert_int_equal(unpack_put(&u, &m), 0);
	}
	assert_true(last);
	assert_true(unpack_next(&u, 2, &f));
	assert_int_equal(f.length, n);
	assert_memory_equal(f.bytes, frame, n);
	unpack_fini(&u);
}

/* ---- VP9 ---- */

static void look_vp9(const uint8_t *payload, size_t length, bool first, bool last, bool key)
{
	struct vp9_descriptor d;

	assert_true(vp9_parse(&d, payload, length));
	assert_int_equal(vp9_descriptor_length(payload, length), 3);
	assert_int_equal(d.picture_id, 77);
	assert_int_equal(d.start, first);
	assert_int_equal(d.end, last);
	assert_int_equal(d.inter, !key);
	assert_int_equal(d.key_frame, key && first);
	assert_false(d.has_layers || d.flexible);
}

static void vp9(void **state)
{
	(void)state;
	static uint8_t frame[FRAME_MAX];
	static const struct {
		uint8_t byte;
		bool key;
	} begins[] = {
		{ 0x82, true },	 { 0x86, false }, { 0x8a, false }, /* shown again */
		{ 0xa2, true },	 { 0xb0, true },  { 0xb2, false }, /* profiles 1 and 3 */
		{ 0x02, false },				   /* no frame marker */
	};
	const size_t lengths[] = { 1, 2, PACK_MAX - 3, PACK_MAX - 2, 5000, FRAME_MAX };

	memset(frame, 0x5a, sizeof frame);
	for (size_t i = 0; i < sizeof begins / sizeof begins[0]; i++) {
		frame[0] = begins[i].byte;
		for (size_t k = 0; k < sizeof lengths / sizeof lengths[0]; k++)
			there_and_back(MEDIA_VP9, frame, lengths[k], begins[i].key, look_vp9);
	}
}

/* ---- AV1 ---- */

static void look_av1(const uint8_t *payload, size_t length, bool first, bool last, bool key)
{
	static bool unfinished;
	struct av1_element e;
	struct av1_payload p;
	unsigned count = 0;
	uint8_t w;

	assert_true(av1_payload_begin(&p, payload, length));
	w = payload[0] >> 4 & 3;
	assert_int_equal(p.continued, !first && unfinished);
	assert_int_equal(p.starts, first && key);
	assert_int_equal(av1_is_key_frame(payload, length), first && key);
	for (; av1_payload_next(&p, &e); count++) {
		assert_true(e.length > 0);
		/* 5: temporal delimiters and size fields are not sent */
		if (!e.continues) {
			assert_int_not_equal(e.bytes[0] >> 3 & 0xf, AV1_TEMPORAL_DELIMITER);
			assert_int_equal(e.bytes[0] & AV1_HAS_SIZE, 0);
		}
	}
	assert_false(p.bad);
	assert_in_range(count, 1, 3);
	assert_true(w == 0 || w == count);
	unfinished = p.unfinished;
	assert_false(last && unfinished);
}

static size_t add_obu(uint8_t *at, enum av1_obu_type type, bool extension, size_t length,
		      struct rng *rng)
{
	size_t n = 0;

	at[n++] = (uint8_t)(type << 3 | (extension ? 0x04 : 0) | AV1_HAS_SIZE);
	if (extension)
		at[n++] = 0x28;
	n += av1_leb128_write(at + n, length);
	for (size_t i = 0; i < length; i++)
		at[n++] = (uint8_t)rng_u32(rng);
	return n;
}

/* Temporal units of every shape. */
static void av1(void **state)
{
	(void)state;
	static const uint16_t lengths[] = { 0,	  1,	10,   127,  128,  1100,
					    1140, 1147, 1148, 1149, 1150, 2500 };
	static uint8_t unit[FRAME_MAX];
	struct rng rng;

	rng_seeded(&rng, 7);
	for (int round = 0; round < 3000; round++) {
		size_t n = 2, obus = 1 + rng_u32(&rng) % OBUS, frame_at;
		bool key = rng_u32(&rng) % 2;

		memcpy(unit, "\x12\0", 2);
		if (key)
			n += add_obu(unit + n, AV1_SEQUENCE_HEADER, false, 10, &rng);
		frame_at = n;
		n += add_obu(unit + n, AV1_FRAME, false, 1 + rng_u32(&rng) % 3000, &rng);
		/* frame_type, behind the size of one byte or two */
		frame_at += 1 + av1_leb128_length(n - frame_at - 3);
		unit[frame_at] = key ? 0x10 : 0x30;
		for (size_t i = 0; i < obus; i++) {
			size_t length =
				lengths[rng_u32(&rng) % (sizeof lengths / sizeof lengths[0])];

			n += add_obu(unit + n, (enum av1_obu_type)(rng_u32(&rng) % 2 ? 4 : 5),
				     rng_u32(&rng) % 2, length, &rng);
		}
		there_and_back(MEDIA_AV1, unit, n, key, look_av1);
	}
}

static bool put(struct unpack *u, uint64_t sequence, const char *payload, size_t n, int flags)
{
	return unpack_put(u, &(struct media_packet){ .sequence = sequence,
						     .arrival = 1,
						     .payload = (const uint8_t *)payload,
						     .length = (uint16_t)n,
						     .flags = (uint8_t)flags }) == 0;
}

/* As another sender may have them: lengths for all (W = 0), size fields kept, delimiters kept. */
static void av1_of_others(void **state)
{
	(void)state;
	static const uint8_t expected[] = "\x12\0"
					  "\x0a\x02xy"
					  "\x36\x28\x03"
					  "abc"
					  "\x32\x01z";
	struct unpack_frame f;
	struct unpack u;

	unpack_init(&u, MEDIA_AV1);
	/* a delimiter; a sequence header with its size; the beginning of a frame OBU with an extension */
	assert_true(put(&u, 5,
			"\x48\x02\x12\0\x04\x0a\x02xy\x03\x34\x28"
			"a",
			13, MEDIA_KEY));
	assert_true(put(&u, 6,
			"\xd0"
			"b",
			2, 0)); /* W = 1, Z and Y */
	assert_true(put(&u, 7,
			"\xa0\x01"
			"c\x30"
			"z",
			5, MEDIA_MARKER)); /* W = 2, Z */
	assert_true(unpack_next(&u, 2, &f));
	assert_true(f.key);
	assert_int_equal(f.length, sizeof expected - 1);
	assert_memory_equal(f.bytes, expected, sizeof expected - 1);
	unpack_fini(&u);
}

/* Malformed: nothing comes out, and a key frame is asked for. */
static void av1_refused(void **state)
{
	(void)state;
	static const struct {
		const char *payload;
		size_t n;
	} bad[] = {
		{ "\x10", 1 },		/* no element */
		{ "\x90\x30z", 3 },	/* goes on with what nobody has begun */
		{ "\x50\x30z", 3 },	/* goes on, and does not */
		{ "\x00\x05\x30z", 4 }, /* a length over the end */
		{ "\x20\x02\x30z", 4 }, /* W = 2, one element */
		{ "\x00\x80\x80\x80\x80\x80\x80\x80\x80\x01", 10 },
		{ "\x10\xb0z", 3 },	/* forbidden bit */
		{ "\x10\x32\x05z", 4 }, /* a size over the end */
		{ "\x10\x32\x00z", 4 }, /* a size before the end */
		{ "\x10\x12\x00", 3 },	/* nothing but a delimiter */
	};
	struct unpack_frame f;
	struct pack p;

	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		struct unpack u;

		unpack_init(&u, MEDIA_AV1);
		assert_true(put(&u, 5, bad[i].payload, bad[i].n, MEDIA_KEY | MEDIA_MARKER));
		assert_false(unpack_next(&u, 2, &f));
		assert_int_equal(unpack_wants_key(&u), i + 1 < sizeof bad / sizeof bad[0]);
		unpack_fini(&u);
	}
	assert_false(pack_begin(&p, MEDIA_AV1, (const uint8_t *)"\x32\x05z", 3, 0));
	assert_false(pack_begin(&p, MEDIA_AV1, (const uint8_t *)"\x12\0", 2, 0));
	assert_false(pack_begin(&p, MEDIA_AV1, (const uint8_t *)"\x32\x01z\xff", 4, 0));
	assert_false(av1_is_key_unit((const uint8_t *)"\x32\x01\x10", 3)); /* no sequence header */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(vp9),
		cmocka_unit_test(av1),
		cmocka_unit_test(av1_of_others),
		cmocka_unit_test(av1_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
