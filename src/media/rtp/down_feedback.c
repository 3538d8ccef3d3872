/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See down.h. What the subscriber says about its stream, and what we say about it: retransmissions,
 * sender reports, receiver reports. Everything a subscriber can ask for is bounded (R50): per
 * packet in time and tries, in sum by a share of the stream's own rate.
 *
 * Way: engine.c ▸ wire/rtcp ▸ [down_feedback.c] ▸ peer/srtp protect
 */
#include <string.h>

#include "base/slab.h"
#include "media/rtp/down_range.h"
#include "wire/rtp.h"

enum { NO_CLOCK_AFTER_US = 10 * 1000 * 1000 };

struct down_range *down_range_find(struct down *d, uint8_t source, uint64_t sequence)
{
	uint32_t count = d->range_serial < DOWN_RANGES ? d->range_serial : DOWN_RANGES;

	for (uint32_t i = 0; i < count; i++) {
		struct down_range *r = &d->ranges[(d->range_serial - i) % DOWN_RANGES];

		if (r->source == source && sequence >= r->first && sequence < r->end)
			return r;
	}
	return NULL;
}

bool down_range_is_past(struct down *d, uint8_t source, uint64_t sequence)
{
	uint32_t count = d->range_serial < DOWN_RANGES ? d->range_serial : DOWN_RANGES;

	for (uint32_t i = 0; i < count; i++) {
		struct down_range *r = &d->ranges[(d->range_serial - i) % DOWN_RANGES];

		if (r->source == source && sequence < r->first)
			return true;
	}
	return false;
}

/* The range that out number `sequence` lies in, or NULL. */
static struct down_range *range_of_out(struct down *d, uint64_t sequence)
{
	uint32_t count = d->range_serial < DOWN_RANGES ? d->range_serial : DOWN_RANGES;

	if (sequence > d->highest)
		return NULL;
	for (uint32_t i = 0; i < count; i++) {
		struct down_range *r = &d->ranges[(d->range_serial - i) % DOWN_RANGES];
		uint64_t of_source = sequence + r->offset;

		if (of_source >= r->first && of_source < r->end)
			return r;
	}
	return NULL;
}

/* May this packet go out again now? */
static enum down_verdict may_resend(const struct down *d, uint64_t now, const struct down_sent *s)
{
	uint32_t guard = d->rtt > DOWN_RTX_GUARD_US ? d->rtt : DOWN_RTX_GUARD_US;
	uint16_t since = (uint16_t)((uint16_t)(now / 1000) - s->again);

	if (!s->tries)
		return DOWN_OK;
	if (s->tries >= DOWN_RTX_TRIES)
		return DOWN_TOO_SOON;
	return (uint32_t)since * 1000 < guard ? DOWN_TOO_SOON : DOWN_OK;
}

/* Are `bytes` within the share of what was sent? What is unused does not pile up beyond a second. */
static bool pay(struct down *d, uint64_t now, size_t bytes)
{
	int32_t most = (int32_t)(DOWN_RTX_BURST + rate_bps(&d->rate, now) / 8 / d->rtx_share);

	if (d->rtx_credit > most)
		d->rtx_credit = most;
	if (d->rtx_credit < (int32_t)bytes)
		return false;
	d->rtx_credit -= (int32_t)bytes;
	return true;
}

/* False: so far back does the history not reach. It grows when it is asked: on most paths never. */
static bool reach(struct down *d, uint64_t sequence)
{
	uint32_t count = d->history_count;

	while (d->highest - sequence >= count && count < DOWN_HISTORY)
		count *= 2;
	if (d->highest - sequence >= count)
		return false;
	if (count == d->history_count)
		return true;
	struct down_sent *history = slab_calloc(count * sizeof *history);
	if (!history)
		return false;
	for (uint32_t i = 0; i < d->history_count; i++)
		if (d->history[i].sent)
			history[d->history[i].out & (count - 1)] = d->history[i];
	/* a larger ring reaches back to numbers that the smaller one had forgotten: they must not be used twice (RFC 3711 9.1) */
	if (d->highest >= d->history_from + d->history_count)
		d->history_from = d->highest - d->history_count + 1;
	slab_free(d->history);
	d->history = history;
	d->history_count = count;
	return true;
}

static enum down_verdict resend(struct down *d, uint64_t now, uint64_t sequence,
				const struct cache *const caches[DOWN_SOURCES], struct wr *out)
{
	struct down_range *r = range_of_out(d, sequence);
	struct media_packet p;

	if (!r || !caches[r->source] || !cache_get(caches[r->source], sequence + r->offset, &p) ||
	    !reach(d, sequence))
		return DOWN_UNKNOWN;
	struct down_sent *s = &d->history[sequence & (d->history_count - 1)];

	if ((size_t)(out->end - out->p) < down_room(&p))
		return DOWN_SHORT;
	if (s->out != (uint32_t)sequence)
		*s = (struct down_sent){ .out = (uint32_t)sequence };
	enum down_verdict verdict = may_resend(d, now, s);
	if (verdict != DOWN_OK)
		return verdict;
	if (!pay(d, now, (size_t)p.length + DOWN_OVERHEAD_MAX))
		return DOWN_BUDGET;
	if (s->marker)
		p.flags |= MEDIA_MARKER;
	down_write_packet(d, now, r, &p, sequence, true, out);
	d->rtx_sequence++;
	s->again = (uint16_t)(now / 1000);
	s->tries++;
	d->rtx_packets++;
	d->rtx_octets += p.length;
	return DOWN_OK;
}

enum down_verdict down_retransmit(struct down *d, uint64_t now, uint16_t sequence,
				  const struct cache *const caches[DOWN_SOURCES], struct wr *out)
{
	uint16_t behind = (uint16_t)((uint16_t)d->highest - sequence);
	enum down_verdict verdict = DOWN_NO_RTX;

	d->count.nacked++;
	if (d->config.rtx_payload_type)
		verdict = d->range_serial && behind < d->highest
				  ? resend(d, now, d->highest - behind, caches, out)
				  : DOWN_UNKNOWN;
	d->count.answered += verdict == DOWN_OK;
	d->count.missed += verdict == DOWN_UNKNOWN;
	d->count.refused += verdict != DOWN_OK && verdict != DOWN_UNKNOWN;
	return verdict;
}

enum down_verdict down_padding(struct down *d, uint64_t now, struct wr *out)
{
	const struct down_config *c = &d->config;
	struct rtp_header h = { .payload_type = c->rtx_payload_type,
				.seq = (uint16_t)d->rtx_sequence,
				.timestamp = d->last_timestamp,
				.ssrc = c->rtx_ssrc };

	if (!down_can_pad(d))
		return DOWN_NO_RTX;
	if ((size_t)(out->end - out->p) < DOWN_PADDING + DOWN_OVERHEAD_MAX)
		return DOWN_SHORT;
	rtp_write(out, &h);
	down_write_extensions(d, now, NULL, NULL, true, out);
	/* RFC 3550 5.1: the last byte counts them all */
	wr_zero(out, DOWN_PADDING - 1);
	wr_u8(out, DOWN_PADDING);
	out->start[0] |= 0x20;
	d->rtx_sequence++;
	return DOWN_OK;
}

static uint64_t ntp_of_us(uint64_t us)
{
	return us / 1000000 << 32 | (us % 1000000 << 32) / 1000000;
}

static uint32_t ticks_of_us(uint64_t us, uint32_t rate)
{
	return (uint32_t)(us / 1000000 * rate + us % 1000000 * rate / 1000000);
}

bool down_sender_report(struct down *d, uint64_t now, struct rtcp_sr *ret)
{
	const struct media_clock *clock = &d->out_clock;
	uint32_t rate = d->config.clock_rate;
	struct rtcp_sr r = { .ssrc = d->config.ssrc, .packets = d->packets, .octets = d->octets };

	if (!d->started)
		return false;
	if (clock->known) {
		r.ntp = clock->ntp + ntp_of_us(now - clock->arrival);
		r.rtp_timestamp = clock->timestamp + ticks_of_us(now - clock->arrival, rate);
	} else if (now - d->started >= NO_CLOCK_AFTER_US) {
		r.ntp = ntp_of_us(now);
		r.rtp_timestamp = d->last_timestamp + ticks_of_us(now - d->last_arrival, rate);
	} else {
		return false;
	}
	size_t slot = d->report_count++ % 4;
	d->reports[slot].lsr = (uint32_t)(r.ntp >> 16);
	d->reports[slot].at = now;
	*ret = r;
	return true;
}

/* RFC 3550 6.4.1: now - LSR - DLSR, against the report that it names, so that any clock will do. */
static void measure_rtt(struct down *d, uint64_t now, const struct rtcp_report *r)
{
	uint64_t held = (uint64_t)r->delay_since_last_sr * 1000000 >> 16;

	for (size_t i = 0; i < 4 && i < d->report_count; i++) {
		if (!r->last_sr || d->reports[i].lsr != r->last_sr || now < d->reports[i].at + held)
			continue;
		uint64_t sample = now - d->reports[i].at - held;
		if (sample > 10 * 1000000)
			return;
		uint64_t rtt = d->rtt ? (d->rtt * (uint64_t)3 + sample) / 4 : sample;
		d->rtt = rtt ? (uint32_t)rtt : 1;
		return;
	}
}

void down_receiver_report(struct down *d, uint64_t now, const struct rtcp_report *r)
{
	if (r->ssrc != d->config.ssrc || !d->started)
		return;
	d->mid_acknowledged = true;
	d->fraction_lost = r->fraction_lost;
	d->lost = r->cumulative_lost;
	d->jitter = r->jitter;
	measure_rtt(d, now, r);
}
