/* SPDX-License-Identifier: Apache-2.0 */
/* The bandwidth estimator on emulated links: how fast, how close, how much delay. Prints what it
 * measured. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "flow.h"

enum { SECOND = 1000 * 1000, SEEDS = 5 };

/* Seconds until the flow brought `share` of `bps` in half a second; 99 = not within `limit`. */
static double seconds_until(struct road *r, double bps, int limit)
{
	uint64_t start = r->now;

	while (r->now - start < (uint64_t)limit * SECOND) {
		uint64_t before = r->flows[0]->received_bytes;

		road_run(r, SECOND / 2);
		if ((double)(r->flows[0]->received_bytes - before) * 16 >= bps)
			return (double)(r->now - start) / SECOND;
	}
	return 99;
}

static double received_bps(struct road *r, int flow, int seconds)
{
	uint64_t before = r->flows[flow]->received_bytes;

	road_run(r, (uint64_t)seconds * SECOND);
	return (double)(r->flows[flow]->received_bytes - before) * 8 / seconds;
}

static void reaches_capacity(void **state)
{
	static const uint64_t rates[] = { 300000, 1000000, 3000000, 10000000 };

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		for (uint64_t seed = 1; seed <= SEEDS; seed++) {
			struct simlink_config link = road_link(rates[i], 300);

			link.jitter_us = (uint32_t)(seed - 1) * 1000;
			struct road *r = road_new(seed, &link);
			(void)road_add(r);
			double until = seconds_until(r, 0.8 * (double)rates[i], 10);
			double used = received_bps(r, 0, 30) / (double)rates[i];
			uint32_t p95 = road_p95(r, 0);
			printf("%5llu kbit/s, jitter %u ms: 80 %% after %.1f s, then %.1f %%, "
			       "queue p95 %u ms\n",
			       (unsigned long long)rates[i] / 1000, link.jitter_us / 1000, until,
			       100 * used, p95 / 1000);
			assert_true(until < 5);
			assert_true(used > 0.8 && used <= 1.0);
			assert_true(p95 < 100000);
			road_free(r);
		}
	}
}

/* The rate that arrived per half second, from now on; returns when it was last at or above `bps`.
 */
static double last_above(struct road *r, double bps, int seconds)
{
	double last = 0;

	for (int i = 1; i <= seconds * 4; i++) {
		uint64_t before = r->flows[0]->sent_bytes;

		road_run(r, SECOND / 4);
		if ((double)(r->flows[0]->sent_bytes - before) * 32 > bps)
			last = i / 4.0;
	}
	return last;
}

static void follows_a_step_down(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= SEEDS; seed++) {
		struct simlink_config link = road_link(3000000, 300);

		link.jitter_us = (uint32_t)(seed - 1) * 1000;
		struct road *r = road_new(seed, &link);
		(void)road_add(r);
		road_run(r, 15 * SECOND);
		link.rate_bps = 1000000;
		simlink_set(r->down, &link);
		double until = last_above(r, 1100000, 10);
		double used = received_bps(r, 0, 15) / 1e6;
		link.rate_bps = 3000000;
		simlink_set(r->down, &link);
		double back = seconds_until(r, 0.8 * 3000000, 20);
		printf("3 -> 1 Mbit/s: below 1.1 after %.2f s, then %.1f %%; -> 3: 80 %% after "
		       "%.1f s\n",
		       until, 100 * used, back);
		assert_true(until <= 2);
		assert_true(used > 0.75);
		assert_true(back <= 10);
		road_free(r);
	}
}

/* R69 */
static void follows_a_collapse(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= SEEDS; seed++) {
		struct simlink_config link = road_link(2000000, 100);

		link.jitter_us = (uint32_t)(seed - 1) * 1000;
		struct road *r = road_new(seed, &link);
		(void)road_add(r);
		road_run(r, 15 * SECOND);
		double before = received_bps(r, 0, 5);
		link.rate_bps = 300000; /* the queue keeps its bytes: 667 ms now */
		simlink_set(r->down, &link);
		double until = last_above(r, 330000, 5);
		uint64_t after = r->now;
		road_run(r, 10 * SECOND);
		uint32_t p95 = road_p95(r, after);
		link.rate_bps = 2000000;
		simlink_set(r->down, &link);
		double back = seconds_until(r, 0.9 * before, 20);
		printf("2 Mbit/s -> 300 kbit/s: below 330 after %.2f s, queue p95 %u ms after 5 s; "
		       "back: 90 %% after %.1f s\n",
		       until, p95 / 1000, back);
		assert_true(until <= 3);
		assert_true(p95 < 150000);
		assert_true(back <= 10);
		road_free(r);
	}
}

static void random_loss_costs_little(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= SEEDS; seed++) {
		struct simlink_config link = road_link(2000000, 300);
		double used[2];

		for (int i = 0; i < 2; i++) {
			link.loss_ppm = i ? 50000 : 0;
			struct road *r = road_new(seed, &link);
			(void)road_add(r);
			road_run(r, 5 * SECOND);
			uint64_t before = r->flows[0]->sent_bytes;
			road_run(r, 60 * SECOND);
			used[i] = (double)(r->flows[0]->sent_bytes - before) * 8 / 60;
			road_free(r);
		}
		printf("5 %% random loss: sends %.1f %% of what it sends without\n",
		       100 * used[1] / used[0]);
		assert_true(used[1] > 0.8 * used[0]);
	}
}

/* A radio link that loses a fifth at any rate: after a look at it the rate is what it was. */
static void inherent_loss_costs_little(void **state)
{
	static const uint32_t shares[] = { 100000, 200000, 300000 };

	(void)state;
	for (size_t k = 0; k < 3; k++) {
		for (uint64_t seed = 1; seed <= SEEDS; seed++) {
			struct simlink_config link = road_link(2000000, 300);
			double used[2];

			for (int i = 0; i < 2; i++) {
				link.loss_ppm = i ? shares[k] : 0;
				struct road *r = road_new(seed, &link);
				(void)road_add(r);
				road_run(r, 10 * SECOND);
				uint64_t before = r->flows[0]->sent_bytes;
				road_run(r, 60 * SECOND);
				used[i] = (double)(r->flows[0]->sent_bytes - before) * 8 / 60;
				road_free(r);
			}
			printf("%u %% random loss: sends %.1f %% of what it sends without\n",
			       shares[k] / 10000, 100 * used[1] / used[0]);
			assert_true(used[1] > (k < 2 ? 0.7 : 0.6) * used[0]);
			assert_true(used[1] < 1.3 * used[0]);
		}
	}
}

/* A policer without a queue: there the loss comes from the rate, and must bring it down. */
static void a_policer_is_no_radio(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= SEEDS; seed++) {
		struct simlink_config link = road_link(2000000, 300);
		struct road *r = road_new(seed, &link);
		struct flow *f = road_add(r);

		road_run(r, 10 * SECOND);
		link.rate_bps = 1400000;
		link.queue_bytes = 3000; /* two packets */
		simlink_set(r->down, &link);
		road_run(r, 10 * SECOND);
		const struct simlink_stats *s = simlink_stats(r->down);
		uint64_t sent = s->sent, dropped = s->queue_dropped;

		road_run(r, 30 * SECOND);
		double lost = (double)(s->queue_dropped - dropped) / (double)(s->sent - sent);
		printf("policed to 1.4 Mbit/s: estimate %u kbit/s, %.1f %% lost\n",
		       bwe_estimate(&f->bwe) / 1000, 100 * lost);
		assert_true(lost < 0.12);
		road_free(r);
	}
}

/* More than half of everything is lost: that is no path for that rate. */
static void heavy_loss_slows(void **state)
{
	(void)state;
	struct simlink_config link = road_link(2000000, 300);
	struct road *r = road_new(1, &link);
	struct flow *f = road_add(r);

	road_run(r, 10 * SECOND);
	uint32_t before = bwe_estimate(&f->bwe);
	link.loss_ppm = 600000;
	simlink_set(r->down, &link);
	road_run(r, 10 * SECOND);
	printf("60 %% loss: %u -> %u kbit/s\n", before / 1000, bwe_estimate(&f->bwe) / 1000);
	assert_true(bwe_estimate(&f->bwe) < before / 4);
	road_free(r);
}

static void two_flows_share(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= SEEDS; seed++) {
		struct simlink_config link = road_link(3000000, 300);

		link.jitter_us = 1000;
		struct road *r = road_new(seed, &link);
		(void)road_add(r);
		road_run(r, 10 * SECOND);
		(void)road_add(r); /* the second finds the road full */
		road_run(r, 30 * SECOND);
		uint64_t before[2] = { r->flows[0]->received_bytes, r->flows[1]->received_bytes };
		road_run(r, 60 * SECOND);
		double a = (double)(r->flows[0]->received_bytes - before[0]);
		double b = (double)(r->flows[1]->received_bytes - before[1]);
		printf("two flows: %.0f : %.0f, together %.1f %%\n", 100 * a / (a + b),
		       100 * b / (a + b), (a + b) * 8 / 60 / 30000);
		assert_true(a / (a + b) > 0.35 && a / (a + b) < 0.65);
		road_free(r);
	}
}

/* The path holds everything for 100 ms and lets it go, every 5 s. */
static void short_outages(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= SEEDS; seed++) {
		struct simlink_config link = road_link(3000000, 300);
		struct road *r = road_new(seed, &link);
		double worst = 0;

		(void)road_add(r);
		road_run(r, 10 * SECOND);
		double before = received_bps(r, 0, 10);
		for (int i = 0; i < 6; i++) {
			r->held_until = r->now + 100000;
			double low = 0;

			for (int k = 0; k < 20; k++) {
				road_run(r, SECOND / 4);
				if (bwe_estimate(&r->flows[0]->bwe) < before / 2)
					low += 0.25;
			}
			worst = low > worst ? low : worst;
		}
		printf("100 ms outages: below half for %.2f s at most\n", worst);
		assert_true(worst <= 3);
		road_free(r);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reaches_capacity),
		cmocka_unit_test(follows_a_step_down),
		cmocka_unit_test(follows_a_collapse),
		cmocka_unit_test(random_loss_costs_little),
		cmocka_unit_test(inherent_loss_costs_little),
		cmocka_unit_test(a_policer_is_no_radio),
		cmocka_unit_test(heavy_loss_slows),
		cmocka_unit_test(two_flows_share),
		cmocka_unit_test(short_outages),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
