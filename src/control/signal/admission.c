/* SPDX-License-Identifier: Apache-2.0 */
#include "control/signal/admission.h"

#include <errno.h>
#include <stdlib.h>

#define MILLION 1e6

/* From this share of a core on, what is measured says what a stream costs: below it is mostly what a
 * worker does anyway, and joining. In these bounds. */
#define LEARN_FROM   0.2
#define FACTOR_LEAST 0.25
#define FACTOR_MOST  4.0

/* Time that a thread waits for a processor is somebody else's. To one that runs as little as this it
 * does no harm; one that runs as much cannot do without it. */
#define WAIT_FROM 0.3
#define WAIT_FULL 0.6

int admission_init(struct admission *a, uint16_t workers, unsigned limit)
{
	*a = (struct admission){ .limit = limit / 100.0, .count = workers };
	a->workers = calloc(workers, sizeof *a->workers);
	if (!a->workers)
		return -ENOMEM;
	for (uint16_t i = 0; i < workers; i++)
		a->workers[i].factor = 1;
	return 0;
}

void admission_fini(struct admission *a)
{
	free(a->workers);
	a->workers = NULL;
}

/* Of the time between the oldest reading and this one. */
static double busy_since(const struct admission_worker *w, uint64_t now_us,
			 const struct admission_time *time)
{
	unsigned oldest = w->count < ADMISSION_READINGS ? 0 : w->next;
	uint64_t wall = w->count ? now_us - w->readings[oldest].at_us : 0;

	if (!wall)
		return 0;
	double run = (double)(time->run_us - w->readings[oldest].time.run_us) / (double)wall;
	double wait = (double)(time->wait_us - w->readings[oldest].time.wait_us) / (double)wall;

	if (run <= WAIT_FROM)
		return run;
	return run >= WAIT_FULL ? run + wait
				: run + wait * (run - WAIT_FROM) / (WAIT_FULL - WAIT_FROM);
}

/* What has begun k ticks ago has been measured for k of the ticks that a reading covers. */
static double expected(const struct admission_worker *w)
{
	double sum = (double)w->waiting;

	for (unsigned age = 0; age < ADMISSION_EXPECTED; age++) {
		unsigned at = w->expected_at + ADMISSION_EXPECTED - age;
		double unseen = 1 - (double)age / ADMISSION_EXPECTED;

		sum += (double)w->expected[at % ADMISSION_EXPECTED] * unseen;
	}
	return sum / MILLION;
}

static void learn(struct admission_worker *w)
{
	double should = (double)w->streams / MILLION;

	/* joining takes more than being there: not while many come */
	if (w->busy < LEARN_FROM || should <= 0 || expected(w) > should / 4)
		return;
	w->factor = w->busy / should;
	if (w->factor < FACTOR_LEAST)
		w->factor = FACTOR_LEAST;
	if (w->factor > FACTOR_MOST)
		w->factor = FACTOR_MOST;
}

void admission_measure(struct admission *a, uint16_t worker, uint64_t now_us,
		       const struct admission_time *time, bool people)
{
	struct admission_worker *w = &a->workers[worker];

	w->busy = busy_since(w, now_us, time);
	w->readings[w->next].at_us = now_us;
	w->readings[w->next].time = *time;
	w->next = (w->next + 1) % ADMISSION_READINGS;
	w->count += w->count < ADMISSION_READINGS;
	w->expected_at = (w->expected_at + 1) % ADMISSION_EXPECTED;
	w->expected[w->expected_at] = 0;
	if (people)
		learn(w);
	else
		w->factor = 1; /* the next ones may be quite different */
}

double admission_busy(const struct admission *a, uint16_t worker)
{
	return a->workers[worker].busy;
}

double admission_load(const struct admission *a, uint16_t worker)
{
	const struct admission_worker *w = &a->workers[worker];

	return w->busy + w->factor * expected(w);
}

bool admission_admits(const struct admission *a, uint16_t worker, enum admission_door door,
		      uint64_t cost)
{
	double limit = door == ADMISSION_JOIN ? a->limit : (1 + a->limit) / 2;
	double more = a->workers[worker].factor * (double)cost / MILLION;

	return a->limit <= 0 || admission_load(a, worker) + more <= limit;
}

void admission_expect(struct admission *a, uint16_t worker, uint64_t cost)
{
	a->workers[worker].waiting += cost;
}

void admission_arrived(struct admission *a, uint16_t worker, uint64_t cost)
{
	struct admission_worker *w = &a->workers[worker];

	w->waiting -= cost;
	w->expected[w->expected_at] += cost;
}

void admission_given_up(struct admission *a, uint16_t worker, uint64_t cost)
{
	a->workers[worker].waiting -= cost;
}

void admission_stream(struct admission *a, uint16_t worker, int cost)
{
	a->workers[worker].streams += (uint64_t)(int64_t)cost;
}
