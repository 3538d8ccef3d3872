/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Signalling to the bare reference server (bench/bare): one datagram each way. It forwards the
 * publisher's video to everybody else.
 *
 *	pub|sub UFRAG PWD FINGERPRINT	▸	UFRAG PWD FINGERPRINT PORT SSRC TWCC-ID
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
	unsigned port, ssrc[2], twcc_id;
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

static int ask(struct load *l, const struct load_peer *peer, struct answer *ret)
{
	const struct ice_credentials *c = transport_local(&peer->peer.transport);
	int fd = *(int *)l->signal_state;
	struct pollfd wait = { .fd = fd, .events = POLLIN };
	char text[512];

	int n = snprintf(text, sizeof text, "%s %s %s %s", peer->publishes ? "pub" : "sub",
			 c->ufrag, c->pwd, cert_fingerprint(l->certificate));
	if (send(fd, text, (size_t)n, 0) < 0 || poll(&wait, 1, 2000) != 1)
		return load_fail(l, "the bare server does not answer");
	ssize_t got = recv(fd, text, sizeof text - 1, 0);
	if (got <= 0)
		return load_fail(l, "the bare server: %s", strerror(errno));
	text[got] = '\0';
	if (sscanf(text, "%63s %63s %99s %u %u %u %u", ret->ufrag, ret->pwd, ret->fingerprint,
		   &ret->port, &ret->ssrc[0], &ret->ssrc[1], &ret->twcc_id) != 7)
		return load_fail(l, "the bare server refuses: %s", text);
	return 0;
}

static int join_bare(struct load_participant *p)
{
	struct load *l = p->load;
	struct sockaddr_storage to = l->plan.server;
	struct answer answer;
	struct load_peer *peer = load_peer_new(p, p->publisher);

	if (p->publisher)
		p->pub = peer;
	else
		p->sub = peer;
	if (!peer || ask(l, peer, &answer) < 0)
		return -EIO;
	((struct sockaddr_in *)(void *)&to)->sin_port = htons((uint16_t)answer.port);
	peer->peer.ids[RTPEXT_TRANSPORT_CC] = (uint8_t)answer.twcc_id;
	for (int i = 0; i < 2 && !p->publisher; i++)
		load_peer_expect(peer,
				 &(struct load_stream){ .ssrc = answer.ssrc[i], .video = i == 0 });
	if (transport_set_remote(&peer->peer.transport, l->now,
				 &(struct transport_remote){ .ufrag = answer.ufrag,
							     .pwd = answer.pwd,
							     .fingerprint = answer.fingerprint }) <
	    0)
		return load_fail(l, "the bare server's ICE or DTLS parameters are malformed");
	load_peer_connect(peer, &to);
	return 0;
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

const struct load_signal load_bare = {
	.open = open_bare, .join = join_bare, .service = service_bare, .close = close_bare
};
