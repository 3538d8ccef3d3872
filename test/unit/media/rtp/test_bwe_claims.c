/* SPDX-License-Identifier: Apache-2.0 */
/* The bandwidth estimator and what a client says: lies, silence, clocks that wrap and run away (R50). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "media/rtp/bwe.h"

enum { SECOND = 1000 * 1000 };

/* Feeds one feedback about numbers base … base + n - 1. */
static void tell(struct bwe *b, uint64_t now, uint16_t base, uint16_t n, int64_t first_at,
		 int64_t step)
{
	struct twcc_arrival list[512];
	struct twcc_feedback f = { .base_seq = base, .packet_count = n };

	for (uint16_t i = 0; i < n; i++)
		list[i] = (struct twcc_arrival){ .seq = (uint16_t)(base + i),
						 .received = true,
						 .at_us = first_at + i * step };
	f.reference = (int32_t)(first_at / TWCC_REFERENCE_US);
	bwe_feedback(b, now, &f, list);
}

/* R50: whatever a client says, nothing rises beyond what was really sent. */
static void lies_lift_nothing(void **state)
{
	(void)state;
	struct bwe b;
	uint64_t now = 5 * SECOND;
	struct probe_plan plan;

	/* about what was never sent: not even a sign of life */
	assert_int_equal(bwe_init(&b, 0, 0), 0);
	for (int i = 0; i < 500; i++, now += 20000)
		tell(&b, now, (uint16_t)(i * 512), 512, (int64_t)now, 10);
	assert_int_equal(bwe_estimate(&b), BWE_START_BPS);
	assert_int_equal(b.count.packets, 0);
	assert_true(b.count.unknown > 200000);
	assert_false(b.has_feedback);

	bwe_fini(&b);

	/* 400 kbit/s are sent; told as if all had come at once, again and again, with all probes */
	assert_int_equal(bwe_init(&b, 0, 0), 0);
	bwe_want(&b, 400000);
	uint16_t number = 0;
	uint32_t highest = 0;
	for (int i = 0; i < 3000; i++, now += 20000) {
		uint16_t base = number;

		bwe_sent(&b, now, number++, 1000 - BWE_OVERHEAD, 0);
		if (bwe_probe(&b, now, &plan)) {
			assert_true(plan.rate <= 500000);
			for (uint32_t sent = 0; sent < plan.bytes; sent += 320)
				bwe_sent(&b, now + (uint64_t)sent * 8000000 / plan.rate, number++,
					 292, plan.id);
		}
		for (int k = 0; k < 3; k++)
			tell(&b, now + 20000, base, (uint16_t)(number - base), (int64_t)now, 0);
		highest = bwe_estimate(&b) > highest ? bwe_estimate(&b) : highest;
	}
	printf("a liar on 400 kbit/s: believed up to %u kbit/s\n", highest / 1000);
	assert_true(highest <= 750000);
	bwe_fini(&b);
}

static void silence_slows(void **state)
{
	(void)state;
	struct bwe b;
	uint64_t now = 5 * SECOND;
	uint16_t number = 0;

	assert_int_equal(bwe_init(&b, 1000000, 0), 0);
	for (int i = 0; i < 100; i++, now += 20000) {
		bwe_sent(&b, now, number, 1000, 0);
		tell(&b, now + 15000, number++, 1, (int64_t)now, 0);
	}
	uint32_t before = bwe_estimate(&b);
	bwe_tick(&b, now + 60 * SECOND); /* nothing sent, nothing expected */
	assert_int_equal(bwe_estimate(&b), before);
	assert_int_equal(bwe_deadline(&b), UINT64_MAX);
	now += 60 * SECOND;
	bwe_sent(&b, now, number++, 1000, 0);
	assert_int_equal(bwe_deadline(&b), now + BWE_SILENCE_US);
	bwe_tick(&b, now + BWE_SILENCE_US - 1);
	assert_int_equal(bwe_estimate(&b), before);
	for (uint64_t end = now + 10 * SECOND; now < end; now = bwe_deadline(&b))
		bwe_tick(&b, now);
	assert_true(bwe_estimate(&b) < before / 10);
	assert_true(bwe_estimate(&b) >= BWE_MIN_BPS);
	bwe_fini(&b);
}

static void remb_only_without_feedback(void **state)
{
	(void)state;
	struct bwe b;

	assert_int_equal(bwe_init(&b, 0, 0), 0);
	bwe_remb(&b, SECOND, 700000);
	assert_int_equal(bwe_estimate(&b), 700000);
	bwe_remb(&b, 2 * SECOND, UINT64_MAX);
	assert_int_equal(bwe_estimate(&b), BWE_MAX_BPS);
	bwe_sent(&b, 3 * SECOND, 7, 1000, 0);
	tell(&b, 3 * SECOND + 30000, 7, 1, 99000, 0);
	assert_int_equal(bwe_estimate(&b), BWE_START_BPS);
	bwe_remb(&b, 4 * SECOND, 700000);
	assert_int_equal(bwe_estimate(&b), BWE_START_BPS);
	bwe_fini(&b);
}

/* The receiver's clock wraps every 12 days: nobody notices. */
static void clock_wraps(void **state)
{
	(void)state;
	struct bwe b;
	struct twcc_arrival a = { .received = true };
	int64_t period = (int64_t)TWCC_REFERENCE_US << 24;
	uint64_t now = 5 * SECOND;

	assert_int_equal(bwe_init(&b, 1000000, 0), 0);
	for (int i = -500; i < 500; i++, now += 20000) {
		int64_t at = (period / 2 + i * (int64_t)20000 + period / 2) % period - period / 2;
		int64_t whole = at >= 0 ? at / TWCC_REFERENCE_US
					: -((-at + TWCC_REFERENCE_US - 1) / TWCC_REFERENCE_US);
		struct twcc_feedback f = { .base_seq = (uint16_t)i,
					   .packet_count = 1,
					   .reference = (int32_t)whole };

		a.seq = (uint16_t)i;
		a.at_us = at;
		bwe_sent(&b, now, (uint16_t)i, 1000, 0);
		bwe_feedback(&b, now + 15000, &f, &a);
	}
	assert_int_equal(b.count.cuts, 0);
	assert_int_equal(b.queue, 0);
	assert_in_range((uint64_t)bwe_acked(&b, NULL, NULL), 400000, 420000);
	bwe_fini(&b);
}

/* Each feedback says that half a period has gone by: after millions of them no number overflows, and who stops to lie is
 * believed again. */
static void a_clock_that_runs_away(void **state)
{
	int64_t period = (int64_t)TWCC_REFERENCE_US << 24;

	(void)state;
	for (int sign = -1; sign <= 1; sign += 2) {
		struct bwe b;
		uint64_t now = 5 * SECOND;
		uint16_t number = 0;
		int32_t reference = 0;

		assert_int_equal(bwe_init(&b, 1000000, 0), 0);
		bwe_sent(&b, now, number, 1000, 0);
		tell(&b, now, number++, 1, 0, 0);
		/* after 8,000 of them; 17 million led to where INT64_MAX is not enough */
		b.reference = sign * (((int64_t)1 << 52) - 3 * period);
		for (int i = 0; i < 200; i++, now += 20000) {
			reference += sign * ((1 << 23) - 1);
			reference = (int32_t)((uint32_t)reference << 8) / 256; /* 24 bits */
			bwe_sent(&b, now, number, 1000, 0);
			tell(&b, now + 15000, number++, 1, (int64_t)reference * TWCC_REFERENCE_US,
			     0);
			assert_true(b.reference <= (int64_t)1 << 52);
			assert_true(b.reference >= -((int64_t)1 << 52));
			assert_in_range(bwe_estimate(&b), b.least, b.most);
		}
		for (int i = 0; i < 500; i++, now += 20000) {
			bwe_sent(&b, now, number, 1000, 0);
			tell(&b, now + 15000, number++, 1, (int64_t)now, 0);
		}
		assert_in_range((uint64_t)bwe_acked(&b, NULL, NULL), 400000, 420000);
		bwe_fini(&b);
	}
}

/* However many packets are on their way, feedback finds them all; a short way takes little memory. */
static void history_is_as_long_as_feedback_takes(void **state)
{
	(void)state;
	enum { BATCH = 20, BATCHES = 100 };
	static const struct {
		uint16_t late; /* batches */
		uint32_t count;
	} cases[] = { { 2, BWE_HISTORY_FIRST }, { 10, 256 }, { 50, BWE_HISTORY } };

	for (size_t i = 0; i < countof(cases); i++) {
		struct bwe b;
		uint64_t now = 5 * SECOND;
		uint16_t late = cases[i].late;

		assert_int_equal(bwe_init(&b, 1000000, 0), 0);
		for (uint16_t k = 0; k < BATCHES; k++, now += 20000) {
			for (uint16_t n = 0; n < BATCH; n++)
				bwe_sent(&b, now, (uint16_t)(65000 + k * BATCH + n), 100, 0);
			if (k >= late)
				tell(&b, now + 15000, (uint16_t)(65000 + (k - late) * BATCH), BATCH,
				     (int64_t)now, 0);
		}
		assert_int_equal(b.count.unknown, 0);
		assert_int_equal(b.count.packets, (BATCHES - late) * BATCH);
		assert_int_equal(b.history_count, cases[i].count);
		bwe_fini(&b);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lies_lift_nothing),
		cmocka_unit_test(silence_slows),
		cmocka_unit_test(remb_only_without_feedback),
		cmocka_unit_test(clock_wraps),
		cmocka_unit_test(a_clock_that_runs_away),
		cmocka_unit_test(history_is_as_long_as_feedback_takes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
