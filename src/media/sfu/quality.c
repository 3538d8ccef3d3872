/* SPDX-License-Identifier: Apache-2.0 */
#include "media/sfu/quality.h"

#include "media/sfu/participant.h"
#include "media/sfu/sfu.h"
#include "media/sfu/subscription.h"
#include "media/sfu/track.h"

/* What the streams of one direction say together. */
struct measure {
	uint64_t expected, lost;
	uint32_t rtt, jitter; /* µs, the worst */
	uint64_t bps;
};

unsigned quality_score(uint32_t loss, uint32_t rtt_us, uint32_t jitter_us)
{
	uint64_t delay_ms = ((uint64_t)rtt_us / 2 + 2 * (uint64_t)jitter_us) / 1000 + 20;
	/* people notice delay from about 160 ms on */
	uint64_t by_delay = delay_ms < 160 ? delay_ms / 20 : 8 + (delay_ms - 160) / 8;
	uint64_t by_loss = (uint64_t)loss * 4 / 100; /* 4 for each per cent */
	uint64_t gone = by_delay + by_loss;

	return gone >= 100 ? 0 : (unsigned)(100 - gone);
}

static void add_up(struct measure *m, struct track_layer *l, uint64_t now)
{
	uint64_t expected = l->up.started ? l->up.highest - l->up.base + 1 : 0;
	uint64_t received = l->up.received;

	/* a sequence that began anew counts from the next time on */
	if (expected >= l->expected_before && received >= l->received_before) {
		uint64_t wanted = expected - l->expected_before;
		uint64_t came = received - l->received_before;

		m->expected += wanted;
		m->lost += wanted > came ? wanted - came : 0;
	}
	m->bps += rate_bps(&l->up.rate, now);
	l->expected_before = expected;
	l->received_before = received;
}

static void add_down(struct measure *m, struct subscription *s, uint64_t now)
{
	const struct down *d = &s->down;
	uint32_t sent = d->packets - s->packets_before;
	int32_t lost = d->lost - s->lost_before;
	uint32_t jitter = (uint32_t)((uint64_t)d->jitter * 1000000 / d->config.clock_rate);

	m->bps += rate_bps(&d->rate, now);
	m->expected += sent;
	m->lost += lost > 0 && sent ? (uint32_t)lost : 0;
	/* a video frame of many packets looks like jitter: sound says how it is */
	if (d->config.codec == MEDIA_OPUS && sent && jitter > m->jitter)
		m->jitter = jitter;
	if (sent && d->rtt > m->rtt)
		m->rtt = d->rtt;
	s->packets_before = d->packets;
	s->lost_before = d->lost;
}

static uint32_t loss_of(const struct measure *m)
{
	uint64_t lost = m->lost > m->expected ? m->expected : m->lost;

	return m->expected ? (uint32_t)(lost * PLANE_LOSS_ALL / m->expected) : 0;
}

static unsigned score_of(const struct measure *m)
{
	return quality_score(loss_of(m), m->rtt, m->jitter);
}

static uint32_t bps_of(const struct measure *m)
{
	return m->bps > UINT32_MAX ? UINT32_MAX : (uint32_t)m->bps;
}

static bool is_silent(const struct leg *l, uint64_t now)
{
	return !l->open || !l->connected || now - l->last_seen > QUALITY_LOST_US;
}

static unsigned measure(struct participant *p, uint64_t now, unsigned *ret_score,
			struct plane_figures *ret)
{
	struct measure up = { 0 }, down = { 0 };
	struct subscription *s;
	struct track *t;

	list_each (t, &p->tracks, in_participant) {
		for (int i = 0; i < LAYERS_MAX; i++) {
			if (t->layers[i])
				add_up(&up, t->layers[i], now);
		}
	}
	list_each (s, &p->subscriptions, in_participant) {
		if (s->sending)
			add_down(&down, s, now);
	}
	*ret = (struct plane_figures){ .up_bps = bps_of(&up),
				       .down_bps = bps_of(&down),
				       .up_loss = (uint16_t)loss_of(&up),
				       .down_loss = (uint16_t)loss_of(&down),
				       .rtt_us = down.rtt };
	unsigned a = score_of(&up), b = score_of(&down);
	*ret_score = a < b ? a : b;
	if (is_silent(&p->publisher.leg, now) && is_silent(&p->subscriber.leg, now)) {
		*ret_score = 0;
		return CONNECTION_LOST;
	}
	if (*ret_score >= QUALITY_EXCELLENT_FROM)
		return CONNECTION_EXCELLENT;
	return *ret_score >= QUALITY_GOOD_FROM ? CONNECTION_GOOD : CONNECTION_POOR;
}

void quality_tick(struct participant *p, uint64_t now)
{
	struct quality *q = &p->quality;
	unsigned score, found;

	if (!q->due) {
		q->due = now + QUALITY_INTERVAL_US;
		return;
	}
	if (now < q->due || !(p->publisher.leg.connected || p->subscriber.leg.connected))
		return;
	q->due = now + QUALITY_INTERVAL_US;
	struct plane_event event = participant_event(p, EV_MEASURED);
	found = measure(p, now, &score, &event.figures);
	event.score = (uint8_t)score;
	egress_event(&p->sfu->egress, &event);
	if (q->told == found + 1)
		return;
	q->told = (uint8_t)(found + 1);

	event = participant_event(p, EV_CONNECTION);
	event.quality = (uint8_t)found;
	event.score = (uint8_t)score;
	egress_event(&p->sfu->egress, &event);
}
