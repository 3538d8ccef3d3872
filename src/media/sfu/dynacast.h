/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Dynacast: what a publisher need not send because nobody wants it (livekit-protocol 6.2). Each
 * published video track knows the best layer that any of its subscribers wants by its settings
 * (bandwidth does not count: it comes back without a warning) and tells control by EV_WANTED: more
 * at once, less after it stayed less for 5 s. Embedded in the track. Thread: the worker of the
 * room.
 */
#pragma once

#include <stdint.h>

#include "media/rtp/layers.h"

struct track;

enum { DYNACAST_LESS_US = 5 * 1000 * 1000 };

struct dynacast {
	uint32_t wishes[LAYERS_MAX]; /* subscriptions that want each layer at most */
	int8_t told;		     /* layer, or LAYERS_NONE; publishers begin with everything */
	uint64_t less_at;	     /* when a lower wish gets told; UINT64_MAX = there is none */
};

void dynacast_init(struct dynacast *d);

/*
 * A subscription wants another layer at most than before; LAYERS_NONE = nothing, or it is not there. Counted, since
 * hundreds may watch, and each of them says something about it. dynacast_update follows.
 */
void dynacast_wish(struct dynacast *d, int8_t before, int8_t after);

/* Somebody's wish changed, or time passed. Does nothing before the track is live. */
void dynacast_update(struct track *t, uint64_t now);

/* When dynacast_update has something to tell; UINT64_MAX = never. */
uint64_t dynacast_deadline(const struct track *t);
