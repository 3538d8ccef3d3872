/* SPDX-License-Identifier: Apache-2.0 */
/* See aimd.h. */
#include "media/rtp/aimd.h"

#include <math.h>

#define BETA		0.85 /* of the acknowledged rate, on overuse */
#define BETA_MIN	0.7  /* … with a long queue to drain */
#define DRAIN_FROM_US	100000.0
#define DRAIN_US	1000000.0
#define PROVEN		0.8  /* of what arrived without trouble; less than BETA, to undo no cut */
#define PER_SECOND	1.08 /* multiplicative increase */
#define NEAR_PER_SECOND 0.02 /* of the rate: additive increase, … */
#define NEAR_MOST	60000.0 /* … alike for all, or flows that share would not level out */
#define PACKET_BITS	9600.0
#define CAPACITY_GAIN	0.05
#define RESPONSE_US	100000.0

/* Forgets the rate of earlier overuse when `acked` shows that the path is another one now: more
 * arrives without overuse, or less with it. */
static void check_capacity(struct aimd *a, double acked, bool overuse)
{
	double above = acked / 1000 - a->capacity, spread = 3 * sqrt(a->deviation * a->capacity);

	if (acked > 0 && (overuse ? -above : above) > spread)
		a->capacity = 0;
}

static void learn_capacity(struct aimd *a, double acked)
{
	double kbps = acked / 1000;

	if (a->capacity <= 0) {
		a->capacity = kbps;
		a->deviation = 0.4;
		return;
	}
	double error = a->capacity - kbps;
	a->capacity += CAPACITY_GAIN * -error;
	a->deviation += CAPACITY_GAIN * (error * error / fmax(a->capacity, 1) - a->deviation);
	a->deviation = fmax(0.4, fmin(a->deviation, 2.5));
}

static void increase(struct aimd *a, uint64_t now, const struct aimd_input *in)
{
	double seconds = fmin((double)(now - a->last_change) / 1e6, 1), more;

	check_capacity(a, in->acked, false);
	if (a->capacity > 0)
		more = fmin(fmax(PACKET_BITS / (2 * (RESPONSE_US + in->rtt) / 1e6),
				 NEAR_PER_SECOND * a->rate),
			    NEAR_MOST) *
		       seconds;
	else
		more = fmax(a->rate * (pow(PER_SECOND, seconds) - 1), 1000 * seconds);
	/* what was not tried is not known */
	double limit = in->acked > 0 ? 1.5 * in->acked + 10000 : a->rate;
	a->rate = fmax(a->rate, fmin(a->rate + more, limit));
}

void aimd_decrease(struct aimd *a, uint64_t now, const struct aimd_input *in)
{
	double beta = BETA - fmax(0, (in->queue - DRAIN_FROM_US) / DRAIN_US);
	/* what arrived is what the path carries only if more was sent */
	double from = in->acked > 0 && in->stretched ? in->peak : a->rate;

	beta = fmax(beta, BETA_MIN);
	check_capacity(a, in->peak, true);
	if (from * beta > a->rate && a->capacity > 0)
		from = a->capacity * 1000;
	a->rate = fmin(a->rate, from * beta);
	if (in->acked > 0 && in->stretched)
		learn_capacity(a, in->peak);
	a->increasing = false;
	a->last_change = a->last_decrease = now;
}

bool aimd_update(struct aimd *a, uint64_t now, const struct aimd_input *in)
{
	uint64_t pause = in->rtt < 10000 ? 10000 : in->rtt > 200000 ? 200000 : in->rtt;

	if (in->usage == TREND_OVERUSE) {
		if (now - a->last_decrease < pause && !(in->acked > 0 && in->acked < a->rate / 2))
			return false;
		aimd_decrease(a, now, in);
		return true;
	}
	if (in->usage == TREND_NORMAL && in->calm)
		a->rate = fmax(a->rate, PROVEN * in->acked);
	if (in->usage == TREND_UNDERUSE || in->hold)
		a->increasing = false; /* the queue drains first */
	else if (a->increasing)
		increase(a, now, in);
	else
		a->increasing = true;
	a->last_change = now;
	return false;
}
