/* SPDX-License-Identifier: Apache-2.0 */
/* Labels and canned replies: two small lists of the same shape. */
#include <errno.h>

#include "store/request.h"
#include "store/rows.h"
#include "store/support.h"

struct item_request {
	struct request base;
	enum store_item_kind kind;
	struct store_item item;
	struct store_deed by;
	struct store_item *list;
	size_t n;
	store_items_fn *done;
	void *arg;
};

static void item_read(struct mem *mem, sqlite3_stmt *stmt, void *ret)
{
	*(struct store_item *)ret = (struct store_item){ .id = db_int(stmt, 0),
							 .name = db_text(mem, stmt, 1),
							 .value = db_text(mem, stmt, 2) };
}

static int read_list(struct db *db, struct item_request *r)
{
	static const char *const sql[] = {
		[ITEM_LABEL] = "SELECT id, name, color FROM labels ORDER BY name",
		[ITEM_CANNED] = "SELECT id, shortcut, text FROM canned_replies ORDER BY shortcut",
	};
	sqlite3_stmt *stmt = db_query(db, sql[r->kind], "");

	return rows_all(db, &r->base.mem, stmt, sizeof(struct store_item), item_read, &r->list,
			&r->n);
}

static int run_list(struct db *db, struct request *req)
{
	return read_list(db, request_of(req, struct item_request));
}

static int add_audit(struct db *db, const struct item_request *r, const char *verb)
{
	static const char *const actions[][2] = {
		[ITEM_LABEL] = { "label.save", "label.delete" },
		[ITEM_CANNED] = { "canned.save", "canned.delete" },
	};

	return audit_add(db, &(struct audit_row){ .at_us = r->by.at_us,
						  .actor_id = r->by.user_id,
						  .action = actions[r->kind][*verb == 'd'],
						  .detail = r->item.name,
						  .place = r->by.place });
}

static int run_put(struct db *db, struct request *req)
{
	static const char *const inserts[] = {
		[ITEM_LABEL] =
			"INSERT INTO labels (name, color, created_at) SELECT ?1, ?2, ?3 WHERE "
			"(SELECT count(*) FROM labels) < ?4",
		[ITEM_CANNED] =
			"INSERT INTO canned_replies (shortcut, text, updated_at) SELECT ?1, ?2, ?3 "
			"WHERE (SELECT count(*) FROM canned_replies) < ?4",
	};
	static const char *const updates[] = {
		[ITEM_LABEL] = "UPDATE labels SET name = ?1, color = ?2 WHERE id = ?3",
		[ITEM_CANNED] =
			"UPDATE canned_replies SET shortcut = ?1, text = ?2, updated_at = ?4 "
			"WHERE id = ?3",
	};
	struct item_request *r = request_of(req, struct item_request);
	const struct store_item *item = &r->item;
	int64_t at = (int64_t)r->by.at_us;
	int status = item->id ? db_exec(db, updates[r->kind],
					r->kind == ITEM_CANNED ? "ssii" : "ssi", item->name,
					item->value, item->id, at)
			      : db_exec(db, inserts[r->kind], "ssii", item->name, item->value, at,
					(int64_t)STORE_ITEMS_MAX);

	if (status < 0)
		return status;
	if (db_changes(db) == 0)
		return item->id ? -ENOENT : -E2BIG;
	if (!item->id)
		r->item.id = db_last_id(db);
	status = add_audit(db, r, "save");
	return status < 0 ? status : read_list(db, r);
}

static int run_delete(struct db *db, struct request *req)
{
	static const char *const names[] = {
		[ITEM_LABEL] = "SELECT name FROM labels WHERE id = ?",
		[ITEM_CANNED] = "SELECT shortcut FROM canned_replies WHERE id = ?",
	};
	static const char *const deletes[] = {
		[ITEM_LABEL] = "DELETE FROM labels WHERE id = ?",
		[ITEM_CANNED] = "DELETE FROM canned_replies WHERE id = ?",
	};
	struct item_request *r = request_of(req, struct item_request);
	sqlite3_stmt *stmt = db_query(db, names[r->kind], "i", r->item.id);
	int row = stmt ? db_step(db, stmt) : db_error(db);

	if (row == 1)
		r->item.name = db_text(&req->mem, stmt, 0);
	db_end(stmt);
	if (row < 1)
		return row < 0 ? row : -ENOENT;
	int status = db_exec(db, deletes[r->kind], "i", r->item.id);
	if (status == 0)
		status = add_audit(db, r, "delete");
	return status < 0 ? status : read_list(db, r);
}

static void answer_items(struct request *req)
{
	struct item_request *r = request_of(req, struct item_request);

	r->done(r->arg, req->status, r->list, req->status == 0 ? r->n : 0, r->item.id);
}

static void submit(struct store *s, int (*run)(struct db *, struct request *),
		   enum store_item_kind kind, const struct store_item *item,
		   const struct store_deed *by, store_items_fn *done, void *arg)
{
	struct item_request *r = request_new(sizeof *r);
	struct mem *mem = &r->base.mem;

	r->base.run = run;
	r->base.answer = answer_items;
	r->base.writes = by != NULL;
	r->kind = kind;
	r->item = (struct store_item){ item->id, mem_text(mem, item->name),
				       mem_text(mem, item->value) };
	if (by)
		r->by = (struct store_deed){ mem_text(mem, by->user_id), by->at_us,
					     mem_text(mem, by->place) };
	r->done = done;
	r->arg = arg;
	request_submit(s, &r->base);
}

void store_item_list(struct store *s, enum store_item_kind kind, store_items_fn *done, void *arg)
{
	submit(s, run_list, kind, &(struct store_item){ 0 }, NULL, done, arg);
}

void store_item_put(struct store *s, enum store_item_kind kind, const struct store_item *item,
		    const struct store_deed *by, store_items_fn *done, void *arg)
{
	submit(s, run_put, kind, item, by, done, arg);
}

void store_item_delete(struct store *s, enum store_item_kind kind, int64_t id,
		       const struct store_deed *by, store_items_fn *done, void *arg)
{
	submit(s, run_delete, kind, &(struct store_item){ .id = id }, by, done, arg);
}
