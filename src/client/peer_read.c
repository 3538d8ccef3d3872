/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a client takes of a server's descriptions (its own: peer_sdp.c): the transport, from the first section that has
 * one, since all is bundled, candidates, and the numbers of header extensions.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "client/peer.h"
#include "wire/candidate.h"

static int refuse(char *ret_error, const char *text)
{
	(void)snprintf(ret_error, PEER_ERROR, "%s", text);
	return -EINVAL;
}

bool peer_text(char *ret, size_t capacity, struct sdp_text t)
{
	size_t n = t.n < capacity ? t.n : capacity - 1;

	if (n)
		memcpy(ret, t.at, n);
	ret[n] = '\0';
	return n == t.n && n > 0;
}

static const struct sdp_section *transport_section(const struct sdp *sdp)
{
	for (size_t i = 0; i < sdp->section_count; i++) {
		const struct sdp_section *s = &sdp->sections[i];

		if ((s->port || s->bundle_only) && s->ice_ufrag.n && s->fingerprint.present)
			return s;
	}
	return NULL;
}

/* Which part of DTLS is ours (RFC 5763 5, RFC 8842 5). */
static bool read_setup(const struct peer *p, const struct sdp_section *s, bool *ret_client)
{
	if (p->role == PEER_SUBSCRIBER && s->setup == SDP_SETUP_ACTPASS) {
		*ret_client = p->described ? p->transport.dtls_client : true;
		return true;
	}
	*ret_client = s->setup != SDP_SETUP_ACTIVE;
	return s->setup == SDP_SETUP_ACTIVE || s->setup == SDP_SETUP_PASSIVE ||
	       s->setup == SDP_SETUP_NONE;
}

static void connect_candidates(struct peer *p, uint64_t now, const char *text, size_t n)
{
	struct candidate list[ICE_CANDIDATES];
	size_t count = candidate_list(text, n, list, ICE_CANDIDATES);

	for (size_t i = 0; i < count; i++) {
		struct path to = path_udp(&list[i].address);

		transport_connect(&p->transport, now, &to);
	}
}

static int take_transport(struct peer *p, uint64_t now, const struct sdp *sdp,
			  const struct sdp_section *s, char *ret_error)
{
	char ufrag[ICE_UFRAG_MAX + 1], pwd[ICE_PWD_MAX + 1], fingerprint[96];
	bool dtls_client, restart;

	if (!read_setup(p, s, &dtls_client))
		return refuse(ret_error, "a=setup is neither active nor passive");
	if (p->described && dtls_client != p->transport.dtls_client)
		return refuse(ret_error, "a=setup changed its role; a new connection is needed");
	if (!peer_text(ufrag, sizeof ufrag, s->ice_ufrag) ||
	    !peer_text(pwd, sizeof pwd, s->ice_pwd))
		return refuse(ret_error, "a=ice-ufrag or a=ice-pwd is missing or too long");
	sdp_fingerprint_text(s->fingerprint.sha256, fingerprint);

	restart = transport_is_restart(&p->transport, ufrag);
	if (!p->described)
		transport_set_roles(&p->transport, sdp->ice_lite || p->role == PEER_PUBLISHER,
				    dtls_client);
	const struct transport_remote remote = { .ufrag = ufrag,
						 .pwd = pwd,
						 .fingerprint = fingerprint };
	if (restart)
		transport_restart_ice(&p->transport, now);
	int r = transport_set_remote(&p->transport, now, &remote);
	if (r == -EACCES)
		return refuse(ret_error, "a=fingerprint changed; a new connection is needed");
	if (r < 0)
		return refuse(ret_error, "a=ice-ufrag, a=ice-pwd or a=fingerprint is malformed");
	p->described = true;
	return 0;
}

static void take_extensions(struct peer *p, const struct sdp *sdp)
{
	memset(p->ids, 0, sizeof p->ids);
	for (size_t i = 0; i < sdp->section_count; i++) {
		const struct sdp_section *s = &sdp->sections[i];

		for (size_t k = 0; k < s->extension_count; k++) {
			const struct sdp_extension *x = &s->extensions[k];

			if (x->kind && x->id <= 14 && !p->ids[x->kind])
				p->ids[x->kind] = x->id;
		}
	}
	if (p->role == PEER_PUBLISHER)
		return;
	/* Of a server's offer: what we can make use of. */
	for (int kind = 0; kind < RTPEXT_KINDS; kind++) {
		if (kind != RTPEXT_MID && kind != RTPEXT_AUDIO_LEVEL &&
		    kind != RTPEXT_VIDEO_ORIENTATION &&
		    (kind != RTPEXT_TRANSPORT_CC || p->no_transport_cc))
			p->ids[kind] = 0;
	}
}

static int read_description(struct peer *p, uint64_t now, struct sdp *sdp, const char *text,
			    size_t n, char *ret_error)
{
	struct sdp_error error;

	if (sdp_parse(sdp, text, n, &error) != SDP_OK)
		return refuse(ret_error, error.text);
	const struct sdp_section *s = transport_section(sdp);
	if (!s)
		return refuse(ret_error, "no section has a=ice-ufrag and a=fingerprint:sha-256");
	int r = take_transport(p, now, sdp, s, ret_error);
	if (r < 0)
		return r;
	take_extensions(p, sdp);
	if (!p->no_candidates)
		connect_candidates(p, now, text, n);
	return 0;
}

int peer_read_answer(struct peer *p, uint64_t now, struct sdp *sdp, const char *text, size_t n,
		     char *ret_error)
{
	return read_description(p, now, sdp, text, n, ret_error);
}

int peer_read_offer(struct peer *p, uint64_t now, struct sdp *sdp, const char *text, size_t n,
		    char *ret_error)
{
	return read_description(p, now, sdp, text, n, ret_error);
}

bool peer_is_accepted(const struct sdp_section *answer)
{
	return (answer->port != 0 || answer->bundle_only) && (answer->direction & SDP_RECVONLY) &&
	       answer->codec_count > 0;
}

bool peer_add_candidate(struct peer *p, uint64_t now, const char *text, size_t n)
{
	struct candidate c;

	if (!candidate_parse(&c, text, n) || p->checks.count == ICE_CANDIDATES)
		return false;
	struct path to = path_udp(&c.address);
	transport_connect(&p->transport, now, &to);
	return true;
}

void peer_restart(struct peer *p, uint64_t now)
{
	transport_restart_ice(&p->transport, now);
}
