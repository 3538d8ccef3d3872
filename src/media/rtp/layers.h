/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which simulcast layer one subscriber gets: the best that arrives, not above `max`. Switches only
 * at a key frame of the target; falls back when the current layer stalls. Pure: the caller shows
 * the layers' last arrival times, so there is no clock inside beyond `now`. Embedded, one per
 * subscriber and video track.
 *
 * Use: layers_choose on every tick (≤ 100 ms apart) and whenever a layer starts; ask for a key
 * frame of layers_wants_key(); forward a packet when layers_forward says so. Stalls are measured
 * against the other layers, so a slow or paused stream (static screen) is not a stall.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum {
	LAYERS_MAX = 3,
	LAYERS_NONE = -1,
	LAYERS_STALL_US = 500 * 1000,
	LAYERS_RETRY_US = 2000 * 1000
};

struct layers {
	int8_t current;		   /* forwarded now; LAYERS_NONE before the first key frame */
	int8_t target;		   /* wanted; == current when settled */
	int8_t max;		   /* highest allowed, 0..LAYERS_MAX - 1 */
	uint64_t fell[LAYERS_MAX]; /* when we last left this layer because it stalled; 0 = never */
};

void layers_init(struct layers *l);

/* Limits the choice to layers 0..max, from the next layers_choose on. */
void layers_set_max(struct layers *l, int max);

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

/* The layer whose key frame is waited for, or LAYERS_NONE. */
int layers_wants_key(const struct layers *l);
