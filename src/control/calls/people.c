/* SPDX-License-Identifier: Apache-2.0 */
/* What people let others do: permissions, block, kick, mute. All of it reaches media at once. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "control/calls/internal.h"
#include "control/objects/objects.h"

static json_t *frame_of(struct ask *a, const struct store_call *call, const char *type)
{
	return frame_new(a->calls, type, call->cid, call->conversation_id);
}

static int deny(struct ask *a, unsigned right)
{
	return ask_fail(a, -EPERM, "You may not do that on %s: it needs the capability %s.", a->cid,
			right_name(right));
}

static void answer_nothing(struct ask *a)
{
	a->reply = json_object();
}

/* ---- asking for a permission ---- */

static int plan_request(struct ask *a, const struct store_call *call,
			struct store_call_change *change)
{
	static const struct {
		unsigned right;
		const char *group;
	} askable[] = { { RIGHT_SEND_AUDIO, "audio" },
			{ RIGHT_SEND_VIDEO, "video" },
			{ RIGHT_SCREENSHARE, "screensharing" } };
	unsigned wanted;

	(void)change;
	if (!rights_parse(json_object_get(a->body, "permissions"), &wanted) || !wanted ||
	    wanted & ~(unsigned)RIGHTS_SEND)
		return ask_fail(a, -EINVAL,
				"`permissions` must be a list of send-audio, send-video and "
				"screenshare.");
	json_t *settings = call_types_settings(a->calls->types, call);
	for (size_t i = 0; i < sizeof askable / sizeof *askable; i++)
		if (wanted & askable[i].right &&
		    !call_setting_is_on(settings, askable[i].group, "access_request_enabled")) {
			json_decref(settings);
			return ask_fail(a, -EPERM, "%s cannot be asked for on %s.",
					right_name(askable[i].right), a->cid);
		}
	json_decref(settings);
	answer_nothing(a);
	return 0;
}

static void done_request(struct ask *a, const struct store_call *call)
{
	json_t *frame = frame_of(a, call, "call.permission_request");

	(void)json_object_set_new(frame, "user", object_user(a->who));
	(void)json_object_set(frame, "permissions", json_object_get(a->body, "permissions"));
	say(a->calls, call->cid, call->conversation_id, frame);
}

static const struct verb request_verb = { .plan = plan_request, .done = done_request };

void calls_request_permissions(struct calls *c, const struct store_user *who, const char *type,
			       const char *id, json_t *body, calls_answer_fn *done, void *arg)
{
	ask_start(ask_new(c, who, type, id, body, done, arg), &request_verb);
}

/* ---- granting and revoking ---- */

static bool read_rights(struct ask *a, const char *name, unsigned *ret)
{
	const json_t *list = json_object_get(a->body, name);

	*ret = RIGHTS_NONE;
	if (!list || rights_parse(list, ret))
		return true;
	(void)ask_fail(a, 0, "`%s` must be a list of capabilities.", name);
	return false;
}

static void fill_rights(struct ask *a, const struct store_call *call, unsigned grant,
			unsigned revoke, struct store_call_change *change)
{
	struct store_call_rights *rights = ask_alloc(a, sizeof *rights);
	char *granted_text = ask_alloc(a, 512), *revoked_text = ask_alloc(a, 512);
	unsigned granted = 0, revoked = 0;

	for (size_t i = 0; i < call->rights_count; i++)
		if (strcmp(call->rights[i].user_id, change->subject) == 0) {
			granted = rights_of_text(call->rights[i].granted);
			revoked = rights_of_text(call->rights[i].revoked);
		}
	rights_text((granted | grant) & ~revoke, granted_text);
	rights_text((revoked | revoke) & ~grant, revoked_text);
	*rights = (struct store_call_rights){ NULL, granted_text, revoked_text };
	change->rights = rights;
}

/* A moderator is not above the host. */
static bool is_above(struct ask *a, const struct store_call *call, const char *user_id)
{
	const char *role = rights_role_on(call, user_id);

	return role && call_types_grants(a->calls->types, call->type, role) &
			       ~(a->rights | RIGHTS_SEND | RIGHT_JOIN);
}

static int plan_permissions(struct ask *a, const struct store_call *call,
			    struct store_call_change *change)
{
	unsigned grant, revoke;

	if (!ask_user_id(a, "user_id", &change->subject) ||
	    !read_rights(a, "grant_permissions", &grant) ||
	    !read_rights(a, "revoke_permissions", &revoke))
		return -EINVAL;
	unsigned beyond = grant & ~(a->rights | RIGHTS_SEND);
	if (beyond)
		return deny(a, beyond & -beyond);
	if (revoke && is_above(a, call, change->subject))
		return ask_fail(a, -EPERM, "%s may do more on %s than you.", change->subject,
				a->cid);
	fill_rights(a, call, grant, revoke, change);
	answer_nothing(a);
	return 0;
}

static void done_permissions(struct ask *a, const struct store_call *call)
{
	json_t *frame = frame_of(a, call, "call.permissions_updated");

	(void)json_object_set_new(frame, "user", object_user(&call->subject));
	(void)json_object_set_new(frame, "own_capabilities",
				  rights_json(rights_on(a->calls->types, call, &call->subject)));
	say_besides(a->calls, call, call->subject.id, json_deep_copy(frame));
	say(a->calls, call->cid, call->conversation_id, frame);
	live_enforce(a->calls, call);
}

static const struct verb permissions_verb = { .needs = RIGHT_PERMISSIONS,
					      .plan = plan_permissions,
					      .done = done_permissions,
					      .changes = true };

void calls_user_permissions(struct calls *c, const struct store_user *who, const char *type,
			    const char *id, json_t *body, calls_answer_fn *done, void *arg)
{
	ask_start(ask_new(c, who, type, id, body, done, arg), &permissions_verb);
}

/* ---- block, unblock, kick ---- */

static int plan_subject(struct ask *a, const struct store_call *call,
			struct store_call_change *change)
{
	if (!ask_user_id(a, "user_id", &change->subject))
		return -EINVAL;
	if (strcmp(change->subject, a->who->id) == 0)
		return ask_fail(a, -EINVAL, "That is you. Leave the call instead.");
	if (is_above(a, call, change->subject))
		return ask_fail(a, -EPERM, "%s may do more on %s than you.", change->subject,
				a->cid);
	answer_nothing(a);
	return 0;
}

static void say_subject(struct ask *a, const struct store_call *call, const char *type)
{
	json_t *frame = frame_of(a, call, type);

	(void)json_object_set_new(frame, "user", object_user(&call->subject));
	(void)json_object_set_new(frame, "by", object_user(a->who));
	say_besides(a->calls, call, call->subject.id, json_deep_copy(frame));
	say(a->calls, call->cid, call->conversation_id, frame);
}

static int plan_block(struct ask *a, const struct store_call *call,
		      struct store_call_change *change)
{
	change->block = true;
	return plan_subject(a, call, change);
}

/* The block is stored: who is put out cannot come back. */
static void put_out(struct ask *a, const struct store_call *call)
{
	watch_remove(a->calls, call->cid, call->subject.id);
	live_remove_user(a->calls, call->cid, call->subject.id);
}

static void done_block(struct ask *a, const struct store_call *call)
{
	say_subject(a, call, "call.blocked_user");
	put_out(a, call);
}

static const struct verb block_verb = {
	.needs = RIGHT_BLOCK, .plan = plan_block, .done = done_block, .changes = true
};

void calls_block(struct calls *c, const struct store_user *who, const char *type, const char *id,
		 json_t *body, calls_answer_fn *done, void *arg)
{
	ask_start(ask_new(c, who, type, id, body, done, arg), &block_verb);
}

static int plan_unblock(struct ask *a, const struct store_call *call,
			struct store_call_change *change)
{
	change->unblock = true;
	return plan_subject(a, call, change);
}

static void done_unblock(struct ask *a, const struct store_call *call)
{
	say_subject(a, call, "call.unblocked_user");
}

static const struct verb unblock_verb = {
	.needs = RIGHT_BLOCK, .plan = plan_unblock, .done = done_unblock, .changes = true
};

void calls_unblock(struct calls *c, const struct store_user *who, const char *type, const char *id,
		   json_t *body, calls_answer_fn *done, void *arg)
{
	ask_start(ask_new(c, who, type, id, body, done, arg), &unblock_verb);
}

static int plan_kick(struct ask *a, const struct store_call *call, struct store_call_change *change)
{
	if (!ask_bool(a, "block", &change->block))
		return -EINVAL;
	if (change->block && !(a->rights & RIGHT_BLOCK))
		return deny(a, RIGHT_BLOCK);
	return plan_subject(a, call, change);
}

static void done_kick(struct ask *a, const struct store_call *call)
{
	say_subject(a, call, "call.kicked_user");
	if (json_is_true(json_object_get(a->body, "block")))
		say_subject(a, call, "call.blocked_user");
	put_out(a, call);
}

static const struct verb kick_verb = {
	.needs = RIGHT_KICK, .plan = plan_kick, .done = done_kick, .changes = true
};

void calls_kick(struct calls *c, const struct store_user *who, const char *type, const char *id,
		json_t *body, calls_answer_fn *done, void *arg)
{
	ask_start(ask_new(c, who, type, id, body, done, arg), &kick_verb);
}

/* ---- mute: they may unmute themselves again ---- */

static const struct {
	const char *name;
	unsigned kind;
} kinds[] = { { "audio", RIGHT_SEND_AUDIO },
	      { "video", RIGHT_SEND_VIDEO },
	      { "screenshare", RIGHT_SCREENSHARE },
	      { "screenshare_audio", KIND_SCREEN_AUDIO } };

static bool only_self(const struct ask *a, const json_t *ids)
{
	const char *one = json_string_value(json_array_get(ids, 0));

	return json_array_size(ids) == 1 && one && strcmp(one, a->who->id) == 0;
}

static int plan_mute(struct ask *a, const struct store_call *call, struct store_call_change *change)
{
	const json_t *ids = json_object_get(a->body, "user_ids"), *item;
	bool all = false;
	size_t at;

	(void)call, (void)change;
	if (!ask_bool(a, "mute_all_users", &all))
		return -EINVAL;
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		bool on = false;

		if (!ask_bool(a, kinds[i].name, &on))
			return -EINVAL;
		a->kinds |= on ? kinds[i].kind : 0;
	}
	if (!a->kinds)
		a->kinds = RIGHT_SEND_AUDIO;
	json_array_foreach(ids, at, item) if (!json_is_string(item)) ids = NULL;
	if (all == (json_array_size(ids) > 0))
		return ask_fail(a, -EINVAL,
				"Give `user_ids`, a list of user ids, or `mute_all_users`: true.");
	if (!(a->rights & RIGHT_MUTE) && !only_self(a, ids))
		return deny(a, RIGHT_MUTE);
	answer_nothing(a);
	return 0;
}

static void add_muted(void *arg, const char *user_id)
{
	(void)json_array_append_new(arg, json_string(user_id));
}

static void done_mute(struct ask *a, const struct store_call *call)
{
	json_t *muted = json_array(), *what = json_array(), *item;
	const json_t *ids = json_object_get(a->body, "user_ids");
	size_t at, n = 0;

	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (a->kinds & kinds[i].kind)
			(void)json_array_append_new(what, json_string(kinds[i].name));
	if (!json_array_size(ids))
		n = live_mute(a->calls, call->cid, NULL, a->who->id, a->kinds, add_muted, muted);
	json_array_foreach(ids, at, item) n += live_mute(
		a->calls, call->cid, json_string_value(item), NULL, a->kinds, add_muted, muted);
	if (!n) { /* nobody of them is there */
		json_decref(muted);
		json_decref(what);
		return;
	}
	json_t *frame = frame_of(a, call, "call.user_muted");
	(void)json_object_set_new(frame, "muted_user_ids", muted);
	(void)json_object_set_new(frame, "by", object_user(a->who));
	(void)json_object_set_new(frame, "kinds", what);
	say(a->calls, call->cid, call->conversation_id, frame);
}

static const struct verb mute_verb = { .plan = plan_mute, .done = done_mute };

void calls_mute(struct calls *c, const struct store_user *who, const char *type, const char *id,
		json_t *body, calls_answer_fn *done, void *arg)
{
	ask_start(ask_new(c, who, type, id, body, done, arg), &mute_verb);
}
