/* SPDX-License-Identifier: Apache-2.0 */
/* RFC 4571 framing, in all pieces that a stream can come in. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "net/framing.h"

static void test_any_pieces(void **state)
{
	(void)state;
	static uint8_t stream[2 * (FRAMING_HEADER + LIMIT_DATAGRAM) + 7];
	struct framing f;
	uint8_t *frame;
	size_t n;

	/* the longest, an empty one, "abc", the longest again */
	stream[0] = LIMIT_DATAGRAM >> 8;
	stream[1] = LIMIT_DATAGRAM & 0xff;
	memset(stream + 2, 7, LIMIT_DATAGRAM);
	memcpy(stream + 2 + LIMIT_DATAGRAM, "\0\0\0\3abc", 7);
	memcpy(stream + 9 + LIMIT_DATAGRAM, stream, 2 + LIMIT_DATAGRAM);
	for (size_t piece = 1; piece < sizeof stream; piece = piece * 3 + 1) {
		size_t count = 0;

		framing_init(&f);
		for (size_t at = 0; at < sizeof stream; at += piece) {
			struct rd in = rd_of(stream + at, at + piece < sizeof stream
								  ? piece
								  : sizeof stream - at);

			while (framing_next(&f, &in, &frame, &n)) {
				assert_int_equal(n, count == 1 ? 3 : LIMIT_DATAGRAM);
				assert_memory_equal(frame, count == 1 ? "abc" : "\7\7\7", 3);
				memset(frame, 0xff, n); /* as decryption does */
				count++;
			}
			assert_int_equal(rd_left(&in), 0);
		}
		assert_int_equal(count, 3);
		assert_false(f.bad);
	}
}

static void test_too_long_is_the_end(void **state)
{
	(void)state;
	static const uint8_t stream[] = { 0, 1, 'a', 0xff, 0xff, 1, 2, 3, 0, 1, 'b' };
	struct rd in = rd_of(stream, sizeof stream);
	struct framing f;
	uint8_t *frame;
	size_t n;

	framing_init(&f);
	assert_true(framing_next(&f, &in, &frame, &n));
	assert_false(framing_next(&f, &in, &frame, &n));
	assert_true(f.bad);
	assert_false(framing_next(&f, &in, &frame, &n));
}

static void test_missing(void **state)
{
	(void)state;
	struct framing f;
	struct rd in;
	uint8_t *frame;
	size_t n;

	framing_init(&f);
	assert_int_equal(framing_missing(&f), 2);
	in = rd_of((const uint8_t *)"\0", 1);
	assert_false(framing_next(&f, &in, &frame, &n));
	assert_int_equal(framing_missing(&f), 1);
	in = rd_of((const uint8_t *)"\5ab", 3);
	assert_false(framing_next(&f, &in, &frame, &n));
	assert_int_equal(framing_missing(&f), 3);
	in = rd_of((const uint8_t *)"cde", 3);
	assert_true(framing_next(&f, &in, &frame, &n));
	assert_int_equal(framing_missing(&f), 2);
}

static void test_messages_of_turn(void **state)
{
	(void)state;
	/* a request, ChannelData of 5 bytes and what pads it, one without any, and a request again */
	static const uint8_t stream[] =
		"\0\3\0\4cookietransactionval\x40\1\0\5hello\0\0\0\x4f\xff\0\0"
		"\0\1\0\0cookietransactio";
	static const size_t lengths[] = { 24, 12, 4, 20 };

	for (size_t piece = 1; piece < sizeof stream; piece++) {
		struct framing f;
		uint8_t *frame;
		size_t n, count = 0, begin = 0;

		framing_init_turn(&f);
		for (size_t at = 0; at < sizeof stream - 1; at += piece) {
			size_t left = sizeof stream - 1 - at;
			struct rd in = rd_of(stream + at, piece < left ? piece : left);

			while (framing_next(&f, &in, &frame, &n)) {
				assert_int_equal(n, lengths[count]);
				assert_memory_equal(frame, stream + begin, n);
				begin += lengths[count++];
			}
		}
		assert_false(f.bad);
		assert_int_equal(count, 4);
	}
}

static void test_what_turn_does_not_say(void **state)
{
	(void)state;
	static const uint8_t bad[][4] = { { 0, 3, 0, 1 },	   { 0, 3, 0xff, 0xfc },
					  { 4, 0, 0, 4 },	   { 0x3f, 0, 0, 4 },
					  { 0x50, 0, 0, 4 },	   { 0x80, 0, 0, 4 },
					  { 0x40, 0, 0xff, 0xff }, { 'G', 'E', 'T', ' ' } };

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct rd in = rd_of(bad[i], 4);
		struct framing f;
		uint8_t *frame;
		size_t n;

		framing_init_turn(&f);
		assert_false(framing_next(&f, &in, &frame, &n));
		assert_true(f.bad || bad[i][0] == 'G');
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_any_pieces),
		cmocka_unit_test(test_too_long_is_the_end),
		cmocka_unit_test(test_missing),
		cmocka_unit_test(test_messages_of_turn),
		cmocka_unit_test(test_what_turn_does_not_say),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
