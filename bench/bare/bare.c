/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The bare reference server: what a forwarder cannot do without. Receive, unprotect, and for each
 * subscriber rewrite the header, protect and send with GSO, on our own transport and sockets. No
 * signalling to speak of, no caches, no feedback, no estimation, no timers but ICE's; of simulcast the
 * layer that the publisher names goes to everybody. An SFU is measured against it with the same
 * loader (confab load --kind bare).
 *
 * usage: bench_bare CONTROL-PORT MEDIA-PORT [ADDRESS]
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/address.h"
#include "base/clock.h"
#include "crypt/cert.h"
#include "media/peer/transport.h"
#include "net/udp.h"
#include "wire/rtp.h"
#include "wire/rtpext.h"

enum {
	PEERS = 2048,
	SLOTS = 8192, /* of the address table; a power of two */
	STREAMS = 2,  /* of each publisher: video and audio */
	TWCC = 3,
	PACKETS = UDP_BATCH,
	PACKET = 1500,
	TICK_US = 100 * 1000,
};

struct peer {
	struct transport transport;
	bool publishes;
	int number; /* of the publisher, or of whom a subscriber is the other half; -1 = nobody's */
	uint32_t ssrcs[STREAMS]; /* publisher: what is passed on */
	uint32_t first_ssrc;	 /* subscriber: of the first publisher's video; the others follow */
	uint16_t transport_sequence;
};

/* A packet received, plain. */
struct packet {
	struct rtp_header header;
	int publisher;
	uint32_t stream;
};

struct server {
	struct rng rng;
	struct cert *certificate;
	struct dtls_context *dtls[8];
	struct outbox outbox;
	struct udp control, media;
	struct sockaddr_storage address;
	struct peer *peers[PEERS];
	size_t count;
	int publishers;
	struct {
		struct sockaddr_storage address;
		struct peer *peer;
	} slots[SLOTS];
	struct packet packets[PACKETS];
	size_t packet_count;
	uint64_t now;
};

static struct peer **find_slot(struct server *s, const struct sockaddr_storage *a, bool make)
{
	size_t i = address_hash(a, 0) & (SLOTS - 1);

	while (s->slots[i].peer && !address_equal(&s->slots[i].address, a))
		i = (i + 1) & (SLOTS - 1);
	if (make)
		s->slots[i].address = *a;
	return &s->slots[i].peer;
}

static struct peer *find_by_ufrag(const struct server *s, const uint8_t *bytes, size_t n)
{
	char ufrag[ICE_LOCAL_UFRAG + 1];

	if (!transport_ufrag_of(bytes, n, ufrag))
		return NULL;
	for (size_t i = 0; i < s->count; i++) {
		if (transport_has_ufrag(&s->peers[i]->transport, ufrag))
			return s->peers[i];
	}
	return NULL;
}

static void send_outbox(struct server *s)
{
	for (const struct outbox_datagram *d; (d = outbox_take(&s->outbox));)
		udp_put(&s->media, &d->to.address, d->bytes, d->length);
}

/* ---- joining: bare.c of the loader is the other end ---- */

static void join(struct server *s, const struct udp_datagram *in)
{
	char kind[8], ufrag[64], pwd[64], fingerprint[100], text[512];
	unsigned video, audio;
	int own;
	struct peer *p = s->count < PEERS ? calloc(1, sizeof *p) : NULL;

	(void)snprintf(text, sizeof text, "%.*s", (int)in->length, (const char *)in->bytes);
	if (!p || sscanf(text, "%7s %63s %63s %99s %u %u %d", kind, ufrag, pwd, fingerprint, &video,
			 &audio, &own) != 7) {
		free(p);
		return;
	}
	p->publishes = strcmp(kind, "pub") == 0;
	p->number = p->publishes ? s->publishers++ : own;
	p->ssrcs[0] = video;
	p->ssrcs[1] = audio;
	p->first_ssrc = rng_u32(&s->rng);
	transport_init(&p->transport, &(struct transport_config){ .rng = &s->rng,
								  .outbox = &s->outbox,
								  .dtls = s->dtls[s->count % 8] });
	if (transport_set_remote(&p->transport, s->now,
				 &(struct transport_remote){ ufrag, pwd, fingerprint }) < 0) {
		transport_fini(&p->transport);
		free(p);
		return;
	}
	s->peers[s->count++] = p;

	const struct ice_credentials *c = transport_local(&p->transport);
	int n = snprintf(text, sizeof text, "%s %s %s %u %u %d %u", c->ufrag, c->pwd,
			 cert_fingerprint(s->certificate),
			 ntohs(((const struct sockaddr_in *)(const void *)&s->address)->sin_port),
			 p->first_ssrc, p->number, TWCC);
	udp_put(&s->control, in->from, (const uint8_t *)text, (size_t)n);
}

/* ---- media ---- */

static void send_packet(struct server *s, struct peer *p, const struct packet *packet,
			const struct path *to)
{
	const struct rtp_header *h = &packet->header;
	uint8_t header[64], out[PACKET];
	struct wr w = wr_of(header, sizeof header);
	struct rtp_header rewritten = {
		.marker = h->marker,
		.payload_type = h->payload_type,
		.seq = h->seq,
		.timestamp = h->timestamp,
		.ssrc = p->first_ssrc + STREAMS * (uint32_t)packet->publisher + packet->stream
	};

	rtp_write(&w, &rewritten);
	struct rtpext_wr x = rtpext_begin(&w);
	rtpext_add_u16(&x, TWCC, p->transport_sequence++);
	rtpext_end(&x);

	struct srtp_job job = { .srtp = transport_srtp(&p->transport),
				.header = header,
				.header_length = wr_len(&w),
				.payload = h->payload,
				.payload_length = h->payload_length,
				.out = out,
				.capacity = sizeof out };
	srtp_protect_rtp(&job, 1);
	if (job.ret_result == 0)
		udp_put(&s->media, &to->address, out, job.ret_length);
}

static void forward(struct server *s)
{
	for (size_t i = 0; i < s->count && s->packet_count; i++) {
		struct peer *p = s->peers[i];
		const struct path *to = transport_selected(&p->transport);

		if (p->publishes || !to || !transport_may_send(&p->transport, s->now))
			continue;
		for (size_t k = 0; k < s->packet_count; k++) {
			if (s->packets[k].publisher != p->number)
				send_packet(s, p, &s->packets[k], to);
		}
	}
	s->packet_count = 0;
}

static void keep(struct server *s, const struct peer *p, const uint8_t *bytes, size_t n)
{
	struct packet *packet = &s->packets[s->packet_count];

	if (!rtp_parse(&packet->header, bytes, n))
		return;
	packet->publisher = p->number;
	for (packet->stream = 0; packet->stream < STREAMS; packet->stream++) {
		if (packet->header.ssrc == p->ssrcs[packet->stream]) {
			s->packet_count++;
			return;
		}
	}
}

static void take(struct server *s, const struct udp_datagram *in)
{
	struct peer *p = transport_is_stun(in->bytes, in->length)
				 ? find_by_ufrag(s, in->bytes, in->length)
				 : *find_slot(s, in->from, false);
	const struct path from = path_udp(in->from);
	struct transport_in got;

	if (!p)
		return;
	(void)transport_rx(&p->transport, s->now, &from, in->bytes, in->length, &got);
	if (got.ice.learned)
		*find_slot(s, in->from, true) = p;
	if (got.kind == TRANSPORT_IN_RTP && p->publishes)
		keep(s, p, got.bytes, got.length);
}

static void receive_media(struct server *s)
{
	struct udp_datagram in[UDP_BATCH];
	int n;

	do {
		n = udp_receive(&s->media, in);
		for (int i = 0; i < n; i++)
			take(s, &in[i]);
		forward(s);
		send_outbox(s);
	} while (n == UDP_BATCH);
	udp_flush(&s->media);
}

static void receive_control(struct server *s)
{
	struct udp_datagram in[UDP_BATCH];
	int n = udp_receive(&s->control, in);

	for (int i = 0; i < n; i++)
		join(s, &in[i]);
	udp_flush(&s->control);
}

static void tick(struct server *s)
{
	for (size_t i = 0; i < s->count; i++) {
		(void)transport_tick(&s->peers[i]->transport, s->now);
		send_outbox(s);
	}
	udp_flush(&s->media);
}

static int open_server(struct server *s, char **argv, const char *ip)
{
	struct sockaddr_storage control;
	char error[200] = "out of memory";
	int r = cert_new(&s->certificate);

	rng_seeded(&s->rng, clock_wall_us());
	outbox_init(&s->outbox);
	for (int i = 0; i < 8 && r == 0; i++)
		r = dtls_context_new(&s->dtls[i], s->certificate);
	if (r == 0 && (udp_address_parse(ip, (uint16_t)atoi(argv[1]), &control) < 0 ||
		       udp_address_parse(ip, (uint16_t)atoi(argv[2]), &s->address) < 0))
		r = -EINVAL;
	if (r == 0)
		r = udp_init(&s->control, &control, error, sizeof error);
	if (r == 0)
		r = udp_init(&s->media, &s->address, error, sizeof error);
	if (r < 0)
		fprintf(stderr, "bench_bare: %s\n", error);
	return r;
}

int main(int argc, char **argv)
{
	static struct server s;
	uint64_t next_tick = 0;

	if (argc < 3) {
		fprintf(stderr, "usage: bench_bare CONTROL-PORT MEDIA-PORT [ADDRESS]\n");
		return 2;
	}
	if (open_server(&s, argv, argc > 3 ? argv[3] : "127.0.0.1") < 0)
		return 1;
	for (;;) {
		struct pollfd fds[2] = { { .fd = s.control.fd, .events = POLLIN },
					 { .fd = s.media.fd, .events = POLLIN } };

		(void)poll(fds, 2, TICK_US / 1000);
		s.now = clock_now_us();
		if (fds[0].revents)
			receive_control(&s);
		if (fds[1].revents)
			receive_media(&s);
		if (s.now >= next_tick) {
			next_tick = s.now + TICK_US;
			tick(&s);
		}
	}
}
