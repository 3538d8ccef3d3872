/* SPDX-License-Identifier: Apache-2.0 */
/* Get, create and join: the ways to a call. */
#include <errno.h>
#include <string.h>

#include "base/limits.h"
#include "control/calls/internal.h"
#include "control/objects/objects.h"
#include "store/channels.h"

#define CHAT_PREFIX "chat-"

static void watch_if_asked(struct ask *a, const struct store_call *call)
{
	if (json_is_true(json_object_get(a->body, "watch")) && a->who->role != ROLE_ANONYMOUS)
		watch_add(a->calls, call->cid, a->who->id);
}

static const struct verb get_verb = { .done = watch_if_asked, .reads = true };

void calls_get(struct calls *c, const struct store_user *who, const char *type, const char *id,
	       json_t *body, calls_answer_fn *done, void *arg)
{
	ask_start(ask_new(c, who, type, id, body, done, arg), &get_verb);
}

/* ---- ringing and joining on the way ---- */

static bool is_asked(const struct ask *a, const char *name)
{
	return json_is_true(json_object_get(a->body, name));
}

static int check_flags(struct ask *a)
{
	static const char *const names[] = { "create", "ring",	"notify",
					     "watch",  "video", "take_over" };
	const char *device;
	bool value;

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (!ask_bool(a, names[i], &value))
			return -EINVAL;
	return ask_device(a, &device) ? 0 : -EINVAL;
}

static bool is_full(struct ask *a, const struct store_call *call)
{
	const struct call_state *state = calls_state_find(a->calls, call->cid);
	json_t *settings = call_types_settings(a->calls->types, call);
	json_int_t max = call_setting_number(settings, "limits", "max_participants");

	json_decref(settings);
	return max && state && state->participant_count >= (size_t)max &&
	       !live_has(a->calls, call->cid, a->who->id);
}

static void notify(struct ask *a, const struct store_call *call)
{
	json_t *frame = frame_new(a->calls, "call.notification", call->cid, call->conversation_id);

	(void)json_object_set_new(frame, "call", object_call(a->calls, call));
	(void)json_object_set_new(frame, "members", object_members(call, LIMIT_PAGE));
	(void)json_object_set_new(frame, "user", object_user(a->who));
	say(a->calls, call->cid, call->conversation_id, frame);
}

/* The call is there and may be read; what the body asks for beyond. */
static int enter(struct ask *a, const struct store_call *call, struct store_call_change *change)
{
	const char *device = "";

	(void)change;
	if (a->join && is_full(a, call))
		return ask_fail(a, -EPERM, "The call %s is full.", a->cid);
	(void)ask_device(a, &device); /* was checked */
	/* Coming in is an answer. One who comes by another device comes all the same. */
	if (a->join)
		(void)rings_accept(a->calls, a->cid, a->who, device);
	/* the token that this answer brings is of a seat to come */
	if (a->join && is_asked(a, "take_over"))
		live_remove_user(a->calls, a->cid, a->who->id);
	if (is_asked(a, "ring")) {
		int status = rings_start(a, call);

		if (status < 0)
			return status;
	}
	if (is_asked(a, "notify"))
		notify(a, call);
	watch_if_asked(a, call);
	return 0;
}

static const struct verb create_verb = { .plan = enter };
static const struct verb join_verb = { .needs = RIGHT_JOIN, .plan = enter };

/* ---- creating ---- */

static bool read_data(struct ask *a, const char *conversation_id, unsigned rights,
		      struct store_new_call *ret)
{
	const json_t *data = json_object_get(a->body, "data");
	const json_t *backstage = json_object_get(data, "backstage");
	bool there;

	if (data && !json_is_object(data)) {
		(void)ask_fail(a, 0, "`data` must be an object.");
		return false;
	}
	json_t *settings = call_types_settings_of(a->calls->types, a->type, conversation_id,
						  json_object_get(data, "settings_override"));
	ret->backstage = !conversation_id && call_setting_is_on(settings, "backstage", "enabled");
	json_decref(settings);
	if (backstage && !json_is_boolean(backstage)) {
		(void)ask_fail(a, 0, "`data.backstage` must be true or false.");
		return false;
	}
	if (backstage)
		ret->backstage = json_is_true(backstage);
	if (conversation_id && json_object_get(data, "members")) {
		(void)ask_fail(a, 0,
			       "A conversation's call has no list of members: those of the "
			       "conversation belong to it.");
		return false;
	}
	return ask_custom(a, data, "custom", &ret->custom) &&
	       ask_settings(a, data, &ret->settings) &&
	       ask_time(a, data, "starts_at", &ret->starts_at_us, &there) &&
	       ask_members(a, json_object_get(data, "members"), "data.members", rights,
			   &ret->members, &ret->member_count);
}

static void on_created(void *arg, int status, const struct store_call *call, bool created)
{
	struct ask *a = arg;

	a->created = a->untold = status == 0 && created;
	if (a->created) {
		json_t *frame = frame_new(a->calls, "call.created", call->cid,
					  call->conversation_id);

		(void)json_object_set_new(frame, "call", object_call(a->calls, call));
		(void)json_object_set_new(frame, "members", object_members(call, LIMIT_PAGE));
		(void)json_object_set_new(frame, "user", object_user(a->who));
		say(a->calls, call->cid, call->conversation_id, frame);
	}
	ask_go_on(a, status, call);
}

/* A channel's first call has no list of members yet: the chat knows them. */
static unsigned rights_to_create(struct ask *a, const char *conversation)
{
	const struct calls *c = a->calls;

	if (!conversation || !store_is_channel(conversation))
		return rights_of_creator(c->types, a->type, conversation, a->who);
	return c->open_to && c->open_to(c->chat, a->who, conversation) ? RIGHT_CREATE : RIGHTS_NONE;
}

/* Who may not create finds what there is. */
static void create(struct ask *a, const struct verb *verb)
{
	size_t n = strlen(CHAT_PREFIX);
	const char *conversation = strncmp(a->id, CHAT_PREFIX, n) == 0 ? a->id + n : NULL;
	struct store_new_call call = {
		.cid = a->cid,
		.type = a->type,
		.id = a->id,
		.created_by = a->who->id,
		.conversation_id = conversation,
		.created_at_us = a->calls->wall_us(),
	};

	unsigned rights = a->status < 0 ? RIGHTS_NONE : rights_to_create(a, conversation);
	if (rights & RIGHT_CREATE && !read_data(a, conversation, rights, &call))
		a->status = a->lost ? -EPERM : -EINVAL;
	if (a->status < 0 || !(rights & RIGHT_CREATE)) {
		ask_start(a, verb);
		return;
	}
	a->verb = verb;
	store_call_create(a->calls->store, &call, on_created, a);
}

void calls_get_or_create(struct calls *c, const struct store_user *who, const char *type,
			 const char *id, json_t *body, calls_answer_fn *done, void *arg)
{
	struct ask *a = ask_new(c, who, type, id, body, done, arg);

	a->tell_created = true;
	if (a->status == 0)
		a->status = check_flags(a);
	create(a, &create_verb);
}

void calls_join(struct calls *c, const struct store_user *who, const char *type, const char *id,
		json_t *body, calls_answer_fn *done, void *arg)
{
	struct ask *a = ask_new(c, who, type, id, body, done, arg);

	a->join = true;
	if (a->status == 0)
		a->status = check_flags(a);
	if (is_asked(a, "create"))
		create(a, &join_verb);
	else
		ask_start(a, &join_verb);
}
