/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A client's descriptions, after Chromium's (livekit-protocol 5.3), so that a server sees what it
 * knows, and the formats in them. What is taken of the server's: peer_read.c.
 */
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/sb.h"
#include "client/peer.h"

struct format {
	enum media_codec codec;
	const char *name, *fmtp;
	uint8_t payload_type, rtx;
	uint32_t clock_rate;
	uint8_t channels, feedback;
};

#define VIDEO_FEEDBACK (SDP_FB_TRANSPORT_CC | SDP_FB_CCM_FIR | SDP_FB_NACK | SDP_FB_NACK_PLI)

static const struct format formats[] = {
	{ MEDIA_OPUS, "opus", "minptime=10;useinbandfec=1", PEER_PT_OPUS, 0, 48000, 2,
	  SDP_FB_TRANSPORT_CC },
	{ MEDIA_VP8, "VP8", NULL, PEER_PT_VP8, PEER_PT_VP8_RTX, 90000, 1, VIDEO_FEEDBACK },
	{ MEDIA_H264, "H264",
	  "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f", PEER_PT_H264,
	  PEER_PT_H264_RTX, 90000, 1, VIDEO_FEEDBACK },
	{ MEDIA_VP9, "VP9", "profile-id=0", PEER_PT_VP9, PEER_PT_VP9_RTX, 90000, 1,
	  VIDEO_FEEDBACK },
	{ MEDIA_AV1, "AV1", "profile=0;level-idx=5;tier=0", PEER_PT_AV1, PEER_PT_AV1_RTX, 90000, 1,
	  VIDEO_FEEDBACK },
};

static const struct format *format_of(enum media_codec codec)
{
	for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++) {
		if (formats[i].codec == codec)
			return &formats[i];
	}
	return &formats[0];
}

const char *peer_rid(unsigned layer)
{
	static const char *const rids[PEER_LAYERS] = { "q", "h", "f" };

	assert(layer < PEER_LAYERS);
	return rids[layer];
}

/* ---- writing ---- */

static void write_session(struct sb *out, struct peer *p)
{
	sb_printf(out,
		  "v=0\r\no=- %llu %u IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=extmap-allow-mixed\r\n"
		  "a=msid-semantic: WMS *\r\n",
		  (unsigned long long)p->session, ++p->version);
}

static void write_transport(struct sb *out, const struct peer *p, const char *setup)
{
	const struct ice_credentials *local = transport_local(&p->transport);

	sb_printf(out,
		  "c=IN IP4 0.0.0.0\r\na=ice-ufrag:%s\r\na=ice-pwd:%s\r\na=ice-options:trickle\r\n"
		  "a=fingerprint:sha-256 %s\r\na=setup:%s\r\n",
		  local->ufrag, local->pwd, p->fingerprint, setup);
}

static void write_feedback(struct sb *out, uint8_t payload_type, uint8_t feedback)
{
	static const struct {
		uint8_t bit;
		const char *text;
	} all[] = { { SDP_FB_TRANSPORT_CC, "transport-cc" },
		    { SDP_FB_CCM_FIR, "ccm fir" },
		    { SDP_FB_NACK, "nack" },
		    { SDP_FB_NACK_PLI, "nack pli" } };

	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
		if (feedback & all[i].bit)
			sb_printf(out, "a=rtcp-fb:%u %s\r\n", payload_type, all[i].text);
	}
}

static void write_extension(struct sb *out, uint8_t id, enum rtpext_kind kind)
{
	sb_printf(out, "a=extmap:%u %s\r\n", id, rtpext_uri(kind));
}

static void write_ssrcs(struct sb *out, const struct peer *p, const struct peer_track *t)
{
	const struct peer_layer *l = &t->layers[0];

	if (t->layer_count > 1) { /* RFC 8853: no SSRCs, rids tell the layers apart */
		const unsigned last = t->layer_count - 1u;

		for (unsigned i = 0; i <= last; i++)
			sb_printf(out, "a=rid:%s send\r\n",
				  peer_rid(p->largest_first ? last - i : i));
		sb_puts(out, "a=simulcast:send ");
		for (unsigned i = 0; i <= last; i++)
			sb_printf(out, "%s%s", i ? ";" : "",
				  peer_rid(p->largest_first ? last - i : i));
		sb_puts(out, "\r\n");
		return;
	}
	if (l->rtx_ssrc)
		sb_printf(out, "a=ssrc-group:FID %u %u\r\n", l->ssrc, l->rtx_ssrc);
	for (int i = 0; i < 2; i++) {
		uint32_t ssrc = i ? l->rtx_ssrc : l->ssrc;

		if (ssrc)
			sb_printf(out, "a=ssrc:%u cname:%s\r\na=ssrc:%u msid:%s %s\r\n", ssrc,
				  p->cname, ssrc, t->stream, t->track);
	}
}

static void write_format(struct sb *out, const struct format *f)
{
	sb_printf(out, "a=rtpmap:%u %s/%u%s\r\n", f->payload_type, f->name, f->clock_rate,
		  f->channels > 1 ? "/2" : "");
	if (f->fmtp)
		sb_printf(out, "a=fmtp:%u %s\r\n", f->payload_type, f->fmtp);
	write_feedback(out, f->payload_type, f->feedback);
	if (f->rtx)
		sb_printf(out, "a=rtpmap:%u rtx/%u\r\na=fmtp:%u apt=%u\r\n", f->rtx, f->clock_rate,
			  f->rtx, f->payload_type);
}

static void write_track(struct sb *out, const struct peer *p, const struct peer_track *t,
			size_t index)
{
	const struct format *list[2] = { format_of(t->codec), format_of(t->also) };
	size_t count = t->also ? 2 : 1;
	bool audio = t->codec == MEDIA_OPUS;

	sb_printf(out, "m=%s 9 UDP/TLS/RTP/SAVPF", audio ? "audio" : "video");
	for (size_t i = 0; i < count; i++) {
		sb_printf(out, " %u", list[i]->payload_type);
		if (list[i]->rtx)
			sb_printf(out, " %u", list[i]->rtx);
	}
	sb_puts(out, "\r\n");
	write_transport(out, p, p->active ? "active" : "actpass");
	sb_printf(out, "a=mid:%zu\r\na=%s\r\na=rtcp-mux\r\na=rtcp-rsize\r\n", index + 1,
		  t->active ? "sendonly" : "inactive");
	if (t->active)
		sb_printf(out, "a=msid:%s %s\r\n", t->stream, t->track);
	for (size_t i = 0; i < count; i++)
		write_format(out, list[i]);
	write_extension(out, PEER_ID_MID, RTPEXT_MID);
	write_extension(out, PEER_ID_TRANSPORT_CC, RTPEXT_TRANSPORT_CC);
	if (audio)
		write_extension(out, PEER_ID_AUDIO_LEVEL, RTPEXT_AUDIO_LEVEL);
	if (!audio && t->layer_count > 1) {
		write_extension(out, PEER_ID_RID, RTPEXT_RID);
		write_extension(out, PEER_ID_REPAIRED_RID, RTPEXT_REPAIRED_RID);
	}
	if (t->active)
		write_ssrcs(out, p, t);
}

char *peer_write_offer(struct peer *p, const struct peer_track *tracks, size_t count)
{
	struct sb out = { 0 };

	write_session(&out, p);
	sb_puts(&out, "a=group:BUNDLE");
	for (size_t i = !p->data; i <= count; i++)
		sb_printf(&out, " %zu", i);
	sb_puts(&out, "\r\n");
	if (p->data) {
		sb_puts(&out, "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n");
		write_transport(&out, p, p->active ? "active" : "actpass");
		sb_printf(&out, "a=mid:0\r\na=sctp-port:%d\r\na=max-message-size:%d\r\n", SCTP_PORT,
			  SCTP_MESSAGE_MAX);
	}
	for (size_t i = 0; i < count; i++)
		write_track(&out, p, &tracks[i], i);
	return sb_steal(&out);
}

/* What of an offered codec we take, for an answer: NULL = nothing. */
static const struct format *known_format(const struct sdp_section *s, const struct sdp_codec *c)
{
	for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++) {
		const struct format *f = &formats[i];

		if ((f->codec == MEDIA_OPUS) == (s->kind == SDP_AUDIO) && sdp_codec_is(c, f->name))
			return f;
	}
	return NULL;
}

static bool is_media(const struct sdp_section *s)
{
	return s->kind == SDP_AUDIO || s->kind == SDP_VIDEO;
}

/* RTX goes with the codec it repairs. */
static bool takes_codec(const struct sdp_section *s, const struct sdp_codec *c)
{
	uint64_t apt;

	if (!sdp_codec_is(c, "rtx"))
		return known_format(s, c) != NULL;
	if (!sdp_text_number(sdp_fmtp_get(c->fmtp, "apt"), 127, &apt))
		return false;
	const struct sdp_codec *primary = sdp_find_codec(s, (unsigned)apt);

	return primary && known_format(s, primary);
}

static bool takes_section(const struct peer *p, const struct sdp_section *s)
{
	if (s->kind == SDP_APPLICATION)
		return p->data;
	for (size_t i = 0; i < s->codec_count && is_media(s); i++) {
		if (known_format(s, &s->codecs[i]))
			return s->port != 0 || s->bundle_only;
	}
	return false;
}

static void write_taken_codecs(struct sb *out, const struct sdp_section *s)
{
	for (size_t i = 0; i < s->codec_count; i++) {
		const struct sdp_codec *c = &s->codecs[i];
		const struct format *f = known_format(s, c);

		if (!takes_codec(s, c))
			continue;
		sb_printf(out, "a=rtpmap:%u %.*s/%u%s\r\n", c->payload_type, SDP_ARG(c->name),
			  c->clock_rate, c->channels > 1 ? "/2" : "");
		if (c->fmtp.n)
			sb_printf(out, "a=fmtp:%u %.*s\r\n", c->payload_type, SDP_ARG(c->fmtp));
		if (f)
			write_feedback(out, c->payload_type, c->feedback & f->feedback);
	}
}

static void write_taken_section(struct sb *out, const struct peer *p, const struct sdp_section *s,
				const char *setup)
{
	bool takes = takes_section(p, s);

	sb_printf(out, "m=%.*s %d %.*s", SDP_ARG(s->media), takes ? 9 : 0, SDP_ARG(s->protocol));
	if (takes && is_media(s)) {
		for (size_t i = 0; i < s->codec_count; i++) {
			if (takes_codec(s, &s->codecs[i]))
				sb_printf(out, " %u", s->codecs[i].payload_type);
		}
	} else {
		sb_printf(out, " %.*s", SDP_ARG(s->formats));
	}
	sb_puts(out, "\r\n");
	/* in a declined section too: servers look for it in the first one */
	write_transport(out, p, setup);
	if (s->mid.n)
		sb_printf(out, "a=mid:%.*s\r\n", SDP_ARG(s->mid));
	if (s->kind == SDP_APPLICATION) {
		if (takes)
			sb_printf(out, "a=sctp-port:%d\r\na=max-message-size:%d\r\n", SCTP_PORT,
				  SCTP_MESSAGE_MAX);
		return;
	}
	sb_printf(out, "a=%s\r\na=rtcp-mux\r\n",
		  takes && (s->direction & SDP_SENDONLY) ? "recvonly" : "inactive");
	if (s->rtcp_rsize)
		sb_puts(out, "a=rtcp-rsize\r\n");
	if (!takes)
		return;
	write_taken_codecs(out, s);
	for (size_t i = 0; i < s->extension_count; i++) {
		const struct sdp_extension *x = &s->extensions[i];

		if (x->kind && p->ids[x->kind] == x->id)
			write_extension(out, x->id, (enum rtpext_kind)x->kind);
	}
}

static bool is_in(struct sdp_text list, struct sdp_text word)
{
	for (struct sdp_text w; sdp_next_word(&list, ' ', &w);) {
		if (sdp_text_same(w, word))
			return true;
	}
	return false;
}

char *peer_write_answer(struct peer *p, const struct sdp *sdp)
{
	const char *setup = p->transport.dtls_client ? "active" : "passive";
	struct sb out = { 0 };

	write_session(&out, p);
	sb_puts(&out, "a=group:BUNDLE");
	for (size_t i = 0; i < sdp->section_count; i++) {
		const struct sdp_section *s = &sdp->sections[i];

		if (takes_section(p, s) && is_in(sdp->bundle, s->mid))
			sb_printf(&out, " %.*s", SDP_ARG(s->mid));
	}
	sb_puts(&out, "\r\n");
	for (size_t i = 0; i < sdp->section_count; i++)
		write_taken_section(&out, p, &sdp->sections[i], setup);
	return sb_steal(&out);
}

/* ---- what the other side sends ---- */

bool peer_stream_of(struct peer_stream *ret, const struct sdp_section *s)
{
	const struct format *f = NULL;
	size_t i;

	if (!is_media(s) || !(s->direction & SDP_SENDONLY) || (s->port == 0 && !s->bundle_only))
		return false;
	for (i = 0; i < s->codec_count && !f; i++)
		f = known_format(s, &s->codecs[i]);
	if (!f)
		return false;

	const struct sdp_codec *codec = &s->codecs[i - 1];
	const struct sdp_codec *rtx = sdp_find_rtx(s, codec->payload_type);

	*ret = (struct peer_stream){
		.codec = f->codec,
		.payload_type = codec->payload_type,
		.rtx_payload_type = rtx ? rtx->payload_type : 0,
		.clock_rate = codec->clock_rate,
		.nack = (codec->feedback & SDP_FB_NACK) != 0,
		.ssrc = s->ssrc_count ? s->ssrcs[0].ssrc : 0,
	};
	if (s->ssrc_group_count && s->ssrc_groups[0].semantics == SDP_GROUP_FID &&
	    s->ssrc_groups[0].count)
		ret->ssrc = s->ssrc_groups[0].ssrcs[0];
	ret->rtx_ssrc = rtx && ret->ssrc ? sdp_rtx_ssrc(s, ret->ssrc) : 0;
	(void)peer_text(ret->mid, sizeof ret->mid, s->mid);
	(void)peer_text(ret->stream, sizeof ret->stream, s->stream);
	(void)peer_text(ret->track, sizeof ret->track, s->track);
	return true;
}
