/* SPDX-License-Identifier: Apache-2.0 */
/* GET and POST /api/v1/conversations/{id}/messages. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/limits.h"
#include "base/sb.h"
#include "control/chat/chat.h"
#include "control/control.h"
#include "control/http/access.h"
#include "control/http/handlers.h"
#include "control/http/message_args.h"
#include "control/support/support.h"
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
	switch (status) {
	case -EBADMSG: /* this text is part of the contract: clients take the word out of it */
		http_error(req, 400, 73, "The word '%s' is on the team's list; leave it out.",
			   message ? message->text : "");
		return;
	case -EACCES:
		http_error(req, 403, 17, "Private notes are the team's; leave `private` out.");
		return;
	case -EPERM:
		http_error(req, 403, 17, "Only its writer may change this message.");
		return;
	case -ETIMEDOUT:
		http_error(req, 403, 17, "The message is older than %d minutes; it stays as it is.",
			   CHAT_CHANGE_WINDOW_S / 60);
		return;
	case -ECONNREFUSED:
	case -ECONNABORTED:
		http_blocked_error(req, status);
		return;
	case -E2BIG:
		http_error(req, 400, 4, "At most %d attachments go with one message.",
			   LIMIT_ATTACHMENTS);
		return;
	case -EDQUOT:
		http_error(req, 429, 9, "The message has %d reactions; no more are taken.",
			   STORE_REACTIONS_MAX);
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
		access_answer_error(req, status, "conversation of this id, or message in it");
	}
}

static void refuse_slow(struct http_req *req, int64_t wait_us)
{
	char seconds[24];

	(void)snprintf(seconds, sizeof seconds, "%lld",
		       (long long)((wait_us + US_PER_S - 1) / US_PER_S));
	http_add_header(req, "retry-after", seconds);
	http_error(req, 429, 60,
		   "This conversation is in slow mode; your next message can go in %s seconds.",
		   seconds);
}

static void reply_message(struct http_req *req, int status, const struct store_message *message)
{
	struct sb text = { 0 };

	sb_puts(&text, "{\"message\":");
	object_message_write(&text, message);
	sb_puts(&text, "}");
	size_t n = text.len;
	http_reply_json_text(req, status, sb_steal(&text), n);
}

static void on_sent(void *arg, int status, const struct store_message *message, bool created,
		    int64_t cursor)
{
	struct http_req *req = arg;

	if (status == -EAGAIN)
		refuse_slow(req, cursor);
	else if (status < 0)
		http_message_error(req, status, message);
	else
		reply_message(req, created ? 201 : 200, message);
}

/* What is optional in a new message. False: refused already. */
static bool read_options(struct http_req *req, const json_t *body, struct chat_new_message *ret)
{
	const json_t *quoted = json_object_get(body, "quoted_message_id");
	const json_t *private = json_object_get(body, "private");

	if (quoted && (!json_is_integer(quoted) || json_integer_value(quoted) < 1)) {
		http_error(req, 400, 4, "`quoted_message_id` must be the id of a message.");
		return false;
	}
	if (private && !json_is_boolean(private)) {
		http_error(req, 400, 4, "`private` must be true or false.");
		return false;
	}
	ret->quoted_id = json_integer_value(quoted);
	ret->private = json_is_true(private);
	return true;
}

/* The ids of uploads, into `ids` (room for one more than are allowed). False: refused already. */
static bool read_attachments(struct http_req *req, const json_t *body, const char **ids,
			     struct chat_new_message *ret)
{
	const json_t *list = json_object_get(body, "attachments"), *id;
	size_t i;

	json_array_foreach(list, i, id)
	{
		if (i <= LIMIT_ATTACHMENTS)
			ids[i] = json_string_value(id);
		if (i <= LIMIT_ATTACHMENTS && !ids[i])
			break;
	}
	if (list && (!json_is_array(list) || i < json_array_size(list))) {
		http_error(req, 400, 4, "`attachments` must be a list of ids of uploaded files.");
		return false;
	}
	ret->attachments = ids;
	ret->attachment_count = json_array_size(list);
	return true;
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
	struct chat_new_message message = {
		.conversation_id = http_param(req, "id"),
		.text = text,
		.client_id = client_id,
		.slow_mode_s = support_hours(control->support)->slow_mode_s
	};
	const char *ids[LIMIT_ATTACHMENTS + 1] = { 0 };
	if (read_options(req, body, &message) && read_attachments(req, body, ids, &message) &&
	    http_may_write(req, control, WRITE_MESSAGE))
		chat_send(control->chat, access_user(req), &message, on_sent, req);
}
