/* SPDX-License-Identifier: Apache-2.0 */
/* Whole calls in virtual time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "check.h"
#include "media/engine_test.h"

static void two_party(void **state)
{
	(void)state;
	struct sim *s = sim_new(1, &good);
	struct sim_client *a = sim_join(s, false), *b = sim_join(s, false);

	sim_run(s, SIM_S);
	assert_int_equal(a->connected[TARGET_SUBSCRIBER], 1); /* with no track at all */
	assert_int_equal(b->connected[TARGET_SUBSCRIBER], 1);

	struct sim_track *video = sim_publish(a, KIND_VIDEO, true);
	struct sim_track *audio = sim_publish(a, KIND_AUDIO, false);
	struct sim_track *back = sim_publish(b, KIND_VIDEO, true);
	sim_run(s, 10 * SIM_S);
	assert_string_equal(a->failed, "");
	assert_string_equal(b->failed, "");
	assert_int_equal(a->connected[TARGET_PUBLISHER], 1);
	assert_int_equal(a->lives, 2);
	assert_int_equal(b->lives, 1);

	struct sim_stream *v = must_have(b, video), *u = must_have(b, audio);
	assert_true(v->first_was_key);
	assert_int_equal(v->layer, 2); /* the best that arrives */
	assert_int_equal(unaccounted(v), 0);
	assert_int_equal(v->backwards, 0);
	assert_in_range(v->frames, 270, 300);
	assert_in_range(u->packets, 450, 500);
	assert_int_equal(u->backwards, 0);
	assert_true(sid_is(&v->publisher, &a->sid));
	assert_in_range(v->ssrc_reports, 8, 11);
	assert_true(must_have(a, back)->frames > 250);

	/* the encoder of the publisher gets what it needs to climb */
	assert_in_range(a->twcc_feedbacks, 80, 220);
	uint64_t sent = a->transport_seq;
	assert_in_range(a->twcc_received, sent * 95 / 100, sent);
	assert_true(a->reports >= 20);
	/* one key frame request per layer that was wanted, not more than 2 a second */
	for (int i = 0; i < 3; i++)
		assert_true(video->layers[i].plis <= 2);
	assert_int_equal(drops(s, DROP_SSRC), 0);

	/* every counter has a name, and those of a call move */
	struct engine_counter counter;
	uint64_t sum = 0;
	size_t n = 0;
	for (; engine_get_counter(s->engine, n, &counter); n++) {
		assert_non_null(counter.name);
		assert_true(counter.reason || n < 9);
		sum += strcmp(counter.name, "media_packets_forwarded") == 0 ? counter.value : 0;
		if (strcmp(counter.name, "media_participants") == 0)
			assert_int_equal(counter.value, 2);
	}
	assert_int_equal(n, 11 + DROP_COUNT + V_COUNT);
	assert_true(sum > 3000);
	(void)sim_free(s);
}

static void loss_is_repaired(void **state)
{
	(void)state;
	struct sim *s = sim_new(7, &lossy);
	struct sim_client *a = sim_join(s, false), *b = sim_join(s, false);
	struct sim_track *video = sim_publish(a, KIND_VIDEO, true);
	struct sim_track *audio = sim_publish(a, KIND_AUDIO, false);

	sim_run(s, 20 * SIM_S);
	struct sim_stream *v = must_have(b, video);
	/* every packet came, by itself or by retransmission, or was given up after ten requests */
	assert_int_equal(unaccounted(v), 0);
	assert_true(v->recovered > 100);
	assert_true(v->up.count.given_up < 5);
	/* the first half of the way was repaired too */
	assert_true(video->layers[2].rtx_packets > 100);
	assert_true(v->frames > 500);
	assert_int_equal(v->backwards, 0);
	struct sim_stream *u = must_have(b, audio); /* two links of 5 %, nothing repaired */
	assert_true(u->up.highest > u->up.base + 800);
	assert_true(u->packets * 100 > (u->up.highest - u->up.base) * 86);
	(void)sim_free(s);
}

/* The share of an audio stream's packets that b got, in per cent, when 15 % of what a sends are lost. */
static unsigned heard_of(bool red, uint64_t seed)
{
	const struct simlink_config rough = { .delay_us = 20000, .loss_ppm = 150000 };
	struct sim *s = sim_new(seed, &good);
	struct sim_client *a = sim_join(s, false), *b = sim_join(s, false);
	struct sim_track *audio = sim_add_track(a, KIND_AUDIO, false);

	audio->red = red;
	sim_announce(a, audio);
	sim_offer(a);
	sim_run(s, 2 * SIM_S);
	sim_set_link(a, TARGET_PUBLISHER, true, &rough);
	struct sim_stream *u = must_have(b, audio);
	uint64_t packets = u->packets, highest = u->up.highest;
	sim_run(s, 20 * SIM_S);
	assert_int_equal(u->wrong, 0); /* what b takes is Opus alone */
	assert_int_equal(u->payload_type, 111);
	unsigned share = (unsigned)((u->packets - packets) * 100 / (u->up.highest - highest));
	(void)sim_free(s);
	return share;
}

/* RFC 2198: who takes no RED gets it stripped, and what was lost on the way to us put back. */
static void redundancy_is_stripped_and_used(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 10; seed++) {
		assert_in_range(heard_of(false, seed), 80, 90);
		assert_in_range(heard_of(true, seed), 95, 100);
	}
}

static void three_parties(void **state)
{
	(void)state;
	struct sim *s = sim_new(3, &good);
	struct sim_client *c[3];
	struct sim_track *t[3][2];

	for (int i = 0; i < 3; i++) {
		c[i] = sim_join(s, i == 2); /* one of them Firefox: ids do not match */
		t[i][0] = sim_publish(c[i], KIND_AUDIO, false);
		t[i][1] = sim_publish(c[i], KIND_VIDEO, i != 1);
		sim_run(s, SIM_S / 2);
	}
	sim_run(s, 5 * SIM_S);
	for (int i = 0; i < 3; i++) {
		for (int k = 0; k < 3; k++) {
			if (i == k)
				continue;
			assert_true(must_have(c[i], t[k][0])->packets > 200);
			assert_true(must_have(c[i], t[k][1])->frames > 130);
			assert_true(must_have(c[i], t[k][1])->first_was_key);
			assert_true(sid_is(&must_have(c[i], t[k][1])->publisher, &c[k]->sid));
		}
		assert_string_equal(c[i]->failed, "");
	}

	/* one leaves: the others get inactive sections and go on */
	sim_leave(c[1]);
	sim_run(s, SIM_S);
	assert_null(sim_stream(c[0], &t[1][0]->sid));
	assert_null(sim_stream(c[0], &t[1][1]->sid));
	uint64_t before = must_have(c[0], t[2][1])->frames;
	sim_run(s, SIM_S);
	assert_true(must_have(c[0], t[2][1])->frames > before + 25);

	/* a newcomer takes the freed sections: no new ones */
	int sections = c[0]->stream_count;
	struct sim_client *d = sim_join(s, false);
	struct sim_track *late = sim_publish(d, KIND_VIDEO, true);
	sim_run(s, 3 * SIM_S);
	assert_true(must_have(c[0], late)->frames > 60);
	assert_int_equal(c[0]->stream_count, sections);
	/* and sees those that were there, from a key frame on, quickly */
	struct sim_stream *v = must_have(d, t[0][1]);
	assert_true(v->first_was_key);
	assert_true(v->frames > 60);
	(void)sim_free(s);
}

static void mute_and_unpublish(void **state)
{
	(void)state;
	struct sim *s = sim_new(4, &good);
	struct sim_client *a = sim_join(s, false), *b = sim_join(s, false);
	struct sim_track *video = sim_publish(a, KIND_VIDEO, true);

	sim_run(s, 3 * SIM_S);
	struct sim_stream *v = must_have(b, video);
	sim_mute(a, video, true);
	sim_run(s, 3 * SIM_S); /* silence is not death */
	uint64_t frames = v->frames, keys = v->key_frames;
	uint64_t plis = video->layers[0].plis + video->layers[1].plis + video->layers[2].plis;
	sim_run(s, SIM_S);
	assert_int_equal(v->frames, frames);
	assert_int_equal(a->gones, 0);

	sim_mute(a, video, false);
	sim_run(s, 2 * SIM_S);
	assert_true(v->frames > frames + 45);
	assert_true(v->key_frames > keys);
	assert_true(video->layers[0].plis + video->layers[1].plis + video->layers[2].plis > plis);
	assert_int_equal(v->backwards, 0);
	assert_int_equal(unaccounted(v), 0);

	/* paused by the subscriber, and back */
	sim_settings(b, &video->sid, &(struct plane_settings){ .disabled = true });
	sim_run(s, SIM_S / 2);
	frames = v->frames;
	sim_run(s, SIM_S);
	assert_int_equal(v->frames, frames);
	sim_settings(b, &video->sid, &(struct plane_settings){ .quality = QUALITY_HIGH });
	sim_run(s, SIM_S);
	assert_true(v->frames > frames + 20);

	/* unsubscribed, and back: another section is free by then */
	sim_subscribe(b, &video->sid, CMD_UNSUBSCRIBE, false);
	sim_run(s, SIM_S);
	assert_null(sim_stream(b, &video->sid));
	sim_subscribe(b, &video->sid, CMD_SUBSCRIBE, false);
	sim_run(s, SIM_S);
	assert_true(must_have(b, video)->first_was_key);
	assert_int_equal(b->stream_count, 1);

	sim_unpublish(a, video);
	sim_run(s, SIM_S);
	assert_int_equal(a->gones, 1);
	assert_null(sim_stream(b, &video->sid));
	/* the same, published again: a new section of the client, the old one of ours */
	struct sim_track *again = sim_publish(a, KIND_VIDEO, false);
	sim_run(s, 2 * SIM_S);
	assert_true(must_have(b, again)->frames > 30);
	assert_int_equal(b->stream_count, 1);
	assert_string_equal(a->failed, "");
	(void)sim_free(s);
}

/* Who stays for days sees many come and go: what ended is let go of, and no SSRC is used twice. */
static void what_ended_takes_no_place(void **state)
{
	enum { TIMES = 12 };
	uint32_t seen[2 * TIMES];

	(void)state;
	struct sim *s = sim_new(6, &good);
	struct sim_client *a = sim_join(s, false), *b = sim_join(s, false);
	struct sim_track *video = sim_publish(a, KIND_VIDEO, false);

	for (size_t i = 0; i < TIMES; i++) {
		sim_run(s, 2 * SIM_S);
		struct sim_stream *stream = must_have(b, video);

		assert_true(stream->frames > 20);
		seen[2 * i] = stream->ssrc;
		seen[2 * i + 1] = stream->rtx_ssrc;
		sim_subscribe(b, &video->sid, CMD_UNSUBSCRIBE, false);
		sim_run(s, SIM_S);
		assert_null(sim_stream(b, &video->sid));
		sim_subscribe(b, &video->sid, CMD_SUBSCRIBE, false);
	}
	sim_run(s, 2 * SIM_S);
	for (size_t i = 0; i < 2 * TIMES; i++)
		for (size_t k = 0; k < i; k++)
			assert_int_not_equal(seen[i], seen[k]);
	assert_true(engine_transport(s->engine, &b->sid, TARGET_SUBSCRIBER)->srtp.sent.count <= 2);
	(void)sim_free(s);
}

static void path_changes(void **state)
{
	(void)state;
	struct sim *s = sim_new(5, &good);
	struct sim_client *a = sim_join(s, false), *b = sim_join(s, false);
	struct sim_track *video = sim_publish(a, KIND_VIDEO, true);

	sim_run(s, 3 * SIM_S);
	struct sim_stream *v = must_have(b, video);
	sim_move(a, TARGET_PUBLISHER);
	/* until the next check at the latest, media from there is a stranger's */
	sim_run(s, 5 * SIM_S);
	sim_move(b, TARGET_SUBSCRIBER);
	sim_run(s, 5 * SIM_S);
	uint64_t frames = v->frames;
	sim_run(s, 2 * SIM_S);
	assert_true(v->frames > frames + 55);
	assert_string_equal(a->failed, "");
	assert_string_equal(b->failed, "");

	/* our offer with new credentials: media goes on */
	struct plane_cmd cmd = { .type = CMD_RESUME, .participant = b->sid };
	char before[ICE_UFRAG_MAX + 1];
	(void)snprintf(before, sizeof before, "%s", b->sub.peer.transport.ice.current.remote_ufrag);
	sim_cmd(s, &cmd);
	sim_run(s, 2 * SIM_S);
	assert_string_not_equal(b->sub.peer.transport.ice.current.remote_ufrag, before);
	frames = v->frames;
	sim_run(s, 2 * SIM_S);
	assert_true(v->frames > frames + 55);

	/* the client's offer with new credentials: answered with new ones of ours */
	(void)snprintf(before, sizeof before, "%s", a->pub.peer.transport.ice.current.remote_ufrag);
	peer_restart(&a->pub.peer, s->now);
	(void)sim_publish(a, KIND_AUDIO, false);
	assert_string_not_equal(a->pub.peer.transport.ice.current.remote_ufrag, before);
	sim_run(s, 2 * SIM_S);
	frames = v->frames;
	sim_run(s, 2 * SIM_S);
	assert_true(v->frames > frames + 55);
	assert_string_equal(a->failed, "");
	(void)sim_free(s);
}

static void dead_path_fails(void **state)
{
	(void)state;
	struct sim *s = sim_new(6, &good);
	struct sim_client *a = sim_join(s, false), *b = sim_join(s, false);

	(void)sim_publish(a, KIND_VIDEO, true);
	sim_run(s, 2 * SIM_S);
	b->sub.cut = true;
	sim_run(s, 28 * SIM_S);
	assert_string_equal(b->failed, "");
	uint64_t datagrams = s->datagrams;
	sim_run(s, SIM_S);
	/* only feedback to a: nothing goes to b any more (R53) */
	uint64_t rate = s->datagrams - datagrams;
	assert_true(rate < 60);
	sim_run(s, 5 * SIM_S);
	assert_string_not_equal(b->failed, "");
	assert_string_equal(a->failed, "");
	(void)sim_free(s);
}

/* Half a minute is death; less is a pause, and the picture comes back by itself. */
static void path_comes_back(void **state)
{
	(void)state;
	struct sim *s = sim_new(16, &good);
	struct sim_client *a = sim_join(s, false), *b = sim_join(s, false);
	struct sim_track *video = sim_publish(a, KIND_VIDEO, true);

	sim_run(s, 2 * SIM_S);
	struct sim_stream *v = must_have(b, video);
	b->sub.cut = true;
	sim_run(s, 20 * SIM_S);
	uint64_t frames = v->frames, highest = v->up.highest;
	b->sub.cut = false;
	sim_run(s, 4 * SIM_S); /* the next check comes within 1 s */
	assert_string_equal(b->failed, "");
	assert_true(v->frames > frames + 40);
	/* what was left out in the pause left no gap: only what was sent into the dead path, 10 s
	 */
	assert_true(v->up.highest - highest < 14 * 150 + 200);
	assert_int_equal(v->backwards, 0);
	(void)sim_free(s);
}

static void top_layer_stops(void **state)
{
	(void)state;
	struct sim *s = sim_new(10, &good);
	struct sim_client *a = sim_join(s, false), *b = sim_join(s, false);
	struct sim_track *video = sim_publish(a, KIND_VIDEO, true);

	sim_run(s, 3 * SIM_S);
	struct sim_stream *v = must_have(b, video);
	video->layers_on = 1;
	sim_run(s, 3 * SIM_S);
	assert_int_equal(v->layer, 0);
	uint64_t frames = v->frames;
	sim_run(s, SIM_S);
	assert_true(v->frames > frames + 25);
	video->layers_on = 3;
	video->layers[1].want_key = video->layers[2].want_key = true;
	sim_run(s, 5 * SIM_S);
	assert_int_equal(v->layer, 2);
	assert_int_equal(v->backwards, 0);
	(void)sim_free(s);
}

static void with_real_dtls(void **state)
{
	(void)state;
	struct sim *s = sim_new_dtls(14, &good);
	struct sim_client *a = sim_join(s, false), *b = sim_join(s, true);
	struct sim_track *video = sim_publish(a, KIND_VIDEO, true);
	struct sim_track *audio = sim_publish(b, KIND_AUDIO, false);

	sim_run(s, 4 * SIM_S);
	assert_string_equal(a->failed, "");
	assert_string_equal(b->failed, "");
	for (int i = 0; i < 2; i++) {
		assert_int_equal(a->connected[i], 1);
		assert_int_equal(b->connected[i], 1);
	}
	assert_true(must_have(b, video)->frames > 60);
	assert_true(must_have(a, audio)->packets > 100);
	(void)sim_free(s);
}

static uint64_t trace_of(uint64_t seed)
{
	struct sim *s = sim_new(seed, &lossy);
	struct sim_client *a = sim_join(s, false), *b = sim_join(s, true);

	(void)sim_publish(a, KIND_VIDEO, true);
	(void)sim_publish(b, KIND_AUDIO, false);
	sim_run(s, 3 * SIM_S);
	sim_mute(a, &a->tracks[0], true);
	sim_run(s, SIM_S);
	sim_mute(a, &a->tracks[0], false);
	sim_run(s, SIM_S);
	uint64_t trace = s->trace;
	assert_true(s->datagrams > 500);
	(void)sim_free(s);
	return trace;
}

static void replays_exactly(void **state)
{
	(void)state;
	assert_int_equal(trace_of(42), trace_of(42));
	assert_int_not_equal(trace_of(42), trace_of(43));
}

static void nothing_is_left(void **state)
{
	(void)state;
	struct sim *s = sim_new(13, &good);

	for (int i = 0; i < 4; i++) {
		struct sim_client *c = sim_join(s, false);

		(void)sim_publish(c, KIND_VIDEO, true);
		(void)sim_publish(c, KIND_AUDIO, false);
		sim_run(s, SIM_S);
	}
	for (int i = 0; i < 4; i++) {
		sim_leave(&s->clients[i]);
		sim_run(s, SIM_S / 2);
	}
	const struct sfu *sfu = engine_sfu(s->engine);
	assert_int_equal(sfu->rooms.count, 0);
	assert_int_equal(sfu->participants.count, 0);
	assert_int_equal(sfu->tracks.count, 0);
	assert_int_equal(sfu->sources.count, 0);
	assert_int_equal(sfu->ufrags.count, 0);
	assert_int_equal(sfu->timers.count, 0);
	assert_int_equal(sfu->legs, 0);
	assert_int_equal(engine_deadline(s->engine), UINT64_MAX);
	(void)sim_free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(two_party),
		cmocka_unit_test(loss_is_repaired),
		cmocka_unit_test(redundancy_is_stripped_and_used),
		cmocka_unit_test(three_parties),
		cmocka_unit_test(mute_and_unpublish),
		cmocka_unit_test(what_ended_takes_no_place),
		cmocka_unit_test(path_changes),
		cmocka_unit_test(dead_path_fails),
		cmocka_unit_test(path_comes_back),
		cmocka_unit_test(top_layer_stops),
		cmocka_unit_test(with_real_dtls),
		cmocka_unit_test(replays_exactly),
		cmocka_unit_test(nothing_is_left),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
