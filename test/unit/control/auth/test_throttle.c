/* SPDX-License-Identifier: Apache-2.0 */
/* Guessing is slowed down, nobody is locked out, memory is bounded (R12). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "control/auth/throttle.h"

static const uint64_t second = 1000 * 1000;
static struct throttle t;

static int setup(void **state)
{
	struct rng g;

	(void)state;
	rng_seeded(&g, 1);
	throttle_init(&t, &g);
	return 0;
}

/* How many of n tries at one moment are let through. */
static int tries(int n, uint64_t now, const char *account, const char *peer)
{
	int through = 0;

	for (int i = 0; i < n; i++)
		through += throttle_take(&t, now, account, peer) == 0;
	return through;
}

static void test_one_address_one_account(void **state)
{
	uint64_t now = 1000 * second;

	(void)state;
	/* Asking costs nothing. */
	for (int i = 0; i < 100; i++)
		assert_int_equal(throttle_wait(&t, now, "ann", "192.0.2.1"), 0);
	assert_int_equal(tries(10000, now, "ann", "192.0.2.1"), 10);
	unsigned wait = throttle_take(&t, now, "ann", "192.0.2.1");
	assert_true(wait >= 1 && wait <= 21);
	assert_int_equal(throttle_wait(&t, now, "ann", "192.0.2.1"), wait);
	/* The wait that was told is enough, and time that is looked at often still passes. */
	int through = 0;
	for (uint64_t at = now; at <= now + wait * second; at += 10000)
		through += tries(1, at, "ann", "192.0.2.1");
	assert_int_equal(through, 1);
	assert_int_equal(tries(10000, now + 3600 * second, "ann", "192.0.2.1"), 10);
}

static void test_one_address_many_accounts(void **state)
{
	int through = 0;

	(void)state;
	for (int i = 0; i < 10000; i++) {
		char account[16];

		snprintf(account, sizeof account, "user%d", i);
		through += tries(1, second, account, "192.0.2.1");
	}
	assert_int_equal(through, 40);
	/* Others are not concerned. */
	assert_int_equal(tries(1, second, "ann", "192.0.2.2"), 1);
}

static void test_many_addresses_one_account(void **state)
{
	int through = 0;

	(void)state;
	/* Ann signed in from home before. */
	assert_int_equal(throttle_take(&t, second, "ann", "198.51.100.7"), 0);
	throttle_good(&t, second, "ann", "198.51.100.7");
	for (int i = 0; i < 10000; i++) {
		char peer[32];

		snprintf(peer, sizeof peer, "10.0.%d.%d", i / 256, i % 256);
		through += tries(1, second, "ann", peer);
	}
	assert_true(through <= 100);
	/* The attack does not keep her out. */
	assert_int_equal(tries(1, second, "ann", "198.51.100.7"), 1);
	assert_int_equal(tries(1, second, "ann", "203.0.113.1"), 0);
}

static void test_good_and_undone_tries_are_free(void **state)
{
	(void)state;
	for (int i = 0; i < 1000; i++) {
		assert_int_equal(throttle_take(&t, second, "ann", "192.0.2.1"), 0);
		if (i % 2)
			throttle_good(&t, second, "ann", "192.0.2.1");
		else
			throttle_undo(&t, second, "ann", "192.0.2.1");
	}
	/* They give back what was taken, and no more. */
	for (int i = 0; i < 100; i++)
		throttle_undo(&t, second, "ann", "192.0.2.1");
	assert_int_equal(tries(1000, second, "ann", "192.0.2.1"), 10);
	assert_int_equal(tries(1000, 3600 * second, "ann", "192.0.2.1"), 10);
}

static void test_ipv6_counts_by_network(void **state)
{
	int through = 0;

	(void)state;
	for (int i = 0; i < 1000; i++) {
		char peer[48];

		snprintf(peer, sizeof peer, "2001:db8:1:2::%x", i);
		through += tries(1, second, "ann", peer);
	}
	assert_int_equal(through, 10);
	assert_int_equal(tries(1, second, "ann", "2001:db8:1:3::1"), 1);
	/* IPv4 over an IPv6 socket is the same place. */
	assert_int_equal(tries(20, second, "bob", "::ffff:192.0.2.5"), 10);
	assert_int_equal(tries(20, second, "bob", "192.0.2.5"), 0);
}

/* A flood of names and addresses does not make room for those who are held back. */
static void test_flood_does_not_forget_the_guilty(void **state)
{
	(void)state;
	assert_int_equal(tries(100, second, "ann", "192.0.2.1"), 10);
	for (int i = 0; i < 200000; i++) {
		char account[16], peer[32];

		snprintf(account, sizeof account, "user%d", i);
		snprintf(peer, sizeof peer, "10.%d.%d.%d", i >> 16 & 255, i >> 8 & 255, i & 255);
		(void)tries(1, second, account, peer);
	}
	assert_int_equal(tries(10, second, "ann", "192.0.2.1"), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_one_address_one_account, setup),
		cmocka_unit_test_setup(test_one_address_many_accounts, setup),
		cmocka_unit_test_setup(test_many_addresses_one_account, setup),
		cmocka_unit_test_setup(test_good_and_undone_tries_are_free, setup),
		cmocka_unit_test_setup(test_ipv6_counts_by_network, setup),
		cmocka_unit_test_setup(test_flood_does_not_forget_the_guilty, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
