/* SPDX-License-Identifier: Apache-2.0 */
/* The table of a ring: every state × event, who wins, and how it ends. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "control/calls/ring.h"

static void make(struct ring *r, struct ring_leg *legs, size_t n, bool team)
{
	static const char *const names[] = { "bob", "cleo", "dora" };

	memset(legs, 0, n * sizeof *legs);
	for (size_t i = 0; i < n; i++)
		strcpy(legs[i].user_id, names[i]);
	*r = (struct ring){ .team = team, .legs = legs, .leg_count = n };
}

/* Every cell: a ringing leg goes where the event says, every other state is final. */
static void test_every_cell(void **state)
{
	static const enum leg_state to[LEG_EVENTS] = { LEG_ACCEPTED, LEG_REJECTED, LEG_BUSY,
						       LEG_MISSED,   LEG_MISSED,   LEG_STOPPED };

	(void)state;
	for (int s = 0; s < LEG_STATES; s++)
		for (int e = 0; e < LEG_EVENTS; e++)
			assert_int_equal(leg_next((enum leg_state)s, (enum leg_event)e),
					 s == LEG_RINGING ? to[e] : (enum leg_state)s);
}

static void test_one_device_wins(void **state)
{
	struct ring_leg legs[2];
	struct ring r;

	(void)state;
	make(&r, legs, 2, false);
	assert_int_equal(ring_accept(&r, "nobody", "p"), RING_STRANGER);
	assert_int_equal(ring_accept(&r, "bob", "p"), RING_CHANGED);
	assert_int_equal(ring_accept(&r, "bob", "q"), RING_TAKEN);
	assert_int_equal(ring_accept(&r, "bob", "p"), RING_SAME);
	assert_int_equal(ring_accept(&r, "bob", ""), RING_TAKEN);
	/* A group: the other may come, too. */
	assert_true(ring_is_ringing(&r, "cleo"));
	assert_int_equal(ring_accept(&r, "cleo", ""), RING_CHANGED);
	assert_int_equal(ring_accept(&r, "cleo", ""), RING_TAKEN);
	assert_int_equal(ring_cancel(&r), RING_OVER);
	assert_int_equal(r.outcome, OUTCOME_ACCEPTED);
	assert_int_equal(ring_end(&r), RING_CHANGED);
	assert_int_equal(ring_end(&r), RING_OVER);
	assert_int_equal(r.outcome, OUTCOME_ACCEPTED);
}

static void test_a_team_has_one_winner(void **state)
{
	struct ring_leg legs[3];
	struct ring r;

	(void)state;
	make(&r, legs, 3, true);
	assert_int_equal(ring_reject(&r, "cleo", false), RING_CHANGED);
	assert_int_equal(ring_accept(&r, "dora", "x"), RING_CHANGED);
	assert_int_equal(ring_accept(&r, "bob", "y"), RING_TAKEN);
	assert_int_equal(ring_accept(&r, "cleo", "z"), RING_OVER);
	assert_int_equal(legs[0].state, LEG_STOPPED);
	assert_int_equal(legs[1].state, LEG_REJECTED);
	assert_false(ring_is_ringing(&r, NULL));
}

static void test_outcomes(void **state)
{
	struct ring_leg legs[2];
	struct ring r;

	(void)state;
	make(&r, legs, 2, false);
	(void)ring_reject(&r, "bob", true);
	assert_int_equal(r.state, RING_RINGING);
	(void)ring_reject(&r, "cleo", true);
	assert_int_equal(r.outcome, OUTCOME_BUSY);
	make(&r, legs, 2, false);
	(void)ring_reject(&r, "bob", true);
	(void)ring_reject(&r, "cleo", false);
	assert_int_equal(r.outcome, OUTCOME_DECLINED);
	make(&r, legs, 2, false);
	(void)ring_reject(&r, "bob", false);
	assert_int_equal(ring_timeout(&r), RING_CHANGED);
	assert_int_equal(r.outcome, OUTCOME_MISSED);
	make(&r, legs, 2, true);
	assert_int_equal(ring_cancel(&r), RING_CHANGED);
	assert_int_equal(r.outcome, OUTCOME_CANCELLED);
	for (int i = 0; i < 2; i++) { /* and nothing changes it */
		assert_int_equal(ring_accept(&r, "bob", "p"), RING_OVER);
		assert_int_equal(ring_reject(&r, "bob", false), RING_OVER);
		assert_int_equal(ring_timeout(&r), RING_OVER);
		assert_int_equal(r.state, RING_ENDED);
		assert_int_equal(r.outcome, OUTCOME_CANCELLED);
	}
}

/* Answered in a group: who still rings misses it, the answer stays. */
static void test_the_others_time_out(void **state)
{
	struct ring_leg legs[2];
	struct ring r;

	(void)state;
	make(&r, legs, 2, false);
	(void)ring_accept(&r, "bob", "p");
	assert_int_equal(ring_timeout(&r), RING_CHANGED);
	assert_int_equal(legs[0].state, LEG_ACCEPTED);
	assert_int_equal(legs[1].state, LEG_MISSED);
	assert_int_equal(r.state, RING_ACCEPTED);
	assert_int_equal(ring_timeout(&r), RING_OVER);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_cell),
		cmocka_unit_test(test_one_device_wins),
		cmocka_unit_test(test_a_team_has_one_winner),
		cmocka_unit_test(test_outcomes),
		cmocka_unit_test(test_the_others_time_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
