/* SPDX-License-Identifier: Apache-2.0 */
/* The SRTP layer alone, in both suites. Against libsrtp2: test_srtp_referee.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <errno.h>
#include <string.h>

#include "base/rng.h"
#include "base/wr.h"
#include "srtp_pair.h"

/* ---- replay window: numbered cases ---- */

static void test_window(void **state)
{
	enum { W = SRTP_WINDOW };
	struct replay_window w = { 0 };

	(void)state;
#define TAKE(n, i)                                       \
	do {                                             \
		if (!replay_is_new(&w, (i)))             \
			fail_msg("case %d: refused", n); \
		replay_mark(&w, (i));                    \
	} while (0)
#define REFUSE(n, i)                                   \
	do {                                           \
		if (replay_is_new(&w, (i)))            \
			fail_msg("case %d: taken", n); \
	} while (0)
	TAKE(1, 0);
	REFUSE(2, 0);
	TAKE(3, 1);
	REFUSE(4, 0);
	REFUSE(5, 1);
	TAKE(6, 9);
	TAKE(7, 8);
	TAKE(8, 7);
	REFUSE(9, 7);
	REFUSE(10, 8);
	REFUSE(11, 9);
	TAKE(12, W);   /* 1 .. W are inside */
	REFUSE(13, 0); /* just outside */
	REFUSE(14, 1); /* seen, on the edge */
	TAKE(15, 2);   /* just inside */
	TAKE(16, W - 1);
	REFUSE(17, W);
	REFUSE(18, W - 1);
	TAKE(19, 2 * W + 63); /* the top in the last bit of a word: W + 64 .. are inside */
	REFUSE(20, W + 63);
	TAKE(21, W + 64);
	TAKE(22, 2 * W + 64); /* and in the first bit of the next */
	REFUSE(23, W + 64);
	TAKE(24, W + 65);
	for (uint64_t i = W + 66; i < 2 * W + 63; i++)
		TAKE(25, i);
	for (uint64_t i = 0; i <= 2 * W + 64; i++)
		REFUSE(26, i);
	TAKE(27, 100 * W);  /* a leap longer than the window clears it */
	REFUSE(28, 99 * W); /* just outside */
	TAKE(29, 99 * W + 1);
	for (uint64_t i = 99 * W + 2; i < 100 * W; i++)
		TAKE(30, i);
	TAKE(31, (1ull << 48) - 1);
	TAKE(32, (1ull << 48) - W);
	REFUSE(33, (1ull << 48) - W - 1);
	memset(&w, 0, sizeof w);
	TAKE(34, W); /* a first index that is not 0 lets what is behind it in */
	TAKE(35, 1);
	REFUSE(36, 0);
	memset(&w, 0, sizeof w);
	for (uint64_t i = W; i > 0; i--) /* backwards */
		TAKE(37, i);
	REFUSE(38, 0);
	for (uint64_t i = W; i > 0; i--)
		REFUSE(39, i);
#undef TAKE
#undef REFUSE
}

static void test_index(void **state)
{
	struct replay_window w = { 0 };

	(void)state;
	assert_int_equal(srtp_guess_index(&w, 65000), 65000);
	replay_mark(&w, 65535);
	assert_int_equal(srtp_guess_index(&w, 0), 0x10000);
	assert_int_equal(srtp_guess_index(&w, 32766), 0x10000 + 32766);
	assert_int_equal(srtp_guess_index(&w, 32767), 32767); /* 32768 back, not forward */
	replay_mark(&w, 0x10003);
	assert_int_equal(srtp_guess_index(&w, 65535), 65535);
	assert_int_equal(srtp_guess_index(&w, 32771), 0x10000 + 32771);
	assert_int_equal(srtp_guess_index(&w, 32772), 32772);
	memset(&w, 0, sizeof w);
	replay_mark(&w, 3); /* no rollover counter below 0 */
	assert_int_equal(srtp_guess_index(&w, 65000), 65000);
}

/* ---- own pairs ---- */

static void test_round_trip(void **state)
{
	uint8_t plain[PACKET], wire[PACKET], shared[PACKET];
	struct srtp a, b;

	(void)state;
	for (size_t s = 0; s < 2; s++) {
		size_t tag = srtp_overhead(suites[s]);

		srtp_pair_open(&a, &b, suites[s]);
		for (size_t payload = 0; payload < 1100; payload += 37) {
			size_t n = srtp_pair_packet(plain, SSRC, (uint16_t)payload, payload),
			       length = 0;
			uint64_t index = 0;

			memcpy(shared, plain, n);
			assert_int_equal(srtp_pair_protect(&a, plain, n, wire, sizeof wire),
					 n + tag);
			assert_memory_equal(plain, shared, n); /* the plain text is only read */
			if (payload > 30)
				assert_memory_not_equal(wire + 28, plain + 28, payload);
			assert_int_equal(srtp_unprotect_rtp(&b, wire, n + tag, &length, &index),
					 V_OK);
			assert_int_equal(length, n);
			assert_int_equal(index, payload);
			assert_memory_equal(wire, plain, n);
		}
		srtp_fini(&a);
		srtp_fini(&b);
	}
}

/* Never two packets under one index, and never encrypted in place of another's index. */
static void test_no_index_twice(void **state)
{
	uint8_t plain[PACKET], wire[PACKET];
	struct srtp a, b;

	(void)state;
	srtp_pair_open(&a, &b, SRTP_AEAD_AES_128_GCM);
	size_t n = srtp_pair_packet(plain, SSRC, 2000, 100);
	assert_true(srtp_pair_protect(&a, plain, n, wire, sizeof wire) > 0);
	assert_int_equal(srtp_pair_protect(&a, plain, n, wire, sizeof wire), -EALREADY);
	plain[40] ^= 1;
	assert_int_equal(srtp_pair_protect(&a, plain, n, wire, sizeof wire), -EALREADY);
	n = srtp_pair_packet(plain, SSRC, 2000 - 5, 100); /* a late one is fine */
	assert_true(srtp_pair_protect(&a, plain, n, wire, sizeof wire) > 0);
	assert_int_equal(srtp_pair_protect(&a, plain, n, wire, sizeof wire), -EALREADY);
	n = srtp_pair_packet(plain, SSRC, 2000 - SRTP_WINDOW, 100); /* too late to know */
	assert_int_equal(srtp_pair_protect(&a, plain, n, wire, sizeof wire), -EALREADY);
	n = srtp_pair_packet(plain, SSRC + 1, 2000, 100); /* another SSRC is another space */
	assert_true(srtp_pair_protect(&a, plain, n, wire, sizeof wire) > 0);

	n = srtp_pair_packet(plain, SSRC, 2001, 100);
	assert_int_equal(srtp_pair_protect(&a, plain, n, wire, n + 15), -ENOSPC);
	assert_int_equal(srtp_pair_protect(&a, plain, n, wire, n + 16),
			 n + 16); /* not used up by that */
	plain[0] &= 0x3f;
	assert_int_equal(srtp_pair_protect(&a, plain, n, wire, sizeof wire), -EINVAL);
	srtp_fini(&a);
	srtp_fini(&b);
}

/* A forged packet changes nothing: not the window, not the rollover counter, not the table. */
static void test_forged(void **state)
{
	uint8_t plain[PACKET], wire[PACKET], forged[PACKET];
	struct rng rng;
	struct srtp a, b;

	(void)state;
	rng_seeded(&rng, 7);
	for (size_t s = 0; s < 2; s++) {
		srtp_pair_open(&a, &b, suites[s]);
		size_t n = srtp_pair_packet(plain, SSRC, 10, 200), length = 0;
		int sealed = srtp_pair_protect(&a, plain, n, wire, sizeof wire);

		for (int i = 0; i < 20000; i++) {
			memcpy(forged, wire, (size_t)sealed);
			forged[rng_u32(&rng) % (unsigned)sealed] ^= (uint8_t)(1 +
									      rng_u32(&rng) % 255);
			if (i % 3 == 0) { /* any other sequence number and SSRC */
				put_be16(forged + 2, (uint16_t)(11 + rng_u32(&rng) % 60000));
				put_be32(forged + 8, i % 2 ? SSRC : rng_u32(&rng) | 1);
			}
			enum verdict v = srtp_unprotect_rtp(&b, forged, (size_t)sealed, &length,
							    NULL);
			assert_true(v == V_DROP_AUTH || v == V_DROP_SHORT);
		}
		assert_int_equal(b.received.count, 0);
		assert_int_equal(b.uses, 0);
		memcpy(forged, wire, (size_t)sealed);
		assert_int_equal(srtp_unprotect_rtp(&b, wire, (size_t)sealed, &length, NULL), V_OK);
		assert_int_equal(srtp_unprotect_rtp(&b, forged, (size_t)sealed, &length, NULL),
				 V_DROP_REPLAY);
		for (size_t cut = 0; cut < (size_t)sealed; cut++)
			assert_int_not_equal(srtp_unprotect_rtp(&b, forged, cut, &length, NULL),
					     V_OK);
		srtp_fini(&a);
		srtp_fini(&b);
	}
}

static void test_rtcp(void **state)
{
	uint8_t plain[64] = { 0x81, 200, 0, 15, 1, 2, 3, 4 }, wire[128], copy[128];
	struct srtp a, b;
	size_t length = 0;

	(void)state;
	for (size_t s = 0; s < 2; s++) {
		srtp_pair_open(&a, &b, suites[s]);
		for (int i = 0; i < 300; i++) {
			int sealed = srtp_protect_rtcp(&a, plain, sizeof plain, wire, sizeof wire);

			assert_int_equal(sealed, sizeof plain + 4 + srtp_overhead(suites[s]));
			memcpy(copy, wire, (size_t)sealed);
			copy[20] ^= 4;
			assert_int_equal(srtp_unprotect_rtcp(&b, copy, (size_t)sealed, &length),
					 V_DROP_AUTH);
			memcpy(copy, wire, (size_t)sealed);
			assert_int_equal(srtp_unprotect_rtcp(&b, wire, (size_t)sealed, &length),
					 V_OK);
			assert_int_equal(length, sizeof plain);
			assert_memory_equal(wire, plain, sizeof plain);
			assert_int_equal(srtp_unprotect_rtcp(&b, copy, (size_t)sealed, &length),
					 V_DROP_REPLAY);
		}
		assert_int_equal(srtp_protect_rtcp(&a, plain, 7, wire, sizeof wire), -EINVAL);
		assert_int_equal(srtp_protect_rtcp(&a, plain, 64, wire, 70), -ENOSPC);
		a.next_rtcp_index = 1u << 31; /* the keys are used up */
		assert_int_equal(srtp_protect_rtcp(&a, plain, 64, wire, sizeof wire), -EOVERFLOW);
		srtp_fini(&a);
		srtp_fini(&b);
	}
}

/* The table of SSRCs is bounded, and only streams unused for long give way. */
static void test_many_ssrcs(void **state)
{
	uint8_t plain[PACKET], wire[PACKET];
	struct srtp a, b;
	size_t length = 0;

	(void)state;
	srtp_pair_open(&a, &b, SRTP_AEAD_AES_128_GCM);
	for (uint32_t i = 0; i < LIMIT_SSRCS_PER_TRANSPORT + 10; i++) {
		size_t n = srtp_pair_packet(plain, 1000 + i * 65536, 5, 50);
		int sealed = srtp_pair_protect(&a, plain, n, wire, sizeof wire);

		assert_int_equal(srtp_unprotect_rtp(&b, wire, (size_t)sealed, &length, NULL),
				 i < LIMIT_SSRCS_PER_TRANSPORT ? V_OK : V_DROP_SSRCS);
	}
	/* the first stays in use, the others fall idle */
	for (uint32_t i = 0; i < SRTP_IDLE_PACKETS; i++) {
		size_t n = srtp_pair_packet(plain, 1000, (uint16_t)(6 + i), 50);
		int sealed = srtp_pair_protect(&a, plain, n, wire, sizeof wire);

		assert_int_equal(srtp_unprotect_rtp(&b, wire, (size_t)sealed, &length, NULL), V_OK);
	}
	for (uint32_t i = 0; i < 20; i++) {
		size_t n = srtp_pair_packet(plain, 7000 + i, 5, 50);
		int sealed = srtp_pair_protect(&a, plain, n, wire, sizeof wire);

		assert_int_equal(srtp_unprotect_rtp(&b, wire, (size_t)sealed, &length, NULL), V_OK);
	}
	assert_int_equal(b.received.count, LIMIT_SSRCS_PER_TRANSPORT);
	size_t n = srtp_pair_packet(plain, 1000, 6 + SRTP_IDLE_PACKETS, 50);
	int sealed = srtp_pair_protect(&a, plain, n, wire, sizeof wire);
	assert_int_equal(srtp_unprotect_rtp(&b, wire, (size_t)sealed, &length, NULL), V_OK);
	/* sending is ours: its limit is another one */
	assert_true(a.sent.count > LIMIT_SSRCS_PER_TRANSPORT);
	/* what is over makes room, whatever the order, and the others keep their numbers */
	for (uint32_t i = 0; i < 2 * SRTP_SEND_STREAMS_MAX; i++) {
		n = srtp_pair_packet(plain, 0x40000000 + i * 0x1000003, 5, 50);
		assert_true(srtp_pair_protect(&a, plain, n, wire, sizeof wire) > 0);
		if (i >= 100)
			srtp_end_sent(&a, 0x40000000 + (i - 100) * 0x1000003);
		srtp_end_sent(&a, 42); /* never sent */
	}
	for (uint32_t i = 1; i < LIMIT_SSRCS_PER_TRANSPORT; i++) {
		n = srtp_pair_packet(plain, 1000 + i * 65536, 5, 50);
		assert_int_equal(srtp_pair_protect(&a, plain, n, wire, sizeof wire), -EALREADY);
	}
	/* from a server more are taken */
	srtp_from_server(&b);
	for (uint32_t i = 0; i < 20; i++) {
		n = srtp_pair_packet(plain, 0x20000000 + i, 5, 50);
		sealed = srtp_pair_protect(&a, plain, n, wire, sizeof wire);
		assert_int_equal(srtp_unprotect_rtp(&b, wire, (size_t)sealed, &length, NULL), V_OK);
	}
	assert_int_equal(b.received.count, LIMIT_SSRCS_PER_TRANSPORT + 20);
	srtp_fini(&a);
	srtp_fini(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_window),	   cmocka_unit_test(test_index),
		cmocka_unit_test(test_round_trip), cmocka_unit_test(test_no_index_twice),
		cmocka_unit_test(test_forged),	   cmocka_unit_test(test_rtcp),
		cmocka_unit_test(test_many_ssrcs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
