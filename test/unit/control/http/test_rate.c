/* SPDX-License-Identifier: Apache-2.0 */
/* Who floods is slowed down, nobody else is, and memory is bounded (R30). */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "control/http/rate.h"

static const uint64_t second = 1000000;

static bool may(struct rate *r, const char *name, uint64_t now)
{
	return rate_take(r, name, 1, now) == 0;
}

static void test_bucket(void **state)
{
	static struct rate r = { .per_minute = 60, .burst = 3 };
	uint64_t now = second;

	(void)state;
	for (int i = 0; i < 3; i++)
		assert_true(may(&r, "ann", now));
	assert_false(may(&r, "ann", now));
	assert_true(may(&r, "bob", now));
	assert_false(may(&r, "ann", now + 900000));
	assert_true(may(&r, "ann", now + 1100000));
	assert_false(may(&r, "ann", now + 1100000));
	for (int i = 0; i < 3; i++) /* never more than the burst */
		assert_true(may(&r, "ann", now + 3600 * second));
	assert_false(may(&r, "ann", now + 3600 * second));
}

static void test_costs(void **state)
{
	static struct rate r = { .per_minute = 60, .burst = 10 };
	uint64_t now = second;

	(void)state;
	assert_int_equal(rate_take(&r, "ann", 4, now), 0);
	assert_int_equal(rate_take(&r, "ann", 4, now), 0);
	unsigned wait = rate_take(&r, "ann", 4, now);
	assert_in_range(wait, 2, 3);
	assert_int_equal(rate_take(&r, "ann", 2, now), 0);   /* what is refused costs nothing */
	assert_int_equal(rate_take(&r, "bob", 100, now), 0); /* more than there can be: all */
	/* the wait that was told is enough */
	wait = rate_take(&r, "bob", 100, now);
	assert_int_equal(rate_take(&r, "bob", 100, now + wait * second), 0);
}

/* However many others there are, each has its own bucket, and one's flood uses up nobody else's. */
static void test_many_names(void **state)
{
	static struct rate r = { .per_minute = 60, .burst = 5 };
	uint64_t now = second;
	char name[LIMIT_USER_ID + 1];

	(void)state;
	while (may(&r, "flood", now)) {}
	for (int i = 0; i < 20 * RATE_SETS * RATE_WAYS; i++) {
		(void)snprintf(name, sizeof name, "user%d", i);
		assert_true(may(&r, name, now));
		/* who has spent most is remembered: no crowd makes one's flood forgotten */
		assert_false(may(&r, "flood", now));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_bucket),
					    cmocka_unit_test(test_costs),
					    cmocka_unit_test(test_many_names) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
