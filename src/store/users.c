/* SPDX-License-Identifier: Apache-2.0 */
/* Users, sessions and sign-in links. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/limits.h"
#include "store/request.h"
#include "store/rows.h"
#include "store/support.h"

enum {
	/* how finely the use of a session is noted: a write per request would be waste */
	SEEN_EVERY_S = 3600
};

const char *user_role_text(enum user_role role)
{
	static const char *const texts[] = { [ROLE_USER] = "user",
					     [ROLE_ADMIN] = "admin",
					     [ROLE_GUEST] = "guest",
					     [ROLE_ANONYMOUS] = "anonymous" };

	return texts[role];
}

bool user_role_parse(const char *text, enum user_role *ret)
{
	if (strcmp(text, "admin") == 0)
		*ret = ROLE_ADMIN;
	else if (strcmp(text, "user") == 0)
		*ret = ROLE_USER;
	else
		return false;
	return true;
}

static char *put(char **at, const char *text)
{
	if (!text)
		return NULL;
	char *copy = *at;
	size_t n = strlen(text) + 1;
	memcpy(copy, text, n);
	*at += n;
	return copy;
}

struct store_user *store_user_dup(const struct store_user *user)
{
	size_t n = strlen(user->id) + strlen(user->name) + (user->image ? strlen(user->image) : 0) +
		   3;
	struct store_user *copy = malloc(sizeof *copy + n);

	if (!copy)
		return NULL;
	char *at = (char *)(copy + 1);
	*copy = *user;
	copy->id = put(&at, user->id);
	copy->name = put(&at, user->name);
	copy->image = put(&at, user->image);
	copy->place = NULL; /* a request's: it may be over sooner */
	return copy;
}

void user_read(struct mem *mem, sqlite3_stmt *stmt, int column, struct store_user *ret)
{
	ret->id = db_text(mem, stmt, column);
	ret->name = db_text(mem, stmt, column + 1);
	const char *role = db_text(mem, stmt, column + 2);
	if (role && strcmp(role, "guest") == 0)
		ret->role = ROLE_GUEST;
	else if (!role || !user_role_parse(role, &ret->role))
		ret->role = ROLE_USER;
	ret->image = db_text(mem, stmt, column + 3);
	ret->created_at_us = (uint64_t)db_int(stmt, column + 4);
}

struct store_user user_copy(struct mem *mem, const struct store_user *user)
{
	return (struct store_user){
		.id = mem_text(mem, user->id),
		.name = mem_text(mem, user->name),
		.image = mem_text(mem, user->image),
		.role = user->role,
		.created_at_us = user->created_at_us,
	};
}

/* ---- requests that answer with a status ---- */

struct done_request {
	struct request base;
	const char *text, *more; /* user id; password hash, browser */
	const char *session;
	struct store_user user;
	uint8_t hash[STORE_HASH];
	uint64_t now_us, expires_us;
	store_done_fn *done;
	void *arg;
};

static void answer_done(struct request *req)
{
	struct done_request *r = request_of(req, struct done_request);

	r->done(r->arg, req->status);
}

static struct done_request *done_request(int (*run)(struct db *, struct request *),
					 store_done_fn *done, void *arg)
{
	struct done_request *r = request_new(sizeof *r);

	r->base.run = run;
	r->base.answer = answer_done;
	r->base.writes = true;
	r->done = done;
	r->arg = arg;
	return r;
}

static int run_user_create(struct db *db, struct request *req)
{
	struct done_request *r = request_of(req, struct done_request);
	const struct store_user *u = &r->user;
	bool guest = u->role == ROLE_GUEST;
	int status = db_exec(
		db,
		"INSERT INTO users (id, name, role, image, password_hash, created_at, guest) "
		"VALUES (?, ?, ?, ?, ?, ?, ?)",
		"sssssii", u->id, u->name, user_role_text(guest ? ROLE_USER : u->role), u->image,
		r->more, (int64_t)u->created_at_us, (int64_t)guest);

	if (status == 0 && u->role == ROLE_USER)
		status = db_exec(
			db,
			"INSERT INTO conversations (id, customer_id, created_at, updated_at) "
			"VALUES (?1, ?1, ?2, ?3)",
			"sii", u->id, (int64_t)u->created_at_us, (int64_t)u->created_at_us);
	return status;
}

void store_user_create(struct store *s, const struct store_user *user, const char *password_hash,
		       store_done_fn *done, void *arg)
{
	struct done_request *r = done_request(run_user_create, done, arg);

	r->user = user_copy(&r->base.mem, user);
	r->more = mem_text(&r->base.mem, password_hash);
	request_submit(s, &r->base);
}

static int run_set_password(struct db *db, struct request *req)
{
	struct done_request *r = request_of(req, struct done_request);
	int status = db_exec(
		db, "UPDATE users SET password_hash = ? WHERE id = ? AND merged_into IS NULL", "ss",
		r->more, r->text);

	return status == 0 && db_changes(db) == 0 ? -ENOENT : status;
}

void store_user_set_password(struct store *s, const char *id, const char *password_hash,
			     store_done_fn *done, void *arg)
{
	struct done_request *r = done_request(run_set_password, done, arg);

	r->text = mem_text(&r->base.mem, id);
	r->more = mem_text(&r->base.mem, password_hash);
	request_submit(s, &r->base);
}

static int run_session_create(struct db *db, struct request *req)
{
	struct done_request *r = request_of(req, struct done_request);
	int64_t now = (int64_t)r->now_us;
	int status = db_exec(db, "DELETE FROM sessions WHERE expires_at <= ?", "i", now);

	if (status == 0)
		status = db_exec(
			db,
			"INSERT INTO sessions (hash, user_id, created_at, seen_at, expires_at, "
			"agent) VALUES (?, ?, ?, ?, ?, ?)",
			"hsiiis", r->hash, r->text, now, now, (int64_t)r->expires_us, r->more);
	if (status == 0) /* what the list does not show any more */
		status = db_exec(db,
				 "DELETE FROM sessions WHERE user_id = ?1 AND hash <> ?2 AND hash "
				 "NOT IN (SELECT hash FROM sessions WHERE user_id = ?1 ORDER BY "
				 "created_at DESC, hash LIMIT ?3)",
				 "shi", r->text, r->hash, (int64_t)LIMIT_SESSIONS);
	return status;
}

void store_session_create(struct store *s, const uint8_t hash[STORE_HASH], const char *user_id,
			  const char *agent, uint64_t now_us, uint64_t expires_us,
			  store_done_fn *done, void *arg)
{
	struct done_request *r = done_request(run_session_create, done, arg);

	memcpy(r->hash, hash, STORE_HASH);
	r->text = mem_text(&r->base.mem, user_id);
	r->more = mem_text(&r->base.mem, agent);
	r->now_us = now_us;
	r->expires_us = expires_us;
	request_submit(s, &r->base);
}

static int run_session_delete(struct db *db, struct request *req)
{
	return db_exec(db, "DELETE FROM sessions WHERE hash = ?", "h",
		       request_of(req, struct done_request)->hash);
}

void store_session_delete(struct store *s, const uint8_t hash[STORE_HASH], store_done_fn *done,
			  void *arg)
{
	struct done_request *r = done_request(run_session_delete, done, arg);

	memcpy(r->hash, hash, STORE_HASH);
	request_submit(s, &r->base);
}

static int run_link_create(struct db *db, struct request *req)
{
	struct done_request *r = request_of(req, struct done_request);
	int64_t now = (int64_t)r->now_us;
	int status = db_exec(db, "DELETE FROM signin_links WHERE expires_at <= ?", "i", now);

	if (status == 0)
		status = db_exec(
			db,
			"INSERT INTO signin_links (hash, user_id, created_at, expires_at, session) "
			"SELECT ?1, u.id, ?2, ?3, s.hash FROM users u LEFT JOIN sessions s ON "
			"s.user_id = u.id AND lower(hex(s.hash)) = ?5 "
			"WHERE u.id = ?4 AND u.merged_into IS NULL AND (?5 IS NULL OR s.hash IS "
			"NOT "
			"NULL)",
			"hiiss", r->hash, now, (int64_t)r->expires_us, r->text, r->session);
	return status == 0 && db_changes(db) == 0 ? -ENOENT : status;
}

void store_link_create(struct store *s, const uint8_t hash[STORE_HASH],
		       const struct store_link *link, store_done_fn *done, void *arg)
{
	struct done_request *r = done_request(run_link_create, done, arg);

	memcpy(r->hash, hash, STORE_HASH);
	r->text = mem_text(&r->base.mem, link->user_id);
	r->session = mem_text(&r->base.mem, link->session);
	r->now_us = link->created_at_us;
	r->expires_us = link->expires_at_us;
	request_submit(s, &r->base);
}

/* ---- requests that answer with a user ---- */

struct user_request {
	struct request base;
	const char *id;
	uint8_t hash[STORE_HASH];
	uint64_t now_us, idle_us;
	struct store_user user; /* the result */
	const char *password_hash;
	bool note_use; /* of a session */
	store_user_fn *done;
	store_login_fn *done_login; /* or this */
	void *arg;
};

static void answer_user(struct request *req)
{
	struct user_request *r = request_of(req, struct user_request);
	const struct store_user *user = req->status == 0 ? &r->user : NULL;

	if (r->done_login)
		r->done_login(r->arg, req->status, user, user ? r->password_hash : NULL);
	else
		r->done(r->arg, req->status, user);
}

static struct user_request *user_request(int (*run)(struct db *, struct request *),
					 store_user_fn *done, void *arg)
{
	struct user_request *r = request_new(sizeof *r);

	r->base.run = run;
	r->base.answer = answer_user;
	r->done = done;
	r->arg = arg;
	return r;
}

static int run_user_find(struct db *db, struct request *req)
{
	struct user_request *r = request_of(req, struct user_request);
	sqlite3_stmt *stmt = db_query(db,
				      "SELECT " USER
				      ", coalesce(u.password_hash, '') FROM users u WHERE u.id = ? "
				      "AND u.merged_into IS NULL",
				      "s", r->id);
	int row = stmt ? db_step(db, stmt) : db_error(db);

	if (row == 1) {
		user_read(&req->mem, stmt, 0, &r->user);
		r->password_hash = db_text(&req->mem, stmt, USER_COLUMNS);
	}
	db_end(stmt);
	return row == 1 ? 0 : row == 0 ? -ENOENT : row;
}

void store_user_find(struct store *s, const char *id, store_user_fn *done, void *arg)
{
	struct user_request *r = user_request(run_user_find, done, arg);

	r->id = mem_text(&r->base.mem, id);
	request_submit(s, &r->base);
}

void store_user_find_login(struct store *s, const char *id, store_login_fn *done, void *arg)
{
	struct user_request *r = user_request(run_user_find, NULL, arg);

	r->done_login = done;
	r->id = mem_text(&r->base.mem, id);
	request_submit(s, &r->base);
}

static int run_session_find(struct db *db, struct request *req)
{
	struct user_request *r = request_of(req, struct user_request);
	int64_t now = (int64_t)r->now_us, idle = (int64_t)r->idle_us;
	sqlite3_stmt *stmt = db_query(
		db,
		"SELECT " USER ", s.seen_at FROM sessions s JOIN users u ON u.id = s.user_id "
		"WHERE s.hash = ? AND s.expires_at > ? AND s.seen_at > ? AND u.merged_into IS "
		"NULL",
		"hii", r->hash, now, now - idle);
	int row = stmt ? db_step(db, stmt) : db_error(db);
	int64_t seen = 0;

	if (row == 1) {
		user_read(&req->mem, stmt, 0, &r->user);
		seen = db_int(stmt, USER_COLUMNS);
	}
	db_end(stmt);
	if (row != 1)
		return row == 0 ? -ENOENT : row;
	/* On a full disk people stay signed in: the note is not worth an error. */
	r->note_use = now - seen > (int64_t)SEEN_EVERY_S * US_PER_S;
	return 0;
}

static int run_session_touch(struct db *db, struct request *req)
{
	struct done_request *r = request_of(req, struct done_request);

	return db_exec(db, "UPDATE sessions SET seen_at = max(seen_at, ?) WHERE hash = ?", "ih",
		       (int64_t)r->now_us, r->hash);
}

struct find_request {
	struct user_request user;
	struct store *store;
};

static void ignore_done(void *arg, int status)
{
	(void)arg;
	(void)status;
}

static void answer_session_find(struct request *req)
{
	struct find_request *f = container_of(req, struct find_request, user.base);
	if (req->status == 0 && f->user.note_use) {
		struct done_request *touch = done_request(run_session_touch, ignore_done, NULL);

		memcpy(touch->hash, f->user.hash, STORE_HASH);
		touch->now_us = f->user.now_us;
		request_submit(f->store, &touch->base);
	}
	answer_user(req);
}

void store_session_find(struct store *s, const uint8_t hash[STORE_HASH], uint64_t now_us,
			uint64_t idle_us, store_user_fn *done, void *arg)
{
	struct find_request *f = request_new(sizeof *f);
	struct user_request *r = &f->user;

	f->store = s;
	r->base.run = run_session_find;
	r->base.answer = answer_session_find;
	r->done = done;
	r->arg = arg;
	memcpy(r->hash, hash, STORE_HASH);
	r->now_us = now_us;
	r->idle_us = idle_us;
	request_submit(s, &r->base);
}

static int run_link_use(struct db *db, struct request *req)
{
	struct user_request *r = request_of(req, struct user_request);
	int64_t now = (int64_t)r->now_us;
	int status = db_exec(db,
			     "UPDATE signin_links SET used_at = ? WHERE hash = ? AND used_at IS "
			     "NULL AND expires_at > ?",
			     "ihi", now, r->hash, now);

	if (status < 0)
		return status;
	if (db_changes(db) == 0)
		return -ENOENT;
	sqlite3_stmt *stmt = db_query(db,
				      "SELECT " USER
				      " FROM signin_links l JOIN users u ON u.id = l.user_id "
				      "WHERE l.hash = ?",
				      "h", r->hash);
	int row = stmt ? db_step(db, stmt) : db_error(db);
	if (row == 1)
		user_read(&req->mem, stmt, 0, &r->user);
	db_end(stmt);
	return row == 1 ? 0 : row == 0 ? -ENOENT : row;
}

void store_link_use(struct store *s, const uint8_t hash[STORE_HASH], uint64_t now_us,
		    store_user_fn *done, void *arg)
{
	struct user_request *r = user_request(run_link_use, done, arg);

	r->base.writes = true;
	memcpy(r->hash, hash, STORE_HASH);
	r->now_us = now_us;
	request_submit(s, &r->base);
}

/* ---- the list ---- */

struct users_request {
	struct request base;
	bool team;
	struct store_user *users;
	size_t n;
	store_users_fn *done;
	void *arg;
};

static void listed_read(struct mem *mem, sqlite3_stmt *stmt, void *ret)
{
	user_read(mem, stmt, 0, ret);
}

static int run_user_list(struct db *db, struct request *req)
{
	struct users_request *r = request_of(req, struct users_request);
	sqlite3_stmt *stmt = db_query(db,
				      "SELECT " USER
				      " FROM users u WHERE (NOT ?1 OR u.role = 'admin') AND "
				      "u.merged_into IS NULL ORDER BY "
				      "iif(?1, u.name, u.id), u.id",
				      "i", (int64_t)r->team);

	return rows_all(db, &req->mem, stmt, sizeof(struct store_user), listed_read, &r->users,
			&r->n);
}

static void answer_users(struct request *req)
{
	struct users_request *r = request_of(req, struct users_request);

	r->done(r->arg, req->status, r->users, req->status == 0 ? r->n : 0);
}

static void list_users(struct store *s, bool team, store_users_fn *done, void *arg)
{
	struct users_request *r = request_new(sizeof *r);

	r->base.run = run_user_list;
	r->base.answer = answer_users;
	r->team = team;
	r->done = done;
	r->arg = arg;
	request_submit(s, &r->base);
}

void store_user_list(struct store *s, store_users_fn *done, void *arg)
{
	list_users(s, false, done, arg);
}

void store_team_list(struct store *s, store_users_fn *done, void *arg)
{
	list_users(s, true, done, arg);
}
