/* SPDX-License-Identifier: Apache-2.0 */
/* The shared packet ring: what it gives back is what was put, and never anything else. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/rng.h"
#include "media/rtp/cache.h"

enum { MS = 1000, S = 1000 * 1000 };

/* A payload that can be told from any other by its number. */
static void fill(uint8_t *bytes, size_t n, uint64_t sequence)
{
	for (size_t i = 0; i < n; i++)
		bytes[i] = (uint8_t)(sequence * 31 + i * 7 + (sequence >> 8));
}

static void put(struct cache *c, uint64_t now, uint64_t sequence, size_t n)
{
	uint8_t bytes[1500];
	struct media_packet p = { .arrival = now,
				  .sequence = sequence,
				  .timestamp = (uint32_t)sequence * 3000,
				  .length = (uint16_t)n,
				  .flags = MEDIA_MARKER,
				  .payload = bytes };

	fill(bytes, n, sequence);
	cache_put(c, &p);
}

static bool is_intact(const struct cache *c, uint64_t sequence)
{
	struct media_packet p;
	uint8_t expected[1500];

	if (!cache_get(c, sequence, &p))
		return false;
	assert_int_equal(p.sequence, sequence);
	assert_int_equal(p.timestamp, (uint32_t)sequence * 3000);
	assert_int_equal(p.flags, MEDIA_MARKER);
	fill(expected, p.length, sequence);
	assert_memory_equal(p.payload, expected, p.length);
	return true;
}

static void a_second_of_video_is_kept(void **state)
{
	struct cache c;
	uint64_t now = 5 * S, sequence = 65536;

	(void)state;
	assert_int_equal(cache_init(&c, 512 * 1024, 512), 0);
	assert_true(cache_memory(&c) < 40 * 1024);		/* thin until it is used */
	for (int i = 0; i < 2000; i++, now += 5555, sequence++) /* 180/s of 1040 B: 1.5 Mbit/s */
		put(&c, now, sequence, 1040);
	for (uint64_t s = sequence - 180; s < sequence; s++)
		assert_true(is_intact(&c, s));
	assert_false(is_intact(&c, sequence));
	assert_false(is_intact(&c, sequence - 1000));
	assert_true(cache_memory(&c) <= 512 * 1024 + 512 * sizeof(struct cache_entry));
	cache_fini(&c);
}

static void a_thin_stream_stays_small(void **state)
{
	struct cache c;

	(void)state;
	assert_int_equal(cache_init(&c, 512 * 1024, 64), 0);
	for (uint64_t i = 0; i < 5000; i++) /* Opus, 100 B each 20 ms */
		put(&c, i * 20 * MS, 65536 + i, 100);
	assert_int_equal(c.capacity, CACHE_START_BYTES);
	assert_true(is_intact(&c, 65536 + 4999 - 49));
	cache_fini(&c);
}

static void odd_input_is_refused(void **state)
{
	struct cache c;
	struct media_packet p;

	(void)state;
	assert_int_not_equal(cache_init(&c, 0, 64), 0);
	assert_int_not_equal(cache_init(&c, 1000, 0), 0);
	assert_int_not_equal(cache_init(&c, (size_t)CACHE_BYTES_MAX + 1, 64), 0);
	assert_int_equal(cache_init(&c, 1000, 3), 0); /* rounded up: 1024 bytes, 4 packets */
	assert_false(cache_get(&c, 0, &p));
	put(&c, 1, 70000, 1100); /* cannot fit */
	assert_false(is_intact(&c, 70000));
	put(&c, 1, 70001, 0); /* padding only is remembered too */
	assert_true(is_intact(&c, 70001));
	put(&c, 1, 70002, 1024);
	assert_true(is_intact(&c, 70002));
	put(&c, 1, 70003, 1);
	assert_false(is_intact(&c, 70002));
	assert_true(is_intact(&c, 70003));
	put(&c, 1, 69999, 5); /* its slot belongs to a newer one */
	assert_true(is_intact(&c, 70003));
	assert_false(is_intact(&c, 69999));
	cache_fini(&c);
}

static void random_use_never_gives_wrong_bytes(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 40; seed++) {
		struct rng g;
		struct cache c;
		uint64_t now = 0, top = 65536;
		int found = 0;

		rng_seeded(&g, seed);
		size_t limit = (size_t)1 << (10 + rng_u32(&g) % 9);
		assert_int_equal(cache_init(&c, limit, (size_t)1 << (2 + rng_u32(&g) % 9)), 0);
		for (int i = 0; i < 5000; i++) {
			/* slow and fast by turns, so that the ring grows in mid-use */
			now += rng_u32(&g) % (i / 300 % 2 ? 10000 : 300000);
			top += rng_u32(&g) % 4;
			uint64_t back = rng_u32(&g) % 8 ? 0 : rng_u32(&g) % 300;
			put(&c, now, top - back, rng_u32(&g) % 1300);
			found += is_intact(&c, top - rng_u32(&g) % 400);
			assert_true(c.capacity <= c.limit);
		}
		assert_true(found > 0);
		cache_fini(&c);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_second_of_video_is_kept),
		cmocka_unit_test(a_thin_stream_stays_small),
		cmocka_unit_test(odd_input_is_refused),
		cmocka_unit_test(random_use_never_gives_wrong_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
