/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One received RTP stream: one SSRC, that is a simulcast layer or an audio track,
 * with its RTX stream. Extends sequence numbers, drops duplicates, finds gaps and
 * asks for them, measures loss and jitter for receiver reports (RFC 3550 6.4.1,
 * A.1, A.3, A.8), keeps the publisher's clock from sender reports, finds key
 * frames. No heap; embedded in the published track. Thread: the worker of the room.
 *
 * Way: engine.c ▸ srtp ▸ [up.c] ▸ cache_put, keyframe_arrived ▸ for each subscriber: down_write
 */
#pragma once

#include "media/rtp/packet.h"
#include "media/rtp/rate.h"
#include "wire/rtcp.h"
#include "wire/rtp.h"
#include "wire/rtpext.h"

enum {
	/* sequence numbers remembered against duplicates; older ones are dropped */
	UP_WINDOW = 2048,
	UP_GAPS = 256, /* missing packets asked for at once; more = ask for a key frame instead */
	UP_NACK_TRIES = 10,
	UP_NACK_TRIES_AUDIO = 4,
	UP_NACK_REORDER = 2,	  /* packets after a gap before it counts as loss, … */
	UP_NACK_DELAY_US = 10000, /* … or this long */
};

enum up_verdict {
	UP_OK, /* new: cache it and forward it (a padding-only packet too: it has length 0) */
	UP_DUPLICATE,
	UP_OLD,	      /* before the window */
	UP_BAD,	      /* RTX too short, or before the primary stream */
	UP_PROBATION, /* far off the sequence: believed when the next one follows (RFC 3550 A.1) */
};

/* The publisher's sender clock: `timestamp` was sampled at `ntp`. */
struct media_clock {
	bool known;
	uint32_t rate;	    /* Hz */
	uint32_t timestamp; /* RTP */
	uint64_t ntp;	    /* 32.32 */
	uint64_t arrival;   /* µs, of the sender report */
};

struct up_gap {
	uint64_t sequence;
	uint64_t noticed;
	uint64_t asked; /* last request; 0 = not yet */
	uint8_t tries;
};

struct up {
	enum media_codec codec;
	uint32_t ssrc;
	bool nack, needs_key, started;
	struct media_clock clock;

	/* sequence */
	uint64_t base, highest; /* extended; base = first of the current sequence */
	uint64_t cycle_base;	/* what `highest` counts from in reports */
	uint64_t floor;		/* numbers up to here belong to sequences that were abandoned */
	uint32_t bad_sequence;	/* RFC 3550 A.1; > 65535 = none */
	uint64_t seen[UP_WINDOW / 64];
	uint32_t last_timestamp;
	uint64_t
		last_arrival; /* of a packet that was not padding only: liveness, µs; 0 = none yet */

	/* key frames */
	bool seen_sps;
	uint64_t last_key; /* sequence of the newest key frame's start; 0 = none */
	uint32_t key_timestamp;

	/* receiver report */
	uint64_t received, expected_prior, received_prior;
	uint32_t transit;   /* RFC 3550 A.8 */
	uint32_t jitter_q4; /* 16 times the jitter, in timestamp units */

	/* loss */
	struct up_gap gaps[UP_GAPS]; /* in order of sequence */
	uint16_t gap_count;
	uint32_t rtt; /* µs, from request to repair; 0 = unknown */

	struct rate rate; /* payload bits per second */
	struct {
		uint64_t packets, bytes, duplicates, old, recovered, nacks, given_up, key_frames,
			resyncs;
	} count;
};

struct up_config {
	uint32_t ssrc;
	uint32_t clock_rate; /* Hz, not 0 */
	enum media_codec codec;
	bool nack; /* negotiated: ask for what is missing */
	/*
	 * Numbers start above this; 0 = a new place. Give the `highest` of the stream that it
	 * replaces in the same place (another SSRC of a layer), so that numbers never go back.
	 */
	uint64_t after;
};

void up_init(struct up *u, const struct up_config *config);

/*
 * Takes one packet of the stream, decrypted and parsed (rtp_parse, rtpext_parse; x may be NULL).
 * arrival: µs. On UP_OK fills *ret, whose payload points into the packet.
 */
enum up_verdict up_rx(struct up *u, uint64_t arrival, const struct rtp_header *h,
		      const struct rtpext *x, struct media_packet *ret);

/* Takes one packet of its RTX stream (RFC 4588):
 * the original, with MEDIA_RECOVERED, when it was missing. */
enum up_verdict up_rx_rtx(struct up *u, uint64_t arrival, const struct rtp_header *h,
			  const struct rtpext *x, struct media_packet *ret);

/* The publisher's sender report. */
void up_sender_report(struct up *u, uint64_t now, uint64_t ntp, uint32_t timestamp);

/* Makes the block for a receiver report and starts the next interval.
 * False before the first packet. */
bool up_report(struct up *u, uint64_t now, struct rtcp_report *ret);

/* Writes up to capacity sequence numbers whose request is due; ascending; counts them as asked. */
size_t up_nack(struct up *u, uint64_t now, uint16_t *ret_sequences, size_t capacity);

/* When up_nack may next have something; UINT64_MAX = nothing is missing. */
uint64_t up_deadline(const struct up *u);

/* Whether this packet came, among the last UP_WINDOW. */
bool up_has(const struct up *u, uint64_t sequence);

/* True once after packets were given up, so that decoders may be stuck:
 * keyframe_want then. Video only. */
bool up_take_needs_key(struct up *u);
