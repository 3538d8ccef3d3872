/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The bare group-commit loop that durable messages are compared with: SQLite as the store sets it up (WAL,
 * synchronous=FULL), one thread, `batch` rows of a message's size in each transaction, nothing else.
 *
 * usage: bench_commit FOLDER BATCH SECONDS     prints rows per second
 */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static double now(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void run(sqlite3 *db, const char *sql)
{
	if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK) {
		(void)fprintf(stderr, "bench_commit: %s: %s\n", sql, sqlite3_errmsg(db));
		exit(1);
	}
}

int main(int argc, char **argv)
{
	char path[4096], text[201];
	sqlite3 *db;
	sqlite3_stmt *insert;

	if (argc != 4) {
		(void)fprintf(stderr, "usage: bench_commit FOLDER BATCH SECONDS\n");
		return 2;
	}
	int batch = atoi(argv[2]);
	double seconds = atof(argv[3]);
	(void)snprintf(path, sizeof path, "%s/bare.db", argv[1]);
	if (sqlite3_open(path, &db) != SQLITE_OK)
		return 1;
	run(db, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE messages (id "
		"INTEGER PRIMARY KEY, conversation TEXT, user TEXT, client_id TEXT, text TEXT, at "
		"INTEGER)");
	if (sqlite3_prepare_v2(db, "INSERT INTO messages VALUES (NULL, 'u0001', 'u0001', ?, ?, 1)",
			       -1, &insert, NULL) != SQLITE_OK)
		return 1;
	memset(text, 'x', sizeof text - 1);
	text[sizeof text - 1] = '\0';
	double begin = now(), end = begin + seconds;
	long rows = 0;
	while (now() < end) {
		run(db, "BEGIN IMMEDIATE");
		for (int i = 0; i < batch; i++, rows++) {
			char id[32];

			(void)snprintf(id, sizeof id, "m-%ld", rows);
			(void)sqlite3_bind_text(insert, 1, id, -1, SQLITE_TRANSIENT);
			(void)sqlite3_bind_text(insert, 2, text, -1, SQLITE_STATIC);
			if (sqlite3_step(insert) != SQLITE_DONE)
				return 1;
			(void)sqlite3_reset(insert);
		}
		run(db, "COMMIT");
	}
	(void)printf("%.0f\n", (double)rows / (now() - begin));
	(void)sqlite3_finalize(insert);
	(void)sqlite3_close(db);
	return 0;
}
