/* SPDX-License-Identifier: Apache-2.0 */
/*
 * RTCP: compound packets (RFC 3550 6, RFC 5506 reduced size), reports,
 * feedback (RFC 4585, RFC 5104, REMB) and round trip times of receivers
 * (RFC 3611). Transport-wide feedback: twcc.h. Pure; pointers go into the parsed bytes. Any thread.
 *
 *   struct rtcp_iter it;
 *   if (!rtcp_iter_init(&it, bytes, n)) drop;
 *   for (struct rtcp_packet p; rtcp_next(&it, &p);)
 *           switch (rtcp_kind_of(&p)) { case RTCP_NACK: … }
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/wr.h"

enum {
	RTCP_TYPE_SR = 200,
	RTCP_TYPE_RR = 201,
	RTCP_TYPE_SDES = 202,
	RTCP_TYPE_BYE = 203,
	RTCP_TYPE_APP = 204,
	RTCP_TYPE_RTPFB = 205,
	RTCP_TYPE_PSFB = 206,
	RTCP_TYPE_XR = 207,
};

enum rtcp_kind {
	RTCP_OTHER, /* known to be well-formed only */
	RTCP_SR,
	RTCP_RR,
	RTCP_SDES,
	RTCP_BYE,
	RTCP_NACK,
	RTCP_TWCC,
	RTCP_PLI,
	RTCP_FIR,
	RTCP_REMB,
	RTCP_XR,
};

/* One packet of a compound. */
struct rtcp_packet {
	uint8_t type, count; /* count: RC, SC or FMT, the low five bits of the first byte */
	const uint8_t *body; /* after the 4-byte header, without padding */
	size_t length;
};

struct rtcp_iter {
	const uint8_t *p, *end;
};

/*
 * False unless the whole datagram is well-formed: every packet has version 2 and a length inside
 * the datagram, the last ends where the datagram ends, and padding is on the last only. So
 * rtcp_next cannot fail half way.
 */
bool rtcp_iter_init(struct rtcp_iter *ret, const void *bytes, size_t n);
bool rtcp_next(struct rtcp_iter *it, struct rtcp_packet *ret);
enum rtcp_kind rtcp_kind_of(const struct rtcp_packet *p);

/* A report block. */
struct rtcp_report {
	uint32_t ssrc;
	uint8_t fraction_lost;		       /* of 256, since the previous report */
	int32_t cumulative_lost;	       /* 24 bits, signed */
	uint32_t highest_seq;		       /* extended: cycles in the upper half */
	uint32_t jitter;		       /* in timestamp units */
	uint32_t last_sr, delay_since_last_sr; /* middle NTP bits; 1/65536 s */
};

struct rtcp_sr {
	uint32_t ssrc;
	uint64_t ntp;
	uint32_t rtp_timestamp, packets, octets;
};

/* These parsers return false when the packet is of another type or too short for its count;
 * `ret` is then untouched. */
bool rtcp_parse_sr(struct rtcp_sr *ret, const struct rtcp_packet *p);
bool rtcp_parse_rr(uint32_t *ret_ssrc, const struct rtcp_packet *p);

/* Report block i of an SR or RR; false when there is none. */
bool rtcp_parse_report(struct rtcp_report *ret, const struct rtcp_packet *p, size_t i);

/* The first chunk's CNAME. Not NUL-terminated, 0..255 bytes. */
bool rtcp_parse_cname(uint32_t *ret_ssrc, const char **ret_cname, size_t *ret_length,
		      const struct rtcp_packet *p);

/* SSRC i of a BYE. */
bool rtcp_parse_bye(uint32_t *ret_ssrc, const struct rtcp_packet *p, size_t i);

/* The common part of RTPFB and PSFB. */
struct rtcp_feedback {
	uint32_t sender_ssrc, media_ssrc;
	const uint8_t *fci;
	size_t fci_length;
};
bool rtcp_parse_feedback(struct rtcp_feedback *ret, const struct rtcp_packet *p);

/* The sequence numbers a NACK names, expanded, at most
 * `capacity`, in the packet's order. Returns how many. */
size_t rtcp_parse_nack(const struct rtcp_feedback *f, uint16_t *ret_seqs, size_t capacity);

/* Entry i of a FIR: whose key frame is wanted, and the command number that tells repeats. */
bool rtcp_parse_fir(uint32_t *ret_ssrc, uint8_t *ret_command, const struct rtcp_feedback *f,
		    size_t i);

struct rtcp_remb {
	uint64_t bitrate; /* bit/s; saturates at UINT64_MAX */
	uint8_t ssrc_count;
	const uint8_t *ssrcs; /* ssrc_count big-endian words */
};
bool rtcp_parse_remb(struct rtcp_remb *ret, const struct rtcp_feedback *f);

/* "When was this?" of a receiver that sends no reports of its own (RFC 3611 4.4). */
struct rtcp_rrtr {
	uint32_t ssrc;
	uint64_t ntp;
};
/* The first receiver reference time block of an XR; false also when the blocks before it do not
 * fit into the packet. */
bool rtcp_parse_rrtr(struct rtcp_rrtr *ret, const struct rtcp_packet *p);

/* The answer to one receiver (RFC 3611 4.5). */
struct rtcp_dlrr {
	uint32_t ssrc;	  /* of the receiver */
	uint32_t last_rr; /* middle NTP bits of its RRTR */
	uint32_t delay;	  /* 1/65536 s since it came */
};
/* Answer i of the first DLRR block of an XR. */
bool rtcp_parse_dlrr(struct rtcp_dlrr *ret, const struct rtcp_packet *p, size_t i);

/*
 * Writers append to `w`; what does not fit sets w->bad and then the whole datagram is to be thrown
 * away. A compound starts with an SR or RR and a SDES CNAME unless reduced size was negotiated.
 */
/* at most 31 reports in each; more sets bad */
void rtcp_write_sr(struct wr *w, const struct rtcp_sr *sr, const struct rtcp_report *reports,
		   size_t report_count);
void rtcp_write_rr(struct wr *w, uint32_t ssrc, const struct rtcp_report *reports,
		   size_t report_count);
void rtcp_write_cname(struct wr *w, uint32_t ssrc, const char *cname, size_t n); /* n ≤ 255 */
void rtcp_write_bye(struct wr *w, const uint32_t *ssrcs, size_t n);		 /* n ≤ 31 */
void rtcp_write_pli(struct wr *w, uint32_t sender_ssrc, uint32_t media_ssrc);
void rtcp_write_fir(struct wr *w, uint32_t sender_ssrc, uint32_t media_ssrc, uint8_t command);
void rtcp_write_rrtr(struct wr *w, const struct rtcp_rrtr *rrtr); /* an XR of that block */
void rtcp_write_dlrr(struct wr *w, uint32_t ssrc, const struct rtcp_dlrr *answers,
		     size_t n); /* an XR of one block; n ≤ 31 */
void rtcp_write_remb(struct wr *w, uint32_t sender_ssrc, uint64_t bitrate, const uint32_t *ssrcs,
		     size_t n); /* n ≤ 255 */

/*
 * One NACK for as many of the n sequence numbers (ascending modulo 2^16, as in a gap list) as fit.
 * Returns how many it took; 0 and nothing written when there is no room for one. Never sets w->bad.
 */
size_t rtcp_write_nack(struct wr *w, uint32_t sender_ssrc, uint32_t media_ssrc,
		       const uint16_t *seqs, size_t n);
