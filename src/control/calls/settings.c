/* SPDX-License-Identifier: Apache-2.0 */
#include "control/calls/settings.h"

#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "control/calls/types.h"

enum kind { BOOL, NUMBER, WORD };

enum {
	WORDS_MAX = 4,
	SUPPORT_RING_MS = 45 * 1000,
	RING_MIN_MS = 5000,
	RING_MAX_MS = 180 * 1000,
	SIDE_MAX = 8192,
	BITRATE_MAX = 100 * 1000 * 1000,
	DURATION_MAX_S = 7 * 24 * 3600
};

/* One line a setting; numbers from min to max, or 0. The values are for default, audio_room,
 * livestream, development; a word's value is its place in `words`. */
static const struct setting {
	const char *group, *inner, *name; /* inner: an object in the group, or NULL */
	enum kind kind;
	json_int_t value[CALL_TYPES_BUILTIN];
	json_int_t min, max;
	const char *words[WORDS_MAX];
} table[] = {
	{ "audio", NULL, "access_request_enabled", BOOL, { 1, 1, 0, 1 } },
	{ "audio", NULL, "opus_dtx_enabled", BOOL, { 1, 1, 1, 1 } },
	{ "audio", NULL, "redundant_coding_enabled", BOOL, { 1, 1, 1, 1 } },
	{ "audio", NULL, "mic_default_on", BOOL, { 1, 0, 0, 1 } },
	{ "audio", NULL, "speaker_default_on", BOOL, { 1, 1, 1, 1 } },
	{ "audio", NULL, "default_device", WORD, { 0, 1, 1, 0 }, 0, 0, { "earpiece", "speaker" } },
	{ "backstage", NULL, "enabled", BOOL, { 0, 1, 1, 0 } },
	{ "video", NULL, "enabled", BOOL, { 1, 0, 1, 1 } },
	{ "video", NULL, "access_request_enabled", BOOL, { 1, 0, 0, 1 } },
	{ "video", NULL, "camera_default_on", BOOL, { 1, 0, 1, 1 } },
	{ "video",
	  NULL,
	  "camera_facing",
	  WORD,
	  { 0, 0, 0, 0 },
	  0,
	  0,
	  { "front", "back", "external" } },
	{ "video", "target_resolution", "width", NUMBER, { 2560, 2560, 1920, 1920 }, 16, SIDE_MAX },
	{ "video",
	  "target_resolution",
	  "height",
	  NUMBER,
	  { 1440, 1440, 1080, 1080 },
	  16,
	  SIDE_MAX },
	{ "video",
	  "target_resolution",
	  "bitrate",
	  NUMBER,
	  { 5000000, 5000000, 3000000, 3000000 },
	  10000,
	  BITRATE_MAX },
	{ "screensharing", NULL, "enabled", BOOL, { 1, 0, 1, 1 } },
	{ "screensharing", NULL, "access_request_enabled", BOOL, { 1, 0, 0, 1 } },
	{ "ring",
	  NULL,
	  "incoming_call_timeout_ms",
	  NUMBER,
	  { 15000, 0, 0, 15000 },
	  RING_MIN_MS,
	  RING_MAX_MS },
	{ "ring",
	  NULL,
	  "auto_cancel_timeout_ms",
	  NUMBER,
	  { 15000, 0, 0, 15000 },
	  RING_MIN_MS,
	  RING_MAX_MS },
	{ "ring",
	  NULL,
	  "missed_call_timeout_ms",
	  NUMBER,
	  { 15000, 0, 0, 15000 },
	  RING_MIN_MS,
	  RING_MAX_MS },
	{ "ring", NULL, "reject_when_busy", BOOL, { 1, 1, 1, 1 } },
	{ "limits", NULL, "max_participants", NUMBER, { 0, 0, 0, 0 }, 1, 500 },
	{ "limits", NULL, "max_duration_seconds", NUMBER, { 0, 0, 0, 0 }, 1, DURATION_MAX_S },
};

/* The object that holds the setting; made when missing if `make`. Borrowed. */
static json_t *holder(json_t *settings, const struct setting *s, bool make)
{
	const char *const path[] = { s->group, s->inner };
	json_t *at = settings;

	for (size_t i = 0; i < countof(path) && path[i]; i++) {
		json_t *next = json_object_get(at, path[i]);

		if (!next && make) {
			next = json_object();
			(void)json_object_set_new(at, path[i], next);
		}
		at = next;
	}
	return at;
}

/* A support desk answers more slowly than a friend does. */
static bool is_ring_time(const struct setting *s)
{
	return strcmp(s->group, "ring") == 0 && s->kind == NUMBER;
}

json_t *settings_builtin(size_t type, const char *conversation_id)
{
	json_t *settings = json_object();

	for (size_t i = 0; i < countof(table); i++) {
		const struct setting *s = &table[i];
		json_int_t value = conversation_id && is_ring_time(s) ? SUPPORT_RING_MS
								      : s->value[type];
		json_t *json = s->kind == BOOL	 ? json_boolean(value)
			       : s->kind == WORD ? json_string(s->words[value])
						 : json_integer(value);

		(void)json_object_set_new(holder(settings, s, true), s->name, json);
	}
	return settings;
}

bool call_setting_is_on(const json_t *settings, const char *group, const char *name)
{
	return json_is_true(json_object_get(json_object_get(settings, group), name));
}

json_int_t call_setting_number(const json_t *settings, const char *group, const char *name)
{
	return json_integer_value(json_object_get(json_object_get(settings, group), name));
}

/* ---- what clients say ---- */

static bool is_word_of(const struct setting *s, const json_t *value)
{
	for (size_t i = 0; json_is_string(value) && i < WORDS_MAX && s->words[i]; i++)
		if (strcmp(s->words[i], json_string_value(value)) == 0)
			return true;
	return false;
}

static bool check_value(const struct setting *s, const json_t *value, char *ret_problem)
{
	json_int_t n = json_integer_value(value);
	int at = snprintf(ret_problem, CALL_PROBLEM_MAX, "`settings_override.%s.%s%s%s` ", s->group,
			  s->inner ? s->inner : "", s->inner ? "." : "", s->name);
	char *rest = ret_problem + at;
	size_t room = CALL_PROBLEM_MAX - (size_t)at;

	switch (s->kind) {
	case BOOL:
		(void)snprintf(rest, room, "must be true or false.");
		return json_is_boolean(value);
	case WORD:
		(void)snprintf(rest, room, "must be one of %s, %s%s%s.", s->words[0], s->words[1],
			       s->words[2] ? ", " : "", s->words[2] ? s->words[2] : "");
		return is_word_of(s, value);
	case NUMBER:
	default:
		(void)snprintf(rest, room, "must be 0 or a whole number from %lld to %lld.",
			       (long long)s->min, (long long)s->max);
		return json_is_integer(value) && (n == 0 || (n >= s->min && n <= s->max));
	}
}

static const struct setting *find(const char *group, const char *inner, const char *name)
{
	for (size_t i = 0; i < countof(table); i++)
		if (strcmp(table[i].group, group) == 0 && strcmp(table[i].name, name) == 0 &&
		    (inner ? table[i].inner && strcmp(table[i].inner, inner) == 0
			   : !table[i].inner))
			return &table[i];
	return NULL;
}

static bool has_inner(const char *group, const char *inner)
{
	for (size_t i = 0; i < countof(table); i++)
		if (strcmp(table[i].group, group) == 0 && table[i].inner &&
		    strcmp(table[i].inner, inner) == 0)
			return true;
	return false;
}

static bool is_group(const char *name)
{
	for (size_t i = 0; i < countof(table); i++)
		if (strcmp(table[i].group, name) == 0)
			return true;
	return false;
}

static bool check_object(const json_t *object, const char *group, const char *inner,
			 char *ret_problem)
{
	const char *name;
	json_t *value;

	if (!json_is_object(object)) {
		(void)snprintf(ret_problem, CALL_PROBLEM_MAX,
			       "`settings_override.%.32s` must be an object.",
			       inner ? inner : group);
		return false;
	}
	json_object_foreach((json_t *)(uintptr_t)object, name, value)
	{
		const struct setting *s = find(group, inner, name);

		if (s && check_value(s, value, ret_problem))
			continue;
		if (!s && !inner && has_inner(group, name) &&
		    check_object(value, group, name, ret_problem))
			continue;
		if (!s && (inner || !has_inner(group, name)))
			(void)snprintf(ret_problem, CALL_PROBLEM_MAX,
				       "There is no setting `%.32s.%.32s`.", group, name);
		return false;
	}
	return true;
}

bool call_settings_check(const json_t *settings, char ret_problem[CALL_PROBLEM_MAX])
{
	const char *group;
	json_t *value;

	if (!json_is_object(settings)) {
		(void)snprintf(ret_problem, CALL_PROBLEM_MAX,
			       "`settings_override` must be an object of groups of settings.");
		return false;
	}
	json_object_foreach((json_t *)(uintptr_t)settings, group, value)
	{
		if (!is_group(group)) {
			(void)snprintf(ret_problem, CALL_PROBLEM_MAX,
				       "There is no group of settings `%.32s`.", group);
			return false;
		}
		if (!check_object(value, group, NULL, ret_problem))
			return false;
	}
	ret_problem[0] = '\0';
	return true;
}
