/* SPDX-License-Identifier: Apache-2.0 */
/* Blocks. */
#include "store/blocks.h"

#include <errno.h>

#include "base/limits.h"
#include "store/request.h"
#include "store/rows.h"

struct blocks_request {
	struct request base;
	const char *user_id; /* NULL: everybody's */
	struct rows found;   /* of struct store_block */
	store_blocks_fn *done;
	void *arg;
};

#define BLOCK                                       \
	"SELECT b.user_id, b.created_at, " USER " " \
	"FROM blocks b JOIN users u ON u.id = b.blocked_id "

static void block_read(struct mem *mem, sqlite3_stmt *stmt, void *ret)
{
	struct store_block *b = ret;

	b->user_id = db_text(mem, stmt, 0);
	b->created_at_us = (uint64_t)db_int(stmt, 1);
	user_read(mem, stmt, 2, &b->user);
}

static int run_list(struct db *db, struct request *req)
{
	struct blocks_request *r = request_of(req, struct blocks_request);
	sqlite3_stmt *stmt = r->user_id ? db_query(db,
						   BLOCK "WHERE b.user_id = ? ORDER BY "
							 "b.created_at DESC, u.id",
						   "s", r->user_id)
					: db_query(db, BLOCK, "");

	return rows_read(db, &req->mem, stmt, sizeof(struct store_block), block_read, &r->found);
}

static void answer_list(struct request *req)
{
	struct blocks_request *r = request_of(req, struct blocks_request);

	r->done(r->arg, req->status, r->found.list, req->status == 0 ? r->found.n : 0);
}

void store_block_list(struct store *s, const char *user_id, store_blocks_fn *done, void *arg)
{
	struct blocks_request *r = request_new(sizeof *r);

	r->base.run = run_list;
	r->base.answer = answer_list;
	r->user_id = mem_text(&r->base.mem, user_id);
	r->done = done;
	r->arg = arg;
	request_submit(s, &r->base);
}

struct block_request {
	struct status_request status; /* first */
	const char *user_id, *blocked_id;
	uint64_t at_us;
};

static int run_set(struct db *db, struct request *req)
{
	const struct block_request *b = container_of(req, struct block_request, status.base);
	/* Without the user the foreign key says -ENOENT. */
	int status = db_exec(db,
			     "INSERT INTO blocks (user_id, blocked_id, created_at) VALUES (?, ?, "
			     "?) ON CONFLICT DO NOTHING",
			     "ssi", b->user_id, b->blocked_id, (int64_t)b->at_us);

	if (status < 0 || db_changes(db) == 0)
		return status;
	sqlite3_stmt *stmt = db_query(db, "SELECT count(*) FROM blocks WHERE user_id = ?", "s",
				      b->user_id);
	int row = stmt ? db_step(db, stmt) : db_error(db);

	if (row == 1)
		status = db_int(stmt, 0) > LIMIT_BLOCKS ? -EDQUOT : 0;
	db_end(stmt);
	return row < 0 ? row : status;
}

static int run_lift(struct db *db, struct request *req)
{
	const struct block_request *b = container_of(req, struct block_request, status.base);
	int status = db_exec(db, "DELETE FROM blocks WHERE user_id = ? AND blocked_id = ?", "ss",
			     b->user_id, b->blocked_id);

	return status == 0 && db_changes(db) == 0 ? -ENOENT : status;
}

static struct block_request *block_request(int (*run)(struct db *, struct request *),
					   const char *user_id, const char *blocked_id,
					   store_done_fn *done, void *arg)
{
	struct block_request *r = request_new(sizeof *r);
	struct mem *mem = &r->status.base.mem;

	r->status.base.run = run;
	r->status.base.answer = status_answer;
	r->status.base.writes = true;
	r->status.done = done;
	r->status.arg = arg;
	r->user_id = mem_text(mem, user_id);
	r->blocked_id = mem_text(mem, blocked_id);
	return r;
}

void store_block_set(struct store *s, const char *user_id, const char *blocked_id, uint64_t at_us,
		     store_done_fn *done, void *arg)
{
	struct block_request *r = block_request(run_set, user_id, blocked_id, done, arg);

	r->at_us = at_us;
	request_submit(s, &r->status.base);
}

void store_block_lift(struct store *s, const char *user_id, const char *blocked_id,
		      store_done_fn *done, void *arg)
{
	struct block_request *r = block_request(run_lift, user_id, blocked_id, done, arg);

	request_submit(s, &r->status.base);
}
