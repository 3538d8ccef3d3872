/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The rate that loss allows: no opinion while little is lost; over 10 %, down by half of what is
 * lost; between 2 and 10 % it stays; below it grows until it no longer binds
 * (draft-ietf-rmcat-gcc-02 6). The share lost is averaged over about 100 packets, so that chance
 * does not look like congestion. Pure, embedded, no heap; of the bandwidth estimator (bwe.h).
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct loss_rule {
	double share;			/* lost, averaged: 0..1 */
	double cap;			/* bit/s; 0 = none */
	uint64_t last_change, last_cut; /* µs */
};

/* Of the packets that a feedback told about, `lost` of `total` did not arrive; rate: the present
 * estimate. True: the cap was lowered. */
bool loss_update(struct loss_rule *l, uint64_t now, uint32_t lost, uint32_t total, double rate,
		 uint32_t rtt);

/* A probe got through at `rate`. */
void loss_probed(struct loss_rule *l, double rate);
