/* SPDX-License-Identifier: Apache-2.0 */
/* What a session receives: streams, as the server's offers name them, and their frames. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "client/session.h"

static confab_codec codec_of(enum media_codec codec)
{
	switch (codec) {
	case MEDIA_OPUS:
		return CONFAB_OPUS;
	case MEDIA_H264:
		return CONFAB_H264;
	case MEDIA_VP9:
		return CONFAB_VP9;
	case MEDIA_AV1:
		return CONFAB_AV1;
	default:
		return CONFAB_VP8;
	}
}

static void stream_free(struct stream *st)
{
	list_remove(&st->in_session);
	receive_fini(&st->receive);
	free(st);
}

struct stream *stream_find(struct session *s, uint32_t ssrc)
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

/* "PA_…|TR_…" and "TR_…"; with a name after the bar the second alone (livekit-protocol 5.1). */
static const char *track_of(const struct peer_stream *p)
{
	const char *bar = strchr(p->stream, '|');

	return bar && strncmp(bar + 1, "TR_", 3) == 0 ? bar + 1 : p->track;
}

static bool is_of(const struct stream *st, const struct peer_stream *p)
{
	return p->ssrc == st->receive.stream.ssrc &&
	       strncmp(st->track, track_of(p), sizeof st->track - 1) == 0;
}

static void end_stream(struct session *s, struct stream *st)
{
	if (!st->ended)
		emit_stream(s, st, CONFAB_EVENT_TRACK_UNSUBSCRIBED);
	st->ended = true;
}

static void add_stream(struct session *s, const struct peer_stream *p)
{
	struct stream *st = calloc(1, sizeof *st);

	if (!st)
		return; /* its media is dropped, as that of an unknown SSRC */
	receive_init(&st->receive, p);
	(void)snprintf(st->participant, sizeof st->participant, "%.*s",
		       (int)strcspn(p->stream, "|"), p->stream);
	(void)snprintf(st->track, sizeof st->track, "%.63s", track_of(p));
	list_append(&s->streams, &st->in_session);
	subscription_begins(s, st->track);
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
			there |= peer_stream_of(&p, &sdp->sections[i]) && is_of(st, &p);
		if (!there) {
			end_stream(s, st);
			stream_free(st);
		}
	}
	for (size_t i = 0; i < sdp->section_count; i++) {
		if (peer_stream_of(&p, &sdp->sections[i]) && p.ssrc && !stream_find(s, p.ssrc))
			add_stream(s, &p);
	}
}

void stream_end_track(struct session *s, const char *sid)
{
	struct stream *st;

	list_each (st, &s->streams, in_session) {
		if (strcmp(st->track, sid) == 0)
			end_stream(s, st);
	}
}

void stream_end_all(struct session *s)
{
	struct stream *st;

	list_each (st, &s->streams, in_session) {
		end_stream(s, st);
		stream_free(st);
	}
}

/* ---- frames ---- */

/* When a frame was captured, by the last sender report of its stream (RFC 3550 6.4.1). */
static uint64_t captured_us(const struct media_clock *c, uint32_t timestamp)
{
	enum { NTP_EPOCH = 2208988800u }; /* 1970, in seconds since 1900 */
	uint64_t seconds = c->ntp >> 32, fraction = c->ntp & 0xffffffff;

	if (!c->known || seconds < NTP_EPOCH)
		return 0;
	int64_t since = (int64_t)(int32_t)(timestamp - c->timestamp) * 1000000 / (int64_t)c->rate;
	return (seconds - NTP_EPOCH) * 1000000 + (fraction * 1000000 >> 32) + (uint64_t)since;
}

static void emit_frame(struct session *s, struct stream *st, const struct unpack_frame *f)
{
	const struct media_clock *clock = &st->receive.up.clock;
	confab_frame frame = { .codec = codec_of(st->receive.stream.codec),
			       .bytes = f->bytes,
			       .length = f->length,
			       .timestamp = f->timestamp,
			       .key = f->key,
			       .captured_us = captured_us(clock, f->timestamp) };
	confab_event e = { .type = CONFAB_EVENT_FRAME, .frame = &frame };

	session_describe(s, &e, st->participant, st->track);
	e.codec = frame.codec;
	st->frames++;
	client_emit(s->client, &e);
}

void stream_drain(struct session *s, struct stream *st, uint64_t now)
{
	struct unpack_frame f;

	while (receive_next(&st->receive, now, &f))
		emit_frame(s, st, &f);
}

void stream_rx(struct session *s, uint64_t now, const uint8_t *bytes, size_t n)
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
		if (receive_is(&st->receive, h.ssrc) && !st->ended) {
			(void)receive_rtp(&st->receive, now, &h);
			stream_drain(s, st, now);
			return;
		}
	}
}
