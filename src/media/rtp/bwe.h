/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How much can be sent to one client: send-side estimation from transport-wide feedback
 * (draft-holmer-rmcat-transport-wide-cc-extensions-01, draft-ietf-rmcat-gcc-02). A pure function of
 * time, the packets sent and the feedback: no clock, no I/O. docs/media/estimator.md has the picture.
 *
 * Nothing a client claims lifts the estimate beyond what was really sent and probed (R50): feedback
 * about numbers that were not sent, or were told about already, is ignored; a rate is never taken
 * for higher than it was sent at.
 *
 * Embedded in the subscriber's downlink, and in libconfab's session, which publishes; 2.7 KB. Heap: the history of packets sent, as long as
 * feedback takes: mostly 0.8 KB. Thread: the worker of the room.
 *
 * Way: sfu/feedback.c (client/session_bandwidth.c) ▸ [bwe.c ▸ trendline.c, aimd.c, loss.c, probe.c] ▸ sfu/allocate.c, pacer
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "media/rtp/aimd.h"
#include "media/rtp/loss.h"
#include "media/rtp/probe.h"
#include "media/rtp/train.h"
#include "media/rtp/trendline.h"
#include "wire/twcc.h"

enum {
	BWE_HISTORY_FIRST = 64, /* packets sent; powers of two */
	BWE_HISTORY = 1024,
	BWE_ACKED = 64, /* runs of arrived packets; power of two */
	BWE_START_BPS = 300 * 1000,
	BWE_MIN_BPS = 50 * 1000,
	BWE_MAX_BPS = 30 * 1000 * 1000,
	BWE_OVERHEAD = 28,		  /* IPv4 and UDP: they take their part of the link too */
	BWE_SILENCE_US = 1500 * 1000,	  /* sent, and no feedback: the path is in trouble, … */
	BWE_SILENCE_STEP_US = 500 * 1000, /* … down once per this */
	BWE_WINDOW_US = 400 * 1000,	  /* of the acknowledged rate */
};

struct bwe_sent {
	uint32_t at;   /* µs, low bits */
	uint16_t size; /* with BWE_OVERHEAD; 0 = no packet, or told about already */
	uint16_t number;
	uint8_t probe; /* its id; 0 = none */
	bool lost;     /* told as lost; may come late after all */
};

struct bwe {
	uint32_t most, least; /* bit/s */
	uint32_t estimate, wanted;

	struct bwe_sent *history; /* owned; a ring, by number; … */
	uint32_t history_count; /* … grows while feedback is still to come about what it forgets */
	bool has_feedback, remb_only;
	bool mute;	    /* silent for BWE_SILENCE_US, … */
	double before_mute; /* … and the rate then */
	uint32_t remb;
	uint64_t silent_since; /* the last feedback, or what was sent first after it */
	uint64_t last_silence, last_cut;
	uint64_t sent_since; /* bytes, since the last feedback */

	int64_t reference; /* of the receiver's clock, unwrapped, µs */
	bool has_reference;
	struct {
		int64_t sent, arrival;
		uint32_t bytes;
	} acked[BWE_ACKED];
	uint32_t acked_count;
	int64_t acked_from; /* sent before this: not counted */
	int64_t lost_from;  /* lost before this: neither */

	uint32_t rtt; /* µs, smoothed; with the time that feedback waits at the receiver */
	/* one-way delay, on two clocks: only differences mean something */
	int64_t base[2], window_low; /* lowest of now and before; of the window at hand */
	uint64_t base_since, window_since;
	uint32_t window_packets;
	uint32_t queue;	       /* µs that packets waited at least, in the last window */
	bool draining;	       /* less than in the window before */
	uint32_t queue_before; /* at the cut before, … */
	uint8_t queue_cuts;    /* … and how many did not help */

	struct trendline trend;
	struct train train;
	struct aimd delay;
	struct loss_rule loss;
	struct probe probe;
	struct {
		uint64_t feedbacks, packets, lost, unknown, cuts, probes, probed;
	} count;
};

/* start, most: bit/s; 0 = the default. 0 or -ENOMEM. */
int bwe_init(struct bwe *b, uint32_t start, uint32_t most);
void bwe_fini(struct bwe *b);

/* A packet with this transport sequence number went out: `bytes` of UDP payload. probe: id of the
 * plan it belongs to, or 0. */
void bwe_sent(struct bwe *b, uint64_t now, uint16_t number, size_t bytes, uint8_t probe);

/* Asks for the memory that bwe_sent will use for this number. */
static inline void bwe_fetch(const struct bwe *b, uint16_t number)
{
	__builtin_prefetch(&b->history[number & (b->history_count - 1)], 1);
}

/* The client told which packets arrived; list has f->packet_count entries (twcc_parse). */
void bwe_feedback(struct bwe *b, uint64_t now, const struct twcc_feedback *f,
		  const struct twcc_arrival *list);

/* The receiver's own estimate: all there is when it sends no transport-wide feedback. Otherwise
 * ignored. */
void bwe_remb(struct bwe *b, uint64_t now, uint64_t bps);

/* What the sender could make use of, bit/s; more than the estimate leads to probes. */
void bwe_want(struct bwe *b, uint32_t bps);

/* Notices silence. Call at bwe_deadline or later. */
void bwe_tick(struct bwe *b, uint64_t now);

/* A burst to send now? Asks once per burst. */
bool bwe_probe(struct bwe *b, uint64_t now, struct probe_plan *ret);

/* When bwe_tick and bwe_probe want to run; UINT64_MAX = never. */
uint64_t bwe_deadline(const struct bwe *b);

/* bit/s, IP and UDP headers included. */
static inline uint32_t bwe_estimate(const struct bwe *b)
{
	return b->estimate;
}

/* Bytes that the path has shown to take at once, twice; 0 = unknown. */
static inline uint32_t bwe_burst(const struct bwe *b, uint64_t now)
{
	return train_allows(&b->train, (int64_t)now);
}

/* Whether the path is silent: the estimate falls then, which says nothing about its capacity. */
static inline bool bwe_is_mute(const struct bwe *b)
{
	return b->mute;
}

/* Whether no queue stands and nothing was cut for a while: what is lost now is not lost to congestion. */
bool bwe_is_calm(const struct bwe *b, uint64_t now);

/* The rate that arrived lately, bit/s; 0 = unknown. ret_stretch (or NULL): how much longer it took
 * to arrive than to send, as a factor. ret_peak (or NULL): the highest rate of any last part of that
 * time: what arrived since a queue stood, when little was sent before. */
double bwe_acked(const struct bwe *b, double *ret_stretch, double *ret_peak);
