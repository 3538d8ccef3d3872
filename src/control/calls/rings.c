/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What rings now: ring.c's table with people, timers and events around it. The server runs it, so
 * that a client that dies leaves no phone ringing. In memory; the store knows which rings are open,
 * so that a restart can say that they were missed.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "control/calls/internal.h"
#include "control/objects/objects.h"

enum {
	CALLER_GRACE_S = 5,  /* without a socket and not in the call */
	HANG_UP_GRACE_S = 2, /* out of the room: time to come back by another connection */
	NOBODY_CAME_S = 20,  /* accepted, but nobody is there */
	RING_ID_SIZE = 20,
	RINGS_MAX = 10 * 1000,
};

struct live_ring {
	struct list in_calls;
	struct ring ring;
	char id[RING_ID_SIZE], cid[CALLS_CID_SIZE], device[RING_DEVICE_SIZE];
	char *conversation_id;		       /* NULL = none */
	struct store_user *caller;	       /* own copies */
	struct store_user **users;	       /* of the legs */
	bool *told;			       /* of the legs: that they have missed it */
	bool video, seen;		       /* seen: the caller had an event socket */
	uint64_t started_at_us, expires_at_us; /* wall */
	uint64_t incoming_us, auto_cancel_us, missed_us, gone_us, left_us,
		accepted_us; /* monotonic; 0 = not */
};

void rings_init(struct calls *c)
{
	list_init(&c->rings);
}

static void ring_free(struct live_ring *r)
{
	list_remove(&r->in_calls);
	for (size_t i = 0; i < r->ring.leg_count; i++)
		free(r->users[i]);
	free(r->users);
	free(r->told);
	free(r->ring.legs);
	free(r->caller);
	free(r->conversation_id);
	free(r);
}

void rings_fini(struct calls *c)
{
	struct live_ring *r;

	list_each (r, &c->rings, in_calls)
		ring_free(r);
}

/* The newest of the call. */
static struct live_ring *find(struct calls *c, const char *cid)
{
	struct live_ring *r, *found = NULL;

	list_each (r, &c->rings, in_calls)
		if (strcmp(r->cid, cid) == 0)
			found = r;
	return found;
}

bool rings_is_ringing(struct calls *c, const char *cid)
{
	const struct live_ring *r = find(c, cid);

	return r && r->ring.state == RING_RINGING;
}

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

/* ---- JSON ---- */

static json_t *ring_json(const struct live_ring *r)
{
	const char *outcome = ring_outcome_text(r->ring.outcome);
	json_t *legs = json_array();

	for (size_t i = 0; i < r->ring.leg_count; i++) {
		const struct ring_leg *leg = &r->ring.legs[i];
		json_t *o = json_pack("{s:s, s:o, s:s}", "user_id", leg->user_id, "user",
				      object_user(r->users[i]), "state",
				      leg_state_text(leg->state));

		if (o && leg->device[0])
			(void)json_object_set_new(o, "device_id", json_string(leg->device));
		(void)json_array_append_new(legs, o);
	}
	return json_pack("{s:s, s:s, s:o, s:s, s:o, s:b, s:o, s:o, s:o}", "id", r->id, "state",
			 ring_state_text(r->ring.state), "outcome",
			 outcome ? json_string(outcome) : json_null(), "mode",
			 r->ring.team ? "team" : "group", "caller", object_user(r->caller), "video",
			 (int)r->video, "started_at", object_time(r->started_at_us), "expires_at",
			 object_time(r->expires_at_us), "legs", legs);
}

json_t *rings_json(struct calls *c, const char *cid)
{
	const struct live_ring *r = find(c, cid);

	return r ? ring_json(r) : json_null();
}

static json_t *ring_frame(struct calls *c, const struct live_ring *r, const char *type,
			  const struct store_user *user)
{
	json_t *frame = frame_new(c, type, r->cid, r->conversation_id);

	(void)json_object_set_new(frame, "ring", ring_json(r));
	(void)json_object_set_new(frame, "user", object_user(user));
	return frame;
}

static void say_ring(struct calls *c, const struct live_ring *r, json_t *frame)
{
	say(c, r->cid, r->conversation_id, frame);
}

json_t *calls_ringing(struct calls *c, const char *user_id)
{
	json_t *list = json_array();
	struct live_ring *r;

	list_each (r, &c->rings, in_calls)
		if (ring_is_ringing(&r->ring, user_id))
			(void)json_array_append_new(list, ring_frame(c, r, "call.ring", r->caller));
	return list;
}

/* ---- the end of a ring ---- */

static void ignore(void *arg, int status)
{
	(void)arg;
	(void)status; /* a full disk: at worst the next start says once more that it was missed */
}

static json_t *ring_card(struct calls *c, const struct live_ring *r, const char *outcome)
{
	const struct store_user *people[] = { r->caller };

	return card_json(&(struct card){ .cid = r->cid,
					 .session_id = live_session_id(c, r->cid),
					 .outcome = outcome,
					 .video = r->video,
					 .caller = r->caller,
					 .started_at_us = r->started_at_us,
					 .ended_at_us = c->wall_us(),
					 .people = people,
					 .people_count = 1 });
}

/* To those who have not answered, and to the caller; once. */
static void say_missed(struct calls *c, const struct live_ring *r, size_t leg)
{
	const char *const ids[] = { r->ring.legs[leg].user_id, r->caller->id };

	if (r->told[leg])
		return;
	r->told[leg] = true;
	say_to(c, r->cid, ids, 2, ring_frame(c, r, "call.missed", r->users[leg]));
}

static void say_rejected(struct calls *c, const struct live_ring *r, size_t leg, const char *reason,
			 const char *device)
{
	const char *session_id = live_session_id(c, r->cid);
	json_t *frame = ring_frame(c, r, "call.rejected", r->users[leg]);

	(void)json_object_set_new(frame, "reason", json_string(reason));
	if (*device)
		(void)json_object_set_new(frame, "device_id", json_string(device));
	if (session_id)
		(void)json_object_set_new(frame, "session_id", json_string(session_id));
	say_ring(c, r, frame);
}

/* After the last event about it. An accepted one stays, so that late answers can be told so. */
static void settle(struct calls *c, struct live_ring *r)
{
	if (r->ring.state == RING_RINGING)
		return;
	store_ring_end(c->store, r->id, c->wall_us(), ignore, NULL);
	if (r->ring.state != RING_ENDED)
		return;
	if (r->ring.outcome != OUTCOME_ACCEPTED) {
		live_note_card(c, r->cid);
		card_post(c, r->cid, r->conversation_id, r->caller->id,
			  ring_card(c, r, ring_outcome_text(r->ring.outcome)));
	}
	ring_free(r);
}

/* A change of everybody's: those whose phone stopped by it have missed the call. */
static void change_all(struct calls *c, struct live_ring *r,
		       enum ring_result (*change)(struct ring *), const char *reason)
{
	autofree bool *rang = calloc(r->ring.leg_count + 1, sizeof *rang);

	for (size_t i = 0; rang && i < r->ring.leg_count; i++)
		rang[i] = r->ring.legs[i].state == LEG_RINGING;
	if (change(&r->ring) != RING_CHANGED)
		return;
	if (reason) { /* the caller's doing */
		json_t *frame = ring_frame(c, r, "call.rejected", r->caller);

		(void)json_object_set_new(frame, "reason", json_string(reason));
		say_ring(c, r, frame);
	}
	for (size_t i = 0; rang && i < r->ring.leg_count; i++) {
		if (!rang[i] || r->ring.legs[i].state != LEG_MISSED)
			continue;
		if (!r->told[i])
			say_missed(c, r, i);
		else if (!reason) /* its devices must hear that it is over */
			say_rejected(c, r, i, "timeout", "");
	}
	settle(c, r);
}

/* ---- starting ---- */

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
	    live_has(a->calls, a->cid, user->id) ||		    /* is there already */
	    !(rights_on(a->calls->types, call, user) & RIGHT_READ)) /* blocked: no ring */
		return;
	ret->users[ret->n] = store_user_dup(user);
	if (!ret->users[ret->n])
		abort(); /* R61: a clean end and a restart */
	ret->n++;
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

/* The customer rings the team, the team rings the customer, everybody else rings the members. */
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
	ret->n = 0;
	for (size_t i = 0; team && i < call->admin_count; i++)
		add_callee(a, call, &call->admins[i], ids, ret);
	for (size_t i = 0; i < call->member_count; i++)
		if (!team || call->members[i].user.role != ROLE_ADMIN)
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
	struct live_ring *r = calloc(1, sizeof *r);

	if (!r || !(r->users = calloc(callees->n, sizeof(struct store_user *))) ||
	    !(r->told = calloc(callees->n, sizeof *r->told)) ||
	    !(r->ring.legs = calloc(callees->n, sizeof *r->ring.legs)) ||
	    !(r->caller = store_user_dup(a->who)) ||
	    (call->conversation_id && !(r->conversation_id = strdup(call->conversation_id))))
		abort(); /* R61: a clean end and a restart */
	rng_name(a->calls->rng, "ring_", r->id, sizeof r->id);
	strcpy(r->cid, a->cid);
	strcpy(r->device, device);
	r->video = video;
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

static void store_start(struct calls *c, const struct live_ring *r)
{
	json_t *card = ring_card(c, r, "missed"), *ring = ring_json(r);
	autofree char *card_text = json_dumps(card, JSON_COMPACT);
	autofree char *ring_text = json_dumps(ring, JSON_COMPACT);

	json_decref(card);
	json_decref(ring);
	if (!card_text || !ring_text)
		abort(); /* R61: a clean end and a restart */
	store_ring_start(c->store,
			 &(struct store_ring){ .id = r->id,
					       .cid = r->cid,
					       .conversation_id = r->conversation_id,
					       .card = card_text,
					       .ring = ring_text,
					       .started_at_us = r->started_at_us },
			 ignore, NULL);
}

/* Who is in another call has missed this one before it rang. */
static void turn_away_busy(struct calls *c, struct live_ring *r)
{
	for (size_t i = 0; i < r->ring.leg_count; i++)
		if (is_busy(c, r->cid, r->ring.legs[i].user_id) &&
		    ring_reject(&r->ring, r->ring.legs[i].user_id, true) == RING_CHANGED) {
			say_rejected(c, r, i, "busy", "");
			say_missed(c, r, i);
		}
}

static void begin(struct ask *a, const struct store_call *call, struct live_ring *r, bool busy)
{
	struct calls *c = a->calls;
	json_t *frame = ring_frame(c, r, "call.ring", r->caller);

	(void)json_object_set_new(frame, "call", object_call(c, call));
	(void)json_object_set_new(frame, "members", object_members(call, 100));
	store_start(c, r);
	say_ring(c, r, frame);
	if (busy)
		turn_away_busy(c, r);
	settle(c, r);
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
	struct live_ring *r = find(c, a->cid);
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

/* ---- answers ---- */

enum ring_result rings_accept(struct calls *c, const char *cid, const struct store_user *who,
			      const char *device)
{
	struct live_ring *r = find(c, cid);
	enum ring_result result = r ? ring_accept(&r->ring, who->id, device) : RING_OVER;

	if (result != RING_CHANGED)
		return result;
	r->accepted_us = c->now_us();
	json_t *frame = ring_frame(c, r, "call.accepted", who);
	if (*device)
		(void)json_object_set_new(frame, "device_id", json_string(device));
	say_ring(c, r, frame);
	settle(c, r);
	return result;
}

bool rings_reject(struct calls *c, const char *cid, const struct store_user *who,
		  const char *reason, const char *device)
{
	struct live_ring *r = find(c, cid);
	bool busy = strcmp(reason, "busy") == 0;

	if (!r)
		return false;
	if (strcmp(r->caller->id, who->id) == 0) {
		bool rang = ring_is_ringing(&r->ring, NULL);

		change_all(c, r, ring_cancel, "cancel");
		return rang;
	}
	const struct ring_leg *leg = ring_leg_find(&r->ring, who->id);
	if (!leg || ring_reject(&r->ring, who->id, busy) != RING_CHANGED)
		return false;
	size_t at = (size_t)(leg - r->ring.legs);
	say_rejected(c, r, at, reason, device);
	if (busy)
		say_missed(c, r, at);
	settle(c, r);
	return true;
}

void rings_call_ended(struct calls *c, const char *cid)
{
	struct live_ring *r;

	list_each (r, &c->rings, in_calls) {
		if (strcmp(r->cid, cid) != 0)
			continue;
		if (r->ring.state == RING_RINGING)
			r->left_us = c->now_us(); /* perhaps the caller comes back */
		else
			change_all(c, r, ring_end, NULL);
	}
}

void rings_end(struct calls *c, const char *cid)
{
	struct live_ring *r;

	list_each (r, &c->rings, in_calls)
		if (strcmp(r->cid, cid) == 0)
			change_all(c, r, ring_end, r->ring.state == RING_RINGING ? "cancel" : NULL);
}

void rings_left(struct calls *c, const char *cid, const char *user_id)
{
	struct live_ring *r = find(c, cid);

	if (r && r->ring.state == RING_RINGING && strcmp(r->caller->id, user_id) == 0)
		r->left_us = c->now_us();
}

/* ---- time ---- */

static bool is_over(uint64_t at_us, uint64_t now_us)
{
	return at_us && now_us >= at_us;
}

/* NULL, or why the caller counts as gone. */
static const char *caller_lost(struct calls *c, struct live_ring *r, uint64_t now)
{
	bool there = live_has(c, r->cid, r->caller->id);
	bool online = !c->online ||
		      c->online(c->online_arg, r->caller->id, r->device[0] ? r->device : NULL);

	if (there)
		r->left_us = 0;
	if (is_over(r->left_us ? r->left_us + (uint64_t)HANG_UP_GRACE_S * US_PER_S : 0, now))
		return "cancel";
	r->seen |= online;
	/* A lost media session is kept for half a minute: too long to ring for nobody. */
	if (online || !r->seen) {
		r->gone_us = 0;
		return NULL;
	}
	if (!r->gone_us)
		r->gone_us = now;
	return now - r->gone_us >= (uint64_t)CALLER_GRACE_S * US_PER_S ? "caller_gone" : NULL;
}

/* Those who have not answered for so long are told; their devices may ring on. */
static void tell_missed(struct calls *c, struct live_ring *r, uint64_t now)
{
	if (!is_over(r->missed_us, now))
		return;
	r->missed_us = 0;
	for (size_t i = 0; i < r->ring.leg_count; i++)
		if (r->ring.legs[i].state == LEG_RINGING)
			say_missed(c, r, i);
}

/* The last step may end the ring. */
static void tick(struct calls *c, struct live_ring *r, uint64_t now)
{
	if (!is_over(r->incoming_us, now) && !is_over(r->auto_cancel_us, now))
		tell_missed(c, r, now);
	if (r->ring.state == RING_RINGING) {
		const char *lost = caller_lost(c, r, now);

		if (lost)
			change_all(c, r, ring_cancel, lost);
		else if (is_over(r->incoming_us, now) || is_over(r->auto_cancel_us, now))
			change_all(c, r, ring_timeout, NULL);
	} else if (is_over(r->incoming_us, now) && ring_is_ringing(&r->ring, NULL)) {
		change_all(c, r, ring_timeout, NULL); /* the others of a group */
	} else if (!live_session_id(c, r->cid) &&
		   is_over(r->accepted_us + (uint64_t)NOBODY_CAME_S * US_PER_S, now)) {
		change_all(c, r, ring_end, NULL);
	}
}

void rings_tick(struct calls *c)
{
	uint64_t now = c->now_us();
	struct live_ring *r;

	list_each (r, &c->rings, in_calls)
		tick(c, r, now);
}

/* ---- what a restart left ---- */

static void end_legs(json_t *ring)
{
	json_t *leg;
	size_t at;

	(void)json_object_set_new(ring, "state", json_string("ended"));
	(void)json_object_set_new(ring, "outcome", json_string("missed"));
	json_array_foreach(json_object_get(ring, "legs"), at, leg)
	{
		const char *state = json_string_value(json_object_get(leg, "state"));

		if (state && strcmp(state, "ringing") == 0)
			(void)json_object_set_new(leg, "state", json_string("missed"));
	}
}

static void say_restarted(struct calls *c, const struct store_ring *stored, json_t *ring)
{
	const char *caller = json_string_value(
		json_object_get(json_object_get(ring, "caller"), "id"));
	json_t *leg;
	size_t at;

	json_array_foreach(json_object_get(ring, "legs"), at, leg)
	{
		const char *const ids[] = { json_string_value(json_object_get(leg, "user_id")),
					    caller };
		json_t *frame = frame_new(c, "call.missed", stored->cid, stored->conversation_id);

		(void)json_object_set(frame, "ring", ring);
		(void)json_object_set(frame, "user", json_object_get(leg, "user"));
		if (ids[0] && ids[1])
			say_to(c, stored->cid, ids, 2, frame);
		else
			json_decref(frame);
	}
}

void rings_missed(struct calls *c, const struct store_ring *list, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		json_t *ring = object_stored(list[i].ring), *card = object_stored(list[i].card);
		const char *caller = json_string_value(
			json_object_get(json_object_get(card, "caller"), "id"));

		end_legs(ring);
		say_restarted(c, &list[i], ring);
		(void)json_object_set_new(card, "ended_at", object_time(c->wall_us()));
		if (caller)
			card_post(c, list[i].cid, list[i].conversation_id, caller, card);
		else
			json_decref(card);
		json_decref(ring);
	}
}
