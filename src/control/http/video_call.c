/* SPDX-License-Identifier: Apache-2.0 */
/* The token service: GET and POST /api/video-call, POST /api/video-call/token (M4-M9). */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/limits.h"
#include "control/auth/auth.h"
#include "control/calls/calls.h"
#include "control/control.h"
#include "control/http/access.h"
#include "control/http/handlers.h"
#include "control/http/rate.h"
#include "control/support/support.h"

/* Public configuration only: never the secret (M7, M8). */
void http_config(struct http_req *req, struct control *control)
{
	json_t *types = json_array();

	for (const char *const *type = calls_types(control->calls); *type; type++)
		(void)json_array_append_new(types, json_string(*type));
	json_t *limits = json_pack("{s:i, s:i, s:i}", "message_bytes", LIMIT_MESSAGE_TEXT, "page",
				   LIMIT_PAGE, "participants_per_call", (int)control->room_limit);
	http_reply_json(req, 200,
			json_pack("{s:s, s:o, s:o}", "apiKey", auth_keys(control->auth)->api_key,
				  "callTypes", types, "limits", limits));
}

void http_user_token(struct http_req *req, struct control *control)
{
	const struct store_user *who = access_user(req);
	const json_t *body = http_body_json(req);
	const json_t *user_id = json_object_get(body, "userId");
	autofree char *token = NULL;
	char id[USER_ID_SIZE];

	if (!body)
		return;
	if (!json_is_string(user_id)) {
		http_error(req, 400, 4,
			   "`userId` must be a string: the id of the user who is signed in.");
		return;
	}
	if (rate_take(control->token_rate, who->id, 1, clock_now_us())) {
		http_add_header(req, "retry-after", "10");
		http_error(req, 429, 9,
			   "Too many tokens were asked for; a token lives one hour, keep it.");
		return;
	}

	switch (auth_user_token(control->auth, who, json_string_value(user_id), &token, id)) {
	case 0:
		http_add_header(req, "cache-control", "no-store");
		http_reply_json(req, 200, json_pack("{s:s, s:s}", "token", token, "userId", id));
		return;
	case -EINVAL:
	case -ENAMETOOLONG:
		http_error(req, 400, 4,
			   "`userId` has none or more than 64 of the characters a-z 0-9 @ _ -.");
		return;
	case -EPERM:
		support_audit(control->support, who->id, who->place, "token.refuse",
			      strlen(json_string_value(user_id)) <= LIMIT_USER_ID
				      ? json_string_value(user_id)
				      : NULL,
			      NULL);
		http_error(req, 403, 17,
			   "You are signed in as '%s'; a token for another user is not given.",
			   who->id);
		return;
	default:
		http_error(req, 500, -1, "Out of memory.");
	}
}
