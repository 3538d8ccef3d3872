/* SPDX-License-Identifier: Apache-2.0 */
#include "base/nearest.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "base/cleanup.h"

static void distances(void **state)
{
	static const struct {
		const char *a, *b;
		unsigned distance;
	} table[] = {
		{ "", "", 0 },
		{ "", "ab", 2 },
		{ "listen", "listen", 0 },
		{ "lisen", "listen", 1 },
		{ "lsiten", "listen", 1 },
		{ "data", "date", 1 },
		{ "demo", "xdemo", 1 },
		{ "abc", "xyz", 3 },
		{ "abcdef", "uvwxyz", 4 /* over 3 */ },
	};

	(void)state;
	for (size_t i = 0; i < countof(table); i++) {
		assert_int_equal(nearest_distance(table[i].a, table[i].b, 3), table[i].distance);
		assert_int_equal(nearest_distance(table[i].b, table[i].a, 3), table[i].distance);
	}
}

static void words(void **state)
{
	static const struct {
		const char *name;
		int other;
	} table[] = { { "data", 1 }, { "listen", 2 }, { NULL, 3 }, { "rtc-ip", 4 } };
	char endless[200];

	(void)state;
	memset(endless, 'a', sizeof endless - 1);
	endless[sizeof endless - 1] = '\0';
#define NEAREST(word) nearest_word(word, &table[0].name, countof(table), sizeof *table)
	assert_string_equal(NEAREST("lisetn"), "listen");
	assert_string_equal(NEAREST("rtcip"), "rtc-ip");
	assert_string_equal(NEAREST("dta"), "data");
	assert_null(NEAREST("da"));
	assert_null(NEAREST("frobnicate"));
	assert_null(NEAREST(endless));
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(distances), cmocka_unit_test(words) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
