/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A made-up publisher's stream for tests: VP8 or H264-like or opaque packets whose payload says
 * which layer, frame and packet it is, and whose filling can be checked.
 */
#pragma once

#include <string.h>

#include "base/rd.h"
#include "base/wr.h"
#include "media/rtp/packet.h"
#include "wire/rtp.h"
#include "wire/vp8.h"

struct source {
	enum media_codec codec;
	uint8_t layer;
	uint32_t ssrc, timestamp;
	uint16_t sequence, picture;
	uint8_t tl0;
	uint32_t frame;
};

/* Who a packet is, as written into its payload. */
struct identity {
	uint8_t layer;
	uint32_t frame;
	uint8_t index, count; /* packet of frame */
	bool key;
};

enum { IDENTITY_LENGTH = 8, VP8_DESCRIPTOR_LENGTH = 6, VP8_KEY_HEADER = 10 };

static inline uint8_t filling(const struct identity *id, size_t at)
{
	return (uint8_t)(id->layer * 101 + id->frame * 31 + id->index * 17 + at * 7);
}

static inline void source_payload(struct source *s, const struct identity *id, size_t filler,
				  struct wr *w)
{
	if (s->codec == MEDIA_VP8) {
		wr_u8(w, (uint8_t)(0x80 | (id->index == 0 ? 0x10 : 0))); /* X, S */
		wr_u8(w, 0xe0);						 /* I, L, T */
		wr_be16(w, (uint16_t)(0x8000 | (s->picture & 0x7fff)));
		wr_u8(w, s->tl0);
		wr_u8(w, 0); /* TID 0 */
		if (id->index == 0) {
			static const uint8_t key[VP8_KEY_HEADER] = { 0x10, 0,	 0, 0x9d, 0x01,
								     0x2a, 0x80, 2, 0x68, 1 };

			wr_bytes(w, key, VP8_KEY_HEADER);
			if (!id->key)
				w->p[-VP8_KEY_HEADER] |= 1;
		}
	} else if (s->codec == MEDIA_H264) {
		wr_u8(w, id->key && id->index == 0 ? 0x67 : 0x61); /* SPS, slice */
	}
	wr_u8(w, id->layer);
	wr_be32(w, id->frame);
	wr_u8(w, id->index);
	wr_u8(w, id->count);
	wr_u8(w, id->key);
	for (size_t i = 0; i < filler; i++)
		wr_u8(w, filling(id, i));
}

/* Reads it back; false when the bytes are not as they were written. */
static inline bool source_identify(enum media_codec codec, const uint8_t *payload, size_t n,
				   struct identity *ret, struct vp8_descriptor *ret_vp8)
{
	struct rd r = rd_of(payload, n);

	if (codec == MEDIA_VP8) {
		if (!vp8_parse(ret_vp8, payload, n) || ret_vp8->length != VP8_DESCRIPTOR_LENGTH)
			return false;
		rd_skip(&r, VP8_DESCRIPTOR_LENGTH + (ret_vp8->start ? VP8_KEY_HEADER : 0));
	} else if (codec == MEDIA_H264) {
		rd_skip(&r, 1);
	}
	ret->layer = rd_u8(&r);
	ret->frame = rd_be32(&r);
	ret->index = rd_u8(&r);
	ret->count = rd_u8(&r);
	ret->key = rd_u8(&r);
	for (size_t i = 0; rd_left(&r); i++)
		if (rd_u8(&r) != filling(ret, i))
			return false;
	return !r.bad;
}

/* The next packet of the stream as plain RTP;
 * advances the sequence, after the last of a frame the picture ids. */
static inline size_t source_packet(struct source *s, uint8_t index, uint8_t count, bool key,
				   size_t filler, uint8_t *out, size_t capacity)
{
	struct wr w = wr_of(out, capacity);
	struct identity id = { s->layer, s->frame, index, count, key };
	struct rtp_header h = { .marker = index + 1 == count,
				.payload_type = 96,
				.seq = s->sequence++,
				.timestamp = s->timestamp,
				.ssrc = s->ssrc };

	rtp_write(&w, &h);
	source_payload(s, &id, filler, &w);
	if (index + 1 == count) {
		s->frame++;
		s->picture++;
		s->tl0++;
	}
	return wr_len(&w);
}
