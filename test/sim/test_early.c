/* SPDX-License-Identifier: Apache-2.0 */
/* What is handed in while much is on its way out: sound overtakes, nothing is lost, late or garbled, whatever
 * happens meanwhile. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "check.h"
#include "media/sfu/sfu.h"

enum { PEOPLE = 6 };

struct meeting {
	struct sim *s;
	struct sim_client *people[PEOPLE];
	struct sim_track *audio[PEOPLE], *video[PEOPLE];
};

static struct meeting meet(uint64_t seed, const struct simlink_config *link, bool red)
{
	struct meeting m = { .s = sim_new(seed, link) };

	m.s->early = true;
	for (int i = 0; i < PEOPLE; i++) {
		m.people[i] = sim_join(m.s, false);
		m.audio[i] = sim_publish(m.people[i], KIND_AUDIO, false);
		m.audio[i]->red = red;
		m.video[i] = sim_publish(m.people[i], KIND_VIDEO, true);
		sim_run(m.s, 100 * SIM_MS);
	}
	sim_run(m.s, 2 * SIM_S);
	return m;
}

static void check(const struct meeting *m, int from, int to)
{
	struct sim_stream *a = must_have(m->people[to], m->audio[from]);
	struct sim_stream *v = must_have(m->people[to], m->video[from]);

	assert_int_equal(a->wrong + v->wrong, 0);
	assert_int_equal(a->backwards + v->backwards, 0);
	assert_int_equal(unaccounted(a), 0);
	assert_int_equal(unaccounted(v), 0);
	assert_int_equal(decoder_picture_gaps(&v->decoder), 0);
}

static void everybody_gets_everything(void **state)
{
	(void)state;
	static const bool red[] = { false, true };

	for (size_t i = 0; i < 2; i++) {
		struct meeting m = meet(50 + i, &good, red[i]);

		sim_run(m.s, 5 * SIM_S);
		for (int from = 0; from < PEOPLE; from++)
			for (int to = 0; to < PEOPLE; to++)
				if (from != to)
					check(&m, from, to);
		print_message("%llu of %llu datagrams were taken early\n",
			      (unsigned long long)m.s->took_early,
			      (unsigned long long)m.s->datagrams);
		assert_true(m.s->took_early > 500);
		(void)sim_free(m.s);
	}
}

static void over_lossy_links(void **state)
{
	(void)state;
	struct meeting m = meet(60, &lossy, false);

	sim_run(m.s, 8 * SIM_S);
	for (int from = 0; from < PEOPLE; from++)
		for (int to = 0; to < PEOPLE; to++)
			if (from != to)
				assert_int_equal(must_have(m.people[to], m.audio[from])->wrong, 0);
	(void)sim_free(m.s);
}

/* People, tracks and layers come and go while sound overtakes. */
static void while_people_come_and_go(void **state)
{
	(void)state;
	struct meeting m = meet(70, &good, false);
	uint64_t before = m.s->took_early;

	for (int i = 1; i < 3; i++) {
		sim_mute(m.people[i], m.audio[i], true);
		sim_run(m.s, 200 * SIM_MS);
		sim_mute(m.people[i], m.audio[i], false);
		sim_run(m.s, 300 * SIM_MS);
		sim_leave(m.people[i]);
		sim_run(m.s, 50 * SIM_MS);
		m.people[i] = sim_join(m.s, false);
		m.audio[i] = sim_publish(m.people[i], KIND_AUDIO, false);
		m.video[i] = sim_publish(m.people[i], KIND_VIDEO, true);
		sim_run(m.s, 2 * SIM_S);
		check(&m, i, 0);
		check(&m, 0, i);
	}
	assert_true(m.s->took_early > before);
	(void)sim_free(m.s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(everybody_gets_everything),
		cmocka_unit_test(over_lossy_links),
		cmocka_unit_test(while_people_come_and_go),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
