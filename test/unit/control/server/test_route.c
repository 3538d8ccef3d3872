/* SPDX-License-Identifier: Apache-2.0 */
#include "control/server/route.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void nothing(struct http_req *req, struct control *control)
{
	(void)req;
	(void)control;
}

static const struct http_route table[] = {
	{ HTTP_GET, "/", nothing, ACCESS_PUBLIC, ROUTE_CORS },
	{ HTTP_GET, "/a/{id}/b", nothing, ACCESS_PUBLIC, 0 },
	{ HTTP_POST, "/a/{id}/b", nothing, ACCESS_USER, 0 },
	{ HTTP_GET, "/call/{type}/{id}", nothing, ACCESS_PUBLIC, 0 },
	{ HTTP_POST, "/call/{type}/{id}/join", nothing, ACCESS_PUBLIC, 0 },
	{ HTTP_POST, "/only-post", nothing, ACCESS_PUBLIC, 0 },
	{ HTTP_GET, "/{path...}", nothing, ACCESS_PUBLIC, ROUTE_FALLBACK },
};

static struct route_match find(enum http_method method, const char *path)
{
	struct route_match m;

	route_find(table, sizeof table / sizeof table[0], method, path, &m);
	return m;
}

static void assert_param(const struct route_match *m, size_t i, const char *name, const char *value)
{
	assert_true(i < m->param_count);
	assert_int_equal(m->params[i].name_length, strlen(name));
	assert_memory_equal(m->params[i].name, name, strlen(name));
	assert_int_equal(m->params[i].value_length, strlen(value));
	assert_memory_equal(m->params[i].value, value, strlen(value));
}

static void test_exact_and_params(void **state)
{
	(void)state;
	assert_ptr_equal(find(HTTP_GET, "/").route, &table[0]);
	struct route_match m = find(HTTP_GET, "/a/x@y/b");
	assert_ptr_equal(m.route, &table[1]);
	assert_int_equal(m.param_count, 1);
	assert_param(&m, 0, "id", "x@y");

	m = find(HTTP_POST, "/call/default/chat-ann/join");
	assert_ptr_equal(m.route, &table[4]);
	assert_param(&m, 0, "type", "default");
	assert_param(&m, 1, "id", "chat-ann");
}

static void test_head_is_get(void **state)
{
	(void)state;
	assert_ptr_equal(find(HTTP_HEAD, "/a/x/b").route, &table[1]);
	assert_ptr_equal(find(HTTP_HEAD, "/").route, &table[0]);
	assert_null(find(HTTP_HEAD, "/only-post").route);
}

static void test_not_found_and_405(void **state)
{
	char allow[80];

	(void)state;
	struct route_match m = find(HTTP_DELETE, "/a/x/b");
	assert_null(m.route);
	route_allow_text(m.allow, allow, sizeof allow);
	assert_string_equal(allow, "GET, HEAD, POST");

	m = find(HTTP_GET, "/only-post"); /* the fallback does not take what another route owns */
	assert_null(m.route);
	assert_int_equal(m.allow, HTTP_POST);

	m = find(HTTP_POST, "/nothing/here");
	assert_null(m.route);
	assert_int_equal(m.allow, 0);
	assert_int_equal(m.param_count, 0);
}

static void test_segments_do_not_spill(void **state)
{
	(void)state;
	/* an empty segment or one too many is another path; the fallback takes it */
	assert_ptr_equal(find(HTTP_GET, "/a//b").route, &table[6]);
	assert_ptr_equal(find(HTTP_GET, "/a/x/y/b").route, &table[6]);
	assert_ptr_equal(find(HTTP_GET, "/a/x/b/").route, &table[6]);
	assert_ptr_equal(find(HTTP_GET, "/call/x").route, &table[6]);
	struct route_match m = find(HTTP_GET, "/some/deep.file");
	assert_ptr_equal(m.route, &table[6]);
	assert_param(&m, 0, "path", "some/deep.file");
}

static void test_allow_text_fits(void **state)
{
	char small[8];

	(void)state;
	route_allow_text(0, small, sizeof small);
	assert_string_equal(small, "");
	route_allow_text(HTTP_GET | HTTP_POST | HTTP_DELETE, small, sizeof small);
	assert_true(strlen(small) < sizeof small);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_exact_and_params),
		cmocka_unit_test(test_head_is_get),
		cmocka_unit_test(test_not_found_and_405),
		cmocka_unit_test(test_segments_do_not_spill),
		cmocka_unit_test(test_allow_text_fits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
