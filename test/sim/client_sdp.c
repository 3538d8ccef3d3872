/* SPDX-License-Identifier: Apache-2.0 */
/* The fake client's descriptions, in the manner of Chromium or Firefox (livekit-protocol 5.3). */
#include "sim.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void write_transport(struct sb *out, const struct sim_client *c, const struct sim_pc *pc,
			    const char *setup)
{
	const struct ice_credentials *local = transport_local(&pc->transport);

	sb_printf(out,
		  "c=IN IP4 0.0.0.0\r\na=ice-ufrag:%s\r\na=ice-pwd:%s\r\na=fingerprint:sha-256 "
		  "%s\r\na=setup:%s\r\n",
		  local->ufrag, local->pwd, c->sim->client_fingerprint, setup);
}

static void write_audio(struct sb *out, const struct sim_track *t)
{
	sb_puts(out, "a=rtpmap:111 opus/48000/2\r\na=rtpmap:63 red/48000/2\r\n"
		     "a=fmtp:111 minptime=10;useinbandfec=1\r\na=fmtp:63 111/111\r\n"
		     "a=rtcp-fb:111 transport-cc\r\n"
		     "a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level\r\n");
	if (t->active)
		sb_printf(out, "a=ssrc:%u cname:c\r\n", t->layers[0].ssrc);
}

static void write_video(struct sb *out, const struct sim_track *t)
{
	sb_puts(out, "a=rtpmap:96 VP8/90000\r\na=rtpmap:97 rtx/90000\r\na=fmtp:97 apt=96\r\n"
		     "a=rtpmap:102 H264/90000\r\na=rtpmap:103 rtx/90000\r\na=fmtp:103 apt=102\r\n"
		     "a=fmtp:102 packetization-mode=1;profile-level-id=42001f\r\n"
		     "a=rtcp-fb:102 nack\r\na=rtcp-fb:102 nack pli\r\n"
		     "a=rtcp-fb:96 goog-remb\r\na=rtcp-fb:96 transport-cc\r\na=rtcp-fb:96 nack\r\n"
		     "a=rtcp-fb:96 nack pli\r\na=rtcp-fb:96 ccm fir\r\n"
		     "a=extmap:13 urn:3gpp:video-orientation\r\n"
		     "a=extmap:10 urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id\r\n"
		     "a=extmap:11 urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id\r\n");
	if (t->active && t->simulcast)
		sb_puts(out, "a=rid:q send\r\na=rid:h send\r\na=rid:f send\r\na=simulcast:send "
			     "q;h;f\r\n");
	else if (t->active)
		sb_printf(out,
			  "a=ssrc:%u cname:c\r\na=ssrc:%u cname:c\r\na=ssrc-group:FID %u %u\r\n",
			  t->layers[0].ssrc, t->layers[0].rtx_ssrc, t->layers[0].ssrc,
			  t->layers[0].rtx_ssrc);
}

char *client_offer(struct sim_client *c)
{
	struct sb out = { 0 };

	sb_printf(&out, "v=0\r\no=- 1 %u IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0",
		  c->offer_id);
	for (int i = 0; i < c->track_count; i++)
		sb_printf(&out, " %d", i + 1);
	sb_puts(&out, "\r\nm=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n");
	write_transport(&out, c, &c->pub, "actpass");
	sb_puts(&out, "a=mid:0\r\na=sctp-port:5000\r\na=max-message-size:262144\r\n");
	for (int i = 0; i < c->track_count; i++) {
		const struct sim_track *t = &c->tracks[i];

		sb_printf(&out, "m=%s\r\n",
			  t->kind == KIND_AUDIO ? "audio 9 UDP/TLS/RTP/SAVPF 111 63"
						: "video 9 UDP/TLS/RTP/SAVPF 96 97 102 103");
		write_transport(&out, c, &c->pub, "actpass");
		sb_printf(&out, "a=mid:%d\r\na=%s\r\na=rtcp-mux\r\na=rtcp-rsize\r\n", i + 1,
			  t->active ? "sendonly" : "inactive");
		if (t->active)
			sb_printf(&out, "a=msid:- %s\r\n", t->msid);
		sb_puts(&out, "a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid\r\na=extmap:3 "
			      "http://www.ietf.org/id/"
			      "draft-holmer-rmcat-transport-wide-cc-extensions-01\r\n");
		if (t->kind == KIND_AUDIO)
			write_audio(&out, t);
		else
			write_video(&out, t);
	}
	return sb_steal(&out);
}

static void copy(char *ret, size_t capacity, struct sdp_text t)
{
	assert(t.n < capacity);
	memcpy(ret, t.at, t.n);
	ret[t.n] = '\0';
}

void client_set_server(struct sim_client *c, struct sim_pc *pc, const struct sdp_section *s)
{
	char ufrag[ICE_UFRAG_MAX + 1], pwd[ICE_PWD_MAX + 1], fingerprint[96];

	copy(ufrag, sizeof ufrag, s->ice_ufrag);
	copy(pwd, sizeof pwd, s->ice_pwd);
	sdp_fingerprint_text(s->fingerprint.sha256, fingerprint);
	if (strcmp(ufrag, pc->server_ufrag) == 0)
		return;
	(void)snprintf(pc->server_ufrag, sizeof pc->server_ufrag, "%s", ufrag);
	if (transport_set_remote(&pc->transport, c->sim->now,
				 &(struct transport_remote){ .ufrag = ufrag,
							     .pwd = pwd,
							     .fingerprint = fingerprint }) < 0)
		abort();
	transport_connect(&pc->transport, c->sim->now, &c->sim->server);
}

static void parse(struct sim_client *c, const char *text)
{
	struct sdp_error error;

	if (sdp_parse(c->sim->sdp, text, strlen(text), &error) != SDP_OK) {
		(void)fprintf(stderr, "sim: %s\n%s", error.text, text);
		abort();
	}
}

void client_take_answer(struct sim_client *c, const char *answer)
{
	parse(c, answer);
	assert(c->sim->sdp->section_count == (size_t)c->track_count + 1);
	for (size_t i = 0; i < c->sim->sdp->section_count; i++)
		assert(c->sim->sdp->sections[i].port != 0);
	client_set_server(c, &c->pub, &c->sim->sdp->sections[0]);
}

/* The stream of a section: msid says whose track it is. */
static void take_section(struct sim_client *c, size_t i, const struct sdp_section *s)
{
	struct sim_stream *stream = &c->streams[i];
	bool active = s->direction == SDP_SENDONLY;
	struct sid track;

	if ((int)i >= c->stream_count)
		c->stream_count = (int)i + 1;
	if (!active) {
		stream->active = false;
		return;
	}
	copy(track.text, sizeof track.text, s->track);
	assert(s->ssrc_count >= 1);
	if (stream->active && stream->ssrc == s->ssrcs[0].ssrc)
		return;
	*stream = (struct sim_stream){ .active = true, .track = track, .ssrc = s->ssrcs[0].ssrc };
	stream->rtx_ssrc = sdp_rtx_ssrc(s, stream->ssrc);
	stream->kind = s->kind == SDP_AUDIO ? KIND_AUDIO : KIND_VIDEO;
	stream->payload_type = s->codecs[0].payload_type;

	const struct sdp_codec *rtx = sdp_find_rtx(s, stream->payload_type);
	stream->rtx_payload_type = rtx ? rtx->payload_type : 0;
	/* PA_…|TR_… and TR_… again (livekit-protocol 5.1) */
	char *bar = memchr(s->stream.at, '|', s->stream.n);
	assert(bar && s->stream.n - (size_t)(bar + 1 - s->stream.at) == s->track.n);
	assert(memcmp(bar + 1, s->track.at, s->track.n) == 0);
	copy(stream->publisher.text, sizeof stream->publisher.text,
	     (struct sdp_text){ s->stream.at, (uint32_t)(bar - s->stream.at) });
	up_init(&stream->up,
		&(struct up_config){ .ssrc = stream->ssrc,
				     .clock_rate = s->codecs[0].clock_rate,
				     .codec = stream->kind == KIND_AUDIO   ? MEDIA_OPUS
					      : stream->payload_type == 96 ? MEDIA_VP8
									   : MEDIA_H264,
				     .nack = stream->kind == KIND_VIDEO });
}

char *client_answer(struct sim_client *c, const char *offer)
{
	struct sdp *sdp = c->sim->sdp;
	struct sb out = { 0 };

	parse(c, offer);
	assert(sdp->section_count >= 1 && sdp->sections[0].kind == SDP_APPLICATION);
	assert((int)sdp->section_count - 1 >= c->stream_count); /* sections never go */
	sb_printf(&out,
		  "v=0\r\no=- 2 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE %.*s\r\n",
		  SDP_ARG(sdp->bundle));
	sb_puts(&out, "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n");
	write_transport(&out, c, &c->sub, "active");
	sb_puts(&out, "a=mid:0\r\na=sctp-port:5000\r\na=max-message-size:262144\r\n");
	for (size_t i = 1; i < sdp->section_count; i++) {
		const struct sdp_section *s = &sdp->sections[i];

		take_section(c, i - 1, s);
		sb_printf(&out, "m=%.*s 9 UDP/TLS/RTP/SAVPF %.*s\r\n", SDP_ARG(s->media),
			  SDP_ARG(s->formats));
		write_transport(&out, c, &c->sub, "active");
		sb_printf(&out, "a=mid:%.*s\r\na=%s\r\na=rtcp-mux\r\n", SDP_ARG(s->mid),
			  s->direction == SDP_SENDONLY ? "recvonly" : "inactive");
		for (size_t k = 0; k < s->codec_count; k++) {
			const struct sdp_codec *codec = &s->codecs[k];

			sb_printf(&out, "a=rtpmap:%u %.*s/%u%s\r\n", codec->payload_type,
				  SDP_ARG(codec->name), codec->clock_rate,
				  codec->channels > 1 ? "/2" : "");
			if (codec->fmtp.n)
				sb_printf(&out, "a=fmtp:%u %.*s\r\n", codec->payload_type,
					  SDP_ARG(codec->fmtp));
		}
		for (size_t k = 0; k < s->extension_count; k++) {
			if (s->extensions[k].kind == RTPEXT_TRANSPORT_CC) {
				if (c->no_transport_cc)
					continue;
				c->transport_cc_id = s->extensions[k].id;
			}
			sb_printf(&out, "a=extmap:%u %.*s\r\n", s->extensions[k].id,
				  SDP_ARG(s->extensions[k].uri));
		}
	}
	client_set_server(c, &c->sub, &sdp->sections[0]);
	return sb_steal(&out);
}
