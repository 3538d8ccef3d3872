/* SPDX-License-Identifier: Apache-2.0 */
/* When a push is tried again, and who was told that it rings. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>

#include "base/clock.h"
#include "control/push/reached.h"
#include "control/push/retry.h"

static void test_worth(void **state)
{
	static const struct {
		long status;
		bool worth;
	} cases[] = { { 0, true },   { 400, false }, { 401, false }, { 404, false },
		      { 408, true }, { 410, false }, { 413, false }, { 429, true },
		      { 500, true }, { 503, true },  { 302, false } };

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		assert_int_equal(retry_is_worth(cases[i].status), cases[i].worth);
}

static void test_pause(void **state)
{
	(void)state;
	assert_int_equal(retry_pause_us(1, 0, 0), US_PER_S);
	assert_int_equal(retry_pause_us(1, 0, UINT32_MAX), US_PER_S * 3 / 2);
	assert_int_equal(retry_pause_us(2, 0, 0), 2 * US_PER_S);
	assert_int_equal(retry_pause_us(5, 0, 0), 16 * US_PER_S);
	assert_int_equal(retry_pause_us(RETRY_ATTEMPTS, 0, 0), 0);
	assert_int_equal(retry_pause_us(RETRY_ATTEMPTS, 5, 0), 0);
	/* never before the service wants it; not sooner because it wants little */
	assert_true(retry_pause_us(1, 120, 0) == UINT64_C(120) * US_PER_S);
	assert_int_equal(retry_pause_us(4, 1, 0), 8 * US_PER_S);
	assert_int_equal(retry_pause_us(1, -5, 0), US_PER_S);
}

static void test_reached(void **state)
{
	static struct reached r;
	uint64_t now = 1000 * UINT64_C(1000000);

	(void)state;
	assert_false(reached_take(&r, "t", "https://a", now));
	reached_add(&r, "t", "https://a", now);
	reached_add(&r, "t", "https://b", now);
	assert_false(reached_take(&r, "t2", "https://a", now));
	assert_false(reached_take(&r, "thttps", "://a", now));
	assert_true(reached_take(&r, "t", "https://a", now + 1));
	assert_false(reached_take(&r, "t", "https://a", now + 1)); /* told already */
	assert_true(reached_take(&r, "t", "https://b", now + 1));

	reached_add(&r, "t", "https://a", now);
	assert_false(
		reached_take(&r, "t", "https://a", now + (REACHED_LIFE_S + 1) * UINT64_C(1000000)));

	/* twice told of the ring, once of its end */
	reached_add(&r, "t", "https://a", now);
	reached_add(&r, "t", "https://a", now);
	assert_true(reached_take(&r, "t", "https://a", now));
	assert_false(reached_take(&r, "t", "https://a", now));
}

static void test_reached_is_bounded(void **state)
{
	static struct reached r;
	char endpoint[64];

	(void)state;
	for (int i = 0; i <= REACHED_MAX; i++) {
		(void)snprintf(endpoint, sizeof endpoint, "https://push.example/%d", i);
		reached_add(&r, "t", endpoint, 1000000);
	}
	assert_false(reached_take(&r, "t", "https://push.example/0", 1000000)); /* made way */
	assert_true(reached_take(&r, "t", "https://push.example/1", 1000000));
	assert_true(reached_take(&r, "t", endpoint, 1000000));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_worth),
		cmocka_unit_test(test_pause),
		cmocka_unit_test(test_reached),
		cmocka_unit_test(test_reached_is_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
