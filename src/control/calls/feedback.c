/* SPDX-License-Identifier: Apache-2.0 */
/* How a call was, said by who was in it; for the team's eyes. */
#include <errno.h>

#include "base/limits.h"
#include "control/calls/internal.h"

enum { RATING_MIN = 1, RATING_MAX = 5 };

static int plan_feedback(struct ask *a, const struct store_call *call,
			 struct store_call_change *change)
{
	const json_t *rating = json_object_get(a->body, "rating");
	json_int_t value = json_integer_value(rating);
	const char *text;

	(void)call, (void)change;
	if (!json_is_integer(rating) || value < RATING_MIN || value > RATING_MAX)
		return ask_fail(a, -EINVAL, "`rating` must be a whole number from %d to %d.",
				RATING_MIN, RATING_MAX);
	if (!ask_text(a, a->body, "reason", LIMIT_CALL_REASON, &text) ||
	    !ask_text(a, a->body, "session_id", CALLS_SESSION_ID_SIZE, &text))
		return -EINVAL;
	a->reply = json_object();
	return 0;
}

static void on_written(void *arg, int status)
{
	struct ask *a = arg;

	if (status == -ENOENT)
		status = ask_fail(a, -EINVAL, "You were not in that call: only who was rates it.");
	ask_answer(a, status, NULL);
}

static void write_feedback(struct ask *a, const struct store_call *call)
{
	const char *reason = json_string_value(json_object_get(a->body, "reason"));

	store_feedback_add(
		a->calls->store,
		&(struct store_feedback){
			.cid = call->cid,
			.session_id = json_string_value(json_object_get(a->body, "session_id")),
			.user_id = a->who->id,
			.rating = (int)json_integer_value(json_object_get(a->body, "rating")),
			.reason = reason && *reason ? reason : NULL,
			.at_us = a->calls->wall_us() },
		on_written, a);
}

static const struct verb feedback_verb = { .plan = plan_feedback, .write = write_feedback };

void calls_feedback(struct calls *c, const struct store_user *who, const char *type, const char *id,
		    json_t *body, calls_answer_fn *done, void *arg)
{
	ask_start(ask_new(c, who, type, id, body, done, arg), &feedback_verb);
}
