/* SPDX-License-Identifier: Apache-2.0 */
/* Who has read a conversation, and been given its messages, up to where; and what they marked unread. */
#include <errno.h>

#include "store/request.h"

struct read_request {
	struct request base;
	const char *conversation_id, *user_id;
	int64_t id;
	bool read, notes;
	unsigned changed;
	struct store_unread found;
	store_read_fn *done;
	store_unread_fn *unread_done;
	void *arg;
};

int read_mark(struct db *db, const char *conversation_id, const char *user_id, int64_t read_id,
	      int64_t delivered_id)
{
	return db_exec(
		db,
		"INSERT INTO reads (conversation_id, user_id, read_id, delivered_id) VALUES (?, ?, "
		"?, ?) ON CONFLICT (conversation_id, user_id) DO UPDATE SET read_id = max(read_id, "
		"excluded.read_id), delivered_id = max(delivered_id, excluded.delivered_id), "
		"unread_id = iif(excluded.read_id >= unread_id, NULL, unread_id)",
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
		"SELECT u.id, u.role, r.read_id, r.delivered_id, r.unread_id FROM users u LEFT "
		"JOIN reads r ON r.user_id = u.id AND r.conversation_id = ? WHERE u.id = ?",
		"ss", r->conversation_id, r->user_id);
	int row = stmt ? db_step(db, stmt) : db_error(db);

	if (row == 1) {
		const char *role = db_text(&r->base.mem, stmt, 1);
		struct store_read *found = &r->found.read;

		found->user_id = db_text(&r->base.mem, stmt, 0);
		if (role)
			(void)user_role_parse(role, &found->role);
		found->read_id = db_int(stmt, 2);
		found->delivered_id = db_int(stmt, 3);
		found->unread_id = db_int(stmt, 4);
	}
	db_end(stmt);
	return row == 1 ? 0 : row == 0 ? -ENOENT : row;
}

/* What a mark up to `id` brings. */
static unsigned change_of(const struct store_read *before, int64_t id, bool read)
{
	bool further = read && before->read_id < id;

	return (further ? READ_FURTHER : 0u) | (before->delivered_id < id ? GIVEN_FURTHER : 0u) |
	       (read && before->unread_id && id >= before->unread_id ? READ_AGAIN : 0u);
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
	r->changed = change_of(&r->found.read, r->id, r->read);
	if (!r->changed)
		return 0;
	status = read_mark(db, r->conversation_id, r->user_id, r->read ? r->id : 0, r->id);
	return status < 0 ? status : find(db, r);
}

static void answer_read(struct request *req)
{
	struct read_request *r = request_of(req, struct read_request);
	bool ok = req->status == 0;

	r->done(r->arg, req->status, ok ? &r->found.read : NULL, ok ? r->changed : 0);
}

static struct read_request *read_request(const char *conversation_id, const char *user_id,
					 int64_t id, void *arg)
{
	struct read_request *r = request_new(sizeof *r);

	r->base.writes = true;
	r->conversation_id = mem_text(&r->base.mem, conversation_id);
	r->user_id = mem_text(&r->base.mem, user_id);
	r->id = id;
	r->arg = arg;
	return r;
}

void store_read_mark(struct store *s, const char *conversation_id, const char *user_id, int64_t id,
		     bool read, store_read_fn *done, void *arg)
{
	struct read_request *r = read_request(conversation_id, user_id, id, arg);

	r->base.run = run_read_mark;
	r->base.answer = answer_read;
	r->read = read;
	r->done = done;
	request_submit(s, &r->base);
}

/* ---- unread again ---- */

/* 0, -ENOENT or -errno. */
static int message_exists(struct db *db, const struct read_request *r)
{
	sqlite3_stmt *stmt = db_query(db,
				      "SELECT 1 FROM messages WHERE conversation_id = ? AND id = ? "
				      "AND (? OR NOT private)",
				      "sii", r->conversation_id, r->id, (int64_t)r->notes);
	int row = stmt ? db_step(db, stmt) : db_error(db);

	db_end(stmt);
	return row == 1 ? 0 : row == 0 ? -ENOENT : row;
}

static int run_unread_mark(struct db *db, struct request *req)
{
	struct read_request *r = request_of(req, struct read_request);
	struct store_unread *found = &r->found;
	int status = message_exists(db, r);

	if (status == 0)
		status = find(db, r);
	if (status == 0 && r->id <= found->read.read_id && r->id != found->read.unread_id) {
		status = db_exec(db,
				 "UPDATE reads SET unread_id = ?3 WHERE conversation_id = ?1 AND "
				 "user_id = ?2",
				 "ssi", r->conversation_id, r->user_id, r->id);
		found->read.unread_id = r->id;
		r->changed = READ_AGAIN;
	}
	if (status == 0)
		status = unread_count(db, r->conversation_id, r->user_id, r->notes, &found->unread);
	if (status == 0 && r->notes)
		status = mention_count(db, r->conversation_id, r->user_id, &found->mentions);
	return status;
}

static void answer_unread(struct request *req)
{
	struct read_request *r = request_of(req, struct read_request);
	bool ok = req->status == 0;

	r->unread_done(r->arg, req->status, ok ? &r->found : NULL, ok && r->changed != 0);
}

void store_unread_mark(struct store *s, const char *conversation_id, const char *user_id,
		       int64_t id, bool notes, store_unread_fn *done, void *arg)
{
	struct read_request *r = read_request(conversation_id, user_id, id, arg);

	r->base.run = run_unread_mark;
	r->base.answer = answer_unread;
	r->notes = notes;
	r->unread_done = done;
	request_submit(s, &r->base);
}
