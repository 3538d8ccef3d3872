/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One track on its way to one participant: waits for a section of the subscriber's connection, then
 * sends. Listed in the track and in the participant; freed with either, or by CMD_UNSUBSCRIBE.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/list.h"
#include "media/rtp/down.h"
#include "media/rtp/layers.h"
#include "media/rtp/svc.h"
#include "media/sfu/negotiate.h"
#include "plane/plane.h"

struct participant;
struct track;

/* Layers up to these are welcome. */
struct subscription_limit {
	int8_t layer;	 /* simulcast: 0..LAYERS_MAX - 1, or LAYERS_NONE = nothing at all */
	int8_t temporal; /* 0..LAYERS_TEMPORAL_MAX */
};

struct subscription {
	struct participant *participant;
	struct track *track;
	struct list in_participant, in_track;
	bool placed;	  /* `section` is its own */
	size_t section;	  /* of the subscriber */
	bool sending;	  /* accepted by the client: `down` is set up */
	bool interrupted; /* packets were left out while the path was dead */
	bool redundant;	  /* audio: it loses packets, and gets more redundancy */
	bool told_paused; /* the client was told that bandwidth stopped it */
	struct plane_settings settings;
	/*
	 * What is sent is the least of three: what the client wants (its settings: the size it
	 * shows, frames per second), what its connection allows (the bandwidth allocator), and what
	 * arrives from the publisher (layers). LAYERS_NONE in `wanted` or `allowed` stops it.
	 */
	struct subscription_limit wanted, allowed;
	int8_t planned;	       /* allocate.c: what it would be allowed, … */
	uint64_t better_since; /* … and since when that is better; 0 = it is not */
	uint64_t raised_at;    /* when it was allowed more, 0 = never; … */
	uint32_t patience_us;  /* … how long the next time waits; 0 = ALLOCATE_UP_US */
	struct down down;
	uint32_t packets_before; /* of `down`, when quality was measured last */
	int32_t lost_before;
	struct layers layers;
	struct svc svc; /* within the layer, when that has some of its own */
};

/* 0, -EEXIST or -ENOMEM. The offer follows when the track is live. */
int subscription_new(struct subscription **ret, struct participant *p, struct track *t,
		     uint64_t now);

/* Stops sending, gives the section back (an offer follows) and frees it. */
struct subscription *subscription_free(struct subscription *s, uint64_t now);

/* NULL = none. */
struct subscription *subscription_find(const struct participant *p, const struct track *t);

/* The client took the section: sends from the next key frame on. 0 or -ENOMEM. */
int subscription_start(struct subscription *s, uint64_t now, const struct negotiate_down *offered,
		       const struct negotiate_taken *taken);

/* Stops sending and gives the section back; it will be placed anew by the next offer. */
void subscription_stop(struct subscription *s, uint64_t now);

/* The client's settings (livekit-protocol 6.1). May ask for a key frame, and tell the publisher. */
void subscription_want(struct subscription *s, uint64_t now, const struct plane_settings *settings);

/* The allocator's word; EV_STREAM_STATE tells the client when it stops or comes back by that. */
void subscription_allow(struct subscription *s, uint64_t now, struct subscription_limit allowed);

/* By the client or for lack of bandwidth. Mute is the track's (track.h). */
bool subscription_is_paused(const struct subscription *s);

/* The temporal limit of `wanted` from frames per second, which are known only by measuring. */
void subscription_refresh(struct subscription *s);

/* Continues after a gap (pause, mute, new stream): asks for a key frame. */
void subscription_resume(struct subscription *s, uint64_t now);

/* Chooses the simulcast layer, and asks for the key frame it takes. */
void subscription_choose(struct subscription *s, uint64_t now);
