/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The fake client as a subscriber, and its time: what a browser does (NACK, PLI when stuck, receiver reports), and a
 * book of what arrived. As a publisher: client_send.c.
 */
#include <assert.h>
#include <string.h>

#include "sim.h"
#include "wire/rtcp.h"
#include "wire/twcc.h"
#include "wire/vp8.h"

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
	client_write_audio(&w, be32(payload + 1));
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
		note_frame(s, c->sim->now, p->payload + SIM_DESCRIPTOR + 10, p->payload[0] == 0x65);
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
			client_rx_feedback(c, &p);
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
		client_send_tracks(c);
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
			client_send_reports(c);
		if (c->sub.open)
			send_receiver_reports(c);
	}
}
