/* SPDX-License-Identifier: Apache-2.0 */
#include "client/pack.h"

#include <string.h>

#include "base/wr.h"
#include "wire/av1.h"

enum {
	VP8_DESCRIPTOR = 4,
	VP9_DESCRIPTOR = 3,
	H264_FU_A = 28,
	H264_IDR = 5,
	H264_DELIMITER = 9, /* says nothing that the marker does not */
	FU_START = 0x80,
	FU_END = 0x40,
};

/* ---- NAL units of an access unit (H.264 annex B) ---- */

/* Where the next start code's payload begins; `end` when there is none. */
static const uint8_t *after_start_code(const uint8_t *at, const uint8_t *end)
{
	for (; end - at >= 3; at++) {
		if (at[0] == 0 && at[1] == 0 && at[2] == 1)
			return at + 3;
	}
	return end;
}

/* Where this NAL unit ends: before the next start code and the zeros in front of it. */
static const uint8_t *end_of_nal(const uint8_t *at, const uint8_t *end)
{
	const uint8_t *next = after_start_code(at, end), *stop = next == end ? end : next - 3;

	/* a code at the very end of the bytes has no payload behind it */
	if (next == end && end - at >= 3 && end[-3] == 0 && end[-2] == 0 && end[-1] == 1)
		stop = end - 3;
	while (stop > at && stop[-1] == 0) /* a NAL unit does not end with a zero (7.4.1) */
		stop--;
	return stop;
}

/* Finds the next NAL unit worth sending. False: there is none. */
static bool next_nal(const uint8_t **at, const uint8_t *all, const uint8_t **ret_start,
		     const uint8_t **ret_end)
{
	while (*at < all) {
		const uint8_t *start = *at, *end = end_of_nal(start, all);

		*at = after_start_code(end, all);
		if (end > start && (start[0] & 0x1f) != H264_DELIMITER) {
			*ret_start = start;
			*ret_end = end;
			return true;
		}
	}
	return false;
}

static bool load_nal(struct pack *p)
{
	p->header = 0;
	return next_nal(&p->next, p->all, &p->at, &p->end);
}

bool pack_begin(struct pack *p, enum media_codec codec, const uint8_t *frame, size_t n,
		uint16_t picture_id)
{
	*p = (struct pack){ .codec = codec,
			    .at = frame,
			    .end = frame + n,
			    .all = frame + n,
			    .picture_id = picture_id,
			    .first = true };
	if (n == 0 || n > PACK_FRAME_MAX)
		return false;
	switch (codec) {
	case MEDIA_OPUS:
		return n <= PACK_MAX;
	case MEDIA_VP8:
		return true;
	case MEDIA_VP9:
		p->key = pack_is_key(codec, frame, n);
		return true;
	case MEDIA_AV1:
		p->key = pack_is_key(codec, frame, n);
		p->next = frame;
		return pack_av1_begin(p);
	case MEDIA_H264:
		p->next = after_start_code(frame, frame + n);
		return load_nal(p);
	default:
		return false;
	}
}

/* Pieces of one size, so that the last is not a crumb. */
static size_t piece(size_t left, size_t room)
{
	size_t count = (left + room - 1) / room;

	return (left + count - 1) / count;
}

static size_t next_vp8(struct pack *p, uint8_t *ret, bool *ret_last)
{
	size_t left = (size_t)(p->end - p->at), n = piece(left, PACK_MAX - VP8_DESCRIPTOR);

	ret[0] = p->first ? 0x90 : 0x80; /* X, S; one partition (RFC 7741 4.2) */
	ret[1] = 0x80;			 /* I */
	put_be16(ret + 2, (uint16_t)(0x8000 | (p->picture_id & 0x7fff)));
	memcpy(ret + VP8_DESCRIPTOR, p->at, n);
	p->at += n;
	p->first = false;
	*ret_last = p->at == p->end;
	return n + VP8_DESCRIPTOR;
}

/* RFC 9628 4.2: I, P, B, E; without layers references need not be told. */
static size_t next_vp9(struct pack *p, uint8_t *ret, bool *ret_last)
{
	size_t left = (size_t)(p->end - p->at), n = piece(left, PACK_MAX - VP9_DESCRIPTOR);

	*ret_last = n == left;
	ret[0] = (uint8_t)(0x80 | (p->key ? 0 : 0x40) | (p->first ? 0x08 : 0) |
			   (*ret_last ? 0x04 : 0));
	put_be16(ret + 1, (uint16_t)(0x8000 | (p->picture_id & 0x7fff)));
	memcpy(ret + VP9_DESCRIPTOR, p->at, n);
	p->at += n;
	p->first = false;
	return n + VP9_DESCRIPTOR;
}

static size_t next_fu(struct pack *p, uint8_t *ret)
{
	bool start = p->header == 0;

	if (start)
		p->header = *p->at++; /* it travels in the two bytes of FU indicator and header */
	size_t left = (size_t)(p->end - p->at), n = piece(left, PACK_MAX - 2);

	ret[0] = (uint8_t)((p->header & 0xe0) | H264_FU_A);
	ret[1] = (uint8_t)((p->header & 0x1f) | (start ? FU_START : 0) | (n == left ? FU_END : 0));
	memcpy(ret + 2, p->at, n);
	p->at += n;
	return n + 2;
}

static size_t next_h264(struct pack *p, uint8_t *ret, bool *ret_last)
{
	size_t n = (size_t)(p->end - p->at);

	if (p->header == 0 && n <= PACK_MAX) {
		memcpy(ret, p->at, n);
		p->at = p->end;
	} else {
		n = next_fu(p, ret);
	}
	*ret_last = p->at == p->end && !load_nal(p);
	return n;
}

size_t pack_next(struct pack *p, uint8_t ret[PACK_MAX], bool *ret_last)
{
	size_t n = (size_t)(p->end - p->at);

	if (p->codec == MEDIA_AV1)
		return pack_av1_next(p, ret, ret_last);
	if (n == 0)
		return 0;
	if (p->codec == MEDIA_VP8)
		return next_vp8(p, ret, ret_last);
	if (p->codec == MEDIA_VP9)
		return next_vp9(p, ret, ret_last);
	if (p->codec == MEDIA_H264)
		return next_h264(p, ret, ret_last);
	memcpy(ret, p->at, n);
	p->at = p->end;
	*ret_last = true;
	return n;
}

/* VP9 bitstream specification 6.2: frame_marker, profile (of 3 a reserved bit, too), show_existing_frame, frame_type. */
static bool is_vp9_key(const uint8_t *frame, size_t n)
{
	unsigned shift = n > 0 && (frame[0] & 0x30) == 0x30 ? 1 : 2;

	return n > 0 && frame[0] >> 6 == 2 && (frame[0] >> shift & 3) == 0;
}

bool pack_is_key(enum media_codec codec, const uint8_t *frame, size_t n)
{
	const uint8_t *at = after_start_code(frame, frame + n), *start, *end;

	if (codec == MEDIA_VP8)
		return n > 0 && (frame[0] & 1) == 0; /* RFC 6386 9.1 */
	if (codec == MEDIA_VP9)
		return is_vp9_key(frame, n);
	if (codec == MEDIA_AV1)
		return av1_is_key_unit(frame, n);
	if (codec != MEDIA_H264)
		return true;
	while (next_nal(&at, frame + n, &start, &end)) {
		if ((start[0] & 0x1f) == H264_IDR)
			return true;
	}
	return false;
}
