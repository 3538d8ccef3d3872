/* SPDX-License-Identifier: Apache-2.0 */
/* A lost socket and the one that takes its place: what the client hears, and that nobody else
 * hears anything. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "doubles.h"

static struct sid sid_of(const struct client *c)
{
	return c->session->member->sid;
}

/* `identity` asks to go on as `sid`. */
static struct client *come_back(struct world *w, const char *room, const char *identity,
				const struct sid *sid)
{
	struct client_info info = { .auto_subscribe = true, .reconnect = true, .protocol = 17 };

	if (sid)
		info.resumes = *sid;
	return client_join(w, world_token(room, identity), info);
}

/* The media plane's answer to CMD_RESUME. */
static void resumed(struct world *w, const struct client *c, uint32_t sequence)
{
	const struct member *m = c->session->resumes;

	assert_non_null(m);
	struct plane_event event = {
		.type = EV_RESUMED, .room = m->room->sid, .participant = m->sid, .id = sequence
	};
	signal_on_plane_event(w->hub, m->room->worker, &event);
}

static void test_a_resume_in_full(void **state)
{
	struct world *w = *state;
	struct client *ann = client_enter(w, "r", "ann:1"), *bob = client_enter(w, "r", "bob:1"),
		      *eve = client_enter(w, "r", "eve:1");
	struct sid sid = sid_of(bob);

	struct sid video = client_publish(w, bob, "cam", LK__TRACK_TYPE__VIDEO,
					  LK__TRACK_SOURCE__CAMERA);
	struct plane_event wanted = { .type = EV_WANTED,
				      .room = bob->session->member->room->sid,
				      .participant = sid,
				      .track = video,
				      .quality = QUALITY_LOW };
	signal_on_plane_event(w->hub, bob->session->member->room->worker, &wanted);
	plane_event(w, bob, EV_CONNECTED, NULL);
	client_close(bob);
	client_skip(ann);
	plane_skip(w);
	client_close(eve); /* two are away … */
	(void)plane_expect(w, CMD_AWAY);
	uint64_t now = clock_now_us();
	signal_tick(w->hub, now + (SIGNAL_RESUME_S - 1) * (uint64_t)US_PER_S);
	client_skip(ann); /* `room_update` about three */
	assert_int_equal(signal_gauges(w->hub).participants, 3);
	plane_expect_nothing(w);

	struct client *again = come_back(w, "r", "bob:1", &sid);
	client_expect_nothing(again); /* `reconnect` must be the first, and needs the sequence */
	struct plane_cmd cmd = plane_expect(w, CMD_RESUME);
	assert_string_equal(cmd.participant.text, sid.text);
	resumed(w, again, 17);
	assert_string_equal(sid_of(again).text, sid.text);
	response_scope first = client_expect(again, LK__SIGNAL_RESPONSE__MESSAGE_RECONNECT);
	assert_string_equal(first->reconnect->server_info->version, "1.13.5");
	assert_int_equal(first->reconnect->last_message_seq, 17);
	response_scope all = client_expect(again, LK__SIGNAL_RESPONSE__MESSAGE_UPDATE);
	assert_int_equal(all->update->n_participants, 3);
	response_scope room = client_expect(again, LK__SIGNAL_RESPONSE__MESSAGE_ROOM_UPDATE);
	response_scope token = client_expect(again, LK__SIGNAL_RESPONSE__MESSAGE_REFRESH_TOKEN);
	assert_string_equal(token->refresh_token, "fresh:bob:1:Name");
	response_scope quality = client_expect(
		again, LK__SIGNAL_RESPONSE__MESSAGE_SUBSCRIBED_QUALITY_UPDATE);
	assert_string_equal(quality->subscribed_quality_update->track_sid, video.text);
	client_expect_nothing(again);
	client_expect_nothing(ann); /* nobody saw anything */
	assert_int_equal(signal_gauges(w->hub).resumes, 1);
	assert_null(strchr(w->calls, '-'));

	/* it is there for good; … but eve did not come back */
	signal_tick(w->hub, now + (SIGNAL_RESUME_S + 1) * (uint64_t)US_PER_S);
	assert_int_equal(signal_gauges(w->hub).participants, 2);
	client_close(ann);
	client_close(again);
}

static void test_those_who_left_are_told(void **state)
{
	struct world *w = *state;
	struct client *ann = client_enter(w, "r", "ann:1"), *bob = client_enter(w, "r", "bob:1"),
		      *eve = client_enter(w, "r", "eve:1");
	struct sid sid = sid_of(bob), old_eve = sid_of(eve);
	Lk__SignalRequest leave = LK__SIGNAL_REQUEST__INIT;
	Lk__LeaveRequest body = LK__LEAVE_REQUEST__INIT;

	leave.message_case = LK__SIGNAL_REQUEST__MESSAGE_LEAVE;
	leave.leave = &body;
	client_close(bob);
	client_send(ann, &leave);
	client_send(eve, &leave);
	struct client *eve_again = client_enter(w, "r", "eve:1");
	struct client *again = come_back(w, "r", "bob:1", &sid);
	resumed(w, again, 0);
	response_scope first = client_expect(again, LK__SIGNAL_RESPONSE__MESSAGE_RECONNECT);
	response_scope all = client_expect(again, LK__SIGNAL_RESPONSE__MESSAGE_UPDATE);
	Lk__ParticipantInfo **p = all->update->participants;
	assert_int_equal(all->update->n_participants, 4); /* first those who are gone */
	assert_string_equal(p[0]->identity, "ann:1");
	assert_int_equal(p[0]->state, LK__PARTICIPANT_STATE__DISCONNECTED);
	assert_string_equal(p[1]->sid, old_eve.text);
	assert_int_equal(p[1]->state, LK__PARTICIPANT_STATE__DISCONNECTED);
	assert_string_equal(p[2]->sid, sid.text);
	assert_string_equal(p[3]->sid, sid_of(eve_again).text);

	/* later, bob has heard all that: eve who left is not told again, she would vanish */
	client_skip(again);
	Lk__SignalRequest ping = LK__SIGNAL_REQUEST__INIT;
	ping.message_case = LK__SIGNAL_REQUEST__MESSAGE_PING;
	client_send(again, &ping);
	client_close(again);
	again = come_back(w, "r", "bob:1", &sid);
	resumed(w, again, 0);
	response_scope next = client_expect(again, LK__SIGNAL_RESPONSE__MESSAGE_RECONNECT);
	response_scope less = client_expect(again, LK__SIGNAL_RESPONSE__MESSAGE_UPDATE);
	assert_int_equal(less->update->n_participants, 3);
	client_close(ann);
	client_close(eve);
	client_close(eve_again);
	client_close(again);
}

/* As the server API does. */
static void take_out(struct world *w, const char *identity)
{
	struct member *m = room_find_identity(room_find(w->hub, "r"), identity);

	assert_non_null(m);
	member_remove(m, LK__DISCONNECT_REASON__PARTICIPANT_REMOVED);
}

static void expect_refusal(struct client *c, Lk__LeaveAction action, Lk__DisconnectReason reason)
{
	response_scope leave = client_expect(c, LK__SIGNAL_RESPONSE__MESSAGE_LEAVE);

	assert_int_equal(leave->leave->action, action);
	assert_int_equal(leave->leave->reason, reason);
	assert_int_equal(c->conn.close_code, 1000);
	client_close(c);
}

static void test_refused(void **state)
{
	struct world *w = *state;
	struct client *ann = client_enter(w, "r", "ann:1"), *bob = client_enter(w, "r", "bob:1");
	struct sid of_ann = sid_of(ann), of_bob = sid_of(bob);
	const struct sid unknown = { "PA_unknown" };

	plane_skip(w);
	expect_refusal(come_back(w, "q", "bob:1", &of_bob), LK__LEAVE_ACTION__RECONNECT,
		       LK__DISCONNECT_REASON__STATE_MISMATCH);
	expect_refusal(come_back(w, "r", "bob:1", &unknown), LK__LEAVE_ACTION__RECONNECT,
		       LK__DISCONNECT_REASON__STATE_MISMATCH);
	/* another's SID does not make one another */
	expect_refusal(come_back(w, "r", "bob:1", &of_ann), LK__LEAVE_ACTION__RECONNECT,
		       LK__DISCONNECT_REASON__STATE_MISMATCH);
	plane_expect_nothing(w);
	assert_non_null(bob->session->member);

	/* taken out while away: it does not come in again by itself */
	client_close(bob);
	struct client *other = client_enter(w, "r", "bob:1");
	expect_refusal(come_back(w, "r", "bob:1", &of_bob), LK__LEAVE_ACTION__DISCONNECT,
		       LK__DISCONNECT_REASON__DUPLICATE_IDENTITY);
	struct sid of_other = sid_of(other);
	client_close(other);
	take_out(w, "bob:1");
	expect_refusal(come_back(w, "r", "bob:1", &of_other), LK__LEAVE_ACTION__DISCONNECT,
		       LK__DISCONNECT_REASON__PARTICIPANT_REMOVED);
	client_close(ann);
}

static void test_the_old_socket_may_still_be_there(void **state)
{
	struct world *w = *state;
	struct client *bob = client_enter(w, "r", "bob:1");
	struct sid sid = sid_of(bob);

	client_skip(bob);
	struct client *again = come_back(w, "r", "bob:1", &sid);
	assert_int_equal(bob->conn.close_code, 1000);
	client_expect_nothing(bob); /* no `leave`: that would end its client */
	/* and one that dies while it resumes does not harm the next */
	struct client *third = come_back(w, "r", "bob:1", NULL);
	assert_int_equal(again->conn.close_code, 1000);
	client_close(bob);
	client_close(again);
	assert_int_equal(signal_gauges(w->hub).participants, 1);
	resumed(w, third, 1);
	response_scope first = client_expect(third, LK__SIGNAL_RESPONSE__MESSAGE_RECONNECT);
	client_close(third);
	struct client *fourth = come_back(w, "r", "bob:1", &sid);
	struct sid room = fourth->session->resumes->room->sid;
	uint16_t worker = fourth->session->resumes->room->worker;
	client_close(fourth); /* before the media plane answered */
	struct plane_event late = { .type = EV_RESUMED, .room = room, .participant = sid };
	signal_on_plane_event(w->hub, worker, &late);
	signal_tick(w->hub, clock_now_us() + (SIGNAL_RESUME_S + 1) * (uint64_t)US_PER_S);
	assert_int_equal(signal_gauges(w->hub).participants, 0);
}

/* While a resume waits for the media plane the member is taken out, or its media fails. */
static void test_ends_while_resuming(void **state)
{
	struct world *w = *state;
	struct client *bob = client_enter(w, "r", "bob:1");
	struct sid sid = sid_of(bob);

	client_close(bob);
	bob = come_back(w, "r", "bob:1", &sid);
	take_out(w, "bob:1");
	expect_refusal(bob, LK__LEAVE_ACTION__DISCONNECT,
		       LK__DISCONNECT_REASON__PARTICIPANT_REMOVED);

	bob = client_enter(w, "r", "bob:1");
	sid = sid_of(bob);
	client_close(bob);
	bob = come_back(w, "r", "bob:1", &sid);
	struct plane_event failed = { .type = EV_FAILED,
				      .room = bob->session->resumes->room->sid,
				      .participant = sid };
	signal_on_plane_event(w->hub, bob->session->resumes->room->worker, &failed);
	expect_refusal(bob, LK__LEAVE_ACTION__RECONNECT, LK__DISCONNECT_REASON__STATE_MISMATCH);
	assert_int_equal(signal_gauges(w->hub).participants, 0);
}

static void test_sync_state(void **state)
{
	struct world *w = *state;
	struct client *ann = client_enter(w, "r", "ann:1"), *bob = client_enter(w, "r", "bob:1");
	struct sid track = client_publish(w, ann, "mic", LK__TRACK_TYPE__AUDIO,
					  LK__TRACK_SOURCE__MICROPHONE);
	struct sid own = client_publish(w, bob, "mic", LK__TRACK_TYPE__AUDIO,
					LK__TRACK_SOURCE__MICROPHONE);
	Lk__SignalRequest request = LK__SIGNAL_REQUEST__INIT;
	Lk__SyncState sync = LK__SYNC_STATE__INIT;
	Lk__UpdateSubscription without = LK__UPDATE_SUBSCRIPTION__INIT;
	Lk__DataChannelReceiveState received = LK__DATA_CHANNEL_RECEIVE_STATE__INIT,
				    *states[] = { &received };
	Lk__TrackPublishedResponse published = LK__TRACK_PUBLISHED_RESPONSE__INIT,
				   *publications[] = { &published };
	Lk__TrackInfo info = LK__TRACK_INFO__INIT;
	char *sids[] = { track.text }, sender[] = "PA_abcdefghijkl";

	without.track_sids = sids;
	without.n_track_sids = 1;
	without.has_subscribe = true;
	received.publisher_sid = sender;
	received.has_last_seq = true;
	received.last_seq = 5;
	info.sid = own.text;
	published.track = &info;
	sync.subscription = &without;
	sync.datachannel_receive_states = states;
	sync.publish_tracks = publications;
	sync.n_datachannel_receive_states = sync.n_publish_tracks = 1;
	request.message_case = LK__SIGNAL_REQUEST__MESSAGE_SYNC_STATE;
	request.sync_state = &sync;
	plane_skip(w);
	client_skip(bob);
	client_send(bob, &request);
	struct plane_cmd cmd = plane_expect(w, CMD_UNSUBSCRIBE);
	assert_string_equal(cmd.track.text, track.text);
	cmd = plane_expect(w, CMD_REPLAY);
	assert_string_equal(cmd.publisher.text, sender);
	assert_int_equal(cmd.id, 5);
	plane_expect_nothing(w);
	client_expect_nothing(bob);

	info.sid = sender; /* it thinks that it publishes what we do not have */
	client_send(bob, &request);
	response_scope leave = client_expect(bob, LK__SIGNAL_RESPONSE__MESSAGE_LEAVE);
	assert_int_equal(leave->leave->action, LK__LEAVE_ACTION__RECONNECT);
	assert_int_equal(leave->leave->reason, LK__DISCONNECT_REASON__STATE_MISMATCH);
	client_close(ann);
	client_close(bob);
}

static void test_dead_media_asks_for_a_resume(void **state)
{
	struct world *w = *state;
	struct client *ann = client_enter(w, "r", "ann:1"), *bob = client_enter(w, "r", "bob:1");
	struct sid sid = sid_of(bob);

	plane_event(w, bob, EV_CONNECTED, NULL);
	client_skip(ann);
	client_skip(bob);
	plane_event(w, bob, EV_LOST, NULL); /* is it there? */
	plane_event(w, bob, EV_LOST, NULL); /* no answer: everything is away */
	client_expect_nothing(bob);
	assert_int_equal(bob->conn.pings, 1);
	bob->session->member->asked_at_us -= SIGNAL_ASK_US + 1;
	plane_event(w, bob, EV_LOST, NULL); /* asked again */
	assert_int_equal(bob->conn.pings, 2);
	bob->session->member->asked_at_us--; /* the clock of the test stands */
	session_handler.answered(&bob->conn, bob->session);
	client_expect_nothing(bob); /* its media may come back with the answer */
	plane_event(w, bob, EV_LOST, NULL);
	response_scope leave = client_expect(bob, LK__SIGNAL_RESPONSE__MESSAGE_LEAVE);
	assert_int_equal(leave->leave->action, LK__LEAVE_ACTION__RESUME);
	assert_true(leave->leave->can_reconnect);
	assert_int_equal(bob->conn.close_code, 1000);
	client_close(bob);
	struct client *again = come_back(w, "r", "bob:1", &sid);
	resumed(w, again, 0);
	response_scope first = client_expect(again, LK__SIGNAL_RESPONSE__MESSAGE_RECONNECT);
	client_expect_nothing(ann);
	client_skip(again);
	plane_event(w, again, EV_LOST, NULL); /* it is still connecting */
	client_expect_nothing(again);
	client_close(ann);
	client_close(again);
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, world_init, world_fini)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_a_resume_in_full),
		CASE(test_those_who_left_are_told),
		CASE(test_refused),
		CASE(test_the_old_socket_may_still_be_there),
		CASE(test_ends_while_resuming),
		CASE(test_sync_state),
		CASE(test_dead_media_asks_for_a_resume),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
