/* SPDX-License-Identifier: Apache-2.0 */
#include "talk_stream.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "talk_say.h"

enum { PIECE = 100 * 1000, OPEN_MAX = 16 };

static char text_command[] = "text", file_command[] = "file";

static void on_done(void *arg, const confab_error *error)
{
	say_done(arg, error ? error->code : 0, error ? error->message : "");
}

/* The pattern of test/lib/participant/pattern.mjs. */
static void fill(uint8_t *bytes, size_t n, unsigned seed)
{
	for (size_t i = 0; i < n; i++)
		bytes[i] = (uint8_t)(i * 7 + seed * 13 + (i >> 8));
}

/* "text TOPIC WORDS…"; "*N": N times "ä". -1: its end will be said. */
static int send_text(confab_call *call, int own_loop, char **w, const char *rest,
		     confab_error *error)
{
	const confab_attribute mood = { "mood", "fine" };
	const confab_stream_options o = {
		.topic = w[1], .reply_to = "the-first", .attributes = &mood, .attribute_count = 1
	};
	size_t n = rest[0] == '*' ? (size_t)atoi(rest + 1) : 0;
	char *long_one = calloc(2, n + 1);
	int r = -1;

	if (!long_one)
		return CONFAB_ERR_NO_MEMORY;
	for (size_t i = 0; i < n; i++)
		memcpy(long_one + 2 * i, "\xc3\xa4", 2);
	if (own_loop)
		confab_call_send_text_async(call, &o, n ? long_one : rest, on_done, text_command);
	else
		r = confab_call_send_text(call, &o, n ? long_one : rest, error);
	free(long_one);
	return r;
}

static int send_pieces(confab_stream *stream, int own_loop, const uint8_t *bytes, size_t n,
		       const char *why, confab_error *error)
{
	int r = 0;

	for (size_t at = 0; at < n && r == 0; at += PIECE) {
		size_t piece = n - at < PIECE ? n - at : PIECE;

		if (own_loop)
			confab_stream_write_async(stream, bytes + at, piece, NULL, NULL);
		else
			r = confab_stream_write(stream, bytes + at, piece, error);
	}
	if (own_loop) {
		confab_stream_close_async(stream, why, on_done, file_command);
		return -1;
	}
	int closed = confab_stream_close(stream, why, r ? NULL : error);
	return r ? r : closed;
}

/* "file TOPIC LENGTH SEED [IDENTITY|- [WHY]]". -1: its end will be said. */
static int send_file(confab_call *call, int own_loop, char **w, confab_error *error)
{
	const size_t n = (size_t)atoi(w[2]);
	const char *const to[] = { w[4] };
	confab_stream_options o = {
		.topic = w[1], .name = "door.jpg", .mime = "image/jpeg", .length = w[5] ? 0 : n
	};
	uint8_t *bytes = malloc(n + 1);
	confab_stream *stream;

	if (!bytes)
		return CONFAB_ERR_NO_MEMORY;
	if (w[4] && strcmp(w[4], "-") != 0) {
		o.identities = to;
		o.identity_count = 1;
	}
	fill(bytes, n, (unsigned)atoi(w[3]));
	int r = confab_call_open_stream(call, &o, &stream, error);
	if (r == 0)
		r = send_pieces(stream, own_loop, bytes, n, w[5], error);
	free(bytes);
	return r;
}

int stream_obey(confab_call *call, int own_loop, char **w, const char *rest, int *ret_code,
		confab_error *ret_error)
{
	if (strcmp(w[0], text_command) == 0)
		*ret_code = send_text(call, own_loop, w, rest, ret_error);
	else if (strcmp(w[0], file_command) == 0)
		*ret_code = send_file(call, own_loop, w, ret_error);
	else
		return 0;
	return 1;
}

/* ---- what comes in ---- */

static struct {
	char id[64];
	unsigned sum, at;
} open_streams[OPEN_MAX];

static size_t slot_of(const char *id)
{
	size_t i = 0;

	while (i < OPEN_MAX - 1 && strcmp(open_streams[i].id, id) != 0)
		i++;
	return i;
}

static void say_closed(const confab_event *e)
{
	const confab_stream_info *s = e->stream;
	int is_short = s->text && e->data && e->length < 1000;
	size_t slot = slot_of(s->id);

	say_begin("\"event\":\"stream closed\",\"received\":%llu,\"whole\":%d,\"sum\":%u,"
		  "\"code\":%d",
		  (unsigned long long)s->received, e->data && e->length == s->received,
		  open_streams[slot].sum, e->error ? e->error->code : 0);
	say_text("text", is_short ? (const char *)e->data : NULL);
	say_text("error", e->error ? e->error->message : NULL);
	say_text("topic", e->topic);
	say_text("identity", e->identity);
	say_end();
	open_streams[slot].id[0] = '\0';
}

int stream_event(const confab_event *e)
{
	const confab_stream_info *s = e->stream;
	size_t slot;

	if (e->type == CONFAB_EVENT_STREAM_OPENED) {
		slot = slot_of("");
		open_streams[slot].sum = open_streams[slot].at = 0;
		(void)snprintf(open_streams[slot].id, sizeof open_streams[slot].id, "%s", s->id);
		say_begin("\"event\":\"stream opened\",\"is_text\":%d,\"size\":%llu,"
			  "\"attributes\":%zu,\"created_us\":%llu",
			  s->text, (unsigned long long)s->length, s->attribute_count,
			  (unsigned long long)s->created_us);
		say_text("identity", e->identity);
		say_text("topic", e->topic);
		say_text("mime", s->mime);
		say_text("file", s->name);
		say_text("reply_to", s->reply_to);
		say_text("id", s->id);
		say_end();
	} else if (e->type == CONFAB_EVENT_STREAM_CHUNK) {
		slot = slot_of(s->id);
		for (size_t i = 0; i < e->length; i++)
			open_streams[slot].sum = open_streams[slot].sum * 31 + e->data[i] +
						 open_streams[slot].at++;
	} else if (e->type == CONFAB_EVENT_STREAM_CLOSED) {
		say_closed(e);
	} else {
		return 0;
	}
	return 1;
}
