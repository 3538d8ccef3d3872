/* SPDX-License-Identifier: Apache-2.0 */
/* Data streams that we send, in virtual time: what leaves is looked at as packets. With other SDKs:
 * test/interop/libconfab-streams.test.mjs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "streaming.h"

/* The next packet that waits, which is taken away as if the server had it; NULL: there is none. */
static Lk__DataPacket *next_packet(struct streaming *f)
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
	struct streaming *f = *state;
	const char *const to[] = { "ann" };
	const confab_attribute mood = { "mood", "fine" };
	const confab_stream_options o = { .topic = "lk.chat",
					  .reply_to = "before",
					  .attributes = &mood,
					  .attribute_count = 1,
					  .identities = to,
					  .identity_count = 1 };
	Lk__DataPacket *p;

	confab_call_send_text_async(f->call, &o, "gr\xc3\xbc\xc3\x9f dich", streaming_done, f);
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
	struct streaming *f = *state;
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
	confab_call_send_text_async(f->call, &fast, long_text, streaming_done, f);
	edges_run(f->in.client);
	assert_int_equal(confab_call_open_stream(f->call, &fast, &file, NULL), CONFAB_OK);
	confab_stream_write_async(file, long_text, 400000, streaming_done, f);
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
	struct streaming *f = *state;
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
	struct streaming *f = *state;
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
	confab_stream_close_async(stream, NULL, streaming_done, f);
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
	confab_stream_close_async(stream, big, streaming_done, f);
	edges_run(f->in.client);
	drop(next_packet(f));
	drop(next_packet(f));
	edges_pass(f->in.client, 10 * US_PER_MS);
	assert_int_equal(f->ended, 2);
	assert_int_equal(f->ended_code, CONFAB_ERR_BAD_INPUT);
}

static void too_much_at_once(void **state)
{
	struct streaming *f = *state;
	static char big[CONFAB_STREAM_WAITING_MAX / 2];
	confab_stream *stream = NULL;

	assert_int_equal(
		confab_call_open_stream(f->call, &(confab_stream_options){ 0 }, &stream, NULL),
		CONFAB_OK);
	confab_stream_write_async(stream, big, sizeof big, NULL, NULL);
	confab_stream_write_async(stream, big, sizeof big, NULL, NULL);
	confab_stream_write_async(stream, big, 1, streaming_done, f);
	edges_run(f->in.client);
	assert_int_equal(f->ended_code, CONFAB_ERR_NO_MEMORY);
	confab_stream_close_async(stream, NULL, streaming_done, f);
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
	struct streaming *f = *state;
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
	struct streaming *f = arg;
	confab_error error;

	if (e->type != CONFAB_EVENT_STREAM_OPENED)
		return;
	assert_int_equal(confab_call_send_text(f->call, NULL, "x", &error), CONFAB_ERR_WOULD_WAIT);
	assert_int_equal(confab_call_open_stream(f->call, &(confab_stream_options){ .text = 1 },
						 &f->stream, NULL),
			 CONFAB_OK);
	assert_int_equal(confab_stream_write(f->stream, "x", 1, NULL), CONFAB_ERR_WOULD_WAIT);
	assert_int_equal(confab_stream_close(f->stream, NULL, NULL), CONFAB_ERR_WOULD_WAIT);
	confab_stream_write_async(f->stream, "re", 2, streaming_done, f);
	confab_stream_close_async(f->stream, NULL, streaming_done, f);
	assert_int_equal(f->ended, 0);
}

static void take_one(void *arg)
{
	take_header(arg, "s", -1, true);
}

static void in_a_callback(void **state)
{
	struct streaming *f = *state;
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
	struct streaming *f = *state;
	confab_stream *stream = NULL;

	assert_int_equal(
		confab_call_open_stream(f->call, &(confab_stream_options){ 0 }, &stream, NULL),
		CONFAB_OK);
	confab_stream_write_async(stream, "x", 1, NULL, NULL);
	edges_run(f->in.client);
}

#define IN_CALL(test) cmocka_unit_test_setup_teardown(test, streaming_set_up, streaming_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_CALL(a_text_leaves),	   IN_CALL(a_long_one_leaves),
		IN_CALL(at_its_pace),	   IN_CALL(bad_input),
		IN_CALL(too_much_at_once), IN_CALL(the_call_is_joined_anew),
		IN_CALL(in_a_callback),	   IN_CALL(left_open),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
