/* SPDX-License-Identifier: Apache-2.0 */
#include "media/sfu/track.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "media/sfu/participant.h"
#include "media/sfu/sfu.h"
#include "media/sfu/subscription.h"

static size_t pending_tracks(const struct participant *p)
{
	struct track *t;
	size_t n = 0;

	list_each (t, &p->tracks, in_participant)
		n += !t->bound;
	return n;
}

static void keep_sizes(struct track *t, const struct plane_add_track *add)
{
	for (size_t i = 0; i < add->layer_count && i < PLANE_LAYERS_MAX; i++) {
		if (add->layers[i].quality < LAYERS_MAX)
			t->sizes[add->layers[i].quality] = add->layers[i];
	}
}

int track_new(struct track **ret, struct participant *publisher, const struct plane_cmd *add)
{
	struct sfu *s = publisher->sfu;
	struct key key;

	if (!sfu_key(&key, &add->track) || add->add_track.kind > KIND_VIDEO)
		return -EINVAL;
	if (keymap_get(&s->tracks, &key))
		return -EEXIST;
	if (publisher->track_count >= LIMIT_TRACKS_PER_PARTICIPANT ||
	    pending_tracks(publisher) >= LIMIT_PENDING_TRACKS)
		return -EDQUOT;

	struct track *t = calloc(1, sizeof *t);
	if (!t || keymap_put(&s->tracks, &key, t) < 0) {
		free(t);
		return -ENOMEM;
	}
	t->sid = add->track;
	t->publisher = publisher;
	memcpy(t->cid, add->add_track.cid, sizeof t->cid);
	t->cid[sizeof t->cid - 1] = '\0';
	t->kind = (enum plane_kind)add->add_track.kind;
	t->muted = add->add_track.muted;
	t->screen = add->add_track.screen;
	t->red = add->add_track.red;
	t->preferred = codec_of_name(add->add_track.codec, t->kind);
	keep_sizes(t, &add->add_track);
	dynacast_init(&t->dynacast);
	list_init(&t->subscriptions);
	list_append(&publisher->tracks, &t->in_participant);
	publisher->track_count++;
	*ret = t;
	return 0;
}

static struct track_layer *layer_free(struct track_layer *l)
{
	if (l && l->has_cache)
		cache_fini(&l->cache);
	if (l)
		free(l->scalable);
	if (l)
		free(l->redundancy);
	free(l);
	return NULL;
}

struct track *track_free(struct track *t, uint64_t now)
{
	struct subscription *subscription;
	struct key key;

	if (!t)
		return NULL;
	list_each (subscription, &t->subscriptions, in_track)
		subscription_free(subscription, now);
	for (int i = 0; i < LAYERS_MAX; i++)
		t->layers[i] = layer_free(t->layers[i]);
	list_remove(&t->in_participant);
	t->publisher->track_count--;
	if (sfu_key(&key, &t->sid))
		keymap_remove(&t->publisher->sfu->tracks, &key);
	free(t);
	return NULL;
}

int track_open_layer(struct track *t, int layer, uint32_t ssrc, enum codec codec, bool nack)
{
	const struct codec_info *info = codec_info(codec);
	struct track_layer *old = t->layers[layer];
	struct track_layer *l = calloc(1, sizeof *l);

	if (!l)
		return -ENOMEM;
	l->ssrc = ssrc;
	l->codec = codec;
	l->generation = old ? (uint8_t)(old->generation + 1) : 0;
	if (info->kind == KIND_VIDEO) {
		if (cache_init(&l->cache, TRACK_CACHE_BYTES, TRACK_CACHE_PACKETS) < 0) {
			free(l);
			return -ENOMEM;
		}
		l->has_cache = true;
	}
	if (info->media == MEDIA_VP9 || info->media == MEDIA_AV1) {
		l->scalable = calloc(1, sizeof *l->scalable);
		if (!l->scalable) {
			(void)layer_free(l);
			return -ENOMEM;
		}
	}
	if (info->kind == KIND_AUDIO) {
		l->redundancy = calloc(1, sizeof *l->redundancy);
		if (!l->redundancy) {
			(void)layer_free(l);
			return -ENOMEM;
		}
	}
	up_init(&l->up, &(struct up_config){ .ssrc = ssrc,
					     .clock_rate = info->clock_rate,
					     .codec = info->media,
					     .nack = nack });
	keyframe_init(&l->keyframe);
	if (old) /* wishes and the throttle stay: a new SSRC is no way around it (R50) */
		l->keyframe = old->keyframe;
	t->layers[layer] = l;
	(void)layer_free(old);
	return 0;
}

uint8_t track_source(const struct track *t, int layer)
{
	return (uint8_t)(layer * 2 + (t->layers[layer]->generation & 1));
}

void track_arrivals(const struct track *t, uint64_t ret[LAYERS_MAX])
{
	for (int i = 0; i < LAYERS_MAX; i++)
		ret[i] = t->layers[i] ? t->layers[i]->up.last_arrival : 0;
}

bool track_is_simulcast(const struct track *t)
{
	const struct negotiate_offer *offer = &t->publisher->publisher.offer;

	return t->bound && t->section < offer->section_count &&
	       offer->sections[t->section].rid_count > 1;
}

int track_spatial_layers(const struct track *t)
{
	const struct track_layer *l = t->layers[0];

	return l && l->scalable && l->scalable->known && !track_is_simulcast(t)
		       ? l->scalable->spatial_count
		       : 1;
}

int track_spatial_for(const struct track *t, int layer)
{
	int top = track_spatial_layers(t) - 1;

	return layer < top ? layer : top;
}

uint32_t track_bps(const struct track *t, uint64_t now, int layer)
{
	if (track_spatial_layers(t) > 1)
		return scalable_bps(t->layers[0]->scalable, now, layer);
	return t->layers[layer] ? rate_bps(&t->layers[layer]->up.rate, now) : 0;
}

int track_layer_for(const struct track *t, const struct plane_settings *settings)
{
	if (!track_has_layers(t))
		return 0;
	if (!settings->width || !settings->height)
		return settings->quality < LAYERS_MAX ? settings->quality : LAYERS_MAX - 1;
	/* rids are named by quality (livekit-protocol 5.5), so the place is the layer */
	for (int i = 0; i < LAYERS_MAX; i++) {
		if (t->sizes[i].width >= settings->width && t->sizes[i].height >= settings->height)
			return i;
	}
	return LAYERS_MAX - 1;
}

int track_temporal_for(const struct track *t, int layer, unsigned fps)
{
	const struct track_layer *l = t->layers[layer];
	unsigned rate = 0;

	for (int i = 0; l && fps && i < TRACK_TEMPORAL; i++) {
		rate += l->rates[i];
		if (rate + rate / 8 >= fps * 8) /* an encoder misses its rate by a little */
			return i;
	}
	return LAYERS_TEMPORAL_MAX;
}

void track_measure(struct track *t)
{
	for (int i = 0; i < LAYERS_MAX; i++) {
		struct track_layer *l = t->layers[i];

		for (int k = 0; l && k < TRACK_TEMPORAL; k++) {
			uint32_t frames = l->frames[k] > 500 ? 500 : l->frames[k];

			/* up at once, down slowly: 7.5 frames per second are 7 or 8 in each */
			l->rates[k] = (uint16_t)(frames * 8 > l->rates[k]
							 ? frames * 8
							 : (l->rates[k] * 7 + frames * 8) / 8);
			l->frames[k] = 0;
		}
	}
}

void track_want_key(struct track *t, uint64_t now, int layer)
{
	if (layer < 0 || layer >= LAYERS_MAX || !t->layers[layer] || t->kind != KIND_VIDEO)
		return;

	struct track_layer *l = t->layers[layer];

	keyframe_want(&l->keyframe, l->up.rtt);
	leg_wake(&t->publisher->publisher.leg, now);
}
