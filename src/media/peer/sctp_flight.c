/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The chunks in flight, in a ring by TSN: what acknowledgements and timeouts say of them, congestion control (RFC 9260
 * sections 6.3 and 7), and giving up on messages of partial reliability (RFC 3758). See sctp.h.
 */
#include "media/peer/sctp_private.h"

enum {
	WINDOW_LEAST = 4 * SCTP_PACKET_MAX,
	MISSING_MAX = 3, /* reports that make a fast retransmission */
};

static bool in_flight(const struct sctp_sent *s)
{
	return !s->acked && !s->abandoned && !s->again;
}

static void abandon_chunk(struct sctp_out *o, struct sctp_sent *s)
{
	if (in_flight(s))
		o->flight -= s->length;
	sctp_set_again(o, s, false);
	s->abandoned = true;
}

/*
 * Gives up the message that has a chunk at `tsn`: what is in flight of it, which lies side by side, will be
 * skipped; the rest is not sent.
 */
static void abandon(struct sctp_out *o, uint32_t tsn)
{
	struct sctp_item *item = sctp_sent_at(o, tsn)->item;

	if (item->queued) {
		item->queued = false;
		list_remove(&item->in_queue); /* its chunks hold it now */
	}
	for (uint32_t t = tsn; t != o->next && sctp_sent_at(o, t)->item == item; t++)
		abandon_chunk(o, sctp_sent_at(o, t));
	for (uint32_t t = tsn; t != o->first && sctp_sent_at(o, t - 1)->item == item; t--)
		abandon_chunk(o, sctp_sent_at(o, t - 1));
}

/* A chunk counts as lost: it is sent again, or its message given up (RFC 3758 3.5, RFC 7496). */
static void lose(struct sctp_out *o, uint32_t tsn)
{
	struct sctp_sent *s = sctp_sent_at(o, tsn);

	if (!in_flight(s))
		return;
	if (s->item->partial && o->peer_forwards && s->sends > s->item->retransmits) {
		abandon(o, tsn);
		return;
	}
	o->flight -= s->length;
	sctp_set_again(o, s, true);
}

/* RFC 3758 3.5 C: the peer may skip the chunks at the front that are given up. */
static void advance_forward(struct sctp_out *o)
{
	uint32_t before = o->forward;

	if (tsn_before(o->forward, o->first - 1))
		o->forward = o->first - 1;
	while (o->forward + 1 != o->next && sctp_sent_at(o, o->forward + 1)->abandoned)
		o->forward++;
	if (o->forward != before && o->forward != o->first - 1)
		o->forward_now = true;
}

/* ---- acknowledgements ---- */

struct progress {
	size_t bytes;	      /* newly acknowledged */
	uint32_t highest;     /* TSN newly acknowledged */
	uint64_t sample_from; /* when a chunk sent once went out; 0 = none */
};

static void acknowledge(struct sctp_out *o, uint32_t tsn, struct progress *p)
{
	struct sctp_sent *s = sctp_sent_at(o, tsn);

	if (s->acked)
		return;
	if (in_flight(s))
		o->flight -= s->length;
	sctp_set_again(o, s, false);
	s->acked = true;
	p->highest = tsn;
	if (!s->abandoned) {
		p->bytes += s->length;
		if (s->sends == 1) /* Karn (RFC 9260 6.3.1 C5) */
			p->sample_from = s->sent_at;
	}
}

/* RFC 9260 6.3.1 */
static void sample(struct sctp_out *o, uint64_t rtt)
{
	if (o->srtt == 0) {
		o->srtt = rtt;
		o->rttvar = rtt / 2;
	} else {
		uint64_t off = rtt > o->srtt ? rtt - o->srtt : o->srtt - rtt;

		o->rttvar = (3 * o->rttvar + off) / 4;
		o->srtt = (7 * o->srtt + rtt) / 8;
	}
	o->rto = o->srtt + 4 * o->rttvar;
	if (o->rto < SCTP_RTO_MIN_US)
		o->rto = SCTP_RTO_MIN_US;
	if (o->rto > SCTP_RTO_MAX_US)
		o->rto = SCTP_RTO_MAX_US;
}

/*
 * Gap blocks: relative to `cum`, ascending; the first that is not ends it. So one SACK costs at
 * most one look at each chunk in flight.
 */
static void read_gaps(struct sctp_out *o, uint32_t cum, unsigned count, struct rd *body,
		      struct progress *p)
{
	uint32_t sent = o->next - 1 - cum, before = 0;

	for (unsigned i = 0; i < count; i++) {
		uint32_t start = rd_be16(body), end = rd_be16(body);

		if (body->bad || start <= before || end < start || start > sent)
			return;
		before = end;
		if (end > sent)
			end = sent;
		for (uint32_t k = start; k <= end; k++)
			acknowledge(o, cum + k, p);
	}
}

/* RFC 9260 7.2.4: those that three SACKs have passed by. */
static void count_missing(struct sctp_out *o, uint32_t highest)
{
	bool lost = false;

	for (uint32_t t = o->first; tsn_before(t, highest); t++) {
		struct sctp_sent *s = sctp_sent_at(o, t);

		if (!in_flight(s) || s->fast || ++s->missing < MISSING_MAX)
			continue;
		s->fast = true;
		lose(o, t);
		lost = true;
	}
	if (!lost || o->recovering)
		return;
	o->ssthresh = o->cwnd / 2 > WINDOW_LEAST ? o->cwnd / 2 : WINDOW_LEAST;
	o->cwnd = o->ssthresh;
	o->partial_acked = 0;
	o->recovering = o->push = true;
	o->recovery_until = o->next - 1;
}

/* RFC 9260 7.2.1, 7.2.2 */
static void open_window(struct sctp_out *o, size_t flight_before, size_t bytes)
{
	bool full = flight_before + SCTP_PACKET_MAX > o->cwnd;

	if (o->recovering)
		return;
	if (o->cwnd <= o->ssthresh) {
		if (full)
			o->cwnd += bytes < SCTP_PACKET_MAX ? bytes : SCTP_PACKET_MAX;
		return;
	}
	o->partial_acked += bytes;
	if (o->partial_acked >= o->cwnd) {
		o->partial_acked -= o->cwnd;
		if (full)
			o->cwnd += SCTP_PACKET_MAX;
	}
}

void sctp_out_sack(struct sctp *a, uint64_t now, struct rd body)
{
	struct sctp_out *o = &a->out;
	uint32_t cum = rd_be32(&body), window = rd_be32(&body);
	unsigned gaps = rd_be16(&body);
	struct progress p = { .highest = o->first - 1 };
	size_t flight = o->flight;

	rd_skip(&body, 2); /* duplicates: nothing is done with them */
	if (body.bad || tsn_before(cum, o->first - 1) || !tsn_before(cum, o->next))
		return; /* an old one, or about what was never sent */

	bool moved = cum != o->first - 1;
	while (o->first != cum + 1) {
		acknowledge(o, o->first, &p);
		sctp_out_release_first(o);
	}
	read_gaps(o, cum, gaps, &body, &p);
	if (p.sample_from)
		sample(o, now - p.sample_from);
	if (o->recovering && !tsn_before(cum, o->recovery_until))
		o->recovering = false;
	if (moved)
		open_window(o, flight, p.bytes);
	if (p.bytes)
		count_missing(o, p.highest);
	/* A peer that answers is alive, even with its window closed (RFC 9260 6.1 A). */
	if (moved || p.bytes || window == 0)
		o->errors = 0;
	o->peer_window = window > o->flight ? window - o->flight : 0;
	advance_forward(o);
	if (o->first == o->next)
		o->t3 = UINT64_MAX;
	else if (moved)
		o->t3 = now + o->rto;
}

/* RFC 9260 6.3.3 */
void sctp_out_timeout(struct sctp *a, uint64_t now)
{
	struct sctp_out *o = &a->out;

	if (++o->errors > SCTP_RETRANSMITS_MAX) {
		sctp_abort(a, "the peer does not acknowledge");
		return;
	}
	o->ssthresh = o->cwnd / 2 > WINDOW_LEAST ? o->cwnd / 2 : WINDOW_LEAST;
	o->cwnd = SCTP_PACKET_MAX;
	o->partial_acked = 0;
	o->recovering = false;
	o->rto = o->rto * 2 < SCTP_RTO_MAX_US ? o->rto * 2 : SCTP_RTO_MAX_US;
	for (uint32_t t = o->first; t != o->next; t++) {
		struct sctp_sent *s = sctp_sent_at(o, t);

		/* It may have thrown away what it acknowledged in gaps (6.2.1): try that too. */
		if (o->errors > 1 && s->acked && !s->abandoned) {
			s->acked = false;
			o->flight += s->length;
		}
		s->missing = 0;
		s->fast = false;
		lose(o, t);
	}
	advance_forward(o);
	o->forward_now = o->forward != o->first - 1;
	o->push = true;
	o->t3 = now + o->rto;
}
