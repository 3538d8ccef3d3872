/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One media packet as it travels inside the media plane: what up makes of a
 * received packet, what the cache keeps, and what down sends. Plain facts and a
 * pointer to the payload, which belongs to whoever lent the bytes (the receive
 * buffer, or the cache until its next put). Thread: the worker of the room.
 *
 * Way: engine.c ▸ up.c ▸ [packet.h] ▸ cache.c, down.c
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "wire/pictures.h"

struct dd;

enum media_codec {
	MEDIA_OTHER, /* forwarded as it is: audio, or a codec without key frames for us */
	MEDIA_OPUS,
	MEDIA_VP8,
	MEDIA_H264,
	MEDIA_VP9,
	MEDIA_AV1,
};

static inline bool media_codec_is_video(enum media_codec codec)
{
	return codec >= MEDIA_VP8;
}

enum media_flags {
	MEDIA_MARKER = 1 << 0,
	MEDIA_KEY = 1 << 1, /* a decoder can start at this packet */
	/* first packet of a frame (VP8: S=1 and PID=0; H264: by timestamp) */
	MEDIA_FRAME_START = 1 << 2,
	MEDIA_LEVEL = 1 << 3, /* `level` is there (RFC 6464) */
	MEDIA_VOICE = 1 << 4,
	MEDIA_ORIENTED = 1 << 5,  /* `orientation` is there (3GPP TS 26.114) */
	MEDIA_RESYNC = 1 << 6,	  /* the source began a new sequence: not comparable with before */
	MEDIA_RECOVERED = 1 << 7, /* came as a retransmission */
};

struct media_packet {
	uint64_t arrival;    /* µs */
	uint64_t sequence;   /* extended: grows for ever, never 0 */
	uint32_t timestamp;  /* as the publisher wrote it */
	uint16_t length;     /* of the payload, padding taken off; 0 = padding only */
	uint8_t flags;	     /* enum media_flags */
	uint8_t level;	     /* 0 loudest … 127 silent, -dBov */
	uint8_t orientation; /* the CVO byte */
	uint8_t temporal;    /* TID, 0 when there are no temporal layers */
	bool sync;	     /* VP8: Y, refers to temporal layer 0 only (RFC 7741 4.2) */
	bool red;	     /* audio with redundancy (RFC 2198) */
	bool silent;	     /* nobody needs it: sfu/speakers.h */
	uint8_t dd_length;   /* of the dependency descriptor; 0 = none */
	uint32_t dd_mask; /* to one subscriber: tell it these targets; 0 = as the publisher said */
	struct pictures pictures; /* of VP8 and VP9, when up.c has just read them */
	uint8_t padding;	  /* bytes to add when it is sent (RFC 3550 5.1); sfu/burst.c */
	const uint8_t *payload;	  /* borrowed */
	const uint8_t *dd_bytes;  /* borrowed */
	const struct dd *dd;	  /* those read, when somebody did; else NULL */
};
