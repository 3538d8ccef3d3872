/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Descriptions are client/peer_sdp.c's. What the load generator adds: it sends to one candidate only,
 * of the signalling's address family, and to none on another machine unless told so.
 */
#include <arpa/inet.h>
#include <string.h>

#include "cli/load/load.h"
#include "wire/candidate.h"

char *load_sdp_offer(struct load_participant *p)
{
	struct peer_track tracks[SOURCES];

	for (unsigned i = 0; i < p->source_count; i++) {
		const struct load_source *s = &p->sources[i];

		tracks[i] = (struct peer_track){ .codec = s->video ? MEDIA_VP8 : MEDIA_OPUS,
						 .active = true,
						 .stream = "load",
						 .track = s->cid,
						 .layer_count = (uint8_t)s->layer_count };
		for (unsigned k = 0; k < s->layer_count; k++)
			tracks[i].layers[k] = (struct peer_layer){
				.ssrc = s->layers[k].send.config.ssrc,
				.rtx_ssrc = s->layers[k].send.config.rtx_ssrc
			};
	}
	char *text = peer_write_offer(&p->pub->peer, tracks, p->source_count);
	if (!text)
		load_fail(p->load, "out of memory");
	return text;
}

bool load_is_loopback(const struct sockaddr_storage *a)
{
	const struct sockaddr_in *v4 = (const void *)a;
	const struct sockaddr_in6 *v6 = (const void *)a;

	return a->ss_family == AF_INET ? ntohl(v4->sin_addr.s_addr) >> 24 == 127
				       : IN6_IS_ADDR_LOOPBACK(&v6->sin6_addr);
}

/* The first candidate of the description that may be used. */
static int connect_to(struct load_peer *peer, const char *text)
{
	struct candidate list[ICE_CANDIDATES];
	size_t n = candidate_list(text, strlen(text), list, ICE_CANDIDATES), i = 0;
	struct load *l = peer->load;

	while (i < n && list[i].address.ss_family != l->plan.server.ss_family)
		i++;
	if (i == n)
		return load_fail(l, "the server's description has no UDP candidate of the "
				    "signalling's address family: check its media address");
	if (!load_is_loopback(&list[i].address) && !l->plan.allow_remote)
		return load_fail(l, "the server's media address is not on this machine's "
				    "loopback: say --allow-remote if you may load it");
	load_peer_connect(peer, &list[i].address);
	return 0;
}

int load_sdp_take_answer(struct load_participant *p, const char *answer)
{
	struct load *l = p->load;
	char error[PEER_ERROR];

	if (peer_read_answer(&p->pub->peer, l->now, l->sdp, answer, strlen(answer), error) < 0)
		return load_fail(l, "the server's answer: %s", error);
	for (size_t i = 0; i < l->sdp->section_count; i++) {
		if (!peer_is_accepted(&l->sdp->sections[i]))
			return load_fail(l, "the server refused a section of the offer");
	}
	return connect_to(p->pub, answer);
}

char *load_sdp_answer(struct load_participant *p, const char *offer)
{
	struct load *l = p->load;
	struct load_peer *peer = p->sub;
	bool first = !peer->peer.described;
	struct peer_stream stream;
	char error[PEER_ERROR];

	if (peer_read_offer(&peer->peer, l->now, l->sdp, offer, strlen(offer), error) < 0) {
		load_fail(l, "the server's offer: %s", error);
		return NULL;
	}
	for (size_t i = 0; i < l->sdp->section_count; i++) {
		if (peer_stream_of(&stream, &l->sdp->sections[i]) && stream.ssrc)
			load_peer_expect(peer, &(struct load_stream){ .ssrc = stream.ssrc,
								      .rtx_ssrc = stream.rtx_ssrc,
								      .video = media_codec_is_video(
									      stream.codec) });
	}
	autofree char *text = peer_write_answer(&peer->peer, l->sdp);
	if (!text)
		load_fail(l, "out of memory");
	return text && (!first || connect_to(peer, offer) == 0) ? steal(text) : NULL;
}
