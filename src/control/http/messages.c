/* SPDX-License-Identifier: Apache-2.0 */
/* GET and POST /api/v1/conversations/{id}/messages; what sending is, is in message_send.c. */
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/sb.h"
#include "control/chat/chat.h"
#include "control/control.h"
#include "control/http/access.h"
#include "control/http/handlers.h"
#include "control/http/message_args.h"
#include "control/http/message_send.h"
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

int64_t http_number_argument(struct http_req *req, const char *name, int64_t absent, int64_t max)
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
	int64_t before = http_number_argument(req, "before", 0, INT64_MAX);
	int64_t after = before < 0 ? -1 : http_number_argument(req, "after", 0, INT64_MAX);
	int64_t limit = after < 0 ? -1
				  : http_number_argument(req, "limit", PAGE_DEFAULT, LIMIT_PAGE);

	if (limit < 0)
		return;
	if (before && after) {
		http_error(req, 400, 4, "`before` and `after` cannot both be given; use one.");
		return;
	}
	chat_history(control->chat, access_user(req), http_param(req, "id"), before, after,
		     (unsigned)limit, on_messages, req);
}

void http_message_error(struct http_req *req, int status, const struct store_message *message)
{
	struct refusal r;

	message_refusal(status, message, http_path(req), &r);
	http_refuse(req, &r);
}

static void on_sent(void *arg, const struct message_reply *reply)
{
	struct http_req *req = arg;
	struct sb text = { 0 };

	if (reply->refused) {
		http_refuse(req, reply->refused);
		return;
	}
	sb_puts(&text, "{\"message\":");
	object_message_write(&text, reply->message);
	sb_puts(&text, "}");
	size_t n = text.len;
	http_reply_json_text(req, reply->created ? 201 : 200, sb_steal(&text), n);
}

void http_message_send(struct http_req *req, struct control *control)
{
	const struct message_writer who = { .user = access_user(req), .place = http_place(req) };
	const json_t *body = http_body_json(req);

	if (body)
		message_send(control, &who, http_param(req, "id"), body, on_sent, req);
}
