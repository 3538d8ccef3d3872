/* SPDX-License-Identifier: Apache-2.0 */
/* Calls and their live sessions. */
#include <errno.h>

#include "store/request.h"

/* ---- calls ---- */

struct call_request {
	struct request base;
	struct store_new_call new; /* for a find only the cid */
	struct store_call call;
	bool created;
	store_call_fn *done;
	void *arg;
};

static int run_call_find(struct db *db, struct request *req)
{
	struct call_request *r = request_of(req, struct call_request);
	sqlite3_stmt *stmt = db_query(
		db,
		"SELECT c.cid, c.type, c.id, c.created_at, " USER
		" FROM calls c JOIN users u ON u.id = c.created_by WHERE c.cid = ?",
		"s", r->new.cid);
	int row = stmt ? db_step(db, stmt) : db_error(db);

	if (row == 1) {
		r->call.cid = db_text(&req->mem, stmt, 0);
		r->call.type = db_text(&req->mem, stmt, 1);
		r->call.id = db_text(&req->mem, stmt, 2);
		r->call.created_at_us = (uint64_t)db_int(stmt, 3);
		user_read(&req->mem, stmt, 4, &r->call.created_by);
	}
	db_end(stmt);
	return row == 1 ? 0 : row == 0 ? -ENOENT : row;
}

static int run_call_create(struct db *db, struct request *req)
{
	struct call_request *r = request_of(req, struct call_request);
	const struct store_new_call *new = &r->new;
	int status = db_exec(
		db,
		"INSERT INTO calls (cid, type, id, created_by, conversation_id, created_at) "
		"VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (cid) DO NOTHING",
		"sssssi", new->cid, new->type, new->id, new->created_by, new->conversation_id,
		(int64_t) new->created_at_us);

	if (status < 0)
		return status;
	r->created = db_changes(db) > 0;
	return run_call_find(db, req);
}

static void answer_call(struct request *req)
{
	struct call_request *r = request_of(req, struct call_request);
	bool ok = req->status == 0;

	r->done(r->arg, req->status, ok ? &r->call : NULL, ok && r->created);
}

static struct call_request *call_request(int (*run)(struct db *, struct request *),
					 store_call_fn *done, void *arg)
{
	struct call_request *r = request_new(sizeof *r);

	r->base.run = run;
	r->base.answer = answer_call;
	r->done = done;
	r->arg = arg;
	return r;
}

void store_call_find(struct store *s, const char *cid, store_call_fn *done, void *arg)
{
	struct call_request *r = call_request(run_call_find, done, arg);

	r->new.cid = mem_text(&r->base.mem, cid);
	request_submit(s, &r->base);
}

void store_call_create(struct store *s, const struct store_new_call *call, store_call_fn *done,
		       void *arg)
{
	struct call_request *r = call_request(run_call_create, done, arg);
	struct mem *mem = &r->base.mem;

	r->base.writes = true;
	r->new = (struct store_new_call){
		.cid = mem_text(mem, call->cid),
		.type = mem_text(mem, call->type),
		.id = mem_text(mem, call->id),
		.created_by = mem_text(mem, call->created_by),
		.conversation_id = mem_text(mem, call->conversation_id),
		.created_at_us = call->created_at_us,
	};
	request_submit(s, &r->base);
}

/* ---- sessions ---- */

struct session_request {
	struct request base;
	struct store_session_start start;
	struct store_user user;
	bool has_user;
	int64_t cursor;
	store_call_event_fn *done;
	store_done_fn *done_all; /* or this */
	void *arg;
};

static int find_account(struct db *db, struct session_request *r)
{
	sqlite3_stmt *stmt = db_query(db, "SELECT " USER " FROM users u WHERE u.id = ?", "s",
				      r->start.user_id);
	int row = stmt ? db_step(db, stmt) : db_error(db);

	if (row == 1)
		user_read(&r->base.mem, stmt, 0, &r->user);
	r->has_user = row == 1;
	db_end(stmt);
	return row < 0 ? row : 0;
}

static int run_session_join(struct db *db, struct request *req)
{
	struct session_request *r = request_of(req, struct session_request);
	int status = db_exec(
		db,
		"INSERT INTO call_session_users (session_id, user_id, joined_at) VALUES (?, ?, ?) "
		"ON CONFLICT DO NOTHING",
		"ssi", r->start.session_id, r->start.user_id, (int64_t)r->start.at_us);

	return status < 0 ? status : find_account(db, r);
}

static int run_session_start(struct db *db, struct request *req)
{
	struct session_request *r = request_of(req, struct session_request);
	const struct store_session_start *start = &r->start;
	int status = db_exec(
		db,
		"INSERT INTO call_sessions (id, cid, conversation_id, started_by, started_at) "
		"VALUES (?, ?, ?, ?, ?)",
		"ssssi", start->session_id, start->cid, start->conversation_id, start->user_id,
		(int64_t)start->at_us);

	if (status == 0)
		status = run_session_join(db, req);
	if (status == 0)
		status = event_add(db,
				   &(struct event_row){ .type = EVENT_CALL_SESSION_STARTED,
							.created_at_us = start->at_us,
							.conversation_id = start->conversation_id,
							.cid = start->cid,
							.session_id = start->session_id,
							.user_id = start->user_id,
							.user_name = start->user_name },
				   &r->cursor);
	return status;
}

/* Ends the session `start.session_id`, or, when that is NULL, one that is still open.
 * -ENOENT: there is none. */
static int end_one(struct db *db, struct session_request *r)
{
	sqlite3_stmt *stmt = db_query(
		db,
		"SELECT id, cid, conversation_id FROM call_sessions "
		"WHERE ended_at IS NULL AND (?1 IS NULL OR id = ?1) ORDER BY started_at LIMIT 1",
		"s", r->start.session_id);
	int row = stmt ? db_step(db, stmt) : db_error(db);
	struct event_row event = { .type = EVENT_CALL_SESSION_ENDED,
				   .created_at_us = r->start.at_us };

	if (row == 1) {
		event.session_id = db_text(&r->base.mem, stmt, 0);
		event.cid = db_text(&r->base.mem, stmt, 1);
		event.conversation_id = db_text(&r->base.mem, stmt, 2);
	}
	db_end(stmt);
	if (row != 1)
		return row == 0 ? -ENOENT : row;
	if (r->base.mem.bad)
		return -ENOMEM;
	int status = db_exec(db,
			     "UPDATE call_sessions SET ended_at = max(?, started_at) WHERE id = ?",
			     "is", (int64_t)r->start.at_us, event.session_id);
	return status == 0 ? event_add(db, &event, &r->cursor) : status;
}

static int run_session_end(struct db *db, struct request *req)
{
	return end_one(db, request_of(req, struct session_request));
}

static int run_session_end_all(struct db *db, struct request *req)
{
	int status;

	do
		status = end_one(db, request_of(req, struct session_request));
	while (status == 0);
	return status == -ENOENT ? 0 : status;
}

static void answer_session(struct request *req)
{
	struct session_request *r = request_of(req, struct session_request);
	bool ok = req->status == 0;

	if (r->done_all)
		r->done_all(r->arg, req->status);
	else
		r->done(r->arg, req->status, ok && r->has_user ? &r->user : NULL,
			ok ? r->cursor : 0);
}

static struct session_request *session_request(int (*run)(struct db *, struct request *),
					       const char *session_id, uint64_t at_us,
					       store_call_event_fn *done, void *arg)
{
	struct session_request *r = request_new(sizeof *r);

	r->base.run = run;
	r->base.answer = answer_session;
	r->base.writes = true;
	r->start.session_id = mem_text(&r->base.mem, session_id);
	r->start.at_us = at_us;
	r->done = done;
	r->arg = arg;
	return r;
}

void store_call_session_start(struct store *s, const struct store_session_start *start,
			      store_call_event_fn *done, void *arg)
{
	struct session_request *r = session_request(run_session_start, start->session_id,
						    start->at_us, done, arg);
	struct mem *mem = &r->base.mem;

	r->start.cid = mem_text(mem, start->cid);
	r->start.conversation_id = mem_text(mem, start->conversation_id);
	r->start.user_id = mem_text(mem, start->user_id);
	r->start.user_name = mem_text(mem, start->user_name);
	request_submit(s, &r->base);
}

void store_call_session_join(struct store *s, const char *session_id, const char *user_id,
			     uint64_t at_us, store_call_event_fn *done, void *arg)
{
	struct session_request *r = session_request(run_session_join, session_id, at_us, done, arg);

	r->start.user_id = mem_text(&r->base.mem, user_id);
	request_submit(s, &r->base);
}

void store_call_session_end(struct store *s, const char *session_id, uint64_t at_us,
			    store_call_event_fn *done, void *arg)
{
	request_submit(s, &session_request(run_session_end, session_id, at_us, done, arg)->base);
}

void store_call_session_end_all(struct store *s, uint64_t at_us, store_done_fn *done, void *arg)
{
	struct session_request *r = session_request(run_session_end_all, NULL, at_us, NULL, arg);

	r->done_all = done;
	request_submit(s, &r->base);
}
