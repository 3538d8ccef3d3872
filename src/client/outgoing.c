/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Data streams that we send (LiveKit's DataStream): what the program writes is cut into chunks, which become messages
 * (session_data.c) only as fast as the server confirms them, and at the stream's pace. START at outgoing_fill. A stream
 * lives in one session: who takes it knows it by that, and a chunk that was lost could not be sent again in the next.
 */
#include "client/outgoing.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/utf8.h"

enum {
	CHUNK_MAX = 15000,	  /* as LiveKit's SDKs cut */
	AHEAD_BYTES = 256 * 1024, /* more would make other messages wait */
	AHEAD_MESSAGES = SESSION_MESSAGES / 2,
	LATE_US = 20 * 1000, /* of its pace, that is made good: two ticks */
};

/* ---- the end ---- */

void outgoing_free(struct confab_stream *st)
{
	list_remove(&st->in_call);
	lk__data_packet__free_unpacked(st->packet, NULL);
	free(st);
}

/* The end of a part that is no longer in the list; with the end the stream goes, too. */
static void part_done(struct part *p, const confab_error *error)
{
	struct confab_stream *gone = p->closes ? p->stream : NULL;

	if (p->copied)
		p->stream->waiting -= p->length;
	if (gone)
		list_remove(&gone->in_call);
	p->done(p->arg, error);
	if (gone)
		outgoing_free(gone);
	free(p);
}

static void part_end(struct part *p, const confab_error *error)
{
	list_remove(&p->in_stream);
	part_done(p, error);
}

static void end_parts(struct confab_stream *st)
{
	const confab_error error = st->error;
	bool gone = false;

	while (!gone && !list_empty(&st->parts)) {
		struct part *p = list_entry(st->parts.next, struct part, in_stream);

		gone = p->closes;
		part_end(p, &error);
	}
}

void outgoing_end_all(struct confab_call *call, const confab_error *error)
{
	struct confab_stream *st;

	list_each (st, &call->outgoing, in_call) {
		if (!st->error.code)
			st->error = *error;
		end_parts(st);
	}
}

void outgoing_free_all(struct confab_call *call)
{
	struct confab_stream *st;

	list_each (st, &call->outgoing, in_call)
		outgoing_free(st);
}

/* ---- sending ---- */

static int put(struct session *s, const struct confab_stream *st, Lk__DataPacket *packet)
{
	packet->has_kind = 1;
	packet->destination_identities = st->packet->destination_identities;
	packet->n_destination_identities = st->packet->n_destination_identities;
	return data_put(s, packet, true);
}

/* Keeps the pace of a stream that has sent so much. */
static void pace(struct confab_stream *st, uint64_t now, size_t n)
{
	if (st->send_at + LATE_US < now)
		st->send_at = now - LATE_US;
	st->send_at += n * US_PER_S / st->rate;
}

/* false: not now. */
static bool send_chunk(struct session *s, struct confab_stream *st, struct part *p)
{
	Lk__DataPacket packet = LK__DATA_PACKET__INIT;
	Lk__StreamChunk chunk = LK__STREAM_CHUNK__INIT;
	size_t left = p->length - p->sent, n = left < CHUNK_MAX ? left : CHUNK_MAX;
	uint64_t now = clock_now_us();

	if (now < st->send_at)
		return false;
	if (st->text && n < left)
		n = utf8_prefix((const char *)p->bytes + p->sent, n);
	chunk.stream_id = st->packet->stream_header->stream_id;
	chunk.has_chunk_index = chunk.has_content = 1;
	chunk.chunk_index = st->chunks;
	chunk.content.data = (uint8_t *)(uintptr_t)p->bytes + p->sent; /* packing changes nothing */
	chunk.content.len = n;
	packet.stream_chunk = &chunk;
	if (put(s, st, &packet))
		return false;
	st->chunks++;
	p->sent += n;
	pace(st, now, n);
	return true;
}

static bool send_trailer(struct session *s, const struct confab_stream *st, struct part *p)
{
	Lk__DataPacket packet = LK__DATA_PACKET__INIT;
	Lk__StreamTrailer trailer = LK__STREAM_TRAILER__INIT;

	trailer.stream_id = st->packet->stream_header->stream_id;
	trailer.reason = p->why;
	packet.stream_trailer = &trailer;
	if (put(s, st, &packet))
		return false;
	p->all_sent = s->data_bytes;
	return true;
}

/* One packet of it at most; whether there was one. */
static bool send_next(struct session *s, struct confab_stream *st)
{
	struct part *p;

	if (st->error.code || list_empty(&st->parts))
		return false;
	p = list_entry(st->parts.next, struct part, in_stream);
	if (p->closes)
		return !p->all_sent && send_trailer(s, st, p);
	if (!send_chunk(s, st, p))
		return false;
	if (p->sent == p->length)
		part_end(p, NULL);
	return true;
}

static bool may_send(const struct session *s)
{
	return s->message_count < AHEAD_MESSAGES && data_waiting(s) < AHEAD_BYTES;
}

/* The others know of it now, as far as there is to know. */
static void end_well(struct part *p)
{
	confab_error error;

	(void)error_set(&error, CONFAB_ERR_BAD_INPUT, 0, true, "%s", p->problem);
	part_end(p, p->problem[0] ? &error : NULL);
}

/* Those whose trailer the server has. */
static void end_closed(struct session *s)
{
	struct confab_stream *st;

	list_each (st, &s->call->outgoing, in_call) {
		struct part *p = list_empty(&st->parts)
					 ? NULL
					 : list_entry(st->parts.next, struct part, in_stream);

		if (p && p->all_sent && p->all_sent + data_waiting(s) <= s->data_bytes)
			end_well(p);
	}
}

/* One packet of each, as long as there may be one; whether there was any. */
static bool send_round(struct session *s)
{
	struct confab_stream *st;
	bool any = false;

	list_each (st, &s->call->outgoing, in_call) {
		if (!may_send(s))
			return false;
		any |= send_next(s, st);
	}
	return any;
}

void outgoing_fill(struct session *s)
{
	if (s->filling)
		return; /* a callback below does something that leads here */
	s->filling = true;
	end_closed(s);
	while (send_round(s)) {}
	s->filling = false;
}

/* ---- what the program asks for ---- */

/* An end that cannot be as the program wants it says that the stream is not complete. */
static void check_end(const struct confab_stream *st, struct part *p)
{
	if (p->problem[0] || p->why[0] || st->written >= st->length)
		return;
	(void)snprintf(p->why, sizeof p->why, "The sender gave up.");
	(void)snprintf(p->problem, sizeof p->problem,
		       "%llu bytes were written, and options.length said %llu.",
		       (unsigned long long)st->written, (unsigned long long)st->length);
}

int outgoing_begin(struct confab_stream *st, confab_error *ret_error)
{
	struct confab_call *call = st->call;
	Lk__DataPacket packet = LK__DATA_PACKET__INIT;
	int r = call_check_joined(call, ret_error);

	if (r)
		return r;
	if (!call->session)
		return error_set(ret_error, CONFAB_ERR_NOT_JOINED, 0, false,
				 "The call is not up at the moment.");
	packet.stream_header = st->packet->stream_header;
	if (put(call->session, st, &packet))
		return error_set(ret_error, CONFAB_ERR_NO_MEMORY, 0, false,
				 "Too many messages wait to be sent.");
	list_append(&call->outgoing, &st->in_call);
	session_check(call->session);
	return CONFAB_OK;
}

static int check_bytes(struct confab_stream *st, const struct part *p, confab_error *ret)
{
	if (st->length && p->length > st->length - st->written)
		return error_set(ret, CONFAB_ERR_BAD_INPUT, 0, true,
				 "That is more than the %llu bytes that options.length said.",
				 (unsigned long long)st->length);
	if (st->text && !utf8_is_valid((const char *)p->bytes, p->length))
		return error_set(ret, CONFAB_ERR_BAD_INPUT, 0, true,
				 "A text stream is written in whole characters of UTF-8.");
	if (p->copied && p->length > CONFAB_STREAM_WAITING_MAX - st->waiting)
		return error_set(ret, CONFAB_ERR_NO_MEMORY, 0, false,
				 "More than %d bytes would wait: write on when done has come.",
				 CONFAB_STREAM_WAITING_MAX);
	st->written += p->length;
	st->waiting += p->copied ? p->length : 0;
	return CONFAB_OK;
}

void outgoing_add(struct part *p)
{
	struct confab_stream *st = p->stream;
	confab_error error = st->error;

	if (p->closes)
		check_end(st, p);
	if (error.code || (!p->closes && check_bytes(st, p, &error))) {
		p->copied = false; /* it was not counted */
		part_done(p, &error);
	} else if (p->length == 0 && !p->closes) {
		part_done(p, NULL);
	} else {
		list_append(&st->parts, &p->in_stream);
		session_check(st->call->session);
	}
}
