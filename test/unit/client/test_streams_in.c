/* SPDX-License-Identifier: Apache-2.0 */
/* Data streams that come in, in virtual time: what comes is handed in as packets. With other SDKs:
 * test/interop/libconfab-streams.test.mjs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "streaming.h"

static void a_text_comes(void **state)
{
	struct streaming *f = *state;

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
	struct streaming *f = *state;
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
	struct streaming *f = *state;
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
	struct streaming *f = *state;
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
	struct streaming *f = *state;

	take_header(f, "s", -1, false);
	assert_int_equal(confab_call_leave(f->call, NULL), CONFAB_OK);
	assert_int_equal(f->code, CONFAB_ERR_LEFT);
	assert_nothing_kept(f);
}

static void all_in_one_packet(void **state)
{
	struct streaming *f = *state;
	Lk__DataPacket p = LK__DATA_PACKET__INIT;
	Lk__StreamHeader h = LK__STREAM_HEADER__INIT;
	Lk__StreamText t = LK__STREAM_TEXT__INIT;

	h.stream_id = text("s");
	h.text = &t;
	h.has_inline_content = 1;
	h.inline_content.data = (uint8_t *)text("short");
	h.inline_content.len = 5;
	p.stream_header = &h;
	in_call_take(&f->in, &p, "ann");
	assert_string_equal(f->whole, "short");
	h.has_compression = 1; /* we never said that we can */
	h.compression = 1;
	in_call_take(&f->in, &p, "ann");
	assert_int_equal(f->opened, 1);
	assert_nothing_kept(f);
}

#define IN_CALL(test) cmocka_unit_test_setup_teardown(test, streaming_set_up, streaming_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_CALL(a_text_comes), IN_CALL(a_long_one_is_not_kept),
		IN_CALL(broken_ones),  IN_CALL(whoever_sends_goes),
		IN_CALL(we_go),	       IN_CALL(all_in_one_packet),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
