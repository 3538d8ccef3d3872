/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The fake client as a publisher: VP8 simulcast and Opus, with RTX for NACKs and key frames for PLIs.
 * Every payload names its frame and packet, so the receiver knows what it should have got.
 */
#include <assert.h>
#include <string.h>

#include "sim.h"
#include "wire/rtcp.h"
#include "wire/twcc.h"

enum {
	BODY = 14, /* after the descriptor: VP8 frame header (10), … */
	FRAME_US = 33333,
	AUDIO_US = 20000,
	KEY_FACTOR = 4,
};

static const int frame_packets[3] = { 1, 2, 5 };

void client_new_ssrcs(struct sim_client *c, struct sim_track *t)
{
	for (int i = 0; i < t->layer_count; i++) {
		struct sim_layer *l = &t->layers[i];

		l->acknowledged = false;
		l->packets = l->rtx_packets = l->nacked = 0;
		for (int k = 0; k < SIM_HISTORY; k++)
			l->history[k].used = false;
		l->ssrc = rng_u32(&c->sim->rng) | 1;
		l->rtx_ssrc = rng_u32(&c->sim->rng) & ~1u;
		l->seq = (uint16_t)rng_u32(&c->sim->rng);
		l->rtx_seq = (uint16_t)rng_u32(&c->sim->rng);
		l->timestamp = rng_u32(&c->sim->rng);
		l->picture = (uint16_t)(rng_u32(&c->sim->rng) & 0x7fff);
		l->want_key = true;
	}
}

static void send_packet(struct sim_client *c, const struct sim_track *t, int layer,
			const struct sim_sent *sent, bool rtx)
{
	struct sim_layer *l = &t->layers[layer];
	uint8_t packet[1600];
	struct wr w = wr_of(packet, sizeof packet);
	struct rtp_header h = { .marker = sent->marker, .timestamp = sent->timestamp };
	char mid = (char)('1' + (t - c->tracks));

	h.payload_type = t->kind == KIND_AUDIO
				 ? (t->red ? SIM_PT_RED : PEER_PT_OPUS)
				 : (uint8_t)((t->h264 ? PEER_PT_H264 : PEER_PT_VP8) + rtx);
	h.seq = rtx ? l->rtx_seq++ : sent->seq;
	h.ssrc = rtx ? l->rtx_ssrc : l->ssrc;
	rtp_write(&w, &h);

	struct rtpext_wr x = rtpext_begin(&w);
	rtpext_add_u16(&x, PEER_ID_TRANSPORT_CC, ++c->transport_seq);
	if (!l->acknowledged || rtx)
		rtpext_add(&x, PEER_ID_MID, &mid, 1);
	if (t->simulcast && (!l->acknowledged || rtx))
		rtpext_add(&x, rtx ? PEER_ID_REPAIRED_RID : PEER_ID_RID, peer_rid((unsigned)layer),
			   1);
	if (t->kind == KIND_AUDIO)
		rtpext_add_audio_level(&x, PEER_ID_AUDIO_LEVEL, t->level, true);
	rtpext_end(&x);
	if (rtx)
		wr_be16(&w, sent->seq);
	wr_bytes(&w, sent->payload, sent->length);
	assert(!w.bad);
	pc_send(c, &c->pub, packet, wr_len(&w), false);
	*(rtx ? &l->rtx_packets : &l->packets) += 1;
}

static struct sim_sent *new_packet(struct sim_layer *l)
{
	struct sim_sent *sent = &l->history[l->seq % SIM_HISTORY];

	sent->used = true;
	sent->marker = false;
	sent->seq = l->seq++;
	sent->timestamp = l->timestamp;
	return sent;
}

/* What a frame is among the temporal layers, and the frames it refers to. */
struct sim_frame {
	bool key, sync;
	uint8_t tid;
	uint32_t refs[2];
};

/*
 * T0 T2 T1 T2. Each T0 refers to the T0 before it, the first T2 to the T0 (so it is in sync); T1 to
 * the T0, and in every second group to the T1 before it, too; the second T2 to the T1.
 */
static struct sim_frame next_frame(struct sim_layer *l, bool key, bool temporal)
{
	struct sim_frame f = { .key = key };
	uint32_t place = key || !temporal ? 0 : ++l->group % 4;

	if (key)
		l->group = 0;
	f.refs[0] = f.refs[1] = l->last_t0;
	if (place == 2)
		f.tid = 1;
	else if (place)
		f.tid = 2;
	f.sync = place == 1 || (place == 2 && l->group % 8 < 4);
	if ((place == 2 && !f.sync) || place == 3)
		f.refs[1] = l->last_t1;
	if (place == 0) {
		l->last_t0 = l->frame;
		l->tl0++;
	} else if (place == 2) {
		l->last_t1 = l->frame;
	}
	return f;
}

static void write_vp8(struct wr *w, const struct sim_layer *l, const struct sim_frame *f,
		      bool start, bool temporal)
{
	bool key = f->key;

	wr_u8(w, start ? 0x90 : 0x80);
	wr_u8(w, temporal ? 0xe0 : 0x80);
	wr_be16(w, (uint16_t)(0x8000 | l->picture));
	if (temporal) {
		wr_u8(w, l->tl0);
		wr_u8(w, (uint8_t)(f->tid << 6 | (f->sync ? 0x20 : 0)));
	}
	wr_be24(w, key ? 0x100000 : 0x110000); /* bit 0 of the first byte: P */
	wr_be24(w, 0x9d012a);
	wr_be32(w, 0x80026801); /* 640 x 360, little-endian */
}

/*
 * Descriptor: X; I; picture id; with temporal layers TL0PICIDX and TID. Then 10 bytes of frame
 * header (of use in the first packet), then 'S' layer frame(4) packet count and the two frames that
 * it refers to, then filler.
 */
static void send_frame(struct sim_client *c, struct sim_track *t, int layer)
{
	struct sim_layer *l = &t->layers[layer];
	bool key = l->want_key;
	int count = frame_packets[t->simulcast ? layer : 1] * (key ? KEY_FACTOR : 1);

	struct sim_frame f = next_frame(l, key, t->temporal);
	l->want_key = false;
	l->picture = (uint16_t)((l->picture + 1) & 0x7fff);
	for (int i = 0; i < count; i++) {
		struct sim_sent *sent = new_packet(l);
		struct wr w = wr_of(sent->payload, sizeof sent->payload);

		sent->marker = i == count - 1;
		if (t->h264) {
			wr_u8(&w, key ? 0x65 : 0x41); /* single slices: IDR or not */
			wr_zero(&w, SIM_DESCRIPTOR + 9);
		} else {
			write_vp8(&w, l, &f, i == 0, t->temporal);
		}
		wr_u8(&w, 'S');
		wr_u8(&w, (uint8_t)layer);
		wr_be32(&w, l->frame);
		wr_u8(&w, (uint8_t)i);
		wr_u8(&w, (uint8_t)count);
		wr_be32(&w, f.refs[0]);
		wr_be32(&w, f.refs[1]);
		wr_u8(&w, f.tid);
		sent->length = (uint16_t)((t->thin && layer == 0 ? SIM_THIN : SIM_PAYLOAD) - i % 2);
		memset(sent->payload + wr_len(&w), (int)(l->frame & 0xff),
		       sent->length - wr_len(&w));
		send_packet(c, t, layer, sent, false);
	}
	l->frame++;
	l->timestamp += 3000;
}

void client_write_audio(struct wr *w, uint32_t frame)
{
	wr_u8(w, 'A');
	wr_be32(w, frame);
	for (int i = 5; i < SIM_AUDIO; i++)
		wr_u8(w, (uint8_t)(frame + 7u * (unsigned)i));
}

static void send_audio(struct sim_client *c, struct sim_track *t)
{
	struct sim_layer *l = &t->layers[0];

	if (t->dtx && t->level == 127 && l->frame % 20) {
		l->frame++;
		l->timestamp += 960;
		return;
	}
	struct sim_sent *sent = new_packet(l);
	struct wr w = wr_of(sent->payload, sizeof sent->payload);

	if (t->red) {
		wr_u8(&w, 0x80 | PEER_PT_OPUS);
		wr_be24(&w, 960 << 10 | SIM_AUDIO); /* offset, length */
		wr_u8(&w, PEER_PT_OPUS);
		client_write_audio(&w, l->frame - 1);
	}
	client_write_audio(&w, l->frame);
	sent->length = (uint16_t)wr_len(&w);
	send_packet(c, t, 0, sent, false);
	l->frame++;
	l->timestamp += 960;
}

void client_send_tracks(struct sim_client *c)
{
	for (int i = 0; i < c->track_count; i++) {
		struct sim_track *t = &c->tracks[i];

		if (!t->active || c->sim->now < t->next_frame)
			continue;
		t->next_frame += t->kind == KIND_AUDIO ? AUDIO_US : FRAME_US;
		if (t->muted || peer_state(&c->pub.peer) != TRANSPORT_CONNECTED)
			continue;
		for (int layer = 0; layer < t->layers_on && t->kind == KIND_VIDEO; layer++)
			send_frame(c, t, layer);
		if (t->kind == KIND_AUDIO)
			send_audio(c, t);
	}
}

void client_send_reports(struct sim_client *c)
{
	uint8_t bytes[1200];
	struct wr w = wr_of(bytes, sizeof bytes);

	for (int i = 0; i < c->track_count; i++) {
		for (int k = 0; k < c->tracks[i].layers_on && c->tracks[i].active; k++) {
			const struct sim_layer *l = &c->tracks[i].layers[k];

			rtcp_write_sr(
				&w,
				&(struct rtcp_sr){ .ssrc = l->ssrc,
						   .ntp = c->sim->now * 4295, /* 2^32 / 10^6 */
						   .rtp_timestamp = l->timestamp,
						   .packets = (uint32_t)l->packets },
				NULL, 0);
		}
	}
	if (wr_len(&w))
		pc_send(c, &c->pub, bytes, wr_len(&w), true);
}

/* ---- what subscribers say ---- */

static struct sim_layer *layer_of(struct sim_client *c, uint32_t ssrc, struct sim_track **ret_track,
				  int *ret_layer)
{
	for (int i = 0; i < c->track_count; i++) {
		for (int k = 0; k < c->tracks[i].layer_count; k++) {
			if (c->tracks[i].layers[k].ssrc == ssrc) {
				*ret_track = &c->tracks[i];
				*ret_layer = k;
				return &c->tracks[i].layers[k];
			}
		}
	}
	return NULL;
}

static void rx_publisher_feedback(struct sim_client *c, const struct rtcp_packet *p)
{
	static struct twcc_arrival arrivals[4096];
	enum rtcp_kind kind = rtcp_kind_of(p);
	struct rtcp_feedback f;
	struct twcc_feedback t;
	struct sim_track *track;
	struct sim_layer *l;
	uint16_t seqs[512];
	int layer;

	if (!rtcp_parse_feedback(&f, p))
		return;
	if (kind == RTCP_TWCC) {
		assert(twcc_parse(&t, arrivals, 4096, &f));
		c->twcc_feedbacks++;
		for (int i = 0; i < t.packet_count; i++)
			c->twcc_received += arrivals[i].received;
		return;
	}
	l = layer_of(c, f.media_ssrc, &track, &layer);
	if (!l)
		return;
	if (kind == RTCP_PLI) {
		l->plis++;
		l->last_pli = c->sim->now;
		l->want_key = true;
	}
	/* sound has no RTX, and our SRTP encrypts no number twice: nothing to send again */
	if (kind == RTCP_NACK && track->kind == KIND_VIDEO) {
		size_t n = rtcp_parse_nack(&f, seqs, 512);

		for (size_t i = 0; i < n; i++) {
			const struct sim_sent *sent = &l->history[seqs[i] % SIM_HISTORY];

			l->nacked++;
			if (sent->used && sent->seq == seqs[i])
				send_packet(c, track, layer, sent, true);
		}
	}
}

void client_rx_feedback(struct sim_client *c, const struct rtcp_packet *p)
{
	struct rtcp_report report;
	struct sim_track *track;
	int layer;

	if (rtcp_kind_of(p) != RTCP_RR) {
		rx_publisher_feedback(c, p);
		return;
	}
	for (size_t i = 0; rtcp_parse_report(&report, p, i); i++) {
		struct sim_layer *l = layer_of(c, report.ssrc, &track, &layer);

		c->reports++;
		if (l)
			l->acknowledged = true;
	}
}
