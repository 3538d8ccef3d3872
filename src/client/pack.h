/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Encoded frames into RTP payloads: Opus (RFC 7587: a frame is a packet), VP8 (RFC 7741: a descriptor
 * with a 15-bit picture id before each piece), VP9 (RFC 9628, not flexible, one layer), H.264 (RFC 6184, mode 1: single
 * NAL units and FU-A), AV1 (RTP Payload Format For AV1; pack_av1.c).
 * Pure; points into the frame. Any thread.
 *
 *	struct pack p;
 *	if (!pack_begin(&p, …)) refuse the frame;
 *	while ((n = pack_next(&p, payload, &last))) send; the marker goes on the last
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "media/rtp/packet.h"

enum { PACK_MAX = 1150, PACK_FRAME_MAX = 4 << 20 };

struct pack {
	enum media_codec codec;
	const uint8_t *at, *end; /* what is left; H.264, AV1: of the NAL unit, the OBU's payload */
	const uint8_t *next, *all; /* H.264, AV1: the next one; the end of the frame */
	uint16_t picture_id;
	bool key;
	uint8_t header; /* H.264: of the NAL unit that is being cut up; 0 = none */
	uint8_t obu[2], obu_left,
		obu_done; /* AV1: the OBU's header, how much of it is left to be sent, was sent */
	bool first;
};

/*
 * VP8, VP9: one frame as the encoder gives it. H.264: one access unit with start codes (Annex B). AV1: a temporal unit of OBUs
 * with their sizes. False: empty, longer than PACK_FRAME_MAX, nothing to send, or another codec. `picture_id` is VP8's and
 * VP9's.
 */
bool pack_begin(struct pack *p, enum media_codec codec, const uint8_t *frame, size_t n,
		uint16_t picture_id);

/* The next payload; its length, 0 = none is left. */
size_t pack_next(struct pack *p, uint8_t ret[PACK_MAX], bool *ret_last);

/* Whether a decoder can start with this frame; Opus always. */
bool pack_is_key(enum media_codec codec, const uint8_t *frame, size_t n);

/* ---- pack_av1.c ---- */

bool pack_av1_begin(struct pack *p);
size_t pack_av1_next(struct pack *p, uint8_t ret[PACK_MAX], bool *ret_last);
