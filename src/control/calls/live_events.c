/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a live session tells: written to the store first and told to the sink afterwards, so events come in
 * the order in which they are stored; and the card at its end.
 */
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/limits.h"
#include "base/must.h"
#include "control/calls/live_ring.h"
#include "control/calls/live_session.h"
#include "control/objects/objects.h"

/* An event on its way through the store, with the state as it was then. */
struct pending {
	struct calls *calls;
	struct live *live;
	enum live_event type;
	struct person *person;
	size_t member_count; /* who had come by then: the first of live->members */
	size_t present_count;
	const struct store_user *present[]; /* the first of them */
};

/* ---- to the sink ---- */

static const char *type_text(enum live_event type)
{
	static const char *const texts[] = {
		[LIVE_STARTED] = "call.session_started",
		[LIVE_JOINED] = "call.session_participant_joined",
		[LIVE_LEFT] = "call.session_participant_left",
		[LIVE_ENDED] = "call.session_ended",
	};

	return texts[type];
}

static json_t *make_frame(const struct pending *p, const struct call_state *state)
{
	struct live *l = p->live;
	json_t *frame = frame_new(p->calls, type_text(p->type), l->cid, l->state.conversation_id);

	if (p->type == LIVE_ENDED)
		(void)json_object_set_new(frame, "session_id", json_string(l->session_id));
	else
		(void)json_object_set_new(frame, "state",
					  object_call_state(state, LIMIT_CALL_STATE_NAMES));
	if (p->type == LIVE_JOINED || p->type == LIVE_LEFT)
		(void)json_object_set_new(frame, "user", object_user(&p->person->user));
	return frame;
}

static void emit(const struct pending *p, const struct call_state *state, int64_t cursor,
		 struct store_audience audience)
{
	struct calls *c = p->calls;
	json_t *frame = c->sink ? make_frame(p, state) : NULL;
	const struct call_event event = { .cursor = cursor,
					  .type = type_text(p->type),
					  .cid = p->live->cid,
					  .conversation_id = p->live->state.conversation_id,
					  .audience = audience,
					  .frame = frame };

	if (frame)
		c->sink(c->sink_arg, &event);
	json_decref(frame);
}

static void know_account(struct person *person, const struct store_user *user)
{
	struct store_user *own = user ? store_user_dup(user) : NULL;

	if (!own)
		return;
	free(person->own); /* the account knows name, role and picture better than the token */
	person->own = own;
	person->user = *own;
	person->has_account = true;
}

static bool is_in(struct store_audience list, const char *user_id)
{
	for (size_t i = 0; i < list.count; i++)
		if (strcmp(list.user_ids[i], user_id) == 0)
			return true;
	return false;
}

/* Those who are in it or were by then, and the others who belong to the call; a conversation has an audience of its own.
 * Free user_ids; empty for want of memory. */
static struct store_audience audience_of(const struct pending *p,
					 const struct store_session_hearers *hearers)
{
	size_t inside = p->live->state.conversation_id ? 0 : p->member_count, n = 0;
	const char **ids = calloc(inside + hearers->others.count + 1, sizeof *ids);

	for (size_t i = 0; ids && i < inside; i++)
		if (!is_in(hearers->blocked, p->live->members[i]->user.id))
			ids[n++] = p->live->members[i]->user.id;
	for (size_t i = 0; ids && i < hearers->others.count; i++)
		ids[n++] = hearers->others.user_ids[i];
	return (struct store_audience){ ids, n };
}

/* Even when the store could not write: a call goes on while the disk is full.
 * Its events then have no cursor, and are for those who were there. */
static void on_stored(void *arg, int status, const struct store_user *user, int64_t cursor,
		      const struct store_session_hearers *hearers)
{
	struct pending *p = arg;
	struct live *l = p->live;

	(void)status;
	know_account(p->person, user);
	struct store_audience audience = audience_of(p, hearers);
	struct call_state state = l->state;
	state.participants = p->present;
	state.participant_count = p->present_count;
	emit(p, &state, cursor, audience);
	free((void *)(uintptr_t)audience.user_ids);
	live_unref(l);
	free(p);
}

/* The state as it is now, as far as the event tells it. */
static struct pending *pending_new(struct calls *c, struct live *l, enum live_event type,
				   struct person *person)
{
	size_t count = l->state.participant_count;
	size_t named = count < LIMIT_CALL_STATE_NAMES ? count : LIMIT_CALL_STATE_NAMES;
	struct pending *p = must(calloc(1, sizeof *p + named * sizeof p->present[0]));

	*p = (struct pending){ .calls = c,
			       .live = l,
			       .type = type,
			       .person = person,
			       .member_count = l->member_count,
			       .present_count = count };
	if (named)
		memcpy(p->present, l->present, named * sizeof p->present[0]);
	l->refs++;
	return p;
}

void live_store(struct calls *c, struct live *l, enum live_event type, struct person *person)
{
	struct store_audience watchers = watchers_of(c, l->cid);
	const struct store_session_start row = {
		.session_id = l->session_id,
		.cid = l->cid,
		.conversation_id = l->state.conversation_id,
		.user_id = person->user.id,
		.user_name = person->user.name,
		.at_us = type == LIVE_STARTED ? l->started_at_us : c->wall_us(),
		.watchers = watchers,
	};
	struct pending *p = pending_new(c, l, type, person);

	if (type == LIVE_STARTED)
		store_call_session_start(c->store, &row, on_stored, p);
	else if (type == LIVE_ENDED)
		store_call_session_end(c->store, &row, on_stored, p);
	else
		store_call_session_join(c->store, &row, type == LIVE_LEFT, on_stored, p);
	free((void *)(uintptr_t)watchers.user_ids);
}
/* ---- its card ---- */

void live_weigh(struct person *p, uint64_t now)
{
	if (p->level_since_us && now > p->level_since_us) {
		p->measured_us += now - p->level_since_us;
		p->level_sum += p->level * (now - p->level_since_us);
	}
	p->level_since_us = now;
}

/* By the one who fared worst, over the time. */
static const char *quality_of(const struct calls *c, const struct live *l)
{
	double worst = -1;

	for (size_t i = 0; i < l->member_count; i++) {
		struct person *p = l->members[i];

		if (!p->level_since_us)
			continue;
		live_weigh(p, c->now_us());
		double mean = p->measured_us ? (double)p->level_sum / (double)p->measured_us
					     : p->level;

		if (worst < 0 || mean < worst)
			worst = mean;
	}
	return worst < 0 ? NULL : worst >= 2.5 ? "excellent" : worst >= 1.5 ? "good" : "poor";
}

/* Whoever hangs up may be out of the call before it stops ringing: the ring's card says more. */
static bool rings_still(struct calls *c, const struct live *l)
{
	const struct live_ring *r = live_ring_find(c, l->cid);

	return r && r->ring.state == RING_RINGING && !r->inside;
}

/* Alone in a call of nobody's conversation: not worth a line. */
void live_post_card(struct calls *c, struct live *l)
{
	autofree const struct store_user **people = calloc(l->member_count, sizeof *people);

	if (!people ||
	    (!l->answered_at_us && (l->carded || !l->state.conversation_id || rings_still(c, l))))
		return;
	for (size_t i = 0; i < l->member_count; i++)
		people[i] = &l->members[i]->user;
	const struct card card = {
		.cid = l->cid,
		.session_id = l->session_id,
		.outcome = l->answered_at_us ? "completed" : "missed",
		.video = true,
		.caller = l->state.started_by,
		.started_at_us = l->started_at_us,
		.ended_at_us = c->wall_us(),
		.answered_at_us = l->answered_at_us,
		.people = people,
		.people_count = l->member_count,
		.quality = quality_of(c, l),
	};
	card_post(c, l->cid, l->state.conversation_id, l->state.started_by->id, card_json(&card));
}
