/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The last second or so of one published stream (one layer), in plain text, shared by all
 * subscribers and by every retransmission: a subscriber keeps only numbers (down.h). A byte ring,
 * packed; it grows by doubling up to its limit while it holds less than CACHE_SPAN_US of media, so
 * a thin layer stays small. Owned by the track.
 */
#pragma once

#include "media/rtp/packet.h"

enum {
	CACHE_SPAN_US = 1000 * 1000,
	CACHE_START_BYTES = 16 * 1024,
	CACHE_BYTES_MAX = 16 * 1024 * 1024
};

struct cache_entry {
	uint64_t sequence; /* 0 = empty */
	/* write position, counted since the beginning: dependency descriptor, payload */
	uint64_t at;
	uint64_t arrival : 48, dd_length : 8, temporal : 3, sync : 1;
	uint32_t timestamp;
	uint16_t length;
	uint8_t flags, orientation;
};

struct cache {
	uint8_t *bytes;		     /* owned */
	struct cache_entry *entries; /* owned; slot = sequence & (entry_count - 1) */
	uint64_t head;		     /* write position: bytes ever used, gaps at the wrap counted */
	uint32_t capacity, limit;    /* bytes, both powers of two */
	uint32_t entry_count;	     /* power of two */
	uint64_t floor;		     /* what was written before this position is gone */
	uint64_t lap; /* when the write position last stood at the start of the ring, µs */
};

/* limit: most bytes of payload it may hold, rounded up to a power of two. Returns 0, -EINVAL or
 * -ENOMEM. */
int cache_init(struct cache *c, size_t limit, size_t packets);
void cache_fini(struct cache *c);

/* Keeps a copy. A sequence already there is left as it is. Audio levels are not kept. */
void cache_put(struct cache *c, const struct media_packet *p);

/* Finds a packet by extended sequence; ret->payload is valid until the next put.
 * False when it is gone. */
bool cache_get(const struct cache *c, uint64_t sequence, struct media_packet *ret);

/* Bytes of heap it holds now. */
size_t cache_memory(const struct cache *c);
