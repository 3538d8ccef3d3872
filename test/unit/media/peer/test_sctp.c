/* SPDX-License-Identifier: Apache-2.0 */
/* SCTP: two of our associations over lossy links in virtual time. A hostile peer: test_sctp_hostile.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "media/peer/sctp.h"
#include "simlink.h"
#include "wire/sctp.h"

enum { MS = 1000, S = 1000 * 1000, STEP = MS, RELIABLE = 1, LOSSY = 3 };

struct pair {
	uint64_t now;
	struct rng rng;
	struct sctp *ends[2];
	struct simlink *links[2]; /* links[i]: away from ends[i] */
	/* What ends[1] got. */
	size_t messages[8], bytes[8], backwards, damaged;
	uint32_t last[8];
	uint16_t reset;
	bool keep; /* do not read messages */
};

/* A message: its number, its length, and a pattern that follows from both. */
static struct blob *message_of(uint32_t number, size_t length)
{
	struct blob *b = blob_new(length);

	assert_non_null(b);
	for (size_t i = 0; i < length; i++)
		b->bytes[i] = (uint8_t)(number * 31 + i * 7 + i / 251);
	memcpy(b->bytes, &number, sizeof number);
	return b;
}

static void pair_init(struct pair *p, uint64_t seed, const struct simlink_config *config)
{
	memset(p, 0, sizeof *p);
	rng_seeded(&p->rng, seed);
	for (int i = 0; i < 2; i++) {
		p->links[i] = simlink_new(seed * 2 + (uint64_t)i, config);
		assert_int_equal(sctp_new(&p->ends[i], &p->rng, i == 0), 0);
	}
}

static void pair_fini(struct pair *p)
{
	for (int i = 0; i < 2; i++) {
		sctp_free(p->ends[i]);
		simlink_free(p->links[i]);
	}
}

static void read_messages(struct pair *p, int end)
{
	struct sctp_message m;
	uint16_t stream;

	while (sctp_next_message(p->ends[end], &m)) {
		uint32_t number;

		assert_true(end == 1 && m.stream < 8 && m.length >= 4 && m.ppid == 53);
		memcpy(&number, m.bytes, sizeof number);
		struct blob *expected = message_of(number, m.length);
		p->damaged += memcmp(expected->bytes, m.bytes, m.length) != 0;
		blob_unref(expected);
		p->backwards += p->messages[m.stream] && number <= p->last[m.stream];
		p->last[m.stream] = number;
		p->messages[m.stream]++;
		p->bytes[m.stream] += m.length;
	}
	while (sctp_next_reset(p->ends[end], &stream))
		p->reset = stream;
}

static void drain(struct pair *p, int end)
{
	uint8_t packet[SCTP_PACKET_MAX];
	size_t n;

	while ((n = sctp_next_packet(p->ends[end], p->now, packet)))
		simlink_send(p->links[end], p->now, 0, packet, n);
}

static void run(struct pair *p, uint64_t us)
{
	uint8_t packet[SCTP_PACKET_MAX];
	size_t n;

	for (uint64_t stop = p->now + us; p->now < stop; p->now += STEP) {
		for (int i = 0; i < 2; i++) {
			while (simlink_recv(p->links[!i], p->now, NULL, packet, sizeof packet,
					    &n)) {
				(void)sctp_rx(p->ends[i], p->now, packet, n);
				if (!p->keep)
					read_messages(p, i);
				drain(p, i);
			}
			if (sctp_deadline(p->ends[i]) <= p->now)
				sctp_tick(p->ends[i], p->now);
			drain(p, i);
		}
	}
}

static int send(struct pair *p, uint16_t stream, uint32_t number, size_t length)
{
	struct blob *b = message_of(number, length);
	int r = sctp_send(p->ends[0], &(struct sctp_outgoing){ .blob = b,
							       .ppid = 53,
							       .stream = stream,
							       .unordered = stream == LOSSY,
							       .partial = stream == LOSSY });
	blob_unref(b);
	return r;
}

static void a_megabyte_arrives_exactly_over_a_lossy_link(void **state)
{
	const struct simlink_config bad = { .rate_bps = 20 * 1000 * 1000,
					    .queue_bytes = 64 * 1024,
					    .delay_us = 20 * MS,
					    .jitter_us = 5 * MS,
					    .loss_ppm = 20 * 1000,
					    .reorder_ppm = 10 * 1000,
					    .reorder_us = 15 * MS,
					    .duplicate_ppm = 10 * 1000 };

	(void)state;
	for (uint64_t seed = 1; seed <= 5; seed++) {
		struct pair p;
		size_t total = 0, lengths[] = { 65536, 4, 1132, 1133, 30000, 15000 };
		uint32_t number = 0;

		pair_init(&p, seed, &bad);
		for (int turns = 0; total < 1024 * 1024; turns++) {
			size_t length = lengths[number % 6];

			assert_true(turns < 120 * 1000);
			if (send(&p, RELIABLE, number, length) == 0) {
				total += length;
				number++;
			} else {
				run(&p, 5 * MS);
			}
		}
		for (int i = 0; i < 120 && sctp_buffered(p.ends[0]); i++)
			run(&p, S);
		assert_int_equal(p.messages[RELIABLE], number);
		assert_int_equal(p.bytes[RELIABLE], total);
		assert_int_equal(p.damaged + p.backwards, 0);
		assert_int_equal(sctp_get_state(p.ends[0]), SCTP_ESTABLISHED);
		assert_int_equal(sctp_buffered(p.ends[0]), 0);
		assert_int_equal(sctp_held(p.ends[1]), 0);
		print_message("seed %d: 1 MB in %d ms\n", (int)seed, (int)(p.now / MS));
		pair_fini(&p);
	}
}

static void unreliable_messages_may_be_lost_but_do_not_hold_up_others(void **state)
{
	const struct simlink_config bad = { .delay_us = 10 * MS, .loss_ppm = 100 * 1000 };
	struct pair p;

	(void)state;
	pair_init(&p, 7, &bad);
	run(&p, 5 * S);
	for (uint32_t i = 0; i < 500; i++) {
		assert_int_equal(send(&p, LOSSY, i, 200), 0);
		assert_int_equal(send(&p, RELIABLE, i, 100 + i * 8), 0);
		run(&p, 20 * MS);
	}
	run(&p, 30 * S);
	assert_int_equal(p.messages[RELIABLE], 500);
	assert_in_range(p.messages[LOSSY], 400, 490);
	assert_int_equal(p.damaged + p.backwards, 0);
	assert_int_equal(sctp_buffered(p.ends[0]), 0);
	assert_int_equal(sctp_held(p.ends[1]), 0);
	pair_fini(&p);
}

static void ordered_partial_messages_are_skipped(void **state)
{
	const struct simlink_config bad = { .delay_us = 10 * MS, .loss_ppm = 200 * 1000 };
	struct pair p;

	(void)state;
	pair_init(&p, 9, &bad);
	run(&p, 10 * S);
	for (uint32_t i = 0; i < 300; i++) {
		struct blob *b = message_of(i, 3000); /* three fragments */

		assert_int_equal(sctp_send(p.ends[0], &(struct sctp_outgoing){ .blob = b,
									       .ppid = 53,
									       .stream = 5,
									       .partial = true }),
				 0);
		blob_unref(b);
		run(&p, 50 * MS);
	}
	run(&p, 30 * S);
	assert_in_range(p.messages[5], 100, 290); /* 0.8³ = half of them */
	assert_int_equal(p.damaged + p.backwards, 0);
	assert_int_equal(sctp_held(p.ends[1]), 0);
	assert_int_equal(sctp_buffered(p.ends[0]), 0);
	assert_int_equal(send(&p, 5, 1000, 100), 0);
	run(&p, 5 * S);
	assert_int_equal(p.last[5], 1000); /* the stream goes on */
	pair_fini(&p);
}

static void both_may_begin_at_once(void **state)
{
	const struct simlink_config link = { .delay_us = 10 * MS };
	struct pair p;

	(void)state;
	pair_init(&p, 3, &link);
	sctp_free(p.ends[1]);
	assert_int_equal(sctp_new(&p.ends[1], &p.rng, true), 0);
	assert_int_equal(send(&p, RELIABLE, 1, 100), 0); /* queued before it is up */
	run(&p, S);
	assert_int_equal(sctp_get_state(p.ends[0]), SCTP_ESTABLISHED);
	assert_int_equal(sctp_get_state(p.ends[1]), SCTP_ESTABLISHED);
	assert_int_equal(p.messages[RELIABLE], 1);
	pair_fini(&p);
}

static void send_buffer_is_bounded_and_silence_ends_it(void **state)
{
	const struct simlink_config link = { .delay_us = 10 * MS };
	const struct simlink_config dead = { .delay_us = 10 * MS, .loss_ppm = 1000 * 1000 };
	struct pair p;
	uint32_t i = 0;

	(void)state;
	pair_init(&p, 4, &link);
	run(&p, S);
	simlink_set(p.links[1], &dead); /* nothing is ever acknowledged */
	while (send(&p, RELIABLE, i, 10000) == 0)
		i++;
	assert_in_range(i, 95, 105);
	assert_true(sctp_buffered(p.ends[0]) <= SCTP_SEND_MAX);
	run(&p, 120 * S);
	assert_int_equal(sctp_get_state(p.ends[0]), SCTP_ENDED);
	assert_non_null(sctp_cause(p.ends[0]));
	assert_int_equal(sctp_buffered(p.ends[0]), 0);
	assert_true(sctp_deadline(p.ends[0]) == UINT64_MAX);
	pair_fini(&p);
}

static void what_waits_too_long_is_not_sent(void **state)
{
	const struct simlink_config link = { .delay_us = 10 * MS };
	struct pair p;
	struct blob *b = message_of(1, 100);

	(void)state;
	pair_init(&p, 5, &link);
	sctp_free(p.ends[0]);
	assert_int_equal(sctp_new(&p.ends[0], &p.rng, false), 0); /* nobody begins */
	for (int i = 1; i <= 2; i++)
		assert_int_equal(
			sctp_send(p.ends[0],
				  &(struct sctp_outgoing){ .blob = b,
							   .ppid = 53,
							   .stream = RELIABLE,
							   .expires = (uint64_t)i * 2 * S }),
			0);
	assert_int_equal(b->references, 3);
	run(&p, 3 * S);
	sctp_free(p.ends[1]);
	assert_int_equal(sctp_new(&p.ends[1], &p.rng, true), 0);
	p.keep = false;
	run(&p, S);
	assert_int_equal(p.messages[RELIABLE], 1);
	assert_int_equal(b->references, 1);
	blob_unref(b);
	pair_fini(&p);
}

static void streams_can_be_reset(void **state)
{
	const struct simlink_config bad = { .delay_us = 10 * MS, .loss_ppm = 200 * 1000 };
	struct pair p;

	(void)state;
	pair_init(&p, 6, &bad);
	run(&p, 10 * S);
	for (uint32_t i = 0; i < 20; i++)
		assert_int_equal(send(&p, RELIABLE, i, 5000), 0);
	sctp_reset(p.ends[0], RELIABLE);
	run(&p, 30 * S);
	assert_int_equal(p.messages[RELIABLE], 20);
	assert_int_equal(p.reset, RELIABLE);
	assert_int_equal(send(&p, RELIABLE, 100, 50), 0); /* from number 0 again, on both sides */
	run(&p, 10 * S);
	assert_int_equal(p.messages[RELIABLE], 21);
	pair_fini(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_megabyte_arrives_exactly_over_a_lossy_link),
		cmocka_unit_test(unreliable_messages_may_be_lost_but_do_not_hold_up_others),
		cmocka_unit_test(ordered_partial_messages_are_skipped),
		cmocka_unit_test(both_may_begin_at_once),
		cmocka_unit_test(send_buffer_is_bounded_and_silence_ends_it),
		cmocka_unit_test(what_waits_too_long_is_not_sent),
		cmocka_unit_test(streams_can_be_reset),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
