/* SPDX-License-Identifier: Apache-2.0 */
/* Transport-wide feedback: a vector made by hand from the draft, and round trips of random lists.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include "base/rng.h"
#include "vectors.h"
#include "wire/twcc.h"

#include <cmocka.h>

enum { LIST = 4096 };

static bool parse_packet(struct twcc_feedback *ret, struct twcc_arrival *list, size_t capacity,
			 const uint8_t *bytes, size_t n)
{
	struct rtcp_iter it;
	struct rtcp_packet p;
	struct rtcp_feedback f;

	return rtcp_iter_init(&it, bytes, n) && rtcp_next(&it, &p) &&
	       rtcp_kind_of(&p) == RTCP_TWCC && rtcp_parse_feedback(&f, &p) &&
	       twcc_parse(ret, list, capacity, &f);
}

/* 3.1.2-3.1.5 of the draft:
 * a run, both vectors, small, large and negative deltas, a negative reference time. */
static const uint8_t vector[] = {
	0x8f, 205,  0x00, 0x09, 0,    0,    0,	  1,
	0,    0,    0,	  2,	0xff, 0xfe, 0x00, 0x14, /* base 65534, 20 packets */
	0xff, 0xff, 0xff, 0x07,				/* reference -1, feedback 7 */
	0x20, 0x03,					/* run: 3 × small */
	0x90, 0x01,		/* 1 bit: 00 1000 0000 0001 … two received */
	0xd9, 0x00,		/* 2 bits: 01 10 01 (three are left) */
	0x00, 0x04, 0xff,	/* the run: 0, 1 ms, 63.75 ms */
	0x08, 0x10,		/* the one-bit vector */
	0x28, 0xff, 0xfc, 0x00, /* 10 ms, -1 ms, 0 */
	0,    0,    0,	  0,	0,
};

/* What Chromium sends for five packets: filled up to whole words with the padding bit set, and the
 * last byte says by how much. Three of four of its feedbacks look like this. */
static void reads_padded_feedback(void **state)
{
	(void)state;
	static const uint8_t bytes[] = {
		0xaf, 205,  0,	  6,   0, 0, 0,	   1,	 0,    0,
		0,    2,    0,	  45,  0, 5, 0x00, 0x00, 0x01, 0x03, /* reference 1 */
		0x20, 0x05, 4,	  0,				     /* run: 5 × small */
		8,    4,    0x04, 0x01
	}; /* and one byte of padding */
	struct twcc_arrival list[8];
	struct twcc_feedback f;
	autofree uint8_t *copy = exact_copy(bytes, sizeof bytes);

	assert_true(parse_packet(&f, list, 8, copy, sizeof bytes));
	assert_int_equal(f.packet_count, 5);
	assert_int_equal(list[0].seq, 45);
	assert_int_equal(list[4].seq, 49);
	assert_int_equal(list[0].at_us, 64000 + 1000);
	assert_int_equal(list[4].at_us, 64000 + 1000 + 0 + 2000 + 1000 + 1000);
}

static void reads_the_vector(void **state)
{
	(void)state;
	struct twcc_arrival list[20];
	struct twcc_feedback f;
	autofree uint8_t *copy = exact_copy(vector, sizeof vector);

	assert_true(parse_packet(&f, list, 20, copy, sizeof vector));
	assert_int_equal(f.base_seq, 65534);
	assert_int_equal(f.packet_count, 20);
	assert_int_equal(f.reference, -1);
	assert_int_equal(f.feedback_count, 7);
	assert_int_equal(list[0].seq, 65534);
	assert_int_equal(list[2].seq, 0);
	assert_int_equal(list[19].seq, 17);
	assert_int_equal(list[0].at_us, -64000);
	assert_int_equal(list[1].at_us, -63000);
	assert_int_equal(list[2].at_us, 750);
	assert_false(list[3].received);
	assert_true(list[4].received);
	assert_int_equal(list[4].at_us, 2750);
	assert_true(list[16].received);
	assert_int_equal(list[16].at_us, 6750);
	assert_int_equal(list[17].at_us, 16750);
	assert_int_equal(list[18].at_us, 15750);
	assert_int_equal(list[19].at_us, 15750);

	assert_false(parse_packet(&f, list, 19, copy, sizeof vector)); /* capped */
	copy[24] = 0xff;
	copy[25] = 0xff;
	copy[20] = 0x60; /* the reserved symbol */
	assert_false(parse_packet(&f, list, 20, copy, sizeof vector));
}

static void prefixes_fail(void **state)
{
	(void)state;
	/* cut inside the FCI, with nothing of the RTCP header to warn */
	for (size_t n = 0; n + 5 < sizeof vector - 12; n++) {
		autofree uint8_t *copy = exact_copy(vector + 12, n);
		struct rtcp_feedback f = { .fci = copy, .fci_length = n };
		struct twcc_feedback got;
		struct twcc_arrival list[20];

		assert_false(twcc_parse(&got, list, 20, &f));
	}
}

static void refuses_empty(void **state)
{
	(void)state;
	static const uint8_t none[8] = { 0 }; /* no packets */
	/* a run of none, then a good chunk */
	static const uint8_t zero_run[] = { 0, 0, 0, 1, 0, 0, 0, 0, 0x20, 0, 0x20, 1, 0 };
	struct twcc_feedback got;
	struct twcc_arrival list[4];

	assert_false(
		twcc_parse(&got, list, 4, &(struct rtcp_feedback){ .fci = none, .fci_length = 8 }));
	assert_false(twcc_parse(
		&got, list, 4,
		&(struct rtcp_feedback){ .fci = zero_run, .fci_length = sizeof zero_run }));
}

/* Lists of a kind: loss pattern, spacing, reordering. */
static void make_list(struct rng *g, uint64_t *arrivals, size_t n)
{
	unsigned kind = rng_u32(g) % 6;
	uint64_t at = 1000000 + rng_u64(g) % (1ull << 42); /* over the reference's wrap too */

	for (size_t i = 0; i < n; i++) {
		uint32_t dice = rng_u32(g);

		at += kind == 1 ? dice % 70000 : kind == 2 ? dice % 40 : dice % 2000;
		if (kind == 3 && dice % 16 == 0)
			at += rng_u32(g) % 20000000; /* over what a delta can say */
		arrivals[i] = at;
		if (kind == 4)
			arrivals[i] -= rng_u32(g) % 100000; /* out of order */
		bool lost = kind == 5 ? dice % 256 < 250 : dice % 256 < 20;
		if (lost)
			arrivals[i] = TWCC_LOST;
	}
}

static void check_piece(const uint8_t *bytes, size_t n, uint16_t base, const uint64_t *arrivals,
			size_t took, uint8_t count)
{
	static struct twcc_arrival list[LIST];
	struct twcc_feedback f;

	assert_int_equal(n % 4, 0);
	assert_true(parse_packet(&f, list, LIST, bytes, n));
	assert_int_equal(f.base_seq, base);
	assert_int_equal(f.packet_count, took);
	assert_int_equal(f.feedback_count, count);
	for (size_t i = 0; i < took; i++) {
		const int64_t wrap = (1ll << 24) * TWCC_REFERENCE_US;

		assert_int_equal(list[i].seq, (uint16_t)(base + i));
		assert_int_equal(list[i].received, arrivals[i] != TWCC_LOST);
		if (!list[i].received)
			continue;
		int64_t want = (int64_t)(arrivals[i] / TWCC_TICK_US * TWCC_TICK_US);
		assert_int_equal((list[i].at_us - want) % wrap, 0);
	}
}

static void any_list_survives(void **state)
{
	(void)state;
	static uint64_t arrivals[3000];
	struct rng g;

	rng_seeded(&g, 2);
	for (int round = 0; round < 3000; round++) {
		size_t n = 1 + rng_u32(&g) % (round % 10 ? 200 : countof(arrivals));
		uint16_t base = (uint16_t)rng_u32(&g);
		size_t done = 0;
		uint8_t count = (uint8_t)round;

		make_list(&g, arrivals, n);
		while (done < n) {
			size_t capacity = 28 + rng_u32(&g) % 1200;
			autofree uint8_t *bytes = malloc(capacity);
			struct wr w = wr_of(bytes, capacity);
			struct twcc_head head = { 1, 2, count };
			size_t took = twcc_write(&w, &head, (uint16_t)(base + done),
						 arrivals + done, n - done);

			assert_false(w.bad);
			if (took ==
			    0) { /* no room for the losses up to the next arrival, or none comes */
				assert_int_equal(w.p - bytes, 0);
				assert_true(arrivals[done] == TWCC_LOST);
				done++;
				continue;
			}
			check_piece(bytes, wr_len(&w), (uint16_t)(base + done), arrivals + done,
				    took, count++);
			done += took;
		}
	}
}

static void writes_small(void **state)
{
	(void)state;
	static uint64_t arrivals[TWCC_PACKETS_MAX + 1];
	uint8_t bytes[1200];
	struct twcc_head head = { 1, 2, 3 };
	struct wr w = wr_of(bytes, sizeof bytes);

	/* 100 packets, 1 ms apart: a run chunk and a byte each */
	for (size_t i = 0; i < countof(arrivals); i++)
		arrivals[i] = 1000 * i;
	assert_int_equal(twcc_write(&w, &head, 0, arrivals, 100), 100);
	assert_int_equal(wr_len(&w), 20 + 2 + 100 + 2);

	/* as many as fit, and the next call goes on */
	w = wr_of(bytes, sizeof bytes);
	assert_int_equal(twcc_write(&w, &head, 0, arrivals, countof(arrivals)), 1200 - 22);

	/* steps that a delta cannot say, forward and back */
	w = wr_of(bytes, sizeof bytes);
	assert_int_equal(twcc_write(&w, &head, 0, (uint64_t[]){ 20000000, 28191750 }, 2), 2);
	assert_int_equal(twcc_write(&w, &head, 0, (uint64_t[]){ 20000000, 28255751 }, 2), 1);
	assert_int_equal(twcc_write(&w, &head, 0, (uint64_t[]){ 20000000, 11808000 }, 2), 2);
	assert_int_equal(twcc_write(&w, &head, 0, (uint64_t[]){ 20000000, 11807000 }, 2), 1);

	/* losses before the only arrival */
	for (size_t i = 0; i < 1000; i++)
		arrivals[i] = TWCC_LOST;
	w = wr_of(bytes, sizeof bytes);
	assert_int_equal(twcc_write(&w, &head, 0, arrivals, 1001), 1001);
	assert_int_equal(wr_len(&w), 20 + 4 + 4);

	/* nothing arrived, no room */
	w = wr_of(bytes, sizeof bytes);
	assert_int_equal(twcc_write(&w, &head, 0, arrivals, 1000), 0);
	w = wr_of(bytes, 20);
	assert_int_equal(twcc_write(&w, &head, 0, arrivals + 1000, 1), 0);
	assert_int_equal(twcc_write(&w, &head, 0, arrivals, 0), 0);
	assert_false(w.bad);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_the_vector),  cmocka_unit_test(reads_padded_feedback),
		cmocka_unit_test(prefixes_fail),     cmocka_unit_test(refuses_empty),
		cmocka_unit_test(any_list_survives), cmocka_unit_test(writes_small),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
