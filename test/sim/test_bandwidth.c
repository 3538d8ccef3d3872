/* SPDX-License-Identifier: Apache-2.0 */
/* Whole calls over narrow links: estimation, pacing, probing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "check.h"
#include "media/sfu/downlink.h"
#include "media/sfu/participant.h"

static struct downlink *downlink_of(struct sim_client *c)
{
	struct participant *p = sfu_find_participant(engine_sfu(c->sim->engine), &c->sid);

	assert_non_null(p);
	return p->subscriber.downlink;
}

static struct simlink_config narrow(uint64_t bps, uint32_t queue_ms)
{
	return (struct simlink_config){ .rate_bps = bps,
					.queue_bytes = (uint32_t)(bps / 8000 * queue_ms),
					.delay_us = 20000,
					.overhead = 28 };
}

/* Feedback comes, a probe finds out that there is room, and then there is nothing more to do. */
static void estimate_covers_the_call(void **state)
{
	(void)state;
	struct sim *s = sim_new(1, &good);
	struct sim_client *a = sim_join(s, false), *b = sim_join(s, false);
	struct sim_track *video = sim_publish(a, KIND_VIDEO, true);

	(void)sim_publish(a, KIND_AUDIO, false);
	sim_run(s, 10 * SIM_S);
	struct downlink *d = downlink_of(b);
	assert_non_null(d);
	assert_null(downlink_of(a)); /* nothing is sent to it */
	assert_in_range(d->bwe.count.feedbacks, 80, 200);
	assert_int_equal(d->bwe.count.lost, 0);
	assert_int_equal(d->bwe.count.unknown, 0);
	assert_true(bwe_estimate(&d->bwe) > 1300000);
	assert_in_range(d->bwe.count.probes, 1, 4);
	assert_int_equal(b->paddings, d->count.padding);
	assert_true(b->paddings > 0);
	assert_int_equal(must_have(b, video)->layer, 2);
	(void)sim_free(s);
}

/* A client that refuses the extension: everything passes, nothing is guessed. */
static void without_feedback_nothing_is_held(void **state)
{
	(void)state;
	struct sim *s = sim_new(2, &good);
	struct sim_client *a = sim_join(s, false), *b = sim_join(s, false);

	b->no_transport_cc = true;
	struct sim_track *video = sim_publish(a, KIND_VIDEO, true);
	sim_run(s, 10 * SIM_S);
	struct sim_stream *v = must_have(b, video);
	struct downlink *d = downlink_of(b);
	assert_int_equal(v->layer, 2);
	assert_int_equal(unaccounted(v), 0);
	assert_int_equal(d->count.held, 0);
	assert_int_equal(d->bwe.count.probes, 0);
	assert_false(d->bwe.has_feedback);
	(void)sim_free(s);
}

/* A key frame is larger than what the link takes in a moment: it leaves in slices, complete. */
static void key_frames_leave_in_slices(void **state)
{
	(void)state;
	struct sim *s = sim_new(3, &good);
	struct sim_client *a = sim_join(s, false), *b = sim_join(s, false);
	struct simlink_config link = narrow(2000000, 1000);
	struct sim_track *video = sim_publish(a, KIND_VIDEO, true);
	struct sim_track *audio = sim_publish(a, KIND_AUDIO, false);

	sim_run(s, 2 * SIM_S);
	sim_set_link(b, TARGET_SUBSCRIBER, false, &link);
	sim_run(s, 5 * SIM_S);
	struct sim_stream *v = must_have(b, video);
	struct downlink *d = downlink_of(b);
	uint64_t held = d->count.held, keys = v->key_frames, frames = v->frames;

	for (int i = 0; i < 5; i++) {
		video->layers[2].want_key = true; /* 20 packets: 80 ms of this link */
		sim_run(s, SIM_S);
	}
	assert_in_range(v->key_frames - keys, 5, 6);
	assert_true(d->count.held - held > 5 * 5);
	assert_int_equal(d->count.dropped, 0);
	assert_int_equal(d->head, d->tail);
	assert_int_equal(d->waiting_bytes, 0);
	assert_int_equal(unaccounted(v), 0);
	assert_int_equal(v->recovered, 0);
	assert_int_equal(v->backwards, 0);
	assert_int_equal(v->wrong, 0);
	assert_in_range(v->frames - frames, 145, 155);
	assert_int_equal(must_have(b, audio)->backwards, 0);

	/* the stream ends while a part of it waits */
	video->layers[2].want_key = true;
	for (int i = 0; i < 40 && d->head == d->tail; i++)
		sim_run(s, SIM_MS);
	assert_int_not_equal(d->head, d->tail);
	sim_subscribe(b, &video->sid, CMD_UNSUBSCRIBE, false);
	sim_run(s, 2 * SIM_S);
	assert_int_equal(d->head, d->tail);
	assert_int_equal(d->waiting_bytes, 0);
	(void)sim_free(s);
}

/* ---- the allocator ---- */

/* Runs for so long; the longest time any packet waited in the link's queue, µs. */
static uint64_t run_and_watch(struct sim_client *c, uint64_t us, uint32_t *ret_average)
{
	uint64_t worst = 0, sum = 0, n = 0;

	for (uint64_t end = c->sim->now + us; c->sim->now < end;) {
		sim_run(c->sim, 10 * SIM_MS);
		uint64_t waits = simlink_wait(c->sub.down, c->sim->now);

		worst = waits > worst ? waits : worst;
		sum += waits;
		n++;
	}
	*ret_average = (uint32_t)(sum / n);
	return worst;
}

/* R69: 2 Mbit/s, 300 kbit/s, 2 Mbit/s. The picture goes on, smaller; then it is large again. */
static void layers_follow_the_link(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 6; seed++) {
		struct sim *s = sim_new(seed, &good);
		struct sim_client *a = sim_join(s, false), *b = sim_join(s, false);
		struct simlink_config link = narrow(2000000, 100);
		struct sim_track *video = sim_publish(a, KIND_VIDEO, true);
		struct sim_track *audio = sim_publish(a, KIND_AUDIO, false);
		uint32_t average;

		video->thin = true;
		sim_run(s, SIM_S);
		sim_set_link(b, TARGET_SUBSCRIBER, false, &link);
		sim_run(s, 10 * SIM_S);
		struct sim_stream *v = must_have(b, video), *u = must_have(b, audio);
		struct downlink *d = downlink_of(b);
		assert_int_equal(v->layer, 2);

		link.rate_bps = 300000; /* the queue keeps its bytes */
		sim_set_link(b, TARGET_SUBSCRIBER, false, &link);
		uint64_t worst = run_and_watch(b, 6 * SIM_S, &average);
		uint64_t frames = v->decoder.frames, heard = u->packets, calm_average;
		uint64_t states = b->stream_states;

		assert_true(states <= 2); /* the full queue may stop it once */
		assert_false(b->stream_paused);
		uint64_t calm = run_and_watch(b, 10 * SIM_S, &average);
		calm_average = average;
		frames = v->decoder.frames - frames;
		heard = u->packets - heard;
		printf("300 kbit/s: estimate %u kbit/s; queue %u ms at worst, after 6 s %u ms at "
		       "worst and %u ms on average; %u of 300 frames, %u of 500 audio packets\n",
		       bwe_estimate(&d->bwe) / 1000, (unsigned)worst / 1000, (unsigned)calm / 1000,
		       (unsigned)calm_average / 1000, (unsigned)frames, (unsigned)heard);
		assert_int_equal(v->layer, 0);
		assert_true(calm < 150 * SIM_MS);
		assert_true(frames > 270);
		assert_true(heard > 480);
		assert_int_equal(b->stream_states, states);

		link.rate_bps = 2000000;
		sim_set_link(b, TARGET_SUBSCRIBER, false, &link);
		uint64_t start = s->now;
		while (v->layer != 2 && s->now - start < 20 * SIM_S)
			sim_run(s, 100 * SIM_MS);
		printf("2 Mbit/s: the large picture is back after %u ms\n",
		       (unsigned)(s->now - start) / 1000);
		assert_true(s->now - start < 10 * SIM_S);
		assert_int_equal(v->wrong, 0);
		assert_int_equal(v->backwards, 0);
		(void)sim_free(s);
	}
}

/* The only stream stops for lack of bandwidth. Nothing is sent then that could show that there is
 * some again, unless somebody asks. */
static void a_pause_of_everything_ends(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 5; seed++) {
		struct sim *s = sim_new(seed, &good);
		struct sim_client *a = sim_join(s, false), *b = sim_join(s, false);
		struct simlink_config link = narrow(80000, 300);
		struct sim_track *video = sim_publish(a, KIND_VIDEO, true);

		sim_run(s, 5 * SIM_S);
		struct sim_stream *v = must_have(b, video);
		sim_set_link(b, TARGET_SUBSCRIBER, false, &link);
		sim_run(s, 20 * SIM_S);
		assert_true(b->stream_paused);
		sim_set_link(b, TARGET_SUBSCRIBER, false, &good);
		sim_run(s, 12 * SIM_S);
		assert_false(b->stream_paused);
		assert_int_equal(v->layer, 2);
		(void)sim_free(s);
	}
}

/* Not even the smallest picture fits: it stops, audio goes on, the client is told; and back. */
static void too_narrow_pauses(void **state)
{
	(void)state;
	struct sim *s = sim_new(5, &good);
	struct sim_client *a = sim_join(s, false), *b = sim_join(s, false);
	struct simlink_config link = narrow(120000, 300);
	struct sim_track *video = sim_publish(a, KIND_VIDEO, true);
	struct sim_track *audio = sim_publish(a, KIND_AUDIO, false);

	sim_run(s, 5 * SIM_S);
	struct sim_stream *v = must_have(b, video), *u = must_have(b, audio);
	sim_set_link(b, TARGET_SUBSCRIBER, false, &link);
	sim_run(s, 10 * SIM_S);
	assert_int_equal(b->stream_states, 1);
	assert_true(b->stream_paused);
	uint64_t packets = v->packets, heard = u->packets;
	sim_run(s, 20 * SIM_S);
	assert_int_equal(v->packets, packets);
	assert_true(u->packets - heard > 980);
	assert_int_equal(b->stream_states, 1); /* no flutter */
	sim_set_link(b, TARGET_SUBSCRIBER, false, &good);
	sim_run(s, 12 * SIM_S);
	assert_int_equal(b->stream_states, 2);
	assert_false(b->stream_paused);
	assert_int_equal(v->layer, 2);
	assert_int_equal(v->wrong, 0);
	(void)sim_free(s);
}

/* 1 Mbit/s for two pictures: both are there, and the more important one is larger. */
static void important_first(void **state)
{
	(void)state;
	for (int way = 0; way < 3; way++) {
		struct sim *s = sim_new(7, &good);
		struct sim_client *a = sim_join(s, false), *b = sim_join(s, false);
		struct sim_client *c = sim_join(s, false);
		struct simlink_config link = narrow(1100000, 200);
		struct sim_track *first = sim_add_track(a, KIND_VIDEO, true);

		first->screen = way == 0;
		sim_announce(a, first);
		sim_offer(a);
		struct sim_track *second = sim_publish(b, KIND_VIDEO, true);
		if (way == 1)
			(void)sim_publish(a, KIND_AUDIO, false); /* speaks all the time */
		sim_run(s, SIM_S);
		if (way == 2)
			sim_settings(
				c, &first->sid,
				&(struct plane_settings){ .quality = QUALITY_HIGH, .priority = 9 });
		sim_set_link(c, TARGET_SUBSCRIBER, false, &link);
		sim_run(s, 25 * SIM_S);
		int high =
			0; /* a raise that was too early made it wait; it has found its place now */
		for (int i = 0; i < 10; i++) {
			sim_run(s, SIM_S);
			high += must_have(c, first)->layer > must_have(c, second)->layer;
			assert_true(must_have(c, first)->layer >= must_have(c, second)->layer);
		}
		assert_true(high >= 8);
		assert_true(c->stream_states <= 2); /* the collapse may stop one, once */
		assert_false(c->stream_paused);
		(void)sim_free(s);
	}
}

/* R72: nothing arrives for a while. Then it goes on with what is new, not in slow motion with what is past. */
static void after_a_blackout_the_present(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 3; seed++) {
		struct sim *s = sim_new(seed, &good);
		struct sim_client *a = sim_join(s, false), *b = sim_join(s, false);
		struct simlink_config link = narrow(3000000, 300), dark = { .down = true };
		struct sim_track *video = sim_publish(a, KIND_VIDEO, false);

		sim_run(s, SIM_S);
		sim_set_link(b, TARGET_SUBSCRIBER, false, &link);
		sim_run(s, 5 * SIM_S);
		sim_set_link(b, TARGET_SUBSCRIBER, false, &dark);
		sim_run(s, 1650 * SIM_MS); /* the client still asks for each packet of it */
		struct sim_stream *v = must_have(b, video);
		uint64_t keys = v->key_frames, repaired = v->recovered;
		uint64_t returned = s->now;
		sim_set_link(b, TARGET_SUBSCRIBER, false, &link);
		while (v->key_frames == keys && s->now - returned < 5 * SIM_S)
			sim_run(s, 10 * SIM_MS);
		printf("a key frame %u ms after a blackout of 1.65 s, %u packets sent again\n",
		       (unsigned)((s->now - returned) / 1000), (unsigned)(v->recovered - repaired));
		assert_true(s->now - returned < 300 * SIM_MS);
		uint64_t frames = v->decoder.frames;
		sim_run(s, SIM_S);
		assert_true(v->decoder.frames - frames >= 28);
		(void)sim_free(s);
	}
}

/* R73: one receiver with 100 kbit/s and 30 % loss among four; and the same call without it. */
static void one_bad_receiver_harms_nobody(void **state)
{
	(void)state;
	struct {
		uint64_t packets, frames, keys, longest;
	} got[2][3];

	for (int bad = 0; bad < 2; bad++) {
		struct sim *s = sim_new(9, &good);
		struct sim_client *a = sim_join(s, false), *c[4];
		struct simlink_config link = narrow(100000, 300);

		for (int i = 0; i < 4; i++)
			c[i] = sim_join(s, false);
		struct sim_track *video = sim_publish(a, KIND_VIDEO, true);
		(void)sim_publish(a, KIND_AUDIO, false);
		sim_run(s, 3 * SIM_S);
		link.loss_ppm = 300000;
		if (bad)
			sim_set_link(c[3], TARGET_SUBSCRIBER, false, &link);
		sim_run(s, 60 * SIM_S);
		for (int i = 0; i < 3; i++) {
			struct sim_stream *v = must_have(c[i], video);

			got[bad][i].packets = v->packets;
			got[bad][i].frames = v->decoder.frames;
			got[bad][i].keys = v->key_frames;
			got[bad][i].longest = v->decoder.longest;
		}
		(void)sim_free(s);
	}
	for (int i = 0; i < 3; i++) {
		printf("with a bad receiver: %u (%u) frames, %u (%u) key frames, longest gap %u "
		       "(%u) ms\n",
		       (unsigned)got[1][i].frames, (unsigned)got[0][i].frames,
		       (unsigned)got[1][i].keys, (unsigned)got[0][i].keys,
		       (unsigned)got[1][i].longest / 1000, (unsigned)got[0][i].longest / 1000);
		assert_true(got[1][i].frames + 2 >= got[0][i].frames);
		assert_true(got[1][i].keys <= got[0][i].keys + 3);
		assert_true(got[1][i].longest <= got[0][i].longest + 20 * SIM_MS);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(estimate_covers_the_call),
		cmocka_unit_test(without_feedback_nothing_is_held),
		cmocka_unit_test(key_frames_leave_in_slices),
		cmocka_unit_test(layers_follow_the_link),
		cmocka_unit_test(too_narrow_pauses),
		cmocka_unit_test(a_pause_of_everything_ends),
		cmocka_unit_test(important_first),
		cmocka_unit_test(after_a_blackout_the_present),
		cmocka_unit_test(one_bad_receiver_harms_nobody),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
