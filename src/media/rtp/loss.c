/* SPDX-License-Identifier: Apache-2.0 */
/* See loss.h. */
#include "media/rtp/loss.h"

#include <math.h>

#define MEMORY	   100.0 /* packets */
#define HIGH	   0.10
#define LOW	   0.02
#define AFTER_CUT  0.06 /* what was lost before the cut says nothing about the rate after it */
#define PER_SECOND 1.08

bool loss_update(struct loss_rule *l, uint64_t now, uint32_t lost, uint32_t total, double rate,
		 uint32_t rtt)
{
	double weight = 1 - pow(1 - 1 / MEMORY, total);
	double seconds = fmin((double)(now - l->last_change) / 1e6, 1);

	if (total == 0)
		return false;
	l->share += weight * ((double)lost / total - l->share);
	l->last_change = now;
	if (l->share > HIGH) {
		if (now - l->last_cut < 300000 + (uint64_t)rtt)
			return false;
		l->cap = rate * (1 - 0.5 * l->share);
		l->share = AFTER_CUT;
		l->last_cut = now;
		return true;
	}
	if (l->share < LOW && l->cap > 0) {
		l->cap *= pow(PER_SECOND, seconds);
		if (l->cap > 2 * rate)
			l->cap = 0;
	}
	return false;
}

void loss_probed(struct loss_rule *l, double rate)
{
	if (l->cap > 0 && l->cap < rate)
		l->cap = rate;
}
