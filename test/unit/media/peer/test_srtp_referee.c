/* SPDX-License-Identifier: Apache-2.0 */
/* The SRTP layer against libsrtp2 as a referee, in both directions and both suites. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <errno.h>
#include <string.h>

#include "base/rng.h"
#include "base/wr.h"
#include "referee.h"
#include "srtp_pair.h"

/* outbound: it protects what we receive */
static struct referee *referee(const struct srtp_keys *k, bool outbound)
{
	return referee_new(k->suite == SRTP_AEAD_AES_128_GCM,
			   outbound ? k->receive_key : k->send_key,
			   outbound ? k->receive_salt : k->send_salt, outbound);
}

/* libsrtp protects, we open: 30 % loss, reordering by up to 50, start just before the wrap. */
static void test_sends(void **state)
{
	enum { COUNT = 140000, HELD = 50 };
	static uint8_t held[HELD][PACKET];
	static int lengths[HELD];
	static uint16_t seqs[HELD];
	uint8_t plain[PACKET];

	(void)state;
	for (size_t s = 0; s < 2; s++) {
		struct srtp_keys k = srtp_pair_keys(suites[s], 9);
		struct referee *theirs = referee(&k, true);
		struct rng rng;
		struct srtp ours;
		size_t length;

		rng_seeded(&rng, 3 + s);
		memset(lengths, 0, sizeof lengths);
		assert_int_equal(srtp_init(&ours, &k), 0);
		for (unsigned i = 0; i < COUNT; i++) {
			unsigned at = rng_u32(&rng) % HELD;
			uint16_t seq = (uint16_t)(65000 + i);

			if (lengths[at]) {
				assert_int_equal(srtp_unprotect_rtp(&ours, held[at],
								    (size_t)lengths[at], &length,
								    NULL),
						 V_OK);
				size_t n = srtp_pair_packet(plain, SSRC, seqs[at], 40);
				assert_int_equal(length, n);
				assert_memory_equal(held[at], plain, n);
			}
			lengths[at] = (int)srtp_pair_packet(held[at], SSRC, seq, 40);
			seqs[at] = seq;
			lengths[at] = referee_protect(theirs, held[at], lengths[at]);
			assert_true(lengths[at] > 0);
			if (rng_u32(&rng) % 10 < 3)
				lengths[at] = 0;
		}
		srtp_fini(&ours);
		referee_free(theirs);
	}
}

/* We protect, libsrtp opens; two SSRCs, loss and mild reordering. */
static void test_receives(void **state)
{
	uint8_t plain[PACKET], wire[PACKET];

	(void)state;
	for (size_t s = 0; s < 2; s++) {
		struct srtp_keys k = srtp_pair_keys(suites[s], 77);
		struct referee *theirs = referee(&k, false);
		struct rng rng;
		struct srtp ours;

		rng_seeded(&rng, 5 + s);
		assert_int_equal(srtp_init(&ours, &k), 0);
		for (unsigned i = 0; i < 140000; i++) {
			unsigned number = i ^ 3; /* 3 2 1 0 7 6 5 4 … */
			uint32_t ssrc = SSRC + (i & 4);
			size_t n = srtp_pair_packet(plain, ssrc, (uint16_t)(65000 + number), 40);
			int length = srtp_pair_protect(&ours, plain, n, wire, sizeof wire);

			assert_true(length > 0);
			if (rng_u32(&rng) % 10 < 3)
				continue;
			assert_int_equal(referee_unprotect(theirs, wire, length), n);
			assert_memory_equal(wire, plain, n);
		}
		srtp_fini(&ours);
		referee_free(theirs);
	}
}

/* All 48 bits of the index count, in both directions: a rollover counter that needs all of its 32. */
static void test_late_rollovers(void **state)
{
	static const uint32_t rollovers[] = { 0, 1, 0xffff, 0x10000, 0x12345678, 0xfffffffe };
	uint8_t plain[PACKET], wire[PACKET];

	(void)state;
	for (size_t s = 0; s < 2; s++) {
		for (size_t i = 0; i < sizeof rollovers / sizeof *rollovers; i++) {
			struct srtp_keys k = srtp_pair_keys(suites[s], 60);
			struct referee *out = referee(&k, true);
			uint64_t index = (uint64_t)rollovers[i] << 16 | 7;
			struct srtp_cipher ours;

			int n = (int)srtp_pair_packet(wire, SSRC, 6, 40);
			assert_true(referee_protect(out, wire, n) > 0); /* begins the stream */
			assert_true(referee_set_roc(out, SSRC, rollovers[i]));
			n = (int)srtp_pair_packet(plain, SSRC, 7, 40);
			memcpy(wire, plain, (size_t)n);
			int sealed = referee_protect(out, wire, n);
			assert_true(sealed > n);
			assert_int_equal(srtp_cipher_init(&ours, k.suite, k.receive_key,
							  k.receive_salt, false),
					 0);
			assert_int_equal(
				srtp_open_rtp(&ours, SSRC, index, wire, 28, (size_t)sealed), n);
			assert_memory_equal(wire, plain, (size_t)n);
			srtp_cipher_fini(&ours);
			referee_free(out);
		}
	}
}

/*
 * The same hostile mixture to libsrtp and to us: losses, packets late by up to three windows, repeats,
 * broken bits, over three wraps. Both must take and refuse the same, and read the same.
 */
static void test_verdicts(void **state)
{
	enum { COUNT = 140000, KEPT = 3 * SRTP_WINDOW };
	static uint8_t kept[KEPT][128];
	static int lengths[KEPT];
	uint8_t mine[PACKET], theirs[PACKET];

	(void)state;
	for (size_t s = 0; s < 2; s++) {
		struct srtp_keys k = srtp_pair_keys(suites[s], 31);
		struct referee *sender = referee(&k, true);
		struct referee *receiver = referee_new(k.suite == SRTP_AEAD_AES_128_GCM,
						       k.receive_key, k.receive_salt, false);
		unsigned taken = 0, refused = 0;
		struct srtp ours;
		struct rng rng;

		rng_seeded(&rng, 21 + s);
		assert_int_equal(srtp_init(&ours, &k), 0);
		for (unsigned i = 0; i < COUNT; i++) {
			unsigned chance = rng_u32(&rng) % 10, at = i % KEPT;
			size_t length = 0;

			lengths[at] = (int)srtp_pair_packet(kept[at], SSRC, (uint16_t)(65000 + i),
							    40);
			lengths[at] = referee_protect(sender, kept[at], lengths[at]);
			assert_true(lengths[at] > 0);
			if (chance < 2)
				continue; /* comes late, or never */
			if (chance < 4)
				at = rng_u32(&rng) % (i < KEPT ? i + 1 : KEPT);
			memcpy(mine, kept[at], (size_t)lengths[at]);
			if (chance == 4)
				mine[rng_u32(&rng) % (unsigned)lengths[at]] ^= 0x10;
			memcpy(theirs, mine, (size_t)lengths[at]);
			enum verdict v = srtp_unprotect_rtp(&ours, mine, (size_t)lengths[at],
							    &length, NULL);
			int n = referee_unprotect(receiver, theirs, lengths[at]);
			if ((v == V_OK) != (n > 0))
				fail_msg("packet %u: we say %d, libsrtp %d", i, (int)v, n);
			taken += v == V_OK;
			refused += v != V_OK;
			if (v == V_OK) {
				assert_int_equal(length, n);
				assert_memory_equal(mine, theirs, length);
			}
		}
		assert_true(taken > COUNT / 2 && refused > COUNT / 10);
		srtp_fini(&ours);
		referee_free(sender);
		referee_free(receiver);
	}
}

/* SRTCP of libsrtp lost, late and repeated: each is taken once, within the window. */
static void test_rtcp_disorder(void **state)
{
	enum { COUNT = 20000, HELD = 200 };
	static uint8_t held[HELD][128];
	static int lengths[HELD];
	uint8_t plain[48] = { 0x81, 200, 0, 11, 9, 8, 7, 6 }, copy[128];

	(void)state;
	for (size_t s = 0; s < 2; s++) {
		struct srtp_keys k = srtp_pair_keys(suites[s], 90);
		struct referee *out = referee(&k, true);
		struct srtp ours;
		struct rng rng;
		size_t length;

		rng_seeded(&rng, 33 + s);
		memset(lengths, 0, sizeof lengths);
		assert_int_equal(srtp_init(&ours, &k), 0);
		for (unsigned i = 0; i < COUNT; i++) {
			unsigned at = rng_u32(&rng) % HELD;
			size_t n = (size_t)lengths[at];

			if (n) {
				memcpy(copy, held[at], n);
				assert_int_equal(srtp_unprotect_rtcp(&ours, copy, n, &length),
						 V_OK);
				assert_int_equal(length, sizeof plain);
				assert_memory_equal(copy, held[at], 8);
				assert_memory_equal(copy + 8, plain + 8, sizeof plain - 8);
				memcpy(copy, held[at], n);
				assert_int_equal(srtp_unprotect_rtcp(&ours, copy, n, &length),
						 V_DROP_REPLAY);
			}
			memcpy(held[at], plain, sizeof plain);
			lengths[at] = referee_protect_rtcp(out, held[at], sizeof plain);
			assert_true(lengths[at] > 0);
			if (rng_u32(&rng) % 10 < 3)
				lengths[at] = 0;
			/* what is too late to be known is refused: nothing is older than the window */
			for (size_t j = 0; j < HELD && i % SRTP_WINDOW == 0; j++)
				lengths[j] = 0;
		}
		srtp_fini(&ours);
		referee_free(out);
	}
}

static void test_rtcp(void **state)
{
	uint8_t plain[88] = { 0x81, 200, 0, 21, 9, 8, 7, 6 }, wire[128];

	(void)state;
	for (size_t s = 0; s < 2; s++) {
		struct srtp_keys k = srtp_pair_keys(suites[s], 50);
		struct referee *in = referee(&k, false), *out = referee(&k, true);
		struct srtp ours;

		assert_int_equal(srtp_init(&ours, &k), 0);
		for (int i = 0; i < 500; i++) {
			size_t plain_length = 8 + 4 * (size_t)(i % 20), length = 0;
			int n = srtp_protect_rtcp(&ours, plain, plain_length, wire, sizeof wire);

			assert_true(n > 0);
			assert_int_equal(referee_unprotect_rtcp(in, wire, n), plain_length);
			assert_memory_equal(wire, plain, plain_length);

			n = referee_protect_rtcp(out, wire, (int)plain_length);
			assert_true(n > 0);
			assert_int_equal(srtp_unprotect_rtcp(&ours, wire, (size_t)n, &length),
					 V_OK);
			assert_int_equal(length, plain_length);
			assert_memory_equal(wire, plain, plain_length);
		}
		srtp_fini(&ours);
		referee_free(in);
		referee_free(out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sends),	 cmocka_unit_test(test_receives),
		cmocka_unit_test(test_rtcp),	 cmocka_unit_test(test_late_rollovers),
		cmocka_unit_test(test_verdicts), cmocka_unit_test(test_rtcp_disorder),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
