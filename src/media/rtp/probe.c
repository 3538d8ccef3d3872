/* SPDX-License-Identifier: Apache-2.0 */
/* See probe.h. */
#include "media/rtp/probe.h"

#include <math.h>

#define ENOUGH	  0.6  /* of the burst has to arrive */
#define SUSTAINED 0.9  /* received over sent: above it the path carried the burst … */
#define HEADROOM  0.95 /* … below it, this share of what was received is safe */
#define ONE_GAP	  0.5  /* of the time that the burst took to arrive */
#define LATE	  1.5  /* times as long as planned */
#define CHAIN	  0.7  /* of the probed rate: then try more at once */

enum { PADDING_BYTES = 320 };

void probe_init(struct probe *p)
{
	*p = (struct probe){ .interval = PROBE_AGAIN_US };
}

/* The rate to try; 0 = nothing to gain. */
static uint64_t choose_rate(const struct probe *p, uint32_t estimate, uint32_t wanted,
			    uint32_t most)
{
	uint64_t rate = (uint64_t)estimate * (p->at ? 2 : 3);

	/* what is wanted and a bit: beyond it nobody would use the answer */
	if (rate > (uint64_t)wanted * 5 / 4)
		rate = (uint64_t)wanted * 5 / 4;
	if (rate > most)
		rate = most;
	return rate > (uint64_t)estimate * 21 / 20 ? rate : 0;
}

uint64_t probe_deadline(const struct probe *p, uint32_t estimate, uint32_t wanted, uint32_t most,
			uint64_t last_cut)
{
	if (wanted <= estimate || choose_rate(p, estimate, wanted, most) == 0)
		return UINT64_MAX;
	if (p->waiting)
		return p->at + PROBE_ANSWER_US;
	if (!p->at || (p->chained && last_cut < p->at))
		return 0;

	uint64_t due = p->at + p->interval;
	uint64_t calm = last_cut ? last_cut + PROBE_AFTER_CUT_US : 0;

	return due > calm ? due : calm;
}

bool probe_due(struct probe *p, uint64_t now, uint32_t estimate, uint32_t wanted, uint32_t most,
	       uint64_t last_cut, struct probe_plan *ret)
{
	uint64_t rate = choose_rate(p, estimate, wanted, most);

	if (now < probe_deadline(p, estimate, wanted, most, last_cut))
		return false;
	uint8_t id = ++p->last_id ? p->last_id : ++p->last_id;
	uint64_t interval = p->waiting ? PROBE_BACKOFF_US : p->interval;

	uint64_t bytes = rate * PROBE_US / 8 / 1000000;

	if (bytes < PROBE_PACKETS * PADDING_BYTES)
		bytes = PROBE_PACKETS * PADDING_BYTES;
	*p = (struct probe){ .last_id = id,
			     .waiting = true,
			     .rate = (uint32_t)rate,
			     .bytes = (uint32_t)bytes,
			     .before = estimate,
			     .at = now ? now : 1,
			     .interval = interval };
	*ret = (struct probe_plan){
		.id = id, .rate = (uint32_t)rate, .bytes = (uint32_t)bytes, .at = now
	};
	return true;
}

bool probe_plan_is_due(struct probe_plan *p, uint64_t now)
{
	if (!p->id)
		return false;

	/* A timer that came late: a burst stretched over the delay would ask for less than it is
	 * to. What is due goes at once, but no more than a path takes in a moment. */
	uint64_t burst = (uint64_t)PROBE_BURST * 8 * 1000000 / p->rate;

	if (now > p->at + burst)
		p->at = now - burst;
	return p->at <= now;
}

void probe_plan_sent(struct probe_plan *p, size_t bytes)
{
	p->at += bytes * 8 * 1000000 / p->rate;
	p->bytes -= p->bytes < bytes ? p->bytes : (uint32_t)bytes;
	if (!p->bytes)
		p->id = 0;
}

void probe_sent(struct probe *p, uint8_t id, int64_t at, uint32_t bytes)
{
	if (id != p->last_id || !p->waiting)
		return;
	if (p->sent == 0)
		p->first_sent = at;
	p->last_sent = at;
	p->last_sent_bytes = bytes;
	p->sent++;
	p->sent_bytes += bytes;
}

void probe_arrived(struct probe *p, uint8_t id, int64_t arrival, uint32_t bytes)
{
	if (id != p->last_id || !p->waiting)
		return;
	if (p->got == 0 || arrival < p->first_arrival) {
		p->first_arrival = arrival;
		p->first_got_bytes = bytes;
	}
	if (p->got == 0 || arrival > p->last_arrival) {
		int64_t gap = p->got ? arrival - p->last_arrival : 0;

		p->longest_gap = gap > p->longest_gap ? gap : p->longest_gap;
		p->last_arrival = arrival;
	}
	p->seen++;
	p->got++;
	p->got_bytes += bytes;
}

void probe_lost(struct probe *p, uint8_t id)
{
	p->seen += id == p->last_id && p->waiting;
}

/* bit/s; what took no time at all was infinitely fast. */
static double rate_of(uint32_t bytes, int64_t us)
{
	return us > 0 ? bytes * 8e6 / (double)us : HUGE_VAL;
}

/* Received at most as fast as sent, and never more than was asked: arrival times are only a claim
 * (R50), and a few packets that a busy sender or receiver passed on in one go are no rate. */
static double measure(const struct probe *p)
{
	if (p->got < 2 || p->last_sent < p->first_sent)
		return 0;
	double sent = rate_of(p->sent_bytes - p->last_sent_bytes, p->last_sent - p->first_sent);
	double got = rate_of(p->got_bytes - p->first_got_bytes, p->last_arrival - p->first_arrival);

	if (got < p->rate && got < SUSTAINED * sent)
		return HEADROOM * got;
	return fmin(fmin(sent, got), p->rate);
}

/*
 * A path that is too slow spreads all packets. One gap in the middle, or a burst that left much
 * later than planned, is a busy sender or receiver, and says nothing about the path; neither does
 * a lost feedback.
 */
static bool is_disturbed(const struct probe *p)
{
	double sent_us = (double)(p->last_sent - p->first_sent);
	double got_us = (double)(p->last_arrival - p->first_arrival);

	return p->seen < p->sent || (double)p->longest_gap > ONE_GAP * got_us ||
	       sent_us * p->rate > LATE * 8e6 * p->sent_bytes;
}

double probe_result(struct probe *p, int64_t told)
{
	if (!p->waiting || p->sent_bytes < p->bytes)
		return 0; /* not sent as a whole yet */
	if (p->seen < p->sent && told < p->last_sent + PROBE_LOST_US)
		return 0; /* not heard of yet; later, that feedback was lost */
	double rate = p->got >= ENOUGH * p->sent ? measure(p) : 0;

	p->waiting = false;
	p->chained = rate >= CHAIN * p->rate;
	if (rate > 1.05 * p->before)
		p->interval = PROBE_AGAIN_US;
	else if (is_disturbed(p))
		p->interval = PROBE_AGAIN_US;
	else if ((p->interval *= 2) > PROBE_BACKOFF_US)
		p->interval = PROBE_BACKOFF_US;
	return rate;
}
