/* SPDX-License-Identifier: Apache-2.0 */
/* What is received of others: settings of tracks and subscriptions, also after a session was resumed or begun anew. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "in_call.h"

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
	struct in_call *c = *state;
	const Lk__UpdateTrackSettings *s;

	assert_non_null(strstr(edges.signal.url, "auto_subscribe=1"));
	assert_int_equal(confab_call_set_video_quality(c->call, "TR_cam", CONFAB_VIDEO_LOW), 0);
	s = last_settings();
	assert_int_equal(s->quality, LK__VIDEO_QUALITY__LOW);
	assert_false(s->disabled || s->has_width || s->has_fps);
	assert_int_equal(confab_call_set_video_dimensions(c->call, "TR_cam", 320, 180), 0);
	assert_int_equal(confab_call_set_video_fps(c->call, "TR_cam", 15), 0);
	assert_int_equal(confab_call_enable_track(c->call, "TR_cam", 0), 0);
	s = last_settings(); /* one message has all of them */
	assert_true(s->disabled);
	assert_int_equal(s->width, 320);
	assert_int_equal(s->height, 180);
	assert_int_equal(s->fps, 15);
	assert_int_equal(s->quality, LK__VIDEO_QUALITY__HIGH);
	assert_int_equal(confab_call_enable_track(c->call, "TR_cam", 1), 0);
	assert_int_equal(confab_call_set_video_quality(c->call, "TR_cam", CONFAB_VIDEO_MEDIUM), 0);
	s = last_settings();
	assert_false(s->disabled || s->has_width);

	assert_int_equal(confab_call_set_video_quality(c->call, "TR_no", CONFAB_VIDEO_LOW),
			 CONFAB_ERR_NOT_FOUND);
	assert_int_equal(confab_call_subscribe(c->call, NULL, 1), CONFAB_ERR_NOT_FOUND);
	assert_int_equal(confab_call_subscribe(c->call, "", 1), CONFAB_ERR_NOT_FOUND);
	assert_int_equal(confab_call_set_video_quality(c->call, "TR_cam", (confab_video_quality)3),
			 CONFAB_ERR_BAD_INPUT);
	assert_int_equal(confab_call_set_video_dimensions(c->call, "TR_cam", 1, 0),
			 CONFAB_ERR_BAD_INPUT);
	assert_int_equal(confab_call_set_video_dimensions(c->call, "TR_cam", 65536, 1),
			 CONFAB_ERR_BAD_INPUT);
	assert_int_equal(confab_call_set_video_fps(c->call, "TR_cam", 65536), CONFAB_ERR_BAD_INPUT);
}

static int set_up_manual(void **state)
{
	static struct in_call c;

	in_call_init(&c);
	in_call_join(
		&c,
		&(confab_join_options){ .url = "ws://server", .token = "t", .manual_subscribe = 1 },
		NULL);
	*state = &c;
	return 0;
}

static void subscriptions_outlive_a_session(void **state)
{
	struct in_call *c = *state;
	const Lk__SignalRequest *sync;

	assert_non_null(strstr(edges.signal.url, "auto_subscribe=0"));
	assert_int_equal(confab_call_subscribe(c->call, "TR_cam", 1), 0);
	assert_true(last_subscription()->subscribe);

	edges_cut(); /* resumed: what differs from the join is in the sync */
	edges_pass(c->client, 10 * US_PER_MS);
	assert_non_null(strstr(edges.signal.url, "reconnect=1&sid=PA_me"));
	assert_int_equal(confab_call_set_video_quality(c->call, "TR_cam", CONFAB_VIDEO_LOW), 0);
	send_reconnected();
	sync = edges_last(LK__SIGNAL_REQUEST__MESSAGE_SYNC_STATE);
	assert_non_null(sync);
	assert_true(sync->sync_state->subscription->subscribe);
	assert_int_equal(sync->sync_state->subscription->n_track_sids, 1);
	assert_int_equal(last_settings()->quality, LK__VIDEO_QUALITY__LOW);

	/* joined anew: told again, since the track is still there */
	send_leave(LK__LEAVE_ACTION__RECONNECT, LK__DISCONNECT_REASON__UNKNOWN_REASON);
	assert_int_equal(confab_call_state(c->call), CONFAB_CALL_RECONNECTING);
	assert_int_equal(confab_call_subscribe(c->call, "TR_cam", 0), CONFAB_ERR_NOT_JOINED);
	for (int i = 0; i < 200 && !edges.signal.open; i++)
		edges_pass(c->client, 10 * US_PER_MS);
	assert_true(edges.signal.open);
	edges_reset_sent();
	send_join(NULL);
	assert_true(last_subscription()->subscribe);

	send_ann(9, 0, false, "early", NULL); /* unpublished: forgotten */
	send_ann(10, 1, false, "early", NULL);
	edges_reset_sent();
	edges_cut();
	edges_pass(c->client, 10 * US_PER_MS);
	send_reconnected();
	assert_null(edges_last(LK__SIGNAL_REQUEST__MESSAGE_SUBSCRIPTION));
	assert_null(edges_last(LK__SIGNAL_REQUEST__MESSAGE_TRACK_SETTING));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(settings_are_told, in_call_set_up,
						in_call_tear_down),
		cmocka_unit_test_setup_teardown(subscriptions_outlive_a_session, set_up_manual,
						in_call_tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
