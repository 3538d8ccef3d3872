/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The fake client's media: VP8 simulcast and Opus out, with RTX for NACKs and key frames for PLIs;
 * in, what a browser does: NACK, PLI when stuck, receiver reports, and a book of what arrived.
 * Every payload names its frame and packet, so the receiver knows what it should have got.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "sim.h"
#include "wire/rtcp.h"
#include "wire/twcc.h"
#include "wire/vp8.h"

enum {
	BODY = 14,	/* after the descriptor: VP8 frame header (10), … */
	DESCRIPTOR = 4, /* X, I, 15-bit picture id; H264 frames have as many bytes of nothing */
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

/* Encrypts and puts on the way to the server. */
void pc_send(struct sim_client *c, struct sim_pc *pc, const uint8_t *packet, size_t n, bool rtcp)
{
	uint8_t out[2048];
	int length;

	if (!pc->open || pc->cut || peer_state(&pc->peer) != TRANSPORT_CONNECTED)
		return;
	length = rtcp ? peer_protect_rtcp(&pc->peer, packet, n, out, sizeof out)
		      : peer_protect_rtp(&pc->peer, packet, n, out, sizeof out);
	assert(length > 0 || c->sim->tolerant);
	if (length <= 0)
		return;
	sim_uplink(c->sim, pc, out, (size_t)length);
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
			wr_zero(&w, DESCRIPTOR + 9);
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

static void write_audio(struct wr *w, uint32_t frame)
{
	wr_u8(w, 'A');
	wr_be32(w, frame);
	for (int i = 5; i < SIM_AUDIO; i++)
		wr_u8(w, (uint8_t)(frame + 7u * (unsigned)i));
}

static void send_audio(struct sim_client *c, struct sim_track *t)
{
	struct sim_layer *l = &t->layers[0];
	struct sim_sent *sent = new_packet(l);
	struct wr w = wr_of(sent->payload, sizeof sent->payload);

	if (t->red) {
		wr_u8(&w, 0x80 | PEER_PT_OPUS);
		wr_be24(&w, 960 << 10 | SIM_AUDIO); /* offset, length */
		wr_u8(&w, PEER_PT_OPUS);
		write_audio(&w, l->frame - 1);
	}
	write_audio(&w, l->frame);
	sent->length = (uint16_t)wr_len(&w);
	send_packet(c, t, 0, sent, false);
	l->frame++;
	l->timestamp += 960;
}

static void tick_tracks(struct sim_client *c)
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

static void send_sender_reports(struct sim_client *c)
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

/* ---- receiving ---- */

static uint32_t be32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static void note_frame(struct sim_stream *s, uint64_t now, const uint8_t *body, bool key)
{
	int layer = body[1];
	uint32_t frame = be32(body + 2);
	uint8_t packet = body[6], count = body[7];
	uint32_t slot = (frame * 3 + (uint32_t)layer) % SIM_FRAMES;

	if (body[0] != 'S' || layer > 2 || count > 32 || packet >= count) {
		s->wrong++;
		return;
	}
	if (s->assembly[slot].frame != frame || s->assembly[slot].layer != layer ||
	    s->assembly[slot].count != count) {
		s->assembly[slot].frame = frame;
		s->assembly[slot].layer = (uint8_t)layer;
		s->assembly[slot].count = count;
		s->assembly[slot].got = 0;
		s->assembly[slot].key = false;
	}
	s->assembly[slot].got |= 1u << packet;
	s->assembly[slot].key |= packet == 0 && key;
	if (s->assembly[slot].got == (count == 32 ? UINT32_MAX : (1u << count) - 1)) {
		s->frames++;
		decoder_frame(&s->decoder,
			      &(struct decoder_frame){ .key = s->assembly[slot].key,
						       .layer = (uint8_t)layer,
						       .tid = body[16],
						       .frame = frame,
						       .refs = { be32(body + 8), be32(body + 12) },
						       .at = now });
	}
	if (packet == 0 && key)
		s->key_frames++;
	if (s->started && layer != s->layer)
		s->switches++;
	s->layer = layer;
}

/* Exactly what was sent, of whatever frame. */
static bool is_audio(const uint8_t *payload, size_t n)
{
	uint8_t bytes[SIM_AUDIO];
	struct wr w = wr_of(bytes, sizeof bytes);

	if (n != SIM_AUDIO)
		return false;
	write_audio(&w, be32(payload + 1));
	return memcmp(bytes, payload, n) == 0;
}

static void take_media(struct sim_client *c, struct sim_stream *s, const struct media_packet *p)
{
	bool newest = !s->started || p->sequence == s->up.highest;

	s->packets++;
	s->recovered += (p->flags & MEDIA_RECOVERED) != 0;
	s->last_at = c->sim->now;
	if (!s->started)
		s->first_at = c->sim->now;
	if (newest && s->started && (int32_t)(p->timestamp - s->last_timestamp) < 0)
		s->backwards++;
	if (newest)
		s->last_timestamp = p->timestamp;
	if (s->kind == KIND_VIDEO && s->payload_type != 96) {
		if (!s->started)
			s->first_was_key = p->payload[0] == 0x65;
		note_frame(s, c->sim->now, p->payload + DESCRIPTOR + 10, p->payload[0] == 0x65);
	} else if (s->kind == KIND_VIDEO) {
		struct vp8_descriptor d;

		if (!vp8_parse(&d, p->payload, p->length) || p->length < SIM_THIN - 1) {
			s->wrong++;
			return;
		}
		if (!s->started)
			s->first_was_key = d.key_frame;
		if (newest && d.frame_start) {
			if (s->started && d.picture_id != ((s->last_picture + 1) & 0x7fff))
				s->backwards += d.picture_id == s->last_picture;
			s->last_picture = d.picture_id;
		}
		if (d.frame_start) {
			decoder_picture(&s->decoder, d.picture_id);
			s->of_temporal[d.tid]++;
		}
		note_frame(s, c->sim->now, p->payload + d.length + 10, d.key_frame);
	} else {
		s->wrong += !is_audio(p->payload, p->length);
		s->frames++;
	}
	s->started = true;
}

static void rx_media(struct sim_client *c, const uint8_t *bytes, size_t n)
{
	struct rtpext_map map = { 0 };
	struct rtp_header h;
	struct media_packet p;
	struct rtpext x;

	assert(rtp_parse(&h, bytes, n));
	if (rtpext_map_set(&map, c->sub.peer.ids[RTPEXT_TRANSPORT_CC], RTPEXT_TRANSPORT_CC)) {
		rtpext_parse(&x, &map, &h);
		if (x.has_transport_seq)
			twcc_recv_rx(&c->twcc, c->sim->now, x.transport_seq, h.ssrc);
	}
	c->paddings += h.payload_length == 0;
	for (int i = 0; i < c->stream_count; i++) {
		struct sim_stream *s = &c->streams[i];
		bool rtx = h.ssrc == s->rtx_ssrc && s->rtx_ssrc;
		enum up_verdict v;

		if (h.ssrc != s->ssrc && !rtx)
			continue;
		if (h.payload_type != (rtx ? s->rtx_payload_type : s->payload_type))
			s->wrong++;
		v = rtx ? up_rx_rtx(&s->up, c->sim->now, &h, NULL, &p)
			: up_rx(&s->up, c->sim->now, &h, NULL, &p);
		if (v == UP_OK && p.length)
			take_media(c, s, &p);
		return;
	}
	/* a section given up while its packets were on their way */
}

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

static void rx_publisher_rtcp(struct sim_client *c, const struct rtcp_packet *p)
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

static void rx_subscriber_rtcp(struct sim_client *c, const struct rtcp_packet *p)
{
	struct rtcp_sr sr;

	if (!rtcp_parse_sr(&sr, p))
		return;
	for (int i = 0; i < c->stream_count; i++) {
		struct sim_stream *s = &c->streams[i];

		if (s->ssrc == sr.ssrc) {
			s->ssrc_reports++;
			up_sender_report(&s->up, c->sim->now, sr.ntp, sr.rtp_timestamp);
		}
	}
}

void client_rx(struct sim_client *c, struct sim_pc *pc, uint8_t *bytes, size_t n)
{
	struct transport_in in;
	struct rtcp_iter it;

	if (pc->cut)
		return;
	(void)peer_rx(&pc->peer, c->sim->now, &c->sim->server, bytes, n, &in);
	client_data_flush(c, pc);
	if (in.kind == TRANSPORT_IN_RTP)
		rx_media(c, in.bytes, in.length);
	if (in.kind != TRANSPORT_IN_RTCP)
		return;
	assert(rtcp_iter_init(&it, in.bytes, in.length));
	for (struct rtcp_packet p; rtcp_next(&it, &p);) {
		if (pc->target == TARGET_PUBLISHER)
			rx_publisher_rtcp(c, &p);
		else
			rx_subscriber_rtcp(c, &p);
	}
}

/* As libwebrtc: no key frame 200 ms after the first packet, or nothing decoded for 3 s. */
static bool is_stuck(const struct sim_stream *s, uint64_t now)
{
	uint64_t wait = s->decoder.last_at ? 3 * SIM_S : 200 * SIM_MS;
	uint64_t since = s->decoder.last_at ? s->decoder.last_at : s->first_at;

	if (s->kind != KIND_VIDEO || !s->started || now - s->last_at > 100 * SIM_MS)
		return false;
	return now - since > wait && now - s->last_pli > wait;
}

static void send_nacks(struct sim_client *c)
{
	for (int i = 0; i < c->stream_count; i++) {
		struct sim_stream *s = &c->streams[i];
		uint8_t bytes[1200];
		uint16_t seqs[128];
		struct wr w = wr_of(bytes, sizeof bytes);
		size_t n = s->active ? up_nack(&s->up, c->sim->now, seqs, 128) : 0;

		rtcp_write_rr(&w, c->ssrc, NULL, 0);
		for (size_t done = 0; done < n;)
			done += rtcp_write_nack(&w, c->ssrc, s->ssrc, seqs + done, n - done);
		if (s->active && (up_take_needs_key(&s->up) || is_stuck(s, c->sim->now))) {
			s->last_pli = c->sim->now;
			rtcp_write_pli(&w, c->ssrc, s->ssrc);
			s->plis++;
		}
		if (wr_len(&w) > 8)
			pc_send(c, &c->sub, bytes, wr_len(&w), true);
	}
}

static void send_receiver_reports(struct sim_client *c)
{
	struct rtcp_report reports[31];
	uint8_t bytes[1200];
	struct wr w = wr_of(bytes, sizeof bytes);
	size_t n = 0;

	for (int i = 0; i < c->stream_count && n < 31; i++) {
		if (c->streams[i].active && up_report(&c->streams[i].up, c->sim->now, &reports[n]))
			n++;
	}
	rtcp_write_rr(&w, c->ssrc, reports, n);
	rtcp_write_cname(&w, c->ssrc, "client", 6);
	pc_send(c, &c->sub, bytes, wr_len(&w), true);
}

static void send_twcc(struct sim_client *c)
{
	uint8_t bytes[1200];
	struct wr w = wr_of(bytes, sizeof bytes);

	while (twcc_recv_deadline(&c->twcc) <= c->sim->now &&
	       twcc_recv_write(&c->twcc, c->sim->now, c->ssrc, &w)) {
		pc_send(c, &c->sub, bytes, wr_len(&w), true);
		w = wr_of(bytes, sizeof bytes);
	}
}

void client_tick(struct sim_client *c)
{
	uint64_t now = c->sim->now;

	if (!c->joined)
		return;
	if (c->pub.open) {
		(void)peer_tick(&c->pub.peer, now);
		client_data_flush(c, &c->pub);
		tick_tracks(c);
	}
	if (c->sub.open) {
		(void)peer_tick(&c->sub.peer, now);
		client_data_flush(c, &c->sub);
		send_twcc(c);
	}
	if (now >= c->next_nack && c->sub.open) {
		c->next_nack = now + 5 * SIM_MS;
		send_nacks(c);
	}
	if (now >= c->next_report) {
		c->next_report = now + SIM_S;
		if (c->pub.open)
			send_sender_reports(c);
		if (c->sub.open)
			send_receiver_reports(c);
	}
}
