/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A client whose signalling, address or network goes away and comes back: media goes on as far as
 * it can, the others' streams are untouched (livekit-protocol 4.7; R53, R70, R72).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "check.h"
#include "media/sfu/sfu.h"

static void command(struct sim_client *c, enum plane_cmd_type type)
{
	struct plane_cmd cmd = { .type = type, .participant = c->sid };

	sim_cmd(c->sim, &cmd);
}

/* What a client does when it resumes: both connections get new credentials. */
static void resume(struct sim_client *c)
{
	command(c, CMD_RESUME);
	if (!c->pub.open)
		return;
	peer_restart(&c->pub.peer, c->sim->now);
	sim_offer(c);
}

/* Runs until a frame of the stream comes; how long that took, in µs. */
static uint64_t wait_for_frame(struct sim *s, const struct sim_stream *v, uint64_t limit)
{
	uint64_t start = s->now, frames = v->frames;

	while (v->frames == frames && s->now - start < limit)
		sim_run(s, 10 * SIM_MS);
	return s->now - start;
}

static void media_goes_on_without_signalling(void **state)
{
	(void)state;
	struct sim *s = sim_new(61, &good);
	struct sim_client *a = sim_join(s, false), *b = sim_join(s, false);
	struct sim_track *video = sim_publish(a, KIND_VIDEO, true);
	struct sim_track *back = sim_publish(b, KIND_VIDEO, true);

	sim_run(s, 3 * SIM_S);
	struct sim_stream *v = must_have(b, video), *w = must_have(a, back);
	uint64_t offers = b->offers;

	/* gone for longer than an answer may take, and another track comes meanwhile */
	command(b, CMD_AWAY);
	b->no_answers = true;
	sim_run(s, SIM_S);
	struct sim_track *audio = sim_publish(a, KIND_AUDIO, false);
	uint64_t frames = v->frames, frames_back = w->frames;
	sim_run(s, 25 * SIM_S);
	assert_true(v->frames > frames + 25 * 29);
	assert_true(w->frames > frames_back + 25 * 29);
	assert_int_equal(b->offers, offers);
	assert_string_equal(b->failed, "");
	assert_null(sim_stream(b, &audio->sid));

	b->no_answers = false;
	char before[ICE_UFRAG_MAX + 1];
	(void)snprintf(before, sizeof before, "%s", b->sub.peer.transport.ice.current.remote_ufrag);
	uint64_t longest = v->decoder.longest;
	resume(b);
	assert_int_equal(b->resumes, 1);
	sim_run(s, 20 * SIM_MS);
	assert_int_equal(b->offers, offers + 1); /* one, with everything in it */
	assert_string_not_equal(b->sub.peer.transport.ice.current.remote_ufrag, before);
	frames = v->frames;
	frames_back = w->frames;
	sim_run(s, 3 * SIM_S);
	assert_true(v->frames > frames + 3 * 29 && w->frames > frames_back + 3 * 29);
	assert_int_equal(v->decoder.longest, longest); /* nobody could see it */
	(void)must_have(b, audio);
	assert_int_equal(a->losts + b->losts + a->gones + b->gones, 0);
	(void)sim_free(s);
}

/* The offer, or its answer, was on the socket that died. */
static void an_offer_without_answer_is_made_again(void **state)
{
	(void)state;
	struct sim *s = sim_new(62, &good);
	struct sim_client *a = sim_join(s, false), *b = sim_join(s, false);

	sim_run(s, 2 * SIM_S);
	b->no_answers = true;
	struct sim_track *video = sim_publish(a, KIND_VIDEO, true);
	sim_run(s, SIM_S);
	command(b, CMD_AWAY);
	sim_run(s, 20 * SIM_S);
	assert_string_equal(b->failed, "");
	b->no_answers = false;
	resume(b);
	sim_run(s, 2 * SIM_S);
	(void)must_have(b, video);

	/* resumed twice at once: two offers, and both sides agree in the end */
	command(b, CMD_RESUME);
	resume(b);
	sim_run(s, 2 * SIM_S);
	struct sim_stream *v = must_have(b, video);
	uint64_t frames = v->frames;
	sim_run(s, 2 * SIM_S);
	assert_true(v->frames > frames + 55);
	assert_string_equal(b->failed, "");
	(void)sim_free(s);
}

/* Who was heard all the time is missed when a check is late, anybody after 6 s (R71). */
static void silence_is_noticed(void **state)
{
	(void)state;
	struct sim *s = sim_new(62, &good);
	struct sim_client *a = sim_join(s, false), *b = sim_join(s, false);

	(void)sim_publish(a, KIND_VIDEO, true);
	sim_run(s, 12 * SIM_S);
	assert_int_equal(a->losts + b->losts, 0);
	b->sub.cut = true; /* it gives feedback all the time */
	sim_run(s, 2800 * SIM_MS);
	assert_int_equal(b->losts, 0);
	sim_run(s, 700 * SIM_MS);
	assert_in_range(b->losts, 1, 3);
	b->sub.cut = false;
	sim_run(s, SIM_S);

	assert_int_equal(a->losts, 0);
	a->sub.cut = true; /* it is sent nothing */
	sim_run(s, 2800 * SIM_MS);
	assert_int_equal(a->losts, 0);
	sim_run(s, 3400 * SIM_MS);
	assert_true(a->losts > 0);
	(void)sim_free(s);
}

/* R72: the network is away for a while; a's own way to others is untouched all the time. */
static void blackout(uint64_t seconds, bool resumes)
{
	struct sim *s = sim_new(63 + seconds, &good);
	struct sim_client *a = sim_join(s, false), *b = sim_join(s, false), *c = sim_join(s, false);
	struct sim_track *video = sim_publish(a, KIND_VIDEO, true);
	struct sim_track *back = sim_publish(b, KIND_VIDEO, true);

	sim_run(s, 3 * SIM_S);
	struct sim_stream *v = must_have(b, video), *w = must_have(a, back),
			  *other = must_have(c, video);
	uint64_t other_frames = other->frames, other_longest = other->decoder.longest;

	b->pub.cut = b->sub.cut = true;
	if (resumes)
		command(b, CMD_AWAY);
	sim_run(s, seconds * SIM_S);
	assert_true(b->losts > 4 * (seconds - 4)); /* of either connection; every 250 ms */
	b->pub.cut = b->sub.cut = false;
	if (resumes)
		resume(b);
	assert_in_range(wait_for_frame(s, v, 10 * SIM_S), 0, 3 * SIM_S);
	assert_in_range(wait_for_frame(s, w, 10 * SIM_S), 0, 3 * SIM_S);
	uint64_t frames = v->frames, frames_back = w->frames;
	sim_run(s, 20 * SIM_S); /* the estimate has to grow again */
	frames = v->frames - frames;
	assert_true(frames > 20 * 25);
	assert_true(w->frames - frames_back > 20 * 25);
	assert_string_equal(b->failed, "");
	assert_int_equal(other->decoder.longest, other_longest);
	assert_true(other->frames - other_frames > (20 + seconds) * 29);
	(void)sim_free(s);
}

static void blackouts_end(void **state)
{
	(void)state;
	blackout(5, false);
	blackout(9, true);
	blackout(20, true);
	blackout(29, true);
}

/* R70b: the same session from another port. Until an authenticated check comes nothing moves. */
static void the_next_check_moves_the_path(void **state)
{
	(void)state;
	struct sim *s = sim_new(64, &good);
	struct sim_client *a = sim_join(s, false), *b = sim_join(s, false);
	struct sim_track *video = sim_publish(a, KIND_VIDEO, true);

	sim_run(s, 3 * SIM_S);
	struct sim_stream *v = must_have(b, video);

	for (int i = 0; i < 20; i++) {
		sim_move(i % 2 ? a : b, i % 2 ? TARGET_PUBLISHER : TARGET_SUBSCRIBER);
		sim_run(s, 100 * SIM_MS); /* what was on the way has come */
		assert_in_range(wait_for_frame(s, v, 10 * SIM_S), 0, 3 * SIM_S);
		sim_run(s, SIM_S + (uint64_t)i * 137 * SIM_MS);
	}
	assert_int_equal(s->to_strangers, 0);
	assert_string_equal(a->failed, "");
	assert_string_equal(b->failed, "");
	(void)sim_free(s);
}

/* R70a: another address, noticed by the client, which resumes and restarts ICE. */
static void another_address_with_a_restart(void **state)
{
	(void)state;
	struct sim *s = sim_new(65, &good);
	struct sim_client *a = sim_join(s, false), *b = sim_join(s, false);
	struct sim_track *video = sim_publish(a, KIND_VIDEO, true);
	struct sim_track *back = sim_publish(b, KIND_VIDEO, true);

	sim_run(s, 3 * SIM_S);
	struct sim_stream *v = must_have(b, video), *w = must_have(a, back);
	for (int i = 0; i < 10; i++) {
		sim_move(b, TARGET_PUBLISHER);
		sim_move(b, TARGET_SUBSCRIBER);
		sim_run(s, 200 * SIM_MS);
		resume(b);
		assert_in_range(wait_for_frame(s, v, 10 * SIM_S), 0, 2 * SIM_S);
		assert_in_range(wait_for_frame(s, w, 10 * SIM_S), 0, 2 * SIM_S);
		sim_run(s, 1500 * SIM_MS);
	}
	assert_int_equal(s->to_strangers, 0);
	assert_string_equal(b->failed, "");
	(void)sim_free(s);
}

/* TCP connections end now and then, and the client makes new ones with the same credentials. */
static void over_tcp_connections_end_and_come_back(void **state)
{
	(void)state;
	struct sim *s = sim_new(67, &good);

	s->tcp = true;
	struct sim_client *a = sim_join(s, false), *b = sim_join(s, false);
	struct sim_track *video = sim_publish(a, KIND_VIDEO, true);
	sim_run(s, 3 * SIM_S);
	struct sim_stream *v = must_have(b, video);
	for (int i = 0; i < 10; i++) {
		sim_reconnect_tcp(i % 2 ? a : b, i % 2 ? TARGET_PUBLISHER : TARGET_SUBSCRIBER);
		sim_run(s, 100 * SIM_MS);
		assert_in_range(wait_for_frame(s, v, 10 * SIM_S), 0, 3 * SIM_S);
		sim_run(s, 2 * SIM_S);
	}
	assert_int_equal(s->to_strangers, 0);
	assert_string_equal(a->failed, "");
	assert_string_equal(b->failed, "");

	/* it ends for good: consent ends, and so does the participant's way to it (R53) */
	sim_reconnect_tcp(b, TARGET_SUBSCRIBER);
	b->sub.cut = true;
	sim_run(s, 31 * SIM_S);
	assert_string_equal(b->failed, "consent expired");
	(void)sim_free(s);
}

static void reliable_data(struct sim_client *c, char letter, uint8_t sequence)
{
	const uint8_t packet[] = { 0x52, 0x01, (uint8_t)letter, 0x80, 0x01, sequence };

	assert_int_equal(sim_send_data(c, false, packet, sizeof packet), 0);
}

static void reliable_packets_are_kept_for_who_resumes(void **state)
{
	(void)state;
	struct sim *s = sim_new_dtls(66, &good);
	struct sim_client *a = sim_join(s, false), *b = sim_join(s, false);

	sim_offer(a);
	sim_offer(b);
	sim_run(s, 3 * SIM_S);
	for (uint8_t i = 1; i <= 5; i++)
		reliable_data(a, (char)('a' + i), i);
	reliable_data(a, 'x', 3); /* again: a client that resumes repeats what it is not sure of */
	reliable_data(b, 'y', 1);
	sim_run(s, SIM_S);
	assert_int_equal(b->got_count, 5);
	assert_int_equal(a->got_count, 1);
	assert_int_equal(drops(s, DROP_DATA_OLD), 1);

	command(a, CMD_RESUME);
	assert_int_equal(a->resumed_at, 5);
	struct plane_cmd cmd = {
		.type = CMD_REPLAY, .participant = b->sid, .publisher = a->sid, .id = 3
	};
	sim_cmd(s, &cmd);
	sim_run(s, SIM_S);
	assert_int_equal(b->got_count, 7);
	assert_memory_equal(b->got[5].bytes,
			    "\x52\x01"
			    "e",
			    3);
	assert_memory_equal(b->got[6].bytes,
			    "\x52\x01"
			    "f",
			    3);

	/* not one's own, not a stranger's */
	cmd.publisher = b->sid;
	cmd.id = 0;
	sim_cmd(s, &cmd);
	(void)snprintf(cmd.publisher.text, sizeof cmd.publisher.text, "PA_nobody");
	sim_cmd(s, &cmd);
	sim_run(s, SIM_S);
	assert_int_equal(b->got_count, 7);
	(void)sim_free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(media_goes_on_without_signalling),
		cmocka_unit_test(an_offer_without_answer_is_made_again),
		cmocka_unit_test(silence_is_noticed),
		cmocka_unit_test(blackouts_end),
		cmocka_unit_test(the_next_check_moves_the_path),
		cmocka_unit_test(another_address_with_a_restart),
		cmocka_unit_test(over_tcp_connections_end_and_come_back),
		cmocka_unit_test(reliable_packets_are_kept_for_who_resumes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
