/* SPDX-License-Identifier: Apache-2.0 */
/* Words come into the search index after their message: always before anybody searches, after a crash, too, and in step with changes. */
#include "scratch_sql.h"

static void note_written(void *arg, int status, const struct store_message *m, bool created,
			 int64_t cursor)
{
	(void)m, (void)created, (void)cursor;
	*(int *)arg = status;
}

static int written[4096];

/* Message i says "word<i> said"; their ids count from one in a new database. */
static void add(struct scratch *s, int from, int to)
{
	char text[32];

	for (int i = from; i < to; i++) {
		(void)snprintf(text, sizeof text, "word%d said", i);
		written[i] = 1;
		store_message_add(s->store,
				  &(struct store_new_message){ .conversation_id = "ann",
							       .user_id = "ann",
							       .client_id = text,
							       .text = text,
							       .created_at_us = 1000 },
				  note_written, &written[i]);
	}
	store_wait(s->store);
	for (int i = from; i < to; i++)
		assert_int_equal(written[i], 0);
}

static void change(struct scratch *s, int64_t id, const char *text)
{
	const struct store_message_change c = {
		.conversation_id = "ann", .user_id = "ann", .id = id, .at_us = 2000
	};
	int status = 1;

	if (text)
		store_message_edit(s->store, &c, text, 0, note_written, &status);
	else
		store_message_delete(s->store, &c, false, 0, note_written, &status);
	store_wait(s->store);
	assert_int_equal(status, 0);
}

static void note_count(void *arg, int status, const struct store_message *list, size_t n, bool more)
{
	(void)list, (void)more;
	*(int *)arg = status < 0 ? status : (int)n;
}

static int found(struct scratch *s, const char *words)
{
	int n = -1;

	store_message_search(s->store, (struct store_scope){ .all = true }, NULL, words, 100,
			     note_count, &n);
	store_wait(s->store);
	return n;
}

static int64_t indexed(struct scratch *s)
{
	return sql_int(s, "SELECT count(*) FROM message_search_docsize");
}

/* Fails when the index has words that its own counts do not know of, as after a removal of what was never in it. */
static void check_index(struct scratch *s)
{
	sql(s, "INSERT INTO message_search (message_search) VALUES ('integrity-check')");
}

static void test_before_a_search(void **state)
{
	struct scratch *s = *state;

	assert_int_equal(add_user(s, "ann", ROLE_USER), 0);
	add(s, 0, 20);
	assert_int_equal(indexed(s), 0); /* acknowledged without it: else nothing here is shown */
	assert_int_equal(found(s, "said"), 20);
	assert_int_equal(indexed(s), 20);
	add(s, 20, 21);
	assert_int_equal(found(s, "word20"), 1);
	assert_int_equal(found(s, "said"), 21);
	check_index(s);
}

static void test_after_a_restart(void **state)
{
	struct scratch *s = *state;

	assert_int_equal(add_user(s, "ann", ROLE_USER), 0);
	add(s, 0, 20);
	assert_int_equal(found(s, "word3"), 1);
	add(s, 20, 30);
	scratch_close(s); /* as a crash would: the last ten are not in the index */
	assert_int_equal(indexed(s), 20);
	scratch_open(s);
	assert_int_equal(found(s, "word25"), 1);
	assert_int_equal(found(s, "said"), 30);
	assert_int_equal(indexed(s), 30); /* none of them twice */
	check_index(s);
}

static void test_many_without_a_search(void **state)
{
	struct scratch *s = *state;

	assert_int_equal(add_user(s, "ann", ROLE_USER), 0);
	for (int i = 0; i < 1500; i += 100)
		add(s, i, i + 100);
	assert_true(indexed(s) >= 900 && indexed(s) < 1500); /* hundreds together */
	assert_int_equal(found(s, "word1499"), 1);
	assert_int_equal(indexed(s), 1500);
	check_index(s);
}

/* Of what is in the index, and of what is not yet, in every order. */
static void test_changes(void **state)
{
	struct scratch *s = *state;

	assert_int_equal(add_user(s, "ann", ROLE_USER), 0);
	add(s, 0, 4); /* ids 1 to 4 */
	change(s, 4, NULL);
	change(s, 3, "pear");
	add(s, 4, 8);	    /* 5 to 8 */
	change(s, 8, NULL); /* the newest one: what is after the newest in the index grows by it */
	add(s, 8, 10);
	change(s, 9, "plum");
	assert_int_equal(found(s, "word3"), 0);
	assert_int_equal(found(s, "word2"), 0);
	assert_int_equal(found(s, "pear"), 1);
	assert_int_equal(found(s, "word7"), 0);
	assert_int_equal(found(s, "word8"), 0);
	assert_int_equal(found(s, "plum"), 1);
	assert_int_equal(found(s, "said"), 6);
	assert_int_equal(indexed(s), 8);
	check_index(s);
	scratch_close(s);
	scratch_open(s);
	assert_int_equal(found(s, "word7"), 0); /* the deleted one does not come back */
	assert_int_equal(found(s, "said"), 6);
	check_index(s);
}

int main(void)
{
#define TEST(fn) cmocka_unit_test_setup_teardown(fn, scratch_setup, scratch_teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_before_a_search),
		TEST(test_after_a_restart),
		TEST(test_many_without_a_search),
		TEST(test_changes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
