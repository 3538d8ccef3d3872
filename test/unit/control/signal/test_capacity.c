/* SPDX-License-Identifier: Apache-2.0 */
/* What people are told when the media workers have enough to do, and where rooms go. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "control/control.h"
#include "doubles.h"

static struct http_req ask(struct world *w, const char *room, const char *identity, bool again)
{
	char token[128];
	struct control control = { .signal = w->hub };
	struct http_req req = { .upgrade = true };

	(void)snprintf(token, sizeof token, "%s/%s", room, identity);
	req.query[0][0] = "access_token";
	req.query[0][1] = token;
	if (again) {
		req.query[1][0] = "reconnect";
		req.query[1][1] = "1";
	}
	signal_http_rtc(&req, &control);
	assert_int_equal(req.answers, 1);
	if (req.session)
		session_handler.closed(NULL, req.session);
	return req;
}

/* Both workers, of their cores, for more than a second. */
static void work(struct world *w, double first, double second)
{
	static uint64_t now = 1000;

	for (unsigned i = 0; i < 8; i++) {
		now += SIGNAL_TICK_MS * US_PER_MS;
		w->times[0].run_us += (uint64_t)(first * SIGNAL_TICK_MS * US_PER_MS);
		w->times[1].run_us += (uint64_t)(second * SIGNAL_TICK_MS * US_PER_MS);
		capacity_tick(w->hub, now);
	}
}

static void test_a_full_server_refuses_with_503(void **state)
{
	struct world *w = *state;
	struct client *ann = client_enter(w, "r", "ann:abcdefghijkl");

	work(w, 0.9, 0.9);
	struct http_req req = ask(w, "r", "bob:abcdefghijkl", false);
	assert_int_equal(req.status, 503);
	assert_non_null(strstr(req.body, "This server is full right now"));
	assert_string_equal(req.retry_after, "5");
	assert_int_equal(ask(w, "new", "bob:abcdefghijkl", false).status, 503);
	assert_int_equal(signal_gauges(w->hub).refused_full, 2);
	assert_true(signal_is_full(w->hub, "r", "bob"));

	/* who is in comes back: with a new identity of the same user, or for a lost socket */
	assert_int_equal(ask(w, "r", "ann:mnopqrstuvwx", false).status, 101);
	assert_int_equal(ask(w, "r", "bob:abcdefghijkl", true).status, 101);
	assert_false(signal_is_full(w->hub, "r", "ann"));

	work(w, 0.2, 0.9);
	assert_int_equal(ask(w, "r", "bob:abcdefghijkl", false).status, 101);
	client_close(ann);
}

static void test_a_new_room_goes_where_there_is_room(void **state)
{
	struct world *w = *state;

	work(w, 0.9, 0.3);
	assert_int_equal(ask(w, "one", "ann:abcdefghijkl", false).status, 101);
	struct client *ann = client_enter(w, "one", "ann:abcdefghijkl");
	assert_int_equal(plane_worker_of_last(w), 1);
	work(w, 0.3, 0.9);
	/* its room stays where it is, and that is full now */
	assert_int_equal(ask(w, "one", "bob:abcdefghijkl", false).status, 503);
	struct client *bob = client_enter(w, "two", "bob:abcdefghijkl");
	assert_int_equal(plane_worker_of_last(w), 0);
	client_close(ann);
	client_close(bob);
}

static Lk__RequestReason publish(struct client *c)
{
	Lk__SignalRequest request = LK__SIGNAL_REQUEST__INIT;
	Lk__AddTrackRequest add = LK__ADD_TRACK_REQUEST__INIT;
	char cid[] = "camera", name[] = "camera";

	add.cid = cid;
	add.name = name;
	add.type = LK__TRACK_TYPE__VIDEO;
	add.source = LK__TRACK_SOURCE__CAMERA;
	request.message_case = LK__SIGNAL_REQUEST__MESSAGE_ADD_TRACK;
	request.add_track = &add;
	client_send(c, &request);
	response_scope answer = client_expect(c, LK__SIGNAL_RESPONSE__MESSAGE_REQUEST_RESPONSE);
	assert_non_null(strstr(answer->request_response->message, "full"));
	return answer->request_response->reason;
}

static void test_no_new_tracks_when_nothing_is_left(void **state)
{
	struct world *w = *state;
	struct client *ann = client_enter(w, "r", "ann:abcdefghijkl");

	client_skip(ann);
	work(w, 0.97, 0.97);
	assert_int_equal(publish(ann), LK__REQUEST_REASON__LIMIT_EXCEEDED);
	client_close(ann);
}

/* Rooms of four, all at once: the estimate stands for what cannot be measured yet. */
static void test_a_storm_into_an_idle_server_is_bounded(void **state)
{
	struct world *w = *state;
	struct client *people[2000];
	unsigned in = 0;

	for (unsigned i = 0; i < countof(people); i++) {
		char room[32], identity[32];

		(void)snprintf(room, sizeof room, "room-%u", i / 4);
		(void)snprintf(identity, sizeof identity, "p%u:abcdefghijkl", i);
		if (ask(w, room, identity, false).status == 101)
			people[in++] = client_enter(w, room, identity);
	}
	print_message("%u people in rooms of four on two workers\n", in);
	assert_in_range(in, 300, 1200);
	for (unsigned i = 0; i < in; i++)
		client_close(people[i]);
}

/* Where nobody sends video the newcomer is not expected to. */
static void test_a_room_of_microphones_takes_one_more(void **state)
{
	struct world *w = *state;
	struct client *people[60];

	for (unsigned i = 0; i < countof(people); i++) {
		char identity[32];

		(void)snprintf(identity, sizeof identity, "p%u:abcdefghijkl", i);
		people[i] = client_enter(w, "r", identity);
		plane_event(w, people[i], EV_CONNECTED, NULL);
		work(w, 0.1, 0.1); /* and is measured */
		client_skip(people[i]);
		(void)client_publish(w, people[i], "mic", LK__TRACK_TYPE__AUDIO,
				     LK__TRACK_SOURCE__MICROPHONE);
	}
	/* to hear sixty and be heard by them is half of what sound and video to all would be */
	work(w, 0.81, 0.81);
	work(w, 0.81, 0.81);
	assert_int_equal(ask(w, "r", "new:abcdefghijkl", false).status, 101);
	work(w, 0.84, 0.84);
	assert_int_equal(ask(w, "r", "new:abcdefghijkl", false).status, 503);
	for (unsigned i = 0; i < countof(people); i++)
		client_close(people[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_a_full_server_refuses_with_503, world_init,
						world_fini),
		cmocka_unit_test_setup_teardown(test_a_new_room_goes_where_there_is_room,
						world_init, world_fini),
		cmocka_unit_test_setup_teardown(test_no_new_tracks_when_nothing_is_left, world_init,
						world_fini),
		cmocka_unit_test_setup_teardown(test_a_room_of_microphones_takes_one_more,
						world_init, world_fini),
		cmocka_unit_test_setup_teardown(test_a_storm_into_an_idle_server_is_bounded,
						world_init, world_fini),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
