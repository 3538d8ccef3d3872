/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A sender with the bandwidth estimator and a receiver with real feedback, over emulated links, in
 * virtual time. The sender always has as much to say as the estimate allows, evenly paced. Both
 * may live in processes that do not always get the processor (road.busy). For tests.
 */
#pragma once

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "media/rtp/bwe.h"
#include "media/rtp/twcc_recv.h"
#include "simlink.h"

enum { FLOW_PACKET = 1100, FLOW_PADDING = 292, FLOW_SAMPLES = 1 << 18, FLOW_MS = 1000 };

struct flow {
	struct bwe bwe;
	struct twcc_recv receiver;
	uint16_t number;
	double credit; /* bytes that may go out */
	double most;   /* bit/s that the source has to say; 0 = as much as may be sent */
	uint16_t size; /* of a packet */
	struct probe_plan plan;
	uint64_t received_bytes, sent_bytes; /* sent: without probes */
};

/* A process that the scheduler stops now and then: for 0..longest, every 0..2 × mean. */
struct flow_process {
	uint64_t stopped_until, next_stop;
	uint64_t ran_at; /* last */
};

struct road {
	struct simlink *down, *up;
	struct flow *flows[2];
	int count;
	uint64_t now;
	struct {
		uint64_t at;
		uint32_t waited; /* µs above the propagation delay */
	} * samples;
	size_t sample_count;
	uint32_t delay_us;
	uint64_t held_until; /* an outage: nothing comes out before */
	struct {
		struct rng rng;
		uint32_t mean_us, longest_us; /* 0 = never stopped */
		struct flow_process sender, receiver;
	} busy;
};

struct flow_packet {
	uint64_t sent;
	uint16_t number, size;
};

static void flow_send(struct road *r, int i, uint16_t size, uint8_t probe)
{
	struct flow *f = r->flows[i];
	uint8_t bytes[FLOW_PACKET] = { 0 };
	struct flow_packet p = { .sent = r->now, .number = f->number, .size = size };

	memcpy(bytes, &p, sizeof p);
	bwe_sent(&f->bwe, r->now, f->number++, size, probe);
	f->sent_bytes += probe ? 0 : size;
	simlink_send(r->down, r->now, (uint32_t)i, bytes, size);
}

/* Whether the process runs now. ret_idle: how long it did not, before. */
static bool flow_is_running(struct road *r, struct flow_process *p, uint64_t *ret_idle)
{
	uint32_t mean = r->busy.mean_us;

	if (mean && r->now >= p->next_stop) {
		p->stopped_until = r->now + rng_u32(&r->busy.rng) % r->busy.longest_us;
		p->next_stop = p->stopped_until + rng_u32(&r->busy.rng) % (2 * mean);
	}
	if (r->now < p->stopped_until)
		return false;
	*ret_idle = p->ran_at ? r->now - p->ran_at : FLOW_MS;
	p->ran_at = r->now;
	return true;
}

static void flow_run_sender(struct road *r, int i, uint64_t idle)
{
	struct flow *f = r->flows[i];
	double rate = bwe_estimate(&f->bwe);

	if (f->most > 0 && rate > f->most)
		rate = f->most;
	bwe_tick(&f->bwe, r->now);
	if (!f->plan.id)
		(void)bwe_probe(&f->bwe, r->now, &f->plan);
	while (probe_plan_is_due(&f->plan, r->now)) {
		flow_send(r, i, FLOW_PADDING, f->plan.id);
		probe_plan_sent(&f->plan, FLOW_PADDING + BWE_OVERHEAD);
	}
	if (f->plan.id)
		return;
	f->credit += rate * (double)idle / 8e6;
	while (f->credit > 0) {
		flow_send(r, i, f->size, 0);
		f->credit -= f->size + BWE_OVERHEAD;
	}
}

static void flow_run_receiver(struct road *r)
{
	uint8_t bytes[FLOW_PACKET];
	uint32_t tag;
	size_t n;

	while (r->now >= r->held_until && simlink_next(r->down) <= r->now &&
	       simlink_recv(r->down, r->now, &tag, bytes, sizeof bytes, &n)) {
		struct flow_packet p;
		uint64_t at = simlink_arrival(r->down);

		if (at < r->held_until)
			at = r->held_until;
		memcpy(&p, bytes, sizeof p);
		twcc_recv_rx(&r->flows[tag]->receiver, at + 777000, p.number, 1);
		r->flows[tag]->received_bytes += n + BWE_OVERHEAD;
		if (r->sample_count < FLOW_SAMPLES) {
			r->samples[r->sample_count].at = r->now;
			r->samples[r->sample_count++].waited = (uint32_t)(at - p.sent -
									  r->delay_us);
		}
	}
	for (int i = 0; i < r->count; i++) {
		struct wr w = wr_of(bytes, sizeof bytes);

		if (twcc_recv_deadline(&r->flows[i]->receiver) > r->now + 777000)
			continue;
		while (twcc_recv_write(&r->flows[i]->receiver, r->now + 777000, 1, &w)) {
			simlink_send(r->up, r->now, (uint32_t)i, bytes, wr_len(&w));
			w = wr_of(bytes, sizeof bytes);
		}
	}
}

static void flow_run_feedback(struct road *r)
{
	static struct twcc_arrival list[TWCC_PACKETS_MAX];
	uint8_t bytes[FLOW_PACKET];
	uint32_t tag;
	size_t n;

	while (simlink_next(r->up) <= r->now &&
	       simlink_recv(r->up, r->now, &tag, bytes, sizeof bytes, &n)) {
		struct rtcp_iter it;
		struct rtcp_packet packet;
		struct rtcp_feedback f;
		struct twcc_feedback t;

		if (!rtcp_iter_init(&it, bytes, n) || !rtcp_next(&it, &packet) ||
		    !rtcp_parse_feedback(&f, &packet) ||
		    !twcc_parse(&t, list, TWCC_PACKETS_MAX, &f))
			abort();
		bwe_feedback(&r->flows[tag]->bwe, r->now, &t, list);
	}
}

static void road_run(struct road *r, uint64_t us)
{
	uint64_t idle;

	for (uint64_t end = r->now + us; r->now < end; r->now += FLOW_MS) {
		bool sends = flow_is_running(r, &r->busy.sender, &idle);

		for (int i = 0; sends && i < r->count; i++)
			flow_run_sender(r, i, idle);
		/* what came while it was stopped is read, and noted, now */
		if (flow_is_running(r, &r->busy.receiver, &idle)) {
			r->held_until = idle > FLOW_MS ? r->now : r->held_until;
			flow_run_receiver(r);
		}
		if (sends)
			flow_run_feedback(r);
	}
}

static inline struct simlink_config road_link(uint64_t bps, uint32_t queue_ms)
{
	return (struct simlink_config){ .rate_bps = bps,
					.queue_bytes = (uint32_t)(bps / 8000 * queue_ms),
					.delay_us = 25000,
					.overhead = BWE_OVERHEAD };
}

static struct road *road_new(uint64_t seed, const struct simlink_config *down)
{
	struct road *r = calloc(1, sizeof *r);
	struct simlink_config up = { .delay_us = 25000 };

	if (!r)
		abort();
	r->samples = calloc(FLOW_SAMPLES, sizeof *r->samples);
	r->now = 1000 * 1000 * 1000;
	r->down = simlink_new(seed, down);
	r->up = simlink_new(seed + 1000, &up);
	r->delay_us = down->delay_us;
	rng_seeded(&r->busy.rng, seed + 2000);
	return r;
}

static struct flow *road_add(struct road *r)
{
	struct flow *f = calloc(1, sizeof *f);

	if (!f || !r->samples || bwe_init(&f->bwe, 0, 0) < 0)
		abort();
	bwe_want(&f->bwe, BWE_MAX_BPS);
	twcc_recv_init(&f->receiver);
	f->size = FLOW_PACKET;
	r->flows[r->count++] = f;
	return f;
}

static void road_free(struct road *r)
{
	for (int i = 0; i < r->count; i++) {
		bwe_fini(&r->flows[i]->bwe);
		free(r->flows[i]);
	}
	(void)simlink_free(r->down);
	(void)simlink_free(r->up);
	free(r->samples);
	free(r);
}

static inline int road_compare(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

/* The delay that 95 of 100 packets did not exceed, µs, of those that arrived since `from`. */
static inline uint32_t road_p95(const struct road *r, uint64_t from)
{
	uint32_t *sorted = malloc(FLOW_SAMPLES * sizeof *sorted), p95;
	size_t n = 0;

	for (size_t i = 0; i < r->sample_count; i++) {
		if (r->samples[i].at >= from)
			sorted[n++] = r->samples[i].waited;
	}
	qsort(sorted, n, sizeof *sorted, road_compare);
	p95 = n ? sorted[n * 95 / 100] : 0;
	free(sorted);
	return p95;
}
