/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Attacks on the media plane in whole calls (reliability R40-R53): somebody who listens and can
 * forge source addresses, and a participant who lies with keys of its own. What counts is that the
 * others' call is the same as without, and that the server sends no more than it should.
 * CONFAB_LONG=1: more of everything.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "check.h"
#include "wire/rtcp.h"

static int times(int few)
{
	return getenv("CONFAB_LONG") ? few * 20 : few;
}

/* ---- what is authentic counts once, the rest not at all ---- */

enum { KEPT = 4096 };

struct attacker {
	struct rng rng;
	bool flips, replays, steals_address;
	uint64_t sent;
	size_t kept;
	struct {
		uint32_t tag;
		size_t n;
		uint8_t bytes[1500];
	} packets[KEPT];
};

static void inject(struct sim *s, uint32_t tag, const uint8_t *bytes, size_t n)
{
	struct attacker *a = s->tapped;

	a->sent++;
	sim_inject(s, tag, bytes, n);
}

/* Each packet with a bit changed, from its own address; each packet again, now and much later. */
static void attack(struct sim *s, struct sim_pc *pc, const uint8_t *bytes, size_t n)
{
	struct attacker *a = s->tapped;
	uint8_t copy[1500];

	/* checks of ICE may be repeated by the network: their answer is no harm */
	if (bytes[0] < 4 || n > sizeof copy)
		return;
	memcpy(copy, bytes, n);
	if (a->flips) {
		copy[rng_u32(&a->rng) % n] ^= (uint8_t)(1 << rng_u32(&a->rng) % 8);
		inject(s, pc->tag, copy, n);
		memcpy(copy, bytes, n);
	}
	if (a->steals_address) /* the real packet, from where nobody was authenticated */
		inject(s, 700 + rng_u32(&a->rng) % 50, copy, n);
	if (!a->replays)
		return;
	size_t place = a->kept++ % KEPT;
	a->packets[place].tag = pc->tag;
	a->packets[place].n = n;
	memcpy(a->packets[place].bytes, bytes, n);
	for (int i = 0; i < 2 && a->kept > 8; i++) {
		size_t most = a->kept < KEPT ? a->kept : KEPT;
		size_t old = rng_u32(&a->rng) % (uint32_t)most;

		/* what is still on its way would be the first of the two: only what has arrived */
		if (old == place || (place - old) % KEPT < 64)
			continue;
		inject(s, a->packets[old].tag, a->packets[old].bytes, a->packets[old].n);
	}
}

struct outcome {
	uint64_t frames, packets, wrong, heard, plis, sources;
	int64_t unaccounted;
};

static struct outcome run_attacked(struct attacker *attacker, const struct simlink_config *link,
				   int seconds)
{
	struct sim *s = sim_new(31, link);
	struct sim_client *a = sim_join(s, false), *b = sim_join(s, false);
	struct sim_track *video = sim_publish(a, KIND_VIDEO, true);
	struct sim_track *audio = sim_publish(a, KIND_AUDIO, false);

	sim_run(s, 2 * SIM_S);
	s->tapped = attacker;
	s->tap = attacker ? attack : NULL;
	sim_run(s, (uint64_t)seconds * SIM_S);
	assert_string_equal(a->failed, "");
	assert_string_equal(b->failed, "");
	assert_int_equal(s->to_strangers, 0);
	struct sim_stream *v = must_have(b, video);
	struct outcome outcome = {
		.frames = v->frames,
		.packets = v->packets,
		.wrong = v->wrong,
		.heard = must_have(b, audio)->packets,
		.plis = video->layers[2].plis,
		.sources = engine_sfu(s->engine)->sources.count,
		.unaccounted = unaccounted(v),
	};
	if (attacker) {
		const uint64_t *verdicts = engine_sfu(s->engine)->verdicts;
		uint64_t refused = verdicts[V_DROP_AUTH] + verdicts[V_DROP_REPLAY] +
				   verdicts[V_DROP_SHORT] + verdicts[V_DROP_DTLS] +
				   verdicts[V_DROP_STUN] + drops(s, DROP_STRANGER);

		printf("%u packets of the attacker: %u wrong tags, %u replays, %u strangers\n",
		       (unsigned)attacker->sent, (unsigned)verdicts[V_DROP_AUTH],
		       (unsigned)verdicts[V_DROP_REPLAY], (unsigned)drops(s, DROP_STRANGER));
		/* a bit of the first byte makes some of them another protocol, or none */
		if (!link->loss_ppm) /* a replay of what was lost is a repair */
			assert_true(refused + attacker->sent / 100 >= attacker->sent);
	}
	(void)sim_free(s);
	return outcome;
}

/* R44, R45, R46: on a good link the call is packet for packet the same. */
static void flips_and_replays_change_nothing(void **state)
{
	(void)state;
	int seconds = times(5);
	struct outcome without = run_attacked(NULL, &good, seconds);

	for (int way = 0; way < 3; way++) {
		struct attacker *attacker = calloc(1, sizeof *attacker);

		assert_non_null(attacker);
		rng_seeded(&attacker->rng, 5);
		attacker->flips = way == 0;
		attacker->replays = way == 1;
		attacker->steals_address = way == 2;
		struct outcome with = run_attacked(attacker, &good, seconds);

		assert_true(attacker->sent > 1000);
		assert_memory_equal(&with, &without, sizeof with);
		free(attacker);
	}
}

/* R45: and where packets are lost and overtake each other, too. */
static void replays_on_a_bad_link(void **state)
{
	(void)state;
	const struct simlink_config bad = {
		.delay_us = 20000, .loss_ppm = 100000, .reorder_ppm = 50000, .reorder_us = 50000
	};
	struct attacker *attacker = calloc(1, sizeof *attacker);

	assert_non_null(attacker);
	rng_seeded(&attacker->rng, 6);
	attacker->replays = true;
	struct outcome with = run_attacked(attacker, &bad, times(5));

	assert_int_equal(with.wrong, 0);
	assert_true(with.frames > (uint64_t)times(5) * 25);
	free(attacker);
}

/* ---- nobody is answered who has not proved who he is ---- */

/* R40, R51, R56: candidates of an offer are not called, checks without the password not answered. */
static void candidates_are_not_called(void **state)
{
	(void)state;
	struct sim *s = sim_new(33, &good);
	struct sim_client *a = sim_join(s, false);
	const char *ufrag = a->pub.peer.transport.ice.current.remote_ufrag;
	struct rng chance;

	rng_seeded(&chance, 4);
	(void)sim_publish(a, KIND_AUDIO, false); /* its offer names candidates of its own */
	sim_run(s, SIM_S);
	size_t n = strlen(ufrag);
	uint64_t before = s->sent_bytes, to_a = a->pub.bytes_down + a->sub.bytes_down;

	for (int i = 0; i < times(20000); i++) {
		uint8_t check[200] = { 0, 1, 0, 100, 0x21, 0x12, 0xa4, 0x42 };

		rng_fill(&chance, check + 8, sizeof check - 8);
		/* USERNAME with the right ufrag: everything but the password */
		check[20] = 0;
		check[21] = 6;
		check[22] = 0;
		check[23] = (uint8_t)(n + 5);
		memcpy(check + 24, ufrag, n);
		memcpy(check + 24 + n, ":abcd", 5);
		sim_inject(s, 800 + rng_u32(&chance) % 100, check, 120);
	}
	assert_int_equal(s->to_strangers, 0);
	assert_int_equal(s->sent_bytes - before, a->pub.bytes_down + a->sub.bytes_down - to_a);
	(void)sim_free(s);
}

/* R41: hellos of all kinds from strangers and in the client's name, before, during and after. */
static void dtls_race(void **state)
{
	(void)state;
	for (int i = 0; i < times(5); i++) {
		struct sim *s = sim_new_dtls(41 + (uint64_t)i, &good);
		struct rng chance;

		rng_seeded(&chance, (uint64_t)i);
		struct sim_client *a = sim_join(s, false), *b = sim_join(s, false);
		struct sim_track *video = sim_publish(a, KIND_VIDEO, false);
		for (int k = 0; k < 1500; k++) {
			uint8_t hello[300] = { 22, 254, 253 };
			size_t n = 13 + rng_u32(&chance) % (sizeof hello - 13);

			rng_fill(&chance, hello + 11, sizeof hello - 11);
			hello[11] = (uint8_t)((n - 13) >> 8);
			hello[12] = (uint8_t)(n - 13);
			if (k % 2) /* a ClientHello, a fragment of one, or nonsense */
				hello[13] = 1;
			if (k % 3 == 0)
				hello[0] = 21; /* a fatal alert */
			sim_inject(s, 600 + (uint32_t)k % 9, hello, n);
			/* OpenSSL repeats a damaged flight by the wall clock, which stands still
			 * here: in the clients' names only once they are connected */
			if (a->connected[TARGET_PUBLISHER])
				sim_inject(s, a->pub.tag, hello, n);
			if (b->connected[TARGET_SUBSCRIBER])
				sim_inject(s, b->sub.tag, hello, n);
			sim_run(s, SIM_MS);
		}
		sim_run(s, SIM_S);
		assert_string_equal(a->failed, "");
		assert_string_equal(b->failed, "");
		assert_int_equal(a->connected[TARGET_PUBLISHER], 1);
		assert_int_equal(b->connected[TARGET_SUBSCRIBER], 1);
		assert_true(must_have(b, video)->frames > 10);
		assert_int_equal(s->to_strangers, 0);
		(void)sim_free(s);
	}
}

/* ---- a participant who lies ---- */

/* Everything that was sent has arrived, evenly, long ago; the path takes a terabit (R50). */
static void lie(struct sim_client *c, const struct sim_stream *seen, uint16_t base)
{
	struct twcc_recv receiver;
	uint8_t bytes[1200];
	struct wr w = wr_of(bytes, sizeof bytes);

	twcc_recv_init(&receiver);
	for (uint16_t i = 0; i < 100; i++)
		twcc_recv_rx(&receiver, c->sim->now - 100000 + i * 10u, (uint16_t)(base + i), 1);
	if (twcc_recv_write(&receiver, c->sim->now + 100000, c->ssrc, &w))
		pc_send(c, &c->sub, bytes, wr_len(&w), true);
	w = wr_of(bytes, sizeof bytes);
	rtcp_write_rr(&w, c->ssrc, NULL, 0);
	rtcp_write_remb(&w, c->ssrc, 1000000000000u, &seen->ssrc, 1);
	pc_send(c, &c->sub, bytes, wr_len(&w), true);
}

/* R50: the liar sits behind 400 kbit/s. What is sent to it stays near what the link carries. */
static void lies_are_not_paid_for(void **state)
{
	(void)state;
	struct sim *s = sim_new(35, &good);
	struct sim_client *a = sim_join(s, false), *b = sim_join(s, false), *c = sim_join(s, false);
	struct simlink_config link = {
		.rate_bps = 400000, .queue_bytes = 15000, .delay_us = 15000, .overhead = 28
	};
	struct sim_track *video = sim_publish(a, KIND_VIDEO, true);

	video->thin = true;
	sim_run(s, 2 * SIM_S);
	sim_set_link(c, TARGET_SUBSCRIBER, false, &link);
	sim_run(s, 5 * SIM_S);
	struct sim_stream *v = must_have(c, video), *honest = must_have(b, video);
	uint64_t before = c->sub.bytes_down, frames = honest->decoder.frames;
	uint64_t plis = video->layers[2].plis;
	uint16_t seqs[200];

	for (int i = 0; i < times(10) * 100; i++) {
		uint8_t rtcp[1200];
		struct wr r = wr_of(rtcp, sizeof rtcp);

		lie(c, v, (uint16_t)(rng_u32(&s->rng)));
		for (int k = 0; k < 200; k++)
			seqs[k] = (uint16_t)(v->up.highest - 200 + (uint64_t)k);
		rtcp_write_pli(&r, 1, v->ssrc);
		(void)rtcp_write_nack(&r, 1, v->ssrc, seqs, 200);
		pc_send(c, &c->sub, rtcp, wr_len(&r), true);
		sim_run(s, 10 * SIM_MS);
	}
	double seconds = times(10), bps = (double)(c->sub.bytes_down - before) * 8 / seconds;
	printf("a liar behind 400 kbit/s is sent %.0f kbit/s; the publisher was asked for %u key "
	       "frames in %.0f s\n",
	       bps / 1000, (unsigned)(video->layers[2].plis - plis), seconds);
	assert_true(bps < 1.5 * 400000 + 200000);
	assert_true(video->layers[2].plis - plis <= (uint64_t)(2 * seconds) + 1);
	assert_true(honest->decoder.frames - frames > (uint64_t)(seconds * 28));
	(void)sim_free(s);
}

/* ---- consent ---- */

/* R53: nothing after 10.5 s without a sign of life, the leg ends by 31 s; back within 1 s. */
static void consent_runs_out(void **state)
{
	(void)state;
	static const uint64_t back[] = { 8, 20, 60 };

	for (size_t i = 0; i < 3; i++) {
		struct sim *s = sim_new(37 + i, &good);
		struct sim_client *a = sim_join(s, false), *b = sim_join(s, false);
		struct sim_track *video = sim_publish(a, KIND_VIDEO, true);

		sim_run(s, 3 * SIM_S);
		struct sim_stream *v = must_have(b, video);
		uint64_t cut_at = s->now, ended = 0;
		b->sub.cut = true;
		while (s->now - cut_at < back[i] * SIM_S) {
			sim_run(s, 100 * SIM_MS);
			if (!ended && b->failed[0])
				ended = s->now - cut_at;
		}
		uint64_t last = b->sub.last_down - cut_at, frames = v->frames, start = s->now;
		assert_true(last <= 10500 * SIM_MS);
		b->sub.cut = false;
		if (back[i] > 31) {
			assert_in_range(ended, 25 * SIM_S, 31 * SIM_S);
			sim_run(s, 3 * SIM_S);
			assert_int_equal(b->sub.last_down - cut_at, last);
			(void)sim_free(s);
			continue;
		}
		assert_int_equal(ended, 0);
		while (v->frames == frames && s->now - start < 10 * SIM_S)
			sim_run(s, 10 * SIM_MS);
		printf("cut for %u s: the last packet after %u ms; pictures %u ms after its end\n",
		       (unsigned)back[i], (unsigned)(last / 1000),
		       (unsigned)((s->now - start) / 1000));
		assert_true(s->now - start <= SIM_S + 100 * SIM_MS);
		(void)sim_free(s);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(flips_and_replays_change_nothing),
		cmocka_unit_test(replays_on_a_bad_link),
		cmocka_unit_test(candidates_are_not_called),
		cmocka_unit_test(dtls_race),
		cmocka_unit_test(lies_are_not_paid_for),
		cmocka_unit_test(consent_runs_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
