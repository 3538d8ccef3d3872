/* SPDX-License-Identifier: Apache-2.0 */
/* What may leave at once: fast and slow paths, loss, and senders that pace. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "media/rtp/train.h"

enum { PACKET = 1200, CLOCKS_APART = 7 * 1000 * 1000 };

/* `packets` sent at once at `sent`, which a link of `mbit` (0 = without a limit) hands over one by one. */
static void send_train(struct train *t, int64_t sent, unsigned packets, unsigned mbit)
{
	for (unsigned i = 0; i < packets; i++)
		train_arrived(t, sent, sent + CLOCKS_APART + (mbit ? i * PACKET * 8 / mbit : 0),
			      PACKET);
}

/* Bytes that may leave at once at the time of the train's last packet. */
static uint32_t allowed(const struct train *t)
{
	return train_allows(t, t->last_sent);
}

static void test_nothing_is_known_at_first(void **state)
{
	struct train t = { 0 };

	(void)state;
	assert_int_equal(allowed(&t), 0);
	for (int i = 0; i < 10; i++)
		send_train(&t, i * 20000, 1, 0); /* single packets say nothing */
	assert_int_equal(allowed(&t), 0);
}

static void test_a_fast_path_may_be_tried_with_twice_as_much(void **state)
{
	struct train t = { 0 };

	(void)state;
	send_train(&t, 0, 6, 0);
	assert_int_equal(allowed(&t), 0); /* it may go on */
	send_train(&t, 33000, 12, 0);
	assert_int_equal(allowed(&t), 2 * 6 * PACKET);
	send_train(&t, 66000, 6, 0);
	assert_int_equal(allowed(&t), 2 * 12 * PACKET);
	send_train(&t, 99000, 60, 0);
	send_train(&t, 133000, 2, 0);
	assert_int_equal(allowed(&t), TRAIN_MAX);
}

static void test_a_slow_path_proves_little(void **state)
{
	struct train t = { 0 };

	(void)state;
	/* 10 Mbit/s hands over a packet in 0.96 ms: three within 2 ms */
	for (int i = 0; i < 20; i++) {
		unsigned packets = allowed(&t) / PACKET;

		send_train(&t, i * 33000, packets < 2 ? 2 : packets, 10);
	}
	assert_in_range(allowed(&t), 2 * PACKET, 6 * PACKET);
	/* 100 Mbit/s: 20 in 2 ms, and twice that is not yet slow */
	for (int i = 20; i < 40; i++) {
		unsigned packets = allowed(&t) / PACKET;

		send_train(&t, i * 33000, packets, 100);
	}
	assert_in_range(allowed(&t), 20 * PACKET, 44 * PACKET);
}

static void test_what_was_too_long_is_halved(void **state)
{
	struct train t = { 0 };

	(void)state;
	send_train(&t, 0, 24, 0);
	send_train(&t, 33000, 24, 5); /* the path has become slow */
	send_train(&t, 66000, 2, 0);
	assert_int_equal(t.proven, 12 * PACKET);
	send_train(&t, 99000, 12, 0);
	train_lost(&t, 99000, PACKET); /* its end fell out of a queue */
	send_train(&t, 133000, 2, 0);
	assert_int_equal(t.proven, 13 * PACKET / 2);
	train_forget(&t);
	assert_int_equal(allowed(&t), 0);
}

/* A path that drops the end of each long burst: it is not asked again at every key frame. */
static void test_what_was_too_long_is_not_tried_again_soon(void **state)
{
	enum { QUEUE = 30, SECOND = 1000 * 1000 };
	struct train t = { 0 };
	unsigned lossy = 0, minutes = 20;

	(void)state;
	for (int64_t at = 0; at < (int64_t)minutes * 60 * SECOND; at += 3 * SECOND) {
		send_train(&t, at + SECOND, 6, 0); /* the frames between */
		unsigned key = train_allows(&t, at + 2 * SECOND) / PACKET;

		if (key > 48)
			key = 48;
		send_train(&t, at + 2 * SECOND, key < QUEUE ? key : QUEUE, 0);
		for (unsigned i = QUEUE; i < key; i++)
			train_lost(&t, at + 2 * SECOND, PACKET);
		lossy += key > QUEUE;
	}
	assert_in_range(lossy, 1, 8); /* of 400 key frames */
	assert_in_range(allowed(&t) / PACKET, 12, 48);
}

/* The first packets lost: what arrived says when, and lost ones do not. */
static void test_loss_at_the_beginning(void **state)
{
	struct train t = { 0 };

	(void)state;
	send_train(&t, 0, 8, 0);
	train_lost(&t, 33000, PACKET);
	train_lost(&t, 33000, PACKET);
	send_train(&t, 33000, 2, 0);
	send_train(&t, 66000, 2, 0);
	assert_int_equal(t.proven, 2 * PACKET);
}

/* A publisher that paces: packets 5 ms apart are no train. */
static void test_paced_packets_are_no_train(void **state)
{
	struct train t = { 0 };

	(void)state;
	for (int i = 0; i < 100; i++)
		send_train(&t, i * 5000, 1, 0);
	assert_int_equal(allowed(&t), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nothing_is_known_at_first),
		cmocka_unit_test(test_a_fast_path_may_be_tried_with_twice_as_much),
		cmocka_unit_test(test_a_slow_path_proves_little),
		cmocka_unit_test(test_what_was_too_long_is_halved),
		cmocka_unit_test(test_what_was_too_long_is_not_tried_again_soon),
		cmocka_unit_test(test_loss_at_the_beginning),
		cmocka_unit_test(test_paced_packets_are_no_train),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
