/* SPDX-License-Identifier: Apache-2.0 */
/* Writing: our answers to publishers, our offers to subscribers. Reading is in negotiate.c. */
#include "media/sfu/negotiate.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

void negotiate_mid(size_t index, char *ret, size_t capacity)
{
	(void)snprintf(ret, capacity, "%zu", index); /* 20 digits always fit where it is used */
}

static void write_session(struct sb *out, const struct negotiate_local *local)
{
	sb_printf(out,
		  "v=0\r\no=- %llu %llu IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\na=ice-lite\r\n"
		  "a=extmap-allow-mixed\r\na=msid-semantic:WMS *\r\n",
		  (unsigned long long)local->session_id, (unsigned long long)local->version);
}

/* "192.0.2.1 7882", as candidates have it; false for other families. */
static bool endpoint_text(const struct sockaddr_storage *a, char *ret, size_t size)
{
	const struct sockaddr_in *in = (const struct sockaddr_in *)a;
	const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)a;
	bool six = a->ss_family == AF_INET6;
	char text[INET6_ADDRSTRLEN];

	if ((!six && a->ss_family != AF_INET) ||
	    !inet_ntop(a->ss_family, six ? (const void *)&in6->sin6_addr : &in->sin_addr, text,
		       sizeof text))
		return false;
	(void)snprintf(ret, size, "%s %u", text, ntohs(six ? in6->sin6_port : in->sin_port));
	return true;
}

/* Host candidates; IPv6 first has no merit here, so the order is the configuration's. */
static void write_candidates(struct sb *out, const struct negotiate_local *local)
{
	/* RFC 8445 5.1.2.1. Over TCP less than anything over UDP: loss is repaired too late there */
	enum { UDP_HOST = 126, TCP_HOST = 90, COMPONENT = 255, PASSIVE = 4 };
	char text[INET6_ADDRSTRLEN + 8];

	for (size_t i = 0; i < local->address_count; i++) {
		uint32_t preference = i < 65535 ? (uint32_t)(65535 - i) : 0;

		if (endpoint_text(&local->addresses[i], text, sizeof text))
			sb_printf(out, "a=candidate:%zu 1 udp %u %s typ host\r\n", i + 1,
				  (uint32_t)UDP_HOST << 24 | preference << 8 | COMPONENT, text);
	}
	for (size_t i = 0; i < local->tcp_address_count; i++) {
		/* direction and other preference: RFC 6544 4.2 */
		uint32_t preference = PASSIVE << 13 | (i < 8191 ? (uint32_t)(8191 - i) : 0);

		if (endpoint_text(&local->tcp_addresses[i], text, sizeof text))
			sb_printf(out, "a=candidate:%zu 1 tcp %u %s typ host tcptype passive\r\n",
				  local->address_count + i + 1,
				  (uint32_t)TCP_HOST << 24 | preference << 8 | COMPONENT, text);
	}
	sb_puts(out, "a=end-of-candidates\r\n");
}

/* libwebrtc and Firefox both take candidates from the first section of the bundle only. */
static void write_transport(struct sb *out, const struct negotiate_local *local, const char *setup,
			    bool first)
{
	sb_puts(out, "c=IN IP4 0.0.0.0\r\n");
	if (first)
		write_candidates(out, local);
	sb_printf(out,
		  "a=ice-ufrag:%s\r\na=ice-pwd:%s\r\na=fingerprint:sha-256 %s\r\na=setup:%s\r\n",
		  local->ufrag, local->pwd, local->fingerprint, setup);
}

static void write_data(struct sb *out)
{
	sb_printf(out, "a=sctp-port:5000\r\na=max-message-size:%d\r\n", NEGOTIATE_MESSAGE_MAX);
}

static void write_codec(struct sb *out, const struct codec_info *info, uint8_t payload_type)
{
	sb_printf(out, "a=rtpmap:%u %s/%u", payload_type, info->name, info->clock_rate);
	if (info->channels > 1)
		sb_printf(out, "/%u", info->channels);
	sb_puts(out, "\r\n");
}

static void write_rtx(struct sb *out, const struct codec_info *info, uint8_t rtx,
		      uint8_t payload_type)
{
	if (rtx)
		sb_printf(out, "a=rtpmap:%u rtx/%u\r\na=fmtp:%u apt=%u\r\n", rtx, info->clock_rate,
			  rtx, payload_type);
}

static void write_feedback(struct sb *out, uint8_t payload_type, uint8_t feedback)
{
	static const struct {
		uint8_t bit;
		const char *text;
	} all[] = { { SDP_FB_TRANSPORT_CC, "transport-cc" },
		    { SDP_FB_REMB, "goog-remb" },
		    { SDP_FB_CCM_FIR, "ccm fir" },
		    { SDP_FB_NACK, "nack" },
		    { SDP_FB_NACK_PLI, "nack pli" } };

	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
		if (feedback & all[i].bit)
			sb_printf(out, "a=rtcp-fb:%u %s\r\n", payload_type, all[i].text);
	}
}

/* ---- our answer to a publisher ---- */

static void write_answer_formats(struct sb *out, const struct negotiate_up *up,
				 const struct sdp_section *s)
{
	/* Nothing in common: the section is inactive, its first format only keeps the line legal.
	 */
	if (up->codec_count == 0)
		sb_printf(out, " %u", s->codec_count ? s->codecs[0].payload_type : 0);
	for (size_t i = 0; i < up->codec_count; i++) {
		sb_printf(out, " %u", up->codecs[i].payload_type);
		if (up->codecs[i].rtx_payload_type)
			sb_printf(out, " %u", up->codecs[i].rtx_payload_type);
	}
}

static void write_answer_codecs(struct sb *out, const struct negotiate_up *up,
				const struct sdp_section *s)
{
	if (up->codec_count == 0 && s->codec_count && s->codecs[0].name.n) {
		const struct sdp_codec *c = &s->codecs[0];

		sb_printf(out, "a=rtpmap:%u %.*s/%u", c->payload_type, SDP_ARG(c->name),
			  c->clock_rate);
		if (c->channels > 1)
			sb_printf(out, "/%u", c->channels);
		sb_puts(out, "\r\n");
	}
	for (size_t i = 0; i < up->codec_count; i++) {
		const struct negotiate_codec *c = &up->codecs[i];
		const struct codec_info *info = codec_info(c->codec);
		const struct sdp_codec *offered = sdp_find_codec(s, c->payload_type);

		write_codec(out, info, c->payload_type);
		if (c->codec == CODEC_OPUS)
			sb_printf(out, "a=fmtp:%u minptime=10;useinbandfec=1;usedtx=1\r\n",
				  c->payload_type);
		else if (info->fmtp && offered && offered->fmtp.n)
			/* H264: the profile and mode that the client offered under this payload
			 * type */
			sb_printf(out, "a=fmtp:%u %.*s\r\n", c->payload_type,
				  SDP_ARG(offered->fmtp));
		if (c->codec != CODEC_RED) /* what is inside has it */
			write_feedback(out, c->payload_type, c->feedback);
		write_rtx(out, info, c->rtx_payload_type, c->payload_type);
	}
}

static void write_answer_rids(struct sb *out, const struct negotiate_up *up)
{
	if (!up->rid_count)
		return;
	for (size_t i = 0; i < up->rid_count; i++)
		sb_printf(out, "a=rid:%s recv\r\n", up->rids[up->rid_order[i]]);
	sb_puts(out, "a=simulcast:recv ");
	for (size_t i = 0; i < up->rid_count; i++)
		sb_printf(out, "%s%s", i ? ";" : "", up->rids[up->rid_order[i]]);
	sb_puts(out, "\r\n");
}

/* Its bytes are spent where frames are chosen by it: on what the client will send, that is our first. */
static bool is_scalable(const struct negotiate_up *up)
{
	return up->codec_count &&
	       (up->codecs[0].codec == CODEC_VP9 || up->codecs[0].codec == CODEC_AV1);
}

static void write_answer_media(struct sb *out, const struct negotiate_offer *read,
			       const struct negotiate_up *up, const struct sdp_section *s)
{
	sb_printf(out, "a=%s\r\na=rtcp-mux\r\n", up->sending ? "recvonly" : "inactive");
	if (s->rtcp_rsize)
		sb_puts(out, "a=rtcp-rsize\r\n");
	write_answer_codecs(out, up, s);
	for (size_t i = 0; i < s->extension_count; i++) {
		const struct sdp_extension *x = &s->extensions[i];

		if (negotiate_takes_extension(&read->extensions, x) &&
		    (x->kind != RTPEXT_DEPENDENCY_DESCRIPTOR || is_scalable(up)))
			sb_printf(out, "a=extmap:%u%s %s\r\n", x->id,
				  x->direction == SDP_SENDONLY ? "/recvonly" : "",
				  rtpext_uri((enum rtpext_kind)x->kind));
	}
	write_answer_rids(out, up);
}

static void write_answer_section(struct sb *out, const struct negotiate_local *local,
				 const struct negotiate_offer *read, const struct negotiate_up *up,
				 const struct sdp_section *s, bool first)
{
	bool media = s->kind == SDP_AUDIO || s->kind == SDP_VIDEO;

	sb_printf(out, "m=%.*s %d %.*s", SDP_ARG(s->media), up->usable ? 9 : 0,
		  SDP_ARG(s->protocol));
	if (up->usable && media)
		write_answer_formats(out, up, s);
	else
		sb_printf(out, " %.*s", SDP_ARG(s->formats));
	sb_puts(out, "\r\n");
	if (!up->usable) {
		/* The client itself gave this section up: mirrored, as RFC 9429 5.3.1 wants. */
		sb_puts(out, "c=IN IP4 0.0.0.0\r\na=inactive\r\n");
		if (up->mid[0])
			sb_printf(out, "a=mid:%s\r\n", up->mid);
		return;
	}
	write_transport(out, local, "passive", first);
	sb_printf(out, "a=mid:%s\r\n", up->mid);
	if (media)
		write_answer_media(out, read, up, s);
	else if (s->kind == SDP_APPLICATION)
		write_data(out);
	else
		sb_puts(out, "a=inactive\r\n");
}

void negotiate_write_answer(struct sb *out, const struct negotiate_local *local,
			    const struct sdp *offer, const struct negotiate_offer *read)
{
	bool first = true;

	write_session(out, local);
	if (offer->bundle.n)
		sb_printf(out, "a=group:BUNDLE %.*s\r\n", SDP_ARG(offer->bundle));
	for (size_t i = 0; i < read->section_count; i++) {
		const struct negotiate_up *up = &read->sections[i];

		write_answer_section(out, local, read, up, &offer->sections[i],
				     first && up->usable);
		first = first && !up->usable;
	}
}

/* ---- our offer to a subscriber ---- */

static void write_down_ssrcs(struct sb *out, const struct negotiate_down *d)
{
	uint32_t ssrcs[2] = { d->ssrc, d->rtx_ssrc };

	if (d->rtx_ssrc)
		sb_printf(out, "a=ssrc-group:FID %u %u\r\n", d->ssrc, d->rtx_ssrc);
	for (size_t i = 0; i < 2 && ssrcs[i]; i++) {
		/* One CNAME per publisher: its audio and video are played in sync (RFC 3550 6.5.1).
		 */
		sb_printf(out, "a=ssrc:%u cname:%s\r\na=ssrc:%u msid:%s|%s %s\r\n", ssrcs[i],
			  d->publisher.text, ssrcs[i], d->publisher.text, d->track.text,
			  d->track.text);
	}
}

static void write_offer_section(struct sb *out, const struct negotiate_local *local,
				const struct negotiate_down *d, size_t index)
{
	const struct codec_info *info = codec_info(d->codec), *red = codec_info(CODEC_RED);

	sb_printf(out, "m=%s 9 UDP/TLS/RTP/SAVPF %u", d->kind == KIND_AUDIO ? "audio" : "video",
		  info->payload_type);
	if (info->rtx_payload_type)
		sb_printf(out, " %u", info->rtx_payload_type);
	if (d->codec == CODEC_OPUS)
		sb_printf(out, " %u", red->payload_type);
	sb_puts(out, "\r\n");
	write_transport(out, local, "actpass", false);
	sb_printf(out, "a=mid:%zu\r\na=%s\r\na=rtcp-mux\r\na=rtcp-rsize\r\n", index + 1,
		  d->active ? "sendonly" : "inactive");
	if (d->active)
		sb_printf(out, "a=msid:%s|%s %s\r\n", d->publisher.text, d->track.text,
			  d->track.text);
	write_codec(out, info, info->payload_type);
	if (info->fmtp)
		sb_printf(out, "a=fmtp:%u %s\r\n", info->payload_type, info->fmtp);
	if (d->codec == CODEC_OPUS) {
		write_codec(out, red, red->payload_type);
		sb_printf(out, "a=fmtp:%u %s\r\n", red->payload_type, red->fmtp);
	}
	/* REMB for those who cannot do better: a client takes one of the two (sfu/downlink.h) */
	write_feedback(out, info->payload_type,
		       info->feedback | SDP_FB_TRANSPORT_CC |
			       (info->kind == KIND_VIDEO ? SDP_FB_REMB : 0));
	/* libwebrtc's word for a=rtcp-xr:rcvr-rtt (RFC 3611 5.1): it asks for its round trip then */
	sb_printf(out, "a=rtcp-fb:%u rrtr\r\n", info->payload_type);
	write_rtx(out, info, info->rtx_payload_type, info->payload_type);
	sb_printf(out, "a=extmap:%d %s\r\na=extmap:%d %s\r\n", NEGOTIATE_MID_ID,
		  rtpext_uri(RTPEXT_MID), NEGOTIATE_TRANSPORT_CC_ID,
		  rtpext_uri(RTPEXT_TRANSPORT_CC));
	if (info->media == MEDIA_VP9 || info->media == MEDIA_AV1)
		sb_printf(out, "a=extmap:%d %s\r\n", NEGOTIATE_DD_ID,
			  rtpext_uri(RTPEXT_DEPENDENCY_DESCRIPTOR));
	if (d->active)
		write_down_ssrcs(out, d);
}

void negotiate_write_offer(struct sb *out, const struct negotiate_local *local,
			   const struct negotiate_down *sections, size_t count)
{
	write_session(out, local);
	sb_puts(out, "a=group:BUNDLE");
	for (size_t i = 0; i <= count; i++)
		sb_printf(out, " %zu", i);
	sb_puts(out, "\r\nm=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n");
	write_transport(out, local, "actpass", true);
	sb_puts(out, "a=mid:0\r\n");
	write_data(out);
	for (size_t i = 0; i < count; i++)
		write_offer_section(out, local, &sections[i], i);
}
