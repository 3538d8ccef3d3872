/* SPDX-License-Identifier: Apache-2.0 */
/* PATCH /api/v1/conversations/{id}: status, priority, assignee, labels; …/rating; GET /api/v1/team. */
#include "control/support/support.h"

#include <errno.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/limits.h"
#include "control/chat/chat.h"
#include "control/control.h"
#include "control/http/access.h"
#include "control/http/handlers.h"
#include "control/http/support_args.h"
#include "control/objects/objects.h"

const char *support_problem(int status)
{
	switch (status) {
	case -ERANGE:
		_Static_assert(SUPPORT_SNOOZE_DAYS == 366, "the text says so");
		return "`snoozed_until` must be a time to come, at most 366 days away.";
	case -E2BIG:
		_Static_assert(LIMIT_LABELS_PUT == 20, "the text says so");
		return "At most 20 labels go on one conversation; take one away first.";
	case -ENXIO:
		return "`assignee_id` is not somebody of the team, or `labels` names a label that "
		       "does not exist.";
	default:
		return NULL;
	}
}

static void answer_error(struct http_req *req, int status)
{
	const char *problem = support_problem(status);

	if (problem)
		http_error(req, 400, 4, "%s", problem);
	else
		access_answer_error(req, status, "conversation of this id");
}

void support_add_times(json_t *answer, const struct support *support, bool customer)
{
	const struct hours *hours = support_hours(support);
	const char *usual = customer ? support_usual_reply(support) : NULL;

	if (hours->enabled)
		(void)json_object_set_new(answer, "hours", support_hours_now(hours));
	if (usual)
		(void)json_object_set_new(answer, "usual_reply", json_string(usual));
}

const char *support_text(struct http_req *req, const json_t *body, const char *name, size_t max,
			 const char *absent)
{
	const json_t *member = json_object_get(body, name);
	const char *text = member ? json_string_value(member) : absent;

	/* a NUL inside would cut it */
	if (!text || strlen(text) > max || (member && json_string_length(member) != strlen(text))) {
		http_error(req, 400, 4, "`%s` must be a text of at most %zu bytes.", name, max);
		return NULL;
	}
	return text;
}

static void on_state(void *arg, int status, const struct store_support *state)
{
	if (status < 0)
		answer_error(arg, status);
	else
		http_reply_json(arg, 200,
				json_pack("{s:o}", "support", object_support(state, true)));
}

/* ---- the change ---- */

static bool read_status(struct http_req *req, const json_t *body, struct store_support_change *ret)
{
	const json_t *value = json_object_get(body, "status");
	const char *text = json_string_value(value);

	if (!value)
		return true;
	if (!text || !support_status_parse(text, &ret->status)) {
		http_error(req, 400, 4, "`status` must be open, pending, snoozed or resolved.");
		return false;
	}
	ret->fields |= CHANGE_STATUS;
	const char *until = json_string_value(json_object_get(body, "snoozed_until"));
	if (ret->status == SUPPORT_SNOOZED &&
	    (!until || !object_time_parse(until, &ret->snoozed_until_us))) {
		http_error(req, 400, 4,
			   "`snoozed_until` must say until when, like 2026-01-31T09:00:00Z.");
		return false;
	}
	return true;
}

static bool read_priority(struct http_req *req, const json_t *body,
			  struct store_support_change *ret)
{
	const json_t *value = json_object_get(body, "priority");
	const char *text = json_string_value(value);

	if (!value)
		return true;
	if (!text || !support_priority_parse(text, &ret->priority)) {
		http_error(req, 400, 4, "`priority` must be low, normal, high or urgent.");
		return false;
	}
	ret->fields |= CHANGE_PRIORITY;
	return true;
}

static bool read_assignee(struct http_req *req, const json_t *body,
			  struct store_support_change *ret)
{
	const json_t *value = json_object_get(body, "assignee_id");

	if (!value)
		return true;
	if (!json_is_null(value) && !json_is_string(value)) {
		http_error(req, 400, 4,
			   "`assignee_id` must be the id of somebody of the team, or null.");
		return false;
	}
	ret->assignee_id = json_string_value(value);
	ret->fields |= CHANGE_ASSIGNEE;
	return true;
}

/* One of the three ways, at most. */
static bool read_labels(struct http_req *req, const json_t *body, int64_t *ids,
			struct store_support_change *ret)
{
	static const struct {
		const char *name;
		enum store_support_field field;
	} ways[] = { { "labels", CHANGE_LABELS },
		     { "add_labels", CHANGE_LABELS_PUT },
		     { "remove_labels", CHANGE_LABELS_TAKE } };
	const json_t *list = NULL, *id;
	size_t i, way = 0;

	for (i = 0; i < countof(ways); i++) {
		const json_t *one = json_object_get(body, ways[i].name);

		if (one && list) {
			http_error(req, 400, 4, "`%s` and `%s` cannot both be given; use one.",
				   ways[way].name, ways[i].name);
			return false;
		}
		if (one) {
			list = one;
			way = i;
		}
	}
	if (!list)
		return true;
	json_array_foreach(list, i, id)
	{
		if (i >= LIMIT_LABELS_PUT || !json_is_integer(id))
			break;
		ids[i] = json_integer_value(id);
	}
	if (!json_is_array(list) || i < json_array_size(list)) {
		http_error(req, 400, 4, "`%s` must be a list of at most %d ids of labels.",
			   ways[way].name, LIMIT_LABELS_PUT);
		return false;
	}
	ret->labels = ids;
	ret->label_count = i;
	ret->fields |= ways[way].field;
	return true;
}

bool support_read_change(struct http_req *req, const json_t *body, int64_t labels[LIMIT_LABELS_PUT],
			 struct store_support_change *ret)
{
	return read_status(req, body, ret) && read_priority(req, body, ret) &&
	       read_assignee(req, body, ret) && read_labels(req, body, labels, ret);
}

void http_support_change(struct http_req *req, struct control *control)
{
	const json_t *body = http_body_json(req);
	struct store_support_change change = { .conversation_id = http_param(req, "id") };
	int64_t labels[LIMIT_LABELS_PUT];

	if (body && support_read_change(req, body, labels, &change))
		support_change(control->support, access_user(req), &change, on_state, req);
}

/* ---- the customer's answer ---- */

static void on_rated(void *arg, int status, const struct store_support *state)
{
	if (status == -EINVAL)
		http_error(arg, 400, 4,
			   "`rating` must be 1 to 5, or 0 to skip, and `comment` at most %d bytes.",
			   SUPPORT_COMMENT_MAX);
	else if (status < 0)
		access_answer_error(arg, status, "question of this number");
	else
		http_reply_json(arg, 200,
				json_pack("{s:o}", "support", object_support(state, false)));
}

void http_support_rate(struct http_req *req, struct control *control)
{
	const json_t *body = http_body_json(req);
	const char *id = http_param(req, "id");
	const json_t *question = json_object_get(body, "question"),
		     *rating = json_object_get(body, "rating");

	if (!body)
		return;
	const char *comment = support_text(req, body, "comment", SUPPORT_COMMENT_MAX, "");
	if (!comment)
		return;
	if (!json_is_integer(question) || !json_is_integer(rating))
		http_error(req, 400, 4, "`question` and `rating` must be whole numbers.");
	else
		support_rate(control->support, access_user(req), id, json_integer_value(question),
			     json_integer_value(rating), comment, on_rated, req);
}

/* ---- who the team is ---- */

static void on_team(void *arg, int status, const struct store_user *users, size_t n)
{
	json_t *list = json_array();

	for (size_t i = 0; i < n; i++)
		(void)json_array_append_new(list, object_user(&users[i]));
	if (status == 0) {
		http_reply_json(arg, 200, json_pack("{s:o}", "team", list));
		return;
	}
	json_decref(list);
	answer_error(arg, status);
}

void http_team(struct http_req *req, struct control *control)
{
	support_team(control->support, access_user(req), on_team, req);
}
