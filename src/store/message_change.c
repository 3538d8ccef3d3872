/* SPDX-License-Identifier: Apache-2.0 */
/* One message: found, edited, deleted, reacted to. Each change stores its event in the same transaction. */
#include <errno.h>
#include <string.h>

#include "store/request.h"

struct change_request {
	struct request base;
	struct store_message_change change;
	const char *text; /* the new text, or the reaction's type */
	uint64_t window_us;
	bool any, on;
	struct store_message message;
	bool changed;
	int64_t cursor;
	store_message_fn *done;
	void *arg;
};

int message_find(struct db *db, struct mem *mem, const char *conversation_id, int64_t id,
		 struct store_message *ret)
{
	sqlite3_stmt *stmt = db_query(
		db,
		"SELECT " MESSAGE " FROM messages m JOIN users u ON u.id = m.user_id" MESSAGE_JOINS
		"WHERE m.conversation_id = ? AND m.id = ?",
		"si", conversation_id, id);
	int row = stmt ? db_step(db, stmt) : db_error(db);

	if (row == 1)
		message_read(mem, stmt, 0, ret);
	db_end(stmt);
	int status = row == 1 ? message_read_parts(db, mem, ret) : 0;
	return status < 0 ? status : row;
}

/* The message as the request's user may see it; -ENOENT. */
static int find(struct db *db, struct change_request *r)
{
	const struct store_message_change *change = &r->change;
	int row = message_find(db, &r->base.mem, change->conversation_id, change->id, &r->message);

	if (row < 0)
		return row;
	return row == 1 && (change->notes || !r->message.private) ? 0 : -ENOENT;
}

static int find_live(struct db *db, struct change_request *r)
{
	int status = find(db, r);

	if (status == 0 && r->message.activity) /* the server's own lines stay */
		return -EPERM;
	return status == 0 && r->message.deleted_at_us ? -ENOENT : status;
}

/* Whether the user may still change what they wrote. */
static int check_own(const struct change_request *r)
{
	const struct store_message *m = &r->message;

	if (m->card || strcmp(m->user.id, r->change.user_id) != 0) /* cards are the server's */
		return -EPERM;
	return r->window_us && r->change.at_us > m->created_at_us + r->window_us ? -ETIMEDOUT : 0;
}

static int add_event(struct db *db, const struct store_message_change *change,
		     enum store_event_type type, int64_t *ret_cursor)
{
	const struct event_row event = { .type = type,
					 .created_at_us = change->at_us,
					 .message_id = change->id,
					 .conversation_id = change->conversation_id,
					 .user_id = change->user_id };

	return event_add(db, &event, ret_cursor);
}

/* Stores the event, and reads the message as it is now. */
static int finish(struct db *db, struct change_request *r, enum store_event_type type)
{
	int status = add_event(db, &r->change, type, &r->cursor);

	r->changed = true;
	return status < 0 ? status : find(db, r);
}

static int run_edit(struct db *db, struct request *req)
{
	struct change_request *r = request_of(req, struct change_request);
	int status = find_live(db, r);

	if (status == 0)
		status = check_own(r);
	if (status < 0 || strcmp(r->message.text, r->text) == 0)
		return status;
	status = search_remove(db, r->change.id, r->message.text);
	if (status == 0)
		status = db_exec(db, "UPDATE messages SET text = ?, updated_at = ? WHERE id = ?",
				 "sii", r->text, (int64_t)r->change.at_us, r->change.id);
	if (status == 0)
		status = search_add(db, r->change.id, r->text);
	if (status == 0 && r->change.listed_word)
		status = report_word(db, r->change.id, r->change.listed_word, r->text,
				     r->change.at_us);
	return status < 0 ? status : finish(db, r, EVENT_MESSAGE_UPDATED);
}

int message_bury(struct db *db, const struct store_message_change *change,
		 const struct store_message *message, int64_t *ret_cursor)
{
	int status = search_remove(db, change->id, message->text);

	if (status == 0)
		status = db_exec(db, "UPDATE messages SET text = '', deleted_at = ? WHERE id = ?",
				 "ii", (int64_t)change->at_us, change->id);
	if (status == 0)
		status = db_exec(db, "DELETE FROM reactions WHERE message_id = ?", "i", change->id);
	if (status == 0) /* their bytes are next: gone_files */
		status = db_exec(db, "DELETE FROM attachments WHERE message_id = ?", "i",
				 change->id);
	return status < 0 ? status : add_event(db, change, EVENT_MESSAGE_DELETED, ret_cursor);
}

static int run_delete(struct db *db, struct request *req)
{
	struct change_request *r = request_of(req, struct change_request);
	int status = find_live(db, r);

	if (status == 0 && !r->any)
		status = check_own(r);
	/* a team member has looked at it; whoever takes their own words back does not end what was reported */
	if (status == 0 && r->change.notes && strcmp(r->message.user.id, r->change.user_id) != 0)
		status = report_settle(db, r->change.id, r->change.user_id, r->change.at_us);
	if (status == 0)
		status = message_bury(db, &r->change, &r->message, &r->cursor);
	if (status < 0)
		return status;
	r->changed = true;
	return find(db, r);
}

static int run_reaction(struct db *db, struct request *req)
{
	struct change_request *r = request_of(req, struct change_request);
	const struct store_message_change *change = &r->change;
	int status = find_live(db, r);

	if (status < 0)
		return status;
	if (r->on && r->message.reaction_count >= STORE_REACTIONS_MAX)
		return -EDQUOT;
	status = r->on ? db_exec(db,
				 "INSERT INTO reactions (message_id, type, user_id, created_at) "
				 "VALUES (?, "
				 "?, ?, ?) ON CONFLICT DO NOTHING",
				 "issi", change->id, r->text, change->user_id,
				 (int64_t)change->at_us)
		       : db_exec(db,
				 "DELETE FROM reactions WHERE message_id = ? AND type = ? AND "
				 "user_id = ?",
				 "iss", change->id, r->text, change->user_id);
	if (status < 0 || db_changes(db) == 0)
		return status;
	return finish(db, r, r->on ? EVENT_REACTION_NEW : EVENT_REACTION_DELETED);
}

static void answer_change(struct request *req)
{
	struct change_request *r = request_of(req, struct change_request);
	bool ok = req->status == 0;

	r->done(r->arg, req->status, ok ? &r->message : NULL, ok && r->changed, ok ? r->cursor : 0);
}

static struct change_request *change_request(int (*run)(struct db *, struct request *),
					     const struct store_message_change *change,
					     store_message_fn *done, void *arg)
{
	struct change_request *r = request_new(sizeof *r);

	r->base.run = run;
	r->base.answer = answer_change;
	r->base.writes = true;
	r->change = *change;
	r->change.conversation_id = mem_text(&r->base.mem, change->conversation_id);
	r->change.user_id = mem_text(&r->base.mem, change->user_id);
	r->change.listed_word = mem_text(&r->base.mem, change->listed_word);
	r->done = done;
	r->arg = arg;
	return r;
}

void store_message_edit(struct store *s, const struct store_message_change *change,
			const char *text, uint64_t window_us, store_message_fn *done, void *arg)
{
	struct change_request *r = change_request(run_edit, change, done, arg);

	r->text = mem_text(&r->base.mem, text);
	r->window_us = window_us;
	request_submit(s, &r->base);
}

void store_message_delete(struct store *s, const struct store_message_change *change, bool any,
			  uint64_t window_us, store_message_fn *done, void *arg)
{
	struct change_request *r = change_request(run_delete, change, done, arg);

	r->any = any;
	r->window_us = window_us;
	request_submit(s, &r->base);
}

void store_reaction_set(struct store *s, const struct store_message_change *change,
			const char *type, bool on, store_message_fn *done, void *arg)
{
	struct change_request *r = change_request(run_reaction, change, done, arg);

	r->text = mem_text(&r->base.mem, type);
	r->on = on;
	request_submit(s, &r->base);
}
