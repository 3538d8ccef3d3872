/* SPDX-License-Identifier: Apache-2.0 */
#include "control/calls/ring.h"

#include <stdio.h>
#include <string.h>

#define R LEG_RINGING
#define A LEG_ACCEPTED
#define D LEG_REJECTED
#define B LEG_BUSY
#define M LEG_MISSED
#define S LEG_STOPPED

/* Only a ringing leg changes: every other state is final. */
static const unsigned char table[LEG_STATES][LEG_EVENTS] = {
	/*		   accept reject busy timeout cancel won */
	[LEG_RINGING] = { A, D, B, M, M, S },  [LEG_ACCEPTED] = { A, A, A, A, A, A },
	[LEG_REJECTED] = { D, D, D, D, D, D }, [LEG_BUSY] = { B, B, B, B, B, B },
	[LEG_MISSED] = { M, M, M, M, M, M },   [LEG_STOPPED] = { S, S, S, S, S, S },
};

#undef R
#undef A
#undef D
#undef B
#undef M
#undef S

enum leg_state leg_next(enum leg_state state, enum leg_event event)
{
	return (enum leg_state)table[state][event];
}

struct ring_leg *ring_leg_find(const struct ring *r, const char *user_id)
{
	for (size_t i = 0; i < r->leg_count; i++)
		if (strcmp(r->legs[i].user_id, user_id) == 0)
			return &r->legs[i];
	return NULL;
}

bool ring_is_ringing(const struct ring *r, const char *user_id)
{
	for (size_t i = 0; i < r->leg_count; i++)
		if (r->legs[i].state == LEG_RINGING &&
		    (!user_id || strcmp(r->legs[i].user_id, user_id) == 0))
			return true;
	return false;
}

/* How it ended when nobody answered: what most people would say of it. */
static enum ring_outcome outcome_of(const struct ring *r)
{
	size_t rejected = 0, busy = 0;

	for (size_t i = 0; i < r->leg_count; i++) {
		rejected += r->legs[i].state == LEG_REJECTED;
		busy += r->legs[i].state == LEG_BUSY;
	}
	if (rejected + busy < r->leg_count)
		return OUTCOME_MISSED;
	return rejected ? OUTCOME_DECLINED : OUTCOME_BUSY;
}

static void finish(struct ring *r, enum ring_outcome outcome)
{
	r->state = RING_ENDED;
	r->outcome = outcome;
}

/* Sends the event to every leg (but one); true when any changed. */
static bool to_all(struct ring *r, enum leg_event event, const struct ring_leg *but)
{
	bool changed = false;

	for (size_t i = 0; i < r->leg_count; i++) {
		struct ring_leg *leg = &r->legs[i];
		enum leg_state next = leg_next(leg->state, event);

		if (leg == but || next == leg->state)
			continue;
		leg->state = next;
		changed = true;
	}
	return changed;
}

enum ring_result ring_accept(struct ring *r, const char *user_id, const char *device)
{
	struct ring_leg *leg = ring_leg_find(r, user_id);

	if (!leg)
		return RING_STRANGER;
	if (r->state == RING_ENDED)
		return RING_OVER;
	if (leg->state == LEG_ACCEPTED)
		return *device && strcmp(leg->device, device) == 0 ? RING_SAME : RING_TAKEN;
	if (leg->state != LEG_RINGING)
		return leg->state == LEG_STOPPED ? RING_TAKEN : RING_OVER;
	leg->state = leg_next(leg->state, LEG_ON_ACCEPT);
	(void)snprintf(leg->device, sizeof leg->device, "%s", device);
	r->state = RING_ACCEPTED;
	r->outcome = OUTCOME_ACCEPTED;
	if (r->team)
		(void)to_all(r, LEG_ON_WON, leg);
	return RING_CHANGED;
}

enum ring_result ring_reject(struct ring *r, const char *user_id, bool busy)
{
	struct ring_leg *leg = ring_leg_find(r, user_id);

	if (!leg)
		return RING_STRANGER;
	if (r->state == RING_ENDED || leg->state != LEG_RINGING)
		return leg->state == LEG_REJECTED || leg->state == LEG_BUSY ? RING_SAME : RING_OVER;
	leg->state = leg_next(leg->state, busy ? LEG_ON_BUSY : LEG_ON_REJECT);
	if (r->state == RING_RINGING && !ring_is_ringing(r, NULL))
		finish(r, outcome_of(r));
	return RING_CHANGED;
}

enum ring_result ring_timeout(struct ring *r)
{
	if (!to_all(r, LEG_ON_TIMEOUT, NULL))
		return RING_OVER;
	if (r->state == RING_RINGING)
		finish(r, outcome_of(r));
	return RING_CHANGED;
}

enum ring_result ring_cancel(struct ring *r)
{
	bool changed = to_all(r, LEG_ON_CANCEL, NULL);

	if (r->state == RING_RINGING) {
		finish(r, OUTCOME_CANCELLED);
		changed = true;
	}
	return changed ? RING_CHANGED : RING_OVER;
}

enum ring_result ring_end(struct ring *r)
{
	bool changed = r->state != RING_ENDED;

	(void)to_all(r, LEG_ON_CANCEL, NULL);
	if (changed)
		finish(r, r->state == RING_ACCEPTED ? OUTCOME_ACCEPTED : OUTCOME_CANCELLED);
	return changed ? RING_CHANGED : RING_OVER;
}

const char *leg_state_text(enum leg_state state)
{
	static const char *const texts[] = { "ringing", "accepted", "rejected",
					     "busy",	"missed",   "stopped" };

	return texts[state];
}

const char *ring_state_text(enum ring_state state)
{
	static const char *const texts[] = { "ringing", "accepted", "ended" };

	return texts[state];
}

const char *ring_outcome_text(enum ring_outcome outcome)
{
	static const char *const texts[] = { NULL,     "accepted",  "declined",
					     "missed", "cancelled", "busy" };

	return texts[outcome];
}
