/* SPDX-License-Identifier: Apache-2.0 */
/* What is gathered on its way to the log: late errors, other connections, and a power cut at any moment (R31-R34). */
#include "scratch.h"

#include <errno.h>
#include <stdbool.h>

#include "disk_vfs.h"
#include "store/db.h"

enum { PAGE_TEXT = 3000 }; /* a row of that many bytes is a page */

struct bench {
	char dir[64];
	struct db db;
};

static void open_db(struct bench *b)
{
	char error[STORE_ERROR_MAX] = "";
	int r = db_open_gathering(&b->db, b->dir, false, error, sizeof error);

	if (r < 0)
		fail_msg("%d %s", r, error);
}

static int setup(void **state)
{
	struct bench *b = calloc(1, sizeof *b);

	strcpy(b->dir, "/tmp/confab-test-XXXXXX");
	assert_non_null(mkdtemp(b->dir));
	disk_reset(1);
	open_db(b);
	assert_int_equal(db_begin(&b->db, true), 0);
	assert_int_equal(
		db_script(&b->db,
			  "CREATE TABLE t (n INTEGER PRIMARY KEY, x TEXT, y INT DEFAULT 0)"),
		0);
	assert_int_equal(db_commit(&b->db), 0);
	*state = b;
	return 0;
}

static int teardown(void **state)
{
	struct bench *b = *state;
	struct scratch s = { 0 };

	disk.fault = FAULT_NONE;
	disk.before = NULL;
	db_close(&b->db);
	strcpy(s.dir, b->dir);
	scratch_remove(&s);
	free(b);
	return 0;
}

/* What another program sees. */
static int64_t elsewhere(const char *dir, const char *sql)
{
	char path[128];
	sqlite3 *db;
	sqlite3_stmt *stmt;
	int64_t value = -1;

	snprintf(path, sizeof path, "%s/confab.db", dir);
	assert_int_equal(sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, "unix"), SQLITE_OK);
	if (sqlite3_prepare_v2(db, sql, -1, &stmt, NULL) == SQLITE_OK &&
	    sqlite3_step(stmt) == SQLITE_ROW)
		value = sqlite3_column_int64(stmt, 0);
	sqlite3_finalize(stmt);
	sqlite3_close(db);
	return value;
}

static const char whole[] =
	"SELECT count(*) FROM pragma_integrity_check WHERE integrity_check = 'ok'";

static int add_rows(struct db *db, int first, int n)
{
	char text[PAGE_TEXT + 1];
	int r = 0;

	memset(text, 'x', PAGE_TEXT);
	text[PAGE_TEXT] = '\0';
	for (int i = first; r == 0 && i < first + n; i++)
		r = db_exec(db, "INSERT INTO t (n, x) VALUES (?, ?)", "is", (int64_t)i, text);
	return r;
}

static int transaction(struct bench *b, int first, int n)
{
	int r = db_begin(&b->db, true);

	if (r == 0)
		r = add_rows(&b->db, first, n);
	if (r == 0)
		return db_commit(&b->db);
	db_rollback(&b->db);
	return r;
}

static int64_t rows(struct bench *b)
{
	sqlite3_stmt *stmt = db_query(&b->db, "SELECT count(*) FROM t", "");

	assert_int_equal(db_step(&b->db, stmt), 1);
	int64_t n = db_int(stmt, 0);
	db_end(stmt);
	return n;
}

/* 100 pages in a few calls, one sync; and nobody sees them before the end, everybody after it. */
static void test_gathers(void **state)
{
	struct bench *b = *state;

	unsigned writes = disk.log_writes, syncs = disk.log_syncs;
	assert_int_equal(db_begin(&b->db, true), 0);
	assert_int_equal(add_rows(&b->db, 1, 100), 0);
	assert_int_equal(elsewhere(b->dir, "SELECT count(*) FROM t"), 0);
	assert_int_equal(db_commit(&b->db), 0);
	assert_in_range(disk.log_writes - writes, 3, 6);
	assert_int_equal(disk.log_syncs - syncs, 1);
	assert_int_equal(elsewhere(b->dir, "SELECT count(*) FROM t"), 100);
	assert_int_equal(elsewhere(b->dir, whole), 1);
	db_rest(&b->db);
	assert_int_equal(transaction(b, 101, 3), 0);
	assert_int_equal(elsewhere(b->dir, "SELECT count(*) FROM t"), 103);
}

/* Larger than the cache: pages go out early, are read back, and written again in their place. */
static int run_spilled(struct bench *b, int first)
{
	int r = db_begin(&b->db, true);

	if (r == 0)
		r = add_rows(&b->db, first, 70);
	for (int round = 0; r == 0 && round < 3; round++)
		r = db_exec(&b->db, "UPDATE t SET y = y + 1 WHERE n % 7 = 0 AND n >= ?", "i",
			    (int64_t)first);
	if (r == 0)
		r = db_exec(&b->db, "SAVEPOINT s", "");
	if (r == 0)
		r = db_exec(&b->db, "DELETE FROM t WHERE n % 2 = 0", "");
	if (r == 0)
		r = db_exec(&b->db, "ROLLBACK TO s", "");
	if (r == 0)
		r = db_exec(&b->db, "RELEASE s", "");
	if (r == 0)
		return db_commit(&b->db);
	db_rollback(&b->db);
	return r;
}

static void test_spills(void **state)
{
	struct bench *b = *state;

	assert_int_equal(db_script(&b->db, "PRAGMA cache_size = 12"), 0);
	assert_int_equal(run_spilled(b, 1), 0);
	assert_int_equal(run_spilled(b, 71), 0);
	assert_int_equal(rows(b), 140);
	assert_int_equal(elsewhere(b->dir, "SELECT sum(y) FROM t"), 3 * (140 / 7));
	assert_int_equal(elsewhere(b->dir, whole), 1);
}

/* What was undone is not written over what another program writes in its place. */
static void test_undone_is_dropped(void **state)
{
	struct bench *b = *state;

	assert_int_equal(db_script(&b->db, "PRAGMA cache_size = 12"), 0);
	for (int round = 0; round < 4; round++) {
		assert_int_equal(db_begin(&b->db, true), 0);
		assert_int_equal(add_rows(&b->db, 1000, 13 + 9 * round), 0);
		db_rollback(&b->db);
		assert_int_equal(elsewhere(b->dir,
					   "INSERT INTO t (n, x) SELECT coalesce(max(n), 0) + 1, "
					   "hex(zeroblob(1500)) FROM t RETURNING n"),
				 2 * round + 1);
		assert_int_equal(transaction(b, 2 * round + 2, 1), 0);
		assert_int_equal(elsewhere(b->dir, "SELECT count(*) FROM t"), 2 * round + 2);
		assert_int_equal(elsewhere(b->dir, whole), 1);
	}
}

/* Every call on the log fails in its turn, with each error: all or nothing, said so, and then it works again. */
static void test_errors(void **state)
{
	static const int expected[] = { [FAULT_FULL] = -ENOSPC,
					[FAULT_SHORT] = -ENOSPC,
					[FAULT_IO] = -EIO,
					[FAULT_SYNC] = -EIO };
	struct bench *b = *state;
	int64_t stored = 0;
	int next = 1, failures = 0;

	for (enum disk_fault fault = FAULT_FULL; fault <= FAULT_SYNC; fault++)
		for (unsigned left = 0; left < 12; left++) {
			bool spills = left % 2;

			assert_int_equal(db_script(&b->db, spills ? "PRAGMA cache_size = 12"
								  : "PRAGMA cache_size = 1000"),
					 0);
			disk.fault = fault;
			disk.left = left;
			int r = spills ? run_spilled(b, next) : transaction(b, next, 70);
			disk.fault = FAULT_NONE;
			if (r < 0)
				assert_int_equal(r, expected[fault]);
			failures += r < 0;
			stored += r == 0 ? 70 : 0;
			next += 70;
			assert_int_equal(rows(b), stored);
			if (expected[fault] == -EIO && r < 0) {
				/* the disk is not asked again (R34); what came of it is looked at anew */
				assert_int_equal(transaction(b, next, 1), -EIO);
				db_close(&b->db);
				open_db(b);
				stored = rows(b);
			}
			assert_int_equal(elsewhere(b->dir, "SELECT count(*) FROM t"), stored);
			assert_int_equal(elsewhere(b->dir, whole), 1);
		}
	assert_in_range(failures, 10, 40);
	assert_int_equal(transaction(b, next, 5), 0);
}

/* ---- power cuts ---- */

static struct cuts {
	struct bench *bench;
	int acknowledged;
	unsigned n, every;
} cuts;

static void check_what_is_left(void)
{
	char dir[80], path[128];

	if (disk_chance(cuts.every))
		return;
	cuts.n++;
	snprintf(dir, sizeof dir, "%s/cut", cuts.bench->dir);
	(void)mkdir(dir, 0700);
	snprintf(path, sizeof path, "%s/confab.db-shm", dir);
	(void)remove(path);
	snprintf(path, sizeof path, "%s/confab.db", dir);
	disk_cut(DISK_DB, path);
	snprintf(path, sizeof path, "%s/confab.db-wal", dir);
	disk_cut(DISK_LOG, path);
	assert_int_equal(elsewhere(dir, whole), 1);
	int64_t n = elsewhere(dir, "SELECT count(*) FROM t");
	assert_true(n >= cuts.acknowledged);
	assert_int_equal(elsewhere(dir, "SELECT max(n) FROM t"), n); /* in order, without a gap */
}

static void test_power_cuts(void **state)
{
	struct bench *b = *state;
	const char *rounds = getenv("CONFAB_ROUNDS");
	int seeds = rounds ? atoi(rounds) : 3;

	for (int seed = 1; seed <= seeds; seed++) {
		teardown(state);
		setup(state);
		b = *state;
		disk.random = (uint64_t)seed;
		assert_int_equal(transaction(b, 1, 1), 0);
		cuts = (struct cuts){ .bench = b, .acknowledged = 1, .every = 12 };
		assert_int_equal(
			db_script(&b->db, "PRAGMA wal_autocheckpoint = 60; PRAGMA cache_size = 20"),
			0);
		disk.before = check_what_is_left;
		for (int i = 0; i < 60; i++) {
			int n = 1 + (int)disk_chance(i % 10 == 0 ? 60 : 8);

			assert_int_equal(transaction(b, cuts.acknowledged + 1, n), 0);
			cuts.acknowledged += n;
		}
		disk.before = NULL;
		assert_true(cuts.n > 10);
	}
}

int main(void)
{
#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_gathers), TEST(test_spills),	   TEST(test_undone_is_dropped),
		TEST(test_errors),  TEST(test_power_cuts),
	};

	disk_register();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
