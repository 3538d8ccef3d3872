/* SPDX-License-Identifier: Apache-2.0 */
/* Web Push encryption: the example of RFC 8291, and keys. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <errno.h>

#include "crypt/web_push.h"
#include "hex.h"

static struct bytes given(const char *name)
{
	return vector_of(VECTORS "/web-push/rfc8291.txt", name);
}

static struct web_push_receiver receiver(void)
{
	struct web_push_receiver r;

	memcpy(r.point, given("receiver_point").b, sizeof r.point);
	memcpy(r.auth, given("auth").b, sizeof r.auth);
	return r;
}

static void test_rfc_example(void **state)
{
	struct bytes pem = given("sender"), text = given("text"), body = given("body");
	struct web_push_receiver to = receiver();
	struct evp_pkey_st *sender;
	uint8_t point[WEB_PUSH_POINT], out[WEB_PUSH_BODY_MAX];

	(void)state;
	assert_int_equal(web_push_key_read((const char *)pem.b, pem.n, &sender), 0);
	assert_int_equal(web_push_key_point(sender, point), 0);
	assert_memory_equal(point, given("sender_point").b, sizeof point);
	assert_int_equal(web_push_encrypt(sender, &to, given("salt").b, text.b, text.n, out), 0);
	assert_int_equal(text.n + WEB_PUSH_OVERHEAD, body.n);
	assert_memory_equal(out, body.b, body.n);
	(void)web_push_key_free(sender);
}

static void test_refuses(void **state)
{
	struct web_push_receiver to = receiver();
	struct evp_pkey_st *sender = web_push_key_new(), *read;
	uint8_t text[WEB_PUSH_TEXT_MAX + 1] = { 0 }, out[WEB_PUSH_BODY_MAX];
	const uint8_t *salt = text;

	(void)state;
	assert_int_equal(web_push_encrypt(sender, &to, salt, text, WEB_PUSH_TEXT_MAX, out), 0);
	assert_int_equal(web_push_encrypt(sender, &to, salt, text, sizeof text, out), -EINVAL);
	to.point[40] ^= 1; /* not on the curve: would give bits of the sender's key away */
	assert_int_equal(web_push_point_check(to.point), -EINVAL);
	assert_int_equal(web_push_encrypt(sender, &to, salt, text, 1, out), -EINVAL);
	to = receiver();
	to.point[0] = 2;
	assert_int_equal(web_push_point_check(to.point), -EINVAL);
	assert_int_equal(web_push_key_read("no key", 6, &read), -EINVAL);
	(void)web_push_key_free(sender);
}

static void test_keys_are_kept(void **state)
{
	struct evp_pkey_st *key = web_push_key_new(), *again;
	uint8_t points[2][WEB_PUSH_POINT];
	char pem[WEB_PUSH_PEM_MAX];

	(void)state;
	assert_int_equal(web_push_key_write(key, pem), 0);
	assert_int_equal(web_push_key_read(pem, strlen(pem), &again), 0);
	assert_int_equal(web_push_key_point(key, points[0]), 0);
	assert_int_equal(web_push_key_point(again, points[1]), 0);
	assert_memory_equal(points[0], points[1], WEB_PUSH_POINT);
	(void)web_push_key_free(key);
	(void)web_push_key_free(again);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rfc_example),
		cmocka_unit_test(test_refuses),
		cmocka_unit_test(test_keys_are_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
