/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <errno.h>
#include <poll.h>
#include <string.h>

#include "base/clock.h"
#include "net/udp.h"

/* Two sockets on the loopback interface. */
static void open_pair(const char *ip, struct udp *a, struct udp *b, struct sockaddr_storage *to_b)
{
	struct sockaddr_storage any;

	assert_int_equal(udp_address_parse(ip, 0, &any), 0);
	assert_int_equal(udp_init(a, &any, NULL, 0), 0);
	assert_int_equal(udp_init(b, &any, NULL, 0), 0);
	assert_int_equal(udp_local(b, to_b), 0);
}

static int receive_some(struct udp *u, struct udp_datagram in[UDP_BATCH])
{
	struct pollfd p = { .fd = u->fd, .events = POLLIN };

	assert_int_equal(poll(&p, 1, 30000), 1);
	return udp_receive(u, in);
}

/* Runs of equal sizes, shorter tails, single ones: all arrive, whole and in order. */
static void check_runs(const char *ip, bool gso)
{
	static const uint16_t sizes[] = { 1100, 1100, 1100, 700, 1100, 20, 20, 21, 1, 1200, 1200 };
	enum { COUNT = sizeof sizes / sizeof *sizes, REPEAT = 12 };
	struct udp a, b;
	struct sockaddr_storage to;
	struct udp_datagram in[UDP_BATCH];
	uint8_t bytes[1500];
	unsigned got = 0;

	open_pair(ip, &a, &b, &to);
	a.gso = a.gso && gso;
	for (unsigned i = 0; i < COUNT * REPEAT; i++) {
		memset(bytes, (int)(i & 0xff), sizeof bytes);
		udp_put(&a, &to, bytes, sizes[i % COUNT]);
	}
	udp_flush(&a);
	while (got < COUNT * REPEAT) {
		int n = receive_some(&b, in);

		assert_true(n > 0);
		for (int i = 0; i < n; i++, got++) {
			assert_int_equal(in[i].length, sizes[got % COUNT]);
			assert_int_equal(in[i].bytes[0], got & 0xff);
			assert_int_equal(in[i].bytes[in[i].length - 1], got & 0xff);
		}
	}
	assert_int_equal(udp_receive(&b, in), 0);
	assert_int_equal(a.sent, COUNT * REPEAT);
	assert_int_equal(b.received, COUNT * REPEAT);
	assert_int_equal(a.send_failed + a.send_full + a.gso_refused, 0);
	udp_fini(&a);
	udp_fini(&b);
}

static void test_runs(void **state)
{
	(void)state;
	check_runs("127.0.0.1", true);
	check_runs("127.0.0.1", false);
}

static void test_ipv6(void **state)
{
	struct sockaddr_storage any;
	struct udp u;

	(void)state;
	assert_int_equal(udp_address_parse("[::1]", 0, &any), 0);
	if (udp_init(&u, &any, NULL, 0) < 0)
		skip(); /* no IPv6 on this machine */
	udp_fini(&u);
	check_runs("::1", true);
}

/* An RTP packet of a stream, with its number. */
static void put_rtp(struct udp *u, const struct sockaddr_storage *to, uint8_t stream,
		    uint8_t number, size_t n)
{
	uint8_t bytes[UDP_SLOT] = { 0x80, 96, 0, number, [8] = 1, 2, 3, stream };

	memset(bytes + 12, number, n - 12);
	udp_put(u, to, bytes, n);
}

static void open_receivers(struct udp *a, struct udp *b, struct sockaddr_storage *to, int count)
{
	open_pair("127.0.0.1", a, &b[0], &to[0]);
	for (int k = 1; k < count; k++) {
		assert_int_equal(udp_address_parse("127.0.0.1", 0, &to[k]), 0);
		assert_int_equal(udp_init(&b[k], &to[k], NULL, 0), 0);
		assert_int_equal(udp_local(&b[k], &to[k]), 0);
	}
}

/* Streams of all sizes to several receivers, at random: each gets all of it, whole and in order. */
static void test_order(void **state)
{
	enum { RECEIVERS = 3, STREAMS = 5, ROUNDS = 400, AT_ONCE = 40 };
	static const uint16_t sizes[] = { 60, 60, 90, 120, 120, 500, 1000, 1000, 1000, 1100 };
	struct udp a, b[RECEIVERS];
	struct sockaddr_storage to[RECEIVERS];
	struct udp_datagram in[UDP_BATCH];
	uint8_t sent[RECEIVERS] = { 0 }, got[RECEIVERS] = { 0 };
	unsigned random = 7;

	(void)state;
	open_receivers(&a, b, to, RECEIVERS);
	for (int round = 0; round < ROUNDS; round++) {
		unsigned count[RECEIVERS] = { 0 };

		for (int i = 0; i < AT_ONCE; i++) {
			random = random * 1103515245 + 12345;
			unsigned k = (random >> 16) % RECEIVERS, stream = (random >> 20) % STREAMS;

			put_rtp(&a, &to[k], (uint8_t)stream, sent[k]++,
				sizes[(random >> 24) % (sizeof sizes / sizeof *sizes)]);
			count[k]++;
		}
		udp_flush(&a);
		for (unsigned k = 0; k < RECEIVERS; k++) {
			int n;

			for (; count[k] > 0; count[k] -= (unsigned)n) {
				n = receive_some(&b[k], in);
				assert_true(n > 0 && (unsigned)n <= count[k]);
				for (int i = 0; i < n; i++) {
					const uint8_t *p = in[i].bytes;

					assert_int_equal(p[3], got[k]++);
					assert_int_equal(p[in[i].length - 1], p[3]);
				}
			}
		}
	}
	assert_int_equal(a.sent, ROUNDS * AT_ONCE);
	assert_int_equal(a.send_failed + a.send_full + a.gso_refused, 0);
	udp_fini(&a);
	for (int k = 0; k < RECEIVERS; k++)
		udp_fini(&b[k]);
}

/* What is read beside udp_receive's stays until it is given back. */
static void test_more(void **state)
{
	struct udp a, b;
	struct sockaddr_storage to;
	struct udp_datagram first[UDP_BATCH], more[UDP_BATCH], again[UDP_BATCH];
	uint8_t bytes[100];
	unsigned number = 0;

	(void)state;
	open_pair("127.0.0.1", &a, &b, &to);
	a.gso = false;
	for (; number < 2; number++) {
		memset(bytes, (int)number, sizeof bytes);
		udp_put(&a, &to, bytes, sizeof bytes);
	}
	udp_flush(&a);
	assert_int_equal(receive_some(&b, first), 2);
	for (; number < 2 + UDP_BATCH + 3; number++) {
		memset(bytes, (int)number, sizeof bytes);
		udp_put(&a, &to, bytes, sizeof bytes);
	}
	udp_flush(&a);
	assert_int_equal(udp_receive_more(&b, more), UDP_BATCH);
	assert_int_equal(udp_receive_more(&b, again), -ENOBUFS);
	udp_release(&b, &more[5]);
	udp_release(&b, &more[63]);
	assert_int_equal(udp_receive_more(&b, again), 2);
	assert_int_equal(udp_receive(&b, first), 1);
	for (unsigned i = 0; i < UDP_BATCH; i++)
		if (i != 5 && i != 63)
			assert_int_equal(more[i].bytes[99], 2 + i);
	assert_int_equal(again[0].bytes[0], 66);
	assert_int_equal(again[1].bytes[0], 67);
	assert_int_equal(first[0].bytes[0], 68);
	assert_int_equal(b.received, number);
	udp_fini(&a);
	udp_fini(&b);
}

/* A run that the kernel refuses as one message is sent datagram by datagram. */
static void test_gso_fallback(void **state)
{
	struct udp a, b;
	struct sockaddr_storage to;
	struct udp_datagram in[UDP_BATCH];
	uint8_t bytes[UDP_SLOT] = { 7 };
	int got = 0;

	(void)state;
	open_pair("127.0.0.1", &a, &b, &to);
	if (!a.gso)
		skip();
	/* without checksums the kernel refuses to cut a message into segments: EINVAL */
	const int on = 1;
	assert_int_equal(setsockopt(a.fd, SOL_SOCKET, SO_NO_CHECK, &on, sizeof on), 0);
	for (int i = 0; i < UDP_RUN_MAX; i++)
		udp_put(&a, &to, bytes, 1000);
	udp_put(&a, &to, bytes, 10);
	udp_flush(&a);
	while (got < UDP_RUN_MAX + 1)
		got += receive_some(&b, in);
	assert_int_equal(got, UDP_RUN_MAX + 1);
	assert_int_equal(a.sent, UDP_RUN_MAX + 1);
	assert_int_equal(a.gso_refused, 1);
	udp_fini(&a);
	udp_fini(&b);
}

/* Two datagrams 30 ms apart, read together 20 ms later:
 * their arrivals are still apart, and in the past. */
static void test_arrival(void **state)
{
	struct udp a, b;
	struct sockaddr_storage to;
	struct udp_datagram in[UDP_BATCH];
	uint8_t bytes[100] = { 0 };
	uint64_t before = clock_now_us();

	(void)state;
	open_pair("127.0.0.1", &a, &b, &to);
	for (int i = 0; i < 2; i++) {
		udp_put(&a, &to, bytes, sizeof bytes);
		udp_flush(&a);
		(void)poll(NULL, 0, i == 0 ? 30 : 20);
	}
	assert_int_equal(udp_receive(&b, in), 2);
	uint64_t after = clock_now_us();
	assert_true(in[0].arrival >= before && in[1].arrival <= after - 15000);
	assert_true(in[1].arrival - in[0].arrival >= 25000);
	udp_fini(&a);
	udp_fini(&b);
}

static void test_errors(void **state)
{
	struct udp a, b;
	struct sockaddr_storage address;
	char error[200] = "", text[UDP_ADDRESS_TEXT];

	(void)state;
	assert_int_equal(udp_address_parse("127.0.0.1", 0, &address), 0);
	assert_int_equal(udp_init(&a, &address, NULL, 0), 0);
	assert_int_equal(udp_local(&a, &address), 0);
	udp_address_text(&address, text);
	assert_int_equal(udp_init(&b, &address, error, sizeof error), -EADDRINUSE);
	assert_non_null(strstr(error, text));
	assert_non_null(strstr(error, "in use"));
	udp_fini(&a);

	assert_int_equal(udp_address_parse("192.0.2.77", 7882, &address), 0); /* TEST-NET-1 */
	assert_int_equal(udp_init(&b, &address, error, sizeof error), -EADDRNOTAVAIL);
	assert_non_null(strstr(error, "192.0.2.77:7882"));
	assert_int_equal(udp_address_parse("localhost", 1, &address), -EINVAL);
	assert_int_equal(udp_address_parse("", 1, &address), -EINVAL);
	assert_int_equal(udp_address_parse("1.2.3.4.5", 1, &address), -EINVAL);
	assert_int_equal(udp_address_parse("2001:db8::1", 443, &address), 0);
	udp_address_text(&address, text);
	assert_string_equal(text, "[2001:db8::1]:443");
}

/* Datagrams longer than a slot are dropped, not cut; the next one is not harmed. */
static void test_truncation(void **state)
{
	struct udp a, b;
	struct sockaddr_storage to;
	struct udp_datagram in[UDP_BATCH];
	static uint8_t bytes[UDP_SLOT + 1];

	(void)state;
	open_pair("127.0.0.1", &a, &b, &to);
	assert_int_equal(sendto(a.fd, bytes, sizeof bytes, 0, (void *)&to, sizeof to),
			 sizeof bytes);
	udp_put(&a, &to, (const uint8_t *)"next", 4);
	udp_put(&a, &to, bytes, sizeof bytes); /* refused here already */
	udp_flush(&a);
	int got = receive_some(&b, in);
	if (got == 0)
		got = receive_some(&b, in);
	assert_int_equal(got, 1);
	assert_memory_equal(in[0].bytes, "next", 4);
	assert_int_equal(b.truncated, 1);
	assert_int_equal(a.send_failed, 1);
	udp_fini(&a);
	udp_fini(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_runs),	     cmocka_unit_test(test_order),
		cmocka_unit_test(test_more),	     cmocka_unit_test(test_ipv6),
		cmocka_unit_test(test_gso_fallback), cmocka_unit_test(test_arrival),
		cmocka_unit_test(test_errors),	     cmocka_unit_test(test_truncation),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
