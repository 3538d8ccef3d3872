/* SPDX-License-Identifier: Apache-2.0 */
/* TCP for media: real sockets, a reader that is slow, and what it gets in the end (R57). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/address.h"
#include "net/framing.h"
#include "net/tcp.h"
#include "net/udp.h"

struct ends {
	struct tcp tcp;
	int other;
};

static struct ends connect_ends(void)
{
	struct sockaddr_storage address, peer;
	struct ends e;
	char error[200] = "";

	assert_int_equal(udp_address_parse("127.0.0.1", 0, &address), 0);
	int listener = tcp_listen(&address, error, sizeof error);
	if (listener < 0)
		fail_msg("%s", error);
	assert_int_equal(tcp_accept(listener, &peer), -EAGAIN);
	assert_int_equal(tcp_local(listener, &address), 0);

	/* taken: the sentence names it */
	assert_int_equal(tcp_listen(&address, error, sizeof error), -EADDRINUSE);
	assert_non_null(strstr(error, "cannot use TCP 127.0.0.1:"));

	const int small = 4096;
	e.other = socket(AF_INET, SOCK_STREAM, 0);
	(void)setsockopt(e.other, SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
	assert_int_equal(connect(e.other, (void *)&address, address_length(&address)), 0);
	struct pollfd p = { .fd = listener, .events = POLLIN };
	assert_int_equal(poll(&p, 1, 30000), 1);
	int fd = tcp_accept(listener, &peer);
	assert_true(fd >= 0);
	assert_int_equal(peer.ss_family, AF_INET);
	tcp_init(&e.tcp, fd);
	(void)close(listener);
	return e;
}

static void ends_close(struct ends *e)
{
	tcp_fini(&e->tcp);
	if (e->other >= 0)
		(void)close(e->other);
}

/* Frames carry their number and kind. */
static void make(uint8_t *bytes, size_t n, uint32_t number, bool video)
{
	memset(bytes, (int)(number & 0xff), n);
	memcpy(bytes, &number, sizeof number);
	bytes[4] = video;
}

struct seen {
	uint32_t audio, video, last;
	struct framing framing;
};

static void read_some(struct ends *e, struct seen *seen)
{
	uint8_t bytes[8192], *frame;
	ssize_t n = recv(e->other, bytes, sizeof bytes, MSG_DONTWAIT);
	struct rd in = rd_of(bytes, n > 0 ? (size_t)n : 0);
	size_t length;

	while (framing_next(&seen->framing, &in, &frame, &length)) {
		uint32_t number;

		memcpy(&number, frame, sizeof number);
		assert_true(number > seen->last); /* whole, once, in order */
		assert_int_equal(length, frame[4] ? 1100 : 110);
		for (size_t i = 5; i < length; i++)
			assert_int_equal(frame[i], number & 0xff);
		seen->last = number;
		*(frame[4] ? &seen->video : &seen->audio) += 1;
	}
	assert_false(seen->framing.bad);
}

static void test_slow_reader_loses_old_video(void **state)
{
	(void)state;
	struct ends e = connect_ends();
	struct seen seen = { 0 };
	uint8_t bytes[1100];
	uint32_t number = 0, audio = 0;

	framing_init(&seen.framing);
	for (int round = 0; round < 2000; round++) {
		for (int i = 0; i < 4; i++) {
			make(bytes, sizeof bytes, ++number, true);
			(void)tcp_put(&e.tcp, bytes, 1100, true);
		}
		make(bytes, 110, ++number, false);
		audio += tcp_put(&e.tcp, bytes, 110, false);
		assert_true(tcp_flush(&e.tcp) >= 0);
		assert_true(e.tcp.end - e.tcp.start <= TCP_QUEUE && e.tcp.capacity <= TCP_QUEUE);
		if (round % 8 == 0)
			read_some(&e, &seen); /* a tenth of what comes */
	}
	assert_int_equal(audio, 2000);
	assert_true(e.tcp.dropped > 4000);
	for (int i = 0; i < 10000 && seen.last != number; i++) {
		read_some(&e, &seen);
		assert_true(tcp_flush(&e.tcp) >= 0);
	}
	assert_int_equal(seen.last, number);
	assert_int_equal(seen.audio, 2000); /* none of it */
	assert_int_equal(seen.video + seen.audio + e.tcp.dropped, number);
	ends_close(&e);
}

static void test_nothing_but_audio_is_bounded_too(void **state)
{
	(void)state;
	struct ends e = connect_ends();
	uint8_t bytes[1100];
	uint32_t taken = 0;

	for (uint32_t i = 1; i < 20000; i++) {
		make(bytes, 110, i, false);
		taken += tcp_put(&e.tcp, bytes, 110, false);
	}
	assert_int_equal(taken, TCP_FRAMES);
	assert_false(tcp_put(&e.tcp, bytes, 0, false));
	ends_close(&e);
}

static void test_the_other_side_goes(void **state)
{
	(void)state;
	struct ends e = connect_ends();
	uint8_t bytes[1100] = { 0 };
	int r = 0;

	assert_int_equal(tcp_read(&e.tcp, bytes, sizeof bytes), 0);
	assert_int_equal(send(e.other, "x", 1, 0), 1);
	struct pollfd p = { .fd = e.tcp.fd, .events = POLLIN };
	assert_int_equal(poll(&p, 1, 30000), 1);
	assert_int_equal(tcp_read(&e.tcp, bytes, sizeof bytes), 1);
	(void)close(e.other);
	e.other = -1;
	assert_int_equal(poll(&p, 1, 30000), 1);
	assert_int_equal(tcp_read(&e.tcp, bytes, sizeof bytes), -ECONNRESET);
	for (int i = 0; i < 1000 && r >= 0; i++) { /* no SIGPIPE */
		(void)tcp_put(&e.tcp, bytes, sizeof bytes, true);
		r = tcp_flush(&e.tcp);
	}
	assert_true(r < 0);
	ends_close(&e);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_slow_reader_loses_old_video),
		cmocka_unit_test(test_nothing_but_audio_is_bounded_too),
		cmocka_unit_test(test_the_other_side_goes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
