/* SPDX-License-Identifier: Apache-2.0 */
/* What comes in. What goes out is in feedback_tx.c. */
#include "media/sfu/feedback.h"

#include "media/sfu/downlink.h"
#include "media/sfu/forward.h"
#include "media/sfu/participant.h"
#include "media/sfu/publish.h"
#include "media/sfu/sfu.h"
#include "media/sfu/subscription.h"
#include "media/sfu/track.h"
#include "wire/rtcp.h"

static void rx_sender_report(struct participant *p, uint64_t now, const struct rtcp_packet *packet)
{
	struct rtcp_sr sr;

	if (!rtcp_parse_sr(&sr, packet))
		return;

	const struct publisher_source *source = publish_known_source(p, sr.ssrc);
	struct track *t = source ? p->publisher.bound[source->section] : NULL;
	struct track_layer *l = t ? t->layers[source->layer] : NULL;

	if (!l || source->rtx || source->retired || l->ssrc != sr.ssrc) {
		sfu_drop(p->sfu,
			 DROP_FEEDBACK); /* RTX streams report too: nothing depends on them */
		return;
	}
	up_sender_report(&l->up, now, sr.ntp, sr.rtp_timestamp);
}

void feedback_rx_publisher(struct participant *p, uint64_t now, const uint8_t *bytes, size_t n)
{
	struct rtcp_iter it;

	if (!rtcp_iter_init(&it, bytes, n)) {
		sfu_drop(p->sfu, DROP_RTCP);
		return;
	}
	/* BYE is not believed: a track ends in the description (livekit-protocol 4.3). */
	for (struct rtcp_packet packet; rtcp_next(&it, &packet);) {
		if (rtcp_kind_of(&packet) == RTCP_SR)
			rx_sender_report(p, now, &packet);
	}
}

/* The subscription that this leg carries under the SSRC; RTX counts as the stream it repairs. NULL
 * = foreign. */
static struct subscription *find_subscription(const struct participant *p, uint32_t ssrc)
{
	const struct subscriber *sub = &p->subscriber;

	for (size_t i = 0; i < sub->section_count; i++) {
		struct subscription *s = sub->sections[i].subscription;

		if (s && s->sending &&
		    (s->down.config.ssrc == ssrc || s->down.config.rtx_ssrc == ssrc))
			return ssrc ? s : NULL;
	}
	return NULL;
}

/* Where a queue stands, more bytes would be more loss. */
static void judge_redundancy(struct subscription *s)
{
	const struct downlink *d = s->participant->subscriber.downlink;

	s->redundant = (!d || d->bwe.queue < DOWNLINK_TROUBLE_US) &&
		       s->down.fraction_lost >= (s->redundant ? REDUNDANCY_OFF : REDUNDANCY_ON);
}

static void rx_report(struct subscription *s, uint64_t now, const struct rtcp_report *report)
{
	down_receiver_report(&s->down, now, report);
	if (s->track->kind == KIND_AUDIO)
		judge_redundancy(s);
}

static void rx_reports(struct participant *p, uint64_t now, const struct rtcp_packet *packet)
{
	struct rtcp_report report;

	for (size_t i = 0; rtcp_parse_report(&report, packet, i); i++) {
		struct subscription *s = find_subscription(p, report.ssrc);

		if (!s)
			sfu_drop(p->sfu, DROP_FEEDBACK);
		else if (report.ssrc == s->down.config.ssrc)
			rx_report(s, now, &report);
	}
}

/* Somebody cannot decode: what it watches, or what it waits for. */
static void want_key(struct subscription *s, uint64_t now)
{
	int waiting = layers_wants_key(&s->layers);

	if (!subscription_is_paused(s) && !s->track->muted)
		track_want_key(s->track, now, waiting >= 0 ? waiting : s->layers.current);
}

static void rx_nack(struct subscription *s, uint64_t now, const struct rtcp_feedback *f,
		    size_t *budget)
{
	uint16_t sequences[FEEDBACK_NACKS];
	size_t n = rtcp_parse_nack(f, sequences, *budget);

	*budget -= n;
	for (size_t i = 0; i < n; i++)
		forward_again(s, now, sequences[i]);
}

static void rx_fir(struct participant *p, uint64_t now, const struct rtcp_feedback *f)
{
	uint32_t ssrc;
	uint8_t command;

	for (size_t i = 0; rtcp_parse_fir(&ssrc, &command, f, i); i++) {
		struct subscription *s = find_subscription(p, ssrc);

		if (s)
			want_key(s, now);
		else
			sfu_drop(p->sfu, DROP_FEEDBACK);
	}
}

static void rx_feedback(struct participant *p, uint64_t now, enum rtcp_kind kind,
			const struct rtcp_packet *packet, size_t *budget)
{
	struct rtcp_feedback f;

	if (!rtcp_parse_feedback(&f, packet)) {
		sfu_drop(p->sfu, DROP_RTCP);
		return;
	}
	if (kind == RTCP_FIR) {
		rx_fir(p, now, &f);
		return;
	}

	struct subscription *s = find_subscription(p, f.media_ssrc);
	if (!s)
		sfu_drop(p->sfu, DROP_FEEDBACK);
	else if (kind == RTCP_PLI)
		want_key(s, now);
	else if (leg_may_send(&p->subscriber.leg, now))
		rx_nack(s, now, &f, budget);
}

/* What the client says about the path as a whole. */
static void rx_congestion(struct participant *p, uint64_t now, enum rtcp_kind kind,
			  const struct rtcp_packet *packet)
{
	struct rtcp_feedback f;
	struct rtcp_remb remb;

	if (!rtcp_parse_feedback(&f, packet))
		sfu_drop(p->sfu, DROP_RTCP);
	else if (kind == RTCP_TWCC)
		downlink_feedback(p, now, &f);
	else if (rtcp_parse_remb(&remb, &f))
		downlink_remb(p, now, remb.bitrate);
	else
		sfu_drop(p->sfu, DROP_RTCP);
}

static void rx_times(struct participant *p, uint64_t now, const struct rtcp_packet *packet)
{
	struct rtcp_rrtr rrtr;

	if (rtcp_parse_rrtr(&rrtr, packet))
		receiver_times_ask(&p->subscriber.times, now, &rrtr);
}

void feedback_rx_subscriber(struct participant *p, uint64_t now, const uint8_t *bytes, size_t n)
{
	size_t budget = FEEDBACK_NACKS;
	struct rtcp_iter it;

	if (!rtcp_iter_init(&it, bytes, n)) {
		sfu_drop(p->sfu, DROP_RTCP);
		return;
	}
	for (struct rtcp_packet packet; rtcp_next(&it, &packet);) {
		enum rtcp_kind kind = rtcp_kind_of(&packet);

		switch (kind) {
		case RTCP_SR:
		case RTCP_RR:
			rx_reports(p, now, &packet);
			break;
		case RTCP_NACK:
		case RTCP_PLI:
		case RTCP_FIR:
			rx_feedback(p, now, kind, &packet, &budget);
			break;
		case RTCP_TWCC:
		case RTCP_REMB:
			rx_congestion(p, now, kind, &packet);
			break;
		case RTCP_XR:
			rx_times(p, now, &packet);
			break;
		default: /* SDES, BYE: nothing depends on them */
			break;
		}
	}
}
