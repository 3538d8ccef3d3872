/* SPDX-License-Identifier: Apache-2.0 */
#include "media/sfu/downlink.h"

#include <errno.h>

#include "base/slab.h"
#include "media/sfu/allocate.h"
#include "media/sfu/forward.h"
#include "media/sfu/participant.h"
#include "media/sfu/sfu.h"
#include "media/sfu/subscription.h"
#include "media/sfu/track.h"
#include "wire/rtcp.h"

enum { PACKET_BYTES = 1200 };

int downlink_open(struct participant *p)
{
	struct subscriber *sub = &p->subscriber;

	if (sub->downlink)
		return 0;
	sub->downlink = slab_calloc(sizeof *sub->downlink);
	if (!sub->downlink || bwe_init(&sub->downlink->bwe, 0, 0) < 0) {
		sub->downlink = downlink_free(sub->downlink);
		return -ENOMEM;
	}
	sub->downlink->numbered = sub->transport_sequence;
	return 0;
}

struct downlink *downlink_free(struct downlink *d)
{
	if (d)
		bwe_fini(&d->bwe);
	slab_free(d);
	return NULL;
}

/* ---- the pacer ---- */

/* bit/s */
static uint64_t pacing_rate(const struct downlink *d)
{
	uint64_t rate = (uint64_t)bwe_estimate(&d->bwe) * 5 / 2;
	uint64_t drain = (uint64_t)d->waiting_bytes * 8 * 1000000 / DOWNLINK_WAIT_US;

	return rate > drain ? rate : drain;
}

/* Bytes that may go at once. */
static uint64_t burst_bytes(const struct downlink *d, uint64_t now)
{
	uint64_t estimate = bwe_estimate(&d->bwe);
	uint64_t slice = estimate * 5 / 2 * DOWNLINK_SLICE_US / 8 / 1000000;
	uint64_t burst = estimate * DOWNLINK_BURST_US / 8 / 1000000;

	if (burst > DOWNLINK_BURST_PACKETS * PACKET_BYTES)
		burst = DOWNLINK_BURST_PACKETS * PACKET_BYTES;
	if (burst < bwe_burst(&d->bwe, now))
		burst = bwe_burst(&d->bwe, now);
	return slice > burst ? slice : burst;
}

static void pay_debt(struct downlink *d, uint64_t now)
{
	uint64_t elapsed = now - d->paced_at;

	if (elapsed == 0)
		return;
	uint64_t paid = elapsed > 1000000 ? UINT32_MAX : elapsed * pacing_rate(d) / 8 / 1000000;

	d->debt = paid >= d->debt ? 0 : d->debt - (uint32_t)paid;
	d->paced_at = now;
}

static bool is_measured(const struct downlink *d)
{
	return d->bwe.has_feedback || d->bwe.remb_only;
}

/* Sends, and tells the estimator if the packet has a transport sequence number. */
void downlink_send(struct participant *p, uint64_t now, uint8_t *packet, size_t n, size_t capacity)
{
	struct downlink *d = p->subscriber.downlink;
	bool numbered = d->numbered != p->subscriber.transport_sequence;
	uint16_t number = d->numbered;

	d->numbered = p->subscriber.transport_sequence;
	d->sent_at = now;
	if (leg_send_rtp(&p->subscriber.leg, packet, n, capacity) < 0)
		return; /* counted there; the number was never sent */
	if (numbered) {
		size_t bytes = n + SRTP_TAG_MAX + BWE_OVERHEAD;

		/* media within a probe is a part of it: it takes its share of the path */
		bwe_sent(&d->bwe, now, number, n + SRTP_TAG_MAX, d->plan.id);
		if (d->plan.id)
			probe_plan_sent(&d->plan, bytes);
	}
	if (is_measured(d)) {
		pay_debt(d, now);
		d->debt += (uint32_t)n;
	}
}

/* False: the queue is full. */
static bool queue_put(struct downlink *d, const struct downlink_run *packet)
{
	struct downlink_run *last = &d->queue[(d->tail - 1) % DOWNLINK_RUNS];
	bool follows = d->head != d->tail && last->subscription == packet->subscription &&
		       last->layer == packet->layer && last->generation == packet->generation &&
		       last->sequence + last->count == packet->sequence;

	if (d->waiting == DOWNLINK_QUEUE || (!follows && d->tail - d->head == DOWNLINK_RUNS))
		return false;
	if (follows) {
		last->count++;
		last->bytes += packet->bytes;
	} else {
		d->queue[d->tail++ % DOWNLINK_RUNS] = *packet;
	}
	d->waiting++;
	d->waiting_bytes += packet->bytes;
	return true;
}

/* The first packet, as a run of one. */
static struct downlink_run queue_take(struct downlink *d)
{
	struct downlink_run *w = &d->queue[d->head % DOWNLINK_RUNS], first = *w;

	first.bytes = w->bytes / w->count; /* of nearly equal packets; the last takes the rest */
	first.count = 1;
	w->bytes -= first.bytes;
	w->sequence++;
	if (--w->count == 0)
		d->head++;
	d->waiting--;
	d->waiting_bytes -= first.bytes;
	return first;
}

bool downlink_hold(struct subscription *s, uint64_t now, int layer, const struct media_packet *p)
{
	struct downlink *d = s->participant->subscriber.downlink;
	const struct track_layer *l = s->track->layers[layer];

	if (!d || s->track->kind != KIND_VIDEO || !l->has_cache || !is_measured(d) || !s->sending ||
	    (layer != s->layers.current && layer != s->layers.target))
		return false;
	if (d->head == d->tail) {
		pay_debt(d, now);
		if (d->debt + p->length <= burst_bytes(d, now))
			return false;
	}
	if (!queue_put(d, &(struct downlink_run){ .subscription = s,
						  .sequence = p->sequence,
						  .bytes = p->length,
						  .count = 1,
						  .layer = (uint8_t)layer,
						  .generation = l->generation })) {
		d->count.dropped++; /* a hole: the client asks for it again, or for a key frame */
		return true;
	}
	d->count.held++;
	leg_wake(&s->participant->subscriber.leg, downlink_deadline(s->participant));
	return true;
}

void downlink_forget(struct subscription *s)
{
	struct downlink *d = s->participant->subscriber.downlink;

	for (uint32_t i = d ? d->head : 0; d && i != d->tail; i++) {
		if (d->queue[i % DOWNLINK_RUNS].subscription == s)
			d->queue[i % DOWNLINK_RUNS].subscription = NULL;
	}
}

/* One packet whose turn it is. */
static void release(const struct downlink_run *w, uint64_t now)
{
	struct subscription *s = w->subscription;
	const struct track_layer *l = s ? s->track->layers[w->layer] : NULL;
	struct media_packet packet;
	struct dd dd;

	if (!l || !l->has_cache || l->generation != w->generation || s->track->muted ||
	    !cache_get(&l->cache, w->sequence, &packet))
		return;
	if (l->scalable)
		scalable_read(l->scalable, &packet, &dd);
	forward_to(s, now, w->layer, &packet);
}

static uint32_t slice_bytes(const struct downlink *d)
{
	return (uint32_t)(pacing_rate(d) * DOWNLINK_SLICE_US / 8 / 1000000);
}

/* When the last slice is paid for. */
static uint64_t slice_due(const struct downlink *d)
{
	uint64_t rate = pacing_rate(d);

	return d->paced_at + (rate ? (uint64_t)d->debt * 8 * 1000000 / rate : 0);
}

static void release_due(struct downlink *d, uint64_t now)
{
	pay_debt(d, now);
	if (d->debt > slice_bytes(d) / 4) /* woken for something else: whole slices are cheaper */
		return;
	uint32_t slice = slice_bytes(d);

	while (d->head != d->tail && d->debt < slice) {
		const struct downlink_run w = queue_take(d);

		release(&w, now);
	}
}

/* ---- probing ---- */

/* A stream whose RTX can carry padding. */
static struct subscription *find_carrier(const struct participant *p)
{
	struct subscription *s;

	list_each (s, &p->subscriptions, in_participant) {
		if (s->sending && !s->track->muted && down_can_pad(&s->down) &&
		    s->down.config.id_transport_cc)
			return s;
	}
	return NULL;
}

static bool send_padding(struct participant *p, uint64_t now, struct subscription *s)
{
	enum { ROOM = DOWN_PADDING + DOWN_OVERHEAD_MAX + SRTP_TAG_MAX };
	struct downlink *d = p->subscriber.downlink;
	uint8_t *out = egress_reserve(&p->sfu->egress, ROOM);

	if (!out)
		return false;

	struct wr w = wr_of(out, ROOM - SRTP_TAG_MAX);
	if (down_padding(&s->down, now, &w) != DOWN_OK)
		return false;
	downlink_send(p, now, out, wr_len(&w), ROOM);
	d->count.padding++;
	return true;
}

/*
 * When everything is paused for lack of bandwidth, nothing that is sent shows that there is some
 * again: a packet of padding now and then does.
 */
static void ask_again(struct participant *p, uint64_t now)
{
	struct downlink *d = p->subscriber.downlink;
	struct subscription *carrier;

	if (!d->measured_since || d->bwe.wanted == 0 || now - d->sent_at < DOWNLINK_IDLE_US)
		return;
	carrier = find_carrier(p);
	if (carrier)
		(void)send_padding(p, now, carrier);
}

/* Sends what is due of the burst under way, or begins one. */
static void probe(struct participant *p, uint64_t now)
{
	struct downlink *d = p->subscriber.downlink;
	struct subscription *carrier;

	if (!d->plan.id && !bwe_probe(&d->bwe, now, &d->plan))
		return;
	carrier = find_carrier(p);
	while (carrier && probe_plan_is_due(&d->plan, now)) {
		if (!send_padding(p, now, carrier))
			carrier = NULL;
	}
	if (!carrier)
		d->plan.id = 0;
}

/*
 * What the allocator may share. At the start the media itself shows what the path takes: nothing is
 * limited until the estimator had the time to find out, or sees trouble.
 */
static uint64_t limit_of(const struct downlink *d, uint64_t now)
{
	bool early = now - d->measured_since < DOWNLINK_START_US && d->bwe.count.cuts == 0 &&
		     d->bwe.queue < DOWNLINK_TROUBLE_US;

	/* in a silence the streams stay as they are, until ICE consent ends it: what comes after a
	 * blackout is a picture, not a search for the rate */
	if (!d->measured_since || bwe_is_mute(&d->bwe) || (early && !d->bwe.remb_only))
		return ALLOCATE_UNLIMITED;
	return bwe_estimate(&d->bwe);
}

static void share(struct participant *p, uint64_t now)
{
	struct downlink *d = p->subscriber.downlink;
	uint64_t wanted = allocate(p, now, limit_of(d, now)) * 5 /
			  4; /* room to raise, allocate.h */

	uint8_t again = bwe_is_calm(&d->bwe, now) ? DOWN_RTX_SHARE_CALM : DOWN_RTX_SHARE;
	struct subscription *s;

	list_each (s, &p->subscriptions, in_participant)
		s->down.rtx_share = again;
	d->next_share = leg_common(now + DOWNLINK_SHARE_US);
	bwe_want(&d->bwe, !find_carrier(p)	? 0
			  : wanted > UINT32_MAX ? UINT32_MAX
						: (uint32_t)wanted);
}

/* ---- the clock and the client ---- */

void downlink_tick(struct participant *p, uint64_t now)
{
	struct downlink *d = p->subscriber.downlink;

	if (!d || !leg_may_send(&p->subscriber.leg, now))
		return;
	bwe_tick(&d->bwe, now);
	if (now >= d->next_share)
		share(p, now);
	if (d->head != d->tail)
		release_due(d, now);
	probe(p, now);
	ask_again(p, now);
}

uint64_t downlink_deadline(const struct participant *p)
{
	const struct downlink *d = p->subscriber.downlink;

	if (!d || !p->subscriber.leg.connected)
		return UINT64_MAX;

	uint64_t due = bwe_deadline(&d->bwe);

	if (d->next_share < due && !list_empty(&p->subscriptions))
		due = d->next_share;
	if (d->head != d->tail && slice_due(d) < due)
		due = slice_due(d);
	if (d->plan.id && d->plan.at < due)
		due = d->plan.at;
	return due;
}

static void note_measured(struct downlink *d, uint64_t now)
{
	if (!d->measured_since && is_measured(d))
		d->measured_since = now;
}

/*
 * After a blackout seconds of pictures are missing. To send them all again, at the rate that
 * retransmissions may have, would show the past in slow motion: a key frame ends it at once.
 */
static void start_afresh(struct participant *p, uint64_t now)
{
	struct subscription *s;

	list_each (s, &p->subscriptions, in_participant) {
		if (s->sending && s->track->kind == KIND_VIDEO && !s->track->muted &&
		    !subscription_is_paused(s) && s->layers.current >= 0)
			track_want_key(s->track, now, s->layers.current);
	}
}

void downlink_feedback(struct participant *p, uint64_t now, const struct rtcp_feedback *f)
{
	struct twcc_arrival list[DOWNLINK_TWCC_PACKETS];
	struct downlink *d = p->subscriber.downlink;
	struct twcc_feedback feedback;

	if (!d || !twcc_parse(&feedback, list, DOWNLINK_TWCC_PACKETS, f)) {
		sfu_drop(p->sfu, d ? DROP_RTCP : DROP_FEEDBACK);
		return;
	}
	uint32_t before = bwe_estimate(&d->bwe);
	bool mute = bwe_is_mute(&d->bwe);

	bwe_feedback(&d->bwe, now, &feedback, list);
	note_measured(d, now);
	if (mute && !bwe_is_mute(&d->bwe))
		start_afresh(p, now);
	if (bwe_estimate(&d->bwe) < before)
		share(p, now); /* down at once */
	leg_wake(&p->subscriber.leg, downlink_deadline(p));
}

void downlink_remb(struct participant *p, uint64_t now, uint64_t bps)
{
	struct downlink *d = p->subscriber.downlink;

	if (!d)
		return;
	bwe_remb(&d->bwe, now, bps);
	note_measured(d, now);
}
