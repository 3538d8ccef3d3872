/* SPDX-License-Identifier: Apache-2.0 */
/* Two customers who are one: what goes over, what nobody has read, and that half of it never happens. */
#include "scratch.h"

#include <errno.h>
#include <signal.h>
#include <sys/wait.h>

#include "scratch_sql.h"
#include "store/bans.h"
#include "store/channels.h"
#include "store/merge.h"
#include "store/request.h"

static void note_message(void *arg, int status, const struct store_message *message, bool created,
			 int64_t cursor)
{
	(void)created, (void)cursor;
	assert_int_equal(status, 0);
	*(int64_t *)arg = message->id;
}

static int64_t say(struct scratch *s, const char *where, const char *who, const char *client_id,
		   const char *text)
{
	static uint64_t at = 1000;
	int64_t id = 0;

	store_message_add(s->store,
			  &(struct store_new_message){ .conversation_id = where,
						       .user_id = who,
						       .client_id = client_id,
						       .text = text,
						       .created_at_us = ++at },
			  note_message, &id);
	store_wait(s->store);
	return id;
}

static void note_read(void *arg, int status, const struct store_read *read, unsigned changed)
{
	(void)arg, (void)read, (void)changed;
	assert_int_equal(status, 0);
}

static void has_read(struct scratch *s, const char *where, const char *who, int64_t id)
{
	store_read_mark(s->store, where, who, id, true, note_read, NULL);
	store_wait(s->store);
}

struct noted_merge {
	int status;
	size_t events;
	int64_t messages;
	char notes[64], name[64];
};

static void note_merge(void *arg, int status, const struct store_merged *merged)
{
	struct noted_merge *n = arg;

	n->status = status;
	if (!merged)
		return;
	n->events = merged->event_count;
	n->messages = merged->customer.message_count;
	snprintf(n->notes, sizeof n->notes, "%s", merged->customer.notes);
	snprintf(n->name, sizeof n->name, "%s", merged->other->name);
}

static const struct store_deed boss = { .user_id = "boss", .at_us = 9000 };

static struct noted_merge merge(struct scratch *s, const char *kept, const char *other)
{
	struct noted_merge n = { .status = 1 };

	store_customer_merge(s->store, kept, other, &boss, note_merge, &n);
	store_wait(s->store);
	return n;
}

static void note_channel(void *arg, int status, const struct store_channel *channel, bool changed,
			 int64_t cursor)
{
	(void)arg, (void)channel, (void)changed, (void)cursor;
	assert_int_equal(status, 0);
}

static void talk(struct scratch *s, const char *id, const char *a, const char *b)
{
	store_channel_create(s->store,
			     &(struct store_new_channel){ .id = id,
							  .type = "direct",
							  .created_by = a,
							  .members = &b,
							  .member_count = 1,
							  .at_us = 1 },
			     note_channel, NULL);
	store_wait(s->store);
}

/* clang-format off */
#define CARD(cid, caller, other) \
	"{\"cid\":\"" cid "\",\"caller\":{\"id\":\"" caller "\",\"name\":\"x\",\"role\":\"user\"}," \
	"\"participants\":[{\"id\":\"" caller "\",\"name\":\"x\"},{\"id\":\"" other "\",\"name\":\"y\"}]}"

/* ann and bob wrote by turns, boss answered ann; bob has something everywhere. Ids of the messages are 1 to 5. */
static void live(struct scratch *s)
{
	static const uint8_t hash[STORE_HASH] = { 1 };
	int status = 1;

	add_people(s);
	assert_int_equal(say(s, "ann", "ann", "same", "the teapot leaks"), 1);
	assert_int_equal(say(s, "bob", "bob", "same", "it is the blue one"), 2);
	assert_int_equal(say(s, "ann", "boss", "b", "which one"), 3);
	assert_int_equal(say(s, "bob", "bob", "again", "the spout"), 4);
	talk(s, "direct.bob.boss", "boss", "bob");
	assert_int_equal(say(s, "direct.bob.boss", "bob", "same", "between us"), 5);
	has_read(s, "ann", "boss", 3);
	store_session_create(s->store, hash, "bob", NULL, 1, 90000, note_status, &status);
	store_wait(s->store);
	assert_int_equal(status, 0);
	add_card(s, "default:chat-bob", NULL, NULL, CARD("default:chat-bob", "bob", "boss"));
	add_card(s, "default:x", NULL, NULL, CARD("default:x", "ann", "bob"));
	sql(s,
	    /* 32 bytes: the session's */
	    "INSERT INTO push_subscriptions VALUES (x'0100000000000000000000000000000000000000000000000000000000000000', "
	    "'bob', 'https://p', 'k', 'a', 'en', 1);"
	    "INSERT INTO customers (user_id, page, first_seen_at, last_seen_at, notes) VALUES "
	    "('ann', 'https://old', 5, 6, 'polite'), ('bob', 'https://new', 3, 8, 'in a hurry');"
	    "INSERT INTO labels (name, color, created_at) VALUES ('vip', '#000000', 1), ('tea', '#000000', 1);"
	    "INSERT INTO conversation_labels VALUES ('ann', 1), ('bob', 1), ('bob', 2);"
	    "INSERT INTO calls (cid, type, id, created_by, conversation_id, created_at) VALUES "
	    "('default:chat-bob', 'default', 'chat-bob', 'bob', 'bob', 1), ('default:x', 'default', 'x', 'bob', NULL, 1);"
	    "INSERT INTO call_sessions VALUES ('s1', 'default:chat-bob', 'bob', 'bob', 1, 2);"
	    "INSERT INTO call_session_users VALUES ('s1', 'bob', 1), ('s1', 'boss', 1);"
	    "INSERT INTO call_feedback VALUES ('s1', 'bob', 2, 'noisy', 3);"
	    "UPDATE call_history SET conversation_id = 'bob' WHERE cid = 'default:chat-bob';"
	    "INSERT INTO reactions VALUES (3, 'heart', 'bob', 1), (1, 'heart', 'ann', 1), (1, 'heart', 'bob', 1);"
	    "INSERT INTO reports (message_id, reporter_id, reason, text, created_at) VALUES (3, 'bob', 'rude', 'which one', 1);"
	    "INSERT INTO bans VALUES ('bob', 'spam', 'boss', 1, 500), ('ann', 'old', 'boss', 1, 400);"
	    "INSERT INTO blocks VALUES ('bob', 'boss', 1);"
	    "INSERT INTO attachments (id, conversation_id, user_id, message_id, name, kind, size, width, height, created_at) "
	    "VALUES ('f', 'bob', 'bob', 4, 'spout.png', 'image/png', 7, 1, 1, 1);"
	    "UPDATE conversations SET status = 'resolved', priority = 3 WHERE id = 'ann';"
	    "UPDATE users SET password_hash = 'h' WHERE id = 'bob'");
}
/* clang-format on */

static void note_page(void *arg, int status, const struct store_message *list, size_t n, bool more)
{
	char *text = arg;

	(void)more;
	assert_int_equal(status, 0);
	for (size_t i = 0; i < n; i++)
		if (!list[i].activity)
			text += sprintf(text, "%s:%s ", list[i].user.id, list[i].client_id);
}

static void note_found(void *arg, int status, const struct store_message *list, size_t n, bool more)
{
	(void)more;
	assert_int_equal(status, 0);
	*(int *)arg = (int)n * 10 + (n && strcmp(list[0].conversation_id, "ann") == 0);
}

static void test_everything_goes_over(void **state)
{
	struct scratch *s = *state;
	char text[512] = "", *at = text;
	int found = 0;

	live(s);
	struct noted_merge n = merge(s, "ann", "bob");
	assert_int_equal(n.status, 0);
	assert_int_equal(n.messages, 4);
	assert_string_equal(n.notes, "polite\nin a hurry");
	assert_string_equal(n.name, "bob");
	assert_int_equal(n.events, 2);

	/* one conversation in the order of time, and no two of a name */
	store_message_list(
		s->store,
		&(struct store_page){ .conversation_id = "ann", .limit = 50, .notes = true },
		note_page, text);
	store_wait(s->store);
	assert_int_equal(strncmp(at, "ann:same ann:merged-", 20), 0);
	at = strchr(strchr(at, ' ') + 1, ' ') + 1;
	assert_int_equal(strncmp(at, "boss:b ann:merged-", 18), 0);
	store_message_search(s->store, (struct store_scope){ .all = true, .user_id = "boss" }, NULL,
			     "spout", 10, note_found, &found);
	store_wait(s->store);
	assert_int_equal(found, 11);

#define ONE(query) assert_int_equal(sql_int(s, "SELECT count(*) FROM " query), 1)
	ONE("customers WHERE page = 'https://new' AND first_seen_at = 3 AND last_seen_at = 8");
	ONE("conversations WHERE customer_id IS NOT NULL AND status = 'open' AND priority = 3 AND "
	    "last_message_id = 4 AND waiting_since IS NOT NULL");
	ONE("support_cases");
	assert_int_equal(sql_int(s, "SELECT count(*) FROM conversation_labels"), 2);
	ONE("calls WHERE cid = 'default:chat-ann' AND id = 'chat-ann' AND created_by = 'ann'");
	ONE("call_sessions WHERE cid = 'default:chat-ann' AND conversation_id = 'ann'");
	ONE("call_feedback WHERE user_id = 'ann'");
	ONE("call_history WHERE cid = 'default:chat-ann' AND json_extract(card, '$.cid') = cid AND "
	    "json_extract(card, '$.caller.id') = 'ann' AND json_extract(card, '$.caller.name') = "
	    "'ann' AND json_extract(card, '$.caller.role') = 'user'");
	ONE("call_history WHERE cid = 'default:x' AND json_array_length(card, '$.participants') = "
	    "1");
	ONE("bans WHERE user_id = 'ann' AND until = 500");
	ONE("blocks WHERE user_id = 'ann' AND blocked_id = 'boss'");
	ONE("channels WHERE id = 'direct.ann.boss'");
	ONE("messages WHERE conversation_id = 'direct.ann.boss' AND user_id = 'ann'");
	ONE("attachments WHERE conversation_id = 'ann' AND user_id = 'ann' AND message_id = 4");
	ONE("stored_files WHERE user_id = 'ann' AND files = 1 AND bytes = 7");
	assert_int_equal(sql_int(s, "SELECT count(*) FROM history_people WHERE user_id = 'bob'"),
			 0);
	ONE("users WHERE id = 'bob' AND merged_into = 'ann' AND merged_at = 9000 AND password_hash "
	    "IS NULL");
	ONE("audit WHERE action = 'customer.merge' AND target = 'ann' AND detail = 'bob' AND "
	    "actor_id = 'boss'");
	ONE("messages WHERE activity = 'merged' AND activity_value = 'bob' AND private");
	assert_int_equal(sql_int(s, "SELECT count(*) FROM push_subscriptions"), 0);
	assert_int_equal(sql_int(s, "SELECT count(*) FROM pragma_foreign_key_check"), 0);
}

/* A card in a group, of a call with whoever is gone now: found by its people, wherever it is. */
static void test_cards_of_groups(void **state)
{
	struct scratch *s = *state;

	live(s);
	sql(s, "INSERT INTO conversations (id, created_at, updated_at) VALUES ('group.g', 1, 1);"
	       "INSERT INTO channels (id, type, created_at) VALUES ('group.g', 'group', 1);"
	       "INSERT INTO channel_members (channel_id, user_id, joined_at) VALUES ('group.g', "
	       "'boss', 1)");
	add_card(s, "default:g", "group.g", "boss", CARD("default:g", "boss", "bob"));
	assert_int_equal(merge(s, "ann", "bob").status, 0);
	ONE("messages WHERE card IS NOT NULL AND json_extract(card, '$.participants[1].id') = "
	    "'ann'");
	ONE("message_people WHERE user_id = 'ann'");
	assert_int_equal(sql_int(s, "SELECT count(*) FROM message_people WHERE user_id = 'bob'"),
			 0);
}

/* Of every column that refers to people: none of it is the other's any more. */
static void test_nothing_is_left_behind(void **state)
{
	struct scratch *s = *state;
	char path[128];
	sqlite3 *db;
	sqlite3_stmt *stmt;
	int columns = 0;

	live(s);
	assert_int_equal(merge(s, "ann", "bob").status, 0);
	snprintf(path, sizeof path, "%s/confab.db", s->dir);
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_prepare_v2(db,
					    "SELECT t.name, f.\"from\" FROM sqlite_master t, "
					    "pragma_foreign_key_list(t.name) f WHERE t.type = "
					    "'table' AND f.\"table\" IN ('users', "
					    "'conversations', 'channels') UNION VALUES "
					    "('call_sessions', 'started_by'), ('call_sessions', "
					    "'conversation_id'), ('call_session_users', "
					    "'user_id'), ('call_feedback', 'user_id'), "
					    "('call_history', 'conversation_id'), ('events', "
					    "'user_id'), ('events', 'conversation_id')",
					    -1, &stmt, NULL),
			 SQLITE_OK);
	while (sqlite3_step(stmt) == SQLITE_ROW) {
		char query[256];

		snprintf(query, sizeof query,
			 "SELECT count(*) FROM %s WHERE %s IN ('bob', 'direct.bob.boss')",
			 (const char *)sqlite3_column_text(stmt, 0),
			 (const char *)sqlite3_column_text(stmt, 1));
		if (sql_int(s, query) != 0)
			fail_msg("%s", query);
		columns++;
	}
	assert_true(columns > 30);
	assert_int_equal(sqlite3_finalize(stmt), SQLITE_OK);
	sqlite3_close(db);
}

/* boss has read all of ann's and nothing of bob's: 2 is unread, and so is what came after it. */
static void test_what_was_not_read_is_not_read(void **state)
{
	struct scratch *s = *state;

	live(s);
	has_read(s, "bob", "bob", 4);
	has_read(s, "ann", "ann", 1);
	assert_int_equal(merge(s, "ann", "bob").status, 0);
	assert_int_equal(sql_int(s, "SELECT read_id FROM reads WHERE conversation_id = 'ann' AND "
				    "user_id = 'boss'"),
			 1);
	/* the customer has not read 3, which ann was told */
	assert_int_equal(sql_int(s, "SELECT read_id FROM reads WHERE conversation_id = 'ann' AND "
				    "user_id = 'ann'"),
			 2);
}

static void test_who_has_read_both_has_read_all(void **state)
{
	struct scratch *s = *state;

	live(s);
	has_read(s, "bob", "boss", 4);
	assert_int_equal(merge(s, "ann", "bob").status, 0);
	assert_int_equal(sql_int(s, "SELECT read_id FROM reads WHERE conversation_id = 'ann' AND "
				    "user_id = 'boss'"),
			 4);
}

static void note_ban(void *arg, int status, const struct store_ban *list, size_t n)
{
	assert_int_equal(status, 0);
	for (size_t i = 0; i < n; i++)
		if (list[i].merged)
			snprintf(arg, 65, "%s", list[i].user_id);
}

static void test_whom_an_account_leads_to(void **state)
{
	struct scratch *s = *state;
	struct noted_user found = { .status = 1 }, lead = { .status = 1 };
	char barred[65] = "";

	live(s);
	assert_int_equal(add_user(s, "cleo", ROLE_USER), 0);
	assert_int_equal(merge(s, "ann", "bob").status, 0);
	store_user_find(s->store, "bob", note_user, &found);
	store_user_lead(s->store, "bob", note_user, &lead);
	store_ban_list(s->store, 9500, 1000, note_ban, barred);
	store_wait(s->store);
	assert_int_equal(found.status, -ENOENT);
	assert_string_equal(lead.id, "ann");
	assert_string_equal(barred, "bob");

	/* and on from there */
	assert_int_equal(merge(s, "cleo", "ann").status, 0);
	barred[0] = '\0';
	store_user_lead(s->store, "bob", note_user, &lead);
	store_ban_list(s->store, 10500, 1000, note_ban, barred);
	store_wait(s->store);
	assert_string_equal(lead.id, "cleo");
	assert_string_equal(barred, ""); /* no media token of theirs is good any more */
}

static void test_refused(void **state)
{
	struct scratch *s = *state;

	live(s);
	assert_int_equal(merge(s, "ann", "ann").status, -EINVAL);
	assert_int_equal(merge(s, "ann", "boss").status, -ENOENT);
	assert_int_equal(merge(s, "nobody", "ann").status, -ENOENT);
	assert_int_equal(merge(s, "ann", "bob").status, 0);
	assert_int_equal(merge(s, "ann", "bob").status, -ENOENT);
	ONE("audit");
}

/* ---- kill -9 ---- */

struct bomb {
	struct request base;
	int left; /* rows that still may change */
	int *ret_status;
};

static void tick(void *arg, int what, const char *database, const char *table, sqlite3_int64 row)
{
	int *left = arg;

	(void)what, (void)database, (void)table, (void)row;
	if ((*left)-- == 0)
		(void)kill(getpid(), SIGKILL);
}

static int changed_rows; /* of the child, on the store's thread */

static int run_bomb(struct db *db, struct request *req)
{
	changed_rows = request_of(req, struct bomb)->left;
	(void)sqlite3_update_hook(db->sqlite, tick, &changed_rows);
	return 0;
}

static void answer_bomb(struct request *req)
{
	*request_of(req, struct bomb)->ret_status = req->status;
}

/* Merges, and dies at the change of that row; ends with 0 when there are not so many. */
static void die_at(const char *dir, int row)
{
	struct scratch s = { 0 };
	struct bomb *b = request_new(sizeof *b);
	int status = 1;

	strcpy(s.dir, dir);
	scratch_open(&s);
	b->base.run = run_bomb;
	b->base.answer = answer_bomb;
	b->left = row;
	b->ret_status = &status;
	request_submit(s.store, &b->base);
	store_wait(s.store);
	_exit(merge(&s, "ann", "bob").status == 0 ? 0 : 1);
}

static void test_killed_half_way_nothing_happened(void **state)
{
	struct scratch *s = *state;
	int status = 0, deaths = 0;

	live(s);
	for (int row = 0;; row++) {
		scratch_close(s); /* no threads at the fork */
		pid_t pid = fork();
		if (pid == 0)
			die_at(s->dir, row);
		waitpid(pid, &status, 0);
		scratch_open(s);
		if (!WIFSIGNALED(status))
			break;
		deaths++;
		assert_int_equal(sql_int(s, "SELECT count(*) FROM messages WHERE user_id = 'bob' "
					    "AND conversation_id = 'bob'"),
				 2);
		ONE("users WHERE id = 'bob' AND merged_into IS NULL");
		ONE("conversations WHERE id = 'bob'");
		ONE("sessions WHERE user_id = 'bob'");
		assert_int_equal(sql_int(s, "SELECT count(*) FROM messages WHERE client_id LIKE "
					    "'merged-%'"),
				 0);
		assert_int_equal(sql_int(s, "SELECT count(*) FROM audit"), 0);
	}
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	assert_true(deaths > 15);
	ONE("users WHERE id = 'bob' AND merged_into = 'ann'");
}

int main(void)
{
#define TEST(fn) cmocka_unit_test_setup_teardown(fn, scratch_setup, scratch_teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_everything_goes_over),
		TEST(test_cards_of_groups),
		TEST(test_nothing_is_left_behind),
		TEST(test_what_was_not_read_is_not_read),
		TEST(test_who_has_read_both_has_read_all),
		TEST(test_whom_an_account_leads_to),
		TEST(test_refused),
		TEST(test_killed_half_way_nothing_happened),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
