/* SPDX-License-Identifier: Apache-2.0 */
/* The growing string at its edges: what just fits, what does not, and what is over the limit. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/sb.h"

static void test_every_length(void **state)
{
	char text[600];

	(void)state;
	memset(text, 'x', sizeof text);
	for (int first = 0; first < 260; first += 13) {
		for (int n = 0; n < 590; n++) {
			struct sb b = { 0 };

			sb_printf(&b, "%.*s", first, text);
			sb_printf(&b, "<%.*s>", n, text);
			sb_printf(&b, "%d", 42);
			assert_false(b.bad);
			assert_int_equal(b.len, first + n + 4);
			assert_int_equal(strlen(b.text), b.len);
			assert_int_equal(b.text[first], '<');
			assert_string_equal(b.text + first + n + 1, ">42");
			sb_fini(&b);
		}
	}
}

static void test_over_the_limit(void **state)
{
	struct sb b = { .limit = 10 };

	(void)state;
	sb_puts(&b, "12345");
	sb_printf(&b, "%s", "123456");
	assert_true(b.bad);
	assert_string_equal(b.text, "12345");
	sb_puts(&b, "x");
	assert_string_equal(b.text, "12345");
	assert_null(sb_steal(&b));
	assert_null(b.text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_length),
		cmocka_unit_test(test_over_the_limit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
