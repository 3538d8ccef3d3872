/* SPDX-License-Identifier: Apache-2.0 */
/* How much is remembered of deliveries that are over. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "control/hooks/delivery.h"

static struct delivery *make(unsigned n, size_t body)
{
	char id[DELIVERY_ID_SIZE];
	char *text = calloc(1, body + 1);

	(void)snprintf(id, sizeof id, "EV_%u", n);
	memset(text, 'x', body);
	struct delivery *d = delivery_new(id, "message.new", text);
	free(text);
	assert_non_null(d);
	return d;
}

static void test_the_oldest_go(void **state)
{
	struct deliveries all;

	(void)state;
	deliveries_init(&all);
	for (unsigned i = 0; i < DELIVERIES_KEPT + 7; i++)
		deliveries_keep(&all, make(i, 10));
	assert_int_equal(all.count, DELIVERIES_KEPT);
	assert_int_equal(all.bytes, DELIVERIES_KEPT * 10);
	assert_null(delivery_find(&all.list, "EV_6"));
	assert_non_null(delivery_find(&all.list, "EV_7"));
	/* latest first */
	assert_string_equal(list_entry(all.list.next, struct delivery, in_list)->id, "EV_206");
	deliveries_fini(&all);
	assert_true(list_empty(&all.list));
}

static void test_bodies_are_bounded(void **state)
{
	struct deliveries all;
	const size_t third = DELIVERIES_BYTES / 3;

	(void)state;
	deliveries_init(&all);
	for (unsigned i = 0; i < 5; i++)
		deliveries_keep(&all, make(i, third));
	assert_int_equal(all.count, 5);
	assert_int_equal(all.bytes, 3 * third);
	assert_null(delivery_find(&all.list, "EV_1")->body);
	assert_non_null(delivery_find(&all.list, "EV_2")->body);

	/* one that is larger than all the room is known, and the others keep theirs */
	deliveries_keep(&all, make(5, DELIVERIES_BYTES + 1));
	assert_int_equal(all.count, 6);
	assert_int_equal(all.bytes, 3 * third);
	assert_null(delivery_find(&all.list, "EV_5")->body);
	deliveries_fini(&all);
}

static void test_take_and_note(void **state)
{
	struct deliveries all;

	(void)state;
	deliveries_init(&all);
	struct delivery *d = make(1, 3);
	delivery_note(d, 0, "Connection refused", 1500);
	assert_string_equal(d->cause, "Connection refused");
	delivery_note(d, 503, "No error", 2500);
	assert_string_equal(d->cause, "");
	assert_int_equal(d->took_us, 2500);
	deliveries_keep(&all, d);
	deliveries_take(&all, d);
	assert_int_equal(all.count + all.bytes, 0);
	assert_null(delivery_find(&all.list, "EV_1"));
	assert_string_equal(d->body, "xxx");
	assert_null(delivery_free(d));
	assert_null(delivery_free(NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_oldest_go),
		cmocka_unit_test(test_bodies_are_bounded),
		cmocka_unit_test(test_take_and_note),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
