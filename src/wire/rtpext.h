/* SPDX-License-Identifier: Apache-2.0 */
/*
 * RTP header extensions (RFC 8285): which ids were negotiated, reading and writing both forms. Pure; a `struct rtpext_map` belongs to who embeds it. Any thread.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/wr.h"
#include "wire/rtp.h"

enum rtpext_kind {
	RTPEXT_NONE, /* an id that was not negotiated, a URI that is not known */
	RTPEXT_MID,
	RTPEXT_RID,
	RTPEXT_REPAIRED_RID,
	RTPEXT_AUDIO_LEVEL,
	RTPEXT_TRANSPORT_CC,
	RTPEXT_ABS_SEND_TIME,
	RTPEXT_VIDEO_ORIENTATION,
	RTPEXT_TOFFSET,
	RTPEXT_PLAYOUT_DELAY,
	RTPEXT_VIDEO_CONTENT_TYPE,
	RTPEXT_VIDEO_TIMING,
	RTPEXT_COLOR_SPACE,
	RTPEXT_DEPENDENCY_DESCRIPTOR,
	RTPEXT_ABS_CAPTURE_TIME,
	RTPEXT_VIDEO_LAYERS_ALLOCATION,
	RTPEXT_CSRC_AUDIO_LEVEL,
	RTPEXT_KINDS,
};

/* The URI of extmap lines; NULL for RTPEXT_NONE. */
const char *rtpext_uri(enum rtpext_kind kind);

/* RTPEXT_NONE when not known. `uri` need not end in NUL. */
enum rtpext_kind rtpext_kind_of_uri(const char *uri, size_t n);

/* id ⇄ kind as negotiated for one transport (ids mean the
 * same in all sections of a BUNDLE group, RFC 8843 9.1). */
struct rtpext_map {
	uint8_t kind_of[256];	     /* enum rtpext_kind by id */
	uint8_t id_of[RTPEXT_KINDS]; /* 0 = not negotiated */
};

/* All zeros is the empty map.
 * False when the id is 0, 15 or taken by another kind, or the kind is NONE. */
bool rtpext_map_set(struct rtpext_map *map, uint8_t id, enum rtpext_kind kind);

/* One element of a block. */
struct rtpext_element {
	uint8_t id;
	uint8_t length; /* 0..255 */
	const uint8_t *data;
};

struct rtpext_iter {
	const uint8_t *p, *end;
	bool two_byte, bad; /* bad: an element leaves the block; the walk ended there */
};

struct rtpext_iter rtpext_iter_of(const struct rtp_header *h);

/* False at the end. Padding is skipped; id 15 of the one-byte form ends the walk (RFC 8285 4.2). */
bool rtpext_next(struct rtpext_iter *it, struct rtpext_element *ret);

struct rtpext_text {
	const char *at; /* not NUL-terminated; NULL = absent */
	uint8_t length;
};

/* What an SFU reads per packet. Absent: NULL text, false flag. Pointers go into the packet. */
struct rtpext {
	struct rtpext_text mid, rid, repaired_rid;
	bool has_audio_level, voice_activity;
	uint8_t audio_level; /* -dBov: 0 loudest … 127 silence (RFC 6464) */
	bool has_transport_seq;
	uint16_t transport_seq;
	bool has_abs_send_time;
	uint32_t abs_send_time; /* 24 bits, 6.18 fixed point seconds */
	bool has_orientation;
	uint8_t orientation; /* the CVO byte */
	uint8_t dd_length;   /* 0 = absent */
	const uint8_t *dd;   /* dependency descriptor, for dd.h */
};

/* Elements with a length that does not fit their kind are left out;
 * a walk that goes bad keeps what came before. */
void rtpext_parse(struct rtpext *ret, const struct rtpext_map *map, const struct rtp_header *h);

/*
 * Writes a one-byte block right after a header of rtp_write:
 *   struct wr w = wr_of(packet, capacity);
 *   rtp_write(&w, &h);
 *   struct rtpext_wr x = rtpext_begin(&w);
 *   rtpext_add(&x, map->id_of[RTPEXT_MID], "0", 1);
 *   rtpext_end(&x);
 * No element: no block. What does not fit sets w->bad. With x.two_byte set before the first
 * element the block has the two-byte form, for elements of up to 255 bytes.
 */
struct rtpext_wr {
	struct wr *w;
	size_t at; /* offset of the block from w->start */
	bool any, two_byte;
};

struct rtpext_wr rtpext_begin(struct wr *w);

/*
 * Appends one element; data NULL: zeros, for the caller to fill later. Returns where the data is,
 * or NULL: does not fit, or (silently left out, so that an extension that was not negotiated needs
 * no `if`) id 0; w->bad for an id over 14 or a length outside 1..16 (two-byte form: 1..255).
 */
uint8_t *rtpext_add(struct rtpext_wr *x, uint8_t id, const void *data, size_t n);

/* Pads to a word, fills in profile and length, sets the X bit of the packet at w->start. */
void rtpext_end(struct rtpext_wr *x);

/* The bytes of the usual elements. */
uint8_t *rtpext_add_u16(struct rtpext_wr *x, uint8_t id, uint16_t v); /* transport-cc */
uint8_t *rtpext_add_u24(struct rtpext_wr *x, uint8_t id, uint32_t v); /* abs-send-time */
uint8_t *rtpext_add_audio_level(struct rtpext_wr *x, uint8_t id, uint8_t level, bool voice);

/* abs-send-time's 24 bits of a time in µs. */
static inline uint32_t rtpext_abs_send_time(uint64_t us)
{
	return (uint32_t)((us * (1u << 18) / 1000000) & 0xffffff);
}
