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

/* ---- what a client claims ---- */

/* Feeds one feedback about numbers base … base + n - 1. */
static void tell(struct bwe *b, uint64_t now, uint16_t base, uint16_t n, int64_t first_at,
		 int64_t step)
{
	struct twcc_arrival list[512];
	struct twcc_feedback f = { .base_seq = base, .packet_count = n };

	for (uint16_t i = 0; i < n; i++)
		list[i] = (struct twcc_arrival){ .seq = (uint16_t)(base + i),
						 .received = true,
						 .at_us = first_at + i * step };
	f.reference = (int32_t)(first_at / TWCC_REFERENCE_US);
	bwe_feedback(b, now, &f, list);
}

/* R50: whatever a client says, nothing rises beyond what was really sent. */
static void lies_lift_nothing(void **state)
{
	(void)state;
	struct bwe b;
	uint64_t now = 5 * SECOND;
	struct probe_plan plan;

	/* about what was never sent: not even a sign of life */
	assert_int_equal(bwe_init(&b, 0, 0), 0);
	for (int i = 0; i < 500; i++, now += 20000)
		tell(&b, now, (uint16_t)(i * 512), 512, (int64_t)now, 10);
	assert_int_equal(bwe_estimate(&b), BWE_START_BPS);
	assert_int_equal(b.count.packets, 0);
	assert_true(b.count.unknown > 200000);
	assert_false(b.has_feedback);

	bwe_fini(&b);

	/* 400 kbit/s are sent; told as if all had come at once, again and again, with all probes */
	assert_int_equal(bwe_init(&b, 0, 0), 0);
	bwe_want(&b, 400000);
	uint16_t number = 0;
	uint32_t highest = 0;
	for (int i = 0; i < 3000; i++, now += 20000) {
		uint16_t base = number;

		bwe_sent(&b, now, number++, 1000 - BWE_OVERHEAD, 0);
		if (bwe_probe(&b, now, &plan)) {
			assert_true(plan.rate <= 500000);
			for (uint32_t sent = 0; sent < plan.bytes; sent += 320)
				bwe_sent(&b, now + (uint64_t)sent * 8000000 / plan.rate, number++,
					 292, plan.id);
		}
		for (int k = 0; k < 3; k++)
			tell(&b, now + 20000, base, (uint16_t)(number - base), (int64_t)now, 0);
		highest = bwe_estimate(&b) > highest ? bwe_estimate(&b) : highest;
	}
	printf("a liar on 400 kbit/s: believed up to %u kbit/s\n", highest / 1000);
	assert_true(highest <= 750000);
	bwe_fini(&b);
}

static void silence_slows(void **state)
{
	(void)state;
	struct bwe b;
	uint64_t now = 5 * SECOND;
	uint16_t number = 0;

	assert_int_equal(bwe_init(&b, 1000000, 0), 0);
	for (int i = 0; i < 100; i++, now += 20000) {
		bwe_sent(&b, now, number, 1000, 0);
		tell(&b, now + 15000, number++, 1, (int64_t)now, 0);
	}
	uint32_t before = bwe_estimate(&b);
	bwe_tick(&b, now + 60 * SECOND); /* nothing sent, nothing expected */
	assert_int_equal(bwe_estimate(&b), before);
	assert_int_equal(bwe_deadline(&b), UINT64_MAX);
	now += 60 * SECOND;
	bwe_sent(&b, now, number++, 1000, 0);
	assert_int_equal(bwe_deadline(&b), now + BWE_SILENCE_US);
	bwe_tick(&b, now + BWE_SILENCE_US - 1);
	assert_int_equal(bwe_estimate(&b), before);
	for (uint64_t end = now + 10 * SECOND; now < end; now = bwe_deadline(&b))
		bwe_tick(&b, now);
	assert_true(bwe_estimate(&b) < before / 10);
	assert_true(bwe_estimate(&b) >= BWE_MIN_BPS);
	bwe_fini(&b);
}

static void remb_only_without_feedback(void **state)
{
	(void)state;
	struct bwe b;

	assert_int_equal(bwe_init(&b, 0, 0), 0);
	bwe_remb(&b, SECOND, 700000);
	assert_int_equal(bwe_estimate(&b), 700000);
	bwe_remb(&b, 2 * SECOND, UINT64_MAX);
	assert_int_equal(bwe_estimate(&b), BWE_MAX_BPS);
	bwe_sent(&b, 3 * SECOND, 7, 1000, 0);
	tell(&b, 3 * SECOND + 30000, 7, 1, 99000, 0);
	assert_int_equal(bwe_estimate(&b), BWE_START_BPS);
	bwe_remb(&b, 4 * SECOND, 700000);
	assert_int_equal(bwe_estimate(&b), BWE_START_BPS);
	bwe_fini(&b);
}

/* The receiver's clock wraps every 12 days: nobody notices. */
static void clock_wraps(void **state)
{
	(void)state;
	struct bwe b;
	struct twcc_arrival a = { .received = true };
	int64_t period = (int64_t)TWCC_REFERENCE_US << 24;
	uint64_t now = 5 * SECOND;

	assert_int_equal(bwe_init(&b, 1000000, 0), 0);
	for (int i = -500; i < 500; i++, now += 20000) {
		int64_t at = (period / 2 + i * (int64_t)20000 + period / 2) % period - period / 2;
		int64_t whole = at >= 0 ? at / TWCC_REFERENCE_US
					: -((-at + TWCC_REFERENCE_US - 1) / TWCC_REFERENCE_US);
		struct twcc_feedback f = { .base_seq = (uint16_t)i,
					   .packet_count = 1,
					   .reference = (int32_t)whole };

		a.seq = (uint16_t)i;
		a.at_us = at;
		bwe_sent(&b, now, (uint16_t)i, 1000, 0);
		bwe_feedback(&b, now + 15000, &f, &a);
	}
	assert_int_equal(b.count.cuts, 0);
	assert_int_equal(b.queue, 0);
	assert_in_range((uint64_t)bwe_acked(&b, NULL, NULL), 400000, 420000);
	bwe_fini(&b);
}

/* Each feedback says that half a period has gone by: after millions of them no number overflows, and who stops to lie is
 * believed again. */
static void a_clock_that_runs_away(void **state)
{
	int64_t period = (int64_t)TWCC_REFERENCE_US << 24;

	(void)state;
	for (int sign = -1; sign <= 1; sign += 2) {
		struct bwe b;
		uint64_t now = 5 * SECOND;
		uint16_t number = 0;
		int32_t reference = 0;

		assert_int_equal(bwe_init(&b, 1000000, 0), 0);
		bwe_sent(&b, now, number, 1000, 0);
		tell(&b, now, number++, 1, 0, 0);
		/* after 8,000 of them; 17 million led to where INT64_MAX is not enough */
		b.reference = sign * (((int64_t)1 << 52) - 3 * period);
		for (int i = 0; i < 200; i++, now += 20000) {
			reference += sign * ((1 << 23) - 1);
			reference = (int32_t)((uint32_t)reference << 8) / 256; /* 24 bits */
			bwe_sent(&b, now, number, 1000, 0);
			tell(&b, now + 15000, number++, 1, (int64_t)reference * TWCC_REFERENCE_US,
			     0);
			assert_true(b.reference <= (int64_t)1 << 52);
			assert_true(b.reference >= -((int64_t)1 << 52));
			assert_in_range(bwe_estimate(&b), b.least, b.most);
		}
		for (int i = 0; i < 500; i++, now += 20000) {
			bwe_sent(&b, now, number, 1000, 0);
			tell(&b, now + 15000, number++, 1, (int64_t)now, 0);
		}
		assert_in_range((uint64_t)bwe_acked(&b, NULL, NULL), 400000, 420000);
		bwe_fini(&b);
	}
}

/* However many packets are on their way, feedback finds them all; a short way takes little memory. */
static void history_is_as_long_as_feedback_takes(void **state)
{
	(void)state;
	enum { BATCH = 20, BATCHES = 100 };
	static const struct {
		uint16_t late; /* batches */
		uint32_t count;
	} cases[] = { { 2, BWE_HISTORY_FIRST }, { 10, 256 }, { 50, BWE_HISTORY } };

	for (size_t i = 0; i < countof(cases); i++) {
		struct bwe b;
		uint64_t now = 5 * SECOND;
		uint16_t late = cases[i].late;

		assert_int_equal(bwe_init(&b, 1000000, 0), 0);
		for (uint16_t k = 0; k < BATCHES; k++, now += 20000) {
			for (uint16_t n = 0; n < BATCH; n++)
				bwe_sent(&b, now, (uint16_t)(65000 + k * BATCH + n), 100, 0);
			if (k >= late)
				tell(&b, now + 15000, (uint16_t)(65000 + (k - late) * BATCH), BATCH,
				     (int64_t)now, 0);
		}
		assert_int_equal(b.count.unknown, 0);
		assert_int_equal(b.count.packets, (BATCHES - late) * BATCH);
		assert_int_equal(b.history_count, cases[i].count);
		bwe_fini(&b);
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
		cmocka_unit_test(lies_lift_nothing),
		cmocka_unit_test(silence_slows),
		cmocka_unit_test(remb_only_without_feedback),
		cmocka_unit_test(clock_wraps),
		cmocka_unit_test(a_clock_that_runs_away),
		cmocka_unit_test(history_is_as_long_as_feedback_takes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
