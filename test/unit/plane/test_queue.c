/* SPDX-License-Identifier: Apache-2.0 */
/* The bridge's queue: full and empty, order over two threads, waking. */
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "plane/plane.h"
#include "plane/queue.h"

#include <cmocka.h>

static void full_and_empty(void **state)
{
	(void)state;
	struct plane_queue q;
	uint32_t v = 99;

	assert_int_equal(plane_queue_init(&q, sizeof v, 5), 0); /* becomes 8 */
	assert_false(plane_queue_take(&q, &v));
	assert_int_equal(v, 99);
	for (uint32_t round = 0; round < 100; round++) { /* around the ring, at every offset */
		uint32_t n = 1 + round % 8;

		for (uint32_t i = 0; i < n; i++)
			assert_true(plane_queue_put(&q, &(uint32_t){ round * 8 + i }));
		for (uint32_t i = 0; i < n; i++) {
			assert_true(plane_queue_take(&q, &v));
			assert_int_equal(v, round * 8 + i);
		}
		assert_false(plane_queue_take(&q, &v));
	}
	for (uint32_t i = 0; i < 8; i++)
		assert_true(plane_queue_put(&q, &i));
	assert_false(plane_queue_put(&q, &(uint32_t){ 1000 }));
	for (uint32_t i = 0; i < 8; i++) { /* the refused one left no trace */
		assert_true(plane_queue_take(&q, &v));
		assert_int_equal(v, i);
	}
	plane_queue_fini(&q);
}

static bool readable(const struct plane_queue *q)
{
	struct pollfd p = { .fd = q->wake_fd, .events = POLLIN };

	return poll(&p, 1, 0) == 1;
}

static void put_wakes(void **state)
{
	(void)state;
	struct plane_queue q;
	char c = 'x';

	assert_int_equal(plane_queue_init(&q, 1, 2), 0);
	assert_false(readable(&q));
	plane_queue_drain_wake(&q); /* does not block */
	assert_true(plane_queue_put(&q, &c));
	assert_true(plane_queue_put(&q, &c));
	assert_true(readable(&q));
	plane_queue_drain_wake(&q);
	assert_false(readable(&q)); /* one drain for any number of puts */
	assert_true(plane_queue_take(&q, &c) && plane_queue_take(&q, &c));
	plane_queue_fini(&q);
}

enum { ELEMENTS = 1000 * 1000 };

struct element {
	uint64_t number, twice, text[5]; /* larger than a cache line's half, to see torn copies */
};

static void *produce(void *argument)
{
	struct plane_queue *q = argument;

	for (uint64_t i = 0; i < ELEMENTS; i++) {
		struct element e = { .number = i, .twice = 2 * i };

		for (size_t k = 0; k < 5; k++)
			e.text[k] = i ^ k;
		while (!plane_queue_put(q, &e))
			(void)sched_yield();
	}
	return NULL;
}

/* The consumer sleeps on wake_fd as a worker does:
 * a lost wake-up would hang it (poll's time-out finds that). */
static void two_threads_keep_order(void **state)
{
	(void)state;
	struct plane_queue q;
	pthread_t producer;
	uint64_t expected = 0;

	assert_int_equal(plane_queue_init(&q, sizeof(struct element), 256), 0);
	assert_int_equal(pthread_create(&producer, NULL, produce, &q), 0);
	while (expected < ELEMENTS) {
		struct pollfd p = { .fd = q.wake_fd, .events = POLLIN };
		struct element e;

		assert_int_equal(poll(&p, 1, 20000), 1);
		plane_queue_drain_wake(&q);
		while (plane_queue_take(&q, &e)) {
			bool whole = e.number == expected && e.twice == 2 * expected;

			for (size_t k = 0; k < 5; k++)
				whole = whole && e.text[k] == (expected ^ k);
			if (!whole)
				fail_msg("element %llu is not whole or not in order",
					 (unsigned long long)expected);
			expected++;
		}
	}
	assert_int_equal(pthread_join(producer, NULL), 0);
	struct element e;
	assert_false(plane_queue_take(&q, &e));
	plane_queue_fini(&q);
}

/* Pages of the ring that are in memory. */
static size_t resident(const struct plane_queue *q)
{
	uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE), from = (uintptr_t)q->slots & ~(page - 1);
	unsigned char pages[64];
	size_t n = ((q->mask + 1) * q->slot_size + page - 1) / page, count = 0;

	assert_true(n <= sizeof pages);
	assert_int_equal(mincore((void *)from, n * page, pages), 0);
	for (size_t i = 0; i < n; i++)
		count += pages[i] & 1;
	return count;
}

static void an_empty_queue_gives_memory_back(void **state)
{
	(void)state;
	enum { SIZE = 1024, SLOTS = 128 }; /* 32 pages */
	struct plane_queue q;
	char element[SIZE];

	assert_int_equal(plane_queue_init(&q, SIZE, SLOTS), 0);
	for (int round = 0; round < 2; round++) {
		for (int i = 0; i < SLOTS; i++) {
			memset(element, 'a' + i % 26, sizeof element);
			assert_true(plane_queue_put(&q, element));
		}
		assert_true(resident(&q) >= 31);
		plane_queue_release(&q); /* not what waits */
		assert_true(resident(&q) >= 31);
		for (int i = 0; i < SLOTS; i++) {
			assert_true(plane_queue_take(&q, element));
			assert_int_equal(element[0], 'a' + i % 26);
			assert_int_equal(element[SIZE - 1], 'a' + i % 26);
		}
		plane_queue_release(&q);
		assert_true(resident(&q) <= 2); /* pages that it shares with others */
		assert_false(plane_queue_take(&q, element));
	}
	plane_queue_fini(&q);
}

static void messages_own_their_text(void **state)
{
	(void)state;
	struct plane_cmd cmd = { .type = CMD_OFFER, .sdp = strdup("v=0") };
	struct plane_event event = { .type = EV_ANSWER, .sdp = strdup("v=0") };

	plane_cmd_fini(&cmd); /* a leak checker sees the rest */
	plane_event_fini(&event);
	assert_null(cmd.sdp);
	assert_null(event.sdp);
	plane_cmd_fini(&cmd);
	plane_event_fini(&event);

	struct sid a = { "RM_abc" }, b = { "RM_abd" }, none = { "" };
	assert_true(sid_is(&a, &a) && !sid_is(&a, &b));
	assert_true(sid_none(&none) && !sid_none(&a));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(full_and_empty),
		cmocka_unit_test(put_wakes),
		cmocka_unit_test(two_threads_keep_order),
		cmocka_unit_test(an_empty_queue_gives_memory_back),
		cmocka_unit_test(messages_own_their_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
