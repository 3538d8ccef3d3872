/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A published track: announced by CMD_ADD_TRACK, bound to a section of
 * the publisher's offer, live from its first media packet. Its layers
 * hold the receiving half of each stream. Owned by its publisher.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/list.h"
#include "media/rtp/cache.h"
#include "media/rtp/keyframe.h"
#include "media/rtp/layers.h"
#include "media/rtp/loudness.h"
#include "media/rtp/redundancy.h"
#include "media/rtp/scalable.h"
#include "media/rtp/up.h"
#include "media/sfu/codec.h"
#include "media/sfu/dynacast.h"
#include "plane/plane.h"

struct participant;

enum {
	/* a layer's; 1 s of a 30 Mbit/s screen. Grows only as needed */
	TRACK_CACHE_BYTES = 4 * 1024 * 1024,
	TRACK_CACHE_PACKETS = 2048,
	TRACK_TEMPORAL = LAYERS_TEMPORAL_MAX + 1,
	TRACK_CODEC_US = 2 * 1000 * 1000, /* between two changes of codec */
};

/* One SSRC (and its RTX): a simulcast layer, or the whole track. */
struct track_layer {
	uint32_t ssrc;
	uint8_t generation; /* grows when another SSRC takes the place */
	enum codec codec;
	struct up up;
	struct cache cache; /* video only */
	bool has_cache;
	struct scalable *scalable;     /* owned; VP9 and AV1 only */
	struct redundancy *redundancy; /* owned; audio only */
	struct keyframe keyframe;
	/* burst.c: frames held of which the rest did not come in time, one after the other; … */
	uint8_t held_in_vain, not_held;		   /* … and those not held for that; … */
	uint32_t slow_frame;			   /* … the timestamp of the last such */
	uint64_t expected_before, received_before; /* of `up`, when quality was measured last */
	uint32_t frames[TRACK_TEMPORAL];	   /* begun since the last measure, by TID */
	uint16_t rates[TRACK_TEMPORAL];		   /* eighths of a frame per second, smoothed */
};

struct track {
	struct sid sid;
	struct participant *publisher;
	struct list in_participant;
	char cid[PLANE_CID_MAX];
	enum plane_kind kind;
	bool muted, bound, live;
	bool red;	      /* audio: with redundancy, if the client can */
	enum codec preferred; /* what the client wants to send; CODEC_NONE = it did not say */
	bool screen;	      /* a shared screen: first when bandwidth is short */
	size_t section;	      /* when bound */
	enum codec codec;
	uint64_t codec_since;
	struct track_layer *layers[LAYERS_MAX]; /* owned; NULL until its first packet */
	struct list subscriptions;
	struct plane_layer sizes[LAYERS_MAX]; /* as announced, by quality; width 0 = unknown */
	struct dynacast dynacast;
	struct loudness loudness; /* audio */
	uint64_t heard;		  /* audio: µs; the last packet that was not silence, … */
	uint32_t sounded;	  /* … the timestamp of the last packet, … */
	bool sparse;		  /* … and whether the silence since then has pauses */
};

/* 0, -EEXIST, -EINVAL, -EDQUOT (LIMIT_PENDING_TRACKS, LIMIT_TRACKS_PER_PARTICIPANT) or -ENOMEM. */
int track_new(struct track **ret, struct participant *publisher, const struct plane_cmd *add);

/* Ends its subscriptions (subscribers get an offer) and frees it.
 * The section's binding is the caller's work. */
struct track *track_free(struct track *t, uint64_t now);

/* A stream with this SSRC takes the place of layer `layer`. 0 or -ENOMEM. */
int track_open_layer(struct track *t, int layer, uint32_t ssrc, enum codec codec, bool nack);

/* The number of the layer's present stream for down.h, < DOWN_SOURCES:
 * differs from the one before it. */
uint8_t track_source(const struct track *t, int layer);

/* When each layer last brought a packet, for layers_choose. */
void track_arrivals(const struct track *t, uint64_t ret[LAYERS_MAX]);

/* Sent in several streams. */
bool track_is_simulcast(const struct track *t);

/* Spatial layers inside its only stream, as far as known; 1 = none. */
int track_spatial_layers(const struct track *t);

/* Sent in several layers, in one way or the other; else its only layer is the best there is. */
static inline bool track_has_layers(const struct track *t)
{
	return track_is_simulcast(t) || track_spatial_layers(t) > 1;
}

/* The spatial layer of quality `layer` (0..2), as LiveKit's clients name them: of two, the upper is
 * medium, and high means the same. */
int track_spatial_for(const struct track *t, int layer);

/* bit/s of payload that arrive for a subscriber of layer (quality) 0..2; 0 = no such layer. */
uint32_t track_bps(const struct track *t, uint64_t now, int layer);

/* The smallest layer that covers the size wanted, or that of the quality. */
int track_layer_for(const struct track *t, const struct plane_settings *settings);

/* The fewest temporal layers (highest TID) that make `fps` frames per second, as far as measured.
 */
int track_temporal_for(const struct track *t, int layer, unsigned fps);

/* Call once a second: frames become rates. */
void track_measure(struct track *t);

/* A subscriber needs a key frame of `layer` (LAYERS_NONE: nothing to ask for). */
void track_want_key(struct track *t, uint64_t now, int layer);
