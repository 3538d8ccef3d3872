/* SPDX-License-Identifier: Apache-2.0 */
/* The SRTP layer alone and against libsrtp2 as a referee, in both directions and both suites. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <errno.h>
#include <string.h>

#include "base/rng.h"
#include "base/wr.h"
#include "media/peer/srtp.h"
#include "referee.h"

enum { SSRC = 0x12345678, PACKET = 1500 };

static const enum srtp_suite suites[] = { SRTP_AEAD_AES_128_GCM, SRTP_AES128_CM_SHA1_80 };

static struct srtp_keys keys_of(enum srtp_suite suite, uint8_t seed)
{
	struct srtp_keys k = { .suite = suite };

	for (uint8_t i = 0; i < SRTP_KEY_LENGTH; i++) {
		k.send_key[i] = (uint8_t)(seed + i);
		k.receive_key[i] = (uint8_t)(seed + 100 + i);
	}
	for (uint8_t i = 0; i < SRTP_SALT_MAX; i++) {
		k.send_salt[i] = (uint8_t)(seed + 40 + i);
		k.receive_salt[i] = (uint8_t)(seed + 140 + i);
	}
	return k;
}

static struct srtp_keys mirrored(const struct srtp_keys *k)
{
	struct srtp_keys m = { .suite = k->suite };

	memcpy(m.send_key, k->receive_key, sizeof m.send_key);
	memcpy(m.receive_key, k->send_key, sizeof m.receive_key);
	memcpy(m.send_salt, k->receive_salt, sizeof m.send_salt);
	memcpy(m.receive_salt, k->send_salt, sizeof m.receive_salt);
	return m;
}

static void open_pair(struct srtp *a, struct srtp *b, enum srtp_suite suite)
{
	struct srtp_keys k = keys_of(suite, 1), m = mirrored(&k);

	assert_int_equal(srtp_init(a, &k), 0);
	assert_int_equal(srtp_init(b, &m), 0);
}

/* A packet with a CSRC and an extension block, so that the header is 12 + 4 + 4 + 8 bytes. */
static size_t make_rtp(uint8_t *packet, uint32_t ssrc, uint16_t seq, size_t payload)
{
	struct wr w = wr_of(packet, PACKET);

	wr_u8(&w, 0x80 | 0x10 | 1);
	wr_u8(&w, 96);
	wr_be16(&w, seq);
	wr_be32(&w, seq * 3000u);
	wr_be32(&w, ssrc);
	wr_be32(&w, 0xc0ffee);
	wr_be16(&w, 0xbede);
	wr_be16(&w, 2);
	wr_be32(&w, 0x10aa2201);
	wr_be32(&w, 0x02000000);
	for (size_t i = 0; i < payload; i++)
		wr_u8(&w, (uint8_t)(seq + i));
	return wr_len(&w);
}

static int protect(struct srtp *s, const uint8_t *packet, size_t n, uint8_t *out, size_t capacity)
{
	struct srtp_job job = { .srtp = s,
				.header = packet,
				.header_length = 28,
				.payload = packet + 28,
				.payload_length = n - 28,
				.out = out,
				.capacity = capacity };

	srtp_protect_rtp(&job, 1);
	return job.ret_result < 0 ? job.ret_result : (int)job.ret_length;
}

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

		open_pair(&a, &b, suites[s]);
		for (size_t payload = 0; payload < 1100; payload += 37) {
			size_t n = make_rtp(plain, SSRC, (uint16_t)payload, payload), length = 0;
			uint64_t index = 0;

			memcpy(shared, plain, n);
			assert_int_equal(protect(&a, plain, n, wire, sizeof wire), n + tag);
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
	open_pair(&a, &b, SRTP_AEAD_AES_128_GCM);
	size_t n = make_rtp(plain, SSRC, 2000, 100);
	assert_true(protect(&a, plain, n, wire, sizeof wire) > 0);
	assert_int_equal(protect(&a, plain, n, wire, sizeof wire), -EALREADY);
	plain[40] ^= 1;
	assert_int_equal(protect(&a, plain, n, wire, sizeof wire), -EALREADY);
	n = make_rtp(plain, SSRC, 2000 - 5, 100); /* a late one is fine */
	assert_true(protect(&a, plain, n, wire, sizeof wire) > 0);
	assert_int_equal(protect(&a, plain, n, wire, sizeof wire), -EALREADY);
	n = make_rtp(plain, SSRC, 2000 - SRTP_WINDOW, 100); /* too late to know */
	assert_int_equal(protect(&a, plain, n, wire, sizeof wire), -EALREADY);
	n = make_rtp(plain, SSRC + 1, 2000, 100); /* another SSRC is another space */
	assert_true(protect(&a, plain, n, wire, sizeof wire) > 0);

	n = make_rtp(plain, SSRC, 2001, 100);
	assert_int_equal(protect(&a, plain, n, wire, n + 15), -ENOSPC);
	assert_int_equal(protect(&a, plain, n, wire, n + 16), n + 16); /* not used up by that */
	plain[0] &= 0x3f;
	assert_int_equal(protect(&a, plain, n, wire, sizeof wire), -EINVAL);
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
		open_pair(&a, &b, suites[s]);
		size_t n = make_rtp(plain, SSRC, 10, 200), length = 0;
		int sealed = protect(&a, plain, n, wire, sizeof wire);

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
		open_pair(&a, &b, suites[s]);
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
	open_pair(&a, &b, SRTP_AEAD_AES_128_GCM);
	for (uint32_t i = 0; i < LIMIT_SSRCS_PER_TRANSPORT + 10; i++) {
		size_t n = make_rtp(plain, 1000 + i * 65536, 5, 50);
		int sealed = protect(&a, plain, n, wire, sizeof wire);

		assert_int_equal(srtp_unprotect_rtp(&b, wire, (size_t)sealed, &length, NULL),
				 i < LIMIT_SSRCS_PER_TRANSPORT ? V_OK : V_DROP_SSRCS);
	}
	/* the first stays in use, the others fall idle */
	for (uint32_t i = 0; i < SRTP_IDLE_PACKETS; i++) {
		size_t n = make_rtp(plain, 1000, (uint16_t)(6 + i), 50);
		int sealed = protect(&a, plain, n, wire, sizeof wire);

		assert_int_equal(srtp_unprotect_rtp(&b, wire, (size_t)sealed, &length, NULL), V_OK);
	}
	for (uint32_t i = 0; i < 20; i++) {
		size_t n = make_rtp(plain, 7000 + i, 5, 50);
		int sealed = protect(&a, plain, n, wire, sizeof wire);

		assert_int_equal(srtp_unprotect_rtp(&b, wire, (size_t)sealed, &length, NULL), V_OK);
	}
	assert_int_equal(b.received.count, LIMIT_SSRCS_PER_TRANSPORT);
	size_t n = make_rtp(plain, 1000, 6 + SRTP_IDLE_PACKETS, 50);
	int sealed = protect(&a, plain, n, wire, sizeof wire);
	assert_int_equal(srtp_unprotect_rtp(&b, wire, (size_t)sealed, &length, NULL), V_OK);
	/* sending is ours: its limit is another one */
	assert_true(a.sent.count > LIMIT_SSRCS_PER_TRANSPORT);
	srtp_fini(&a);
	srtp_fini(&b);
}

/* ---- the referee ---- */

/* outbound: it protects what we receive */
static struct referee *referee(const struct srtp_keys *k, bool outbound)
{
	return referee_new(k->suite == SRTP_AEAD_AES_128_GCM,
			   outbound ? k->receive_key : k->send_key,
			   outbound ? k->receive_salt : k->send_salt, outbound);
}

/* libsrtp protects, we open: 30 % loss, reordering by up to 50, start just before the wrap. */
static void test_referee_sends(void **state)
{
	enum { COUNT = 140000, HELD = 50 };
	static uint8_t held[HELD][PACKET];
	static int lengths[HELD];
	static uint16_t seqs[HELD];
	uint8_t plain[PACKET];

	(void)state;
	for (size_t s = 0; s < 2; s++) {
		struct srtp_keys k = keys_of(suites[s], 9);
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
				size_t n = make_rtp(plain, SSRC, seqs[at], 40);
				assert_int_equal(length, n);
				assert_memory_equal(held[at], plain, n);
			}
			lengths[at] = (int)make_rtp(held[at], SSRC, seq, 40);
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
static void test_referee_receives(void **state)
{
	uint8_t plain[PACKET], wire[PACKET];

	(void)state;
	for (size_t s = 0; s < 2; s++) {
		struct srtp_keys k = keys_of(suites[s], 77);
		struct referee *theirs = referee(&k, false);
		struct rng rng;
		struct srtp ours;

		rng_seeded(&rng, 5 + s);
		assert_int_equal(srtp_init(&ours, &k), 0);
		for (unsigned i = 0; i < 140000; i++) {
			unsigned number = i ^ 3; /* 3 2 1 0 7 6 5 4 … */
			uint32_t ssrc = SSRC + (i & 4);
			size_t n = make_rtp(plain, ssrc, (uint16_t)(65000 + number), 40);
			int length = protect(&ours, plain, n, wire, sizeof wire);

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
static void test_referee_late_rollovers(void **state)
{
	static const uint32_t rollovers[] = { 0, 1, 0xffff, 0x10000, 0x12345678, 0xfffffffe };
	uint8_t plain[PACKET], wire[PACKET];

	(void)state;
	for (size_t s = 0; s < 2; s++) {
		for (size_t i = 0; i < sizeof rollovers / sizeof *rollovers; i++) {
			struct srtp_keys k = keys_of(suites[s], 60);
			struct referee *out = referee(&k, true);
			uint64_t index = (uint64_t)rollovers[i] << 16 | 7;
			struct srtp_cipher ours;

			int n = (int)make_rtp(wire, SSRC, 6, 40);
			assert_true(referee_protect(out, wire, n) > 0); /* begins the stream */
			assert_true(referee_set_roc(out, SSRC, rollovers[i]));
			n = (int)make_rtp(plain, SSRC, 7, 40);
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
static void test_referee_verdicts(void **state)
{
	enum { COUNT = 140000, KEPT = 3 * SRTP_WINDOW };
	static uint8_t kept[KEPT][128];
	static int lengths[KEPT];
	uint8_t mine[PACKET], theirs[PACKET];

	(void)state;
	for (size_t s = 0; s < 2; s++) {
		struct srtp_keys k = keys_of(suites[s], 31);
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

			lengths[at] = (int)make_rtp(kept[at], SSRC, (uint16_t)(65000 + i), 40);
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
static void test_referee_rtcp_disorder(void **state)
{
	enum { COUNT = 20000, HELD = 200 };
	static uint8_t held[HELD][128];
	static int lengths[HELD];
	uint8_t plain[48] = { 0x81, 200, 0, 11, 9, 8, 7, 6 }, copy[128];

	(void)state;
	for (size_t s = 0; s < 2; s++) {
		struct srtp_keys k = keys_of(suites[s], 90);
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

static void test_referee_rtcp(void **state)
{
	uint8_t plain[88] = { 0x81, 200, 0, 21, 9, 8, 7, 6 }, wire[128];

	(void)state;
	for (size_t s = 0; s < 2; s++) {
		struct srtp_keys k = keys_of(suites[s], 50);
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
		cmocka_unit_test(test_window),
		cmocka_unit_test(test_index),
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_no_index_twice),
		cmocka_unit_test(test_forged),
		cmocka_unit_test(test_rtcp),
		cmocka_unit_test(test_many_ssrcs),
		cmocka_unit_test(test_referee_sends),
		cmocka_unit_test(test_referee_receives),
		cmocka_unit_test(test_referee_rtcp),
		cmocka_unit_test(test_referee_late_rollovers),
		cmocka_unit_test(test_referee_verdicts),
		cmocka_unit_test(test_referee_rtcp_disorder),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
