/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One peer connection of the load generator: its socket, and the RTCP of a browser. Streams are not
 * put together to frames (client/receive.h): nobody looks at the pictures, and that cost is the
 * loader's, not the server's.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "cli/load/load.h"
#include "crypt/cert.h"
#include "wire/rtcp.h"
#include "wire/rtp.h"
#include "wire/rtpext.h"

enum {
	BATCH = 32,
	SLOT = 2048,
	RECEIVE_BUFFER = 2 << 20,
	TICK_US = 10 * 1000,
	REPORT_US = 1000 * 1000,
	SETTLED_US = 3000 * 1000,
	AUDIO_RATE = 48000,
	VIDEO_RATE = 90000,
};

/* Sends what the transport has to say: STUN and DTLS, and in it data channels. */
static void flush(struct load_peer *peer)
{
	uint8_t datagram[PEER_DATAGRAM];
	size_t n;

	while (peer->peer.channels.sctp &&
	       (n = peer_next_data(&peer->peer, peer->load->now, datagram)))
		load_peer_out(peer, datagram, n);
	for (const struct outbox_datagram *d; (d = outbox_take(&peer->load->outbox));)
		(void)sendto(peer->fd, d->bytes, d->length, MSG_DONTWAIT,
			     (const void *)&d->to.address, address_length(&d->to.address));
}

static int open_socket(struct load *l, struct load_peer *peer)
{
	struct sockaddr_storage any = { .ss_family = l->plan.server.ss_family };
	const int on = 1, bytes = RECEIVE_BUFFER;

	peer->fd = socket(any.ss_family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (peer->fd < 0)
		return -errno;
	if (setsockopt(peer->fd, SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof bytes) < 0)
		(void)setsockopt(peer->fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes);
	if (setsockopt(peer->fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on) < 0 ||
	    bind(peer->fd, (const void *)&any, address_length(&any)) < 0 ||
	    epoll_ctl(l->epoll, EPOLL_CTL_ADD, peer->fd,
		      &(struct epoll_event){ .events = EPOLLIN, .data.ptr = peer }) < 0)
		return -errno;
	return 0;
}

struct load_peer *load_peer_new(struct load_participant *p, bool publishes)
{
	struct load *l = p->load;
	struct load_peer *peer = calloc(1, sizeof *peer);
	int r = peer ? 0 : -ENOMEM;

	if (r == 0) {
		*peer = (struct load_peer){
			.load = l, .owner = p, .publishes = publishes, .fd = -1
		};
		peer->rtcp_ssrc = rng_u32(&l->rng) | 1;
		peer->next_report = l->now + rng_u32(&l->rng) % REPORT_US;
		peer_init(&peer->peer, &(struct peer_config){
					       .rng = &l->rng,
					       .outbox = &l->outbox,
					       .dtls = l->dtls[l->peer_count % LOAD_CONTEXTS],
					       .fingerprint = cert_fingerprint(l->certificate),
					       .role = publishes ? PEER_PUBLISHER : PEER_SUBSCRIBER,
					       .data = !publishes && l->plan.data,
					       .active = true,
					       .largest_first = l->plan.kind == LOAD_JANUS,
					       .no_candidates = true });
		if (!publishes)
			peer->twcc = calloc(1, sizeof *peer->twcc);
		r = publishes || peer->twcc ? open_socket(l, peer) : -ENOMEM;
	}
	if (r < 0) {
		load_fail(l, "no socket for another peer connection: %s", strerror(-r));
		return load_peer_free(peer);
	}
	if (peer->twcc)
		twcc_recv_init(peer->twcc);
	l->peer_count++;
	return peer;
}

struct load_peer *load_peer_free(struct load_peer *peer)
{
	if (!peer)
		return NULL;
	peer_close(&peer->peer);
	if (peer->fd >= 0) {
		flush(peer);
		(void)close(peer->fd);
	}
	peer_fini(&peer->peer);
	for (size_t i = 0; i < peer->stream_count; i++)
		free(peer->streams[i]);
	free(peer->streams);
	free(peer->twcc);
	free(peer);
	return NULL;
}

void load_peer_connect(struct load_peer *peer, const struct sockaddr_storage *to)
{
	peer->server = path_udp(to);
	transport_connect(&peer->peer.transport, peer->load->now, &peer->server);
	load_peer_tick(peer);
}

void load_peer_expect(struct load_peer *peer, const struct load_stream *like)
{
	for (size_t i = 0; i < peer->stream_count; i++) {
		if (peer->streams[i]->ssrc == like->ssrc)
			return;
	}
	struct load_stream **list = realloc(peer->streams, (peer->stream_count + 1) *
								   sizeof(struct load_stream *));
	struct load_stream *s = list ? malloc(sizeof *s) : NULL;
	if (list)
		peer->streams = list;
	if (!s) {
		load_fail(peer->load, "out of memory");
		return;
	}
	*s = *like;
	up_init(&s->up, &(struct up_config){ .ssrc = s->ssrc,
					     .clock_rate = s->video ? VIDEO_RATE : AUDIO_RATE,
					     .codec = s->video ? MEDIA_VP8 : MEDIA_OPUS,
					     .nack = s->video });
	peer->streams[peer->stream_count++] = s;
}

void load_peer_out(void *arg, const uint8_t *datagram, size_t n)
{
	struct load_peer *peer = arg;
	const struct path *to = peer_address(&peer->peer);

	if (to)
		(void)sendto(peer->fd, datagram, n, MSG_DONTWAIT, (const void *)&to->address,
			     address_length(&to->address));
}

void load_peer_send_rtcp(struct load_peer *peer, const uint8_t *packet, size_t n)
{
	uint8_t out[LOAD_DATAGRAM];
	int length = peer_protect_rtcp(&peer->peer, packet, n, out, sizeof out);

	if (length > 0)
		load_peer_out(peer, out, (size_t)length);
}

/* ---- what comes in ---- */

static struct load_stream *find_stream(const struct load_peer *peer, uint32_t ssrc, bool *ret_rtx)
{
	for (size_t i = 0; i < peer->stream_count; i++) {
		struct load_stream *s = peer->streams[i];

		*ret_rtx = s->rtx_ssrc && s->rtx_ssrc == ssrc;
		if (s->ssrc == ssrc || *ret_rtx)
			return s;
	}
	return NULL;
}

static void first_media(struct load_peer *peer)
{
	struct load *l = peer->load;

	peer->media_at = l->now;
	if (peer->owner->started)
		histogram_add(&l->figures.join, l->now - peer->owner->started);
}

static void count_packet(struct load_peer *peer, const struct load_stream *s,
			 const struct media_packet *m, size_t wire_bytes, uint64_t wall_us)
{
	struct figures *f = &peer->load->figures;
	uint64_t stamp = load_source_stamp(m, s->video);

	f->received++;
	f->bytes += wire_bytes;
	f->retransmitted += (m->flags & MEDIA_RECOVERED) != 0;
	if (!stamp || m->flags & MEDIA_RECOVERED)
		return;
	histogram_add(&f->delay, wall_us > stamp ? wall_us - stamp : 0);
	if (!s->video)
		histogram_add(&f->audio_delay, wall_us > stamp ? wall_us - stamp : 0);
}

/* Those who are there while others come; not what newcomers get, which is paced until their path is known. */
static void count_joining(struct load_peer *peer, const struct load_stream *s,
			  const struct media_packet *m, uint64_t wall_us)
{
	struct figures *f = &peer->load->figures;
	uint64_t stamp = load_source_stamp(m, s->video);

	f->joining_packets++;
	if (stamp && !(m->flags & MEDIA_RECOVERED) &&
	    peer->load->now >= peer->media_at + SETTLED_US)
		histogram_add(&f->joining_delay, wall_us > stamp ? wall_us - stamp : 0);
}

static void take_rtp(struct load_peer *peer, const struct transport_in *in, size_t wire_bytes,
		     uint64_t arrival, uint64_t wall_us)
{
	struct rtpext_map map = { 0 };
	struct media_packet m = { 0 };
	struct rtp_header h;
	struct rtpext x;
	bool rtx;

	if (!rtp_parse(&h, in->bytes, in->length))
		return;
	if (rtpext_map_set(&map, peer->peer.ids[RTPEXT_TRANSPORT_CC], RTPEXT_TRANSPORT_CC)) {
		rtpext_parse(&x, &map, &h);
		if (x.has_transport_seq)
			twcc_recv_rx(peer->twcc, arrival, x.transport_seq, h.ssrc);
	}
	struct load_stream *s = find_stream(peer, h.ssrc, &rtx);
	if (!s)
		return;
	enum up_verdict v = rtx ? up_rx_rtx(&s->up, arrival, &h, NULL, &m)
				: up_rx(&s->up, arrival, &h, NULL, &m);
	if (v != UP_OK || !m.length)
		return;
	if (!peer->media_at)
		first_media(peer);
	if (peer->load->measuring)
		count_packet(peer, s, &m, wire_bytes, wall_us);
	else if (peer->load->joining)
		count_joining(peer, s, &m, wall_us);
}

static void take_rtcp(struct load_peer *peer, const struct transport_in *in)
{
	struct rtcp_iter it;
	struct rtcp_sr sr;
	bool rtx;

	if (peer->publishes) {
		load_source_rtcp(peer->owner, in->bytes, in->length);
		return;
	}
	if (!rtcp_iter_init(&it, in->bytes, in->length))
		return;
	for (struct rtcp_packet p; rtcp_next(&it, &p);) {
		struct load_stream *s = rtcp_parse_sr(&sr, &p) ? find_stream(peer, sr.ssrc, &rtx)
							       : NULL;

		if (s)
			up_sender_report(&s->up, peer->load->now, sr.ntp, sr.rtp_timestamp);
	}
}

/* The kernel's time of arrival: what this process takes to come round to it is not the server's. */
static uint64_t stamp_of(struct msghdr *header)
{
	for (struct cmsghdr *c = CMSG_FIRSTHDR(header); c; c = CMSG_NXTHDR(header, c)) {
		struct timespec t;

		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SO_TIMESTAMPNS)
			continue;
		memcpy(&t, CMSG_DATA(c), sizeof t);
		return (uint64_t)t.tv_sec * US_PER_S + (uint64_t)t.tv_nsec / 1000;
	}
	return clock_wall_us();
}

/* Data channels are open, and silent. */
static void drop_messages(struct load_peer *peer)
{
	struct channels_message unused;

	while (peer->peer.channels.sctp && peer_next_message(&peer->peer, &unused))
		;
}

static void take_datagram(struct load_peer *peer, uint8_t *bytes, size_t n, uint64_t wall_us,
			  uint64_t wall_now)
{
	struct load *l = peer->load;
	uint64_t age = wall_now > wall_us ? wall_now - wall_us : 0;
	struct transport_in in;

	enum verdict v = peer_rx(&peer->peer, l->now, &peer->server, bytes, n, &in);
	if (v == V_DROP_AUTH && l->measuring)
		l->figures.bad++;
	if (in.kind == TRANSPORT_IN_RTP && !peer->publishes)
		take_rtp(peer, &in, n, l->now - age, wall_us);
	else if (in.kind == TRANSPORT_IN_RTCP)
		take_rtcp(peer, &in);
	else if (in.kind == TRANSPORT_IN_NOTHING)
		drop_messages(peer);
	if (!peer->connected && peer_state(&peer->peer) == TRANSPORT_CONNECTED) {
		peer->connected = true;
		l->connected++;
	}
}

void load_peer_receive(struct load_peer *peer)
{
	static struct {
		struct mmsghdr headers[BATCH];
		struct iovec vectors[BATCH];
		struct {
			_Alignas(struct cmsghdr) uint8_t bytes[64];
		} control[BATCH];
		uint8_t bytes[BATCH][SLOT];
	} slots;
	int n;

	do {
		for (size_t i = 0; i < BATCH; i++) {
			slots.vectors[i] = (struct iovec){ slots.bytes[i], SLOT };
			slots.headers[i].msg_hdr = (struct msghdr){
				.msg_iov = &slots.vectors[i],
				.msg_iovlen = 1,
				.msg_control = slots.control[i].bytes,
				.msg_controllen = sizeof slots.control[i].bytes
			};
		}
		n = recvmmsg(peer->fd, slots.headers, BATCH, MSG_DONTWAIT, NULL);
		uint64_t wall_now = clock_wall_us();
		for (int i = 0; i < n; i++)
			take_datagram(peer, slots.bytes[i], slots.headers[i].msg_len,
				      stamp_of(&slots.headers[i].msg_hdr), wall_now);
	} while (n == BATCH);
	flush(peer);
}

/* ---- what goes out in time ---- */

static void send_feedback(struct load_peer *peer)
{
	uint8_t bytes[1200];
	struct wr w = wr_of(bytes, sizeof bytes);
	struct load *l = peer->load;

	while (peer->peer.ids[RTPEXT_TRANSPORT_CC] && twcc_recv_deadline(peer->twcc) <= l->now &&
	       twcc_recv_write(peer->twcc, l->now, peer->rtcp_ssrc, &w)) {
		load_peer_send_rtcp(peer, bytes, wr_len(&w));
		l->figures.feedbacks += l->measuring;
		w = wr_of(bytes, sizeof bytes);
	}
}

static void send_requests(struct load_peer *peer, struct load_stream *s)
{
	struct load *l = peer->load;
	uint8_t bytes[1200];
	uint16_t missing[128];
	struct wr w = wr_of(bytes, sizeof bytes);
	size_t n = up_nack(&s->up, l->now, missing, 128);

	if (!n && !up_take_needs_key(&s->up))
		return;
	rtcp_write_rr(&w, peer->rtcp_ssrc, NULL, 0);
	for (size_t done = 0; done < n;)
		done += rtcp_write_nack(&w, peer->rtcp_ssrc, s->ssrc, missing + done, n - done);
	if (n)
		l->figures.nacks += l->measuring;
	else
		rtcp_write_pli(&w, peer->rtcp_ssrc, s->ssrc);
	l->figures.plis += l->measuring && !n;
	load_peer_send_rtcp(peer, bytes, wr_len(&w));
}

static void send_reports(struct load_peer *peer)
{
	struct rtcp_report reports[31];
	uint8_t bytes[1200];
	size_t n = 0;

	for (size_t i = 0; i < peer->stream_count; i++) {
		n += up_report(&peer->streams[i]->up, peer->load->now, &reports[n]);
		if (n < 31 && (n == 0 || i + 1 < peer->stream_count))
			continue;

		struct wr w = wr_of(bytes, sizeof bytes);
		rtcp_write_rr(&w, peer->rtcp_ssrc, reports, n);
		rtcp_write_cname(&w, peer->rtcp_ssrc, "load", 4);
		load_peer_send_rtcp(peer, bytes, wr_len(&w));
		n = 0;
	}
}

void load_peer_tick(struct load_peer *peer)
{
	struct load *l = peer->load;

	if (peer_deadline(&peer->peer) <= l->now) {
		(void)peer_tick(&peer->peer, l->now);
		flush(peer);
	}
	if (l->now < peer->next_tick || !peer->connected)
		return;
	peer->next_tick = l->now + TICK_US;
	if (!peer->publishes) {
		send_feedback(peer);
		for (size_t i = 0; i < peer->stream_count; i++) {
			if (up_deadline(&peer->streams[i]->up) <= l->now)
				send_requests(peer, peer->streams[i]);
		}
	}
	if (l->now < peer->next_report)
		return;
	peer->next_report = l->now + REPORT_US;
	if (peer->publishes)
		load_source_reports(peer->owner);
	else
		send_reports(peer);
}
