/* SPDX-License-Identifier: Apache-2.0 */
/* Transport-wide feedback: read back with the parser, it says what arrived and when. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/rng.h"
#include "media/rtp/twcc_recv.h"
#include "wire/twcc.h"

enum { MS = 1000, S = 1000 * 1000, ALL = 65536 };

/* What the feedback said about each number so far. */
struct sender {
	bool told[ALL], received[ALL];
	int64_t at[ALL];
	int feedbacks;
	uint8_t next_count;
};

static void read_feedback(struct sender *s, const uint8_t *bytes, size_t n)
{
	struct rtcp_iter it;
	struct rtcp_packet p;
	struct rtcp_feedback f;
	struct twcc_feedback head;
	static struct twcc_arrival list[TWCC_PACKETS_MAX];

	assert_true(rtcp_iter_init(&it, bytes, n));
	while (rtcp_next(&it, &p)) {
		assert_int_equal(rtcp_kind_of(&p), RTCP_TWCC);
		assert_true(rtcp_parse_feedback(&f, &p));
		assert_int_equal(f.sender_ssrc, 1);
		assert_true(twcc_parse(&head, list, TWCC_PACKETS_MAX, &f));
		assert_int_equal(head.feedback_count, s->next_count++);
		for (size_t i = 0; i < head.packet_count; i++) {
			s->told[list[i].seq] = true;
			s->received[list[i].seq] |= list[i].received;
			if (list[i].received)
				s->at[list[i].seq] = list[i].at_us;
		}
		s->feedbacks++;
	}
}

static void drain(struct twcc_recv *t, uint64_t now, struct sender *s)
{
	uint8_t bytes[1200];
	struct wr w = wr_of(bytes, sizeof bytes);

	while (twcc_recv_write(t, now, 1, &w)) {
		read_feedback(s, bytes, wr_len(&w));
		w = wr_of(bytes, sizeof bytes);
	}
	assert_int_equal(wr_len(&w), 0);
	assert_true(twcc_recv_deadline(t) == UINT64_MAX);
}

static void feedback_is_due_in_time(void **state)
{
	struct twcc_recv t;
	struct sender *s = test_calloc(1, sizeof *s);
	uint64_t now = 10 * S;

	(void)state;
	twcc_recv_init(&t);
	assert_true(twcc_recv_deadline(&t) == UINT64_MAX);
	drain(&t, now, s);
	assert_int_equal(s->feedbacks, 0);
	twcc_recv_rx(&t, now, 65530, 77); /* the first at once: the browser starts probing early */
	assert_true(twcc_recv_deadline(&t) <= now);
	drain(&t, now, s);
	twcc_recv_rx(&t, now + 10 * MS, 65531, 77);
	assert_int_equal(twcc_recv_deadline(&t), now + 100 * MS);
	for (uint16_t i = 0; i < TWCC_RECV_SOON; i++)
		twcc_recv_rx(&t, now + 11 * MS, (uint16_t)(65532 + i), 77);
	assert_int_equal(twcc_recv_deadline(&t), now + 50 * MS);
	for (uint16_t i = 0; i < TWCC_RECV_FULL; i++)
		twcc_recv_rx(&t, now + 12 * MS, (uint16_t)(100 + i), 77);
	assert_true(twcc_recv_deadline(&t) <= now + 12 * MS);
	drain(&t, now + 12 * MS, s);
	assert_true(s->received[65531] && s->received[5] && s->received[611]);
	assert_true(s->told[50] && !s->received[50]);
	test_free(s);
}

static void late_packets_are_told_after_all(void **state)
{
	struct twcc_recv t;
	struct sender *s = test_calloc(1, sizeof *s);

	(void)state;
	twcc_recv_init(&t);
	twcc_recv_rx(&t, 1 * S, 10, 77);
	twcc_recv_rx(&t, 1 * S, 12, 77);
	drain(&t, 1 * S, s);
	assert_true(s->told[11] && !s->received[11]);
	twcc_recv_rx(&t, 1 * S + 5 * MS, 11, 77);
	twcc_recv_rx(&t, 1 * S + 6 * MS, 11, 77); /* the first arrival counts */
	drain(&t, 1 * S + 100 * MS, s);
	assert_true(s->received[11]);
	assert_in_range(s->at[11] - s->at[10], 5 * MS - 250, 5 * MS + 250);
	test_free(s);
}

/* Random loss, reordering and duplicates over several wraps:
 * everything that came is told, nothing else. */
static void random_run(uint64_t seed)
{
	struct twcc_recv t;
	struct sender *s = test_calloc(1, sizeof *s);
	bool *arrived = test_calloc(ALL, sizeof *arrived);
	uint64_t *at = test_calloc(ALL, sizeof *at);
	uint64_t now = 3 * S;
	struct rng g;

	rng_seeded(&g, seed);
	twcc_recv_init(&t);
	uint32_t loss = rng_u32(&g) % 40;
	for (uint32_t i = 60000; i < 60000 + 60000; i++) {
		uint16_t seq = (uint16_t)(i ^ (rng_u32(&g) % 50 ? 0 : 7)); /* some change places */

		now += rng_u32(&g) % 2000;
		if (rng_u32(&g) % 100 >= loss && !arrived[seq]) {
			twcc_recv_rx(&t, now, seq, 77);
			arrived[seq] = true;
			at[seq] = now;
		}
		if (now >= twcc_recv_deadline(&t))
			drain(&t, now, s);
	}
	drain(&t, now, s);
	int64_t shift = 0;
	for (uint32_t i = 60010; i < 60000 + 59990; i++) {
		uint16_t seq = (uint16_t)i;

		assert_int_equal(s->received[seq], arrived[seq]);
		if (!arrived[seq])
			continue;
		if (!shift)
			shift = s->at[seq] - (int64_t)at[seq];
		int64_t error = s->at[seq] - (int64_t)at[seq] - shift;
		assert_true(error >= -500 && error <= 500); /* two roundings to 250 µs */
	}
	test_free(at);
	test_free(arrived);
	test_free(s);
}

static void random_arrivals_are_told_exactly(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 5; seed++)
		random_run(seed);
}

static void big_gaps_and_nonsense_are_bounded(void **state)
{
	struct twcc_recv t;
	struct sender *s = test_calloc(1, sizeof *s);
	uint64_t now = 1 * S;
	struct rng g;

	(void)state;
	rng_seeded(&g, 4);
	twcc_recv_init(&t);
	for (int i = 0; i < 20000; i++, now += 100) {
		twcc_recv_rx(&t, now, (uint16_t)rng_u32(&g), 77);
		assert_true(t.highest + 1 - t.next <= TWCC_RECV_WINDOW);
		if (now >= twcc_recv_deadline(&t))
			drain(&t, now, s);
	}
	assert_true(s->feedbacks > 0);
	/* a silence longer than a feedback can express, inside one feedback */
	uint16_t seq = (uint16_t)t.highest;
	twcc_recv_rx(&t, now, (uint16_t)(seq + 1), 77);
	twcc_recv_rx(&t, now + 20 * S, (uint16_t)(seq + 2), 77);
	memset(s->received, 0, sizeof s->received);
	drain(&t, now + 20 * S, s);
	assert_true(s->received[(uint16_t)(seq + 1)] && s->received[(uint16_t)(seq + 2)]);
	/* no room: nothing is lost */
	uint8_t small[10];
	struct wr w = wr_of(small, sizeof small);
	twcc_recv_rx(&t, now + 20 * S, (uint16_t)(seq + 3), 77);
	assert_false(twcc_recv_write(&t, now + 20 * S, 1, &w));
	drain(&t, now + 21 * S, s);
	assert_true(s->received[(uint16_t)(seq + 3)]);
	test_free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(feedback_is_due_in_time),
		cmocka_unit_test(late_packets_are_told_after_all),
		cmocka_unit_test(random_arrivals_are_told_exactly),
		cmocka_unit_test(big_gaps_and_nonsense_are_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
