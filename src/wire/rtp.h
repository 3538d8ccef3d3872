/* SPDX-License-Identifier: Apache-2.0 */
/*
 * RTP's fixed header (RFC 3550 5.1) and what kind of packet a datagram holds (RFC 7983, RFC 5761).
 * Header extensions: rtpext.h. Pure. Any thread.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/rd.h"
#include "base/wr.h"

enum { RTP_HEADER_LENGTH = 12 };

enum demux_kind { DEMUX_DROP, DEMUX_STUN, DEMUX_DTLS, DEMUX_CHANNEL_DATA, DEMUX_RTP, DEMUX_RTCP };

/*
 * By the first byte: 0-3 STUN, 20-63 DTLS, 64-79 TURN ChannelData, 128-191 RTP or RTCP, the rest
 * DEMUX_DROP. RTP and RTCP by the second byte (RFC 5761 4: 192-223 is RTCP). Looks at two bytes
 * only: the parsers check the rest.
 */
enum demux_kind demux_of(const void *bytes, size_t n);

/*
 *  0                   1                   2                   3
 *  |V=2|P|X|  CC   |M|     PT      |       sequence number         |
 *  |                           timestamp                           |
 *  |                             SSRC                              |
 *  |                           CSRC × CC                           |
 *  |        extension profile      |  length in words  |  data …   |   if X
 */
struct rtp_header {
	bool marker;
	uint8_t payload_type;
	uint16_t seq;
	uint32_t timestamp, ssrc;
	uint8_t csrc_count;

	/* Filled by the parsers, not read by rtp_write. Pointers go into the packet. */
	bool has_padding, has_extension;
	uint16_t extension_profile; /* 0xBEDE: one-byte form; 0x100?: two-byte form (RFC 8285) */
	const uint8_t *extension;   /* the data after profile and length, or NULL */
	uint16_t extension_length;  /* bytes */
	uint16_t header_length; /* everything before the payload: what SRTP leaves unencrypted */
	const uint8_t *payload;
	size_t payload_length;	/* rtp_parse: without padding */
	uint8_t padding_length; /* rtp_parse only */
};

/*
 * The header only: for SRTP, where the padding is encrypted. payload_length is the rest of the
 * packet. False when the bytes are no RTP packet; `ret` is then untouched.
 */
bool rtp_parse_header(struct rtp_header *ret, const void *bytes, size_t n);

/* A plain packet: the same, and the padding is checked and taken off.
 * payload_length may be 0 (a padding probe). */
bool rtp_parse(struct rtp_header *ret, const void *bytes, size_t n);

/*
 * Writes 12 bytes: version 2, no padding, no extension, no CSRC; rtpext_end sets the X bit when a
 * block follows. `w` must stand at the start of the packet.
 */
void rtp_write(struct wr *w, const struct rtp_header *h);

/*
 * Of our own packets, which need no more than this: the bytes that SRTP leaves unencrypted. 0: they
 * are cut, or no RTP.
 */
static inline size_t rtp_header_length(const uint8_t *packet, size_t n)
{
	struct rd r = rd_of(packet, n);
	uint8_t first = rd_u8(&r);

	rd_skip(&r, RTP_HEADER_LENGTH - 1u + 4u * (first & 0x0f));
	if (first & 0x10) {
		rd_skip(&r, 2);
		rd_skip(&r, 4u * rd_be16(&r));
	}
	return r.bad || first >> 6 != 2 ? 0 : n - rd_left(&r);
}

/* In-place edits of a packet that was parsed. */
static inline void rtp_set_payload_type(uint8_t *packet, uint8_t payload_type)
{
	packet[1] = (uint8_t)((packet[1] & 0x80) | (payload_type & 0x7f));
}

static inline void rtp_set_seq(uint8_t *packet, uint16_t seq)
{
	put_be16(packet + 2, seq);
}

static inline void rtp_set_timestamp(uint8_t *packet, uint32_t timestamp)
{
	put_be32(packet + 4, timestamp);
}

static inline void rtp_set_ssrc(uint8_t *packet, uint32_t ssrc)
{
	put_be32(packet + 8, ssrc);
}

/* Is sequence number a after b, modulo 2^16? */
static inline bool rtp_seq_after(uint16_t a, uint16_t b)
{
	return (int16_t)(uint16_t)(a - b) > 0;
}
