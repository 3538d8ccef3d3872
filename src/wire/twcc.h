/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Transport-wide congestion control feedback (draft-holmer-rmcat-transport-wide-cc-extensions-01):
 * when the packets with which transport sequence numbers arrived. Pure. Any thread.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/wr.h"
#include "wire/rtcp.h"

#define TWCC_LOST UINT64_MAX

enum {
	TWCC_TICK_US = 250,	       /* resolution of a delta */
	TWCC_REFERENCE_US = 64 * 1000, /* resolution of the reference time */
	TWCC_PACKETS_MAX = 2048,       /* statuses in one feedback of ours */
};

struct twcc_head {
	uint32_t sender_ssrc, media_ssrc;
	uint8_t feedback_count; /* grows by one per feedback, modulo 256 */
};

/*
 * Appends one whole RTCP packet about packets base_seq, base_seq + 1, …: arrivals[i] is a time in
 * µs on any clock that does not change between feedbacks, or TWCC_LOST. Arrivals may be out of
 * order. Returns how many of the n it took: fewer than n when the room in `w` ends, more than
 * TWCC_PACKETS_MAX are given, or two arrivals lie over 8.19 s apart: then call again with the rest
 * and the next feedback_count. A feedback needs an arrival: 0 and nothing written when none is in
 * the list, or no room. Never sets w->bad.
 */
size_t twcc_write(struct wr *w, const struct twcc_head *head, uint16_t base_seq,
		  const uint64_t *arrivals, size_t n);

struct twcc_arrival {
	uint16_t seq;
	bool received;
	/* on the receiver's clock, wraps with the reference time (2^24 * 64 ms); 0 when lost */
	int64_t at_us;
};

struct twcc_feedback {
	uint8_t feedback_count;
	uint16_t base_seq;
	uint16_t packet_count; /* entries in the list */
	int32_t reference;     /* signed 24 bits, 64 ms units */
};

/*
 * Parses a feedback into a list of at most `capacity` entries, one per
 * sequence number. False when it is malformed, or names more packets than
 * capacity; the list's content is then meaningless and `ret` untouched.
 */
bool twcc_parse(struct twcc_feedback *ret, struct twcc_arrival *ret_list, size_t capacity,
		const struct rtcp_feedback *f);
