/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an association sends: messages cut into chunks, the chunks in flight in a ring by TSN,
 * acknowledgements, retransmission, congestion control (RFC 9260 sections 6 and 7), and giving up
 * on messages of partial reliability (RFC 3758). See sctp.h.
 */
#include <errno.h>
#include <string.h>

#include "media/peer/sctp_private.h"

enum {
	WINDOW_FIRST = 10 * SCTP_PACKET_MAX,
	WINDOW_LEAST = 4 * SCTP_PACKET_MAX,
	RING_FIRST = 64,
	MISSING_MAX = 3, /* reports that make a fast retransmission */
};

void sctp_out_init(struct sctp_out *o, uint32_t local_tsn)
{
	list_init(&o->queue);
	o->first = o->next = local_tsn;
	o->forward = local_tsn - 1;
	o->cwnd = WINDOW_FIRST;
	o->rto = SCTP_RTO_INITIAL_US;
	o->t3 = UINT64_MAX;
	o->streams = SCTP_STREAMS;
}

void sctp_out_start(struct sctp_out *o, uint32_t window, uint16_t streams, bool peer_forwards)
{
	o->peer_window = window;
	o->ssthresh = window;
	o->streams = streams;
	o->peer_forwards = peer_forwards;
}

static void item_free(struct sctp_out *o, struct sctp_item *item)
{
	o->buffered -= item->blob->length + sizeof *item;
	list_remove(&item->in_queue);
	blob_unref(item->blob);
	free(item);
}

static struct sctp_sent *sent_at(const struct sctp_out *o, uint32_t tsn)
{
	return &o->ring[tsn & (o->capacity - 1)];
}

/* Lets go of the oldest chunk. */
static void release_first(struct sctp_out *o)
{
	struct sctp_item *item = sent_at(o, o->first++)->item;

	if (--item->chunks == 0 && !item->queued)
		item_free(o, item);
}

void sctp_out_fini(struct sctp_out *o)
{
	struct sctp_item *item;

	while (o->first != o->next)
		release_first(o);
	list_each (item, &o->queue, in_queue)
		item_free(o, item);
	free(o->ring);
	o->ring = NULL;
}

int sctp_send(struct sctp *a, const struct sctp_outgoing *m)
{
	struct sctp_out *o = &a->out;
	size_t length = m->blob->length;

	if (a->state == SCTP_ENDED)
		return -ENOTCONN;
	if (length == 0 || length > SCTP_MESSAGE_MAX || m->stream >= o->streams)
		return -EINVAL;
	if (o->buffered + length + sizeof(struct sctp_item) > SCTP_SEND_MAX)
		return -ENOBUFS;

	struct sctp_item *item = malloc(sizeof *item);
	if (!item)
		return -ENOMEM;
	*item = (struct sctp_item){
		.blob = blob_ref(m->blob),
		.ppid = m->ppid,
		.stream = m->stream,
		.unordered = m->unordered,
		.partial = m->partial,
		.retransmits = m->retransmits,
		.queued = true,
		.expires = m->expires,
	};
	list_append(&o->queue, &item->in_queue);
	o->buffered += length + sizeof *item;
	return 0;
}

size_t sctp_buffered(const struct sctp *a)
{
	return a->out.buffered;
}

/* ---- in flight ---- */

static bool grow_ring(struct sctp_out *o)
{
	uint32_t capacity = o->capacity ? o->capacity * 2 : RING_FIRST;

	if (o->next - o->first < o->capacity)
		return true;
	if (capacity > SCTP_TSN_WINDOW)
		return false;
	struct sctp_sent *ring = calloc(capacity, sizeof *ring);
	if (!ring)
		return false;
	for (uint32_t t = o->first; t != o->next; t++)
		ring[t & (capacity - 1)] = *sent_at(o, t);
	free(o->ring);
	o->ring = ring;
	o->capacity = capacity;
	return true;
}

static bool in_flight(const struct sctp_sent *s)
{
	return !s->acked && !s->abandoned && !s->again;
}

static void set_again(struct sctp_out *o, struct sctp_sent *s, bool again)
{
	if (s->again != again) {
		s->again = again;
		o->again_count += again ? 1 : (size_t)-1;
	}
}

static void abandon_chunk(struct sctp_out *o, struct sctp_sent *s)
{
	if (in_flight(s))
		o->flight -= s->length;
	set_again(o, s, false);
	s->abandoned = true;
}

/*
 * Gives up the message that has a chunk at `tsn`: what is in flight of it, which lies side by side, will be
 * skipped; the rest is not sent.
 */
static void abandon(struct sctp_out *o, uint32_t tsn)
{
	struct sctp_item *item = sent_at(o, tsn)->item;

	if (item->queued) {
		item->queued = false;
		list_remove(&item->in_queue); /* its chunks hold it now */
	}
	for (uint32_t t = tsn; t != o->next && sent_at(o, t)->item == item; t++)
		abandon_chunk(o, sent_at(o, t));
	for (uint32_t t = tsn; t != o->first && sent_at(o, t - 1)->item == item; t--)
		abandon_chunk(o, sent_at(o, t - 1));
}

/* A chunk counts as lost: it is sent again, or its message given up (RFC 3758 3.5, RFC 7496). */
static void lose(struct sctp_out *o, uint32_t tsn)
{
	struct sctp_sent *s = sent_at(o, tsn);

	if (!in_flight(s))
		return;
	if (s->item->partial && o->peer_forwards && s->sends > s->item->retransmits) {
		abandon(o, tsn);
		return;
	}
	o->flight -= s->length;
	set_again(o, s, true);
}

/* RFC 3758 3.5 C: the peer may skip the chunks at the front that are given up. */
static void advance_forward(struct sctp_out *o)
{
	uint32_t before = o->forward;

	if (tsn_before(o->forward, o->first - 1))
		o->forward = o->first - 1;
	while (o->forward + 1 != o->next && sent_at(o, o->forward + 1)->abandoned)
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
	struct sctp_sent *s = sent_at(o, tsn);

	if (s->acked)
		return;
	if (in_flight(s))
		o->flight -= s->length;
	set_again(o, s, false);
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
		struct sctp_sent *s = sent_at(o, t);

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
		release_first(o);
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
		struct sctp_sent *s = sent_at(o, t);

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

/* ---- writing ---- */

static void write_data(struct wr *w, const struct sctp_sent *s, uint32_t tsn)
{
	const struct sctp_item *item = s->item;
	uint8_t flags = 0;

	if (s->offset == 0)
		flags |= SCTP_FLAG_BEGIN;
	if (s->offset + s->length == item->blob->length)
		flags |= SCTP_FLAG_END;
	if (item->unordered)
		flags |= SCTP_FLAG_UNORDERED;
	size_t begin = sctp_begin_chunk(w, SCTP_DATA, flags);
	wr_be32(w, tsn);
	wr_be16(w, item->stream);
	wr_be16(w, item->unordered ? 0 : item->ssn);
	wr_be32(w, item->ppid);
	wr_bytes(w, item->blob->bytes + s->offset, s->length);
	sctp_end(w, begin);
}

static size_t room(const struct wr *w)
{
	size_t left = (size_t)(w->end - w->p);

	return left > 16 ? (left - 16) & ~(size_t)3 : 0;
}

/* The last message given up of each ordered stream: few streams are in use. */
static void write_forward(struct sctp_out *o, struct wr *w)
{
	enum { STREAMS = 32 };
	struct {
		uint16_t stream, ssn;
	} skipped[STREAMS];
	size_t count = 0, i;

	o->forward_now = false;
	for (uint32_t t = o->first; t != o->forward + 1; t++) {
		const struct sctp_item *item = sent_at(o, t)->item;

		if (item->unordered)
			continue;
		for (i = 0; i < count && skipped[i].stream != item->stream; i++)
			;
		if (i == STREAMS)
			continue;
		skipped[i].stream = item->stream;
		skipped[i].ssn = item->ssn;
		count += i == count;
	}
	size_t begin = sctp_begin_chunk(w, SCTP_FORWARD_TSN, 0);
	wr_be32(w, o->forward);
	for (i = 0; i < count; i++) {
		wr_be16(w, skipped[i].stream);
		wr_be16(w, skipped[i].ssn);
	}
	sctp_end(w, begin);
}

static void send_again(struct sctp_out *o, uint64_t now, struct wr *w)
{
	bool push = o->push;

	if (o->again_count == 0)
		o->push = false;
	for (uint32_t t = o->first; t != o->next && o->again_count; t++) {
		struct sctp_sent *s = sent_at(o, t);

		if (!s->again)
			continue;
		if (s->length > room(w) || (o->flight >= o->cwnd && !push))
			return;
		o->push = false; /* for this packet */
		set_again(o, s, false);
		o->flight += s->length;
		s->sends++;
		s->sent_at = now;
		write_data(w, s, t);
	}
}

/* The message to go on with; drops those that have waited too long. */
static struct sctp_item *next_item(struct sctp_out *o, uint64_t now)
{
	while (!list_empty(&o->queue)) {
		struct sctp_item *item = list_entry(o->queue.next, struct sctp_item, in_queue);

		if (item->offset || !item->expires || now < item->expires)
			return item;
		item_free(o, item);
	}
	return NULL;
}

/* One more chunk; false: nothing waits, or it may not be sent now. */
static bool send_next(struct sctp_out *o, uint64_t now, struct wr *w)
{
	struct sctp_item *item = next_item(o, now);

	if (!item || o->flight >= o->cwnd)
		return false;
	size_t left = item->blob->length - item->offset;
	uint16_t length = (uint16_t)(left < SCTP_FRAGMENT_MAX ? left : SCTP_FRAGMENT_MAX);
	/* A closed window is probed with one chunk (RFC 9260 6.1 A). */
	if (length > room(w) || (length > o->peer_window && o->flight > 0) || !grow_ring(o))
		return false;
	if (item->offset == 0 && !item->unordered)
		item->ssn = o->next_ssn[item->stream]++;

	struct sctp_sent *s = sent_at(o, o->next);
	*s = (struct sctp_sent){ .item = item, .offset = item->offset, .length = length };
	s->sends = 1;
	s->sent_at = now;
	write_data(w, s, o->next++);
	item->offset += length;
	item->chunks++;
	if (item->offset == item->blob->length) {
		item->queued = false;
		list_remove(&item->in_queue);
	}
	o->flight += length;
	o->peer_window -= length < o->peer_window ? length : o->peer_window;
	return true;
}

void sctp_out_fill(struct sctp *a, uint64_t now, struct wr *w)
{
	struct sctp_out *o = &a->out;

	if (o->forward_now)
		write_forward(o, w);
	send_again(o, now, w);
	if (o->again_count == 0)
		while (send_next(o, now, w))
			;
	if (o->t3 == UINT64_MAX && o->first != o->next)
		o->t3 = now + o->rto;
}
