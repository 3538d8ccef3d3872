/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SDP in, SDP out (RFC 8829, RFC 9429): what a client may send us, what we offer it, and the two
 * descriptions that say so. Pure text and plain structs: no transport, no track, no state. Way:
 * publish.c, subscribe.c ▸ [negotiate*.c] ▸ sdp.c
 *
 * Publisher connection: the client offers, negotiate_read_offer understands, negotiate_write_answer
 * answers. Subscriber connection: negotiate_write_offer offers, the client answers,
 * negotiate_read_answer understands.
 *
 * On both connections we are ICE-lite and the DTLS server (a=setup:passive, a client must take
 * `active`). Functions that can refuse write the reason, for people, into `error`
 * (NEGOTIATE_ERROR_MAX bytes) and return -EPROTO.
 */
#pragma once

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/sb.h"
#include "media/rtp/layers.h"
#include "media/sfu/codec.h"
#include "plane/plane.h"
#include "wire/rtpext.h"
#include "wire/sdp.h"

enum {
	NEGOTIATE_CODECS = 12,
	NEGOTIATE_ERROR_MAX = PLANE_TEXT_MAX,
	NEGOTIATE_MESSAGE_MAX = 65536, /* a=max-message-size of the data section */
	NEGOTIATE_MID_ID = 1,	       /* extension ids in our offers */
	NEGOTIATE_TRANSPORT_CC_ID = 2,
	NEGOTIATE_DD_ID = 3, /* VP9 and AV1 */
};

/* What we say about ourselves in a description. All borrowed. */
struct negotiate_local {
	const char *ufrag, *pwd;
	const char *fingerprint; /* sha-256, "AB:CD:…" */
	const struct sockaddr_storage *addresses, *tcp_addresses;
	size_t address_count, tcp_address_count;
	uint64_t session_id, version; /* o= */
};

/* The client's end of a transport. */
struct negotiate_remote {
	char ufrag[257], pwd[257]; /* RFC 8839 5.4: at most 256 characters */
	char fingerprint[96];	   /* sha-256, "AB:CD:…" */
	bool without_data;	   /* answers: our data section was refused */
};

struct negotiate_codec {
	enum codec codec;
	uint8_t payload_type, rtx_payload_type; /* rtx 0 = not offered */
	uint8_t feedback;			/* SDP_FB_…: offered and taken */
};

/* One m= section of a client's offer. */
struct negotiate_up {
	char mid[SDP_MID_MAX + 1];
	enum sdp_kind kind;
	bool usable;  /* in the bundle: answered with a port; else mirrored as rejected */
	bool sending; /* the client sends here, and we can take at least one of the codecs */
	char track_id[PLANE_CID_MAX]; /* from a=msid; "" = none */
	struct negotiate_codec codecs[NEGOTIATE_CODECS];
	uint8_t codec_count;
	char rids[LAYERS_MAX][SDP_RID_MAX + 1]; /* by layer, 0 lowest; "" = no such layer */
	uint8_t rid_order[LAYERS_MAX];		/* layers in the order of the offer */
	uint8_t rid_count;			/* 0 = no simulcast */
	uint32_t ssrc, rtx_ssrc;		/* announced, without simulcast; 0 = none */
};

struct negotiate_offer {
	struct negotiate_remote remote;
	struct rtpext_map extensions;  /* the same for all sections (RFC 8843 9.1) */
	struct negotiate_up *sections; /* owned */
	size_t section_count;
};

void negotiate_offer_fini(struct negotiate_offer *o);

/* Understands a client's offer. On success the caller owns *ret.
 * 0, -EPROTO or -ENOMEM; *ret untouched on failure. */
int negotiate_read_offer(struct negotiate_offer *ret, const struct sdp *offer, char *error);

/* The codec of a payload type; NULL = none. *ret_rtx: it is that codec's retransmission type. */
const struct negotiate_codec *negotiate_find_payload(const struct negotiate_up *s,
						     uint8_t payload_type, bool *ret_rtx);

/*
 * Puts a codec of the section first, if it is there: clients send what comes first in our answer.
 * H264 stays in the order of the offer.
 */
void negotiate_prefer(struct negotiate_up *s, enum codec codec);

/* Whether this extension of an offer is taken:
 * wanted, and its id not used for another in the same transport. */
bool negotiate_takes_extension(const struct rtpext_map *map, const struct sdp_extension *x);

/* Writes our answer; `read` is what negotiate_read_offer made of `offer`.
 * out->bad when it did not fit. */
void negotiate_write_answer(struct sb *out, const struct negotiate_local *local,
			    const struct sdp *offer, const struct negotiate_offer *read);

/* One media section of our offer.
 * Its index i is for ever; its mid is i + 1, the data section has mid 0. */
struct negotiate_down {
	enum plane_kind kind;
	enum codec codec;
	bool active; /* else inactive: nothing below counts */
	struct sid publisher, track;
	uint32_t ssrc, rtx_ssrc; /* rtx 0 when the codec has none */
};

void negotiate_write_offer(struct sb *out, const struct negotiate_local *local,
			   const struct negotiate_down *sections, size_t count);

/* What the client made of one section. */
struct negotiate_taken {
	bool accepted;
	uint8_t payload_type, rtx_payload_type; /* as the client wants them; rtx 0 = refused */
	uint8_t red_payload_type;		/* of Opus with redundancy; 0 = refused */
	uint8_t mid_id, transport_cc_id, dd_id; /* extension ids; 0 = refused */
};

/*
 * Understands the client's answer to an offer with these sections; ret_taken has room for `count`.
 * 0 or -EPROTO: then nothing was written but `error`.
 */
int negotiate_read_answer(struct negotiate_remote *ret_remote, struct negotiate_taken *ret_taken,
			  const struct sdp *answer, const struct negotiate_down *sections,
			  size_t count, char *error);

/* Writes the mid of section `index` of our offers. */
void negotiate_mid(size_t index, char *ret, size_t capacity);
