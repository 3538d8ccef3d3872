/* SPDX-License-Identifier: Apache-2.0 */
/* Sessions and sign-in links: how long they live, and what ends them. */
#include "scratch_sql.h"

#include <errno.h>

#include "base/limits.h"

static const uint8_t hash_a[32] = { 'a' }, hash_b[32] = { 'b' };
static const uint64_t second = 1000 * 1000;

static int find_session(struct scratch *s, const uint8_t *hash, uint64_t now, uint64_t idle)
{
	struct noted_user u = { .status = 1 };

	store_session_find(s->store, hash, now, idle, note_user, &u);
	store_wait(s->store);
	assert_int_equal(u.calls, 1);
	return u.status;
}

/* Of each person the newest hundred; the one that was just made always. */
static void test_many_sessions(void **state)
{
	struct scratch *s = *state;
	const uint64_t end = 1000000;
	uint8_t hash[STORE_HASH] = { 0 }, other[STORE_HASH] = { 1 }, late[STORE_HASH] = { 2 };
	int status = 1;

	add_user(s, "ann", ROLE_USER);
	add_user(s, "bob", ROLE_USER);
	store_session_create(s->store, other, "bob", NULL, 1, end, note_status, &status);
	for (unsigned i = 0; i < LIMIT_SESSIONS + 5; i++) {
		hash[1] = (uint8_t)i;
		store_session_create(s->store, hash, "ann", NULL, 1000 + i, end, note_status,
				     &status);
		store_wait(s->store);
		assert_int_equal(status, 0);
	}
	for (unsigned i = 0; i < LIMIT_SESSIONS + 5; i++) {
		hash[1] = (uint8_t)i;
		assert_int_equal(find_session(s, hash, 2000, 100000), i < 5 ? -ENOENT : 0);
	}
	assert_int_equal(find_session(s, other, 2000, 100000), 0);
	/* the clock has gone back: older than all of them */
	store_session_create(s->store, late, "ann", NULL, 1, end, note_status, &status);
	store_wait(s->store);
	assert_int_equal(find_session(s, late, 2000, 100000), 0);
}

static void test_sessions(void **state)
{
	struct scratch *s = *state;
	const uint64_t start = 1000 * second, hour = 3600 * second, idle = 10 * hour;
	int status = 1;

	add_user(s, "ann", ROLE_USER);
	store_session_create(s->store, hash_a, "nobody", NULL, start, start + 100 * hour,
			     note_status, &status);
	store_wait(s->store);
	assert_int_equal(status, -ENOENT);
	store_session_create(s->store, hash_a, "ann", NULL, start, start + 100 * hour, note_status,
			     &status);
	store_wait(s->store);
	assert_int_equal(status, 0);

	assert_int_equal(find_session(s, hash_b, start, idle), -ENOENT);
	assert_int_equal(find_session(s, hash_a, start, idle), 0);
	/* Unused for as long as idle allows, and a moment less. */
	assert_int_equal(find_session(s, hash_a, start + idle, idle), -ENOENT);
	assert_int_equal(find_session(s, hash_a, start + idle - 1, idle), 0);
	/* That use was noted, so it lives on. */
	assert_int_equal(find_session(s, hash_a, start + idle + hour, idle), 0);
	for (uint64_t at = start + 11 * hour; at < start + 100 * hour; at += 5 * hour)
		assert_int_equal(find_session(s, hash_a, at, idle), 0);
	/* But not past its end. */
	assert_int_equal(find_session(s, hash_a, start + 100 * hour, idle), -ENOENT);

	assert_int_equal(find_session(s, hash_a, start + 99 * hour, idle), 0);
	store_session_delete(s->store, hash_a, note_status, &status);
	assert_int_equal(find_session(s, hash_a, start + 99 * hour, idle), -ENOENT);
}

static int use_link(struct scratch *s, const uint8_t *hash, uint64_t now)
{
	struct noted_user u = { .status = 1 };

	store_link_use(s->store, hash, now, note_user, &u);
	store_wait(s->store);
	return u.status;
}

static void test_links_work_once(void **state)
{
	struct scratch *s = *state;
	int status = 1;

	add_user(s, "ann", ROLE_USER);
	store_link_create(s->store, hash_a,
			  &(struct store_link){
				  .user_id = "ann", .created_at_us = 100, .expires_at_us = 200 },
			  note_status, &status);
	store_wait(s->store);
	assert_int_equal(status, 0);
	assert_int_equal(use_link(s, hash_b, 150), -ENOENT);
	assert_int_equal(use_link(s, hash_a, 200), -ENOENT); /* at its end it is over */
	assert_int_equal(use_link(s, hash_a, 199), 0);
	assert_int_equal(use_link(s, hash_a, 199), -ENOENT);
}

/* One that a session asked for, and no other. */
static void test_links_end_with_their_session(void **state)
{
	struct scratch *s = *state;
	struct store_link link = { .user_id = "ann", .created_at_us = 100, .expires_at_us = 200 };
	char key[2 * STORE_HASH + 1];
	uint8_t links[4][STORE_HASH] = { { 1 }, { 2 }, { 3 }, { 4 } };
	int status = 1;

	add_user(s, "ann", ROLE_USER);
	add_user(s, "bob", ROLE_USER);
	store_session_create(s->store, hash_a, "ann", NULL, 100, 1000, note_status, &status);
	for (size_t i = 0; i < STORE_HASH; i++)
		(void)snprintf(key + 2 * i, 3, "%02x", hash_a[i]);
	store_link_create(s->store, links[0], &link, note_status, &status);
	link.session = key;
	store_link_create(s->store, links[1], &link, note_status, &status);
	store_link_create(s->store, links[2], &link, note_status, &status);
	store_wait(s->store);
	assert_int_equal(status, 0);
	assert_int_equal(use_link(s, links[1], 150), 0);

	link.user_id = "bob"; /* whose session it is not */
	store_link_create(s->store, links[3], &link, note_status, &status);
	store_wait(s->store);
	assert_int_equal(status, -ENOENT);

	store_session_delete(s->store, hash_a, note_status, &status);
	store_wait(s->store);
	assert_int_equal(status, 0);
	assert_int_equal(use_link(s, links[2], 150), -ENOENT);
	assert_int_equal(use_link(s, links[0], 150), 0);
	link.user_id = "ann";
	store_link_create(s->store, links[3], &link, note_status, &status);
	store_wait(s->store);
	assert_int_equal(status, -ENOENT);
}

int main(void)
{
#define TEST(fn) cmocka_unit_test_setup_teardown(fn, scratch_setup, scratch_teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_sessions),
		TEST(test_many_sessions),
		TEST(test_links_work_once),
		TEST(test_links_end_with_their_session),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
