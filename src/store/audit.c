/* SPDX-License-Identifier: Apache-2.0 */
/* Settings, and the audit log: its rows are added, never changed or taken away (the schema sees to it). */
#include <errno.h>

#include "store/request.h"
#include "store/rows.h"
#include "store/support.h"

int audit_add(struct db *db, const struct audit_row *row)
{
	return db_exec(
		db,
		"INSERT INTO audit (at, actor_id, action, target, detail, place) VALUES (?, ?, ?, "
		"?, ?, ?)",
		"isssss", (int64_t)row->at_us, row->actor_id, row->action, row->target, row->detail,
		row->place);
}

/* ---- one more row; a setting ---- */

struct audit_request {
	struct status_request base;
	struct audit_row row;
	const char *name, *value;
};

static struct audit_request *audit_of(struct request *req)
{
	return container_of(request_of(req, struct status_request), struct audit_request, base);
}

static int run_add(struct db *db, struct request *req)
{
	return audit_add(db, &audit_of(req)->row);
}

static int run_put(struct db *db, struct request *req)
{
	struct audit_request *r = audit_of(req);
	int status = db_exec(db,
			     "INSERT INTO support_settings (name, value) VALUES (?, ?) ON CONFLICT "
			     "(name) DO UPDATE SET value = excluded.value",
			     "ss", r->name, r->value);

	return status < 0 ? status : audit_add(db, &r->row);
}

static struct audit_request *audit_request(int (*run)(struct db *, struct request *),
					   const struct audit_row *row, store_done_fn *done,
					   void *arg)
{
	struct audit_request *r = request_new(sizeof *r);
	struct mem *mem = &r->base.base.mem;

	r->base.base.run = run;
	r->base.base.answer = status_answer;
	r->base.base.writes = true;
	r->base.done = done;
	r->base.arg = arg;
	r->row = (struct audit_row){ row->at_us,
				     mem_text(mem, row->actor_id),
				     mem_text(mem, row->action),
				     mem_text(mem, row->target),
				     mem_text(mem, row->detail),
				     mem_text(mem, row->place) };
	return r;
}

void store_audit_add(struct store *s, const struct store_audit *row, store_done_fn *done, void *arg)
{
	const struct audit_row copy = { row->at_us,  row->actor_id, row->action,
					row->target, row->detail,   row->place };

	request_submit(s, &audit_request(run_add, &copy, done, arg)->base.base);
}

void store_setting_put(struct store *s, const char *name, const char *value,
		       const struct store_deed *by, store_done_fn *done, void *arg)
{
	const struct audit_row row = { .at_us = by->at_us,
				       .actor_id = by->user_id,
				       .action = "settings",
				       .detail = name,
				       .place = by->place };
	struct audit_request *r = audit_request(run_put, &row, done, arg);

	r->name = mem_text(&r->base.base.mem, name);
	r->value = mem_text(&r->base.base.mem, value);
	request_submit(s, &r->base.base);
}

struct setting_request {
	struct request base;
	const char *name, *value;
	store_setting_fn *done;
	void *arg;
};

static int run_get(struct db *db, struct request *req)
{
	struct setting_request *r = request_of(req, struct setting_request);
	sqlite3_stmt *stmt = db_query(db, "SELECT value FROM support_settings WHERE name = ?", "s",
				      r->name);
	int row = stmt ? db_step(db, stmt) : db_error(db);

	if (row == 1)
		r->value = db_text(&req->mem, stmt, 0);
	db_end(stmt);
	return row < 0 ? row : 0;
}

static void answer_setting(struct request *req)
{
	struct setting_request *r = request_of(req, struct setting_request);

	r->done(r->arg, req->status, r->value);
}

void store_setting_get(struct store *s, const char *name, store_setting_fn *done, void *arg)
{
	struct setting_request *r = request_new(sizeof *r);

	r->base.run = run_get;
	r->base.answer = answer_setting;
	r->name = mem_text(&r->base.mem, name);
	r->done = done;
	r->arg = arg;
	request_submit(s, &r->base);
}

/* ---- the log ---- */

struct log_request {
	struct request base;
	struct store_audit_query query;
	struct rows found; /* of struct store_audit */
	store_audit_fn *done;
	void *arg;
};

static void audit_read(struct mem *mem, sqlite3_stmt *stmt, void *ret)
{
	*(struct store_audit *)ret = (struct store_audit){ .id = db_int(stmt, 0),
							   .at_us = (uint64_t)db_int(stmt, 1),
							   .actor_id = db_text(mem, stmt, 2),
							   .action = db_text(mem, stmt, 3),
							   .target = db_text(mem, stmt, 4),
							   .detail = db_text(mem, stmt, 5),
							   .place = db_text(mem, stmt, 6) };
}

static int run_log(struct db *db, struct request *req)
{
	struct log_request *r = request_of(req, struct log_request);
	const struct store_audit_query *q = &r->query;
	sqlite3_stmt *stmt = db_query(
		db,
		"SELECT id, at, actor_id, action, target, detail, place FROM audit WHERE id < ?1 "
		"AND (?2 "
		"IS "
		"NULL OR actor_id = ?2) AND (?3 IS NULL OR action = ?3 OR substr(action, 1, "
		"length(?3) + 1) = ?3 || '.') ORDER BY id DESC LIMIT ?4",
		"issi", q->before > 0 ? q->before : INT64_MAX, q->actor, q->action,
		(int64_t)q->limit + 1);

	r->found.limit = q->limit;
	return rows_read(db, &req->mem, stmt, sizeof(struct store_audit), audit_read, &r->found);
}

static void answer_log(struct request *req)
{
	struct log_request *r = request_of(req, struct log_request);

	r->done(r->arg, req->status, r->found.list, req->status == 0 ? r->found.n : 0,
		r->found.more);
}

void store_audit_list(struct store *s, const struct store_audit_query *query, store_audit_fn *done,
		      void *arg)
{
	struct log_request *r = request_new(sizeof *r);

	r->base.run = run_log;
	r->base.answer = answer_log;
	r->query = *query;
	r->query.actor = mem_text(&r->base.mem, query->actor);
	r->query.action = mem_text(&r->base.mem, query->action);
	r->query.limit = query->limit ? query->limit : 1;
	r->done = done;
	r->arg = arg;
	request_submit(s, &r->base);
}
