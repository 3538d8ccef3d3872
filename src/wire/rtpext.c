/* SPDX-License-Identifier: Apache-2.0 */
/* RTP header extensions (RFC 8285). See rtpext.h. Way: wire/rtp.c ▸ [rtpext.c] ▸ rtp/up.c,
 * rtp/down.c */
#include "wire/rtpext.h"

#include <string.h>

#include "base/cleanup.h"
#include "base/rd.h"

enum {
	PROFILE_ONE_BYTE = 0xbede,
	PROFILE_TWO_BYTE = 0x1000, /* the low four bits are the application's */
	ID_STOP = 15,
	ONE_BYTE_ID_MAX = 14,
	ONE_BYTE_LENGTH_MAX = 16,
};

#define EXPERIMENTS "http://www.webrtc.org/experiments/rtp-hdrext/"

static const char *const uris[RTPEXT_KINDS] = {
	[RTPEXT_MID] = "urn:ietf:params:rtp-hdrext:sdes:mid",
	[RTPEXT_RID] = "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id",
	[RTPEXT_REPAIRED_RID] = "urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id",
	[RTPEXT_AUDIO_LEVEL] = "urn:ietf:params:rtp-hdrext:ssrc-audio-level",
	[RTPEXT_TRANSPORT_CC] =
		"http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01",
	[RTPEXT_ABS_SEND_TIME] = EXPERIMENTS "abs-send-time",
	[RTPEXT_VIDEO_ORIENTATION] = "urn:3gpp:video-orientation",
	[RTPEXT_TOFFSET] = "urn:ietf:params:rtp-hdrext:toffset",
	[RTPEXT_PLAYOUT_DELAY] = EXPERIMENTS "playout-delay",
	[RTPEXT_VIDEO_CONTENT_TYPE] = EXPERIMENTS "video-content-type",
	[RTPEXT_VIDEO_TIMING] = EXPERIMENTS "video-timing",
	[RTPEXT_COLOR_SPACE] = EXPERIMENTS "color-space",
	[RTPEXT_DEPENDENCY_DESCRIPTOR] = "https://aomediacodec.github.io/av1-rtp-spec/"
					 "#dependency-descriptor-rtp-header-extension",
	[RTPEXT_ABS_CAPTURE_TIME] = EXPERIMENTS "abs-capture-time",
	[RTPEXT_VIDEO_LAYERS_ALLOCATION] = EXPERIMENTS "video-layers-allocation00",
	[RTPEXT_CSRC_AUDIO_LEVEL] = "urn:ietf:params:rtp-hdrext:csrc-audio-level",
};

const char *rtpext_uri(enum rtpext_kind kind)
{
	return (unsigned)kind < RTPEXT_KINDS ? uris[kind] : NULL;
}

enum rtpext_kind rtpext_kind_of_uri(const char *uri, size_t n)
{
	for (unsigned kind = RTPEXT_NONE + 1; kind < RTPEXT_KINDS; kind++) {
		if (strlen(uris[kind]) == n && memcmp(uris[kind], uri, n) == 0)
			return (enum rtpext_kind)kind;
	}
	return RTPEXT_NONE;
}

bool rtpext_map_set(struct rtpext_map *map, uint8_t id, enum rtpext_kind kind)
{
	if (id == 0 || id == ID_STOP || kind == RTPEXT_NONE || kind >= RTPEXT_KINDS)
		return false;
	if (map->kind_of[id] != RTPEXT_NONE && map->kind_of[id] != kind)
		return false;
	map->kind_of[id] = (uint8_t)kind;
	if (!map->id_of[kind])
		map->id_of[kind] = id;
	return true;
}

struct rtpext_iter rtpext_iter_of(const struct rtp_header *h)
{
	struct rtpext_iter it = { 0 };

	if (!h->has_extension)
		return it;
	it.two_byte = (h->extension_profile & 0xfff0) == PROFILE_TWO_BYTE;
	if (!it.two_byte && h->extension_profile != PROFILE_ONE_BYTE)
		return it; /* some other profile's data */
	it.p = h->extension;
	it.end = h->extension + h->extension_length;
	return it;
}

bool rtpext_next(struct rtpext_iter *it, struct rtpext_element *ret)
{
	while (it->p != it->end && *it->p == 0)
		it->p++; /* padding */
	if (it->p == it->end)
		return false;

	struct rd r = rd_of(it->p, (size_t)(it->end - it->p));
	struct rtpext_element e = { .id = rd_u8(&r) };
	if (it->two_byte) {
		e.length = rd_u8(&r);
	} else {
		e.length = (uint8_t)((e.id & 15) + 1);
		e.id >>= 4;
		if (e.id == ID_STOP || e.id == 0) {
			/* 0 with a length is not padding: ignore it and all that follows. */
			it->bad = e.id == 0;
			it->p = it->end;
			return false;
		}
	}
	e.data = rd_take(&r, e.length);
	if (r.bad) {
		it->bad = true;
		it->p = it->end;
		return false;
	}
	it->p = r.p;
	*ret = e;
	return true;
}

static void take_text(struct rtpext_text *ret, const struct rtpext_element *e)
{
	if (e->length)
		*ret = (struct rtpext_text){ (const char *)e->data, e->length };
}

static void take_element(struct rtpext *x, enum rtpext_kind kind, const struct rtpext_element *e)
{
	struct rd r = rd_of(e->data, e->length);

	switch (kind) {
	case RTPEXT_MID:
		take_text(&x->mid, e);
		break;
	case RTPEXT_RID:
		take_text(&x->rid, e);
		break;
	case RTPEXT_REPAIRED_RID:
		take_text(&x->repaired_rid, e);
		break;
	case RTPEXT_AUDIO_LEVEL:
		if (e->length != 1)
			break;
		x->has_audio_level = true;
		x->voice_activity = e->data[0] & 0x80;
		x->audio_level = e->data[0] & 0x7f;
		break;
	case RTPEXT_TRANSPORT_CC:
		if (e->length != 2)
			break;
		x->has_transport_seq = true;
		x->transport_seq = rd_be16(&r);
		break;
	case RTPEXT_ABS_SEND_TIME:
		if (e->length != 3)
			break;
		x->has_abs_send_time = true;
		x->abs_send_time = rd_be24(&r);
		break;
	case RTPEXT_DEPENDENCY_DESCRIPTOR:
		x->dd = e->data;
		x->dd_length = e->length;
		break;
	case RTPEXT_VIDEO_ORIENTATION:
		if (e->length != 1)
			break;
		x->has_orientation = true;
		x->orientation = e->data[0];
		break;
	default:
		break;
	}
}

void rtpext_parse(struct rtpext *ret, const struct rtpext_map *map, const struct rtp_header *h)
{
	struct rtpext_iter it = rtpext_iter_of(h);

	*ret = (struct rtpext){ 0 };
	for (struct rtpext_element e; rtpext_next(&it, &e);)
		take_element(ret, (enum rtpext_kind)map->kind_of[e.id], &e);
}

struct rtpext_wr rtpext_begin(struct wr *w)
{
	struct rtpext_wr x = { .w = w, .at = (size_t)(w->p - w->start) };

	return x;
}

uint8_t *rtpext_add(struct rtpext_wr *x, uint8_t id, const void *data, size_t n)
{
	if (id == 0)
		return NULL;
	if (id > ONE_BYTE_ID_MAX || n == 0 || n > (x->two_byte ? UINT8_MAX : ONE_BYTE_LENGTH_MAX))
		x->w->bad = true;
	if (!x->any)
		wr_zero(x->w, 4); /* profile and length: rtpext_end */
	x->any = true;
	if (x->two_byte)
		wr_be16(x->w, (uint16_t)((size_t)id << 8 | n));
	else
		wr_u8(x->w, (uint8_t)((size_t)id << 4 | (n - 1)));
	uint8_t *p = wr_take(x->w, n);

	if (p && data)
		memcpy(p, data, n);
	else if (p)
		memset(p, 0, n);
	return p;
}

void rtpext_end(struct rtpext_wr *x)
{
	if (!x->any)
		return;
	size_t length = (size_t)(x->w->p - x->w->start) - x->at;

	wr_zero(x->w, -length & 3);
	if (x->w->bad)
		return;
	uint8_t *block = x->w->start + x->at;
	put_be16(block, x->two_byte ? PROFILE_TWO_BYTE : PROFILE_ONE_BYTE);
	put_be16(block + 2, (uint16_t)((length - 4 + 3) / 4));
	x->w->start[0] |= 0x10;
}

uint8_t *rtpext_add_u16(struct rtpext_wr *x, uint8_t id, uint16_t v)
{
	uint8_t bytes[2];

	put_be16(bytes, v);
	return rtpext_add(x, id, bytes, sizeof bytes);
}

uint8_t *rtpext_add_u24(struct rtpext_wr *x, uint8_t id, uint32_t v)
{
	uint8_t bytes[3] = { (uint8_t)(v >> 16), (uint8_t)(v >> 8), (uint8_t)v };

	return rtpext_add(x, id, bytes, sizeof bytes);
}

uint8_t *rtpext_add_audio_level(struct rtpext_wr *x, uint8_t id, uint8_t level, bool voice)
{
	uint8_t byte = (uint8_t)((voice ? 0x80 : 0) | (level & 0x7f));

	return rtpext_add(x, id, &byte, 1);
}
