/* SPDX-License-Identifier: Apache-2.0 */
/* PATCH and DELETE of one message, and its reactions. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/must.h"
#include "control/chat/chat.h"
#include "control/control.h"
#include "control/http/access.h"
#include "control/http/handlers.h"
#include "control/http/message_args.h"
#include "control/support/support.h"
#include "control/ws/objects.h"

int64_t http_message_id(struct http_req *req)
{
	const char *text = http_param(req, "message");
	size_t digits = strspn(text, "0123456789");
	long long id = digits > 0 && digits < 19 && text[digits] == '\0' ? strtoll(text, NULL, 10)
									 : 0;

	if (id < 1)
		http_error(req, 400, 4, "'%.40s' is not a message id; it is a whole number.", text);
	return id < 1 ? 0 : id;
}

static void on_changed(void *arg, int status, const struct store_message *message, bool changed,
		       int64_t cursor)
{
	struct http_req *req = arg;

	(void)changed;
	(void)cursor;
	if (status < 0)
		http_message_error(req, status, message);
	else
		http_reply_json(req, 200, json_pack("{s:o}", "message", object_message(message)));
}

void http_message_edit(struct http_req *req, struct control *control)
{
	const json_t *body = http_body_json(req);
	const char *text = json_string_value(json_object_get(body, "text"));
	int64_t id = body ? http_message_id(req) : 0;

	if (id == 0)
		return;
	if (!text)
		http_error(req, 400, 4, "`text` must be a string.");
	else if (http_may_write(req, control, WRITE_CHANGE))
		chat_edit(control->chat, access_user(req), http_param(req, "id"), id, text,
			  on_changed, req);
}

struct deleting {
	struct http_req *req;
	struct control *control;
};

/* Who deletes what somebody else wrote answers for it (product 2.2). */
static void on_deleted(void *arg, int status, const struct store_message *message, bool changed,
		       int64_t cursor)
{
	struct deleting d = *(struct deleting *)arg;

	free(arg);
	if (status == 0 && changed && strcmp(message->user.id, access_user(d.req)->id) != 0) {
		char id[24];

		(void)snprintf(id, sizeof id, "%lld", (long long)message->id);
		support_audit(d.control->support, access_user(d.req)->id, http_peer(d.req),
			      "message.delete", message->conversation_id, id);
	}
	on_changed(d.req, status, message, changed, cursor);
}

void http_message_delete(struct http_req *req, struct control *control)
{
	int64_t id = http_message_id(req);
	bool may = id && http_may_write(req, control, WRITE_CHANGE);

	if (!may)
		return;
	struct deleting *d = must(malloc(sizeof *d));
	*d = (struct deleting){ .req = req, .control = control };
	chat_delete(control->chat, access_user(req), http_param(req, "id"), id, on_deleted, d);
}

static void on_reacted(void *arg, int status, const struct store_message *message, bool changed,
		       int64_t cursor)
{
	if (status == -EINVAL)
		http_error(arg, 400, 4,
			   "`type` must be an emoji or a name: 1 to %d bytes without blanks.",
			   CHAT_REACTION_MAX);
	else
		on_changed(arg, status, message, changed, cursor);
}

void http_reaction_add(struct http_req *req, struct control *control)
{
	const json_t *body = http_body_json(req);
	const char *type = json_string_value(json_object_get(body, "type"));
	int64_t id = body ? http_message_id(req) : 0;

	if (id && http_may_write(req, control, WRITE_CHANGE))
		chat_react(control->chat, access_user(req), http_param(req, "id"), id,
			   type ? type : "", true, on_reacted, req);
}

void http_reaction_delete(struct http_req *req, struct control *control)
{
	int64_t id = http_message_id(req);

	if (id && http_may_write(req, control, WRITE_CHANGE))
		chat_react(control->chat, access_user(req), http_param(req, "id"), id,
			   http_param(req, "reaction"), false, on_reacted, req);
}
