/* SPDX-License-Identifier: Apache-2.0 */
/* Sanitising of user ids (M6). */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/user_id.h"

static const struct {
	const char *raw, *id;
} table[] = {
	{ "ann", "ann" },
	{ "  ann\t\n", "ann" },
	{ "Ann", "ann" },
	{ "ANN.LEE", "annlee" },
	{ "Ann Lee", "annlee" },
	{ "ann@example.com", "ann@examplecom" },
	{ "auth0|507f1f77", "auth0507f1f77" },
	{ "a-b_c@d", "a-b_c@d" },
	{ "Princess_Leia", "princess_leia" },
	{ "ann:1", "ann1" },
	{ "J\xc3\xbcrgen", "jrgen" },
	{ "\xef\xbc\xa1nn", "nn" }, /* a full-width A is no A */
	{ "\xe2\x84\xaa"
	  "elvin",
	  "elvin" }, /* nor is the Kelvin sign a k */
	{ "\xff\xfe"
	  "ann",
	  "ann" },
	{ "../../etc/passwd", "etcpasswd" },
	{ "<script>", "script" },
	{ "'; DROP TABLE users;--", "droptableusers--" },
	{ "0", "0" },
	{ "-", "-" },
	{ "a\r\nb", "ab" },
};

static void test_table(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		char id[USER_ID_SIZE], again[USER_ID_SIZE];

		assert_int_equal(user_id_sanitise(table[i].raw, id), 0);
		assert_string_equal(id, table[i].id);
		assert_true(user_id_is_valid(id));
		/* Once is enough. */
		assert_int_equal(user_id_sanitise(id, again), 0);
		assert_string_equal(again, id);
		assert_int_equal(user_id_is_valid(table[i].raw), strcmp(table[i].raw, id) == 0);
	}
}

static void test_nothing_left_and_too_much(void **state)
{
	static const char *const empty[] = { "",    " ",	"\t\n",
					     "...", "\xc3\xa9", "!\"#$%&'()*+,/:;<=>?[\\]^`{|}~" };
	char id[USER_ID_SIZE] = "untouched", raw[200];

	(void)state;
	for (size_t i = 0; i < sizeof empty / sizeof *empty; i++)
		assert_int_equal(user_id_sanitise(empty[i], id), -EINVAL);
	/* 64 that are kept fit, 65 do not, however many are deleted. */
	for (int n = 63; n <= 65; n++) {
		int at = 0;

		for (int i = 0; i < n; i++)
			at += sprintf(raw + at, "a%s", i % 2 ? "." : "");
		strcpy(id, "untouched");
		assert_int_equal(user_id_sanitise(raw, id), n > 64 ? -ENAMETOOLONG : 0);
		assert_int_equal(strlen(id), n > 64 ? strlen("untouched") : (size_t)n);
	}
	assert_false(user_id_is_valid(""));
	memset(raw, 'a', 65);
	raw[65] = '\0';
	assert_false(user_id_is_valid(raw));
	raw[64] = '\0';
	assert_true(user_id_is_valid(raw));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_nothing_left_and_too_much),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
