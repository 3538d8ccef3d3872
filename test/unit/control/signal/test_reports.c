/* SPDX-License-Identifier: Apache-2.0 */
/* What the media plane measured, and which clients hear of it; track settings on their way there.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <jansson.h>

#include "control/signal/moderate.h"
#include "doubles.h"

static void give(struct world *w, const struct client *c, struct plane_event *event)
{
	const struct room *r = c->session->member->room;

	event->room = r->sid;
	signal_on_plane_event(w->hub, r->worker, event);
}

static struct sid sid_of(const struct client *c)
{
	return c->session->member->sid;
}

static void test_publishers_hear_what_is_wanted(void **state)
{
	struct world *w = *state;
	struct client *ann = client_enter(w, "r", "ann:1");
	struct client *bob = client_enter(w, "r", "bob:1");
	struct sid sid = client_publish(w, ann, "c1", LK__TRACK_TYPE__VIDEO,
					LK__TRACK_SOURCE__CAMERA);

	client_skip(ann);
	client_skip(bob);
	for (unsigned best = QUALITY_LOW; best <= QUALITY_OFF; best++) {
		struct plane_event event = { .type = EV_WANTED, .track = sid };

		event.participant = sid_of(ann);
		event.quality = (uint8_t)best;
		give(w, ann, &event);
		response_scope update = client_expect(
			ann, LK__SIGNAL_RESPONSE__MESSAGE_SUBSCRIBED_QUALITY_UPDATE);
		const Lk__SubscribedQualityUpdate *u = update->subscribed_quality_update;
		assert_string_equal(u->track_sid, sid.text);
		assert_int_equal(u->n_subscribed_codecs, 1);
		assert_string_equal(u->subscribed_codecs[0]->codec, "vp8");
		assert_int_equal(u->n_subscribed_qualities, 3);
		assert_int_equal(u->subscribed_codecs[0]->n_qualities, 3);
		for (unsigned i = 0; i < 3; i++) {
			const Lk__SubscribedQuality *q = u->subscribed_codecs[0]->qualities[i];

			assert_int_equal(q->quality, i);
			assert_int_equal(q->enabled, best != QUALITY_OFF && i <= best);
			assert_int_equal(u->subscribed_qualities[i]->enabled, q->enabled);
		}
	}
	client_expect_nothing(bob);
	client_close(ann);
	client_close(bob);
}

static void send_settings(struct client *c, const struct sid *track, unsigned width,
			  unsigned height, int quality, unsigned fps, unsigned priority)
{
	Lk__SignalRequest request = LK__SIGNAL_REQUEST__INIT;
	Lk__UpdateTrackSettings body = LK__UPDATE_TRACK_SETTINGS__INIT;
	struct sid copy = *track;
	char *sids[] = { copy.text };

	body.track_sids = sids;
	body.n_track_sids = 1;
	body.has_width = body.has_height = body.has_quality = true;
	body.has_fps = body.has_priority = true;
	body.width = width;
	body.height = height;
	body.quality = (Lk__VideoQuality)quality;
	body.fps = fps;
	body.priority = priority;
	request.message_case = LK__SIGNAL_REQUEST__MESSAGE_TRACK_SETTING;
	request.track_setting = &body;
	client_send(c, &request);
}

static void test_settings_reach_the_media_plane(void **state)
{
	struct world *w = *state;
	struct client_info info = { .auto_subscribe = true, .adaptive_stream = true };
	struct client *ann = client_enter(w, "r", "ann:1");
	struct client *bob = client_join(w, world_token("r", "bob:1"), info);

	plane_skip(w);
	struct sid video = client_publish(w, ann, "c1", LK__TRACK_TYPE__VIDEO,
					  LK__TRACK_SOURCE__CAMERA);
	(void)plane_expect(w, CMD_ADD_TRACK);
	(void)plane_expect(w, CMD_SUBSCRIBE);
	/* adaptive stream: the least, until the first settings say how large it is shown */
	struct plane_cmd cmd = plane_expect(w, CMD_SETTINGS);
	assert_int_equal(cmd.settings.quality, QUALITY_LOW);
	assert_false(cmd.settings.disabled);
	struct sid audio = client_publish(w, ann, "c2", LK__TRACK_TYPE__AUDIO,
					  LK__TRACK_SOURCE__MICROPHONE);
	(void)plane_expect(w, CMD_ADD_TRACK);
	(void)plane_expect(w, CMD_SUBSCRIBE);
	plane_expect_nothing(w); /* audio has no size */

	send_settings(bob, &video, 640, 360, 2, 15, 7);
	cmd = plane_expect(w, CMD_SETTINGS);
	assert_string_equal(cmd.track.text, video.text);
	assert_string_equal(cmd.participant.text, sid_of(bob).text);
	assert_int_equal(cmd.settings.width, 640);
	assert_int_equal(cmd.settings.height, 360);
	assert_int_equal(cmd.settings.quality, QUALITY_HIGH);
	assert_int_equal(cmd.settings.fps, 15);
	assert_int_equal(cmd.settings.priority, 7);
	send_settings(bob, &video, 640, 360, 2, 15, 7);
	plane_expect_nothing(w);				/* the same again */
	send_settings(bob, &video, 0, 0, 77, 1000000, 1000000); /* nonsense is not passed on */
	cmd = plane_expect(w, CMD_SETTINGS);
	assert_int_equal(cmd.settings.quality, QUALITY_HIGH);
	assert_int_equal(cmd.settings.fps, 0);
	assert_int_equal(cmd.settings.priority, 255);
	send_settings(ann, &audio, 1, 1, 0, 0, 0); /* her own: she is not sent it */
	plane_expect_nothing(w);
	client_close(ann);
	client_close(bob);
}

static void test_speakers_are_told_to_those_who_hear_them(void **state)
{
	struct world *w = *state;
	struct client *ann = client_enter(w, "r", "ann:1");
	struct client *bob = client_enter(w, "r", "bob:1");
	struct client_info manual = { .auto_subscribe = false };
	struct client *deaf = client_join(w, world_token("r", "deaf"), manual);
	struct media_token token = world_token("r", "ghost");
	struct plane_event event = { .type = EV_SPEAKERS, .speaker_count = 2 };

	token.hidden = true;
	struct client *ghost = client_join(w, token, manual);
	(void)client_publish(w, ann, "c1", LK__TRACK_TYPE__AUDIO, LK__TRACK_SOURCE__MICROPHONE);
	client_skip(bob);
	client_skip(deaf);
	client_skip(ghost);
	event.speakers[0].participant = sid_of(ann);
	event.speakers[0].level = 4;
	event.speakers[0].active = true;
	event.speakers[1].participant = sid_of(ghost);
	event.speakers[1].level = 8;
	event.speakers[1].active = true;
	give(w, ann, &event);

	response_scope heard = client_expect(bob, LK__SIGNAL_RESPONSE__MESSAGE_SPEAKERS_CHANGED);
	assert_int_equal(heard->speakers_changed->n_speakers, 1);
	assert_string_equal(heard->speakers_changed->speakers[0]->sid, sid_of(ann).text);
	assert_true(heard->speakers_changed->speakers[0]->level == 0.5f);
	assert_true(heard->speakers_changed->speakers[0]->active);
	response_scope own = client_expect(ann, LK__SIGNAL_RESPONSE__MESSAGE_SPEAKERS_CHANGED);
	assert_int_equal(own->speakers_changed->n_speakers, 1);
	client_expect_nothing(deaf);
	response_scope self = client_expect(ghost, LK__SIGNAL_RESPONSE__MESSAGE_SPEAKERS_CHANGED);
	assert_string_equal(self->speakers_changed->speakers[0]->sid, sid_of(ghost).text);
	client_close(ann);
	client_close(bob);
	client_close(deaf);
	client_close(ghost);
}

static void test_connection_and_stream_state(void **state)
{
	struct world *w = *state;
	struct client *ann = client_enter(w, "r", "ann:1");
	struct client *bob = client_enter(w, "r", "bob:1");
	struct client_info manual = { .auto_subscribe = false };
	struct client *far = client_join(w, world_token("r", "far"), manual);
	struct sid video = client_publish(w, ann, "c1", LK__TRACK_TYPE__VIDEO,
					  LK__TRACK_SOURCE__CAMERA);
	struct plane_event event = { .type = EV_CONNECTION,
				     .quality = CONNECTION_GOOD,
				     .score = 70 };

	client_skip(bob);
	client_skip(far);
	event.participant = sid_of(ann);
	give(w, ann, &event);
	response_scope own = client_expect(ann, LK__SIGNAL_RESPONSE__MESSAGE_CONNECTION_QUALITY);
	response_scope other = client_expect(bob, LK__SIGNAL_RESPONSE__MESSAGE_CONNECTION_QUALITY);
	assert_int_equal(own->connection_quality->n_updates, 1);
	assert_string_equal(other->connection_quality->updates[0]->participant_sid,
			    sid_of(ann).text);
	assert_int_equal(other->connection_quality->updates[0]->quality,
			 LK__CONNECTION_QUALITY__GOOD);
	assert_true(other->connection_quality->updates[0]->score == 3.5f);
	client_expect_nothing(far);

	/* who comes later is told once, not for each track */
	(void)client_publish(w, ann, "c2", LK__TRACK_TYPE__AUDIO, LK__TRACK_SOURCE__MICROPHONE);
	client_skip(bob);
	client_skip(far);
	struct client *late = client_enter(w, "r", "late");
	response_scope join = client_expect(late, LK__SIGNAL_RESPONSE__MESSAGE_JOIN);
	response_scope token = client_expect(late, LK__SIGNAL_RESPONSE__MESSAGE_REFRESH_TOKEN);
	response_scope known = client_expect(late, LK__SIGNAL_RESPONSE__MESSAGE_CONNECTION_QUALITY);
	assert_int_equal(known->connection_quality->updates[0]->quality,
			 LK__CONNECTION_QUALITY__GOOD);
	client_expect_nothing(late);
	client_close(late);
	client_skip(ann);
	client_skip(bob);
	client_skip(far);

	/* lost: for the others only */
	event.quality = CONNECTION_LOST;
	give(w, ann, &event);
	client_expect_nothing(ann);
	response_scope lost = client_expect(bob, LK__SIGNAL_RESPONSE__MESSAGE_CONNECTION_QUALITY);
	assert_int_equal(lost->connection_quality->updates[0]->quality,
			 LK__CONNECTION_QUALITY__LOST);

	struct plane_event paused = { .type = EV_STREAM_STATE, .track = video, .paused = true };
	paused.participant = sid_of(bob);
	give(w, bob, &paused);
	response_scope stopped = client_expect(bob,
					       LK__SIGNAL_RESPONSE__MESSAGE_STREAM_STATE_UPDATE);
	const Lk__StreamStateInfo *info = stopped->stream_state_update->stream_states[0];
	assert_string_equal(info->participant_sid, sid_of(ann).text);
	assert_string_equal(info->track_sid, video.text);
	assert_int_equal(info->state, LK__STREAM_STATE__STREAM_PAUSED);
	client_expect_nothing(ann);
	client_close(ann);
	client_close(bob);
	client_close(far);
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, world_init, world_fini)

/* Operators ask for the figures; the people in the room are not told. */
static void test_figures(void **state)
{
	struct world *w = *state;
	struct client *ann = client_enter(w, "r", "ann:1");
	struct client *bob = client_enter(w, "r", "bob:1");
	struct plane_event event = { .type = EV_MEASURED,
				     .score = 90,
				     .figures = { 1500000, 800000, 250, 0, 40400 } };
	json_t *o = json_object();

	client_skip(ann);
	client_skip(bob);
	signal_describe(w->hub, "r", "ann:1", o);
	assert_true(json_is_null(json_object_get(o, "stats")));
	event.participant = sid_of(ann);
	give(w, ann, &event);
	client_expect_nothing(ann);
	client_expect_nothing(bob);
	signal_describe(w->hub, "r", "ann:1", o);
	const json_t *stats = json_object_get(o, "stats");
	assert_int_equal(json_integer_value(json_object_get(stats, "upload_bps")), 1500000);
	assert_int_equal(json_integer_value(json_object_get(stats, "download_bps")), 800000);
	assert_true(json_real_value(json_object_get(stats, "upload_loss")) == 0.025);
	assert_true(json_real_value(json_object_get(stats, "download_loss")) == 0);
	assert_int_equal(json_integer_value(json_object_get(stats, "rtt_ms")), 40);
	event.figures.rtt_us = 0;
	give(w, ann, &event);
	signal_describe(w->hub, "r", "ann:1", o);
	assert_true(json_is_null(json_object_get(json_object_get(o, "stats"), "rtt_ms")));
	json_decref(o);
	client_close(ann);
	client_close(bob);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_publishers_hear_what_is_wanted),
		CASE(test_settings_reach_the_media_plane),
		CASE(test_speakers_are_told_to_those_who_hear_them),
		CASE(test_connection_and_stream_state),
		CASE(test_figures),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
