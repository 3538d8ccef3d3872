/* SPDX-License-Identifier: Apache-2.0 */
/* See trendline.h. The figures are those of draft-ietf-rmcat-gcc-02 and its deployments. */
#include "media/rtp/trendline.h"

#include <math.h>

#define SMOOTHING      0.9
#define GAIN	       4.0    /* makes the slope comparable with the threshold, … */
#define GAIN_COUNT     60     /* … with the number of groups it rests on */
#define THRESHOLD      12.5   /* ms, at the start */
#define THRESHOLD_MIN  6.0    /* ms */
#define THRESHOLD_MAX  600.0  /* ms */
#define THRESHOLD_UP   0.0087 /* per ms */
#define THRESHOLD_DOWN 0.039  /* per ms */
#define OUTLIER	       15.0   /* ms above the threshold: a spike does not teach it */
#define OVERUSE_MS     10.0
#define RESTART_US     3000000 /* a gap in arrivals after which nothing can be compared */

void trendline_init(struct trendline *t)
{
	*t = (struct trendline){ .threshold = THRESHOLD, .over_for = -1 };
}

/* The slope of the least-squares line through the points. */
static double slope_of(const struct trendline *t)
{
	double x = 0, y = 0, above = 0, below = 0;

	for (int i = 0; i < TREND_POINTS; i++) {
		x += t->points[i].at;
		y += t->points[i].delay;
	}
	x /= TREND_POINTS;
	y /= TREND_POINTS;
	for (int i = 0; i < TREND_POINTS; i++) {
		above += (t->points[i].at - x) * (t->points[i].delay - y);
		below += (t->points[i].at - x) * (t->points[i].at - x);
	}
	return below > 0 ? above / below : 0;
}

static void adapt(struct trendline *t, double trend, double elapsed_ms)
{
	double distance = fabs(trend) - t->threshold;

	if (distance > OUTLIER)
		return;
	t->threshold += (distance < 0 ? THRESHOLD_DOWN : THRESHOLD_UP) * distance *
			fmin(elapsed_ms, 100);
	t->threshold = fmax(THRESHOLD_MIN, fmin(t->threshold, THRESHOLD_MAX));
}

static void detect(struct trendline *t, double slope, double send_delta_ms, int64_t arrival)
{
	double trend = fmin(t->count, GAIN_COUNT) * slope * GAIN;
	double elapsed = t->last_update ? (double)(arrival - t->last_update) / 1000 : 0;

	if (trend > t->threshold) {
		t->over_for = t->over_for < 0 ? send_delta_ms / 2 : t->over_for + send_delta_ms;
		t->over_count++;
		if (t->over_for > OVERUSE_MS && t->over_count > 1 && slope >= t->last_trend) {
			t->over_for = 0;
			t->over_count = 0;
			t->usage = TREND_OVERUSE;
		}
	} else {
		t->over_for = -1;
		t->over_count = 0;
		t->usage = trend < -t->threshold ? TREND_UNDERUSE : TREND_NORMAL;
	}
	t->last_trend = slope;
	adapt(t, trend, elapsed);
	t->last_update = arrival;
}

/* Two groups are complete: what the second tells about the first. */
static void compare(struct trendline *t)
{
	double send_delta = (double)(t->current.last_sent - t->previous.last_sent) / 1000;
	double change = (double)(t->current.last_arrival - t->previous.last_arrival) / 1000 -
			send_delta;

	if (!t->count)
		t->origin = t->current.last_arrival;
	t->sum += change;
	t->smooth = SMOOTHING * t->smooth + (1 - SMOOTHING) * t->sum;
	t->points[t->count % TREND_POINTS].at = (double)(t->current.last_arrival - t->origin) /
						1000;
	t->points[t->count % TREND_POINTS].delay = t->smooth;
	t->count++;
	detect(t, t->count >= TREND_POINTS ? slope_of(t) : 0, send_delta, t->current.last_arrival);
}

/* Packets that come closer together than they were sent, right behind each other: the path held
 * them back and let them go at once. */
static bool is_burst(const struct trend_group *g, int64_t sent, int64_t arrival)
{
	int64_t gap = arrival - g->last_arrival;

	return gap - (sent - g->last_sent) < 0 && gap <= TREND_GROUP_US &&
	       arrival - g->first_arrival < TREND_BURST_MAX_US;
}

static void restart(struct trendline *t, int64_t sent, int64_t arrival)
{
	double threshold = t->threshold;

	trendline_init(t);
	t->threshold = threshold;
	t->current = (struct trend_group){ sent, sent, arrival, arrival, true };
}

void trendline_add(struct trendline *t, int64_t sent, int64_t arrival)
{
	struct trend_group *g = &t->current;

	if (!g->used || arrival - g->last_arrival > RESTART_US ||
	    g->last_arrival - arrival > RESTART_US) {
		restart(t, sent, arrival);
		return;
	}
	if (sent < g->first_sent)
		return; /* reordered */
	if (sent - g->first_sent > TREND_GROUP_US && !is_burst(g, sent, arrival)) {
		if (t->previous.used)
			compare(t);
		t->previous = t->current;
		*g = (struct trend_group){ sent, sent, arrival, arrival, true };
		return;
	}
	if (sent > g->last_sent)
		g->last_sent = sent;
	if (arrival > g->last_arrival)
		g->last_arrival = arrival;
}
