/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Media received and not yet passed on: what one round of reading brought. Distributing it
 * subscriber by subscriber, not packet by packet, puts a frame's packets to one address side by
 * side, so that the socket sends them as one message (net/udp.h) and the subscriber's state is
 * fetched once. The packets are borrowed: they stay in the receive buffers until they are gone.
 * Belongs to the engine's thread.
 *
 * Way: forward_rtp ▸ [burst_add … burst_next] ▸ forward_to
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/list.h"
#include "media/rtp/packet.h"
#include "wire/dd.h"

struct subscription;
struct track;

enum {
	BURST_PACKETS = 64, /* as many as one system call reads */
	/* Packets of a frame that differ by no more get padding: equal ones leave as one message.
	 * libwebrtc cuts frames into packets that differ by one byte. */
	BURST_PADDING = 4,
};

struct burst_packet {
	struct track *track; /* NULL: passed on */
	uint8_t layer;
	bool first; /* of its layer: subscribers choose anew */
	struct media_packet packet;
	struct dd dd; /* of the packet, if it has one */
};

struct burst {
	struct burst_packet packets[BURST_PACKETS];
	unsigned count;
	/* the track being distributed: its packets here, and who is next */
	struct track *track;
	unsigned group[BURST_PACKETS], group_count;
	struct list *at;
	uint64_t now; /* of the packets; the time that they are passed on with */
};

static inline bool burst_is_empty(const struct burst *b)
{
	return b->count == 0;
}

static inline bool burst_is_full(const struct burst *b)
{
	return b->count == BURST_PACKETS;
}

/* Adds a packet; not to a full burst. */
void burst_add(struct burst *b, uint64_t now, struct track *t, int layer, bool first,
	       const struct media_packet *packet);

/* The next subscriber of the next track: its packets are packets[group[0 … group_count - 1]].
 * NULL: everything is passed on, and the burst is empty. */
struct subscription *burst_next(struct burst *b);
