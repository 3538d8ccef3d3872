/* SPDX-License-Identifier: Apache-2.0 */
/* Full and failing disks, a killed process, a second program (R31-R34). test/api/durability.test.mjs asks the same of the daemon. */
#include "scratch_sql.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "base/limits.h"
#include "store/request.h"

/* ---- a disk that fails: faults put in on the store thread ---- */

struct fault {
	struct request base;
	int (*inject)(struct db *db);
	int *ret_status;
};

static int run_fault(struct db *db, struct request *req)
{
	return request_of(req, struct fault)->inject(db);
}

static void answer_fault(struct request *req)
{
	*request_of(req, struct fault)->ret_status = req->status;
}

static void submit_fault(struct scratch *s, int (*inject)(struct db *), bool writes,
			 int *ret_status)
{
	struct fault *f = request_new(sizeof *f);

	*ret_status = 1;
	f->base.run = run_fault;
	f->base.answer = answer_fault;
	f->base.writes = writes;
	f->inject = inject;
	f->ret_status = ret_status;
	request_submit(s->store, &f->base);
}

static int make_full(struct db *db)
{
	return sqlite3_exec(db->sqlite, "PRAGMA max_page_count = 1", NULL, NULL,
			    NULL); /* SQLite: as it is now */
}

static int make_room(struct db *db)
{
	return sqlite3_exec(db->sqlite, "PRAGMA max_page_count = 1000000", NULL, NULL, NULL);
}

/* What SQLite does by itself at some disk errors. */
static int lose_transaction(struct db *db)
{
	(void)sqlite3_exec(db->sqlite, "ROLLBACK", NULL, NULL, NULL);
	return -ENOSPC;
}

static int break_disk(struct db *db)
{
	db->fatal = -EIO;
	return 0;
}

/* R33: writing fails with its own status, reading goes on, and it heals by itself. */
static void test_full_disk(void **state)
{
	struct scratch *s = *state;
	struct noted_user u = { .status = 1 };
	int status, full = 0, stored = 0;
	static char name[4001];

	memset(name, 'n', sizeof name - 1);
	assert_int_equal(add_user(s, "ann", ROLE_USER), 0);
	submit_fault(s, make_full, false, &status);
	store_wait(s->store);
	assert_int_equal(status, 0);
	for (int i = 0; i < 100; i++) {
		char id[16];
		int r = 1;

		snprintf(id, sizeof id, "u%d", i);
		struct store_user user = { .id = id, .name = name, .role = ROLE_USER };
		store_user_create(s->store, &user, NULL, note_status, &r);
		store_wait(s->store);
		assert_true(r == 0 || r == -ENOSPC);
		full += r == -ENOSPC;
		stored += r == 0;
	}
	assert_true(full > 50);
	assert_int_equal(sql_int(s, "SELECT count(*) FROM users"), stored + 1);
	store_user_find(s->store, "ann", note_user, &u);
	submit_fault(s, make_room, false, &status);
	store_wait(s->store);
	assert_int_equal(u.status, 0);
	assert_int_equal(add_user(s, "bob", ROLE_USER), 0);
}

/* When SQLite undoes the transaction, nobody in it is told that it worked. */
static void test_lost_transaction_fails_the_batch(void **state)
{
	struct scratch *s = *state;
	struct store_user one = { .id = "one", .name = "" }, two = { .id = "two", .name = "" };
	int first = 1, second_status = 1, status;

	/* All three must be in one batch: the store thread is kept busy while they queue up. */
	submit_fault(s, make_room, true, &status);
	for (int tries = 0; tries < 50; tries++) {
		store_user_create(s->store, &one, NULL, note_status, &first);
		submit_fault(s, lose_transaction, true, &status);
		store_user_create(s->store, &two, NULL, note_status, &second_status);
		store_wait(s->store);
		assert_int_equal(status, -ENOSPC);
		if (first < 0)
			break;
		/* It was committed in a batch of its own, before: once more. */
		sql(s, "DELETE FROM conversations; DELETE FROM users");
	}
	assert_int_equal(first, -ENOSPC);
	assert_int_equal(sql_int(s, "SELECT count(*) FROM users WHERE id = 'one'"), 0);
	assert_int_equal(sql_int(s, "SELECT count(*) FROM users WHERE id = 'two'"),
			 second_status == 0);
	assert_true(second_status == 0 || second_status == -ENOSPC);
	assert_int_equal(add_user(s, "three", ROLE_USER), 0);
}

/* R34: after an I/O error nothing is acknowledged until a restart. */
static void test_io_errors_are_final(void **state)
{
	struct scratch *s = *state;
	struct noted_user u = { .status = 1 };
	int status;

	assert_int_equal(add_user(s, "ann", ROLE_USER), 0);
	submit_fault(s, break_disk, false, &status);
	store_wait(s->store);
	assert_int_equal(add_user(s, "bob", ROLE_USER), -EIO);
	assert_int_equal(add_user(s, "bob", ROLE_USER), -EIO);
	store_user_find(s->store, "ann", note_user, &u);
	store_wait(s->store);
	assert_int_equal(u.status, 0);
	scratch_close(s);
	scratch_open(s);
	assert_int_equal(add_user(s, "bob", ROLE_USER), 0);
}

/* ---- kill -9 ---- */

static void writer(const char *dir, int out)
{
	struct scratch s = { 0 };

	strcpy(s.dir, dir);
	scratch_open(&s);
	for (int i = 0;; i++) {
		char id[16];

		snprintf(id, sizeof id, "k%d", i);
		if (add_user(&s, id, ROLE_USER) != 0 || write(out, &i, sizeof i) != sizeof i)
			_exit(1);
	}
}

/* What was acknowledged before the kill is there after it, and the file is whole. */
static void test_kill_loses_nothing_acknowledged(void **state)
{
	struct scratch *s = *state;

	for (int round = 0; round < 3; round++) {
		int fd[2], i, acknowledged = 0, status;

		scratch_close(s);
		scratch_remove(s);
		assert_int_equal(mkdir(s->dir, 0700), 0);
		assert_int_equal(pipe(fd), 0);
		pid_t pid = fork();
		if (pid == 0)
			writer(s->dir, fd[1]);
		close(fd[1]);
		while (acknowledged < 40 + 17 * round && read(fd[0], &i, sizeof i) == sizeof i)
			acknowledged = i + 1;
		assert_int_equal(kill(pid, SIGKILL), 0);
		while (read(fd[0], &i, sizeof i) == sizeof i)
			acknowledged = i + 1;
		waitpid(pid, &status, 0);
		close(fd[0]);
		assert_true(WIFSIGNALED(status));

		scratch_open(s);
		assert_true(acknowledged >= 40);
		for (i = 0; i < acknowledged; i++) {
			struct noted_user u = { .status = 1 };
			char id[16];

			snprintf(id, sizeof id, "k%d", i);
			store_user_find(s->store, id, note_user, &u);
			store_wait(s->store);
			assert_int_equal(u.status, 0);
		}
		assert_true(sql_int(s, "SELECT count(*) FROM users") <= acknowledged + 1);
	}
}

static void test_daemon_and_command_line_together(void **state)
{
	struct scratch *s = *state;
	enum { N = 60 };
	int status;

	scratch_close(s); /* no threads at the fork */
	pid_t pid = fork();
	if (pid == 0) {
		struct scratch other = { 0 };

		strcpy(other.dir, s->dir);
		scratch_open(&other);
		for (int i = 0; i < N; i++) {
			char id[16];

			snprintf(id, sizeof id, "child%d", i);
			if (add_user(&other, id, ROLE_USER) != 0)
				_exit(1);
		}
		other.store = store_close(other.store);
		_exit(0);
	}
	scratch_open(s);
	for (int i = 0; i < N; i++) {
		char id[16];

		snprintf(id, sizeof id, "parent%d", i);
		assert_int_equal(add_user(s, id, ROLE_USER), 0);
	}
	waitpid(pid, &status, 0);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	assert_int_equal(sql_int(s, "SELECT count(*) FROM users"), 2 * N);
}

int main(void)
{
#define TEST(fn) cmocka_unit_test_setup_teardown(fn, scratch_setup, scratch_teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_full_disk),
		TEST(test_lost_transaction_fails_the_batch),
		TEST(test_io_errors_are_final),
		TEST(test_kill_loses_nothing_acknowledged),
		TEST(test_daemon_and_command_line_together),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
