/* SPDX-License-Identifier: Apache-2.0 */
/* Who is let in, in virtual time: a worker of which each stream costs what the test says. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "control/signal/admission.h"

enum { TICK_US = 250 * 1000, VIEWER = ADMISSION_AUDIO + ADMISSION_VIDEO + ADMISSION_PERSON };

/* A worker's processor: what its people take of it, and what others do. */
struct machine {
	struct admission a;
	uint64_t now_us;
	struct admission_time time;
	double load;   /* of a core, that its people need */
	double others; /* of the core, that other programs take */
	double worst;
};

static void machine_start(struct machine *m, unsigned limit)
{
	*m = (struct machine){ .now_us = 1000 };
	assert_int_equal(admission_init(&m->a, 2, limit), 0);
}

static void tick(struct machine *m)
{
	double free = 1 - m->others, run = m->load < free ? m->load : free;
	/* who wants more than there is waits all the time; who does not, as long as others run first */
	double wait = m->load < free ? m->load * m->others / 2 : 1 - run;

	m->now_us += TICK_US;
	m->time.run_us += (uint64_t)(run * TICK_US);
	m->time.wait_us += (uint64_t)(wait * TICK_US);
	admission_measure(&m->a, 0, m->now_us, &m->time, m->load > 0);
	admission_measure(&m->a, 1, m->now_us, &(struct admission_time){ 0 }, false);
	if (m->load > m->worst)
		m->worst = m->load;
}

/* Viewers come, `per_tick` at a time, and are connected `late` ticks later; how many were let in. Each
 * takes `cost` of a core. */
static unsigned ramp(struct machine *m, unsigned ticks, unsigned per_tick, unsigned late,
		     double cost)
{
	unsigned in = 0, came[200] = { 0 };

	assert_true(ticks <= 200 && late < 200);
	for (unsigned i = 0; i < ticks; i++) {
		for (unsigned k = 0; k < per_tick; k++) {
			if (!admission_admits(&m->a, 0, ADMISSION_JOIN, VIEWER))
				continue;
			admission_expect(&m->a, 0, VIEWER);
			came[i]++;
			in++;
		}
		for (unsigned k = 0; i >= late && k < came[i - late]; k++) {
			admission_arrived(&m->a, 0, VIEWER);
			admission_stream(&m->a, 0, ADMISSION_AUDIO);
			admission_stream(&m->a, 0, ADMISSION_VIDEO);
			m->load += cost;
		}
		tick(m);
	}
	return in;
}

/* R58: a ramp to more than twice of what the worker can. */
static void test_a_ramp_ends_below_the_core(void **state)
{
	static const struct {
		unsigned per_tick, late;
		double cost;
	} ramps[] = {
		{ 5, 1, 0.0010 },  { 25, 1, 0.0010 },  { 50, 2, 0.0010 }, { 25, 20, 0.0010 },
		{ 25, 1, 0.0005 }, { 10, 1, 0.0020 },  { 5, 1, 0.0040 },  { 100, 1, 0.0010 },
		{ 25, 0, 0.0002 }, { 200, 8, 0.0012 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof ramps / sizeof *ramps; i++) {
		struct machine m;

		machine_start(&m, 85);
		unsigned in = ramp(&m, 200, ramps[i].per_tick, ramps[i].late, ramps[i].cost);

		print_message("%u a tick, %u ticks late, %.4f each: %u in, %.2f of a core\n",
			      ramps[i].per_tick, ramps[i].late, ramps[i].cost, in, m.load);
		assert_true(m.worst <= 0.93);
		assert_true(m.load >= 0.75 || in == 200 * ramps[i].per_tick);
		admission_fini(&m.a);
	}
}

static void test_a_storm_that_fits_is_let_in(void **state)
{
	struct machine m;

	(void)state;
	machine_start(&m, 85);
	assert_int_equal(ramp(&m, 4, 50, 1, 0.001), 200);
	admission_fini(&m.a);
}

static void test_it_recovers_when_they_have_gone(void **state)
{
	struct machine m;

	(void)state;
	machine_start(&m, 85);
	(void)ramp(&m, 100, 50, 1, 0.001);
	assert_false(admission_admits(&m.a, 0, ADMISSION_JOIN, 100 * VIEWER));
	m.load = 0;
	for (unsigned i = 0; i < 8; i++)
		tick(&m);
	assert_true(admission_admits(&m.a, 0, ADMISSION_JOIN, 100 * VIEWER));
	admission_fini(&m.a);
}

/* Others may take nearly all of the core: who needs little of it is not full. */
static void test_others_on_the_core_refuse_nobody(void **state)
{
	struct machine m;

	(void)state;
	machine_start(&m, 85);
	m.others = 0.7;
	m.load = 0.25;
	for (unsigned i = 0; i < 20; i++)
		tick(&m);
	assert_true(admission_admits(&m.a, 0, ADMISSION_JOIN, VIEWER));
	/* but one who needs most of what is left is */
	m.others = 0.35;
	m.load = 0.7;
	for (unsigned i = 0; i < 20; i++)
		tick(&m);
	assert_false(admission_admits(&m.a, 0, ADMISSION_JOIN, VIEWER));
	admission_fini(&m.a);
}

static void test_who_is_in_may_publish_a_little_longer(void **state)
{
	struct machine m;

	(void)state;
	machine_start(&m, 80);
	m.load = 0.82;
	for (unsigned i = 0; i < 10; i++)
		tick(&m);
	assert_false(admission_admits(&m.a, 0, ADMISSION_JOIN, ADMISSION_VIDEO));
	assert_true(admission_admits(&m.a, 0, ADMISSION_PUBLISH, ADMISSION_VIDEO));
	m.load = 0.95;
	for (unsigned i = 0; i < 10; i++)
		tick(&m);
	assert_false(admission_admits(&m.a, 0, ADMISSION_PUBLISH, ADMISSION_VIDEO));
	/* the other worker has nothing to do */
	assert_true(admission_admits(&m.a, 1, ADMISSION_JOIN, ADMISSION_VIDEO));
	admission_fini(&m.a);
}

static void test_without_a_limit_nobody_is_refused(void **state)
{
	struct machine m;

	(void)state;
	machine_start(&m, 0);
	m.load = 1.5;
	for (unsigned i = 0; i < 10; i++)
		tick(&m);
	assert_true(admission_admits(&m.a, 0, ADMISSION_JOIN, 1000 * 1000));
	admission_fini(&m.a);
}

static void test_who_does_not_come_costs_nothing(void **state)
{
	struct machine m;

	(void)state;
	machine_start(&m, 85);
	for (unsigned i = 0; i < 800; i++)
		admission_expect(&m.a, 0, VIEWER);
	assert_false(admission_admits(&m.a, 0, ADMISSION_JOIN, VIEWER));
	for (unsigned i = 0; i < 800; i++)
		admission_given_up(&m.a, 0, VIEWER);
	assert_true(admission_admits(&m.a, 0, ADMISSION_JOIN, VIEWER));
	admission_fini(&m.a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_ramp_ends_below_the_core),
		cmocka_unit_test(test_a_storm_that_fits_is_let_in),
		cmocka_unit_test(test_it_recovers_when_they_have_gone),
		cmocka_unit_test(test_others_on_the_core_refuse_nobody),
		cmocka_unit_test(test_who_is_in_may_publish_a_little_longer),
		cmocka_unit_test(test_without_a_limit_nobody_is_refused),
		cmocka_unit_test(test_who_does_not_come_costs_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
