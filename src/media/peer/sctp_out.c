/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an association sends: messages that wait, cut into chunks, and the packets that carry those, first or again
 * (RFC 9260 section 6). What is in flight: sctp_flight.c. See sctp.h.
 */
#include <errno.h>
#include <string.h>

#include "media/peer/sctp_private.h"

enum {
	WINDOW_FIRST = 10 * SCTP_PACKET_MAX,
	RING_FIRST = 64,
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

/* Lets go of the oldest chunk. */
void sctp_out_release_first(struct sctp_out *o)
{
	const struct sctp_sent *s = sctp_sent_at(o, o->first++);
	struct sctp_item *item = s->item;

	o->delivered += s->length;
	if (--item->chunks == 0 && !item->queued)
		item_free(o, item);
}

void sctp_out_fini(struct sctp_out *o)
{
	struct sctp_item *item;

	while (o->first != o->next)
		sctp_out_release_first(o);
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

uint64_t sctp_delivered(const struct sctp *a)
{
	return a->out.delivered;
}

void sctp_expire(struct sctp *a)
{
	struct sctp_item *item;

	list_each (item, &a->out.queue, in_queue) {
		if (item->expires && item->offset == 0)
			item_free(&a->out, item);
	}
}

/* ---- writing ---- */

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
		ring[t & (capacity - 1)] = *sctp_sent_at(o, t);
	free(o->ring);
	o->ring = ring;
	o->capacity = capacity;
	return true;
}

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
		const struct sctp_item *item = sctp_sent_at(o, t)->item;

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
		struct sctp_sent *s = sctp_sent_at(o, t);

		if (!s->again)
			continue;
		if (s->length > room(w) || (o->flight >= o->cwnd && !push))
			return;
		o->push = false; /* for this packet */
		sctp_set_again(o, s, false);
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

	struct sctp_sent *s = sctp_sent_at(o, o->next);
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
