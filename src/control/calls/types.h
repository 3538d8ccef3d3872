/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Call types: default settings and what each role may do. Four are built in; the operator changes
 * those and adds own ones. Settings are JSON; the table in types.c says which there are. Loop's
 * thread only.
 */
#pragma once

#include <jansson.h>
#include <stdbool.h>

#include "store/store.h"

struct call_types;

enum { CALL_TYPES_MAX = 100, CALL_PROBLEM_MAX = 256, CALL_TYPE_NAME_MAX = 32 };

/* NULL without memory. */
struct call_types *call_types_new(void);
struct call_types *call_types_free(struct call_types *t);

/* Adds or replaces what the operator says of a type: JSON objects, checked. False: no room. */
bool call_types_put(struct call_types *t, const char *name, json_t *settings, json_t *grants);
/* The built-in one is as it was, an own one is gone. */
void call_types_delete(struct call_types *t, const char *name);

bool call_types_full(const struct call_types *t);
bool call_types_has(const struct call_types *t, const char *name);
bool call_type_is_builtin(const char *name);
bool call_type_name_is_valid(const char *name); /* of an own one */

/* A new reference: an array of {name, settings, grants, builtin}. */
json_t *call_types_json(const struct call_types *t);

/* The names of all, or of those whose calls anybody may find; NULL-terminated, until the next change. */
const char *const *call_types_names(const struct call_types *t);
const char *const *call_types_public(const struct call_types *t);

/* enum call_right bits of a role; 0 for an unknown one. */
unsigned call_types_grants(const struct call_types *t, const char *type, const char *role);

/* What holds on a call: built-in < type < conversation < override. A new reference. */
json_t *call_types_settings(const struct call_types *t, const struct store_call *call);
json_t *call_types_settings_of(const struct call_types *t, const char *type,
			       const char *conversation_id, const json_t *override);

/* Of checked settings. */
bool call_setting_is_on(const json_t *settings, const char *group, const char *name);
json_int_t call_setting_number(const json_t *settings, const char *group, const char *name);

/* Whether these are settings (some of them); else the sentence says what is wrong. */
bool call_settings_check(const json_t *settings, char ret_problem[CALL_PROBLEM_MAX]);
bool call_grants_check(const json_t *grants, char ret_problem[CALL_PROBLEM_MAX]);

/* [a-z0-9_-]{1,32}, of a member */
bool call_role_is_valid(const char *role);
