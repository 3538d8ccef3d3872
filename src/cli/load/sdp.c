/* SPDX-License-Identifier: Apache-2.0 */
/* Descriptions in the manner of a browser: what is offered, and what is taken of the server's. */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/load/load.h"
#include "crypt/cert.h"
#include "net/udp.h"

static void write_head(struct sb *out, const struct load_peer *peer, const char *mids)
{
	sb_printf(out,
		  "v=0\r\no=- %u 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE%s\r\n"
		  "a=msid-semantic: WMS *\r\n",
		  peer->rtcp_ssrc >> 1, mids);
}

static void write_transport(struct sb *out, const struct load_peer *peer)
{
	const struct ice_credentials *local = transport_local(&peer->transport);

	/* always the DTLS client: the server chooses the SRTP suite then */
	sb_printf(out,
		  "c=IN IP4 0.0.0.0\r\na=ice-ufrag:%s\r\na=ice-pwd:%s\r\n"
		  "a=fingerprint:sha-256 %s\r\na=setup:active\r\na=rtcp-mux\r\n",
		  local->ufrag, local->pwd, cert_fingerprint(peer->load->certificate));
}

static void write_data(struct sb *out, struct load_peer *peer, const char *mid, size_t n)
{
	peer->data = peer->load->plan.data;
	/* a refused section keeps its transport lines, which the very first answer has nowhere else */
	sb_printf(out, "m=application %u UDP/DTLS/SCTP webrtc-datachannel\r\n", peer->data ? 9 : 0);
	write_transport(out, peer);
	sb_printf(out, "a=mid:%.*s\r\na=sctp-port:5000\r\na=max-message-size:262144\r\n", (int)n,
		  mid);
}

static void write_codec(struct sb *out, const struct load_source *s)
{
	const struct load_layer *l = &s->layers[0];

	sb_puts(out, s->video ? "a=rtpmap:96 VP8/90000\r\na=rtpmap:97 rtx/90000\r\n"
				"a=fmtp:97 apt=96\r\na=rtcp-fb:96 transport-cc\r\n"
				"a=rtcp-fb:96 nack\r\na=rtcp-fb:96 nack pli\r\n"
				"a=rtcp-fb:96 ccm fir\r\n"
			      : "a=rtpmap:111 opus/48000/2\r\na=fmtp:111 minptime=10\r\n"
				"a=rtcp-fb:111 transport-cc\r\n"
				"a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level\r\n");
	if (s->layer_count > 1)
		sb_printf(out,
			  "a=extmap:10 urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id\r\n"
			  "a=extmap:11 urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id"
			  "\r\n%s",
			  /* Janus takes the first for the largest */
			  s->owner->load->plan.kind == LOAD_JANUS
				  ? "a=rid:f send\r\na=rid:h send\r\na=rid:q send\r\n"
				    "a=simulcast:send f;h;q\r\n"
				  : "a=rid:q send\r\na=rid:h send\r\na=rid:f send\r\n"
				    "a=simulcast:send q;h;f\r\n");
	else if (s->video)
		sb_printf(out,
			  "a=ssrc:%u cname:load\r\na=ssrc:%u cname:load\r\n"
			  "a=ssrc-group:FID %u %u\r\n",
			  l->ssrc, l->rtx_ssrc, l->ssrc, l->rtx_ssrc);
	else
		sb_printf(out, "a=ssrc:%u cname:load\r\n", l->ssrc);
}

char *load_sdp_offer(struct load_participant *p)
{
	struct sb out = { 0 };
	char mids[32] = "";

	for (unsigned i = 0; i < p->source_count; i++)
		(void)snprintf(mids + strlen(mids), sizeof mids - strlen(mids), " %c",
			       p->sources[i].mid);
	write_head(&out, p->pub, mids);
	for (unsigned i = 0; i < p->source_count; i++) {
		const struct load_source *s = &p->sources[i];

		sb_printf(&out, "m=%s\r\n",
			  s->video ? "video 9 UDP/TLS/RTP/SAVPF 96 97"
				   : "audio 9 UDP/TLS/RTP/SAVPF 111");
		write_transport(&out, p->pub);
		sb_printf(&out,
			  "a=mid:%c\r\na=sendonly\r\na=rtcp-rsize\r\na=msid:load %s\r\n"
			  "a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid\r\na=extmap:3 "
			  "http://www.ietf.org/id/"
			  "draft-holmer-rmcat-transport-wide-cc-extensions-01\r\n",
			  s->mid, s->cid);
		write_codec(&out, s);
	}
	char *text = sb_steal(&out);
	if (!text)
		load_fail(p->load, "out of memory");
	return text;
}

/* The first UDP candidate of the description that may be used. */
static int find_candidate(const struct load *l, const char *text, struct sockaddr_storage *ret)
{
	for (const char *at = text; (at = strstr(at, "a=candidate:")); at++) {
		unsigned port, component;
		char protocol[8], ip[64];

		if (sscanf(at, "a=candidate:%*s %u %7s %*s %63s %u typ host", &component, protocol,
			   ip, &port) != 4 ||
		    component != 1 || (strcmp(protocol, "udp") && strcmp(protocol, "UDP")) ||
		    udp_address_parse(ip, (uint16_t)port, ret) < 0 ||
		    ret->ss_family != l->plan.server.ss_family)
			continue;
		return 0;
	}
	return -1;
}

bool load_is_loopback(const struct sockaddr_storage *a)
{
	const struct sockaddr_in *v4 = (const void *)a;
	const struct sockaddr_in6 *v6 = (const void *)a;

	return a->ss_family == AF_INET ? ntohl(v4->sin_addr.s_addr) >> 24 == 127
				       : IN6_IS_ADDR_LOOPBACK(&v6->sin6_addr);
}

static char *copy(struct sdp_text t)
{
	return strndup(t.at, t.n);
}

static int connect_to(struct load_peer *peer, const struct sdp_section *s, const char *text)
{
	struct load *l = peer->load;
	struct sockaddr_storage to;
	char fingerprint[96];

	if (!s->fingerprint.present || !s->ice_ufrag.n)
		return load_fail(l, "the server's description has no ICE or no SHA-256 "
				    "fingerprint");
	if (find_candidate(l, text, &to) < 0)
		return load_fail(l, "the server's description has no UDP candidate of the "
				    "signalling's address family: check its media address");
	if (!load_is_loopback(&to) && !l->plan.allow_remote)
		return load_fail(l, "the server's media address is not on this machine's "
				    "loopback: say --allow-remote if you may load it");
	autofree char *ufrag = copy(s->ice_ufrag), *pwd = copy(s->ice_pwd);
	if (!ufrag || !pwd)
		return load_fail(l, "out of memory");
	sdp_fingerprint_text(s->fingerprint.sha256, fingerprint);
	return load_peer_connect(peer,
				 &(struct transport_remote){
					 .ufrag = ufrag, .pwd = pwd, .fingerprint = fingerprint },
				 &to);
}

static int parse(struct load *l, const char *text)
{
	struct sdp_error error;

	if (sdp_parse(l->sdp, text, strlen(text), &error) != SDP_OK)
		return load_fail(l, "the server's description: %s", error.text);
	if (l->sdp->section_count == 0)
		return load_fail(l, "the server's description has no section");
	return 0;
}

int load_sdp_take_answer(struct load_participant *p, const char *answer)
{
	int r = parse(p->load, answer);

	for (size_t i = 0; r == 0 && i < p->load->sdp->section_count; i++) {
		if (p->load->sdp->sections[i].port == 0)
			r = load_fail(p->load, "the server refused a section of the offer");
	}
	return r < 0 ? r : connect_to(p->pub, &p->load->sdp->sections[0], answer);
}

static void expect(struct load_peer *peer, const struct sdp_section *s)
{
	const struct sdp_codec *rtx = sdp_find_rtx(s, s->codecs[0].payload_type);
	struct load_stream like = { .ssrc = s->ssrcs[0].ssrc,
				    .rtx_ssrc = sdp_rtx_ssrc(s, s->ssrcs[0].ssrc),
				    .payload_type = s->codecs[0].payload_type,
				    .rtx_payload_type = rtx ? rtx->payload_type : 0,
				    .video = s->kind == SDP_VIDEO };

	load_peer_expect(peer, &like);
}

static void answer_media(struct sb *out, struct load_peer *peer, const struct sdp_section *s)
{
	bool active = s->direction & SDP_SENDONLY;

	if (active && s->ssrc_count && s->codec_count)
		expect(peer, s);
	sb_printf(out, "m=%.*s 9 UDP/TLS/RTP/SAVPF %.*s\r\n", SDP_ARG(s->media),
		  SDP_ARG(s->formats));
	write_transport(out, peer);
	sb_printf(out, "a=mid:%.*s\r\na=%s\r\n", SDP_ARG(s->mid), active ? "recvonly" : "inactive");
	for (size_t k = 0; k < s->codec_count; k++) {
		const struct sdp_codec *c = &s->codecs[k];

		sb_printf(out, "a=rtpmap:%u %.*s/%u%s\r\n", c->payload_type, SDP_ARG(c->name),
			  c->clock_rate, c->channels > 1 ? "/2" : "");
		if (c->fmtp.n)
			sb_printf(out, "a=fmtp:%u %.*s\r\n", c->payload_type, SDP_ARG(c->fmtp));
		if (c->feedback & SDP_FB_NACK)
			sb_printf(out, "a=rtcp-fb:%u nack\r\n", c->payload_type);
		if (c->feedback & SDP_FB_NACK_PLI)
			sb_printf(out, "a=rtcp-fb:%u nack pli\r\n", c->payload_type);
		if (c->feedback & SDP_FB_TRANSPORT_CC)
			sb_printf(out, "a=rtcp-fb:%u transport-cc\r\n", c->payload_type);
	}
	for (size_t k = 0; k < s->extension_count; k++) {
		const struct sdp_extension *x = &s->extensions[k];

		if (x->kind != RTPEXT_MID && x->kind != RTPEXT_TRANSPORT_CC)
			continue;
		if (x->kind == RTPEXT_TRANSPORT_CC)
			peer->twcc_id = x->id;
		sb_printf(out, "a=extmap:%u %.*s\r\n", x->id, SDP_ARG(x->uri));
	}
}

char *load_sdp_answer(struct load_participant *p, const char *offer)
{
	struct load *l = p->load;
	struct load_peer *peer = p->sub;
	struct sb out = { 0 };
	char mids[2048];
	bool first = !transport_selected(&peer->transport);

	if (parse(l, offer) < 0)
		return NULL;
	(void)snprintf(mids, sizeof mids, " %.*s", SDP_ARG(l->sdp->bundle));
	write_head(&out, peer, mids);
	for (size_t i = 0; i < l->sdp->section_count; i++) {
		const struct sdp_section *s = &l->sdp->sections[i];

		if (s->kind != SDP_APPLICATION)
			answer_media(&out, peer, s);
		else
			write_data(&out, peer, s->mid.at, s->mid.n);
	}
	char *text = sb_steal(&out);
	if (!text)
		load_fail(l, "out of memory");
	if (text && first && !peer->transport.ice.current.remote_ufrag[0] &&
	    connect_to(peer, &l->sdp->sections[0], offer) < 0) {
		free(text);
		return NULL;
	}
	return text;
}
