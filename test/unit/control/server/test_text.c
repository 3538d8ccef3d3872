/* SPDX-License-Identifier: Apache-2.0 */
#include "control/server/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void test_cookies(void **state)
{
	const char *cursor = " a=1; __Host-confab=x.y ;;broken; b=; c=3 ";
	static const char *const wanted[] = { "a=1", "__Host-confab=x.y", "b=", "c=3" };
	const char *pair;
	size_t n, i = 0;

	(void)state;
	while ((pair = text_next_cookie(&cursor, &n)) != NULL) {
		assert_true(i < 4);
		assert_int_equal(n, strlen(wanted[i]));
		assert_memory_equal(pair, wanted[i], n);
		i++;
	}
	assert_int_equal(i, 4);

	cursor = "";
	assert_null(text_next_cookie(&cursor, &n));
	cursor = "  ; ;";
	assert_null(text_next_cookie(&cursor, &n));
}

static void test_hosts(void **state)
{
	static const char *const good[] = { "localhost",  "localhost:8080", "127.0.0.1:1",
					    "[::1]",	  "[::1]:8080",	    "a-b.example.org:65535",
					    "under_score" };
	static const char *const bad[] = { "",	   ":80",  "a b",    "a:",	"a:123456",
					   "a:8x", "[::1", "[]",     "a/b",	"a@b",
					   "a\"b", "a;b",  "[::1]x", "a:80:90", "x\r\ny" };

	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
		assert_true(text_host_is_plausible(good[i]));
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_false(text_host_is_plausible(bad[i]));
}

static void test_origins(void **state)
{
	static const struct {
		const char *origin, *host;
		bool tls, same;
	} table[] = {
		{ "http://localhost:8080", "localhost:8080", false, true },
		{ "http://LOCALHOST:8080", "localhost:8080", false, true },
		{ "http://example.org", "example.org:80", false, true },
		{ "https://example.org", "example.org", true, true },
		{ "https://example.org:443", "example.org", true, true },
		{ "http://[::1]:8080", "[::1]:8080", false, true },
		{ "https://localhost:8080", "localhost:8080", false,
		  false }, /* another scheme is another origin */
		{ "http://localhost:8080", "localhost:8080", true, false },
		{ "http://localhost:8081", "localhost:8080", false, false },
		{ "http://localhost", "localhost:8080", false, false },
		{ "http://localhost:8080.evil.example", "localhost:8080", false, false },
		{ "http://evil.example", "localhost:8080", false, false },
		{ "http://xlocalhost:8080", "localhost:8080", false, false },
		{ "http://localhost:8080/", "localhost:8080", false, false },
		{ "http://user@localhost:8080", "localhost:8080", false, false },
		{ "null", "localhost:8080", false, false },
		{ "", "localhost:8080", false, false },
		{ "file://", "localhost:8080", false, false },
		{ "http://127.0.0.1:8080", "localhost:8080", false, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
		assert_int_equal(text_origin_is_host(table[i].origin, table[i].host, table[i].tls),
				 table[i].same);
}

static void test_json_type(void **state)
{
	(void)state;
	assert_true(text_is_json_type("application/json"));
	assert_true(text_is_json_type("Application/JSON; charset=utf-8"));
	assert_true(text_is_json_type("application/json ;x"));
	assert_false(text_is_json_type("application/jsonx"));
	assert_false(text_is_json_type("application/json-seq"));
	assert_false(text_is_json_type("text/plain; application/json"));
	assert_false(text_is_json_type(""));
}

static void test_etags(void **state)
{
	(void)state;
	assert_true(text_etag_matches("\"abc\"", "\"abc\""));
	assert_true(text_etag_matches("W/\"abc\"", "\"abc\""));
	assert_true(text_etag_matches("\"x\", \"abc\" , \"y\"", "\"abc\""));
	assert_true(text_etag_matches("*", "\"abc\""));
	assert_false(text_etag_matches("\"abcd\"", "\"abc\""));
	assert_false(text_etag_matches("abc", "\"abc\""));
	assert_false(text_etag_matches("", "\"abc\""));
}

static void test_gzip(void **state)
{
	(void)state;
	assert_true(text_accepts_gzip("gzip"));
	assert_true(text_accepts_gzip("br, GZIP;q=0.5"));
	assert_true(text_accepts_gzip("deflate, gzip;q=1.0, *;q=0"));
	assert_false(text_accepts_gzip("gzip;q=0"));
	assert_false(text_accepts_gzip("gzip;q=0.000, br"));
	assert_false(text_accepts_gzip("br, identity"));
	assert_false(text_accepts_gzip("xgzip"));
	assert_false(text_accepts_gzip(""));
}

static bool deep(size_t levels, unsigned max)
{
	char *text = malloc(levels + 1);

	memset(text, '[', levels);
	bool ok = text_json_depth_ok(text, levels, max);
	free(text);
	return ok;
}

static void test_depth(void **state)
{
	static const char brackets_in_string[] = "{\"a\":\"[[[[\\\"[[[[\"}";

	(void)state;
	assert_true(deep(16, 16));
	assert_false(deep(17, 16));
	assert_false(deep(100000, 16));
	assert_true(text_json_depth_ok(brackets_in_string, sizeof brackets_in_string - 1, 1));
	assert_true(text_json_depth_ok("[][][][]", 8, 1));
	assert_true(text_json_depth_ok("]]]][", 5, 1));
	assert_true(text_json_depth_ok("\"\\", 2, 1));
	assert_true(text_json_depth_ok("", 0, 1));
}

static void test_content_length(void **state)
{
	(void)state;
	assert_int_equal(text_content_length("0"), 0);
	assert_int_equal(text_content_length("65536"), 65536);
	assert_int_equal(text_content_length("007"), 7);
	assert_int_equal(text_content_length(""), -1);
	assert_int_equal(text_content_length("-5"), -1);
	assert_int_equal(text_content_length("+5"), -1);
	assert_int_equal(text_content_length("5,5"), -1);
	assert_int_equal(text_content_length("5 "), -1);
	assert_int_equal(text_content_length("0x10"), -1);
	assert_int_equal(text_content_length("99999999999999999999"), -1);
}

static void test_forwarded(void **state)
{
	static const char *const good[][2] = {
		{ "203.0.113.9", "203.0.113.9" },
		{ "2001:db8::1", "2001:db8::1" },
		{ " 10.0.0.1 ,\t203.0.113.9 ", "203.0.113.9" },
		{ "unknown, [2001:db8::1]:4711", "2001:db8::1" },
		{ "[2001:db8::1]", "2001:db8::1" },
		{ "203.0.113.9:4711", "203.0.113.9" },
		{ "::ffff:203.0.113.9", "::ffff:203.0.113.9" },
	};
	static const char *const bad[] = {
		"",
		" ",
		",",
		"203.0.113.9,",
		"unknown",
		"_hidden",
		"[",
		"[]",
		"1.2.3",
		"1.2.3.4.5",
		"::1::",
		"203.0.113.9 and more, x",
		"1111111111111111111111111111111111111111111111111111111111111111"
	};
	char address[INET6_ADDRSTRLEN] = "kept";

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		assert_false(text_forwarded_for(bad[i], address));
		assert_string_equal(address, "kept");
	}
	for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
		assert_true(text_forwarded_for(good[i][0], address));
		assert_string_equal(address, good[i][1]);
	}
}

static void test_mended(void **state)
{
	static const char *const pairs[][2] = {
		{ "", "" },
		{ "plain", "plain" },
		{ "'\xe4\xb8\xad\xe6\x96'", "'\xe4\xb8\xad?'" }, /* cut */
		{ "\xff\xfe", "?" },
		{ "a\xc3(b\xe2\x82\xac", "a?(b\xe2\x82\xac" },
		{ "\xed\xa0\x80x\xf4\x90\x80\x80", "?x?" }, /* a surrogate; beyond the last */
		{ "end\xf0\x9f\x98", "end?" },
	};
	char text[32];

	(void)state;
	for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
		strcpy(text, pairs[i][0]);
		text_mend_utf8(text);
		assert_string_equal(text, pairs[i][1]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cookies), cmocka_unit_test(test_hosts),
		cmocka_unit_test(test_origins), cmocka_unit_test(test_json_type),
		cmocka_unit_test(test_etags),	cmocka_unit_test(test_gzip),
		cmocka_unit_test(test_depth),	cmocka_unit_test(test_content_length),
		cmocka_unit_test(test_mended),	cmocka_unit_test(test_forwarded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
