/* SPDX-License-Identifier: Apache-2.0 */
/* What the server says about people: who speaks, and how well they are connected. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "check.h"

static void who_speaks(void **state)
{
	(void)state;
	struct sim *s = sim_new(31, &good);
	struct sim_client *a = sim_join(s, false), *b = sim_join(s, false);
	struct sim_track *ann = sim_publish(a, KIND_AUDIO, false);
	struct sim_track *bob = sim_publish(b, KIND_AUDIO, false);

	sim_run(s, 3 * SIM_S);
	assert_int_equal(a->spoken_count + b->spoken_count, 0); /* a quiet room is no news */

	uint64_t at = s->now;
	ann->level = 7; /* 0.45 of full */
	sim_run(s, 2 * SIM_S);
	assert_int_equal(a->spoken, 4); /* rounded up to eighths */
	assert_true(a->spoken_count <= 4);
	assert_int_equal(b->spoken_count, 0);
	uint64_t count = a->spoken_count;
	sim_run(s, 2 * SIM_S);
	assert_int_equal(a->spoken_count, count); /* no change, no message */

	/* two at once; never more often than every 400 ms */
	bob->level = 0;
	at = s->now;
	sim_run(s, 10 * SIM_S);
	assert_int_equal(b->spoken, 8);
	assert_true(b->spoken_at - at <= 2000 * SIM_MS);

	/* silence, as packets and as none at all (DTX); then a mute */
	ann->level = 50;
	bob->muted = true; /* the client just stops */
	at = s->now;
	sim_run(s, 3 * SIM_S);
	assert_int_equal(a->spoken, 0);
	assert_int_equal(b->spoken, 0);
	assert_true(a->spoken_at - at < 1300 * SIM_MS);
	assert_true(b->spoken_at - at < 1300 * SIM_MS);
	bob->muted = false;
	sim_run(s, 2 * SIM_S);
	assert_int_equal(b->spoken, 8);
	at = s->now;
	sim_mute(b, bob, true);
	sim_run(s, SIM_S);
	assert_int_equal(b->spoken, 0);
	assert_true(b->spoken_at - at <= 450 * SIM_MS);

	/* a knock is no speech: 100 ms loud */
	sim_mute(b, bob, false);
	bob->level = 60;
	sim_run(s, SIM_S);
	count = b->spoken_count;
	for (int i = 0; i < 10; i++) {
		bob->level = 3;
		sim_run(s, 100 * SIM_MS);
		bob->level = 60;
		sim_run(s, 700 * SIM_MS);
	}
	assert_int_equal(b->spoken_count, count);

	/* loudness that changes all the time: one message per window at the most */
	count = a->spoken_count;
	for (int i = 0; i < 100; i++) {
		ann->level = (uint8_t)(i * 7 % 40);
		sim_run(s, 100 * SIM_MS);
	}
	assert_in_range(a->spoken_count - count, 3, 26);
	sim_unpublish(a, ann);
	sim_run(s, SIM_S);
	assert_int_equal(a->spoken, 0);
	(void)sim_free(s);
}

/* Packets that `c` got of the track since the last call. */
static uint64_t got(struct sim_client *c, const struct sim_track *t, uint64_t *before)
{
	uint64_t packets = sim_stream(c, &t->sid)->packets, since = packets - *before;

	*before = packets;
	return since;
}

static void silence_is_not_passed_on(void **state)
{
	(void)state;
	struct sim *s = sim_new(34, &good);
	struct sim_client *a = sim_join(s, false), *b = sim_join(s, false);
	struct sim_track *ann = sim_publish(a, KIND_AUDIO, false);
	uint64_t before = 0, later = 0;

	ann->layers[0].timestamp = 0xd0000000; /* negative, as an int */
	ann->level = 30;
	sim_run(s, 3 * SIM_S);
	assert_true(got(b, ann, &before) > 100);

	/* without pauses it is: to a decoder its end would be a loss */
	ann->level = 127;
	sim_run(s, 3 * SIM_S);
	assert_in_range(got(b, ann, &before), 145, 155);

	/* and so is a pause between two words */
	ann->level = 30;
	sim_run(s, SIM_S);
	ann->level = 127;
	ann->dtx = true;
	(void)got(b, ann, &before);
	sim_run(s, SIM_S);
	assert_in_range(got(b, ann, &before), 2, 4);
	sim_run(s, 5 * SIM_S);
	assert_in_range(got(b, ann, &before), 0, 1);
	sim_run(s, 5 * SIM_S);
	assert_int_equal(got(b, ann, &before), 0);

	/* who comes now sees that there is a track, and no more */
	struct sim_client *c = sim_join(s, false);
	sim_run(s, 3 * SIM_S);
	assert_int_equal(got(c, ann, &later), 1);

	/* the first word is heard, and nothing seems to be missing before it */
	ann->level = 30;
	sim_run(s, SIM_S);
	assert_in_range(got(b, ann, &before), 48, 52);
	assert_in_range(got(c, ann, &later), 48, 52);
	for (int i = 0; i < 2; i++) {
		struct sim_stream *heard = sim_stream(i ? c : b, &ann->sid);

		assert_int_equal(heard->up.highest - heard->up.base + 1, heard->packets);
		assert_int_equal(heard->wrong, 0);
		assert_int_equal(heard->backwards, 0);
	}

	/* softly is not silent */
	ann->level = 126;
	sim_run(s, 3 * SIM_S);
	(void)got(b, ann, &before);
	sim_run(s, SIM_S);
	assert_in_range(got(b, ann, &before), 48, 52);
	(void)sim_free(s);
}

static void many_speak_at_once(void **state)
{
	(void)state;
	struct sim *s = sim_new(32, &good);
	enum { PEOPLE = 7 };
	struct sim_client *c[PEOPLE];

	for (int i = 0; i < PEOPLE; i++) {
		c[i] = sim_join(s, false);
		struct sim_track *t = sim_publish(c[i], KIND_AUDIO, false);
		t->level = (uint8_t)(10 + i);
	}
	sim_run(s, 4 * SIM_S);
	for (int i = 0; i < PEOPLE; i++)
		assert_true(c[i]->spoken > 0);
	sim_leave(c[0]); /* in the middle of a word: the others go on */
	c[1]->tracks[0].level = 60;
	sim_run(s, 3 * SIM_S);
	assert_int_equal(c[1]->spoken, 0);
	assert_true(c[2]->spoken > 0);
	(void)sim_free(s);
}

static int connection_over(uint32_t loss_ppm, uint64_t delay_us)
{
	struct simlink_config link = { .delay_us = delay_us, .loss_ppm = loss_ppm };
	struct sim *s = sim_new(33, &good);
	struct sim_client *a = sim_join(s, false), *b = sim_join(s, false);

	(void)sim_publish(a, KIND_VIDEO, true);
	(void)sim_publish(a, KIND_AUDIO, false);
	sim_run(s, 6 * SIM_S);
	assert_int_equal(a->connection, CONNECTION_EXCELLENT);
	assert_int_equal(b->connection, CONNECTION_EXCELLENT);
	sim_set_link(b, TARGET_SUBSCRIBER, false, &link);
	sim_run(s, 16 * SIM_S);
	assert_int_equal(a->connection, CONNECTION_EXCELLENT); /* hers is not his */
	assert_int_equal(a->connection_count, 1);
	assert_true(b->connection_count <= 3); /* on change */
	int found = b->connection;
	/* and back */
	sim_set_link(b, TARGET_SUBSCRIBER, false, &good);
	sim_run(s, 16 * SIM_S);
	assert_int_equal(b->connection, CONNECTION_EXCELLENT);

	/* the other way */
	sim_set_link(a, TARGET_PUBLISHER, true, &link);
	sim_run(s, 11 * SIM_S);
	if (loss_ppm)
		assert_int_equal(a->connection, found);
	(void)sim_free(s);
	return found;
}

static void how_well_connected(void **state)
{
	(void)state;
	assert_int_equal(connection_over(10000, 15000), CONNECTION_EXCELLENT);
	assert_int_equal(connection_over(100000, 15000), CONNECTION_GOOD);
	assert_int_equal(connection_over(250000, 15000), CONNECTION_POOR);
	assert_int_equal(connection_over(0, 600000), CONNECTION_GOOD);
}

static void a_dead_connection_is_lost_late(void **state)
{
	(void)state;
	struct sim *s = sim_new(34, &good);
	struct sim_client *a = sim_join(s, false), *b = sim_join(s, false);

	(void)sim_publish(a, KIND_AUDIO, false);
	sim_run(s, 6 * SIM_S);
	b->sub.cut = true;
	sim_run(s, 9 * SIM_S);
	assert_int_not_equal(b->connection, CONNECTION_LOST);
	sim_run(s, 8 * SIM_S);
	assert_int_equal(b->connection, CONNECTION_LOST);
	b->sub.cut = false;
	sim_run(s, 12 * SIM_S);
	assert_int_not_equal(b->connection, CONNECTION_LOST);
	assert_int_equal(a->connection, CONNECTION_EXCELLENT);
	(void)sim_free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(who_speaks),
		cmocka_unit_test(silence_is_not_passed_on),
		cmocka_unit_test(many_speak_at_once),
		cmocka_unit_test(how_well_connected),
		cmocka_unit_test(a_dead_connection_is_lost_late),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
