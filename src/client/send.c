/* SPDX-License-Identifier: Apache-2.0 */
#include "client/send.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "client/pack.h"

struct send_sent {
	bool used, marker;
	uint16_t seq, length;
	uint32_t timestamp;
	uint8_t payload[PACK_MAX];
};

enum { PACKET_MAX = PACK_MAX + 64, NACK_MAX = 256 };

int send_init(struct send *s, struct rng *rng, const struct send_config *config)
{
	*s = (struct send){ .config = *config };
	for (size_t i = 0; i + 1 < sizeof s->mid && config->mid[i]; i++)
		s->mid[i] = config->mid[i];
	s->clock_rate = config->codec == MEDIA_OPUS ? 48000 : 90000;
	s->seq = (uint16_t)rng_u32(rng);
	s->rtx_seq = (uint16_t)rng_u32(rng);
	s->picture_id = (uint16_t)(rng_u32(rng) & 0x7fff);
	if (!media_codec_is_video(config->codec))
		return 0;
	s->history = calloc(SEND_HISTORY, sizeof *s->history);
	return s->history ? 0 : -ENOMEM;
}

void send_fini(struct send *s)
{
	free(s->history);
	s->history = NULL;
}

static uint8_t payload_type(const struct send *s, bool rtx)
{
	switch (s->config.codec) {
	case MEDIA_OPUS:
		return PEER_PT_OPUS;
	case MEDIA_H264:
		return rtx ? PEER_PT_H264_RTX : PEER_PT_H264;
	case MEDIA_VP9:
		return rtx ? PEER_PT_VP9_RTX : PEER_PT_VP9;
	case MEDIA_AV1:
		return rtx ? PEER_PT_AV1_RTX : PEER_PT_AV1;
	default:
		return rtx ? PEER_PT_VP8_RTX : PEER_PT_VP8;
	}
}

static void write_extensions(struct send *s, const struct peer *p, struct wr *w, bool rtx)
{
	const char *rid = s->config.rid;
	struct rtpext_wr x = rtpext_begin(w);

	if (p->ids[RTPEXT_TRANSPORT_CC])
		rtpext_add_u16(&x, p->ids[RTPEXT_TRANSPORT_CC], ++s->config.path->transport_seq);
	/* until the server has reported on the SSRC (RFC 8843 9.2, RFC 8852) */
	if (!s->acknowledged || rtx) {
		(void)rtpext_add(&x, p->ids[RTPEXT_MID], s->mid, strlen(s->mid));
		if (rid)
			(void)rtpext_add(&x, p->ids[rtx ? RTPEXT_REPAIRED_RID : RTPEXT_RID], rid,
					 strlen(rid));
	}
	if (s->level && p->ids[RTPEXT_AUDIO_LEVEL])
		rtpext_add_audio_level(&x, p->ids[RTPEXT_AUDIO_LEVEL], s->level, true);
	rtpext_end(&x);
}

/* Encrypts and sends a plain packet. */
static int put_out(struct send *s, struct peer *p, uint64_t now, const struct wr *w,
		   send_out_fn *out, void *arg)
{
	uint8_t datagram[PACKET_MAX + 32];
	int n = peer_protect_rtp(p, w->start, wr_len(w), datagram, sizeof datagram);
	struct send_path *path = s->config.path;

	if (n <= 0)
		return n;
	out(arg, datagram, (size_t)n);
	if (!path->bwe || !p->ids[RTPEXT_TRANSPORT_CC])
		return 0;
	bwe_sent(path->bwe, now, path->transport_seq, (size_t)n, path->plan.id);
	if (path->plan.id)
		probe_plan_sent(&path->plan, (size_t)n + BWE_OVERHEAD);
	return 0;
}

static int send_packet(struct send *s, struct peer *p, uint64_t now, const struct send_sent *sent,
		       bool rtx, send_out_fn *out, void *arg)
{
	uint8_t packet[PACKET_MAX];
	struct wr w = wr_of(packet, sizeof packet);

	rtp_write(&w, &(struct rtp_header){ .marker = sent->marker,
					    .payload_type = payload_type(s, rtx),
					    .seq = rtx ? s->rtx_seq++ : sent->seq,
					    .timestamp = sent->timestamp,
					    .ssrc = rtx ? s->config.rtx_ssrc : s->config.ssrc });
	write_extensions(s, p, &w, rtx);
	if (rtx)
		wr_be16(&w, sent->seq); /* RFC 4588 4: the original sequence number */
	wr_bytes(&w, sent->payload, sent->length);
	return put_out(s, p, now, &w, out, arg);
}

int send_padding(struct send *s, struct peer *p, uint64_t now, send_out_fn *out, void *arg)
{
	static const uint8_t zeros[SEND_PADDING - 1];
	uint8_t packet[PACKET_MAX];
	struct wr w = wr_of(packet, sizeof packet);

	if (peer_state(p) != TRANSPORT_CONNECTED)
		return -ENOTCONN;
	if (!s->config.rtx_ssrc || !s->packets)
		return -EINVAL;
	rtp_write(&w, &(struct rtp_header){ .payload_type = payload_type(s, true),
					    .seq = s->rtx_seq++,
					    .timestamp = s->timestamp,
					    .ssrc = s->config.rtx_ssrc });
	packet[0] |= 0x20; /* P (RFC 3550 5.1): the last byte counts them */
	write_extensions(s, p, &w, true);
	wr_bytes(&w, zeros, sizeof zeros);
	wr_u8(&w, SEND_PADDING);
	return put_out(s, p, now, &w, out, arg);
}

/* The place of the next packet; without a history the caller's. */
static struct send_sent *next_place(struct send *s, struct send_sent *audio)
{
	return s->history ? &s->history[s->seq % SEND_HISTORY] : audio;
}

static int send_next(struct send *s, struct peer *p, uint64_t now, struct send_sent *sent,
		     size_t length, uint32_t timestamp, send_out_fn *out, void *arg)
{
	sent->used = true;
	sent->seq = s->seq++;
	sent->length = (uint16_t)length;
	sent->timestamp = timestamp;
	s->packets++;
	s->octets += length;
	return send_packet(s, p, now, sent, false, out, arg);
}

int send_payload(struct send *s, struct peer *p, uint64_t now, const struct send_part *part,
		 send_out_fn *out, void *arg)
{
	struct send_sent audio, *sent = next_place(s, &audio);

	if (peer_state(p) != TRANSPORT_CONNECTED)
		return -ENOTCONN;
	if (part->length > PACK_MAX)
		return -EINVAL;
	memcpy(sent->payload, part->payload, part->length);
	sent->marker = part->marker;
	s->timestamp = part->timestamp;
	s->timestamp_us = now;
	return send_next(s, p, now, sent, part->length, part->timestamp, out, arg);
}

int send_frame(struct send *s, struct peer *p, uint64_t now, const uint8_t *frame, size_t n,
	       uint32_t timestamp, send_out_fn *out, void *arg)
{
	struct send_sent audio, *sent;
	struct pack pack;
	size_t length;
	int r = 0;

	if (peer_state(p) != TRANSPORT_CONNECTED)
		return -ENOTCONN;
	if (!pack_begin(&pack, s->config.codec, frame, n, s->picture_id))
		return -EINVAL;
	s->picture_id++;
	s->timestamp = timestamp;
	s->timestamp_us = now;
	do {
		sent = next_place(s, &audio);
		sent->marker = false;
		length = pack_next(&pack, sent->payload, &sent->marker);
		if (!length)
			break;
		/* Opus: the marker begins a talk spurt (RFC 7587 4.1, RFC 3551 4.1); we send without a pause */
		sent->marker = sent->marker && s->history;
		r = send_next(s, p, now, sent, length, timestamp, out, arg);
	} while (r == 0);
	return r;
}

static void retransmit(struct send *s, struct peer *p, uint64_t now, const struct rtcp_feedback *f,
		       send_out_fn *out, void *arg)
{
	uint16_t seqs[NACK_MAX];
	size_t n = rtcp_parse_nack(f, seqs, NACK_MAX);

	for (size_t i = 0; i < n && s->history && s->config.rtx_ssrc; i++) {
		const struct send_sent *sent = &s->history[seqs[i] % SEND_HISTORY];

		if (!sent->used || sent->seq != seqs[i])
			continue;
		(void)send_packet(s, p, now, sent, true, out, arg);
		s->retransmitted++;
	}
}

/* RFC 3550 6.4.1: the time since our report, less what the server kept it. */
static void take_report(struct send *s, uint64_t now, const struct rtcp_report *r)
{
	uint64_t kept = (uint64_t)r->delay_since_last_sr * 1000000 >> 16;

	s->acknowledged = true;
	s->lost = r->cumulative_lost;
	if (s->reported && r->last_sr == s->report_ntp && now - s->reported > kept)
		s->rtt = (uint32_t)(now - s->reported - kept);
}

void send_rtcp(struct send *s, struct peer *p, uint64_t now, const struct rtcp_packet *packet,
	       send_out_fn *out, void *arg)
{
	enum rtcp_kind kind = rtcp_kind_of(packet);
	struct rtcp_report report;
	struct rtcp_feedback f;
	uint32_t ssrc;
	uint8_t command;

	for (size_t i = 0; rtcp_parse_report(&report, packet, i); i++) {
		if (report.ssrc == s->config.ssrc)
			take_report(s, now, &report);
	}
	if (!rtcp_parse_feedback(&f, packet))
		return;
	for (size_t i = 0; kind == RTCP_FIR && rtcp_parse_fir(&ssrc, &command, &f, i); i++)
		s->wants_key |= ssrc == s->config.ssrc;
	if (f.media_ssrc != s->config.ssrc)
		return;
	s->wants_key |= kind == RTCP_PLI;
	if (kind == RTCP_NACK)
		retransmit(s, p, now, &f, out, arg);
}

void send_report(struct send *s, uint64_t now, uint64_t ntp_us, struct wr *w)
{
	enum { NTP_EPOCH = 2208988800u }; /* 1970, in seconds since 1900 */
	uint64_t seconds = ntp_us / 1000000, fraction = ntp_us % 1000000;

	uint64_t ntp = (seconds + NTP_EPOCH) << 32 | (fraction << 32) / 1000000;

	if (!s->packets)
		return;
	s->report_ntp = (uint32_t)(ntp >> 16);
	s->reported = now;
	rtcp_write_sr(w,
		      &(struct rtcp_sr){ .ssrc = s->config.ssrc,
					 .ntp = ntp,
					 .rtp_timestamp = s->timestamp +
							  (uint32_t)((now - s->timestamp_us) *
								     s->clock_rate / 1000000),
					 .packets = (uint32_t)s->packets,
					 .octets = (uint32_t)s->octets },
		      NULL, 0);
}

bool send_take_wants_key(struct send *s)
{
	bool wants = s->wants_key;

	s->wants_key = false;
	return wants;
}
