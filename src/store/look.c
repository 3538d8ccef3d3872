/* SPDX-License-Identifier: Apache-2.0 */
#include "store/look.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "store/db.h"
#include "store/store.h"

struct store_look {
	sqlite3 *sqlite;
};

/* What of a path means something to SQLite's URIs. */
static void uri_of(const char *path, bool immutable, char *ret, size_t capacity)
{
	size_t n = (size_t)snprintf(ret, capacity, "file:");

	for (; *path && n + 32 < capacity; path++)
		n += (size_t)snprintf(ret + n, capacity - n, strchr("%?#", *path) ? "%%%02x" : "%c",
				      (unsigned char)*path);
	(void)snprintf(ret + n, capacity - n, immutable ? "?immutable=1" : "?mode=ro");
}

static int64_t pragma(struct store_look *l, const char *sql)
{
	sqlite3_stmt *stmt = NULL;
	int64_t value = -1;

	if (sqlite3_prepare_v2(l->sqlite, sql, -1, &stmt, NULL) == SQLITE_OK &&
	    sqlite3_step(stmt) == SQLITE_ROW)
		value = sqlite3_column_int64(stmt, 0);
	(void)sqlite3_finalize(stmt);
	return value;
}

/* One program at a time opens it, as in db.c. Who may not write there reads all the same. */
static int wait_for_turn(const char *dir)
{
	char path[PATH_MAX];

	if (snprintf(path, sizeof path, "%s/write.lock", dir) >= (int)sizeof path)
		return -1;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	while (fd >= 0 && flock(fd, LOCK_EX) < 0 && errno == EINTR)
		;
	return fd;
}

static int open_database(struct store_look *l, const char *dir, const char *path, bool immutable)
{
	char uri[PATH_MAX * 3 + 32];
	autoclose int turn = wait_for_turn(dir);

	(void)turn; /* held to the end */
	uri_of(path, immutable, uri, sizeof uri);
	int rc = sqlite3_open_v2(uri, &l->sqlite,
				 SQLITE_OPEN_READONLY | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX,
				 NULL);
	if (rc != SQLITE_OK)
		return l->sqlite ? -EIO : -ENOMEM;
	(void)sqlite3_db_config(l->sqlite, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
	(void)sqlite3_busy_timeout(l->sqlite, 3000);
	rc = sqlite3_exec(l->sqlite,
			  "PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON;"
			  "SELECT count(*) FROM sqlite_schema",
			  NULL, NULL, NULL);
	switch (rc & 0xff) {
	case SQLITE_OK:
		return 0;
	case SQLITE_NOTADB:
	case SQLITE_CORRUPT:
		return -EUCLEAN;
	case SQLITE_CANTOPEN:
	case SQLITE_READONLY:
	case SQLITE_PERM:
		return -EACCES;
	default:
		return -EIO;
	}
}

static int fail(char *ret_error, int r, const char *path, const char *why)
{
	(void)snprintf(ret_error, STORE_ERROR_MAX, "%.255s: %.240s", path, why);
	return r;
}

int store_look_open(const char *dir, bool alone, struct store_look **ret,
		    struct store_looked *ret_looked, char *ret_error)
{
	char path[PATH_MAX], wal[PATH_MAX + 8];
	struct stat st, log;

	if (snprintf(path, sizeof path, "%s/confab.db", dir) >= (int)sizeof path)
		return fail(ret_error, -ENAMETOOLONG, dir, "too long a name");
	if (stat(path, &st) < 0 || access(path, R_OK) < 0)
		return fail(ret_error, -errno, path, strerror(errno));
	struct store_look *l = calloc(1, sizeof *l);
	if (!l)
		return fail(ret_error, -ENOMEM, path, "out of memory");
	(void)snprintf(wal, sizeof wal, "%s-wal", path);
	bool has_log = stat(wal, &log) == 0 && log.st_size > 0;
	/* Without a log nothing else is to be read, and nobody writes: SQLite makes no files then. */
	int r = open_database(l, dir, path, alone && !has_log);
	if (r == -EUCLEAN)
		(void)fail(ret_error, r, path, "the database is damaged");
	else if (r < 0)
		(void)fail(ret_error, r, path, l->sqlite ? sqlite3_errmsg(l->sqlite) : "no memory");
	if (r == 0 && pragma(l, "PRAGMA application_id") != DB_APPLICATION_ID)
		r = fail(ret_error, -EUCLEAN, path, "this is not a Confab database");
	if (r < 0) {
		(void)store_look_close(l);
		return r;
	}
	*ret_looked = (struct store_looked){ .schema = pragma(l, "PRAGMA user_version"),
					     .schema_known = db_schema_steps,
					     .bytes = st.st_size,
					     .left_open = alone && has_log };
	*ret = l;
	return 0;
}

int store_look_check(struct store_look *l)
{
	sqlite3_stmt *stmt = NULL;
	bool ok = sqlite3_prepare_v2(l->sqlite, "PRAGMA quick_check(1)", -1, &stmt, NULL) ==
			  SQLITE_OK &&
		  sqlite3_step(stmt) == SQLITE_ROW &&
		  strcmp((const char *)sqlite3_column_text(stmt, 0), "ok") == 0;

	(void)sqlite3_finalize(stmt);
	return ok ? 0 : -EUCLEAN;
}

static void copy(sqlite3_stmt *stmt, int column, char *ret, size_t capacity)
{
	const char *text = (const char *)sqlite3_column_text(stmt, column);

	(void)snprintf(ret, capacity, "%s", text ? text : "");
}

int store_look_user(struct store_look *l, const char *id, struct store_look_user *ret)
{
	sqlite3_stmt *stmt = NULL;
	char role[16];

	if (sqlite3_prepare_v2(l->sqlite, "SELECT name, role, merged_into FROM users WHERE id = ?",
			       -1, &stmt, NULL) != SQLITE_OK)
		return -EIO;
	(void)sqlite3_bind_text(stmt, 1, id, -1, SQLITE_STATIC); /* too large is not: an id */
	int rc = sqlite3_step(stmt);
	if (rc == SQLITE_ROW) {
		copy(stmt, 0, ret->name, sizeof ret->name);
		copy(stmt, 1, role, sizeof role);
		copy(stmt, 2, ret->merged_into, sizeof ret->merged_into);
		if (!user_role_parse(role, &ret->role))
			ret->role = ROLE_GUEST;
	}
	(void)sqlite3_finalize(stmt);
	return rc == SQLITE_ROW ? 0 : rc == SQLITE_DONE ? -ENOENT : -EIO;
}

struct store_look *store_look_close(struct store_look *l)
{
	if (l)
		(void)sqlite3_close(l->sqlite); /* no statements are left that could refuse */
	free(l);
	return NULL;
}
