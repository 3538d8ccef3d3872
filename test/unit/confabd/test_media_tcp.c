/* SPDX-License-Identifier: Apache-2.0 */
/* Media connections over TCP: to the right worker, and what strangers and broken peers get (R57). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/address.h"
#include "confabd/media_thread.h"
#include "confabd/tcp_acceptor.h"
#include "engine_double.h"
#include "net/udp.h"

static struct media_threads *threads;

static int setup(void **state)
{
	struct sockaddr_storage address;
	char error[200] = "";
	struct media_threads_config config = {
		.addresses = &address, .address_count = 1, .count = 2, .tcp = true
	};

	(void)state;
	assert_int_equal(udp_address_parse("127.0.0.1", 0, &address), 0);
	if (media_threads_start(&threads, &config, error, sizeof error) < 0)
		fail_msg("%s", error);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	threads = media_threads_stop(threads);
	assert_int_equal(engines, 0);
	return 0;
}

static int connect_tcp(void)
{
	struct sockaddr_storage to;
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	assert_int_equal(media_threads_tcp_address(threads, 0, &to), 0);
	assert_int_equal(connect(fd, (void *)&to, address_length(&to)), 0);
	return fd;
}

#define SEND(fd, bytes) \
	assert_int_equal(send(fd, bytes, sizeof(bytes) - 1, MSG_NOSIGNAL), sizeof(bytes) - 1)

/* Exactly these bytes come within 3 s. */
static void expect(int fd, const void *bytes, size_t n)
{
	uint8_t got[64];

	for (size_t at = 0; at < n;) {
		struct pollfd p = { .fd = fd, .events = POLLIN };

		assert_int_equal(poll(&p, 1, 30000), 1);
		ssize_t r = recv(fd, got + at, n - at, 0);
		assert_true(r > 0);
		at += (size_t)r;
	}
	assert_memory_equal(got, bytes, n);
}

/* Sooner than what only says nothing is closed (TCP_HALF_OPEN_US). */
enum { BEFORE_TIMEOUT_MS = 4500 };

/* The other side closes within `ms`, and says nothing. */
static void expect_end(int fd, int ms)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	char byte;

	assert_int_equal(poll(&p, 1, ms), 1);
	assert_true(recv(fd, &byte, 1, 0) <= 0);
	(void)close(fd);
}

static void test_each_goes_to_the_worker_that_it_names(void **state)
{
	(void)state;
	int a = connect_tcp(), b = connect_tcp();
	struct sockaddr_storage none;

	assert_int_not_equal(media_threads_tcp_address(threads, 1, &none), 0);
	SEND(a, "\0\5\0\1!a.");
	SEND(b, "\0\5\0\0!b.");
	expect(a, "\0\5\0\1!a1", 7);
	expect(b, "\0\5\0\0!b0", 7);
	/* several at once, and byte by byte */
	SEND(a, "\0\3x..\0\0\0\4yyy.\0\3");
	SEND(a, "z");
	SEND(a, ".");
	SEND(a, ".");
	expect(a, "\0\3x.1\0\4yyy1\0\3z.1", 16);
	unsigned before = ended_paths;
	SEND(a, "\0\7cut"); /* in the middle of a frame */
	(void)close(a);
	for (int i = 0; i < 30000 && ended_paths == before; i++)
		(void)usleep(1000);
	assert_int_equal(ended_paths, before + 1);
	SEND(b, "\0\3x..");
	expect(b, "\0\3x.0", 5);
	(void)close(b);
}

static void test_the_first_frame_byte_by_byte(void **state)
{
	(void)state;
	int fd = connect_tcp();

	for (size_t i = 0; i < 7; i++) {
		assert_int_equal(send(fd, &"\0\5\0\1!a."[i], 1, 0), 1);
		(void)usleep(2000);
	}
	expect(fd, "\0\5\0\1!a1", 7);
	(void)close(fd);
}

static void test_strangers_get_nothing(void **state)
{
	(void)state;
	int fd = connect_tcp();

	SEND(fd, "GET / HTTP/1.1\r\n\r\n"); /* a frame of 18245 bytes */
	expect_end(fd, BEFORE_TIMEOUT_MS);
	fd = connect_tcp();
	SEND(fd, "\xff\xff");
	expect_end(fd, BEFORE_TIMEOUT_MS);
	fd = connect_tcp();
	SEND(fd, "\0\0\0\0\0\5\0\7!a."); /* empty frames, then a worker that there is not */
	expect_end(fd, BEFORE_TIMEOUT_MS);
	fd = connect_tcp();
	SEND(fd, "\0\3abc"); /* not a check */
	expect_end(fd, BEFORE_TIMEOUT_MS);
	fd = connect_tcp();
	SEND(fd, "\0\5\0\1!a.\5\xdd"); /* known, then 1501 bytes are announced */
	expect(fd, "\0\5\0\1!a1", 7);
	expect_end(fd, BEFORE_TIMEOUT_MS);
	/* never known: the real engine would not have answered */
	fd = connect_tcp();
	SEND(fd, "\0\3\0\1.\0\3...\0\3...\0\3...");
	uint8_t bytes[64];
	struct pollfd p = { .fd = fd, .events = POLLIN };
	for (ssize_t n = 1; n > 0;) {
		assert_int_equal(poll(&p, 1, 30000), 1);
		n = recv(fd, bytes, sizeof bytes, 0);
	}
	(void)close(fd);
}

static void test_the_silent_give_way_and_end(void **state)
{
	(void)state;
	int all[TCP_HALF_OPEN + 1];

	for (int i = 0; i <= TCP_HALF_OPEN; i++)
		all[i] = connect_tcp();
	expect_end(all[0], BEFORE_TIMEOUT_MS); /* the oldest */
	SEND(all[TCP_HALF_OPEN], "\0\5\0\1!a.");
	expect(all[TCP_HALF_OPEN], "\0\5\0\1!a1", 7);
	for (int i = 1; i < TCP_HALF_OPEN; i++)
		expect_end(all[i], 8000);
	SEND(all[TCP_HALF_OPEN], "\0\3x..");
	expect(all[TCP_HALF_OPEN], "\0\3x.1", 5);
	(void)close(all[TCP_HALF_OPEN]);
}

static void test_a_port_that_is_taken(void **state)
{
	(void)state;
	struct sockaddr_storage address, taken;
	struct media_threads *m = NULL;
	char error[200] = "";

	assert_int_equal(udp_address_parse("127.0.0.1", 0, &address), 0);
	assert_int_equal(media_threads_tcp_address(threads, 0, &taken), 0);
	struct media_threads_config config = {
		.addresses = &address,
		.address_count = 1,
		.count = 1,
		.tcp = true,
		.tcp_port = ntohs(((struct sockaddr_in *)&taken)->sin_port),
	};
	assert_true(media_threads_start(&m, &config, error, sizeof error) < 0);
	assert_null(m);
	assert_non_null(strstr(error, "cannot use TCP 127.0.0.1:"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_each_goes_to_the_worker_that_it_names),
		TEST(test_the_first_frame_byte_by_byte),
		TEST(test_strangers_get_nothing),
		TEST(test_the_silent_give_way_and_end),
		TEST(test_a_port_that_is_taken),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
