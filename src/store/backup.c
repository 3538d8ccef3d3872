/* SPDX-License-Identifier: Apache-2.0 */
#include "store/backup.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "store/db.h"
#include "store/store.h"

struct copy {
	char from[PATH_MAX], to[PATH_MAX];
	int lock_fd; /* see db.c: only one connection opens, closes or writes at a time */
	sqlite3 *source, *target;
	char *error;
};

static int fail(const struct copy *c, int r, const char *path, const char *why)
{
	(void)snprintf(c->error, STORE_ERROR_MAX, "%.255s: %.240s", path, why);
	return r;
}

static int fail_sqlite(const struct copy *c, sqlite3 *db, const char *path)
{
	int rc = db ? sqlite3_errcode(db) & 0xff : SQLITE_NOMEM;
	int r = rc == SQLITE_FULL ? -ENOSPC : rc == SQLITE_NOTADB ? -EUCLEAN : -EIO;

	return fail(c, r, path, db ? sqlite3_errmsg(db) : "out of memory");
}

static int turn(const struct copy *c, int operation)
{
	while (flock(c->lock_fd, operation) < 0)
		if (errno != EINTR)
			return -errno;
	return 0;
}

static int open_source(struct copy *c, const char *dir)
{
	char lock[PATH_MAX];

	if (snprintf(lock, sizeof lock, "%s/write.lock", dir) >= (int)sizeof lock)
		return fail(c, -ENAMETOOLONG, dir, "too long a name");
	c->lock_fd = open(lock, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (c->lock_fd < 0 || turn(c, LOCK_EX) < 0)
		return fail(c, -errno, lock, strerror(errno));
	/* The first read recovers what a crash left. Checkpoints are the daemon's. */
	int rc = sqlite3_open_v2(c->from, &c->source, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX,
				 NULL);
	if (rc == SQLITE_OK)
		rc = sqlite3_exec(c->source,
				  "PRAGMA wal_autocheckpoint = 0; PRAGMA trusted_schema = OFF;"
				  "SELECT count(*) FROM sqlite_schema",
				  NULL, NULL, NULL);
	int r = rc == SQLITE_OK ? 0 : fail_sqlite(c, c->source, c->from);
	(void)turn(c, LOCK_UN); /* cannot fail on a lock that is held */
	return r;
}

static int open_target(struct copy *c)
{
	int fd = open(c->to, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	if (fd < 0)
		return fail(c, -errno, c->to, strerror(errno));
	(void)close(fd); /* nothing was written to it */
	if (sqlite3_open_v2(c->to, &c->target, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL) !=
	    SQLITE_OK)
		return fail_sqlite(c, c->target, c->to);
	return 0;
}

/* All pages in one step, under one read transaction: in more, each write in between would begin it anew. */
static int copy_pages(struct copy *c)
{
	(void)sqlite3_busy_timeout(c->source, 5000);
	sqlite3_backup *backup = sqlite3_backup_init(c->target, "main", c->source, "main");

	if (!backup)
		return fail_sqlite(c, c->target, c->to);
	(void)sqlite3_backup_step(backup, -1); /* what failed is said by the finish */
	if (sqlite3_backup_finish(backup) != SQLITE_OK)
		return fail_sqlite(c, c->target, c->to);
	return 0;
}

static int64_t count(struct copy *c, const char *sql)
{
	sqlite3_stmt *stmt = NULL;
	int64_t n = -1;

	if (sqlite3_prepare_v2(c->target, sql, -1, &stmt, NULL) == SQLITE_OK &&
	    sqlite3_step(stmt) == SQLITE_ROW)
		n = sqlite3_column_int64(stmt, 0);
	(void)sqlite3_finalize(stmt);
	return n;
}

/* A backup that nobody has read is a hope. */
static int look_through(struct copy *c, struct store_backup *ret)
{
	sqlite3_stmt *stmt = NULL;
	bool ok = sqlite3_exec(c->target,
			       "PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON", NULL,
			       NULL, NULL) == SQLITE_OK &&
		  sqlite3_prepare_v2(c->target, "PRAGMA integrity_check(1)", -1, &stmt, NULL) ==
			  SQLITE_OK &&
		  sqlite3_step(stmt) == SQLITE_ROW &&
		  strcmp((const char *)sqlite3_column_text(stmt, 0), "ok") == 0;

	(void)sqlite3_finalize(stmt);
	if (!ok)
		return fail(c, -EUCLEAN, c->from, "the database is damaged: so is its copy");
	if (count(c, "PRAGMA application_id") != DB_APPLICATION_ID)
		return fail(c, -EUCLEAN, c->from, "this is not a Confab database");
	*ret = (struct store_backup){ .users = count(c, "SELECT count(*) FROM users"),
				      .messages = count(c, "SELECT count(*) FROM messages") };
	return 0;
}

int store_backup(const char *dir, const char *to, struct store_backup *ret, char *ret_error)
{
	struct copy c = { .lock_fd = -1, .error = ret_error };
	struct store_backup found = { 0 };

	if (snprintf(c.from, sizeof c.from, "%s/confab.db", dir) >= (int)sizeof c.from ||
	    snprintf(c.to, sizeof c.to, "%s/confab.db", to) >= (int)sizeof c.to)
		return fail(&c, -ENAMETOOLONG, dir, "too long a name");
	int r = open_source(&c, dir);
	if (r == 0)
		r = open_target(&c);
	if (r == 0)
		r = copy_pages(&c);
	if (r == 0)
		r = look_through(&c, &found);
	/* The last connection checkpoints and removes the log, so it takes its turn here, too. */
	bool ours = c.lock_fd >= 0 && turn(&c, LOCK_EX) == 0;
	(void)sqlite3_close(c.source); /* takes NULL; no statements are left that could refuse */
	if (ours)
		(void)turn(&c, LOCK_UN);
	(void)sqlite3_close(c.target);
	cleanup_close(&c.lock_fd);
	if (r == 0)
		*ret = found;
	return r;
}
