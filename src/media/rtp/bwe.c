/* SPDX-License-Identifier: Apache-2.0 */
/* See bwe.h. */
#include "media/rtp/bwe.h"
#include "base/slab.h"

#include <errno.h>
#include <string.h>

#define AFTER_MUTE 0.85 /* of the rate before a blackout */
#define LIMITED	   0.65 /* sends less than this share of the estimate: it says nothing about more */
#define NEARLY	   0.85 /* of the estimate: as good as all of it */
#define STRETCHED  1.03 /* arrival over sending: a queue grew meanwhile */

enum {
	PEAK_US = 80 * 1000,	/* of arrivals that show what a full path carries */
	RUN_US = 5000,		/* packets acknowledged together */
	WINDOW_US = 250 * 1000, /* of the lowest delay */
	WINDOW_PACKETS = 4,
	BASE_US = 15 * 1000 * 1000, /* how long a lowest delay is believed, once or twice that */
	HOLD_QUEUE_US = 50 * 1000,  /* a standing queue: not up, … */
	CUT_QUEUE_US = 80 * 1000,   /* … and down */
	CALM_US = 2 * 1000 * 1000,  /* after a cut */
	PROBE_ECHO_US = 200 * 1000,
	CUT_PAUSE_US = 400 * 1000,
	QUEUE_CUTS = 3,		  /* that did not help: the path has become longer */
	LIMITED_QUEUE_US = 20000, /* an idle sender's overuse needs a queue to be believed */
	REFERENCE_PERIOD = TWCC_REFERENCE_US, /* times 2^24: where the receiver's clock wraps */
};

#define NO_DELAY INT64_MAX
#define FAR	 ((int64_t)1 << 52) /* 142 years: no clock gets there, lies do (half a period each) */

int bwe_init(struct bwe *b, uint32_t start, uint32_t most)
{
	struct bwe_sent *history = slab_calloc(BWE_HISTORY_FIRST * sizeof *history);

	if (!history)
		return -ENOMEM;
	*b = (struct bwe){ .most = most ? most : BWE_MAX_BPS,
			   .least = BWE_MIN_BPS,
			   .history = history,
			   .history_count = BWE_HISTORY_FIRST };
	b->estimate = b->wanted = start ? start : BWE_START_BPS;
	b->delay.rate = b->estimate;
	b->base[0] = b->base[1] = b->window_low = NO_DELAY;
	trendline_init(&b->trend);
	probe_init(&b->probe);
	return 0;
}

void bwe_fini(struct bwe *b)
{
	slab_free(b->history);
	b->history = NULL;
}

static void settle(struct bwe *b)
{
	double rate = b->delay.rate;

	if (b->loss.cap > 0 && b->loss.cap < rate)
		rate = b->loss.cap;
	if (b->remb_only)
		rate = b->remb;
	rate = rate < b->least ? b->least : rate > b->most ? b->most : rate;
	if (b->delay.rate < b->least)
		b->delay.rate = b->least;
	if (b->delay.rate > b->most)
		b->delay.rate = b->most;
	b->estimate = (uint32_t)rate;
}

static struct bwe_sent *place(const struct bwe *b, uint16_t number)
{
	return &b->history[number & (b->history_count - 1)];
}

/* Feedback comes after a round trip and the receiver's interval: what was sent meanwhile has to fit. */
static void make_room(struct bwe *b, uint64_t now, uint16_t number)
{
	const struct bwe_sent *old = place(b, number);
	uint32_t count = b->history_count * 2;

	if (!old->size || old->lost || (uint32_t)now - old->at > BWE_SILENCE_US ||
	    count > BWE_HISTORY)
		return;
	struct bwe_sent *history = slab_calloc(count * sizeof *history);
	if (!history)
		return; /* the oldest is forgotten */
	for (uint32_t i = 0; i < b->history_count; i++)
		if (b->history[i].size)
			history[b->history[i].number & (count - 1)] = b->history[i];
	slab_free(b->history);
	b->history = history;
	b->history_count = count;
}

void bwe_sent(struct bwe *b, uint64_t now, uint16_t number, size_t bytes, uint8_t probe)
{
	size_t size = bytes + BWE_OVERHEAD;

	if (size > UINT16_MAX)
		size = UINT16_MAX;
	make_room(b, now, number);
	*place(b, number) = (struct bwe_sent){
		.at = (uint32_t)now, .size = (uint16_t)size, .number = number, .probe = probe
	};
	if (!b->sent_since)
		b->silent_since = now;
	b->sent_since += size;
	if (probe)
		probe_sent(&b->probe, probe, (int64_t)now, (uint32_t)size);
}

/* ---- what the receiver's clock says ---- */

/* How far to move its times so that they do not wrap (24 bits of 64 ms: every 12 days). */
static int64_t unwrap(struct bwe *b, int32_t reference)
{
	int64_t period = (int64_t)REFERENCE_PERIOD << 24;
	int64_t at = (int64_t)reference * TWCC_REFERENCE_US;

	if (b->has_reference) {
		int64_t ahead = (at - b->reference) % period;

		if (ahead > period / 2)
			ahead -= period;
		if (ahead < -period / 2)
			ahead += period;
		at = b->reference + ahead;
		if (at > FAR || at < -FAR)
			at = (int64_t)reference * TWCC_REFERENCE_US; /* as a clock that is new */
	}
	b->reference = at;
	b->has_reference = true;
	return at - (int64_t)reference * TWCC_REFERENCE_US;
}

static void note_acked(struct bwe *b, int64_t sent, int64_t arrival, uint32_t bytes)
{
	uint32_t last = (b->acked_count - 1) % BWE_ACKED;

	if (b->acked_count && sent - b->acked[last].sent < RUN_US) {
		b->acked[last].bytes += bytes;
		if (arrival > b->acked[last].arrival)
			b->acked[last].arrival = arrival;
		return;
	}
	b->acked[b->acked_count++ % BWE_ACKED] = (typeof(b->acked[0])){ sent, arrival, bytes };
}

double bwe_acked(const struct bwe *b, double *ret_stretch, double *ret_peak)
{
	uint32_t count = b->acked_count < BWE_ACKED ? b->acked_count : BWE_ACKED;
	uint32_t newest = (b->acked_count - 1) % BWE_ACKED;
	int64_t span = 0, received = 0, sent = 0, peak_span = 1;
	double bytes = 0, in_span = 0, peak = 0; /* peak: bytes in peak_span */

	for (uint32_t i = 1; i <= count; i++) {
		uint32_t at = (b->acked_count - i) % BWE_ACKED;
		int64_t arrived = b->acked[newest].arrival - b->acked[at].arrival;
		int64_t left = b->acked[newest].sent - b->acked[at].sent;

		if (arrived > BWE_WINDOW_US || left > BWE_WINDOW_US ||
		    b->acked[at].sent < b->acked_from)
			break;
		received = arrived;
		sent = left;
		/* a claim cannot make it faster than it was sent (R50) */
		span = received > sent ? received : sent;
		in_span = bytes; /* without the run that begins the span */
		bytes += b->acked[at].bytes;
		if (span > PEAK_US && in_span * (double)peak_span > peak * (double)span) {
			peak = in_span;
			peak_span = span;
		}
	}
	if (ret_stretch)
		*ret_stretch = sent > 0 ? (double)received / (double)sent : 1;
	if (ret_peak)
		*ret_peak = peak * 8e6 / (double)peak_span;
	return span > BWE_WINDOW_US / 8 ? in_span * 8e6 / (double)span : 0;
}

static void note_delay(struct bwe *b, uint64_t now, int64_t delay)
{
	if (now - b->base_since > BASE_US) {
		b->base[1] = b->base[0];
		b->base[0] = NO_DELAY;
		b->base_since = now;
	}
	if (delay < b->base[0])
		b->base[0] = delay;
	if (delay < b->window_low)
		b->window_low = delay;
	b->window_packets++;
}

/* At the end of a window: how long did everybody wait? */
static bool close_window(struct bwe *b, uint64_t now)
{
	int64_t base = b->base[0] < b->base[1] ? b->base[0] : b->base[1];

	if (now - b->window_since < WINDOW_US || b->window_packets < WINDOW_PACKETS)
		return false;
	uint32_t before = b->queue;

	b->queue = (uint32_t)(b->window_low - base);
	b->draining = b->queue < before - before / 10;
	b->window_low = NO_DELAY;
	b->window_packets = 0;
	b->window_since = now;
	return true;
}

/* ---- the estimate ---- */

static void cut(struct bwe *b, uint64_t now)
{
	b->last_cut = now;
	b->count.cuts++;
	train_forget(&b->train);
}

/*
 * A queue that neither grows nor drains is no trend, and yet everybody waits in it. When cutting
 * does not shorten it, it is no queue of ours: the path is longer than it was.
 */
static void drain(struct bwe *b, uint64_t now, const struct aimd_input *in)
{
	if (b->queue < CUT_QUEUE_US) {
		b->queue_cuts = 0;
		b->queue_before = 0;
		return;
	}
	if (now - b->delay.last_decrease < CUT_PAUSE_US)
		return;
	if (b->queue_before && b->queue > b->queue_before - b->queue_before / 10)
		b->queue_cuts++;
	else
		b->queue_cuts = 0;
	b->queue_before = b->queue;
	if (b->queue_cuts >= QUEUE_CUTS) {
		b->base[0] += b->queue;
		b->base[1] = NO_DELAY;
		b->queue = b->queue_before = 0;
		b->queue_cuts = 0;
		return;
	}
	aimd_decrease(&b->delay, now, in);
	cut(b, now);
}

struct told {
	uint32_t lost, total;
	int64_t last_sent; /* of the newest that arrived */
	bool any;
};

/* One packet of the feedback. */
static void take(struct bwe *b, uint64_t now, const struct twcc_arrival *a, int64_t offset,
		 struct told *t)
{
	struct bwe_sent *s = place(b, a->seq);
	uint32_t age = (uint32_t)now - s->at;

	if (s->number != a->seq || s->size == 0) {
		b->count.unknown += a->received; /* never sent, long ago, or told already */
		return;
	}
	if (!a->received) {
		if (!s->lost && (int64_t)(now - age) < b->lost_from)
			s->lost = true; /* swallowed by the blackout */
		if (!s->lost)
			t->lost++, t->total++;
		if (!s->lost && s->probe)
			probe_lost(&b->probe, s->probe);
		if (!s->lost)
			train_lost(&b->train, (int64_t)(now - age), s->size);
		s->lost = true;
		return;
	}

	int64_t sent = (int64_t)(now - age), arrival = a->at_us + offset;
	t->total += !s->lost;
	t->any = true;
	t->last_sent = sent;
	trendline_add(&b->trend, sent, arrival);
	train_arrived(&b->train, sent, arrival, s->size);
	note_acked(b, sent, arrival, s->size);
	note_delay(b, now, arrival - sent);
	if (s->probe)
		probe_arrived(&b->probe, s->probe, arrival, s->size);
	s->size = 0;
}

static void take_probe(struct bwe *b, uint64_t now, int64_t last_told)
{
	double rate = probe_result(&b->probe, last_told);

	if (rate <= b->estimate || b->trend.usage == TREND_OVERUSE)
		return;
	b->count.probed++;
	b->delay.rate = rate;
	b->delay.last_change = now;
	b->acked_from = (int64_t)now; /* what arrived before was sent at another rate */
	loss_probed(&b->loss, rate);
}

/*
 * Whether overuse is what it looks like. A probe makes a short queue of its own, and right after
 * one nothing is known yet; a queue that gets shorter needs no more; where no queue stands and
 * packets of less than the estimate came no further apart than they were sent, there is none.
 */
static bool is_believed(const struct bwe *b, uint64_t now, double acked, bool stretched)
{
	bool probed = b->probe.at && now - b->probe.at < PROBE_ECHO_US + b->rtt;

	if (b->draining ||
	    (!stretched && b->queue < LIMITED_QUEUE_US && acked < NEARLY * b->delay.rate))
		return false;
	if (probed || acked <= 0)
		return b->queue >= CUT_QUEUE_US;
	return acked >= LIMITED * b->delay.rate || b->queue >= LIMITED_QUEUE_US;
}

/* A blackout is no congestion: nearly the rate of before it, and what it swallowed does not count. */
static void come_back(struct bwe *b, uint64_t now)
{
	double rate = AFTER_MUTE * b->before_mute;

	if (b->delay.rate < rate)
		b->delay.rate = rate;
	b->delay.last_change = now;
	b->acked_from = b->lost_from = (int64_t)now;
	b->last_cut = 0;
	trendline_init(&b->trend);
}

void bwe_feedback(struct bwe *b, uint64_t now, const struct twcc_feedback *f,
		  const struct twcc_arrival *list)
{
	int64_t offset = unwrap(b, f->reference);
	struct told told = { 0 };

	for (uint16_t i = 0; i < f->packet_count; i++)
		take(b, now, &list[i], offset, &told);
	b->count.feedbacks++;
	b->count.packets += told.total;
	b->count.lost += told.lost;
	if (told.total == 0)
		return; /* nothing new: not even a sign of life */
	b->has_feedback = true;
	b->remb_only = false;
	bool comes_back = b->mute && told.any;

	if (comes_back)
		come_back(b, now);
	b->silent_since = now;
	b->mute = b->mute && !told.any;
	b->sent_since = 0;
	if (told.any) {
		uint32_t rtt = (uint32_t)(now - (uint64_t)told.last_sent);

		b->rtt = b->rtt ? (uint32_t)(((uint64_t)b->rtt * 7 + rtt) / 8) : rtt;
	}

	double stretch, peak, acked = bwe_acked(b, &stretch, &peak);
	double used = acked / (1 - b->loss.inherent); /* what the path swallows was sent, too */
	struct aimd_input in = {
		.usage = b->trend.usage,
		.acked = acked,
		.peak = peak > acked ? peak : acked,
		.rtt = b->rtt,
		.stretched = stretch > STRETCHED,
		.queue = b->queue,
		.calm = b->queue < LIMITED_QUEUE_US &&
				stretch<STRETCHED, .hold = b->queue> HOLD_QUEUE_US ||
			used < NEARLY * b->delay.rate,
	};
	bool window = close_window(b, now);
	in.queue = b->queue;
	if (in.usage == TREND_OVERUSE && !is_believed(b, now, acked, in.stretched))
		in.usage = TREND_NORMAL;
	if (told.any && aimd_update(&b->delay, now, &in))
		cut(b, now);
	if (window && !b->draining)
		drain(b, now, &in);
	take_probe(b, now, told.last_sent);
	if (!comes_back &&
	    loss_update(&b->loss, now, told.lost, told.total, b->estimate, b->rtt, b->queue))
		cut(b, now);
	settle(b);
}

void bwe_remb(struct bwe *b, uint64_t now, uint64_t bps)
{
	if (b->has_feedback)
		return;
	b->remb_only = true;
	b->remb = bps > b->most ? b->most : (uint32_t)bps;
	b->silent_since = now;
	b->mute = false;
	b->sent_since = 0;
	settle(b);
}

void bwe_want(struct bwe *b, uint32_t bps)
{
	b->wanted = bps;
}

void bwe_tick(struct bwe *b, uint64_t now)
{
	if (!b->sent_since || now - b->silent_since < BWE_SILENCE_US ||
	    now - b->last_silence < BWE_SILENCE_STEP_US)
		return;
	b->last_silence = now;
	if (!b->mute)
		b->before_mute = b->delay.rate;
	b->mute = true;
	if (!b->has_feedback)
		return; /* perhaps it has none to give */
	b->delay.rate *= 0.8;
	cut(b, now);
	settle(b);
}

/* Nothing is asked of a path that is silent or in trouble; the next feedback tells more. */
static bool may_probe(const struct bwe *b)
{
	return !b->remb_only && !b->mute && !loss_on_trial(&b->loss) && b->queue <= HOLD_QUEUE_US &&
	       b->trend.usage != TREND_OVERUSE;
}

bool bwe_probe(struct bwe *b, uint64_t now, struct probe_plan *ret)
{
	if (!may_probe(b) ||
	    !probe_due(&b->probe, now, b->estimate, b->wanted, b->most, b->last_cut, ret))
		return false;
	b->count.probes++;
	return true;
}

bool bwe_is_calm(const struct bwe *b, uint64_t now)
{
	return b->has_feedback && !b->mute && b->queue <= HOLD_QUEUE_US &&
	       b->trend.usage != TREND_OVERUSE && now - b->last_cut >= CALM_US;
}

uint64_t bwe_deadline(const struct bwe *b)
{
	uint64_t due = UINT64_MAX;

	if (b->sent_since) {
		uint64_t silent = b->silent_since + BWE_SILENCE_US;
		uint64_t step = b->last_silence + BWE_SILENCE_STEP_US;

		due = silent > step ? silent : step;
	}
	if (may_probe(b)) {
		uint64_t probe = probe_deadline(&b->probe, b->estimate, b->wanted, b->most,
						b->last_cut);

		due = probe < due ? probe : due;
	}
	return due;
}
