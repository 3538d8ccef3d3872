/* SPDX-License-Identifier: Apache-2.0 */
#include "streaming.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void on_event(void *arg, const confab_event *e)
{
	struct streaming *f = arg;
	const confab_stream_info *s = e->stream;

	if (!s)
		return;
	assert_string_equal(e->identity, "ann");
	f->opened += e->type == CONFAB_EVENT_STREAM_OPENED;
	f->chunks += e->type == CONFAB_EVENT_STREAM_CHUNK;
	f->received = s->received;
	(void)snprintf(f->topic, sizeof f->topic, "%s", e->topic);
	(void)snprintf(f->attribute, sizeof f->attribute, "%s",
		       s->attribute_count ? s->attributes[0].value : "-");
	if (e->type != CONFAB_EVENT_STREAM_CLOSED)
		return;
	f->closed++;
	f->code = e->error ? e->error->code : 0;
	assert_true(!e->error || e->error->message[0]);
	f->has_whole = e->data != NULL;
	if (e->data)
		(void)snprintf(f->whole, sizeof f->whole, "%s", (const char *)e->data);
}

void streaming_done(void *arg, const confab_error *error)
{
	struct streaming *f = arg;

	f->ended++;
	f->ended_code = error ? error->code : 0;
}

int streaming_set_up(void **state)
{
	static struct streaming f;

	memset(&f, 0, sizeof f);
	in_call_init(&f.in);
	in_call_join(&f.in, &in_call_options, NULL);
	f.call = f.in.call;
	f.in.client->options.on_event = on_event;
	f.in.client->options.arg = &f;
	*state = &f;
	return 0;
}

int streaming_tear_down(void **state)
{
	struct streaming *f = *state;

	in_call_fini(&f->in);
	return 0;
}

static void take(struct streaming *f, Lk__DataPacket *p)
{
	p->participant_sid = text("PA_ann");
	in_call_take(&f->in, p, "ann");
}

void take_header(struct streaming *f, const char *id, int64_t length, bool is_text)
{
	Lk__DataPacket p = LK__DATA_PACKET__INIT;
	Lk__StreamHeader h = LK__STREAM_HEADER__INIT;
	Lk__StreamText t = LK__STREAM_TEXT__INIT;
	Lk__StreamBytes b = LK__STREAM_BYTES__INIT;
	Lk__StringEntry entry = LK__STRING_ENTRY__INIT, *entries[] = { &entry };

	entry.key = text("mood");
	entry.value = text("fine");
	h.attributes = entries;
	h.n_attributes = 1;
	h.stream_id = text(id);
	h.topic = text("chat");
	h.has_total_length = length >= 0;
	h.total_length = length >= 0 ? (uint64_t)length : 0;
	h.text = is_text ? &t : NULL;
	h.bytes = is_text ? NULL : &b;
	p.stream_header = &h;
	take(f, &p);
}

void take_chunk(struct streaming *f, const char *id, uint64_t index, const void *bytes, size_t n)
{
	Lk__DataPacket p = LK__DATA_PACKET__INIT;
	Lk__StreamChunk c = LK__STREAM_CHUNK__INIT;

	c.stream_id = text(id);
	c.has_chunk_index = c.has_content = 1;
	c.chunk_index = index;
	c.content.data = (uint8_t *)(uintptr_t)bytes;
	c.content.len = n;
	p.stream_chunk = &c;
	take(f, &p);
}

void take_trailer(struct streaming *f, const char *id, const char *reason)
{
	Lk__DataPacket p = LK__DATA_PACKET__INIT;
	Lk__StreamTrailer t = LK__STREAM_TRAILER__INIT;

	t.stream_id = text(id);
	t.reason = text(reason);
	p.stream_trailer = &t;
	take(f, &p);
}

void assert_nothing_kept(const struct streaming *f)
{
	assert_int_equal(f->opened, f->closed);
	assert_int_equal(f->call->incoming_count, 0);
	assert_int_equal(f->call->incoming_bytes, 0);
}
