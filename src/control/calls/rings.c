/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What rings now: ring.c's table with people, timers and events around it. The server runs it, so
 * that a client that dies leaves no phone ringing. In memory; the store knows which rings are open,
 * so that a restart can say that they were missed.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "control/calls/live_ring.h"
#include "control/objects/objects.h"

void rings_init(struct calls *c)
{
	list_init(&c->rings);
}

static void live_ring_free(struct live_ring *r)
{
	list_remove(&r->in_calls);
	for (size_t i = 0; i < r->ring.leg_count; i++)
		free(r->users[i]);
	free(r->users);
	free(r->told);
	free(r->ring.legs);
	free(r->caller);
	free(r->conversation_id);
	free(r->channel_name);
	free(r);
}

void rings_fini(struct calls *c)
{
	struct live_ring *r;

	list_each (r, &c->rings, in_calls)
		live_ring_free(r);
}

/* The newest of the call. */
struct live_ring *live_ring_find(struct calls *c, const char *cid)
{
	struct live_ring *r, *found = NULL;

	list_each (r, &c->rings, in_calls)
		if (strcmp(r->cid, cid) == 0)
			found = r;
	return found;
}

bool rings_engage(struct calls *c, const char *user_id)
{
	const struct live_ring *r;

	list_each (r, &c->rings, in_calls) {
		bool part = strcmp(r->caller->id, user_id) == 0 ||
			    (r->conversation_id && strcmp(r->conversation_id, user_id) == 0);

		for (size_t i = 0; i < r->ring.leg_count; i++)
			part |= strcmp(r->ring.legs[i].user_id, user_id) == 0;
		if (part && r->ring.state == RING_RINGING)
			return true;
	}
	return false;
}

/* ---- JSON ---- */

json_t *live_ring_json(const struct live_ring *r)
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
	json_t *o = json_pack("{s:s, s:s, s:o, s:s, s:o, s:b, s:o, s:o, s:o}", "id", r->id, "state",
			      ring_state_text(r->ring.state), "outcome",
			      outcome ? json_string(outcome) : json_null(), "mode",
			      r->ring.team ? "team" : "group", "caller", object_user(r->caller),
			      "video", (int)r->video, "started_at", object_time(r->started_at_us),
			      "expires_at", object_time(r->expires_at_us), "legs", legs);

	if (o && r->channel_name)
		(void)json_object_set_new(o, "channel_name", json_string(r->channel_name));
	return o;
}

json_t *rings_json(struct calls *c, const char *cid)
{
	const struct live_ring *r = live_ring_find(c, cid);

	return r ? live_ring_json(r) : json_null();
}

json_t *live_ring_frame(struct calls *c, const struct live_ring *r, const char *type,
			const struct store_user *user)
{
	json_t *frame = frame_new(c, type, r->cid, r->conversation_id);

	(void)json_object_set_new(frame, "ring", live_ring_json(r));
	(void)json_object_set_new(frame, "user", object_user(user));
	return frame;
}

void live_ring_say(struct calls *c, const struct live_ring *r, json_t *frame)
{
	say(c, r->cid, r->conversation_id, frame);
}

json_t *calls_ringing(struct calls *c, const char *user_id)
{
	json_t *list = json_array();
	struct live_ring *r;

	list_each (r, &c->rings, in_calls)
		if (ring_is_ringing(&r->ring, user_id))
			(void)json_array_append_new(list,
						    live_ring_frame(c, r, "call.ring", r->caller));
	return list;
}

static void replace_user(struct store_user **at, const struct store_user *user)
{
	struct store_user *copy = strcmp((*at)->id, user->id) == 0 ? store_user_dup(user) : NULL;

	if (!copy)
		return; /* without memory the old name stays until the ring ends */
	free(*at);
	*at = copy;
}

void rings_user_renamed(struct calls *c, const struct store_user *user)
{
	struct live_ring *r;

	list_each (r, &c->rings, in_calls) {
		replace_user(&r->caller, user);
		for (size_t i = 0; i < r->ring.leg_count; i++)
			replace_user(&r->users[i], user);
	}
}

/* ---- the end of a ring ---- */

static void ignore(void *arg, int status)
{
	(void)arg;
	(void)status; /* a full disk: at worst the next start says once more that it was missed */
}

json_t *live_ring_card(struct calls *c, const struct live_ring *r, const char *outcome)
{
	const struct store_user *people[] = { r->caller };

	return card_json(&(struct card){ .cid = r->cid,
					 .session_id = live_session_id(c, r->cid),
					 .channel_name = r->channel_name,
					 .outcome = outcome,
					 .video = r->video,
					 .caller = r->caller,
					 .started_at_us = r->started_at_us,
					 .ended_at_us = c->wall_us(),
					 .people = people,
					 .people_count = 1 });
}

/* To those who have not answered, and to the caller; once. */
void live_ring_say_missed(struct calls *c, const struct live_ring *r, size_t leg)
{
	const char *const ids[] = { r->ring.legs[leg].user_id, r->caller->id };

	if (r->told[leg])
		return;
	r->told[leg] = true;
	say_to(c, r->cid, ids, 2, live_ring_frame(c, r, "call.missed", r->users[leg]));
}

void live_ring_say_rejected(struct calls *c, const struct live_ring *r, size_t leg,
			    const char *reason, const char *device)
{
	const char *session_id = live_session_id(c, r->cid);
	json_t *frame = live_ring_frame(c, r, "call.rejected", r->users[leg]);

	(void)json_object_set_new(frame, "reason", json_string(reason));
	if (*device)
		(void)json_object_set_new(frame, "device_id", json_string(device));
	if (session_id)
		(void)json_object_set_new(frame, "session_id", json_string(session_id));
	live_ring_say(c, r, frame);
}

/* After the last event about it. An accepted one stays, so that late answers can be told so. */
void live_ring_settle(struct calls *c, struct live_ring *r)
{
	if (r->ring.state == RING_RINGING)
		return;
	store_ring_end(c->store, r->id, c->wall_us(), ignore, NULL);
	if (r->ring.state != RING_ENDED)
		return;
	if (r->ring.outcome != OUTCOME_ACCEPTED && !r->inside) {
		live_note_card(c, r->cid);
		card_post(c, r->cid, r->conversation_id, r->caller->id,
			  live_ring_card(c, r, ring_outcome_text(r->ring.outcome)));
	}
	live_ring_free(r);
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
	if (reason) { /* the caller's doing, or not doing */
		json_t *frame = live_ring_frame(c, r, "call.rejected", r->caller);

		(void)json_object_set_new(frame, "reason", json_string(reason));
		live_ring_say(c, r, frame);
	}
	for (size_t i = 0; rang && i < r->ring.leg_count; i++) {
		if (!rang[i] || r->ring.legs[i].state != LEG_MISSED)
			continue;
		if (!r->told[i])
			live_ring_say_missed(c, r, i);
		else if (!reason) /* its devices must hear that it is over */
			live_ring_say_rejected(c, r, i, "timeout", "");
	}
	live_ring_settle(c, r);
}

/* ---- answers ---- */

enum ring_result rings_accept(struct calls *c, const char *cid, const struct store_user *who,
			      const char *device)
{
	struct live_ring *r = live_ring_find(c, cid);
	enum ring_result result = r ? ring_accept(&r->ring, who->id, device) : RING_OVER;

	if (result != RING_CHANGED)
		return result;
	r->accepted_us = c->now_us();
	json_t *frame = live_ring_frame(c, r, "call.accepted", who);
	if (*device)
		(void)json_object_set_new(frame, "device_id", json_string(device));
	live_ring_say(c, r, frame);
	live_ring_settle(c, r);
	return result;
}

bool rings_reject(struct calls *c, const char *cid, const struct store_user *who,
		  const char *reason, const char *device)
{
	struct live_ring *r = live_ring_find(c, cid);
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
	live_ring_say_rejected(c, r, at, reason, device);
	if (busy)
		live_ring_say_missed(c, r, at);
	live_ring_settle(c, r);
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
	struct live_ring *r = live_ring_find(c, cid);

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
			live_ring_say_missed(c, r, i);
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
		change_all(c, r, ring_end, "nobody_joined");
	}
}

void rings_tick(struct calls *c)
{
	uint64_t now = c->now_us();
	struct live_ring *r;

	list_each (r, &c->rings, in_calls)
		tick(c, r, now);
}
