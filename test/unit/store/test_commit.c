/* SPDX-License-Identifier: Apache-2.0 */
/* Many requests in one transaction: who fails alone, who takes the others along, and the words of all of them. */
#include "scratch.h"

#include <errno.h>

#include "store/request.h"

struct written {
	int status;
	int64_t id;
};

static void note_written(void *arg, int status, const struct store_message *m, bool created,
			 int64_t cursor)
{
	struct written *w = arg;

	(void)created, (void)cursor;
	*w = (struct written){ status, m ? m->id : 0 };
}

static void add(struct scratch *s, const char *user, const char *text, struct written *ret)
{
	ret->status = 1;
	store_message_add(s->store,
			  &(struct store_new_message){ .conversation_id = user,
						       .user_id = user,
						       .client_id = text,
						       .text = text,
						       .created_at_us = 1000 },
			  note_written, ret);
}

static void note_count(void *arg, int status, const struct store_message *list, size_t n, bool more)
{
	(void)list, (void)more;
	*(int *)arg = status < 0 ? status : (int)n;
}

static int found(struct scratch *s, const char *words)
{
	int n = -1;

	store_message_search(s->store, (struct store_scope){ .all = true }, NULL, words, 10,
			     note_count, &n);
	store_wait(s->store);
	return n;
}

/* A request that writes (a word for the index, a row), and then fails. */
struct failing {
	struct request base;
	int *ret_status;
};

static int run_failing(struct db *db, struct request *req)
{
	(void)req;
	assert_int_equal(search_add(db, 4711, "plum"), 0);
	assert_int_equal(db_exec(db, "UPDATE users SET name = 'gone' WHERE id = 'ann'", ""), 0);
	return -EDQUOT;
}

static void answer_failing(struct request *req)
{
	*request_of(req, struct failing)->ret_status = req->status;
}

static void submit_failing(struct scratch *s, bool checks_first, int *ret_status)
{
	struct failing *f = request_new(sizeof *f);

	f->base.run = run_failing;
	f->base.answer = answer_failing;
	f->base.writes = true;
	f->base.checks_first = checks_first;
	f->ret_status = ret_status;
	request_submit(s->store, &f->base);
}

static const char *name_of_ann(struct scratch *s, struct noted_user *ret)
{
	store_user_find(s->store, "ann", note_user, ret);
	store_wait(s->store);
	return ret->name;
}

/* It is undone alone, and with it the word it had for the index. */
static void test_fails_alone(void **state)
{
	struct scratch *s = *state;
	struct written first, nobody, last;
	struct noted_user ann;
	int failing = 1;

	assert_int_equal(add_user(s, "ann", ROLE_USER), 0);
	add(s, "ann", "apple", &first);
	submit_failing(s, false, &failing);
	add(s, "nobody", "cherry", &nobody);
	add(s, "ann", "pear", &last);
	store_wait(s->store);
	assert_int_equal(first.status, 0);
	assert_int_equal(failing, -EDQUOT);
	assert_int_equal(nobody.status, -ENOENT);
	assert_int_equal(last.status, 0);
	assert_int_equal(found(s, "apple"), 1);
	assert_int_equal(found(s, "pear"), 1);
	assert_int_equal(found(s, "plum"), 0);
	assert_int_equal(found(s, "cherry"), 0);
	assert_string_equal(name_of_ann(s, &ann), "ann");
}

/* Without a savepoint nothing can be undone alone: nobody is told that it worked, and nothing is there. */
static void test_takes_all_along(void **state)
{
	struct scratch *s = *state;
	struct written first, last;
	struct noted_user ann;
	int failing = 1;

	assert_int_equal(add_user(s, "ann", ROLE_USER), 0);
	add(s, "ann", "apple", &first);
	submit_failing(s, true, &failing);
	add(s, "ann", "pear", &last);
	store_wait(s->store);
	assert_int_equal(first.status, -EDQUOT);
	assert_int_equal(failing, -EDQUOT);
	assert_int_equal(last.status, -EDQUOT);
	assert_int_equal(found(s, "apple"), 0);
	assert_string_equal(name_of_ann(s, &ann), "ann");
	/* and the next one starts afresh */
	add(s, "ann", "apple", &first);
	store_wait(s->store);
	assert_int_equal(first.status, 0);
	assert_int_equal(found(s, "apple"), 1);
	assert_int_equal(found(s, "plum"), 0);
}

/* Sent, edited and deleted in one transaction: the index holds what is left. */
static void test_words_in_order(void **state)
{
	struct scratch *s = *state;
	struct written kept, gone, edited, deleted;

	assert_int_equal(add_user(s, "ann", ROLE_USER), 0);
	add(s, "ann", "apple", &kept);
	add(s, "ann", "plum", &gone);
	/* ids count from one in a new database */
	store_message_edit(
		s->store,
		&(struct store_message_change){
			.conversation_id = "ann", .user_id = "ann", .id = 1, .at_us = 2000 },
		"pear", 0, note_written, &edited);
	store_message_delete(
		s->store,
		&(struct store_message_change){
			.conversation_id = "ann", .user_id = "ann", .id = 2, .at_us = 2000 },
		false, 0, note_written, &deleted);
	store_wait(s->store);
	assert_int_equal(kept.id, 1);
	assert_int_equal(gone.id, 2);
	assert_int_equal(edited.status, 0);
	assert_int_equal(deleted.status, 0);
	assert_int_equal(found(s, "apple"), 0);
	assert_int_equal(found(s, "pear"), 1);
	assert_int_equal(found(s, "plum"), 0);
}

/* A message that is there is answered again, also when it would be refused as a new one. */
static void test_first_one_again(void **state)
{
	struct scratch *s = *state;
	struct store_new_message m = { .conversation_id = "ann",
				       .user_id = "ann",
				       .client_id = "one",
				       .text = "apple",
				       .created_at_us = 1000 };
	struct written first, again, quoting, slow, other;

	assert_int_equal(add_user(s, "ann", ROLE_USER), 0);
	store_message_add(s->store, &m, note_written, &first);
	store_message_add(s->store, &m, note_written, &again);
	m.quoted_id = 4711; /* there is none */
	store_message_add(s->store, &m, note_written, &quoting);
	m.quoted_id = 0;
	m.slow_us = 1000000;
	store_message_add(s->store, &m, note_written, &slow);
	m.client_id = "two";
	store_message_add(s->store, &m, note_written, &other);
	store_wait(s->store);
	assert_int_equal(first.status, 0);
	assert_int_equal(again.id, first.id);
	assert_int_equal(quoting.id, first.id);
	assert_int_equal(slow.id, first.id);
	assert_int_equal(other.status, -EAGAIN);
	m.slow_us = 0;
	m.quoted_id = 4711;
	store_message_add(s->store, &m, note_written, &other);
	store_wait(s->store);
	assert_int_equal(other.status, -ENOENT);
	assert_int_equal(found(s, "apple"), 1);
	m.quoted_id = 0;
	store_message_add(s->store, &m, note_written, &other);
	store_wait(s->store);
	assert_int_equal(other.id, first.id + 1); /* the repeats have written nothing */
}

int main(void)
{
#define TEST(fn) cmocka_unit_test_setup_teardown(fn, scratch_setup, scratch_teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_fails_alone),
		TEST(test_takes_all_along),
		TEST(test_words_in_order),
		TEST(test_first_one_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
