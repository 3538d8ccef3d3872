/* SPDX-License-Identifier: Apache-2.0 */
/* What is known of a customer: where they are, what was, and the team's notes. */
#include <errno.h>

#include "store/request.h"
#include "store/rows.h"
#include "store/support.h"

struct customer_request {
	struct request base;
	const char *user_id, *notes;
	struct store_deed by;
	struct store_customer customer;
	store_customer_fn *done;
	void *arg;
};

static void case_read(struct mem *mem, sqlite3_stmt *stmt, void *ret)
{
	*(struct store_case *)ret = (struct store_case){ .id = db_int(stmt, 0),
							 .opened_at_us = (uint64_t)db_int(stmt, 1),
							 .replied_at_us = (uint64_t)db_int(stmt, 2),
							 .resolved_at_us = (uint64_t)db_int(stmt,
											    3),
							 .resolved_by = db_text(mem, stmt, 4),
							 .rating = (int)db_int(stmt, 5),
							 .comment = db_text(mem, stmt, 6) };
}

static int read_cases(struct db *db, struct mem *mem, struct store_customer *c)
{
	sqlite3_stmt *stmt = db_query(
		db,
		"SELECT id, opened_at, replied_at, resolved_at, resolved_by, rating, comment FROM "
		"support_cases WHERE conversation_id = ? ORDER BY id DESC LIMIT ?",
		"si", c->user.id, (int64_t)STORE_CASES_MAX);

	return rows_all(db, mem, stmt, sizeof(struct store_case), case_read, &c->cases,
			&c->case_count);
}

static int read_cards(struct db *db, struct mem *mem, struct store_customer *c)
{
	sqlite3_stmt *stmt = db_query(db,
				      "SELECT " CARD_AND_FEEDBACK
				      " FROM call_history WHERE conversation_id = ? "
				      "ORDER BY id DESC LIMIT ?",
				      "si", c->user.id, (int64_t)STORE_CASES_MAX);

	return rows_all(db, mem, stmt, sizeof(const char *), row_text, &c->cards, &c->card_count);
}

int customer_read(struct db *db, struct mem *mem, const char *user_id, struct store_customer *c)
{
	sqlite3_stmt *stmt = db_query(
		db,
		"SELECT " USER ", k.page, k.title, k.agent, k.language, k.time_zone, "
		"k.first_seen_at, k.last_seen_at, coalesce(k.notes, ''), k.notes_by, k.notes_at, "
		"(SELECT count(*) FROM messages WHERE conversation_id = v.id AND activity IS NULL) "
		"FROM conversations v JOIN users u ON u.id = v.id LEFT JOIN customers k ON "
		"k.user_id = v.id WHERE v.id = ?",
		"s", user_id);
	int row = stmt ? db_step(db, stmt) : db_error(db);

	if (row == 1) {
		user_read(mem, stmt, 0, &c->user);
		c->seen = (struct store_seen){ .page = db_text(mem, stmt, USER_COLUMNS),
					       .title = db_text(mem, stmt, USER_COLUMNS + 1),
					       .agent = db_text(mem, stmt, USER_COLUMNS + 2),
					       .language = db_text(mem, stmt, USER_COLUMNS + 3),
					       .time_zone = db_text(mem, stmt, USER_COLUMNS + 4) };
		c->first_seen_us = (uint64_t)db_int(stmt, USER_COLUMNS + 5);
		c->last_seen_us = (uint64_t)db_int(stmt, USER_COLUMNS + 6);
		c->notes = db_text(mem, stmt, USER_COLUMNS + 7);
		c->notes_by = db_text(mem, stmt, USER_COLUMNS + 8);
		c->notes_at_us = (uint64_t)db_int(stmt, USER_COLUMNS + 9);
		c->message_count = db_int(stmt, USER_COLUMNS + 10);
	}
	db_end(stmt);
	if (row < 1)
		return row < 0 ? row : -ENOENT;
	int status = read_cases(db, mem, c);
	return status < 0 ? status : read_cards(db, mem, c);
}

static int run_find(struct db *db, struct request *req)
{
	struct customer_request *r = request_of(req, struct customer_request);

	return customer_read(db, &req->mem, r->user_id, &r->customer);
}

static int run_note(struct db *db, struct request *req)
{
	struct customer_request *r = request_of(req, struct customer_request);
	int status = conversation_exists(db, r->user_id);

	if (status == 0)
		status = db_exec(
			db,
			"INSERT INTO customers (user_id, notes, notes_by, notes_at) VALUES "
			"(?, ?, ?, ?) ON CONFLICT (user_id) DO UPDATE SET notes = "
			"excluded.notes, notes_by = excluded.notes_by, notes_at = "
			"excluded.notes_at",
			"sssi", r->user_id, r->notes, r->by.user_id, (int64_t)r->by.at_us);
	if (status == 0)
		status = audit_add(db, &(struct audit_row){ .at_us = r->by.at_us,
							    .actor_id = r->by.user_id,
							    .action = "customer.notes",
							    .target = r->user_id,
							    .place = r->by.place });
	return status < 0 ? status : customer_read(db, &req->mem, r->user_id, &r->customer);
}

static void answer_customer(struct request *req)
{
	struct customer_request *r = request_of(req, struct customer_request);

	r->done(r->arg, req->status, req->status == 0 ? &r->customer : NULL);
}

static struct customer_request *customer_request(int (*run)(struct db *, struct request *),
						 const char *user_id, store_customer_fn *done,
						 void *arg)
{
	struct customer_request *r = request_new(sizeof *r);

	r->base.run = run;
	r->base.answer = answer_customer;
	r->user_id = mem_text(&r->base.mem, user_id);
	r->done = done;
	r->arg = arg;
	return r;
}

void store_customer_find(struct store *s, const char *user_id, store_customer_fn *done, void *arg)
{
	request_submit(s, &customer_request(run_find, user_id, done, arg)->base);
}

void store_customer_note(struct store *s, const char *user_id, const char *notes,
			 const struct store_deed *by, store_customer_fn *done, void *arg)
{
	struct customer_request *r = customer_request(run_note, user_id, done, arg);

	r->base.writes = true;
	r->notes = mem_text(&r->base.mem, notes);
	r->by = (struct store_deed){ mem_text(&r->base.mem, by->user_id), by->at_us,
				     mem_text(&r->base.mem, by->place) };
	request_submit(s, &r->base);
}

/* ---- where they are ---- */

struct seen_request {
	struct status_request base;
	const char *user_id;
	struct store_seen seen;
	uint64_t at_us;
};

static int run_seen(struct db *db, struct request *req)
{
	struct seen_request *r = container_of(request_of(req, struct status_request),
					      struct seen_request, base);
	const struct store_seen *seen = &r->seen;
	int status = conversation_exists(db, r->user_id);

	return status < 0
		       ? status
		       : db_exec(db,
				 "INSERT INTO customers (user_id, page, title, agent, language, "
				 "time_zone, first_seen_at, last_seen_at) VALUES (?1, ?2, ?3, ?4, "
				 "?5, "
				 "?6, ?7, ?7) ON CONFLICT (user_id) DO UPDATE SET page = ?2, title "
				 "= "
				 "?3, agent = ?4, language = ?5, time_zone = ?6, first_seen_at = "
				 "coalesce(first_seen_at, ?7), last_seen_at = ?7",
				 "ssssssi", r->user_id, seen->page, seen->title, seen->agent,
				 seen->language, seen->time_zone, (int64_t)r->at_us);
}

void store_customer_seen(struct store *s, const char *user_id, const struct store_seen *seen,
			 uint64_t at_us, store_done_fn *done, void *arg)
{
	struct seen_request *r = request_new(sizeof *r);
	struct mem *mem = &r->base.base.mem;

	r->base.base.run = run_seen;
	r->base.base.answer = status_answer;
	r->base.base.writes = true;
	r->base.done = done;
	r->base.arg = arg;
	r->user_id = mem_text(mem, user_id);
	r->seen = (struct store_seen){ mem_text(mem, seen->page), mem_text(mem, seen->title),
				       mem_text(mem, seen->agent), mem_text(mem, seen->language),
				       mem_text(mem, seen->time_zone) };
	r->at_us = at_us;
	request_submit(s, &r->base.base);
}
