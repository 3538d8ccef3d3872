/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Is a queue growing on the way? Packets go into groups by sending time; between two groups the
 * spacing at arrival minus the spacing at sending is the change of delay. A straight line through
 * the last 20 smoothed delays, compared with a threshold that adapts to the path's jitter, says
 * overuse, underuse or neither (draft-ietf-rmcat-gcc-02 5.1-5.5, with the line in the place of the
 * Kalman filter). Pure, embedded, no heap; of the bandwidth estimator (bwe.h).
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum {
	TREND_POINTS = 20,
	TREND_GROUP_US = 5000, /* packets sent within this are one group */
	TREND_BURST_MAX_US =
		100000, /* a burst that the path held back is one group, if not longer */
};

enum trend_usage { TREND_NORMAL, TREND_OVERUSE, TREND_UNDERUSE };

struct trend_group {
	int64_t first_sent, last_sent, first_arrival, last_arrival;
	bool used;
};

struct trendline {
	struct trend_group current, previous;
	struct {
		double at, delay; /* ms */
	} points[TREND_POINTS];
	uint32_t count;	    /* groups compared since the start */
	int64_t origin;	    /* arrival of the first group */
	double sum, smooth; /* ms: of all changes of delay; the same, smoothed */
	double threshold;   /* ms */
	double last_trend;
	double over_for; /* ms in overuse; < 0 = not */
	uint32_t over_count;
	int64_t last_update;
	enum trend_usage usage;
};

void trendline_init(struct trendline *t);

/* One packet: both times in µs, each on a clock of its own. In order of sending. */
void trendline_add(struct trendline *t, int64_t sent, int64_t arrival);
