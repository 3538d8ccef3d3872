/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Opening the database. Settings that matter: WAL with synchronous=FULL (an acknowledged row
 * survives a power cut), foreign keys, and the defences against a tampered file (trusted_schema,
 * cell_size_check, defensive mode). Way: db_open ▸ folder and locks ▸ SQLite ▸ configure ▸ check ▸ migrate.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "store/db.h"

struct failure {
	char *text;
	size_t capacity;
};

static int __attribute__((format(printf, 3, 4)))
fail(const struct failure *f, int r, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	(void)vsnprintf(f->text, f->capacity, format, args); /* a long line is cut */
	va_end(args);
	return r;
}

static int fail_damaged(const struct failure *f, const char *path)
{
	return fail(f, -EUCLEAN, "database %s is damaged: restore it from a backup", path);
}

static int make_folder(const char *dir, const struct failure *f)
{
	struct stat st;

	if (mkdir(dir, 0700) < 0 && errno != EEXIST)
		return fail(f, -errno, "data folder %s cannot be made: %s", dir, strerror(errno));
	if (stat(dir, &st) < 0 || !S_ISDIR(st.st_mode))
		return fail(f, -ENOTDIR, "data folder %s is not a folder", dir);
	/* Others must not read messages and password hashes. */
	if (st.st_mode & 077 && chmod(dir, 0700) < 0)
		return fail(
			f, -errno,
			"data folder %s can be read by others (mode %03o), and chmod failed: %s",
			dir, st.st_mode & 0777u, strerror(errno));
	return 0;
}

/* Makes the file when it is missing: 0600, and its name on the disk before anything relies on it.
 */
static int open_private(const char *dir, const char *name, char ret_path[PATH_MAX], int *ret_fd,
			const struct failure *f)
{
	if (snprintf(ret_path, PATH_MAX, "%s/%s", dir, name) >= PATH_MAX)
		return fail(f, -ENAMETOOLONG, "data folder %.64s… has too long a name", dir);
	autoclose int fd = open(ret_path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	autoclose int folder = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0 || folder < 0 || fchmod(fd, 0600) < 0 || fsync(folder) < 0)
		return fail(f, -errno, "%s cannot be opened for writing: %s", ret_path,
			    strerror(errno));
	*ret_fd = fd;
	fd = -1;
	return 0;
}

static int64_t pragma_int(struct db *db, const char *sql)
{
	sqlite3_stmt *stmt = db_query(db, sql, "");
	int64_t value = stmt && db_step(db, stmt) == 1 ? db_int(stmt, 0) : -1;

	db_end(stmt);
	return value;
}

static int configure(struct db *db, const char *path, const struct failure *f)
{
	static const char *const pragmas[] = {
		"PRAGMA journal_mode = WAL",
		"PRAGMA synchronous = FULL",
		"PRAGMA foreign_keys = ON",
		"PRAGMA trusted_schema = OFF",
		"PRAGMA cell_size_check = ON",
		"PRAGMA secure_delete = ON",
		"PRAGMA temp_store = MEMORY",
		"PRAGMA journal_size_limit = 67108864",
		/* pages: 49 MB of the log, with the last transaction below R33's 64 MiB. Each checkpoint writes what
		 * changed meanwhile into the database, and syncs that, too. */
		"PRAGMA wal_autocheckpoint = 12000",
		/* KiB: what a few hundred busy conversations touch; db_rest gives it back */
		"PRAGMA cache_size = -8192",
	};

	(void)sqlite3_busy_timeout(db->sqlite, 5000);
	(void)sqlite3_db_config(db->sqlite, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	for (size_t i = 0; i < countof(pragmas); i++) {
		int r = db_script(db, pragmas[i]);

		if (r < 0 && (sqlite3_errcode(db->sqlite) & 0xff) == SQLITE_CORRUPT)
			return fail_damaged(f, path);
		if (r < 0)
			return fail(f, r, "database %s cannot be used: %s", path,
				    sqlite3_errmsg(db->sqlite));
	}
	/* What durability hangs on is read back: PRAGMA ignores what it does not know. */
	if (pragma_int(db, "PRAGMA synchronous") != 2)
		return fail(f, -EINVAL, "database %s: this SQLite has no synchronous=FULL", path);
	return 0;
}

/* A command of a newer Confab must not change the tables under the daemon of an older one. */
static bool daemon_runs(const char *dir)
{
	char path[PATH_MAX];

	if (snprintf(path, sizeof path, "%s/daemon.lock", dir) >= (int)sizeof path)
		return false;
	autoclose int fd = open(path, O_RDONLY | O_CLOEXEC);
	return fd >= 0 && flock(fd, LOCK_SH | LOCK_NB) < 0 && errno == EWOULDBLOCK;
}

/* What a migration begins with that makes a table anew. */
#define LOOSE "-- foreign_keys=OFF"

static int migrate(struct db *db, const char *dir, const char *path, const struct failure *f)
{
	int64_t version = pragma_int(db, "PRAGMA user_version");
	int64_t app = pragma_int(db, "PRAGMA application_id");

	if (version < 0 || (app != DB_APPLICATION_ID && (app != 0 || version != 0)))
		return fail(f, -EUCLEAN, "%s is not a Confab database", path);
	if (version > db_schema_steps)
		return fail(f, -EPROTO,
			    "database %s has schema %lld, this program knows up to %u: use the "
			    "newer Confab that wrote it",
			    path, (long long)version, db_schema_steps);
	if (version < db_schema_steps && db->owner_fd < 0 && daemon_runs(dir))
		return fail(f, -EBUSY,
			    "the confabd that runs on %s is older than this program: restart it "
			    "with the new version first",
			    dir);
	for (unsigned step = (unsigned)version; step < db_schema_steps; step++) {
		char after[96];

		(void)snprintf(after, sizeof after,
			       "PRAGMA user_version = %u; PRAGMA application_id = %d", step + 1,
			       DB_APPLICATION_ID);
		/* SQLite's own way to make a table anew (lang_altertable.html, section 7); of no
		 * effect inside a transaction. */
		bool loose = strncmp(db_schema[step], LOOSE, strlen(LOOSE)) == 0;
		int r = loose ? db_script(db, "PRAGMA foreign_keys = OFF") : 0;

		if (r == 0)
			r = db_begin(db, true);
		if (r == 0) {
			/* Another program may have migrated while we waited for the lock. */
			if (pragma_int(db, "PRAGMA user_version") > step) {
				db_rollback(db);
				continue;
			}
			r = db_script(db, db_schema[step]);
		}
		if (r == 0 && loose && pragma_int(db, "PRAGMA foreign_key_check") != -1)
			r = -EUCLEAN; /* a row: somewhere a reference leads nowhere */
		if (r == 0)
			r = db_script(db, after);
		if (r == 0)
			r = db_commit(db);
		if (r < 0) {
			const char *why = sqlite3_errmsg(db->sqlite);

			r = fail(f, r, "database %s: migration %03u failed and was undone: %s",
				 path, step + 1, why);
			db_rollback(db);
			return r;
		}
		if (loose && db_script(db, "PRAGMA foreign_keys = ON") < 0)
			return fail(f, -EIO, "database %s: %s", path, sqlite3_errmsg(db->sqlite));
	}
	return 0;
}

/* A file that was not closed properly is looked through before it is trusted (R35). */
static int check(struct db *db, const char *path, bool clean, const struct failure *f)
{
	if (clean)
		return 0;
	sqlite3_stmt *stmt = db_query(db, "PRAGMA quick_check(1)", "");
	int r = stmt ? db_step(db, stmt) : db_error(db);
	bool ok = r == 1 && strcmp((const char *)sqlite3_column_text(stmt, 0), "ok") == 0;

	db_end(stmt);
	return ok ? 0 : fail_damaged(f, path);
}

/*
 * What a killed process wrote last may never have reached the disk. Nobody was told that it is stored, but it is there, and
 * who sends it again is told so now: after this it is true over a power cut, too (R31).
 */
static int sync_log(const char *wal, const struct failure *f)
{
	autoclose int fd = open(wal, O_RDWR | O_CLOEXEC);

	if (fd < 0 || fdatasync(fd) < 0)
		return fail(f, -EIO, "%s cannot be written to the disk: %s", wal, strerror(errno));
	return 0;
}

static int open_all(struct db *db, const char *dir, bool exclusive, const struct failure *f)
{
	char path[PATH_MAX], wal[PATH_MAX + 8];
	autoclose int file = -1;
	struct stat st;
	int r = make_folder(dir, f);

	if (r == 0 && exclusive)
		r = open_private(dir, "daemon.lock", path, &db->owner_fd, f);
	if (r == 0 && exclusive && flock(db->owner_fd, LOCK_EX | LOCK_NB) < 0)
		r = fail(f, -EBUSY,
			 "data folder %s is in use by another confabd: stop that one, or choose "
			 "another --data",
			 dir);
	if (r == 0)
		r = open_private(dir, "write.lock", path, &db->lock_fd, f);
	if (r == 0)
		r = open_private(dir, "confab.db", path, &file, f);
	if (r < 0)
		return r;

	/*
	 * Now, not at the end: closing any descriptor of a file drops every POSIX lock that the
	 * process holds on it, SQLite's among them; another program would then take itself for the
	 * last one and delete the WAL under us.
	 */
	cleanup_close(&file);
	file = -1;
	(void)snprintf(wal, sizeof wal, "%s-wal", path);
	bool clean = stat(wal, &st) < 0 || st.st_size == 0;
	if (!clean)
		r = sync_log(wal, f);
	if (r < 0)
		return r;
	int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
	if (sqlite3_open_v2(path, &db->sqlite, flags, db->vfs) != SQLITE_OK)
		return fail(f, db->sqlite ? db_error(db) : -ENOMEM,
			    "database %s cannot be opened: %s", path,
			    db->sqlite ? sqlite3_errmsg(db->sqlite) : "out of memory");
	r = db_lock(db); /* recovery after a crash, too, is one program's at a time */
	if (r == 0)
		r = configure(db, path, f);
	if (r == 0)
		r = check(db, path, clean, f);
	db_unlock(db);
	return r == 0 ? migrate(db, dir, path, f) : r;
}

static int open_by(struct db *db, const char *vfs, const char *dir, bool exclusive, char *ret_error,
		   size_t capacity)
{
	*db = (struct db){ .lock_fd = -1, .owner_fd = -1, .vfs = vfs, .search.behind = 1 };
	int r = open_all(db, dir, exclusive, &(struct failure){ ret_error, capacity });

	if (r < 0 && db->sqlite)
		/* As it was found: without its log a damaged file would look like one that was closed
		 * properly, and the next start would trust it. Fails on no version that knows WAL. */
		(void)sqlite3_db_config(db->sqlite, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
	if (r < 0)
		db_close(db);
	return r;
}

/* Nobody asks SQLite for its statistics of memory, for which it takes a lock at each allocation. Refused,
 * rightly, once the library has been used. */
static void without_statistics(void)
{
	(void)sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

int db_open(struct db *db, const char *dir, bool exclusive, char *ret_error, size_t capacity)
{
	without_statistics();
	return open_by(db, NULL, dir, exclusive, ret_error, capacity);
}

int db_open_gathering(struct db *db, const char *dir, bool exclusive, char *ret_error,
		      size_t capacity)
{
	without_statistics();
	return open_by(db, walfile_vfs(), dir, exclusive, ret_error, capacity);
}

void db_close(struct db *db)
{
	for (size_t i = 0; i < countof(db->statements); i++)
		/* takes NULL; errors were seen at the step */
		(void)sqlite3_finalize(db->statements[i].stmt);
	if (db->sqlite) {
		/* The last connection checkpoints here. */
		bool ours = db_lock(db) == 0;

		db->wal = NULL;			 /* goes with it */
		(void)sqlite3_close(db->sqlite); /* no statements are left that could refuse */
		if (ours)
			db_unlock(db);
	}
	free(db->search.entries);
	cleanup_close(&db->lock_fd);
	cleanup_close(&db->owner_fd);
	*db = (struct db){ .lock_fd = -1, .owner_fd = -1 };
}
