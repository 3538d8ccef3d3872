/* SPDX-License-Identifier: Apache-2.0 */
/* Looks for the begin of a key frame in an H.264 payload (RFC 6184 5). See h264.h. */
#include "wire/h264.h"

#include "base/rd.h"

enum {
	NAL_IDR = 5,
	NAL_SPS = 7,
	NAL_SINGLE_MAX = 23,
	NAL_STAP_A = 24,
	NAL_FU_A = 28,
	FU_START = 0x80,
	TYPE_MASK = 0x1f,
};

static void note_nal(struct h264_payload *h, uint8_t type)
{
	h->nal_start = true;
	h->sps |= type == NAL_SPS;
	h->idr |= type == NAL_IDR;
}

bool h264_parse(struct h264_payload *ret, const void *payload, size_t n)
{
	struct rd r = rd_of(payload, n);
	struct h264_payload h = { .packet_type = rd_u8(&r) & TYPE_MASK };

	if (h.packet_type == 0)
		return false;
	if (h.packet_type <= NAL_SINGLE_MAX) {
		note_nal(&h, h.packet_type);
	} else if (h.packet_type == NAL_STAP_A) {
		do {
			uint16_t size = rd_be16(&r);
			struct rd nal = rd_sub(&r, size);

			note_nal(&h, rd_u8(&nal) & TYPE_MASK);
			r.bad |= nal.bad;
		} while (rd_left(&r));
	} else if (h.packet_type == NAL_FU_A) {
		uint8_t fu = rd_u8(&r);

		if (fu & FU_START)
			note_nal(&h, fu & TYPE_MASK);
		rd_skip(&r, 1); /* a fragment is never empty (RFC 6184 5.8) */
	} else {
		return false;
	}
	if (r.bad)
		return false;
	*ret = h;
	return true;
}

bool h264_is_key_frame(const void *payload, size_t n)
{
	struct h264_payload h;

	return h264_parse(&h, payload, n) && (h.sps || h.idr);
}
