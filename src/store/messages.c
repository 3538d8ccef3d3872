/* SPDX-License-Identifier: Apache-2.0 */
/* Conversations and their messages. */
#include <errno.h>

#include "store/request.h"

#define USER	"u.id, u.name, u.role, u.image, u.created_at"
#define MESSAGE "m.id, m.conversation_id, m.text, m.client_id, m.created_at, " USER

static void message_read(struct mem *mem, sqlite3_stmt *stmt, int column, struct store_message *ret)
{
	ret->id = db_int(stmt, column);
	ret->conversation_id = db_text(mem, stmt, column + 1);
	ret->text = db_text(mem, stmt, column + 2);
	ret->client_id = db_text(mem, stmt, column + 3);
	ret->created_at_us = (uint64_t)db_int(stmt, column + 4);
	user_read(mem, stmt, column + 5, &ret->user);
}

/* ---- the list of conversations ---- */

struct conversations_request {
	struct request base;
	bool all;
	const char *user_id;
	unsigned limit;
	struct store_conversation *list;
	size_t n;
	int64_t cursor;
	store_conversations_fn *done;
	void *arg;
};

/* c: the customer, u: who wrote the last message. */
static int run_conversation_list(struct db *db, struct request *req)
{
	struct conversations_request *r = request_of(req, struct conversations_request);
	sqlite3_stmt *stmt = db_query(
		db,
		"SELECT v.updated_at, c.id, c.name, c.role, c.image, c.created_at, " MESSAGE
		" FROM conversations v JOIN users c ON c.id = v.id "
		"LEFT JOIN messages m ON m.id = v.last_message_id LEFT JOIN users u ON u.id = "
		"m.user_id "
		"WHERE ?1 OR v.id = ?2 ORDER BY v.updated_at DESC, v.id LIMIT ?3",
		"isi", (int64_t)r->all, r->user_id, (int64_t)r->limit);
	int row = stmt ? 1 : db_error(db);

	while (row > 0 && (row = db_step(db, stmt)) == 1) {
		struct store_conversation *list = mem_grow(&req->mem, r->list, r->n, sizeof *list);

		if (!list) {
			row = -ENOMEM;
			break;
		}
		struct store_conversation *c = &(r->list = list)[r->n++];
		c->updated_at_us = (uint64_t)db_int(stmt, 0);
		user_read(&req->mem, stmt, 1, &c->user);
		c->id = c->user.id;
		message_read(&req->mem, stmt, 1 + USER_COLUMNS, &c->last_message);
		c->has_last_message = c->last_message.text != NULL;
	}
	db_end(stmt);
	/* The same transaction: the list holds exactly what came up to this cursor. */
	return row < 0 ? row : event_newest(db, &r->cursor);
}

static void answer_conversations(struct request *req)
{
	struct conversations_request *r = request_of(req, struct conversations_request);

	r->done(r->arg, req->status, r->list, req->status == 0 ? r->n : 0, r->cursor);
}

void store_conversation_list(struct store *s, struct store_scope scope, unsigned limit,
			     store_conversations_fn *done, void *arg)
{
	struct conversations_request *r = request_new(sizeof *r);

	r->base.run = run_conversation_list;
	r->base.answer = answer_conversations;
	r->all = scope.all;
	r->user_id = mem_text(&r->base.mem, scope.user_id);
	r->limit = limit;
	r->done = done;
	r->arg = arg;
	request_submit(s, &r->base);
}

/* ---- a page of messages ---- */

struct messages_request {
	struct request base;
	const char *conversation_id;
	int64_t before;
	unsigned limit;
	struct store_message *list;
	size_t n;
	bool has_more;
	store_messages_fn *done;
	void *arg;
};

static int conversation_exists(struct db *db, const char *id)
{
	sqlite3_stmt *stmt = db_query(db, "SELECT 1 FROM conversations WHERE id = ?", "s", id);
	int row = stmt ? db_step(db, stmt) : db_error(db);

	db_end(stmt);
	return row == 1 ? 0 : row == 0 ? -ENOENT : row;
}

static void reverse(struct store_message *list, size_t n)
{
	for (size_t i = 0; i < n / 2; i++) {
		struct store_message swap = list[i];

		list[i] = list[n - 1 - i];
		list[n - 1 - i] = swap;
	}
}

static int run_message_list(struct db *db, struct request *req)
{
	struct messages_request *r = request_of(req, struct messages_request);
	int status = conversation_exists(db, r->conversation_id);

	if (status < 0)
		return status;
	sqlite3_stmt *stmt = db_query(
		db,
		"SELECT " MESSAGE " FROM messages m JOIN users u ON u.id = m.user_id "
		"WHERE m.conversation_id = ? AND m.id < ? ORDER BY m.id DESC LIMIT ?",
		"sii", r->conversation_id, r->before > 0 ? r->before : INT64_MAX,
		(int64_t)r->limit + 1);
	int row = stmt ? 1 : db_error(db);

	while (row > 0 && (row = db_step(db, stmt)) == 1) {
		if (r->n == r->limit) {
			r->has_more = true;
			row = 0;
			break;
		}
		struct store_message *list = mem_grow(&req->mem, r->list, r->n, sizeof *list);

		if (!list)
			row = -ENOMEM;
		else
			message_read(&req->mem, stmt, 0, &(r->list = list)[r->n++]);
	}
	db_end(stmt);
	reverse(r->list, r->n);
	return row;
}

static void answer_messages(struct request *req)
{
	struct messages_request *r = request_of(req, struct messages_request);

	r->done(r->arg, req->status, r->list, req->status == 0 ? r->n : 0, r->has_more);
}

void store_message_list(struct store *s, const char *conversation_id, int64_t before,
			unsigned limit, store_messages_fn *done, void *arg)
{
	struct messages_request *r = request_new(sizeof *r);

	r->base.run = run_message_list;
	r->base.answer = answer_messages;
	r->conversation_id = mem_text(&r->base.mem, conversation_id);
	r->before = before;
	r->limit = limit ? limit : 1;
	r->done = done;
	r->arg = arg;
	request_submit(s, &r->base);
}

/* ---- one more message ---- */

struct message_request {
	struct request base;
	struct store_new_message new;
	struct store_message message;
	bool created;
	int64_t cursor;
	store_message_fn *done;
	void *arg;
};

static int find_by_client_id(struct db *db, struct message_request *r)
{
	const struct store_new_message *new = &r->new;
	sqlite3_stmt *stmt = db_query(
		db,
		"SELECT " MESSAGE " FROM messages m JOIN users u ON u.id = m.user_id "
		"WHERE m.conversation_id = ? AND m.user_id = ? AND m.client_id = ?",
		"sss", new->conversation_id, new->user_id, new->client_id);
	int row = stmt ? db_step(db, stmt) : db_error(db);

	if (row == 1)
		message_read(&r->base.mem, stmt, 0, &r->message);
	db_end(stmt);
	return row;
}

static int run_message_add(struct db *db, struct request *req)
{
	struct message_request *r = request_of(req, struct message_request);
	const struct store_new_message *new = &r->new;
	int64_t at = (int64_t) new->created_at_us;
	int row = find_by_client_id(db, r);

	if (row != 0) /* the first one again, or an error */
		return row < 0 ? row : 0;
	/* Without the conversation or the user the foreign keys say -ENOENT. */
	int status = db_exec(
		db,
		"INSERT INTO messages (conversation_id, user_id, client_id, text, created_at) "
		"VALUES (?, ?, ?, ?, ?)",
		"ssssi", new->conversation_id, new->user_id, new->client_id, new->text, at);
	if (status < 0)
		return status;
	int64_t id = db_last_id(db);
	status = db_exec(db,
			 "UPDATE conversations SET last_message_id = ?, updated_at = "
			 "max(updated_at, ?) WHERE id = ?",
			 "iis", id, at, new->conversation_id);
	if (status == 0)
		status = event_add(db,
				   &(struct event_row){ .type = EVENT_MESSAGE_NEW,
							.created_at_us = new->created_at_us,
							.message_id = id,
							.conversation_id = new->conversation_id },
				   &r->cursor);
	if (status < 0)
		return status;
	r->created = true;
	row = find_by_client_id(db, r);
	return row == 1 ? 0 : row < 0 ? row : -EIO;
}

static void answer_message(struct request *req)
{
	struct message_request *r = request_of(req, struct message_request);
	bool ok = req->status == 0;

	r->done(r->arg, req->status, ok ? &r->message : NULL, ok && r->created, ok ? r->cursor : 0);
}

void store_message_add(struct store *s, const struct store_new_message *message,
		       store_message_fn *done, void *arg)
{
	struct message_request *r = request_new(sizeof *r);
	struct mem *mem = &r->base.mem;

	r->base.run = run_message_add;
	r->base.answer = answer_message;
	r->base.writes = true;
	r->new = (struct store_new_message){
		.conversation_id = mem_text(mem, message->conversation_id),
		.user_id = mem_text(mem, message->user_id),
		.client_id = mem_text(mem, message->client_id),
		.text = mem_text(mem, message->text),
		.created_at_us = message->created_at_us,
	};
	r->done = done;
	r->arg = arg;
	request_submit(s, &r->base);
}
