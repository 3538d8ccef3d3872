/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A received stream that has its layers inside (VP9, AV1): the structure that its dependency
 * descriptors refer to, which targets are being sent, and how much each spatial layer takes. On the
 * heap of the published layer, for these codecs only. Thread: the worker of the room.
 *
 * Way: up.c ▸ [scalable_rx] ▸ cache.c ▸ for each subscriber: svc.c ▸ down.c
 */
#pragma once

#include "media/rtp/layers.h"
#include "media/rtp/packet.h"
#include "media/rtp/rate.h"
#include "wire/dd.h"

struct scalable {
	bool known; /* a structure came */
	struct dd_structure structure;
	uint64_t sequence; /* of the packet that brought it */
	uint32_t active;   /* targets */
	uint8_t spatial_count;
	uint8_t targets[LAYERS_MAX]; /* of each spatial layer with all temporal layers */
	struct rate rates[LAYERS_MAX];
};

/*
 * Reads the descriptor of a packet that has just come into *storage, and puts into the packet what it
 * says: `dd`, the temporal layer, where frames begin. A packet without one, or with a bad one, stays
 * as it is.
 */
void scalable_rx(struct scalable *s, uint64_t now, struct media_packet *p, struct dd *storage);

/* The same of a packet from the cache; changes nothing in `s`. */
void scalable_read(const struct scalable *s, struct media_packet *p, struct dd *storage);

/* bit/s that a receiver of spatial layers up to `layer` takes. */
uint32_t scalable_bps(const struct scalable *s, uint64_t now, int layer);
