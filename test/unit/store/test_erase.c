/* SPDX-License-Identifier: Apache-2.0 */
/* Deleting a person: what goes in each mode, and what stays for the others. */
#include "scratch.h"

#include <errno.h>

#include "scratch_sql.h"
#include "store/support.h"

static void note_message(void *arg, int status, const struct store_message *message, bool created,
			 int64_t cursor)
{
	(void)created, (void)cursor;
	assert_int_equal(status, 0);
	*(int64_t *)arg = message->id;
}

static int64_t say(struct scratch *s, const char *where, const char *who, const char *text,
		   int64_t quoted)
{
	static uint64_t at = 1000;
	char client_id[24];
	int64_t id = 0;

	snprintf(client_id, sizeof client_id, "c%llu", (unsigned long long)++at);
	store_message_add(s->store,
			  &(struct store_new_message){ .conversation_id = where,
						       .user_id = who,
						       .client_id = client_id,
						       .text = text,
						       .quoted_id = quoted,
						       .created_at_us = at },
			  note_message, &id);
	store_wait(s->store);
	return id;
}

static struct noted_user erase(struct scratch *s, const char *id, enum erase_mode mode)
{
	struct noted_user n = { .status = 1 };

	store_user_erase(s->store, id, mode,
			 &(struct store_deed){ .user_id = "boss", .at_us = 5000 }, note_user, &n);
	store_wait(s->store);
	return n;
}

static void note_found(void *arg, int status, const struct store_message *list, size_t n, bool more)
{
	(void)list, (void)more;
	assert_int_equal(status, 0);
	*(size_t *)arg = n;
}

static size_t found(struct scratch *s, const char *words)
{
	size_t n = 99;

	store_message_search(s->store, (struct store_scope){ .all = true, .user_id = "boss" }, NULL,
			     words, 10, note_found, &n);
	store_wait(s->store);
	return n;
}

static void note_events(void *arg, int status, const struct store_event *list, size_t n, bool more)
{
	(void)list, (void)n, (void)more;
	*(int *)arg = status;
}

static int replay(struct scratch *s)
{
	int status = 1;

	store_event_list(s->store, (struct store_scope){ .all = true, .user_id = "boss" }, 1, 10,
			 note_events, &status);
	store_wait(s->store);
	return status;
}

/* ann was there: a talk with a quote, notes on her, a call's card, a sign-in. */
static void live(struct scratch *s)
{
	static const uint8_t hash[STORE_HASH] = { 1 };
	int status = 1;

	add_people(s);
	int64_t first = say(s, "ann", "ann", "my secret address", 0);
	say(s, "ann", "boss", "noted", first);
	say(s, "bob", "bob", "something of bob", 0);
	store_session_create(s->store, hash, "ann", NULL, 1, 9000, note_status, &status);
	store_wait(s->store);
	assert_int_equal(status, 0);
	add_card(s, "default:x", "bob", "bob", /* somebody else's conversation */
		 "{\"caller\":{\"id\":\"ann\",\"name\":\"Ann Secret\"},\"participants\":[{\"id\":"
		 "\"bob\",\"name\":\"Bob\"}]}");
	sql(s, "INSERT INTO customers (user_id, page, notes) VALUES ('ann', 'https://x', 'rich');"
	       "INSERT INTO reports (message_id, reporter_id, reason, text, created_at) SELECT "
	       "max(id), 'ann', 'he wrote to my secret address', text, 1 FROM messages WHERE "
	       "card IS NULL;"
	       "UPDATE users SET password_hash = 'h', image = 'i' WHERE id = 'ann'");
}

static void test_soft(void **state)
{
	struct scratch *s = *state;

	live(s);
	assert_int_equal(erase(s, "ann", ERASE_SOFT).status, 0);
	assert_int_equal(sql_int(s, "SELECT count(*) FROM sessions"), 0);
	assert_int_equal(sql_int(s, "SELECT count(*) FROM users WHERE id = 'ann' AND image = 'i' "
				    "AND password_hash = 'h'"),
			 1);
	assert_int_equal(found(s, "secret"), 1);
	assert_int_equal(replay(s), 0);
	assert_int_equal(sql_int(s, "SELECT count(*) FROM audit WHERE action = 'user.delete' AND "
				    "actor_id = 'boss' AND target = 'ann' AND detail = 'soft'"),
			 1);
}

static void test_pruning(void **state)
{
	struct scratch *s = *state;

	live(s);
	struct noted_user left = erase(s, "ann", ERASE_PRUNING);
	assert_int_equal(left.status, 0);
	assert_string_equal(left.name, ERASED_NAME);
	assert_int_equal(sql_int(s, "SELECT count(*) FROM customers"), 0);
	assert_int_equal(sql_int(s, "SELECT count(*) FROM users WHERE id = 'ann' AND image IS NULL "
				    "AND password_hash IS NULL"),
			 1);
	assert_int_equal(sql_int(s, "SELECT count(*) FROM call_history WHERE card LIKE '%Secret%'"),
			 0);
	assert_int_equal(sql_int(s, "SELECT count(*) FROM call_history WHERE card LIKE "
				    "'%Deleted user%Bob%'"),
			 1);
	assert_int_equal(sql_int(s, "SELECT count(*) FROM messages WHERE card LIKE '%Secret%'"), 0);
	/* what they asked the team to look at is still looked at */
	assert_int_equal(sql_int(s, "SELECT count(*) FROM reports WHERE reason = '' AND text = "
				    "'something of bob'"),
			 1);
	assert_int_equal(found(s, "secret"), 1);
	assert_int_equal(replay(s), -ESTALE); /* stored frames held the name */
}

static void test_hard(void **state)
{
	struct scratch *s = *state;

	live(s);
	assert_int_equal(erase(s, "ann", ERASE_HARD).status, 0);
	assert_int_equal(found(s, "secret"), 0);
	assert_int_equal(found(s, "noted"), 0);
	assert_int_equal(found(s, "something"), 1); /* bob's is untouched */
	assert_int_equal(sql_int(s, "SELECT count(*) FROM messages WHERE conversation_id = 'ann'"),
			 0);
	assert_int_equal(sql_int(s, "SELECT count(*) FROM conversations WHERE id = 'ann' AND "
				    "last_message_id IS NULL AND status = 'resolved'"),
			 1);
	assert_int_equal(sql_int(s, "SELECT count(*) FROM support_cases WHERE conversation_id = "
				    "'ann' AND resolved_at IS NULL"),
			 0);
	assert_int_equal(sql_int(s, "SELECT count(*) FROM pragma_foreign_key_check"), 0);
	assert_int_equal(replay(s), -ESTALE);
	/* who is let in again begins anew */
	assert_true(say(s, "ann", "ann", "hello", 0) > 0);
}

static void test_refused(void **state)
{
	struct scratch *s = *state;

	add_people(s);
	assert_int_equal(erase(s, "boss", ERASE_HARD).status, -EPERM);
	assert_int_equal(erase(s, "nobody", ERASE_HARD).status, -ENOENT);
	assert_int_equal(sql_int(s, "SELECT count(*) FROM audit"), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_soft, scratch_setup, scratch_teardown),
		cmocka_unit_test_setup_teardown(test_pruning, scratch_setup, scratch_teardown),
		cmocka_unit_test_setup_teardown(test_hard, scratch_setup, scratch_teardown),
		cmocka_unit_test_setup_teardown(test_refused, scratch_setup, scratch_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
