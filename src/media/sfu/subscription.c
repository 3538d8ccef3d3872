/* SPDX-License-Identifier: Apache-2.0 */
#include "media/sfu/subscription.h"

#include <errno.h>
#include <stdio.h>

#include "base/slab.h"
#include "media/sfu/downlink.h"
#include "media/sfu/dynacast.h"
#include "media/sfu/participant.h"
#include "media/sfu/sfu.h"
#include "media/sfu/subscribe.h"
#include "media/sfu/track.h"

struct subscription *subscription_find(const struct participant *p, const struct track *t)
{
	struct list *own = p->subscriptions.next, *all = t->subscriptions.next;

	/* Side by side: one gets few things from a stage with hundreds of viewers, and in a meeting many, each of which goes
	 * to few. The shorter list says whether there is one. */
	for (; own != &p->subscriptions && all != &t->subscriptions;
	     own = own->next, all = all->next) {
		struct subscription *a = list_entry(own, struct subscription, in_participant);
		struct subscription *b = list_entry(all, struct subscription, in_track);

		if (a->track == t)
			return a;
		if (b->participant == p)
			return b;
	}
	return NULL;
}

int subscription_new(struct subscription **ret, struct participant *p, struct track *t,
		     uint64_t now)
{
	if (subscription_find(p, t))
		return -EEXIST;

	struct subscription *s = slab_calloc(sizeof *s);
	if (!s)
		return -ENOMEM;
	s->participant = p;
	s->track = t;
	layers_init(&s->layers);
	svc_init(&s->svc);
	s->settings.quality = QUALITY_HIGH;
	s->wanted = s->allowed = (struct subscription_limit){ LAYERS_MAX - 1, LAYERS_TEMPORAL_MAX };
	list_append(&p->subscriptions, &s->in_participant);
	list_append(&t->subscriptions, &s->in_track);
	dynacast_wish(&t->dynacast, LAYERS_NONE, s->wanted.layer);
	dynacast_update(t, now); /* before it waits for a key frame (livekit-protocol 6.2) */
	*ret = s;
	return 0;
}

void subscription_stop(struct subscription *s, uint64_t now)
{
	struct transport *transport = s->participant->subscriber.leg.transport;

	downlink_forget(s);
	if (s->sending) {
		transport_end_rtp(transport, s->down.config.ssrc);
		transport_end_rtp(transport, s->down.config.rtx_ssrc);
		down_fini(&s->down);
	}
	s->sending = false;
	if (s->placed)
		subscribe_release(s->participant, s->section, now);
	s->placed = false;
}

struct subscription *subscription_free(struct subscription *s, uint64_t now)
{
	if (!s)
		return NULL;
	subscription_stop(s, now);
	list_remove(&s->in_participant);
	list_remove(&s->in_track);
	dynacast_wish(&s->track->dynacast, s->wanted.layer, LAYERS_NONE);
	dynacast_update(s->track, now);
	slab_free(s);
	return NULL;
}

int subscription_start(struct subscription *s, uint64_t now, const struct negotiate_down *offered,
		       const struct negotiate_taken *taken)
{
	const struct codec_info *info = codec_info(offered->codec);
	struct rng *rng = s->participant->sfu->rng;
	struct down_config config = {
		.codec = info->media,
		.clock_rate = info->clock_rate,
		.ssrc = offered->ssrc,
		.payload_type = taken->payload_type,
		.red_payload_type = taken->red_payload_type,
		.rtx_ssrc = taken->rtx_payload_type ? offered->rtx_ssrc : 0,
		.rtx_payload_type = taken->rtx_payload_type,
		/* below 2^15: a first packet lost must not look like a wrap (RFC 3711 3.3.1) */
		.first_sequence = (uint16_t)(rng_u32(rng) & 0x7fff),
		.rtx_first_sequence = (uint16_t)(rng_u32(rng) & 0x7fff),
		.first_timestamp = rng_u32(rng),
		.id_mid = taken->mid_id,
		.id_transport_cc = taken->transport_cc_id,
		.id_dd = taken->dd_id,
		.transport_sequence = &s->participant->subscriber.transport_sequence,
	};

	negotiate_mid(s->section + 1, config.mid, sizeof config.mid);

	int r = downlink_open(s->participant);
	if (r == 0)
		r = down_init(&s->down, &config);
	if (r < 0)
		return r;
	s->sending = true;
	s->packets_before = 0;
	s->lost_before = 0;
	layers_restart(&s->layers);
	svc_restart(&s->svc);
	subscription_choose(s, now);
	return 0;
}

static int8_t least(int8_t a, int8_t b)
{
	return a < b ? a : b;
}

bool subscription_is_paused(const struct subscription *s)
{
	return least(s->wanted.layer, s->allowed.layer) < 0;
}

/* Puts changed limits into effect. */
static void limits_changed(struct subscription *s, uint64_t now, bool was_paused)
{
	if (was_paused && !subscription_is_paused(s))
		subscription_resume(s, now);
	else
		subscription_choose(s, now);
}

void subscription_refresh(struct subscription *s)
{
	if (s->track->kind == KIND_VIDEO && s->wanted.layer >= 0)
		s->wanted.temporal = (int8_t)track_temporal_for(s->track, s->wanted.layer,
								s->settings.fps);
}

void subscription_want(struct subscription *s, uint64_t now, const struct plane_settings *settings)
{
	bool was_paused = subscription_is_paused(s);
	int8_t before = s->wanted.layer;

	s->settings = *settings;
	s->wanted.layer = (int8_t)(settings->disabled ? LAYERS_NONE
						      : track_layer_for(s->track, settings));
	subscription_refresh(s);
	dynacast_wish(&s->track->dynacast, before, s->wanted.layer);
	dynacast_update(s->track, now);
	limits_changed(s, now, was_paused);
}

void subscription_allow(struct subscription *s, uint64_t now, struct subscription_limit allowed)
{
	bool was_paused = subscription_is_paused(s), paused = allowed.layer < 0;

	s->allowed = allowed;
	if (paused != s->told_paused) {
		struct plane_event event = participant_event(s->participant, EV_STREAM_STATE);

		s->told_paused = paused;
		event.target = TARGET_SUBSCRIBER;
		event.track = s->track->sid;
		event.paused = paused;
		egress_event(&s->participant->sfu->egress, &event);
	}
	limits_changed(s, now, was_paused);
}

void subscription_choose(struct subscription *s, uint64_t now)
{
	uint64_t arrivals[LAYERS_MAX];

	if (!s->sending || s->track->kind != KIND_VIDEO || subscription_is_paused(s))
		return;
	int8_t layer = least(s->wanted.layer, s->allowed.layer);
	int8_t temporal = least(s->wanted.temporal, s->allowed.temporal);

	layers_set_max(&s->layers, layer);
	layers_set_temporal(&s->layers, temporal);
	svc_set_max(&s->svc,
		    track_spatial_layers(s->track) > 1
			    ? (unsigned)track_spatial_for(s->track, layer)
			    : DD_SPATIAL,
		    temporal < LAYERS_TEMPORAL_MAX ? (unsigned)temporal : DD_TEMPORAL);
	track_arrivals(s->track, arrivals);
	layers_choose(&s->layers, now, arrivals);
	track_want_key(s->track, now, layers_wants_key(&s->layers));
	if (svc_wants_key(&s->svc))
		track_want_key(s->track, now, s->layers.current);
}

void subscription_resume(struct subscription *s, uint64_t now)
{
	if (!s->sending)
		return;
	down_restart(&s->down);
	layers_restart(&s->layers);
	svc_restart(&s->svc);
	subscription_choose(s, now);
}
