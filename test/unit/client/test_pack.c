/* SPDX-License-Identifier: Apache-2.0 */
/* Frames into payloads and back: in order, out of order, with losses. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "base/rng.h"
#include "client/pack.h"
#include "client/unpack.h"
#include "wire/h264.h"
#include "wire/vp8.h"

enum { PACKETS = 64 };

struct packets {
	struct media_packet list[PACKETS];
	uint8_t bytes[PACKETS][PACK_MAX];
	int count;
};

static void make(struct packets *ret, enum media_codec codec, const uint8_t *frame, size_t n,
		 uint64_t first, uint32_t timestamp)
{
	struct pack p;
	bool last = false;

	ret->count = 0;
	assert_true(pack_begin(&p, codec, frame, n, 77));
	for (size_t length; (length = pack_next(&p, ret->bytes[ret->count], &last));) {
		struct media_packet *m = &ret->list[ret->count];
		struct vp8_descriptor d;

		*m = (struct media_packet){ .arrival = 1000,
					    .sequence = first + (uint64_t)ret->count,
					    .timestamp = timestamp,
					    .length = (uint16_t)length,
					    .payload = ret->bytes[ret->count],
					    .flags = last ? MEDIA_MARKER : 0 };
		if (codec == MEDIA_VP8) {
			assert_true(vp8_parse(&d, m->payload, length));
			assert_int_equal(d.picture_id, 77);
			assert_int_equal(d.frame_start, ret->count == 0);
			m->flags |= d.key_frame ? MEDIA_KEY : 0;
		} else if (codec == MEDIA_H264) {
			m->flags |= h264_is_key_frame(m->payload, length) ? MEDIA_KEY : 0;
		}
		assert_true(++ret->count < PACKETS);
	}
	assert_true(last);
}

static uint8_t *vp8_frame(size_t n, bool key)
{
	uint8_t *f = malloc(n);

	memset(f, 0x5a, n);
	memcpy(f, "\x10\0\0\x9d\x01\x2a\x80\x02\x68\x01", 10);
	f[0] = key ? 0x10 : 0x11;
	return f;
}

static void expect(struct unpack *u, uint64_t now, const uint8_t *frame, size_t n, bool key)
{
	struct unpack_frame f;

	assert_true(unpack_next(u, now, &f));
	assert_int_equal(f.length, n);
	assert_memory_equal(f.bytes, frame, n);
	assert_int_equal(f.key, key);
}

static void vp8_in_any_order(void **state)
{
	(void)state;
	static struct packets key, delta;
	autofree uint8_t *a = vp8_frame(9000, true), *b = vp8_frame(3000, false);
	struct unpack_frame f;
	struct rng rng;

	rng_seeded(&rng, 1);
	for (int round = 0; round < 50; round++) {
		struct media_packet *all[PACKETS];
		struct unpack u;
		int count = 0;

		make(&key, MEDIA_VP8, a, 9000, 100, 1);
		make(&delta, MEDIA_VP8, b, 3000, 100 + (uint64_t)key.count, 2);
		for (int i = 0; i < key.count; i++)
			all[count++] = &key.list[i];
		for (int i = 0; i < delta.count; i++)
			all[count++] = &delta.list[i];
		for (int i = count - 1; i > 0; i--) {
			int k = (int)(rng_u32(&rng) % (uint32_t)(i + 1));
			struct media_packet *t = all[i];

			all[i] = all[k];
			all[k] = t;
		}
		unpack_init(&u, MEDIA_VP8);
		for (int i = 0; i < count; i++)
			assert_int_equal(unpack_put(&u, all[i]), 0);
		expect(&u, 2000, a, 9000, true);
		expect(&u, 2000, b, 3000, false);
		assert_false(unpack_next(&u, 2000, &f));
		assert_false(unpack_wants_key(&u));
		unpack_fini(&u);
	}
}

/* A picture of two spatial layers, in three packets; what comes is VP9 without a descriptor. */
static void vp9(void **state)
{
	(void)state;
	static const struct media_packet all[] = {
		{ .sequence = 5,
		  .flags = MEDIA_KEY,
		  .arrival = 1,
		  .payload = (const uint8_t *)"\xa8\x81\x00\x00\x01"
					      "ab",
		  .length = 7 },
		{ .sequence = 6,
		  .arrival = 1,
		  .payload = (const uint8_t *)"\xa4\x81\x00\x00\x01"
					      "c",
		  .length = 6 },
		{ .sequence = 7,
		  .flags = MEDIA_MARKER,
		  .arrival = 1,
		  .payload = (const uint8_t *)"\xac\x81\x00\x03\x01"
					      "d",
		  .length = 6 },
		{ .sequence = 8,
		  .flags = MEDIA_MARKER,
		  .arrival = 1,
		  .payload = (const uint8_t *)"\xec\x81",
		  .length = 2 },
	};
	struct unpack_frame f;
	struct unpack u;

	unpack_init(&u, MEDIA_VP9);
	assert_true(unpack_wants_key(&u));
	for (int i = 2; i >= 0; i--) {
		assert_false(unpack_next(&u, 2, &f));
		assert_int_equal(unpack_put(&u, &all[i]), 0);
	}
	expect(&u, 2, (const uint8_t *)"abcd", 4, true);
	assert_int_equal(unpack_put(&u, &all[3]),
			 0); /* cut in its descriptor: from a key frame again */
	assert_false(unpack_next(&u, 3, &f));
	assert_true(unpack_wants_key(&u));
	unpack_fini(&u);
}

/* A packet that never comes: nothing that cannot be decoded comes out, and the next key frame does. */
static void a_loss_waits_for_a_key_frame(void **state)
{
	(void)state;
	static struct packets key, lost, after, again;
	autofree uint8_t *a = vp8_frame(4000, true), *b = vp8_frame(3000, false);
	struct unpack_frame f;
	struct unpack u;

	unpack_init(&u, MEDIA_VP8);
	assert_true(unpack_wants_key(&u));
	make(&key, MEDIA_VP8, a, 4000, 10, 1);
	make(&lost, MEDIA_VP8, b, 3000, 20, 2); /* 14 … 19: nothing; 21 is lost */
	make(&after, MEDIA_VP8, b, 3000, 23, 3);
	make(&again, MEDIA_VP8, a, 4000, 26, 4);
	for (int i = 0; i < key.count; i++)
		(void)unpack_put(&u, &key.list[i]);
	expect(&u, 2000, a, 4000, true);
	for (int i = 0; i < lost.count; i++) {
		if (i != 1)
			(void)unpack_put(&u, &lost.list[i]);
	}
	for (int i = 0; i < after.count; i++)
		(void)unpack_put(&u, &after.list[i]);
	assert_false(unpack_next(&u, 100000, &f)); /* a retransmission may come */
	assert_false(unpack_wants_key(&u));
	assert_false(unpack_next(&u, 2000 + UNPACK_WAIT_US, &f));
	assert_true(unpack_wants_key(&u));
	for (int i = 0; i < again.count; i++)
		(void)unpack_put(&u, &again.list[i]);
	expect(&u, 700000, a, 4000, true);
	assert_false(unpack_wants_key(&u));
	unpack_fini(&u);
}

static void h264(void **state)
{
	(void)state;
	static struct packets p;
	static uint8_t frame[6000];
	struct unpack_frame f;
	struct unpack u;
	size_t n = 0;

	memcpy(frame, "\0\0\0\1\x09\xf0\0\0\1\x67\x42\xe0\x1f\0\0\0\1\x68\xce\0\0\1", 22);
	n = 22;
	frame[n++] = 0x65; /* a large IDR slice */
	for (; n < 5000; n++)
		frame[n] = (uint8_t)(1 + n % 200);
	make(&p, MEDIA_H264, frame, n, 5, 1);
	assert_int_equal(p.count, 2 + 5); /* SPS, PPS, FU-A: 4978 bytes; no delimiter */
	assert_int_equal(p.list[0].payload[0], 0x67);
	assert_int_equal(p.list[1].payload[0], 0x68);
	assert_int_equal(p.list[2].payload[0] & 0x1f, 28);
	assert_true(pack_is_key(MEDIA_H264, frame, n));
	unpack_init(&u, MEDIA_H264);
	for (int i = p.count - 1; i >= 0; i--)
		(void)unpack_put(&u, &p.list[i]);
	assert_true(unpack_next(&u, 2000, &f));
	assert_true(f.key);
	assert_memory_equal(f.bytes, "\0\0\0\1\x67\x42\xe0\x1f\0\0\0\1\x68\xce\0\0\0\1\x65", 19);
	assert_int_equal(f.length, 18 + n - 22);
	assert_memory_equal(f.bytes + 18, frame + 22, n - 22);
	unpack_fini(&u);

	/* STAP-A, as browsers send SPS and PPS */
	static const uint8_t stap[] = { 24, 0, 3, 0x67, 1, 2, 0, 2, 0x68, 3 };
	unpack_init(&u, MEDIA_H264);
	(void)unpack_put(&u, &(struct media_packet){ .arrival = 1,
						     .sequence = 9,
						     .payload = stap,
						     .length = sizeof stap,
						     .flags = MEDIA_KEY | MEDIA_MARKER });
	assert_true(unpack_next(&u, 2, &f));
	assert_int_equal(f.length, 13);
	assert_memory_equal(f.bytes, "\0\0\0\1\x67\1\2\0\0\0\1\x68\3", 13);
	unpack_fini(&u);
}

static void opus_does_not_wait(void **state)
{
	(void)state;
	static const uint8_t bytes[] = { 0xfc, 1, 2 };
	static const uint64_t come[] = { 7, 8, 10, 11 };
	struct unpack_frame f;
	struct unpack u;

	unpack_init(&u, MEDIA_OPUS);
	for (size_t i = 0; i < countof(come); i++) {
		(void)unpack_put(&u, &(struct media_packet){ .arrival = 1,
							     .sequence = come[i],
							     .payload = bytes,
							     .length = 3 });
		expect(&u, 2, bytes, 3, true);
		assert_false(unpack_next(&u, 2, &f));
	}
	unpack_fini(&u);
}

static void refused(void **state)
{
	(void)state;
	static uint8_t large[PACK_MAX + 1];
	struct pack p;

	assert_false(pack_begin(&p, MEDIA_VP8, large, 0, 0));
	assert_false(pack_begin(&p, MEDIA_OPUS, large, sizeof large, 0));
	assert_false(pack_begin(&p, MEDIA_H264, large, sizeof large, 0)); /* no start code */
	assert_false(pack_begin(&p, MEDIA_H264, (const uint8_t *)"\0\0\1", 3, 0));
	assert_false(pack_begin(&p, MEDIA_H264, (const uint8_t *)"\0\0\1\x09\xf0", 5, 0));
	assert_false(pack_begin(&p, MEDIA_OTHER, large, 5, 0));
	assert_false(pack_is_key(MEDIA_VP8, large, 0));
	assert_false(pack_is_key(MEDIA_H264, (const uint8_t *)"\0\0\1\x41", 4));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(vp8_in_any_order),
		cmocka_unit_test(vp9),
		cmocka_unit_test(a_loss_waits_for_a_key_frame),
		cmocka_unit_test(h264),
		cmocka_unit_test(opus_does_not_wait),
		cmocka_unit_test(refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
