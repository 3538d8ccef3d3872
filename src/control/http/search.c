/* SPDX-License-Identifier: Apache-2.0 */
/* GET /api/v1/search: messages by their words. */
#include <string.h>

#include "control/chat/chat.h"
#include "control/control.h"
#include "control/http/access.h"
#include "control/http/handlers.h"
#include "control/ws/objects.h"

enum { WORDS_MAX = 200 };

static void on_found(void *arg, int status, const struct store_message *list, size_t n,
		     bool has_more)
{
	struct http_req *req = arg;
	json_t *array = json_array();

	if (status < 0) {
		json_decref(array);
		access_answer_error(req, status, "conversation of this id");
		return;
	}
	for (size_t i = 0; i < n; i++)
		(void)json_array_append_new(array, object_message(&list[i]));
	http_reply_json(req, 200,
			json_pack("{s:o, s:b}", "messages", array, "has_more", (int)has_more));
}

void http_search(struct http_req *req, struct control *control)
{
	const char *words = http_query(req, "q");

	if (!words || strlen(words) > WORDS_MAX)
		http_error(req, 400, 4, "`q` must hold the words to look for, at most %d bytes.",
			   WORDS_MAX);
	else
		chat_search(control->chat, access_user(req), http_query(req, "conversation"), words,
			    on_found, req);
}
