/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which simulcast layer one subscriber gets: the best that arrives, not above `max`; and of that
 * the temporal layers up to `temporal_max`. Switches only at a key frame of the target; falls back
 * when the current layer stalls. Pure: the caller shows the layers' last arrival times, so there is
 * no clock inside beyond `now`. Embedded, one per subscriber and video track.
 *
 * Use: layers_choose on every tick (≤ 100 ms apart) and whenever a layer starts; ask for a key
 * frame of layers_wants_key(); forward a packet when layers_forward says so. Stalls are measured
 * against the other layers, so a slow or paused stream (static screen) is not a stall.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "media/rtp/packet.h"

enum {
	LAYERS_MAX = 3,
	LAYERS_NONE = -1,
	LAYERS_TEMPORAL_MAX = 3, /* TID has two bits */
	LAYERS_STALL_US = 500 * 1000,
	LAYERS_RETRY_US = 2000 * 1000
};

struct layers {
	int8_t current; /* forwarded now; LAYERS_NONE before the first key frame */
	int8_t target;	/* wanted; == current when settled */
	int8_t max;	/* highest allowed, 0..LAYERS_MAX - 1 */
	uint8_t temporal, temporal_max;
	bool frame_known, frame_kept; /* the decision about the frame with this timestamp */
	uint32_t frame_timestamp;
	uint64_t fell[LAYERS_MAX]; /* when we last left this layer because it stalled; 0 = never */
};

void layers_init(struct layers *l);

/* Limits the choice to layers 0..max, from the next layers_choose on. */
void layers_set_max(struct layers *l, int max);

/* Limits the temporal layers to 0..max: less from the next frame on, more when it is decodable. */
void layers_set_temporal(struct layers *l, int max);

/* Forgets what is forwarded: the next packet forwarded is a key frame (pause, mute, new source). */
void layers_restart(struct layers *l);

/*
 * Chooses the target. last_arrival[i]: when layer i last brought a
 * packet, µs; 0 = never seen. If nothing at or below `max` arrives,
 * the lowest layer above it is taken: a picture is better than none.
 */
void layers_choose(struct layers *l, uint64_t now, const uint64_t last_arrival[LAYERS_MAX]);

/* A packet of `layer` is here; key: it starts a key frame.
 * True: forward it (this may have switched `current`). */
bool layers_forward(struct layers *l, int layer, bool key);

/*
 * A packet of the forwarded layer: false = its frame belongs to a temporal layer that is left out
 * (down_skip). A frame is kept or left out whole. More frames begin at a key frame, or at a sync
 * frame, which refers to nothing that was left out (RFC 7741 4.2, Y).
 */
bool layers_keep(struct layers *l, const struct media_packet *p);

/* The layer whose key frame is waited for, or LAYERS_NONE. */
int layers_wants_key(const struct layers *l);
