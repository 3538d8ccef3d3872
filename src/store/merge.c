/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two customers who are one person: what one of them had becomes the other's, all in one transaction. Message ids come
 * from one sequence, so two conversations that are put together are in the order of time by themselves.
 *
 * The statements are made for one use each: they are many, and nobody merges often (DB_STATEMENTS).
 */
#include <errno.h>
#include <string.h>

#include "base/cleanup.h"
#include "store/merge.h"
#include "store/rows.h"
#include "store/support_lines.h"

struct merge_request {
	struct request base;
	const char *kept, *other, *by, *place;
	uint64_t at_us;
	struct store_user gone;
	struct store_merged merged;
	struct event_list out;
	store_merge_fn *done;
	void *arg;
};

/* ?1: what it becomes, ?2: what it was, ?3: the time. */
static int run_once(struct db *db, const char *sql, const char *to, const char *from,
		    uint64_t at_us)
{
	sqlite3_stmt *stmt = db_query_once(db, sql);
	int status = stmt ? db_bind_text(stmt, 1, to) : db_error(db);

	if (status == 0)
		status = db_bind_text(stmt, 2, from);
	if (status == 0 && sqlite3_bind_parameter_count(stmt) > 2)
		status = db_bind_int(stmt, 3, (int64_t)at_us);
	if (status == 0)
		status = db_step(db, stmt);
	if (stmt)
		db_end_once(stmt);
	return status;
}

static int run_all(struct db *db, const char *const *list, size_t n, const char *to,
		   const char *from, uint64_t at_us)
{
	int status = 0;

	for (size_t i = 0; status == 0 && i < n; i++)
		status = run_once(db, list[i], to, from, at_us);
	return status;
}

/* ---- a conversation into another one: customers' or direct ones ---- */

/* SQL between macros: clang-format would put a letter on a line */
/* clang-format off */

/* The first message after `column` that somebody else said to user p.user_id there; NULL = none. */
#define FIRST_AFTER(conversation, column) \
	"(SELECT m.id FROM messages m WHERE m.conversation_id = " conversation " AND m.id > coalesce(" \
	"(SELECT " column " FROM reads r WHERE r.conversation_id = " conversation " AND r.user_id = p.user_id), 0) " \
	"AND m.user_id <> p.user_id AND m.deleted_at IS NULL AND m.activity IS NULL " \
	"AND (NOT m.private OR (SELECT role = 'admin' FROM users WHERE id = p.user_id)) ORDER BY m.id LIMIT 1)"
#define LEAST(a, b) "coalesce(min(" a ", " b "), " a ", " b ")"
#define MOST(a, b)  "coalesce(max(" a ", " b "), " a ", " b ")"
/* Nobody has read, nor been given, what they had not before: up to before the first of that. */
#define UP_TO(column) \
	"coalesce(" LEAST(FIRST_AFTER("?1", column), FIRST_AFTER("?2", column)) " - 1, max(p." column "))"

/* A conversation's calls are named after it. */
#define CID_THERE(cid) "substr(" cid ", 1, instr(" cid ", ':')) || 'chat-' || ?1"
#define OF_ITS_CALLS   " WHERE cid IN (SELECT cid FROM calls WHERE conversation_id = ?2)"

/* "open" before "pending" before "snoozed" before "resolved": where most is to be done. */
#define ALIVE(row)          "instr('open pending snoozed resolved', " row ".status)"
#define OF_LIVELIER(column) "iif(" ALIVE("o") " < " ALIVE("k") ", o." column ", k." column ")"

static const char *const talk[] = {
	"INSERT OR REPLACE INTO reads (conversation_id, user_id, read_id, delivered_id, unread_id) "
	"SELECT ?1, user_id, read_id, max(read_id, delivered_id), iif(unread_id <= read_id, unread_id, NULL) FROM ("
		"SELECT p.user_id, " UP_TO("read_id") " AS read_id, " UP_TO("delivered_id") " AS delivered_id, "
		"min(p.unread_id) AS unread_id FROM reads p WHERE p.conversation_id IN (?1, ?2) GROUP BY p.user_id)",
	"DELETE FROM reads WHERE conversation_id = ?2",

	/* each client made its own names for its messages: those that come may be taken there */
	"UPDATE messages SET conversation_id = ?1, client_id = 'merged-' || lower(hex(randomblob(10))), "
	"card = iif(card IS NULL, NULL, json_set(card, '$.cid', " CID_THERE("json_extract(card, '$.cid')") ")) "
	"WHERE conversation_id = ?2",
	"UPDATE attachments SET conversation_id = ?1 WHERE conversation_id = ?2",

	/* one case may be open: the older one, which was answered when either was */
	"UPDATE support_cases AS k SET replied_at = o.replied_at, replied_by = o.replied_by FROM "
	"(SELECT * FROM support_cases WHERE conversation_id IN (?1, ?2) AND resolved_at IS NULL) AS o "
	"WHERE k.conversation_id IN (?1, ?2) AND k.resolved_at IS NULL AND k.id < o.id AND k.replied_at IS NULL",
	"DELETE FROM support_cases WHERE conversation_id IN (?1, ?2) AND resolved_at IS NULL AND id > "
	"(SELECT min(id) FROM support_cases WHERE conversation_id IN (?1, ?2) AND resolved_at IS NULL)",
	"UPDATE support_cases SET conversation_id = ?1 WHERE conversation_id = ?2",
	"UPDATE OR IGNORE conversation_labels SET conversation_id = ?1 WHERE conversation_id = ?2",

	"INSERT OR IGNORE INTO calls (cid, type, id, created_by, conversation_id, created_at, updated_at, starts_at, "
	"ended_at, backstage, custom, settings) SELECT " CID_THERE("cid") ", type, 'chat-' || ?1, created_by, ?1, "
	"created_at, updated_at, starts_at, ended_at, backstage, custom, settings FROM calls WHERE conversation_id = ?2",
	"UPDATE OR IGNORE call_members SET cid = " CID_THERE("cid") OF_ITS_CALLS,
	"UPDATE OR IGNORE call_blocks SET cid = " CID_THERE("cid") OF_ITS_CALLS,
	"UPDATE OR IGNORE call_rights SET cid = " CID_THERE("cid") OF_ITS_CALLS,
	"DELETE FROM calls WHERE conversation_id = ?2",
	"UPDATE call_sessions SET conversation_id = ?1, cid = " CID_THERE("cid") " WHERE conversation_id = ?2",
	"UPDATE call_rings SET conversation_id = ?1, cid = " CID_THERE("cid") " WHERE conversation_id = ?2",
	"UPDATE call_history SET conversation_id = ?1, cid = " CID_THERE("cid") ", card = json_set(card, '$.cid', "
	CID_THERE("cid") ") WHERE conversation_id = ?2",

	"UPDATE conversations AS k SET created_at = min(k.created_at, o.created_at), "
	"updated_at = max(k.updated_at, o.updated_at), "
	"last_message_id = " MOST("k.last_message_id", "o.last_message_id") ", "
	"last_public_id = " MOST("k.last_public_id", "o.last_public_id") ", "
	"status = " OF_LIVELIER("status") ", status_at = " OF_LIVELIER("status_at") ", "
	"snoozed_until = iif(" OF_LIVELIER("status") " = 'snoozed', " LEAST("k.snoozed_until", "o.snoozed_until") ", NULL), "
	"assignee_id = coalesce(k.assignee_id, o.assignee_id), "
	"waiting_since = " LEAST("k.waiting_since", "o.waiting_since") ", away_at = " MOST("k.away_at", "o.away_at") ", "
	"priority = max(k.priority, o.priority) FROM (SELECT * FROM conversations WHERE id = ?2) AS o WHERE k.id = ?1",
	"DELETE FROM conversations WHERE id = ?2", /* and what is left of its own */
};

/* ---- what is a person's, wherever it is ---- */

/* With the name that stays, and without the other one where both were there. ?1 in the place of ?2. */
#define PERSON(user) \
	"json_patch(" user ", (SELECT json_object('id', id, 'name', name, 'image', image) FROM users WHERE id = ?1))"
#define PEOPLE \
	"(SELECT json_group_array(json(iif(json_extract(value, '$.id') = ?2, " PERSON("value") ", value))) " \
	"FROM json_each(card, '$.participants') WHERE json_extract(value, '$.id') <> ?2 OR NOT EXISTS (SELECT 1 " \
	"FROM json_each(card, '$.participants') b WHERE json_extract(b.value, '$.id') = ?1))"
#define RENAME_CARDS(table, people, row) \
	"UPDATE " table " SET card = json_set(card, '$.caller', json(iif(json_extract(card, '$.caller.id') = ?2, " \
	PERSON("json_extract(card, '$.caller')") ", json_extract(card, '$.caller'))), " \
	"'$.participants', json(" PEOPLE ")) WHERE id IN (SELECT " row " FROM " people " WHERE user_id = ?2)"

/* Where the one who stays has the same already, theirs counts. */
#define GIVE(table) "UPDATE OR IGNORE " table " SET user_id = ?1 WHERE user_id = ?2"
#define DROP(table) "DELETE FROM " table " WHERE user_id = ?2"

/* Of the two, what was seen last. */
#define NEWER(column) \
	column " = iif(coalesce(excluded.last_seen_at, 0) > coalesce(last_seen_at, 0), excluded." column ", " column "), "

static const char *const belongings[] = {
	RENAME_CARDS("messages", "message_people", "message_id"),
	RENAME_CARDS("call_history", "history_people", "history_id"),
	GIVE("message_people"), DROP("message_people"),
	GIVE("history_people"), DROP("history_people"),
	"UPDATE messages SET user_id = ?1, client_id = 'merged-' || lower(hex(randomblob(10))) WHERE user_id = ?2",
	"UPDATE attachments SET user_id = ?1 WHERE user_id = ?2",
	GIVE("reactions"), DROP("reactions"),
	GIVE("reads"), DROP("reads"),
	GIVE("mentions"), DROP("mentions"),
	"UPDATE calls SET created_by = ?1 WHERE created_by = ?2",
	"UPDATE call_sessions SET started_by = ?1 WHERE started_by = ?2",
	GIVE("call_session_users"), DROP("call_session_users"),
	GIVE("call_members"), DROP("call_members"),
	GIVE("call_blocks"), DROP("call_blocks"),
	GIVE("call_rights"), DROP("call_rights"),
	GIVE("call_feedback"), DROP("call_feedback"),
	"UPDATE channels SET created_by = ?1 WHERE created_by = ?2",
	"UPDATE channel_members SET owner = 1 WHERE user_id = ?1 AND channel_id IN "
	"(SELECT channel_id FROM channel_members WHERE user_id = ?2 AND owner)",
	GIVE("channel_members"), DROP("channel_members"),
	GIVE("blocks"), DROP("blocks"),
	"UPDATE OR IGNORE blocks SET blocked_id = ?1 WHERE blocked_id = ?2",
	"DELETE FROM blocks WHERE blocked_id = ?2 OR user_id = blocked_id",
	"UPDATE OR IGNORE reports SET reporter_id = ?1 WHERE reporter_id = ?2",
	"UPDATE reports SET reporter_id = NULL WHERE reporter_id = ?2",

	/* of two bans the longer one */
	"INSERT INTO bans (user_id, reason, by_id, created_at, until) SELECT ?1, reason, by_id, created_at, until "
	"FROM bans WHERE user_id = ?2 ON CONFLICT (user_id) DO UPDATE SET "
	"until = iif(until IS NULL OR excluded.until IS NULL, NULL, max(until, excluded.until))",
	DROP("bans"),

	"INSERT INTO customers (user_id, page, title, agent, language, time_zone, first_seen_at, last_seen_at, notes, notes_by, "
	"notes_at) SELECT ?1, page, title, agent, language, time_zone, first_seen_at, last_seen_at, notes, notes_by, notes_at FROM customers WHERE user_id = ?2 ON CONFLICT (user_id) DO UPDATE SET "
	NEWER("page") NEWER("title") NEWER("agent") NEWER("language") NEWER("time_zone")
	"first_seen_at = " LEAST("first_seen_at", "excluded.first_seen_at") ", "
	"last_seen_at = " MOST("last_seen_at", "excluded.last_seen_at") ", "
	"notes = trim(notes || char(10) || excluded.notes, char(10)), "
	"notes_by = coalesce(notes_by, excluded.notes_by), notes_at = " MOST("notes_at", "excluded.notes_at"),
	DROP("customers"),
};

/* No sign-in leads to the other's account any more; the shop's word for it leads to the one that stays. */
static const char *const account[] = {
	DROP("sessions"), /* and its browsers' notifications */
	DROP("signin_links"),
	"UPDATE users SET merged_into = ?1 WHERE merged_into = ?2",
	"UPDATE users SET merged_into = ?1, merged_at = ?3, password_hash = NULL WHERE id = ?2",
};

/* clang-format on */

/* ---- direct conversations are named after both people ---- */

struct direct {
	const char *id, *with, *now;
};

static void direct_read(struct mem *mem, sqlite3_stmt *stmt, void *ret)
{
	*(struct direct *)ret = (struct direct){ .id = db_text(mem, stmt, 0),
						 .with = db_text(mem, stmt, 1),
						 .now = db_text(mem, stmt, 2) };
}

/* One between the two stays as it is: there is nobody else whom it could be with. */
static int find_directs(struct db *db, struct merge_request *r, struct rows *ret)
{
	sqlite3_stmt *stmt = db_query_once(
		db,
		"SELECT c.id, o.user_id, 'direct.' || min(?1, o.user_id) || '.' || max(?1, "
		"o.user_id) FROM channels c JOIN channel_members m ON m.channel_id = c.id AND "
		"m.user_id = ?2 JOIN channel_members o ON o.channel_id = c.id AND o.user_id NOT "
		"IN (?1, ?2) WHERE c.type = 'direct'");
	int status = stmt ? db_bind_text(stmt, 1, r->kept) : db_error(db);

	if (status == 0)
		status = db_bind_text(stmt, 2, r->other);
	if (status == 0)
		status = rows_step(db, &r->base.mem, stmt, sizeof(struct direct), direct_read, ret);
	if (stmt)
		db_end_once(stmt);
	return status;
}

static int move_directs(struct db *db, struct merge_request *r, const struct rows *directs)
{
	static const char *const room[] = {
		"INSERT OR IGNORE INTO conversations (id, created_at, updated_at) SELECT ?1, "
		"created_at, updated_at FROM conversations WHERE id = ?2",
		"INSERT OR IGNORE INTO channels (id, type, name, created_by, created_at) SELECT "
		"?1, type, name, created_by, created_at FROM channels WHERE id = ?2",
		"INSERT OR IGNORE INTO channel_members (channel_id, user_id, owner, joined_at, "
		"sent_at) SELECT ?1, user_id, owner, joined_at, sent_at FROM channel_members "
		"WHERE channel_id = ?2",
	};
	const struct direct *list = directs->list;
	int status = 0;

	for (size_t i = 0; status == 0 && i < directs->n; i++) {
		status = run_all(db, room, countof(room), list[i].now, list[i].id, r->at_us);
		if (status == 0)
			status = run_all(db, talk, countof(talk), list[i].now, list[i].id,
					 r->at_us);
	}
	return status;
}

/* ---- all of it ---- */

static int find_customer(struct db *db, struct mem *mem, const char *id, struct store_user *ret)
{
	sqlite3_stmt *stmt = db_query(db,
				      "SELECT " USER
				      " FROM users u JOIN conversations v ON v.customer_id = u.id "
				      "WHERE u.id = ? AND u.role = 'user'",
				      "s", id);
	int row = stmt ? db_step(db, stmt) : db_error(db);

	if (row == 1)
		user_read(mem, stmt, 0, ret);
	db_end(stmt);
	return row == 1 ? 0 : row == 0 ? -ENOENT : row;
}

/* After this nothing has the other's name but the account itself, and the log of who did what. */
static int move_all(struct db *db, struct merge_request *r)
{
	struct rows directs = { 0 };
	int status = find_directs(db, r, &directs);

	if (status == 0)
		status = run_all(db, belongings, countof(belongings), r->kept, r->other, r->at_us);
	if (status == 0)
		status = run_all(db, talk, countof(talk), r->kept, r->other, r->at_us);
	if (status == 0)
		status = move_directs(db, r, &directs);
	return status < 0 ? status
			  : run_all(db, account, countof(account), r->kept, r->other, r->at_us);
}

static int write_down(struct db *db, struct merge_request *r)
{
	const struct support_line line = { .conversation_id = r->kept,
					   .user_id = r->by,
					   .activity = "merged",
					   .value = r->other,
					   .text = r->gone.name,
					   .words = "Merged with another customer",
					   .private = true,
					   .at_us = r->at_us };
	/* stored events speak of a conversation that is gone: who comes back loads everything anew */
	int status = event_break(db);

	if (status == 0)
		status = support_line_add(db, &r->base.mem, &line, &r->out);
	if (status == 0)
		status = support_event_add(db, &r->base.mem, r->kept, r->by, r->at_us, &r->out);
	return status < 0 ? status
			  : audit_add(db, &(struct audit_row){ .at_us = r->at_us,
							       .actor_id = r->by,
							       .action = "customer.merge",
							       .target = r->kept,
							       .detail = r->other,
							       .place = r->place });
}

static int run_merge(struct db *db, struct request *req)
{
	struct merge_request *r = request_of(req, struct merge_request);
	struct store_user kept = { 0 };
	int status = strcmp(r->kept, r->other) == 0 ? -EINVAL : 0;

	if (status == 0)
		status = find_customer(db, &req->mem, r->kept, &kept);
	if (status == 0)
		status = find_customer(db, &req->mem, r->other, &r->gone);
	if (status == 0)
		status = move_all(db, r);
	if (status == 0)
		status = write_down(db, r);
	return status < 0 ? status : customer_read(db, &req->mem, r->kept, &r->merged.customer);
}

static void answer_merge(struct request *req)
{
	struct merge_request *r = request_of(req, struct merge_request);
	bool ok = req->status == 0;

	r->merged.other = &r->gone;
	r->merged.events = r->out.events;
	r->merged.event_count = r->out.n;
	r->done(r->arg, req->status, ok ? &r->merged : NULL);
}

void store_customer_merge(struct store *s, const char *kept, const char *other,
			  const struct store_deed *by, store_merge_fn *done, void *arg)
{
	struct merge_request *r = request_for(sizeof *r, run_merge, answer_merge);
	struct mem *mem = &r->base.mem;

	r->base.writes = true;
	r->kept = mem_text(mem, kept);
	r->other = mem_text(mem, other);
	r->by = mem_text(mem, by->user_id);
	r->place = mem_text(mem, by->place);
	r->at_us = by->at_us;
	r->done = done;
	r->arg = arg;
	request_submit(s, &r->base);
}

/* ---- whom an account leads to ---- */

struct lead_request {
	struct request base;
	const char *id;
	struct store_user user;
	store_user_fn *done;
	void *arg;
};

static int run_lead(struct db *db, struct request *req)
{
	struct lead_request *r = request_of(req, struct lead_request);
	sqlite3_stmt *stmt = db_query(db,
				      "SELECT " USER " FROM users u WHERE u.id = (SELECT "
				      "coalesce(merged_into, id) FROM users WHERE id = ?)",
				      "s", r->id);
	int row = stmt ? db_step(db, stmt) : db_error(db);

	if (row == 1)
		user_read(&req->mem, stmt, 0, &r->user);
	db_end(stmt);
	return row == 1 ? 0 : row == 0 ? -ENOENT : row;
}

static void answer_lead(struct request *req)
{
	struct lead_request *r = request_of(req, struct lead_request);

	r->done(r->arg, req->status, req->status == 0 ? &r->user : NULL);
}

void store_user_lead(struct store *s, const char *id, store_user_fn *done, void *arg)
{
	struct lead_request *r = request_for(sizeof *r, run_lead, answer_lead);

	r->id = mem_text(&r->base.mem, id);
	r->done = done;
	r->arg = arg;
	request_submit(s, &r->base);
}
