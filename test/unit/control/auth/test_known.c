/* SPDX-License-Identifier: Apache-2.0 */
/* Tokens that were looked at a moment ago: for a second, never after their end, never after a change. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "control/auth/known.h"

static const uint64_t now = 1000 * US_PER_S;
static const uint8_t ann_hash[STORE_HASH] = { 1, 2, 3 };
static const uint8_t same_slot[STORE_HASH] = { 1, 2, 4 };
static const struct store_user ann = { .id = "ann", .name = "Ann" };

static void put(struct known *k, unsigned age, int64_t expires_at_s)
{
	const struct user_token token = { .user_id = "ann", .expires_at_s = expires_at_s };

	known_put(k, age, ann_hash, &token, &ann, now);
}

static void test_for_a_second(void **state)
{
	struct known *k = known_new();

	(void)state;
	assert_null(known_find(k, ann_hash, now));
	put(k, known_age(k), 2000);
	const struct known_user *u = known_find(k, ann_hash, now + KNOWN_FOR_US - 1);
	assert_non_null(u);
	assert_string_equal(u->user->name, "Ann");
	assert_null(known_find(k, ann_hash, now + KNOWN_FOR_US));
	assert_null(known_find(k, ann_hash, now - 1)); /* the clock was set back */
	assert_null(known_find(k, same_slot, now));
	(void)known_free(k);
}

static void test_not_after_its_end(void **state)
{
	struct known *k = known_new();

	(void)state;
	put(k, known_age(k), 1000); /* in the second in which it ends */
	assert_null(known_find(k, ann_hash, now));
	put(k, known_age(k), 1001);
	assert_non_null(known_find(k, ann_hash, now + US_PER_S - 1));
	(void)known_free(k);
}

static void test_not_after_a_change(void **state)
{
	struct known *k = known_new();
	unsigned age = known_age(k);

	(void)state;
	put(k, age, 2000);
	known_forget(k);
	assert_null(known_find(k, ann_hash, now));
	put(k, age, 2000); /* the answer to a question from before the change */
	assert_null(known_find(k, ann_hash, now));
	put(k, known_age(k), 2000);
	assert_non_null(known_find(k, ann_hash, now));
	(void)known_free(k);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_for_a_second),
		cmocka_unit_test(test_not_after_its_end),
		cmocka_unit_test(test_not_after_a_change),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
