/* SPDX-License-Identifier: Apache-2.0 */
/* Calls with who is listed, blocked, or has rights of their own. Their sessions are in
 * call_sessions.c, queries in call_query.c. */
#include <errno.h>

#include "base/limits.h"
#include "store/channels.h"
#include "store/request.h"
#include "store/rows.h"

struct call_request {
	struct request base;
	struct store_new_call new; /* for a find only the cid */
	struct store_call_change change;
	struct store_call_rights rights;
	struct store_call call;
	bool created;
	store_call_fn *done;
	void *arg;
};

/* ---- reading ---- */

static int find_user(struct db *db, struct mem *mem, const char *id, struct store_user *ret)
{
	sqlite3_stmt *stmt = db_query(db, "SELECT " USER " FROM users u WHERE u.id = ?", "s", id);
	int row = stmt ? db_step(db, stmt) : db_error(db);

	if (row == 1)
		user_read(mem, stmt, 0, ret);
	db_end(stmt);
	return row == 1 ? 0 : row == 0 ? -ENXIO : row;
}

#define LISTED                                                                   \
	"SELECT m.role, m.custom, m.created_at, m.updated_at, " USER             \
	" FROM call_members m JOIN users u ON u.id = m.user_id WHERE m.cid = ? " \
	"ORDER BY m.created_at, m.user_id"

/* Of a channel's call: the channel's members, whoever that is now; and who was let into the call that goes on. */
#define OF_CHANNEL                                                                          \
	"SELECT iif(m.owner, 'host', 'call_member'), NULL, m.joined_at, m.joined_at, " USER \
	" FROM channel_members m JOIN users u ON u.id = m.user_id WHERE m.channel_id = ?1 " \
	"UNION ALL SELECT 'guest', g.custom, g.created_at, g.updated_at, " USER             \
	" FROM call_members g JOIN users u ON u.id = g.user_id WHERE g.cid = ?2 AND NOT "   \
	"EXISTS (SELECT 1 FROM channel_members m WHERE m.channel_id = ?1 AND m.user_id = "  \
	"g.user_id) ORDER BY 3, 5"

static void member_read(struct mem *mem, sqlite3_stmt *stmt, void *ret)
{
	struct store_call_member *m = ret;

	m->role = db_text(mem, stmt, 0);
	m->custom = db_text(mem, stmt, 1);
	m->created_at_us = (uint64_t)db_int(stmt, 2);
	m->updated_at_us = (uint64_t)db_int(stmt, 3);
	user_read(mem, stmt, 4, &m->user);
}

static int read_members(struct db *db, struct mem *mem, struct store_call *call)
{
	bool channel = call->conversation_id && store_is_channel(call->conversation_id);
	sqlite3_stmt *stmt = channel ? db_query(db, OF_CHANNEL, "ss", call->conversation_id,
						call->cid)
				     : db_query(db, LISTED, "s", call->cid);

	return rows_all(db, mem, stmt, sizeof(struct store_call_member), member_read,
			&call->members, &call->member_count);
}

static int read_blocked(struct db *db, struct mem *mem, struct store_call *call)
{
	sqlite3_stmt *stmt = db_query(
		db, "SELECT user_id FROM call_blocks WHERE cid = ? ORDER BY user_id", "s",
		call->cid);

	return rows_all(db, mem, stmt, sizeof(const char *), row_text, &call->blocked,
			&call->blocked_count);
}

static void rights_read(struct mem *mem, sqlite3_stmt *stmt, void *ret)
{
	*(struct store_call_rights *)ret = (struct store_call_rights){ db_text(mem, stmt, 0),
								       db_text(mem, stmt, 1),
								       db_text(mem, stmt, 2) };
}

static int read_rights(struct db *db, struct mem *mem, struct store_call *call)
{
	sqlite3_stmt *stmt = db_query(
		db, "SELECT user_id, granted, revoked FROM call_rights WHERE cid = ?", "s",
		call->cid);

	return rows_all(db, mem, stmt, sizeof(struct store_call_rights), rights_read, &call->rights,
			&call->rights_count);
}

static void admin_read(struct mem *mem, sqlite3_stmt *stmt, void *ret)
{
	user_read(mem, stmt, 0, ret);
}

static int read_admins(struct db *db, struct mem *mem, struct store_call *call)
{
	sqlite3_stmt *stmt = db_query(
		db, "SELECT " USER " FROM users u WHERE u.role = 'admin' ORDER BY u.id", "");

	return rows_all(db, mem, stmt, sizeof(struct store_user), admin_read, &call->admins,
			&call->admin_count);
}

void call_columns_read(struct mem *mem, sqlite3_stmt *stmt, struct store_call *ret)
{
	ret->cid = db_text(mem, stmt, 0);
	ret->type = db_text(mem, stmt, 1);
	ret->id = db_text(mem, stmt, 2);
	ret->conversation_id = db_text(mem, stmt, 3);
	ret->created_at_us = (uint64_t)db_int(stmt, 4);
	ret->updated_at_us = (uint64_t)db_int(stmt, 5);
	ret->starts_at_us = (uint64_t)db_int(stmt, 6); /* NULL reads as 0 */
	ret->ended_at_us = (uint64_t)db_int(stmt, 7);
	ret->backstage = db_int(stmt, 8) != 0;
	ret->custom = db_text(mem, stmt, 9);
	ret->settings = db_text(mem, stmt, 10);
	user_read(mem, stmt, 11, &ret->created_by);
}

/* A group has one, a direct channel none. */
static int read_channel_name(struct db *db, struct mem *mem, struct store_call *call)
{
	sqlite3_stmt *stmt = db_query(db, "SELECT name FROM channels WHERE id = ?", "s",
				      call->conversation_id);
	int row = stmt ? db_step(db, stmt) : db_error(db);

	call->channel_name = row == 1 ? db_text(mem, stmt, 0) : NULL;
	db_end(stmt);
	return row < 0 ? row : 0;
}

int call_rest_read(struct db *db, struct mem *mem, struct store_call *ret)
{
	int status = read_members(db, mem, ret);

	if (status == 0)
		status = read_blocked(db, mem, ret);
	if (status == 0)
		status = read_rights(db, mem, ret);
	if (status < 0 || !ret->conversation_id)
		return status;
	if (store_is_channel(ret->conversation_id))
		return read_channel_name(db, mem, ret);
	status = find_user(db, mem, ret->conversation_id, &ret->customer);
	return status == 0 ? read_admins(db, mem, ret) : status;
}

static int read_call(struct db *db, struct mem *mem, const char *cid, struct store_call *ret)
{
	sqlite3_stmt *stmt = db_query(
		db,
		"SELECT " CALL " FROM calls c JOIN users u ON u.id = c.created_by WHERE c.cid = ?",
		"s", cid);
	int row = stmt ? db_step(db, stmt) : db_error(db);

	if (row == 1)
		call_columns_read(mem, stmt, ret);
	db_end(stmt);
	return row == 1 ? call_rest_read(db, mem, ret) : row == 0 ? -ENOENT : row;
}

static int run_call_find(struct db *db, struct request *req)
{
	struct call_request *r = request_of(req, struct call_request);

	return read_call(db, &req->mem, r->new.cid, &r->call);
}

/* ---- writing ---- */

static int put_members(struct db *db, struct mem *mem, const char *cid,
		       const struct store_new_member *members, size_t n, uint64_t at_us)
{
	struct store_user user;
	int status = 0;

	for (size_t i = 0; status == 0 && i < n; i++) {
		status = find_user(db, mem, members[i].user_id, &user);
		if (status == 0)
			status = db_exec(
				db,
				"INSERT INTO call_members (cid, user_id, role, custom, created_at, "
				"updated_at) VALUES (?1, ?2, ?3, coalesce(?4, '{}'), ?5, ?5) "
				"ON CONFLICT (cid, user_id) DO UPDATE SET role = excluded.role, "
				"custom = coalesce(?4, custom), updated_at = excluded.updated_at",
				"ssssi", cid, members[i].user_id, members[i].role,
				members[i].custom, (int64_t)at_us);
	}
	return status;
}

/* Whether its creator has made too many within a day, this one among them. Those of conversations are one each. */
static int too_many(struct db *db, const struct store_new_call *new)
{
	int64_t since = (int64_t) new->created_at_us - (int64_t)24 * 3600 * 1000 * 1000;
	sqlite3_stmt *stmt = db_query(db,
				      "SELECT count(*) FROM calls WHERE created_by = ? AND "
				      "created_at > ? AND conversation_id IS NULL",
				      "si", new->created_by, since);
	int row = stmt ? db_step(db, stmt) : db_error(db);
	int status = row == 1 && db_int(stmt, 0) > LIMIT_CALLS_A_DAY ? -EDQUOT : 0;

	db_end(stmt);
	return row < 0 ? row : status;
}

static int run_call_create(struct db *db, struct request *req)
{
	struct call_request *r = request_of(req, struct call_request);
	const struct store_new_call *new = &r->new;
	int status = db_exec(
		db,
		"INSERT INTO calls (cid, type, id, created_by, conversation_id, created_at, "
		"updated_at, starts_at, backstage, custom, settings, untold) "
		"VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6, nullif(?7, 0), ?8, coalesce(?9, '{}'), "
		"coalesce(?10, '{}'), 1) ON CONFLICT (cid) DO NOTHING",
		"sssssiiiss", new->cid, new->type, new->id, new->created_by, new->conversation_id,
		(int64_t) new->created_at_us, (int64_t) new->starts_at_us, (int64_t) new->backstage,
		new->custom, new->settings);

	if (status < 0)
		return status;
	r->created = db_changes(db) > 0;
	if (r->created && !new->conversation_id)
		status = too_many(db, new);
	if (r->created && status == 0)
		status = put_members(db, &req->mem, new->cid, new->members, new->member_count,
				     new->created_at_us);
	return status < 0 ? status : read_call(db, &req->mem, new->cid, &r->call);
}

static int change_fields(struct db *db, const struct store_call_change *c)
{
	return db_exec(db,
		       "UPDATE calls SET untold = untold + 1, updated_at = ?2, custom = iif(?3 & "
		       "1, ?4, custom), "
		       "settings = iif(?3 & 2, ?5, settings), "
		       "starts_at = iif(?3 & 4, nullif(?6, 0), starts_at), "
		       "ended_at = iif(?3 & 8, nullif(?7, 0), ended_at), "
		       "backstage = iif(?3 & 16, ?8, backstage) WHERE cid = ?1",
		       "siissiii", c->cid, (int64_t)c->at_us, (int64_t)c->fields, c->custom,
		       c->settings, (int64_t)c->starts_at_us, (int64_t)c->ended_at_us,
		       (int64_t)c->backstage);
}

static int change_subject(struct db *db, const struct store_call_change *c)
{
	int status = 0;

	if (c->block)
		status = db_exec(db,
				 "INSERT INTO call_blocks (cid, user_id, created_at) "
				 "VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
				 "ssi", c->cid, c->subject, (int64_t)c->at_us);
	if (c->unblock)
		status = db_exec(db, "DELETE FROM call_blocks WHERE cid = ? AND user_id = ?", "ss",
				 c->cid, c->subject);
	if (status == 0 && c->rights)
		status = db_exec(db,
				 "INSERT INTO call_rights (cid, user_id, granted, revoked) "
				 "VALUES (?1, ?2, ?3, ?4) ON CONFLICT (cid, user_id) DO UPDATE SET "
				 "granted = excluded.granted, revoked = excluded.revoked",
				 "ssss", c->cid, c->subject, c->rights->granted,
				 c->rights->revoked);
	return status;
}

static int run_call_change(struct db *db, struct request *req)
{
	struct call_request *r = request_of(req, struct call_request);
	const struct store_call_change *c = &r->change;
	int status = change_fields(db, c);

	if (status == 0 && db_changes(db) == 0)
		return -ENOENT;
	if (status == 0)
		status = put_members(db, &req->mem, c->cid, c->members, c->member_count, c->at_us);
	for (size_t i = 0; status == 0 && i < c->removed_count; i++)
		status = db_exec(db, "DELETE FROM call_members WHERE cid = ? AND user_id = ?", "ss",
				 c->cid, c->removed[i]);
	if (status == 0 && c->subject)
		status = find_user(db, &req->mem, c->subject, &r->call.subject);
	if (status == 0 && c->subject)
		status = change_subject(db, c);
	return status < 0 ? status : read_call(db, &req->mem, c->cid, &r->call);
}

/* ---- a change and its events are two transactions ---- */

static int run_call_told(struct db *db, struct request *req)
{
	struct call_request *r = request_of(req, struct call_request);
	int status = db_exec(db,
			     "UPDATE calls SET untold = untold - 1 WHERE cid = ? AND untold > 0",
			     "s", r->new.cid);

	return status < 0 ? status : read_call(db, &req->mem, r->new.cid, &r->call);
}

static int run_recover(struct db *db, struct request *req)
{
	(void)req;
	int status = db_exec(db, "UPDATE calls SET untold = 0 WHERE untold > 0", "");
	bool lost = status == 0 && db_changes(db) > 0;

	return lost ? event_break(db) : status;
}

/* ---- the verbs ---- */

static void answer_call(struct request *req)
{
	struct call_request *r = request_of(req, struct call_request);
	bool ok = req->status == 0;

	r->done(r->arg, req->status, ok ? &r->call : NULL, ok && r->created);
}

static struct call_request *call_request(int (*run)(struct db *, struct request *), bool writes,
					 store_call_fn *done, void *arg)
{
	struct call_request *r = request_new(sizeof *r);

	r->base.run = run;
	r->base.answer = answer_call;
	r->base.writes = writes;
	r->done = done;
	r->arg = arg;
	return r;
}

void store_call_find(struct store *s, const char *cid, store_call_fn *done, void *arg)
{
	struct call_request *r = call_request(run_call_find, false, done, arg);

	r->new.cid = mem_text(&r->base.mem, cid);
	request_submit(s, &r->base);
}

void store_call_told(struct store *s, const char *cid, store_call_fn *done, void *arg)
{
	struct call_request *r = call_request(run_call_told, true, done, arg);

	r->new.cid = mem_text(&r->base.mem, cid);
	request_submit(s, &r->base);
}

void store_call_recover(struct store *s, store_done_fn *done, void *arg)
{
	struct status_request *r = request_new(sizeof *r);

	r->base.run = run_recover;
	r->base.answer = status_answer;
	r->base.writes = true;
	r->done = done;
	r->arg = arg;
	request_submit(s, &r->base);
}

static const struct store_new_member *copy_members(struct mem *mem,
						   const struct store_new_member *members, size_t n)
{
	struct store_new_member *copy = mem_take(mem, (n + 1) * sizeof *copy);

	for (size_t i = 0; copy && i < n; i++)
		copy[i] = (struct store_new_member){ mem_text(mem, members[i].user_id),
						     mem_text(mem, members[i].role),
						     mem_text(mem, members[i].custom) };
	return copy;
}

void store_call_create(struct store *s, const struct store_new_call *call, store_call_fn *done,
		       void *arg)
{
	struct call_request *r = call_request(run_call_create, true, done, arg);
	struct mem *mem = &r->base.mem;

	r->new = *call;
	r->new.cid = mem_text(mem, call->cid);
	r->new.type = mem_text(mem, call->type);
	r->new.id = mem_text(mem, call->id);
	r->new.created_by = mem_text(mem, call->created_by);
	r->new.conversation_id = mem_text(mem, call->conversation_id);
	r->new.custom = mem_text(mem, call->custom);
	r->new.settings = mem_text(mem, call->settings);
	r->new.members = copy_members(mem, call->members, call->member_count);
	request_submit(s, &r->base);
}

void store_call_change(struct store *s, const struct store_call_change *change, store_call_fn *done,
		       void *arg)
{
	struct call_request *r = call_request(run_call_change, true, done, arg);
	struct mem *mem = &r->base.mem;
	struct store_call_change *c = &r->change;

	*c = *change;
	c->cid = mem_text(mem, change->cid);
	c->custom = mem_text(mem, change->custom);
	c->settings = mem_text(mem, change->settings);
	c->members = copy_members(mem, change->members, change->member_count);
	c->removed = audience_copy(
			     mem, (struct store_audience){ change->removed, change->removed_count })
			     .user_ids;
	c->subject = mem_text(mem, change->subject);
	if (change->rights) {
		r->rights = (struct store_call_rights){ NULL,
							mem_text(mem, change->rights->granted),
							mem_text(mem, change->rights->revoked) };
		c->rights = &r->rights;
	}
	request_submit(s, &r->base);
}
