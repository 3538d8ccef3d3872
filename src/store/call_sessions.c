/* SPDX-License-Identifier: Apache-2.0 */
/* The live sessions of calls: beginnings, comings and goings, ends. */
#include <errno.h>

#include "store/channels.h"
#include "store/request.h"

struct session_request {
	struct request base;
	struct store_session_start start;
	struct store_user user;
	bool has_user, left;
	int64_t cursor;
	struct store_session_hearers hearers;
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

/* The event, and who hears of it. */
static int add_event(struct db *db, struct session_request *r, enum store_event_type type)
{
	const struct store_session_start *start = &r->start;
	const struct event_row row = { .type = type,
				       .created_at_us = start->at_us,
				       .conversation_id = start->conversation_id,
				       .cid = start->cid,
				       .session_id = start->session_id,
				       .user_id = start->user_id,
				       .user_name = start->user_name };
	int status = event_add(db, &row, &r->cursor);

	return status < 0 ? status
			  : event_session_hearers(db, &r->base.mem, r->cursor, &row,
						  start->watchers, &r->hearers);
}

static int add_person(struct db *db, struct session_request *r)
{
	return db_exec(
		db,
		"INSERT INTO call_session_users (session_id, user_id, joined_at) VALUES (?, ?, ?) "
		"ON CONFLICT DO NOTHING",
		"ssi", r->start.session_id, r->start.user_id, (int64_t)r->start.at_us);
}

static int run_session_join(struct db *db, struct request *req)
{
	struct session_request *r = request_of(req, struct session_request);
	int status = add_person(db, r);

	if (status == 0)
		status = find_account(db, r);
	return status < 0 ? status
			  : add_event(db, r,
				      r->left ? EVENT_CALL_PARTICIPANT_LEFT
					      : EVENT_CALL_PARTICIPANT_JOINED);
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
		status = add_person(db, r);
	if (status == 0)
		status = find_account(db, r);
	return status < 0 ? status : add_event(db, r, EVENT_CALL_SESSION_STARTED);
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
	const char *all = r->start.session_id, *id = NULL;

	if (row == 1) {
		id = db_text(&r->base.mem, stmt, 0);
		r->start.cid = db_text(&r->base.mem, stmt, 1);
		r->start.conversation_id = db_text(&r->base.mem, stmt, 2);
	}
	db_end(stmt);
	if (row != 1)
		return row == 0 ? -ENOENT : row;
	if (r->base.mem.bad)
		return -ENOMEM;
	int status = db_exec(db,
			     "UPDATE call_sessions SET ended_at = max(?, started_at) WHERE id = ?",
			     "is", (int64_t)r->start.at_us, id);
	/* who was let into a channel's call was let into this one */
	if (status == 0 && r->start.conversation_id && store_is_channel(r->start.conversation_id))
		status = db_exec(db, "DELETE FROM call_members WHERE cid = ?", "s", r->start.cid);
	r->start.session_id = id;
	if (status == 0)
		status = add_event(db, r, EVENT_CALL_SESSION_ENDED);
	r->start.session_id = all;
	return status;
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
			ok ? r->cursor : 0,
			ok ? &r->hearers : &(struct store_session_hearers){ 0 });
}

static struct session_request *session_request(int (*run)(struct db *, struct request *),
					       const struct store_session_start *start,
					       store_call_event_fn *done, void *arg)
{
	struct session_request *r = request_new(sizeof *r);
	struct mem *mem = &r->base.mem;

	r->base.run = run;
	r->base.answer = answer_session;
	r->base.writes = true;
	r->start = (struct store_session_start){
		.session_id = mem_text(mem, start->session_id),
		.cid = mem_text(mem, start->cid),
		.conversation_id = mem_text(mem, start->conversation_id),
		.user_id = mem_text(mem, start->user_id),
		.user_name = mem_text(mem, start->user_name),
		.at_us = start->at_us,
		.watchers = audience_copy(mem, start->watchers),
	};
	r->done = done;
	r->arg = arg;
	return r;
}

void store_call_session_start(struct store *s, const struct store_session_start *start,
			      store_call_event_fn *done, void *arg)
{
	request_submit(s, &session_request(run_session_start, start, done, arg)->base);
}

void store_call_session_join(struct store *s, const struct store_session_start *coming, bool left,
			     store_call_event_fn *done, void *arg)
{
	struct session_request *r = session_request(run_session_join, coming, done, arg);

	r->left = left;
	request_submit(s, &r->base);
}

void store_call_session_end(struct store *s, const struct store_session_start *session,
			    store_call_event_fn *done, void *arg)
{
	request_submit(s, &session_request(run_session_end, session, done, arg)->base);
}

void store_call_session_end_all(struct store *s, uint64_t at_us, store_done_fn *done, void *arg)
{
	struct session_request *r = session_request(
		run_session_end_all, &(struct store_session_start){ .at_us = at_us }, NULL, arg);

	r->done_all = done;
	request_submit(s, &r->base);
}
