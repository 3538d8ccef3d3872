/* SPDX-License-Identifier: Apache-2.0 */
/* What is read, given, and being written: POST /api/v1/conversations/{id}/read, unread, delivered, typing, viewing. */
#include "control/chat/channels.h"
#include "control/chat/chat.h"
#include "control/control.h"
#include "control/http/access.h"
#include "control/http/handlers.h"
#include "control/ws/objects.h"

static void on_marked(void *arg, int status, const struct store_read *read, unsigned changed)
{
	(void)changed;
	if (status < 0)
		access_answer_error(arg, status, "conversation of this id");
	else
		http_reply_json(arg, 200, json_pack("{s:o}", "read", object_read(read)));
}

/* The message that the body names; 0: refused already. */
static int64_t message_of(struct http_req *req, const json_t *body, const char *what)
{
	const json_t *id = json_object_get(body, "message_id");

	if (json_is_integer(id) && json_integer_value(id) > 0)
		return json_integer_value(id);
	if (body)
		http_error(req, 400, 4, "`message_id` must be the id of the %s.", what);
	return 0;
}

static void mark(struct http_req *req, struct control *control, bool read)
{
	int64_t id = message_of(req, http_body_json(req),
				read ? "last message that was read"
				     : "last message that was received");

	if (id && http_may_act(req, control))
		chat_mark(control->chat, access_user(req), http_param(req, "id"), id, read,
			  on_marked, req);
}

void http_read(struct http_req *req, struct control *control)
{
	mark(req, control, true);
}

static void on_unread(void *arg, int status, const struct store_unread *unread, bool changed)
{
	(void)changed;
	if (status < 0)
		access_answer_error(arg, status, "message of this id in this conversation");
	else
		http_reply_json(arg, 200, object_unread(unread));
}

void http_unread(struct http_req *req, struct control *control)
{
	int64_t message = message_of(req, http_body_json(req),
				     "first message that is unread again");
	int status = message ? chat_mark_unread(control->chat, access_user(req),
						http_param(req, "id"), message, on_unread, req)
			     : 0;
	if (status < 0)
		access_answer_error(req, status, "conversation of this id");
}

void http_delivered(struct http_req *req, struct control *control)
{
	mark(req, control, false);
}

void http_typing(struct http_req *req, struct control *control)
{
	const json_t *body = http_body_json(req);
	const json_t *typing = json_object_get(body, "typing");

	if (!body)
		return;
	if (!json_is_boolean(typing)) {
		http_error(req, 400, 4, "`typing` must be true or false.");
		return;
	}
	if (!http_may_act(req, control))
		return;
	int status = chat_typing(control->chat, access_user(req), http_param(req, "id"),
				 json_is_true(typing));
	if (status < 0)
		access_answer_error(req, status, "conversation of this id");
	else
		http_reply_json(req, 200, json_object());
}

void http_viewing(struct http_req *req, struct control *control)
{
	const json_t *body = http_body_json(req);
	const json_t *viewing = json_object_get(body, "viewing");

	if (!body)
		return;
	if (!json_is_boolean(viewing)) {
		http_error(req, 400, 4, "`viewing` must be true or false.");
		return;
	}
	int status = chat_viewing(control->chat, access_user(req), http_param(req, "id"),
				  json_is_true(viewing));
	if (status < 0) /* of a channel: there nobody is told who looks */
		access_answer_error(req, status, "customer's conversation of this id");
	else
		http_reply_json(req, 200, json_object());
}
