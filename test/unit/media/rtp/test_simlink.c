/* SPDX-License-Identifier: Apache-2.0 */
/* The link emulator itself: what it promises to the tests that stand on it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "simlink.h"

enum { MS = 1000, S = 1000 * 1000 };

static void plain_link_delivers_in_order_after_the_delay(void **state)
{
	struct simlink_config config = { .delay_us = 30 * MS };
	struct simlink *l = simlink_new(1, &config);
	uint32_t tag;
	char bytes[8];
	size_t n;

	(void)state;
	simlink_send(l, 5 * MS, 7, "one", 3);
	simlink_send(l, 5 * MS, 8, "other", 5);
	assert_int_equal(simlink_next(l), 35 * MS);
	assert_false(simlink_recv(l, 35 * MS - 1, &tag, bytes, sizeof bytes, &n));
	assert_true(simlink_recv(l, 35 * MS, &tag, bytes, sizeof bytes, &n));
	assert_int_equal(tag, 7);
	assert_int_equal(n, 3);
	assert_memory_equal(bytes, "one", 3);
	assert_int_equal(simlink_arrival(l), 35 * MS);
	assert_true(simlink_recv(l, 99 * MS, &tag, bytes, 2, &n));
	assert_int_equal(tag, 8);
	assert_int_equal(n, 2); /* cut */
	assert_false(simlink_recv(l, 99 * MS, NULL, bytes, sizeof bytes, NULL));
	assert_true(simlink_next(l) == UINT64_MAX);
	simlink_free(l);
}

static void rate_and_queue_are_kept(void **state)
{
	struct simlink_config config = { .rate_bps = 1000 * 1000, .queue_bytes = 10000 };
	struct simlink *l = simlink_new(1, &config);
	uint8_t packet[1000] = { 0 };
	size_t n, bytes = 0;

	(void)state;
	for (uint64_t now = 0; now < 10 * S; now += 4 * MS) { /* 2 Mbit/s offered */
		simlink_send(l, now, 0, packet, sizeof packet);
		while (simlink_recv(l, now, NULL, packet, sizeof packet, &n))
			bytes += n;
	}
	assert_in_range(bytes * 8, 9800 * 1000, 10 * 1000 * 1000);
	assert_in_range(simlink_stats(l)->max_queue_us, 64 * MS, 80 * MS); /* 10 kB at 1 Mbit/s */
	assert_in_range(simlink_stats(l)->queue_dropped, 1200, 1300);
	simlink_free(l);
}

static void losses_are_as_often_as_asked(void **state)
{
	struct simlink_config config = { .loss_ppm = 50000 };
	struct simlink *l = simlink_new(42, &config);
	uint8_t packet[10] = { 0 };
	int run = 0, runs = 0;

	(void)state;
	for (uint64_t now = 1; now <= 100000; now++)
		simlink_send(l, now, 0, packet, sizeof packet);
	assert_in_range(simlink_stats(l)->lost, 4700, 5300);
	simlink_free(l);

	/* bursts: 1 % begin, 5 packets long */
	config = (struct simlink_config){ .burst_ppm = 10000, .burst_packets = 5 };
	l = simlink_new(43, &config);
	for (uint64_t now = 1, lost = 0; now <= 100000; now++) {
		simlink_send(l, now, 0, packet, sizeof packet);
		if (simlink_stats(l)->lost > lost)
			run++;
		else if (run) {
			runs++;
			run = 0;
		}
		lost = simlink_stats(l)->lost;
	}
	assert_in_range(runs, 800, 1100);
	assert_in_range(simlink_stats(l)->lost * 10 / (uint64_t)runs, 45, 55); /* mean length 5 */
	simlink_free(l);
}

static void jitter_alone_does_not_reorder(void **state)
{
	struct simlink_config config = { .delay_us = 20 * MS, .jitter_us = 30 * MS };
	struct simlink *l = simlink_new(9, &config);
	uint32_t tag, expected = 0;

	(void)state;
	for (uint32_t i = 0; i < 1000; i++)
		simlink_send(l, i * MS, i, NULL, 0);
	while (simlink_recv(l, UINT64_MAX - 1, &tag, NULL, 0, NULL))
		assert_int_equal(tag, expected++);
	assert_int_equal(expected, 1000);
	simlink_free(l);
}

static uint64_t digest(uint64_t seed)
{
	struct simlink_config config = { .rate_bps = 500000,
					 .queue_bytes = 5000,
					 .delay_us = 10 * MS,
					 .jitter_us = 3 * MS,
					 .loss_ppm = 10000,
					 .reorder_ppm = 50000,
					 .reorder_us = 20 * MS,
					 .duplicate_ppm = 20000 };
	struct simlink *l = simlink_new(seed, &config);
	uint64_t sum = 0, out_of_order = 0, at = 0;
	uint8_t packet[300] = { 0 };
	uint32_t tag, last = 0;

	for (uint32_t i = 1; i <= 2000; i++)
		simlink_send(l, i * 5 * MS, i, packet, sizeof packet);
	while (simlink_recv(l, UINT64_MAX - 1, &tag, packet, sizeof packet, NULL)) {
		assert_true(simlink_arrival(l) >= at);
		at = simlink_arrival(l);
		out_of_order += tag < last;
		last = tag;
		sum = (sum ^ tag ^ at) * 0x100000001b3u;
	}
	const struct simlink_stats *s = simlink_stats(l);
	assert_int_equal(s->sent + s->duplicated, s->delivered + s->lost + s->queue_dropped);
	assert_true(out_of_order > 20);
	assert_true(s->duplicated > 20);
	simlink_free(l);
	return sum;
}

static void a_seed_replays_exactly(void **state)
{
	(void)state;
	assert_true(digest(1) == digest(1));
	assert_true(digest(1) != digest(2));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(plain_link_delivers_in_order_after_the_delay),
		cmocka_unit_test(rate_and_queue_are_kept),
		cmocka_unit_test(losses_are_as_often_as_asked),
		cmocka_unit_test(jitter_alone_does_not_reorder),
		cmocka_unit_test(a_seed_replays_exactly),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
