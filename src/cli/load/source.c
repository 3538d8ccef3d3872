/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A camera and a microphone. Video: VP8, 30 frames a second, sizes around the layer's rate as an
 * encoder makes them, packets of a frame nearly equal as libwebrtc cuts them and sent together, a
 * key frame of eight times the size every three seconds and when asked. Audio: 50 packets a second
 * with a level. Every payload says when it was sent, after its header.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "cli/load/load.h"
#include "wire/rtcp.h"
#include "wire/rtp.h"
#include "wire/rtpext.h"
#include "wire/vp8.h"

enum {
	FRAME_US = 33333,
	KEY_FRAMES = 90, /* frames between two key frames */
	KEY_FACTOR = 8,
	PACKET_MAX = 1150, /* payload */
	AUDIO_US = 20 * 1000,
	AUDIO_BYTES = 80, /* 32 kbit/s */
	ID_LEVEL = 1,
	ID_TWCC = 3,
	ID_MID = 4,
	ID_RID = 10,
	ID_REPAIRED = 11,
	DESCRIPTOR = 4, /* X, I, 15-bit picture id (RFC 7741 4.2) */
	HEADER = 10,	/* of a VP8 frame; in every packet, for the ease of reading */
	MARK = 0xcf,	/* one of ours; the stamp follows */
	STAMP = 9,
};

static const char *const rids[LOAD_LAYERS] = { "q", "h", "f" };
/* bytes of a frame at 150, 500, 1500 kbit/s */
static const uint32_t frame_bytes[LOAD_LAYERS] = { 625, 2083, 6250 };

void load_source_init(struct load_source *s, struct load_participant *p, bool video)
{
	struct rng *rng = &p->load->rng;

	*s = (struct load_source){ .owner = p, .video = video };
	s->layer_count = video && p->load->plan.simulcast ? LOAD_LAYERS : 1;
	s->chance = 1 + p->index;
	s->mid = (char)('0' + p->source_count);
	(void)snprintf(s->cid, sizeof s->cid, "load-%u-%c", p->index, video ? 'v' : 'a');
	for (unsigned i = 0; i < s->layer_count; i++) {
		struct load_layer *l = &s->layers[i];

		l->ssrc = rng_u32(rng) | 1;
		l->rtx_ssrc = rng_u32(rng) & ~1u;
		l->sequence = (uint16_t)(rng_u32(rng) & 0x7fff);
		l->rtx_sequence = (uint16_t)(rng_u32(rng) & 0x7fff);
		l->timestamp = rng_u32(rng);
		l->picture = (uint16_t)(rng_u32(rng) & 0x7fff);
		l->want_key = true;
		l->history = video ? calloc(LOAD_HISTORY, sizeof *l->history) : NULL;
	}
}

void load_source_fini(struct load_source *s)
{
	for (unsigned i = 0; i < s->layer_count; i++)
		free(s->layers[i].history);
}

static unsigned layer_number(const struct load_source *s, const struct load_layer *l)
{
	return (unsigned)(l - s->layers);
}

struct sent {
	const uint8_t *payload;
	size_t length;
	uint16_t sequence;
	uint32_t timestamp;
	bool marker, rtx;
};

/* With mid and rid until the server has reported the stream, as a browser does. */
static void send_packet(struct load_source *s, struct load_layer *l, const struct sent *p)
{
	bool rtx = p->rtx;
	struct load_peer *peer = s->owner->pub;
	uint8_t packet[LOAD_DATAGRAM];
	struct wr w = wr_of(packet, sizeof packet);

	rtp_write(&w, &(struct rtp_header){ .marker = p->marker,
					    .payload_type = s->video ? (rtx ? 97 : 96) : 111,
					    .seq = rtx ? l->rtx_sequence++ : p->sequence,
					    .timestamp = p->timestamp,
					    .ssrc = rtx ? l->rtx_ssrc : l->ssrc });
	struct rtpext_wr x = rtpext_begin(&w);
	rtpext_add_u16(&x, ID_TWCC, ++peer->transport_sequence);
	if (!l->acknowledged || rtx)
		rtpext_add(&x, ID_MID, &s->mid, 1);
	if (s->layer_count > 1 && (!l->acknowledged || rtx))
		rtpext_add(&x, rtx ? ID_REPAIRED : ID_RID, rids[layer_number(s, l)], 1);
	if (!s->video)
		rtpext_add_audio_level(&x, ID_LEVEL, 30, true);
	rtpext_end(&x);
	if (rtx)
		wr_be16(&w, p->sequence);
	wr_bytes(&w, p->payload, p->length);
	if (w.bad)
		return;
	load_peer_send(peer, packet, wr_len(&w), false);
	s->owner->load->figures.sent += s->owner->load->measuring;
	if (!rtx) {
		l->packets++;
		l->octets += (uint32_t)p->length;
	}
}

static void write_stamp(struct wr *w)
{
	wr_u8(w, MARK);
	wr_be64(w, clock_wall_us());
}

/* An encoder's frames: three quarters to five quarters of the mean. */
static uint32_t frame_size(struct load_source *s, unsigned layer, bool key)
{
	s->chance = s->chance * 6364136223846793005u + 1442695040888963407u;
	uint32_t mean = frame_bytes[s->layer_count > 1 ? layer : LOAD_LAYERS - 1];

	return (mean * 3 / 4 + (uint32_t)(s->chance >> 33) % (mean / 2)) * (key ? KEY_FACTOR : 1);
}

static void send_frame(struct load_source *s, unsigned number)
{
	struct load_layer *l = &s->layers[number];
	bool key = l->want_key || s->frame % KEY_FRAMES == 0;
	uint32_t size = frame_size(s, number, key);
	uint32_t count = (size + PACKET_MAX - 1) / PACKET_MAX;

	l->want_key = false;
	l->picture = (uint16_t)((l->picture + 1) & 0x7fff);
	l->timestamp += 3000;
	for (uint32_t i = 0; i < count && l->history; i++) {
		__typeof__(l->history) h = &l->history[l->sequence % LOAD_HISTORY];
		struct wr w = wr_of(h->bytes, sizeof h->bytes);
		/* equal, the last ones a byte longer */
		size_t n = size / count + (i >= count - size % count);

		wr_u8(&w, i == 0 ? 0x90 : 0x80);
		wr_u8(&w, 0x80);
		wr_be16(&w, (uint16_t)(0x8000 | l->picture));
		wr_be24(&w, key ? 0x100000 : 0x110000);
		wr_be24(&w, 0x9d012a);
		wr_be32(&w, 0x0005d002); /* 1280 × 720, little-endian */
		write_stamp(&w);
		n = n > wr_len(&w) ? n : wr_len(&w);
		wr_zero(&w, n - wr_len(&w));
		h->length = (uint16_t)n;
		h->sequence = l->sequence++;
		h->timestamp = l->timestamp;
		h->marker = i == count - 1;
		send_packet(s, l,
			    &(struct sent){ .payload = h->bytes,
					    .length = n,
					    .sequence = h->sequence,
					    .timestamp = h->timestamp,
					    .marker = h->marker });
	}
}

static void send_audio(struct load_source *s)
{
	struct load_layer *l = &s->layers[0];
	uint8_t payload[AUDIO_BYTES];
	struct wr w = wr_of(payload, sizeof payload);

	wr_u8(&w, 0xfc); /* Opus TOC (RFC 6716 3.1): CELT, 20 ms */
	write_stamp(&w);
	wr_zero(&w, sizeof payload - wr_len(&w));
	l->timestamp += 960;
	send_packet(s, l,
		    &(struct sent){ .payload = payload,
				    .length = sizeof payload,
				    .sequence = l->sequence++,
				    .timestamp = l->timestamp });
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
			send_frame(s, i);
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

static struct load_layer *find_layer(struct load_participant *p, uint32_t ssrc,
				     struct load_source **ret_source)
{
	for (unsigned i = 0; i < p->source_count; i++) {
		for (unsigned k = 0; k < p->sources[i].layer_count; k++) {
			if (p->sources[i].layers[k].ssrc == ssrc) {
				*ret_source = &p->sources[i];
				return &p->sources[i].layers[k];
			}
		}
	}
	return NULL;
}

static void resend(struct load_source *s, struct load_layer *l, const struct rtcp_feedback *f)
{
	uint16_t sequences[128];
	size_t n = l->history ? rtcp_parse_nack(f, sequences, 128) : 0;

	for (size_t i = 0; i < n; i++) {
		__typeof__(l->history) h = &l->history[sequences[i] % LOAD_HISTORY];

		if (h->length && h->sequence == sequences[i])
			send_packet(s, l,
				    &(struct sent){ .payload = h->bytes,
						    .length = h->length,
						    .sequence = h->sequence,
						    .timestamp = h->timestamp,
						    .marker = h->marker,
						    .rtx = true });
	}
}

void load_source_rtcp(struct load_participant *p, const uint8_t *bytes, size_t n)
{
	struct rtcp_report report;
	struct rtcp_feedback f;
	struct load_source *s;
	struct load_layer *l;
	struct rtcp_iter it;
	uint32_t ssrc;
	uint8_t command;

	if (!rtcp_iter_init(&it, bytes, n))
		return;
	for (struct rtcp_packet packet; rtcp_next(&it, &packet);) {
		enum rtcp_kind kind = rtcp_kind_of(&packet);

		for (size_t i = 0; rtcp_parse_report(&report, &packet, i); i++) {
			if ((l = find_layer(p, report.ssrc, &s)))
				l->acknowledged = true;
		}
		if (!rtcp_parse_feedback(&f, &packet))
			continue;
		l = find_layer(p, f.media_ssrc, &s);
		if (kind == RTCP_PLI && l)
			l->want_key = true;
		if (kind == RTCP_NACK && l)
			resend(s, l, &f);
		for (size_t i = 0; rtcp_parse_fir(&ssrc, &command, &f, i); i++) {
			if ((l = find_layer(p, ssrc, &s)))
				l->want_key = true;
		}
	}
}

void load_source_reports(struct load_participant *p)
{
	enum { NTP_OF_1970 = 2208988800u };
	uint64_t wall = clock_wall_us();
	uint64_t ntp = (wall / US_PER_S + NTP_OF_1970) << 32 | ((wall % US_PER_S) << 32) / US_PER_S;
	uint8_t bytes[1200];
	struct wr w = wr_of(bytes, sizeof bytes);

	for (unsigned i = 0; i < p->source_count; i++) {
		for (unsigned k = 0; k < p->sources[i].layer_count; k++) {
			const struct load_layer *l = &p->sources[i].layers[k];

			rtcp_write_sr(&w,
				      &(struct rtcp_sr){ .ssrc = l->ssrc,
							 .ntp = ntp,
							 .rtp_timestamp = l->timestamp,
							 .packets = l->packets,
							 .octets = l->octets },
				      NULL, 0);
			rtcp_write_cname(&w, l->ssrc, "load", 4);
		}
	}
	if (!w.bad && wr_len(&w))
		load_peer_send(p->pub, bytes, wr_len(&w), true);
}
