/* SPDX-License-Identifier: Apache-2.0 */
/* A session's begin, timers and end. */
#include "client/session.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "wire/rtcp.h"

/* ---- the end ---- */

static void on_handle_closed(uv_handle_t *handle)
{
	struct session *s = handle->data;

	if (--s->handles == 0)
		free(s);
}

void session_close_handle(uv_handle_t *handle)
{
	uv_close(handle, on_handle_closed);
}

/* Media says goodbye when signalling cannot: it is quicker, and the server would take it for a failure. */
static void pc_close(struct pc *pc, bool said)
{
	if (!pc->open)
		return;
	if (!said) {
		peer_close(&pc->peer);
		pc_flush(pc);
	}
	peer_fini(&pc->peer);
	pc->open = false;
	if (pc->has_v4)
		session_close_handle((uv_handle_t *)&pc->v4);
	if (pc->has_v6)
		session_close_handle((uv_handle_t *)&pc->v6);
}

static void set_token(char **at, const char *token)
{
	char *copy = token ? strdup(token) : NULL;

	if (token && !copy)
		return; /* the old one may do */
	if (*at)
		explicit_bzero(*at, strlen(*at));
	free(*at);
	*at = copy;
}

void session_renew_token(struct session *s, const char *token)
{
	if (!token[0])
		return;
	set_token(&s->token, token);
	if (s->call->url) /* else the call gets one of its own for each session */
		set_token(&s->call->token, token);
}

void session_close(struct session *s)
{
	struct confab_track *t;
	bool said = s->ws && signal_leave(s);

	if (s->ws) {
		ws_close(s->ws);
		s->ws = NULL;
	}
	list_each (t, &s->call->tracks, in_call)
		track_stop(t);
	stream_end_all(s);
	s->call = NULL;
	set_token(&s->token, NULL);
	free(s->url);
	s->url = NULL;
	pc_close(&s->pub, said);
	pc_close(&s->sub, said);
	bandwidth_end(s);
	data_forget(s);
	roster_forget(s);
	session_close_handle((uv_handle_t *)&s->timer);
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

/* ---- what has become possible ---- */

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
	data_send(s);
}

/* ---- timers ---- */

enum { REPORT_MAX = 1200 };

static void send_written(struct session *s, struct wr *w, uint8_t bytes[REPORT_MAX])
{
	if (wr_len(w)) {
		rtcp_write_cname(w, s->ssrc, s->pub.peer.cname, strlen(s->pub.peer.cname));
		pc_send_rtcp(&s->pub, w);
	}
	*w = wr_of(bytes, REPORT_MAX);
}

/* One sender report per layer; many fill more than one packet. */
static void send_sender_reports(struct session *s, uint64_t now)
{
	uint8_t bytes[REPORT_MAX];
	struct wr w = wr_of(bytes, sizeof bytes);
	struct confab_track *t;

	list_each (t, &s->call->tracks, in_call) {
		for (unsigned i = 0; i < t->layer_count && t->sending; i++) {
			send_report(&t->send[i], now, clock_wall_us(), &w);
			if (wr_len(&w) > REPORT_MAX - 100)
				send_written(s, &w, bytes);
		}
	}
	send_written(s, &w, bytes);
}

static void send_reports(struct session *s, uint64_t now)
{
	uint8_t bytes[REPORT_MAX];
	struct wr w = wr_of(bytes, sizeof bytes);
	struct rtcp_report reports[24];
	struct stream *st;
	size_t n = 0;

	if (s->pub.open)
		send_sender_reports(s, now);
	if (!s->sub.open)
		return;
	list_each (st, &s->streams, in_session) {
		if (n < 24 && up_report(&st->receive.up, now, &reports[n]))
			n++;
	}
	rtcp_write_rr(&w, s->ssrc, reports, n);
	rtcp_write_cname(&w, s->ssrc, s->sub.peer.cname, strlen(s->sub.peer.cname));
	pc_send_rtcp(&s->sub, &w);
}

static void send_feedback(struct session *s, uint64_t now)
{
	uint8_t bytes[1200];
	struct wr w = wr_of(bytes, sizeof bytes);
	struct stream *st;

	rtcp_write_rr(&w, s->ssrc, NULL, 0);
	size_t head = wr_len(&w);
	list_each (st, &s->streams, in_session) {
		if (st->ended)
			continue;
		stream_drain(s, st, now);
		if (wr_len(&w) < sizeof bytes / 2)
			receive_feedback(&st->receive, now, s->ssrc, &w);
	}
	if (wr_len(&w) > head)
		pc_send_rtcp(&s->sub, &w);
	w = wr_of(bytes, sizeof bytes);
	while (twcc_recv_deadline(&s->twcc) <= now && twcc_recv_write(&s->twcc, now, s->ssrc, &w)) {
		pc_send_rtcp(&s->sub, &w);
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
	return !pc_has_failed(pc);
}

static void on_tick(uv_timer_t *timer)
{
	struct session *s = timer->data;
	uint64_t now = clock_now_us();

	if (!resume_tick(s, now) || !tick_pc(&s->pub, now) || !tick_pc(&s->sub, now))
		return;
	if (!s->told && now - s->began > (uint64_t)CLIENT_JOIN_MS * US_PER_MS) {
		session_fail(s, false, CONFAB_ERR_NETWORK,
			     "The media connection was not up after 20 s.");
		return;
	}
	if (s->sub.open && peer_state(&s->sub.peer) == TRANSPORT_CONNECTED)
		send_feedback(s, now);
	bandwidth_tick(s, now);
	rpc_tick(s->call, now);
	describe_tick(s, now);
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
	list_init(&s->heard);
	twcc_recv_init(&s->twcc);
	size_t n = strlen(url);
	(void)snprintf(full, sizeof full,
		       "%.*s/rtc?protocol=15&auto_subscribe=%d&sdk=cpp&version=" CONFAB_VERSION,
		       (int)(n && url[n - 1] == '/' ? n - 1 : n), url, !call->manual_subscribe);
	s->url = strdup(full);
	set_token(&s->token, token);
	if (s->url && s->token)
		s->ws = ws_open(s->client->websockets,
				&(struct ws_target){ .url = full, .bearer = token },
				&session_handlers, s);
	if (!s->ws) {
		set_token(&s->token, NULL);
		free(s->url);
		free(s);
		return NULL;
	}
	(void)uv_timer_init(&s->client->loop, &s->timer);
	s->timer.data = s;
	s->handles++;
	(void)uv_timer_start(&s->timer, on_tick, SESSION_TICK_MS, SESSION_TICK_MS);
	return s;
}
