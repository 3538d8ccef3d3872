/* SPDX-License-Identifier: Apache-2.0 */
/* RTCP: what is written reads back, compounds are strict, lists are capped. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include "base/rng.h"
#include "vectors.h"
#include "wire/rtcp.h"

#include <cmocka.h>

static const struct rtcp_report reports[2] = {
	{ 1, 255, 0x7fffff, 0x1ffff, 17, 0xaabbccdd, 65536 },
	{ 2, 0, -5, 3, 0xffffffff, 0, 0 },
};

static size_t write_compound(uint8_t *bytes, size_t capacity)
{
	struct wr w = wr_of(bytes, capacity);
	struct rtcp_sr sr = { 0x11223344, 0xe000000180000000u, 90000, 10, 12345 };
	uint16_t seqs[] = { 65530, 65531, 65535, 3, 40 };

	rtcp_write_sr(&w, &sr, reports, 2);
	rtcp_write_cname(&w, 0x11223344, "confab", 6);
	rtcp_write_rr(&w, 5, reports, 1);
	rtcp_write_pli(&w, 5, 6);
	rtcp_write_fir(&w, 5, 7, 200);
	rtcp_write_remb(&w, 5, 2500000, (uint32_t[]){ 8, 9 }, 2);
	if (!w.bad && rtcp_write_nack(&w, 5, 6, seqs, 5) != 5)
		w.bad = true;
	rtcp_write_bye(&w, (uint32_t[]){ 5, 6 }, 2);
	return wr_len(&w);
}

static void check_report(const struct rtcp_packet *p, size_t i)
{
	struct rtcp_report got;

	assert_true(rtcp_parse_report(&got, p, i));
	assert_int_equal(got.ssrc, reports[i].ssrc);
	assert_int_equal(got.fraction_lost, reports[i].fraction_lost);
	assert_int_equal(got.cumulative_lost, reports[i].cumulative_lost);
	assert_int_equal(got.highest_seq, reports[i].highest_seq);
	assert_int_equal(got.jitter, reports[i].jitter);
	assert_int_equal(got.last_sr, reports[i].last_sr);
	assert_int_equal(got.delay_since_last_sr, reports[i].delay_since_last_sr);
}

static void check_nack(const struct rtcp_feedback *f)
{
	static const uint16_t want[] = { 65530, 65531, 65535, 3, 40 };
	uint16_t got[64];

	assert_int_equal(rtcp_parse_nack(f, got, 64), 5);
	assert_memory_equal(got, want, sizeof want);
	assert_int_equal(rtcp_parse_nack(f, got, 2), 2); /* capped */
	assert_int_equal(f->fci_length, 8);		 /* 40 is out of the first PID's reach */
}

static void check_feedback(const struct rtcp_packet *p, enum rtcp_kind kind)
{
	struct rtcp_feedback f;
	uint32_t ssrc;
	uint8_t command;
	struct rtcp_remb remb;

	assert_true(rtcp_parse_feedback(&f, p));
	assert_int_equal(f.sender_ssrc, 5);
	switch (kind) {
	case RTCP_NACK:
		check_nack(&f);
		break;
	case RTCP_FIR:
		assert_true(rtcp_parse_fir(&ssrc, &command, &f, 0));
		assert_int_equal(ssrc, 7);
		assert_int_equal(command, 200);
		assert_false(rtcp_parse_fir(&ssrc, &command, &f, 1));
		break;
	case RTCP_REMB:
		assert_true(rtcp_parse_remb(&remb, &f));
		assert_int_equal(remb.bitrate, 2500000 / 16 * 16);
		assert_int_equal(remb.ssrc_count, 2);
		break;
	default:
		assert_int_equal(kind, RTCP_PLI);
		assert_int_equal(f.media_ssrc, 6);
	}
}

static void check_packet(const struct rtcp_packet *p, enum rtcp_kind kind)
{
	struct rtcp_sr sr;
	struct rtcp_report report;
	uint32_t ssrc;
	const char *cname;
	size_t n;

	switch (kind) {
	case RTCP_SR:
		assert_true(rtcp_parse_sr(&sr, p));
		assert_int_equal(sr.ssrc, 0x11223344);
		assert_true(sr.ntp == 0xe000000180000000u);
		assert_int_equal(sr.rtp_timestamp, 90000);
		assert_int_equal(sr.packets, 10);
		assert_int_equal(sr.octets, 12345);
		check_report(p, 0);
		check_report(p, 1);
		assert_false(rtcp_parse_report(&report, p, 2));
		assert_false(rtcp_parse_rr(&ssrc, p));
		break;
	case RTCP_RR:
		assert_true(rtcp_parse_rr(&ssrc, p));
		assert_int_equal(ssrc, 5);
		check_report(p, 0);
		assert_false(rtcp_parse_sr(&sr, p));
		break;
	case RTCP_SDES:
		assert_true(rtcp_parse_cname(&ssrc, &cname, &n, p));
		assert_int_equal(ssrc, 0x11223344);
		assert_int_equal(n, 6);
		assert_memory_equal(cname, "confab", 6);
		break;
	case RTCP_BYE:
		assert_true(rtcp_parse_bye(&ssrc, p, 1));
		assert_int_equal(ssrc, 6);
		assert_false(rtcp_parse_bye(&ssrc, p, 2));
		break;
	default:
		check_feedback(p, kind);
	}
}

static void compound_reads_back(void **state)
{
	(void)state;
	static const enum rtcp_kind kinds[] = { RTCP_SR,  RTCP_SDES, RTCP_RR,	RTCP_PLI,
						RTCP_FIR, RTCP_REMB, RTCP_NACK, RTCP_BYE };
	uint8_t bytes[512];
	size_t n = write_compound(bytes, sizeof bytes);
	struct rtcp_iter it;
	struct rtcp_packet p;
	size_t i = 0;

	assert_true(n > 0);
	autofree uint8_t *copy = exact_copy(bytes, n);
	assert_true(rtcp_iter_init(&it, copy, n));
	for (; rtcp_next(&it, &p); i++) {
		assert_true(i < countof(kinds));
		assert_int_equal(rtcp_kind_of(&p), kinds[i]);
		check_packet(&p, kinds[i]);
	}
	assert_int_equal(i, countof(kinds));

	/* Less room: nothing at all, and nothing outside it. */
	for (size_t capacity = 0; capacity < n; capacity++) {
		autofree uint8_t *small = malloc(capacity ? capacity : 1);

		assert_int_equal(write_compound(small, capacity), 0);
	}
}

/* A cut compound is refused, unless the cut is between two packets. */
static void prefixes_fail(void **state)
{
	(void)state;
	uint8_t bytes[512];
	size_t n = write_compound(bytes, sizeof bytes), ends = 0;

	for (size_t length = 0; length <= n; length++) {
		autofree uint8_t *copy = exact_copy(bytes, length);
		struct rtcp_iter it;
		bool good = rtcp_iter_init(&it, copy, length);

		ends += good;
		for (struct rtcp_packet p; good && rtcp_next(&it, &p);)
			assert_true(p.body + p.length <= copy + length);
	}
	assert_int_equal(ends, 8);
}

static void strict_compounds(void **state)
{
	(void)state;
	static const struct {
		bool want;
		uint8_t n;
		uint8_t bytes[16];
	} cases[] = {
		{ true, 4, { 0x80, 203, 0, 0 } },
		{ false, 4, { 0x40, 203, 0, 0 } },	 /* version 1 */
		{ false, 4, { 0x80, 203, 0, 1 } },	 /* length over the end */
		{ false, 5, { 0x80, 203, 0, 0, 0x80 } }, /* a rest */
		{ false, 4, { 0xa0, 203, 0, 0 } },	 /* padding of nothing */
		{ true, 8, { 0xa0, 203, 0, 1, 0, 0, 0, 4 } },
		{ false, 8, { 0xa0, 203, 0, 1, 0, 0, 0, 0 } },
		{ true, 8, { 0xa0, 203, 0, 1, 0, 0, 0, 3 } }, /* as libwebrtc pads */
		{ false, 8, { 0xa0, 203, 0, 1, 0, 0, 0, 5 } },
		{ false, 8, { 0xa0, 203, 0, 1, 0, 0, 0, 8 } },
		{ false, 12, { 0xa0, 203, 0, 1, 0, 0, 0, 4, 0x80, 203, 0, 0 } }, /* not the last */
		{ true, 12, { 0x80, 203, 0, 0, 0xa0, 203, 0, 1, 0, 0, 0, 4 } },
	};

	for (size_t i = 0; i < countof(cases); i++) {
		struct rtcp_iter it;

		assert_int_equal(rtcp_iter_init(&it, cases[i].bytes, cases[i].n), cases[i].want);
	}
}

/* The count field promises more than the body holds. */
static void counts_do_not_lie(void **state)
{
	(void)state;
	static const uint8_t types[] = { 200, 201, 202, 203, 205, 206 };

	for (size_t i = 0; i < countof(types); i++) {
		for (uint8_t words = 0; words < 8; words++) {
			uint8_t header[4] = { 0x9f, types[i], 0, words };
			size_t n = 4 + 4u * words;
			autofree uint8_t *bytes = calloc(1, n);
			struct rtcp_iter it;
			struct rtcp_packet p;
			struct rtcp_sr sr;
			struct rtcp_report report;
			struct rtcp_feedback f;
			uint32_t ssrc;
			const char *cname;
			size_t length;

			memcpy(bytes, header, 4);
			assert_true(rtcp_iter_init(&it, bytes, n));
			assert_true(rtcp_next(&it, &p));
			assert_false(rtcp_parse_sr(&sr, &p));
			assert_false(rtcp_parse_rr(&ssrc, &p));
			assert_false(rtcp_parse_cname(&ssrc, &cname, &length, &p));
			assert_false(rtcp_parse_report(&report, &p, 30));
			for (size_t k = 0; k < 31; k++)
				assert_int_equal(rtcp_parse_bye(&ssrc, &p, k),
						 types[i] == 203 && k < words);
			assert_int_equal(rtcp_parse_feedback(&f, &p), types[i] > 204 && words >= 2);
		}
	}
}

/* What follows the counted entries (a BYE's reason, an RR's profile part) is none of them. */
static void rests_are_not_entries(void **state)
{
	(void)state;
	uint8_t bye[12] = { 0x81, 203, 0, 2, 0, 0, 0, 5, 3, 'b', 'y', 'e' };
	uint8_t rr[4 + 4 + 48] = { 0x81, 201, 0, 13 };
	struct rtcp_iter it;
	struct rtcp_packet p;
	struct rtcp_report report;
	uint32_t ssrc;

	assert_true(rtcp_iter_init(&it, bye, sizeof bye) && rtcp_next(&it, &p));
	assert_true(rtcp_parse_bye(&ssrc, &p, 0));
	assert_false(rtcp_parse_bye(&ssrc, &p, 1));
	assert_true(rtcp_iter_init(&it, rr, sizeof rr) && rtcp_next(&it, &p));
	assert_true(rtcp_parse_report(&report, &p, 0));
	assert_false(rtcp_parse_report(&report, &p, 1));
}

static void remb_is_exact_and_saturates(void **state)
{
	(void)state;
	static const uint64_t rates[] = { 0, 1, 0x3ffff, 0x40000, 300000, 1u << 31, UINT64_MAX };

	for (size_t i = 0; i < countof(rates); i++) {
		uint8_t bytes[32];
		struct wr w = wr_of(bytes, sizeof bytes);
		struct rtcp_iter it;
		struct rtcp_packet p;
		struct rtcp_feedback f;
		struct rtcp_remb remb;

		rtcp_write_remb(&w, 1, rates[i], NULL, 0);
		assert_true(rtcp_iter_init(&it, bytes, wr_len(&w)) && rtcp_next(&it, &p));
		assert_int_equal(rtcp_kind_of(&p), RTCP_REMB);
		assert_true(rtcp_parse_feedback(&f, &p) && rtcp_parse_remb(&remb, &f));
		assert_true(remb.bitrate <= rates[i]);
		assert_true(rates[i] - remb.bitrate <= rates[i] >> 17);
	}
	/* exponent 63 with a large mantissa */
	static const uint8_t fci[] = { 'R', 'E', 'M', 'B', 0, 0xff, 0xff, 0xff };
	struct rtcp_feedback f = { .fci = fci, .fci_length = sizeof fci };
	struct rtcp_remb remb;
	assert_true(rtcp_parse_remb(&remb, &f));
	assert_true(remb.bitrate == UINT64_MAX);
}

/* Property: for any ascending list, the pieces together name exactly the list. */
static void nack_lists_survive(void **state)
{
	(void)state;
	struct rng g;

	rng_seeded(&g, 1);
	for (int round = 0; round < 2000; round++) {
		uint16_t want[300], got[600];
		size_t n = 1 + rng_u32(&g) % 300, have = 0, done = 0;
		uint16_t seq = (uint16_t)rng_u32(&g);

		for (size_t i = 0; i < n; i++)
			want[i] = seq = (uint16_t)(seq + 1 +
						   (rng_u32(&g) & 3 ? 0 : rng_u32(&g) % 40));
		while (done < n) {
			size_t capacity = 16 + rng_u32(&g) % 200;
			autofree uint8_t *bytes = malloc(capacity);
			struct wr w = wr_of(bytes, capacity);
			struct rtcp_iter it;
			struct rtcp_packet p;
			struct rtcp_feedback f;
			size_t took = rtcp_write_nack(&w, 1, 2, want + done, n - done);

			assert_true(took > 0);
			assert_true(rtcp_iter_init(&it, bytes, wr_len(&w)) && rtcp_next(&it, &p));
			assert_int_equal(rtcp_kind_of(&p), RTCP_NACK);
			assert_true(rtcp_parse_feedback(&f, &p));
			have += rtcp_parse_nack(&f, got + have, countof(got) - have);
			done += took;
		}
		assert_int_equal(have, n);
		assert_memory_equal(got, want, n * sizeof *want);
	}
	struct wr tiny = wr_of((uint8_t[15]){ 0 }, 15);
	assert_int_equal(rtcp_write_nack(&tiny, 1, 2, (uint16_t[]){ 1 }, 1), 0);
	assert_false(tiny.bad);
}

/* The figures of RFC 3611 4.4 and 4.5, with a loss RLE block (4.1) before them. */
static const uint8_t xr[] = {
	0x80, 207,  0,	  14,					       /* XR of 15 words */
	0x11, 0x22, 0x33, 0x44,					       /* SSRC */
	1,    0,    0,	  2,	0,    0,    0,	  9,	0, 1, 0,    8, /* loss RLE: no chunks */
	4,    0,    0,	  2,					       /* receiver reference time */
	0xe0, 0x01, 0x02, 0x03, 0x80, 0x04, 0x05, 0x06,		       /* NTP */
	5,    0,    0,	  6,					       /* DLRR of two */
	0,    0,    0,	  7,	2,    3,    0x80, 4,	0, 1, 0,    0, /* a second ago */
	0,    0,    0,	  8,	0,    0,    0,	  1,	0, 0, 0x80, 0, /* half a second */
};

static void extended_reports_are_read(void **state)
{
	(void)state;
	autofree uint8_t *copy = exact_copy(xr, sizeof xr);
	struct rtcp_iter it;
	struct rtcp_packet p;
	struct rtcp_rrtr rrtr;
	struct rtcp_dlrr dlrr;

	assert_true(rtcp_iter_init(&it, copy, sizeof xr) && rtcp_next(&it, &p));
	assert_int_equal(rtcp_kind_of(&p), RTCP_XR);
	assert_true(rtcp_parse_rrtr(&rrtr, &p));
	assert_int_equal(rrtr.ssrc, 0x11223344);
	assert_true(rrtr.ntp == 0xe001020380040506u);
	assert_true(rtcp_parse_dlrr(&dlrr, &p, 0));
	assert_int_equal(dlrr.ssrc, 7);
	assert_int_equal(dlrr.last_rr, 0x02038004);
	assert_int_equal(dlrr.delay, 65536);
	assert_true(rtcp_parse_dlrr(&dlrr, &p, 1));
	assert_int_equal(dlrr.ssrc, 8);
	assert_int_equal(dlrr.delay, 32768);
	assert_false(rtcp_parse_dlrr(&dlrr, &p, 2));

	/* cut anywhere, a block is there or it is not */
	for (size_t length = 0; length < p.length; length++) {
		struct rtcp_packet cut = { .type = RTCP_TYPE_XR, .body = p.body, .length = length };

		assert_int_equal(rtcp_parse_rrtr(&rrtr, &cut), length >= 28);
		assert_false(rtcp_parse_dlrr(&dlrr, &cut, 0));
	}
	p.type = RTCP_TYPE_SR;
	assert_false(rtcp_parse_rrtr(&rrtr, &p) || rtcp_parse_dlrr(&dlrr, &p, 0));
}

static void extended_reports_are_written(void **state)
{
	(void)state;
	static const struct rtcp_dlrr answers[] = { { 7, 0x02038004, 65536 }, { 8, 1, 32768 } };
	uint8_t bytes[64];
	struct wr w = wr_of(bytes, sizeof bytes);

	rtcp_write_rrtr(&w, &(struct rtcp_rrtr){ 0x11223344, 0xe001020380040506u });
	assert_int_equal(wr_len(&w), 20);
	assert_memory_equal(bytes, "\x80\xcf\0\x04\x11\x22\x33\x44", 8);
	assert_memory_equal(bytes + 8, xr + 20, 12);
	w = wr_of(bytes, sizeof bytes);
	rtcp_write_dlrr(&w, 0x11223344, answers, 2);
	assert_int_equal(wr_len(&w), 36);
	assert_memory_equal(bytes, "\x80\xcf\0\x08\x11\x22\x33\x44", 8);
	assert_memory_equal(bytes + 8, xr + 32, 28);
}

static void too_long_lists_are_bad(void **state)
{
	(void)state;
	static uint8_t bytes[8192];
	static const struct rtcp_report many[32];
	static const uint32_t ssrcs[256];
	static const char cname[256];
	struct rtcp_sr sr = { 0 };
	static const struct rtcp_dlrr answers[32];
	struct wr w[6];

	for (size_t i = 0; i < countof(w); i++)
		w[i] = wr_of(bytes, sizeof bytes);
	rtcp_write_sr(&w[0], &sr, many, 32);
	rtcp_write_rr(&w[1], 1, many, 32);
	rtcp_write_bye(&w[2], ssrcs, 32);
	rtcp_write_remb(&w[3], 1, 1, ssrcs, 256);
	rtcp_write_cname(&w[4], 1, cname, 256);
	rtcp_write_dlrr(&w[5], 1, answers, 32);
	for (size_t i = 0; i < countof(w); i++)
		assert_true(w[i].bad);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(compound_reads_back),
		cmocka_unit_test(prefixes_fail),
		cmocka_unit_test(strict_compounds),
		cmocka_unit_test(counts_do_not_lie),
		cmocka_unit_test(rests_are_not_entries),
		cmocka_unit_test(remb_is_exact_and_saturates),
		cmocka_unit_test(nack_lists_survive),
		cmocka_unit_test(extended_reports_are_read),
		cmocka_unit_test(extended_reports_are_written),
		cmocka_unit_test(too_long_lists_are_bad),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
