/* SPDX-License-Identifier: Apache-2.0 */
/* Code that was run leaves memory, and comes back when it is run again. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/trim.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
enum { TRIMS = false };
#else
enum { TRIMS = true };
#endif

/* Of the mathematical library's code, as the kernel counts it: reading the file runs none of that. */
static size_t code_kb(void)
{
	FILE *maps = fopen("/proc/self/smaps", "re");
	char line[512], flags[5];
	bool code = false;
	size_t kb = 0, all = 0;

	assert_non_null(maps);
	while (fgets(line, sizeof line, maps)) {
		if (sscanf(line, "%*x-%*x %4s", flags) == 1)
			code = strcmp(flags, "r-xp") == 0 && strstr(line, "/libm.so");
		else if (code && sscanf(line, "Rss: %zu kB", &kb) == 1)
			all += kb;
	}
	(void)fclose(maps);
	return all;
}

static void test_code_goes_and_comes_back(void **state)
{
	volatile double two = 2;

	(void)state;
	if (!TRIMS)
		skip(); /* a sanitizer's build keeps everything */
	assert_true(pow(two, 0.5) > 1.414 && code_kb() > 0);
	trim_code();
	assert_int_equal(code_kb(), 0);
	assert_true(pow(two, 0.5) > 1.414 && code_kb() > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_code_goes_and_comes_back) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
