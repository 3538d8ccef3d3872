/* SPDX-License-Identifier: Apache-2.0 */
/* What goes out, and when. What comes in is in feedback.c. */
#include <string.h>

#include "media/sfu/feedback.h"
#include "media/sfu/participant.h"
#include "media/sfu/room.h"
#include "media/sfu/sfu.h"
#include "media/sfu/subscription.h"
#include "media/sfu/track.h"
#include "wire/rtcp.h"

enum {
	REPORTS_MAX = 31, /* report blocks of one packet (RFC 3550 6.4.1) */
	TWCC_ROOM = 600,  /* rtp/twcc_recv.h */
	NACK_BATCH = 128,
};

/*
 * One datagram under way. Each starts with a report, as RFC 3550 6.1 wants where reduced size was
 * not negotiated: an empty receiver report costs 8 bytes.
 */
struct compound {
	struct leg *leg;
	uint64_t now;
	struct wr w;
	uint8_t bytes[LEG_RTCP_MAX];
};

static void begin(struct compound *c)
{
	c->w = wr_of(c->bytes, sizeof c->bytes);
	rtcp_write_rr(&c->w, c->leg->rtcp_ssrc, NULL, 0);
}

static size_t left(const struct compound *c)
{
	return (size_t)(c->w.end - c->w.p);
}

static void flush(struct compound *c)
{
	enum { EMPTY = 8 };

	if (wr_len(&c->w) > EMPTY)
		leg_send_rtcp(c->leg, c->now, c->bytes, wr_len(&c->w));
	begin(c);
}

/* Makes sure that n bytes fit. */
static void make_room(struct compound *c, size_t n)
{
	if (left(c) < n)
		flush(c);
}

/* ---- to publishers ---- */

static void write_nacks(struct compound *c, struct track_layer *l)
{
	uint16_t sequences[NACK_BATCH];
	size_t n = up_nack(&l->up, c->now, sequences, NACK_BATCH);

	for (size_t done = 0; done < n;) {
		size_t took = rtcp_write_nack(&c->w, c->leg->rtcp_ssrc, l->ssrc, sequences + done,
					      n - done);
		done += took;
		if (took == 0)
			flush(c); /* an empty datagram has room for a NACK */
	}
}

static void write_layer(struct compound *c, struct track *t, int layer)
{
	struct track_layer *l = t->layers[layer];

	if (up_deadline(&l->up) <= c->now)
		write_nacks(c, l);
	if (up_take_needs_key(&l->up) && !list_empty(&t->subscriptions))
		keyframe_want(&l->keyframe, l->up.rtt);
	if (keyframe_due(&l->keyframe, c->now)) {
		make_room(c, 12);
		rtcp_write_pli(&c->w, c->leg->rtcp_ssrc, l->ssrc);
	}
}

static void write_receiver_reports(struct compound *c, const struct participant *p)
{
	struct rtcp_report reports[REPORTS_MAX];
	struct track *t;
	size_t n = 0;

	list_each (t, &p->tracks, in_participant) {
		for (int i = 0; i < LAYERS_MAX; i++) {
			if (n < REPORTS_MAX && t->layers[i] &&
			    up_report(&t->layers[i]->up, c->now, &reports[n]))
				n++;
		}
	}
	if (n == 0)
		return;
	flush(c);
	c->w = wr_of(c->bytes, sizeof c->bytes);
	rtcp_write_rr(&c->w, c->leg->rtcp_ssrc, reports, n);
	rtcp_write_cname(&c->w, c->leg->rtcp_ssrc, p->room->sid.text, strlen(p->room->sid.text));
	leg_send_rtcp(c->leg, c->now, c->bytes, wr_len(&c->w));
	begin(c);
}

static bool is_due(uint64_t *at, uint64_t now, uint64_t interval)
{
	if (now < *at)
		return false;
	*at = now + interval;
	return true;
}

static void measure(struct track *t)
{
	struct subscription *s;

	track_measure(t);
	list_each (s, &t->subscriptions, in_track)
		subscription_refresh(s);
}

void feedback_tick_publisher(struct participant *p, uint64_t now)
{
	struct publisher *pub = &p->publisher;
	struct compound c = { .leg = &pub->leg, .now = now };
	struct subscription *s;
	struct track *t;
	bool choose, report;

	quality_tick(p, now);
	speakers_tick(p->room, now);
	if (!leg_may_send(&pub->leg, now))
		return;
	begin(&c);
	choose = is_due(&pub->next_choice, now, FEEDBACK_CHOOSE_US);
	report = is_due(&pub->next_report, now, FEEDBACK_REPORT_US);
	list_each (t, &p->tracks, in_participant) {
		if (report && t->kind == KIND_VIDEO)
			measure(t);
		dynacast_update(t, now);
		if (choose && t->kind == KIND_VIDEO && !t->muted) {
			list_each (s, &t->subscriptions, in_track)
				subscription_choose(s, now);
		}
		for (int i = 0; i < LAYERS_MAX; i++) {
			if (t->layers[i])
				write_layer(&c, t, i);
		}
	}
	if (twcc_recv_deadline(pub->twcc) <= now) {
		do
			make_room(&c, TWCC_ROOM);
		while (twcc_recv_write(pub->twcc, now, pub->leg.rtcp_ssrc, &c.w));
	}
	if (report)
		write_receiver_reports(&c, p);
	flush(&c);
}

static uint64_t earlier(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

uint64_t feedback_deadline_publisher(const struct participant *p)
{
	const struct publisher *pub = &p->publisher;
	uint64_t due = UINT64_MAX;
	struct track *t;

	if (!pub->leg.connected)
		return due;
	due = earlier(twcc_recv_deadline(pub->twcc), speakers_deadline(p->room));
	list_each (t, &p->tracks, in_participant) {
		due = earlier(due, dynacast_deadline(t));
		for (int i = 0; i < LAYERS_MAX; i++) {
			const struct track_layer *l = t->layers[i];

			if (!l)
				continue;
			due = earlier(due, pub->next_report);
			due = earlier(due, up_deadline(&l->up));
			due = earlier(due, keyframe_deadline(&l->keyframe));
			if (t->kind == KIND_VIDEO && !t->muted && !list_empty(&t->subscriptions))
				due = earlier(due, pub->next_choice);
		}
	}
	return due;
}

/* ---- to subscribers ---- */

static void write_times(struct compound *c, struct receiver_times *times)
{
	enum { XR = 12 + 12 * RECEIVER_TIMES };
	struct rtcp_dlrr answers[RECEIVER_TIMES];
	size_t n = receiver_times_answer(times, c->now, answers);

	if (n == 0)
		return;
	make_room(c, XR);
	if (wr_len(&c->w) == 0)
		rtcp_write_rr(&c->w, c->leg->rtcp_ssrc, NULL, 0);
	rtcp_write_dlrr(&c->w, c->leg->rtcp_ssrc, answers, n);
}

void feedback_tick_subscriber(struct participant *p, uint64_t now)
{
	enum { SR = 28, CNAME = 32 };
	struct subscriber *sub = &p->subscriber;
	struct compound c = { .leg = &sub->leg, .now = now };

	quality_tick(p, now);
	if (!leg_may_send(&sub->leg, now) || !is_due(&sub->next_report, now, FEEDBACK_REPORT_US))
		return;
	c.w = wr_of(c.bytes, sizeof c.bytes);
	for (size_t i = 0; i < sub->section_count; i++) {
		struct subscription *s = sub->sections[i].subscription;
		struct rtcp_sr sr;

		if (!s || !s->sending || !down_sender_report(&s->down, now, &sr))
			continue;
		if (left(&c) < SR + CNAME) {
			leg_send_rtcp(c.leg, now, c.bytes, wr_len(&c.w));
			c.w = wr_of(c.bytes, sizeof c.bytes);
		}
		rtcp_write_sr(&c.w, &sr, NULL, 0);
		/* the same CNAME as in the description: audio and video of one publisher in sync */
		rtcp_write_cname(&c.w, sr.ssrc, s->track->publisher->sid.text,
				 strlen(s->track->publisher->sid.text));
	}
	write_times(&c, &sub->times);
	leg_send_rtcp(c.leg, now, c.bytes, wr_len(&c.w));
}

uint64_t feedback_deadline_subscriber(const struct participant *p)
{
	const struct subscriber *sub = &p->subscriber;
	struct subscription *s;

	if (!sub->leg.connected)
		return UINT64_MAX;
	list_each (s, &p->subscriptions, in_participant) {
		if (s->sending)
			return sub->next_report;
	}
	return UINT64_MAX;
}
