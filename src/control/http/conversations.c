/* SPDX-License-Identifier: Apache-2.0 */
/* GET /api/v1/conversations. */
#include <stdio.h>

#include "control/calls/calls.h"
#include "control/chat/chat.h"
#include "control/control.h"
#include "control/http/access.h"
#include "control/http/handlers.h"
#include "control/http/support_args.h"
#include "control/support/support.h"
#include "control/ws/hub.h"
#include "control/ws/objects.h"

struct listing {
	struct http_req *req;
	struct calls *calls;
	const struct hub *hub;
	const struct support *support;
};

static const struct call_state *live_call(struct calls *calls, const char *conversation_id)
{
	char cid[CALLS_CID_SIZE];

	(void)snprintf(cid, sizeof cid, "default:chat-%s", conversation_id);
	return calls_state_find(calls, cid);
}

static void on_list(void *arg, int status, const struct store_conversation *list, size_t n,
		    int64_t cursor)
{
	struct listing l = *(struct listing *)arg;

	free(arg);
	if (status < 0) {
		access_answer_error(l.req, status, "conversation");
		return;
	}
	const struct hours *hours = support_hours(l.support);
	json_t *array = json_array();
	bool team = access_user(l.req)->role == ROLE_ADMIN;
	for (size_t i = 0; i < n; i++)
		(void)json_array_append_new(
			array, object_conversation(&list[i], live_call(l.calls, list[i].id), team,
						   hours->receipts));
	json_t *answer = json_pack("{s:o, s:I, s:o}", "conversations", array, "cursor",
				   (json_int_t)cursor, "online",
				   hub_online(l.hub, access_user(l.req)));
	support_add_times(answer, l.support, !team);
	if (answer && !team && hours->slow_mode_s)
		(void)json_object_set_new(answer, "slow_mode_s",
					  json_integer((json_int_t)hours->slow_mode_s));
	http_reply_json(l.req, 200, answer);
}

void http_conversations(struct http_req *req, struct control *control)
{
	struct listing *l = malloc(sizeof *l);

	if (!l) {
		http_error(req, 500, -1, "Out of memory.");
		return;
	}
	*l = (struct listing){ .req = req,
			       .calls = control->calls,
			       .hub = control->hub,
			       .support = control->support };
	chat_list(control->chat, access_user(req), on_list, l);
}
