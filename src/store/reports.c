/* SPDX-License-Identifier: Apache-2.0 */
/* Reports of messages. */
#include "store/reports.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "store/request.h"
#include "store/rows.h"

/* A report is about a message, and the audit log names that, too. */
static int add_audit(struct db *db, const struct store_deed *by, const char *action,
		     const char *conversation_id, int64_t message_id)
{
	char id[24];

	(void)snprintf(id, sizeof id, "%lld", (long long)message_id);
	return audit_add(db, &(struct audit_row){ .at_us = by->at_us,
						  .actor_id = by->user_id,
						  .action = action,
						  .target = conversation_id,
						  .detail = id,
						  .place = by->place });
}

int report_settle(struct db *db, int64_t message_id, const char *by, uint64_t at_us)
{
	return db_exec(db,
		       "UPDATE reports SET closed_at = ?2, closed_by = ?3, text = '' WHERE "
		       "message_id = ?1 AND closed_at IS NULL",
		       "iis", message_id, (int64_t)at_us, by);
}

int report_word(struct db *db, int64_t message_id, const char *word, const char *text,
		uint64_t at_us)
{
	return db_exec(
		db,
		"INSERT INTO reports (message_id, word, reason, text, created_at) SELECT ?1, ?2, "
		"'', ?3, ?4 WHERE NOT EXISTS (SELECT 1 FROM reports WHERE message_id = ?1 AND word "
		"IS NOT NULL AND closed_at IS NULL)",
		"issi", message_id, word, text, (int64_t)at_us);
}

/* ---- one more ---- */

struct add_request {
	struct request base;
	struct store_new_report report;
	struct store_message message;
	store_message_fn *done;
	void *arg;
};

static int count_open(struct db *db, const char *user_id, int64_t *ret)
{
	sqlite3_stmt *stmt = db_query(
		db, "SELECT count(*) FROM reports WHERE reporter_id = ? AND closed_at IS NULL", "s",
		user_id);
	int row = stmt ? db_step(db, stmt) : db_error(db);

	if (row == 1)
		*ret = db_int(stmt, 0);
	db_end(stmt);
	return row < 0 ? row : 0;
}

/* Whether the message is one that can be reported, by this person. */
static int check(struct db *db, const struct store_new_report *n, const struct store_message *m)
{
	int64_t open = 0;

	if (m->deleted_at_us || (m->private && !n->notes))
		return -ENOENT;
	if (m->activity || m->card)
		return -EPERM;
	if (strcmp(m->user.id, n->user_id) == 0)
		return -EINVAL;
	int status = count_open(db, n->user_id, &open);
	return status == 0 && open >= LIMIT_REPORTS ? -EDQUOT : status;
}

static int run_add(struct db *db, struct request *req)
{
	struct add_request *r = request_of(req, struct add_request);
	const struct store_new_report *n = &r->report;
	int row = message_find(db, &req->mem, n->conversation_id, n->message_id, &r->message);

	if (row < 1)
		return row < 0 ? row : -ENOENT;
	int status = check(db, n, &r->message);
	if (status == 0) /* the second one of a person is refused by the index */
		status = db_exec(
			db,
			"INSERT INTO reports (message_id, reporter_id, reason, text, created_at) "
			"VALUES (?, ?, ?, ?, ?)",
			"isssi", n->message_id, n->user_id, n->reason, r->message.text,
			(int64_t)n->at_us);
	return status < 0 ? status
			  : add_audit(db, &(struct store_deed){ n->user_id, n->at_us, n->place },
				      "message.report", n->conversation_id, n->message_id);
}

static void answer_add(struct request *req)
{
	struct add_request *r = request_of(req, struct add_request);
	bool ok = req->status == 0;

	r->done(r->arg, req->status, ok ? &r->message : NULL, ok, 0);
}

void store_report_add(struct store *s, const struct store_new_report *report,
		      store_message_fn *done, void *arg)
{
	struct add_request *r = request_for(sizeof *r, run_add, answer_add);
	struct mem *mem = &r->base.mem;

	r->base.writes = true;
	r->report = *report;
	r->report.conversation_id = mem_text(mem, report->conversation_id);
	r->report.user_id = mem_text(mem, report->user_id);
	r->report.reason = mem_text(mem, report->reason);
	r->report.place = mem_text(mem, report->place);
	r->done = done;
	r->arg = arg;
	request_submit(s, &r->base);
}

/* ---- the list ---- */

struct list_request {
	struct request base;
	unsigned limit;
	struct rows found; /* of struct store_reported */
	int64_t open;
	store_reported_fn *done;
	void *arg;
};

static void reported_read(struct mem *mem, sqlite3_stmt *stmt, void *ret)
{
	struct store_reported *reported = ret;

	message_read(mem, stmt, 0, &reported->message);
	reported->text = db_text(mem, stmt, MESSAGE_COLUMNS);
	reported->customer_name = db_text(mem, stmt, MESSAGE_COLUMNS + 1);
}

static void report_read(struct mem *mem, sqlite3_stmt *stmt, void *ret)
{
	struct store_report *report = ret;

	report->word = db_text(mem, stmt, 0);
	report->reason = db_text(mem, stmt, 1);
	report->created_at_us = (uint64_t)db_int(stmt, 2);
	user_read(mem, stmt, 3, &report->user);
}

static int read_reports(struct db *db, struct mem *mem, struct store_reported *reported)
{
	sqlite3_stmt *stmt = db_query(
		db,
		"SELECT r.word, r.reason, r.created_at, " USER " FROM reports r LEFT JOIN users u "
		"ON u.id = r.reporter_id WHERE r.message_id = ? AND r.closed_at IS NULL ORDER BY "
		"r.id LIMIT ?",
		"ii", reported->message.id, (int64_t)STORE_REPORTS_SHOWN);
	struct rows rows = { .n = 0 };
	int status = rows_read(db, mem, stmt, sizeof(struct store_report), report_read, &rows);

	reported->reports = rows.list;
	reported->report_count = rows.n;
	return status < 0 ? status : message_read_parts(db, mem, &reported->message);
}

/* Counting stops where nobody reads the number any more: whoever writes listed words all day must not make each of them
 * dearer than the one before. */
static int count_messages(struct db *db, int64_t *ret)
{
	sqlite3_stmt *stmt = db_query(db,
				      "SELECT count(*) FROM (SELECT DISTINCT message_id FROM "
				      "reports WHERE closed_at IS NULL LIMIT ?)",
				      "i", (int64_t)STORE_REPORTS_COUNTED);
	int row = stmt ? db_step(db, stmt) : db_error(db);

	if (row == 1)
		*ret = db_int(stmt, 0);
	db_end(stmt);
	return row < 0 ? row : 0;
}

static int run_list(struct db *db, struct request *req)
{
	struct list_request *r = request_of(req, struct list_request);
	int status = count_messages(db, &r->open);

	if (status < 0 || r->limit == 0)
		return status;
	sqlite3_stmt *stmt = db_query(
		db,
		"SELECT " MESSAGE ", r.text, c.name FROM (SELECT message_id, min(id) AS first_id, "
		"max(id) AS last_id FROM reports WHERE closed_at IS NULL GROUP BY message_id) o "
		"JOIN reports r ON r.id = o.first_id JOIN messages m ON m.id = o.message_id JOIN "
		"users u ON u.id = m.user_id" MESSAGE_JOINS
		"LEFT JOIN users c ON c.id = m.conversation_id ORDER BY o.last_id DESC LIMIT ?",
		"i", (int64_t)r->limit);
	status = rows_read(db, &req->mem, stmt, sizeof(struct store_reported), reported_read,
			   &r->found);
	struct store_reported *list = r->found.list;
	for (size_t i = 0; status == 0 && i < r->found.n; i++)
		status = read_reports(db, &req->mem, &list[i]);
	return status;
}

static void answer_list(struct request *req)
{
	struct list_request *r = request_of(req, struct list_request);

	r->done(r->arg, req->status, r->found.list, req->status == 0 ? r->found.n : 0, r->open);
}

void store_reported_list(struct store *s, unsigned limit, store_reported_fn *done, void *arg)
{
	struct list_request *r = request_for(sizeof *r, run_list, answer_list);

	r->limit = limit;
	r->done = done;
	r->arg = arg;
	request_submit(s, &r->base);
}

/* ---- looked at ---- */

struct close_request {
	struct request base;
	int64_t message_id;
	bool remove, removed;
	struct store_deed by;
	struct store_message message;
	int64_t cursor;
	store_message_fn *done;
	void *arg;
};

/* The conversation of a message that has open reports. */
static int find_where(struct db *db, struct close_request *r, const char **ret)
{
	sqlite3_stmt *stmt = db_query(
		db,
		"SELECT m.conversation_id FROM reports r JOIN messages m ON m.id = r.message_id "
		"WHERE r.message_id = ? AND r.closed_at IS NULL LIMIT 1",
		"i", r->message_id);
	int row = stmt ? db_step(db, stmt) : db_error(db);

	if (row == 1)
		*ret = db_text(&r->base.mem, stmt, 0);
	db_end(stmt);
	return row == 1 ? 0 : row == 0 ? -ENOENT : row;
}

static int remove_message(struct db *db, struct close_request *r)
{
	const struct store_message_change change = { .conversation_id = r->message.conversation_id,
						     .user_id = r->by.user_id,
						     .id = r->message_id,
						     .at_us = r->by.at_us };
	int status = message_bury(db, &change, &r->message, &r->cursor);

	if (status == 0)
		status = add_audit(db, &r->by, "message.delete", change.conversation_id,
				   r->message_id);
	if (status < 0)
		return status;
	r->removed = true;
	int row = message_find(db, &r->base.mem, change.conversation_id, r->message_id,
			       &r->message);
	return row == 1 ? 0 : row == 0 ? -ENOENT : row;
}

static int run_close(struct db *db, struct request *req)
{
	struct close_request *r = request_of(req, struct close_request);
	const char *conversation_id = NULL;
	int status = find_where(db, r, &conversation_id);

	if (status < 0 || !conversation_id)
		return status;
	int row = message_find(db, &req->mem, conversation_id, r->message_id, &r->message);
	if (row < 1)
		return row < 0 ? row : -ENOENT;
	status = report_settle(db, r->message_id, r->by.user_id, r->by.at_us);
	if (status == 0)
		status = add_audit(db, &r->by, "report.close", conversation_id, r->message_id);
	return status < 0 || !r->remove || r->message.deleted_at_us ? status
								    : remove_message(db, r);
}

static void answer_close(struct request *req)
{
	struct close_request *r = request_of(req, struct close_request);
	bool ok = req->status == 0;

	r->done(r->arg, req->status, ok ? &r->message : NULL, ok && r->removed, ok ? r->cursor : 0);
}

void store_report_close(struct store *s, int64_t message_id, bool remove,
			const struct store_deed *by, store_message_fn *done, void *arg)
{
	struct close_request *r = request_for(sizeof *r, run_close, answer_close);

	r->base.writes = true;
	r->message_id = message_id;
	r->remove = remove;
	r->by = (struct store_deed){ mem_text(&r->base.mem, by->user_id), by->at_us,
				     mem_text(&r->base.mem, by->place) };
	r->done = done;
	r->arg = arg;
	request_submit(s, &r->base);
}
