/* SPDX-License-Identifier: Apache-2.0 */
/* Coming and going: what the newcomer is told, what the
 * others are told, what the media plane and calls/ are told. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "control/control.h"
#include "doubles.h"

static void test_join_response_is_first_and_complete(void **state)
{
	struct world *w = *state;
	struct client *ann = client_enter(w, "default:one", "ann:1");
	response_scope first = client_expect(ann, LK__SIGNAL_RESPONSE__MESSAGE_JOIN);
	const Lk__JoinResponse *join = first->join;

	assert_true(strncmp(join->room->sid, "RM_", 3) == 0);
	assert_string_equal(join->room->name, "default:one");
	assert_true(strncmp(join->participant->sid, "PA_", 3) == 0);
	assert_string_equal(join->participant->identity, "ann:1");
	assert_string_equal(join->participant->name, "Name");
	assert_int_equal(join->participant->state, LK__PARTICIPANT_STATE__JOINED);
	assert_true(join->participant->permission->can_publish);
	assert_int_equal(join->n_other_participants, 0);
	assert_string_equal(join->server_version, "1.13.5");
	assert_string_equal(join->server_info->version, "1.13.5");
	assert_int_equal(join->ping_interval, 5);
	assert_int_equal(join->ping_timeout, 15);
	assert_true(join->subscriber_primary);
	assert_true(join->fast_publish);
	assert_int_equal(join->n_enabled_publish_codecs, 7);
	assert_string_equal(join->enabled_publish_codecs[1]->mime, "audio/red");
	assert_string_equal(join->enabled_publish_codecs[2]->mime, "video/VP8");
	response_scope token = client_expect(ann, LK__SIGNAL_RESPONSE__MESSAGE_REFRESH_TOKEN);
	assert_string_equal(token->refresh_token, "fresh:ann:1:Name");
	client_expect_nothing(ann);

	struct plane_cmd cmd = plane_expect(w, CMD_JOIN);
	assert_string_equal(cmd.participant.text, join->participant->sid);
	assert_string_equal(cmd.room.text, join->room->sid);
	assert_true(cmd.join.can_publish && cmd.join.can_subscribe);
	plane_expect_nothing(w);
	assert_string_equal(w->calls, "+default:one/ann:1 ");
	client_close(ann);
}

/* TURN is where the client came, and nowhere when that was a proxy. */
static void test_turn_is_at_the_web_port(void **state)
{
	struct world *w = *state;
	static const struct {
		const char *host;
		bool tls, proxied;
		const char *url;
	} cases[] = {
		{ "chat.example.com", true, false, "turns:chat.example.com:443?transport=tcp" },
		{ "chat.example.com:8443", true, false,
		  "turns:chat.example.com:8443?transport=tcp" },
		{ "localhost:8080", false, false, "turn:localhost:8080?transport=tcp" },
		{ "192.168.1.20", false, false, "turn:192.168.1.20:80?transport=tcp" },
		{ "[::1]", true, false, "turns:[::1]:443?transport=tcp" },
		{ "[2001:db8::7]:8080", false, false, "turn:[2001:db8::7]:8080?transport=tcp" },
		{ "chat.example.com", true, true, NULL },
		{ NULL, true, false, NULL },
	};
	struct control control = { .signal = w->hub };

	for (size_t i = 0; i < countof(cases); i++) {
		struct http_req req = { .upgrade = true,
					.query = { { "access_token", "r/ann" } },
					.host = cases[i].host,
					.tls = cases[i].tls,
					.proxied = cases[i].proxied };
		struct client c = { .conn.open = true };
		char username[64];

		list_init(&c.conn.messages);
		signal_http_rtc(&req, &control);
		assert_int_equal(req.status, 101);
		c.session = req.session;
		session_handler.opened(&c.conn, c.session);
		response_scope first = client_expect(&c, LK__SIGNAL_RESPONSE__MESSAGE_JOIN);
		assert_int_equal(first->join->n_ice_servers, cases[i].url != NULL);
		if (cases[i].url) {
			const Lk__ICEServer *server = first->join->ice_servers[0];

			assert_int_equal(server->n_urls, 1);
			assert_string_equal(server->urls[0], cases[i].url);
			(void)snprintf(username, sizeof username, "%u:%s",
				       c.session->member->room->worker,
				       first->join->participant->sid);
			assert_string_equal(server->username, username);
			assert_string_equal(server->credential, "secret");
		}
		client_skip(&c);
		session_handler.closed(&c.conn, c.session);
	}
}

static void test_others_see_joined_then_active(void **state)
{
	struct world *w = *state;
	struct client *ann = client_enter(w, "r", "ann:1");
	client_skip(ann);
	struct client *bob = client_enter(w, "r", "bob:1");
	response_scope joined = NULL, active = NULL, own = NULL;
	Lk__ParticipantInfo *info = expect_update(ann, &joined);
	assert_string_equal(info->identity, "bob:1");
	assert_int_equal(info->state, LK__PARTICIPANT_STATE__JOINED);
	uint32_t version = info->version;

	response_scope first = client_expect(bob, LK__SIGNAL_RESPONSE__MESSAGE_JOIN);
	assert_int_equal(first->join->n_other_participants, 1);
	assert_string_equal(first->join->other_participants[0]->identity, "ann:1");
	client_skip(bob);
	plane_event(w, bob, EV_CONNECTED, NULL);
	info = expect_update(ann, &active);
	assert_int_equal(info->state, LK__PARTICIPANT_STATE__ACTIVE);
	assert_true(info->version > version);
	assert_int_equal(expect_update(bob, &own)->state, LK__PARTICIPANT_STATE__ACTIVE);
	client_close(ann);
	client_close(bob);
}

static void leave_request(struct client *c)
{
	Lk__SignalRequest request = LK__SIGNAL_REQUEST__INIT;
	Lk__LeaveRequest leave = LK__LEAVE_REQUEST__INIT;

	request.message_case = LK__SIGNAL_REQUEST__MESSAGE_LEAVE;
	request.leave = &leave;
	client_send(c, &request);
}

static void test_client_may_ask_to_be_sent_away(void **state)
{
	struct world *w = *state;
	struct client *ann = client_enter(w, "r", "ann:1");
	Lk__SignalRequest request = LK__SIGNAL_REQUEST__INIT;
	Lk__SimulateScenario scenario = LK__SIMULATE_SCENARIO__INIT;

	client_skip(ann);
	request.message_case = LK__SIGNAL_REQUEST__MESSAGE_SIMULATE;
	request.simulate = &scenario;
	client_send(ann, &request); /* a scenario that we do not know */
	client_expect_nothing(ann);
	scenario.has_leave_request_full_reconnect = scenario.leave_request_full_reconnect = true;
	client_send(ann, &request);
	response_scope leave = client_expect(ann, LK__SIGNAL_RESPONSE__MESSAGE_LEAVE);
	assert_int_equal(leave->leave->action, LK__LEAVE_ACTION__RECONNECT);
	assert_int_equal(ann->conn.close_code, 1000);
	client_close(ann);
}

static void test_leave_is_seen_at_once_and_ends_the_room(void **state)
{
	struct world *w = *state;
	struct client *ann = client_enter(w, "r", "ann:1");
	struct client *bob = client_enter(w, "r", "bob:1");
	response_scope update = NULL;
	client_skip(ann);
	plane_skip(w);
	assert_int_equal(signal_gauges(w->hub).participants, 2);
	leave_request(bob);
	Lk__ParticipantInfo *info = expect_update(ann, &update);
	assert_int_equal(info->state, LK__PARTICIPANT_STATE__DISCONNECTED);
	assert_int_equal(info->disconnect_reason, LK__DISCONNECT_REASON__CLIENT_INITIATED);
	assert_int_equal(bob->conn.close_code, 1000);
	(void)plane_expect(w, CMD_LEAVE);
	leave_request(bob); /* again, after the end */
	plane_expect_nothing(w);
	leave_request(ann);
	assert_string_equal(w->calls, "+r/ann:1 +r/bob:1 -r/bob:1 -r/ann:1 ");
	/* the room itself waits for the departure timeout */
	uint64_t now = clock_now_us();
	signal_tick(w->hub, now + (SIGNAL_DEPARTURE_S - 1) * (uint64_t)US_PER_S);
	assert_int_equal(signal_gauges(w->hub).rooms, 1);
	signal_tick(w->hub, now + (SIGNAL_DEPARTURE_S + 1) * (uint64_t)US_PER_S);
	assert_int_equal(signal_gauges(w->hub).rooms, 0);
	client_close(ann);
	client_close(bob);
}

static void test_dead_socket_is_removed_after_the_grace(void **state)
{
	struct world *w = *state;
	struct client *ann = client_enter(w, "r", "ann:1");
	struct client *bob = client_enter(w, "r", "bob:1");
	response_scope update = NULL;
	uint64_t now = clock_now_us();

	client_close(bob);
	client_skip(ann);
	signal_tick(w->hub, now + 1 * US_PER_S);
	assert_int_equal(signal_gauges(w->hub).participants, 2);
	client_skip(ann);
	signal_tick(w->hub, now + (SIGNAL_RESUME_S + 1) * (uint64_t)US_PER_S);
	assert_int_equal(expect_update(ann, &update)->state, LK__PARTICIPANT_STATE__DISCONNECTED);
	assert_int_equal(signal_gauges(w->hub).participants, 1);
	client_close(ann);
}

static void test_same_identity_replaces_the_old_session(void **state)
{
	struct world *w = *state;
	struct client *ann = client_enter(w, "r", "ann:1");
	struct client *bob = client_enter(w, "r", "bob:1");
	char first_sid[20];
	response_scope gone = NULL, come = NULL;

	memcpy(first_sid, bob->session->member->sid.text, sizeof first_sid);
	client_skip(ann);
	client_skip(bob);
	plane_skip(w);
	struct client *again = client_enter(w, "r", "bob:1");
	response_scope leave = client_expect(bob, LK__SIGNAL_RESPONSE__MESSAGE_LEAVE);
	assert_int_equal(leave->leave->action, LK__LEAVE_ACTION__DISCONNECT);
	assert_int_equal(leave->leave->reason, LK__DISCONNECT_REASON__DUPLICATE_IDENTITY);
	assert_false(leave->leave->can_reconnect);
	assert_int_equal(bob->conn.close_code, 1000);
	Lk__ParticipantInfo *info = expect_update(ann, &gone);
	assert_string_equal(info->sid, first_sid);
	assert_int_equal(info->state, LK__PARTICIPANT_STATE__DISCONNECTED);
	info = expect_update(ann, &come);
	assert_string_not_equal(info->sid, first_sid);
	(void)plane_expect(w, CMD_LEAVE);
	(void)plane_expect(w, CMD_JOIN);
	response_scope first = client_expect(again, LK__SIGNAL_RESPONSE__MESSAGE_JOIN);
	assert_int_equal(first->join->n_other_participants, 1);
	assert_int_equal(signal_gauges(w->hub).participants, 2);
	/* for calls/ nobody left: a call of one person must not end and ring anew */
	assert_null(strchr(w->calls, '-'));
	client_close(ann);
	client_close(bob);
	assert_int_equal(signal_gauges(w->hub).participants, 2); /* bob's old socket is nobody's */
	client_close(again);
}

static void test_reconnect_is_refused_honestly(void **state)
{
	struct world *w = *state;
	struct client_info info = { .auto_subscribe = true, .reconnect = true };
	struct client *ann = client_join(w, world_token("r", "ann:1"), info);
	response_scope first = client_expect(ann, LK__SIGNAL_RESPONSE__MESSAGE_LEAVE);

	assert_int_equal(first->leave->action, LK__LEAVE_ACTION__RECONNECT);
	assert_int_equal(first->leave->reason, LK__DISCONNECT_REASON__STATE_MISMATCH);
	assert_true(first->leave->can_reconnect);
	assert_int_equal(ann->conn.close_code, 1000);
	assert_int_equal(signal_gauges(w->hub).rooms, 0);
	plane_expect_nothing(w);
	client_close(ann);
}

static void test_hidden_participants_are_invisible(void **state)
{
	struct world *w = *state;
	struct client_info info = { .auto_subscribe = true };
	struct client *ann = client_enter(w, "r", "ann:1");
	struct media_token token = world_token("r", "ghost");

	client_skip(ann);
	token.hidden = true;
	struct client *ghost = client_join(w, token, info);
	client_expect_nothing(ann);
	plane_event(w, ghost, EV_CONNECTED, NULL);
	client_expect_nothing(ann);
	client_skip(ghost);
	struct client *bob = client_enter(w, "r", "bob:1");
	response_scope first = client_expect(bob, LK__SIGNAL_RESPONSE__MESSAGE_JOIN);
	assert_int_equal(first->join->n_other_participants, 1);
	assert_int_equal(first->join->room->num_participants, 2);
	response_scope update = NULL;
	assert_string_equal(expect_update(ghost, &update)->identity, "bob:1"); /* it sees them */
	assert_null(strstr(w->calls, "ghost"));
	client_close(ann);
	client_close(ghost);
	client_close(bob);
}

static void test_publish_only_has_no_subscriber(void **state)
{
	struct world *w = *state;
	struct client_info info = { .auto_subscribe = true };
	struct media_token token = world_token("r", "cam");
	struct client *ann = client_enter(w, "r", "ann:1");
	struct sid sid = client_publish(w, ann, "c1", LK__TRACK_TYPE__AUDIO,
					LK__TRACK_SOURCE__MICROPHONE);

	(void)sid;
	plane_skip(w);
	token.can_subscribe = false;
	struct client *cam = client_join(w, token, info);
	response_scope first = client_expect(cam, LK__SIGNAL_RESPONSE__MESSAGE_JOIN);
	assert_false(first->join->subscriber_primary);
	struct plane_cmd cmd = plane_expect(w, CMD_JOIN);
	assert_false(cmd.join.can_subscribe);
	plane_expect_nothing(w);
	client_close(ann);
	client_close(cam);
}

static void test_never_connected_is_removed_after_a_minute(void **state)
{
	struct world *w = *state;
	struct client *ann = client_enter(w, "r", "ann:1");
	struct client *bob = client_enter(w, "r", "bob:1");
	uint64_t now = clock_now_us();

	plane_event(w, ann, EV_CONNECTED, NULL);
	client_skip(bob);
	signal_tick(w->hub, now + 50 * (uint64_t)US_PER_S);
	assert_int_equal(signal_gauges(w->hub).participants, 2);
	client_skip(bob);
	signal_tick(w->hub, now + (SIGNAL_CONNECT_S + 1) * (uint64_t)US_PER_S);
	response_scope leave = client_expect(bob, LK__SIGNAL_RESPONSE__MESSAGE_LEAVE);
	assert_int_equal(leave->leave->reason, LK__DISCONNECT_REASON__CONNECTION_TIMEOUT);
	assert_int_equal(signal_gauges(w->hub).participants, 1);
	client_close(ann);
	client_close(bob);
}

static void failed(struct world *w, bool active, Lk__LeaveAction action)
{
	struct client *ann = client_enter(w, "r", "ann:1");

	if (active)
		plane_event(w, ann, EV_CONNECTED, NULL);
	client_skip(ann);
	plane_event(w, ann, EV_FAILED, NULL);
	response_scope leave = client_expect(ann, LK__SIGNAL_RESPONSE__MESSAGE_LEAVE);
	assert_int_equal(leave->leave->action, action);
	assert_int_equal(signal_gauges(w->hub).participants, 0);
	client_close(ann);
}

static void test_media_failure_ends_the_session(void **state)
{
	failed(*state, true, LK__LEAVE_ACTION__RECONNECT);
	failed(*state, false, LK__LEAVE_ACTION__DISCONNECT);
	assert_int_equal(signal_gauges(((struct world *)*state)->hub).media_failures, 2);
}

static void test_stop_sends_everybody_to_reconnect(void **state)
{
	struct world *w = *state;
	struct client *ann = client_enter(w, "r", "ann:1");
	struct client *bob = client_enter(w, "q", "bob:1");

	client_skip(ann);
	client_skip(bob);
	signal_stop(w->hub);
	response_scope first = client_expect(ann, LK__SIGNAL_RESPONSE__MESSAGE_LEAVE);
	assert_int_equal(first->leave->action, LK__LEAVE_ACTION__RECONNECT);
	assert_int_equal(first->leave->reason, LK__DISCONNECT_REASON__SERVER_SHUTDOWN);
	response_scope second = client_expect(bob, LK__SIGNAL_RESPONSE__MESSAGE_LEAVE);
	client_expect_nothing(ann);
	client_expect_nothing(bob);
	assert_int_equal(signal_gauges(w->hub).rooms, 0);
	client_close(ann);
	client_close(bob);
	struct client *late = client_enter(w, "r", "late");
	response_scope refused = client_expect(late, LK__SIGNAL_RESPONSE__MESSAGE_LEAVE);
	client_close(late);
}

static void test_rooms_go_to_the_least_loaded_worker(void **state)
{
	struct world *w = *state;
	struct client *a = client_enter(w, "a", "1");
	uint16_t first = plane_worker_of_last(w);
	struct client *b = client_enter(w, "b", "1");
	assert_int_not_equal(plane_worker_of_last(w), first);
	struct client *a2 = client_enter(w, "a", "2");
	assert_int_equal(plane_worker_of_last(w), first); /* pinned */

	/* an event that claims to come from another worker is not believed */
	struct plane_event event = { .type = EV_CONNECTED,
				     .room = a->session->member->room->sid,
				     .participant = a->session->member->sid,
				     .target = TARGET_SUBSCRIBER };
	client_skip(a);
	signal_on_plane_event(w->hub, (uint16_t)(1 - first), &event);
	client_expect_nothing(a);
	client_close(a);
	client_close(b);
	client_close(a2);
}

/* Four people in one room are twelve streams, two rooms of two are four. */
static void test_a_large_room_weighs_more_than_many_small(void **state)
{
	struct world *w = *state;
	struct client *clients[12];
	uint16_t large = 0;
	int n = 0;

	for (; n < 4; n++) {
		clients[n] = client_enter(w, "large", (const char[]){ (char)('a' + n), 0 });
		large = plane_worker_of_last(w);
	}
	for (int room = 0; room < 3; room++) {
		const char *name = (const char[]){ (char)('r' + room), 0 };

		for (int i = 0; i < 2; i++, n++) {
			clients[n] = client_enter(w, name, (const char[]){ (char)('a' + n), 0 });
			assert_int_not_equal(plane_worker_of_last(w), large);
		}
	}
	/* 16 against 12: one more, and then it is the large room's turn */
	clients[n++] = client_enter(w, "more", "x");
	assert_int_not_equal(plane_worker_of_last(w), large);
	for (int i = 0; i < n; i++)
		client_close(clients[i]);
}

static void test_room_counters_are_told(void **state)
{
	struct world *w = *state;
	struct client *ann = client_enter(w, "r", "ann:1");
	struct client *bob = client_enter(w, "r", "bob:1");
	uint64_t now = clock_now_us() + 6 * (uint64_t)US_PER_S;

	client_skip(ann);
	signal_tick(w->hub, now);
	response_scope update = client_expect(ann, LK__SIGNAL_RESPONSE__MESSAGE_ROOM_UPDATE);
	assert_int_equal(update->room_update->room->num_participants, 2);
	leave_request(bob);
	client_skip(ann);
	signal_tick(w->hub, now + 1 * US_PER_S);
	client_expect_nothing(ann); /* not more often than every 5 s */
	signal_tick(w->hub, now + 5 * (uint64_t)US_PER_S);
	response_scope later = client_expect(ann, LK__SIGNAL_RESPONSE__MESSAGE_ROOM_UPDATE);
	assert_int_equal(later->room_update->room->num_participants, 1);
	client_close(ann);
	client_close(bob);
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, world_init, world_fini)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_join_response_is_first_and_complete),
		CASE(test_turn_is_at_the_web_port),
		CASE(test_others_see_joined_then_active),
		CASE(test_client_may_ask_to_be_sent_away),
		CASE(test_leave_is_seen_at_once_and_ends_the_room),
		CASE(test_dead_socket_is_removed_after_the_grace),
		CASE(test_same_identity_replaces_the_old_session),
		CASE(test_reconnect_is_refused_honestly),
		CASE(test_hidden_participants_are_invisible),
		CASE(test_publish_only_has_no_subscriber),
		CASE(test_never_connected_is_removed_after_a_minute),
		CASE(test_media_failure_ends_the_session),
		CASE(test_stop_sends_everybody_to_reconnect),
		CASE(test_rooms_go_to_the_least_loaded_worker),
		CASE(test_a_large_room_weighs_more_than_many_small),
		CASE(test_room_counters_are_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
