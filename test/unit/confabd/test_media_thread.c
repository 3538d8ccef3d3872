/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The worker threads with an engine made for the test: it echoes datagrams, answers each command
 * with as many events as the command's id says, and remembers its ticks.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <errno.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "confabd/media_thread.h"
#include "engine_double.h"
#include "net/udp.h"

static struct sockaddr_storage loopback(const char *ip)
{
	struct sockaddr_storage a;

	assert_int_equal(udp_address_parse(ip, 0, &a), 0);
	return a;
}

static struct media_threads *start(const struct sockaddr_storage *addresses, size_t count,
				   unsigned workers)
{
	struct media_threads *m = NULL;
	char error[200];
	const struct media_threads_config config = { .addresses = addresses,
						     .address_count = count,
						     .count = workers };

	if (media_threads_start(&m, &config, error, sizeof error) < 0)
		fail_msg("%s", error);
	return m;
}

static void echo(struct media_threads *m, unsigned worker, size_t k, const char *text)
{
	struct sockaddr_storage to;
	struct sockaddr_in from = { 0 };
	socklen_t size = sizeof from;
	char back[100] = "";
	int fd = socket(AF_INET, SOCK_DGRAM, 0);
	struct pollfd p = { .fd = fd, .events = POLLIN };

	assert_int_equal(media_threads_address(m, worker, k, &to), 0);
	assert_true(sendto(fd, text, strlen(text), 0, (void *)&to, sizeof(struct sockaddr_in)) > 0);
	assert_int_equal(poll(&p, 1, 30000), 1);
	assert_int_equal(recvfrom(fd, back, sizeof back, 0, (void *)&from, &size), strlen(text));
	assert_string_equal(back, text);
	/* it comes back from where it was sent to, also with two sockets of one family */
	assert_memory_equal(&from.sin_addr, &((struct sockaddr_in *)&to)->sin_addr, 4);
	assert_int_equal(from.sin_port, ((struct sockaddr_in *)&to)->sin_port);
	(void)close(fd);
}

/* What a thread has had of processors grows with what it does, and is its own. */
static void test_time_of_the_threads(void **state)
{
	struct sockaddr_storage address = loopback("127.0.0.1");
	struct media_threads *m = start(&address, 1, 2);
	uint64_t run[2] = { 0 }, wait[2] = { 0 }, more = 0;

	(void)state;
	echo(m, 0, 0, "started");
	echo(m, 1, 0, "started");
	assert_true(media_threads_time(m, 0, &run[0], &wait[0]));
	assert_true(media_threads_time(m, 1, &run[1], &wait[1]));
	while (more < run[0] + 2000) {
		echo(m, 0, 0, "work");
		assert_true(media_threads_time(m, 0, &more, &wait[0]));
		assert_true(more >= run[0]);
	}
	assert_true(media_threads_time(m, 1, &more, &wait[1]));
	assert_true(more < run[1] + 2000);
	(void)media_threads_stop(m);
}

static void test_datagrams(void **state)
{
	struct sockaddr_storage addresses[2] = { loopback("127.0.0.1"), loopback("127.0.0.2") };
	struct media_threads *m = start(addresses, 2, 3);
	struct media_counters counters;
	struct sockaddr_storage ignored;

	(void)state;
	assert_int_equal(media_threads_count(m), 3);
	for (unsigned worker = 0; worker < 3; worker++) {
		echo(m, worker, 0, "one");
		echo(m, worker, 1, "three");
	}
	assert_int_equal(media_threads_address(m, 3, 0, &ignored), -EINVAL);
	assert_int_equal(media_threads_address(m, 0, 2, &ignored), -EINVAL);
	for (int i = 0; i < 30000; i++) { /* published at the end of a turn */
		media_threads_counters(m, &counters);
		if (counters.datagrams_out == 6)
			break;
		(void)nanosleep(&(struct timespec){ .tv_nsec = 1000000 }, NULL);
	}
	assert_int_equal(counters.datagrams_in, 6);
	assert_int_equal(counters.datagrams_out, 6);
	assert_int_equal(counters.bytes_in, 24);
	assert_null(media_threads_stop(m));
	assert_int_equal(engines, 0);
}

static void put(struct media_threads *m, enum plane_cmd_type type, uint32_t id)
{
	struct plane_cmd cmd = { .type = type, .id = id, .sdp = strdup("v=0") };

	while (!media_threads_cmd(m, 0, &cmd))
		(void)nanosleep(&(struct timespec){ .tv_nsec = 100000 }, NULL);
}

/* Many more events than all queues hold: none is lost, all are in order. */
static void test_full_event_queue(void **state)
{
	struct sockaddr_storage address = loopback("127.0.0.1");
	struct media_threads *m = start(&address, 1, 1);
	struct plane_event event;
	enum { EVENTS = 3 * MEDIA_EVENTS + 3 * MEDIA_EVENTS_PENDING };

	(void)state;
	put(m, CMD_JOIN, EVENTS);
	for (int i = 0; i < 300; i++)
		put(m, CMD_JOIN, 1);
	(void)nanosleep(&(struct timespec){ .tv_nsec = 20000000 }, NULL); /* let it fill up */
	for (uint32_t got = 0; got < EVENTS + 300;) {
		struct pollfd p = { .fd = media_threads_wake_fd(m, 0), .events = POLLIN };

		assert_int_equal(poll(&p, 1, 30000), 1);
		media_threads_drain_wake(m, 0);
		while (media_threads_event(m, 0, &event)) {
			assert_int_equal(event.id, got++);
			plane_event_fini(&event);
		}
	}
	echo(m, 0, 0, "alive");
	assert_null(media_threads_stop(m));
}

/* Stopping with full queues on both sides loses no memory (the sanitizer watches) and ends. */
static void test_stop_when_full(void **state)
{
	struct sockaddr_storage address = loopback("127.0.0.1");
	struct media_threads *m = start(&address, 1, 1);
	bool full = false;

	(void)state;
	put(m, CMD_JOIN, 2 * MEDIA_EVENTS);
	for (int i = 0; i < 3 * MEDIA_COMMANDS && !full; i++) {
		struct plane_cmd cmd = { .type = CMD_JOIN, .id = 1, .sdp = strdup("v=0") };

		full = !media_threads_cmd(m, 0, &cmd);
		if (full)
			plane_cmd_fini(&cmd);
	}
	assert_true(full);
	assert_null(media_threads_stop(m));
	assert_null(media_threads_stop(NULL));
}

static uint64_t cpu_us(void)
{
	struct timespec t;

	assert_int_equal(clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t), 0);
	return (uint64_t)t.tv_sec * US_PER_S + (uint64_t)t.tv_nsec / 1000;
}

/* The engine's deadline is kept, never early; in between the thread sleeps. */
static void test_ticks_and_idle(void **state)
{
	struct sockaddr_storage address = loopback("127.0.0.1");
	struct media_threads *m = start(&address, 1, 2);
	unsigned before = ticks;

	(void)state;
	put(m, CMD_LEAVE, 30 * US_PER_MS);
	for (int i = 0; i < 30000 && ticks == before; i++)
		(void)nanosleep(&(struct timespec){ .tv_nsec = 1000000 }, NULL);
	assert_int_equal(ticks, before + 1);
	assert_int_equal(early_ticks, 0);
	uint64_t start_us = cpu_us();
	(void)nanosleep(&(struct timespec){ .tv_nsec = 200000000 }, NULL);
	assert_true(cpu_us() - start_us < 20 * US_PER_MS);
	assert_null(media_threads_stop(m));
}

/* A worker with more to do than it can delays its own rooms; nobody else's. */
static void test_a_busy_worker_is_alone_with_it(void **state)
{
	struct sockaddr_storage address = loopback("127.0.0.1");
	struct media_threads *m = start(&address, 1, 2);
	const struct plane_cmd block = { .type = CMD_MUTE_TRACK };
	const struct plane_cmd ask = { .type = CMD_OFFER, .id = 3 };
	struct plane_event event;

	(void)state;
	busy = true;
	reached = false;
	assert_true(media_threads_cmd(m, 0, &block));
	while (!reached)
		(void)usleep(100);
	assert_true(media_threads_cmd(m, 0, &ask));
	for (int i = 0; i < 100; i++)
		echo(m, 1, 0, "free");
	assert_true(media_threads_cmd(m, 1, &ask));
	for (int got = 0; got < 3;) {
		struct pollfd p = { .fd = media_threads_wake_fd(m, 1), .events = POLLIN };

		assert_int_equal(poll(&p, 1, 30000), 1);
		media_threads_drain_wake(m, 1);
		for (; media_threads_event(m, 1, &event); got++)
			plane_event_fini(&event);
	}
	assert_false(media_threads_event(m, 0, &event)); /* it is still busy */
	busy = false;
	echo(m, 0, 0, "and back");
	assert_null(media_threads_stop(m));
}

static void expect(int fd, const char *text)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	char back[100] = "";

	assert_int_equal(poll(&p, 1, 30000), 1);
	assert_int_equal(recv(fd, back, sizeof back - 1, 0), strlen(text));
	assert_string_equal(back, text);
}

/* Flights of handshakes wait for the media that was read with them, and for what comes while they take long. */
static void test_media_goes_before_handshakes(void **state)
{
	static const char *const sent[] = { "\x16w",
					    "\x16"
					    "a",
					    "\x16"
					    "b",
					    "media",
					    "\x16"
					    "c" };
	struct sockaddr_storage address = loopback("127.0.0.1"), to;
	struct media_threads *m = start(&address, 1, 1);
	const struct plane_cmd block = { .type = CMD_MUTE_TRACK };
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	(void)state;
	assert_int_equal(media_threads_address(m, 0, 0, &to), 0);
	assert_int_equal(connect(fd, (void *)&to, sizeof(struct sockaddr_in)), 0);
	busy = shaking = true;
	reached = shaken = false;
	assert_true(media_threads_cmd(m, 0, &block));
	while (!reached)
		(void)usleep(100);
	for (size_t i = 0; i < sizeof sent / sizeof *sent; i++)
		assert_true(send(fd, sent[i], strlen(sent[i]), 0) > 0);
	busy = false; /* all of them are read together */
	expect(fd, "media");
	while (!shaken)
		(void)usleep(100);
	assert_true(send(fd, "more", 4, 0) == 4);
	(void)usleep(2000); /* the first one has taken long then, whatever the machine does */
	shaking = false;
	expect(fd, "\x16w");
	expect(fd, "more");
	expect(fd, "\x16"
		   "a");
	expect(fd, "\x16"
		   "b");
	expect(fd, "\x16"
		   "c");
	assert_null(media_threads_stop(m));
	(void)close(fd);
}

static void assert_ip(const struct sockaddr_storage *a, const char *ip)
{
	char text[UDP_ADDRESS_TEXT];

	udp_ip_text(a, text);
	assert_string_equal(text, ip);
}

/* Behind a NAT: offered is what clients reach; what is behind it is bound, once, however many lead there. */
static void test_behind_a_nat(void **state)
{
	struct sockaddr_storage offered[3] = { loopback("203.0.113.7"), loopback("127.0.0.1"),
					       loopback("127.0.0.2") };
	struct sockaddr_storage locals[3] = { loopback("127.0.0.1"), loopback("127.0.0.1"),
					      loopback("127.0.0.2") };
	struct media_threads_config c = {
		.addresses = offered, .locals = locals, .address_count = 3, .count = 2, .tcp = true
	};
	struct media_threads *m = NULL;
	struct sockaddr_storage a[4];
	char error[200];

	(void)state;
	if (media_threads_start(&m, &c, error, sizeof error) < 0)
		fail_msg("%s", error);
	for (size_t k = 0; k < 3; k++)
		assert_int_equal(media_threads_address(m, 1, k, &a[k]), 0);
	assert_int_equal(media_threads_address(m, 1, 3, &a[3]), -EINVAL);
	assert_ip(&a[0], "203.0.113.7");
	assert_ip(&a[1], "127.0.0.1");
	assert_ip(&a[2], "127.0.0.2");
	assert_int_equal(((struct sockaddr_in *)&a[0])->sin_port,
			 ((struct sockaddr_in *)&a[1])->sin_port);
	echo(m, 1, 1, "behind it");
	echo(m, 1, 2, "beside it");
	for (size_t k = 0; k < 3; k++)
		assert_int_equal(media_threads_tcp_address(m, k, &a[k]), 0);
	assert_ip(&a[0], "203.0.113.7");
	assert_true(((struct sockaddr_in *)&a[0])->sin_port != 0);
	assert_int_equal(((struct sockaddr_in *)&a[0])->sin_port,
			 ((struct sockaddr_in *)&a[1])->sin_port);
	assert_null(media_threads_stop(m));
}

static void test_errors(void **state)
{
	struct sockaddr_storage address = loopback("127.0.0.1"), any = loopback("0.0.0.0"), taken;
	struct media_threads *m = start(&address, 1, 1), *none = NULL;
	char error[200], text[UDP_ADDRESS_TEXT];
	struct media_threads_config c = { .addresses = &address, .address_count = 1, .count = 1 };

	(void)state;
	assert_int_equal(media_threads_address(m, 0, 0, &taken), 0);
	c.port = ntohs(((struct sockaddr_in *)&taken)->sin_port);
	udp_address_text(&taken, text);
	assert_int_equal(media_threads_start(&none, &c, error, sizeof error), -EADDRINUSE);
	assert_non_null(strstr(error, text));
	c.port = 65535;
	c.count = 2;
	assert_int_equal(media_threads_start(&none, &c, error, sizeof error), -EINVAL);
	assert_non_null(strstr(error, "65536"));
	c = (struct media_threads_config){ .addresses = &any, .address_count = 1, .count = 1 };
	assert_int_equal(media_threads_start(&none, &c, error, sizeof error), -EINVAL);
	assert_non_null(strstr(error, "0.0.0.0"));
	c.address_count = 0;
	assert_int_equal(media_threads_start(&none, &c, NULL, 0), -EINVAL);
	assert_null(none);
	assert_null(media_threads_stop(m));
	assert_int_equal(engines, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_datagrams),
		cmocka_unit_test(test_time_of_the_threads),
		cmocka_unit_test(test_full_event_queue),
		cmocka_unit_test(test_stop_when_full),
		cmocka_unit_test(test_ticks_and_idle),
		cmocka_unit_test(test_a_busy_worker_is_alone_with_it),
		cmocka_unit_test(test_media_goes_before_handshakes),
		cmocka_unit_test(test_behind_a_nat),
		cmocka_unit_test(test_errors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
