/* SPDX-License-Identifier: Apache-2.0 */
/* Who has read a conversation, and been given its messages, up to where. */
#include <errno.h>

#include "store/request.h"

struct read_request {
	struct request base;
	const char *conversation_id, *user_id;
	int64_t id;
	bool read, changed;
	struct store_read found;
	store_read_fn *done;
	void *arg;
};

int read_mark(struct db *db, const char *conversation_id, const char *user_id, int64_t read_id,
	      int64_t delivered_id)
{
	return db_exec(
		db,
		"INSERT INTO reads (conversation_id, user_id, read_id, delivered_id) VALUES (?, ?, "
		"?, ?) ON CONFLICT (conversation_id, user_id) DO UPDATE SET read_id = max(read_id, "
		"excluded.read_id), delivered_id = max(delivered_id, excluded.delivered_id)",
		"ssii", conversation_id, user_id, read_id, delivered_id);
}

/* The newest message that is not newer than `id`: nobody has read what is not there yet. */
static int cut(struct db *db, const char *conversation_id, int64_t *id)
{
	sqlite3_stmt *stmt = db_query(
		db,
		"SELECT coalesce(max(id), 0) FROM messages WHERE conversation_id = ? AND id <= ?",
		"si", conversation_id, *id);
	int row = stmt ? db_step(db, stmt) : db_error(db);

	if (row == 1)
		*id = db_int(stmt, 0);
	db_end(stmt);
	return row < 0 ? row : 0;
}

/* Nothing yet is zeros. The role comes from the account. */
static int find(struct db *db, struct read_request *r)
{
	sqlite3_stmt *stmt = db_query(
		db,
		"SELECT u.id, u.role, r.read_id, r.delivered_id FROM users u LEFT JOIN reads r ON "
		"r.user_id = u.id AND r.conversation_id = ? WHERE u.id = ?",
		"ss", r->conversation_id, r->user_id);
	int row = stmt ? db_step(db, stmt) : db_error(db);

	if (row == 1) {
		const char *role = db_text(&r->base.mem, stmt, 1);

		r->found.user_id = db_text(&r->base.mem, stmt, 0);
		if (role)
			(void)user_role_parse(role, &r->found.role);
		r->found.read_id = db_int(stmt, 2);
		r->found.delivered_id = db_int(stmt, 3);
	}
	db_end(stmt);
	return row == 1 ? 0 : row == 0 ? -ENOENT : row;
}

static int run_read_mark(struct db *db, struct request *req)
{
	struct read_request *r = request_of(req, struct read_request);
	int status = conversation_exists(db, r->conversation_id);

	if (status == 0)
		status = cut(db, r->conversation_id, &r->id);
	if (status == 0)
		status = find(db, r);
	if (status < 0)
		return status;
	if (r->found.delivered_id >= r->id && (!r->read || r->found.read_id >= r->id))
		return 0;
	r->changed = true;
	status = read_mark(db, r->conversation_id, r->user_id, r->read ? r->id : 0, r->id);
	return status < 0 ? status : find(db, r);
}

static void answer_read(struct request *req)
{
	struct read_request *r = request_of(req, struct read_request);
	bool ok = req->status == 0;

	r->done(r->arg, req->status, ok ? &r->found : NULL, ok && r->changed);
}

void store_read_mark(struct store *s, const char *conversation_id, const char *user_id, int64_t id,
		     bool read, store_read_fn *done, void *arg)
{
	struct read_request *r = request_new(sizeof *r);

	r->base.run = run_read_mark;
	r->base.answer = answer_read;
	r->base.writes = true;
	r->conversation_id = mem_text(&r->base.mem, conversation_id);
	r->user_id = mem_text(&r->base.mem, user_id);
	r->id = id;
	r->read = read;
	r->done = done;
	r->arg = arg;
	request_submit(s, &r->base);
}
