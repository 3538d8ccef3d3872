/* SPDX-License-Identifier: Apache-2.0 */
/* Data streams, both directions, in virtual time (test/lib/client_edges.h): what leaves is looked at as packets, what
 * comes is handed in as packets. With other SDKs: test/interop/libconfab-streams.test.mjs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "in_call.h"

struct fixture {
	struct in_call in;
	confab_call *call; /* in it */
	/* of streams that come in: how many, and of the newest event */
	int opened, chunks, closed, code;
	uint64_t received;
	char whole[70000], topic[32], attribute[32];
	bool has_whole;
	/* of our own */
	int ended, ended_code;
	confab_stream *stream; /* to be used in a callback */
};

static void on_event(void *arg, const confab_event *e)
{
	struct fixture *f = arg;
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

static void on_done(void *arg, const confab_error *error)
{
	struct fixture *f = arg;

	f->ended++;
	f->ended_code = error ? error->code : 0;
}

static int set_up(void **state)
{
	static struct fixture f;

	memset(&f, 0, sizeof f);
	in_call_init(&f.in);
	in_call_join(&f.in, &in_call_options, NULL);
	f.call = f.in.call;
	f.in.client->options.on_event = on_event;
	f.in.client->options.arg = &f;
	*state = &f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	in_call_fini(&f->in);
	return 0;
}

/* ---- what comes ---- */

static void take(struct fixture *f, Lk__DataPacket *p)
{
	uint8_t *bytes;

	p->participant_identity = text("ann");
	p->participant_sid = text("PA_ann");
	size_t n = lk__data_packet__get_packed_size(p);
	bytes = malloc(n + 1);
	assert_non_null(bytes);
	(void)lk__data_packet__pack(p, bytes);
	data_take(f->call->session, bytes, n);
	free(bytes);
}

/* length -1: not told. */
static void take_header(struct fixture *f, const char *id, int64_t length, bool is_text)
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

static void take_chunk(struct fixture *f, const char *id, uint64_t index, const void *bytes,
		       size_t n)
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

static void take_trailer(struct fixture *f, const char *id, const char *reason)
{
	Lk__DataPacket p = LK__DATA_PACKET__INIT;
	Lk__StreamTrailer t = LK__STREAM_TRAILER__INIT;

	t.stream_id = text(id);
	t.reason = text(reason);
	p.stream_trailer = &t;
	take(f, &p);
}

/* What is kept of streams is kept no longer. */
static void assert_nothing_kept(const struct fixture *f)
{
	assert_int_equal(f->opened, f->closed);
	assert_int_equal(f->call->incoming_count, 0);
	assert_int_equal(f->call->incoming_bytes, 0);
}

static void a_text_comes(void **state)
{
	struct fixture *f = *state;

	take_header(f, "s", 9, true);
	assert_string_equal(f->attribute, "fine");
	assert_string_equal(f->topic, "chat");
	take_chunk(f, "s", 0, "hello", 5);
	take_chunk(f, "s", 0, "hello", 5); /* once more */
	take_chunk(f, "s", 1, "", 0);
	take_chunk(f, "other", 0, "x", 1);
	take_chunk(f, "s", 2, " you", 4);
	assert_int_equal(f->chunks, 2);
	assert_int_equal(f->received, 9);
	take_trailer(f, "s", "");
	assert_int_equal(f->code, 0);
	assert_string_equal(f->whole, "hello you");
	take_trailer(f, "s", "");
	take_chunk(f, "s", 3, "late", 4);
	assert_int_equal(f->closed, 1);
	take_header(f, "s", -1, true); /* the id is free again; an empty one is complete, too */
	take_trailer(f, "s", "");
	assert_string_equal(f->whole, "");
	assert_true(f->has_whole);
	assert_nothing_kept(f);
}

static void a_long_one_is_not_kept(void **state)
{
	struct fixture *f = *state;
	static char piece[15000];

	memset(piece, 'x', sizeof piece);
	take_header(f, "s", -1, false);
	for (uint64_t i = 0; i < 4; i++)
		take_chunk(f, "s", i, piece, sizeof piece);
	assert_true(f->call->incoming_bytes > 60000);
	take_chunk(f, "s", 4, piece, CONFAB_STREAM_WHOLE_MAX - 60000);
	assert_true(f->call->incoming_bytes > CONFAB_STREAM_WHOLE_MAX);
	take_chunk(f, "s", 5, piece, 1);
	assert_true(f->call->incoming_bytes < 2000);
	take_trailer(f, "s", "");
	assert_false(f->has_whole);
	assert_int_equal(f->code, 0);
	assert_int_equal(f->received, CONFAB_STREAM_WHOLE_MAX + 1);
	assert_int_equal(f->chunks, 6);
	assert_nothing_kept(f);
}

static void broken_ones(void **state)
{
	struct fixture *f = *state;
	const struct {
		int64_t length;
		bool is_text;
		uint64_t index;
		const char *bytes;
		const char *reason;
		int code;
	} cases[] = {
		{ 3, true, 1, "gap", "", CONFAB_ERR_BAD_INPUT },
		{ 2, false, 0, "too long", "", CONFAB_ERR_BAD_INPUT },
		{ 20, false, 0, "too short", "", CONFAB_ERR_BAD_INPUT },
		{ 0, false, 0, "told that there is nothing", "", CONFAB_ERR_BAD_INPUT },
		{ -1, true, 0, "\xff", "", CONFAB_ERR_BAD_INPUT },
		{ -1, false, 0, "\xff", "", CONFAB_OK },
		{ -1, true, 0, "given up", "no time", CONFAB_ERR_ABORTED },
		{ -1, true, 0, "given up", "\xff\xfe", CONFAB_ERR_ABORTED },
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		take_header(f, "s", cases[i].length, cases[i].is_text);
		take_header(f, "s", 7, false); /* there is one already */
		take_chunk(f, "s", cases[i].index, cases[i].bytes, strlen(cases[i].bytes));
		take_trailer(f, "s", cases[i].reason);
		assert_int_equal(f->closed, (int)i + 1);
		assert_int_equal(f->code, cases[i].code);
	}
	take_header(f, "", -1, true);
	take_header(f, "\xff", -1, true);
	assert_int_equal(f->opened, f->closed);
	assert_nothing_kept(f);
}

static void whoever_sends_goes(void **state)
{
	struct fixture *f = *state;
	static char piece[15000];
	char id[16];

	for (int i = 0; i < 40; i++) { /* not more of one than that */
		(void)snprintf(id, sizeof id, "s%d", i);
		take_header(f, id, -1, false);
		take_chunk(f, id, 0, piece, sizeof piece);
	}
	assert_int_equal(f->opened, 16);
	send_gone("PA_ann", LK__DISCONNECT_REASON__CLIENT_INITIATED);
	assert_int_equal(f->code, CONFAB_ERR_NETWORK);
	assert_nothing_kept(f);
}

static void we_go(void **state)
{
	struct fixture *f = *state;

	take_header(f, "s", -1, false);
	assert_int_equal(confab_call_leave(f->call, NULL), CONFAB_OK);
	assert_int_equal(f->code, CONFAB_ERR_LEFT);
	assert_nothing_kept(f);
}

static void all_in_one_packet(void **state)
{
	struct fixture *f = *state;
	Lk__DataPacket p = LK__DATA_PACKET__INIT;
	Lk__StreamHeader h = LK__STREAM_HEADER__INIT;
	Lk__StreamText t = LK__STREAM_TEXT__INIT;

	h.stream_id = text("s");
	h.text = &t;
	h.has_inline_content = 1;
	h.inline_content.data = (uint8_t *)text("short");
	h.inline_content.len = 5;
	p.stream_header = &h;
	take(f, &p);
	assert_string_equal(f->whole, "short");
	h.has_compression = 1; /* we never said that we can */
	h.compression = 1;
	take(f, &p);
	assert_int_equal(f->opened, 1);
	assert_nothing_kept(f);
}

/* ---- what leaves ---- */

/* The next packet that waits, which is taken away as if the server had it; NULL: there is none. */
static Lk__DataPacket *next_packet(struct fixture *f)
{
	struct session *s = f->call->session;

	if (list_empty(&s->messages))
		return NULL;
	struct message_out *m = list_entry(s->messages.next, struct message_out, in_session);
	Lk__DataPacket *p = lk__data_packet__unpack(NULL, m->blob->length, m->blob->bytes);
	list_remove(&m->in_session);
	s->message_count--;
	s->message_bytes -= m->blob->length;
	blob_unref(m->blob);
	free(m);
	assert_non_null(p);
	return p;
}

static void drop(Lk__DataPacket *p)
{
	lk__data_packet__free_unpacked(p, NULL);
}

static void a_text_leaves(void **state)
{
	struct fixture *f = *state;
	const char *const to[] = { "ann" };
	const confab_attribute mood = { "mood", "fine" };
	const confab_stream_options o = { .topic = "lk.chat",
					  .reply_to = "before",
					  .attributes = &mood,
					  .attribute_count = 1,
					  .identities = to,
					  .identity_count = 1 };
	Lk__DataPacket *p;

	confab_call_send_text_async(f->call, &o, "gr\xc3\xbc\xc3\x9f dich", on_done, f);
	edges_run(f->in.client);
	p = next_packet(f);
	assert_string_equal(p->stream_header->topic, "lk.chat");
	assert_string_equal(p->stream_header->mime_type, "text/plain");
	assert_string_equal(p->stream_header->text->reply_to_stream_id, "before");
	assert_string_equal(p->stream_header->attributes[0]->value, "fine");
	assert_int_equal(p->stream_header->total_length, 11);
	assert_int_equal(p->stream_header->timestamp, (int64_t)(clock_wall_us() / US_PER_MS));
	assert_null(p->stream_header->bytes);
	drop(p);
	p = next_packet(f);
	assert_int_equal(p->stream_chunk->chunk_index, 0);
	assert_memory_equal(p->stream_chunk->content.data, "gr\xc3\xbc\xc3\x9f dich", 11);
	assert_string_equal(p->destination_identities[0], "ann");
	assert_int_equal(p->kind, 0);
	assert_int_equal(p->sequence, 2);
	drop(p);
	edges_pass(f->in.client, 10 * US_PER_MS);
	assert_int_equal(f->ended, 0); /* the server does not have its end */
	p = next_packet(f);
	assert_string_equal(p->stream_trailer->reason, "");
	drop(p);
	assert_null(next_packet(f));
	edges_pass(f->in.client, 10 * US_PER_MS);
	assert_int_equal(f->ended, 1);
	assert_int_equal(f->ended_code, 0);
	assert_true(list_empty(&f->call->outgoing));
}

/* Cut at characters, in bounded memory, each stream in its turn. */
static void a_long_one_leaves(void **state)
{
	struct fixture *f = *state;
	static char long_text[2000001];
	const struct session *s = f->call->session;
	size_t got = 0, most = 0;
	unsigned waits = 0;
	char text_id[64] = "";
	confab_stream *file;
	bool between = false;
	Lk__DataPacket *p;

	for (size_t i = 0; i + 4 <= sizeof long_text - 1; i += 4)
		memcpy(long_text + i, "\xf0\x9f\x98\x80", 4);
	const confab_stream_options fast = { .topic = "x", .bytes_per_second = 2000000000 };
	confab_call_send_text_async(f->call, &fast, long_text, on_done, f);
	edges_run(f->in.client);
	assert_int_equal(confab_call_open_stream(f->call, &fast, &file, NULL), CONFAB_OK);
	confab_stream_write_async(file, long_text, 400000, on_done, f);
	while (f->ended < 2 || got < 2400000) {
		edges_run(f->in.client);
		most = s->message_bytes > most ? s->message_bytes : most;
		p = next_packet(f);
		if (!p) {
			edges_pass(f->in.client, 10 * US_PER_MS);
			assert_true(++waits < 100);
			continue;
		}
		if (p->stream_chunk) {
			const ProtobufCBinaryData *c = &p->stream_chunk->content;

			got += c->len;
			/* characters have four bytes; the file comes between */
			if (strcmp(p->stream_chunk->stream_id, text_id) == 0)
				assert_int_equal(c->data[0], 0xf0);
			else
				between |= got < 800000;
		} else if (p->stream_header && p->stream_header->text) {
			(void)snprintf(text_id, sizeof text_id, "%s", p->stream_header->stream_id);
		}
		drop(p);
	}
	assert_int_equal(got, 2400000);
	assert_true(between);
	assert_in_range(most, 100000, 300000);
	confab_stream_close_async(file, NULL, NULL, NULL);
	edges_run(f->in.client);
}

/* Whoever receives may be slower than we are. */
static void at_its_pace(void **state)
{
	struct fixture *f = *state;
	static char bytes[3000000];
	const confab_stream_options slow = { .bytes_per_second = 1000000 };
	confab_stream *stream = NULL;
	size_t got = 0;
	Lk__DataPacket *p;

	assert_int_equal(confab_call_open_stream(f->call, &slow, &stream, NULL), CONFAB_OK);
	confab_stream_write_async(stream, bytes, sizeof bytes, NULL, NULL);
	for (int i = 0; i < 50; i++) { /* a second */
		edges_pass(f->in.client, 20 * US_PER_MS);
		while ((p = next_packet(f))) {
			got += p->stream_chunk ? p->stream_chunk->content.len : 0;
			drop(p);
		}
	}
	assert_in_range(got, 900000, 1100000);
}

static void bad_input(void **state)
{
	struct fixture *f = *state;
	static char big[50001];
	const char *const nobody[] = { "" };
	const confab_attribute nameless = { NULL, "x" };
	const confab_stream_options bad[] = {
		{ .topic = "\xff" },
		{ .name = "\xff" },
		{ .identities = nobody, .identity_count = 1 },
		{ .attributes = &nameless, .attribute_count = 1 },
		{ .topic = big },
	};
	confab_stream *stream = NULL;
	confab_error error;

	memset(big, 't', sizeof big - 1);
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		assert_int_equal(confab_call_open_stream(f->call, &bad[i], &stream, &error),
				 CONFAB_ERR_BAD_INPUT);
		assert_true(error.message[0]);
	}
	assert_int_equal(confab_call_send_text(f->call, NULL, "\xff", NULL), CONFAB_ERR_BAD_INPUT);
	assert_null(stream);
	const confab_stream_options text = { .text = 1, .length = 4 };
	assert_int_equal(confab_call_open_stream(f->call, &text, &stream, NULL), CONFAB_OK);
	assert_int_equal(confab_stream_write(stream, "\xc3", 1, NULL), CONFAB_ERR_BAD_INPUT);
	assert_int_equal(confab_stream_write(stream, "12345", 5, &error), CONFAB_ERR_BAD_INPUT);
	assert_non_null(strstr(error.message, "length"));
	assert_int_equal(confab_stream_write(stream, "", 0, NULL), CONFAB_OK);
	assert_int_equal(confab_stream_write(stream, "123", 3, NULL), CONFAB_OK);
	/* less than was promised: the others are told */
	confab_stream_close_async(stream, NULL, on_done, f);
	edges_run(f->in.client);
	drop(next_packet(f));
	drop(next_packet(f));
	Lk__DataPacket *p = next_packet(f);
	assert_string_equal(p->stream_trailer->reason, "The sender gave up.");
	drop(p);
	edges_pass(f->in.client, 10 * US_PER_MS);
	assert_int_equal(f->ended_code, CONFAB_ERR_BAD_INPUT);
	/* a reason that cannot be told */
	assert_int_equal(
		confab_call_open_stream(f->call, &(confab_stream_options){ 0 }, &stream, NULL),
		CONFAB_OK);
	big[300] = '\0';
	confab_stream_close_async(stream, big, on_done, f);
	edges_run(f->in.client);
	drop(next_packet(f));
	drop(next_packet(f));
	edges_pass(f->in.client, 10 * US_PER_MS);
	assert_int_equal(f->ended, 2);
	assert_int_equal(f->ended_code, CONFAB_ERR_BAD_INPUT);
}

static void too_much_at_once(void **state)
{
	struct fixture *f = *state;
	static char big[CONFAB_STREAM_WAITING_MAX / 2];
	confab_stream *stream = NULL;

	assert_int_equal(
		confab_call_open_stream(f->call, &(confab_stream_options){ 0 }, &stream, NULL),
		CONFAB_OK);
	confab_stream_write_async(stream, big, sizeof big, NULL, NULL);
	confab_stream_write_async(stream, big, sizeof big, NULL, NULL);
	confab_stream_write_async(stream, big, 1, on_done, f);
	edges_run(f->in.client);
	assert_int_equal(f->ended_code, CONFAB_ERR_NO_MEMORY);
	confab_stream_close_async(stream, NULL, on_done, f);
	assert_int_equal(confab_call_leave(f->call, NULL), CONFAB_OK);
	assert_int_equal(f->ended, 2);
	assert_int_equal(f->ended_code, CONFAB_ERR_LEFT);
	assert_int_equal(
		confab_call_open_stream(f->call, &(confab_stream_options){ 0 }, &stream, NULL),
		CONFAB_ERR_NOT_JOINED);
}

/* A stream does not outlive the session in which the others know it. */
static void the_call_is_joined_anew(void **state)
{
	struct fixture *f = *state;
	confab_stream *stream = NULL;
	confab_error error;

	assert_int_equal(
		confab_call_open_stream(f->call, &(confab_stream_options){ 0 }, &stream, NULL),
		CONFAB_OK);
	take_header(f, "s", -1, false);
	send_leave(LK__LEAVE_ACTION__RECONNECT, LK__DISCONNECT_REASON__UNKNOWN_REASON);
	edges_run(f->in.client);
	assert_int_equal(f->code, CONFAB_ERR_NETWORK);
	assert_int_equal(confab_stream_write(stream, "x", 1, &error), CONFAB_ERR_NETWORK);
	assert_int_equal(confab_stream_close(stream, NULL, &error), CONFAB_ERR_NETWORK);
	assert_true(list_empty(&f->call->outgoing));
	assert_nothing_kept(f);
}

static void on_opened(void *arg, const confab_event *e)
{
	struct fixture *f = arg;
	confab_error error;

	if (e->type != CONFAB_EVENT_STREAM_OPENED)
		return;
	assert_int_equal(confab_call_send_text(f->call, NULL, "x", &error), CONFAB_ERR_WOULD_WAIT);
	assert_int_equal(confab_call_open_stream(f->call, &(confab_stream_options){ .text = 1 },
						 &f->stream, NULL),
			 CONFAB_OK);
	assert_int_equal(confab_stream_write(f->stream, "x", 1, NULL), CONFAB_ERR_WOULD_WAIT);
	assert_int_equal(confab_stream_close(f->stream, NULL, NULL), CONFAB_ERR_WOULD_WAIT);
	confab_stream_write_async(f->stream, "re", 2, on_done, f);
	confab_stream_close_async(f->stream, NULL, on_done, f);
	assert_int_equal(f->ended, 0);
}

static void take_one(void *arg)
{
	take_header(arg, "s", -1, true);
}

static void in_a_callback(void **state)
{
	struct fixture *f = *state;
	Lk__DataPacket *p;
	int chunks = 0;

	f->in.client->options.on_event = on_opened;
	assert_true(client_post(f->in.client, take_one, f));
	edges_run(f->in.client);
	while ((p = next_packet(f))) {
		chunks += p->stream_chunk != NULL;
		drop(p);
	}
	edges_pass(f->in.client, 10 * US_PER_MS);
	assert_int_equal(chunks, 1);
	assert_int_equal(f->ended, 2);
	assert_int_equal(f->ended_code, 0);
	f->in.client->options.on_event = NULL;
}

/* A stream that the program has not closed goes with the client. */
static void left_open(void **state)
{
	struct fixture *f = *state;
	confab_stream *stream = NULL;

	assert_int_equal(
		confab_call_open_stream(f->call, &(confab_stream_options){ 0 }, &stream, NULL),
		CONFAB_OK);
	confab_stream_write_async(stream, "x", 1, NULL, NULL);
	edges_run(f->in.client);
}

#define IN_CALL(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_CALL(a_text_comes),
		IN_CALL(a_long_one_is_not_kept),
		IN_CALL(broken_ones),
		IN_CALL(whoever_sends_goes),
		IN_CALL(we_go),
		IN_CALL(all_in_one_packet),
		IN_CALL(a_text_leaves),
		IN_CALL(a_long_one_leaves),
		IN_CALL(at_its_pace),
		IN_CALL(bad_input),
		IN_CALL(too_much_at_once),
		IN_CALL(the_call_is_joined_anew),
		IN_CALL(in_a_callback),
		IN_CALL(left_open),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
