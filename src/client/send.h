/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One RTP stream that a client sends: frames become packets with the header extensions of the peer
 * connection, are kept for a while, come again as RTX (RFC 4588) when a NACK asks for them, and are
 * counted for sender reports. Sans-IO, one thread. Datagrams go to `out`, encrypted.
 *
 * Way: pack.c ▸ [send.c] ▸ peer_protect_rtp ▸ out
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/rng.h"
#include "base/wr.h"
#include "client/peer.h"
#include "media/rtp/bwe.h"
#include "wire/rtcp.h"

enum {
	SEND_HISTORY = 512, /* packets kept; video only */
	SEND_PADDING = 255, /* bytes in a packet of padding */
};

/* What all streams of one peer connection share: its numbering, and the estimate of what it carries. */
struct send_path {
	uint16_t transport_seq;
	struct bwe *bwe;	/* kept; NULL: not measured */
	struct probe_plan plan; /* the burst under way: media in it is a part of it */
};

struct send_sent;

struct send_config {
	enum media_codec codec;
	const char *mid; /* of its section; copied */
	const char *rid; /* simulcast layer, or NULL; static text */
	uint32_t ssrc, rtx_ssrc;
	struct send_path *path; /* kept */
};

struct send {
	struct send_config config;
	char mid[8];
	uint32_t clock_rate;
	uint16_t seq, rtx_seq, picture_id;
	uint8_t level;		   /* audio: of the next packets, in -dBov; 0 = not told */
	bool acknowledged;	   /* a report came: mid and rid are no longer sent */
	bool wants_key;		   /* a PLI or FIR came: the next frame should be a key frame */
	struct send_sent *history; /* SEND_HISTORY, owned; NULL for audio */
	uint32_t timestamp;	   /* of the last frame, RTP */
	uint64_t timestamp_us;	   /* when it was given */
	uint64_t packets, octets, retransmitted;
	/* of the server's reports on the stream (RFC 3550 6.4.1) */
	uint32_t rtt; /* µs; 0 = unknown */
	int32_t lost;
	/* of our last sender report, for the round trip */
	uint32_t report_ntp; /* the middle of its time */
	uint64_t reported;   /* when */
};

struct send_part {
	const uint8_t *payload;
	size_t length;
	uint32_t timestamp;
	bool marker;
};

/* Called for each datagram; must not call back into the stream. */
typedef void send_out_fn(void *arg, const uint8_t *datagram, size_t n);

/* 0 or -ENOMEM. Sequence numbers begin at random (RFC 3550 5.1). */
int send_init(struct send *s, struct rng *rng, const struct send_config *config);
void send_fini(struct send *s);

/*
 * One frame, as pack.h has it; `timestamp` in units of the codec's clock. 0; -ENOTCONN: the peer
 * connection is not up; -EINVAL: not a frame of this codec.
 */
int send_frame(struct send *s, struct peer *p, uint64_t now, const uint8_t *frame, size_t n,
	       uint32_t timestamp, send_out_fn *out, void *arg);

/*
 * One payload of a frame that the caller cut up itself, at most PACK_MAX bytes, as the next packet. As
 * send_frame.
 */
int send_payload(struct send *s, struct peer *p, uint64_t now, const struct send_part *part,
		 send_out_fn *out, void *arg);

/*
 * A packet of SEND_PADDING bytes of padding, on the RTX stream: to probe with. As send_frame, -EINVAL: it has no
 * RTX stream, or sent nothing yet.
 */
int send_padding(struct send *s, struct peer *p, uint64_t now, send_out_fn *out, void *arg);

/* One RTCP packet of the server's; what is not about this stream is ignored. */
void send_rtcp(struct send *s, struct peer *p, uint64_t now, const struct rtcp_packet *packet,
	       send_out_fn *out, void *arg);

/* Appends a sender report; `ntp_us`: µs since 1970. Nothing before the first frame. */
void send_report(struct send *s, uint64_t now, uint64_t ntp_us, struct wr *w);

/* True once after a key frame was asked for. */
bool send_take_wants_key(struct send *s);
