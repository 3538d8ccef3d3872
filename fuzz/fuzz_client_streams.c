/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What others in a call may send to libconfab as data streams. Steps of a kind byte: which packet, of which of three
 * senders and two ids, and fields from the bytes that follow; or DataPackets as they are (16-bit length, bytes). Each
 * stream is opened before it goes on, goes on in order, is closed once, and whole is what its pieces were; what is kept
 * is bounded, and nothing once the call is left.
 */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/rd.h"
#include "base/utf8.h"
#include "client_edges.h"

enum kind { KIND_HEADER, KIND_CHUNK, KIND_TRAILER, KIND_INLINE, KIND_RAW, KINDS };
enum { OPEN_MOST = 1000, KEPT_MOST = 8 << 20 };

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static int open_streams;
static char content[3][2][CONFAB_STREAM_WHOLE_MAX]; /* of those with our ids */

static char *content_of(const confab_event *e)
{
	const char *id = e->stream->id, *who = e->identity;

	if (!who || who[0] < '0' || who[0] > '2' || who[1] || id[0] < '0' || id[0] > '1' || id[1])
		return NULL;
	return content[who[0] - '0'][id[0] - '0'];
}

static void on_event(void *arg, const confab_event *e)
{
	const confab_stream_info *s = e->stream;
	char *kept;

	(void)arg;
	if (!s)
		return;
	assert(e->call && s->id[0] && s->topic == e->topic && s->mime && s->name && s->reply_to);
	kept = content_of(e);
	if (e->type == CONFAB_EVENT_STREAM_OPENED) {
		assert(s->received == 0);
		open_streams++;
	} else if (e->type == CONFAB_EVENT_STREAM_CHUNK) {
		assert(e->length && s->received >= e->length);
		assert(!s->text || utf8_is_valid((const char *)e->data, e->length));
		if (kept && s->received <= CONFAB_STREAM_WHOLE_MAX)
			memcpy(kept + s->received - e->length, e->data, e->length);
	} else {
		open_streams--;
		assert(open_streams >= 0 && (!e->error || e->error->message[0]));
		assert(!(e->error && e->data));
		assert(!e->data || (e->length == s->received && e->data[e->length] == '\0'));
		if (kept && e->data)
			assert(memcmp(kept, e->data, e->length) == 0);
	}
	assert(e->call->incoming_count <= OPEN_MOST && e->call->incoming_bytes <= KEPT_MOST);
}

static void on_done(void *arg, const confab_error *error)
{
	(void)arg, (void)error;
}

static void hand_in(struct session *s, const Lk__DataPacket *p)
{
	size_t n = lk__data_packet__get_packed_size(p);
	uint8_t *packed = malloc(n + 1);

	assert(packed);
	(void)lk__data_packet__pack(p, packed);
	data_take(s, packed, n);
	free(packed);
}

/* The rest of the step is a text or bytes. */
static void step(struct session *s, enum kind kind, uint8_t which, uint8_t number,
		 const uint8_t *bytes, size_t n)
{
	Lk__DataPacket p = LK__DATA_PACKET__INIT;
	Lk__StreamHeader h = LK__STREAM_HEADER__INIT;
	Lk__StreamText text = LK__STREAM_TEXT__INIT;
	Lk__StreamBytes file = LK__STREAM_BYTES__INIT;
	Lk__StreamChunk c = LK__STREAM_CHUNK__INIT;
	Lk__StreamTrailer t = LK__STREAM_TRAILER__INIT;
	char who[2] = { (char)('0' + which % 3), '\0' },
	     id[2] = { (char)('0' + which / 3 % 2), '\0' };
	char *words = calloc(1, n + 1);

	assert(words);
	if (n)
		memcpy(words, bytes, n);
	p.participant_identity = who;
	if (kind == KIND_HEADER || kind == KIND_INLINE) {
		p.stream_header = &h;
		h.stream_id = id;
		h.topic = words;
		h.has_total_length = number & 1;
		h.total_length = number >> 1;
		h.text = which & 64 ? &text : NULL;
		h.bytes = which & 64 ? NULL : &file;
		h.has_inline_content = kind == KIND_INLINE;
		h.inline_content = (ProtobufCBinaryData){ n, (uint8_t *)words };
	} else if (kind == KIND_CHUNK) {
		p.stream_chunk = &c;
		c.stream_id = id;
		c.has_chunk_index = c.has_content = 1;
		c.chunk_index = number;
		c.content = (ProtobufCBinaryData){ n, (uint8_t *)words };
	} else {
		p.stream_trailer = &t;
		t.stream_id = id;
		t.reason = words;
	}
	hand_in(s, &p);
	free(words);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	static confab_client *client;
	const confab_client_options options = { .on_event = on_event, .own_loop = 1 };
	const confab_join_options join = { .url = "ws://server", .token = "t" };
	struct rd r = rd_of(bytes, n);

	if (!client && confab_client_new(&client, &options, NULL))
		abort();
	edges_reset();
	open_streams = 0;
	confab_call *call = confab_client_call(client, "default", "room", NULL);
	assert(call);
	confab_call_join_async(call, &join, on_done, NULL);
	edges_run(client);
	while (rd_left(&r) >= 5 && call->session) {
		enum kind kind = (enum kind)(rd_u8(&r) % KINDS);
		uint8_t which = rd_u8(&r), number = rd_u8(&r);
		size_t length = rd_be16(&r);

		if (length > rd_left(&r))
			length = rd_left(&r);
		const uint8_t *rest = rd_take(&r, length);
		if (kind == KIND_RAW)
			data_take(call->session, rest, length);
		else
			step(call->session, kind, which, number, rest, length);
	}
	(void)confab_call_leave(call, NULL);
	edges_run(client);
	assert(open_streams == 0 && call->incoming_count == 0 && call->incoming_bytes == 0);
	return 0;
}
