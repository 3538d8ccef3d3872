/* SPDX-License-Identifier: Apache-2.0 */
/* Direct and group conversations: who is in them, and what changes that. */
#include "store/channels.h"

#include <errno.h>

#include "base/limits.h"
#include "store/request.h"
#include "store/rows.h"

/* ---- reading ---- */

static void member_read(struct mem *mem, sqlite3_stmt *stmt, void *ret)
{
	struct store_channel_member *m = ret;

	m->owner = db_int(stmt, 0) != 0;
	m->joined_at_us = (uint64_t)db_int(stmt, 1);
	user_read(mem, stmt, 2, &m->user);
}

static int read_members(struct db *db, struct mem *mem, struct store_channel *c)
{
	sqlite3_stmt *stmt = db_query(db,
				      "SELECT p.owner, p.joined_at, " USER
				      " FROM channel_members p JOIN users u ON u.id = p.user_id "
				      "WHERE p.channel_id = ? ORDER BY p.user_id",
				      "s", c->id);

	return rows_all(db, mem, stmt, sizeof(struct store_channel_member), member_read,
			&c->members, &c->member_count);
}

#define CHANNEL "SELECT id, type, name, created_by, created_at, slow_mode_s FROM channels "

static void channel_read(struct mem *mem, sqlite3_stmt *stmt, struct store_channel *ret)
{
	ret->id = db_text(mem, stmt, 0);
	ret->type = db_text(mem, stmt, 1);
	ret->name = db_text(mem, stmt, 2);
	ret->created_by = db_text(mem, stmt, 3);
	ret->created_at_us = (uint64_t)db_int(stmt, 4);
	ret->slow_mode_s = (unsigned)db_int(stmt, 5);
}

struct channels_request {
	struct request base;
	struct store_channel *list;
	size_t n;
	store_channels_fn *done;
	void *arg;
};

static void listed_read(struct mem *mem, sqlite3_stmt *stmt, void *ret)
{
	channel_read(mem, stmt, ret);
}

static int run_list(struct db *db, struct request *req)
{
	struct channels_request *r = request_of(req, struct channels_request);
	sqlite3_stmt *stmt = db_query(db, CHANNEL, "");
	int row = rows_all(db, &req->mem, stmt, sizeof(struct store_channel), listed_read, &r->list,
			   &r->n);

	for (size_t i = 0; row == 0 && i < r->n; i++)
		row = read_members(db, &req->mem, &r->list[i]);
	return row;
}

static void answer_list(struct request *req)
{
	struct channels_request *r = request_of(req, struct channels_request);

	r->done(r->arg, req->status, r->list, req->status == 0 ? r->n : 0);
}

void store_channel_list(struct store *s, store_channels_fn *done, void *arg)
{
	struct channels_request *r = request_new(sizeof *r);

	r->base.run = run_list;
	r->base.answer = answer_list;
	r->done = done;
	r->arg = arg;
	request_submit(s, &r->base);
}

int channel_admits(struct db *db, const char *conversation_id, const char *user_id)
{
	if (!store_is_channel(conversation_id))
		return 0;
	sqlite3_stmt *stmt = db_query(
		db, "SELECT 1 FROM channel_members WHERE channel_id = ? AND user_id = ?", "ss",
		conversation_id, user_id);
	int row = stmt ? db_step(db, stmt) : db_error(db);

	db_end(stmt);
	return row == 1 ? 0 : row == 0 ? -ENOENT : row;
}

/* A customer's last message itself says when it was; cards and what was done with the conversation are no messages of theirs. */
static int customer_slow(struct db *db, const struct store_new_message *new, int64_t *ret_wait_us)
{
	sqlite3_stmt *stmt = db_query(
		db,
		"SELECT created_at FROM messages WHERE conversation_id = ? AND user_id = ? AND "
		"card IS NULL AND activity IS NULL ORDER BY id DESC LIMIT 1",
		"ss", new->conversation_id, new->user_id);
	int row = stmt ? db_step(db, stmt) : db_error(db);
	int64_t at = (int64_t) new->created_at_us, last = row == 1 ? db_int(stmt, 0) : 0;
	int64_t next = last + (int64_t) new->slow_us;

	db_end(stmt);
	if (row <= 0)
		return row;
	if (last > at || at >= next) /* a clock that was set back keeps nobody waiting */
		return 0;
	*ret_wait_us = next - at;
	return -EAGAIN;
}

int channel_slow(struct db *db, const struct store_new_message *new, int64_t *ret_wait_us)
{
	int64_t slow = (int64_t) new->slow_us, at = (int64_t) new->created_at_us;

	if (!slow)
		return 0;
	if (!store_is_channel(new->conversation_id))
		return customer_slow(db, new, ret_wait_us);
	int status = db_exec(db,
			     "UPDATE channel_members SET sent_at = ?1 WHERE channel_id = ?2 AND "
			     "user_id = ?3 AND sent_at NOT BETWEEN ?1 - ?4 + 1 AND ?1",
			     "issi", at, new->conversation_id, new->user_id, slow);
	if (status < 0 || db_changes(db) > 0)
		return status;
	sqlite3_stmt *stmt = db_query(
		db, "SELECT sent_at FROM channel_members WHERE channel_id = ? AND user_id = ?",
		"ss", new->conversation_id, new->user_id);
	int row = stmt ? db_step(db, stmt) : db_error(db);

	if (row == 1)
		*ret_wait_us = db_int(stmt, 0) + slow - at;
	db_end(stmt);
	return row < 0 ? row : -EAGAIN;
}

/* ---- changing ---- */

struct channel_request {
	struct request base;
	struct store_new_channel new;
	struct store_channel_change change;
	unsigned slow_mode_s;
	struct store_channel channel;
	bool changed;
	int64_t cursor;
	store_channel_fn *done;
	void *arg;
};

static int find(struct db *db, struct channel_request *r, const char *id)
{
	sqlite3_stmt *stmt = db_query(db, CHANNEL "WHERE id = ?", "s", id);
	int row = stmt ? db_step(db, stmt) : db_error(db);

	if (row == 1)
		channel_read(&r->base.mem, stmt, &r->channel);
	db_end(stmt);
	int status = row == 1 ? read_members(db, &r->base.mem, &r->channel) : 0;
	return status < 0 ? status : row;
}

static int add_member(struct db *db, const char *id, const char *user_id, bool owner, uint64_t at)
{
	int r = db_exec(db,
			"INSERT INTO channel_members (channel_id, user_id, owner, joined_at) "
			"VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
			"ssii", id, user_id, (int64_t)owner, (int64_t)at);

	return r == -ENOENT ? -ENXIO : r;
}

static int note(struct db *db, struct channel_request *r, const char *id, const char *by,
		uint64_t at)
{
	int status = db_exec(db,
			     "UPDATE conversations SET updated_at = max(updated_at, ?) WHERE id = "
			     "?",
			     "is", (int64_t)at, id);

	r->changed = true;
	return status < 0 ? status
			  : event_add(db,
				      &(struct event_row){ .type = EVENT_CHANNEL_UPDATED,
							   .created_at_us = at,
							   .conversation_id = id,
							   .user_id = by },
				      &r->cursor);
}

static int64_t count(struct db *db, const char *sql, const char *id)
{
	sqlite3_stmt *stmt = id ? db_query(db, sql, "s", id) : db_query(db, sql, "");
	int64_t n = stmt && db_step(db, stmt) == 1 ? db_int(stmt, 0) : -1;

	db_end(stmt);
	return n;
}

static int run_create(struct db *db, struct request *req)
{
	struct channel_request *r = request_of(req, struct channel_request);
	const struct store_new_channel *n = &r->new;
	int64_t at = (int64_t)n->at_us;
	int status = find(db, r, n->id);

	if (status != 0)
		return status < 0 ? status : 0;
	if (count(db, "SELECT count(*) FROM channels", NULL) >= LIMIT_CHANNELS)
		return -EDQUOT;
	status = db_exec(db,
			 "INSERT INTO conversations (id, created_at, updated_at) VALUES (?, ?, ?)",
			 "sii", n->id, at, at);
	if (status == 0)
		status = db_exec(db,
				 "INSERT INTO channels (id, type, name, created_by, created_at) "
				 "VALUES (?, ?, ?, ?, ?)",
				 "ssssi", n->id, n->type, n->name, n->created_by, at);
	if (status == 0)
		status = add_member(db, n->id, n->created_by, n->name != NULL, n->at_us);
	for (size_t i = 0; status == 0 && i < n->member_count; i++)
		status = add_member(db, n->id, n->members[i], false, n->at_us);
	if (status == 0)
		status = note(db, r, n->id, n->created_by, n->at_us);
	if (status == 0)
		status = find(db, r, n->id);
	return status < 0 ? status : 0;
}

/* Somebody must be able to change a group. */
static int keep_owned(struct db *db, const char *id)
{
	return db_exec(db,
		       "UPDATE channel_members SET owner = 1 WHERE channel_id = ?1 AND NOT EXISTS "
		       "(SELECT 1 FROM channel_members WHERE channel_id = ?1 AND owner) AND "
		       "user_id = (SELECT user_id FROM channel_members WHERE channel_id = ?1 ORDER "
		       "BY joined_at, user_id LIMIT 1) AND (SELECT type FROM channels WHERE id = "
		       "?1) = 'group'",
		       "s", id);
}

static int change_members(struct db *db, const struct store_channel_change *c)
{
	int status = 0;

	for (size_t i = 0; status == 0 && i < c->add_count; i++)
		status = add_member(db, c->id, c->add[i], false, c->at_us);
	for (size_t i = 0; status == 0 && i < c->remove_count; i++)
		status = db_exec(db,
				 "DELETE FROM channel_members WHERE channel_id = ? AND user_id = ?",
				 "ss", c->id, c->remove[i]);
	for (size_t i = 0; status == 0 && i < c->own_count; i++)
		status = db_exec(db,
				 "UPDATE channel_members SET owner = 1 WHERE channel_id = ? AND "
				 "user_id = ?",
				 "ss", c->id, c->own[i]);
	if (status == 0)
		status = keep_owned(db, c->id);
	if (status == 0 && count(db, "SELECT count(*) FROM channel_members WHERE channel_id = ?",
				 c->id) > LIMIT_CHANNEL_MEMBERS)
		status = -E2BIG;
	return status;
}

static int run_change(struct db *db, struct request *req)
{
	struct channel_request *r = request_of(req, struct channel_request);
	const struct store_channel_change *c = &r->change;
	int status = find(db, r, c->id);

	if (status != 1)
		return status < 0 ? status : -ENOENT;
	status = c->name ? db_exec(db, "UPDATE channels SET name = ? WHERE id = ?", "ss", c->name,
				   c->id)
			 : 0;
	if (status == 0 && c->slow_mode_s)
		status = db_exec(db, "UPDATE channels SET slow_mode_s = ? WHERE id = ?", "is",
				 (int64_t)*c->slow_mode_s, c->id);
	if (status == 0)
		status = change_members(db, c);
	if (status == 0)
		status = note(db, r, c->id, c->by, c->at_us);
	if (status == 0)
		status = find(db, r, c->id);
	return status < 0 ? status : 0;
}

static void answer_channel(struct request *req)
{
	struct channel_request *r = request_of(req, struct channel_request);
	bool ok = req->status == 0;

	r->done(r->arg, req->status, ok ? &r->channel : NULL, ok && r->changed, ok ? r->cursor : 0);
}

static const char *const *copy_list(struct mem *mem, const char *const *list, size_t n)
{
	return audience_copy(mem, (struct store_audience){ list, n }).user_ids;
}

static struct channel_request *channel_request(int (*run)(struct db *, struct request *),
					       store_channel_fn *done, void *arg)
{
	struct channel_request *r = request_new(sizeof *r);

	r->base.run = run;
	r->base.answer = answer_channel;
	r->base.writes = true;
	r->done = done;
	r->arg = arg;
	return r;
}

void store_channel_create(struct store *s, const struct store_new_channel *channel,
			  store_channel_fn *done, void *arg)
{
	struct channel_request *r = channel_request(run_create, done, arg);
	struct mem *mem = &r->base.mem;

	r->new = *channel;
	r->new.id = mem_text(mem, channel->id);
	r->new.type = mem_text(mem, channel->type);
	r->new.name = mem_text(mem, channel->name);
	r->new.created_by = mem_text(mem, channel->created_by);
	r->new.members = copy_list(mem, channel->members, channel->member_count);
	request_submit(s, &r->base);
}

void store_channel_change(struct store *s, const struct store_channel_change *change,
			  store_channel_fn *done, void *arg)
{
	struct channel_request *r = channel_request(run_change, done, arg);
	struct mem *mem = &r->base.mem;

	r->change = *change;
	r->change.id = mem_text(mem, change->id);
	r->change.by = mem_text(mem, change->by);
	r->change.name = mem_text(mem, change->name);
	if (change->slow_mode_s) {
		r->slow_mode_s = *change->slow_mode_s;
		r->change.slow_mode_s = &r->slow_mode_s;
	}
	r->change.add = copy_list(mem, change->add, change->add_count);
	r->change.remove = copy_list(mem, change->remove, change->remove_count);
	r->change.own = copy_list(mem, change->own, change->own_count);
	request_submit(s, &r->base);
}
