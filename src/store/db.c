/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The SQLite connection at work: errors, statements, transactions. How it is opened: db_open.c.
 *
 * Writers take turns by a lock file, although SQLite has locks of its own: versions before 3.51.3
 * can damage a WAL database when two connections write and checkpoint at the same moment, and the
 * command line opens a second connection beside the daemon's. With the lock they never do.
 */
#include "store/db.h"

#include <errno.h>
#include <stdarg.h>
#include <sys/file.h>

#include "base/cleanup.h"
#include "base/trim.h"
#include "store/store.h"

static int from_sqlite(int rc)
{
	switch (rc) {
	case SQLITE_CONSTRAINT_PRIMARYKEY:
	case SQLITE_CONSTRAINT_UNIQUE:
	case SQLITE_CONSTRAINT_ROWID:
		return -EEXIST;
	case SQLITE_CONSTRAINT_FOREIGNKEY:
		return -ENOENT;
	case SQLITE_IOERR_SHMSIZE: /* the shared index could not grow: the disk is full */
		return -ENOSPC;
	case SQLITE_IOERR_NOMEM:
		return -ENOMEM;
	default:
		break;
	}
	switch (rc & 0xff) {
	case SQLITE_OK:
	case SQLITE_ROW:
	case SQLITE_DONE:
		return 0;
	case SQLITE_FULL:
		return -ENOSPC;
	case SQLITE_READONLY:
	case SQLITE_PERM:
	case SQLITE_CANTOPEN:
		return -EROFS;
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		return -EUCLEAN;
	case SQLITE_NOMEM:
		return -ENOMEM;
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return -EBUSY;
	case SQLITE_CONSTRAINT:
	case SQLITE_MISMATCH:
	case SQLITE_RANGE:
		return -EINVAL;
	default:
		return -EIO;
	}
}

/* After a failed write the kernel may call the page clean:
 * an I/O error is final until a restart (R34). */
static int noted(struct db *db, int rc)
{
	int r = from_sqlite(rc);

	if (r == -EIO)
		db->fatal = -EIO;
	return r;
}

int db_error(struct db *db)
{
	return noted(db, sqlite3_extended_errcode(db->sqlite));
}

/* ---- statements ---- */

/* Where the literal's statement is, or may come. When all places are taken, that of another one. */
static struct db_statement *place_of(struct db *db, const char *sql)
{
	size_t first = (size_t)((uint64_t)(uintptr_t)sql * 0x9e3779b97f4a7c15u >> 32);

	for (size_t i = 0; i < DB_STATEMENTS; i++) {
		struct db_statement *at = &db->statements[(first + i) % DB_STATEMENTS];

		if (!at->sql || at->sql == sql)
			return at;
	}
	return &db->statements[first % DB_STATEMENTS];
}

static sqlite3_stmt *prepared(struct db *db, const char *sql)
{
	struct db_statement *at = place_of(db, sql);

	if (at->sql != sql) {
		/* of a statement without error: nothing to report */
		(void)sqlite3_finalize(at->stmt);
		*at = (struct db_statement){ 0 };
		if (sqlite3_prepare_v3(db->sqlite, sql, -1, SQLITE_PREPARE_PERSISTENT, &at->stmt,
				       NULL) != SQLITE_OK)
			return NULL;
		at->sql = sql;
	}
	return at->stmt;
}

/* `life`: SQLITE_STATIC when texts live until db_end, SQLITE_TRANSIENT when that is not known. */
static sqlite3_stmt *query(struct db *db, const char *sql, const char *types, va_list args,
			   sqlite3_destructor_type life)
{
	sqlite3_stmt *stmt = prepared(db, sql);

	for (int i = 0; stmt && types[i]; i++) {
		int rc;

		if (types[i] == 's')
			rc = sqlite3_bind_text(stmt, i + 1, va_arg(args, const char *), -1, life);
		else if (types[i] == 'i')
			rc = sqlite3_bind_int64(stmt, i + 1, va_arg(args, int64_t));
		else
			rc = sqlite3_bind_blob(stmt, i + 1, va_arg(args, const void *), STORE_HASH,
					       life);
		if (rc != SQLITE_OK) {
			db_end(stmt);
			return NULL;
		}
	}
	return stmt;
}

sqlite3_stmt *db_query(struct db *db, const char *sql, const char *types, ...)
{
	va_list args;

	va_start(args, types);
	sqlite3_stmt *stmt = query(db, sql, types, args, SQLITE_TRANSIENT);
	va_end(args);
	return stmt;
}

sqlite3_stmt *db_query_once(struct db *db, const char *sql)
{
	sqlite3_stmt *stmt = NULL;

	return sqlite3_prepare_v3(db->sqlite, sql, -1, 0, &stmt, NULL) == SQLITE_OK ? stmt : NULL;
}

int db_bind_text(sqlite3_stmt *stmt, int at, const char *text)
{
	return from_sqlite(sqlite3_bind_text(stmt, at, text, -1, SQLITE_TRANSIENT));
}

int db_bind_int(sqlite3_stmt *stmt, int at, int64_t value)
{
	return from_sqlite(sqlite3_bind_int64(stmt, at, value));
}

int db_bind_real(sqlite3_stmt *stmt, int at, double value)
{
	return from_sqlite(sqlite3_bind_double(stmt, at, value));
}

void db_end_once(sqlite3_stmt *stmt)
{
	(void)sqlite3_finalize(stmt); /* repeats the error of the step, which was seen */
}

int db_step(struct db *db, sqlite3_stmt *stmt)
{
	int rc = sqlite3_step(stmt);

	return rc == SQLITE_ROW	   ? 1
	       : rc == SQLITE_DONE ? 0
				   : noted(db, sqlite3_extended_errcode(db->sqlite));
}

void db_end(sqlite3_stmt *stmt)
{
	if (!stmt)
		return;
	(void)sqlite3_reset(stmt); /* repeats the error of the step, which was seen */
	(void)sqlite3_clear_bindings(stmt);
}

int db_exec(struct db *db, const char *sql, const char *types, ...)
{
	va_list args;

	va_start(args, types);
	sqlite3_stmt *stmt = query(db, sql, types, args, SQLITE_STATIC);
	va_end(args);
	if (!stmt)
		return db_error(db);
	int r = db_step(db, stmt);
	db_end(stmt);
	return r < 0 ? r : 0;
}

int db_script(struct db *db, const char *sql)
{
	return noted(db, sqlite3_exec(db->sqlite, sql, NULL, NULL, NULL));
}

int db_changes(struct db *db)
{
	return sqlite3_changes(db->sqlite);
}

int64_t db_all_changes(struct db *db)
{
	return sqlite3_total_changes64(db->sqlite);
}

int64_t db_last_id(struct db *db)
{
	return sqlite3_last_insert_rowid(db->sqlite);
}

const char *db_text(struct mem *mem, sqlite3_stmt *stmt, int column)
{
	return mem_text(mem, (const char *)sqlite3_column_text(stmt, column));
}

int64_t db_int(sqlite3_stmt *stmt, int column)
{
	return sqlite3_column_int64(stmt, column);
}

/* ---- transactions ---- */

int db_lock(struct db *db)
{
	while (flock(db->lock_fd, LOCK_EX) < 0)
		if (errno != EINTR)
			return -errno;
	db->locked = true;
	return 0;
}

void db_unlock(struct db *db)
{
	if (db->locked) /* what was undone must not be written over what the next one writes */
		walfile_forget(db->wal);
	if (db->locked)
		(void)flock(db->lock_fd, LOCK_UN); /* cannot fail on a lock that is held */
	db->locked = false;
}

int db_begin(struct db *db, bool writes)
{
	if (writes && db->fatal)
		return db->fatal;
	int r = writes ? db_lock(db) : 0;
	if (r == 0)
		r = db_exec(db, writes ? "BEGIN IMMEDIATE" : "BEGIN", "");
	if (writes && db->vfs && !db->wal)
		db->wal = walfile_of(db->sqlite);
	if (r < 0)
		db_unlock(db);
	return r;
}

int db_commit(struct db *db)
{
	int r = db_exec(db, "COMMIT", "");

	if (r < 0) {
		db_rollback(db);
		return r;
	}
	db_unlock(db);
	return 0;
}

void db_rollback(struct db *db)
{
	/* Full disks and I/O errors have often rolled back already. */
	if (db_in_transaction(db))
		(void)db_exec(db, "ROLLBACK", ""); /* the transaction is gone either way */
	db_unlock(db);
}

bool db_in_transaction(struct db *db)
{
	return sqlite3_get_autocommit(db->sqlite) == 0;
}

void db_rest(struct db *db)
{
	enum { WORTH_IT = 64 * 1024 };
	int used = 0, most;

	walfile_rest(db->wal);
	(void)sqlite3_db_status(db->sqlite, SQLITE_DBSTATUS_CACHE_USED, &used, &most, 0);
	if (used < WORTH_IT)
		return;
	(void)sqlite3_db_release_memory(db->sqlite);
	trim_heap();
}
