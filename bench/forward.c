/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The engine's cost per forwarded packet: a whole call in virtual time (test/sim, GCM, keys
 * injected), one publisher of simulcast video and audio, many subscribers. Only the time inside
 * engine_rx and engine_tick counts, so RTCP of everybody, timers and estimation are in it, sockets
 * and the fake clients are not. CPU time of the thread; rounds in turn, the
 * median counts. With one subscriber the clock itself is a good part of the figure.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "sim.h"

enum { ROUNDS = 5, SIZES = 3 };

static uint64_t now_ns(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

static uint64_t forwarded(const struct sim *s)
{
	return engine_sfu(s->engine)->forwarded_packets;
}

static double round_ns(uint64_t seed, int subscribers)
{
	static const struct simlink_config link = { .delay_us = 10000 };
	struct sim *s = sim_new(seed, &link);
	struct sim_client *a = sim_join(s, false);

	for (int i = 0; i < subscribers; i++)
		(void)sim_join(s, false);
	(void)sim_publish(a, KIND_VIDEO, true);
	(void)sim_publish(a, KIND_AUDIO, false);
	sim_run(s, 6 * SIM_S); /* everybody has the best layer by then */

	uint64_t before = forwarded(s);
	s->clock = now_ns;
	s->spent = 0;
	sim_run(s, subscribers > 50 ? 4 * SIM_S : 10 * SIM_S);
	before = forwarded(s) - before;
	if (before == 0) {
		fprintf(stderr, "bench_forward: nothing was forwarded\n");
		exit(1);
	}
	double ns = (double)s->spent / (double)before;
	(void)sim_free(s);
	return ns;
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

int main(void)
{
	static const int sizes[SIZES] = { 1, 10, 100 };
	double values[SIZES][ROUNDS];

	for (int round = 0; round < ROUNDS; round++) {
		for (int i = 0; i < SIZES; i++)
			values[i][round] = round_ns((uint64_t)round + 1, sizes[i]);
	}
	printf("| engine, video and audio, 1 publisher to n | ns per packet | range |\n"
	       "|---|---|---|\n");
	for (int i = 0; i < SIZES; i++) {
		qsort(values[i], ROUNDS, sizeof *values[i], compare);
		printf("| %d | %.0f | %.0f-%.0f |\n", sizes[i], values[i][ROUNDS / 2], values[i][0],
		       values[i][ROUNDS - 1]);
	}
	return 0;
}
