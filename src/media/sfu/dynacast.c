/* SPDX-License-Identifier: Apache-2.0 */
#include "media/sfu/dynacast.h"

#include <assert.h>

#include "media/sfu/participant.h"
#include "media/sfu/sfu.h"
#include "media/sfu/track.h"

void dynacast_init(struct dynacast *d)
{
	*d = (struct dynacast){ .told = LAYERS_MAX - 1, .less_at = UINT64_MAX };
}

/* The best layer that anybody wants. One without layers is wanted whole or not at all. */
static int8_t wanted(const struct track *t)
{
	int8_t most = LAYERS_MAX - 1;

	while (most >= 0 && !t->dynacast.wishes[most])
		most--;
	return most >= 0 && !track_has_layers(t) ? LAYERS_MAX - 1 : most;
}

void dynacast_wish(struct dynacast *d, int8_t before, int8_t after)
{
	assert(before < 0 || d->wishes[before]);
	if (before >= 0)
		d->wishes[before]--;
	if (after >= 0)
		d->wishes[after]++;
}

static void tell(struct track *t, int8_t layer)
{
	struct plane_event event = participant_event(t->publisher, EV_WANTED);

	t->dynacast.told = layer;
	t->dynacast.less_at = UINT64_MAX;
	event.target = TARGET_PUBLISHER;
	event.track = t->sid;
	event.quality = layer < 0 ? QUALITY_OFF : (uint8_t)layer; /* rids are named by quality */
	egress_event(&t->publisher->sfu->egress, &event);
}

void dynacast_update(struct track *t, uint64_t now)
{
	struct dynacast *d = &t->dynacast;

	if (t->kind != KIND_VIDEO || !t->live)
		return;

	int8_t layer = wanted(t);
	if (layer > d->told) {
		tell(t, layer);
	} else if (layer == d->told) {
		d->less_at = UINT64_MAX;
	} else if (d->less_at == UINT64_MAX) {
		d->less_at = now + DYNACAST_LESS_US;
		leg_wake(&t->publisher->publisher.leg, d->less_at);
	} else if (now >= d->less_at) {
		tell(t, layer);
	}
}

uint64_t dynacast_deadline(const struct track *t)
{
	return t->dynacast.less_at;
}
