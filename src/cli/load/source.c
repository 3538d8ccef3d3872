/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A camera and a microphone. Video: VP8, 30 frames a second, sizes around the layer's rate as an
 * encoder makes them, packets of a frame nearly equal as libwebrtc cuts them, a key frame of eight
 * times the size every three seconds and when asked; pace.c says when they go. Audio: 50 packets a
 * second with a level, or what Opus leaves of silence (RFC 7587 3.1.3, DTX). Every payload says when
 * it was sent, after its header: so frames are cut here, and not by client/pack.h; the rest of a
 * sent stream is client/send.h.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "cli/load/load.h"
#include "client/pack.h"
#include "wire/rtcp.h"
#include "wire/vp8.h"

enum {
	STAMP = 9,
	FRAME_US = 33333,
	KEY_FRAMES = 90, /* frames between two key frames */
	KEY_FACTOR = 8,
	AUDIO_US = 20 * 1000,
	AUDIO_BYTES = 80,	   /* 32 kbit/s */
	LEVEL = 30,		   /* of the sound, -dBov */
	SILENT = 127,		   /* RFC 6464 3: digital silence */
	SILENCE_US = 200 * 1000,   /* between two packets of it; Chromium sends 4 to 6 a second */
	TURN_US = 4 * 1000 * 1000, /* a speaker speaks so long */
	DESCRIPTOR = 4,		   /* X, I, 15-bit picture id (RFC 7741 4.2) */
	HEADER = 10,		   /* of a VP8 frame; in every packet, for the ease of reading */
	MARK = 0xcf,		   /* one of ours; the stamp follows; STAMP bytes with it */
};

/* bytes of a frame at 150, 500, 1500 kbit/s */
static const uint32_t frame_bytes[LOAD_LAYERS] = { 625, 2083, 6250 };

int load_source_init(struct load_source *s, struct load_participant *p, bool video)
{
	struct rng *rng = &p->load->rng;
	int r = 0;

	*s = (struct load_source){ .owner = p, .video = video };
	s->layer_count = video && p->load->plan.simulcast ? LOAD_LAYERS : 1;
	s->chance = 1 + p->index;
	/* as peer_write_offer names it */
	(void)snprintf(s->mid, sizeof s->mid, "%u", p->source_count + 1);
	(void)snprintf(s->cid, sizeof s->cid, "load-%u-%c", p->index, video ? 'v' : 'a');
	for (unsigned i = 0; i < s->layer_count && r == 0; i++) {
		struct load_layer *l = &s->layers[i];

		l->timestamp = rng_u32(rng);
		l->picture = (uint16_t)(rng_u32(rng) & 0x7fff);
		r = send_init(&l->send, rng,
			      &(struct send_config){ .codec = video ? MEDIA_VP8 : MEDIA_OPUS,
						     .mid = s->mid,
						     .rid = s->layer_count > 1 ? peer_rid(i) : NULL,
						     .ssrc = rng_u32(rng) | 1,
						     .rtx_ssrc = video ? rng_u32(rng) & ~1u : 0,
						     .path = &p->path });
		l->send.wants_key = video;
		l->send.level = video ? 0 : LEVEL;
	}
	return r;
}

void load_source_fini(struct load_source *s)
{
	for (unsigned i = 0; i < s->layer_count; i++)
		send_fini(&s->layers[i].send);
}

static void send_part(struct load_source *s, unsigned layer, uint32_t timestamp,
		      const struct wr *payload, bool marker)
{
	struct load *load = s->owner->load;
	struct load_peer *peer = s->owner->pub;
	const struct send_part part = { .payload = payload->start,
					.length = wr_len(payload),
					.timestamp = timestamp,
					.marker = marker };

	(void)send_payload(&s->layers[layer].send, &peer->peer, load->now, &part, load_peer_out,
			   peer);
	load->figures.sent += load->measuring;
}

static void write_stamp(struct wr *w)
{
	wr_u8(w, MARK);
	wr_be64(w, clock_wall_us());
}

static uint32_t mean_of(const struct load_source *s, unsigned layer)
{
	return frame_bytes[s->layer_count > 1 ? layer : LOAD_LAYERS - 1];
}

/* An encoder's frames: three quarters to five quarters of the mean. */
static uint32_t frame_size(struct load_source *s, unsigned layer, bool key)
{
	uint32_t mean = mean_of(s, layer);

	s->chance = s->chance * 6364136223846793005u + 1442695040888963407u;
	return (mean * 3 / 4 + (uint32_t)(s->chance >> 33) % (mean / 2)) * (key ? KEY_FACTOR : 1);
}

static void make_frame(struct load_source *s, unsigned number)
{
	struct load_layer *l = &s->layers[number];
	bool key = send_take_wants_key(&l->send) || s->frame % KEY_FRAMES == 0;
	uint32_t size = frame_size(s, number, key);

	l->picture = (uint16_t)((l->picture + 1) & 0x7fff);
	l->timestamp += 3000;
	load_pace_add(&s->owner->pace,
		      &(struct load_frame){ .source = s,
					    .layer = number,
					    .key = key,
					    .picture = l->picture,
					    .timestamp = l->timestamp,
					    .size = size,
					    .count = (size + PACK_MAX - 1) / PACK_MAX });
}

uint32_t load_source_send(struct load_frame *f)
{
	uint8_t payload[PACK_MAX];
	struct wr w = wr_of(payload, sizeof payload);
	/* equal, the last ones a byte longer */
	size_t n = f->size / f->count + (f->next >= f->count - f->size % f->count);

	wr_u8(&w, f->next == 0 ? 0x90 : 0x80);
	wr_u8(&w, 0x80);
	wr_be16(&w, (uint16_t)(0x8000 | f->picture));
	wr_be24(&w, f->key ? 0x100000 : 0x110000);
	wr_be24(&w, 0x9d012a);
	wr_be32(&w, 0x0005d002); /* 1280 × 720, little-endian */
	write_stamp(&w);
	wr_zero(&w, n > wr_len(&w) ? n - wr_len(&w) : 0);
	f->next++;
	send_part(f->source, f->layer, f->timestamp, &w, f->next == f->count);
	return (uint32_t)wr_len(&w);
}

uint32_t load_source_bps(const struct load_source *s)
{
	uint32_t bytes = 0;

	for (unsigned i = 0; i < s->layer_count && s->video; i++)
		bytes += mean_of(s, i);
	return (uint32_t)((uint64_t)bytes * 8 * US_PER_S / FRAME_US);
}

/* Whether it is this one's turn: `speakers` of a room's publishers speak, and hand on one after the other. */
static bool speaks(const struct load_source *s)
{
	const struct load_plan *plan = &s->owner->load->plan;
	uint64_t all = plan->publishers, place = s->owner->index % (all + plan->subscribers);

	for (uint64_t i = 0; i < plan->speakers; i++) {
		uint64_t turn = (s->owner->load->now + i * TURN_US / plan->speakers) / TURN_US;

		if ((turn + i * all / plan->speakers) % all == place)
			return true;
	}
	return !plan->speakers;
}

static void send_audio(struct load_source *s)
{
	struct load_layer *l = &s->layers[0];
	uint8_t payload[AUDIO_BYTES];
	struct wr w = wr_of(payload, sizeof payload);
	bool voice = speaks(s);

	l->timestamp += 960;
	if (!voice && s->owner->load->now < s->silent_until)
		return;
	s->silent_until = voice ? 0 : s->owner->load->now + SILENCE_US;
	l->send.level = voice ? LEVEL : SILENT;
	wr_u8(&w, 0xfc); /* Opus TOC (RFC 6716 3.1): CELT, 20 ms */
	write_stamp(&w);
	wr_zero(&w, voice ? sizeof payload - wr_len(&w) : 0);
	send_part(s, 0, l->timestamp, &w, false);
}

void load_source_tick(struct load_source *s)
{
	uint64_t now = s->owner->load->now, period = s->video ? FRAME_US : AUDIO_US;

	if (now < s->next)
		return;
	/* sources begin at different times of their period, and do not catch up after a pause */
	if (!s->next)
		s->next = now + (s->owner->index * 7919u + s->video * 3571u) % period;
	else
		s->next += now > s->next + 5 * period ? now - s->next : period;
	if (s->video) {
		for (unsigned i = 0; i < s->layer_count; i++)
			make_frame(s, i);
		s->frame++;
	} else {
		send_audio(s);
	}
}

uint64_t load_source_stamp(const struct media_packet *packet, bool video)
{
	struct vp8_descriptor d;
	size_t at = 1;

	if (video && !vp8_parse(&d, packet->payload, packet->length))
		return 0;
	if (video)
		at = (size_t)d.length + HEADER;
	if (packet->length < at + STAMP || packet->payload[at] != MARK)
		return 0;

	uint64_t stamp = 0;
	for (size_t i = 1; i < STAMP; i++)
		stamp = stamp << 8 | packet->payload[at + i];
	return stamp;
}

/* ---- feedback ---- */

void load_source_rtcp(struct load_participant *p, const uint8_t *bytes, size_t n)
{
	struct rtcp_iter it;

	if (!rtcp_iter_init(&it, bytes, n))
		return;
	for (struct rtcp_packet packet; rtcp_next(&it, &packet);) {
		for (unsigned i = 0; i < p->source_count; i++) {
			for (unsigned k = 0; k < p->sources[i].layer_count; k++)
				send_rtcp(&p->sources[i].layers[k].send, &p->pub->peer,
					  p->load->now, &packet, load_peer_out, p->pub);
		}
	}
}

void load_source_reports(struct load_participant *p)
{
	uint64_t wall = clock_wall_us();
	uint8_t bytes[1200];
	struct wr w = wr_of(bytes, sizeof bytes);

	for (unsigned i = 0; i < p->source_count; i++) {
		for (unsigned k = 0; k < p->sources[i].layer_count; k++) {
			struct send *send = &p->sources[i].layers[k].send;

			if (!send->packets)
				continue;
			send_report(send, p->load->now, wall, &w);
			rtcp_write_cname(&w, send->config.ssrc, "load", 4);
		}
	}
	if (!w.bad && wr_len(&w))
		load_peer_send_rtcp(p->pub, bytes, wr_len(&w));
}
