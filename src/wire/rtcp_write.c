/* SPDX-License-Identifier: Apache-2.0 */
/* Writing RTCP. See rtcp.h. Way: rtp/, sfu/ ▸ [rtcp_write.c] ▸ peer/srtp.c */
#include "wire/rtcp.h"

enum { COUNT_MAX = 31 };

static void write_header(struct wr *w, unsigned count, uint8_t type, size_t body_length)
{
	wr_u8(w, (uint8_t)(2 << 6 | count));
	wr_u8(w, type);
	wr_be16(w, (uint16_t)(body_length / 4));
}

static void write_feedback(struct wr *w, unsigned fmt, uint8_t type, size_t fci_length,
			   const uint32_t ssrcs[2])
{
	write_header(w, fmt, type, 8 + fci_length);
	wr_be32(w, ssrcs[0]);
	wr_be32(w, ssrcs[1]);
}

static void write_report(struct wr *w, const struct rtcp_report *r)
{
	int32_t lost = r->cumulative_lost;

	/* 24 bits, signed: it stays at its ends (RFC 3550 6.4.1) */
	if (lost > 0x7fffff)
		lost = 0x7fffff;
	if (lost < -0x800000)
		lost = -0x800000;
	wr_be32(w, r->ssrc);
	wr_u8(w, r->fraction_lost);
	wr_be24(w, (uint32_t)lost & 0xffffff);
	wr_be32(w, r->highest_seq);
	wr_be32(w, r->jitter);
	wr_be32(w, r->last_sr);
	wr_be32(w, r->delay_since_last_sr);
}

void rtcp_write_sr(struct wr *w, const struct rtcp_sr *sr, const struct rtcp_report *reports,
		   size_t report_count)
{
	if (report_count > COUNT_MAX) {
		w->bad = true;
		return;
	}
	write_header(w, (unsigned)report_count, RTCP_TYPE_SR, 24 + 24 * report_count);
	wr_be32(w, sr->ssrc);
	wr_be64(w, sr->ntp);
	wr_be32(w, sr->rtp_timestamp);
	wr_be32(w, sr->packets);
	wr_be32(w, sr->octets);
	for (size_t i = 0; i < report_count; i++)
		write_report(w, &reports[i]);
}

void rtcp_write_rr(struct wr *w, uint32_t ssrc, const struct rtcp_report *reports,
		   size_t report_count)
{
	if (report_count > COUNT_MAX) {
		w->bad = true;
		return;
	}
	write_header(w, (unsigned)report_count, RTCP_TYPE_RR, 4 + 24 * report_count);
	wr_be32(w, ssrc);
	for (size_t i = 0; i < report_count; i++)
		write_report(w, &reports[i]);
}

void rtcp_write_cname(struct wr *w, uint32_t ssrc, const char *cname, size_t n)
{
	if (n > 255) {
		w->bad = true;
		return;
	}
	/* The chunk ends with at least one zero, up to a word (RFC 3550 6.5). */
	size_t zeros = 4 - (2 + n) % 4;

	write_header(w, 1, RTCP_TYPE_SDES, 4 + 2 + n + zeros);
	wr_be32(w, ssrc);
	wr_u8(w, 1);
	wr_u8(w, (uint8_t)n);
	wr_bytes(w, cname, n);
	wr_zero(w, zeros);
}

void rtcp_write_bye(struct wr *w, const uint32_t *ssrcs, size_t n)
{
	if (n > COUNT_MAX) {
		w->bad = true;
		return;
	}
	write_header(w, (unsigned)n, RTCP_TYPE_BYE, 4 * n);
	for (size_t i = 0; i < n; i++)
		wr_be32(w, ssrcs[i]);
}

void rtcp_write_pli(struct wr *w, uint32_t sender_ssrc, uint32_t media_ssrc)
{
	write_feedback(w, 1, RTCP_TYPE_PSFB, 0, (uint32_t[]){ sender_ssrc, media_ssrc });
}

void rtcp_write_fir(struct wr *w, uint32_t sender_ssrc, uint32_t media_ssrc, uint8_t command)
{
	/* The header's media SSRC is 0; the entry says whose (RFC 5104 4.3.1.2). */
	write_feedback(w, 4, RTCP_TYPE_PSFB, 8, (uint32_t[]){ sender_ssrc, 0 });
	wr_be32(w, media_ssrc);
	wr_u8(w, command);
	wr_zero(w, 3);
}

void rtcp_write_remb(struct wr *w, uint32_t sender_ssrc, uint64_t bitrate, const uint32_t *ssrcs,
		     size_t n)
{
	unsigned exponent = 0;

	if (n > 255) {
		w->bad = true;
		return;
	}
	while (bitrate >> exponent > 0x3ffff)
		exponent++;
	write_feedback(w, 15, RTCP_TYPE_PSFB, 8 + 4 * n, (uint32_t[]){ sender_ssrc, 0 });
	wr_bytes(w, "REMB", 4);
	wr_u8(w, (uint8_t)n);
	wr_be24(w, (uint32_t)exponent << 18 | (uint32_t)(bitrate >> exponent));
	for (size_t i = 0; i < n; i++)
		wr_be32(w, ssrcs[i]);
}

static void write_xr(struct wr *w, uint32_t ssrc, uint8_t block, size_t words)
{
	write_header(w, 0, RTCP_TYPE_XR, 8 + 4 * words);
	wr_be32(w, ssrc);
	wr_u8(w, block);
	wr_u8(w, 0);
	wr_be16(w, (uint16_t)words);
}

void rtcp_write_rrtr(struct wr *w, const struct rtcp_rrtr *rrtr)
{
	write_xr(w, rrtr->ssrc, 4, 2);
	wr_be64(w, rrtr->ntp);
}

void rtcp_write_dlrr(struct wr *w, uint32_t ssrc, const struct rtcp_dlrr *answers, size_t n)
{
	if (n > COUNT_MAX) {
		w->bad = true;
		return;
	}
	write_xr(w, ssrc, 5, 3 * n);
	for (size_t i = 0; i < n; i++) {
		wr_be32(w, answers[i].ssrc);
		wr_be32(w, answers[i].last_rr);
		wr_be32(w, answers[i].delay);
	}
}

size_t rtcp_write_nack(struct wr *w, uint32_t sender_ssrc, uint32_t media_ssrc,
		       const uint16_t *seqs, size_t n)
{
	size_t room = (size_t)(w->end - w->p), taken = 0, entries = 0;

	if (w->bad || n == 0 || room < 16)
		return 0;
	room = (room - 12) / 4;
	if (room > UINT16_MAX - 2)
		room = UINT16_MAX - 2; /* the length field counts words */

	uint8_t *header = w->p;
	write_feedback(w, 1, RTCP_TYPE_RTPFB, 0, (uint32_t[]){ sender_ssrc, media_ssrc });
	while (taken < n && entries < room) {
		uint16_t pid = seqs[taken++];
		uint16_t blp = 0;

		/* A repeat of pid itself is taken and not said twice. */
		while (taken < n && (uint16_t)(seqs[taken] - pid) <= 16) {
			uint16_t ahead = (uint16_t)(seqs[taken++] - pid);

			if (ahead)
				blp |= (uint16_t)(1u << (ahead - 1));
		}
		wr_be16(w, pid);
		wr_be16(w, blp);
		entries++;
	}
	put_be16(header + 2, (uint16_t)(2 + entries));
	return taken;
}
