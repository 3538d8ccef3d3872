/* SPDX-License-Identifier: Apache-2.0 */
/* Conversations that were put away until a time: bringing them back. */
#include <errno.h>
#include <stdio.h>
#include <time.h>

#include "base/clock.h"
#include "store/rows.h"
#include "store/support.h"
#include "store/support_lines.h"

void snooze_text(uint64_t until_us, char ret[SNOOZE_TEXT])
{
	time_t seconds = (time_t)(until_us / US_PER_S);
	struct tm utc;

	(void)gmtime_r(&seconds, &utc);
	(void)strftime(ret, SNOOZE_TEXT, "%Y-%m-%dT%H:%M:%SZ", &utc);
}

struct wake_request {
	struct request base;
	uint64_t now_us, next_us;
	struct event_list out;
	store_wake_fn *done;
	void *arg;
};

/* It comes up in the list as if something had been said. */
static int wake(struct db *db, struct wake_request *r, const char *id)
{
	const struct support_line line = { .conversation_id = id,
					   .user_id = id,
					   .activity = "woken",
					   .words = "Back from snooze",
					   .private = true,
					   .at_us = r->now_us };
	int status = db_exec(db,
			     "UPDATE conversations SET status = 'open', status_at = ?2, "
			     "snoozed_until = NULL, updated_at = max(updated_at, ?2) WHERE id = ?1",
			     "si", id, (int64_t)r->now_us);

	if (status == 0)
		status = support_line_add(db, &r->base.mem, &line, &r->out);
	return status < 0 ? status
			  : support_event_add(db, &r->base.mem, id, id, r->now_us, &r->out);
}

static int read_next(struct db *db, uint64_t *ret)
{
	sqlite3_stmt *stmt = db_query(
		db, "SELECT min(snoozed_until) FROM conversations WHERE snoozed_until IS NOT NULL",
		"");
	int row = stmt ? db_step(db, stmt) : db_error(db);

	if (row == 1)
		*ret = (uint64_t)db_int(stmt, 0);
	db_end(stmt);
	return row < 0 ? row : 0;
}

static int run_wake(struct db *db, struct request *req)
{
	struct wake_request *r = request_of(req, struct wake_request);
	sqlite3_stmt *stmt = db_query(db,
				      "SELECT id FROM conversations WHERE snoozed_until <= ? ORDER "
				      "BY snoozed_until, id LIMIT ?",
				      "ii", (int64_t)r->now_us, (int64_t)STORE_WAKE_MAX);
	const char *const *ids = NULL;
	size_t n = 0;
	int status = rows_all(db, &req->mem, stmt, sizeof(const char *), row_text, &ids, &n);

	for (size_t i = 0; status == 0 && i < n; i++)
		status = wake(db, r, ids[i]);
	return status < 0 ? status : read_next(db, &r->next_us);
}

static void answer_wake(struct request *req)
{
	struct wake_request *r = request_of(req, struct wake_request);

	r->done(r->arg, req->status, r->out.events, req->status == 0 ? r->out.n : 0, r->next_us);
}

void store_snooze_wake(struct store *s, uint64_t now_us, store_wake_fn *done, void *arg)
{
	struct wake_request *r = request_new(sizeof *r);

	r->base.run = run_wake;
	r->base.answer = answer_wake;
	r->base.writes = true;
	r->now_us = now_us;
	r->done = done;
	r->arg = arg;
	request_submit(s, &r->base);
}
