/* SPDX-License-Identifier: Apache-2.0 */
/* Reading RTCP compounds and feedback. Writers: rtcp_write.c.
 * See rtcp.h. Way: peer/srtp.c ▸ [rtcp.c] ▸ rtp/ */
#include "wire/rtcp.h"

#include <string.h>

#include "base/rd.h"

enum {
	FMT_NACK = 1, /* RTPFB */
	FMT_TWCC = 15,
	FMT_PLI = 1, /* PSFB */
	FMT_FIR = 4,
	FMT_AFB = 15, /* REMB lives here */
	SDES_CNAME = 1,
	XR_RRTR = 4,
	XR_DLRR = 5,
	REPORT_SIZE = 24,
	SR_SIZE = 24,
};

/* Reads one packet's header and checks its length against what is left. */
static bool read_packet(struct rd *all, struct rtcp_packet *ret)
{
	uint8_t first = rd_u8(all);
	uint8_t type = rd_u8(all);
	size_t length = 4u * rd_be16(all);
	struct rd body = rd_sub(all, length);

	if (all->bad || first >> 6 != 2)
		return false;
	*ret = (struct rtcp_packet){
		.type = type, .count = first & 0x1f, .body = body.p, .length = length
	};
	if (first & 0x20) {
		/*
		 * Padding counts itself, and only the last packet has it (RFC 3550 6.4.1). It should
		 * be whole words; libwebrtc pads transport-wide feedback by 1 to 3 bytes, and three
		 * of four of its feedbacks would be lost.
		 */
		uint8_t padding = length ? body.p[length - 1] : 0;

		if (padding == 0 || padding > length || rd_left(all))
			return false;
		ret->length -= padding;
	}
	return true;
}

bool rtcp_iter_init(struct rtcp_iter *ret, const void *bytes, size_t n)
{
	struct rd all = rd_of(bytes, n);
	struct rtcp_packet p;

	if (n == 0)
		return false;
	do {
		if (!read_packet(&all, &p))
			return false;
	} while (rd_left(&all));
	*ret = (struct rtcp_iter){ .p = bytes, .end = (const uint8_t *)bytes + n };
	return true;
}

bool rtcp_next(struct rtcp_iter *it, struct rtcp_packet *ret)
{
	struct rd all = rd_of(it->p, (size_t)(it->end - it->p));

	if (it->p == it->end || !read_packet(&all, ret))
		return false;
	it->p = all.p;
	return true;
}

enum rtcp_kind rtcp_kind_of(const struct rtcp_packet *p)
{
	switch (p->type) {
	case RTCP_TYPE_SR:
		return RTCP_SR;
	case RTCP_TYPE_RR:
		return RTCP_RR;
	case RTCP_TYPE_SDES:
		return RTCP_SDES;
	case RTCP_TYPE_BYE:
		return RTCP_BYE;
	case RTCP_TYPE_XR:
		return RTCP_XR;
	case RTCP_TYPE_RTPFB:
		return p->count == FMT_NACK   ? RTCP_NACK
		       : p->count == FMT_TWCC ? RTCP_TWCC
					      : RTCP_OTHER;
	case RTCP_TYPE_PSFB:
		if (p->count == FMT_AFB)
			return p->length >= 16 && memcmp(p->body + 8, "REMB", 4) == 0 ? RTCP_REMB
										      : RTCP_OTHER;
		return p->count == FMT_PLI ? RTCP_PLI : p->count == FMT_FIR ? RTCP_FIR : RTCP_OTHER;
	default:
		return RTCP_OTHER;
	}
}

bool rtcp_parse_sr(struct rtcp_sr *ret, const struct rtcp_packet *p)
{
	struct rd r = rd_of(p->body, p->length);
	struct rtcp_sr sr;

	sr.ssrc = rd_be32(&r);
	sr.ntp = rd_be64(&r);
	sr.rtp_timestamp = rd_be32(&r);
	sr.packets = rd_be32(&r);
	sr.octets = rd_be32(&r);
	rd_skip(&r, (size_t)REPORT_SIZE * p->count);
	if (r.bad || p->type != RTCP_TYPE_SR)
		return false;
	*ret = sr;
	return true;
}

bool rtcp_parse_rr(uint32_t *ret_ssrc, const struct rtcp_packet *p)
{
	struct rd r = rd_of(p->body, p->length);
	uint32_t ssrc = rd_be32(&r);

	rd_skip(&r, (size_t)REPORT_SIZE * p->count);
	if (r.bad || p->type != RTCP_TYPE_RR)
		return false;
	*ret_ssrc = ssrc;
	return true;
}

bool rtcp_parse_report(struct rtcp_report *ret, const struct rtcp_packet *p, size_t i)
{
	struct rd r = rd_of(p->body, p->length);

	if ((p->type != RTCP_TYPE_SR && p->type != RTCP_TYPE_RR) || i >= p->count)
		return false;
	rd_skip(&r, (p->type == RTCP_TYPE_SR ? SR_SIZE : 4) + i * REPORT_SIZE);
	struct rtcp_report report = { .ssrc = rd_be32(&r), .fraction_lost = rd_u8(&r) };
	uint32_t lost = rd_be24(&r);

	/* sign of 24 bits */
	report.cumulative_lost = (int32_t)(lost ^ 0x800000) - 0x800000;
	report.highest_seq = rd_be32(&r);
	report.jitter = rd_be32(&r);
	report.last_sr = rd_be32(&r);
	report.delay_since_last_sr = rd_be32(&r);
	if (r.bad)
		return false;
	*ret = report;
	return true;
}

bool rtcp_parse_cname(uint32_t *ret_ssrc, const char **ret_cname, size_t *ret_length,
		      const struct rtcp_packet *p)
{
	struct rd r = rd_of(p->body, p->length);
	uint32_t ssrc = rd_be32(&r);

	if (p->type != RTCP_TYPE_SDES || p->count == 0)
		return false;
	while (rd_left(&r)) {
		uint8_t type = rd_u8(&r);

		if (type == 0)
			return false; /* end of the chunk */
		uint8_t length = rd_u8(&r);
		const uint8_t *text = rd_take(&r, length);
		if (r.bad)
			return false;
		if (type == SDES_CNAME) {
			*ret_ssrc = ssrc;
			*ret_cname = (const char *)text;
			*ret_length = length;
			return true;
		}
	}
	return false;
}

bool rtcp_parse_bye(uint32_t *ret_ssrc, const struct rtcp_packet *p, size_t i)
{
	struct rd r = rd_of(p->body, p->length);

	if (p->type != RTCP_TYPE_BYE || i >= p->count)
		return false;
	rd_skip(&r, 4 * i);
	uint32_t ssrc = rd_be32(&r);
	if (r.bad)
		return false;
	*ret_ssrc = ssrc;
	return true;
}

bool rtcp_parse_feedback(struct rtcp_feedback *ret, const struct rtcp_packet *p)
{
	struct rd r = rd_of(p->body, p->length);
	uint32_t sender = rd_be32(&r);
	uint32_t media = rd_be32(&r);

	if (r.bad || (p->type != RTCP_TYPE_RTPFB && p->type != RTCP_TYPE_PSFB))
		return false;
	*ret = (struct rtcp_feedback){
		.sender_ssrc = sender, .media_ssrc = media, .fci = r.p, .fci_length = rd_left(&r)
	};
	return true;
}

size_t rtcp_parse_nack(const struct rtcp_feedback *f, uint16_t *ret_seqs, size_t capacity)
{
	struct rd r = rd_of(f->fci, f->fci_length);
	size_t n = 0;

	while (rd_left(&r) >= 4) {
		uint16_t pid = rd_be16(&r);
		uint16_t blp = rd_be16(&r);

		if (n < capacity)
			ret_seqs[n++] = pid;
		for (unsigned bit = 0; bit < 16; bit++) {
			if (blp >> bit & 1 && n < capacity)
				ret_seqs[n++] = (uint16_t)(pid + bit + 1);
		}
	}
	return n;
}

bool rtcp_parse_fir(uint32_t *ret_ssrc, uint8_t *ret_command, const struct rtcp_feedback *f,
		    size_t i)
{
	if (i >= f->fci_length / 8)
		return false;
	struct rd r = rd_of(f->fci + 8 * i, 8);

	*ret_ssrc = rd_be32(&r);
	*ret_command = rd_u8(&r);
	return true;
}

bool rtcp_parse_remb(struct rtcp_remb *ret, const struct rtcp_feedback *f)
{
	struct rd r = rd_of(f->fci, f->fci_length);
	uint32_t name = rd_be32(&r);
	struct rtcp_remb remb = { .ssrc_count = rd_u8(&r) };
	uint32_t packed = rd_be24(&r);
	unsigned exponent = packed >> 18;
	uint64_t mantissa = packed & 0x3ffff;

	remb.ssrcs = rd_take(&r, 4u * remb.ssrc_count);
	if (r.bad || name != 0x52454d42 /* "REMB" */)
		return false;
	/* 6 bits of exponent may shift 18 bits out of 64 */
	remb.bitrate = mantissa << exponent;
	if (remb.bitrate >> exponent != mantissa)
		remb.bitrate = UINT64_MAX;
	*ret = remb;
	return true;
}

/* The content of the first block of that type in an XR (RFC 3611 2, 3); bad when there is none. */
static struct rd xr_block(const struct rtcp_packet *p, uint8_t wanted, uint32_t *ret_ssrc)
{
	struct rd r = rd_of(p->body, p->length);
	uint32_t ssrc = rd_be32(&r);

	r.bad |= p->type != RTCP_TYPE_XR;
	while (!r.bad && rd_left(&r)) {
		uint8_t type = rd_u8(&r);

		rd_skip(&r, 1); /* type-specific: nothing in the two that we read */
		struct rd block = rd_sub(&r, 4u * rd_be16(&r));
		if (type == wanted && !r.bad) {
			*ret_ssrc = ssrc;
			return block;
		}
	}
	r.bad = true;
	return r;
}

bool rtcp_parse_rrtr(struct rtcp_rrtr *ret, const struct rtcp_packet *p)
{
	struct rtcp_rrtr rrtr = { 0 };
	struct rd r = xr_block(p, XR_RRTR, &rrtr.ssrc);

	rrtr.ntp = rd_be64(&r);
	if (r.bad)
		return false;
	*ret = rrtr;
	return true;
}

bool rtcp_parse_dlrr(struct rtcp_dlrr *ret, const struct rtcp_packet *p, size_t i)
{
	enum { ANSWER_SIZE = 12 };
	uint32_t sender;
	struct rd r = xr_block(p, XR_DLRR, &sender);

	if (r.bad || i >= rd_left(&r) / ANSWER_SIZE)
		return false;
	rd_skip(&r, i * ANSWER_SIZE);
	ret->ssrc = rd_be32(&r);
	ret->last_rr = rd_be32(&r);
	ret->delay = rd_be32(&r);
	return true;
}
