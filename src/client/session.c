/* SPDX-License-Identifier: Apache-2.0 */
#include "client/session.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "client/pack.h"
#include "wire/rtcp.h"

static enum media_codec media_of(confab_codec codec)
{
	return codec == CONFAB_OPUS ? MEDIA_OPUS : codec == CONFAB_H264 ? MEDIA_H264 : MEDIA_VP8;
}

static confab_codec codec_of(enum media_codec codec)
{
	return codec == MEDIA_OPUS ? CONFAB_OPUS : codec == MEDIA_H264 ? CONFAB_H264 : CONFAB_VP8;
}

/* ---- the end ---- */

static void emit_stream(struct session *s, const struct stream *st, confab_event_type type);

static void stream_free(struct stream *st)
{
	list_remove(&st->in_session);
	receive_fini(&st->receive);
	free(st);
}

static void message_free(struct message_out *m)
{
	list_remove(&m->in_session);
	blob_unref(m->blob);
	free(m);
}

static void on_handle_closed(uv_handle_t *handle)
{
	struct session *s = handle->data;

	if (--s->handles == 0)
		free(s);
}

static void close_handle(uv_handle_t *handle)
{
	uv_close(handle, on_handle_closed);
}

static void pc_close(struct pc *pc)
{
	if (!pc->open)
		return;
	peer_close(&pc->peer);
	pc_flush(pc);
	peer_fini(&pc->peer);
	pc->open = false;
	if (pc->has_v4)
		close_handle((uv_handle_t *)&pc->v4);
	if (pc->has_v6)
		close_handle((uv_handle_t *)&pc->v6);
}

void session_close(struct session *s)
{
	struct message_out *m;
	struct stream *st;
	struct confab_track *t;

	if (s->ws) {
		signal_leave(s);
		ws_close(s->ws);
		s->ws = NULL;
	}
	list_each (t, &s->call->tracks, in_call) {
		if (t->sending)
			send_fini(&t->send);
		t->sending = t->published = false;
	}
	list_each (st, &s->streams, in_session) {
		emit_stream(s, st, CONFAB_EVENT_TRACK_UNSUBSCRIBED);
		stream_free(st);
	}
	s->call = NULL;
	pc_close(&s->pub);
	pc_close(&s->sub);
	list_each (m, &s->messages, in_session)
		message_free(m);
	signal_forget(s);
	close_handle((uv_handle_t *)&s->timer);
}

void session_fail(struct session *s, bool final, int code, const char *format, ...)
{
	confab_error error = { .code = code, .unrecoverable = final };
	va_list args;

	va_start(args, format);
	(void)vsnprintf(error.message, sizeof error.message, format, args);
	va_end(args);
	call_on_ended(s->call, &error, final); /* closes the session */
}

/* ---- sockets ---- */

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

static void on_media_out(void *arg, const uint8_t *datagram, size_t n)
{
	struct pc *pc = arg;
	const struct path *to = peer_address(&pc->peer);

	if (to)
		send_to(pc, to, datagram, n);
}

static void send_rtcp_bytes(struct pc *pc, const struct wr *w)
{
	uint8_t out[1500];
	int n = wr_len(w) ? peer_protect_rtcp(&pc->peer, w->start, wr_len(w), out, sizeof out) : 0;

	if (n > 0)
		on_media_out(pc, out, (size_t)n);
}

/* ---- what comes in ---- */

static void emit_frame(struct session *s, struct stream *st, const struct unpack_frame *f)
{
	confab_frame frame = { .codec = codec_of(st->receive.stream.codec),
			       .bytes = f->bytes,
			       .length = f->length,
			       .timestamp = f->timestamp,
			       .key = f->key };
	confab_event e = { .type = CONFAB_EVENT_FRAME, .frame = &frame };

	session_describe(s, &e, st->participant, st->track);
	e.codec = frame.codec;
	client_emit(s->client, &e);
}

static void drain_stream(struct session *s, struct stream *st, uint64_t now)
{
	struct unpack_frame f;

	while (receive_next(&st->receive, now, &f))
		emit_frame(s, st, &f);
}

static void rx_rtp(struct session *s, uint64_t now, const uint8_t *bytes, size_t n)
{
	struct rtpext_map map = { 0 };
	struct rtp_header h;
	struct stream *st;
	struct rtpext x;

	if (!rtp_parse(&h, bytes, n))
		return;
	if (rtpext_map_set(&map, s->sub.peer.ids[RTPEXT_TRANSPORT_CC], RTPEXT_TRANSPORT_CC)) {
		rtpext_parse(&x, &map, &h);
		if (x.has_transport_seq)
			twcc_recv_rx(&s->twcc, now, x.transport_seq, h.ssrc);
	}
	list_each (st, &s->streams, in_session) {
		if (receive_is(&st->receive, h.ssrc)) {
			(void)receive_rtp(&st->receive, now, &h);
			drain_stream(s, st, now);
			return;
		}
	}
}

static void emit_key_frame_wanted(struct confab_track *t)
{
	client_emit(t->call->client, &(confab_event){ .type = CONFAB_EVENT_KEY_FRAME_WANTED,
						      .call = t->call,
						      .track = t,
						      .track_id = t->sid });
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
		list_each (t, &s->call->tracks, in_call) {
			if (pc == &s->pub && t->sending)
				send_rtcp(&t->send, &pc->peer, &p, on_media_out, pc);
		}
		if (pc == &s->pub || !rtcp_parse_sr(&sr, &p))
			continue;
		list_each (st, &s->streams, in_session) {
			if (st->receive.stream.ssrc == sr.ssrc)
				receive_sender_report(&st->receive, now, &sr);
		}
	}
	if (pc != &s->pub)
		return;
	list_each (t, &s->call->tracks, in_call) {
		if (t->sending && send_take_wants_key(&t->send))
			emit_key_frame_wanted(t);
	}
}

static void rx_messages(struct session *s, struct pc *pc)
{
	struct channels_message m;

	while (peer_next_message(&pc->peer, &m)) {
		Lk__DataPacket *p = lk__data_packet__unpack(NULL, m.length, m.bytes);
		confab_event e = { .type = CONFAB_EVENT_DATA };

		if (p && p->user && p->user->has_payload) {
			session_describe(s, &e, p->participant_sid ? p->participant_sid : "", "");
			if (!e.identity)
				e.identity = p->participant_identity;
			e.data = p->user->payload.data;
			e.length = p->user->payload.len;
			e.topic = p->user->topic;
			client_emit(s->client, &e);
		}
		if (p)
			lk__data_packet__free_unpacked(p, NULL);
	}
}

/* Whether the peer connection has ended; the session is gone then. */
static bool has_failed(struct pc *pc)
{
	if (!pc->open || peer_state(&pc->peer) != TRANSPORT_FAILED)
		return false;
	session_fail(pc->session, false, CONFAB_ERR_NETWORK, "The media connection was lost: %s",
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
	if (has_failed(pc))
		return;
	if (in.kind == TRANSPORT_IN_RTP && pc == &s->sub)
		rx_rtp(s, now, in.bytes, in.length);
	else if (in.kind == TRANSPORT_IN_RTCP)
		rx_rtcp(s, pc, now, in.bytes, in.length);
	if (s->call && pc->open)
		rx_messages(s, pc);
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
		close_handle((uv_handle_t *)udp);
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

/* ---- streams ---- */

static struct stream *find_stream(struct session *s, uint32_t ssrc)
{
	struct stream *st;

	list_each (st, &s->streams, in_session) {
		if (st->receive.stream.ssrc == ssrc)
			return st;
	}
	return NULL;
}

static void emit_stream(struct session *s, const struct stream *st, confab_event_type type)
{
	confab_event e = { .type = type };

	session_describe(s, &e, st->participant, st->track);
	e.codec = codec_of(st->receive.stream.codec);
	client_emit(s->client, &e);
}

static void add_stream(struct session *s, const struct peer_stream *p)
{
	struct stream *st = calloc(1, sizeof *st);
	const char *bar = strchr(p->stream, '|');

	if (!st)
		return; /* its media is dropped, as that of an unknown SSRC */
	receive_init(&st->receive, p);
	(void)snprintf(st->participant, sizeof st->participant, "%.*s",
		       bar ? (int)(bar - p->stream) : (int)strlen(p->stream), p->stream);
	(void)snprintf(st->track, sizeof st->track, "%.63s",
		       bar && strncmp(bar + 1, "TR_", 3) == 0 ? bar + 1 : p->track);
	list_append(&s->streams, &st->in_session);
	emit_stream(s, st, CONFAB_EVENT_TRACK_SUBSCRIBED);
}

void session_take_streams(struct session *s)
{
	const struct sdp *sdp = s->client->sdp;
	struct peer_stream p;
	struct stream *st;

	list_each (st, &s->streams, in_session) {
		bool there = false;

		for (size_t i = 0; i < sdp->section_count; i++)
			there |= peer_stream_of(&p, &sdp->sections[i]) &&
				 p.ssrc == st->receive.stream.ssrc;
		if (!there) {
			emit_stream(s, st, CONFAB_EVENT_TRACK_UNSUBSCRIBED);
			stream_free(st);
		}
	}
	for (size_t i = 0; i < sdp->section_count; i++) {
		if (peer_stream_of(&p, &sdp->sections[i]) && p.ssrc && !find_stream(s, p.ssrc))
			add_stream(s, &p);
	}
}

/* ---- what we publish ---- */

void session_publish(struct session *s, struct confab_track *t)
{
	struct section *section = &s->sections[s->section_count];
	char mid[8];

	if (s->section_count == SESSION_SECTIONS || t->sending || !pc_open(s, &s->pub))
		return;
	rng_name(rng_os(), "t-", t->cid, sizeof t->cid);
	*section = (struct section){ .track = t,
				     .codec = media_of(t->codec),
				     .ssrc = rng_u32(rng_os()) | 1 };
	section->rtx_ssrc = media_codec_is_video(section->codec) ? rng_u32(rng_os()) & ~1u : 0;
	memcpy(section->id, t->cid, sizeof section->id);
	(void)snprintf(mid, sizeof mid, "%zu", ++s->section_count);
	if (send_init(&t->send, rng_os(),
		      &(struct send_config){ .codec = section->codec,
					     .mid = mid,
					     .ssrc = section->ssrc,
					     .rtx_ssrc = section->rtx_ssrc,
					     .transport_seq = &s->transport_seq }) < 0)
		return;
	t->sending = true;
	signal_add_track(s, t);
	if (t->muted)
		signal_mute(s, t);
	signal_offer(s);
}

void session_unpublish(struct session *s, struct confab_track *t)
{
	for (size_t i = 0; i < s->section_count; i++) {
		if (s->sections[i].track == t)
			s->sections[i].track = NULL;
	}
	signal_offer(s);
}

void session_mute(struct session *s, struct confab_track *t)
{
	if (t->published)
		signal_mute(s, t);
}

void session_write(struct session *s, struct confab_track *t, const confab_frame *frame)
{
	if (t->muted || !t->sending || !t->published || !s->pub.open)
		return;
	(void)send_frame(&t->send, &s->pub.peer, clock_now_us(), frame->bytes, frame->length,
			 frame->timestamp, on_media_out, &s->pub);
}

int session_send_data(struct session *s, const void *data, size_t n, bool reliable,
		      const char *topic)
{
	Lk__DataPacket packet = LK__DATA_PACKET__INIT;
	Lk__UserPacket user = LK__USER_PACKET__INIT;
	struct message_out *m = s->message_count < SESSION_MESSAGES ? malloc(sizeof *m) : NULL;

	packet.has_kind = 1;
	packet.kind = !reliable;
	packet.user = &user;
	user.has_payload = 1;
	user.payload.data = (uint8_t *)(uintptr_t)data;
	user.payload.len = n;
	user.topic = (char *)(uintptr_t)topic;
	struct blob *blob = m ? blob_new(lk__data_packet__get_packed_size(&packet)) : NULL;
	if (!blob) {
		free(m);
		return CONFAB_ERR_NO_MEMORY;
	}
	(void)lk__data_packet__pack(&packet, blob->bytes);
	m->label = reliable ? CHANNEL_RELIABLE : CHANNEL_LOSSY;
	m->blob = blob;
	list_append(&s->messages, &m->in_session);
	s->message_count++;
	if (!s->pub.open && pc_open(s, &s->pub))
		signal_offer(s);
	session_check(s);
	return CONFAB_OK;
}

static void send_messages(struct session *s)
{
	struct message_out *m;

	if (!s->pub.open || !peer_data_is_up(&s->pub.peer))
		return;
	list_each (m, &s->messages, in_session) {
		if (peer_send_data(&s->pub.peer, m->label, m->blob) == -ENOBUFS)
			break; /* the rest waits for the network */
		message_free(m);
		s->message_count--;
	}
	pc_flush(&s->pub);
}

void session_check(struct session *s)
{
	struct pc *primary = s->subscriber_primary ? &s->sub : &s->pub;
	struct confab_track *t;

	if (!s->told && s->joined && primary->open &&
	    peer_state(&primary->peer) == TRANSPORT_CONNECTED) {
		s->told = true;
		call_on_joined(s->call);
	}
	if (s->pub.open && peer_state(&s->pub.peer) == TRANSPORT_CONNECTED && !s->offering) {
		list_each (t, &s->call->tracks, in_call) {
			struct waiting *w = t->publishing;

			if (!t->published || !w)
				continue;
			t->publishing = NULL;
			w->done(w->arg, NULL);
			free(w);
		}
	}
	send_messages(s);
}

/* ---- timers ---- */

static void send_reports(struct session *s, uint64_t now)
{
	uint8_t bytes[1200];
	struct wr w = wr_of(bytes, sizeof bytes);
	struct rtcp_report reports[24];
	struct confab_track *t;
	struct stream *st;
	size_t n = 0;

	list_each (t, &s->call->tracks, in_call) {
		if (t->sending)
			send_report(&t->send, now, clock_wall_us(), &w);
	}
	if (wr_len(&w)) {
		rtcp_write_cname(&w, s->ssrc, s->pub.peer.cname, strlen(s->pub.peer.cname));
		send_rtcp_bytes(&s->pub, &w);
	}
	if (!s->sub.open)
		return;
	w = wr_of(bytes, sizeof bytes);
	list_each (st, &s->streams, in_session) {
		if (n < 24 && up_report(&st->receive.up, now, &reports[n]))
			n++;
	}
	rtcp_write_rr(&w, s->ssrc, reports, n);
	rtcp_write_cname(&w, s->ssrc, s->sub.peer.cname, strlen(s->sub.peer.cname));
	send_rtcp_bytes(&s->sub, &w);
}

static void send_feedback(struct session *s, uint64_t now)
{
	uint8_t bytes[1200];
	struct wr w = wr_of(bytes, sizeof bytes);
	struct stream *st;

	rtcp_write_rr(&w, s->ssrc, NULL, 0);
	size_t head = wr_len(&w);
	list_each (st, &s->streams, in_session) {
		drain_stream(s, st, now);
		if (wr_len(&w) < sizeof bytes / 2)
			receive_feedback(&st->receive, now, s->ssrc, &w);
	}
	if (wr_len(&w) > head)
		send_rtcp_bytes(&s->sub, &w);
	w = wr_of(bytes, sizeof bytes);
	while (twcc_recv_deadline(&s->twcc) <= now && twcc_recv_write(&s->twcc, now, s->ssrc, &w)) {
		send_rtcp_bytes(&s->sub, &w);
		w = wr_of(bytes, sizeof bytes);
	}
}

/* Runs a peer connection's timers; false: it failed, and the session is gone. */
static bool tick_pc(struct pc *pc, uint64_t now)
{
	if (!pc->open)
		return true;
	if (peer_deadline(&pc->peer) <= now)
		(void)peer_tick(&pc->peer, now);
	pc_flush(pc);
	return !has_failed(pc);
}

static void on_tick(uv_timer_t *timer)
{
	struct session *s = timer->data;
	uint64_t now = clock_now_us();

	if (!tick_pc(&s->pub, now) || !tick_pc(&s->sub, now))
		return;
	if (!s->told && now - s->began > (uint64_t)CLIENT_JOIN_MS * US_PER_MS) {
		session_fail(s, false, CONFAB_ERR_NETWORK,
			     "The media connection was not up after 20 s.");
		return;
	}
	if (s->sub.open && peer_state(&s->sub.peer) == TRANSPORT_CONNECTED)
		send_feedback(s, now);
	if (now >= s->next_report) {
		s->next_report = now + SESSION_REPORT_US;
		send_reports(s, now);
	}
	if (s->ping_us && now >= s->next_ping) {
		s->next_ping = now + s->ping_us;
		signal_ping(s);
	}
	session_check(s);
}

/* ---- the begin ---- */

struct session *session_new(struct confab_call *call, const char *url, const char *token)
{
	struct session *s = calloc(1, sizeof *s);
	char full[2048];

	if (!s)
		return NULL;
	s->call = call;
	s->client = call->client;
	s->pub.session = s->sub.session = s;
	s->began = clock_now_us();
	s->ssrc = rng_u32(rng_os());
	list_init(&s->streams);
	list_init(&s->remotes);
	list_init(&s->messages);
	twcc_recv_init(&s->twcc);
	size_t n = strlen(url);
	(void)snprintf(full, sizeof full,
		       "%.*s/rtc?protocol=15&auto_subscribe=1&sdk=cpp&version=" CONFAB_VERSION,
		       (int)(n && url[n - 1] == '/' ? n - 1 : n), url);
	s->ws = ws_open(s->client->websockets, full, token, &session_handlers, s);
	if (!s->ws) {
		free(s);
		return NULL;
	}
	(void)uv_timer_init(&s->client->loop, &s->timer);
	s->timer.data = s;
	s->handles++;
	(void)uv_timer_start(&s->timer, on_tick, SESSION_TICK_MS, SESSION_TICK_MS);
	return s;
}
