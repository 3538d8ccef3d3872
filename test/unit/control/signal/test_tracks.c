/* SPDX-License-Identifier: Apache-2.0 */
/* Publishing, muting, subscribing, and the order of messages that clients rely on. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "doubles.h"

static void add_track(struct client *c, Lk__AddTrackRequest *add)
{
	Lk__SignalRequest request = LK__SIGNAL_REQUEST__INIT;

	request.message_case = LK__SIGNAL_REQUEST__MESSAGE_ADD_TRACK;
	request.add_track = add;
	client_send(c, &request);
}

static void test_add_track_keeps_what_others_need(void **state)
{
	struct world *w = *state;
	struct client *ann = client_enter(w, "r", "ann:1");
	char cid[] = "cam-1", name[] = "camera", stream[] = "camera", vp8[] = "vp8", rid[] = "f";
	Lk__VideoLayer low = LK__VIDEO_LAYER__INIT, high = LK__VIDEO_LAYER__INIT;
	Lk__VideoLayer *layers[] = { &low, &high };
	Lk__SimulcastCodec codec = LK__SIMULCAST_CODEC__INIT;
	Lk__SimulcastCodec *codecs[] = { &codec };
	Lk__AddTrackRequest add = LK__ADD_TRACK_REQUEST__INIT;

	low.has_width = high.has_width = high.has_quality = true;
	low.width = 320;
	high.width = 1280;
	high.quality = LK__VIDEO_QUALITY__HIGH;
	high.rid = rid;
	codec.codec = vp8;
	codec.cid = cid;
	codec.layers = layers;
	codec.n_layers = 2;
	add.cid = cid;
	add.name = name;
	add.stream = stream;
	add.has_type = add.has_source = add.has_encryption = add.has_width = true;
	add.type = LK__TRACK_TYPE__VIDEO;
	add.source = LK__TRACK_SOURCE__CAMERA;
	add.encryption = 1;
	add.width = 1280;
	add.layers = layers;
	add.n_layers = 2;
	add.simulcast_codecs = codecs;
	add.n_simulcast_codecs = 1;
	client_skip(ann);
	plane_skip(w);
	add_track(ann, &add);
	response_scope answer = client_expect(ann, LK__SIGNAL_RESPONSE__MESSAGE_TRACK_PUBLISHED);
	const Lk__TrackInfo *info = answer->track_published->track;
	assert_string_equal(answer->track_published->cid, "cam-1");
	assert_true(strncmp(info->sid, "TR_VC", 5) == 0);
	assert_int_equal(strlen(info->sid), 5 + SIGNAL_SID_LETTERS);
	assert_string_equal(info->mime_type, "video/VP8");
	assert_string_equal(info->stream, "camera");
	assert_int_equal(info->encryption, 1);
	assert_int_equal(info->n_layers, 2);
	assert_int_equal(info->layers[1]->width, 1280);
	assert_string_equal(info->layers[1]->rid, "f");
	assert_int_equal(info->n_codecs, 1);
	assert_string_equal(info->codecs[0]->cid, "cam-1");
	struct plane_cmd cmd = plane_expect(w, CMD_ADD_TRACK);
	assert_string_equal(cmd.track.text, info->sid);
	assert_string_equal(cmd.add_track.cid, "cam-1");
	assert_int_equal(cmd.add_track.kind, KIND_VIDEO);
	assert_int_equal(cmd.add_track.layer_count, 2);
	assert_int_equal(cmd.add_track.layers[1].width, 1280);

	/* asked again: the same track, and the media plane is not told twice */
	add_track(ann, &add);
	response_scope again = client_expect(ann, LK__SIGNAL_RESPONSE__MESSAGE_TRACK_PUBLISHED);
	assert_string_equal(again->track_published->track->sid, info->sid);
	plane_expect_nothing(w);
	client_close(ann);
}

static void test_update_comes_before_the_offer(void **state)
{
	struct world *w = *state;
	struct client *ann = client_enter(w, "r", "ann:1");
	struct client *bob = client_enter(w, "r", "bob:1");
	response_scope update = NULL;

	client_skip(bob);
	plane_skip(w);
	struct sid sid = client_publish(w, ann, "c1", LK__TRACK_TYPE__VIDEO,
					LK__TRACK_SOURCE__CAMERA);
	(void)plane_expect(w, CMD_ADD_TRACK);
	/* bob knows the track… */
	Lk__ParticipantInfo *info = expect_update(bob, &update);
	assert_int_equal(info->n_tracks, 1);
	assert_string_equal(info->tracks[0]->sid, sid.text);
	assert_string_equal(info->tracks[0]->mid, "3");
	assert_true(info->is_publisher);
	client_expect_nothing(bob);
	/* …before the media plane may make the offer; and ann does not subscribe to herself */
	struct plane_cmd cmd = plane_expect(w, CMD_SUBSCRIBE);
	assert_string_equal(cmd.participant.text, bob->session->member->sid.text);
	assert_string_equal(cmd.publisher.text, ann->session->member->sid.text);
	assert_string_equal(cmd.track.text, sid.text);
	plane_expect_nothing(w);
	assert_int_equal(signal_gauges(w->hub).published_tracks, 1);
	client_close(ann);
	client_close(bob);
}

static void test_newcomer_gets_what_is_live(void **state)
{
	struct world *w = *state;
	struct client *ann = client_enter(w, "r", "ann:1");
	char cid[] = "pending";
	Lk__AddTrackRequest add = LK__ADD_TRACK_REQUEST__INIT;
	struct sid sid = client_publish(w, ann, "c1", LK__TRACK_TYPE__AUDIO,
					LK__TRACK_SOURCE__MICROPHONE);

	add.cid = cid;
	add_track(ann, &add); /* announced, no media yet: not for others */
	plane_skip(w);
	struct client *bob = client_enter(w, "r", "bob:1");
	response_scope first = client_expect(bob, LK__SIGNAL_RESPONSE__MESSAGE_JOIN);
	assert_int_equal(first->join->other_participants[0]->n_tracks, 1);
	assert_string_equal(first->join->other_participants[0]->tracks[0]->sid, sid.text);
	(void)plane_expect(w, CMD_JOIN);
	struct plane_cmd cmd = plane_expect(w, CMD_SUBSCRIBE);
	assert_string_equal(cmd.track.text, sid.text);
	plane_expect_nothing(w);
	client_close(ann);
	client_close(bob);
}

static void mute(struct client *c, const char *sid, bool muted)
{
	Lk__SignalRequest request = LK__SIGNAL_REQUEST__INIT;
	Lk__MuteTrackRequest body = LK__MUTE_TRACK_REQUEST__INIT;
	char copy[32];

	(void)snprintf(copy, sizeof copy, "%s", sid);
	body.sid = copy;
	body.has_muted = true;
	body.muted = muted;
	request.message_case = LK__SIGNAL_REQUEST__MESSAGE_MUTE;
	request.mute = &body;
	client_send(c, &request);
}

static void test_mute_is_seen_by_others(void **state)
{
	struct world *w = *state;
	struct client *ann = client_enter(w, "r", "ann:1");
	struct client *bob = client_enter(w, "r", "bob:1");
	struct sid sid = client_publish(w, ann, "c1", LK__TRACK_TYPE__AUDIO,
					LK__TRACK_SOURCE__MICROPHONE);
	response_scope on = NULL, off = NULL;

	client_skip(bob);
	plane_skip(w);
	mute(ann, sid.text, true);
	Lk__ParticipantInfo *info = expect_update(bob, &on);
	assert_true(info->tracks[0]->muted);
	uint32_t version = info->version;
	struct plane_cmd cmd = plane_expect(w, CMD_MUTE_TRACK);
	assert_true(cmd.on);
	client_expect_nothing(ann);
	mute(ann, sid.text, true); /* no change, no noise */
	client_expect_nothing(bob);
	plane_expect_nothing(w);
	mute(ann, sid.text, false);
	info = expect_update(bob, &off);
	assert_false(info->tracks[0]->muted);
	assert_true(info->version > version);

	/* another's track */
	client_skip(ann);
	client_skip(bob);
	plane_skip(w);
	mute(bob, sid.text, true);
	response_scope refused = client_expect(bob, LK__SIGNAL_RESPONSE__MESSAGE_REQUEST_RESPONSE);
	assert_int_equal(refused->request_response->reason, LK__REQUEST_REASON__NOT_FOUND);
	client_expect_nothing(ann);
	plane_expect_nothing(w);
	client_close(ann);
	client_close(bob);
}

static void test_unpublish_and_leave_end_tracks(void **state)
{
	struct world *w = *state;
	struct client *ann = client_enter(w, "r", "ann:1");
	struct client *bob = client_enter(w, "r", "bob:1");
	struct sid audio = client_publish(w, ann, "c1", LK__TRACK_TYPE__AUDIO,
					  LK__TRACK_SOURCE__MICROPHONE);
	struct sid video = client_publish(w, ann, "c2", LK__TRACK_TYPE__VIDEO,
					  LK__TRACK_SOURCE__CAMERA);
	response_scope update = NULL;

	client_skip(bob);
	plane_skip(w);
	plane_event(w, ann, EV_TRACK_GONE, &audio);
	Lk__ParticipantInfo *info = expect_update(bob, &update);
	assert_int_equal(info->n_tracks, 1);
	assert_string_equal(info->tracks[0]->sid, video.text);
	plane_expect_nothing(w); /* the media plane ended its subscriptions itself */

	/* published anew under the same client id */
	struct sid anew = client_publish(w, ann, "c1", LK__TRACK_TYPE__AUDIO,
					 LK__TRACK_SOURCE__MICROPHONE);
	assert_string_not_equal(anew.text, audio.text);
	(void)plane_expect(w, CMD_ADD_TRACK);
	(void)plane_expect(w, CMD_SUBSCRIBE);
	client_close(ann);
	client_close(bob);
}

static void expect_refused(struct client *c, Lk__AddTrackRequest *add, Lk__RequestReason reason)
{
	add_track(c, add);
	response_scope refused = client_expect(c, LK__SIGNAL_RESPONSE__MESSAGE_REQUEST_RESPONSE);
	assert_int_equal(refused->request_response->reason, reason);
	assert_int_equal(refused->request_response->request_case,
			 LK__REQUEST_RESPONSE__REQUEST_ADD_TRACK);
}

static void test_permission_to_publish(void **state)
{
	struct world *w = *state;
	struct client_info info = { .auto_subscribe = true };
	struct media_token token = world_token("r", "quiet");
	char cid[] = "c1", long_cid[PLANE_CID_MAX + 1];
	Lk__AddTrackRequest add = LK__ADD_TRACK_REQUEST__INIT;

	token.can_publish_sources = MEDIA_SOURCE_MICROPHONE;
	struct client *quiet = client_join(w, token, info);
	client_skip(quiet);
	plane_skip(w);
	add.cid = cid;
	add.has_source = add.has_type = true;
	add.source = LK__TRACK_SOURCE__CAMERA;
	add.type = LK__TRACK_TYPE__VIDEO;
	expect_refused(quiet, &add, LK__REQUEST_REASON__NOT_ALLOWED);
	add.source = (Lk__TrackSource)77;
	expect_refused(quiet, &add, LK__REQUEST_REASON__NOT_ALLOWED);
	add.source = LK__TRACK_SOURCE__MICROPHONE;
	add.type = LK__TRACK_TYPE__DATA;
	expect_refused(quiet, &add, LK__REQUEST_REASON__UNSUPPORTED_TYPE);
	add.type = LK__TRACK_TYPE__AUDIO;
	memset(long_cid, 'x', sizeof long_cid - 1);
	long_cid[sizeof long_cid - 1] = '\0';
	add.cid = long_cid;
	expect_refused(quiet, &add, LK__REQUEST_REASON__INVALID_REQUEST);
	add.cid = NULL;
	expect_refused(quiet, &add, LK__REQUEST_REASON__INVALID_REQUEST);
	plane_expect_nothing(w);
	client_close(quiet);

	token = world_token("r", "viewer");
	token.can_publish = false;
	struct client *viewer = client_join(w, token, info);
	client_skip(viewer);
	add.cid = cid;
	expect_refused(viewer, &add, LK__REQUEST_REASON__NOT_ALLOWED);
	client_close(viewer);
}

static void test_pending_tracks_are_limited(void **state)
{
	struct world *w = *state;
	struct client *ann = client_enter(w, "r", "ann:1");
	Lk__AddTrackRequest add = LK__ADD_TRACK_REQUEST__INIT;
	char cid[16];

	add.cid = cid;
	for (int i = 0; i < LIMIT_PENDING_TRACKS; i++) {
		(void)snprintf(cid, sizeof cid, "c%d", i);
		client_skip(ann);
		add_track(ann, &add);
		response_scope ok = client_expect(ann,
						  LK__SIGNAL_RESPONSE__MESSAGE_TRACK_PUBLISHED);
	}
	(void)snprintf(cid, sizeof cid, "more");
	expect_refused(ann, &add, LK__REQUEST_REASON__LIMIT_EXCEEDED);
	client_close(ann);
}

static void subscription(struct client *c, const char *sid, bool subscribe)
{
	Lk__SignalRequest request = LK__SIGNAL_REQUEST__INIT;
	Lk__UpdateSubscription body = LK__UPDATE_SUBSCRIPTION__INIT;
	char copy[32];
	char *sids[] = { copy };

	(void)snprintf(copy, sizeof copy, "%s", sid);
	body.track_sids = sids;
	body.n_track_sids = 1;
	body.has_subscribe = true;
	body.subscribe = subscribe;
	request.message_case = LK__SIGNAL_REQUEST__MESSAGE_SUBSCRIPTION;
	request.subscription = &body;
	client_send(c, &request);
}

static void settings(struct client *c, const char *sid, bool disabled)
{
	Lk__SignalRequest request = LK__SIGNAL_REQUEST__INIT;
	Lk__UpdateTrackSettings body = LK__UPDATE_TRACK_SETTINGS__INIT;
	char copy[32];
	char *sids[] = { copy };

	(void)snprintf(copy, sizeof copy, "%s", sid);
	body.track_sids = sids;
	body.n_track_sids = 1;
	body.has_disabled = true;
	body.disabled = disabled;
	request.message_case = LK__SIGNAL_REQUEST__MESSAGE_TRACK_SETTING;
	request.track_setting = &body;
	client_send(c, &request);
}

static void test_manual_subscription(void **state)
{
	struct world *w = *state;
	struct client_info info = { .auto_subscribe = false };
	struct client *ann = client_enter(w, "r", "ann:1");
	struct client *bob = client_join(w, world_token("r", "bob:1"), info);

	plane_skip(w);
	struct sid sid = client_publish(w, ann, "c1", LK__TRACK_TYPE__VIDEO,
					LK__TRACK_SOURCE__CAMERA);
	(void)plane_expect(w, CMD_ADD_TRACK);
	plane_expect_nothing(w); /* nobody subscribed by itself */
	subscription(bob, sid.text, true);
	(void)plane_expect(w, CMD_SUBSCRIBE);
	subscription(bob, sid.text, true);
	plane_expect_nothing(w);
	settings(bob, sid.text, true);
	assert_true(plane_expect(w, CMD_SETTINGS).settings.disabled);
	settings(bob, sid.text, true);
	plane_expect_nothing(w);
	settings(bob, sid.text, false);
	assert_false(plane_expect(w, CMD_SETTINGS).settings.disabled);
	subscription(bob, sid.text, false);
	(void)plane_expect(w, CMD_UNSUBSCRIBE);
	settings(bob, sid.text, true);
	plane_expect_nothing(w);
	client_skip(bob);
	subscription(bob, "TR_nobody", true);
	response_scope failed = client_expect(bob,
					      LK__SIGNAL_RESPONSE__MESSAGE_SUBSCRIPTION_RESPONSE);
	assert_int_equal(failed->subscription_response->err, 2);
	subscription(ann, sid.text, true); /* one's own */
	plane_expect_nothing(w);
	client_close(ann);
	client_close(bob);
}

static void test_negotiation_passes_through(void **state)
{
	struct world *w = *state;
	struct client *ann = client_enter(w, "r", "ann:1");
	Lk__SignalRequest request = LK__SIGNAL_REQUEST__INIT;
	Lk__SessionDescription description = LK__SESSION_DESCRIPTION__INIT;
	char sdp[] = "v=0\r\n", type[] = "offer";

	client_skip(ann);
	plane_skip(w);
	description.sdp = sdp;
	description.type = type;
	description.has_id = true;
	description.id = 9;
	request.message_case = LK__SIGNAL_REQUEST__MESSAGE_OFFER;
	request.offer = &description;
	client_send(ann, &request);
	struct plane_cmd cmd = plane_expect(w, CMD_OFFER);
	assert_int_equal(cmd.id, 9);
	assert_string_equal(cmd.sdp, "v=0\r\n");
	plane_cmd_fini(&cmd);
	request.message_case = LK__SIGNAL_REQUEST__MESSAGE_ANSWER;
	request.answer = &description;
	client_send(ann, &request);
	cmd = plane_expect(w, CMD_ANSWER);
	plane_cmd_fini(&cmd);

	struct plane_event event = { .type = EV_ANSWER,
				     .room = ann->session->member->room->sid,
				     .participant = ann->session->member->sid,
				     .id = 9,
				     .sdp = sdp };
	signal_on_plane_event(w->hub, ann->session->member->room->worker, &event);
	response_scope answer = client_expect(ann, LK__SIGNAL_RESPONSE__MESSAGE_ANSWER);
	assert_int_equal(answer->answer->id, 9);
	assert_string_equal(answer->answer->type, "answer");
	event.type = EV_OFFER;
	event.id = 1;
	signal_on_plane_event(w->hub, ann->session->member->room->worker, &event);
	response_scope offer = client_expect(ann, LK__SIGNAL_RESPONSE__MESSAGE_OFFER);
	assert_string_equal(offer->offer->type, "offer");
	assert_string_equal(offer->offer->sdp, "v=0\r\n");

	/* empty, and too long */
	autofree char *big = malloc(LIMIT_SDP + 2);
	assert_non_null(big);
	memset(big, 'a', LIMIT_SDP + 1);
	big[LIMIT_SDP + 1] = '\0';
	description.sdp = big;
	client_send(ann, &request);
	response_scope refused = client_expect(ann, LK__SIGNAL_RESPONSE__MESSAGE_REQUEST_RESPONSE);
	assert_int_equal(refused->request_response->reason, LK__REQUEST_REASON__INVALID_REQUEST);
	description.sdp = NULL;
	client_send(ann, &request);
	plane_expect_nothing(w);
	client_close(ann);
}

static void test_offer_without_any_right(void **state)
{
	struct world *w = *state;
	struct client_info info = { .auto_subscribe = true };
	struct media_token token = world_token("r", "viewer");
	Lk__SignalRequest request = LK__SIGNAL_REQUEST__INIT;
	Lk__SessionDescription description = LK__SESSION_DESCRIPTION__INIT;
	char sdp[] = "v=0\r\n";

	token.can_publish = token.can_publish_data = false;
	struct client *viewer = client_join(w, token, info);
	response_scope first = client_expect(viewer, LK__SIGNAL_RESPONSE__MESSAGE_JOIN);
	assert_false(first->join->fast_publish); /* else the client would open one at once */
	assert_false(plane_expect(w, CMD_JOIN).join.can_publish);
	client_skip(viewer);
	description.sdp = sdp;
	request.message_case = LK__SIGNAL_REQUEST__MESSAGE_OFFER;
	request.offer = &description;
	client_send(viewer, &request);
	response_scope refused = client_expect(viewer,
					       LK__SIGNAL_RESPONSE__MESSAGE_REQUEST_RESPONSE);
	assert_int_equal(refused->request_response->reason, LK__REQUEST_REASON__NOT_ALLOWED);
	plane_expect_nothing(w);
	client_close(viewer);
	(void)plane_expect(w, CMD_AWAY);

	/* data alone is reason enough, and so is having no other connection */
	token = world_token("r", "chatty");
	token.can_publish = false;
	struct client *chatty = client_join(w, token, info);
	assert_true(plane_expect(w, CMD_JOIN).join.can_publish);
	client_close(chatty);
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, world_init, world_fini)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_add_track_keeps_what_others_need),
		CASE(test_update_comes_before_the_offer),
		CASE(test_newcomer_gets_what_is_live),
		CASE(test_mute_is_seen_by_others),
		CASE(test_unpublish_and_leave_end_tracks),
		CASE(test_permission_to_publish),
		CASE(test_pending_tracks_are_limited),
		CASE(test_manual_subscription),
		CASE(test_negotiation_passes_through),
		CASE(test_offer_without_any_right),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
