/* SPDX-License-Identifier: Apache-2.0 */
/* queryCalls: what clients ask, checked, as a store_filter; and pages. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/must.h"
#include "control/calls/internal.h"
#include "control/objects/objects.h"

enum {
	FILTER_DEPTH = 4,
	FILTER_NODES = 100,
	FILTER_VALUES = 100,
	PAGE_DEFAULT = 25,
	OFFSET_MAX = 100 * 1000
};

/* ---- pages ---- */

/* A page's mark is opaque to clients: it is where the page begins. */
static bool read_mark(const json_t *mark, uint64_t *ret)
{
	unsigned long long at;
	char end;

	if (!json_is_string(mark) || sscanf(json_string_value(mark), "p%10llu%c", &at, &end) != 1 ||
	    at > OFFSET_MAX)
		return false;
	*ret = at;
	return true;
}

bool call_page_read(const json_t *body, struct call_page *ret, char ret_problem[CALL_PROBLEM_MAX])
{
	const json_t *limit = json_object_get(body, "limit"), *next = json_object_get(body, "next"),
		     *prev = json_object_get(body, "prev");
	json_int_t n = limit ? json_integer_value(limit) : PAGE_DEFAULT;

	*ret = (struct call_page){ 0 };
	if (n < 1 || n > LIMIT_PAGE) {
		(void)snprintf(ret_problem, CALL_PROBLEM_MAX,
			       "`limit` must be a whole number from 1 to %d.", LIMIT_PAGE);
		return false;
	}
	ret->limit = (unsigned)n;
	const json_t *mark = next ? next : prev;
	if (mark && !json_is_null(mark) && !read_mark(mark, &ret->offset)) {
		(void)snprintf(ret_problem, CALL_PROBLEM_MAX,
			       "`%s` is not a mark that a page carried.", next ? "next" : "prev");
		return false;
	}
	return true;
}

void call_page_write(const struct call_page *page, bool more, json_t *reply)
{
	uint64_t before = page->offset > page->limit ? page->offset - page->limit : 0;

	if (more)
		(void)json_object_set_new(
			reply, "next",
			json_sprintf("p%llu", (unsigned long long)(page->offset + page->limit)));
	if (page->offset)
		(void)json_object_set_new(reply, "prev",
					  json_sprintf("p%llu", (unsigned long long)before));
}

/* ---- the filter ---- */

struct query {
	struct calls *calls;
	struct store_user *who;
	struct store_filter nodes[FILTER_NODES];
	struct store_filter_value values[FILTER_VALUES];
	size_t node_count, value_count;
	struct call_page page;
	bool watch;
	char problem[CALL_PROBLEM_MAX];
	json_t *body;
	calls_answer_fn *done;
	void *arg;
	int status;
};

static bool __attribute__((format(printf, 2, 3))) refuse(struct query *q, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	(void)vsnprintf(q->problem, sizeof q->problem, format, args);
	va_end(args);
	return false;
}

static const struct {
	const char *name;
	enum store_filter_op op;
} operators[] = { { "$eq", FILTER_EQ },	       { "$in", FILTER_IN }, { "$gt", FILTER_GT },
		  { "$gte", FILTER_GTE },      { "$lt", FILTER_LT }, { "$lte", FILTER_LTE },
		  { "$exists", FILTER_EXISTS } };

static bool read_op(struct query *q, const char *name, enum store_filter_op *ret)
{
	for (size_t i = 0; i < sizeof operators / sizeof *operators; i++)
		if (strcmp(operators[i].name, name) == 0) {
			*ret = operators[i].op;
			return true;
		}
	return refuse(q, "`%.32s` is not an operator: use $eq $in $gt $gte $lt $lte $exists.",
		      name);
}

static bool op_fits(enum store_field_kind kind, enum store_filter_op op)
{
	if (kind == FIELD_BOOL)
		return op == FILTER_EQ;
	if (kind == FIELD_MEMBERS)
		return op == FILTER_IN;
	return true;
}

static bool read_value(struct query *q, const char *field, enum store_filter_op op,
		       const json_t *json)
{
	enum store_field_kind kind = store_call_field_kind(field);
	struct store_filter_value *v = &q->values[q->value_count];

	if (q->value_count == FILTER_VALUES)
		return refuse(q, "The filter is too long: at most %d values.", FILTER_VALUES);
	*v = (struct store_filter_value){ .kind = VALUE_TEXT };
	if (op == FILTER_EXISTS || kind == FIELD_BOOL ||
	    (kind == FIELD_CUSTOM && json_is_boolean(json))) {
		if (!json_is_boolean(json))
			return refuse(q, "`%.80s` must be compared with true or false.", field);
		v->kind = VALUE_BOOL;
		v->number = json_is_true(json);
	} else if (kind == FIELD_TIME) {
		uint64_t us;

		if (!json_is_string(json) || !object_time_parse(json_string_value(json), &us))
			return refuse(q,
				      "`%.80s` must be compared with a time like "
				      "2026-11-22T10:00:00Z.",
				      field);
		v->kind = VALUE_INT;
		v->number = (int64_t)us;
	} else if (json_is_string(json)) {
		v->text = json_string_value(json);
	} else if (kind == FIELD_CUSTOM && json_is_integer(json)) {
		v->kind = VALUE_INT;
		v->number = json_integer_value(json);
	} else if (kind == FIELD_CUSTOM && json_is_real(json)) {
		v->kind = VALUE_REAL;
		v->real = json_real_value(json);
	} else {
		return refuse(q, "`%.80s` must be compared with a text.", field);
	}
	q->value_count++;
	return true;
}

static bool read_condition(struct query *q, const char *field, enum store_filter_op op,
			   const json_t *json, struct store_filter *ret)
{
	enum store_field_kind kind = store_call_field_kind(field);
	const json_t *item;
	size_t at;

	if (kind == FIELD_NONE)
		return refuse(q, "`%.80s` is not a field to filter by.", field);
	if (!op_fits(kind, op))
		return refuse(q, "`%.80s` takes only %s.", field,
			      kind == FIELD_MEMBERS ? "$in" : "$eq");
	*ret = (struct store_filter){ .op = op,
				      .field = field,
				      .values = &q->values[q->value_count] };
	if (op != FILTER_IN) {
		ret->value_count = 1;
		return read_value(q, field, op, json);
	}
	if (!json_is_array(json) || json_array_size(json) == 0)
		return refuse(q, "$in of `%.80s` must be a list that is not empty.", field);
	json_array_foreach(json, at, item)
	{
		if (!read_value(q, field, op, item))
			return false;
	}
	ret->value_count = json_array_size(json);
	return true;
}

/* n nodes side by side; NULL when there are too many. */
static struct store_filter *take(struct query *q, size_t n)
{
	struct store_filter *nodes = &q->nodes[q->node_count];

	if (n > FILTER_NODES - q->node_count) {
		(void)refuse(q, "The filter is too long: at most %d conditions.", FILTER_NODES);
		return NULL;
	}
	q->node_count += n;
	return nodes;
}

static bool read_filter(struct query *q, const json_t *json, unsigned depth,
			struct store_filter *ret);

/* $and and $or: a list of filters. */
static bool read_list(struct query *q, enum store_filter_op op, const json_t *list, unsigned depth,
		      struct store_filter *ret)
{
	size_t n = json_array_size(list);
	struct store_filter *children = json_is_array(list) && n ? take(q, n) : NULL;

	if (!children)
		return q->problem[0] ? false
				     : refuse(q, "$and and $or take lists that are not empty.");
	*ret = (struct store_filter){ .op = op, .children = children, .child_count = n };
	for (size_t i = 0; i < n; i++)
		if (!read_filter(q, json_array_get(list, i), depth + 1, &children[i]))
			return false;
	return true;
}

/* {"$gt": a, "$lt": b}: both. */
static bool read_field(struct query *q, const char *field, const json_t *value,
		       struct store_filter *ret)
{
	size_t n = json_object_size(value), i = 0;
	struct store_filter *children = n ? take(q, n) : NULL;
	enum store_filter_op op = FILTER_EQ;
	const char *name;
	json_t *operand;

	if (!json_is_object(value))
		return read_condition(q, field, FILTER_EQ, value, ret);
	if (!children)
		return q->problem[0] ? false : refuse(q, "`%.80s` has no operator.", field);
	*ret = (struct store_filter){ .op = FILTER_AND, .children = children, .child_count = n };
	json_object_foreach((json_t *)(uintptr_t)value, name, operand)
	{
		if (!read_op(q, name, &op) ||
		    !read_condition(q, field, op, operand, &children[i++]))
			return false;
	}
	return true;
}

static bool read_filter(struct query *q, const json_t *json, unsigned depth,
			struct store_filter *ret)
{
	size_t n = json_object_size(json), i = 0;
	struct store_filter *children = take(q, n);
	const char *name;
	json_t *value;

	if (!json_is_object(json) || depth > FILTER_DEPTH)
		return refuse(q, "A filter must be an object, nested at most %d deep.",
			      FILTER_DEPTH);
	if (!children)
		return false;
	*ret = (struct store_filter){ .op = FILTER_AND, .children = children, .child_count = n };
	json_object_foreach((json_t *)(uintptr_t)json, name, value)
	{
		bool list = strcmp(name, "$and") == 0 || strcmp(name, "$or") == 0;
		enum store_filter_op op = strcmp(name, "$or") == 0 ? FILTER_OR : FILTER_AND;

		if (list ? !read_list(q, op, value, depth, &children[i])
			 : !read_field(q, name, value, &children[i]))
			return false;
		i++;
	}
	return true;
}

static bool read_sort(struct query *q, struct store_call_query *ret)
{
	const json_t *list = json_object_get(q->body, "sort"), *item;
	size_t at;

	if (list &&
	    (!json_is_array(list) || json_array_size(list) > sizeof ret->sort / sizeof *ret->sort))
		return refuse(q, "`sort` must be a list of at most 4 {field, direction}.");
	json_array_foreach(list, at, item)
	{
		const char *field = json_string_value(json_object_get(item, "field"));
		json_int_t direction = json_integer_value(json_object_get(item, "direction"));

		if (!field || !store_call_field_sorts(field) || (direction != 1 && direction != -1))
			return refuse(q,
				      "`sort` takes created_at, updated_at, starts_at, ended_at, "
				      "id, cid and type, with direction 1 or -1.");
		ret->sort[at].field = field;
		ret->sort[at].descending = direction == -1;
	}
	ret->sort_count = at;
	return true;
}

/* ---- asking ---- */

static void finish(struct query *q, int status, json_t *reply)
{
	q->done(q->arg, status, status < 0 && q->problem[0] ? q->problem : NULL, reply, NULL);
	json_decref(reply);
	json_decref(q->body);
	free(q->who);
	free(q);
}

static void on_list(void *arg, int status, const struct store_call *list, size_t n, bool more)
{
	struct query *q = arg;
	struct calls *c = q->calls;

	if (q->status < 0 || status < 0) {
		if (status == -E2BIG)
			status = refuse(q, "The filter is too long.") ? 0 : -EINVAL;
		finish(q, q->status < 0 ? q->status : status, NULL);
		return;
	}
	json_t *replies = json_array();
	for (size_t i = 0; i < n; i++) {
		if (!(rights_on(c->types, &list[i], q->who) & RIGHT_READ))
			continue;
		(void)json_array_append_new(replies, call_reply(c, &list[i], q->who));
		if (q->watch)
			watch_add(c, list[i].cid, q->who->id);
	}
	json_t *reply = json_pack("{s:o}", "calls", replies);
	call_page_write(&q->page, more, reply);
	finish(q, 0, reply);
}

static size_t length(const char *const *list)
{
	size_t n = 0;

	while (list[n])
		n++;
	return n;
}

void calls_query(struct calls *c, const struct store_user *who, json_t *body, calls_answer_fn *done,
		 void *arg)
{
	struct query *q = must(calloc(1, sizeof *q));
	struct store_filter root;

	q->who = must(store_user_dup(who));
	q->calls = c;
	q->body = json_incref(body);
	q->watch = json_is_true(json_object_get(body, "watch"));
	q->done = done;
	q->arg = arg;
	const json_t *filter = json_object_get(body, "filter_conditions");
	struct store_call_query query = {
		.scope = { .all = who->role == ROLE_ADMIN, .user_id = q->who->id },
		.public_types = call_types_public(c->types),
		.public_type_count = length(call_types_public(c->types)),
		.filter = filter ? &root : NULL,
	};
	if (!call_page_read(body, &q->page, q->problem) || !read_sort(q, &query) ||
	    (filter && !read_filter(q, filter, 1, &root))) {
		q->status = -EINVAL;
		query = (struct store_call_query){ .scope.user_id = "", .limit = 1 };
	} else {
		query.limit = q->page.limit;
		query.offset = q->page.offset;
	}
	store_call_list(c->store, &query, on_list, q);
}
