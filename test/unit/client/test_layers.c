/* SPDX-License-Identifier: Apache-2.0 */
/* What we publish: layers, which of them are wanted, and a track that is taken back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "in_call.h"

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
static unsigned write_frame(struct in_call *c, confab_track *track, unsigned layer, bool key)
{
	const uint8_t bytes[] = { key ? 0 : 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 };
	const confab_frame frame = {
		.codec = CONFAB_VP8, .bytes = bytes, .length = sizeof bytes, .layer = (uint8_t)layer
	};
	unsigned before = edges.media;

	assert_int_equal(confab_track_write(track, &frame), CONFAB_OK);
	edges_run(c->client);
	return edges.media - before;
}

static void layers(void **state)
{
	struct in_call *c = *state;
	confab_track_options video = { .codec = CONFAB_VP8, .layers = three, .layer_count = 3 };
	confab_frame bad = {
		.codec = CONFAB_VP8, .bytes = (const uint8_t *)"x", .length = 1, .layer = 3
	};
	const Lk__AddTrackRequest *add;
	confab_track *track;
	confab_error error;
	const char *offer;

	assert_int_equal(confab_call_publish(c->call, &video, &track, &error), CONFAB_OK);
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
		assert_int_equal(write_frame(c, track, i, true), 1);
	assert_int_equal(confab_track_write(track, &bad), CONFAB_ERR_BAD_INPUT);
	send_wanted(confab_track_id(track), 1);
	assert_int_equal(seen_next(c, CONFAB_EVENT_LAYERS_WANTED)->layers, 1);
	assert_int_equal(write_frame(c, track, 0, false), 1);
	assert_int_equal(write_frame(c, track, 2, true), 0); /* nobody wants it */
	send_wanted(confab_track_id(track), 1);		     /* nothing new */
	send_wanted(confab_track_id(track), 7);
	assert_int_equal(seen_next(c, CONFAB_EVENT_LAYERS_WANTED)->layers, 7);
	assert_int_equal(seen_next(c, CONFAB_EVENT_KEY_FRAME_WANTED)->layer, 1);
	assert_int_equal(seen_next(c, CONFAB_EVENT_KEY_FRAME_WANTED)->layer, 2);
	assert_int_equal(write_frame(c, track, 2, false), 0); /* of no use to anybody */
	assert_int_equal(write_frame(c, track, 2, true), 1);
	assert_int_equal(write_frame(c, track, 2, false), 1);
	assert_all_seen(c);
	assert_int_equal(confab_track_unpublish(track), CONFAB_OK);
}

static void bad_layers(void **state)
{
	struct in_call *c = *state;
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

	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		assert_int_equal(confab_call_publish(c->call, &bad[i], &track, &error),
				 CONFAB_ERR_BAD_INPUT);
		assert_non_null(strstr(error.message, "options.layer"));
	}
	assert_null(track);
}

static void taken_back(void **state)
{
	struct in_call *c = *state;
	confab_track_options video = { .codec = CONFAB_VP8 };
	Lk__SignalResponse m = LK__SIGNAL_RESPONSE__INIT;
	Lk__TrackUnpublishedResponse gone = LK__TRACK_UNPUBLISHED_RESPONSE__INIT;
	confab_track *track;
	char sid[64];

	assert_int_equal(confab_call_publish(c->call, &video, &track, NULL), CONFAB_OK);
	(void)snprintf(sid, sizeof sid, "%s", confab_track_id(track));
	assert_int_equal(write_frame(c, track, 0, true), 1);
	gone.track_sid = sid;
	m.message_case = LK__SIGNAL_RESPONSE__MESSAGE_TRACK_UNPUBLISHED;
	m.track_unpublished = &gone;
	edges_signal(&m);
	edges_signal(&m); /* twice is once */
	assert_string_equal(seen_next(c, CONFAB_EVENT_TRACK_UNPUBLISHED)->track, sid);
	assert_all_seen(c);
	edges_run(c->client);
	assert_non_null(
		strstr(edges_last(LK__SIGNAL_REQUEST__MESSAGE_OFFER)->offer->sdp, "a=inactive"));
	assert_int_equal(write_frame(c, track, 0, true), 0);
	assert_int_equal(confab_track_unpublish(track), CONFAB_OK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(layers, in_call_set_up, in_call_tear_down),
		cmocka_unit_test_setup_teardown(bad_layers, in_call_set_up, in_call_tear_down),
		cmocka_unit_test_setup_teardown(taken_back, in_call_set_up, in_call_tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
