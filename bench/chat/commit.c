/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The bare group-commit loops that durable messages are compared with: SQLite as the store sets it up, one thread,
 * `batch` writers in each transaction, nothing else. Two of them:
 *
 *   row       one row of a message's size for each, in a table without an index: the most this disk takes
 *   message   the rows and index entries that a message of ours is (itself, the state of its conversation, who has
 *             read it, its event, its words), by the same schema, in the cheapest order: what no messenger with these
 *             features can leave out
 *
 * usage: bench_commit FOLDER BATCH SECONDS [row|message]     prints rows, or messages, per second
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "store/db.h"

struct loop {
	struct db db;
	int batch;
	long done;
	char text[201];
};

static void check(int status)
{
	if (status == 0)
		return;
	(void)fprintf(stderr, "bench_commit: %s\n", strerror(-status));
	exit(1);
}

static void prepare_rows(struct loop *l)
{
	check(db_exec(&l->db,
		      "CREATE TABLE bare (id INTEGER PRIMARY KEY, conversation TEXT, user TEXT, "
		      "client_id TEXT, text TEXT, at INTEGER)",
		      ""));
}

static void write_rows(struct loop *l)
{
	char client_id[32];

	for (int i = 0; i < l->batch; i++) {
		(void)snprintf(client_id, sizeof client_id, "m-%ld", l->done + i);
		check(db_exec(&l->db, "INSERT INTO bare VALUES (NULL, 'u0001', 'u0001', ?, ?, 1)",
			      "ss", client_id, l->text));
	}
}

static void user_id(char ret[16], int i)
{
	(void)snprintf(ret, 16, "u%04d", i);
}

static void prepare_messages(struct loop *l)
{
	char id[16];

	check(db_begin(&l->db, true));
	for (int i = 0; i < l->batch; i++) {
		user_id(id, i);
		check(db_exec(&l->db,
			      "INSERT INTO users (id, name, role, created_at) VALUES (?1, ?1, "
			      "'user', 1)",
			      "s", id));
		check(db_exec(&l->db,
			      "INSERT INTO conversations (id, customer_id, created_at, updated_at) "
			      "VALUES (?1, ?1, 1, 1)",
			      "s", id));
	}
	check(db_commit(&l->db));
}

static int64_t write_message(struct loop *l, int writer)
{
	char id[16], client_id[32];
	int64_t at = (int64_t)clock_wall_us();

	user_id(id, writer);
	(void)snprintf(client_id, sizeof client_id, "m-%ld", l->done + writer);
	check(db_exec(&l->db,
		      "INSERT INTO messages (conversation_id, user_id, client_id, text, "
		      "created_at) VALUES (?1, ?1, ?2, ?3, ?4)",
		      "sssi", id, client_id, l->text, at));
	int64_t message = db_last_id(&l->db);
	check(db_exec(&l->db,
		      "UPDATE conversations SET last_message_id = ?2, last_public_id = ?2, "
		      "updated_at = ?3 WHERE id = ?1",
		      "sii", id, message, at));
	check(db_exec(&l->db,
		      "INSERT INTO reads (conversation_id, user_id, read_id, delivered_id) VALUES "
		      "(?1, ?1, ?2, ?2) ON CONFLICT (conversation_id, user_id) DO UPDATE SET "
		      "read_id = excluded.read_id, delivered_id = excluded.delivered_id",
		      "si", id, message));
	check(db_exec(&l->db,
		      "INSERT INTO events (type, created_at, message_id, conversation_id) VALUES "
		      "(1, ?2, ?3, ?1)",
		      "sii", id, at, message));
	return message;
}

static void write_messages(struct loop *l)
{
	int64_t first = 0;

	for (int i = 0; i < l->batch; i++) {
		int64_t id = write_message(l, i);

		first = i == 0 ? id : first;
	}
	for (int i = 0; i < l->batch; i++)
		check(db_exec(&l->db, "INSERT INTO message_search (rowid, text) VALUES (?, ?)",
			      "is", first + i, l->text));
}

int main(int argc, char **argv)
{
	char error[512];
	struct loop l = { .done = 0 };

	if (argc != 4 && argc != 5) {
		(void)fprintf(stderr, "usage: bench_commit FOLDER BATCH SECONDS [row|message]\n");
		return 2;
	}
	bool rows = argc == 4 || strcmp(argv[4], "row") == 0;
	l.batch = atoi(argv[2]);
	memset(l.text, 'x', sizeof l.text - 1);
	if (db_open(&l.db, argv[1], false, error, sizeof error) < 0) {
		(void)fprintf(stderr, "bench_commit: %s\n", error);
		return 1;
	}
	(rows ? prepare_rows : prepare_messages)(&l);
	uint64_t begin = clock_now_us(), end = begin + (uint64_t)(atof(argv[3]) * US_PER_S);
	for (; clock_now_us() < end; l.done += l.batch) {
		check(db_begin(&l.db, true));
		(rows ? write_rows : write_messages)(&l);
		check(db_commit(&l.db));
	}
	(void)printf("%.0f\n", (double)l.done * US_PER_S / (double)(clock_now_us() - begin));
	db_close(&l.db);
	return 0;
}
