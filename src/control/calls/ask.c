/* SPDX-License-Identifier: Apache-2.0 */
/* A request's way: found ▸ allowed ▸ planned ▸ stored ▸ told. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/must.h"
#include "base/utf8.h"
#include "control/calls/internal.h"
#include "control/objects/objects.h"

/* One allocation of an ask. */
struct scratch {
	struct scratch *next;
	max_align_t bytes[];
};

int ask_fail(struct ask *a, int status, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	(void)vsnprintf(a->problem, sizeof a->problem, format, args); /* a long line is cut */
	va_end(args);
	return status;
}

void *ask_alloc(struct ask *a, size_t n)
{
	struct scratch *s = must(calloc(1, sizeof *s + n));

	s->next = a->scratch;
	a->scratch = s;
	return s->bytes;
}

struct ask *ask_new(struct calls *c, const struct store_user *who, const char *type, const char *id,
		    json_t *body, calls_answer_fn *done, void *arg)
{
	struct ask *a = must(calloc(1, sizeof *a));

	a->who = must(store_user_dup(who));
	a->calls = c;
	a->body = json_is_object(body) ? json_incref(body) : json_object();
	a->done = done;
	a->arg = arg;
	if (!calls_type_is_valid(c, type)) {
		a->status = ask_fail(a, -EINVAL,
				     "'%.64s' is not a call type; use default, audio_room, "
				     "livestream, development or one that the operator made.",
				     type);
	} else if (!calls_id_is_valid(id)) {
		a->status = ask_fail(a, -EINVAL,
				     "'%.80s' is not a call id: 1 to 64 of the characters A-Z a-z "
				     "0-9 _ - @ . are.",
				     id);
	} else { /* fits: both were checked */
		(void)snprintf(a->type, sizeof a->type, "%s", type);
		(void)snprintf(a->id, sizeof a->id, "%s", id);
		(void)snprintf(a->cid, sizeof a->cid, "%s:%s", type, id);
	}
	return a;
}

static void ask_free(struct ask *a)
{
	while (a->scratch) {
		struct scratch *next = a->scratch->next;

		free(a->scratch);
		a->scratch = next;
	}
	json_decref(a->body);
	json_decref(a->reply);
	json_decref(a->extra);
	free(a->who);
	free(a);
}

/* ---- the answer ---- */

static void fill_join(struct ask *a, const struct store_call *call, char *identity,
		      struct call_join *ret)
{
	unsigned rights = rights_on(a->calls->types, call, a->who);
	char random[16];

	rng_name(a->calls->rng, "", random, 13);
	(void)snprintf(identity, CALLS_IDENTITY_SIZE, "%s:%s", a->who->id,
		       random); /* fits: an id has 64 at most */
	*ret = (struct call_join){
		.call = call,
		.identity = identity,
		.kinds = rights & RIGHTS_SEND,
		.data = rights & (RIGHTS_SEND | RIGHT_SEND_EVENT),
		.hidden = a->who->role == ROLE_ANONYMOUS,
	};
}

static const char *problem_of(struct ask *a, int status)
{
	if (status == -ENOENT && !a->problem[0])
		(void)ask_fail(a, 0, "No call %s. Create it with join({create: true}).", a->cid);
	if (status == -ENXIO && !a->problem[0])
		(void)ask_fail(a, 0, "A user that is named does not exist here.");
	return a->problem[0] ? a->problem : NULL;
}

void ask_answer(struct ask *a, int status, const struct store_call *call)
{
	char identity[CALLS_IDENTITY_SIZE];
	struct call_join join;

	if (status == 0 && a->join)
		fill_join(a, call, identity, &join);
	if (status == 0 && !a->reply)
		a->reply = call_reply(a->calls, call, a->who);
	if (status == 0 && (a->join || a->tell_created))
		(void)json_object_set_new(a->reply, "created", json_boolean(a->created));
	const char *problem = problem_of(a, status);
	a->done(a->arg, status == -ENXIO ? -EINVAL : status, status < 0 ? problem : NULL,
		status == 0 ? a->reply : NULL, status == 0 && a->join ? &join : NULL);
	ask_free(a);
}

/* ---- the way ---- */

static void on_committed(void *arg, int status, const struct store_call *call, bool created)
{
	(void)created;
	ask_answer(arg, status, call);
}

/* The call may be read still: when the disk is full, only the next start hears of the mark. */
static void on_told(void *arg, int status, const struct store_call *call, bool created)
{
	struct ask *a = arg;

	(void)created;
	if (a->status < 0 || status == 0)
		ask_answer(a, a->status, call);
	else
		store_call_find(a->calls->store, a->cid, on_committed, a);
}

/* What was said is in the store's queue: the answer waits until it is on the disk (R31). */
static void finish(struct ask *a, int status, const struct store_call *call)
{
	if (status == 0 && a->verb->done)
		a->verb->done(a, call);
	a->status = status;
	if (a->untold)
		store_call_told(a->calls->store, a->cid, on_told, a);
	else if (status == 0 && !a->verb->reads)
		store_call_find(a->calls->store, a->cid, on_committed, a);
	else
		ask_answer(a, status, call);
}

static void on_changed(void *arg, int status, const struct store_call *call, bool created)
{
	(void)created;
	((struct ask *)arg)->untold = status == 0;
	finish(arg, status, call);
}

static int may(struct ask *a, const struct store_call *call)
{
	unsigned missing;

	a->rights = rights_on(a->calls->types, call, a->who);
	if (!(a->rights & RIGHT_READ))
		return -ENOENT; /* as if there were none (R26) */
	missing = a->verb->needs & ~a->rights;
	if (!missing)
		return 0;
	if (missing & RIGHT_JOIN && call->ended_at_us)
		return ask_fail(a, -EPERM, "The call %s has ended.", a->cid);
	if (missing & RIGHT_JOIN && call->backstage)
		return ask_fail(a, -EPERM, "The call %s is not live yet: it is backstage.", a->cid);
	return ask_fail(a, -EPERM, "You may not do that on %s: it needs the capability %s.", a->cid,
			right_name(missing & -missing));
}

void ask_go_on(struct ask *a, int status, const struct store_call *call)
{
	struct store_call_change change = { .cid = a->cid, .at_us = a->calls->wall_us() };

	if (a->status < 0)
		status = a->status;
	if (status == 0)
		status = may(a, call);
	if (status == 0 && a->verb->plan)
		status = a->verb->plan(a, call, &change);
	if (status == 0 && a->verb->changes) {
		store_call_change(a->calls->store, &change, on_changed, a);
		return;
	}
	if (status == 0 && a->verb->write) {
		a->verb->write(a, call);
		return;
	}
	finish(a, status, call);
}

static void on_found(void *arg, int status, const struct store_call *call, bool created)
{
	(void)created;
	ask_go_on(arg, status, call);
}

void ask_start(struct ask *a, const struct verb *verb)
{
	a->verb = verb;
	/* after an error: of the call "", which is none */
	store_call_find(a->calls->store, a->status < 0 ? "" : a->cid, on_found, a);
}

/* ---- what is in the body ---- */

bool ask_bool(struct ask *a, const char *name, bool *ret)
{
	const json_t *value = json_object_get(a->body, name);

	if (!value)
		return true;
	if (!json_is_boolean(value)) {
		(void)ask_fail(a, 0, "`%s` must be true or false.", name);
		return false;
	}
	*ret = json_is_true(value);
	return true;
}

bool ask_text(struct ask *a, const json_t *object, const char *name, size_t max, const char **ret)
{
	const json_t *value = json_object_get(object, name);

	if (!value)
		return true;
	if (!json_is_string(value) || json_string_length(value) > max ||
	    strlen(json_string_value(value)) != json_string_length(value)) {
		(void)ask_fail(a, 0, "`%s` must be a string of at most %zu bytes.", name, max);
		return false;
	}
	*ret = json_string_value(value);
	return true;
}

bool ask_device(struct ask *a, const char **ret)
{
	*ret = "";
	if (!ask_text(a, a->body, "device_id", RING_DEVICE_SIZE - 1, ret))
		return false;
	if ((*ret)[strspn(*ret,
			  "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-")]) {
		(void)ask_fail(a, 0, "`device_id` must be 1 to 64 of A-Z a-z 0-9 _ -.");
		return false;
	}
	return true;
}

static bool is_user_id(const char *text)
{
	size_t n = strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789@_-");

	return n >= 1 && n <= LIMIT_USER_ID && !text[n];
}

bool ask_user_id(struct ask *a, const char *name, const char **ret)
{
	*ret = "";
	if (!ask_text(a, a->body, name, LIMIT_USER_ID, ret))
		return false;
	if (!is_user_id(*ret)) {
		(void)ask_fail(a, 0, "`%s` must be a user id: 1 to 64 of a-z 0-9 @ _ -.", name);
		return false;
	}
	return true;
}

bool ask_custom(struct ask *a, const json_t *object, const char *name, const char **ret)
{
	const json_t *value = json_object_get(object, name);

	if (!value)
		return true;
	if (!json_is_object(value)) {
		(void)ask_fail(a, 0, "`%s` must be an object.", name);
		return false;
	}
	size_t n = json_dumpb(value, NULL, 0, JSON_COMPACT);
	if (n > LIMIT_CALL_CUSTOM) {
		(void)ask_fail(a, 0, "`%s` is too big: %zu bytes, at most %d are taken.", name, n,
			       LIMIT_CALL_CUSTOM);
		return false;
	}
	char *text = ask_alloc(a, n + 1);
	(void)json_dumpb(value, text, n, JSON_COMPACT);
	*ret = text;
	return true;
}

bool ask_time(struct ask *a, const json_t *object, const char *name, uint64_t *ret, bool *ret_there)
{
	const json_t *value = json_object_get(object, name);

	*ret_there = value;
	if (!value)
		return true;
	*ret = 0;
	if (!json_is_null(value) &&
	    (!json_is_string(value) || !object_time_parse(json_string_value(value), ret))) {
		(void)ask_fail(a, 0, "`%s` must be a time like 2026-11-22T10:00:00Z, or null.",
			       name);
		return false;
	}
	return true;
}

bool ask_settings(struct ask *a, const json_t *object, const char **ret)
{
	const json_t *value = json_object_get(object, "settings_override");

	if (!value)
		return true;
	if (!call_settings_check(value, a->problem))
		return false;
	size_t n = json_dumpb(value, NULL, 0, JSON_COMPACT);
	char *text = ask_alloc(a, n + 1);
	(void)json_dumpb(value, text, n, JSON_COMPACT);
	*ret = text;
	return true;
}

static bool read_member(struct ask *a, const json_t *item, unsigned own_rights,
			struct store_new_member *ret)
{
	const char *id = "", *role = "call_member";

	if (!json_is_object(item) || !ask_text(a, item, "user_id", LIMIT_USER_ID, &id) ||
	    !is_user_id(id)) {
		(void)ask_fail(a, 0, "Each member must be an object with a `user_id`.");
		return false;
	}
	if (!ask_text(a, item, "role", CALL_TYPE_NAME_MAX, &role))
		return false;
	if (!call_role_is_valid(role)) {
		(void)ask_fail(a, 0, "'%.40s' is not a role: 1 to 32 of a-z 0-9 _ -.", role);
		return false;
	}
	/* Nobody gives away what they do not have; sending may be switched off for all just now. */
	if (call_types_grants(a->calls->types, a->type, role) &
	    ~(own_rights | RIGHTS_SEND | RIGHT_JOIN)) {
		a->lost = true;
		(void)ask_fail(a, 0, "You may not give the role %s: it may do more than you.",
			       role);
		return false;
	}
	*ret = (struct store_new_member){ id, role, NULL };
	return ask_custom(a, item, "custom", &ret->custom);
}

bool ask_members(struct ask *a, const json_t *array, const char *name, unsigned own_rights,
		 const struct store_new_member **ret, size_t *ret_n)
{
	const json_t *item;
	size_t at, n = json_array_size(array);

	*ret = NULL;
	*ret_n = 0;
	if (!array)
		return true;
	if (!json_is_array(array) || n > LIMIT_CALL_MEMBERS) {
		(void)ask_fail(a, 0, "`%s` must be a list of at most %d members.", name,
			       LIMIT_CALL_MEMBERS);
		return false;
	}
	struct store_new_member *list = ask_alloc(a, (n + 1) * sizeof *list);
	json_array_foreach(array, at, item)
	{
		if (!read_member(a, item, own_rights, &list[at]))
			return false;
	}
	*ret = list;
	*ret_n = n;
	return true;
}
