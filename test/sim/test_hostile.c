/* SPDX-License-Identifier: Apache-2.0 */
/* Calls with people and bytes that mean no good:
 * what is refused, what is counted, and that the others see no difference. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "check.h"
#include "wire/rtcp.h"

/* Bytes from strangers, and with the source addresses of a and b forged. */
static void send_junk(struct sim *s, struct rng *chance, int i)
{
	uint8_t junk[1200];
	size_t n = rng_u32(chance) % sizeof junk;

	rng_fill(chance, junk, sizeof junk);
	if (i % 3 == 0)
		junk[0] = 0x80; /* RTP */
	else if (i % 3 == 1)
		junk[0] = 22; /* DTLS */
	else
		memcpy(junk, "\0\1\0\0\x21\x12\xa4\x42", 8); /* STUN */
	sim_inject(s, 500 + (uint32_t)i % 100, junk, n);
	sim_inject(s, s->clients[0].pub.tag, junk, n);
	sim_inject(s, s->clients[1].sub.tag, junk, n);
}

/* A participant with keys of its own uses the ids of another's track, and asks in another's name.
 */
static void send_stolen(struct sim_client *c, const struct sim_track *video,
			const struct sim_stream *seen, int i)
{
	uint8_t packet[200] = { 0 }, rtcp[100];
	struct wr w = wr_of(packet, sizeof packet), r = wr_of(rtcp, sizeof rtcp);
	uint16_t seq = (uint16_t)i;

	rtp_write(&w, &(struct rtp_header){ .payload_type = 96,
					    .seq = seq,
					    .timestamp = 5,
					    .ssrc = i % 2 ? video->layers[2].ssrc
							  : video->layers[2].rtx_ssrc });
	wr_zero(&w, 100);
	pc_send(c, &c->pub, packet, wr_len(&w), false);
	rtcp_write_pli(&r, 1, seen->ssrc);
	(void)rtcp_write_nack(&r, 1, seen->ssrc, &seq, 1);
	rtcp_write_bye(&r, &video->layers[2].ssrc, 1);
	pc_send(c, &c->pub, rtcp, wr_len(&r), true);
	pc_send(c, &c->sub, rtcp, wr_len(&r), true);
}

struct outcome {
	uint64_t frames, packets, plis, sources;
};

/* A call of a and b beside a hostile c; `attack` off: the same without the hostile packets. */
static struct outcome hostile_run(bool attack)
{
	struct sim *s = sim_new(11, &good);
	struct sim_client *a = sim_join(s, false), *b = sim_join(s, false), *c = sim_join(s, false);
	struct sim_track *video = sim_publish(a, KIND_VIDEO, true);
	struct sim_track *own = sim_publish(c, KIND_AUDIO, false);
	struct rng chance;

	rng_seeded(&chance, 99);
	sim_run(s, 2 * SIM_S);
	for (int i = 0; i < 3000; i++) {
		if (attack) {
			send_junk(s, &chance, i);
			send_stolen(c, video, sim_stream(b, &video->sid), i);
		}
		sim_run(s, SIM_MS);
	}
	sim_run(s, SIM_S);
	assert_string_equal(a->failed, "");
	assert_string_equal(b->failed, "");
	struct sim_stream *v = must_have(b, video);
	struct outcome outcome = { .frames = v->frames,
				   .packets = v->packets,
				   .plis = video->layers[2].plis,
				   .sources = engine_sfu(s->engine)->sources.count };
	assert_true(must_have(b, own)->packets > 100);
	assert_int_equal(unaccounted(v), 0);
	assert_int_equal(s->to_strangers, 0);
	if (attack) {
		assert_true(drops(s, DROP_STRANGER) > 2900);
		assert_true(drops(s, DROP_SSRC) > 2000);
		assert_true(drops(s, DROP_FEEDBACK) > 2000);
		assert_true(engine_sfu(s->engine)->verdicts[V_DROP_AUTH] > 1500);
	}
	(void)sim_free(s);
	return outcome;
}

static void strange_packets_change_nothing(void **state)
{
	(void)state;
	struct outcome with = hostile_run(true), without = hostile_run(false);

	assert_memory_equal(&with, &without, sizeof with);
}

/* A subscriber asks for the same packets, and for key frames, as fast as it can (R50). */
static void greedy_subscriber(void **state)
{
	(void)state;
	struct sim *s = sim_new(12, &good);
	struct sim_client *a = sim_join(s, false), *b = sim_join(s, false);
	struct sim_track *video = sim_publish(a, KIND_VIDEO, true);

	sim_run(s, 3 * SIM_S);
	struct sim_stream *v = must_have(b, video);
	uint64_t plis = video->layers[2].plis, forwarded = engine_sfu(s->engine)->forwarded_packets;
	for (int i = 0; i < 5000; i++) {
		uint8_t rtcp[1200];
		struct wr r = wr_of(rtcp, sizeof rtcp);
		uint16_t seqs[200];

		for (int k = 0; k < 200; k++)
			seqs[k] = (uint16_t)(v->up.highest - 200 + (uint64_t)k);
		rtcp_write_pli(&r, 1, v->ssrc);
		(void)rtcp_write_nack(&r, 1, v->ssrc, seqs, 200);
		pc_send(b, &b->sub, rtcp, wr_len(&r), true);
		sim_run(s, SIM_MS);
	}
	assert_true(video->layers[2].plis - plis <= 11); /* 2 a second */
	uint64_t sent = engine_sfu(s->engine)->forwarded_packets - forwarded;
	/* the stream's own rate, and less than half on top */
	assert_true(sent < 5 * 30 * 5 * 3 / 2 + 500);
	(void)sim_free(s);
}

/* Commands that make no sense are counted or refused, and harm nobody. */
static void commands_out_of_place(void **state)
{
	(void)state;
	struct sim *s = sim_new(19, &good);
	struct sim_client *a = sim_join(s, false), *b = sim_join(s, false);
	struct sim_track *video = sim_publish(a, KIND_VIDEO, false);

	sim_run(s, SIM_S);
	for (int type = CMD_NONE; type <= CMD_STOP; type++) {
		struct plane_cmd cmd = { .type = (enum plane_cmd_type)type,
					 .participant = { "PA_nobody" } };

		cmd.room = (struct sid){ "RM_other" };
		if (type == CMD_JOIN)
			continue;
		if (type == CMD_OFFER || type == CMD_ANSWER)
			cmd.sdp = strdup("v=0\r\n");
		sim_cmd(s, &cmd);
	}
	assert_true(drops(s, DROP_COMMAND) >= 9);

	uint64_t before = drops(s, DROP_COMMAND);
	sim_subscribe(a, &video->sid, CMD_SUBSCRIBE, false);		    /* one's own */
	sim_subscribe(b, &(struct sid){ "TR_none" }, CMD_SUBSCRIBE, false); /* not there */
	sim_subscribe(b, &video->sid, CMD_SUBSCRIBE, false);		    /* twice */
	sim_subscribe(b, &video->sid, CMD_MUTE_TRACK, true);		    /* another's */
	sim_subscribe(b, &video->sid, CMD_REMOVE_TRACK, false);		    /* another's */
	struct plane_cmd late = {
		.type = CMD_ANSWER, .participant = b->sid, .id = 1, .sdp = strdup("v=0")
	};
	sim_cmd(s, &late);
	assert_int_equal(drops(s, DROP_COMMAND), before + 6);
	assert_string_equal(b->failed, "");

	uint64_t frames = must_have(b, video)->frames;
	sim_run(s, SIM_S);
	assert_true(must_have(b, video)->frames > frames + 25);

	/* an offer that is none ends the publisher's session, and says where it is wrong */
	struct plane_cmd bad = {
		.type = CMD_OFFER, .participant = a->sid, .id = 9, .sdp = strdup("hello")
	};
	sim_cmd(s, &bad);
	assert_non_null(strstr(a->failed, "line 1"));

	/* too many announcements */
	for (int i = 0; i <= LIMIT_PENDING_TRACKS; i++) {
		struct plane_cmd cmd = { .type = CMD_ADD_TRACK, .participant = b->sid };

		assert_string_equal(b->failed, "");
		(void)snprintf(cmd.track.text, sizeof cmd.track.text, "TR_many%d", i);
		sim_cmd(s, &cmd);
	}
	assert_non_null(strstr(b->failed, "add track"));

	/* joined twice */
	struct plane_cmd twice = { .type = CMD_JOIN, .participant = a->sid };
	twice.room = (struct sid){ "RM_simsimsimsim" };
	a->failed[0] = '\0';
	sim_cmd(s, &twice);
	assert_non_null(strstr(a->failed, "join"));
	(void)sim_free(s);
}

static void wrong_certificate_fails(void **state)
{
	(void)state;
	struct sim *s = sim_new_dtls(15, &good);

	s->client_fingerprint = cert_fingerprint(s->cert); /* not the client's */
	struct sim_client *a = sim_join(s, false);
	sim_run(s, 20 * SIM_S);
	assert_int_equal(a->connected[TARGET_SUBSCRIBER], 0);
	assert_string_not_equal(a->failed, "");
	(void)sim_free(s);
}

/* The server takes a track away from a client that goes on sending. */
static void track_taken_away(void **state)
{
	struct sim *s = sim_new(22, &good);
	struct sim_client *a = sim_join(s, false), *b = sim_join(s, false);
	struct sim_track *video = sim_publish(a, KIND_VIDEO, false);

	(void)state;
	sim_run(s, 2 * SIM_S);
	assert_true(must_have(b, video)->frames > 20);
	uint64_t dropped = drops(s, DROP_TRACK);
	sim_subscribe(a, &video->sid, CMD_REMOVE_TRACK, false);
	sim_run(s, SIM_S);
	assert_null(sim_stream(b, &video->sid));
	assert_int_equal(a->gones, 0); /* who asked for it knows */
	assert_true(drops(s, DROP_TRACK) > dropped + 25);
	assert_string_equal(a->failed, "");
	assert_string_equal(b->failed, "");
	(void)sim_free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(strange_packets_change_nothing),
		cmocka_unit_test(greedy_subscriber),
		cmocka_unit_test(commands_out_of_place),
		cmocka_unit_test(track_taken_away),
		cmocka_unit_test(wrong_certificate_fails),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
