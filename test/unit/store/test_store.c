/* SPDX-License-Identifier: Apache-2.0 */
/* Opening, migrating, group commit, and the verbs of users. */
#include "scratch_sql.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "base/limits.h"
#include "store/request.h"

static const uint8_t hash_a[32] = { 'a' }, hash_b[32] = { 'b' };

static unsigned mode_of(struct scratch *s, const char *name)
{
	char path[128];
	struct stat st;

	snprintf(path, sizeof path, "%s/%s", s->dir, name);
	assert_int_equal(stat(path, &st), 0);
	return st.st_mode & 0777;
}

static void test_migrates_and_reopens(void **state)
{
	struct scratch *s = *state;

	assert_int_equal(add_user(s, "ann", ROLE_USER), 0);
	assert_int_equal(sql_int(s, "PRAGMA user_version"), db_schema_steps);
	scratch_close(s);
	scratch_open(s);
	struct noted_user u = { .status = 1 };
	store_user_find(s->store, "ann", note_user, &u);
	store_wait(s->store);
	assert_int_equal(u.status, 0);
	assert_string_equal(u.id, "ann");
	assert_int_equal(sql_int(s, "PRAGMA user_version"), db_schema_steps);
}

static void test_files_are_private(void **state)
{
	struct scratch *s = *state;

	assert_int_equal(add_user(s, "ann", ROLE_USER), 0);
	assert_int_equal(mode_of(s, "."), 0700);
	assert_int_equal(mode_of(s, "confab.db"), 0600);
	assert_int_equal(mode_of(s, "confab.db-wal"), 0600);
	scratch_close(s);

	/* A folder that was opened up is closed again. */
	assert_int_equal(chmod(s->dir, 0755), 0);
	scratch_open(s);
	assert_int_equal(mode_of(s, "."), 0700);
}

static int try_open(struct scratch *s, bool exclusive, struct store **ret, char *error)
{
	return store_open(
		&(struct store_config){ .dir = s->dir, .loop = &s->loop, .exclusive = exclusive },
		ret, error);
}

static void test_refuses_a_newer_schema(void **state)
{
	struct scratch *s = *state;
	char error[STORE_ERROR_MAX] = "";
	struct store *other;

	scratch_close(s);
	sql(s, "PRAGMA user_version = 1000");
	assert_int_equal(uv_loop_init(&s->loop), 0);
	assert_int_equal(try_open(s, false, &other, error), -EPROTO);
	assert_non_null(strstr(error, "schema 1000"));
	assert_non_null(strstr(error, "confab.db"));
	assert_int_equal(uv_loop_close(&s->loop), 0);
}

static void test_refuses_what_is_not_ours(void **state)
{
	struct scratch *s = *state;
	char error[STORE_ERROR_MAX] = "", path[128];
	struct store *other;

	scratch_close(s);
	assert_int_equal(uv_loop_init(&s->loop), 0);
	sql(s, "PRAGMA application_id = 1");
	assert_int_equal(try_open(s, false, &other, error), -EUCLEAN);
	assert_non_null(strstr(error, "not a Confab database"));

	snprintf(path, sizeof path, "%s/confab.db", s->dir);
	FILE *file = fopen(path, "w");
	for (int i = 0; i < 1000; i++)
		fprintf(file, "this is no database\n");
	fclose(file);
	assert_int_equal(try_open(s, false, &other, error), -EUCLEAN);

	strcpy(path, s->dir);
	strcpy(s->dir, "/proc/nowhere");
	assert_true(try_open(s, false, &other, error) < 0);
	assert_non_null(strstr(error, "/proc/nowhere"));
	strcpy(s->dir, path);
	assert_int_equal(uv_loop_close(&s->loop), 0);
}

static void test_one_daemon_per_folder(void **state)
{
	struct scratch *s = *state;
	char error[STORE_ERROR_MAX] = "";
	struct store *first, *second_one, *cli;

	assert_int_equal(try_open(s, true, &first, error), 0);
	assert_int_equal(try_open(s, true, &second_one, error), -EBUSY);
	assert_non_null(strstr(error, "in use by another confabd"));
	/* The command line works beside it. */
	assert_int_equal(try_open(s, false, &cli, error), 0);
	store_close(cli);
	store_close(first);
	uv_run(&s->loop, UV_RUN_DEFAULT);
	assert_int_equal(try_open(s, true, &first, error), 0);
	store_close(first);
}

/* One failing request among many: it fails alone. */
static void test_group_commit_isolates_failures(void **state)
{
	struct scratch *s = *state;
	enum { N = 300 };
	int status[N];

	for (int i = 0; i < N; i++) {
		char id[16];

		status[i] = 1;
		/* Every third is a repetition of the one before. */
		snprintf(id, sizeof id, "u%d", i % 3 == 2 ? i - 1 : i);
		struct store_user user = { .id = id, .name = id, .role = ROLE_USER };
		store_user_create(s->store, &user, NULL, note_status, &status[i]);
	}
	store_wait(s->store);
	for (int i = 0; i < N; i++)
		assert_int_equal(status[i], i % 3 == 2 ? -EEXIST : 0);
	assert_int_equal(sql_int(s, "SELECT count(*) FROM users"), 2 * N / 3);
	/* The failed half left nothing: no conversation without its user, and the other way round.
	 */
	assert_int_equal(sql_int(s, "SELECT count(*) FROM conversations"), 2 * N / 3);
}

static struct {
	int n, seen[16];
} order;

static void note_order(void *arg, int status)
{
	assert_int_equal(status, 0);
	order.seen[order.n++] = *(int *)arg;
}

/* In the order of the requests, and from the loop when nobody waits. */
static void test_answers_come_in_order_from_the_loop(void **state)
{
	struct scratch *s = *state;
	int number[10];

	order.n = 0;
	for (int i = 0; i < 10; i++) {
		number[i] = i;
		store_session_delete(s->store, hash_a, note_order, &number[i]);
	}
	assert_int_equal(order.n, 0);
	uv_run(&s->loop, UV_RUN_DEFAULT); /* ends by itself when everything is answered */
	assert_int_equal(order.n, 10);
	for (int i = 0; i < 10; i++)
		assert_int_equal(order.seen[i], i);
}

struct again {
	struct store *store;
	int left, last;
};

static void ask_again(void *arg, int status)
{
	struct again *a = arg;

	a->last = status;
	if (a->left-- > 0)
		store_session_delete(a->store, hash_a, ask_again, a);
}

/* What is queued before the close is answered;
 * what a callback queues during it is refused, not lost. */
static void test_close_answers_everything(void **state)
{
	struct scratch *s = *state;
	struct again a = { .store = s->store, .left = 1, .last = 1 };
	int status = 1;

	store_session_delete(s->store, hash_b, note_status, &status);
	store_session_delete(s->store, hash_a, ask_again, &a);
	scratch_close(s);
	assert_int_equal(status, 0);
	assert_int_equal(a.left, -1);
	assert_int_equal(a.last, -ESHUTDOWN);
}

static void note_login(void *arg, int status, const struct store_user *user,
		       const char *password_hash)
{
	struct noted_user *n = arg;

	note_user(n, status, user);
	snprintf(n->hash, sizeof n->hash, "%s", password_hash ? password_hash : "(none)");
}

static void test_users(void **state)
{
	struct scratch *s = *state;
	struct noted_user u = { .status = 1 };
	int status = 1;

	assert_int_equal(add_user(s, "ann", ROLE_USER), 0);
	assert_int_equal(add_user(s, "ann", ROLE_ADMIN), -EEXIST);
	store_user_find_login(s->store, "ann", note_login, &u);
	store_wait(s->store);
	assert_int_equal(u.status, 0);
	assert_string_equal(u.role, "user");
	assert_string_equal(u.hash, "");

	store_user_set_password(s->store, "ann", "$hash", note_status, &status);
	store_user_find_login(s->store, "ann", note_login, &u);
	store_wait(s->store);
	assert_int_equal(status, 0);
	assert_string_equal(u.hash, "$hash");
	store_user_set_password(s->store, "bob", "$hash", note_status, &status);
	store_user_find(s->store, "bob", note_user, &u);
	store_wait(s->store);
	assert_int_equal(status, -ENOENT);
	assert_int_equal(u.status, -ENOENT);

	/* An admin has no conversation. */
	assert_int_equal(add_user(s, "boss", ROLE_ADMIN), 0);
	assert_int_equal(sql_int(s, "SELECT count(*) FROM conversations"), 1);
}

/* What makes a table anew keeps all that hangs on it (006_channels.sql). */
static void test_migration_keeps_messages(void **state)
{
	struct scratch *s = *state;

	scratch_close(s);
	scratch_remove(s);
	strcpy(s->dir, "/tmp/confab-test-XXXXXX");
	assert_non_null(mkdtemp(s->dir));
	for (unsigned i = 0; i < 5; i++)
		sql(s, db_schema[i]);
	sql(s,
	    "INSERT INTO users (id, name, role, created_at) VALUES ('ann', 'Ann', 'user', 1);"
	    "INSERT INTO conversations (id, created_at, updated_at, status) VALUES ('ann', 1, 7, "
	    "'pending');"
	    "INSERT INTO messages (conversation_id, user_id, client_id, text, created_at) VALUES "
	    "('ann', 'ann', 'c', 'kept', 2);"
	    "INSERT INTO reads (conversation_id, user_id) VALUES ('ann', 'ann');"
	    "PRAGMA user_version = 5; PRAGMA application_id = 1131376230");
	assert_int_equal(DB_APPLICATION_ID, 1131376230);
	scratch_open(s);
	assert_int_equal(sql_int(s, "SELECT count(*) FROM messages WHERE text = 'kept'"), 1);
	assert_int_equal(sql_int(s, "SELECT count(*) FROM reads"), 1);
	assert_int_equal(sql_int(s, "SELECT count(*) FROM conversations WHERE customer_id = 'ann' "
				    "AND status = 'pending' AND updated_at = 7"),
			 1);
	/* references hold again, and lead to the new table */
	sql(s, "PRAGMA foreign_keys = ON; DELETE FROM messages; DELETE FROM users");
	assert_int_equal(sql_int(s, "SELECT count(*) FROM conversations"), 0);
	assert_int_equal(sql_int(s, "SELECT count(*) FROM reads"), 0);
	assert_int_equal(sql_int(s, "SELECT count(*) FROM pragma_foreign_key_check"), 0);
}

static void note_refusals(void *arg, int status, const struct store_refusal *list, size_t n)
{
	char *text = arg;

	assert_int_equal(status, 0);
	text[0] = '\0';
	for (size_t i = 0; i < n && i < 3; i++)
		sprintf(text + strlen(text), "%s %s; ", list[i].kind, list[i].key);
	sprintf(text + strlen(text), "%zu", n);
}

/* Oldest first, bounded, there after a restart. */
static void test_refusals(void **state)
{
	struct scratch *s = *state;
	char text[256];
	int status = 1;

	store_refusal_add(s->store, "ended", "k1", 1, note_status, &status);
	store_refusal_add(s->store, "barred", "room\nann", 2, note_status, &status);
	store_wait(s->store);
	assert_int_equal(status, 0);
	scratch_close(s);
	scratch_open(s);
	store_refusal_list(s->store, note_refusals, text);
	store_wait(s->store);
	assert_string_equal(text, "ended k1; barred room\nann; 2");
	for (int i = 0; i < STORE_REFUSALS_MAX; i++)
		store_refusal_add(s->store, "ended", "new", 3, note_status, &status);
	store_refusal_list(s->store, note_refusals, text);
	store_wait(s->store);
	assert_string_equal(text, "ended new; ended new; ended new; 2048");
}

static void ignore_call(void *arg, int status, const struct store_call *call, bool created)
{
	(void)arg, (void)call, (void)created;
	assert_int_equal(status, 0);
}

static bool has_user(struct scratch *s, const char *id)
{
	struct noted_user found = { .status = 1 };

	store_user_find(s->store, id, note_user, &found);
	store_wait(s->store);
	return found.status == 0;
}

/* Guests who left nothing behind, and only they. */
static void test_guests_are_pruned(void **state)
{
	struct scratch *s = *state;
	const struct store_new_call call = { .cid = "default:x",
					     .type = "default",
					     .id = "x",
					     .created_by = "guest-made",
					     .created_at_us = 1 };
	const struct store_user late = {
		.id = "guest-late", .name = "Late", .role = ROLE_GUEST, .created_at_us = UINT32_MAX
	};
	int status = 1;

	assert_int_equal(add_user(s, "ann", ROLE_USER), 0);
	assert_int_equal(add_user(s, "guest-gone", ROLE_GUEST), 0);
	assert_int_equal(add_user(s, "guest-made", ROLE_GUEST), 0);
	store_user_create(s->store, &late, NULL, note_status, &status);
	store_call_create(s->store, &call, ignore_call, NULL);
	store_guest_prune(s->store, UINT32_MAX, note_status, &status);
	store_wait(s->store);
	assert_int_equal(status, 0);
	assert_false(has_user(s, "guest-gone"));
	assert_true(has_user(s, "guest-made") && has_user(s, "guest-late") && has_user(s, "ann"));
}

static void note_created(void *arg, int status, const struct store_call *call, bool created)
{
	(void)call;
	*(int *)arg = status < 0 ? status : created;
}

static int make_call(struct scratch *s, const char *conversation, const char *id, uint64_t at)
{
	char cid[64];
	int status = 1;

	(void)snprintf(cid, sizeof cid, "default:%s", id);
	store_call_create(s->store,
			  &(struct store_new_call){ .cid = cid,
						    .type = "default",
						    .id = id,
						    .created_by = "ann",
						    .conversation_id = conversation,
						    .created_at_us = at },
			  note_created, &status);
	store_wait(s->store);
	return status;
}

/* One person makes so many calls a day; what is there is found all the same, and others may. */
static void test_calls_a_day(void **state)
{
	const uint64_t day = (uint64_t)24 * 3600 * 1000 * 1000;
	struct scratch *s = *state;
	char id[16];

	assert_int_equal(add_user(s, "ann", ROLE_USER), 0);
	for (int i = 0; i < LIMIT_CALLS_A_DAY; i++) {
		(void)snprintf(id, sizeof id, "c%d", i);
		assert_int_equal(make_call(s, NULL, id, 1000 + (uint64_t)i), 1);
	}
	assert_int_equal(make_call(s, NULL, "more", day + 1000), 1); /* the first is a day old */
	assert_int_equal(make_call(s, NULL, "again", day + 1000), -EDQUOT);
	assert_int_equal(make_call(s, NULL, "again", day + 1000), -EDQUOT); /* it was not kept */
	assert_int_equal(make_call(s, NULL, "c5", day + 1000), 0);
	assert_int_equal(make_call(s, "ann", "chat-ann", day + 1000), 1);
	assert_int_equal(make_call(s, NULL, "again", day + 1001), 1);
}

int main(void)
{
#define TEST(fn) cmocka_unit_test_setup_teardown(fn, scratch_setup, scratch_teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_migrates_and_reopens),
		TEST(test_migration_keeps_messages),
		TEST(test_files_are_private),
		TEST(test_refuses_a_newer_schema),
		TEST(test_refuses_what_is_not_ours),
		TEST(test_one_daemon_per_folder),
		TEST(test_group_commit_isolates_failures),
		TEST(test_answers_come_in_order_from_the_loop),
		TEST(test_close_answers_everything),
		TEST(test_users),
		TEST(test_calls_a_day),
		TEST(test_refusals),
		TEST(test_guests_are_pruned),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
