/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The rate that loss allows: no opinion while little is lost; over 10 %, down by half of what is
 * lost; between 2 and 10 % it stays; below it grows until it no longer binds
 * (draft-ietf-rmcat-gcc-02 6). The share lost is averaged over about 100 packets, so that chance
 * does not look like congestion.
 *
 * A radio link loses packets whatever the rate. When as much is lost after a cut as before it,
 * twice, and no queue stood meanwhile, the loss is the path's own: the cuts are taken back, and
 * only what is lost beyond it counts from then on. Where more is lost later, one such cut is
 * enough, but more packets are asked. Losses above 45 % are never believed to be that. Pure,
 * embedded, no heap; of the bandwidth estimator (bwe.h).
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct loss_rule {
	double share;			/* lost, averaged: 0..1 */
	double inherent;		/* of it, what the path loses at any rate */
	double cap;			/* bit/s; 0 = none */
	uint64_t last_change, last_cut; /* µs */
	double before;			/* the share at the last cut; 0 = no cut is on trial */
	uint32_t lost, total; /* at this rate: since the last cut took effect, or it began */
	uint8_t futile;	      /* cuts that changed nothing */
	bool queued;	      /* a queue stood since the last cut */
};

/* Of the packets that a feedback told about, `lost` of `total` did not arrive; rate: the present
 * estimate; rtt, queue: µs, of the path and of the packets waiting in it. True: the cap was lowered. */
bool loss_update(struct loss_rule *l, uint64_t now, uint32_t lost, uint32_t total, double rate,
		 uint32_t rtt, uint32_t queue);

/* Whether a cut is being judged: the rate has to stay as it is, no probes. */
static inline bool loss_on_trial(const struct loss_rule *l)
{
	return l->before > 0;
}

/* A probe got through at `rate`. */
void loss_probed(struct loss_rule *l, double rate);
