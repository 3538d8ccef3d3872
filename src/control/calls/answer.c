/* SPDX-License-Identifier: Apache-2.0 */
/* Ring, accept, reject; the rings themselves are in rings.c. */
#include <errno.h>
#include <string.h>

#include "control/calls/internal.h"
#include "control/objects/objects.h"

static int plan_ring(struct ask *a, const struct store_call *call, struct store_call_change *change)
{
	(void)change;
	return rings_start(a, call);
}

static const struct verb ring_verb = { .needs = RIGHT_JOIN, .plan = plan_ring };

void calls_ring(struct calls *c, const struct store_user *who, const char *type, const char *id,
		json_t *body, calls_answer_fn *done, void *arg)
{
	ask_start(ask_new(c, who, type, id, body, done, arg), &ring_verb);
}

static int plan_accept(struct ask *a, const struct store_call *call,
		       struct store_call_change *change)
{
	const char *device;

	(void)call, (void)change;
	if (!ask_device(a, &device))
		return -EINVAL;
	switch (rings_accept(a->calls, a->cid, a->who, device)) {
	case RING_CHANGED:
	case RING_SAME:
		return 0;
	case RING_TAKEN:
		return ask_fail(a, -EALREADY, "The call %s was answered elsewhere.", a->cid);
	case RING_STRANGER:
		return ask_fail(a, -EPERM, "The call %s does not ring you.", a->cid);
	case RING_OVER:
	default:
		return ask_fail(a, -EALREADY, "The call %s does not ring any more.", a->cid);
	}
}

static const struct verb accept_verb = { .needs = RIGHT_JOIN, .plan = plan_accept };

void calls_accept(struct calls *c, const struct store_user *who, const char *type, const char *id,
		  json_t *body, calls_answer_fn *done, void *arg)
{
	ask_start(ask_new(c, who, type, id, body, done, arg), &accept_verb);
}

/* Nobody rang: the others, who wait in the call, are told. */
static void say_no(struct ask *a, const struct store_call *call, const char *reason,
		   const char *device)
{
	const char *session_id = live_session_id(a->calls, a->cid);
	json_t *frame;

	if (!session_id)
		return;
	frame = frame_new(a->calls, "call.rejected", a->cid, call->conversation_id);
	(void)json_object_set_new(frame, "user", object_user(a->who));
	(void)json_object_set_new(frame, "reason", json_string(reason));
	(void)json_object_set_new(frame, "session_id", json_string(session_id));
	if (*device)
		(void)json_object_set_new(frame, "device_id", json_string(device));
	say(a->calls, a->cid, call->conversation_id, frame);
}

static int plan_reject(struct ask *a, const struct store_call *call,
		       struct store_call_change *change)
{
	const char *reason = "decline", *device;

	(void)change;
	if (!ask_device(a, &device) || !ask_text(a, a->body, "reason", REASON_MAX, &reason))
		return -EINVAL;
	size_t n = strspn(reason, "abcdefghijklmnopqrstuvwxyz_-");
	if (n < 1 || reason[n])
		return ask_fail(a, -EINVAL,
				"`reason` must be 1 to 32 of a-z _ -, for example \"decline\".");
	if (!rings_reject(a->calls, a->cid, a->who, reason, device))
		say_no(a, call, reason, device);
	a->reply = json_object();
	return 0;
}

static const struct verb reject_verb = { .plan = plan_reject };

void calls_reject(struct calls *c, const struct store_user *who, const char *type, const char *id,
		  json_t *body, calls_answer_fn *done, void *arg)
{
	ask_start(ask_new(c, who, type, id, body, done, arg), &reject_verb);
}
