/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A receiver that sends no media cannot tell its round trip from reports: it asks with its own time
 * (RRTR) and gets it back with how long we held it (DLRR, RFC 3611 4.4, 4.5). Without an answer
 * libwebrtc takes 100 ms for the time until it asks for a lost packet again. Embedded.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "wire/rtcp.h"

enum { RECEIVER_TIMES = 4 }; /* SSRCs that ask; libwebrtc uses one for all it receives */

struct receiver_times {
	struct {
		uint32_t ssrc, last_rr;
		uint64_t at; /* µs; when it came */
	} asked[RECEIVER_TIMES];
	uint32_t count, oldest;
};

/* A question came. The last one of each SSRC counts, and of the last RECEIVER_TIMES SSRCs. */
void receiver_times_ask(struct receiver_times *t, uint64_t now, const struct rtcp_rrtr *rrtr);

/* What is to be answered now; each question once. Returns how many. */
size_t receiver_times_answer(struct receiver_times *t, uint64_t now,
			     struct rtcp_dlrr ret[RECEIVER_TIMES]);
