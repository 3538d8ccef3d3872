/* SPDX-License-Identifier: Apache-2.0 */
/* /api/v1/push: this browser's notifications. A subscription belongs to the sign-in and ends with it. */
#include "control/push/push.h"

#include <string.h>

#include "control/auth/auth.h"
#include "control/control.h"
#include "control/http/access.h"
#include "control/http/handlers.h"

void http_push(struct http_req *req, struct control *control)
{
	http_reply_json(req, 200,
			json_pack("{s:s?}", "public_key", push_public_key(control->push)));
}

static void on_done(void *arg, int status)
{
	if (status == 0)
		http_reply_json(arg, 200, json_object());
	else
		access_answer_error(arg, status, "sign-in");
}

/* A string of the body as a whole, or "" (which no check lets pass, but for the language). */
static const char *text_of(const json_t *object, const char *name)
{
	const json_t *value = json_object_get(object, name);
	const char *text = json_string_value(value);

	return text && strlen(text) == json_string_length(value) ? text : "";
}

void http_push_subscribe(struct http_req *req, struct control *control)
{
	const json_t *body = http_body_json(req);
	const json_t *keys = json_object_get(body, "keys");
	const struct store_push push = { .user_id = access_user(req)->id,
					 .endpoint = text_of(body, "endpoint"),
					 .p256dh = text_of(keys, "p256dh"),
					 .auth = text_of(keys, "auth"),
					 .language = text_of(body, "language") };
	char key[AUTH_SESSION_KEY_SIZE];

	if (!body)
		return;
	if (!push_public_key(control->push)) {
		http_error(req, 400, 19, "This server sends no notifications (--no-push).");
		return;
	}
	const char *problem = push_problem(control->push, &push);
	if (problem) {
		http_error(req, 400, 4, "%s", problem);
		return;
	}
	auth_session_key(http_cookie(req, SESSION_COOKIE), key); /* the gate has seen it */
	push_subscribe(control->push, &push, key, on_done, req);
}

void http_push_unsubscribe(struct http_req *req, struct control *control)
{
	char key[AUTH_SESSION_KEY_SIZE];

	auth_session_key(http_cookie(req, SESSION_COOKIE), key);
	store_push_remove(control->store, key, on_done, req);
}
