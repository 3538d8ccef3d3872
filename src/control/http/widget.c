/* SPDX-License-Identifier: Apache-2.0 */
/* POST /api/v1/widget/session: who is before the widget; GET /api/v1/widget/team: who is behind it (docs/widget.md). */
#include <errno.h>

#include "base/clock.h"
#include "base/limits.h"
#include "control/auth/customers.h"
#include "control/control.h"
#include "control/http/access.h"
#include "control/http/handlers.h"
#include "control/http/rate.h"
#include "control/http/support_args.h"
#include "control/objects/objects.h"
#include "control/ws/hub.h"

static void on_customer(void *arg, const struct customer_reply *reply)
{
	struct http_req *req = arg;

	if (reply->status == -EACCES) {
		http_error(req, 403, 17,
			   "The hash is not this user's. It is HMAC-SHA256 in hex over `id`, keyed "
			   "with what `confab widget secret` prints.");
	} else if (reply->status == -EINVAL) {
		http_error(req, 400, 4,
			   "`id` must have 1 to %d bytes, `name` one line of at most %d, `image` "
			   "an https:// address.",
			   CUSTOMER_RAW_ID_MAX, LIMIT_USER_NAME);
	} else if (reply->status < 0) {
		access_answer_error(req, reply->status, "account");
	} else {
		json_t *body = json_pack("{s:o, s:s}", "user", object_user(reply->user), "token",
					 reply->token);
		if (reply->key)
			(void)json_object_set_new(body, "key", json_string(reply->key));
		http_reply_json(req, reply->created ? 201 : 200, body);
	}
}

/* Text, or absent; anything else is refused. */
static bool is_text(const json_t *member, bool needed)
{
	return member ? json_is_string(member) : !needed;
}

static void find_customer(struct http_req *req, struct control *control, const json_t *customer)
{
	const json_t *id = json_object_get(customer, "id"),
		     *hash = json_object_get(customer, "hash"),
		     *name = json_object_get(customer, "name"),
		     *image = json_object_get(customer, "image");

	if (!is_text(id, true) || !is_text(hash, true) || !is_text(name, false) ||
	    !is_text(image, false)) {
		http_error(req, 400, 4,
			   "`customer` needs the texts `id` and `hash`; `name` and `image` may be "
			   "given. A user id that is a number must be sent as text.");
		return;
	}
	customer_find(control->auth, json_string_value(id), json_string_value(hash),
		      json_string_value(name), json_string_value(image), on_customer, req);
}

static void find_visitor(struct http_req *req, struct control *control, const json_t *visitor)
{
	const json_t *id = json_object_get(visitor, "id"), *key = json_object_get(visitor, "key"),
		     *name = json_object_get(visitor, "name");

	if (!is_text(id, false) || !is_text(key, false) || !is_text(name, false) || !id != !key) {
		http_error(
			req, 400, 4,
			"`visitor` has the texts `id` and `key` of an earlier visit, or a `name` "
			"at most.");
		return;
	}
	if (id) {
		customer_find_visitor(control->auth, json_string_value(id), json_string_value(key),
				      on_customer, req);
		return;
	}
	if (rate_take(control->guest_rate, http_place(req), 1, clock_now_us())) {
		http_add_header(req, "retry-after", "10");
		http_error(req, 429, 9, "Too many visitors come from your address; wait a little.");
		return;
	}
	customer_new_visitor(control->auth, json_string_value(name), on_customer, req);
}

void http_widget_session(struct http_req *req, struct control *control)
{
	const json_t *body = http_body_json(req);
	const json_t *customer = json_object_get(body, "customer"),
		     *visitor = json_object_get(body, "visitor");

	if (!body)
		return;
	if (json_is_object(customer) && !visitor)
		find_customer(req, control, customer);
	else if (json_is_object(visitor) && !customer)
		find_visitor(req, control, visitor);
	else
		http_error(req, 400, 4, "Send an object `visitor` or an object `customer`.");
}

/* For passers-by, who have no account: what stands over the chat of everybody who has one. */
void http_widget_team(struct http_req *req, struct control *control)
{
	json_t *online = hub_online(control->hub, &(struct store_user){ .role = ROLE_USER });
	json_t *answer = json_pack("{s:b}", "online", (int)(json_array_size(online) > 0));

	json_decref(online);
	support_add_times(answer, control->support, true);
	http_reply_json(req, 200, answer);
}
