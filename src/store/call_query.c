/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Queries on calls (product: queryCalls). A filter becomes SQL here: names of columns come from the
 * table below, everything that a client said is bound.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/sb.h"
#include "store/request.h"
#include "store/rows.h"

enum { NAME_MAX_LETTERS = 64, QUERY_SQL_MAX = 64 * 1024, BINDS_MAX = 2000 };

static const struct {
	const char *name, *sql;
	enum store_field_kind kind;
	bool sorts;
} fields[] = {
	{ "id", "c.id", FIELD_TEXT, true },
	{ "cid", "c.cid", FIELD_TEXT, true },
	{ "type", "c.type", FIELD_TEXT, true },
	{ "created_by_user_id", "c.created_by", FIELD_TEXT, false },
	{ "created_at", "c.created_at", FIELD_TIME, true },
	{ "updated_at", "c.updated_at", FIELD_TIME, true },
	{ "ended_at", "c.ended_at", FIELD_TIME, true },
	{ "starts_at", "c.starts_at", FIELD_TIME, true },
	{ "backstage", "c.backstage", FIELD_BOOL, false },
	{ "ongoing",
	  "EXISTS (SELECT 1 FROM call_sessions s WHERE s.cid = c.cid AND s.ended_at IS NULL)",
	  FIELD_BOOL, false },
	{ "members", NULL, FIELD_MEMBERS, false },
};

static size_t field_at(const char *name)
{
	size_t i = 0;

	while (i < countof(fields) && strcmp(fields[i].name, name) != 0)
		i++;
	return i;
}

enum store_field_kind store_call_field_kind(const char *name)
{
	size_t i = field_at(name);

	if (i < countof(fields))
		return fields[i].kind;
	if (strncmp(name, "custom.", 7) != 0)
		return FIELD_NONE;
	size_t n = strspn(name + 7, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				    "0123456789_");
	return n >= 1 && n <= NAME_MAX_LETTERS && !name[7 + n] ? FIELD_CUSTOM : FIELD_NONE;
}

bool store_call_field_sorts(const char *name)
{
	size_t i = field_at(name);

	return i < countof(fields) && fields[i].sorts;
}

/* ---- the SQL ---- */

struct bind {
	enum { BIND_TEXT, BIND_INT, BIND_REAL } kind;
	const char *text;
	int64_t number;
	double real;
};

struct calls_request {
	struct request base;
	struct sb sql;
	struct bind *binds;
	size_t bind_count;
	unsigned limit;
	struct store_call *list;
	size_t n;
	bool more;
	store_calls_fn *done;
	void *arg;
};

static void bind(struct calls_request *r, struct bind value)
{
	struct bind *binds = r->bind_count < BINDS_MAX ? mem_grow(&r->base.mem, r->binds,
								  r->bind_count, sizeof *binds)
						       : NULL;

	sb_puts(&r->sql, "?");
	if (!binds) {
		r->sql.bad = true;
		return;
	}
	value.text = mem_text(&r->base.mem, value.text);
	(r->binds = binds)[r->bind_count++] = value;
}

static void bind_text(struct calls_request *r, const char *text)
{
	bind(r, (struct bind){ .kind = BIND_TEXT, .text = text });
}

static void bind_int(struct calls_request *r, int64_t number)
{
	bind(r, (struct bind){ .kind = BIND_INT, .number = number });
}

static void bind_value(struct calls_request *r, const struct store_filter_value *v)
{
	if (v->kind == VALUE_TEXT)
		bind_text(r, v->text);
	else if (v->kind == VALUE_REAL)
		bind(r, (struct bind){ .kind = BIND_REAL, .real = v->real });
	else
		bind_int(r, v->number);
}

/* JSON's true and false read as 1 and 0. */
static void add_field(struct calls_request *r, const char *field)
{
	size_t i = field_at(field);
	char path[NAME_MAX_LETTERS + 8];

	if (i < countof(fields)) {
		sb_puts(&r->sql, fields[i].sql);
		return;
	}
	(void)snprintf(path, sizeof path, "$.%s", field + 7);
	sb_puts(&r->sql, "json_extract(c.custom, ");
	bind_text(r, path);
	sb_puts(&r->sql, ")");
}

static void add_list(struct calls_request *r, const struct store_filter *f)
{
	sb_puts(&r->sql, " IN (");
	for (size_t i = 0; i < f->value_count; i++) {
		if (i)
			sb_puts(&r->sql, ", ");
		bind_value(r, &f->values[i]);
	}
	sb_puts(&r->sql, ")");
}

static void add_condition(struct calls_request *r, const struct store_filter *f)
{
	static const char *const signs[] = { [FILTER_EQ] = " = ",
					     [FILTER_GT] = " > ",
					     [FILTER_GTE] = " >= ",
					     [FILTER_LT] = " < ",
					     [FILTER_LTE] = " <= " };

	if (store_call_field_kind(f->field) == FIELD_MEMBERS) {
		sb_puts(&r->sql, "EXISTS (SELECT 1 FROM call_members m WHERE m.cid = c.cid AND "
				 "m.user_id");
		add_list(r, f);
		sb_puts(&r->sql, ")");
		return;
	}
	add_field(r, f->field);
	if (f->op == FILTER_IN) {
		add_list(r, f);
	} else if (f->op == FILTER_EXISTS) {
		sb_puts(&r->sql, f->values[0].number ? " IS NOT NULL" : " IS NULL");
	} else {
		sb_puts(&r->sql, signs[f->op]);
		bind_value(r, &f->values[0]);
	}
}

/* The caller bounds the depth. */
static void add_filter(struct calls_request *r, const struct store_filter *f)
{
	if (f->op != FILTER_AND && f->op != FILTER_OR) {
		add_condition(r, f);
		return;
	}
	sb_puts(&r->sql, "(");
	for (size_t i = 0; i < f->child_count; i++) {
		if (i)
			sb_puts(&r->sql, f->op == FILTER_AND ? " AND " : " OR ");
		add_filter(r, &f->children[i]);
	}
	if (f->child_count == 0)
		sb_puts(&r->sql, f->op == FILTER_AND ? "1" : "0");
	sb_puts(&r->sql, ")");
}

/* Another one's conversation is never seen, whoever is listed. */
static void add_scope(struct calls_request *r, const struct store_call_query *q)
{
	const char *me = q->scope.user_id;

	if (q->scope.all) { /* but for channels, which are their members' */
		sb_puts(&r->sql, "(c.conversation_id IS NULL OR instr(c.conversation_id, '.') = 0 "
				 "OR EXISTS (SELECT 1 FROM channel_members k WHERE k.channel_id = "
				 "c.conversation_id AND k.user_id = ");
		bind_text(r, me);
		sb_puts(&r->sql, "))");
		return;
	}
	sb_puts(&r->sql, "(c.conversation_id IS NULL OR c.conversation_id = ");
	bind_text(r, me);
	sb_puts(&r->sql, ") AND NOT EXISTS (SELECT 1 FROM call_blocks b WHERE b.cid = c.cid AND "
			 "b.user_id = ");
	bind_text(r, me);
	sb_puts(&r->sql, ") AND (c.conversation_id IS NOT NULL OR c.created_by = ");
	bind_text(r, me);
	sb_puts(&r->sql, " OR EXISTS (SELECT 1 FROM call_members m WHERE m.cid = c.cid AND "
			 "m.user_id = ");
	bind_text(r, me);
	sb_puts(&r->sql, ") OR EXISTS (SELECT 1 FROM call_sessions s JOIN call_session_users p ON "
			 "p.session_id = s.id WHERE s.cid = c.cid AND p.user_id = ");
	bind_text(r, me);
	sb_puts(&r->sql, ")");
	for (size_t i = 0; i < q->public_type_count; i++) {
		sb_puts(&r->sql, " OR c.type = ");
		bind_text(r, q->public_types[i]);
	}
	sb_puts(&r->sql, ")");
}

static void add_order(struct calls_request *r, const struct store_call_query *q)
{
	sb_puts(&r->sql, " ORDER BY ");
	for (size_t i = 0; i < q->sort_count; i++) {
		add_field(r, q->sort[i].field);
		sb_puts(&r->sql, q->sort[i].descending ? " DESC, " : ", ");
	}
	if (q->sort_count == 0)
		sb_puts(&r->sql, "c.created_at DESC, ");
	sb_puts(&r->sql, "c.cid LIMIT "); /* the cid makes the order one */
	bind_int(r, (int64_t)q->limit + 1);
	sb_puts(&r->sql, " OFFSET ");
	bind_int(r, (int64_t)q->offset);
}

/* ---- running ---- */

static int bind_all(const struct calls_request *r, sqlite3_stmt *stmt)
{
	int status = 0;

	for (size_t i = 0; status == 0 && i < r->bind_count; i++) {
		const struct bind *b = &r->binds[i];
		int at = (int)i + 1;

		status = b->kind == BIND_TEXT  ? db_bind_text(stmt, at, b->text)
			 : b->kind == BIND_INT ? db_bind_int(stmt, at, b->number)
					       : db_bind_real(stmt, at, b->real);
	}
	return status;
}

static void listed_read(struct mem *mem, sqlite3_stmt *stmt, void *ret)
{
	call_columns_read(mem, stmt, ret);
}

static int read_rows(struct db *db, struct calls_request *r, sqlite3_stmt *stmt)
{
	struct rows rows = { .limit = r->limit };
	int row = rows_step(db, &r->base.mem, stmt, sizeof(struct store_call), listed_read, &rows);

	r->list = rows.list;
	r->n = rows.n;
	r->more = rows.more;
	return row;
}

static int run_call_list(struct db *db, struct request *req)
{
	struct calls_request *r = request_of(req, struct calls_request);
	sqlite3_stmt *stmt = r->sql.bad ? NULL : db_query_once(db, r->sql.text);
	int status = stmt ? bind_all(r, stmt) : r->sql.bad ? -E2BIG : db_error(db);

	if (status == 0)
		status = read_rows(db, r, stmt);
	db_end_once(stmt);
	for (size_t i = 0; status == 0 && i < r->n; i++)
		status = call_rest_read(db, &req->mem, &r->list[i]);
	return status;
}

static void answer_calls(struct request *req)
{
	struct calls_request *r = request_of(req, struct calls_request);

	r->done(r->arg, req->status, r->list, req->status == 0 ? r->n : 0, r->more);
	sb_fini(&r->sql);
}

void store_call_list(struct store *s, const struct store_call_query *query, store_calls_fn *done,
		     void *arg)
{
	struct calls_request *r = request_new(sizeof *r);

	r->base.run = run_call_list;
	r->base.answer = answer_calls;
	r->limit = query->limit;
	r->sql.limit = QUERY_SQL_MAX;
	sb_puts(&r->sql, "SELECT " CALL " FROM calls c JOIN users u ON u.id = c.created_by WHERE ");
	add_scope(r, query);
	if (query->filter) {
		sb_puts(&r->sql, " AND ");
		add_filter(r, query->filter);
	}
	add_order(r, query);
	r->done = done;
	r->arg = arg;
	request_submit(s, &r->base);
}
