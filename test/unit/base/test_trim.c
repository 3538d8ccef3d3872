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
#include <sys/mman.h>

#include <cmocka.h>

#include "base/trim.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
enum { TRIMS = false };
#else
enum { TRIMS = true };
#endif

/*
 * KB of a file's code, or of its constants, too, as the kernel counts them; what the loader wrote to is not of the file any
 * more. To read this runs none of the mathematical library's code; who looks for a name reads its table of names.
 */
static size_t file_kb(const char *name, bool only_code)
{
	FILE *maps = fopen("/proc/self/smaps", "re");
	char line[512], flags[5];
	bool counts = false;
	size_t kb = 0, all = 0;

	assert_non_null(maps);
	while (fgets(line, sizeof line, maps)) {
		if (sscanf(line, "%*x-%*x %4s", flags) == 1)
			counts = flags[1] == '-' && (flags[2] == 'x' || !only_code) &&
				 strstr(line, name);
		else if (counts && sscanf(line, "Rss: %zu kB", &kb) == 1)
			all += kb;
		else if (counts && sscanf(line, "Anonymous: %zu kB", &kb) == 1)
			all -= kb;
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
	assert_true(pow(two, 0.5) > 1.414 && file_kb("/libm.so", true) > 0);
	trim_files();
	assert_int_equal(file_kb("/libm.so", true), 0);
	assert_true(pow(two, 0.5) > 1.414 && file_kb("/libm.so", true) > 0);
}

/* As large as what the web app is made of. */
static const uint8_t constants[1024 * 1024] = { 1 };

static unsigned sum(void)
{
	const volatile uint8_t *bytes = constants;
	unsigned ret = 0;

	for (size_t i = 0; i < sizeof constants; i += 4096)
		ret += bytes[i];
	return ret;
}

static void test_the_programs_own_constants_go(void **state)
{
	(void)state;
	if (!TRIMS)
		skip();
	assert_int_equal(sum(), 1);
	assert_true(file_kb("test_base_trim", false) >= sizeof constants / 1024);
	trim_files();
	assert_true(file_kb("test_base_trim", false) < sizeof constants / 2048); /* its code runs */
	assert_int_equal(sum(), 1);
}

/* Pages of a mapping that are there. */
static size_t resident(void *at, size_t size)
{
	unsigned char pages[64];
	size_t n = 0;

	assert_true(size / 4096 <= sizeof pages && mincore(at, size, pages) == 0);
	for (size_t i = 0; i < size / 4096; i++)
		n += pages[i] & 1;
	return n;
}

static void test_zeros_take_no_memory_and_the_rest_stays(void **state)
{
	enum { PAGES = 8, SIZE = PAGES * 4096 };
	uint8_t *at = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	(void)state;
	if (!TRIMS)
		skip();
	assert_true(at != MAP_FAILED);
	memset(at, 0, SIZE);
	at[0] = 1;	      /* the first byte of a page, … */
	at[3 * 4096 - 1] = 2; /* … the last of another */
	assert_int_equal(resident(at, SIZE), PAGES);
	trim_zeros(at + 100,
		   SIZE - 100 - 4096); /* half a page at the beginning, and not the last */
	assert_int_equal(resident(at, SIZE), 3);
	assert_true(at[0] == 1 && at[3 * 4096 - 1] == 2 && at[5 * 4096] == 0);
	(void)munmap(at, SIZE);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_code_goes_and_comes_back),
					    cmocka_unit_test(test_the_programs_own_constants_go),
					    cmocka_unit_test(
						    test_zeros_take_no_memory_and_the_rest_stays) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
