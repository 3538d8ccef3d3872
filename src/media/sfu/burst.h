/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Media received and not yet passed on: what one round of reading brought. Distributing it
 * subscriber by subscriber, not packet by packet, puts a frame's packets to one address side by
 * side, so that the socket sends them as one message (net/udp.h) and the subscriber's state is
 * fetched once. The packets are borrowed: they stay in the receive buffers until they are gone.
 *
 * A frame of which the end has not come yet is held, for a millisecond at most, so that it is one
 * message to each subscriber and not one for each reading: the kernel's work per message is most of
 * what forwarding costs, and a decoder needs the whole frame anyway. What is held lies in the
 * layer's cache. Audio and retransmissions never wait. A publisher whose frames come too slowly for
 * that is not waited for. A key frame does not come at once either: libwebrtc's pacer lets a part of
 * it go every 20 ms. Each part is worth a short wait, and the frame counts as one that was slow.
 * Belongs to the engine's thread.
 *
 * A key frame to hundreds is many milliseconds of work. Sound that comes meanwhile does not wait for its end: it overtakes
 * what is being passed on (engine_rx_early), between two subscribers. Its bytes are kept here.
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
	BURST_READ = 64,  /* as many as one system call reads */
	BURST_HELD = 64,  /* packets that may be held; a track's frame: as many as … */
	BURST_FRAME = 16, /* … leave in one message (net/udp.h) */
	BURST_PACKETS = BURST_READ + BURST_HELD,
	BURST_HOLD_US = 1000,
	BURST_REST_US = 250, /* the rest of a frame that was held in vain */
	/* After so many frames that were held in vain, one after the other (more than there are while a
	 * key frame leaves a pacer), a layer's next ones are not, but for each so manieth. */
	BURST_TRIES = 8,
	BURST_PAUSE = 32,
	/* Packets of a frame that differ by no more get padding: equal ones leave as one message.
	 * libwebrtc cuts frames into packets that differ by one byte. */
	BURST_PADDING = 4,
	BURST_SOUNDS = 16, /* packets that overtake at a time, … */
	BURST_SOUND = 400, /* … and the bytes of one, at most */
};

struct burst_packet {
	struct track *track; /* NULL: passed on */
	uint64_t until;	     /* µs: it is not held for longer */
	uint8_t layer;
	bool first; /* of its layer: subscribers choose anew */
	bool open;  /* of a track that waits for the rest of a frame */
	bool held;  /* since a reading before: its bytes are in the cache */
	struct media_packet packet;
	struct dd dd; /* of the packet, if it has one */
};

/* Sound that overtakes. */
struct burst_sound {
	struct track *track;
	uint8_t layer;
	bool first; /* of its layer */
	struct media_packet packet;
	uint8_t bytes[BURST_SOUND]; /* its payload */
};

struct burst {
	struct burst_packet packets[BURST_PACKETS];
	unsigned count;
	/* the track being distributed: its packets here, and who is next */
	struct track *track;
	unsigned group[BURST_PACKETS], group_count;
	struct list *at;
	uint64_t now;  /* the time that packets are passed on with */
	uint64_t due;  /* µs: what is held goes out then; 0 = nothing is */
	bool news;     /* something may be there to pass on */
	bool released; /* nothing is held until all is passed on */
	bool early;    /* what is received now overtakes */
	struct burst_sound sounds[BURST_SOUNDS];
	unsigned sound_count;
	struct list *sound_at; /* whose turn it is to get the first; NULL = nobody had it */
};

static inline bool burst_is_empty(const struct burst *b)
{
	return b->count == 0;
}

static inline bool burst_is_full(const struct burst *b)
{
	return b->count == BURST_PACKETS;
}

/* The time: what was held long enough goes out. */
static inline void burst_turn(struct burst *b, uint64_t now)
{
	if (b->due && b->due <= now) {
		b->now = now;
		b->news = true;
	}
}

/* What is held goes out now. */
static inline void burst_release(struct burst *b)
{
	b->news = b->released = b->count > 0;
}

/* Adds a packet; not to a full burst. */
void burst_add(struct burst *b, uint64_t now, struct track *t, int layer, bool first,
	       const struct media_packet *packet);

/* The same for sound that overtakes: of at most BURST_SOUND bytes, while there are less than BURST_SOUNDS. */
void burst_add_sound(struct burst *b, struct track *t, int layer, bool first,
		     const struct media_packet *packet);

/* The next subscriber who gets sounds[0]; NULL = there is none. */
struct subscription *burst_next_sound(struct burst *b);

/* The next subscriber of the next track: its packets are packets[group[0 … group_count - 1]].
 * NULL: everything is passed on but what is held. */
struct subscription *burst_next(struct burst *b);
