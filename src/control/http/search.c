/* SPDX-License-Identifier: Apache-2.0 */
/* GET /api/v1/search: messages by their words, who wrote them, when, and with files or not. */
#include <string.h>

#include "control/chat/chat.h"
#include "control/control.h"
#include "control/http/access.h"
#include "control/http/handlers.h"
#include "control/objects/objects.h"

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

/* False: refused already. */
static bool read_time(struct http_req *req, const char *name, uint64_t *ret_us)
{
	const char *text = http_query(req, name);

	if (!text || object_time_parse(text, ret_us))
		return true;
	http_error(req, 400, 4, "`%s` must be a time like 2026-11-22T10:00:00Z.", name);
	return false;
}

void http_search(struct http_req *req, struct control *control)
{
	const char *has = http_query(req, "has");
	struct store_search search = { .words = http_query(req, "q"),
				       .conversation_id = http_query(req, "conversation"),
				       .user_id = http_query(req, "from"),
				       .files = has != NULL };

	if (!search.words || strlen(search.words) > WORDS_MAX) {
		http_error(req, 400, 4, "`q` must hold the words to look for, at most %d bytes.",
			   WORDS_MAX);
		return;
	}
	if (has && strcmp(has, "attachment") != 0) {
		http_error(req, 400, 4, "`has` can be `attachment`, and nothing else.");
		return;
	}
	if (read_time(req, "since", &search.since_us) && read_time(req, "until", &search.until_us))
		chat_search(control->chat, access_user(req), &search, on_found, req);
}
