/* SPDX-License-Identifier: Apache-2.0 */
/* When an authority is asked, in virtual time: years of renewals, and that nothing that goes wrong makes a storm. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/clock.h"
#include "control/acme/schedule.h"

static const uint64_t second = US_PER_S, hour = 3600ull * US_PER_S, day = 24 * 3600ull * US_PER_S;
static const uint64_t begin = 1800000000ull * US_PER_S;

/* Ten years of 90 days each: asked once for each life, 30 days before its end. */
static void test_renewals(void **state)
{
	struct schedule s = { 0 };
	uint64_t now = begin;
	int asked = 0;

	(void)state;
	schedule_lack(&s, now);
	assert_int_equal(s.due_us, now);
	for (; now < begin + 3650 * day; now = s.due_us) {
		asked++;
		schedule_have(&s, now, now + 90 * day);
		assert_int_equal(s.due_us, now + 60 * day);
		assert_false(schedule_is_failing(&s));
		assert_false(schedule_by_hand(&s, now + day)); /* there is nothing to do */
	}
	assert_int_equal(asked, 61);
	schedule_have(&s, begin, begin + 6 * day); /* short-lived ones, too */
	assert_int_equal(s.due_us, begin + 4 * day);
}

/* An authority that always says no: no two orders within an hour, some in a day. */
static void test_refusals(void **state)
{
	struct schedule s = { 0 };
	struct rng chance;
	uint64_t now = begin;
	int asked = 0;

	(void)state;
	rng_seeded(&chance, 7);
	schedule_lack(&s, now);
	while (now < begin + 7 * day) {
		uint64_t before = now;

		schedule_failed(&s, SCHEDULE_REFUSED, 0, now, &chance);
		schedule_lack(&s, now); /* a restart changes nothing */
		now = s.due_us;
		assert_true(now >= before + hour);
		assert_true(now <= before + 6 * hour * 5 / 4);
		asked++;
	}
	assert_in_range(asked, 20, 40);
}

static void test_unreached(void **state)
{
	struct schedule s = { 0 };
	struct rng chance;
	uint64_t now = begin, waits[12];

	(void)state;
	rng_seeded(&chance, 7);
	for (int i = 0; i < 12; i++) {
		schedule_failed(&s, SCHEDULE_UNREACHED, 0, now, &chance);
		waits[i] = s.due_us - now;
		now = s.due_us;
	}
	assert_in_range(waits[0], 5 * second, 7 * second);
	assert_in_range(waits[4], 80 * second, 100 * second);
	assert_in_range(waits[11], hour, 5 * hour / 4);
	schedule_failed(&s, SCHEDULE_UNREACHED, 600, now, &chance); /* 503 with Retry-After */
	assert_true(s.due_us >= now + 600 * second);
}

/* Chance differs, so that servers that failed together do not come back together. */
static void test_jitter(void **state)
{
	struct rng one, other;
	struct schedule a = { 0 }, b = { 0 };

	(void)state;
	rng_seeded(&one, 1);
	rng_seeded(&other, 2);
	schedule_failed(&a, SCHEDULE_REFUSED, 0, begin, &one);
	schedule_failed(&b, SCHEDULE_REFUSED, 0, begin, &other);
	assert_int_not_equal(a.due_us, b.due_us);
}

static void test_limited(void **state)
{
	struct schedule s = { 0 };
	struct rng chance;

	(void)state;
	rng_seeded(&chance, 7);
	schedule_failed(&s, SCHEDULE_LIMITED, 2 * 86400, begin, &chance);
	assert_in_range(s.due_us, begin + 2 * day, begin + 5 * day / 2);
	assert_false(schedule_by_hand(&s, begin + 2 * day - 1));
	assert_true(schedule_by_hand(&s, begin + 2 * day));
	schedule_failed(&s, SCHEDULE_LIMITED, 10, begin, &chance); /* never within the hour */
	assert_true(s.due_us >= begin + hour);
	schedule_failed(&s, SCHEDULE_LIMITED, UINT64_MAX, begin, &chance);
	assert_true(s.due_us <= begin + 9 * day);
}

/* Who puts something right does not wait; a supervisor that restarts us all the time is no storm. */
static void test_by_hand(void **state)
{
	struct schedule s = { 0 };
	struct rng chance;
	int asked = 0;

	(void)state;
	rng_seeded(&chance, 7);
	schedule_failed(&s, SCHEDULE_REFUSED, 0, begin, &chance);
	for (uint64_t now = begin + second; now < begin + 4 * hour; now += 2 * second) {
		if (schedule_by_hand(&s, now)) {
			asked++;
			schedule_failed(&s, SCHEDULE_REFUSED, 0, now, &chance);
		}
	}
	assert_in_range(asked, 12, 4 * SCHEDULE_BY_HAND + 4);
}

/* A clock so wrong that what comes is in its last third already: no order follows another at once. */
static void test_one_that_is_due_when_it_comes(void **state)
{
	struct schedule s = { 0 };

	(void)state;
	assert_true(schedule_took(&s, begin, begin + 90 * day, begin + day));
	assert_int_equal(s.due_us, begin + 60 * day);
	assert_false(schedule_took(&s, begin, begin + 90 * day, begin + 65 * day));
	assert_int_equal(s.due_us, begin + 65 * day + 90 * day / 4);
	assert_false(schedule_took(&s, begin, begin + 6 * day,
				   begin + 5 * day)); /* five in a week are allowed */
	assert_int_equal(s.due_us, begin + 5 * day + 36 * hour);
}

/* What a machine that began with a wrong year waits for is as far away when the year is right. */
static void test_a_clock_that_is_set_back(void **state)
{
	struct schedule s = { 0 };
	struct rng chance;

	(void)state;
	rng_seeded(&chance, 7);
	schedule_failed(&s, SCHEDULE_LIMITED, 7200, begin + 3650 * day, &chance);
	assert_true(schedule_by_hand(&s, begin + 3650 * day + 2 * hour));
	schedule_failed(&s, SCHEDULE_UNREACHED, 60, begin + 3650 * day + 2 * hour, &chance);
	uint64_t wait = s.due_us - s.failed_us;
	schedule_clock(&s, s.failed_us + second); /* it goes on */
	assert_int_equal(s.due_us, begin + 3650 * day + 2 * hour + wait);
	schedule_clock(&s, begin);
	assert_int_equal(s.due_us, begin + wait);
	assert_int_equal(s.not_before, begin + 60 * second);
	assert_false(schedule_by_hand(&s, begin + 59 * second));
	assert_true(schedule_by_hand(&s, begin + 60 * second));

	schedule_have(&s, begin, begin + 90 * day); /* an end is an end */
	schedule_clock(&s, begin - 10 * day);
	assert_int_equal(s.due_us, begin + 60 * day);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_renewals),
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_unreached),
		cmocka_unit_test(test_jitter),
		cmocka_unit_test(test_limited),
		cmocka_unit_test(test_by_hand),
		cmocka_unit_test(test_one_that_is_due_when_it_comes),
		cmocka_unit_test(test_a_clock_that_is_set_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
