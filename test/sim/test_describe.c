/* SPDX-License-Identifier: Apache-2.0 */
/* Descriptions in virtual time: codecs that change, which section is whose, new SSRCs, offers without an answer. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "check.h"

/* H264, and a publisher that goes from one codec to another: subscribers get a section for the new
 * one. 5 % of everything is lost, and yet nobody waits: neither is a key frame taken for the rate
 * of a stream, nor is a rate doubted that just arrived. */
static void codec_changes(uint64_t seed)
{
	struct sim *s = sim_new(seed, &lossy);
	struct sim_client *a = sim_join(s, false), *b = sim_join(s, false);
	struct sim_track *video = sim_publish(a, KIND_VIDEO, false);

	video->h264 = true;
	sim_run(s, 5 * SIM_S);
	struct sim_stream *v = must_have(b, video);
	assert_int_equal(v->payload_type, 108);
	assert_true(v->decoder.frames > 100);
	assert_true(v->decoder.longest < 1000 * SIM_MS);

	video->h264 = false;
	video->layers[0].want_key = true;
	sim_run(s, 5 * SIM_S);
	v = must_have(b, video);
	assert_int_equal(v->payload_type, 96);
	assert_true(v->decoder.frames > 100);
	assert_true(v->decoder.longest < 1000 * SIM_MS);
	assert_int_equal(b->stream_states, 0); /* never paused */
	assert_int_equal(a->lives, 1);
	(void)sim_free(s);
}

static void codec_changes_with_any_seed(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 40; seed++)
		codec_changes(seed);
}

/* add_track may come before or after the offer; Firefox names its tracks otherwise; others might.
 */
static void binding(void **state)
{
	(void)state;
	struct sim *s = sim_new(18, &good);
	struct sim_client *a = sim_join(s, false), *f = sim_join(s, true), *b = sim_join(s, false);

	/* offer first; two of a kind, announced in the other order: ids decide */
	struct sim_track *one = sim_add_track(a, KIND_VIDEO, true);
	struct sim_track *two = sim_add_track(a, KIND_VIDEO, false);
	sim_offer(a);
	sim_announce(a, two);
	sim_announce(a, one);
	/* Firefox: order decides */
	struct sim_track *mic = sim_add_track(f, KIND_AUDIO, false);
	struct sim_track *camera = sim_add_track(f, KIND_VIDEO, true);
	sim_announce(f, mic);
	sim_offer(f);
	sim_announce(f, camera);
	/* a client whose ids do not match and who is no Firefox: bound by its first media */
	struct sim_track *odd = sim_add_track(b, KIND_AUDIO, false);
	(void)snprintf(odd->msid, sizeof odd->msid, "odd");
	sim_announce(b, odd);
	sim_offer(b);
	sim_run(s, 3 * SIM_S);

	assert_int_equal(must_have(b, one)->layer, 2);
	assert_int_equal(must_have(b, two)->layer, 0);
	assert_true(must_have(b, one)->frames > 60);
	assert_true(must_have(b, two)->frames > 60);
	assert_true(must_have(b, mic)->packets > 100);
	assert_true(must_have(b, camera)->frames > 60);
	assert_true(must_have(a, odd)->packets > 100);
	assert_string_equal(a->failed, "");
	assert_string_equal(f->failed, "");
	(void)sim_free(s);
}

static void unanswered_offer_fails(void **state)
{
	(void)state;
	struct sim *s = sim_new(8, &good);
	struct sim_client *a = sim_join(s, false);

	(void)sim_publish(a, KIND_AUDIO, false);
	struct sim_client *b = &s->clients[1];
	b->no_answers = true;
	(void)sim_join(s, false);
	sim_run(s, 14 * SIM_S);
	assert_string_equal(b->failed, "");
	sim_run(s, 2 * SIM_S);
	assert_non_null(strstr(b->failed, "no answer"));
	assert_int_equal(b->offers, 1);
	(void)sim_free(s);
}

static void new_ssrcs_mid_call(void **state)
{
	(void)state;
	struct sim *s = sim_new(9, &good);
	struct sim_client *a = sim_join(s, false), *b = sim_join(s, false);
	struct sim_track *video = sim_publish(a, KIND_VIDEO, true);

	sim_run(s, 3 * SIM_S);
	struct sim_stream *v = must_have(b, video);
	uint64_t frames = v->frames;
	uint32_t old_ssrc = video->layers[2].ssrc;
	uint16_t old_seq = video->layers[2].seq;

	client_new_ssrcs(a, video);
	sim_run(s, 300 * SIM_MS);
	/* stragglers of the stream before, mid and rid and all, do not bring it back */
	for (int i = 0; i < 50; i++) {
		uint8_t packet[100];
		struct wr w = wr_of(packet, sizeof packet);

		rtp_write(&w, &(struct rtp_header){ .payload_type = 96,
						    .seq = (uint16_t)(old_seq + i),
						    .ssrc = old_ssrc });
		struct rtpext_wr x = rtpext_begin(&w);
		rtpext_add(&x, 4, "1", 1);
		rtpext_add(&x, 10, "f", 1);
		rtpext_end(&x);
		wr_zero(&w, 40);
		pc_send(a, &a->pub, packet, wr_len(&w), false);
		sim_run(s, 10 * SIM_MS);
	}
	sim_run(s, 2 * SIM_S + 200 * SIM_MS);
	assert_int_equal(drops(s, DROP_RETIRED), 50);
	assert_true(v->frames > frames + 75);
	assert_int_equal(v->backwards, 0);
	assert_int_equal(unaccounted(v), 0);
	assert_int_equal(v->wrong, 0);
	assert_int_equal(v->layer, 2);
	(void)sim_free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(codec_changes_with_any_seed),
		cmocka_unit_test(binding),
		cmocka_unit_test(unanswered_offer_fails),
		cmocka_unit_test(new_ssrcs_mid_call),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
