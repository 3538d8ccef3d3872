/* SPDX-License-Identifier: Apache-2.0 */
/* Data packets through the engine: who gets what, in whose name, over good and bad links. */
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

static void assert_got(const struct sim_client *c, size_t i, const void *bytes, size_t n)
{
	assert_true(c->got_count > i);
	assert_int_equal(c->got[i].length, n);
	assert_memory_equal(c->got[i].bytes, bytes, n);
}

static void packets_go_to_whom_they_are_for(void **state)
{
	(void)state;
	struct sim *s = sim_new_dtls(31, &good);
	struct sim_client *ann = enter_as_usual(s, "ann"), *bob = enter_as_usual(s, "bob"),
			  *eve = enter_as_usual(s, "eve");

	sim_run(s, 3 * SIM_S);
	assert_string_equal(ann->failed, "");
	SEND(ann, "\x52\x01x\x22\x03"
		  "eve"); /* says it were eve */
	SEND(ann, "\x52\x01y\x2a\x03"
		  "bob");
	assert_int_equal(sim_send_data(bob, true, "\x52\x01z", 3), 0);
	sim_run(s, SIM_S);

	char expected[64];
	int n = snprintf(expected, sizeof expected, "\x52\x01x\x22\x03%s\x8a\x01\x0e%s", "ann",
			 ann->sid.text);
	assert_int_equal(strlen(ann->sid.text), 15);
	expected[10] = 15;
	assert_int_equal(eve->got_count, 2);
	assert_got(eve, 0, expected, (size_t)n);
	assert_got(bob, 0, expected, (size_t)n);
	assert_int_equal(bob->got_count, 2);
	assert_memory_equal(bob->got[1].bytes, "\x52\x01y", 3);
	assert_int_equal(ann->got_count, 1);
	assert_true(ann->got[0].lossy && !bob->got[0].lossy);
	assert_memory_equal(ann->got[0].bytes, "\x08\x01\x52\x01z", 5);
	assert_int_equal(engine_sfu(s->engine)->received_data, 3);
	assert_int_equal(engine_sfu(s->engine)->forwarded_data, 5);

	/* Duplicates of reliable packets, by their sequence; malformed ones. */
	SEND(ann, "\x52\x01p\x80\x01\x05");
	SEND(ann, "\x52\x01q\x80\x01\x05");
	SEND(ann, "\x52\x01r\x80\x01\x06");
	SEND(ann, "\x52\x05r");
	sim_run(s, SIM_S);
	assert_int_equal(bob->got_count, 4);
	assert_memory_equal(bob->got[3].bytes, "\x52\x01r", 3);
	assert_int_equal(drops(s, DROP_DATA_OLD), 1);
	assert_int_equal(drops(s, DROP_DATA_PACKET), 1);

	sim_leave(eve);
	SEND(ann, "\x52\x01s");
	sim_run(s, SIM_S);
	assert_int_equal(bob->got_count, 5);
	assert_int_equal(drops(s, DROP_DATA), 0);
	(void)sim_free(s);
}

static void rights_count_for_each_packet(void **state)
{
	(void)state;
	struct sim *s = sim_new_dtls(32, &good);
	struct sim_client *mute = enter(s, "mute", (struct plane_join){ .can_publish = true });
	struct sim_client *ghost = enter(s, "ghost",
					 (struct plane_join){ .can_publish = true,
							      .can_publish_data = true,
							      .hidden = true });
	struct sim_client *bob = enter_as_usual(s, "bob");

	sim_run(s, 3 * SIM_S);
	SEND(mute, "\x52\x01x");
	SEND(ghost, "\x52\x01y\x22\x03"
		    "bob\x8a\x01\x01p");
	sim_run(s, SIM_S);
	assert_int_equal(bob->got_count, 1);
	assert_got(bob, 0, "\x52\x01y", 3);
	assert_int_equal(mute->got_count, 1);
	assert_int_equal(drops(s, DROP_DATA_RIGHTS), 1);
	(void)sim_free(s);
}

static void long_packets_survive_bad_links(void **state)
{
	static uint8_t bytes[60000];
	const struct simlink_config bad = { .delay_us = 20000,
					    .jitter_us = 3000,
					    .loss_ppm = 30000 };

	(void)state;
	struct sim *s = sim_new_dtls(33, &good);
	struct sim_client *ann = enter_as_usual(s, "ann"), *bob = enter_as_usual(s, "bob");

	sim_run(s, 3 * SIM_S);
	for (int up = 0; up < 2; up++) {
		sim_set_link(ann, TARGET_PUBLISHER, up, &bad);
		sim_set_link(bob, TARGET_SUBSCRIBER, up, &bad);
	}
	for (unsigned i = 0; i < 12; i++) {
		fill_packet(bytes, sizeof bytes, i);
		assert_int_equal(sim_send_data(ann, false, bytes, sizeof bytes), 0);
		for (int k = 0; k < 40; k++) /* lossy ones in between, whatever becomes of them */
			assert_int_equal(sim_send_data(ann, true, "\x52\x01x", 3), 0);
		sim_run(s, 2 * SIM_S);
	}
	sim_run(s, 20 * SIM_S);

	unsigned reliable = 0;
	assert_in_range(bob->got_count, 12 + 380, 12 + 475);
	for (size_t i = 0; i < 64 && i < bob->got_count; i++)
		reliable += !bob->got[i].lossy;
	assert_true(reliable >= 1);
	struct sim_data *last = NULL;
	for (size_t i = bob->got_count - 64; i < bob->got_count; i++)
		if (!bob->got[i % 64].lossy)
			last = &bob->got[i % 64];
	assert_non_null(last);
	fill_packet(bytes, sizeof bytes, 11);
	assert_int_equal(last->length, sizeof bytes + 5 + 3 + 15);
	assert_memory_equal(last->bytes, bytes, sizeof last->bytes);
	assert_int_equal(engine_sfu(s->engine)->ended_data, 0);
	assert_int_equal(drops(s, DROP_DATA_FULL), 0);
	(void)sim_free(s);
}

static void command(struct sim_client *c, enum plane_cmd_type type, const char *track, bool on,
		    uint16_t handle)
{
	struct plane_cmd cmd = { .type = type,
				 .participant = c->sid,
				 .on = on,
				 .data_track = { handle, (uint16_t)(handle + 0x100) } };

	(void)snprintf(cmd.track.text, sizeof cmd.track.text, "%s", track);
	sim_cmd(c->sim, &cmd);
}

/* Packets of data tracks go to those who subscribed, under the room's handle, and to nobody else. */
static void data_tracks_go_to_who_asked(void **state)
{
	(void)state;
	struct sim *s = sim_new_dtls(36, &good);
	struct sim_client *ann = enter_as_usual(s, "ann"), *bob = enter_as_usual(s, "bob"),
			  *eve = enter_as_usual(s, "eve");
	uint8_t packet[] = { 0x18, 0, 0, 5, 0, 1, 0, 2, 0, 0, 0, 9, 'h', 'i' };
	static const uint8_t strange[][12] = {
		{ 0x18, 0, 0, 6 }, /* not published */
		{ 0x18, 0, 0, 0 }, /* no handle */
		{ 0x38, 0, 0, 5 }, /* version 1 */
		{ 0x1c, 0, 0, 5 }, /* extensions that are not there */
	};

	sim_run(s, 3 * SIM_S);
	command(bob, CMD_SUBSCRIBE_DATA, "DTR_x", true, 0); /* not there yet */
	command(ann, CMD_ADD_DATA_TRACK, "DTR_x", false, 5);
	command(ann, CMD_ADD_DATA_TRACK, "DTR_y", false, 5); /* that handle is taken */
	assert_int_equal(drops(s, DROP_COMMAND), 2);
	assert_int_equal(sim_send_track(ann, packet, sizeof packet), 0); /* nobody asked */
	sim_run(s, SIM_S);
	assert_int_equal(bob->got_count + eve->got_count, 0);

	command(bob, CMD_SUBSCRIBE_DATA, "DTR_x", true, 0);
	command(bob, CMD_SUBSCRIBE_DATA, "DTR_x", true, 0); /* once is enough */
	command(ann, CMD_SUBSCRIBE_DATA, "DTR_x", true, 0); /* its own */
	assert_int_equal(sim_send_track(ann, packet, sizeof packet), 0);
	assert_int_equal(sim_send_track(bob, packet, sizeof packet), 0); /* no track of bob's */
	for (size_t i = 0; i < countof(strange); i++)
		assert_int_equal(sim_send_track(ann, strange[i], sizeof strange[i]), 0);
	sim_run(s, SIM_S);
	packet[2] = 1; /* 0x105 */
	assert_got(bob, 0, packet, sizeof packet);
	assert_true(bob->got[0].track);
	assert_int_equal(bob->got_count, 1);
	assert_int_equal(ann->got_count + eve->got_count, 0);
	assert_int_equal(drops(s, DROP_DATA_TRACK), 1 + countof(strange));

	/* over; and who leaves takes both its tracks and its subscriptions along */
	packet[2] = 0;
	command(bob, CMD_SUBSCRIBE_DATA, "DTR_x", false, 0);
	command(eve, CMD_SUBSCRIBE_DATA, "DTR_x", true, 0);
	assert_int_equal(sim_send_track(ann, packet, sizeof packet), 0);
	sim_run(s, SIM_S);
	assert_int_equal(bob->got_count, 1);
	assert_int_equal(eve->got_count, 1);
	sim_leave(eve);
	assert_int_equal(sim_send_track(ann, packet, sizeof packet), 0);
	sim_run(s, SIM_S);
	command(bob, CMD_SUBSCRIBE_DATA, "DTR_x", true, 0);
	sim_leave(ann);
	sim_run(s, SIM_S);
	assert_int_equal(bob->got_count, 1);
	(void)sim_free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(packets_go_to_whom_they_are_for),
		cmocka_unit_test(rights_count_for_each_packet),
		cmocka_unit_test(long_packets_survive_bad_links),
		cmocka_unit_test(data_tracks_go_to_who_asked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
