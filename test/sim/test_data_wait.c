/* SPDX-License-Identifier: Apache-2.0 */
/* Data that cannot go at once: slow receivers, whoever is not there yet, and senders of too much. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "data_case.h"
#include "media/sfu/participant.h"
#include "media/sfu/sfu.h"

/* Sends numbered packets of 60 KB, as fast as the connection takes them; the numbers from *next on, below `end`. */
static void pump(struct sim_client *c, unsigned *next, unsigned end, uint64_t us)
{
	static uint8_t bytes[60000];

	for (uint64_t stop = c->sim->now + us; c->sim->now < stop; sim_run(c->sim, 10 * SIM_MS)) {
		for (; *next < end; (*next)++) {
			fill_packet(bytes, sizeof bytes, *next);
			if (sim_send_data(c, false, bytes, sizeof bytes) < 0)
				break;
		}
	}
}

/* Of the packets that are still kept: whole, and in order up to the last. */
static void assert_numbered(const struct sim_client *c, unsigned count)
{
	static uint8_t bytes[60000];

	assert_int_equal(c->got_count, count);
	for (unsigned i = count > 64 ? count - 64 : 0; i < count; i++) {
		const struct sim_data *got = &c->got[i % 64];

		fill_packet(bytes, sizeof bytes, i);
		assert_int_equal(got->length, sizeof bytes + 5 + 3 + 15);
		assert_memory_equal(got->bytes, bytes, sizeof got->bytes);
	}
}

static struct participant *inside_of(const struct sim_client *c)
{
	struct participant *p = sfu_find_participant(engine_sfu(c->sim->engine), &c->sid);

	assert_non_null(p);
	return p;
}

/* A file for a slow receiver arrives whole, at its pace, and the sender waits; another's short words come in between. */
static void a_slow_receiver_gets_everything(void **state)
{
	const struct simlink_config slow = { .delay_us = 30 * SIM_MS,
					     .rate_bps = 4 * 1000 * 1000,
					     .queue_bytes = 64 * 1024,
					     .loss_ppm = 2000 };
	static uint8_t bytes[60000];
	unsigned next = 0;

	(void)state;
	struct sim *s = sim_new_dtls(41, &good);
	struct sim_client *ann = enter_as_usual(s, "ann"), *bob = enter_as_usual(s, "bob"),
			  *eve = enter_as_usual(s, "eve");

	sim_run(s, 3 * SIM_S);
	sim_set_link(bob, TARGET_SUBSCRIBER, false, &slow);
	pump(ann, &next, 80, 2 * SIM_S); /* 4.8 MB: 10 s of this link */
	assert_in_range(bob->got_count, 8, 20);
	/* 1 MiB is kept at each end of ann's connection, half of one for bob */
	assert_in_range(next, 40, 60);
	assert_true(channels_buffered(&inside_of(bob)->subscriber.leg.data) <
		    LIMIT_DATA_QUEUE + LIMIT_DATA_PACKET + 1024);
	assert_int_equal(sim_send_data(ann, true, "\x52\x01l", 3), 0); /* lossy ones do not wait */
	size_t before = eve->got_count;
	assert_int_equal(sim_send_data(eve, false, "\x52\x01\x65", 3), 0); /* her turn comes */
	sim_run(s, 3 * SIM_S);
	assert_true(eve->got_count > before);
	pump(ann, &next, 80, 14 * SIM_S);
	assert_int_equal(next, 80);
	assert_int_equal(bob->got_count, 81);
	assert_string_equal(bob->failed, "");
	assert_int_equal(ann->got_count, 1);

	/* the last 64, hers among them or before */
	unsigned number = 80;
	for (size_t i = bob->got_count; i-- > bob->got_count - 64;) {
		const struct sim_data *got = &bob->got[i % 64];

		if (got->length < 100)
			continue;
		fill_packet(bytes, sizeof bytes, --number);
		assert_memory_equal(got->bytes, bytes, sizeof got->bytes);
	}
	assert_int_equal(drops(s, DROP_DATA_RATE) + drops(s, DROP_DATA_OLD), 0);
	(void)sim_free(s);
}

/*
 * It takes nothing any more: at most LIMIT_DATA_QUEUE waits for it, and ten seconds later the others get what was held up
 * for it, and its session ends with the reason.
 */
static void who_takes_nothing_is_not_waited_for_without_end(void **state)
{
	unsigned next = 0;

	(void)state;
	struct sim *s = sim_new_dtls(34, &good);
	struct sim_client *ann = enter_as_usual(s, "ann"), *bob = enter_as_usual(s, "bob"),
			  *eve = enter_as_usual(s, "eve");

	sim_run(s, 3 * SIM_S);
	bob->sub.cut = true;
	pump(ann, &next, 60, 8 * SIM_S);
	assert_in_range(eve->got_count, 8, 10);
	assert_string_equal(bob->failed, "");
	pump(ann, &next, 60, 6 * SIM_S);
	assert_numbered(eve, 60);
	assert_non_null(strstr(bob->failed, "too slowly"));
	assert_int_equal(bob->got_count, 0);
	assert_int_equal(drops(s, DROP_DATA_FULL), 0);
	(void)sim_free(s);
}

/* The same when it leaves, at once; and a sender that leaves takes its place in the queue along. */
static void who_leaves_is_not_waited_for(void **state)
{
	unsigned next = 0, other = 0;

	(void)state;
	struct sim *s = sim_new_dtls(35, &good);
	struct sim_client *ann = enter_as_usual(s, "ann"), *bob = enter_as_usual(s, "bob"),
			  *eve = enter_as_usual(s, "eve"), *cem = enter_as_usual(s, "cem");

	sim_run(s, 3 * SIM_S);
	bob->sub.cut = true;
	pump(ann, &next, 40, 2 * SIM_S);
	pump(cem, &other, 40, 2 * SIM_S);
	assert_true(inside_of(ann)->data_wait.again_at && inside_of(cem)->data_wait.again_at);
	sim_leave(cem);
	sim_leave(bob);
	size_t before = eve->got_count;
	pump(ann, &next, 40, 2 * SIM_S);
	assert_int_equal(eve->got_count, before + 40 - 9);
	assert_int_equal(inside_of(ann)->data_wait.again_at, 0);
	(void)sim_free(s);
}

/* Who is not up yet is waited for, five seconds: then the others go on, and it gets what is young enough. */
static void who_has_just_come_is_waited_for_a_little(void **state)
{
	unsigned next = 0;

	(void)state;
	struct sim *s = sim_new_dtls(36, &good);
	struct sim_client *ann = enter_as_usual(s, "ann"), *eve = enter_as_usual(s, "eve");

	sim_run(s, 3 * SIM_S);
	struct sim_client *bob = enter_as_usual(s, "bob");
	bob->sub.cut = true;
	pump(ann, &next, 60, 4 * SIM_S);
	assert_in_range(eve->got_count, 8, 10);
	pump(ann, &next, 60, 3 * SIM_S);
	assert_numbered(eve, 60);
	assert_string_equal(bob->failed, "");
	bob->sub.cut = false;
	sim_run(s, 10 * SIM_S);
	SEND(ann, "\x52\x01x");
	sim_run(s, SIM_S);
	assert_true(bob->got_count > 0);
	assert_memory_equal(bob->got[(bob->got_count - 1) % 64].bytes, "\x52\x01x", 3);
	assert_int_equal(inside_of(bob)->data_wait.slow_since, 0);
	assert_string_equal(bob->failed, "");
	(void)sim_free(s);
}

/* As much as waits for anybody, so that a file of which the beginning was kept does not lack its end. */
static void who_has_just_come_gets_what_was_sent_meanwhile(void **state)
{
	static uint8_t bytes[60000];

	(void)state;
	struct sim *s = sim_new_dtls(35, &good);
	struct sim_client *ann = enter_as_usual(s, "ann");

	sim_run(s, 3 * SIM_S);
	struct sim_client *bob = enter_as_usual(s, "bob");
	bob->sub.cut = true; /* his channel takes its time */
	SEND(ann, "\x52\x01x");
	assert_int_equal(sim_send_data(ann, true, "\x52\x01y", 3), 0); /* nobody waits for this */
	for (unsigned i = 0; i < 8; i++) {
		fill_packet(bytes, sizeof bytes, i);
		assert_int_equal(sim_send_data(ann, false, bytes, sizeof bytes), 0);
	}
	SEND(ann, "\x52\x01z");
	sim_run(s, 2 * SIM_S);
	assert_int_equal(bob->got_count, 0);
	bob->sub.cut = false;
	sim_run(s, 6 * SIM_S);
	assert_int_equal(bob->got_count, 10);
	assert_memory_equal(bob->got[0].bytes, "\x52\x01x", 3);
	assert_memory_equal(bob->got[9].bytes, "\x52\x01z", 3);
	assert_int_equal(drops(s, DROP_DATA_FULL), 1);
	(void)sim_free(s);
}

/* What the sender of data has had carried, as if it had sent that much. */
static struct data_rate *rate_of(const struct sim_client *c, int64_t spent)
{
	struct participant *p = sfu_find_participant(engine_sfu(c->sim->engine), &c->sid);

	assert_non_null(p);
	p->data_rate.at = c->sim->now;
	p->data_rate.spent = spent;
	return &p->data_rate;
}

/* A sender that has used up what it may waits, for as long as its rate takes, and nothing is lost: so a file arrives. */
static void who_sends_too_much_waits(void **state)
{
	static uint8_t bytes[60000];

	(void)state;
	struct sim *s = sim_new_dtls(37, &good);
	struct sim_client *ann = enter_as_usual(s, "ann"), *bob = enter_as_usual(s, "bob"),
			  *eve = enter_as_usual(s, "eve");

	sim_run(s, 3 * SIM_S);
	fill_packet(bytes, sizeof bytes, 0);
	assert_int_equal(sim_send_data(ann, false, bytes, sizeof bytes), 0);
	sim_run(s, SIM_S);
	assert_int_equal(bob->got_count, 1);

	/* 25 MB too much: half a second, from when it is told; what is on its way then is taken */
	(void)rate_of(ann, LIMIT_DATA_BURST + LIMIT_DATA_RATE / 2);
	SEND(ann, "\x52\x01x");
	sim_run(s, 100 * SIM_MS);
	assert_int_equal(bob->got_count, 2);
	for (unsigned i = 0; i < 15; i++)
		assert_int_equal(sim_send_data(ann, false, bytes, sizeof bytes), 0);
	SEND(bob, "\x52\x01y"); /* bob may */
	sim_run(s, 250 * SIM_MS);
	assert_int_equal(bob->got_count, 2);
	assert_int_equal(eve->got_count, 3);
	sim_run(s, 3 * SIM_S);
	assert_int_equal(bob->got_count, 2 + 15);
	assert_int_equal(eve->got_count, 3 + 15);
	assert_int_equal(drops(s, DROP_DATA_RATE) + drops(s, DROP_DATA_FULL), 0);
	assert_int_equal(rate_of(ann, 0)->wake_at, 0); /* nobody looks at it any more */

	/* who does not heed the window loses what it sends, and only that */
	(void)rate_of(ann, 3 * (int64_t)LIMIT_DATA_BURST);
	SEND(ann, "\x52\x01z");
	SEND(bob, "\x52\x01z");
	sim_run(s, 100 * SIM_MS);
	assert_int_equal(drops(s, DROP_DATA_RATE), 1);
	assert_int_equal(eve->got_count, 3 + 15 + 1);
	(void)sim_free(s);
}

/* Whoever sends much leaves half of what may wait for a slow receiver to the others. */
static void a_flood_leaves_room_for_others(void **state)
{
	static uint8_t bytes[1000];

	(void)state;
	struct sim *s = sim_new_dtls(38, &good);
	struct sim_client *ann = enter_as_usual(s, "ann"), *bob = enter_as_usual(s, "bob"),
			  *eve = enter_as_usual(s, "eve");

	sim_run(s, 3 * SIM_S);
	bob->sub.cut = true;
	fill_packet(bytes, sizeof bytes, 0);
	(void)rate_of(ann, LIMIT_DATA_BURST * (int64_t)3 / 4);
	for (unsigned i = 0; i < 200; i++)
		assert_int_equal(sim_send_data(ann, true, bytes, sizeof bytes), 0);
	sim_run(s, 200 * SIM_MS);
	uint64_t flood = drops(s, DROP_DATA_FULL);

	assert_in_range(flood, 80, 260); /* about 60 wait for bob, and for eve at first */
	for (unsigned i = 0; i < 40; i++)
		assert_int_equal(sim_send_data(eve, true, bytes, sizeof bytes), 0);
	sim_run(s, 100 * SIM_MS);
	assert_int_equal(drops(s, DROP_DATA_FULL), flood);
	(void)sim_free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_slow_receiver_gets_everything),
		cmocka_unit_test(who_takes_nothing_is_not_waited_for_without_end),
		cmocka_unit_test(who_leaves_is_not_waited_for),
		cmocka_unit_test(who_has_just_come_is_waited_for_a_little),
		cmocka_unit_test(who_has_just_come_gets_what_was_sent_meanwhile),
		cmocka_unit_test(who_sends_too_much_waits),
		cmocka_unit_test(a_flood_leaves_room_for_others),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
