/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The way to one subscriber as a whole: the bandwidth estimator, the pacer and probing. One per
 * subscriber connection, made with its first stream; the transport sequence runs over all streams.
 *
 * Media passes straight through: the publisher has paced it. Only a burst larger than the path has
 * shown to take in a moment (a key frame, a change of layer; rtp/train.h) waits, as references into the tracks' caches,
 * and leaves in slices of 5 ms at 2.5 times the estimate. What to do with a packet (which layer, is
 * it paused) is decided when it leaves. Audio never waits. Nothing is paced until the client has
 * given feedback. Belongs to the engine's thread.
 *
 * Way: forward.c ▸ [downlink_hold … downlink_tick ▸ forward_to ▸ downlink_send] ▸ leg.c; feedback.c
 * ▸ [downlink_feedback] ▸ rtp/bwe.c
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "media/rtp/bwe.h"
#include "media/rtp/packet.h"

struct participant;
struct subscription;

enum {
	DOWNLINK_QUEUE = 256,	       /* packets that wait, … */
	DOWNLINK_RUNS = 64,	       /* … in so many runs; power of two */
	DOWNLINK_SLICE_US = 5000,      /* of the pacing rate, sent at once */
	DOWNLINK_BURST_PACKETS = 10,   /* … and this much is no burst, … */
	DOWNLINK_BURST_US = 50 * 1000, /* … if the path takes it within this */
	DOWNLINK_WAIT_US = 400 *
			   1000,      /* a longer queue leaves faster than 2.5 times the estimate */
	DOWNLINK_TWCC_PACKETS = 1024, /* of one feedback; more are refused */
	DOWNLINK_SHARE_US = 100 * 1000, /* the estimate is shared out so often, and when it falls */
	DOWNLINK_START_US = 1000 * 1000, /* of feedback before anything is limited, … */
	DOWNLINK_TROUBLE_US = 50 * 1000, /* … unless a queue stands so long */
	DOWNLINK_IDLE_US = 100 *
			   1000, /* of silence while something is paused: ask how the path is */
};

/* Packets that wait: where they are in their track's cache, one after the other. A frame is one. */
struct downlink_run {
	struct subscription *subscription; /* NULL: gone since */
	uint64_t sequence;		   /* of the first that still waits */
	uint32_t bytes;
	uint16_t count;
	uint8_t layer, generation;
};

struct downlink {
	struct bwe bwe;
	uint16_t numbered; /* transport sequence up to which the estimator knows */

	uint64_t paced_at; /* µs */
	uint32_t debt;	   /* bytes sent that the pacing rate has not covered yet */
	struct downlink_run queue[DOWNLINK_RUNS];
	uint32_t head, tail, waiting, waiting_bytes; /* waiting: packets */

	struct probe_plan plan;
	uint64_t next_share, measured_since;
	uint64_t sent_at; /* the last packet of any kind */
	struct {
		uint64_t held, dropped, padding;
	} count;
};

/* Asks for the memory that sending a packet will use; bwe_fetch is the other half. */
static inline void downlink_fetch(const struct downlink *d)
{
	__builtin_prefetch(&d->bwe);
	__builtin_prefetch(&d->bwe.sent_since, 1);
	__builtin_prefetch(&d->numbered, 1);
	__builtin_prefetch(&d->head);
	__builtin_prefetch(&d->sent_at, 1);
}

/* Makes sure that there is one. 0 or -ENOMEM. */
int downlink_open(struct participant *p);

/* Frees it; NULL is fine. Returns NULL. */
struct downlink *downlink_free(struct downlink *d);

/* Encrypts and sends a plain RTP packet that stands at the egress reservation; leg_send_rtp. */
void downlink_send(struct participant *p, uint64_t now, uint8_t *packet, size_t n, size_t capacity);

/* True: the packet waits (or was dropped, when too many do), and will be given to forward_to later.
 * False: the caller forwards it now. */
bool downlink_hold(struct subscription *s, uint64_t now, int layer, const struct media_packet *p);

/* The subscription ends or starts anew: nothing of it waits any more. */
void downlink_forget(struct subscription *s);

/* A transport-wide feedback, a REMB of the client. */
struct rtcp_feedback;
void downlink_feedback(struct participant *p, uint64_t now, const struct rtcp_feedback *f);
void downlink_remb(struct participant *p, uint64_t now, uint64_t bps);

/* Sends what waits and is due; probes. */
void downlink_tick(struct participant *p, uint64_t now);
uint64_t downlink_deadline(const struct participant *p);
