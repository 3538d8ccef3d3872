/* SPDX-License-Identifier: Apache-2.0 */
#include "control/calls/types.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "control/calls/rights.h"
#include "control/calls/settings.h"

/* ---- what roles may do ---- */

enum {
	SEE = RIGHT_JOIN | RIGHT_READ | RIGHT_REACT,
	TALK = SEE | RIGHTS_SEND | RIGHT_SEND_EVENT,
	MODERATE = TALK | RIGHT_MUTE | RIGHT_PERMISSIONS | RIGHT_BLOCK | RIGHT_KICK |
		   RIGHT_JOIN_BACKSTAGE | RIGHT_UPDATE_MEMBER | RIGHT_REMOVE_MEMBER,
	HOST = MODERATE | RIGHT_CREATE | RIGHT_UPDATE | RIGHT_UPDATE_SETTINGS | RIGHT_END |
	       RIGHT_JOIN_ENDED,
};

struct grant {
	const char *role;
	unsigned rights;
};

enum { ROLES = 8 };

static const struct {
	const char *name;
	bool is_public; /* anybody may find its calls by a query */
	struct grant grants[ROLES];
} builtin[CALL_TYPES_BUILTIN] = {
	[TYPE_DEFAULT] = { "default",
			   false,
			   { { "user", TALK | RIGHT_CREATE },
			     { "guest", TALK },
			     { "anonymous", SEE },
			     { "call_member", TALK },
			     { "speaker", TALK },
			     { "moderator", MODERATE },
			     { "host", HOST },
			     { "admin", RIGHTS_ALL } } },
	[TYPE_AUDIO_ROOM] = { "audio_room",
			      true,
			      { { "user", SEE | RIGHT_CREATE | RIGHT_SEND_EVENT },
				{ "guest", SEE },
				{ "anonymous", SEE },
				{ "call_member", SEE | RIGHT_SEND_EVENT },
				{ "speaker", SEE | RIGHT_SEND_AUDIO | RIGHT_SEND_EVENT },
				{ "moderator", MODERATE },
				{ "host", HOST },
				{ "admin", RIGHTS_ALL } } },
	[TYPE_LIVESTREAM] = { "livestream",
			      true,
			      { { "user", SEE | RIGHT_CREATE | RIGHT_SEND_EVENT },
				{ "guest", SEE },
				{ "anonymous", SEE },
				{ "call_member", SEE | RIGHT_SEND_EVENT },
				{ "speaker", TALK },
				{ "moderator", MODERATE },
				{ "host", HOST },
				{ "admin", RIGHTS_ALL } } },
	[TYPE_DEVELOPMENT] = { "development",
			       false,
			       { { "user", RIGHTS_ALL },
				 { "guest", RIGHTS_ALL },
				 { "anonymous", SEE },
				 { "call_member", RIGHTS_ALL },
				 { "speaker", RIGHTS_ALL },
				 { "moderator", RIGHTS_ALL },
				 { "host", RIGHTS_ALL },
				 { "admin", RIGHTS_ALL } } },
};

/* ---- the types there are ---- */

struct own_type {
	char name[CALL_TYPE_NAME_MAX + 1];
	json_t *settings, *grants;
};

struct call_types {
	struct own_type own[CALL_TYPES_MAX]; /* own ones, and changes to the built-in ones */
	size_t own_count;
	const char *names[CALL_TYPES_MAX + CALL_TYPES_BUILTIN + 1];
	const char *public[CALL_TYPES_BUILTIN + 1];
};

/* An own type that is not built in is like `default` where it says nothing else. */
static size_t base_of(const char *name)
{
	for (size_t i = 0; i < countof(builtin); i++)
		if (strcmp(builtin[i].name, name) == 0)
			return i;
	return TYPE_DEFAULT;
}

bool call_type_is_builtin(const char *name)
{
	return strcmp(builtin[base_of(name)].name, name) == 0;
}

static const struct own_type *own_find(const struct call_types *t, const char *name)
{
	for (size_t i = 0; i < t->own_count; i++)
		if (strcmp(t->own[i].name, name) == 0)
			return &t->own[i];
	return NULL;
}

static void list_names(struct call_types *t)
{
	size_t n = 0, public = 0;

	for (size_t i = 0; i < countof(builtin); i++) {
		t->names[n++] = builtin[i].name;
		if (builtin[i].is_public)
			t->public[public ++] = builtin[i].name;
	}
	for (size_t i = 0; i < t->own_count; i++)
		if (!call_type_is_builtin(t->own[i].name))
			t->names[n++] = t->own[i].name;
	t->names[n] = t->public[public] = NULL;
}

struct call_types *call_types_new(void)
{
	struct call_types *t = calloc(1, sizeof *t);

	if (t)
		list_names(t);
	return t;
}

struct call_types *call_types_free(struct call_types *t)
{
	for (size_t i = 0; t && i < t->own_count; i++) {
		json_decref(t->own[i].settings);
		json_decref(t->own[i].grants);
	}
	free(t);
	return NULL;
}

bool call_types_put(struct call_types *t, const char *name, json_t *settings, json_t *grants)
{
	struct own_type *own = (struct own_type *)(uintptr_t)own_find(t, name);

	if (!own) {
		if (t->own_count == CALL_TYPES_MAX || strlen(name) > CALL_TYPE_NAME_MAX)
			return false;
		own = &t->own[t->own_count++];
		*own = (struct own_type){ 0 };
		strcpy(own->name, name);
	}
	json_decref(own->settings);
	json_decref(own->grants);
	own->settings = json_incref(settings);
	own->grants = json_incref(grants);
	list_names(t);
	return true;
}

void call_types_delete(struct call_types *t, const char *name)
{
	struct own_type *own = (struct own_type *)(uintptr_t)own_find(t, name);

	if (!own)
		return;
	json_decref(own->settings);
	json_decref(own->grants);
	size_t at = (size_t)(own - t->own);
	memmove(own, own + 1, (t->own_count - at - 1) * sizeof *own);
	t->own_count--;
	list_names(t);
}

bool call_types_full(const struct call_types *t)
{
	return t->own_count == CALL_TYPES_MAX;
}

bool call_types_has(const struct call_types *t, const char *name)
{
	return call_type_is_builtin(name) || own_find(t, name);
}

static bool is_word(const char *text, size_t max)
{
	size_t n = strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789_-");

	return n >= 1 && n <= max && !text[n];
}

bool call_type_name_is_valid(const char *name)
{
	return is_word(name, CALL_TYPE_NAME_MAX);
}

bool call_role_is_valid(const char *role)
{
	return is_word(role, CALL_TYPE_NAME_MAX);
}

const char *const *call_types_names(const struct call_types *t)
{
	return t->names;
}

const char *const *call_types_public(const struct call_types *t)
{
	return t->public;
}

unsigned call_types_grants(const struct call_types *t, const char *type, const char *role)
{
	const struct own_type *own = own_find(t, type);
	const json_t *said = own ? json_object_get(own->grants, role) : NULL;
	const struct grant *grants = builtin[base_of(type)].grants;
	unsigned rights = 0;

	if (said)
		return rights_parse(said, &rights) ? rights : 0;
	for (size_t i = 0; i < ROLES && grants[i].role; i++)
		if (strcmp(grants[i].role, role) == 0)
			return grants[i].rights;
	return 0;
}

static json_t *grants_json(const struct call_types *t, const char *type)
{
	const struct own_type *own = own_find(t, type);
	json_t *all = json_object();
	const char *role;
	json_t *said;

	for (size_t i = 0; i < ROLES; i++)
		(void)json_object_set_new(
			all, builtin[0].grants[i].role,
			rights_json(call_types_grants(t, type, builtin[0].grants[i].role)));
	json_object_foreach(own ? own->grants : NULL, role, said)(void)
		json_object_set(all, role, said);
	return all;
}

json_t *call_types_json(const struct call_types *t)
{
	json_t *list = json_array();

	for (const char *const *name = t->names; *name; name++)
		(void)json_array_append_new(
			list, json_pack("{s:s, s:o, s:o, s:b}", "name", *name, "settings",
					call_types_settings_of(t, *name, NULL, NULL), "grants",
					grants_json(t, *name), "builtin",
					(int)call_type_is_builtin(*name)));
	return list;
}

json_t *call_types_settings_of(const struct call_types *t, const char *type,
			       const char *conversation_id, const json_t *override)
{
	const struct own_type *own = own_find(t, type);
	json_t *settings = settings_builtin(base_of(type), conversation_id);

	/* merging objects fails for lack of memory only: then what was there holds */
	if (own)
		(void)json_object_update_recursive(settings, own->settings);
	if (override)
		(void)json_object_update_recursive(settings, (json_t *)(uintptr_t) override);
	return settings;
}

json_t *call_types_settings(const struct call_types *t, const struct store_call *call)
{
	json_t *override = call->settings ? json_loads(call->settings, 0, NULL) : NULL;
	json_t *settings = call_types_settings_of(t, call->type, call->conversation_id, override);

	json_decref(override);
	return settings;
}

bool call_grants_check(const json_t *grants, char ret_problem[CALL_PROBLEM_MAX])
{
	const char *role;
	json_t *list;
	unsigned rights;

	if (!json_is_object(grants)) {
		(void)snprintf(ret_problem, CALL_PROBLEM_MAX,
			       "`grants` must be an object: role to list of capabilities.");
		return false;
	}
	json_object_foreach((json_t *)(uintptr_t)grants, role,
			    list) if (!call_role_is_valid(role) || !rights_parse(list, &rights))
	{
		(void)snprintf(ret_problem, CALL_PROBLEM_MAX,
			       "`grants.%.32s` is not a role (a-z 0-9 _ -) with a list of "
			       "capabilities.",
			       role);
		return false;
	}
	return true;
}
