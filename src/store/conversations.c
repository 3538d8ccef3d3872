/* SPDX-License-Identifier: Apache-2.0 */
/* The list of conversations, as somebody sees it: last message, what is unread, who has read what. */
#include <errno.h>

#include "store/channels.h"
#include "store/request.h"
#include "store/rows.h"

struct conversations_request {
	struct request base;
	bool all;
	bool channels; /* those that the user is in, not customers' conversations */
	const char *user_id;
	unsigned limit;
	struct store_conversation *list;
	size_t n;
	int64_t cursor;
	store_conversations_fn *done;
	void *arg;
};

/* c: the customer, u: who wrote the last message. Customers do not see the team's notes. */
#define SELECT_CONVERSATIONS                                                                     \
	"SELECT v.updated_at, v.id, c.id, c.name, c.role, c.image, c.created_at, " MESSAGE       \
	" FROM conversations v LEFT JOIN users c ON c.id = v.id LEFT JOIN messages m ON m.id = " \
	"CASE "                                                                                  \
	"WHEN "                                                                                  \
	"?1 THEN v.last_message_id ELSE v.last_public_id END LEFT JOIN users u ON u.id = "       \
	"m.user_id"

static void conversation_read(struct mem *mem, sqlite3_stmt *stmt, void *ret)
{
	struct store_conversation *c = ret;

	c->updated_at_us = (uint64_t)db_int(stmt, 0);
	c->id = db_text(mem, stmt, 1);
	user_read(mem, stmt, 2, &c->user);
	message_read(mem, stmt, 2 + USER_COLUMNS, &c->last_message);
	c->has_last_message = c->last_message.text != NULL;
}

static int read_rows(struct db *db, struct conversations_request *r)
{
	struct mem *mem = &r->base.mem;
	sqlite3_stmt *stmt = db_query(
		db,
		SELECT_CONVERSATIONS MESSAGE_JOINS
		"WHERE CASE WHEN ?4 THEN v.id IN (SELECT channel_id FROM channel_members WHERE "
		"user_id = ?2) ELSE v.customer_id IS NOT NULL AND (?1 OR v.id = ?2) END "
		"ORDER BY v.updated_at DESC, v.id LIMIT ?3",
		"isii", (int64_t)r->all, r->user_id, (int64_t)r->limit, (int64_t)r->channels);

	return rows_all(db, mem, stmt, sizeof(struct store_conversation), conversation_read,
			&r->list, &r->n);
}

static void mark_read(struct mem *mem, sqlite3_stmt *stmt, void *ret)
{
	struct store_read *read = ret;
	const char *role = db_text(mem, stmt, 1);

	*read = (struct store_read){ .user_id = db_text(mem, stmt, 0),
				     .read_id = db_int(stmt, 2),
				     .delivered_id = db_int(stmt, 3),
				     .unread_id = db_int(stmt, 4) };
	if (role)
		(void)user_role_parse(role, &read->role);
}

/* What somebody has marked unread is nobody else's business. */
static int read_marks(struct db *db, struct mem *mem, const char *user_id,
		      struct store_conversation *c)
{
	sqlite3_stmt *stmt = db_query(
		db,
		"SELECT u.id, u.role, r.read_id, r.delivered_id, iif(u.id = ?2, r.unread_id, NULL) "
		"FROM reads r JOIN users u ON u.id = r.user_id WHERE r.conversation_id = ?1 "
		"ORDER BY u.id",
		"ss", c->id, user_id);

	return rows_all(db, mem, stmt, sizeof(struct store_read), mark_read, &c->reads,
			&c->read_count);
}

/* Up to where user ?2 has read ?1, in their own eyes. */
#define READ_UP_TO                                                                          \
	"coalesce((SELECT iif(unread_id IS NULL, read_id, unread_id - 1) FROM reads WHERE " \
	"conversation_id = ?1 AND user_id = ?2), 0)"

/* Counting stops where nobody reads the number any more. */
int unread_count(struct db *db, const char *conversation_id, const char *user_id, bool notes,
		 int64_t *ret)
{
	sqlite3_stmt *stmt = db_query(
		db,
		"SELECT count(*) FROM (SELECT 1 FROM messages WHERE conversation_id = ?1 AND id "
		"> " READ_UP_TO " AND user_id <> ?2 AND deleted_at IS NULL AND activity IS NULL "
		"AND (?3 OR NOT private) LIMIT ?4)",
		"ssii", conversation_id, user_id, (int64_t)notes, (int64_t)STORE_UNREAD_MAX);
	int row = stmt ? db_step(db, stmt) : db_error(db);

	if (row == 1)
		*ret = db_int(stmt, 0);
	db_end(stmt);
	return row < 0 ? row : 0;
}

int mention_count(struct db *db, const char *conversation_id, const char *user_id, int64_t *ret)
{
	sqlite3_stmt *stmt = db_query(
		db,
		"SELECT count(*) FROM mentions n JOIN messages m ON m.id = n.message_id WHERE "
		"n.user_id = ?2 AND m.conversation_id = ?1 AND m.deleted_at IS NULL AND m.id "
		"> " READ_UP_TO,
		"ss", conversation_id, user_id);
	int row = stmt ? db_step(db, stmt) : db_error(db);

	if (row == 1)
		*ret = db_int(stmt, 0);
	db_end(stmt);
	return row < 0 ? row : 0;
}

static int run_conversation_list(struct db *db, struct request *req)
{
	struct conversations_request *r = request_of(req, struct conversations_request);
	int status = read_rows(db, r);

	for (size_t i = 0; status == 0 && i < r->n; i++) {
		struct store_conversation *c = &r->list[i];

		status = read_marks(db, &req->mem, r->user_id, c);
		if (status == 0)
			status = unread_count(db, c->id, r->user_id, r->all, &c->unread);
		if (status == 0 && !r->channels)
			status = support_read(db, &req->mem, c->id, &c->support);
		if (status == 0 && r->all)
			status = mention_count(db, c->id, r->user_id, &c->mentions);
		if (status == 0 && c->has_last_message)
			status = message_read_parts(db, &req->mem, &c->last_message);
	}
	/* The same transaction: the list holds exactly what came up to this cursor. */
	return status < 0 ? status : event_newest(db, &r->cursor);
}

static void answer_conversations(struct request *req)
{
	struct conversations_request *r = request_of(req, struct conversations_request);

	r->done(r->arg, req->status, r->list, req->status == 0 ? r->n : 0, r->cursor);
}

static struct conversations_request *conversations_request(const char *user_id, unsigned limit,
							   store_conversations_fn *done, void *arg)
{
	struct conversations_request *r = request_new(sizeof *r);

	r->base.run = run_conversation_list;
	r->base.answer = answer_conversations;
	r->user_id = mem_text(&r->base.mem, user_id);
	r->limit = limit;
	r->done = done;
	r->arg = arg;
	return r;
}

void store_conversation_list(struct store *s, struct store_scope scope, unsigned limit,
			     store_conversations_fn *done, void *arg)
{
	struct conversations_request *r = conversations_request(scope.user_id, limit, done, arg);

	r->all = scope.all;
	request_submit(s, &r->base);
}

void store_channel_conversations(struct store *s, const char *user_id, unsigned limit,
				 store_conversations_fn *done, void *arg)
{
	struct conversations_request *r = conversations_request(user_id, limit, done, arg);

	r->channels = true;
	request_submit(s, &r->base);
}
