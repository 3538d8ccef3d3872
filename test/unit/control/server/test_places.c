/* SPDX-License-Identifier: Apache-2.0 */
/* Connections of one place, and of the others. Sockets are played: by descriptor, who is at the other end. */
#include <arpa/inet.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>

#include <cmocka.h>

#include "control/server/places.h"

enum { LIMIT = 3, SOCKETS = 600 };
static struct sockaddr_storage ends[SOCKETS]; /* family 0: closed */
static unsigned asked;

static struct sockaddr_storage at(const char *text)
{
	struct sockaddr_storage a = { 0 };
	struct sockaddr_in *four = (void *)&a;
	struct sockaddr_in6 *six = (void *)&a;

	if (inet_pton(AF_INET, text, &four->sin_addr) == 1) {
		a.ss_family = AF_INET;
	} else {
		assert_int_equal(inet_pton(AF_INET6, text, &six->sin6_addr), 1);
		a.ss_family = AF_INET6;
	}
	return a;
}

static int peer(int fd, struct sockaddr_storage *ret)
{
	asked++;
	*ret = ends[fd];
	return ends[fd].ss_family ? 0 : -ENOTCONN;
}

static bool comes(struct places *p, int fd, const char *from, uint64_t now_ms)
{
	struct sockaddr_storage a = at(from);
	bool stays = places_admit(p, fd, &a, now_ms);

	ends[fd] = stays ? a : (struct sockaddr_storage){ 0 };
	return stays;
}

static int setup(void **state)
{
	memset(ends, 0, sizeof ends);
	asked = 0;
	return places_new((struct places **)state, LIMIT, peer);
}

static int teardown(void **state)
{
	*state = places_free(*state);
	return 0;
}

static void one_place_cannot_take_all(void **state)
{
	struct places *p = *state;

	for (int fd = 10; fd < 10 + LIMIT; fd++)
		assert_true(comes(p, fd, "198.51.100.7", 1));
	assert_false(comes(p, 20, "198.51.100.7", 1));
	assert_false(comes(p, 20, "::ffff:198.51.100.7", 200)); /* the same in other clothes */
	assert_true(comes(p, 20, "198.51.100.8", 200));
}

static void an_ipv6_network_is_one_place(void **state)
{
	struct places *p = *state;

	assert_true(comes(p, 10, "2001:db8:0:1::1", 1));
	assert_true(comes(p, 11, "2001:db8:0:1::2", 1));
	assert_true(comes(p, 12, "2001:db8:0:1:ffff::", 1));
	assert_false(comes(p, 13, "2001:db8:0:1::3", 1));
	assert_true(comes(p, 13, "2001:db8:0:2::1", 1));
}

static void this_machine_is_not_counted(void **state)
{
	struct places *p = *state;

	for (int fd = 10; fd < 500; fd++)
		assert_true(comes(p, fd,
				  fd % 3 == 0	? "127.0.0.1"
				  : fd % 3 == 1 ? "::1"
						: "::ffff:127.0.0.5",
				  1));
	assert_int_equal(asked, 0);
}

static void what_was_closed_makes_room(void **state)
{
	struct places *p = *state;

	for (int fd = 10; fd < 10 + LIMIT; fd++)
		assert_true(comes(p, fd, "198.51.100.7", 1));
	ends[11].ss_family = 0; /* closed, and nobody said so */
	assert_true(comes(p, 20, "198.51.100.7", 1));
	assert_int_equal(asked, LIMIT);
	assert_false(comes(p, 21, "198.51.100.7", 1 + 99)); /* a flood asks seldom */
	assert_int_equal(asked, LIMIT);
	assert_false(comes(p, 21, "198.51.100.7", 1 + 100));
	assert_int_equal(asked, 2 * LIMIT);
	ends[10] = at(
		"203.0.113.1"); /* the descriptor is another connection's now, which is not one of ours */
	assert_true(comes(p, 21, "198.51.100.7", 1 + 200));
}

static void a_descriptor_that_comes_again_was_closed(void **state)
{
	struct places *p = *state;

	for (int i = 0; i < 10; i++)
		assert_true(comes(p, 10, "198.51.100.7", 1));
	assert_int_equal(asked, 0);
	assert_true(comes(p, 10, "127.0.0.1", 1)); /* and counts for nobody */
	for (int fd = 11; fd < 11 + LIMIT; fd++)
		assert_true(comes(p, fd, "198.51.100.7", 1));
	assert_int_equal(asked, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(one_place_cannot_take_all, setup, teardown),
		cmocka_unit_test_setup_teardown(an_ipv6_network_is_one_place, setup, teardown),
		cmocka_unit_test_setup_teardown(this_machine_is_not_counted, setup, teardown),
		cmocka_unit_test_setup_teardown(what_was_closed_makes_room, setup, teardown),
		cmocka_unit_test_setup_teardown(a_descriptor_that_comes_again_was_closed, setup,
						teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
