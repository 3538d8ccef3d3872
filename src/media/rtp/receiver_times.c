/* SPDX-License-Identifier: Apache-2.0 */
/* See receiver_times.h. Way: sfu/feedback.c ▸ [receiver_times.c] ▸ sfu/feedback_tx.c */
#include "media/rtp/receiver_times.h"

void receiver_times_ask(struct receiver_times *t, uint64_t now, const struct rtcp_rrtr *rrtr)
{
	uint32_t i = 0;

	while (i < t->count && t->asked[i].ssrc != rrtr->ssrc)
		i++;
	if (i == RECEIVER_TIMES)
		i = t->oldest++ % RECEIVER_TIMES;
	else if (i == t->count)
		t->count++;
	t->asked[i].ssrc = rrtr->ssrc;
	t->asked[i].last_rr = (uint32_t)(rrtr->ntp >> 16);
	t->asked[i].at = now;
}

size_t receiver_times_answer(struct receiver_times *t, uint64_t now,
			     struct rtcp_dlrr ret[RECEIVER_TIMES])
{
	size_t n = t->count;

	for (size_t i = 0; i < n; i++) {
		uint64_t held = now - t->asked[i].at;

		ret[i] = (struct rtcp_dlrr){
			.ssrc = t->asked[i].ssrc,
			.last_rr = t->asked[i].last_rr,
			.delay = (uint32_t)((held << 16) / 1000000),
		};
	}
	t->count = 0;
	return n;
}
