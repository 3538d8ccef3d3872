/* SPDX-License-Identifier: Apache-2.0 */
/* The key map, the timer heap and the egress, against simple models. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <arpa/inet.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "media/sfu/egress.h"
#include "media/sfu/keymap.h"
#include "media/sfu/timers.h"

static void keymap_like_an_array(void **state)
{
	(void)state;
	enum { KEYS = 300 };
	void *model[KEYS] = { NULL };
	struct rng rng;
	struct keymap m;
	size_t count = 0;

	rng_seeded(&rng, 5);
	keymap_init(&m, &rng);
	for (int step = 0; step < 200000; step++) {
		uint32_t i = rng_u32(&rng) % KEYS;
		char text[24];
		struct key key;

		(void)snprintf(text, sizeof text, "TR_%u", i);
		assert_true(key_of_text(&key, text, strlen(text)));
		assert_ptr_equal(keymap_get(&m, &key), model[i]);
		if (rng_u32(&rng) % 2) {
			void *value = &model[rng_u32(&rng) % KEYS];

			assert_int_equal(keymap_put(&m, &key, value), 0);
			count += !model[i];
			model[i] = value;
		} else {
			keymap_remove(&m, &key);
			count -= model[i] != NULL;
			model[i] = NULL;
		}
		assert_int_equal(m.count, count);
	}
	assert_true(m.capacity <= 1024);
	keymap_fini(&m);
}

static void keys(void **state)
{
	(void)state;
	struct key a, b;
	struct path in = { .address.ss_family = AF_INET }, in6 = { .address.ss_family = AF_INET6 };

	assert_false(key_of_text(&a, "", 0));
	assert_false(key_of_text(&a, "1234567890123456789012345", 25));
	assert_true(key_of_path(&a, &in));
	assert_true(key_of_path(&b, &in6));
	assert_memory_not_equal(&a, &b, sizeof a);
	((struct sockaddr_in *)&in.address)->sin_port = htons(1);
	assert_true(key_of_path(&b, &in));
	assert_memory_not_equal(&a, &b, sizeof a);
	in.connection = 7; /* over TCP: the same address is another path */
	assert_true(key_of_path(&a, &in));
	assert_memory_not_equal(&a, &b, sizeof a);
	in.connection = 0;
	in.address.ss_family = AF_UNIX;
	assert_false(key_of_path(&a, &in));
}

static void timers_in_order(void **state)
{
	(void)state;
	enum { N = 100 };
	struct timer all[N] = { { 0 } };
	struct timers h = { 0 };
	struct rng rng;

	rng_seeded(&rng, 6);
	assert_int_equal(timers_reserve(&h, N), 0);
	for (int i = 0; i < N; i++)
		all[i].due = TIMER_NEVER;
	for (int step = 0; step < 100000; step++) {
		struct timer *t = &all[rng_u32(&rng) % N];
		uint32_t what = rng_u32(&rng) % 8;

		timers_arm(&h, t, what == 0 ? TIMER_NEVER : rng_u32(&rng) % 1000);
		uint64_t least = TIMER_NEVER;
		size_t armed = 0;
		for (int i = 0; i < N; i++) {
			least = all[i].due < least ? all[i].due : least;
			armed += all[i].due != TIMER_NEVER;
		}
		assert_int_equal(h.count, armed);
		struct timer *first = timers_first(&h);
		assert_int_equal(first ? first->due : TIMER_NEVER, least);
	}
	/* ties in the order of arming */
	for (int i = 0; i < N; i++)
		timers_arm(&h, &all[i], TIMER_NEVER);
	for (int i = N - 1; i >= 0; i--)
		timers_arm(&h, &all[i], 7);
	for (int i = N - 1; i >= 0; i--) {
		assert_ptr_equal(timers_first(&h), &all[i]);
		timers_arm(&h, &all[i], TIMER_NEVER);
	}
	timers_fini(&h);
}

static void egress_in_order_and_bounded(void **state)
{
	(void)state;
	struct egress e = { 0 };
	struct path to = { .address.ss_family = AF_INET };
	const struct path *got;
	const uint8_t *bytes;
	size_t n, sent = 0;

	for (int round = 0; round < 3; round++) {
		for (int i = 0; i < 1000; i++) {
			uint8_t *out = egress_reserve(&e, 1200);

			assert_non_null(out);
			memset(out, i & 0xff, 100);
			((struct sockaddr_in *)&to.address)->sin_port = (in_port_t)i;
			egress_commit(&e, &to, (size_t)(i % 100) + 1);
		}
		for (int i = 0; i < 1000; i++) {
			assert_true(egress_next(&e, &got, &bytes, &n));
			assert_int_equal(n, i % 100 + 1);
			assert_int_equal(bytes[0], i & 0xff);
			assert_int_equal(((const struct sockaddr_in *)&got->address)->sin_port, i);
		}
		assert_false(egress_next(&e, &got, &bytes, &n));
		egress_release(&e); /* and the next round begins with nothing */
		assert_true(!e.arena && !e.datagrams && !e.capacity && !e.slots);
	}
	while (egress_reserve(&e, 1200) && sent++ < 100000)
		egress_commit(&e, &to, 1200);
	assert_int_equal(e.dropped_datagrams, 1);
	assert_true(sent <= EGRESS_DATAGRAMS && sent * 1200 <= EGRESS_BYTES);
	/* events own their text */
	for (int i = 0; i < 10; i++) {
		struct plane_event event = { .type = EV_OFFER,
					     .id = (uint32_t)i,
					     .sdp = strdup("v=0") };

		egress_event(&e, &event);
		assert_null(event.sdp);
	}
	struct plane_event event;
	assert_true(egress_next_event(&e, &event));
	assert_int_equal(event.id, 0);
	plane_event_fini(&event);
	egress_release(&e); /* something waits */
	assert_true(e.arena && e.events);
	assert_int_equal(e.dropped_datagrams, 1);
	egress_fini(&e); /* frees the other nine */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keymap_like_an_array),
		cmocka_unit_test(keys),
		cmocka_unit_test(timers_in_order),
		cmocka_unit_test(egress_in_order_and_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
