/* SPDX-License-Identifier: Apache-2.0 */
/* The figures: what is to be done now, and how quick the team was. */
#include "store/request.h"
#include "store/rows.h"
#include "store/support.h"

struct figures_request {
	struct request base;
	uint64_t since_us;
	struct store_figures figures;
	store_figures_fn *done;
	void *arg;
};

static int read_now(struct db *db, struct store_figures *f)
{
	sqlite3_stmt *stmt = db_query(
		db,
		"SELECT sum(status = 'open'), sum(status = 'pending'), sum(status IN "
		"('open', 'pending') AND assignee_id IS NULL), sum(waiting_since IS NOT NULL), "
		"min(waiting_since), "
		"sum(status = 'snoozed') FROM conversations WHERE last_message_id IS NOT NULL",
		"");
	int row = stmt ? db_step(db, stmt) : db_error(db);

	if (row == 1) {
		f->open = db_int(stmt, 0);
		f->pending = db_int(stmt, 1);
		f->unassigned = db_int(stmt, 2);
		f->waiting = db_int(stmt, 3);
		f->oldest_waiting_us = (uint64_t)db_int(stmt, 4);
		f->snoozed = db_int(stmt, 5);
	}
	db_end(stmt);
	return row < 0 ? row : 0;
}

static int read_cases(struct db *db, uint64_t since_us, struct store_figures *f)
{
	sqlite3_stmt *stmt = db_query(
		db,
		"SELECT count(*), count(replied_at), count(resolved_at), count(rating), "
		"round(coalesce(avg(rating), 0) * 1000) FROM support_cases WHERE opened_at >= ?",
		"i", (int64_t)since_us);
	int row = stmt ? db_step(db, stmt) : db_error(db);

	if (row == 1) {
		f->cases = db_int(stmt, 0);
		f->replied = db_int(stmt, 1);
		f->resolved = db_int(stmt, 2);
		f->ratings = db_int(stmt, 3);
		f->rating_mean = (double)db_int(stmt, 4) / 1000;
	}
	db_end(stmt);
	return row < 0 ? row : 0;
}

static int read_calls(struct db *db, uint64_t since_us, struct store_figures *f)
{
	sqlite3_stmt *stmt = db_query(db,
				      "SELECT count(*), round(coalesce(avg(rating), 0) * 1000) "
				      "FROM call_feedback WHERE created_at >= ?",
				      "i", (int64_t)since_us);
	int row = stmt ? db_step(db, stmt) : db_error(db);

	if (row == 1) {
		f->call_ratings = db_int(stmt, 0);
		f->call_rating_mean = (double)db_int(stmt, 1) / 1000;
	}
	db_end(stmt);
	return row < 0 ? row : 0;
}

static const char reply_times[] = /* one address: one statement */
	"SELECT replied_at - opened_at FROM support_cases WHERE opened_at >= ?1 AND replied_at IS "
	"NOT NULL ORDER BY 1 LIMIT 1 OFFSET ?2";

/* The lower of the two in the middle when the number is even: a time that somebody really waited. */
static int read_median(struct db *db, const char *sql, uint64_t since_us, int64_t count,
		       uint64_t *ret)
{
	if (count == 0)
		return 0;
	sqlite3_stmt *stmt = db_query(db, sql, "ii", (int64_t)since_us, (count - 1) / 2);
	int row = stmt ? db_step(db, stmt) : db_error(db);

	if (row == 1)
		*ret = (uint64_t)db_int(stmt, 0);
	db_end(stmt);
	return row < 0 ? row : 0;
}

/* In one pass over the cases; the median is the lower one of an even number, as above. */
#define SELECT_TEAM                                                                               \
	"WITH c AS (SELECT * FROM support_cases WHERE opened_at >= ?1), "                         \
	"t AS (SELECT replied_by, replied_at - opened_at AS took, "                               \
	"row_number() OVER (PARTITION BY replied_by ORDER BY replied_at - opened_at) AS nth, "    \
	"count(*) OVER (PARTITION BY replied_by) AS n FROM c WHERE replied_at IS NOT NULL), "     \
	"d AS (SELECT resolved_by, count(*) AS n, count(rating) AS rated, avg(rating) AS rating " \
	"FROM c WHERE resolved_at IS NOT NULL GROUP BY resolved_by) "                             \
	"SELECT " USER ", t.n, t.took, d.n, d.rated, round(coalesce(d.rating, 0) * 1000) "        \
	"FROM users u LEFT JOIN t ON t.replied_by = u.id AND t.nth = (t.n + 1) / 2 LEFT JOIN d "  \
	"ON d.resolved_by = u.id WHERE u.role = 'admin' ORDER BY u.name COLLATE NOCASE, u.id"

static void member_read(struct mem *mem, sqlite3_stmt *stmt, void *ret)
{
	struct store_member_figures *m = ret;

	user_read(mem, stmt, 0, &m->user);
	m->replied = db_int(stmt, USER_COLUMNS);
	m->reply_median_us = (uint64_t)db_int(stmt, USER_COLUMNS + 1);
	m->resolved = db_int(stmt, USER_COLUMNS + 2);
	m->ratings = db_int(stmt, USER_COLUMNS + 3);
	m->rating_mean = (double)db_int(stmt, USER_COLUMNS + 4) / 1000;
}

static int read_team(struct db *db, struct mem *mem, uint64_t since_us, struct store_figures *f)
{
	struct rows rows = { .n = 0 };
	int row = rows_read(db, mem, db_query(db, SELECT_TEAM, "i", (int64_t)since_us),
			    sizeof(struct store_member_figures), member_read, &rows);

	f->team = rows.list;
	f->team_count = rows.n;
	return row;
}

static int run_figures(struct db *db, struct request *req)
{
	struct figures_request *r = request_of(req, struct figures_request);
	struct store_figures *f = &r->figures;
	int status = read_now(db, f);

	if (status == 0)
		status = read_cases(db, r->since_us, f);
	if (status == 0)
		status = read_calls(db, r->since_us, f);
	if (status == 0)
		status = read_median(db, reply_times, r->since_us, f->replied, &f->reply_median_us);
	if (status == 0)
		status = read_median(
			db,
			"SELECT resolved_at - opened_at FROM support_cases WHERE "
			"opened_at >= ?1 AND resolved_at IS NOT NULL ORDER BY 1 LIMIT 1 "
			"OFFSET ?2",
			r->since_us, f->resolved, &f->resolve_median_us);
	if (status == 0)
		status = read_team(db, &req->mem, r->since_us, f);
	return status;
}

static void answer_figures(struct request *req)
{
	struct figures_request *r = request_of(req, struct figures_request);

	r->done(r->arg, req->status, req->status == 0 ? &r->figures : NULL);
}

void store_figures_read(struct store *s, uint64_t since_us, store_figures_fn *done, void *arg)
{
	struct figures_request *r = request_for(sizeof *r, run_figures, answer_figures);

	r->since_us = since_us;
	r->done = done;
	r->arg = arg;
	request_submit(s, &r->base);
}

/* ---- what customers are told of it ---- */

struct reply_time_request {
	struct request base;
	uint64_t since_us, median_us;
	int64_t replied;
	store_reply_time_fn *done;
	void *arg;
};

static int run_reply_time(struct db *db, struct request *req)
{
	struct reply_time_request *r = request_of(req, struct reply_time_request);
	sqlite3_stmt *stmt = db_query(
		db, "SELECT count(replied_at) FROM support_cases WHERE opened_at >= ?", "i",
		(int64_t)r->since_us);
	int row = stmt ? db_step(db, stmt) : db_error(db);

	if (row == 1)
		r->replied = db_int(stmt, 0);
	db_end(stmt);
	return row < 0 ? row : read_median(db, reply_times, r->since_us, r->replied, &r->median_us);
}

static void answer_reply_time(struct request *req)
{
	struct reply_time_request *r = request_of(req, struct reply_time_request);

	r->done(r->arg, req->status, r->replied, r->median_us);
}

void store_reply_time_read(struct store *s, uint64_t since_us, store_reply_time_fn *done, void *arg)
{
	struct reply_time_request *r = request_for(sizeof *r, run_reply_time, answer_reply_time);

	r->since_us = since_us;
	r->done = done;
	r->arg = arg;
	request_submit(s, &r->base);
}
