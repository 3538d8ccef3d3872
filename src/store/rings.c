/* SPDX-License-Identifier: Apache-2.0 */
/* Rings that are open, and the operator's call types. */
#include <errno.h>

#include "store/request.h"
#include "store/rows.h"

/* ---- verbs that answer with a status ---- */

void status_answer(struct request *req)
{
	struct status_request *r = request_of(req, struct status_request);

	r->done(r->arg, req->status);
}

struct row_request {
	struct status_request status;
	struct store_ring ring;
	struct store_call_type type;
	uint64_t at_us;
};

static struct row_request *row_request(int (*run)(struct db *, struct request *),
				       store_done_fn *done, void *arg)
{
	struct row_request *r = request_new(sizeof *r);

	r->status.base.run = run;
	r->status.base.answer = status_answer;
	r->status.base.writes = true;
	r->status.done = done;
	r->status.arg = arg;
	return r;
}

static struct row_request *row_of(struct request *req)
{
	return container_of(request_of(req, struct status_request), struct row_request, status);
}

/* ---- rings ---- */

static int run_ring_start(struct db *db, struct request *req)
{
	const struct store_ring *ring = &row_of(req)->ring;

	return db_exec(db,
		       "INSERT INTO call_rings (id, cid, conversation_id, card, ring, "
		       "started_at) VALUES (?, ?, ?, ?, ?, ?)",
		       "sssssi", ring->id, ring->cid, ring->conversation_id, ring->card, ring->ring,
		       (int64_t)ring->started_at_us);
}

void store_ring_start(struct store *s, const struct store_ring *ring, store_done_fn *done,
		      void *arg)
{
	struct row_request *r = row_request(run_ring_start, done, arg);
	struct mem *mem = &r->status.base.mem;

	r->ring = (struct store_ring){ .id = mem_text(mem, ring->id),
				       .cid = mem_text(mem, ring->cid),
				       .conversation_id = mem_text(mem, ring->conversation_id),
				       .card = mem_text(mem, ring->card),
				       .ring = mem_text(mem, ring->ring),
				       .started_at_us = ring->started_at_us };
	request_submit(s, &r->status.base);
}

static int run_ring_end(struct db *db, struct request *req)
{
	const struct row_request *r = row_of(req);

	return db_exec(db, "UPDATE call_rings SET ended_at = ? WHERE id = ? AND ended_at IS NULL",
		       "is", (int64_t)r->at_us, r->ring.id);
}

void store_ring_end(struct store *s, const char *id, uint64_t at_us, store_done_fn *done, void *arg)
{
	struct row_request *r = row_request(run_ring_end, done, arg);

	r->ring.id = mem_text(&r->status.base.mem, id);
	r->at_us = at_us;
	request_submit(s, &r->status.base);
}

struct rings_request {
	struct request base;
	uint64_t at_us;
	struct store_ring *list;
	size_t n;
	store_rings_fn *done;
	void *arg;
};

static void ring_read(struct mem *mem, sqlite3_stmt *stmt, void *ret)
{
	*(struct store_ring *)ret = (struct store_ring){ .id = db_text(mem, stmt, 0),
							 .cid = db_text(mem, stmt, 1),
							 .conversation_id = db_text(mem, stmt, 2),
							 .card = db_text(mem, stmt, 3),
							 .ring = db_text(mem, stmt, 4),
							 .started_at_us = (uint64_t)db_int(stmt,
											   5) };
}

static int run_ring_end_all(struct db *db, struct request *req)
{
	struct rings_request *r = request_of(req, struct rings_request);
	sqlite3_stmt *stmt = db_query(db,
				      "SELECT id, cid, conversation_id, card, ring, started_at "
				      "FROM call_rings WHERE ended_at IS NULL ORDER BY started_at",
				      "");
	int row = rows_all(db, &req->mem, stmt, sizeof(struct store_ring), ring_read, &r->list,
			   &r->n);

	return row < 0 ? row
		       : db_exec(db, "UPDATE call_rings SET ended_at = ? WHERE ended_at IS NULL",
				 "i", (int64_t)r->at_us);
}

static void answer_rings(struct request *req)
{
	struct rings_request *r = request_of(req, struct rings_request);

	r->done(r->arg, req->status, r->list, req->status == 0 ? r->n : 0);
}

void store_ring_end_all(struct store *s, uint64_t at_us, store_rings_fn *done, void *arg)
{
	struct rings_request *r = request_new(sizeof *r);

	r->base.run = run_ring_end_all;
	r->base.answer = answer_rings;
	r->base.writes = true;
	r->at_us = at_us;
	r->done = done;
	r->arg = arg;
	request_submit(s, &r->base);
}

/* ---- call types ---- */

static int run_type_put(struct db *db, struct request *req)
{
	const struct store_call_type *type = &row_of(req)->type;

	return db_exec(db,
		       "INSERT INTO call_types (name, settings, grants, updated_at) "
		       "VALUES (?, ?, ?, ?) ON CONFLICT (name) DO UPDATE SET "
		       "settings = excluded.settings, grants = excluded.grants, "
		       "updated_at = excluded.updated_at",
		       "sssi", type->name, type->settings, type->grants,
		       (int64_t)type->updated_at_us);
}

void store_call_type_put(struct store *s, const struct store_call_type *type, store_done_fn *done,
			 void *arg)
{
	struct row_request *r = row_request(run_type_put, done, arg);
	struct mem *mem = &r->status.base.mem;

	r->type = (struct store_call_type){ mem_text(mem, type->name),
					    mem_text(mem, type->settings),
					    mem_text(mem, type->grants), type->updated_at_us };
	request_submit(s, &r->status.base);
}

static int run_type_delete(struct db *db, struct request *req)
{
	int status = db_exec(db, "DELETE FROM call_types WHERE name = ?", "s",
			     row_of(req)->type.name);

	return status == 0 && db_changes(db) == 0 ? -ENOENT : status;
}

void store_call_type_delete(struct store *s, const char *name, store_done_fn *done, void *arg)
{
	struct row_request *r = row_request(run_type_delete, done, arg);

	r->type.name = mem_text(&r->status.base.mem, name);
	request_submit(s, &r->status.base);
}

struct types_request {
	struct request base;
	struct store_call_type *list;
	size_t n;
	store_call_types_fn *done;
	void *arg;
};

static void type_read(struct mem *mem, sqlite3_stmt *stmt, void *ret)
{
	*(struct store_call_type *)ret = (struct store_call_type){ db_text(mem, stmt, 0),
								   db_text(mem, stmt, 1),
								   db_text(mem, stmt, 2),
								   (uint64_t)db_int(stmt, 3) };
}

static int run_type_list(struct db *db, struct request *req)
{
	struct types_request *r = request_of(req, struct types_request);
	sqlite3_stmt *stmt = db_query(
		db, "SELECT name, settings, grants, updated_at FROM call_types ORDER BY name", "");

	return rows_all(db, &req->mem, stmt, sizeof(struct store_call_type), type_read, &r->list,
			&r->n);
}

static void answer_types(struct request *req)
{
	struct types_request *r = request_of(req, struct types_request);

	r->done(r->arg, req->status, r->list, req->status == 0 ? r->n : 0);
}

void store_call_type_list(struct store *s, store_call_types_fn *done, void *arg)
{
	struct types_request *r = request_new(sizeof *r);

	r->base.run = run_type_list;
	r->base.answer = answer_types;
	r->done = done;
	r->arg = arg;
	request_submit(s, &r->base);
}
