/* SPDX-License-Identifier: Apache-2.0 */
/* What a session makes of a media server's signalling, and what it says: in virtual time, with the edges cut
 * off (test/lib/client_edges.h). With the real server: test/interop. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "client_edges.h"

enum { SEEN = 64 };

/* An event, as far as the tests look at it. */
struct seen {
	confab_event_type type;
	int state, muted, code;
	unsigned changed, layer, layers;
	confab_reason reason;
	char participant[64], identity[64], name[64], track[64], text[64];
};

struct fixture {
	confab_client *client;
	confab_call *call;
	struct seen seen[SEEN];
	size_t count;
	int joined;
};

static void put(char ret[64], const char *text)
{
	(void)snprintf(ret, 64, "%s", text ? text : "-");
}

static void on_event(void *arg, const confab_event *e)
{
	struct fixture *f = arg;
	struct seen *s = &f->seen[f->count < SEEN ? f->count++ : SEEN - 1];

	*s = (struct seen){ .type = e->type,
			    .state = e->state,
			    .muted = e->muted,
			    .code = e->error ? e->error->code : 0,
			    .changed = e->changed,
			    .layer = e->layer,
			    .layers = e->layers,
			    .reason = e->reason };
	put(s->participant, e->participant);
	put(s->identity, e->identity);
	put(s->name, e->name);
	put(s->track, e->track_id);
	put(s->text, e->details	      ? e->details->metadata
		     : e->publication ? e->publication->mime
		     : e->room	      ? e->room->metadata
				      : NULL);
}

static void on_done(void *arg, const confab_error *error)
{
	*(int *)arg = error ? error->code : 1;
}

/* The next event, in order. */
static const struct seen *next(struct fixture *f, size_t *at, confab_event_type type)
{
	assert_true(*at < f->count);
	assert_int_equal(f->seen[*at].type, type);
	return &f->seen[(*at)++];
}

/* ---- what a server says ---- */

static char *text(const char *t)
{
	return (char *)(uintptr_t)t;
}

static void send_join(void)
{
	Lk__SignalResponse m = LK__SIGNAL_RESPONSE__INIT;
	Lk__JoinResponse join = LK__JOIN_RESPONSE__INIT;
	Lk__ParticipantInfo own = LK__PARTICIPANT_INFO__INIT, other = LK__PARTICIPANT_INFO__INIT;
	Lk__ParticipantInfo *others[] = { &other };
	Lk__TrackInfo track = LK__TRACK_INFO__INIT, *tracks[] = { &track };
	Lk__Room room = LK__ROOM__INIT;

	own.sid = text("PA_me");
	own.identity = text("me");
	other.sid = text("PA_ann");
	other.identity = text("ann");
	other.name = text("Ann");
	other.metadata = text("early");
	other.tracks = tracks;
	other.n_tracks = 1;
	track.sid = text("TR_cam");
	track.has_type = track.has_source = 1;
	track.type = LK__TRACK_TYPE__VIDEO;
	track.source = LK__TRACK_SOURCE__CAMERA;
	track.mime_type = text("video/VP8");
	room.sid = text("RM_1");
	room.metadata = text("of the room");
	join.participant = &own;
	join.other_participants = others;
	join.n_other_participants = 1;
	join.room = &room;
	join.server_version = text("1.13.5");
	m.message_case = LK__SIGNAL_RESPONSE__MESSAGE_JOIN;
	m.join = &join;
	edges_signal(&m);
}

static void begin_with(struct fixture *f, const confab_join_options *join)
{
	confab_client_options options = { .on_event = on_event, .arg = f, .own_loop = 1 };

	memset(f, 0, sizeof *f);
	edges_reset();
	edges.answers = true;
	assert_int_equal(confab_client_new(&f->client, &options, NULL), CONFAB_OK);
	f->call = confab_client_call(f->client, "default", "room", NULL);
	assert_non_null(f->call);
	confab_call_join_async(f->call, join, on_done, &f->joined);
	edges_run(f->client);
	assert_true(edges.signal.open);
	send_join();
	edges_run(f->client);
	assert_int_equal(f->joined, 1);
}

static void begin(struct fixture *f)
{
	begin_with(f, &(confab_join_options){ .url = "ws://server", .token = "t" });
	f->count = 0;
}

static void end(struct fixture *f)
{
	confab_client_free(f->client);
	edges_reset();
}

/* Ann, as an update has her; tracks: 0 to 2 of camera and microphone. */
static void send_ann(uint32_t version, int tracks, bool muted, const char *metadata,
		     const char *hand)
{
	Lk__SignalResponse m = LK__SIGNAL_RESPONSE__INIT;
	Lk__ParticipantUpdate update = LK__PARTICIPANT_UPDATE__INIT;
	Lk__ParticipantInfo ann = LK__PARTICIPANT_INFO__INIT, *all[] = { &ann };
	Lk__TrackInfo camera = LK__TRACK_INFO__INIT, microphone = LK__TRACK_INFO__INIT;
	Lk__TrackInfo *list[] = { &camera, &microphone };
	Lk__StringEntry entry = LK__STRING_ENTRY__INIT, *entries[] = { &entry };

	ann.sid = text("PA_ann");
	ann.identity = text("ann");
	ann.name = text("Ann");
	ann.metadata = text(metadata);
	ann.has_version = 1;
	ann.version = version;
	ann.tracks = list;
	ann.n_tracks = (size_t)tracks;
	camera.sid = text("TR_cam");
	camera.has_type = camera.has_muted = 1;
	camera.type = LK__TRACK_TYPE__VIDEO;
	camera.muted = muted;
	microphone.sid = text("TR_mic");
	microphone.mime_type = text("audio/opus");
	entry.key = text("hand");
	entry.value = text(hand);
	ann.attributes = entries;
	ann.n_attributes = hand ? 1 : 0;
	update.participants = all;
	update.n_participants = 1;
	m.message_case = LK__SIGNAL_RESPONSE__MESSAGE_UPDATE;
	m.update = &update;
	edges_signal(&m);
}

static void send_gone(const char *sid, Lk__DisconnectReason reason)
{
	Lk__SignalResponse m = LK__SIGNAL_RESPONSE__INIT;
	Lk__ParticipantUpdate update = LK__PARTICIPANT_UPDATE__INIT;
	Lk__ParticipantInfo info = LK__PARTICIPANT_INFO__INIT, *all[] = { &info };

	info.sid = text(sid);
	info.has_state = info.has_disconnect_reason = 1;
	info.state = LK__PARTICIPANT_STATE__DISCONNECTED;
	info.disconnect_reason = reason;
	update.participants = all;
	update.n_participants = 1;
	m.message_case = LK__SIGNAL_RESPONSE__MESSAGE_UPDATE;
	m.update = &update;
	edges_signal(&m);
}

/* ---- events ---- */

static void who_is_there(void **state)
{
	(void)state;
	static struct fixture f;
	const struct seen *s;
	size_t at = 0;

	begin_with(&f, &(confab_join_options){ .url = "ws://server", .token = "t" });
	assert_int_equal(next(&f, &at, CONFAB_EVENT_CALLING_STATE)->state, CONFAB_CALL_JOINING);
	assert_string_equal(next(&f, &at, CONFAB_EVENT_ROOM)->text, "of the room");
	s = next(&f, &at, CONFAB_EVENT_PARTICIPANT_JOINED);
	assert_string_equal(s->identity, "ann");
	assert_string_equal(s->text, "early");
	s = next(&f, &at, CONFAB_EVENT_TRACK_PUBLISHED);
	assert_string_equal(s->track, "TR_cam");
	assert_string_equal(s->text, "video/VP8");
	assert_int_equal(next(&f, &at, CONFAB_EVENT_CALLING_STATE)->state, CONFAB_CALL_JOINED);

	send_ann(5, 2, true, "early", NULL);
	assert_string_equal(next(&f, &at, CONFAB_EVENT_TRACK_MUTED)->track, "TR_cam");
	assert_string_equal(next(&f, &at, CONFAB_EVENT_TRACK_PUBLISHED)->track, "TR_mic");
	send_ann(6, 2, true, "late", "up");
	s = next(&f, &at, CONFAB_EVENT_PARTICIPANT_CHANGED);
	assert_int_equal(s->changed, CONFAB_CHANGED_METADATA | CONFAB_CHANGED_ATTRIBUTES);
	assert_string_equal(s->text, "late");
	send_ann(4, 0, false, "older", NULL); /* overtaken: nothing */
	send_ann(6, 2, true, "late", "up");   /* the same again: nothing */
	assert_int_equal(at, f.count);
	send_ann(7, 1, true, "late", "up");
	s = next(&f, &at, CONFAB_EVENT_TRACK_UNPUBLISHED);
	assert_string_equal(s->track, "TR_mic");
	assert_string_equal(s->identity, "ann");
	send_gone("PA_ann", LK__DISCONNECT_REASON__PARTICIPANT_REMOVED);
	assert_string_equal(next(&f, &at, CONFAB_EVENT_TRACK_UNPUBLISHED)->track, "TR_cam");
	s = next(&f, &at, CONFAB_EVENT_PARTICIPANT_LEFT);
	assert_string_equal(s->identity, "ann");
	assert_int_equal(s->reason, CONFAB_REASON_REMOVED);
	send_gone("PA_nobody", LK__DISCONNECT_REASON__ROOM_CLOSED);
	assert_int_equal(at, f.count);
	end(&f);
}

static void reports(void **state)
{
	(void)state;
	static struct fixture f;
	Lk__SignalResponse m = LK__SIGNAL_RESPONSE__INIT;
	Lk__ConnectionQualityInfo info = LK__CONNECTION_QUALITY_INFO__INIT, *infos[] = { &info };
	Lk__ConnectionQualityUpdate quality = LK__CONNECTION_QUALITY_UPDATE__INIT;
	Lk__StreamStateInfo stream = LK__STREAM_STATE_INFO__INIT, *streams[] = { &stream };
	Lk__StreamStateUpdate states = LK__STREAM_STATE_UPDATE__INIT;
	Lk__SubscriptionPermissionUpdate allowed = LK__SUBSCRIPTION_PERMISSION_UPDATE__INIT;
	Lk__SubscriptionResponse failed = LK__SUBSCRIPTION_RESPONSE__INIT;
	const struct seen *s;
	size_t at = 0;

	begin(&f);
	info.participant_sid = text("PA_me");
	info.has_quality = 1;
	info.quality = LK__CONNECTION_QUALITY__EXCELLENT;
	quality.updates = infos;
	quality.n_updates = 1;
	m.message_case = LK__SIGNAL_RESPONSE__MESSAGE_CONNECTION_QUALITY;
	m.connection_quality = &quality;
	edges_signal(&m);
	s = next(&f, &at, CONFAB_EVENT_QUALITY);
	assert_int_equal(s->state, CONFAB_QUALITY_EXCELLENT);
	assert_string_equal(s->identity, "-"); /* ourselves */

	stream.participant_sid = allowed.participant_sid = text("PA_ann");
	stream.track_sid = allowed.track_sid = failed.track_sid = text("TR_cam");
	stream.has_state = 1;
	stream.state = LK__STREAM_STATE__STREAM_PAUSED;
	states.stream_states = streams;
	states.n_stream_states = 1;
	m.message_case = LK__SIGNAL_RESPONSE__MESSAGE_STREAM_STATE_UPDATE;
	m.stream_state_update = &states;
	edges_signal(&m);
	s = next(&f, &at, CONFAB_EVENT_TRACK_PAUSED);
	assert_int_equal(s->state, 1);
	assert_string_equal(s->identity, "ann");

	m.message_case = LK__SIGNAL_RESPONSE__MESSAGE_SUBSCRIPTION_PERMISSION_UPDATE;
	m.subscription_permission_update = &allowed;
	edges_signal(&m);
	assert_int_equal(next(&f, &at, CONFAB_EVENT_SUBSCRIPTION_PERMISSION)->state, 0);

	failed.has_err = 1;
	failed.err = 2;
	m.message_case = LK__SIGNAL_RESPONSE__MESSAGE_SUBSCRIPTION_RESPONSE;
	m.subscription_response = &failed;
	edges_signal(&m);
	s = next(&f, &at, CONFAB_EVENT_SUBSCRIPTION_FAILED);
	assert_int_equal(s->code, CONFAB_ERR_NOT_FOUND);
	assert_string_equal(s->track, "TR_cam");
	assert_int_equal(at, f.count);
	end(&f);
}

static void the_server_ends_it(void **state)
{
	(void)state;
	static struct fixture f;
	Lk__SignalResponse m = LK__SIGNAL_RESPONSE__INIT;
	Lk__LeaveRequest leave = LK__LEAVE_REQUEST__INIT;
	const struct seen *s;

	begin(&f);
	leave.has_action = leave.has_reason = 1;
	leave.action = LK__LEAVE_ACTION__DISCONNECT;
	leave.reason = LK__DISCONNECT_REASON__DUPLICATE_IDENTITY;
	m.message_case = LK__SIGNAL_RESPONSE__MESSAGE_LEAVE;
	m.leave = &leave;
	edges_signal(&m);
	s = &f.seen[f.count - 1];
	assert_int_equal(s->type, CONFAB_EVENT_CALLING_STATE);
	assert_int_equal(s->state, CONFAB_CALL_LEFT);
	assert_int_equal(s->code, CONFAB_ERR_REMOVED);
	assert_int_equal(s->reason, CONFAB_REASON_DUPLICATE_IDENTITY);
	/* who leaves by themselves gives no reason */
	confab_call_join_async(f.call, &(confab_join_options){ .url = "ws://server", .token = "t" },
			       on_done, &f.joined);
	edges_run(f.client);
	send_join();
	assert_int_equal(confab_call_leave(f.call, NULL), CONFAB_OK);
	s = &f.seen[f.count - 1];
	assert_int_equal(s->state, CONFAB_CALL_LEFT);
	assert_int_equal(s->code, 0);
	assert_int_equal(s->reason, CONFAB_REASON_UNKNOWN);
	end(&f);
}

/* ---- what is received ---- */

static const Lk__UpdateTrackSettings *last_settings(void)
{
	const Lk__SignalRequest *r = edges_last(LK__SIGNAL_REQUEST__MESSAGE_TRACK_SETTING);

	assert_non_null(r);
	assert_int_equal(r->track_setting->n_track_sids, 1);
	assert_string_equal(r->track_setting->track_sids[0], "TR_cam");
	return r->track_setting;
}

static const Lk__UpdateSubscription *last_subscription(void)
{
	const Lk__SignalRequest *r = edges_last(LK__SIGNAL_REQUEST__MESSAGE_SUBSCRIPTION);

	assert_non_null(r);
	assert_string_equal(r->subscription->track_sids[0], "TR_cam");
	assert_string_equal(r->subscription->participant_tracks[0]->participant_sid, "PA_ann");
	return r->subscription;
}

static void settings_are_told(void **state)
{
	(void)state;
	static struct fixture f;
	const Lk__UpdateTrackSettings *s;

	begin(&f);
	assert_non_null(strstr(edges.signal.url, "auto_subscribe=1"));
	assert_int_equal(confab_call_set_video_quality(f.call, "TR_cam", CONFAB_VIDEO_LOW), 0);
	s = last_settings();
	assert_int_equal(s->quality, LK__VIDEO_QUALITY__LOW);
	assert_false(s->disabled || s->has_width || s->has_fps);
	assert_int_equal(confab_call_set_video_dimensions(f.call, "TR_cam", 320, 180), 0);
	assert_int_equal(confab_call_set_video_fps(f.call, "TR_cam", 15), 0);
	assert_int_equal(confab_call_enable_track(f.call, "TR_cam", 0), 0);
	s = last_settings(); /* one message has all of them */
	assert_true(s->disabled);
	assert_int_equal(s->width, 320);
	assert_int_equal(s->height, 180);
	assert_int_equal(s->fps, 15);
	assert_int_equal(s->quality, LK__VIDEO_QUALITY__HIGH);
	assert_int_equal(confab_call_enable_track(f.call, "TR_cam", 1), 0);
	assert_int_equal(confab_call_set_video_quality(f.call, "TR_cam", CONFAB_VIDEO_MEDIUM), 0);
	s = last_settings();
	assert_false(s->disabled || s->has_width);

	assert_int_equal(confab_call_set_video_quality(f.call, "TR_no", CONFAB_VIDEO_LOW),
			 CONFAB_ERR_NOT_FOUND);
	assert_int_equal(confab_call_subscribe(f.call, NULL, 1), CONFAB_ERR_NOT_FOUND);
	assert_int_equal(confab_call_subscribe(f.call, "", 1), CONFAB_ERR_NOT_FOUND);
	assert_int_equal(confab_call_set_video_quality(f.call, "TR_cam", (confab_video_quality)3),
			 CONFAB_ERR_BAD_INPUT);
	assert_int_equal(confab_call_set_video_dimensions(f.call, "TR_cam", 1, 0),
			 CONFAB_ERR_BAD_INPUT);
	assert_int_equal(confab_call_set_video_dimensions(f.call, "TR_cam", 65536, 1),
			 CONFAB_ERR_BAD_INPUT);
	assert_int_equal(confab_call_set_video_fps(f.call, "TR_cam", 65536), CONFAB_ERR_BAD_INPUT);
	end(&f);
}

static void subscriptions_outlive_a_session(void **state)
{
	(void)state;
	static struct fixture f;
	Lk__SignalResponse m = LK__SIGNAL_RESPONSE__INIT;
	Lk__ReconnectResponse back = LK__RECONNECT_RESPONSE__INIT;
	Lk__LeaveRequest leave = LK__LEAVE_REQUEST__INIT;
	const Lk__SignalRequest *sync;

	begin_with(&f, &(confab_join_options){
			       .url = "ws://server", .token = "t", .manual_subscribe = 1 });
	assert_non_null(strstr(edges.signal.url, "auto_subscribe=0"));
	assert_int_equal(confab_call_subscribe(f.call, "TR_cam", 1), 0);
	assert_true(last_subscription()->subscribe);

	edges_cut(); /* resumed: what differs from the join is in the sync */
	edges_pass(f.client, 10 * US_PER_MS);
	assert_non_null(strstr(edges.signal.url, "reconnect=1&sid=PA_me"));
	assert_int_equal(confab_call_set_video_quality(f.call, "TR_cam", CONFAB_VIDEO_LOW), 0);
	m.message_case = LK__SIGNAL_RESPONSE__MESSAGE_RECONNECT;
	m.reconnect = &back;
	edges_signal(&m);
	sync = edges_last(LK__SIGNAL_REQUEST__MESSAGE_SYNC_STATE);
	assert_non_null(sync);
	assert_true(sync->sync_state->subscription->subscribe);
	assert_int_equal(sync->sync_state->subscription->n_track_sids, 1);
	assert_int_equal(last_settings()->quality, LK__VIDEO_QUALITY__LOW);

	leave.has_action = 1; /* joined anew: told again, since the track is still there */
	leave.action = LK__LEAVE_ACTION__RECONNECT;
	m.message_case = LK__SIGNAL_RESPONSE__MESSAGE_LEAVE;
	m.leave = &leave;
	edges_signal(&m);
	assert_int_equal(confab_call_state(f.call), CONFAB_CALL_RECONNECTING);
	assert_int_equal(confab_call_subscribe(f.call, "TR_cam", 0), CONFAB_ERR_NOT_JOINED);
	for (int i = 0; i < 200 && !edges.signal.open; i++)
		edges_pass(f.client, 10 * US_PER_MS);
	assert_true(edges.signal.open);
	edges_reset_sent();
	send_join();
	assert_true(last_subscription()->subscribe);

	send_ann(9, 0, false, "early", NULL); /* unpublished: forgotten */
	send_ann(10, 1, false, "early", NULL);
	edges_reset_sent();
	edges_cut();
	edges_pass(f.client, 10 * US_PER_MS);
	m.message_case = LK__SIGNAL_RESPONSE__MESSAGE_RECONNECT;
	m.reconnect = &back;
	edges_signal(&m);
	assert_null(edges_last(LK__SIGNAL_REQUEST__MESSAGE_SUBSCRIPTION));
	assert_null(edges_last(LK__SIGNAL_REQUEST__MESSAGE_TRACK_SETTING));
	end(&f);
}

/* ---- layers ---- */

static const confab_layer three[] = { { 160, 90, 100000 }, { 320, 180, 300000 }, { 640, 360, 0 } };

static void send_wanted(const char *sid, unsigned bits)
{
	Lk__SignalResponse m = LK__SIGNAL_RESPONSE__INIT;
	Lk__SubscribedQualityUpdate update = LK__SUBSCRIBED_QUALITY_UPDATE__INIT;
	Lk__SubscribedQuality qualities[3], *list[3];

	for (unsigned i = 0; i < 3; i++) {
		lk__subscribed_quality__init(&qualities[i]);
		qualities[i].has_quality = qualities[i].has_enabled = 1;
		qualities[i].quality = (Lk__VideoQuality)i;
		qualities[i].enabled = bits >> i & 1;
		list[i] = &qualities[i];
	}
	update.track_sid = text(sid);
	update.subscribed_qualities = list;
	update.n_subscribed_qualities = 3;
	m.message_case = LK__SIGNAL_RESPONSE__MESSAGE_SUBSCRIBED_QUALITY_UPDATE;
	m.subscribed_quality_update = &update;
	edges_signal(&m);
}

/* How many datagrams of media leave for one frame of this layer. */
static unsigned write_frame(struct fixture *f, confab_track *track, unsigned layer, bool key)
{
	const uint8_t bytes[] = { key ? 0 : 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 };
	const confab_frame frame = {
		.codec = CONFAB_VP8, .bytes = bytes, .length = sizeof bytes, .layer = (uint8_t)layer
	};
	unsigned before = edges.media;

	assert_int_equal(confab_track_write(track, &frame), CONFAB_OK);
	edges_run(f->client);
	return edges.media - before;
}

static void layers(void **state)
{
	(void)state;
	static struct fixture f;
	confab_track_options video = { .codec = CONFAB_VP8, .layers = three, .layer_count = 3 };
	confab_frame bad = {
		.codec = CONFAB_VP8, .bytes = (const uint8_t *)"x", .length = 1, .layer = 3
	};
	const Lk__AddTrackRequest *add;
	confab_track *track;
	const struct seen *s;
	confab_error error;
	const char *offer;
	size_t at = 0;

	begin(&f);
	assert_int_equal(confab_call_publish(f.call, &video, &track, &error), CONFAB_OK);
	add = edges_last(LK__SIGNAL_REQUEST__MESSAGE_ADD_TRACK)->add_track;
	assert_int_equal(add->n_layers, 3);
	assert_int_equal(add->width, 640);
	assert_int_equal(add->layers[0]->quality, LK__VIDEO_QUALITY__LOW);
	assert_int_equal(add->layers[0]->bitrate, 100000);
	assert_string_equal(add->layers[2]->rid, "f");
	assert_string_equal(add->simulcast_codecs[0]->codec, "vp8");
	offer = edges_last(LK__SIGNAL_REQUEST__MESSAGE_OFFER)->offer->sdp;
	assert_non_null(strstr(offer, "a=rid:q send\r\n"));
	assert_non_null(strstr(offer, "a=simulcast:send q;h;f\r\n"));
	assert_null(strstr(offer, "a=ssrc:")); /* as browsers: rids tell the layers apart */

	for (unsigned i = 0; i < 3; i++)
		assert_int_equal(write_frame(&f, track, i, true), 1);
	assert_int_equal(confab_track_write(track, &bad), CONFAB_ERR_BAD_INPUT);
	send_wanted(confab_track_id(track), 1);
	s = next(&f, &at, CONFAB_EVENT_LAYERS_WANTED);
	assert_int_equal(s->layers, 1);
	assert_int_equal(write_frame(&f, track, 0, false), 1);
	assert_int_equal(write_frame(&f, track, 2, true), 0); /* nobody wants it */
	send_wanted(confab_track_id(track), 1);		      /* nothing new */
	send_wanted(confab_track_id(track), 7);
	assert_int_equal(next(&f, &at, CONFAB_EVENT_LAYERS_WANTED)->layers, 7);
	assert_int_equal(next(&f, &at, CONFAB_EVENT_KEY_FRAME_WANTED)->layer, 1);
	assert_int_equal(next(&f, &at, CONFAB_EVENT_KEY_FRAME_WANTED)->layer, 2);
	assert_int_equal(write_frame(&f, track, 2, false), 0); /* of no use to anybody */
	assert_int_equal(write_frame(&f, track, 2, true), 1);
	assert_int_equal(write_frame(&f, track, 2, false), 1);
	assert_int_equal(at, f.count);
	assert_int_equal(confab_track_unpublish(track), CONFAB_OK);
	end(&f);
}

static void bad_layers(void **state)
{
	(void)state;
	static struct fixture f;
	const confab_layer upside_down[] = { { 640, 360, 0 }, { 320, 180, 0 } };
	const confab_track_options bad[] = {
		{ .codec = CONFAB_VP8, .layers = three, .layer_count = 1 },
		{ .codec = CONFAB_VP8, .layers = three, .layer_count = 4 },
		{ .codec = CONFAB_VP8, .layer_count = 2 },
		{ .codec = CONFAB_OPUS, .layers = three, .layer_count = 2 },
		{ .codec = CONFAB_VP8, .layers = upside_down, .layer_count = 2 },
	};
	confab_track *track = NULL;
	confab_error error;

	begin(&f);
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		assert_int_equal(confab_call_publish(f.call, &bad[i], &track, &error),
				 CONFAB_ERR_BAD_INPUT);
		assert_non_null(strstr(error.message, "options.layer"));
	}
	assert_null(track);
	end(&f);
}

static void taken_back(void **state)
{
	(void)state;
	static struct fixture f;
	confab_track_options video = { .codec = CONFAB_VP8 };
	Lk__SignalResponse m = LK__SIGNAL_RESPONSE__INIT;
	Lk__TrackUnpublishedResponse gone = LK__TRACK_UNPUBLISHED_RESPONSE__INIT;
	confab_track *track;
	char sid[64];

	begin(&f);
	assert_int_equal(confab_call_publish(f.call, &video, &track, NULL), CONFAB_OK);
	put(sid, confab_track_id(track));
	assert_int_equal(write_frame(&f, track, 0, true), 1);
	gone.track_sid = sid;
	m.message_case = LK__SIGNAL_RESPONSE__MESSAGE_TRACK_UNPUBLISHED;
	m.track_unpublished = &gone;
	edges_signal(&m);
	edges_signal(&m); /* twice is once */
	assert_int_equal(f.count, 1);
	assert_int_equal(f.seen[0].type, CONFAB_EVENT_TRACK_UNPUBLISHED);
	assert_string_equal(f.seen[0].track, sid);
	edges_run(f.client);
	assert_non_null(
		strstr(edges_last(LK__SIGNAL_REQUEST__MESSAGE_OFFER)->offer->sdp, "a=inactive"));
	assert_int_equal(write_frame(&f, track, 0, true), 0);
	assert_int_equal(confab_track_unpublish(track), CONFAB_OK);
	end(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(who_is_there),
		cmocka_unit_test(reports),
		cmocka_unit_test(the_server_ends_it),
		cmocka_unit_test(settings_are_told),
		cmocka_unit_test(subscriptions_outlive_a_session),
		cmocka_unit_test(layers),
		cmocka_unit_test(bad_layers),
		cmocka_unit_test(taken_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
