/* SPDX-License-Identifier: Apache-2.0 */
/* Bans. */
#include "store/bans.h"

#include <errno.h>

#include "store/request.h"
#include "store/rows.h"

struct bans_request {
	struct request base;
	int64_t now_us, merged_us;
	struct rows found; /* of struct store_ban */
	store_bans_fn *done;
	void *arg;
};

static void ban_read(struct mem *mem, sqlite3_stmt *stmt, void *ret)
{
	*(struct store_ban *)ret = (struct store_ban){ .user_id = db_text(mem, stmt, 0),
						       .reason = db_text(mem, stmt, 1),
						       .by_id = db_text(mem, stmt, 2),
						       .created_at_us = (uint64_t)db_int(stmt, 3),
						       .until_us = (uint64_t)db_int(stmt, 4),
						       .merged = db_int(stmt, 5) != 0 };
}

static int run_list(struct db *db, struct request *req)
{
	struct bans_request *r = request_of(req, struct bans_request);
	sqlite3_stmt *stmt = db_query(
		db,
		"SELECT user_id, reason, by_id, created_at, coalesce(until, 0), 0 FROM bans UNION "
		"ALL "
		"SELECT id, '', NULL, merged_at, merged_at + ?2, 1 FROM users WHERE merged_into IS "
		"NOT NULL AND merged_at + ?2 > ?1",
		"ii", r->now_us, r->merged_us);

	return rows_read(db, &req->mem, stmt, sizeof(struct store_ban), ban_read, &r->found);
}

static void answer_list(struct request *req)
{
	struct bans_request *r = request_of(req, struct bans_request);

	r->done(r->arg, req->status, r->found.list, req->status == 0 ? r->found.n : 0);
}

void store_ban_list(struct store *s, uint64_t now_us, uint64_t merged_us, store_bans_fn *done,
		    void *arg)
{
	struct bans_request *r = request_new(sizeof *r);

	r->base.run = run_list;
	r->base.answer = answer_list;
	r->now_us = (int64_t)now_us;
	r->merged_us = (int64_t)merged_us;
	r->done = done;
	r->arg = arg;
	request_submit(s, &r->base);
}

struct ban_request {
	struct status_request status; /* first */
	struct store_ban ban;
};

static int run_set(struct db *db, struct request *req)
{
	const struct store_ban *b = &container_of(req, struct ban_request, status.base)->ban;
	/* Without the user the foreign key says -ENOENT. */
	int status = db_exec(
		db,
		"INSERT INTO bans (user_id, reason, by_id, created_at, until) VALUES (?, ?, ?, ?, "
		"nullif(?, 0)) ON CONFLICT (user_id) DO UPDATE SET reason = excluded.reason, by_id "
		"= excluded.by_id, created_at = excluded.created_at, until = excluded.until",
		"sssii", b->user_id, b->reason, b->by_id, (int64_t)b->created_at_us,
		(int64_t)b->until_us);

	return status < 0 ? status
			  : audit_add(db, &(struct audit_row){ .at_us = b->created_at_us,
							       .actor_id = b->by_id,
							       .action = "user.ban",
							       .target = b->user_id,
							       .detail = b->reason,
							       .place = b->place });
}

static int run_lift(struct db *db, struct request *req)
{
	const struct store_ban *b = &container_of(req, struct ban_request, status.base)->ban;
	int status = db_exec(db, "DELETE FROM bans WHERE user_id = ?", "s", b->user_id);

	if (status == 0 && db_changes(db) == 0)
		return -ENOENT;
	return status < 0 ? status
			  : audit_add(db, &(struct audit_row){ .at_us = b->created_at_us,
							       .actor_id = b->by_id,
							       .action = "user.unban",
							       .target = b->user_id,
							       .place = b->place });
}

static void submit(struct store *s, int (*run)(struct db *, struct request *),
		   const struct store_ban *ban, store_done_fn *done, void *arg)
{
	struct ban_request *r = request_new(sizeof *r);
	struct mem *mem = &r->status.base.mem;

	r->status.base.run = run;
	r->status.base.answer = status_answer;
	r->status.base.writes = true;
	r->status.done = done;
	r->status.arg = arg;
	r->ban = *ban;
	r->ban.user_id = mem_text(mem, ban->user_id);
	r->ban.reason = mem_text(mem, ban->reason);
	r->ban.by_id = mem_text(mem, ban->by_id);
	r->ban.place = mem_text(mem, ban->place);
	request_submit(s, &r->status.base);
}

void store_ban_set(struct store *s, const struct store_ban *ban, store_done_fn *done, void *arg)
{
	submit(s, run_set, ban, done, arg);
}

void store_ban_lift(struct store *s, const char *user_id, const char *by_id, const char *place,
		    uint64_t at_us, store_done_fn *done, void *arg)
{
	submit(s, run_lift,
	       &(struct store_ban){
		       .user_id = user_id, .by_id = by_id, .place = place, .created_at_us = at_us },
	       done, arg);
}
