/* SPDX-License-Identifier: Apache-2.0 */
/* The event log as who comes back sees it: every event once and in order, or a clear word that some are gone. */
#include "scratch.h"

#include <errno.h>

#include "base/limits.h"
#include "scratch_sql.h"

enum { MORE = 600, PAGE = 700 };

struct noted {
	int status;
	bool more;
	size_t n;
	int64_t first, last;
	bool in_order;
};

static void note(void *arg, int status, const struct store_event *list, size_t n, bool more)
{
	struct noted *noted = arg;

	*noted = (struct noted){ .status = status, .more = more, .n = n, .in_order = true };
	if (n) {
		noted->first = list[0].cursor;
		noted->last = list[n - 1].cursor;
	}
	for (size_t i = 1; i < n; i++)
		noted->in_order &= list[i].cursor == list[i - 1].cursor + 1;
}

static struct noted ask(struct scratch *s, int64_t since, unsigned limit)
{
	struct noted noted = { .status = 1 };

	store_event_list(s->store, (struct store_scope){ .user_id = "ann" }, since, limit, note,
			 &noted);
	store_wait(s->store);
	return noted;
}

static void note_cursor(void *arg, int status, int64_t cursor, struct store_audience audience)
{
	(void)audience;
	assert_int_equal(status, 0);
	*(int64_t *)arg = cursor;
}

static int64_t add(struct scratch *s)
{
	const struct store_new_event event = { .payload = "{\"type\":\"x\"}",
					       .cid = "default:chat-ann",
					       .conversation_id = "ann",
					       .at_us = 1 };
	int64_t cursor = 0;

	store_event_add(s->store, &event, note_cursor, &cursor);
	store_wait(s->store);
	return cursor;
}

/* A log that has lost its first events. Returns the newest cursor. */
static int64_t fill(struct scratch *s)
{
	char text[256];

	add_people(s);
	assert_int_equal(add(s), 1);
	snprintf(text, sizeof text,
		 "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d) "
		 "INSERT INTO events (type, created_at, cid, conversation_id, payload) "
		 "SELECT 6, 1, 'default:chat-ann', 'ann', '{}' FROM n",
		 LIMIT_EVENTS_KEPT + MORE - 2);
	sql(s, text);
	int64_t newest = add(s); /* prunes */
	assert_int_equal(newest, LIMIT_EVENTS_KEPT + MORE);
	assert_int_equal(sql_int(s, "SELECT count(*) FROM events"), LIMIT_EVENTS_KEPT);
	return newest;
}

static void check(struct scratch *s, int64_t newest)
{
	int64_t oldest = newest - LIMIT_EVENTS_KEPT + 1, at = oldest - 1;
	struct noted page;

	assert_int_equal(ask(s, oldest - 2, PAGE).status, -ESTALE);
	assert_int_equal(ask(s, 0, PAGE).status, -ESTALE);
	assert_int_equal(ask(s, newest + 1, PAGE).status, -ESTALE); /* nobody was ever given that */
	page = ask(s, newest, PAGE);
	assert_int_equal(page.status, 0);
	assert_int_equal(page.n, 0);

	do { /* page by page: each once, in order, none left out */
		page = ask(s, at, PAGE);
		assert_int_equal(page.status, 0);
		assert_true(page.n > 0 && page.n <= PAGE);
		assert_int_equal(page.first, at + 1);
		assert_true(page.in_order);
		at = page.last;
	} while (page.more);
	assert_int_equal(at, newest);
}

static void test_too_old(void **state)
{
	struct scratch *s = *state;
	int64_t newest = fill(s);

	check(s, newest);
	scratch_close(s);
	scratch_open(s);
	check(s, newest); /* also after a restart */
}

static void test_emptied(void **state)
{
	struct scratch *s = *state;

	add_people(s);
	add(s);
	int64_t newest = add(s);
	sql(s, "DELETE FROM events");
	assert_int_equal(ask(s, newest, PAGE).status, 0); /* had all of them */
	assert_int_equal(ask(s, newest - 1, PAGE).status, -ESTALE);
	assert_int_equal(add(s), newest + 1); /* cursors never begin anew */
	struct noted page = ask(s, newest, PAGE);
	assert_int_equal(page.n, 1);
	assert_int_equal(page.first, newest + 1);
	assert_int_equal(ask(s, newest - 1, PAGE).status, -ESTALE);
}

/* A full disk that has room again is found out although nobody writes (R33). */
static void test_probe(void **state)
{
	struct scratch *s = *state;
	int status = 1;
	uint64_t before = store_counts(s->store).writes;

	store_probe(s->store, note_status, &status);
	store_wait(s->store);
	assert_int_equal(status, 0);
	assert_int_equal(store_counts(s->store).writes, before + 1);
	assert_int_equal(sql_int(s, "SELECT count(*) FROM media_refusals"), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_too_old, scratch_setup, scratch_teardown),
		cmocka_unit_test_setup_teardown(test_emptied, scratch_setup, scratch_teardown),
		cmocka_unit_test_setup_teardown(test_probe, scratch_setup, scratch_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
