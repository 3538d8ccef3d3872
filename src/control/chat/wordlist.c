/* SPDX-License-Identifier: Apache-2.0 */
#include "control/chat/wordlist.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/must.h"
#include "control/chat/private.h"
#include "control/chat/words.h"

#define SETTING "words"

static const struct {
	const char *name;
	enum words_action action;
} lists[] = { { "refuse", WORDS_REFUSE }, { "report", WORDS_REPORT } };

/* ---- as JSON ---- */

static int add_list(struct words *w, const json_t *list, const char *name, enum words_action action,
		    char ret_error[CHAT_WORDS_ERROR])
{
	const json_t *item;
	size_t i;

	json_array_foreach(list, i, item)
	{
		const char *text = json_string_value(item);
		/* a NUL inside would cut it */
		int status = text && strlen(text) == json_string_length(item)
				     ? words_add(w, text, action)
				     : -EINVAL;

		if (status == -E2BIG)
			(void)snprintf(ret_error, CHAT_WORDS_ERROR,
				       "At most %d words are taken in both lists; leave some out.",
				       LIMIT_WORDS);
		else if (status < 0)
			(void)snprintf(ret_error, CHAT_WORDS_ERROR,
				       "'%.80s' in `%s` is not one word of at most %d bytes; use "
				       "letters, digits and _ only.",
				       text ? text : "(not a string)", name, LIMIT_WORD);
		if (status < 0)
			return -EINVAL;
	}
	return 0;
}

/* NULL: why is in ret_error. */
static struct words *parse(const json_t *json, char ret_error[CHAT_WORDS_ERROR])
{
	struct words *w = words_new();

	for (size_t i = 0; i < countof(lists); i++) {
		const json_t *list = json_object_get(json, lists[i].name);

		if (!json_is_array(list))
			(void)snprintf(ret_error, CHAT_WORDS_ERROR, "`%s` must be a list of words.",
				       lists[i].name);
		if (!json_is_array(list) ||
		    add_list(w, list, lists[i].name, lists[i].action, ret_error) < 0)
			return words_free(w);
	}
	return w;
}

static json_t *words_json(const struct words *w)
{
	json_t *json = json_object();

	for (size_t i = 0; i < countof(lists); i++) {
		json_t *list = json_array();

		for (size_t at = 0; at < words_count(w); at++) {
			enum words_action action;
			const char *text = words_at(w, at, &action);

			if (action == lists[i].action)
				(void)json_array_append_new(list, json_string(text));
		}
		(void)json_object_set_new(json, lists[i].name, list);
	}
	return json;
}

json_t *chat_words_json(const struct chat *c)
{
	return words_json(c->words);
}

/* ---- another list ---- */

struct saving {
	struct chat *chat;
	struct words *words; /* owned */
	store_done_fn *done;
	void *arg;
};

static void on_saved(void *arg, int status)
{
	struct saving save = *(struct saving *)arg;

	free(arg);
	if (status == 0) {
		words_free(save.chat->words);
		save.chat->words = save.words;
	} else {
		words_free(save.words);
	}
	save.done(save.arg, status);
}

void chat_words_set(struct chat *c, const struct store_user *who, const json_t *list,
		    char ret_error[CHAT_WORDS_ERROR], store_done_fn *done, void *arg)
{
	struct words *words = parse(list, ret_error);

	if (!words) {
		done(arg, -EINVAL);
		return;
	}
	json_t *clean = words_json(words);
	autofree char *text = must(json_dumps(clean, JSON_COMPACT));
	struct saving *save = must(malloc(sizeof *save));
	json_decref(clean);
	*save = (struct saving){ .chat = c, .words = words, .done = done, .arg = arg };
	store_setting_put(c->store, SETTING, text,
			  &(struct store_deed){
				  .user_id = who->id, .at_us = c->wall_us(), .place = who->place },
			  on_saved, save);
}

static void on_loaded(void *arg, int status, const char *value)
{
	struct chat *c = arg;
	char error[CHAT_WORDS_ERROR] = "it is not JSON.";
	json_t *json = value ? json_loads(value, 0, NULL) : NULL;
	struct words *words = json ? parse(json, error) : NULL;

	c->words_status = status;
	if (words) {
		words_free(c->words);
		c->words = words;
	} else if (value) {
		log_error("chat", "the list of words is off: %s Save it again.", error);
	}
	json_decref(json);
}

int chat_words_load(struct chat *c)
{
	store_setting_get(c->store, SETTING, on_loaded, c);
	store_wait(c->store);
	return c->words_status;
}

/* ---- messages ---- */

enum words_action chat_words_check(const struct chat *c, const struct store_user *who,
				   const char *text, const char **ret_word)
{
	return who->role == ROLE_ADMIN ? WORDS_NOTHING : words_find(c->words, text, ret_word);
}
