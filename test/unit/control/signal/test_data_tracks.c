/* SPDX-License-Identifier: Apache-2.0 */
/* Data tracks: publishing, subscribing, rights, a resume, the end. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "doubles.h"

static struct sid sid_of(const struct client *c)
{
	return c->session->member->sid;
}

static void ask_to_publish(struct client *c, uint32_t handle, char *name)
{
	Lk__SignalRequest request = LK__SIGNAL_REQUEST__INIT;
	Lk__PublishDataTrackRequest publish = LK__PUBLISH_DATA_TRACK_REQUEST__INIT;
	uint8_t schema[] = { 8, 1 };

	publish.has_pub_handle = publish.has_schema = true;
	publish.pub_handle = handle;
	publish.name = name;
	publish.schema = (ProtobufCBinaryData){ .data = schema, .len = sizeof schema };
	request.message_case = LK__SIGNAL_REQUEST__MESSAGE_PUBLISH_DATA_TRACK;
	request.publish_data_track = &publish;
	client_send(c, &request);
}

/* Publishes, and returns its SID and the command to the media plane. */
static struct plane_cmd publish(struct world *w, struct client *c, uint32_t handle, char *name)
{
	ask_to_publish(c, handle, name);
	response_scope r = client_expect(c,
					 LK__SIGNAL_RESPONSE__MESSAGE_PUBLISH_DATA_TRACK_RESPONSE);
	const Lk__DataTrackInfo *info = r->publish_data_track_response->info;
	struct plane_cmd cmd = plane_expect(w, CMD_ADD_DATA_TRACK);

	assert_int_equal(info->pub_handle, handle);
	assert_string_equal(info->name, name);
	assert_int_equal(info->schema.len, 2);
	assert_memory_equal(info->sid, "DTR_", 4);
	assert_string_equal(cmd.track.text, info->sid);
	assert_int_equal(cmd.data_track.publisher, handle);
	assert_int_not_equal(cmd.data_track.subscribers, 0);
	return cmd;
}

static void subscribe(struct client *c, struct sid *track, bool on)
{
	Lk__SignalRequest request = LK__SIGNAL_REQUEST__INIT;
	Lk__UpdateDataSubscription update = LK__UPDATE_DATA_SUBSCRIPTION__INIT;
	Lk__DataSubscription one = LK__DATA_SUBSCRIPTION__INIT, *all[] = { &one };

	one.track_sid = track->text;
	one.has_subscribe = true;
	one.subscribe = on;
	update.updates = all;
	update.n_updates = 1;
	request.message_case = LK__SIGNAL_REQUEST__MESSAGE_UPDATE_DATA_SUBSCRIPTION;
	request.update_data_subscription = &update;
	client_send(c, &request);
}

static void expect_tracks(struct client *c, size_t n)
{
	response_scope r = client_expect(c, LK__SIGNAL_RESPONSE__MESSAGE_UPDATE);

	assert_int_equal(r->update->participants[0]->n_data_tracks, n);
}

static void expect_handle(struct client *c, const struct plane_cmd *track, const char *identity)
{
	response_scope r = client_expect(
		c, LK__SIGNAL_RESPONSE__MESSAGE_DATA_TRACK_SUBSCRIBER_HANDLES);
	const Lk__DataTrackSubscriberHandles *all = r->data_track_subscriber_handles;

	assert_int_equal(all->n_sub_handles, 1);
	assert_int_equal(all->sub_handles[0]->key, track->data_track.subscribers);
	assert_string_equal(all->sub_handles[0]->value->track_sid, track->track.text);
	assert_string_equal(all->sub_handles[0]->value->publisher_identity, identity);
}

static void expect_subscription(struct world *w, struct client *c, const struct sid *track, bool on)
{
	struct plane_cmd cmd = plane_expect(w, CMD_SUBSCRIBE_DATA);

	assert_string_equal(cmd.track.text, track->text);
	assert_string_equal(cmd.participant.text, sid_of(c).text);
	assert_int_equal(cmd.on, on);
}

static void test_published_subscribed_unpublished(void **state)
{
	struct world *w = *state;
	struct client *ann = client_enter(w, "r", "ann:1"), *bob = client_enter(w, "r", "bob:1");

	client_skip(ann);
	client_skip(bob);
	plane_skip(w);
	struct plane_cmd track = publish(w, ann, 7, (char[]){ "joints" });
	expect_tracks(ann, 1);
	expect_tracks(bob, 1);
	struct plane_cmd other = publish(w, ann, 8, (char[]){ "other" });
	assert_int_not_equal(other.data_track.subscribers, track.data_track.subscribers);
	client_skip(ann);
	client_skip(bob);

	subscribe(bob, &track.track, true);
	expect_handle(bob, &track, "ann:1");
	expect_subscription(w, bob, &track.track, true);
	subscribe(bob, &track.track, true); /* again: told again, done once */
	expect_handle(bob, &track, "ann:1");
	plane_expect_nothing(w);
	subscribe(bob, &track.track, false);
	expect_subscription(w, bob, &track.track, false);
	subscribe(bob, &track.track, false);
	subscribe(ann, &track.track, true); /* its own: no */
	struct sid nobody = { "DTR_nobody" };
	subscribe(bob, &nobody, true);
	plane_expect_nothing(w);
	client_expect_nothing(bob);

	subscribe(bob, &track.track, true);
	client_skip(bob);
	plane_skip(w);
	Lk__SignalRequest request = LK__SIGNAL_REQUEST__INIT;
	Lk__UnpublishDataTrackRequest gone = LK__UNPUBLISH_DATA_TRACK_REQUEST__INIT;
	gone.has_pub_handle = true;
	gone.pub_handle = 7;
	request.message_case = LK__SIGNAL_REQUEST__MESSAGE_UNPUBLISH_DATA_TRACK;
	request.unpublish_data_track = &gone;
	client_send(ann, &request);
	response_scope r = client_expect(
		ann, LK__SIGNAL_RESPONSE__MESSAGE_UNPUBLISH_DATA_TRACK_RESPONSE);
	assert_string_equal(r->unpublish_data_track_response->info->sid, track.track.text);
	assert_string_equal(plane_expect(w, CMD_REMOVE_DATA_TRACK).track.text, track.track.text);
	expect_tracks(bob, 1);
	client_skip(ann);
	client_send(ann, &request);
	response_scope refused = client_expect(ann, LK__SIGNAL_RESPONSE__MESSAGE_REQUEST_RESPONSE);
	assert_int_equal(refused->request_response->reason, LK__REQUEST_REASON__NOT_FOUND);
	assert_int_equal(refused->request_response->unpublish_data_track->pub_handle, 7);
	client_close(ann);
	client_close(bob);
}

static void expect_refusal(struct client *c, uint32_t handle, char *name, Lk__RequestReason reason)
{
	ask_to_publish(c, handle, name);
	response_scope r = client_expect(c, LK__SIGNAL_RESPONSE__MESSAGE_REQUEST_RESPONSE);

	assert_int_equal(r->request_response->reason, reason);
	assert_int_equal(r->request_response->publish_data_track->pub_handle, handle);
}

static void test_what_cannot_be_published(void **state)
{
	struct world *w = *state;
	struct client *ann = client_enter(w, "r", "ann:1");
	char name[LIMIT_DATA_TRACK_NAME + 2];

	client_skip(ann);
	memset(name, 'x', sizeof name - 1);
	name[sizeof name - 1] = '\0';
	expect_refusal(ann, 0, (char[]){ "a" }, LK__REQUEST_REASON__INVALID_HANDLE);
	expect_refusal(ann, 65536, (char[]){ "a" }, LK__REQUEST_REASON__INVALID_HANDLE);
	expect_refusal(ann, 1, (char[]){ "" }, LK__REQUEST_REASON__INVALID_NAME);
	expect_refusal(ann, 1, name, LK__REQUEST_REASON__INVALID_NAME);
	ask_to_publish(ann, 1, (char[]){ "a" });
	client_skip(ann);
	expect_refusal(ann, 1, (char[]){ "b" }, LK__REQUEST_REASON__DUPLICATE_HANDLE);
	expect_refusal(ann, 2, (char[]){ "a" }, LK__REQUEST_REASON__DUPLICATE_NAME);
	for (uint32_t i = 2; i <= LIMIT_DATA_TRACKS; i++) {
		(void)snprintf(name, sizeof name, "track %u", i);
		ask_to_publish(ann, i, name);
	}
	client_skip(ann);
	expect_refusal(ann, 99, (char[]){ "one more" }, LK__REQUEST_REASON__LIMIT_EXCEEDED);
	client_close(ann);
}

static void change(struct client *c, bool subscribe, bool data)
{
	Lk__ParticipantPermission p = LK__PARTICIPANT_PERMISSION__INIT;

	p.has_can_subscribe = p.has_can_publish = p.has_can_publish_data = true;
	p.can_subscribe = subscribe;
	p.can_publish = true;
	p.can_publish_data = data;
	permission_change(c->session->member, &p);
}

static void test_rights_are_taken_away(void **state)
{
	struct world *w = *state;
	struct client *ann = client_enter(w, "r", "ann:1"), *bob = client_enter(w, "r", "bob:1");

	client_skip(ann);
	plane_skip(w);
	struct plane_cmd track = publish(w, ann, 1, (char[]){ "a" });
	subscribe(bob, &track.track, true);
	client_skip(ann);
	client_skip(bob);
	plane_skip(w);

	change(bob, false, true);
	(void)plane_expect(w, CMD_GRANT);
	expect_subscription(w, bob, &track.track, false);
	client_skip(bob);
	subscribe(bob, &track.track, true); /* not any more */
	client_expect_nothing(bob);
	plane_expect_nothing(w);

	change(ann, true, false);
	(void)plane_expect(w, CMD_GRANT);
	(void)plane_expect(w, CMD_REMOVE_DATA_TRACK);
	client_skip(ann);
	expect_refusal(ann, 2, (char[]){ "b" }, LK__REQUEST_REASON__NOT_ALLOWED);
	client_close(ann);
	client_close(bob);
}

static void test_the_publisher_says_who(void **state)
{
	struct world *w = *state;
	struct client *ann = client_enter(w, "r", "ann:1"), *bob = client_enter(w, "r", "bob:1");
	Lk__SignalRequest request = LK__SIGNAL_REQUEST__INIT;
	Lk__SubscriptionPermission nobody = LK__SUBSCRIPTION_PERMISSION__INIT;

	client_skip(ann);
	plane_skip(w);
	struct plane_cmd track = publish(w, ann, 1, (char[]){ "a" });
	subscribe(bob, &track.track, true);
	client_skip(bob);
	plane_skip(w);
	request.message_case = LK__SIGNAL_REQUEST__MESSAGE_SUBSCRIPTION_PERMISSION;
	request.subscription_permission = &nobody;
	client_send(ann, &request);
	expect_subscription(w, bob, &track.track, false);
	subscribe(bob, &track.track, true);
	plane_expect_nothing(w);
	client_close(ann);
	client_close(bob);
}

static void test_who_leaves_leaves_nothing(void **state)
{
	struct world *w = *state;
	struct client *ann = client_enter(w, "r", "ann:1"), *bob = client_enter(w, "r", "bob:1");

	client_skip(ann);
	plane_skip(w);
	struct plane_cmd track = publish(w, ann, 1, (char[]){ "a" });

	subscribe(bob, &track.track, true);
	member_remove(ann->session->member, LK__DISCONNECT_REASON__CLIENT_INITIATED);
	client_skip(bob);
	plane_skip(w);
	subscribe(bob, &track.track, true);
	client_expect_nothing(bob);
	plane_expect_nothing(w);
	client_close(ann);
	client_close(bob);
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, world_init, world_fini)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_published_subscribed_unpublished),
		CASE(test_what_cannot_be_published),
		CASE(test_rights_are_taken_away),
		CASE(test_the_publisher_says_who),
		CASE(test_who_leaves_leaves_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
