/* SPDX-License-Identifier: Apache-2.0 */
/* RTP's fixed header (RFC 3550 5.1). See rtp.h. Way: peer/srtp.c ▸ [rtp.c] ▸ rtp/up.c */
#include "wire/rtp.h"

#include "base/rd.h"

enum demux_kind demux_of(const void *bytes, size_t n)
{
	const uint8_t *p = bytes;

	if (n < 2)
		return DEMUX_DROP;
	if (p[0] <= 3)
		return DEMUX_STUN;
	if (p[0] >= 20 && p[0] <= 63)
		return DEMUX_DTLS;
	if (p[0] >= 64 && p[0] <= 79)
		return DEMUX_CHANNEL_DATA;
	if (p[0] >= 128 && p[0] <= 191)
		return p[1] >= 192 && p[1] <= 223 ? DEMUX_RTCP : DEMUX_RTP;
	return DEMUX_DROP;
}

bool rtp_parse_header(struct rtp_header *ret, const void *bytes, size_t n)
{
	struct rd r = rd_of(bytes, n);
	uint8_t first = rd_u8(&r);
	uint8_t second = rd_u8(&r);
	struct rtp_header h = {
		.marker = second & 0x80,
		.payload_type = second & 0x7f,
		.csrc_count = first & 0x0f,
		.has_padding = first & 0x20,
		.has_extension = first & 0x10,
	};

	h.seq = rd_be16(&r);
	h.timestamp = rd_be32(&r);
	h.ssrc = rd_be32(&r);
	rd_skip(&r, 4u * h.csrc_count);
	if (h.has_extension) {
		h.extension_profile = rd_be16(&r);
		uint32_t length = 4u * rd_be16(&r);

		h.extension = rd_take(&r, length);
		/* A longer header than a datagram is not one; also keeps the 16-bit lengths right.
		 */
		if (length > UINT16_MAX - 128)
			return false;
		h.extension_length = (uint16_t)length;
	}
	if (r.bad || first >> 6 != 2)
		return false;
	h.header_length = (uint16_t)(r.p - (const uint8_t *)bytes);
	h.payload = r.p;
	h.payload_length = rd_left(&r);
	*ret = h;
	return true;
}

bool rtp_parse(struct rtp_header *ret, const void *bytes, size_t n)
{
	struct rtp_header h;

	if (!rtp_parse_header(&h, bytes, n))
		return false;
	if (h.has_padding) {
		/* The last byte counts the padding, itself included (RFC 3550 5.1). */
		uint8_t padding = h.payload_length ? h.payload[h.payload_length - 1] : 0;

		if (padding == 0 || padding > h.payload_length)
			return false;
		h.padding_length = padding;
		h.payload_length -= padding;
	}
	*ret = h;
	return true;
}

void rtp_write(struct wr *w, const struct rtp_header *h)
{
	uint8_t *p = wr_take(w, RTP_HEADER_LENGTH);

	if (!p)
		return;
	p[0] = 2 << 6;
	p[1] = (uint8_t)((h->marker ? 0x80 : 0) | (h->payload_type & 0x7f));
	rtp_set_seq(p, h->seq);
	rtp_set_timestamp(p, h->timestamp);
	rtp_set_ssrc(p, h->ssrc);
}
