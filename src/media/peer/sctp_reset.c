/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Stream resets (RFC 6525), which close data channels (RFC 8831 6.7): the peer's requests are
 * answered, ours are sent one at a time and repeated until answered. Other requests (resetting our
 * streams, new streams, TSN resets) are not used by data channels and are refused. See sctp.h.
 */
#include <string.h>

#include "media/peer/sctp_private.h"

enum result {
	NOTHING_TO_DO = 0,
	PERFORMED = 1,
	DENIED = 2,
	BAD_SEQUENCE = 5,
	IN_PROGRESS = 6,
};

static void set_bit(uint64_t *bits, unsigned i, bool on)
{
	uint64_t bit = 1ull << (i % 64);

	bits[i / 64] = on ? bits[i / 64] | bit : bits[i / 64] & ~bit;
}

/* The first one that is set; SCTP_RESET_NONE. */
static int first_bit(const uint64_t *bits)
{
	for (int i = 0; i < SCTP_STREAMS / 64; i++)
		if (bits[i])
			return i * 64 + __builtin_ctzll(bits[i]);
	return SCTP_RESET_NONE;
}

static void respond(struct sctp *a, uint32_t sequence, uint32_t result)
{
	struct wr *w = sctp_control(a, a->peer_tag);

	if (w->end - w->p < 16)
		return; /* the peer asks again */
	size_t begin = sctp_begin_chunk(w, SCTP_RE_CONFIG, 0);
	size_t param = sctp_begin_param(w, SCTP_PARAM_RESET_RESPONSE);
	wr_be32(w, sequence);
	wr_be32(w, result);
	sctp_end(w, param);
	sctp_end(w, begin);
}

static void reset_incoming(struct sctp *a, uint16_t stream)
{
	sctp_in_reset_stream(&a->in, stream);
	if (stream < a->in.streams)
		set_bit(a->resets.came, stream, true);
}

/* RFC 6525 5.2.2 */
static uint32_t perform(struct sctp *a, struct rd body)
{
	rd_skip(&body, 4); /* which of our requests it answers: we made none of that kind */
	uint32_t last = rd_be32(&body);

	if (body.bad)
		return DENIED;
	if (tsn_before(a->in.cum, last)) /* what it sent before is still under way */
		return IN_PROGRESS;
	if (rd_left(&body) == 0)
		for (uint16_t i = 0; i < a->in.streams; i++)
			reset_incoming(a, i);
	while (rd_left(&body) >= 2)
		reset_incoming(a, rd_be16(&body));
	return PERFORMED;
}

static void rx_request(struct sctp *a, uint16_t type, struct rd body)
{
	struct sctp_resets *r = &a->resets;
	uint32_t sequence = rd_be32(&body);

	if (body.bad)
		return;
	if (sequence == r->next_in - 1) { /* our response was lost */
		respond(a, sequence, r->last_result);
		return;
	}
	if (sequence != r->next_in) {
		respond(a, sequence, BAD_SEQUENCE);
		return;
	}
	uint32_t result = type == SCTP_PARAM_OUTGOING_RESET ? perform(a, body) : DENIED;
	if (result != IN_PROGRESS) { /* then the same request comes again */
		r->last_result = result;
		r->next_in++;
	}
	respond(a, sequence, result);
}

static void rx_response(struct sctp *a, struct rd body)
{
	struct sctp_resets *r = &a->resets;
	uint32_t sequence = rd_be32(&body), result = rd_be32(&body);

	if (body.bad || r->outstanding == SCTP_RESET_NONE || sequence != r->next_out)
		return;
	if (result == IN_PROGRESS)
		return; /* the timer asks again */
	if (result == PERFORMED || result == NOTHING_TO_DO)
		a->out.next_ssn[r->outstanding] = 0;
	r->outstanding = SCTP_RESET_NONE;
	r->next_out++;
	r->again_at = UINT64_MAX;
	r->send = false;
}

void sctp_resets_rx(struct sctp *a, struct rd body)
{
	struct sctp_param param;

	for (int i = 0; i < 2 && sctp_next_param(&body, &param);
	     i++) { /* RFC 6525 3.1: at most 2 */
		if (param.type == SCTP_PARAM_RESET_RESPONSE)
			rx_response(a, param.body);
		else
			rx_request(a, param.type, param.body);
	}
}

bool sctp_next_reset(struct sctp *a, uint16_t *ret_stream)
{
	int stream = first_bit(a->resets.came);

	if (stream == SCTP_RESET_NONE || !list_empty(&a->in.aside))
		return false;
	set_bit(a->resets.came, (unsigned)stream, false);
	*ret_stream = (uint16_t)stream;
	return true;
}

void sctp_reset(struct sctp *a, uint16_t stream)
{
	if (stream < a->out.streams && a->state != SCTP_ENDED)
		set_bit(a->resets.wanted, stream, true);
}

/* Whether a message of this stream has not got all its TSNs yet. */
static bool is_queued(const struct sctp *a, uint16_t stream)
{
	const struct list *queue = &a->out.queue;

	for (const struct list *at = queue->next; at != queue; at = at->next)
		if (list_entry((struct list *)(uintptr_t)at, struct sctp_item, in_queue)->stream ==
		    stream)
			return true;
	return false;
}

static void next_request(struct sctp *a)
{
	struct sctp_resets *r = &a->resets;
	int stream = first_bit(r->wanted);

	if (r->outstanding != SCTP_RESET_NONE || stream == SCTP_RESET_NONE ||
	    is_queued(a, (uint16_t)stream))
		return;
	set_bit(r->wanted, (unsigned)stream, false);
	r->outstanding = stream;
	r->last_tsn = a->out.next - 1;
	r->tries = 0;
	r->send = true;
}

void sctp_resets_fill(struct sctp *a, uint64_t now, struct wr *w)
{
	struct sctp_resets *r = &a->resets;

	next_request(a);
	if (!r->send)
		return;
	size_t begin = sctp_begin_chunk(w, SCTP_RE_CONFIG, 0);
	size_t param = sctp_begin_param(w, SCTP_PARAM_OUTGOING_RESET);
	wr_be32(w, r->next_out);
	wr_be32(w, r->next_in - 1);
	wr_be32(w, r->last_tsn);
	wr_be16(w, (uint16_t)r->outstanding);
	sctp_end(w, param);
	sctp_end(w, begin);
	r->send = false;
	r->again_at = now + a->out.rto;
}

void sctp_resets_tick(struct sctp *a, uint64_t now)
{
	struct sctp_resets *r = &a->resets;

	if (now < r->again_at)
		return;
	if (++r->tries > SCTP_RETRANSMITS_MAX) {
		sctp_abort(a, "the peer does not answer a stream reset");
		return;
	}
	r->send = true;
	r->again_at = UINT64_MAX; /* until it is written */
}
