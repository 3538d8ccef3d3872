/* SPDX-License-Identifier: Apache-2.0 */
/* Files of messages: how much is stored, and that the bytes go when their row does, whatever took the row. */
#include "scratch.h"

#include <errno.h>
#include <stdlib.h>

#include "scratch_sql.h"
#include "store/messages.h"

static void note_attachment(void *arg, int status, const struct store_attachment *attachment)
{
	(void)attachment;
	*(int *)arg = status;
}

static struct store_room room; /* none */

static int upload(struct scratch *s, const char *id, const char *who, uint64_t size)
{
	int status = 1;

	store_attachment_add(s->store,
			     &(struct store_attachment){ .id = id,
							 .conversation_id = who,
							 .user_id = who,
							 .name = "a.png",
							 .kind = "image/png",
							 .size = size,
							 .created_at_us = 100 },
			     &room, note_attachment, &status);
	store_wait(s->store);
	return status;
}

static int found(struct scratch *s, const char *id)
{
	int status = 1;

	store_attachment_find(s->store, id, note_attachment, &status);
	store_wait(s->store);
	return status;
}

static void note_message(void *arg, int status, const struct store_message *message, bool created,
			 int64_t cursor)
{
	(void)created, (void)cursor;
	assert_int_equal(status, 0);
	if (arg)
		*(int64_t *)arg = message->id;
}

static int64_t send_file(struct scratch *s, const char *who, const char *id)
{
	int64_t message = 0;

	store_message_add(s->store,
			  &(struct store_new_message){ .conversation_id = who,
						       .user_id = who,
						       .client_id = id,
						       .text = "",
						       .attachments = &id,
						       .attachment_count = 1,
						       .created_at_us = 200 },
			  note_message, &message);
	store_wait(s->store);
	return message;
}

static void take_back(struct scratch *s, const char *who, int64_t message)
{
	store_message_delete(
		s->store,
		&(struct store_message_change){
			.conversation_id = who, .user_id = who, .id = message, .at_us = 300 },
		false, 0, note_message, NULL);
	store_wait(s->store);
}

static void note_gone(void *arg, int status, const char *id)
{
	assert_int_equal(status, 0);
	snprintf(arg, 32, "%s", id ? id : "-");
}

/* The next file to remove, when `removed` (NULL: none) is removed. */
static const char *gone(struct scratch *s, const char *removed, uint64_t before_us)
{
	static char next[32];

	store_files_gone(s->store, removed, before_us, note_gone, next);
	store_wait(s->store);
	return next;
}

static void test_a_message_takes_its_files_along(void **state)
{
	struct scratch *s = *state;

	add_people(s);
	assert_int_equal(upload(s, "f1", "ann", 10), 0);
	int64_t message = send_file(s, "ann", "f1");
	assert_int_equal(found(s, "f1"), 0);
	assert_string_equal(gone(s, NULL, 1000), "-"); /* sent: kept, however old */

	take_back(s, "ann", message);
	assert_int_equal(found(s, "f1"), -ENOENT);
	assert_string_equal(gone(s, NULL, 0), "f1");
	assert_string_equal(gone(s, NULL, 0), "f1"); /* nobody said that it is removed */
	assert_string_equal(gone(s, "f1", 0), "-");
}

static void test_never_sent(void **state)
{
	struct scratch *s = *state;

	add_people(s);
	assert_int_equal(upload(s, "f1", "ann", 10), 0);
	assert_string_equal(gone(s, NULL, 100), "-"); /* made then, not before */
	assert_string_equal(gone(s, NULL, 101), "f1");
	assert_int_equal(found(s, "f1"), -ENOENT);
}

static void test_people_and_conversations_take_theirs_along(void **state)
{
	struct scratch *s = *state;

	add_people(s);
	assert_int_equal(upload(s, "f1", "ann", 10), 0);
	assert_int_equal(upload(s, "f2", "bob", 20), 0);
	assert_int_equal(sql_int(s, "SELECT bytes FROM stored_files WHERE user_id = ''"), 30);
	sql(s, "PRAGMA foreign_keys = ON; DELETE FROM conversations WHERE id = 'ann'");
	assert_string_equal(gone(s, NULL, 0), "f1");
	assert_string_equal(gone(s, "f1", 0), "-");
	sql(s, "PRAGMA foreign_keys = ON; DELETE FROM users WHERE id = 'bob'");
	assert_string_equal(gone(s, NULL, 0), "f2");
	assert_int_equal(sql_int(s, "SELECT bytes + files FROM stored_files WHERE user_id = ''"),
			 0);
	assert_int_equal(sql_int(s, "SELECT count(*) FROM stored_files"), 1);
}

static void test_files_without_a_row(void **state)
{
	struct scratch *s = *state;
	char nothing[32];

	add_people(s);
	assert_int_equal(upload(s, "f1", "ann", 10), 0);
	for (int twice = 0; twice < 2; twice++)
		store_files_found(s->store, "[\"f1\", \"lost\"]", note_gone, nothing);
	store_wait(s->store);
	assert_string_equal(gone(s, NULL, 0), "lost");
	assert_string_equal(gone(s, "lost", 0), "-");
	assert_int_equal(found(s, "f1"), 0);
}

static void note_stored(void *arg, int status, const struct store_stored *person,
			const struct store_stored *total)
{
	assert_int_equal(status, 0);
	*(uint64_t *)arg = person->bytes * 1000 + total->bytes;
}

static uint64_t stored(struct scratch *s, const char *who)
{
	uint64_t bytes = 0;

	store_stored_read(s->store, who, note_stored, &bytes);
	store_wait(s->store);
	return bytes;
}

static void note_found(void *arg, int status, const char *id)
{
	(void)id;
	*(int *)arg = status;
}

/* What is said of n files that no row speaks of, and one that has a row. */
static int find_unknown(struct scratch *s, int n)
{
	char ids[2048] = "[\"f1\"";
	int status = 1;

	for (int i = 0; i < n; i++)
		snprintf(ids + strlen(ids), sizeof ids - strlen(ids), ",\"lost%d\"", i);
	strcat(ids, "]");
	store_files_found(s->store, ids, note_found, &status);
	store_wait(s->store);
	return status;
}

/* Another database, or an older one, beside the files of this one: starting it loses nothing. */
static void test_most_files_without_a_row_stay(void **state)
{
	struct scratch *s = *state;

	add_people(s);
	assert_int_equal(upload(s, "f1", "ann", 10), 0);
	assert_int_equal(find_unknown(s, 51), -ESTALE);
	assert_string_equal(gone(s, NULL, 0), "-");
	assert_int_equal(find_unknown(s, 50), 0);
	assert_int_equal(sql_int(s, "SELECT count(*) FROM gone_files"), 50);
}

static void test_limits(void **state)
{
	struct scratch *s = *state;

	add_people(s);
	room = (struct store_room){ .person = 30, .total = 50 };
	assert_int_equal(upload(s, "f1", "ann", 31), -EDQUOT);
	assert_int_equal(upload(s, "f1", "ann", 30), 0);
	assert_int_equal(upload(s, "f2", "ann", 1), -EDQUOT);
	assert_int_equal(upload(s, "f3", "bob", 21), -EFBIG);
	assert_int_equal(upload(s, "f3", "bob", 20), 0);
	assert_int_equal(stored(s, "ann"), 30050);
	assert_int_equal(stored(s, "nobody"), 50);

	take_back(s, "ann", send_file(s, "ann", "f1"));
	assert_int_equal(upload(s, "f4", "ann", 30), 0); /* the room is free at once */

	/* all at once: each is counted before the next */
	int statuses[4] = { 1, 1, 1, 1 };
	room = (struct store_room){ .person = 32 };
	for (int i = 0; i < 4; i++) {
		char id[8];
		snprintf(id, sizeof id, "g%d", i);
		store_attachment_add(s->store,
				     &(struct store_attachment){ .id = id,
								 .conversation_id = "ann",
								 .user_id = "ann",
								 .name = "a",
								 .kind = "a/b",
								 .size = 1 },
				     &room, note_attachment, &statuses[i]);
	}
	store_wait(s->store);
	assert_int_equal(statuses[0] + statuses[1], 0);
	assert_int_equal(statuses[2], -EDQUOT);
	assert_int_equal(statuses[3], -EDQUOT);
	room = (struct store_room){ 0 };
}

int main(void)
{
#define TEST(fn) cmocka_unit_test_setup_teardown(fn, scratch_setup, scratch_teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_a_message_takes_its_files_along),
		TEST(test_limits),
		TEST(test_never_sent),
		TEST(test_people_and_conversations_take_theirs_along),
		TEST(test_files_without_a_row),
		TEST(test_most_files_without_a_row_stay),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
