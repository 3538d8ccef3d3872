/* SPDX-License-Identifier: Apache-2.0 */
/* When a camera's packets leave, by a clock of the test's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "cli/load/load.h"

enum {
	BPS = 1500 * 1000,
	PACKET = 1000,
	BURST = 19 /* 40 ms at 2.5 times that, and the packet that goes beyond */
};

static unsigned sent;

uint32_t load_source_send(struct load_frame *f)
{
	f->next++;
	sent++;
	return PACKET;
}

uint32_t load_source_bps(const struct load_source *s)
{
	(void)s;
	return BPS;
}

static unsigned sent_at(struct load_participant *p, uint64_t ms)
{
	sent = 0;
	p->load->now = 1000000 + ms * 1000;
	load_pace_tick(p);
	return sent;
}

static void a_frame_leaves_at_once(void **state)
{
	struct load l = { 0 };
	struct load_participant p = { .load = &l, .source_count = 1 };

	(void)state;
	for (unsigned i = 0; i < 30; i++) {
		load_pace_add(&p.pace, &(struct load_frame){ .count = 6 });
		assert_int_equal(sent_at(&p, i * 33), 6);
	}
}

static void a_key_frame_leaves_in_parts(void **state)
{
	struct load l = { 0 };
	struct load_participant p = { .load = &l, .source_count = 1 };

	(void)state;
	load_pace_add(&p.pace, &(struct load_frame){ .count = 48 });
	assert_int_equal(sent_at(&p, 0), BURST);
	assert_int_equal(sent_at(&p, 19), 0);
	assert_in_range(sent_at(&p, 20), 9, 10);		    /* 20 ms at 3.75 Mbit/s: 9.4 */
	load_pace_add(&p.pace, &(struct load_frame){ .count = 6 }); /* it waits behind */
	assert_int_equal(sent_at(&p, 33), 0);
	assert_in_range(sent_at(&p, 40), 9, 10);
	assert_in_range(sent_at(&p, 60), 9, 10);
	assert_in_range(sent_at(&p, 80), 6, 8);
	assert_int_equal(sent_at(&p, 100), 0);
	assert_int_equal(p.pace.count, 0);
}

static void nothing_is_lost_when_too_much_waits(void **state)
{
	struct load l = { .now = 1000000 };
	struct load_participant p = { .load = &l, .source_count = 1 };

	(void)state;
	sent = 0;
	for (unsigned i = 0; i < LOAD_FRAMES + 1; i++)
		load_pace_add(&p.pace, &(struct load_frame){ .count = 2 });
	assert_int_equal(sent, 2);
	assert_int_equal(p.pace.count, LOAD_FRAMES);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_frame_leaves_at_once),
		cmocka_unit_test(a_key_frame_leaves_in_parts),
		cmocka_unit_test(nothing_is_lost_when_too_much_waits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
