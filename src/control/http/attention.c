/* SPDX-License-Identifier: Apache-2.0 */
/* What is read, given, and being written: POST /api/v1/conversations/{id}/read, delivered, typing, viewing. */
#include <errno.h>

#include "control/chat/chat.h"
#include "control/control.h"
#include "control/http/access.h"
#include "control/http/handlers.h"
#include "control/http/support_args.h"
#include "control/ws/objects.h"

static void on_marked(void *arg, int status, const struct store_read *read, bool changed)
{
	(void)changed;
	if (status < 0)
		access_answer_error(arg, status, "conversation of this id");
	else
		http_reply_json(arg, 200, json_pack("{s:o}", "read", object_read(read)));
}

static void mark(struct http_req *req, struct control *control, bool read)
{
	const json_t *body = http_body_json(req);
	const json_t *id = json_object_get(body, "message_id");

	if (!body)
		return;
	if (!json_is_integer(id) || json_integer_value(id) < 1)
		http_error(req, 400, 4,
			   "`message_id` must be the id of the last message that was %s.",
			   read ? "read" : "received");
	else
		chat_mark(control->chat, access_user(req), http_param(req, "id"),
			  json_integer_value(id), read, on_marked, req);
}

void http_read(struct http_req *req, struct control *control)
{
	mark(req, control, true);
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
	int status = chat_typing(control->chat, access_user(req), http_param(req, "id"),
				 json_is_true(typing));
	if (status < 0)
		access_answer_error(req, status, "conversation of this id");
	else
		http_reply_json(req, 200, json_object());
}

void http_viewing(struct http_req *req, struct control *control)
{
	const char *id = http_param(req, "id");
	const json_t *body = support_is_team_of(req, id) ? http_body_json(req) : NULL;
	const json_t *viewing = json_object_get(body, "viewing");

	if (!body)
		return;
	if (!json_is_boolean(viewing)) {
		http_error(req, 400, 4, "`viewing` must be true or false.");
		return;
	}
	(void)chat_viewing(control->chat, access_user(req), id, json_is_true(viewing));
	http_reply_json(req, 200, json_object());
}
