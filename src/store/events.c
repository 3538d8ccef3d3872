/* SPDX-License-Identifier: Apache-2.0 */
/* The event log: a bounded window of what happened, in order, for clients that come back. */
#include <errno.h>

#include "base/limits.h"
#include "store/request.h"
#include "store/rows.h"

/* For the few of each transaction, pages would be written that nothing else is on. */
enum { PRUNED_TOGETHER = 512 };

int event_add(struct db *db, const struct event_row *e, int64_t *ret_cursor)
{
	/* message_id 0 becomes NULL: the column is a foreign key. */
	int r = db_exec(db,
			"INSERT INTO events (type, created_at, message_id, conversation_id, cid, "
			"session_id, user_id, user_name, payload) "
			"VALUES (?, ?, nullif(?, 0), ?, ?, ?, ?, ?, ?)",
			"iiissssss", (int64_t)e->type, (int64_t)e->created_at_us, e->message_id,
			e->conversation_id, e->cid, e->session_id, e->user_id, e->user_name,
			e->payload);

	if (r < 0)
		return r;
	*ret_cursor = db->event_added = db_last_id(db);
	return 0;
}

int event_prune(struct db *db)
{
	int64_t last = db->event_added - LIMIT_EVENTS_KEPT;

	db->event_added = 0;
	if (last < db->event_pruned + PRUNED_TOGETHER)
		return 0;
	int r = db_exec(db, "DELETE FROM events WHERE cursor <= ?", "i", last);
	if (r == 0)
		db->event_pruned = last;
	return r;
}

/* A cursor that nobody was ever given, and nothing in front of it: see check_since. */
int event_break(struct db *db)
{
	int r = db_exec(db, "DELETE FROM events", "");

	if (r == 0)
		r = db_exec(db, "UPDATE sqlite_sequence SET seq = seq + 1 WHERE name = 'events'",
			    "");
	/* no event has ever been: the first cursor is 1 then, and who has none starts afresh */
	return r == 0 && db_changes(db) == 0
		       ? db_exec(db, "INSERT INTO sqlite_sequence (name, seq) VALUES ('events', 1)",
				 "")
		       : r;
}

/* ---- who hears of it ---- */

struct store_audience audience_copy(struct mem *mem, struct store_audience audience)
{
	const char **ids = mem_take(mem, (audience.count + 1) * sizeof *ids);

	for (size_t i = 0; ids && i < audience.count; i++)
		ids[i] = mem_text(mem, audience.user_ids[i]);
	return (struct store_audience){ ids, ids ? audience.count : 0 };
}

static int take_audience(sqlite3_stmt *stmt, struct db *db, struct mem *mem,
			 struct store_audience *ret)
{
	return rows_all(db, mem, stmt, sizeof(const char *), row_text, &ret->user_ids, &ret->count);
}

int event_audience(struct db *db, struct mem *mem, int64_t cursor, const struct event_row *event,
		   struct store_audience more, bool only, struct store_audience *ret)
{
	int r = 0;

	if (event->conversation_id &&
	    !only) { /* its people; guests of its call hear while they are here */
		*ret = audience_copy(mem, more);
		return 0;
	}
	if (!only)
		r = db_exec(
			db,
			"INSERT INTO event_audience (cursor, user_id) "
			"SELECT ?1, user_id FROM call_members WHERE cid = ?2 "
			"UNION SELECT ?1, created_by FROM calls WHERE cid = ?2 "
			"UNION SELECT ?1, user_id FROM call_session_users WHERE session_id = ?3",
			"iss", cursor, event->cid, event->session_id);
	for (size_t i = 0; r == 0 && i < more.count; i++)
		r = db_exec(db,
			    "INSERT INTO event_audience (cursor, user_id) VALUES (?, ?) "
			    "ON CONFLICT DO NOTHING",
			    "is", cursor, more.user_ids[i]);
	if (r == 0 && !only)
		r = db_exec(db,
			    "DELETE FROM event_audience WHERE cursor = ?1 AND user_id IN "
			    "(SELECT user_id FROM call_blocks WHERE cid = ?2)",
			    "is", cursor, event->cid);
	return r < 0 ? r
		     : take_audience(db_query(db,
					      "SELECT user_id FROM event_audience WHERE cursor = ?",
					      "i", cursor),
				     db, mem, ret);
}

/* Rows for those who watch only: the others are in tables already, where replay finds them (VISIBLE). A row for each
 * made a session's comings and goings quadratic. */
static const char add_watcher[] =
	"INSERT INTO event_audience (cursor, user_id) SELECT ?1, ?2 WHERE NOT EXISTS "
	"(SELECT 1 FROM call_blocks WHERE cid = ?3 AND user_id = ?2) ON CONFLICT DO NOTHING";

/* Who are in the session now or were are not asked for: their number would make it quadratic, and the caller knows them. */
static const char select_others[] =
	"SELECT user_id FROM (SELECT user_id FROM call_members WHERE cid = ?2 "
	"UNION SELECT created_by FROM calls WHERE cid = ?2 "
	"EXCEPT SELECT user_id FROM call_blocks WHERE cid = ?2 "
	"UNION SELECT user_id FROM event_audience WHERE cursor = ?1) a WHERE NOT EXISTS "
	"(SELECT 1 FROM call_session_users s WHERE s.session_id = ?3 AND s.user_id = a.user_id)";
static const char select_blocked[] =
	"SELECT user_id FROM call_blocks b WHERE cid = ?1 AND EXISTS (SELECT 1 FROM "
	"call_session_users s WHERE s.session_id = ?2 AND s.user_id = b.user_id)";

int event_session_hearers(struct db *db, struct mem *mem, int64_t cursor,
			  const struct event_row *event, struct store_audience watchers,
			  struct store_session_hearers *ret)
{
	int r = 0;

	if (event->conversation_id) {
		ret->others = audience_copy(mem, watchers);
		return 0;
	}
	for (size_t i = 0; r == 0 && i < watchers.count; i++)
		r = db_exec(db, add_watcher, "iss", cursor, watchers.user_ids[i], event->cid);
	if (r == 0)
		r = take_audience(
			db_query(db, select_others, "iss", cursor, event->cid, event->session_id),
			db, mem, &ret->others);
	return r < 0 ? r
		     : take_audience(
			       db_query(db, select_blocked, "ss", event->cid, event->session_id),
			       db, mem, &ret->blocked);
}

/* ---- a frame ---- */

struct frame_request {
	struct request base;
	struct event_row row;
	struct store_audience more, audience;
	bool only;
	int64_t cursor;
	store_event_fn *done;
	void *arg;
};

static int run_event_add(struct db *db, struct request *req)
{
	struct frame_request *r = request_of(req, struct frame_request);
	int status = event_add(db, &r->row, &r->cursor);

	return status < 0 ? status
			  : event_audience(db, &req->mem, r->cursor, &r->row, r->more, r->only,
					   &r->audience);
}

static void answer_event(struct request *req)
{
	struct frame_request *r = request_of(req, struct frame_request);
	bool ok = req->status == 0;

	/* A full disk: those who are known are told nevertheless. */
	r->done(r->arg, req->status, ok ? r->cursor : 0, ok ? r->audience : r->more);
}

void store_event_add(struct store *s, const struct store_new_event *event, store_event_fn *done,
		     void *arg)
{
	struct frame_request *r = request_new(sizeof *r);
	struct mem *mem = &r->base.mem;

	r->base.run = run_event_add;
	r->base.answer = answer_event;
	r->base.writes = true;
	r->row = (struct event_row){
		.type = EVENT_FRAME,
		.created_at_us = event->at_us,
		.conversation_id = event->only ? NULL : mem_text(mem, event->conversation_id),
		.cid = mem_text(mem, event->cid),
		.session_id = mem_text(mem, event->session_id),
		.payload = mem_text(mem, event->payload),
	};
	r->more = audience_copy(mem, event->audience);
	r->only = event->only;
	r->done = done;
	r->arg = arg;
	request_submit(s, &r->base);
}

/* ---- the log ---- */

static int one_int(struct db *db, const char *sql, int64_t *ret)
{
	sqlite3_stmt *stmt = db_query(db, sql, "");
	int row = stmt ? db_step(db, stmt) : db_error(db);

	if (row == 1)
		*ret = db_int(stmt, 0);
	db_end(stmt);
	return row < 0 ? row : 0;
}

/* From AUTOINCREMENT's own table: right even when the log was emptied. */
int event_newest(struct db *db, int64_t *ret_cursor)
{
	*ret_cursor = 0;
	return one_int(db, "SELECT seq FROM sqlite_sequence WHERE name = 'events'", ret_cursor);
}

struct events_request {
	struct request base;
	bool all;
	const char *user_id;
	int64_t since;
	unsigned limit;
	struct store_event *events;
	size_t n;
	bool more;
	store_events_fn *done;
	void *arg;
};

/* u: who wrote the message; w: who did it, when that is an account: started the call, changed the
 * message. */
#define SELECT_EVENTS                                                                      \
	"SELECT e.cursor, e.type, e.created_at, e.conversation_id, e.cid, e.session_id, "  \
	"e.user_id, e.user_name, e.payload, w.id, w.name, iif(w.guest, 'guest', w.role), " \
	"w.image, w.created_at, " MESSAGE                                                  \
	" FROM events e LEFT JOIN messages m ON m.id = e.message_id "                      \
	"LEFT JOIN users u ON u.id = m.user_id LEFT JOIN users w ON w.id = "               \
	"coalesce(e.user_id, m.user_id)" MESSAGE_JOINS
enum { EVENT_WHO = 9, EVENT_MESSAGE = EVENT_WHO + USER_COLUMNS };

/* Who belonged to a call by then, or was in the session, and is not blocked now (types: enum store_event_type). */
#define OF_SESSION                                                                            \
	"(e.type IN (2, 3, 4, 5) AND NOT EXISTS (SELECT 1 FROM call_blocks b WHERE b.cid = "  \
	"e.cid AND b.user_id = ?3) AND (EXISTS (SELECT 1 FROM call_session_users c WHERE "    \
	"c.session_id = e.session_id AND c.user_id = ?3 AND c.joined_at <= e.created_at) OR " \
	"EXISTS (SELECT 1 FROM call_members c WHERE c.cid = e.cid AND c.user_id = ?3 AND "    \
	"c.created_at <= e.created_at) OR EXISTS (SELECT 1 FROM calls c WHERE c.cid = e.cid " \
	"AND c.created_by = ?3)))"

/* ?2: all customers' conversations, ?3: the user. Calls without a conversation: their audience. */
#define VISIBLE                                                                               \
	"((e.conversation_id IS NOT NULL AND " VISIBLE_IN(                                    \
		"e.conversation_id",                                                          \
		"m.private") ") OR (e.conversation_id IS NULL AND (EXISTS (SELECT 1 FROM "    \
			     "event_audience a WHERE a.cursor = e.cursor AND a.user_id = ?3)" \
			     " OR " OF_SESSION ")))"

static void event_read(struct mem *mem, sqlite3_stmt *stmt, struct store_event *e)
{
	e->cursor = db_int(stmt, 0);
	e->type = (enum store_event_type)db_int(stmt, 1);
	e->created_at_us = (uint64_t)db_int(stmt, 2);
	e->conversation_id = db_text(mem, stmt, 3);
	e->cid = db_text(mem, stmt, 4);
	e->session_id = db_text(mem, stmt, 5);
	e->payload = db_text(mem, stmt, 8);
	user_read(mem, stmt, EVENT_WHO, &e->user);
	if (!e->user.id) { /* no account: a foreign identity */
		e->user.id = db_text(mem, stmt, 6);
		e->user.name = db_text(mem, stmt, 7);
	}
	message_read(mem, stmt, EVENT_MESSAGE, &e->message);
}

/* Pruned, or a cursor from another life of the database: the client must load everything anew. */
static int check_since(struct db *db, int64_t since)
{
	int64_t newest = 0, oldest = 0;
	int r = event_newest(db, &newest);

	if (r == 0)
		r = one_int(db, "SELECT coalesce(min(cursor), 0) FROM events", &oldest);
	if (r < 0)
		return r;
	bool pruned = oldest ? since < oldest - 1 : since < newest;
	return since > newest || pruned ? -ESTALE : 0;
}

static void listed_read(struct mem *mem, sqlite3_stmt *stmt, void *ret)
{
	event_read(mem, stmt, ret);
}

static int run_event_list(struct db *db, struct request *req)
{
	struct events_request *r = request_of(req, struct events_request);
	int status = check_since(db, r->since);

	if (status < 0)
		return status;
	sqlite3_stmt *stmt = db_query(
		db, SELECT_EVENTS "WHERE e.cursor > ?1 AND " VISIBLE " ORDER BY e.cursor LIMIT ?4",
		"iisi", r->since, (int64_t)r->all, r->user_id, (int64_t)r->limit + 1);
	struct rows rows = { .limit = r->limit };
	int row = rows_read(db, &req->mem, stmt, sizeof(struct store_event), listed_read, &rows);

	r->events = rows.list;
	r->n = rows.n;
	r->more = rows.more;
	for (size_t i = 0; row == 0 && i < r->n; i++) {
		struct store_event *e = &r->events[i];

		e->team = r->all;
		if (e->message.id)
			row = message_read_parts(db, &req->mem, &e->message);
		if (row == 0 && (e->type == EVENT_CONVERSATION_UPDATED ||
				 (e->type == EVENT_MESSAGE_NEW && !e->message.activity)))
			row = support_take(db, &req->mem, e->conversation_id, &e->support);
		if (row == -ENOENT) /* the conversation is gone by now */
			row = 0;
	}
	return row;
}

static void answer_events(struct request *req)
{
	struct events_request *r = request_of(req, struct events_request);

	r->done(r->arg, req->status, r->events, req->status == 0 ? r->n : 0, r->more);
}

void store_event_list(struct store *s, struct store_scope scope, int64_t since, unsigned limit,
		      store_events_fn *done, void *arg)
{
	struct events_request *r = request_new(sizeof *r);

	r->base.run = run_event_list;
	r->base.answer = answer_events;
	r->all = scope.all;
	r->user_id = mem_text(&r->base.mem, scope.user_id);
	r->since = since;
	r->limit = limit ? limit : 1;
	r->done = done;
	r->arg = arg;
	request_submit(s, &r->base);
}
