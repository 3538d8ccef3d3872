/* SPDX-License-Identifier: Apache-2.0 */
/* What is known of the files of messages. */
#include <errno.h>
#include <string.h>

#include "store/request.h"
#include "store/rows.h"

/* Table a, and m, its message, which may be absent. */
#define ATTACHMENT                                                                        \
	"a.id, a.conversation_id, a.user_id, a.name, a.kind, a.size, a.width, a.height, " \
	"coalesce(m.private, 0), a.created_at, a.duration_ms, a.waveform"
#define FROM_ATTACHMENTS " FROM attachments a LEFT JOIN messages m ON m.id = a.message_id "

static void attachment_read(struct mem *mem, sqlite3_stmt *stmt, struct store_attachment *ret)
{
	*ret = (struct store_attachment){
		.id = db_text(mem, stmt, 0),
		.conversation_id = db_text(mem, stmt, 1),
		.user_id = db_text(mem, stmt, 2),
		.name = db_text(mem, stmt, 3),
		.kind = db_text(mem, stmt, 4),
		.size = (uint64_t)db_int(stmt, 5),
		.width = (uint32_t)db_int(stmt, 6),
		.height = (uint32_t)db_int(stmt, 7),
		.private = db_int(stmt, 8) != 0,
		.created_at_us = (uint64_t)db_int(stmt, 9),
		.duration_ms = (uint32_t)db_int(stmt, 10),
		.waveform = db_text(mem, stmt, 11),
	};
}

static void sent_read(struct mem *mem, sqlite3_stmt *stmt, void *ret)
{
	attachment_read(mem, stmt, ret);
}

int attachments_read(struct db *db, struct mem *mem, struct store_message *message)
{
	message->attachments = NULL;
	message->attachment_count = 0;
	if (message->deleted_at_us)
		return 0;
	sqlite3_stmt *stmt = db_query(db,
				      "SELECT " ATTACHMENT FROM_ATTACHMENTS
				      "WHERE a.message_id = ? ORDER BY a.position",
				      "i", message->id);

	return rows_all(db, mem, stmt, sizeof(struct store_attachment), sent_read,
			&message->attachments, &message->attachment_count);
}

/* Each is the writer's own, of this conversation, and not sent before: so nobody sends a stranger's. */
int attachments_send(struct db *db, const struct store_new_message *message, int64_t message_id)
{
	for (size_t i = 0; i < message->attachment_count; i++) {
		int status = db_exec(db,
				     "UPDATE attachments SET message_id = ?, position = ? WHERE id "
				     "= ? AND user_id = ? "
				     "AND conversation_id = ? AND message_id IS NULL",
				     "iisss", message_id, (int64_t)i, message->attachments[i],
				     message->user_id, message->conversation_id);

		if (status < 0)
			return status;
		if (db_changes(db) != 1)
			return -ENOENT;
	}
	return 0;
}

/* ---- the verbs ---- */

struct attachment_request {
	struct request base;
	struct store_attachment attachment; /* in, and what was found */
	struct store_room room;
	store_attachment_fn *done;
	void *arg;
};

/* Kept by triggers (schema/020). */
static int read_stored(struct db *db, const char *user_id, struct store_stored *ret)
{
	sqlite3_stmt *stmt = db_query(db, "SELECT files, bytes FROM stored_files WHERE user_id = ?",
				      "s", user_id);
	int row = stmt ? db_step(db, stmt) : db_error(db);

	if (row == 1)
		*ret = (struct store_stored){ (uint64_t)db_int(stmt, 0),
					      (uint64_t)db_int(stmt, 1) };
	db_end(stmt);
	return row < 0 ? row : 0;
}

/* In the transaction of the row: two uploads at once do not get past it together. */
static int check_room(struct db *db, const struct store_attachment *a,
		      const struct store_room *room)
{
	struct store_stored person = { 0 }, total = { 0 };
	int status = room->person ? read_stored(db, a->user_id, &person) : 0;

	if (status == 0 && room->total)
		status = read_stored(db, "", &total);
	if (status < 0)
		return status;
	if (room->person && person.bytes + a->size > room->person)
		return -EDQUOT;
	return room->total && total.bytes + a->size > room->total ? -EFBIG : 0;
}

static int run_add(struct db *db, struct request *req)
{
	const struct attachment_request *r = request_of(req, struct attachment_request);
	const struct store_attachment *a = &r->attachment;
	int status = check_room(db, a, &r->room);

	if (status < 0)
		return status;
	/* Without the conversation the foreign key says -ENOENT. */
	return db_exec(
		db,
		"INSERT INTO attachments (id, conversation_id, user_id, name, kind, size, width, "
		"height, created_at, duration_ms, waveform) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, "
		"?)",
		"sssssiiiiis", a->id, a->conversation_id, a->user_id, a->name, a->kind,
		(int64_t)a->size, (int64_t)a->width, (int64_t)a->height, (int64_t)a->created_at_us,
		(int64_t)a->duration_ms, a->waveform);
}

static int read_one(struct db *db, struct attachment_request *r, sqlite3_stmt *stmt)
{
	int row = stmt ? db_step(db, stmt) : db_error(db);

	if (row == 1)
		attachment_read(&r->base.mem, stmt, &r->attachment);
	db_end(stmt);
	return row == 1 ? 0 : row == 0 ? -ENOENT : row;
}

static int run_find(struct db *db, struct request *req)
{
	struct attachment_request *r = request_of(req, struct attachment_request);

	return read_one(db, r,
			db_query(db, "SELECT " ATTACHMENT FROM_ATTACHMENTS "WHERE a.id = ?", "s",
				 r->attachment.id));
}

static void answer(struct request *req)
{
	struct attachment_request *r = request_of(req, struct attachment_request);

	r->done(r->arg, req->status, req->status == 0 ? &r->attachment : NULL);
}

static struct attachment_request *attachment_request(int (*run)(struct db *, struct request *),
						     store_attachment_fn *done, void *arg)
{
	struct attachment_request *r = request_new(sizeof *r);

	r->base.run = run;
	r->base.answer = answer;
	r->base.writes = run != run_find;
	r->done = done;
	r->arg = arg;
	return r;
}

void store_attachment_add(struct store *s, const struct store_attachment *attachment,
			  const struct store_room *room, store_attachment_fn *done, void *arg)
{
	struct attachment_request *r = attachment_request(run_add, done, arg);
	struct mem *mem = &r->base.mem;

	r->room = *room;

	r->attachment = *attachment;
	r->attachment.id = mem_text(mem, attachment->id);
	r->attachment.conversation_id = mem_text(mem, attachment->conversation_id);
	r->attachment.user_id = mem_text(mem, attachment->user_id);
	r->attachment.name = mem_text(mem, attachment->name);
	r->attachment.kind = mem_text(mem, attachment->kind);
	r->attachment.waveform = mem_text(mem, attachment->waveform ? attachment->waveform : "");
	request_submit(s, &r->base);
}

void store_attachment_find(struct store *s, const char *id, store_attachment_fn *done, void *arg)
{
	struct attachment_request *r = attachment_request(run_find, done, arg);

	r->attachment.id = mem_text(&r->base.mem, id);
	request_submit(s, &r->base);
}

/* ---- how much is stored ---- */

struct stored_request {
	struct request base;
	const char *user_id;
	struct store_stored person, total;
	store_stored_fn *done;
	void *arg;
};

static int run_stored(struct db *db, struct request *req)
{
	struct stored_request *r = request_of(req, struct stored_request);
	int status = read_stored(db, r->user_id, &r->person);

	return status < 0 ? status : read_stored(db, "", &r->total);
}

static void answer_stored(struct request *req)
{
	struct stored_request *r = request_of(req, struct stored_request);

	r->done(r->arg, req->status, &r->person, &r->total);
}

void store_stored_read(struct store *s, const char *user_id, store_stored_fn *done, void *arg)
{
	struct stored_request *r = request_for(sizeof *r, run_stored, answer_stored);

	r->user_id = mem_text(&r->base.mem, user_id);
	r->done = done;
	r->arg = arg;
	request_submit(s, &r->base);
}

/* ---- bytes on the disk that no row speaks of ---- */

enum {
	DROP_AT_ONCE = 100, /* bounds a transaction; the next call goes on */
	ORPHANS_MOST = 50,
};

struct gone_request {
	struct request base;
	const char *id, *ids; /* what is removed, or looked for; then what is to be removed */
	uint64_t before_us;
	store_gone_fn *done;
	void *arg;
};

static void answer_gone(struct request *req)
{
	struct gone_request *r = request_of(req, struct gone_request);

	r->done(r->arg, req->status, req->status == 0 ? r->id : NULL);
}

/* Every DELETE of an attachment, also by its conversation or its person, leaves the id in gone_files. */
static int run_gone(struct db *db, struct request *req)
{
	struct gone_request *r = request_of(req, struct gone_request);
	int status = r->id ? db_exec(db, "DELETE FROM gone_files WHERE id = ?", "s", r->id) : 0;

	if (status == 0)
		status = db_exec(db,
				 "DELETE FROM attachments WHERE id IN (SELECT id FROM attachments "
				 "WHERE message_id IS NULL AND created_at < ? LIMIT ?)",
				 "ii", (int64_t)r->before_us, (int64_t)DROP_AT_ONCE);
	if (status < 0)
		return status;
	sqlite3_stmt *stmt = db_query(db, "SELECT id FROM gone_files LIMIT 1", "");
	int row = stmt ? db_step(db, stmt) : db_error(db);
	r->id = row == 1 ? db_text(&req->mem, stmt, 0) : NULL;
	db_end(stmt);
	return row < 0 ? row : 0;
}

/* A crash leaves few. Where most are unknown, somebody has put another database beside these files, or an older one. */
static int check_orphans(struct db *db, const char *ids)
{
	sqlite3_stmt *stmt = db_query(db,
				      "SELECT count(*), count(a.id) FROM json_each(?) f LEFT JOIN "
				      "attachments a ON a.id = f.value",
				      "s", ids);
	int row = stmt ? db_step(db, stmt) : db_error(db);
	int64_t all = row == 1 ? db_int(stmt, 0) : 0, known = row == 1 ? db_int(stmt, 1) : 0;

	db_end(stmt);
	if (row < 0)
		return row;
	return all - known > ORPHANS_MOST && all - known > known ? -ESTALE : 0;
}

static int run_orphans(struct db *db, struct request *req)
{
	const char *ids = request_of(req, struct gone_request)->ids;
	int status = check_orphans(db, ids);

	if (status < 0)
		return status;
	return db_exec(db,
		       "INSERT INTO gone_files (id) SELECT value FROM json_each(?) WHERE value NOT "
		       "IN (SELECT id FROM attachments) ON CONFLICT (id) DO NOTHING",
		       "s", ids);
}

static struct gone_request *gone_request(int (*run)(struct db *, struct request *),
					 store_gone_fn *done, void *arg)
{
	struct gone_request *r = request_for(sizeof *r, run, answer_gone);

	r->base.writes = true;
	r->done = done;
	r->arg = arg;
	return r;
}

void store_files_gone(struct store *s, const char *removed, uint64_t before_us, store_gone_fn *done,
		      void *arg)
{
	struct gone_request *r = gone_request(run_gone, done, arg);

	r->id = mem_text(&r->base.mem, removed);
	r->before_us = before_us;
	request_submit(s, &r->base);
}

void store_files_found(struct store *s, const char *ids, store_gone_fn *done, void *arg)
{
	struct gone_request *r = gone_request(run_orphans, done, arg);

	r->ids = mem_text(&r->base.mem, ids);
	request_submit(s, &r->base);
}
