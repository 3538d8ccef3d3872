/* SPDX-License-Identifier: Apache-2.0 */
/* What a subscriber is sent of a track: by its settings, by bandwidth, by what arrives; dynacast.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "check.h"
#include "media/sfu/participant.h"
#include "media/sfu/sfu.h"
#include "media/sfu/subscription.h"
#include "media/sfu/track.h"

static void show(struct sim_client *c, const struct sim_track *t, unsigned width, unsigned height)
{
	sim_settings(c, &t->sid,
		     &(struct plane_settings){
			     .quality = QUALITY_HIGH, .width = width, .height = height });
}

/* Nothing froze and nothing was garbled: each complete frame could be decoded, no picture is
 * missing. */
static void assert_smooth(const struct sim_stream *v, uint64_t longest)
{
	assert_int_equal(v->wrong, 0);
	assert_int_equal(v->backwards, 0);
	assert_int_equal(unaccounted(v), 0);
	assert_int_equal(decoder_picture_gaps(&v->decoder), 0);
	assert_in_range(v->decoder.complete - v->decoder.frames, 0, 1); /* the newest, half here */
	assert_true(v->decoder.longest <= longest);
}

static void size_decides(void **state)
{
	(void)state;
	static const struct {
		unsigned width, height;
		int layer;
	} sizes[] = { { 320, 180, 0 },	 { 321, 180, 1 }, { 200, 360, 1 }, { 640, 360, 1 },
		      { 641, 360, 2 },	 { 100, 50, 0 },  { 0, 0, 2 },	   { 300, 181, 1 },
		      { 4000, 3000, 2 }, { 1280, 720, 2 } };
	struct sim *s = sim_new(21, &good);
	struct sim_client *a = sim_join(s, false), *b = sim_join(s, false);
	struct sim_track *video = sim_publish(a, KIND_VIDEO, true);

	sim_run(s, 3 * SIM_S);
	struct sim_stream *v = must_have(b, video);
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		show(b, video, sizes[i].width, sizes[i].height);
		sim_run(s, SIM_S);
		assert_int_equal(v->layer, sizes[i].layer);
	}
	/* the quality counts without a size */
	sim_settings(b, &video->sid, &(struct plane_settings){ .quality = QUALITY_MEDIUM });
	sim_run(s, SIM_S);
	assert_int_equal(v->layer, 1);
	assert_smooth(v, 100 * SIM_MS);
	(void)sim_free(s);
}

static void bandwidth_and_wish(void **state)
{
	(void)state;
	struct sim *s = sim_new(22, &good);
	struct sim_client *a = sim_join(s, false), *b = sim_join(s, false);

	b->no_transport_cc = true; /* else the allocator would say something too */
	struct sim_track *video = sim_publish(a, KIND_VIDEO, true);

	sim_run(s, 3 * SIM_S);
	struct sim_stream *v = must_have(b, video);
	const struct sfu *sfu = engine_sfu(s->engine);
	struct subscription *sub = subscription_find(sfu_find_participant(sfu, &b->sid),
						     sfu_find_track(sfu, &video->sid));

	assert_non_null(sub);
	subscription_allow(sub, s->now, (struct subscription_limit){ 0, 3 });
	sim_run(s, SIM_S);
	assert_int_equal(v->layer, 0);
	sim_run(s, 6 * SIM_S);
	assert_int_equal(video->wanted_count, 0); /* bandwidth is not told to the publisher */
	show(b, video, 640, 360);		  /* the wish alone does not raise it */
	sim_run(s, SIM_S);
	assert_int_equal(v->layer, 0);
	subscription_allow(sub, s->now, (struct subscription_limit){ 2, 3 });
	sim_run(s, SIM_S);
	assert_int_equal(v->layer, 1);
	assert_int_equal(b->stream_states, 0);

	subscription_allow(sub, s->now, (struct subscription_limit){ LAYERS_NONE, 3 });
	sim_run(s, 200 * SIM_MS);
	assert_int_equal(b->stream_states, 1);
	assert_true(b->stream_paused);
	uint64_t packets = v->packets;
	sim_run(s, SIM_S);
	assert_int_equal(v->packets, packets);
	show(b, video, 320, 180); /* still paused */
	sim_run(s, SIM_S);
	assert_int_equal(v->packets, packets);
	subscription_allow(sub, s->now, (struct subscription_limit){ 1, 3 });
	sim_run(s, SIM_S);
	assert_int_equal(b->stream_states, 2);
	assert_false(b->stream_paused);
	assert_int_equal(v->layer, 0);
	assert_smooth(v, 2500 * SIM_MS);
	(void)sim_free(s);
}

/* Fewer frames per second: whole frames go, what stays can be decoded, and numbers have no holes.
 */
static void temporal_layers(void **state)
{
	(void)state;
	struct sim *s = sim_new(23, &good);
	struct sim_client *a = sim_join(s, false), *b = sim_join(s, false);
	struct sim_track *video = sim_add_track(a, KIND_VIDEO, true);

	video->temporal = true;
	sim_announce(a, video);
	sim_offer(a);
	sim_run(s, 4 * SIM_S);
	struct sim_stream *v = must_have(b, video);
	struct plane_settings settings = { .quality = QUALITY_HIGH };
	static const struct {
		unsigned fps, least, most;
	} steps[] = { { 7, 13, 17 }, { 15, 28, 32 }, { 0, 57, 62 }, { 8, 13, 17 }, { 30, 57, 62 } };

	for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
		settings.fps = (uint16_t)steps[i].fps;
		sim_settings(b, &video->sid, &settings);
		sim_run(s, SIM_S);
		uint64_t frames = v->frames;
		sim_run(s, 2 * SIM_S);
		assert_in_range(v->frames - frames, steps[i].least, steps[i].most);
	}
	assert_int_equal(v->layer, 2);
	assert_int_equal(v->switches, must_have(b, video)->switches);
	assert_smooth(v, 200 * SIM_MS);
	(void)sim_free(s);
}

/*
 * All limits changed at random. Without loss everything that is sent can be decoded; with 5 % of
 * loss on both ways nearly everything: a frame left out whose number was lost before us comes when
 * it is asked for, and is of no use.
 */
static void random_changes(uint64_t seed, const struct simlink_config *link)
{
	struct sim *s = sim_new(seed, link);
	struct sim_client *a = sim_join(s, false), *b = sim_join(s, false);
	struct sim_track *video = sim_add_track(a, KIND_VIDEO, true);
	struct rng rng;

	rng_seeded(&rng, seed);
	video->temporal = true;
	s->dynacast = true;
	sim_announce(a, video);
	sim_offer(a);
	sim_run(s, 3 * SIM_S);
	struct sim_stream *v = must_have(b, video);
	for (int i = 0; i < 40; i++) {
		static const uint16_t fps[4] = { 0, 7, 15, 30 };
		struct plane_settings settings = { .quality = (uint8_t)(rng_u32(&rng) % 3),
						   .fps = fps[rng_u32(&rng) % 4] };

		sim_settings(b, &video->sid, &settings);
		sim_run(s, 200 * SIM_MS + rng_u32(&rng) % SIM_S);
	}
	/* the end state is what was asked for */
	sim_settings(b, &video->sid, &(struct plane_settings){ .quality = QUALITY_HIGH });
	sim_run(s, 4 * SIM_S);
	assert_int_equal(v->layer, 2);
	assert_int_equal(v->wrong, 0);
	assert_int_equal(v->backwards, 0);
	assert_true(v->decoder.longest < 1500 * SIM_MS);
	assert_true(v->decoder.base_frames * 100 >= v->decoder.base_complete * 98);
	assert_true(v->decoder.frames * 100 >= v->decoder.complete * 80);
	if (!link->loss_ppm)
		assert_smooth(v, 700 * SIM_MS);
	uint64_t frames = v->decoder.frames;
	sim_run(s, SIM_S);
	assert_true(v->decoder.frames >= frames + 25);
	(void)sim_free(s);
}

static void seeds(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 12; seed++) {
		random_changes(seed, &good);
		random_changes(seed, &lossy);
	}
}

static void dynacast(void **state)
{
	(void)state;
	struct sim *s = sim_new(24, &good);
	struct sim_client *a = sim_join(s, false);
	struct sim_track *video = sim_publish(a, KIND_VIDEO, true);

	s->dynacast = true;
	sim_run(s, 4 * SIM_S);
	assert_int_equal(video->wanted, -1); /* not before it stayed so for 5 s */
	sim_run(s, 3 * SIM_S);
	assert_int_equal(video->wanted, QUALITY_OFF);
	assert_int_equal(video->layers_on, 0);

	/* somebody comes: told at once, before anything is waited for, and the picture is there
	 * soon */
	uint64_t at = s->now;
	struct sim_client *b = sim_join(s, false);
	assert_int_equal(video->wanted, QUALITY_HIGH);
	assert_int_equal(video->wanted_at, at);
	sim_run(s, SIM_S);
	assert_true(must_have(b, video)->first_at - at < 400 * SIM_MS);

	/* two want less: the publisher hears of the better of them, 5 s later */
	struct sim_client *c = sim_join(s, false);
	sim_run(s, SIM_S);
	show(b, video, 320, 180);
	show(c, video, 640, 360);
	sim_run(s, 4 * SIM_S);
	assert_int_equal(video->wanted, QUALITY_HIGH);
	show(c, video, 640, 360); /* the same again is no reason to wait longer */
	sim_run(s, 1500 * SIM_MS);
	assert_int_equal(video->wanted, QUALITY_MEDIUM);
	sim_run(s, 2 * SIM_S);
	assert_int_equal(must_have(b, video)->layer, 0);
	assert_int_equal(must_have(c, video)->layer, 1);

	/* more: at once */
	at = s->now;
	show(b, video, 1280, 720);
	assert_int_equal(video->wanted, QUALITY_HIGH);
	assert_int_equal(video->wanted_at, at);
	sim_run(s, 2 * SIM_S);
	assert_int_equal(must_have(b, video)->layer, 2);

	/* less and back within 5 s: nothing is told */
	uint64_t count = video->wanted_count;
	show(b, video, 320, 180);
	sim_run(s, 3 * SIM_S);
	show(b, video, 1280, 720);
	sim_run(s, 6 * SIM_S);
	assert_int_equal(video->wanted_count, count);

	/* a hidden tile wants nothing; all hidden: off; one comes back: on */
	sim_settings(b, &video->sid, &(struct plane_settings){ .disabled = true });
	sim_settings(c, &video->sid, &(struct plane_settings){ .disabled = true });
	sim_run(s, 6 * SIM_S);
	assert_int_equal(video->wanted, QUALITY_OFF);
	at = s->now;
	uint64_t frames = must_have(c, video)->frames;
	show(c, video, 200, 100);
	assert_int_equal(video->wanted, QUALITY_LOW);
	sim_run(s, 400 * SIM_MS);
	assert_true(must_have(c, video)->frames > frames + 5);
	sim_leave(b);
	sim_leave(c);
	sim_run(s, 6 * SIM_S);
	assert_int_equal(video->wanted, QUALITY_OFF);
	(void)sim_free(s);
}

/* A track without layers is wanted whole or not at all. */
static void dynacast_of_a_single_layer(void **state)
{
	(void)state;
	struct sim *s = sim_new(25, &good);
	struct sim_client *a = sim_join(s, false), *b = sim_join(s, false);
	struct sim_track *video = sim_publish(a, KIND_VIDEO, false);

	s->dynacast = true;
	sim_run(s, 2 * SIM_S);
	show(b, video, 100, 100);
	sim_run(s, 6 * SIM_S);
	assert_int_equal(video->wanted, -1);
	sim_settings(b, &video->sid, &(struct plane_settings){ .disabled = true });
	sim_run(s, 6 * SIM_S);
	assert_int_equal(video->wanted, QUALITY_OFF);
	show(b, video, 100, 100);
	assert_int_equal(video->wanted, QUALITY_HIGH);
	(void)sim_free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(size_decides),	   cmocka_unit_test(bandwidth_and_wish),
		cmocka_unit_test(temporal_layers), cmocka_unit_test(seeds),
		cmocka_unit_test(dynacast),	   cmocka_unit_test(dynacast_of_a_single_layer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
