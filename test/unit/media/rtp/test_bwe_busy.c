/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The bandwidth estimator where the path is wide, but the processes at its ends do not always get
 * the processor: packets, probes and feedback leave late, and what arrived meanwhile is read in one
 * go. Prints what it measured.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "flow.h"

enum { SECOND = 1000 * 1000, MS = 1000, SEEDS = 200 };

/* A small layer goes out, a larger one is wanted. */
enum { SMALL = 150 * 1000, LARGE = 500 * 1000, WANTED = 800 * 1000, PACKET = 300 };

static const struct noise {
	uint32_t mean_us, longest_us;
} noises[] = { { 0, 0 },
	       { 100 * MS, 10 * MS },
	       { 60 * MS, 30 * MS },
	       { 40 * MS, 60 * MS },
	       { 20 * MS, 60 * MS } };

enum { NOISES = sizeof noises / sizeof *noises };

static struct road *make_busy(uint64_t seed, const struct noise *n)
{
	struct simlink_config link = { .rate_bps = 100 * 1000 * 1000,
				       .delay_us = 100,
				       .overhead = BWE_OVERHEAD };
	struct road *r = road_new(seed, &link);
	struct flow *f = road_add(r);

	f->most = SMALL;
	f->size = PACKET;
	bwe_want(&f->bwe, WANTED);
	r->busy.mean_us = n->mean_us;
	r->busy.longest_us = n->longest_us;
	return r;
}

/* Seconds until the larger layer fits; 99 = not within 20. */
static double seconds_to_climb(struct road *r)
{
	for (int i = 1; i <= 200; i++) {
		road_run(r, SECOND / 10);
		if (bwe_estimate(&r->flows[0]->bwe) >= LARGE * 115 / 100)
			return i / 10.0;
	}
	return 99;
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void noise_does_not_keep_the_estimate_down(void **state)
{
	static double took[SEEDS];

	(void)state;
	for (size_t n = 0; n < NOISES; n++) {
		for (uint64_t seed = 1; seed <= SEEDS; seed++) {
			struct road *r = make_busy(seed, &noises[n]);

			took[seed - 1] = seconds_to_climb(r);
			road_free(r);
		}
		qsort(took, SEEDS, sizeof *took, compare);
		printf("stopped for up to %2u ms every %3u ms: climbs in %.1f s, p95 %.1f, at "
		       "worst "
		       "%.1f\n",
		       noises[n].longest_us / MS, noises[n].mean_us / MS, took[SEEDS / 2],
		       took[SEEDS * 95 / 100], took[SEEDS - 1]);
		assert_true(took[SEEDS * 95 / 100] <= 5);
		assert_true(took[SEEDS - 1] <= 10);
	}
}

/* Once there, it stays: of a minute, how long is it below what is sent? */
static void noise_does_not_bring_it_down(void **state)
{
	(void)state;
	for (size_t n = 0; n < NOISES; n++) {
		double worst = 0, sum = 0;
		uint64_t cuts = 0;

		for (uint64_t seed = 1; seed <= SEEDS / 4; seed++) {
			struct road *r = make_busy(seed, &noises[n]);
			struct flow *f = r->flows[0];
			double below = 0;

			(void)seconds_to_climb(r);
			f->most = LARGE;
			for (int i = 0; i < 600; i++) {
				road_run(r, SECOND / 10);
				below += bwe_estimate(&f->bwe) < LARGE * 9 / 10 ? 0.1 : 0;
			}
			worst = below > worst ? below : worst;
			sum += below;
			cuts += f->bwe.count.cuts;
			road_free(r);
		}
		printf("stopped for up to %2u ms every %3u ms: %.1f %% of the time too low, at "
		       "worst %.1f "
		       "%%, %.1f cuts a minute\n",
		       noises[n].longest_us / MS, noises[n].mean_us / MS, sum / (SEEDS / 4) / 0.6,
		       worst / 0.6, (double)cuts / (SEEDS / 4));
		assert_true(worst / 0.6 < 5);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(noise_does_not_keep_the_estimate_down),
		cmocka_unit_test(noise_does_not_bring_it_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
