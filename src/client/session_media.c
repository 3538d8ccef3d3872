/* SPDX-License-Identifier: Apache-2.0 */
/* A session's datagrams: its peer connections' sockets, and where what comes in goes. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "client/session.h"
#include "wire/rtcp.h"

/* ---- out ---- */

static void send_to(struct pc *pc, const struct path *path, const uint8_t *bytes, size_t n)
{
	uv_buf_t buf = uv_buf_init((char *)(uintptr_t)bytes, (unsigned)n);
	const struct sockaddr_storage *to = &path->address;

	/* a full socket loses datagrams, like any link */
	if (to->ss_family == AF_INET && pc->has_v4)
		(void)uv_udp_try_send(&pc->v4, &buf, 1, (const struct sockaddr *)to);
	else if (to->ss_family == AF_INET6 && pc->has_v6)
		(void)uv_udp_try_send(&pc->v6, &buf, 1, (const struct sockaddr *)to);
}

void pc_flush(struct pc *pc)
{
	struct outbox *outbox = &pc->session->client->outbox;
	const struct path *to = peer_address(&pc->peer);
	uint8_t data[PEER_DATAGRAM];
	size_t n;

	for (const struct outbox_datagram *d; (d = outbox_take(outbox));)
		send_to(pc, &d->to, d->bytes, d->length);
	while (to && (n = peer_next_data(&pc->peer, clock_now_us(), data)))
		send_to(pc, to, data, n);
}

void pc_send_media(void *arg, const uint8_t *datagram, size_t n)
{
	struct pc *pc = arg;
	const struct path *to = peer_address(&pc->peer);

	if (to)
		send_to(pc, to, datagram, n);
}

void pc_send_rtcp(struct pc *pc, const struct wr *w)
{
	uint8_t out[1500];
	int n = wr_len(w) ? peer_protect_rtcp(&pc->peer, w->start, wr_len(w), out, sizeof out) : 0;

	if (n > 0)
		pc_send_media(pc, out, (size_t)n);
}

/* ---- in ---- */

static void track_rx_rtcp(struct confab_track *t, struct pc *pc, uint64_t now,
			  const struct rtcp_packet *p)
{
	for (unsigned i = 0; i < t->layer_count && t->sending; i++) {
		send_rtcp(&t->send[i], &pc->peer, now, p, pc_send_media, pc);
		if (send_take_wants_key(&t->send[i]))
			emit_key_frame_wanted(t, i);
	}
}

static void rx_rtcp(struct session *s, struct pc *pc, uint64_t now, const uint8_t *bytes, size_t n)
{
	struct rtcp_iter it;
	struct confab_track *t;
	struct stream *st;
	struct rtcp_sr sr;

	if (!rtcp_iter_init(&it, bytes, n))
		return;
	for (struct rtcp_packet p; rtcp_next(&it, &p);) {
		if (pc == &s->pub)
			bandwidth_rtcp(s, now, &p);
		list_each (t, &s->call->tracks, in_call) {
			if (pc == &s->pub)
				track_rx_rtcp(t, pc, now, &p);
		}
		if (pc == &s->pub || !rtcp_parse_sr(&sr, &p))
			continue;
		st = stream_find(s, sr.ssrc);
		if (st)
			receive_sender_report(&st->receive, now, &sr);
	}
}

/* Whether the peer connection has ended; the session is gone then. */
bool pc_has_failed(struct pc *pc)
{
	struct session *s = pc->session;
	uint64_t now = clock_now_us();

	if (!pc->open || peer_state(&pc->peer) != TRANSPORT_FAILED)
		return false;
	/* who puts us out closes media, too, and that may be here before the words that say so: coming
	 * back then would undo a hang-up */
	if (!s->failed_at)
		s->failed_at = now;
	if (!s->resume_by && now - s->failed_at >= SESSION_GRACE_US)
		session_fail(s, false, CONFAB_ERR_NETWORK, "The media connection was lost: %s",
			     peer_cause(&pc->peer));
	return true;
}

static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *buf)
{
	struct session *s = handle->data;

	(void)suggested;
	*buf = uv_buf_init((char *)s->datagram, sizeof s->datagram);
}

static void on_datagram(uv_udp_t *udp, ssize_t n, const uv_buf_t *buf, const struct sockaddr *from,
			unsigned flags)
{
	struct session *s = udp->data;
	struct pc *pc = udp == &s->pub.v4 || udp == &s->pub.v6 ? &s->pub : &s->sub;
	uint64_t now = clock_now_us();
	struct sockaddr_storage address = { 0 };
	struct transport_in in;

	if (n <= 0 || !from || (flags & UV_UDP_PARTIAL) || !s->call)
		return;
	memcpy(&address, from,
	       from->sa_family == AF_INET6 ? sizeof(struct sockaddr_in6)
					   : sizeof(struct sockaddr_in));
	const struct path path = path_udp(&address);
	(void)peer_rx(&pc->peer, now, &path, (uint8_t *)buf->base, (size_t)n, &in);
	pc_flush(pc);
	if (pc_has_failed(pc))
		return;
	if (in.kind == TRANSPORT_IN_RTP && pc == &s->sub)
		stream_rx(s, now, in.bytes, in.length);
	else if (in.kind == TRANSPORT_IN_RTCP)
		rx_rtcp(s, pc, now, in.bytes, in.length);
	if (s->call && pc->open)
		data_rx(s, pc);
	if (s->call && in.state_changed)
		session_check(s);
}

static bool open_socket(struct session *s, uv_udp_t *udp, const char *any)
{
	struct sockaddr_storage address = { 0 };

	if (strchr(any, ':'))
		(void)uv_ip6_addr(any, 0, (struct sockaddr_in6 *)&address);
	else
		(void)uv_ip4_addr(any, 0, (struct sockaddr_in *)&address);
	if (uv_udp_init(&s->client->loop, udp) < 0)
		return false;
	udp->data = s;
	s->handles++;
	if (uv_udp_bind(udp, (const struct sockaddr *)&address,
			strchr(any, ':') ? UV_UDP_IPV6ONLY : 0) < 0 ||
	    uv_udp_recv_start(udp, on_alloc, on_datagram) < 0) {
		session_close_handle((uv_handle_t *)udp);
		return false;
	}
	/* a key frame comes at once */
	int size = 1 << 20;
	(void)uv_recv_buffer_size((uv_handle_t *)udp, &size);
	return true;
}

bool pc_open(struct session *s, struct pc *pc)
{
	if (pc->open)
		return true;
	pc->has_v4 = open_socket(s, &pc->v4, "0.0.0.0");
	pc->has_v6 = open_socket(s, &pc->v6, "::");
	pc->open = true;
	peer_init(&pc->peer,
		  &(struct peer_config){ .rng = rng_os(),
					 .outbox = &s->client->outbox,
					 .dtls = s->client->dtls,
					 .fingerprint = cert_fingerprint(s->client->cert),
					 .role = pc == &s->pub ? PEER_PUBLISHER : PEER_SUBSCRIBER,
					 .data = true });
	return pc->has_v4 || pc->has_v6;
}
