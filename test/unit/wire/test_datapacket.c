/* SPDX-License-Identifier: Apache-2.0 */
/* Data packets: who sent them is always what the server says; who gets them is what the sender
 * says; the rest passes unread. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/limits.h"
#include "wire/datapacket.h"
#include "wire/datatrack.h"
#include "wire/dcep.h"

#define PACKET(text) (const uint8_t *)(text), sizeof(text) - 1

static const struct datapacket_sender ann = { .identity = "ann", .sid = "PA_a" };

static void assert_written(const uint8_t *in, size_t n, const struct datapacket_sender *sender,
			   const uint8_t *expected, size_t length)
{
	uint8_t out[256];
	struct wr w = wr_of(out, sizeof out);
	struct datapacket p;

	assert_true(datapacket_parse(&p, in, n));
	datapacket_write(&w, &p, sender);
	assert_int_equal(wr_len(&w), length);
	assert_memory_equal(out, expected, length);
	assert_true(datapacket_bound(&p, sender) >= length);
}

static void sender_is_put_in(void **state)
{
	const struct datapacket_sender lossy = { .identity = "ann", .sid = "PA_a", .lossy = true };
	const struct datapacket_sender hidden = { 0 };

	(void)state;
	/* kind 1, identity "eve", sid "PA_e", field 10 "x", sequence 5 */
	assert_written(PACKET("\x08\x01\x22\x03"
			      "eve\x8a\x01\x04PA_e\x52\x01x\x80\x01\x05"),
		       &ann,
		       PACKET("\x52\x01x\x80\x01\x05\x22\x03"
			      "ann\x8a\x01\x04PA_a"));
	assert_written(PACKET("\x52\x01x"), &lossy,
		       PACKET("\x08\x01\x52\x01x\x22\x03"
			      "ann\x8a\x01\x04PA_a"));
	assert_written(PACKET("\x52\x01x\x22\x03"
			      "eve"),
		       &hidden, PACKET("\x52\x01x"));
	/* In a UserPacket: sid 1, payload 2, identity 5, topic 4. The wrong wire type counts too. */
	assert_written(PACKET("\x12\x0e\x0a\x01s\x12\x01p\x2a\x03"
			      "eve\x22\x01t"),
		       &ann,
		       PACKET("\x12\x11\x0a\x04PA_a\x12\x01p\x22\x01t\x2a\x03"
			      "ann\x22\x03"
			      "ann\x8a\x01\x04PA_a"));
	assert_written(PACKET("\x12\x07\x0a\x01s\x28\x01\x50\x01"), &hidden,
		       PACKET("\x12\x02\x50\x01"));
}

static bool is_for(const uint8_t *bytes, size_t n, const char *identity, const char *sid)
{
	struct datapacket p;

	assert_true(datapacket_parse(&p, bytes, n));
	return datapacket_is_for(&p, identity, sid);
}

static void destinations_are_read(void **state)
{
	(void)state;
	assert_true(is_for(PACKET("\x52\x01x"), "bob", "PA_b"));
	assert_true(is_for(PACKET("\x2a\x03"
				  "bob\x2a\x03"
				  "joe"),
			   "joe", "PA_j"));
	assert_false(is_for(PACKET("\x2a\x03"
				   "bob"),
			    "bobby", "PA_b"));
	assert_false(is_for(PACKET("\x2a\x03"
				   "bob"),
			    "bo", "PA_b"));
	/* Old clients: by sid (3) and identity (6) in the UserPacket, unless the packet has some. */
	assert_true(is_for(PACKET("\x12\x06\x1a\x04PA_b"), "bob", "PA_b"));
	assert_true(is_for(PACKET("\x12\x05\x32\x03"
				  "bob"),
			   "bob", "PA_x"));
	assert_false(is_for(PACKET("\x12\x05\x32\x03"
				   "bob"),
			    "eve", "PA_e"));
	assert_false(is_for(PACKET("\x12\x05\x32\x03"
				   "bob\x2a\x03"
				   "eve"),
			    "bob", "PA_b"));
}

static void malformed_packets_are_refused(void **state)
{
	static const struct {
		const char *bytes;
		size_t n;
	} bad[] = {
		{ "\x52\x05x", 3 },					/* longer than the packet */
		{ "\x52", 1 },						/* no length */
		{ "\x53\x54", 2 },					/* a group */
		{ "\x02\x01x", 3 },					/* field 0 */
		{ "\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01", 11 }, /* a varint without end */
		{ "\x12\x02\x0a\x05", 4 }, /* the same inside the UserPacket */
		{ "\x12\x00\x12\x00", 4 }, /* two of them */
		{ "\x51"
		  "1234567",
		  8 }, /* 64 bits, cut */
	};
	struct datapacket p;
	uint8_t many[2 * (LIMIT_DATA_DESTINATIONS + 1)];

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_false(datapacket_parse(&p, (const uint8_t *)bad[i].bytes, bad[i].n));
	for (size_t i = 0; i < sizeof many; i += 2) {
		many[i] = 0x2a;
		many[i + 1] = 0;
	}
	assert_false(datapacket_parse(&p, many, sizeof many));
	assert_true(datapacket_parse(&p, many, sizeof many - 2));
	assert_true(datapacket_parse(&p, many, 0));
	assert_true(datapacket_parse(&p, PACKET("\x1a\x00")) && p.server_only);
	assert_true(datapacket_parse(&p, PACKET("\x42\x00")) && p.server_only);
	assert_true(datapacket_parse(&p, PACKET("\x80\x01\xac\x02")) && p.sequence == 300);
}

static void channels_are_opened_as_rfc_8832_says(void **state)
{
	static const uint8_t lossy[] = "\x03\x81\x01\x00\x00\x00\x00\x00\x00\x06\x00\x00_lossy";
	struct dcep_open open;
	uint8_t out[64];
	struct wr w = wr_of(out, sizeof out);

	(void)state;
	dcep_write_open(&w, &(struct dcep_open){ .unordered = true,
						 .partial = true,
						 .label = "_lossy",
						 .label_length = 6 });
	assert_int_equal(wr_len(&w), sizeof lossy - 1);
	assert_memory_equal(out, lossy, sizeof lossy - 1);
	assert_true(dcep_parse_open(&open, out, wr_len(&w)));
	assert_true(open.unordered && open.partial && open.retransmits == 0);
	assert_int_equal(open.label_length, 6);
	for (size_t n = 0; n < wr_len(&w); n++)
		assert_false(dcep_parse_open(&open, out, n));
	out[12] = 0xff; /* not UTF-8 */
	assert_false(dcep_parse_open(&open, out, wr_len(&w)));
	out[12] = '_';
	out[1] = 3; /* no such kind of channel */
	assert_false(dcep_parse_open(&open, out, wr_len(&w)));
	out[1] = 2; /* limited in time */
	assert_true(dcep_parse_open(&open, out, wr_len(&w)) && open.partial && !open.unordered);
	assert_int_equal(dcep_kind(PACKET("\x02")), DCEP_ACK);
	assert_int_equal(dcep_kind(PACKET("")), 0);
	assert_int_equal(dcep_kind(PACKET("\x07")), 0);
}

static void data_track_headers_are_read(void **state)
{
	(void)state;
	static const struct {
		const char *bytes;
		size_t n;
		uint16_t handle; /* 0: refused */
	} cases[] = {
		{ "\x18\0\x12\x34\0\1\0\2\0\0\0\3", 12, 0x1234 },
		{ "\x18\0\x12\x34\0\1\0\2\0\0\0\3hello", 17, 0x1234 },
		{ "\x18\0\x12\x34\0\1\0\2\0\0\0", 11, 0 },
		{ "\x18\0\0\0\0\1\0\2\0\0\0\3", 12, 0 },
		{ "\x38\0\x12\x34\0\1\0\2\0\0\0\3", 12, 0 }, /* version 1 */
		/* extensions: one word, of which the count is a half */
		{ "\x1c\0\x12\x34\0\1\0\2\0\0\0\3\0\0\1\2", 16, 0x1234 },
		{ "\x1c\0\x12\x34\0\1\0\2\0\0\0\3\0\0\1", 15, 0 },
		{ "\x1c\0\x12\x34\0\1\0\2\0\0\0\3\0\1\1\2\0\0\0\0", 20, 0x1234 },
		{ "\x1c\0\x12\x34\0\1\0\2\0\0\0\3\xff\xff\1\2\0\0\0\0", 20, 0 },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		uint16_t handle = 0;
		bool good = datatrack_parse(&handle, cases[i].bytes, cases[i].n);

		assert_int_equal(good, cases[i].handle != 0);
		assert_int_equal(handle, cases[i].handle);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sender_is_put_in),
		cmocka_unit_test(destinations_are_read),
		cmocka_unit_test(malformed_packets_are_refused),
		cmocka_unit_test(data_track_headers_are_read),
		cmocka_unit_test(channels_are_opened_as_rfc_8832_says),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
