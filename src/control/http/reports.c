/* SPDX-License-Identifier: Apache-2.0 */
/* POST …/messages/{message}/report; for the team GET /api/v1/reports and POST …/{message}/close. */
#include "control/chat/reports.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/must.h"
#include "control/chat/channels.h"
#include "control/control.h"
#include "control/http/access.h"
#include "control/http/handlers.h"
#include "control/http/message_args.h"
#include "control/http/support_args.h"
#include "control/objects/objects.h"

/* ---- one more ---- */

static void on_reported(void *arg, int status)
{
	struct http_req *req = arg;

	if (status == 0 || status == -EEXIST)
		http_reply_json(req, status == 0 ? 201 : 200,
				json_pack("{s:b}", "created", status == 0));
	else if (status == -EPERM)
		http_error(req, 400, 4, "The server wrote this line; nobody can report it.");
	else if (status == -EINVAL)
		http_error(req, 400, 4, "You wrote this message; delete it instead.");
	else if (status == -EDQUOT)
		http_error(req, 429, 9,
			   "%d of your reports are open; the team looks at those first.",
			   LIMIT_REPORTS);
	else
		access_answer_error(req, status, "message of this id in this conversation");
}

void http_report(struct http_req *req, struct control *control)
{
	const json_t *body = http_body_json(req);
	int64_t id = body ? http_message_id(req) : 0;
	const char *reason = id ? support_text(req, body, "reason", CHAT_REPORT_REASON_MAX, "")
				: NULL;

	if (reason && http_may_write(req, control, WRITE_MESSAGE))
		chat_report(control->chat, access_user(req), http_param(req, "id"), id, reason,
			    on_reported, req);
}

/* ---- the list ---- */

struct listing {
	struct http_req *req;
	struct control *control;
};

/* Where it was written, in a way that also those can read who are no members. */
static json_t *object_where(const struct chat *chat, const struct store_user *who,
			    const struct store_reported *r)
{
	const char *id = r->message.conversation_id, *type = "support";
	const struct store_channel *channel = chat_channel_find(chat, id);
	json_t *names = json_array();

	if (channel)
		type = channel->type;
	if (!channel)
		(void)json_array_append_new(names,
					    json_string(r->customer_name ? r->customer_name : id));
	else if (channel->name)
		(void)json_array_append_new(names, json_string(channel->name));
	else
		for (size_t i = 0; i < channel->member_count; i++)
			(void)json_array_append_new(names,
						    json_string(channel->members[i].user.name));
	return json_pack("{s:s, s:s, s:o, s:b}", "id", id, "type", type, "names", names,
			 "open_to_you", (int)chat_open_to(chat, who, id));
}

static json_t *object_report(const struct store_report *r)
{
	json_t *o = json_pack("{s:s, s:o}", "reason", r->reason, "created_at",
			      object_time(r->created_at_us));

	if (o && r->user.id)
		(void)json_object_set_new(o, "user", object_user(&r->user));
	if (o && r->word)
		(void)json_object_set_new(o, "word", json_string(r->word));
	return o;
}

static json_t *object_reported(const struct chat *chat, const struct store_user *who,
			       const struct store_reported *r)
{
	json_t *reports = json_array();

	for (size_t i = 0; i < r->report_count; i++)
		(void)json_array_append_new(reports, object_report(&r->reports[i]));
	return json_pack("{s:o, s:s, s:o, s:o}", "message", object_message(&r->message), "text",
			 r->text, "conversation", object_where(chat, who, r), "reports", reports);
}

static void on_list(void *arg, int status, const struct store_reported *list, size_t n,
		    int64_t open)
{
	struct listing l = *(struct listing *)arg;
	json_t *reported = json_array();

	free(arg);
	for (size_t i = 0; i < n; i++)
		(void)json_array_append_new(
			reported, object_reported(l.control->chat, access_user(l.req), &list[i]));
	if (status == 0) {
		http_reply_json(
			l.req, 200,
			json_pack("{s:o, s:I}", "reported", reported, "open", (json_int_t)open));
		return;
	}
	json_decref(reported);
	access_answer_error(l.req, status, "report");
}

void http_reports(struct http_req *req, struct control *control)
{
	const char *count = http_query(req, "count");

	struct listing *l = must(malloc(sizeof *l));
	*l = (struct listing){ .req = req, .control = control };
	chat_reported_list(control->chat, count && strcmp(count, "only") == 0, on_list, l);
}

/* ---- looked at ---- */

static void on_closed(void *arg, int status, const struct store_message *message, bool removed,
		      int64_t cursor)
{
	(void)message, (void)cursor;
	if (status < 0)
		access_answer_error(arg, status, "open report of this message");
	else
		http_reply_json(arg, 200, json_pack("{s:b}", "deleted", (int)removed));
}

void http_report_close(struct http_req *req, struct control *control)
{
	const json_t *body = http_body_json(req);
	const json_t *remove = json_object_get(body, "delete_message");
	int64_t id = body ? http_message_id(req) : 0;

	if (id == 0)
		return;
	if (remove && !json_is_boolean(remove))
		http_error(req, 400, 4, "`delete_message` must be true or false.");
	else
		chat_report_close(control->chat, access_user(req), id, json_is_true(remove),
				  on_closed, req);
}
