/* SPDX-License-Identifier: Apache-2.0 */
/* Media tokens that are refused, kept over a restart; and guests who have gone. */
#include <errno.h>

#include "store/request.h"
#include "store/rows.h"

struct refusal_request {
	struct request base;
	const char *kind, *key;
	uint64_t at_us;
	struct rows found; /* of struct store_refusal */
	store_done_fn *done;
	store_refusals_fn *done_list; /* or this */
	void *arg;
};

static void answer(struct request *req)
{
	struct refusal_request *r = request_of(req, struct refusal_request);

	if (r->done_list)
		r->done_list(r->arg, req->status, r->found.list, req->status == 0 ? r->found.n : 0);
	else
		r->done(r->arg, req->status);
}

static struct refusal_request *request(int (*run)(struct db *, struct request *), bool writes,
				       uint64_t at_us, void *arg)
{
	struct refusal_request *r = request_new(sizeof *r);

	r->base.run = run;
	r->base.answer = answer;
	r->base.writes = writes;
	r->at_us = at_us;
	r->arg = arg;
	return r;
}

static int run_add(struct db *db, struct request *req)
{
	struct refusal_request *r = request_of(req, struct refusal_request);
	int status = db_exec(db,
			     "INSERT INTO media_refusals (kind, key, created_at) VALUES (?, ?, ?)",
			     "ssi", r->kind, r->key, (int64_t)r->at_us);

	return status < 0 ? status
			  : db_exec(db,
				    "DELETE FROM media_refusals WHERE id <= "
				    "(SELECT max(id) FROM media_refusals) - ?",
				    "i", (int64_t)STORE_REFUSALS_MAX);
}

void store_refusal_add(struct store *s, const char *kind, const char *key, uint64_t at_us,
		       store_done_fn *done, void *arg)
{
	struct refusal_request *r = request(run_add, true, at_us, arg);

	r->kind = mem_text(&r->base.mem, kind);
	r->key = mem_text(&r->base.mem, key);
	r->done = done;
	request_submit(s, &r->base);
}

static void refusal_read(struct mem *mem, sqlite3_stmt *stmt, void *ret)
{
	*(struct store_refusal *)ret = (struct store_refusal){ db_text(mem, stmt, 0),
							       db_text(mem, stmt, 1) };
}

static int run_list(struct db *db, struct request *req)
{
	struct refusal_request *r = request_of(req, struct refusal_request);
	sqlite3_stmt *stmt = db_query(db, "SELECT kind, key FROM media_refusals ORDER BY id", "");

	return rows_read(db, &req->mem, stmt, sizeof(struct store_refusal), refusal_read,
			 &r->found);
}

void store_refusal_list(struct store *s, store_refusals_fn *done, void *arg)
{
	struct refusal_request *r = request(run_list, false, 0, arg);

	r->done_list = done;
	request_submit(s, &r->base);
}

/* ---- guests ---- */

/* What a guest wrote or made stays theirs: such accounts stay, too. */
static int run_prune(struct db *db, struct request *req)
{
	const struct refusal_request *r = request_of(req, struct refusal_request);

	return db_exec(db,
		       "DELETE FROM users WHERE guest = 1 AND created_at < ?1 AND NOT EXISTS "
		       "(SELECT 1 FROM messages m WHERE m.user_id = users.id) AND NOT EXISTS "
		       "(SELECT 1 FROM calls c WHERE c.created_by = users.id)",
		       "i", (int64_t)r->at_us);
}

void store_guest_prune(struct store *s, uint64_t before_us, store_done_fn *done, void *arg)
{
	struct refusal_request *r = request(run_prune, true, before_us, arg);

	r->done = done;
	request_submit(s, &r->base);
}
