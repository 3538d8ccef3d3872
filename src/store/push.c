/* SPDX-License-Identifier: Apache-2.0 */
/* Web Push subscriptions. */
#include "store/push.h"

#include <errno.h>

#include "store/request.h"
#include "store/rows.h"

struct pushes_request {
	struct request base;
	struct store_push_scope scope;
	struct rows found; /* of struct store_push */
	store_pushes_fn *done;
	void *arg;
};

static void push_read(struct mem *mem, sqlite3_stmt *stmt, void *ret)
{
	*(struct store_push *)ret = (struct store_push){ .user_id = db_text(mem, stmt, 0),
							 .endpoint = db_text(mem, stmt, 1),
							 .p256dh = db_text(mem, stmt, 2),
							 .auth = db_text(mem, stmt, 3),
							 .language = db_text(mem, stmt, 4) };
}

static int run_list(struct db *db, struct request *req)
{
	struct pushes_request *r = request_of(req, struct pushes_request);
	sqlite3_stmt *stmt = db_query(
		db,
		"SELECT p.user_id, p.endpoint, p.p256dh, p.auth, p.language FROM "
		"push_subscriptions p JOIN sessions s ON s.hash = p.session JOIN users u ON u.id = "
		"p.user_id WHERE (?5 OR p.user_id IN (SELECT value FROM json_each(?1)) OR (?2 AND "
		"u.role = 'admin') OR p.user_id IN (SELECT user_id FROM channel_members WHERE "
		"channel_id = ?6)) AND s.expires_at > ?3 AND s.seen_at > ?4",
		"siiiis", r->scope.ids_json, (int64_t)r->scope.admins, (int64_t)r->scope.now_us,
		(int64_t)(r->scope.now_us - r->scope.idle_us), (int64_t)r->scope.all,
		r->scope.channel);

	return rows_read(db, &req->mem, stmt, sizeof(struct store_push), push_read, &r->found);
}

static void answer_list(struct request *req)
{
	struct pushes_request *r = request_of(req, struct pushes_request);

	r->done(r->arg, req->status, r->found.list, req->status == 0 ? r->found.n : 0);
}

void store_push_list(struct store *s, const struct store_push_scope *scope, store_pushes_fn *done,
		     void *arg)
{
	struct pushes_request *r = request_new(sizeof *r);

	r->base.run = run_list;
	r->base.answer = answer_list;
	r->scope = *scope;
	r->scope.ids_json = mem_text(&r->base.mem, scope->ids_json ? scope->ids_json : "[]");
	r->scope.channel = mem_text(&r->base.mem, scope->channel ? scope->channel : "");
	r->done = done;
	r->arg = arg;
	request_submit(s, &r->base);
}

struct push_request {
	struct status_request status; /* first */
	struct store_push push;
	const char *session_key;
	int64_t at;
};

static int run_set(struct db *db, struct request *req)
{
	struct push_request *r = container_of(req, struct push_request, status.base);
	int status = db_exec(
		db,
		"INSERT OR REPLACE INTO push_subscriptions (session, user_id, endpoint, p256dh, "
		"auth, language, created_at) SELECT hash, user_id, ?, ?, ?, ?, ? FROM sessions "
		"WHERE user_id = ? AND lower(hex(hash)) = ?",
		"ssssiss", r->push.endpoint, r->push.p256dh, r->push.auth, r->push.language, r->at,
		r->push.user_id, r->session_key);

	return status == 0 && db_changes(db) == 0 ? -ENOENT : status;
}

static int run_remove(struct db *db, struct request *req)
{
	struct push_request *r = container_of(req, struct push_request, status.base);

	return db_exec(db, "DELETE FROM push_subscriptions WHERE lower(hex(session)) = ?", "s",
		       r->session_key);
}

static int run_forget(struct db *db, struct request *req)
{
	struct push_request *r = container_of(req, struct push_request, status.base);

	return db_exec(db, "DELETE FROM push_subscriptions WHERE endpoint = ?", "s",
		       r->push.endpoint);
}

static struct push_request *request(int (*run)(struct db *, struct request *), store_done_fn *done,
				    void *arg)
{
	struct push_request *r = request_new(sizeof *r);

	r->status.base.run = run;
	r->status.base.answer = status_answer;
	r->status.base.writes = true;
	r->status.done = done;
	r->status.arg = arg;
	return r;
}

void store_push_set(struct store *s, const struct store_push *push, const char *session_key,
		    uint64_t at_us, store_done_fn *done, void *arg)
{
	struct push_request *r = request(run_set, done, arg);
	struct mem *mem = &r->status.base.mem;

	r->push = (struct store_push){ .user_id = mem_text(mem, push->user_id),
				       .endpoint = mem_text(mem, push->endpoint),
				       .p256dh = mem_text(mem, push->p256dh),
				       .auth = mem_text(mem, push->auth),
				       .language = mem_text(mem, push->language) };
	r->session_key = mem_text(mem, session_key);
	r->at = (int64_t)at_us;
	request_submit(s, &r->status.base);
}

void store_push_remove(struct store *s, const char *session_key, store_done_fn *done, void *arg)
{
	struct push_request *r = request(run_remove, done, arg);

	r->session_key = mem_text(&r->status.base.mem, session_key);
	request_submit(s, &r->status.base);
}

void store_push_forget(struct store *s, const char *endpoint, store_done_fn *done, void *arg)
{
	struct push_request *r = request(run_forget, done, arg);

	r->push.endpoint = mem_text(&r->status.base.mem, endpoint);
	request_submit(s, &r->status.base);
}
