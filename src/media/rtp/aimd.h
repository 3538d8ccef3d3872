/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The rate that the delay allows: down to a share of what really arrived when the path is overused,
 * else up, carefully near the rate where it was overused before (draft-ietf-rmcat-gcc-02 5.5).
 * Pure, embedded, no heap; of the bandwidth estimator (bwe.h).
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "media/rtp/trendline.h"

struct aimd {
	double rate;		    /* bit/s */
	double capacity, deviation; /* kbit/s: acknowledged rates at overuse; 0 = unknown */
	bool increasing;
	uint64_t last_change, last_decrease; /* µs; 0 = never */
};

struct aimd_input {
	enum trend_usage usage;
	double acked; /* bit/s that arrived; 0 = unknown */
	double peak;  /* the same of the last moments: what a full path carries; not below acked */
	uint32_t rtt; /* µs */
	uint32_t queue; /* µs: how long packets wait on the way, at least */
	bool stretched; /* packets arrived further apart than they were sent */
	bool calm; /* no queue worth mentioning: what arrived is what the path carries at least */
	bool hold; /* not up: the sender has too little to send, or a queue stands */
};

/* A new rate. True: it was lowered. */
bool aimd_update(struct aimd *a, uint64_t now, const struct aimd_input *in);

/* Down now, whatever the detector says. */
void aimd_decrease(struct aimd *a, uint64_t now, const struct aimd_input *in);
