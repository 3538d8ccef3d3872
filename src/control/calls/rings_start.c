/* SPDX-License-Identifier: Apache-2.0 */
/* The beginning of a ring: whom it rings, for how long, and who is busy. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/must.h"
#include "control/calls/live_ring.h"
#include "control/chat/blocks.h"
#include "control/objects/objects.h"

/* In another call, or on the way into one (for NOBODY_CAME_S). */
static bool is_busy(struct calls *c, const char *cid, const char *user_id)
{
	struct live_ring *r;

	if (live_is_elsewhere(c, cid, user_id))
		return true;
	list_each (r, &c->rings, in_calls) {
		const struct ring_leg *leg = ring_leg_find(&r->ring, user_id);

		if (strcmp(r->cid, cid) == 0)
			continue;
		if ((leg && leg->state == LEG_ACCEPTED && !live_session_id(c, r->cid)) ||
		    (strcmp(r->caller->id, user_id) == 0 && r->ring.state == RING_RINGING))
			return true;
	}
	return false;
}

struct callees {
	struct store_user *users[RING_LEGS_MAX];
	size_t n;
};

static bool is_wanted(const json_t *ids, const char *id)
{
	const json_t *item;
	size_t at;

	if (!ids)
		return true;
	json_array_foreach(ids, at, item) if (strcmp(json_string_value(item), id) == 0) return true;
	return false;
}

static void add_callee(struct ask *a, const struct store_call *call, const struct store_user *user,
		       const json_t *ids, struct callees *ret)
{
	if (strcmp(user->id, a->who->id) == 0 || ret->n == RING_LEGS_MAX ||
	    !is_wanted(ids, user->id) ||
	    live_has(a->calls, a->cid, user->id) || /* is there already */
	    (a->calls->chat && chat_has_blocked(a->calls->chat, user->id, a->who->id)) ||
	    !(rights_on(a->calls->types, call, user) & RIGHT_READ)) /* blocked: no ring */
		return;
	ret->users[ret->n++] = must(store_user_dup(user));
}

static uint64_t timer_of(const json_t *settings, const char *name)
{
	return (uint64_t)call_setting_number(settings, "ring", name) * US_PER_MS;
}

static int check_ids(struct ask *a, const json_t *ids)
{
	const json_t *item;
	size_t at;

	if (ids && !json_is_array(ids))
		return ask_fail(a, -EINVAL, "`member_ids` must be a list of user ids.");
	json_array_foreach(ids, at, item) if (!json_is_string(item)) return ask_fail(
		a, -EINVAL, "`member_ids` must be a list of user ids.");
	return 0;
}

/* The customer rings the team, the team rings the customer or those colleagues whom it names,
 * everybody else rings the members. */
static int find_callees(struct ask *a, const struct store_call *call, const json_t *settings,
			struct callees *ret)
{
	const json_t *ids = json_object_get(a->body, "member_ids");
	bool team = call->conversation_id && strcmp(call->conversation_id, a->who->id) == 0;
	int status = check_ids(a, ids);

	if (!timer_of(settings, "incoming_call_timeout_ms") &&
	    !timer_of(settings, "auto_cancel_timeout_ms"))
		return ask_fail(a, -EINVAL,
				"Calls of type %s do not ring: their ring timeouts are 0.",
				a->type);
	if (status < 0)
		return status;
	if (team && ids)
		return ask_fail(a, -EPERM,
				"Who of the team answers is for the team to say: ring %s without "
				"`member_ids`.",
				a->cid);
	ret->n = 0;
	bool colleagues = ids && call->customer.id && a->who->role == ROLE_ADMIN;
	for (size_t i = 0; (team || colleagues) && i < call->admin_count; i++)
		add_callee(a, call, &call->admins[i], ids, ret);
	for (size_t i = 0; i < call->member_count; i++)
		if (!(team || colleagues) || call->members[i].user.role != ROLE_ADMIN)
			add_callee(a, call, &call->members[i].user, ids, ret);
	if (call->conversation_id && !team && call->customer.id)
		add_callee(a, call, &call->customer, ids, ret);
	return ret->n ? 0
		      : ask_fail(a, -EINVAL,
				 "There is nobody to ring on %s: list members who are not there "
				 "yet.",
				 a->cid);
}

static struct live_ring *ring_new(struct ask *a, const struct store_call *call,
				  const struct callees *callees, const char *device, bool video)
{
	struct live_ring *r = must(calloc(1, sizeof *r));

	r->users = must(calloc(callees->n, sizeof(struct store_user *)));
	r->told = must(calloc(callees->n, sizeof *r->told));
	r->ring.legs = must(calloc(callees->n, sizeof *r->ring.legs));
	r->caller = must(store_user_dup(a->who));
	r->conversation_id = must_copy(call->conversation_id);
	r->channel_name = must_copy(call->channel_name);
	rng_name(a->calls->rng, "ring_", r->id, sizeof r->id);
	strcpy(r->cid, a->cid);
	strcpy(r->device, device);
	r->video = video;
	r->inside = live_has_others(a->calls, a->cid, a->who->id);
	r->ring.team = call->conversation_id && strcmp(call->conversation_id, a->who->id) == 0;
	r->ring.leg_count = callees->n;
	for (size_t i = 0; i < callees->n; i++) {
		r->users[i] = callees->users[i];
		(void)snprintf(r->ring.legs[i].user_id, RING_USER_SIZE, "%s",
			       callees->users[i]->id);
	}
	list_append(&a->calls->rings, &r->in_calls);
	return r;
}

static void set_timers(struct calls *c, struct live_ring *r, const json_t *settings)
{
	uint64_t now = c->now_us(), incoming = timer_of(settings, "incoming_call_timeout_ms"),
		 cancel = timer_of(settings, "auto_cancel_timeout_ms"),
		 missed = timer_of(settings, "missed_call_timeout_ms");

	r->incoming_us = incoming ? now + incoming : 0;
	r->auto_cancel_us = cancel ? now + cancel : 0;
	r->missed_us = missed ? now + missed : 0;
	r->started_at_us = c->wall_us();
	r->expires_at_us = r->started_at_us + (incoming && incoming < cancel ? incoming : cancel);
}

static void ignore(void *arg, int status)
{
	(void)arg;
	(void)status; /* a full disk: at worst a restart does not say that it was missed */
}

static void store_start(struct calls *c, const struct live_ring *r)
{
	json_t *card = live_ring_card(c, r, "missed"), *ring = live_ring_json(r);
	autofree char *card_text = must(json_dumps(card, JSON_COMPACT));
	autofree char *ring_text = must(json_dumps(ring, JSON_COMPACT));

	json_decref(card);
	json_decref(ring);
	store_ring_start(c->store,
			 &(struct store_ring){ .id = r->id,
					       .cid = r->cid,
					       .conversation_id = r->conversation_id,
					       .card = card_text,
					       .ring = ring_text,
					       .started_at_us = r->started_at_us },
			 ignore, NULL);
}

/* Who is in another call is not rung: their devices hear that they have missed it, and never that it rings. */
static void turn_away_busy(struct calls *c, struct live_ring *r, bool ret_away[RING_LEGS_MAX])
{
	for (size_t i = 0; i < r->ring.leg_count; i++)
		ret_away[i] = is_busy(c, r->cid, r->ring.legs[i].user_id) &&
			      ring_reject(&r->ring, r->ring.legs[i].user_id, true) == RING_CHANGED;
}

static void begin(struct ask *a, const struct store_call *call, struct live_ring *r, bool busy)
{
	struct calls *c = a->calls;
	bool away[RING_LEGS_MAX] = { false };

	if (busy)
		turn_away_busy(c, r, away);
	json_t *frame = live_ring_frame(c, r, "call.ring", r->caller);
	(void)json_object_set_new(frame, "call", object_call(c, call));
	(void)json_object_set_new(frame, "members", object_members(call, 100));
	if (!r->inside)
		store_start(c, r);
	live_ring_say(c, r, frame);
	for (size_t i = 0; i < r->ring.leg_count; i++) {
		if (!away[i])
			continue;
		live_ring_say_rejected(c, r, i, "busy", "");
		live_ring_say_missed(c, r, i);
	}
	live_ring_settle(c, r);
}

/* Both press the button at once: that is an answer. Else it rings already. */
static int ring_again(struct ask *a, struct live_ring *r, const char *device)
{
	if (ring_is_ringing(&r->ring, a->who->id))
		(void)rings_accept(a->calls, a->cid, a->who, device);
	return 0;
}

int rings_start(struct ask *a, const struct store_call *call)
{
	struct calls *c = a->calls;
	struct live_ring *r = live_ring_find(c, a->cid);
	struct callees callees;
	const char *device;
	bool video = true;

	if (!ask_device(a, &device) || !ask_bool(a, "video", &video))
		return -EINVAL;
	if (r && r->ring.state == RING_RINGING)
		return ring_again(a, r, device);
	json_t *settings = call_types_settings(c->types, call);
	bool busy = call_setting_is_on(settings, "ring", "reject_when_busy");
	int status = find_callees(a, call, settings, &callees);

	if (status == 0) {
		r = ring_new(a, call, &callees, device, video);
		set_timers(c, r, settings);
		begin(a, call, r, busy);
	}
	json_decref(settings);
	return status;
}
