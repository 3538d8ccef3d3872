/* SPDX-License-Identifier: Apache-2.0 */
/* /api/v1/words, for the team: words that are refused, or reported by themselves. */
#include "control/chat/wordlist.h"

#include <errno.h>
#include <stdlib.h>

#include "control/control.h"
#include "control/http/access.h"
#include "control/http/handlers.h"
#include "control/http/support_args.h"
#include "control/ws/hub.h"

void http_words(struct http_req *req, struct control *control)
{
	if (support_is_team(req))
		http_reply_json(req, 200, chat_words_json(control->chat));
}

struct saving {
	struct http_req *req;
	struct control *control;
	char error[CHAT_WORDS_ERROR];
};

/* Told to the whole team, so that an open page shows what holds. */
static void tell(struct control *control, const json_t *words)
{
	const struct hub_audience team = { .admins = true };
	json_t *event = json_copy((json_t *)(uintptr_t)words);

	if (event && json_object_set_new(event, "type", json_string("words.updated")) == 0)
		hub_publish(control->hub, &team, 0, event);
	json_decref(event);
}

static void on_saved(void *arg, int status)
{
	struct saving *s = arg;

	if (status == -EINVAL) {
		http_error(s->req, 400, 4, "%s", s->error);
	} else if (status < 0) {
		access_answer_error(s->req, status, "setting");
	} else {
		json_t *words = chat_words_json(s->control->chat);

		tell(s->control, words);
		http_reply_json(s->req, 200, words);
	}
	free(s);
}

void http_words_put(struct http_req *req, struct control *control)
{
	const json_t *body = support_is_team(req) ? http_body_json(req) : NULL;
	struct saving *s = body ? calloc(1, sizeof *s) : NULL;

	if (!body)
		return;
	if (!s)
		abort(); /* R61: a clean end and a restart */
	s->req = req;
	s->control = control;
	chat_words_set(control->chat, access_user(req), body, s->error, on_saved, s);
}
