/* SPDX-License-Identifier: Apache-2.0 */
/* Loss that a path has at any rate, and loss that comes from the rate, told apart over many seeds: chance may decide few of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/rng.h"
#include "media/rtp/loss.h"

enum { SEEDS = 300, STEP_US = 50 * 1000, STEPS_A_SECOND = 20, RTT_US = 60 * 1000 };

/* A call that is looked at each 50 ms. */
struct call {
	struct loss_rule rule;
	struct rng rng;
	uint64_t now;
	double rate, estimate; /* without loss, and with */
	double frames;
};

static bool chance(struct call *c, double p)
{
	return rng_u32(&c->rng) < p * UINT32_MAX;
}

static void step(struct call *c, double packets, double loss)
{
	uint32_t total = (uint32_t)packets, lost = 0;

	total += chance(c, packets - total);
	for (uint32_t i = 0; i < total; i++)
		lost += chance(c, loss);
	c->now += STEP_US;
	(void)loss_update(&c->rule, c->now, lost, total, c->estimate, RTT_US, 0);
	c->estimate = c->rule.cap > 0 && c->rule.cap < c->rate ? c->rule.cap : c->rate;
}

/* A camera of 300 kbit/s with three temporal layers, and a microphone. */
static void camera(struct call *c, int seconds, double loss)
{
	for (int i = 0; i < seconds * STEPS_A_SECOND; i++) {
		double fps = c->estimate >= 400e3 ? 30 : c->estimate >= 250e3 ? 15 : 7.5;

		step(c, (fps * 2 + 50) / STEPS_A_SECOND, loss);
		c->frames += fps / STEPS_A_SECOND;
	}
}

static struct call call_of(uint64_t seed, double rate)
{
	struct call c = { .now = 1000000, .rate = rate, .estimate = rate };

	c.rule.last_change = c.now;
	rng_seeded(&c.rng, seed);
	return c;
}

/* test/netns/loss.test.mjs, many times: pictures go on at once, also where loss grows. */
static void a_path_of_its_own(void **state)
{
	unsigned few = 0;

	(void)state;
	for (uint64_t seed = 1; seed <= SEEDS; seed++) {
		struct call c = call_of(seed, 700e3);

		camera(&c, 5, 0);
		camera(&c, 13, 0.1);
		camera(&c, 3, 0.2);
		c.frames = 0;
		camera(&c, 10, 0.2);
		few += c.frames < 18 * 10;
	}
	printf("10 %%, then 20 %% lost: fewer than 18 pictures a second in %u of %d calls\n", few,
	       SEEDS);
	assert_true(few <= 2);
}

/* Of what a policer without a queue drops the path is seldom blamed. */
static void a_policer(void **state)
{
	static const struct {
		double passes, rate;
		unsigned most;
	} cases[] = { { 300e3, 400e3, 5 }, { 300e3, 700e3, 135 }, { 600e3, 1000e3, 30 } };

	(void)state;
	for (size_t k = 0; k < sizeof cases / sizeof cases[0]; k++) {
		unsigned blamed = 0;

		for (uint64_t seed = 1; seed <= SEEDS; seed++) {
			struct call c = call_of(seed, cases[k].rate);
			bool bad = false;

			for (int i = 0; i < 20 * STEPS_A_SECOND; i++) {
				double over = 1 - cases[k].passes / c.estimate;

				step(&c, c.estimate / 8 / 900 / STEPS_A_SECOND,
				     over > 0 ? over : 0);
				c.rate = cases[k].rate * (1 + 0.001 * i);
				bad |= c.rule.inherent > 0.05;
			}
			blamed += bad;
		}
		printf("%.0f of %.0f kbit/s pass: believed to be the path's own in %u of %d "
		       "calls\n",
		       cases[k].passes / 1e3, cases[k].rate / 1e3, blamed, SEEDS);
		assert_true(blamed <= cases[k].most);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_path_of_its_own),
		cmocka_unit_test(a_policer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
