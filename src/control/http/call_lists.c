/* SPDX-License-Identifier: Apache-2.0 */
/* Lists of calls, call types, and guests: /api/v1/calls, /api/v1/calltypes, /api/v1/guest. */
#include <errno.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/limits.h"
#include "control/auth/auth.h"
#include "control/control.h"
#include "control/http/access.h"
#include "control/http/call_answer.h"
#include "control/http/handlers.h"
#include "control/http/rate.h"
#include "control/objects/objects.h"

void http_calls_query(struct http_req *req, struct control *control)
{
	json_t *body = http_body_json(req);

	if (body)
		calls_query(control->calls, access_user(req), body, call_answer, req);
}

void http_call_types(struct http_req *req, struct control *control)
{
	calls_type_list(control->calls, access_user(req), call_answer, req);
}

void http_call_type_put(struct http_req *req, struct control *control)
{
	json_t *body = http_body_json(req);

	if (body)
		calls_type_put(control->calls, access_user(req), http_param(req, "name"), body,
			       call_answer_audited, call_audited(req, control, "calltype.save"));
}

void http_call_type_delete(struct http_req *req, struct control *control)
{
	calls_type_delete(control->calls, access_user(req), http_param(req, "name"),
			  call_answer_audited, call_audited(req, control, "calltype.delete"));
}

/* ---- guests ---- */

static void on_guest(void *arg, int status, const struct store_user *user, const char *token)
{
	struct http_req *req = arg;

	if (status == -EINVAL)
		http_error(req, 400, 4,
			   "`user.name` must be one line of at most %d bytes, `user.image` an "
			   "https:// address.",
			   LIMIT_USER_NAME);
	else if (status < 0)
		access_answer_error(req, status, "guest");
	else
		http_reply_json(req, 201,
				json_pack("{s:o, s:s}", "user", object_user(user), "token", token));
}

void http_guest(struct http_req *req, struct control *control)
{
	const json_t *body = http_body_json(req);
	const json_t *user = json_object_get(body, "user");
	const json_t *id = json_object_get(user, "id"), *name = json_object_get(user, "name"),
		     *image = json_object_get(user, "image");

	if (!body)
		return;
	if (control->no_guests) {
		http_error(req, 403, 17,
			   "This server takes no guests. Ask for an account, or have the operator "
			   "start it without --no-guests.");
		return;
	}
	if (!json_is_string(name) || (id && !json_is_string(id)) ||
	    (image && !json_is_string(image))) {
		http_error(req, 400, 4,
			   "`user.name` must be a string; `user.id` and `user.image` are strings, "
			   "too, when given.");
		return;
	}
	if (rate_take(control->guest_rate, http_place(req), 1, clock_now_us())) {
		http_add_header(req, "retry-after", "10");
		http_error(req, 429, 9, "Too many guests come from your address; wait a little.");
		return;
	}
	auth_guest_create(control->auth, json_string_value(id), json_string_value(name),
			  json_string_value(image), on_guest, req);
}
