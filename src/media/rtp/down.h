/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One outgoing RTP stream to one subscriber. Whatever source it is fed from (simulcast layers, a
 * publisher that restarts, pauses), the subscriber sees one SSRC, one payload type, one unbroken
 * sequence and a timestamp that only goes forward; VP8 picture ids continue too. A retransmission
 * is rebuilt from the shared cache under the RTX stream's own numbers (RFC 4588), so that no packet
 * is ever sent twice under one SRTP index.
 *
 * Without RTX negotiated NACKs are counted and not answered: a packet with other extension bytes
 * under a used index would break SRTP; the subscriber then asks for a key frame. Output is a plain
 * RTP packet; encryption is the caller's. Heap: the history only. Embedded in the subscription.
 * Thread: the worker of the room.
 *
 * Way: up.c ▸ sfu/forward.c ▸ [down.c] ▸ peer/srtp protect ▸ engine_next_tx
 */
#pragma once

#include "base/wr.h"
#include "media/rtp/cache.h"
#include "media/rtp/packet.h"
#include "media/rtp/rate.h"
#include "media/rtp/up.h"
#include "wire/rtcp.h"

enum {
	DOWN_MID_MAX = 16,
	DOWN_SOURCES = 8,   /* ids of sources: 0..7 */
	DOWN_RANGES = 24,   /* runs of equal offsets that are remembered */
	DOWN_HISTORY = 512, /* sent packets that can be asked for again at most; powers of two */
	DOWN_HISTORY_FIRST = 128, /* … until older ones are asked for */
	DOWN_HISTORY_SHORT = 64,  /* of audio without RTX: only against duplicates */
	/* A source that skips more starts anew: receivers must be able to follow (RFC 3711 3.3.1).
	 */
	DOWN_JUMP_MAX = 8192,
	/*
	 * Retransmissions (R50): a fifth of what was sent plus a burst. Half of it on a path that
	 * loses without being full (30 % loss, of repairs too, take 0.43). Per packet so often, …
	 */
	DOWN_RTX_SHARE = 5,
	DOWN_RTX_SHARE_CALM = 2,
	DOWN_RTX_BURST = 16 * 1024,
	DOWN_RTX_TRIES = 10,
	/* … and not again within max(RTT, this). */
	DOWN_RTX_GUARD_US = 20000,
	/* Most bytes added to a payload: header, extensions, OSN; down_room counts all. */
	DOWN_OVERHEAD_MAX = 12 + 4 + 64 + 2,
};

enum down_verdict {
	DOWN_OK,	/* wr_len(out) bytes are to be sent */
	DOWN_WAIT_KEY,	/* a source has to start with a key frame: ask for one */
	DOWN_ABSORBED,	/* nothing to send, and the subscriber sees no gap (padding in order) */
	DOWN_DUPLICATE, /* that number was sent already */
	DOWN_OLD,   /* its place in the sequence is forgotten, or belongs to something else now */
	DOWN_SHORT, /* capacity too small: use down_room */
	/* retransmissions only: */
	DOWN_NO_RTX,   /* not negotiated */
	DOWN_UNKNOWN,  /* never sent, or too long ago */
	DOWN_TOO_SOON, /* within max(RTT, 20 ms) of the last time, or asked too often */
	DOWN_BUDGET,   /* retransmissions have used their share of the stream's rate */
};

struct down_config {
	enum media_codec codec;
	uint32_t clock_rate; /* Hz, not 0 */
	uint32_t ssrc;
	uint8_t payload_type;
	uint8_t red_payload_type; /* of packets with redundancy; 0 = refused */
	uint32_t rtx_ssrc;	  /* rtx_payload_type 0 = RTX not negotiated */
	uint8_t rtx_payload_type;
	uint16_t first_sequence, rtx_first_sequence; /* chance, from the caller; keep below 2^15 */
	uint32_t first_timestamp;		     /* chance, from the caller */
	/* Header extension ids of this subscriber, 1..14; 0 = not negotiated. */
	uint8_t id_mid, id_orientation, id_abs_send_time, id_transport_cc, id_dd;
	char mid[DOWN_MID_MAX]; /* on media until the first receiver report, on RTX always */
	/* the transport's counter, for id_transport_cc; kept, shared; or NULL */
	uint16_t *transport_sequence;
};

struct down_range {
	uint64_t first, end;	   /* source sequence numbers first ≤ n < end */
	uint64_t offset;	   /* out = source - offset, modulo 2^64 */
	uint32_t timestamp_offset; /* out = source + offset, modulo 2^32 */
	uint16_t picture_offset;
	uint16_t frame_offset; /* of dependency descriptors */
	uint8_t tl0_offset;
	uint8_t source;
};

struct down_sent {
	uint32_t out;	 /* low bits of the extended out sequence */
	uint16_t again;	 /* last retransmission, low bits of milliseconds */
	uint8_t tries;	 /* retransmissions */
	bool sent : 1;	 /* went out under its own number */
	bool marker : 1; /* with a marker, which the publisher's packet may not have */
};

struct down {
	struct down_config config;
	struct down_sent *history; /* owned */
	uint32_t history_count;
	uint64_t history_from; /* extended out sequence: what was sent before it is forgotten */

	struct down_range ranges[DOWN_RANGES];
	uint32_t range_serial; /* of the newest range; 0 = none yet */

	uint64_t highest;	 /* extended out sequence of the newest packet */
	uint32_t last_timestamp; /* out, of the newest packet */
	uint64_t last_arrival;	 /* when the newest packet arrived at the server */
	uint32_t last_source_timestamp;
	struct media_clock last_clock; /* of the source of the newest packet, as it was then */
	struct media_clock out_clock;  /* the same on our timestamps: what sender reports say */
	uint16_t last_picture, last_frame;
	uint8_t last_tl0;
	uint32_t skipped_picture; /* source's picture id of the newest packet left out; > 65535 =
				     none */
	uint64_t rtx_sequence;

	bool mid_acknowledged;
	struct rate rate;   /* media, without retransmissions */
	int32_t rtx_credit; /* bytes */
	uint8_t rtx_share;  /* DOWN_RTX_SHARE or …_CALM, as the caller judges the path */

	/* sender reports sent, to find the RTT from LSR */
	struct {
		uint32_t lsr;
		uint64_t at;
	} reports[4];
	uint32_t report_count;
	uint64_t started; /* when the first packet was written */

	uint32_t packets, octets, rtx_packets, rtx_octets; /* as sender reports count them */
	uint32_t rtt;					   /* µs; 0 = unknown */
	uint8_t fraction_lost; /* of 256, as the last receiver report says */
	int32_t lost;
	uint32_t jitter;
	struct {
		uint64_t nacked, answered, missed, refused, duplicates, old, switches;
	} count;
};

/* Bytes that a packet needs as we send it, unencrypted. */
static inline size_t down_room(const struct media_packet *p)
{
	enum { DD_EXTRA = 16 }; /* dd_write may make it longer; two-byte form of the others */

	return p->length + (size_t)DOWN_OVERHEAD_MAX +
	       (p->dd_length ? p->dd_length + (size_t)DD_EXTRA : 0);
}

/* Returns 0, -EINVAL (config) or -ENOMEM. */
int down_init(struct down *d, const struct down_config *config);
void down_fini(struct down *d);

/*
 * Sends packet `p` of source number `source` (< DOWN_SOURCES; the layer) with the clock of that
 * source: writes the whole RTP packet to `out`. A source other than the last, the first packet, and
 * a packet after down_restart have to start a key frame when the codec is video. A late packet of
 * the source before is still placed where it belongs. `out` is fresh (wr_of) with room for
 * down_room(p), else DOWN_SHORT. p->payload must not overlap out.
 */
enum down_verdict down_write(struct down *d, uint64_t now, uint8_t source,
			     const struct media_clock *clock, const struct media_packet *p,
			     struct wr *out);

/* Leaves a packet out on purpose, without a gap (a temporal layer). Whole frames only. What was
 * lost on the way to us before it stays a gap; a late packet of a frame left out is ignored. */
void down_skip(struct down *d, uint8_t source, const struct media_packet *p);

/* The next packet continues from wherever its source is by then:
 * after a pause, a mute, a source replaced. */
void down_restart(struct down *d);

/*
 * Answers one sequence number of a NACK from the caches of the sources (caches[source], NULL =
 * none), as an RTX packet. Answers also what was never sent but should have been, such as the rest
 * of a key frame that began late. `out` as for down_write.
 */
enum down_verdict down_retransmit(struct down *d, uint64_t now, uint16_t sequence,
				  const struct cache *const caches[DOWN_SOURCES], struct wr *out);

/* Whether down_padding can write: RTX is negotiated, and media went before (receivers ignore the
 * RTX of a stream they do not know). */
static inline bool down_can_pad(const struct down *d)
{
	return d->config.rtx_payload_type && d->started;
}

enum { DOWN_PADDING = 255 };

/* A packet of DOWN_PADDING bytes of padding on the RTX stream, to probe with: receivers drop it. */
enum down_verdict down_padding(struct down *d, uint64_t now, struct wr *out);

/*
 * The sender report as of now, in the publisher's own clock, so that its audio and video stay
 * together. When the publisher sent none for 10 s the server's clock is used. False: nothing to
 * report yet. Call about once a second.
 */
bool down_sender_report(struct down *d, uint64_t now, struct rtcp_sr *ret);

/* A report block about our SSRC came from the subscriber. Blocks about other SSRCs are ignored. */
void down_receiver_report(struct down *d, uint64_t now, const struct rtcp_report *r);
