/* SPDX-License-Identifier: Apache-2.0 */
/* The public functions of data streams that we send; how they are sent: outgoing.c. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/utf8.h"
#include "client/outgoing.h"

enum { HEADER_MAX = 48 * 1000 /* identities are in each chunk's packet, too */ };

/* ---- opening ---- */

static bool is_text(const char *t)
{
	return !t || utf8_is_valid(t, strlen(t));
}

/* NULL: they are fine. */
static const char *wrong(const confab_stream_options *o)
{
	if (!is_text(o->topic) || !is_text(o->mime) || !is_text(o->name) || !is_text(o->id) ||
	    !is_text(o->reply_to))
		return "A text of the stream's options is no UTF-8.";
	for (size_t i = 0; i < o->attribute_count; i++) {
		if (!o->attributes[i].name || !is_text(o->attributes[i].name) ||
		    !is_text(o->attributes[i].value))
			return "options.attributes have names, and UTF-8.";
	}
	if (o->identity_count > LIMIT_DATA_DESTINATIONS)
		return "options.identities are 512 at most.";
	for (size_t i = 0; i < o->identity_count; i++) {
		if (!o->identities[i] || !o->identities[i][0] || !is_text(o->identities[i]))
			return "options.identities has an empty one, or one that is no UTF-8.";
	}
	return NULL;
}

static char *mine(const char *t)
{
	return (char *)(uintptr_t)t; /* protobuf-c does not change what it packs */
}

/* A copy of its own; NULL: no memory. */
static Lk__DataPacket *copy_of(const Lk__DataPacket *packet, size_t n)
{
	autofree uint8_t *bytes = malloc(n);

	return bytes ? lk__data_packet__unpack(NULL, lk__data_packet__pack(packet, bytes), bytes)
		     : NULL;
}

/* *problem NULL: no memory. */
static Lk__DataPacket *header_of(const confab_stream_options *o, bool has_length,
				 const char **problem)
{
	autofree Lk__StringEntry *entries = calloc(o->attribute_count + 1, sizeof *entries);
	autofree Lk__StringEntry **list = calloc(o->attribute_count + 1, sizeof *list);
	Lk__DataPacket packet = LK__DATA_PACKET__INIT;
	Lk__StreamHeader h = LK__STREAM_HEADER__INIT;
	Lk__StreamText text = LK__STREAM_TEXT__INIT;
	Lk__StreamBytes bytes = LK__STREAM_BYTES__INIT;
	char id[32];

	if (!entries || !list)
		return NULL;
	for (size_t i = 0; i < o->attribute_count; i++) {
		lk__string_entry__init(&entries[i]);
		entries[i].key = mine(o->attributes[i].name);
		entries[i].value = mine(or_empty(o->attributes[i].value));
		list[i] = &entries[i];
	}
	rng_name(rng_os(), "stream-", id, sizeof id);
	h.stream_id = o->id && o->id[0] ? mine(o->id) : id;
	h.has_timestamp = 1;
	h.timestamp = (int64_t)(clock_wall_us() / US_PER_MS);
	h.topic = mine(or_empty(o->topic));
	h.mime_type = mine(o->mime ? o->mime : o->text ? "text/plain" : "application/octet-stream");
	h.has_total_length = has_length;
	h.total_length = o->length;
	h.attributes = list;
	h.n_attributes = o->attribute_count;
	text.reply_to_stream_id = mine(or_empty(o->reply_to));
	bytes.name = mine(or_empty(o->name));
	h.text = o->text ? &text : NULL;
	h.bytes = o->text ? NULL : &bytes;
	packet.stream_header = &h;
	packet.destination_identities = (char **)(uintptr_t)o->identities;
	packet.n_destination_identities = o->identity_count;
	size_t n = lk__data_packet__get_packed_size(&packet);
	if (n > HEADER_MAX)
		*problem = "The stream's options are over 48,000 bytes together.";
	return *problem ? NULL : copy_of(&packet, n);
}

/* NULL, and *ret_error: bad input, or no memory. On any thread. */
static struct confab_stream *stream_new(struct confab_call *call, const confab_stream_options *o,
					bool has_length, confab_error *ret_error)
{
	const char *problem = wrong(o);
	struct confab_stream *st = problem ? NULL : calloc(1, sizeof *st);

	if (st) {
		st->packet = header_of(o, has_length, &problem);
		if (!st->packet) {
			free(st);
			st = NULL;
		}
	}
	if (!st) {
		(void)(problem ? error_set(ret_error, CONFAB_ERR_BAD_INPUT, 0, true, "%s", problem)
			       : error_no_memory(ret_error));
		return NULL;
	}
	list_init(&st->in_call);
	list_init(&st->parts);
	st->call = call;
	st->text = o->text != 0;
	st->rate = o->bytes_per_second ? o->bytes_per_second : CONFAB_STREAM_RATE;
	st->length = has_length ? o->length : 0;
	return st;
}

struct opening {
	struct confab_stream *stream;
	confab_error *error;
};

static int do_open(void *arg)
{
	const struct opening *o = arg;

	return outgoing_begin(o->stream, o->error);
}

int confab_call_open_stream(confab_call *call, const confab_stream_options *options,
			    confab_stream **ret, confab_error *ret_error)
{
	confab_error error = { 0 };
	struct confab_stream *st = stream_new(call, options, options->length > 0, &error);
	struct opening o = { st, &error };
	int r = st ? client_ask(call->client, do_open, &o) : error.code;

	if (r == CONFAB_OK) {
		*ret = st;
		return r;
	}
	if (st)
		outgoing_free(st);
	if (!error.code)
		(void)error_no_memory(&error); /* of client_ask */
	return error_copy(ret_error, &error);
}

/* ---- writing and closing ---- */

static struct part *part_new(struct confab_stream *st, const void *bytes, size_t length,
			     bool copied)
{
	struct part *p = malloc(sizeof *p + (copied ? length : 0));

	if (!p)
		return NULL;
	*p = (struct part){ .stream = st, .length = length, .copied = copied };
	list_init(&p->in_stream);
	p->bytes = copied ? p->copy : bytes;
	if (copied && length)
		memcpy(p->copy, bytes, length);
	return p;
}

static struct part *end_new(struct confab_stream *st, const char *why)
{
	struct part *p = part_new(st, NULL, 0, false);

	if (!p)
		return NULL;
	p->closes = true;
	if (!is_text(why) || strlen(or_empty(why)) > OUTGOING_WHY_MAX) {
		(void)snprintf(p->problem, sizeof p->problem,
			       "`why` is UTF-8, of 256 bytes at most.");
		why = "The sender gave up.";
	}
	(void)snprintf(p->why, sizeof p->why, "%s", or_empty(why));
	return p;
}

static void on_part(void *arg)
{
	outgoing_add(arg);
}

static void start(void *arg, confab_done_fn *done, void *done_arg)
{
	struct part *p = arg;

	p->done = done;
	p->arg = done_arg;
	outgoing_add(p);
}

static int wait_for(struct confab_stream *st, struct part *p, confab_error *ret_error)
{
	int r = p ? client_wait(st->call->client, start, p, ret_error) : error_no_memory(ret_error);

	if (p && r == CONFAB_ERR_WOULD_WAIT)
		free(p);
	return r;
}

static void post(struct confab_stream *st, struct part *p, confab_done_fn *done, void *arg)
{
	confab_error error;

	if (p) {
		p->done = done ? done : done_ignored;
		p->arg = arg;
		if (client_post(st->call->client, on_part, p))
			return;
		free(p);
	}
	(void)error_no_memory(&error);
	if (done)
		done(arg, &error);
}

int confab_stream_write(confab_stream *stream, const void *bytes, size_t length,
			confab_error *ret_error)
{
	return wait_for(stream, part_new(stream, bytes, length, false), ret_error);
}

void confab_stream_write_async(confab_stream *stream, const void *bytes, size_t length,
			       confab_done_fn *done, void *arg)
{
	post(stream, part_new(stream, bytes, length, true), done, arg);
}

int confab_stream_close(confab_stream *stream, const char *why, confab_error *ret_error)
{
	return wait_for(stream, end_new(stream, why), ret_error);
}

void confab_stream_close_async(confab_stream *stream, const char *why, confab_done_fn *done,
			       void *arg)
{
	post(stream, end_new(stream, why), done, arg);
}

/* ---- a whole text ---- */

struct whole {
	struct confab_stream *stream; /* NULL: `error` */
	struct part *bytes, *end;
	confab_error error;
	confab_done_fn *done;
	void *arg;
};

static void whole_free(struct whole *w)
{
	if (w->stream)
		outgoing_free(w->stream);
	free(w->bytes);
	free(w->end);
}

/* *ret has everything that it needs, or an error. On any thread. */
static bool whole_init(struct whole *ret, confab_call *call, const confab_stream_options *options,
		       const char *text, bool copied)
{
	confab_stream_options o = options ? *options : (confab_stream_options){ 0 };
	struct whole w = { 0 };

	o.text = 1;
	o.length = strlen(text);
	if (!is_text(text))
		(void)error_set(&w.error, CONFAB_ERR_BAD_INPUT, 0, true, "The text is no UTF-8.");
	else if (copied && o.length > CONFAB_STREAM_WAITING_MAX)
		(void)error_set(&w.error, CONFAB_ERR_NO_MEMORY, 0, true,
				"The text is longer than %d bytes: write it to a stream.",
				CONFAB_STREAM_WAITING_MAX);
	else
		w.stream = stream_new(call, &o, true, &w.error);
	if (w.stream) {
		w.bytes = part_new(w.stream, text, o.length, copied);
		w.end = end_new(w.stream, NULL);
		if (!w.bytes || !w.end)
			(void)error_no_memory(&w.error);
	}
	if (w.error.code) {
		whole_free(&w);
		w = (struct whole){ .error = w.error };
	}
	*ret = w;
	return !w.error.code;
}

static void whole_begin(struct whole *w)
{
	confab_error error;

	if (outgoing_begin(w->stream, &error)) {
		whole_free(w);
		w->done(w->arg, &error);
		return;
	}
	w->bytes->done = done_ignored; /* its error is the end's, too */
	w->end->done = w->done;
	w->end->arg = w->arg;
	outgoing_add(w->bytes);
	outgoing_add(w->end);
}

static void start_whole(void *arg, confab_done_fn *done, void *done_arg)
{
	struct whole *w = arg;

	w->done = done;
	w->arg = done_arg;
	whole_begin(w);
}

int confab_call_send_text(confab_call *call, const confab_stream_options *options, const char *text,
			  confab_error *ret_error)
{
	struct whole w;

	if (!whole_init(&w, call, options, text, false))
		return error_copy(ret_error, &w.error);
	int r = client_wait(call->client, start_whole, &w, ret_error);
	if (r == CONFAB_ERR_WOULD_WAIT)
		whole_free(&w);
	return r;
}

static void on_whole(void *arg)
{
	whole_begin(arg);
	free(arg);
}

void confab_call_send_text_async(confab_call *call, const confab_stream_options *options,
				 const char *text, confab_done_fn *done, void *arg)
{
	struct whole *w = malloc(sizeof *w);
	confab_error error;

	(void)error_no_memory(&error);
	if (w && !whole_init(w, call, options, text, true))
		error = w->error;
	if (w && w->stream) {
		w->done = done ? done : done_ignored;
		w->arg = arg;
		if (client_post(call->client, on_whole, w))
			return;
		whole_free(w);
	}
	free(w);
	if (done)
		done(arg, &error);
}
