/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A live call with known keys, then whatever the input says: datagrams
 * from anybody, RTP and RTCP that authenticate, time, commands. The
 * engine must stay on its feet and must not speak to strangers, nor
 * into connections that have ended.
 *
 * Input: a list of (operation, length, bytes); OVER_TCP before it: the
 * clients' paths are TCP connections.
 */
#include <assert.h>
#include <string.h>

#include "base/rd.h"
#include "sim.h"

enum { STRANGER = 9999, OVER_TCP = 0xff };

static void send_protected(struct sim_client *c, struct sim_pc *pc, struct rd bytes, bool rtcp)
{
	uint8_t plain[300] = { 0 }, out[400];
	size_t n = rd_left(&bytes) < sizeof plain ? rd_left(&bytes) : sizeof plain;
	int length;

	memcpy(plain, bytes.p, n);
	plain[0] = (uint8_t)((plain[0] & 0x3f) | 0x80);
	if (rtcp)
		plain[1] = (uint8_t)(192 + plain[1] % 32);
	n = n < 12 ? 12 : n;
	length = rtcp ? transport_protect_rtcp(&pc->peer.transport, plain, n, out, sizeof out)
		      : transport_protect_rtp(&pc->peer.transport, plain, n, out, sizeof out);
	if (length > 0)
		sim_inject(c->sim, pc->tag, out, (size_t)length);
}

/* Media of a section that is there: the fuzzer chooses extension values and payload. */
static void send_media(struct sim_client *c, struct rd bytes)
{
	uint8_t plain[400], out[500];
	struct wr w = wr_of(plain, sizeof plain);
	struct sim_track *t = &c->tracks[0];
	uint8_t what = rd_u8(&bytes);
	struct rtp_header h = { .payload_type = (uint8_t)(96 + (what & 1)), .marker = what & 2 };

	h.seq = rd_be16(&bytes);
	h.timestamp = rd_be16(&bytes) * 3000u;
	h.ssrc = what & 4 ? rd_u8(&bytes) : t->layers[what >> 6 & 1].ssrc;
	rtp_write(&w, &h);
	struct rtpext_wr x = rtpext_begin(&w);
	rtpext_add_u16(&x, 3, rd_be16(&bytes));
	if (what & 8)
		rtpext_add(&x, 4, "1", 1);
	if (what & 16)
		rtpext_add(&x, what & 1 ? 11 : 10, what & 32 ? "q" : "f", 1);
	rtpext_end(&x);
	size_t n = rd_left(&bytes) < 200 ? rd_left(&bytes) : 200;
	wr_bytes(&w, rd_take(&bytes, n), n);
	int length = transport_protect_rtp(&c->pub.peer.transport, plain, wr_len(&w), out,
					   sizeof out);
	if (length > 0)
		sim_inject(c->sim, c->pub.tag, out, (size_t)length);
}

static void run_command(struct sim *s, struct rd bytes)
{
	struct plane_cmd cmd = { .type = (enum plane_cmd_type)(rd_u8(&bytes) % (CMD_STOP + 1)) };
	uint8_t who = rd_u8(&bytes);

	cmd.participant = s->clients[who & 1].sid;
	cmd.track = s->clients[who >> 1 & 1].tracks[0].sid;
	memcpy(cmd.room.text, "RM_simsimsimsim", 16);
	cmd.on = who & 4;
	cmd.id = rd_u8(&bytes) % 4;
	if (cmd.type == CMD_OFFER || cmd.type == CMD_ANSWER)
		cmd.sdp = strndup((const char *)bytes.p, rd_left(&bytes));
	else if (cmd.type == CMD_JOIN)
		cmd.join = (struct plane_join){ .can_publish = true, .can_subscribe = true };
	else if (cmd.type == CMD_ADD_TRACK)
		cmd.add_track.kind = rd_u8(&bytes);
	else if (cmd.type == CMD_ADD_DATA_TRACK)
		cmd.data_track = (struct plane_data_track){ rd_u8(&bytes), 1 };
	sim_cmd(s, &cmd);
}

/* A connection ends and another takes its place; then something comes on the one that ended. */
static void reconnect(struct sim *s, struct rd bytes)
{
	uint8_t which = rd_u8(&bytes);
	struct sim_client *c = &s->clients[which & 1];
	struct sim_pc *pc = which & 2 && c->pub.open ? &c->pub : &c->sub;
	uint32_t before = pc->tag;

	if (!s->tcp || !pc->open)
		return;
	sim_reconnect_tcp(c, pc->target);
	if (which & 4)
		sim_inject(s, before, bytes.p, rd_left(&bytes));
}

static void run_operation(struct sim *s, uint8_t operation, struct rd bytes)
{
	struct sim_client *a = &s->clients[0], *b = &s->clients[1];

	switch (operation % 10) {
	case 0:
		sim_run(s, (1 + rd_u8(&bytes)) * (uint64_t)SIM_MS);
		break;
	case 1:
		sim_inject(s, a->pub.tag, bytes.p, rd_left(&bytes));
		break;
	case 2:
		sim_inject(s, b->sub.tag, bytes.p, rd_left(&bytes));
		break;
	case 3:
		sim_inject(s, STRANGER, bytes.p, rd_left(&bytes));
		break;
	case 4:
		send_protected(a, &a->pub, bytes, false);
		break;
	case 5:
		send_protected(a, &a->pub, bytes, true);
		break;
	case 6:
		send_protected(b, &b->sub, bytes, true);
		break;
	case 7:
		send_media(a, bytes);
		break;
	case 9:
		reconnect(s, bytes);
		break;
	default:
		run_command(s, bytes);
		break;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	const struct simlink_config quick = { .delay_us = 1000 };
	struct sim *s = sim_new(1, &quick);
	struct rd r = rd_of(data, n);

	s->tcp = rd_left(&r) && *r.p == OVER_TCP;
	rd_skip(&r, s->tcp);
	(void)sim_join(s, false);
	(void)sim_join(s, false);
	(void)sim_publish(&s->clients[0], KIND_VIDEO, true);
	sim_run(s, 250 * SIM_MS);
	s->tolerant = true;
	for (int i = 0; i < 200 && rd_left(&r) >= 2; i++) {
		uint8_t operation = rd_u8(&r);
		uint8_t length = rd_u8(&r);

		run_operation(s, operation,
			      rd_sub(&r, length < rd_left(&r) ? length : rd_left(&r)));
	}
	sim_run(s, 100 * SIM_MS);
	assert(s->to_strangers == 0);
	(void)sim_free(s);
	return 0;
}
