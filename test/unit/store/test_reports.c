/* SPDX-License-Identifier: Apache-2.0 */
/* Reports of messages: once for each person, bounded, with the words of then, and none once they are closed. */
#include "scratch.h"

#include <errno.h>

#include "base/limits.h"
#include "scratch_sql.h"
#include "store/reports.h"

static uint64_t clock_us = 1000;

static void note_id(void *arg, int status, const struct store_message *message, bool created,
		    int64_t cursor)
{
	(void)created, (void)cursor;
	*(int64_t *)arg = status < 0 ? status : message->id;
}

static int64_t say(struct scratch *s, const char *who, const char *text)
{
	char client_id[32];
	int64_t id = 0;

	snprintf(client_id, sizeof client_id, "c%llu", (unsigned long long)++clock_us);
	store_message_add(s->store,
			  &(struct store_new_message){ .conversation_id = "ann",
						       .user_id = who,
						       .client_id = client_id,
						       .text = text,
						       .created_at_us = clock_us },
			  note_id, &id);
	store_wait(s->store);
	assert_true(id > 0);
	return id;
}

static void note_reported(void *arg, int status, const struct store_message *message, bool created,
			  int64_t cursor)
{
	(void)cursor;
	*(int *)arg = status;
	assert_int_equal(created, status == 0);
	assert_true(status < 0 || strcmp(message->conversation_id, "ann") == 0);
}

static int report(struct scratch *s, const char *who, int64_t id)
{
	int status = 1;

	store_report_add(s->store,
			 &(struct store_new_report){ .conversation_id = "ann",
						     .user_id = who,
						     .message_id = id,
						     .reason = "why",
						     .at_us = ++clock_us },
			 note_reported, &status);
	store_wait(s->store);
	return status;
}

struct noted {
	int status;
	size_t n, reports;
	int64_t open, first;
	char text[64];
};

static void note_list(void *arg, int status, const struct store_reported *list, size_t n,
		      int64_t open)
{
	struct noted *noted = arg;

	*noted = (struct noted){ .status = status, .n = n, .open = open };
	if (n) {
		noted->first = list[0].message.id;
		noted->reports = list[0].report_count;
		snprintf(noted->text, sizeof noted->text, "%s", list[0].text);
		assert_string_equal(list[0].customer_name, "ann");
	}
}

static struct noted look(struct scratch *s, unsigned limit)
{
	struct noted noted = { .status = 1 };

	store_reported_list(s->store, limit, note_list, &noted);
	store_wait(s->store);
	assert_int_equal(noted.status, 0);
	return noted;
}

struct closed {
	int status;
	bool removed;
	int64_t cursor;
	uint64_t deleted_at_us;
};

static void note_closed(void *arg, int status, const struct store_message *message, bool removed,
			int64_t cursor)
{
	*(struct closed *)arg = (struct closed){ status, removed, cursor,
						 message ? message->deleted_at_us : 0 };
}

static struct closed end_reports(struct scratch *s, int64_t id, bool remove)
{
	struct closed closed = { .status = 1 };

	store_report_close(s->store, id, remove,
			   &(struct store_deed){ .user_id = "boss", .at_us = ++clock_us },
			   note_closed, &closed);
	store_wait(s->store);
	return closed;
}

static void once_for_each_person(void **state)
{
	struct scratch *s = *state;

	add_people(s);
	int64_t first = say(s, "ann", "First"), second = say(s, "boss", "Second");
	assert_int_equal(report(s, "ann", first), -EINVAL);
	assert_int_equal(report(s, "boss", first), 0);
	assert_int_equal(report(s, "boss", first), -EEXIST);
	assert_int_equal(report(s, "bob", first), 0);
	assert_int_equal(report(s, "ann", second), 0);
	assert_int_equal(report(s, "ann", 999), -ENOENT);
	struct noted noted = look(s, 10);
	assert_int_equal(noted.n, 2);
	assert_int_equal(noted.open, 2);
	assert_int_equal(noted.first, second); /* reported last */
	assert_int_equal(report(s, "bob", second), 0);
	assert_int_equal(look(s, 1).reports, 2);
	assert_int_equal(look(s, 1).n, 1);
	assert_int_equal(look(s, 0).n, 0);
	assert_int_equal(look(s, 0).open, 2);
}

static void closed_and_deleted(void **state)
{
	struct scratch *s = *state;

	add_people(s);
	int64_t id = say(s, "ann", "Words of then");
	assert_int_equal(report(s, "boss", id), 0);
	assert_string_equal(look(s, 1).text, "Words of then");
	struct closed closed = end_reports(s, id, false);
	assert_int_equal(closed.status, 0);
	assert_false(closed.removed);
	assert_int_equal(end_reports(s, id, true).status, -ENOENT); /* none is open */
	assert_int_equal(look(s, 1).open, 0);
	assert_int_equal(report(s, "boss", id), -EEXIST);

	assert_int_equal(report(s, "bob", id), 0); /* another one opens it again */
	closed = end_reports(s, id, true);
	assert_int_equal(closed.status, 0);
	assert_true(closed.removed && closed.cursor > 0 && closed.deleted_at_us > 0);
	assert_int_equal(report(s, "bob", id), -ENOENT);
}

static void bounded(void **state)
{
	struct scratch *s = *state;
	int64_t last = 0;

	add_people(s);
	for (int i = 0; i < LIMIT_REPORTS; i++)
		assert_int_equal(report(s, "boss", last = say(s, "ann", "x")), 0);
	int64_t more = say(s, "ann", "x");
	assert_int_equal(report(s, "boss", more), -EDQUOT);
	assert_int_equal(end_reports(s, last, false).status, 0);
	assert_int_equal(report(s, "boss", more), 0);
}

/* By the word list there may be any number. */
static void counted_so_far(void **state)
{
	struct scratch *s = *state;

	add_people(s);
	int64_t first = say(s, "ann", "x");
	sql(s, "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1200) "
	       "INSERT INTO messages (conversation_id, user_id, client_id, text, created_at) "
	       "SELECT 'ann', 'ann', 'n' || i, 'x', i FROM n;"
	       "INSERT INTO reports (message_id, word, reason, text, created_at) "
	       "SELECT id, 'x', '', 'x', 1 FROM messages");
	assert_int_equal(look(s, 1).open, STORE_REPORTS_COUNTED);
	assert_int_equal(end_reports(s, first, false).status, 0);
	assert_int_equal(look(s, 1).open, STORE_REPORTS_COUNTED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(once_for_each_person, scratch_setup,
						scratch_teardown),
		cmocka_unit_test_setup_teardown(closed_and_deleted, scratch_setup,
						scratch_teardown),
		cmocka_unit_test_setup_teardown(bounded, scratch_setup, scratch_teardown),
		cmocka_unit_test_setup_teardown(counted_so_far, scratch_setup, scratch_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
