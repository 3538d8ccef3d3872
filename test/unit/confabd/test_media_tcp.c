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
#include "confabd/media_tcp.h"
#include "confabd/media_thread.h"
#include "confabd/tcp_acceptor.h"
#include "engine_double.h"
#include "net/udp.h"
#include "turn_request.h"

static struct media_threads *threads;

static int setup(void **state)
{
	struct sockaddr_storage address;
	char error[200] = "";
	struct media_threads_config config = {
		.addresses = &address, .address_count = 1, .count = 2, .tcp = true, .turn = true
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
	SEND(fd, "\0\0"); /* an empty frame, of which there could be any number */
	expect_end(fd, BEFORE_TIMEOUT_MS);
	fd = connect_tcp();
	SEND(fd, "\0\5\0\7!a."); /* a worker that there is not */
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

/* ---- TURN, as it comes from the web port ---- */

struct turn_client {
	int fd;
	struct turn_credentials who;
	char nonce[64];
	struct sockaddr_storage media; /* its worker's address */
};

static struct turn_client turn_connect(unsigned worker)
{
	struct turn_client c = { 0 };
	struct sockaddr_storage from;
	struct sid who = { "PA_abcdefghijkl" };
	int fds[2];

	assert_int_equal(udp_address_parse("198.51.100.9", 40000, &from), 0);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
	assert_true(media_threads_turn(threads, fds[1], &from));
	assert_true(media_threads_turn_credentials(threads, worker, &who, &c.who));
	assert_int_equal(media_threads_address(threads, worker, 0, &c.media), 0);
	c.fd = fds[0];
	return c;
}

/* Reads one whole message; its length. */
static size_t turn_receive(const struct turn_client *c, uint8_t bytes[2000])
{
	struct framing f;
	uint8_t *frame;
	size_t n;

	framing_init_turn(&f);
	for (;;) {
		struct pollfd p = { .fd = c->fd, .events = POLLIN };

		assert_int_equal(poll(&p, 1, 30000), 1);
		ssize_t r = recv(c->fd, bytes, framing_missing(&f), 0);
		assert_true(r > 0);
		struct rd in = rd_of(bytes, (size_t)r);
		if (framing_next(&f, &in, &frame, &n))
			break;
	}
	memcpy(bytes, frame, n);
	return n;
}

/* A request, in pieces of so many bytes; the code of the answer. */
static int turn_ask(struct turn_client *c, struct turn_msg m, bool signs, size_t piece)
{
	uint8_t bytes[2000];
	struct turn_msg answer;
	size_t n = turn_request(bytes, sizeof bytes, m, signs ? &c->who : NULL, c->nonce);

	for (size_t at = 0; at < n; at += piece) {
		size_t size = n - at < piece ? n - at : piece;

		assert_int_equal(send(c->fd, bytes + at, size, MSG_NOSIGNAL), size);
		if (piece < n)
			(void)usleep(300);
	}
	n = turn_receive(c, bytes);
	assert_int_equal(turn_parse(&answer, bytes, n), STUN_OK);
	if (answer.nonce.p)
		turn_nonce_of(bytes, n, c->nonce);
	return answer.error_code;
}

static const struct turn_msg an_allocate = { .type = TURN_ALLOCATE,
					     .has_transport = true,
					     .transport = TURN_UDP };

static struct turn_client turn_allocate(unsigned worker)
{
	struct turn_client c = turn_connect(worker);

	assert_int_equal(turn_ask(&c, an_allocate, false, 2000), 401);
	assert_int_equal(turn_ask(&c, an_allocate, true, 2000), 0);
	return c;
}

static void test_turn_to_the_engine_and_back(void **state)
{
	(void)state;
	struct turn_client a = turn_connect(1), b = turn_allocate(0);
	struct turn_msg m = { .type = TURN_CREATE_PERMISSION, .peer_count = 1 };
	uint8_t bytes[2000];
	unsigned before = ended_paths;

	assert_int_equal(turn_ask(&a, an_allocate, false, 1), 401);
	assert_int_equal(turn_ask(&a, an_allocate, true, 1), 0);
	m.peers[0] = b.media; /* another worker's port, and our address */
	assert_int_equal(turn_ask(&a, m, true, 7), 0);
	m.type = TURN_CHANNEL_BIND;
	m.has_channel = true;
	m.channel = 0x4000;
	assert_int_equal(turn_ask(&a, m, true, 7), 403);
	m.peers[0] = a.media;

	/* before a channel is bound: indications */
	struct turn_msg packet = { .type = TURN_SEND,
				   .peer_count = 1,
				   .peers = { a.media },
				   .data = (const uint8_t *)"\0\1!abc.",
				   .data_length = 7 };
	size_t n = turn_request(bytes, sizeof bytes, packet, NULL, NULL);
	assert_int_equal(send(a.fd, bytes, n, MSG_NOSIGNAL), n);
	n = turn_receive(&a, bytes);
	assert_int_equal(turn_parse(&packet, bytes, n), STUN_OK);
	assert_int_equal(packet.type, TURN_DATA);
	assert_true(address_equal(&packet.peers[0], &a.media));
	assert_int_equal(packet.data_length, 7);
	assert_memory_equal(packet.data, "\0\1!abc1", 7);

	assert_int_equal(turn_ask(&a, m, true, 2000), 0);
	SEND(a.fd, "\x40\0\0\7\0\1!abc.\0\x40\0\0\4\0\1!.");
	expect(a.fd, "\x40\0\0\7\0\1!abc1\0\x40\0\0\4\0\1!1", 20);
	m.peers[0] = b.media;
	assert_int_equal(turn_ask(&b, m, true, 2000), 0);
	SEND(b.fd, "\x40\0\0\7\0\0!abc.\0");
	expect(b.fd, "\x40\0\0\7\0\0!abc0\0", 12);

	SEND(a.fd, "\x40\0\0\xff"); /* in the middle of a message */
	(void)close(a.fd);
	for (int i = 0; i < 30000 && ended_paths == before; i++)
		(void)usleep(1000);
	assert_int_equal(ended_paths, before + 1);
	(void)close(b.fd);
}

static void test_turn_sends_strangers_away(void **state)
{
	(void)state;
	static const char *const openings[] = { "\xff\xff\xff\xff", "GET / HTTP/1.1\r\n\r\n",
						"\x40\0\0\4abcd", "\0\3\xff\xff",
						"\0\3\0\1" /* no multiple of four */ };
	static const size_t lengths[] = { 4, 18, 8, 4, 4 };

	for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
		struct turn_client c = turn_connect(0);

		assert_int_equal(send(c.fd, openings[i], lengths[i], 0), lengths[i]);
		expect_end(c.fd, BEFORE_TIMEOUT_MS);
	}
	struct turn_client c = turn_connect(0);
	for (int i = 0; i < TCP_TURN_CHALLENGES; i++)
		assert_int_equal(turn_ask(&c, an_allocate, false, 2000), 401);
	uint8_t bytes[200];
	size_t n = turn_request(bytes, sizeof bytes, an_allocate, NULL, NULL);
	assert_int_equal(send(c.fd, bytes, n, 0), n);
	expect_end(c.fd, BEFORE_TIMEOUT_MS);
	/* credentials that are wrong, at the worker that they name: it says so so often */
	c = turn_connect(0);
	assert_int_equal(turn_ask(&c, an_allocate, false, 2000), 401);
	c.who.password[0] ^= 1;
	for (int i = 0; i < TURN_REFUSALS; i++)
		assert_int_equal(turn_ask(&c, an_allocate, true, 2000), 401);
	expect_end(c.fd, BEFORE_TIMEOUT_MS);
	/* a worker that there is not */
	c = turn_connect(0);
	(void)snprintf(c.who.username, sizeof c.who.username, "ffffffff:7:PA_abc");
	n = turn_request(bytes, sizeof bytes, an_allocate, &c.who, "x");
	assert_int_equal(send(c.fd, bytes, n, 0), n);
	expect_end(c.fd, BEFORE_TIMEOUT_MS);
}

static void test_turn_ends_with_the_participant(void **state)
{
	(void)state;
	struct turn_client all[TURN_ALLOCATIONS], more;
	struct turn_msg m = { .type = TURN_REFRESH, .has_lifetime = true };

	for (int i = 0; i < TURN_ALLOCATIONS; i++)
		all[i] = turn_allocate(0);
	more = turn_connect(0);
	assert_int_equal(turn_ask(&more, an_allocate, false, 2000), 401);
	assert_int_equal(turn_ask(&more, an_allocate, true, 2000), 486);
	assert_int_equal(turn_ask(&all[0], m, true, 2000), 0); /* it gives one up */
	expect_end(all[0].fd, BEFORE_TIMEOUT_MS);
	assert_int_equal(turn_ask(&more, an_allocate, true, 2000), 0);
	everybody_left = true;
	for (int i = 1; i < TURN_ALLOCATIONS; i++)
		expect_end(all[i].fd, 2 * MEDIA_TCP_SWEEP_US / 1000);
	everybody_left = false;
	(void)close(more.fd);
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
		TEST(test_turn_to_the_engine_and_back),
		TEST(test_turn_sends_strangers_away),
		TEST(test_turn_ends_with_the_participant),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
