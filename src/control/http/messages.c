/* SPDX-License-Identifier: Apache-2.0 */
/* GET and POST /api/v1/conversations/{id}/messages. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "control/chat/chat.h"
#include "control/control.h"
#include "control/http/access.h"
#include "control/http/handlers.h"
#include "control/ws/objects.h"

enum { PAGE_DEFAULT = 50 };

static void on_messages(void *arg, int status, const struct store_message *list, size_t n,
			bool has_more)
{
	struct http_req *req = arg;

	if (status < 0) {
		access_answer_error(req, status, "conversation of this id");
		return;
	}
	json_t *array = json_array();
	for (size_t i = 0; i < n; i++)
		(void)json_array_append_new(array, object_message(&list[i]));
	http_reply_json(req, 200,
			json_pack("{s:o, s:b}", "messages", array, "has_more", (int)has_more));
}

/* A whole number of the query between 1 and max; `absent` when it is not there. -1: refused
 * already. */
static int64_t number_argument(struct http_req *req, const char *name, int64_t absent, int64_t max)
{
	const char *text = http_query(req, name);
	size_t digits = text ? strspn(text, "0123456789") : 0;

	if (!text)
		return absent;
	long long value = digits > 0 && digits < 19 && text[digits] == '\0'
				  ? strtoll(text, NULL, 10)
				  : 0;
	if (value < 1 || value > max) {
		http_error(req, 400, 4, "`%s` must be a whole number from 1 to %lld.", name,
			   (long long)max);
		return -1;
	}
	return value;
}

void http_messages(struct http_req *req, struct control *control)
{
	int64_t before = number_argument(req, "before", 0, INT64_MAX);
	int64_t limit = before < 0 ? -1 : number_argument(req, "limit", PAGE_DEFAULT, LIMIT_PAGE);

	if (limit > 0)
		chat_history(control->chat, access_user(req), http_param(req, "id"), before,
			     (unsigned)limit, on_messages, req);
}

static void on_sent(void *arg, int status, const struct store_message *message, bool created,
		    int64_t cursor)
{
	struct http_req *req = arg;

	(void)cursor;
	switch (status) {
	case 0:
		http_reply_json(req, created ? 201 : 200,
				json_pack("{s:o}", "message", object_message(message)));
		return;
	case -EMSGSIZE:
		http_error(req, 413, 22, "The message is too long; at most %d bytes are taken.",
			   LIMIT_MESSAGE_TEXT);
		return;
	case -EINVAL:
		http_error(req, 400, 4,
			   "`text` is empty, or `client_id` is not 1 to %d printable ASCII "
			   "characters.",
			   CHAT_CLIENT_ID_MAX);
		return;
	default:
		access_answer_error(req, status, "conversation of this id");
	}
}

void http_message_send(struct http_req *req, struct control *control)
{
	const json_t *body = http_body_json(req);
	const char *text = json_string_value(json_object_get(body, "text"));
	const char *client_id = json_string_value(json_object_get(body, "client_id"));

	if (!body)
		return;
	if (!text) {
		http_error(req, 400, 4, "`text` must be a string.");
		return;
	}
	if (!client_id) {
		http_error(req, 400, 4,
			   "`client_id` must be a string that is new for each message: repeats are "
			   "not stored twice.");
		return;
	}
	chat_send(control->chat, access_user(req), http_param(req, "id"), text, client_id, on_sent,
		  req);
}
