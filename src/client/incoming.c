/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Data streams of others in the call (LiveKit's DataStream): a header, chunks with numbers, a trailer, all in
 * reliable packets. Chunks are handed on as they come; kept is the header, and the content as long as it is short.
 * Whatever else others send, it is no more than the numbers below.
 */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/utf8.h"
#include "client/session.h"

enum {
	OPEN_MAX = 1000,     /* in one call */
	OPEN_EACH_MAX = 16,  /* of one participant */
	BYTES_MAX = 8 << 20, /* kept in one call */
	WHOLE_FIRST = 1024,
};

struct incoming {
	struct list in_call;
	struct confab_call *call;
	Lk__DataPacket *packet; /* the header, to which `info` points; owned */
	confab_attribute *attributes;
	confab_stream_info info;
	bool told_length;
	uint64_t next;	/* chunk */
	char *whole;	/* what came, with a NUL; NULL: nothing yet, or too much */
	size_t room;	/* of it */
	size_t charged; /* in the call's incoming_bytes */
};

/* ---- what is kept ---- */

static bool charge(struct incoming *in, size_t n)
{
	if (in->call->incoming_bytes + n > BYTES_MAX)
		return false;
	in->call->incoming_bytes += n;
	in->charged += n;
	return true;
}

static void whole_drop(struct incoming *in)
{
	free(in->whole);
	in->whole = NULL;
	in->call->incoming_bytes -= in->room;
	in->charged -= in->room;
	in->room = 0;
}

static void incoming_free(struct incoming *in)
{
	list_remove(&in->in_call);
	in->call->incoming_count--;
	in->call->incoming_bytes -= in->charged;
	lk__data_packet__free_unpacked(in->packet, NULL);
	free(in->attributes);
	free(in->whole);
	free(in);
}

/* false: no memory for so much. */
static bool whole_add(struct incoming *in, const uint8_t *bytes, size_t n)
{
	uint64_t had = in->info.received;

	if (had + n > CONFAB_STREAM_WHOLE_MAX) {
		whole_drop(in);
		return true;
	}
	if (had + n + 1 > in->room) {
		size_t room = in->room ? in->room : WHOLE_FIRST;

		while (room < had + n + 1)
			room *= 2;
		size_t more = room - in->room;
		char *bigger = charge(in, more) ? realloc(in->whole, room) : NULL;
		if (!bigger)
			return false; /* what is charged goes with the stream */
		in->whole = bigger;
		in->room = room;
	}
	memcpy(in->whole + had, bytes, n);
	in->whole[had + n] = '\0';
	return true;
}

/* ---- events ---- */

static void emit(const struct incoming *in, confab_event_type type, const confab_error *error,
		 const uint8_t *bytes, size_t n)
{
	confab_event e = { .type = type };

	session_describe(in->call->session, &e, or_empty(in->packet->participant_sid), "");
	if (!e.identity)
		e.identity = in->packet->participant_identity;
	e.error = error;
	e.topic = in->info.topic;
	e.stream = &in->info;
	e.data = bytes;
	e.length = n;
	client_emit(in->call->client, &e);
}

static void complete(struct incoming *in)
{
	const char *whole = in->info.received ? in->whole : "";

	emit(in, CONFAB_EVENT_STREAM_CLOSED, NULL, (const uint8_t *)whole,
	     whole ? (size_t)in->info.received : 0);
	incoming_free(in);
}

static void fail(struct incoming *in, const confab_error *error)
{
	emit(in, CONFAB_EVENT_STREAM_CLOSED, error, NULL, 0);
	incoming_free(in);
}

static void refuse(struct incoming *in, const char *why)
{
	confab_error error;

	(void)error_set(&error, CONFAB_ERR_BAD_INPUT, 0, true, "%s", why);
	fail(in, &error);
}

/* ---- whose ---- */

static bool is_of(const struct incoming *in, const char *identity)
{
	return strcmp(or_empty(in->packet->participant_identity), or_empty(identity)) == 0;
}

static struct incoming *find(struct confab_call *call, const Lk__DataPacket *p, const char *id)
{
	struct incoming *in;

	list_each (in, &call->incoming, in_call) {
		if (strcmp(in->info.id, or_empty(id)) == 0 && is_of(in, p->participant_identity))
			return in;
	}
	return NULL;
}

void incoming_gone(struct confab_call *call, const char *identity)
{
	struct incoming *in;
	confab_error error;

	(void)error_set(&error, CONFAB_ERR_NETWORK, 0, false,
			"Its sender left in the middle of the stream.");
	list_each (in, &call->incoming, in_call) {
		if (is_of(in, identity))
			fail(in, &error);
	}
}

void incoming_end_all(struct confab_call *call, const confab_error *error)
{
	struct incoming *in;

	list_each (in, &call->incoming, in_call)
		fail(in, error);
}

/* ---- the header ---- */

static bool is_text(const char *t)
{
	return utf8_is_valid(or_empty(t), strlen(or_empty(t)));
}

/* NULL: it is one that we take. */
static const char *wrong(const Lk__StreamHeader *h)
{
	if (!h->stream_id || !h->stream_id[0])
		return "it has no id";
	if (h->encryption_type || h->compression)
		return "it is encrypted or compressed";
	if (!is_text(h->stream_id) || !is_text(h->topic) || !is_text(h->mime_type) ||
	    (h->text && !is_text(h->text->reply_to_stream_id)) ||
	    (h->bytes && !is_text(h->bytes->name)))
		return "its header is no UTF-8";
	for (size_t i = 0; i < h->n_attributes; i++) {
		if (!is_text(h->attributes[i]->key) || !is_text(h->attributes[i]->value))
			return "its header is no UTF-8";
	}
	return NULL;
}

static bool has_room(const struct confab_call *call, const char *identity)
{
	const struct incoming *in;
	size_t theirs = 0;

	list_each (in, &call->incoming, in_call)
		theirs += is_of(in, identity);
	return call->incoming_count < OPEN_MAX && theirs < OPEN_EACH_MAX;
}

static void read_header(struct incoming *in)
{
	const Lk__StreamHeader *h = in->packet->stream_header;

	in->told_length = h->has_total_length;
	in->info = (confab_stream_info){
		.id = h->stream_id,
		.topic = or_empty(h->topic),
		.mime = or_empty(h->mime_type),
		.name = h->bytes ? or_empty(h->bytes->name) : "",
		.reply_to = h->text ? or_empty(h->text->reply_to_stream_id) : "",
		.text = h->text != NULL,
		.length = h->total_length,
		.created_us = h->timestamp > 0 ? (uint64_t)h->timestamp * US_PER_MS : 0,
		.attributes = in->attributes,
		.attribute_count = h->n_attributes
	};
	for (size_t i = 0; i < h->n_attributes; i++)
		in->attributes[i] = (confab_attribute){ or_empty(h->attributes[i]->key),
							or_empty(h->attributes[i]->value) };
}

/* Takes *slot; NULL: no memory, or no room. */
static struct incoming *incoming_new(struct confab_call *call, Lk__DataPacket **slot)
{
	const Lk__StreamHeader *h = (*slot)->stream_header;
	struct incoming *in = calloc(1, sizeof *in);
	/* unpacked it takes a pointer and an object for each attribute, too */
	size_t cost = sizeof *in + 2 * lk__data_packet__get_packed_size(*slot) +
		      h->n_attributes * (sizeof *in->attributes + sizeof *h->attributes[0]);

	if (!in)
		return NULL;
	in->call = call;
	in->attributes = calloc(h->n_attributes + 1, sizeof *in->attributes);
	if (!in->attributes || !has_room(call, (*slot)->participant_identity) ||
	    !charge(in, cost)) {
		free(in->attributes);
		free(in);
		return NULL;
	}
	list_append(&call->incoming, &in->in_call);
	call->incoming_count++;
	in->packet = *slot;
	*slot = NULL;
	read_header(in);
	return in;
}

/* ---- the content ---- */

/* NULL: it was handed on. */
static const char *take(struct incoming *in, const ProtobufCBinaryData *content)
{
	size_t n = content->len;

	if (n == 0)
		return NULL;
	if (in->told_length && in->info.received + n > in->info.length)
		return "The stream is longer than its header says.";
	if (in->info.text && !utf8_is_valid((const char *)content->data, n))
		return "The stream is no UTF-8.";
	if (!whole_add(in, content->data, n))
		return "Too much of other streams is waiting.";
	in->info.received += n;
	emit(in, CONFAB_EVENT_STREAM_CHUNK, NULL, content->data, n);
	return NULL;
}

void incoming_header(struct session *s, Lk__DataPacket **slot)
{
	const Lk__StreamHeader *h = (*slot)->stream_header;
	const char *problem = wrong(h);

	if (!problem && find(s->call, *slot, h->stream_id))
		problem = "there is one with this id";
	struct incoming *in = problem ? NULL : incoming_new(s->call, slot);
	if (!in) {
		client_log(s->client, CONFAB_LOG_WARN, "A data stream was refused: %s.",
			   problem ? problem : "there are too many");
		return;
	}
	emit(in, CONFAB_EVENT_STREAM_OPENED, NULL, NULL, 0);
	if (!h->has_inline_content)
		return;
	problem = take(in, &h->inline_content);
	if (problem)
		refuse(in, problem);
	else
		complete(in);
}

void incoming_chunk(struct session *s, const Lk__DataPacket *p)
{
	const Lk__StreamChunk *c = p->stream_chunk;
	struct incoming *in = find(s->call, p, c->stream_id);
	const char *problem;

	if (!in || c->chunk_index < in->next)
		return; /* was refused, or has come before */
	if (c->chunk_index > in->next) {
		refuse(in, "A part of the stream is missing.");
		return;
	}
	in->next++;
	problem = take(in, &c->content);
	if (problem)
		refuse(in, problem);
}

void incoming_trailer(struct session *s, const Lk__DataPacket *p)
{
	const Lk__StreamTrailer *t = p->stream_trailer;
	struct incoming *in = find(s->call, p, t->stream_id);
	const char *why = or_empty(t->reason);
	confab_error error;

	if (!in)
		return;
	if (why[0]) {
		size_t n = utf8_prefix(why, strlen(why)); /* it may be anything */

		(void)error_set(&error, CONFAB_ERR_ABORTED, 0, false, "%.*s", n ? (int)n : INT_MAX,
				n ? why : "The sender gave up.");
		error.message[utf8_prefix(error.message, strlen(error.message))] = '\0'; /* cut */
		fail(in, &error);
	} else if (in->told_length && in->info.received < in->info.length) {
		refuse(in, "The stream is shorter than its header says.");
	} else {
		complete(in);
	}
}
