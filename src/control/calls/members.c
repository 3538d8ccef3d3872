/* SPDX-License-Identifier: Apache-2.0 */
/* Who is listed on a call. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "control/calls/internal.h"
#include "control/objects/objects.h"

static bool is_member(const struct store_call *call, const char *user_id)
{
	for (size_t i = 0; i < call->member_count; i++)
		if (strcmp(call->members[i].user.id, user_id) == 0)
			return true;
	return false;
}

/* ---- adding, changing, removing ---- */

/* Which of the given ones are new: for what is said afterwards. */
static void note_new(struct ask *a, const struct store_call *call,
		     const struct store_call_change *change)
{
	json_t *added = json_object();

	for (size_t i = 0; i < change->member_count; i++)
		if (!is_member(call, change->members[i].user_id))
			(void)json_object_set_new(added, change->members[i].user_id, json_true());
	a->extra = added;
}

static bool read_removed(struct ask *a, struct store_call_change *change)
{
	const json_t *list = json_object_get(a->body, "remove_members"), *item;
	size_t at, n = json_array_size(list);

	if (list && (!json_is_array(list) || n > LIMIT_CALL_MEMBERS))
		goto bad;
	const char **ids = ask_alloc(a, (n + 1) * sizeof *ids);
	json_array_foreach(list, at, item)
	{
		if (!json_is_string(item))
			goto bad;
		ids[at] = json_string_value(item);
	}
	change->removed = ids;
	change->removed_count = n;
	return true;
bad:
	(void)ask_fail(a, 0, "`remove_members` must be a list of user ids.");
	return false;
}

/* Everybody may take their own name off the list. */
static unsigned needed(const struct ask *a, const struct store_call_change *change)
{
	unsigned needs = change->member_count ? RIGHT_UPDATE_MEMBER : RIGHTS_NONE;

	for (size_t i = 0; i < change->removed_count; i++)
		if (strcmp(change->removed[i], a->who->id) != 0)
			needs |= RIGHT_REMOVE_MEMBER;
	return needs;
}

/* Into a call between two, somebody who is in it lets others for as long as it goes on; a group has members for that. */
static bool may_invite(struct ask *a, const struct store_call *call)
{
	return strncmp(call->conversation_id, "direct.", strlen("direct.")) == 0 &&
	       live_has(a->calls, a->cid, a->who->id);
}

static int plan_members(struct ask *a, const struct store_call *call,
			struct store_call_change *change)
{
	if (!ask_members(a, json_object_get(a->body, "update_members"), "update_members", a->rights,
			 &change->members, &change->member_count) ||
	    !read_removed(a, change))
		return a->lost ? -EPERM : -EINVAL;
	unsigned missing = needed(a, change) & ~a->rights;
	if (missing)
		return ask_fail(a, -EPERM, "You may not do that on %s: it needs the capability %s.",
				a->cid, right_name(missing & -missing));
	if (call->conversation_id && !may_invite(a, call))
		return ask_fail(
			a, -EINVAL,
			"A conversation's call has no list of members: those of the conversation "
			"belong to it. Into a call between two you let others while you are in "
			"it.");
	if (call->member_count + change->member_count > LIMIT_CALL_MEMBERS)
		return ask_fail(a, -EINVAL, "A call may have %d members at most.",
				LIMIT_CALL_MEMBERS);
	note_new(a, call, change);
	return 0;
}

static void say_members(struct ask *a, const struct store_call *call, bool added)
{
	const json_t *new = a->extra;
	const json_t *item;
	json_t *list = json_array();
	size_t at;

	json_array_foreach(json_object_get(a->body, "update_members"), at, item)
	{
		const char *id = json_string_value(json_object_get(item, "user_id"));

		for (size_t i = 0; i < call->member_count; i++)
			if (strcmp(call->members[i].user.id, id) == 0 &&
			    (json_object_get(new, id) != NULL) == added)
				(void)json_array_append_new(list, object_member(&call->members[i]));
	}
	if (json_array_size(list) == 0) {
		json_decref(list);
		return;
	}
	json_t *frame = frame_new(a->calls, added ? "call.member_added" : "call.member_updated",
				  call->cid, call->conversation_id);
	(void)json_object_set_new(frame, "members", list);
	(void)json_object_set_new(frame, "call", object_call(a->calls, call));
	say(a->calls, call->cid, call->conversation_id, frame);
}

static void say_removed(struct ask *a, const struct store_call *call)
{
	json_t *removed = json_object_get(a->body, "remove_members"), *item;
	size_t at;

	if (json_array_size(removed) == 0)
		return;
	json_t *frame = frame_new(a->calls, "call.member_removed", call->cid,
				  call->conversation_id);
	(void)json_object_set(frame, "members", removed);
	json_array_foreach(removed, at, item)
	{
		if (call->conversation_id ||
		    !(call_types_grants(a->calls->types, call->type, "user") & RIGHT_READ))
			watch_remove(a->calls, call->cid, json_string_value(item));
		say_besides(a->calls, call, json_string_value(item), json_deep_copy(frame));
	}
	say(a->calls, call->cid, call->conversation_id, frame);
}

/* Who is no member of the conversation hears of its call as those do who watch one. */
static void let_in(struct ask *a, const struct store_call *call)
{
	for (size_t i = 0; call->conversation_id && i < call->member_count; i++)
		if (strcmp(call->members[i].role, "guest") == 0)
			watch_add(a->calls, call->cid, call->members[i].user.id);
}

static void done_members(struct ask *a, const struct store_call *call)
{
	let_in(a, call);
	say_members(a, call, true);
	say_members(a, call, false);
	say_removed(a, call);
	live_enforce(a->calls, call);
}

static const struct verb members_verb = { .plan = plan_members,
					  .done = done_members,
					  .changes = true };

void calls_update_members(struct calls *c, const struct store_user *who, const char *type,
			  const char *id, json_t *body, calls_answer_fn *done, void *arg)
{
	ask_start(ask_new(c, who, type, id, body, done, arg), &members_verb);
}

/* ---- asking ---- */

/* {role: "x"}, {role: {$eq: "x"}} and {$in: [..]}, of user_id and role; all of them must hold. */
static int matches(struct ask *a, const struct store_call_member *m)
{
	const char *field;
	json_t *value;

	json_object_foreach(json_object_get(a->body, "filter_conditions"), field, value)
	{
		const char *own = strcmp(field, "user_id") == 0 ? m->user.id
				  : strcmp(field, "role") == 0	? m->role
								: NULL;
		const json_t *in = json_object_get(value, "$in"),
			     *eq = json_is_object(value) ? json_object_get(value, "$eq") : value;
		const json_t *item;
		bool found = false;
		size_t at;

		if (!own || (!json_is_array(in) && !json_is_string(eq)))
			return ask_fail(a, -EINVAL,
					"`filter_conditions` of members may have user_id and role, "
					"with $eq or $in.");
		json_array_foreach(in, at, item)
			found |= json_is_string(item) && strcmp(json_string_value(item), own) == 0;
		if (!in)
			found = strcmp(json_string_value(eq), own) == 0;
		if (!found)
			return 0;
	}
	return 1;
}

static int plan_query(struct ask *a, const struct store_call *call,
		      struct store_call_change *change)
{
	struct call_page page;

	(void)change;
	if (!call_page_read(a->body, &page, a->problem))
		return -EINVAL;
	json_t *list = json_array();
	size_t seen = 0;
	bool more = false;
	for (size_t i = 0; i < call->member_count; i++) {
		int hit = matches(a, &call->members[i]);

		if (hit < 0) {
			json_decref(list);
			return hit;
		}
		if (!hit || seen++ < page.offset)
			continue;
		if (json_array_size(list) == page.limit)
			more = true;
		else
			(void)json_array_append_new(list, object_member(&call->members[i]));
	}
	a->reply = json_pack("{s:o}", "members", list);
	call_page_write(&page, more, a->reply);
	return 0;
}

static const struct verb query_verb = { .plan = plan_query, .reads = true };

void calls_query_members(struct calls *c, const struct store_user *who, const char *type,
			 const char *id, json_t *body, calls_answer_fn *done, void *arg)
{
	ask_start(ask_new(c, who, type, id, body, done, arg), &query_verb);
}
