/* SPDX-License-Identifier: Apache-2.0 */
/* Updates about people who come and go by the dozen: few, and each one's in the right order. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "doubles.h"

enum { CROWD = 60 };

static void name_of(char ret[16], int i)
{
	(void)snprintf(ret, 16, "p%d:1", i);
}

static void enter_all(struct world *w, struct client **ret)
{
	char name[16];

	for (int i = 0; i < CROWD; i++) {
		name_of(name, i);
		ret[i] = client_enter(w, "r", name);
	}
}

static struct room *room_of(struct client *c)
{
	return c->session->member->room;
}

/* The room has told something just now, and waits for as long as the test wants. */
static void hold(struct client *c)
{
	room_of(c)->fanout_at_us = UINT64_MAX;
}

static void let_go(struct client *c)
{
	assert_true(room_of(c)->fanout_waits);
	fanout_flush(room_of(c));
	assert_false(room_of(c)->fanout_waits);
}

/* What waits is told by the clock. */
static void settle(struct world *w, struct client *c)
{
	while (room_of(c)->fanout_waits)
		(void)uv_run(&w->loop, UV_RUN_ONCE);
}

/* What a client was told, by person: the last state; and how many updates that took. */
struct heard {
	int updates;
	int times[CROWD], state[CROWD];
};

static struct heard hear(struct client *c)
{
	struct heard heard = { 0 };

	while (!list_empty(&c->conn.messages)) {
		struct message *next = list_entry(c->conn.messages.next, struct message, in_conn);

		if (next->response->message_case != LK__SIGNAL_RESPONSE__MESSAGE_UPDATE) {
			response_scope other = client_expect(c, next->response->message_case);
			continue;
		}
		response_scope update = client_expect(c, LK__SIGNAL_RESPONSE__MESSAGE_UPDATE);
		heard.updates++;
		for (size_t i = 0; i < update->update->n_participants; i++) {
			const Lk__ParticipantInfo *info = update->update->participants[i];
			int who;

			if (sscanf(info->identity, "p%d:1", &who) != 1)
				continue;
			assert_in_range(who, 0, CROWD - 1);
			heard.times[who]++;
			heard.state[who] = (int)info->state;
		}
	}
	return heard;
}

static void close_all(struct client **clients)
{
	for (int i = 0; i < CROWD; i++)
		client_close(clients[i]);
}

static void leave(struct client *c)
{
	Lk__SignalRequest request = LK__SIGNAL_REQUEST__INIT;
	Lk__LeaveRequest message = LK__LEAVE_REQUEST__INIT;

	request.message_case = LK__SIGNAL_REQUEST__MESSAGE_LEAVE;
	request.leave = &message;
	client_send(c, &request);
}

static void test_a_storm_takes_few_updates(void **state)
{
	struct world *w = *state;
	struct client *ann = client_enter(w, "r", "ann:1"), *crowd[CROWD];

	hold(ann);
	enter_all(w, crowd);
	for (int i = 0; i < CROWD; i++)
		plane_event(w, crowd[i], EV_CONNECTED, NULL);
	assert_int_equal(hear(ann).updates, 0);
	uint64_t before = clock_now_us();
	let_go(ann);
	uint64_t next = room_of(ann)->fanout_at_us;
	struct heard heard = hear(ann);
	assert_int_equal(heard.updates, 1); /* not 120 */
	for (int i = 0; i < CROWD; i++) {
		assert_int_equal(heard.times[i], 1);
		assert_int_equal(heard.state[i], LK__PARTICIPANT_STATE__ACTIVE);
	}
	assert_true(next >= before + CROWD * US_PER_MS); /* the next one waits */

	hold(ann);
	for (int i = 0; i < CROWD; i++)
		leave(crowd[i]);
	assert_int_equal(hear(ann).updates, 0);
	let_go(ann);
	heard = hear(ann);
	assert_int_equal(heard.updates, 1);
	for (int i = 0; i < CROWD; i++) {
		assert_int_equal(heard.times[i], 1);
		assert_int_equal(heard.state[i], LK__PARTICIPANT_STATE__DISCONNECTED);
	}
	close_all(crowd);
	client_close(ann);
}

static void test_a_small_room_tells_at_once_a_large_one_soon(void **state)
{
	struct world *w = *state;
	struct client *ann = client_enter(w, "r", "ann:1"), *crowd[CROWD];

	for (int i = 0; i < 10; i++) {
		char name[16];

		name_of(name, i);
		crowd[i] = client_enter(w, "r", name);
		assert_int_equal(hear(ann).times[i], 1);
	}
	for (int i = 10; i < CROWD; i++) {
		char name[16];

		name_of(name, i);
		crowd[i] = client_enter(w, "r", name);
	}
	settle(w, ann);
	struct heard heard = hear(ann);
	for (int i = 10; i < CROWD; i++)
		assert_int_equal(heard.times[i], 1);
	close_all(crowd);
	client_close(ann);
}

static void test_newcomers_hear_nothing_of_themselves_nor_of_before(void **state)
{
	struct world *w = *state;
	struct client *ann = client_enter(w, "r", "ann:1"), *crowd[CROWD];

	enter_all(w, crowd);
	settle(w, ann);
	(void)hear(ann);
	hold(ann);
	for (int i = 0; i < 3; i++)
		leave(crowd[i]);
	usleep(10); /* the clock's grain */
	struct client *bob = client_enter(w, "r", "bob:1");
	client_skip(bob);
	let_go(ann);
	client_expect_nothing(bob); /* who left before is not in its `join` either */
	struct heard heard = hear(ann);
	assert_int_equal(heard.updates, 1);
	for (int i = 0; i < 3; i++)
		assert_int_equal(heard.state[i], LK__PARTICIPANT_STATE__DISCONNECTED);
	close_all(crowd);
	client_close(bob);
	client_close(ann);
}

static void test_back_under_the_same_name(void **state)
{
	struct world *w = *state;
	struct client *ann = client_enter(w, "r", "ann:1"), *crowd[CROWD];

	enter_all(w, crowd);
	settle(w, ann);
	(void)hear(ann);
	hold(ann);
	leave(crowd[0]);
	leave(crowd[1]);
	struct client *again = client_enter(w, "r", "p1:1");
	client_skip(again);
	settle(w, ann);
	struct heard heard = hear(ann);
	assert_int_equal(heard.times[1], 2);
	assert_int_equal(heard.state[1], LK__PARTICIPANT_STATE__JOINED); /* the last word */
	assert_int_equal(hear(again).times[1], 0);
	close_all(crowd);
	client_close(again);
	client_close(ann);
}

static void test_what_is_published_goes_out_at_once_behind_what_waits(void **state)
{
	struct world *w = *state;
	struct client *ann = client_enter(w, "r", "ann:1"), *crowd[CROWD];

	enter_all(w, crowd);
	settle(w, ann);
	(void)hear(ann);
	hold(ann);
	leave(crowd[0]);
	leave(crowd[1]);
	(void)client_publish(w, crowd[2], "cam", LK__TRACK_TYPE__VIDEO, LK__TRACK_SOURCE__CAMERA);
	assert_false(room_of(ann)->fanout_waits);
	struct heard heard = hear(ann);
	assert_int_equal(heard.state[1], LK__PARTICIPANT_STATE__DISCONNECTED);
	assert_int_equal(heard.times[2], 1);
	hold(ann);
	leave(crowd[2]); /* it publishes: nobody waits for that */
	assert_int_equal(hear(ann).state[2], LK__PARTICIPANT_STATE__DISCONNECTED);
	close_all(crowd);
	client_close(ann);
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, world_init, world_fini)
	const struct CMUnitTest tests[] = {
		CASE(test_a_storm_takes_few_updates),
		CASE(test_a_small_room_tells_at_once_a_large_one_soon),
		CASE(test_newcomers_hear_nothing_of_themselves_nor_of_before),
		CASE(test_back_under_the_same_name),
		CASE(test_what_is_published_goes_out_at_once_behind_what_waits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
