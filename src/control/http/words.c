/* SPDX-License-Identifier: Apache-2.0 */
/* /api/v1/words, for the team: words that are refused, or reported by themselves. */
#include "control/chat/wordlist.h"

#include "control/control.h"
#include "control/http/handlers.h"
#include "control/http/setting.h"
#include "control/ws/hub.h"

void http_words(struct http_req *req, struct control *control)
{
	http_reply_json(req, 200, chat_words_json(control->chat));
}

/* Told to the whole team, so that an open page shows what holds. */
static json_t *tell(struct control *control)
{
	const struct hub_audience team = { .admins = true };
	json_t *words = chat_words_json(control->chat);
	json_t *event = json_copy(words);

	if (event && json_object_set_new(event, "type", json_string("words.updated")) == 0)
		hub_publish(control->hub, &team, 0, event);
	json_decref(event);
	return words;
}

static void save(struct control *control, const struct store_user *by, const json_t *body,
		 char *ret_error, store_done_fn *done, void *arg)
{
	chat_words_set(control->chat, by, body, ret_error, done, arg);
}

void http_words_put(struct http_req *req, struct control *control)
{
	static const struct setting words = { .save = save, .tell = tell };

	http_setting_put(req, control, &words);
}

_Static_assert((int)CHAT_WORDS_ERROR <= (int)SETTING_ERROR, "what is wrong with words fits");
