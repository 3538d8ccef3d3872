/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "control/http/unpacked.h"

/* The table must be sorted, because it is searched by halves, and complete enough to show a page.
 */
static void test_table(void **state)
{
	(void)state;
	assert_true(asset_count >= 1);
	for (size_t i = 0; i < asset_count; i++) {
		const struct asset *a = &assets[i];
		if (i > 0)
			assert_true(strcmp(assets[i - 1].path, a->path) < 0);
		assert_int_equal(a->path[0], '/');
		assert_int_equal(a->etag[0], '"');
		assert_int_equal(a->etag[strlen(a->etag) - 1], '"');
		assert_non_null(a->bytes);
		assert_true(a->gzip_length < a->length || a->length == 0);
		if (a->gzip_length) {
			assert_int_equal(a->bytes[0], 0x1f);
			assert_int_equal(a->bytes[1], 0x8b);
		}
		assert_ptr_equal(asset_find(a->path), a);
	}
}

static void test_index(void **state)
{
	const struct asset *page = asset_find("/index.html");

	(void)state;
	assert_non_null(page);
	assert_string_equal(page->content_type, "text/html; charset=utf-8");
	assert_false(page->immutable);
	assert_null(asset_find("/"));
	assert_null(asset_find(""));
	assert_null(asset_find("/../etc/passwd"));
}

/* Who takes no gzip gets the same, and the second time from memory. */
static void test_plain(void **state)
{
	struct unpacked *plain = unpacked_new();

	(void)state;
	assert_non_null(plain);
	for (size_t i = 0; i < asset_count; i++) {
		const uint8_t *bytes = unpacked_get(plain, &assets[i]);
		assert_non_null(bytes);
		assert_ptr_equal(unpacked_get(plain, &assets[i]), bytes);
		assert_int_equal(bytes == assets[i].bytes, assets[i].gzip_length == 0);
	}
	assert_memory_equal(unpacked_get(plain, asset_find("/index.html")), "<!doctype html>", 15);
	assert_null(unpacked_free(plain));
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_table),
					    cmocka_unit_test(test_index),
					    cmocka_unit_test(test_plain) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
