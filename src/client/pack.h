/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Encoded frames into RTP payloads: Opus (RFC 7587: a frame is a packet), VP8 (RFC 7741: a descriptor
 * with a 15-bit picture id before each piece), H.264 (RFC 6184, mode 1: single NAL units and FU-A).
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
	const uint8_t *at, *end;   /* VP8, Opus: what is left; H.264: of the NAL unit */
	const uint8_t *next, *all; /* H.264: the next NAL unit; the end of the frame */
	uint16_t picture_id;
	uint8_t header; /* H.264: of the NAL unit that is being cut up; 0 = none */
	bool first;
};

/*
 * VP8: one frame as the encoder gives it. H.264: one access unit with start codes (Annex B). False:
 * empty, longer than PACK_FRAME_MAX, no NAL unit, or another codec. `picture_id` is VP8's.
 */
bool pack_begin(struct pack *p, enum media_codec codec, const uint8_t *frame, size_t n,
		uint16_t picture_id);

/* The next payload; its length, 0 = none is left. */
size_t pack_next(struct pack *p, uint8_t ret[PACK_MAX], bool *ret_last);

/* Whether a decoder can start with this frame: VP8's P bit, H.264's IDR slice; Opus always. */
bool pack_is_key(enum media_codec codec, const uint8_t *frame, size_t n);
