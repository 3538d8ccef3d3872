/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The codecs we forward and how they look in SDP: one table. Everything else is refused by leaving
 * it out of the answer, so a client cannot publish what a subscriber would not understand. Pure.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "media/rtp/packet.h"
#include "plane/plane.h"
#include "wire/sdp.h"

enum codec {
	CODEC_NONE,
	CODEC_OPUS,
	CODEC_RED, /* Opus with earlier packets repeated (RFC 2198) */
	CODEC_VP8,
	CODEC_VP9,	  /* profile 0 */
	CODEC_AV1,	  /* main profile */
	CODEC_H264_MODE0, /* packetization-mode=0: single NAL units */
	CODEC_H264_MODE1, /* packetization-mode=1: also STAP-A and FU-A */
	CODEC_COUNT,
};

struct codec_info {
	const char *name, *mime;
	enum plane_kind kind;
	enum media_codec media;
	uint32_t clock_rate; /* Hz */
	uint8_t channels;
	/* How we offer it to subscribers (livekit-protocol 5.4). */
	uint8_t payload_type, rtx_payload_type; /* rtx 0 = none */
	uint8_t feedback;			/* SDP_FB_… */
	uint8_t unoffered; /* asked for in answers although libwebrtc does not offer it */
	const char *fmtp;  /* NULL = none */
};

/* NULL for CODEC_NONE. */
const struct codec_info *codec_info(enum codec codec);

/* What a track of packets with this codec is of: Opus for RED, else the same. */
static inline enum codec codec_inside(enum codec codec)
{
	return codec == CODEC_RED ? CODEC_OPUS : codec;
}

/* "vp9", "video/VP9": the codec that a client names; CODEC_NONE when it is none of ours. */
enum codec codec_of_name(const char *name, enum plane_kind kind);

/* Which of ours a payload type of a section of `kind` is;
 * CODEC_NONE for everything we do not forward. */
enum codec codec_of_sdp(const struct sdp_codec *c, enum sdp_kind kind);
