/* SPDX-License-Identifier: Apache-2.0 */
/* See loss.h. */
#include "media/rtp/loss.h"

#include <math.h>

#define MEMORY	   100.0 /* packets */
#define HIGH	   0.10
#define LOW	   0.02
#define AFTER_CUT  0.06 /* what was lost before the cut says nothing about the rate after it */
#define PER_SECOND 1.08
/* Of the share before a cut: the cut did not help; one that helps leaves 0.6. */
#define SAME	      0.7  /* twice */
#define SAME_AGAIN    0.8  /* once, by more packets, where the path is known to lose */
#define PERHAPS	      0.65 /* more packets may tell */
#define KNOWN	      0.02 /* an inherent share from which on it is */
#define LAGS	      0.7  /* of the average: what was counted is older than the loss */
#define TRIAL_CUT     0.15 /* at least: a smaller one tells nothing */
#define INHERENT_MOST 0.45
#define GONE	      0.6 /* of the inherent share: the path has become better */

enum {
	PAUSE_US = 300 * 1000,
	BEFORE_PACKETS = 20,
	TRIAL_PACKETS = 60,
	TRIAL_PACKETS_AGAIN = 150,
	FUTILE_CUTS = 2,
	TRIAL_US = 5000 * 1000,
	QUEUE_US = 20 * 1000
};

static double beyond(const struct loss_rule *l, double share)
{
	return (share - l->inherent) / (1 - l->inherent);
}

static double excess(const struct loss_rule *l)
{
	return beyond(l, l->share);
}

static void inherent_is(struct loss_rule *l, double share)
{
	l->inherent = share;
	l->futile = 0;
	l->cap = 0;
}

/* The last cut had its effect: judges it by what was lost since. */
static void judge(struct loss_rule *l)
{
	bool known = l->inherent > KNOWN;
	double share = (double)l->lost / l->total, before = beyond(l, l->before);
	double left = before > 0 ? beyond(l, share) / before : 0;

	if (known && l->total < TRIAL_PACKETS_AGAIN && left >= PERHAPS && !l->queued)
		return;
	l->before = 0;
	l->share = share;
	l->futile = left >= (known ? SAME_AGAIN : SAME) && !l->queued ? l->futile + 1 : 0;
	if (l->futile >= (known ? 1 : FUTILE_CUTS) && share <= INHERENT_MOST)
		inherent_is(l, share);
}

/* At the rate that is now cut; the average alone lags behind a loss that has just begun. */
static double share_before(const struct loss_rule *l)
{
	double counted = l->total >= BEFORE_PACKETS ? (double)l->lost / l->total : 0;

	return counted >= LAGS * l->share ? counted : l->share;
}

static void cut(struct loss_rule *l, uint64_t now, double rate)
{
	l->cap = rate * (1 - fmax(0.5 * excess(l), TRIAL_CUT));
	/* much more than any path loses by itself is no trial: down again as soon as may be */
	double before = share_before(l);
	l->before = before <= INHERENT_MOST ? before : 0;
	l->share = l->inherent + AFTER_CUT;
	l->lost = l->total = 0;
	l->queued = false;
	l->last_cut = now;
}

bool loss_update(struct loss_rule *l, uint64_t now, uint32_t lost, uint32_t total, double rate,
		 uint32_t rtt, uint32_t queue)
{
	double weight = 1 - pow(1 - 1 / MEMORY, total);
	double seconds = fmin((double)(now - l->last_change) / 1e6, 1);

	if (total == 0)
		return false;
	l->share += weight * ((double)lost / total - l->share);
	l->last_change = now;
	l->queued |= queue > QUEUE_US;
	if (now - l->last_cut > rtt) {
		l->lost += lost;
		l->total += total;
	}
	if (loss_on_trial(l) && l->total >= TRIAL_PACKETS)
		judge(l);
	else if (now - l->last_cut > TRIAL_US)
		l->before = 0; /* too little is sent to tell */
	if (l->share < GONE * l->inherent)
		l->inherent = l->share;
	if (excess(l) < LOW && !loss_on_trial(l))
		l->lost = l->total = 0; /* from here on, should it begin */
	if (excess(l) > HIGH) {
		if (loss_on_trial(l) || now - l->last_cut < PAUSE_US + (uint64_t)rtt)
			return false;
		cut(l, now, rate);
		return true;
	}
	if (excess(l) < LOW && l->cap > 0) {
		l->cap *= pow(PER_SECOND, seconds);
		if (l->cap > 2 * rate)
			l->cap = 0;
	}
	return false;
}

void loss_probed(struct loss_rule *l, double rate)
{
	if (l->cap <= 0 || l->cap >= rate)
		return;
	l->cap = rate;
}
