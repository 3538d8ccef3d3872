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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(estimate_covers_the_call),
		cmocka_unit_test(without_feedback_nothing_is_held),
		cmocka_unit_test(key_frames_leave_in_slices),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
