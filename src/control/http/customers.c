/* SPDX-License-Identifier: Apache-2.0 */
/* What the team sees of a customer: GET and PATCH /api/v1/customers/{id}; what a customer's client says: POST /api/v1/seen. */
#include <errno.h>
#include <string.h>

#include "base/clock.h"
#include "base/utf8.h"
#include "control/control.h"
#include "control/http/access.h"
#include "control/http/handlers.h"
#include "control/http/support_args.h"
#include "control/objects/objects.h"
#include "store/support.h"

enum { NOTES_MAX = 4000, PAGE_MAX = 500, TITLE_MAX = 200, AGENT_MAX = 300, TAG_MAX = 64 };

static json_t *cases_json(const struct store_customer *c)
{
	json_t *list = json_array();

	for (size_t i = 0; i < c->case_count; i++) {
		const struct store_case *one = &c->cases[i];
		json_t *o = json_pack("{s:I, s:o, s:o, s:o}", "id", (json_int_t)one->id,
				      "opened_at", object_time(one->opened_at_us), "replied_at",
				      object_maybe_time(one->replied_at_us), "resolved_at",
				      object_maybe_time(one->resolved_at_us));

		if (one->resolved_by)
			(void)json_object_set_new(o, "resolved_by", json_string(one->resolved_by));
		if (one->rating)
			(void)json_object_set_new(o, "rating", json_integer(one->rating));
		if (one->comment)
			(void)json_object_set_new(o, "comment", json_string(one->comment));
		(void)json_array_append_new(list, o);
	}
	return list;
}

static void set_text(json_t *o, const char *name, const char *text)
{
	if (text && *text)
		(void)json_object_set_new(o, name, json_string(text));
}

json_t *object_customer(const struct store_customer *c)
{
	json_t *calls = json_array();

	for (size_t i = 0; i < c->card_count; i++)
		(void)json_array_append_new(calls, object_stored(c->cards[i]));
	json_t *o = json_pack("{s:o, s:o, s:o, s:o, s:s, s:o, s:o, s:o, s:I}", "user",
			      object_user(&c->user), "created_at",
			      object_time(c->user.created_at_us), "first_seen_at",
			      object_maybe_time(c->first_seen_us), "last_seen_at",
			      object_maybe_time(c->last_seen_us), "notes", c->notes, "notes_at",
			      object_maybe_time(c->notes_at_us), "cases", cases_json(c), "calls",
			      calls, "message_count", (json_int_t)c->message_count);
	if (!o)
		return NULL;
	set_text(o, "notes_by", c->notes_by);
	set_text(o, "page", c->seen.page);
	set_text(o, "title", c->seen.title);
	set_text(o, "agent", c->seen.agent);
	set_text(o, "language", c->seen.language);
	set_text(o, "time_zone", c->seen.time_zone);
	return o;
}

static void on_customer(void *arg, int status, const struct store_customer *customer)
{
	if (status < 0)
		access_answer_error(arg, status, "customer of this id");
	else
		http_reply_json(arg, 200,
				json_pack("{s:o}", "customer", object_customer(customer)));
}

void http_customer(struct http_req *req, struct control *control)
{
	store_customer_find(control->store, http_param(req, "id"), on_customer, req);
}

void http_customer_note(struct http_req *req, struct control *control)
{
	const json_t *body = http_body_json(req);
	const char *notes = body ? support_text(req, body, "notes", NOTES_MAX, NULL) : NULL;

	const struct store_deed by = access_deed(req);
	if (notes)
		store_customer_note(control->store, http_param(req, "id"), notes, &by, on_customer,
				    req);
}

/* ---- what the customer's client says: taken as text, never believed ---- */

/* Only addresses that the team may follow without harm. */
static bool is_page(const char *page)
{
	return !*page || strncmp(page, "https://", 8) == 0 || strncmp(page, "http://", 7) == 0;
}

static bool is_tag(const char *text)
{
	return strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_+-/") ==
	       strlen(text);
}

static bool is_shown(const char *text)
{
	if (!utf8_is_valid(text, strlen(text)))
		return false;
	for (; *text; text++)
		if ((unsigned char)*text < ' ' || *text == 0x7f)
			return false;
	return true;
}

static void on_seen(void *arg, int status)
{
	if (status < 0 && status != -ENOENT)
		access_answer_error(arg, status, "conversation");
	else
		http_reply_json(arg, 200, json_object()); /* who has no conversation is not kept */
}

void http_seen(struct http_req *req, struct control *control)
{
	const json_t *body = http_body_json(req);
	const char *agent = http_header(req, "user-agent");
	char cut[AGENT_MAX + 1] = "";
	struct store_seen seen = { 0 };

	seen.page = body ? support_text(req, body, "page", PAGE_MAX, "") : NULL;
	seen.title = seen.page ? support_text(req, body, "title", TITLE_MAX, "") : NULL;
	seen.language = seen.title ? support_text(req, body, "language", TAG_MAX, "") : NULL;
	seen.time_zone = seen.language ? support_text(req, body, "time_zone", TAG_MAX, "") : NULL;
	if (!seen.time_zone)
		return;
	if (!is_page(seen.page) || !is_shown(seen.page) || !is_shown(seen.title) ||
	    !is_tag(seen.language) || !is_tag(seen.time_zone)) {
		http_error(req, 400, 4,
			   "`page` must begin with https:// or http://, and `language` and "
			   "`time_zone` must be names like de-AT and Europe/Vienna.");
		return;
	}
	if (agent && is_shown(agent) && strlen(agent) <= AGENT_MAX)
		(void)strcpy(cut, agent);
	seen.agent = cut;
	store_customer_seen(control->store, access_user(req)->id, &seen, clock_wall_us(), on_seen,
			    req);
}
