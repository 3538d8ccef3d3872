/* SPDX-License-Identifier: Apache-2.0 */
/* Visitors and a shop's customers, over a real store and a real loop. */
#include "auth_world.h"

#include <errno.h>
#include <sodium.h>

#include "control/auth/customers.h"

struct noted {
	int status, calls;
	bool created;
	char id[USER_ID_SIZE], name[200], key[CUSTOMER_KEY_SIZE];
};

static void note(void *arg, const struct customer_reply *reply)
{
	struct noted *n = arg;

	n->calls++;
	n->status = reply->status;
	n->created = reply->created;
	assert_int_equal(reply->status == 0, reply->token != NULL);
	assert_int_equal(reply->status == 0, reply->user != NULL);
	if (reply->user) {
		(void)snprintf(n->id, sizeof n->id, "%s", reply->user->id);
		(void)snprintf(n->name, sizeof n->name, "%s", reply->user->name);
	}
	if (reply->key)
		(void)snprintf(n->key, sizeof n->key, "%s", reply->key);
}

static void finish(struct world *w, struct noted *n)
{
	assert_int_equal(n->calls, 0); /* later, never inside */
	uv_run(&w->scratch.loop, UV_RUN_DEFAULT);
	assert_int_equal(n->calls, 1);
}

static struct noted visitor(struct world *w, const char *id, const char *key)
{
	struct noted n = { .status = 1 };

	if (id)
		customer_find_visitor(w->auth, id, key, note, &n);
	else
		customer_new_visitor(w->auth, NULL, note, &n);
	finish(w, &n);
	return n;
}

static struct noted customer(struct world *w, const char *id, const char *hash)
{
	struct noted n = { .status = 1 };

	customer_find(w->auth, id, hash, NULL, NULL, note, &n);
	finish(w, &n);
	return n;
}

/* As a shop's server does it: HMAC-SHA256 keyed with the text that was printed. */
static void sign(const struct world *w, const char *id, char ret[CUSTOMER_KEY_SIZE])
{
	char secret[CUSTOMER_KEY_SIZE];
	uint8_t sum[crypto_auth_hmacsha256_BYTES];

	customer_secret(w->auth, secret);
	assert_int_equal(strlen(secret), 64);
	crypto_auth_hmacsha256_state s;
	(void)crypto_auth_hmacsha256_init(&s, (const uint8_t *)secret, 64);
	(void)crypto_auth_hmacsha256_update(&s, (const uint8_t *)id, strlen(id));
	(void)crypto_auth_hmacsha256_final(&s, sum);
	(void)sodium_bin2hex(ret, CUSTOMER_KEY_SIZE, sum, sizeof sum);
}

static void test_visitors_come_back(void **state)
{
	struct world *w = *state;
	struct noted one = visitor(w, NULL, NULL), two = visitor(w, NULL, NULL);

	assert_int_equal(one.status, 0);
	assert_true(one.created);
	assert_string_not_equal(one.id, two.id);
	assert_string_not_equal(one.key, two.key);
	assert_memory_equal(one.name, "Visitor ", 8);

	struct noted again = visitor(w, one.id, one.key);
	assert_int_equal(again.status, 0);
	assert_false(again.created);
	assert_string_equal(again.id, one.id);
	assert_string_equal(again.key, one.key);

	assert_int_equal(visitor(w, two.id, one.key).status, -EACCES);
	assert_int_equal(visitor(w, one.id, "").status, -EACCES);
	assert_int_equal(visitor(w, "", one.key).status, -EACCES);
	assert_int_equal(visitor(w, "../x", one.key).status, -EACCES);
}

static void test_customers(void **state)
{
	struct world *w = *state;
	char hash[CUSTOMER_KEY_SIZE], other[CUSTOMER_KEY_SIZE];

	sign(w, "Ann.Lee", hash);
	sign(w, "annlee", other);
	struct noted one = customer(w, "Ann.Lee", hash);
	assert_int_equal(one.status, 0);
	assert_true(one.created);
	assert_string_equal(one.key, "");
	assert_string_equal(one.name, "Ann.Lee");
	assert_false(customer(w, "Ann.Lee", hash).created);
	struct noted two = customer(w, "annlee", other);
	assert_int_equal(two.status, 0);
	assert_string_not_equal(one.id, two.id);

	assert_int_equal(customer(w, "annlee", hash).status, -EACCES);
	assert_int_equal(customer(w, "Ann.Lee", "").status, -EACCES);
	hash[0] = hash[0] == '0' ? '1' : '0';
	assert_int_equal(customer(w, "Ann.Lee", hash).status, -EACCES);
}

static void test_two_at_once_are_one_account(void **state)
{
	struct world *w = *state;
	struct noted one = { .status = 1 }, two = { .status = 1 };
	char hash[CUSTOMER_KEY_SIZE];

	sign(w, "ann", hash);
	customer_find(w->auth, "ann", hash, NULL, NULL, note, &one);
	customer_find(w->auth, "ann", hash, NULL, NULL, note, &two);
	uv_run(&w->scratch.loop, UV_RUN_DEFAULT);
	assert_int_equal(one.status, 0);
	assert_int_equal(two.status, 0);
	assert_string_equal(one.id, two.id);
	assert_int_equal(one.created + two.created, 1);
}

static void test_impossible_ids(void **state)
{
	struct world *w = *state;
	char hash[CUSTOMER_KEY_SIZE], name[CUSTOMER_RAW_ID_MAX + 2];

	memset(name, 'x', sizeof name - 1);
	name[sizeof name - 1] = '\0';
	for (size_t i = 0; i < 3; i++) {
		const char *id = i == 0 ? "" : i == 1 ? "\xff\xfe" : name;
		sign(w, id, hash);
		assert_int_equal(customer(w, id, hash).status, -EINVAL);
	}
	name[CUSTOMER_RAW_ID_MAX] = '\0';
	sign(w, name, hash);
	assert_int_equal(customer(w, name, hash).status, 0);
}

static void note_done(void *arg, int status)
{
	*(int *)arg = status;
}

/* Should an operator ever give an admin the very id: the shop's word does not open it. */
static void test_nobody_becomes_an_admin(void **state)
{
	struct world *w = *state;
	char hash[CUSTOMER_KEY_SIZE];
	int status = 1;
	const struct store_user admin = {
		.id = "customer-bob-81b637d8fcd2c6da6359", /* sha256("bob") */
		.name = "Bob",
		.role = ROLE_ADMIN,
	};

	store_user_create(w->scratch.store, &admin, NULL, note_done, &status);
	uv_run(&w->scratch.loop, UV_RUN_DEFAULT);
	assert_int_equal(status, 0);
	sign(w, "bob", hash);
	assert_int_equal(customer(w, "bob", hash).status, -EACCES);
}

int main(void)
{
#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_visitors_come_back),		TEST(test_customers),
		TEST(test_two_at_once_are_one_account), TEST(test_impossible_ids),
		TEST(test_nobody_becomes_an_admin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
