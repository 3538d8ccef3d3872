/* SPDX-License-Identifier: Apache-2.0 */
#include "store/sessions.h"

#include <errno.h>

#include "base/limits.h"
#include "store/request.h"
#include "store/rows.h"

struct sessions_request {
	struct request base;
	const char *user_id, *keep;
	int64_t now, idle;
	struct store_session *list;
	size_t n;
	store_sessions_fn *done;
	void *arg;
};

static void answer_sessions(struct request *req)
{
	struct sessions_request *r = request_of(req, struct sessions_request);

	r->done(r->arg, req->status, r->list, req->status == 0 ? r->n : 0);
}

static struct sessions_request *sessions_request(int (*run)(struct db *, struct request *),
						 const char *user_id, store_sessions_fn *done,
						 void *arg)
{
	struct sessions_request *r = request_new(sizeof *r);

	r->base.run = run;
	r->base.answer = answer_sessions;
	r->user_id = mem_text(&r->base.mem, user_id);
	r->done = done;
	r->arg = arg;
	return r;
}

#define SESSION "lower(hex(hash)), created_at, seen_at, agent"

/* Columns SESSION. */
static void session_read(struct mem *mem, sqlite3_stmt *stmt, void *ret)
{
	*(struct store_session *)ret = (struct store_session){
		.key = db_text(mem, stmt, 0),
		.created_at_us = (uint64_t)db_int(stmt, 1),
		.seen_at_us = (uint64_t)db_int(stmt, 2),
		.agent = db_text(mem, stmt, 3)
	};
}

static int read_sessions(struct db *db, struct sessions_request *r, sqlite3_stmt *stmt)
{
	return rows_all(db, &r->base.mem, stmt, sizeof(struct store_session), session_read,
			&r->list, &r->n);
}

static int run_list(struct db *db, struct request *req)
{
	struct sessions_request *r = request_of(req, struct sessions_request);

	return read_sessions(db, r,
			     db_query(db,
				      "SELECT " SESSION " FROM sessions WHERE "
				      "user_id = ? AND expires_at > ? AND seen_at > ? "
				      "ORDER BY created_at DESC, hash LIMIT ?",
				      "siii", r->user_id, r->now, r->now - r->idle,
				      (int64_t)LIMIT_SESSIONS));
}

void store_sessions_list(struct store *s, const char *user_id, uint64_t now_us, uint64_t idle_us,
			 store_sessions_fn *done, void *arg)
{
	struct sessions_request *r = sessions_request(run_list, user_id, done, arg);

	r->now = (int64_t)now_us;
	r->idle = (int64_t)idle_us;
	request_submit(s, &r->base);
}

static int run_end_others(struct db *db, struct request *req)
{
	struct sessions_request *r = request_of(req, struct sessions_request);

	return read_sessions(db, r,
			     db_query(db,
				      "DELETE FROM sessions WHERE user_id = ? AND "
				      "lower(hex(hash)) <> ? RETURNING " SESSION,
				      "ss", r->user_id, r->keep));
}

void store_sessions_end_others(struct store *s, const char *user_id, const char *keep_key,
			       store_sessions_fn *done, void *arg)
{
	struct sessions_request *r = sessions_request(run_end_others, user_id, done, arg);

	r->base.writes = true;
	r->keep = mem_text(&r->base.mem, keep_key);
	request_submit(s, &r->base);
}

/* ---- the name ---- */

struct rename_request {
	struct request base;
	const char *id, *name;
	struct store_user user;
	store_user_fn *done;
	void *arg;
};

static int run_rename(struct db *db, struct request *req)
{
	struct rename_request *r = request_of(req, struct rename_request);
	int status = db_exec(db, "UPDATE users SET name = ? WHERE id = ?", "ss", r->name, r->id);

	if (status < 0)
		return status;
	sqlite3_stmt *stmt = db_query(db, "SELECT " USER " FROM users u WHERE u.id = ?", "s",
				      r->id);
	int row = stmt ? db_step(db, stmt) : db_error(db);

	if (row == 1)
		user_read(&req->mem, stmt, 0, &r->user);
	db_end(stmt);
	return row == 1 ? 0 : row == 0 ? -ENOENT : row;
}

static void answer_rename(struct request *req)
{
	struct rename_request *r = request_of(req, struct rename_request);

	r->done(r->arg, req->status, req->status == 0 ? &r->user : NULL);
}

void store_user_rename(struct store *s, const char *user_id, const char *name, store_user_fn *done,
		       void *arg)
{
	struct rename_request *r = request_new(sizeof *r);

	r->base.run = run_rename;
	r->base.answer = answer_rename;
	r->base.writes = true;
	r->id = mem_text(&r->base.mem, user_id);
	r->name = mem_text(&r->base.mem, name);
	r->done = done;
	r->arg = arg;
	request_submit(s, &r->base);
}
