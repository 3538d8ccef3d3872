/* SPDX-License-Identifier: Apache-2.0 */
/* What servers may do to rooms and participants, and who lets whom subscribe. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "control/signal/admin.h"
#include "doubles.h"

static struct arena arena;

static int run(struct world *w, const char *name, const ProtobufCMessage *request,
	       const ProtobufCMessage **ret)
{
	const struct admin_method *method = admin_find(name);
	const char *cause = NULL;
	const ProtobufCMessage *response = NULL;

	assert_non_null(method);
	assert_ptr_equal(method->request, request->descriptor);
	arena_fini(&arena);
	arena = arena_of(1024 * 1024);
	int status = method->run(w->hub, &arena, request, &response, &cause);
	assert_true(status == 0 ? response != NULL : cause != NULL);
	if (ret)
		*ret = response;
	return status;
}

static int fini(void **state)
{
	arena_fini(&arena);
	return world_fini(state);
}

static int update(struct world *w, char *identity, const Lk__ParticipantPermission *permission)
{
	char room[] = "r";
	Lk__UpdateParticipantRequest q = LK__UPDATE_PARTICIPANT_REQUEST__INIT;
	Lk__ParticipantPermission copy = *permission;

	q.room = room;
	q.identity = identity;
	q.permission = &copy;
	return run(w, "UpdateParticipant", &q.base, NULL);
}

static void test_room_is_made_empty_and_ends_by_itself(void **state)
{
	struct world *w = *state;
	char name[] = "hall", metadata[] = "blue";
	Lk__CreateRoomRequest q = LK__CREATE_ROOM_REQUEST__INIT;
	const ProtobufCMessage *response;

	q.name = name;
	q.metadata = metadata;
	q.empty_timeout = 30;
	q.max_participants = 1;
	assert_int_equal(run(w, "CreateRoom", &q.base, &response), 0);
	const Lk__Room *room = (const void *)response;
	assert_string_equal(room->metadata, "blue");
	assert_int_equal(room->empty_timeout, 30);
	assert_int_equal(room->departure_timeout, SIGNAL_DEPARTURE_S);
	uint64_t now = clock_now_us();
	signal_tick(w->hub, now + 29 * (uint64_t)US_PER_S);
	assert_int_equal(signal_gauges(w->hub).rooms, 1);
	signal_tick(w->hub, now + 31 * (uint64_t)US_PER_S);
	assert_int_equal(signal_gauges(w->hub).rooms, 0);

	q.empty_timeout = SIGNAL_TIMEOUT_MAX_S + 1;
	assert_int_equal(run(w, "CreateRoom", &q.base, NULL), -EINVAL);
	assert_int_equal(signal_gauges(w->hub).rooms, 0);
}

static void test_full_by_its_own_limit(void **state)
{
	struct world *w = *state;
	char name[] = "r";
	Lk__CreateRoomRequest q = LK__CREATE_ROOM_REQUEST__INIT;

	q.name = name;
	q.max_participants = 1;
	assert_int_equal(run(w, "CreateRoom", &q.base, NULL), 0);
	struct client *ann = client_enter(w, "r", "ann:1");
	response_scope joined = client_expect(ann, LK__SIGNAL_RESPONSE__MESSAGE_JOIN);
	assert_int_equal(joined->join->room->max_participants, 1);
	struct client *bob = client_enter(w, "r", "bob:1");
	response_scope leave = client_expect(bob, LK__SIGNAL_RESPONSE__MESSAGE_LEAVE);
	assert_int_equal(leave->leave->reason, LK__DISCONNECT_REASON__JOIN_FAILURE);
	client_close(ann);
	client_close(bob);
}

static void test_delete_sends_everybody_away(void **state)
{
	struct world *w = *state;
	struct client *ann = client_enter(w, "r", "ann:1"), *bob = client_enter(w, "r", "bob:1");
	char room[] = "r";
	Lk__DeleteRoomRequest q = LK__DELETE_ROOM_REQUEST__INIT;

	client_skip(ann);
	client_skip(bob);
	plane_skip(w);
	q.room = room;
	assert_int_equal(run(w, "DeleteRoom", &q.base, NULL), 0);
	response_scope leave = client_expect(ann, LK__SIGNAL_RESPONSE__MESSAGE_LEAVE);
	assert_int_equal(leave->leave->reason, LK__DISCONNECT_REASON__ROOM_DELETED);
	assert_int_equal(leave->leave->action, LK__LEAVE_ACTION__DISCONNECT);
	assert_int_equal(ann->conn.close_code, 1000);
	assert_int_equal(bob->conn.close_code, 1000);
	(void)plane_expect(w, CMD_LEAVE);
	(void)plane_expect(w, CMD_LEAVE);
	assert_int_equal(signal_gauges(w->hub).rooms, 0);
	assert_int_equal(run(w, "DeleteRoom", &q.base, NULL), -ENOENT);
	client_close(ann);
	client_close(bob);
}

static void test_remove_says_why(void **state)
{
	struct world *w = *state;
	struct client *ann = client_enter(w, "r", "ann:1"), *bob = client_enter(w, "r", "bob:1");
	char room[] = "r", identity[] = "ann:1";
	Lk__RoomParticipantIdentity q = LK__ROOM_PARTICIPANT_IDENTITY__INIT;
	response_scope gone = NULL;

	client_skip(ann);
	client_skip(bob);
	q.room = room;
	q.identity = identity;
	assert_int_equal(run(w, "RemoveParticipant", &q.base, NULL), 0);
	response_scope leave = client_expect(ann, LK__SIGNAL_RESPONSE__MESSAGE_LEAVE);
	assert_int_equal(leave->leave->reason, LK__DISCONNECT_REASON__PARTICIPANT_REMOVED);
	assert_int_equal(expect_update(bob, &gone)->disconnect_reason,
			 LK__DISCONNECT_REASON__PARTICIPANT_REMOVED);
	assert_int_equal(run(w, "RemoveParticipant", &q.base, NULL), -ENOENT);
	client_close(ann);
	client_close(bob);
}

static void test_mute_stops_the_media_and_tells_all(void **state)
{
	struct world *w = *state;
	struct client *ann = client_enter(w, "r", "ann:1"), *bob = client_enter(w, "r", "bob:1");
	struct sid sid = client_publish(w, ann, "cid", LK__TRACK_TYPE__VIDEO,
					LK__TRACK_SOURCE__CAMERA);
	char room[] = "r", identity[] = "ann:1";
	Lk__MuteRoomTrackRequest q = LK__MUTE_ROOM_TRACK_REQUEST__INIT;
	response_scope seen = NULL;

	client_skip(bob);
	plane_skip(w);
	q.room = room;
	q.identity = identity;
	q.track_sid = sid.text;
	q.muted = true;
	assert_int_equal(run(w, "MutePublishedTrack", &q.base, NULL), 0);
	struct plane_cmd cmd = plane_expect(w, CMD_MUTE_TRACK);
	assert_true(cmd.on);
	assert_string_equal(cmd.track.text, sid.text);
	response_scope mute = client_expect(ann, LK__SIGNAL_RESPONSE__MESSAGE_MUTE);
	assert_string_equal(mute->mute->sid, sid.text);
	assert_true(mute->mute->muted);
	assert_true(expect_update(bob, &seen)->tracks[0]->muted);

	q.muted = false; /* off unless the operator wants it */
	assert_int_equal(run(w, "MutePublishedTrack", &q.base, NULL), -EPERM);
	plane_expect_nothing(w);
	w->hub->remote_unmute = true;
	assert_int_equal(run(w, "MutePublishedTrack", &q.base, NULL), 0);
	assert_false(plane_expect(w, CMD_MUTE_TRACK).on);
	client_close(ann);
	client_close(bob);
}

static void test_losing_publish_takes_the_tracks(void **state)
{
	struct world *w = *state;
	struct client *ann = client_enter(w, "r", "ann:1"), *bob = client_enter(w, "r", "bob:1");
	struct sid sid = client_publish(w, ann, "cid", LK__TRACK_TYPE__VIDEO,
					LK__TRACK_SOURCE__CAMERA);
	Lk__ParticipantPermission permission = LK__PARTICIPANT_PERMISSION__INIT;
	response_scope own = NULL, own2 = NULL, first = NULL, second = NULL;
	char identity[] = "ann:1";

	client_skip(bob);
	plane_skip(w);
	permission.can_subscribe = true;
	assert_int_equal(update(w, identity, &permission), 0);
	assert_false(plane_expect(w, CMD_GRANT).join.can_publish_data);
	assert_string_equal(plane_expect(w, CMD_REMOVE_TRACK).track.text, sid.text);
	plane_expect_nothing(w);
	assert_false(expect_update(ann, &own)->permission->can_publish);
	response_scope gone = client_expect(ann, LK__SIGNAL_RESPONSE__MESSAGE_TRACK_UNPUBLISHED);
	assert_string_equal(gone->track_unpublished->track_sid, sid.text);
	assert_int_equal(expect_update(ann, &own2)->n_tracks, 0);
	response_scope fresh = client_expect(ann, LK__SIGNAL_RESPONSE__MESSAGE_REFRESH_TOKEN);
	assert_non_null(fresh->refresh_token);
	(void)expect_update(bob, &first);
	assert_int_equal(expect_update(bob, &second)->n_tracks, 0);
	assert_false(ann->session->member->token.can_publish);
	client_close(ann);
	client_close(bob);
}

static void test_losing_and_gaining_subscribe(void **state)
{
	struct world *w = *state;
	struct client *ann = client_enter(w, "r", "ann:1"), *bob = client_enter(w, "r", "bob:1");
	struct sid sid = client_publish(w, ann, "cid", LK__TRACK_TYPE__VIDEO,
					LK__TRACK_SOURCE__CAMERA);
	Lk__ParticipantPermission permission = LK__PARTICIPANT_PERMISSION__INIT;
	char identity[] = "bob:1";

	plane_skip(w);
	permission.can_publish = permission.can_publish_data = true;
	assert_int_equal(update(w, identity, &permission), 0);
	assert_false(plane_expect(w, CMD_GRANT).join.can_subscribe);
	assert_string_equal(plane_expect(w, CMD_UNSUBSCRIBE).track.text, sid.text);
	plane_expect_nothing(w);
	permission.can_subscribe = true;
	assert_int_equal(update(w, identity, &permission), 0);
	struct plane_cmd grant = plane_expect(w, CMD_GRANT);
	assert_true(grant.join.can_subscribe);
	assert_true(grant.join.can_publish_data);
	assert_string_equal(plane_expect(w, CMD_SUBSCRIBE).track.text, sid.text);
	client_close(ann);
	client_close(bob);
}

static void allow(struct client *c, bool all, char *identity, char *track)
{
	Lk__SignalRequest request = LK__SIGNAL_REQUEST__INIT;
	Lk__SubscriptionPermission body = LK__SUBSCRIPTION_PERMISSION__INIT;
	Lk__TrackPermission rule = LK__TRACK_PERMISSION__INIT;
	Lk__TrackPermission *rules[] = { &rule };

	body.has_all_participants = true;
	body.all_participants = all;
	rule.participant_identity = identity;
	rule.has_all_tracks = true;
	rule.all_tracks = !track;
	rule.track_sids = &track;
	rule.n_track_sids = track ? 1 : 0;
	body.track_permissions = rules;
	body.n_track_permissions = identity ? 1 : 0;
	request.message_case = LK__SIGNAL_REQUEST__MESSAGE_SUBSCRIPTION_PERMISSION;
	request.subscription_permission = &body;
	client_send(c, &request);
}

static void expect_allowed(struct client *c, const char *track, bool allowed)
{
	response_scope r = client_expect(
		c, LK__SIGNAL_RESPONSE__MESSAGE_SUBSCRIPTION_PERMISSION_UPDATE);

	assert_string_equal(r->subscription_permission_update->track_sid, track);
	assert_int_equal(r->subscription_permission_update->allowed, allowed);
}

static void test_publisher_says_who_may_have_its_tracks(void **state)
{
	struct world *w = *state;
	struct client *ann = client_enter(w, "r", "ann:1"), *bob = client_enter(w, "r", "bob:1");
	struct client *eve = client_enter(w, "r", "eve:1");
	struct sid sid = client_publish(w, ann, "cid", LK__TRACK_TYPE__VIDEO,
					LK__TRACK_SOURCE__CAMERA);
	char bob_identity[] = "bob:1", other[] = "TR_other";

	client_skip(bob);
	client_skip(eve);
	plane_skip(w);
	allow(ann, false, bob_identity, NULL); /* bob everything, eve nothing */
	expect_allowed(eve, sid.text, false);
	client_expect_nothing(bob);
	struct plane_cmd cmd = plane_expect(w, CMD_UNSUBSCRIBE);
	assert_string_equal(cmd.participant.text, eve->session->member->sid.text);
	plane_expect_nothing(w);

	allow(ann, false, bob_identity, other); /* bob another track only */
	expect_allowed(bob, sid.text, false);
	(void)plane_expect(w, CMD_UNSUBSCRIBE);
	allow(ann, false, bob_identity, sid.text);
	expect_allowed(bob, sid.text, true);
	(void)plane_expect(w, CMD_SUBSCRIBE);
	plane_expect_nothing(w);

	/* who comes later is under the same rules */
	struct client *joe = client_enter(w, "r", "joe:1");
	(void)plane_worker_of_last(w);
	(void)plane_expect(w, CMD_JOIN);
	plane_expect_nothing(w);
	client_skip(joe);
	client_skip(bob);
	client_skip(eve);

	allow(ann, true, NULL, NULL);
	expect_allowed(eve, sid.text, true);
	expect_allowed(joe, sid.text, true);
	client_expect_nothing(bob);
	(void)plane_expect(w, CMD_SUBSCRIBE);
	(void)plane_expect(w, CMD_SUBSCRIBE);
	plane_expect_nothing(w);
	client_close(ann);
	client_close(bob);
	client_close(eve);
	client_close(joe);
}

static void test_room_config_of_the_token(void **state)
{
	struct world *w = *state;
	struct client_info info = { .auto_subscribe = true };
	struct media_token token = world_token("r", "ann:1");
	struct media_token second = world_token("r", "bob:1");

	token.room_config = json_pack("{s:i, s:i, s:s}", "maxParticipants", 2, "departure_timeout",
				      3, "metadata", "m");
	second.room_config = json_pack("{s:i}", "maxParticipants", 9); /* the room exists by then */
	struct client *ann = client_join(w, token, info), *bob = client_join(w, second, info);
	response_scope joined = client_expect(bob, LK__SIGNAL_RESPONSE__MESSAGE_JOIN);
	assert_int_equal(joined->join->room->max_participants, 2);
	assert_int_equal(joined->join->room->departure_timeout, 3);
	assert_string_equal(joined->join->room->metadata, "m");
	client_close(ann);
	client_close(bob);
}

static void test_room_metadata_is_told(void **state)
{
	struct world *w = *state;
	struct client *ann = client_enter(w, "r", "ann:1");
	char room[] = "r", metadata[] = "green";
	Lk__UpdateRoomMetadataRequest q = LK__UPDATE_ROOM_METADATA_REQUEST__INIT;

	client_skip(ann);
	q.room = room;
	q.metadata = metadata;
	assert_int_equal(run(w, "UpdateRoomMetadata", &q.base, NULL), 0);
	response_scope told = client_expect(ann, LK__SIGNAL_RESPONSE__MESSAGE_ROOM_UPDATE);
	assert_string_equal(told->room_update->room->metadata, "green");
	client_close(ann);
}

static void test_signing_out_ends_the_legs(void **state)
{
	struct world *w = *state;
	struct client_info info = { .auto_subscribe = true };
	struct media_token token = world_token("r", "ann:1"), other = world_token("q", "ann:2");
	response_scope gone = NULL;

	token.session = strdup("one");
	other.session = strdup("two");
	struct client *ann = client_join(w, token, info), *bob = client_enter(w, "r", "bob:1");
	struct client *phone = client_join(w, other,
					   info); /* the same person, signed in elsewhere */
	client_skip(ann);
	client_skip(bob);
	client_skip(phone);
	plane_skip(w);
	signal_end_session(w->hub, "one");
	response_scope leave = client_expect(ann, LK__SIGNAL_RESPONSE__MESSAGE_LEAVE);
	assert_int_equal(leave->leave->action, LK__LEAVE_ACTION__DISCONNECT);
	assert_int_equal(ann->conn.close_code, 1000);
	assert_int_equal(expect_update(bob, &gone)->state, LK__PARTICIPANT_STATE__DISCONNECTED);
	(void)plane_expect(w, CMD_LEAVE);
	plane_expect_nothing(w);
	client_expect_nothing(phone);
	assert_true(signal_has_ended(w->hub, "one"));
	assert_false(signal_has_ended(w->hub, "two"));
	assert_false(signal_has_ended(w->hub, NULL));
	for (int i = 0; i < SIGNAL_ENDED_MAX; i++) /* bounded: the oldest is forgotten */
		signal_end_session(w->hub, "three");
	assert_false(signal_has_ended(w->hub, "one"));
	client_close(ann);
	client_close(bob);
	client_close(phone);
}

#define WORLD_TEST(f) cmocka_unit_test_setup_teardown(f, world_init, fini)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD_TEST(test_room_is_made_empty_and_ends_by_itself),
		WORLD_TEST(test_full_by_its_own_limit),
		WORLD_TEST(test_delete_sends_everybody_away),
		WORLD_TEST(test_remove_says_why),
		WORLD_TEST(test_mute_stops_the_media_and_tells_all),
		WORLD_TEST(test_losing_publish_takes_the_tracks),
		WORLD_TEST(test_losing_and_gaining_subscribe),
		WORLD_TEST(test_publisher_says_who_may_have_its_tracks),
		WORLD_TEST(test_room_config_of_the_token),
		WORLD_TEST(test_room_metadata_is_told),
		WORLD_TEST(test_signing_out_ends_the_legs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
