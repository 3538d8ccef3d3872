/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Signalling to the bare reference server (bench/bare): one datagram each way. It forwards each
 * publisher's sound and the video that is named (of simulcast the largest) to everybody else. The
 * first publisher's video has the SSRC that a subscriber is told, its sound the next, and so on.
 *
 *	pub UFRAG PWD FINGERPRINT VIDEO-SSRC AUDIO-SSRC 0	▸	UFRAG PWD FINGERPRINT PORT - NUMBER TWCC-ID
 *	sub UFRAG PWD FINGERPRINT 0 0 OWN-NUMBER (or -1)	▸	UFRAG PWD FINGERPRINT PORT SSRC - TWCC-ID
 */
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "cli/load/load.h"
#include "crypt/cert.h"

struct answer {
	char ufrag[64], pwd[64], fingerprint[100];
	unsigned port, ssrc, twcc_id;
	int number;
};

static int open_bare(struct load *l)
{
	int *fd = malloc(sizeof *fd);

	l->signal_state = fd;
	if (!fd)
		return load_fail(l, "out of memory");
	*fd = socket(l->plan.server.ss_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (*fd < 0 ||
	    connect(*fd, (const void *)&l->plan.server, address_length(&l->plan.server)) < 0)
		return load_fail(l, "no socket to the bare server: %s", strerror(errno));
	return 0;
}

static unsigned ssrc_of(const struct load_participant *p, bool video)
{
	for (unsigned i = 0; i < p->source_count; i++) {
		const struct load_source *s = &p->sources[i];

		if (s->video == video)
			return s->layers[s->layer_count - 1].send.config.ssrc;
	}
	return 0;
}

static int ask(struct load *l, const struct load_peer *peer, struct answer *ret)
{
	const struct load_participant *p = peer->owner;
	const struct ice_credentials *c = transport_local(&peer->peer.transport);
	int fd = *(int *)l->signal_state;
	struct pollfd wait = { .fd = fd, .events = POLLIN };
	char text[512];

	int n = snprintf(text, sizeof text, "%s %s %s %s %u %u %d", peer->publishes ? "pub" : "sub",
			 c->ufrag, c->pwd, cert_fingerprint(l->certificate), ssrc_of(p, true),
			 ssrc_of(p, false), p->publisher ? (int)p->feed : -1);
	if (send(fd, text, (size_t)n, 0) < 0 || poll(&wait, 1, 2000) != 1)
		return load_fail(l, "the bare server does not answer");
	ssize_t got = recv(fd, text, sizeof text - 1, 0);
	if (got <= 0)
		return load_fail(l, "the bare server: %s", strerror(errno));
	text[got] = '\0';
	if (sscanf(text, "%63s %63s %99s %u %u %d %u", ret->ufrag, ret->pwd, ret->fingerprint,
		   &ret->port, &ret->ssrc, &ret->number, &ret->twcc_id) != 7)
		return load_fail(l, "the bare server refuses: %s", text);
	return 0;
}

static int connect_peer(struct load_participant *p, struct load_peer *peer)
{
	struct load *l = p->load;
	struct sockaddr_storage to = l->plan.server;
	struct answer answer;

	if (!peer || ask(l, peer, &answer) < 0)
		return -EIO;
	if (peer->publishes)
		p->feed = (uint64_t)answer.number;
	((struct sockaddr_in *)(void *)&to)->sin_port = htons((uint16_t)answer.port);
	peer->peer.ids[RTPEXT_TRANSPORT_CC] = (uint8_t)answer.twcc_id;
	for (unsigned i = 0; i < 2 * l->plan.publishers && !peer->publishes; i++) {
		bool video = i % 2 == 0;

		if ((!p->publisher || i / 2 != p->feed) && (video ? l->plan.video : l->plan.audio))
			load_peer_expect(peer, &(struct load_stream){ .ssrc = answer.ssrc + i,
								      .video = video });
	}
	if (transport_set_remote(&peer->peer.transport, l->now,
				 &(struct transport_remote){ .ufrag = answer.ufrag,
							     .pwd = answer.pwd,
							     .fingerprint = answer.fingerprint }) <
	    0)
		return load_fail(l, "the bare server's ICE or DTLS parameters are malformed");
	load_peer_connect(peer, &to);
	return 0;
}

static int join_bare(struct load_participant *p)
{
	struct load_peer *peer = load_peer_new(p, p->publisher);

	if (p->publisher)
		p->pub = peer;
	else
		p->sub = peer;
	return connect_peer(p, peer);
}

static int subscribe_bare(struct load_participant *p)
{
	p->sub = load_peer_new(p, false);
	return connect_peer(p, p->sub);
}

static void service_bare(struct load *l)
{
	(void)l; /* nothing comes unasked */
}

static void close_bare(struct load *l)
{
	int *fd = l->signal_state;

	if (fd && *fd >= 0)
		(void)close(*fd);
	free(fd);
	l->signal_state = NULL;
}

const struct load_signal load_bare = { .open = open_bare,
				       .join = join_bare,
				       .subscribe = subscribe_bare,
				       .service = service_bare,
				       .close = close_bare };
