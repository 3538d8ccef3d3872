/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One peer connection, seen from the client: full ICE, DTLS-SRTP, optionally data channels, and the
 * descriptions of both kinds that LiveKit's signalling has: the PUBLISHER, where we offer what we
 * send, and the SUBSCRIBER, where the server offers what we receive. Sans-IO: time, chance and packets
 * are arguments, so it runs in virtual time (test/sim), in libconfab and in the load generator.
 * Embedded by its owner, about 6 KB without SRTP streams and data channels; belongs to one thread.
 * Needs one UDP socket, which peers may share (route by address, transport_ufrag_of for the rest).
 *
 *	peer_init
 *	publisher:   peer_write_offer ▸ to the server ▸ peer_read_answer
 *	subscriber:  peer_read_offer ▸ peer_write_answer ▸ to the server
 *	loop:        peer_rx, peer_tick when peer_deadline has come; after each, and after the
 *	             functions above: send what outbox_take and peer_next_data return
 *	media:       CONNECTED: send what peer_protect_… make to peer_address
 *
 * Files: peer.c packets; peer_sdp.c descriptions. What streams do (RTP, NACK, reports): send.h, receive.h.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/rng.h"
#include "media/peer/channels.h"
#include "media/peer/transport.h"
#include "media/rtp/packet.h"
#include "wire/rtpext.h"
#include "wire/sdp.h"

enum {
	PEER_LAYERS = 3,     /* of a simulcast track, lowest first: rids q, h, f */
	PEER_ERROR = 256,    /* room for an error's text, NUL included */
	PEER_TEXT = 128,     /* msid parts and mids, NUL included */
	PEER_DATAGRAM = 1280 /* room for what peer_next_data returns */
};

/* Payload types and extension ids of our offers: Chromium's. */
enum {
	PEER_PT_AV1 = 45,
	PEER_PT_AV1_RTX = 46,
	PEER_PT_VP8 = 96,
	PEER_PT_VP8_RTX = 97,
	PEER_PT_VP9 = 98,
	PEER_PT_VP9_RTX = 99,
	PEER_PT_H264 = 102,
	PEER_PT_H264_RTX = 103,
	PEER_PT_OPUS = 111,
	PEER_ID_AUDIO_LEVEL = 1,
	PEER_ID_TRANSPORT_CC = 3,
	PEER_ID_MID = 4,
	PEER_ID_RID = 10,
	PEER_ID_REPAIRED_RID = 11,
};

enum peer_role { PEER_PUBLISHER, PEER_SUBSCRIBER };

struct peer_config {
	struct rng *rng;	   /* kept */
	struct outbox *outbox;	   /* kept; peers of one thread may share it */
	struct dtls_context *dtls; /* kept, may be shared; NULL (tests): transport_inject_keys */
	const char *fingerprint;   /* of the context's certificate: cert_fingerprint; kept */
	enum peer_role role;
	bool data;	      /* data channels; costs 75 KB and more once connected */
	bool no_transport_cc; /* subscriber: declines transport-wide feedback */
	/* The load generator's: */
	bool active; /* publisher: offers a=setup:active, so the server chooses the SRTP suite */
	bool largest_first; /* publisher: rids in the order f, h, q, as Janus reads them */
	/* candidates in descriptions are left alone: the owner chooses and calls transport_connect */
	bool no_candidates;
};

struct peer {
	struct transport transport; /* its functions may be used as they are */
	struct ice_checks checks;
	struct channels channels;
	struct rng *rng;
	const char *fingerprint;
	enum peer_role role;
	bool data, no_transport_cc, active, largest_first, no_candidates;
	bool described; /* a description of the server was taken */
	uint32_t version;
	uint64_t session;
	char cname[17];
	/*
	 * What was negotiated, by enum rtpext_kind; 0 = not. Publisher: what the answer left of our
	 * ids. Subscriber: the server's.
	 */
	uint8_t ids[RTPEXT_KINDS];
};

/* Must not be moved afterwards. */
void peer_init(struct peer *p, const struct peer_config *config);
/* Sends nothing; peer_close before says goodbye. */
void peer_fini(struct peer *p);

/* ---- descriptions: peer_sdp.c ---- */

struct peer_layer {
	uint32_t ssrc, rtx_ssrc; /* rtx 0: without RTX */
};

/* What we publish in one section; its mid is its place in the list, from "1". */
struct peer_track {
	enum media_codec codec;
	enum media_codec also; /* another that may be sent in its place; MEDIA_OTHER = none */
	bool active;	       /* false: given up; the section stays, inactive */
	const char *stream;    /* msid: any text without blanks, "-" = none */
	const char *track;     /* msid: the cid of AddTrackRequest */
	uint8_t layer_count;   /* 1, or 2-3: simulcast (video), told apart by rid, not by SSRC */
	struct peer_layer layers[PEER_LAYERS];
};

/* rid of a simulcast layer: "q", "h", "f". */
const char *peer_rid(unsigned layer);

/*
 * The publisher's next offer: a data section (if `data`) and one per track. Tracks are never taken
 * out of the list nor reordered (RFC 9429 5.2.2): they become inactive, or are replaced by another
 * of the same kind. NULL: no memory; else to be freed.
 */
char *peer_write_offer(struct peer *p, const struct peer_track *tracks, size_t count);

/*
 * Takes the server's answer: begins to connect the first time (candidates in it are used, others may
 * follow by peer_add_candidate), follows an ICE restart later. `sdp` is scratch (400 KB: one per
 * thread) and holds the parsed answer afterwards, as long as `text` lives: section i+1 (i without
 * data) is track i's, see peer_is_accepted. 0, or -EINVAL with a text for people in ret_error
 * (PEER_ERROR bytes), and nothing has changed.
 */
int peer_read_answer(struct peer *p, uint64_t now, struct sdp *sdp, const char *text, size_t n,
		     char *ret_error);
/* Whether the server wants what we send in this section. */
bool peer_is_accepted(const struct sdp_section *answer);

/* The same for the server's offer. Afterwards, with the same `sdp`: peer_write_answer. */
int peer_read_offer(struct peer *p, uint64_t now, struct sdp *sdp, const char *text, size_t n,
		    char *ret_error);

/*
 * The answer to the offer in `sdp`: every media section with a codec of ours is taken. Without `data`
 * the data section is declined. NULL: no memory; else to be freed.
 */
char *peer_write_answer(struct peer *p, const struct sdp *sdp);

/* What is received in one section of the server's offer. Texts end with NUL, cut at PEER_TEXT. */
struct peer_stream {
	enum media_codec codec;
	uint32_t ssrc, rtx_ssrc; /* 0 = unknown: bind by mid; without RTX */
	uint8_t payload_type, rtx_payload_type;
	uint32_t clock_rate;
	bool nack;
	char mid[SDP_MID_MAX + 1];
	char stream[PEER_TEXT], track[PEER_TEXT]; /* msid; LiveKit: "PA_…|TR_…" and "TR_…" */
};

/* A text of a description; false: there is none, or it was cut. */
bool peer_text(char *ret, size_t capacity, struct sdp_text t);

/* False when the section sends nothing that we take. */
bool peer_stream_of(struct peer_stream *ret, const struct sdp_section *offer);

/*
 * A trickled candidate, "candidate:… typ host"; before the description it belongs to is fine too.
 * False: none that can be used (TCP, mDNS, not component 1), or one too many.
 */
bool peer_add_candidate(struct peer *p, uint64_t now, const char *text, size_t n);

/* Publisher: the next offer restarts ICE (RFC 8839 4.4.1.1.1): after the network changed. */
void peer_restart(struct peer *p, uint64_t now);

/* ---- packets: peer.c ---- */

/*
 * Takes one datagram that came from `from`; the bytes may be changed. What came out, in `ret`: RTP or
 * RTCP in the clear, or nothing (never TRANSPORT_IN_DATA: ask peer_next_message). The result says
 * what became of it, for counting.
 */
enum verdict peer_rx(struct peer *p, uint64_t now, const struct path *from, uint8_t *bytes,
		     size_t n, struct transport_in *ret);

/* Runs timers: checks, consent, handshake, SCTP. True: the state changed. */
bool peer_tick(struct peer *p, uint64_t now);
/* When peer_tick wants to run next, in µs; UINT64_MAX = never. Changes with every other call. */
uint64_t peer_deadline(const struct peer *p);

/* NEW, CHECKED, CONNECTED or FAILED; peer_cause says why it failed, in a few words. */
enum transport_state peer_state(const struct peer *p);
const char *peer_cause(const struct peer *p);

/* Where media goes; NULL before the first answered check. */
const struct path *peer_address(const struct peer *p);

/*
 * Encrypts one plain packet into `out`; 32 bytes more than it has always suffice. The length, or
 * -ENOTCONN (not connected), -ENOSPC, -EINVAL, -EALREADY (this index was sent before). For bursts:
 * srtp_protect_rtp with transport_srtp(&p->transport).
 */
int peer_protect_rtp(struct peer *p, const uint8_t *packet, size_t n, uint8_t *out,
		     size_t capacity);
int peer_protect_rtcp(struct peer *p, const uint8_t *packet, size_t n, uint8_t *out,
		      size_t capacity);

/* Data messages (LiveKit's DataPacket, protobuf). As channels_send and channels_next. */
int peer_send_data(struct peer *p, enum channel_label label, struct blob *message);
bool peer_next_message(struct peer *p, struct channels_message *ret);
/* Data channels are up: messages flow. Those sent before wait. */
bool peer_data_is_up(const struct peer *p);
/* Bytes of messages that the other side has not confirmed, with what keeping them costs. */
size_t peer_data_buffered(const struct peer *p);

/* The next encrypted datagram of the data channels, PEER_DATAGRAM bytes at most; 0 = none. */
size_t peer_next_data(struct peer *p, uint64_t now, uint8_t ret[PEER_DATAGRAM]);

/* Says goodbye (DTLS close_notify, in the outbox) and ends in FAILED, "closed". */
void peer_close(struct peer *p);
