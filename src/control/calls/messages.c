/* SPDX-License-Identifier: Apache-2.0 */
/* Reactions and custom events: to those who are about now, and kept nowhere. */
#include <errno.h>
#include <string.h>

#include "base/limits.h"
#include "control/calls/internal.h"
#include "control/objects/objects.h"

enum { REACTION_TEXT_MAX = 64 };

static int check_custom(struct ask *a, bool needed)
{
	const json_t *custom = json_object_get(a->body, "custom");
	const char *text = NULL;

	if (needed && !json_is_object(custom))
		return ask_fail(a, -EINVAL, "`custom` must be an object: the event's payload.");
	if (ask_custom(a, a->body, "custom", &text))
		return 0;
	return json_is_object(custom) ? -EMSGSIZE : -EINVAL;
}

static int plan_react(struct ask *a, const struct store_call *call,
		      struct store_call_change *change)
{
	const char *type = "", *emoji = "";

	(void)call, (void)change;
	if (!ask_text(a, a->body, "type", REACTION_TEXT_MAX, &type) ||
	    !ask_text(a, a->body, "emoji_code", REACTION_TEXT_MAX, &emoji))
		return -EINVAL;
	if (!*type)
		return ask_fail(a, -EINVAL,
				"`type` must be a string, for example \"raised-hand\".");
	a->reply = json_object();
	return check_custom(a, false);
}

static void done_react(struct ask *a, const struct store_call *call)
{
	static const char *const names[] = { "type", "emoji_code", "custom" };
	json_t *frame = frame_new(a->calls, "call.reaction_new", call->cid, call->conversation_id);
	json_t *reaction = json_object();

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (json_object_get(a->body, names[i]))
			(void)json_object_set(reaction, names[i],
					      json_object_get(a->body, names[i]));
	(void)json_object_set_new(frame, "user", object_user(a->who));
	(void)json_object_set_new(frame, "reaction", reaction);
	say_live(a->calls, call, frame);
}

static const struct verb react_verb = { .needs = RIGHT_REACT,
					.plan = plan_react,
					.done = done_react };

void calls_react(struct calls *c, const struct store_user *who, const char *type, const char *id,
		 json_t *body, calls_answer_fn *done, void *arg)
{
	ask_start(ask_new(c, who, type, id, body, done, arg), &react_verb);
}

static int plan_event(struct ask *a, const struct store_call *call,
		      struct store_call_change *change)
{
	(void)call, (void)change;
	a->reply = json_object();
	return check_custom(a, true);
}

static void done_event(struct ask *a, const struct store_call *call)
{
	json_t *frame = frame_new(a->calls, "custom", call->cid, call->conversation_id);

	(void)json_object_set_new(frame, "user",
				  object_user(a->who)); /* never what the client says */
	(void)json_object_set(frame, "custom", json_object_get(a->body, "custom"));
	say_live(a->calls, call, frame);
}

static const struct verb event_verb = { .needs = RIGHT_SEND_EVENT,
					.plan = plan_event,
					.done = done_event };

void calls_send_event(struct calls *c, const struct store_user *who, const char *type,
		      const char *id, json_t *body, calls_answer_fn *done, void *arg)
{
	ask_start(ask_new(c, who, type, id, body, done, arg), &event_verb);
}
