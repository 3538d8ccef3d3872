/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One SQLite connection: opening, migrating, statements, transactions,
 * and what SQLite's errors mean to us. Private to src/store. Owned by
 * the struct store; used by the store thread only once that runs.
 */
#pragma once

#include <sqlite3.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "store/mem.h"
#include "store/walfile.h"

/* made from schema/NNN_*.sql; step i leads to user_version i + 1 */
extern const char *const db_schema[];
extern const unsigned db_schema_steps;

enum { DB_STATEMENTS = 256, DB_APPLICATION_ID = 0x436f6e66 /* "Conf" */ };

struct db_statement {
	const char *sql; /* compared by address: always a literal */
	sqlite3_stmt *stmt;
};

/* Changed words for the search index that wait for the end of their transaction: see search.c. */
struct search_entry {
	int64_t id;
	const char *text; /* the request's; it lives until the answer */
	bool remove;
};

struct search_queue {
	struct search_entry *entries;
	size_t n, capacity;
	size_t behind; /* new messages that may not be in the index yet; 0 = all are */
};

struct db {
	sqlite3 *sqlite;
	int lock_fd;  /* see db.c */
	int owner_fd; /* held by a daemon for its whole life; -1 for others */
	int fatal;    /* -EIO once the disk failed: no more writing (R34) */
	bool locked;
	const char *vfs; /* NULL: SQLite's own way to its files */
	struct walfile
		*wal; /* the store's log, from the first transaction that writes on; else NULL */
	struct search_queue search;
	int64_t event_added;  /* the newest cursor of that transaction; 0 = none */
	int64_t event_pruned; /* older ones are gone, and this one; 0 = not known */
	struct db_statement statements[DB_STATEMENTS];
};

/* Frees the pages that are cached, and the log's buffer, for moments in which nothing is asked for. */
void db_rest(struct db *db);

/* 0, or -errno with one line in ret_error. On failure nothing is left open. */
int db_open(struct db *db, const char *dir, bool exclusive, char *ret_error, size_t capacity);
/* The same, but what is written to the log is gathered first (walfile.h). */
int db_open_gathering(struct db *db, const char *dir, bool exclusive, char *ret_error,
		      size_t capacity);
void db_close(struct db *db);

/*
 * A query with its arguments: s text (NULL = NULL), i int64_t, h 32 bytes. On failure NULL, and the
 * reason is what db_error says. End it with db_end.
 */
sqlite3_stmt *db_query(struct db *db, const char *sql, const char *types, ...);

/* The same for a text that is made for one use: end it with db_end_once. */
sqlite3_stmt *db_query_once(struct db *db, const char *sql);
int db_bind_text(sqlite3_stmt *stmt, int at, const char *text);
int db_bind_int(sqlite3_stmt *stmt, int at, int64_t value);
int db_bind_real(sqlite3_stmt *stmt, int at, double value);
void db_end_once(sqlite3_stmt *stmt);

/* 1: a row is there, 0: no more, or -errno. */
int db_step(struct db *db, sqlite3_stmt *stmt);
void db_end(sqlite3_stmt *stmt);

/* A statement without rows: 0 or -errno. */
int db_exec(struct db *db, const char *sql, const char *types, ...);

/* Statements one after the other, without arguments and rows; likewise. */
int db_script(struct db *db, const char *sql);

/* Rows changed by the last statement, and by all of this connection. */
int db_changes(struct db *db);
int64_t db_all_changes(struct db *db);
int64_t db_last_id(struct db *db);

/* Columns; the text is copied into `mem`, NULL stays NULL. */
const char *db_text(struct mem *mem, sqlite3_stmt *stmt, int column);
int64_t db_int(sqlite3_stmt *stmt, int column);

/* -errno of the last failure on this connection, from store.h's list. */
int db_error(struct db *db);

/* Transactions. A writing one holds the folder's write lock, see db.c. */
int db_begin(struct db *db, bool writes);
int db_commit(struct db *db);
void db_rollback(struct db *db);
bool db_in_transaction(struct db *db);

/* The write lock alone, for what SQLite does when it opens and closes. */
int db_lock(struct db *db);
void db_unlock(struct db *db);
