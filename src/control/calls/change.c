/* SPDX-License-Identifier: Apache-2.0 */
/* The call itself: update, live and backstage, end. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/must.h"
#include "control/calls/internal.h"
#include "control/objects/objects.h"

static void say_call(struct ask *a, const struct store_call *call, const char *type)
{
	json_t *frame = frame_new(a->calls, type, call->cid, call->conversation_id);

	(void)json_object_set_new(frame, "call", object_call(a->calls, call));
	(void)json_object_set_new(frame, "user", object_user(a->who));
	say(a->calls, call->cid, call->conversation_id, frame);
}

/* ---- update ---- */

/* What is said now over what was said before. */
static const char *merge_settings(struct ask *a, const struct store_call *call)
{
	json_t *merged = object_stored(call->settings);

	(void)json_object_update_recursive(merged, json_object_get(a->body, "settings_override"));
	size_t n = json_dumpb(merged, NULL, 0, JSON_COMPACT);
	char *text = ask_alloc(a, n + 1);
	(void)json_dumpb(merged, text, n, JSON_COMPACT);
	json_decref(merged);
	return text;
}

static int plan_update(struct ask *a, const struct store_call *call,
		       struct store_call_change *change)
{
	unsigned needs = RIGHTS_NONE;
	bool starts;

	if (!ask_custom(a, a->body, "custom", &change->custom) ||
	    !ask_settings(a, a->body, &change->settings) ||
	    !ask_time(a, a->body, "starts_at", &change->starts_at_us, &starts))
		return -EINVAL;
	change->fields = (change->custom ? CALL_CUSTOM : 0) | (starts ? CALL_STARTS_AT : 0);
	if (change->fields)
		needs |= RIGHT_UPDATE;
	if (change->settings) {
		change->fields |= CALL_SETTINGS;
		change->settings = merge_settings(a, call);
		needs |= RIGHT_UPDATE_SETTINGS;
	}
	if (!change->fields)
		return ask_fail(a, -EINVAL,
				"There is nothing to change: give `custom`, `settings_override` or "
				"`starts_at`.");
	unsigned missing = needs & ~a->rights;
	return missing ? ask_fail(a, -EPERM,
				  "You may not do that on %s: it needs the capability %s.", a->cid,
				  right_name(missing & -missing))
		       : 0;
}

static void done_update(struct ask *a, const struct store_call *call)
{
	say_call(a, call, "call.updated");
	live_enforce(a->calls, call);
}

static const struct verb update_verb = { .plan = plan_update,
					 .done = done_update,
					 .changes = true };

void calls_update(struct calls *c, const struct store_user *who, const char *type, const char *id,
		  json_t *body, calls_answer_fn *done, void *arg)
{
	ask_start(ask_new(c, who, type, id, body, done, arg), &update_verb);
}

/* ---- backstage ---- */

static int plan_go_live(struct ask *a, const struct store_call *call,
			struct store_call_change *change)
{
	(void)a, (void)call;
	change->fields = CALL_BACKSTAGE;
	change->backstage = false;
	return 0;
}

static void done_go_live(struct ask *a, const struct store_call *call)
{
	say_call(a, call, "call.live_started");
}

static const struct verb go_live_verb = {
	.needs = RIGHT_UPDATE, .plan = plan_go_live, .done = done_go_live, .changes = true
};

void calls_go_live(struct calls *c, const struct store_user *who, const char *type, const char *id,
		   json_t *body, calls_answer_fn *done, void *arg)
{
	ask_start(ask_new(c, who, type, id, body, done, arg), &go_live_verb);
}

static int plan_stop_live(struct ask *a, const struct store_call *call,
			  struct store_call_change *change)
{
	(void)a, (void)call;
	change->fields = CALL_BACKSTAGE;
	change->backstage = true;
	return 0;
}

/* Viewers are sent out. */
static void done_stop_live(struct ask *a, const struct store_call *call)
{
	struct calls *c = a->calls;

	say_call(a, call, "call.updated");
	live_enforce(c, call);
	if (c->media.remove_hidden)
		c->media.remove_hidden(c->media.arg, call->cid);
}

static const struct verb stop_live_verb = {
	.needs = RIGHT_UPDATE, .plan = plan_stop_live, .done = done_stop_live, .changes = true
};

void calls_stop_live(struct calls *c, const struct store_user *who, const char *type,
		     const char *id, json_t *body, calls_answer_fn *done, void *arg)
{
	ask_start(ask_new(c, who, type, id, body, done, arg), &stop_live_verb);
}

/* ---- recording ---- */

static int plan_recording(struct ask *a, const struct store_call *call,
			  struct store_call_change *change)
{
	(void)call, (void)change;
	return ask_fail(
		a, -ENOTSUP,
		"This server does not record calls. Record as a participant: a program that "
		"joins with libconfab or a LiveKit SDK gets every frame (docs/c-client.md).");
}

static const struct verb recording_verb = { .plan = plan_recording, .reads = true };

void calls_recording(struct calls *c, const struct store_user *who, const char *type,
		     const char *id, json_t *body, calls_answer_fn *done, void *arg)
{
	ask_start(ask_new(c, who, type, id, body, done, arg), &recording_verb);
}

/* ---- end ---- */

/* A conversation has one call for ever: only what goes on in it now ends. */
static int plan_end(struct ask *a, const struct store_call *call, struct store_call_change *change)
{
	(void)a;
	if (call->conversation_id)
		return 0;
	change->fields = CALL_ENDED_AT;
	change->ended_at_us = change->at_us;
	return 0;
}

static void done_end(struct ask *a, const struct store_call *call)
{
	rings_end(a->calls, call->cid);
	say_call(a, call, "call.ended");
	live_close(a->calls, call->cid);
}

/* ---- the longest it may last ---- */

struct overdue {
	struct calls *calls;
	char cid[CALLS_CID_SIZE];
};

static void ignore_told(void *arg, int status, const struct store_call *call, bool created)
{
	(void)arg, (void)call, (void)created;
	(void)status; /* a full disk: at worst a resync too many after the next start */
}

static void on_overdue(void *arg, int status, const struct store_call *call, bool created)
{
	struct overdue *o = arg;
	struct calls *c = o->calls;

	(void)created;
	if (status == 0) {
		json_t *frame = frame_new(c, "call.ended", call->cid, call->conversation_id);

		(void)json_object_set_new(frame, "call", object_call(c, call));
		(void)json_object_set_new(frame, "user", object_user(&call->created_by));
		(void)json_object_set_new(frame, "reason", json_string("max_duration"));
		rings_end(c, call->cid);
		say(c, call->cid, call->conversation_id, frame);
		store_call_told(c->store, o->cid, ignore_told, NULL);
	}
	live_close(c, o->cid); /* whatever the disk says, nobody stays */
	free(o);
}

void calls_end_overdue(struct calls *c, const char *cid)
{
	struct overdue *o = must(malloc(sizeof *o));
	struct store_call_change change = { .cid = cid, .at_us = c->wall_us() };

	*o = (struct overdue){ .calls = c };
	strcpy(o->cid, cid);
	if (!calls_conversation(cid)) { /* see plan_end */
		change.fields = CALL_ENDED_AT;
		change.ended_at_us = change.at_us;
	}
	store_call_change(c->store, &change, on_overdue, o);
}

static const struct verb end_verb = {
	.needs = RIGHT_END, .plan = plan_end, .done = done_end, .changes = true
};

void calls_end(struct calls *c, const struct store_user *who, const char *type, const char *id,
	       json_t *body, calls_answer_fn *done, void *arg)
{
	ask_start(ask_new(c, who, type, id, body, done, arg), &end_verb);
}
