/* SPDX-License-Identifier: Apache-2.0 */
/* The operator's call types: kept in the store, and in memory from the start on. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/must.h"
#include "control/calls/internal.h"
#include "control/objects/objects.h"

struct type_ask {
	struct calls *calls;
	char name[CALL_TYPE_NAME_MAX + 1];
	int status;
	const char *problem;
	char text[CALL_PROBLEM_MAX];
	json_t *settings, *grants; /* own references */
	bool deletes;
	calls_answer_fn *done;
	void *arg;
};

static void finish(struct type_ask *t, int status)
{
	json_t *reply = status == 0
				? json_pack("{s:o}", "call_types", call_types_json(t->calls->types))
				: NULL;

	t->done(t->arg, status, t->text[0] ? t->text : NULL, reply, NULL);
	json_decref(reply);
	json_decref(t->settings);
	json_decref(t->grants);
	free(t);
}

static void on_stored(void *arg, int status)
{
	struct type_ask *t = arg;

	if (t->status < 0)
		status = t->status;
	else if (status == 0 && t->deletes)
		call_types_delete(t->calls->types, t->name);
	else if (status == 0 && t->settings)
		(void)call_types_put(t->calls->types, t->name, t->settings,
				     t->grants); /* there was room */
	if (status == 0)
		live_type_changed(t->calls, t->name);
	finish(t, status);
}

static int __attribute__((format(printf, 3, 4)))
fail(struct type_ask *t, int status, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	(void)vsnprintf(t->text, sizeof t->text, format, args);
	va_end(args);
	return status;
}

static struct type_ask *type_ask_new(struct calls *c, const struct store_user *who,
				     const char *name, calls_answer_fn *done, void *arg)
{
	struct type_ask *t = must(calloc(1, sizeof *t));

	*t = (struct type_ask){ .calls = c, .done = done, .arg = arg };
	if (who->role != ROLE_ADMIN)
		t->status = fail(t, -EPERM, "Call types are for admins only.");
	else if (!call_type_name_is_valid(name))
		t->status = fail(t, -EINVAL,
				 "'%.40s' is not a name of a call type: 1 to 32 of a-z 0-9 _ -.",
				 name);
	else
		(void)snprintf(t->name, sizeof t->name, "%s", name);
	return t;
}

/* Answers later also when there is nothing to ask. */
static void answer_later(struct type_ask *t)
{
	store_call_type_delete(t->calls->store, "", on_stored, t);
}

static void on_listed(void *arg, int status, const struct store_call_type *list, size_t n)
{
	struct type_ask *t = arg;

	(void)list, (void)n;
	finish(t, t->status < 0 ? t->status : status);
}

void calls_type_list(struct calls *c, const struct store_user *who, calls_answer_fn *done,
		     void *arg)
{
	store_call_type_list(c->store, on_listed, type_ask_new(c, who, "default", done, arg));
}

void calls_type_put(struct calls *c, const struct store_user *who, const char *name, json_t *body,
		    calls_answer_fn *done, void *arg)
{
	struct type_ask *t = type_ask_new(c, who, name, done, arg);
	json_t *settings = json_object_get(body, "settings"),
	       *grants = json_object_get(body, "grants");

	t->settings = settings ? json_deep_copy(settings) : json_object();
	t->grants = grants ? json_deep_copy(grants) : json_object();
	if (t->status == 0 &&
	    (!call_settings_check(t->settings, t->text) || !call_grants_check(t->grants, t->text)))
		t->status = -EINVAL;
	if (t->status == 0 && !call_types_has(c->types, name) && call_types_full(c->types))
		t->status = fail(t, -EINVAL, "There are %d call types already.", CALL_TYPES_MAX);
	if (t->status < 0) {
		answer_later(t);
		return;
	}
	autofree char *settings_text = must(json_dumps(t->settings, JSON_COMPACT));
	autofree char *grants_text = must(json_dumps(t->grants, JSON_COMPACT));
	store_call_type_put(c->store,
			    &(struct store_call_type){ .name = t->name,
						       .settings = settings_text,
						       .grants = grants_text,
						       .updated_at_us = c->wall_us() },
			    on_stored, t);
}

void calls_type_delete(struct calls *c, const struct store_user *who, const char *name,
		       calls_answer_fn *done, void *arg)
{
	struct type_ask *t = type_ask_new(c, who, name, done, arg);

	t->deletes = true;
	if (t->status < 0)
		answer_later(t);
	else
		store_call_type_delete(c->store, t->name, on_stored, t);
}
