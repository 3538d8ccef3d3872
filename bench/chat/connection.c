/* SPDX-License-Identifier: Apache-2.0 */
/* Bytes of the load client: HTTP/1.1 requests and WebSocket frames, no more of either than it needs. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "client.h"

enum { OPCODE_TEXT = 1, OPCODE_PING = 9, OPCODE_PONG = 10, FIN = 0x80, MASKED = 0x80 };

void fail(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	(void)fputs("bench_chat: ", stderr);
	(void)vfprintf(stderr, format, args);
	(void)fputc('\n', stderr);
	va_end(args);
	exit(1);
}

void connection_open(struct connection *c, uint16_t port)
{
	const struct sockaddr_in to = { .sin_family = AF_INET,
					.sin_port = htons(port),
					.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int on = 1;

	c->begin = c->length = 0;
	c->closed = c->stamped = false;
	c->fd = socket(AF_INET, SOCK_STREAM, 0);
	if (c->fd < 0 || connect(c->fd, (const struct sockaddr *)&to, sizeof to) < 0)
		fail("port %u: %s", port, strerror(errno));
	(void)setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

void connection_stamp(struct connection *c, bool on)
{
	int value = on;

	if (setsockopt(c->fd, SOL_SOCKET, SO_TIMESTAMPNS, &value, sizeof value) < 0)
		fail("%s", strerror(errno));
	c->stamped = on;
}

void connection_watch(struct connection *c, int epoll, uint64_t tag)
{
	struct epoll_event event = { .events = EPOLLIN, .data.u64 = tag };

	if (fcntl(c->fd, F_SETFL, O_NONBLOCK) < 0 ||
	    epoll_ctl(epoll, EPOLL_CTL_ADD, c->fd, &event) < 0)
		fail("%s", strerror(errno));
}

void connection_write(struct connection *c, const void *bytes, size_t n)
{
	const char *at = bytes;

	while (n > 0) {
		ssize_t sent = send(c->fd, at, n, MSG_NOSIGNAL);

		if (sent < 0 && errno == EAGAIN)
			(void)poll(&(struct pollfd){ .fd = c->fd, .events = POLLOUT }, 1, -1);
		else if (sent < 0)
			fail("sending: %s", strerror(errno));
		at += sent > 0 ? sent : 0;
		n -= sent > 0 ? (size_t)sent : 0;
	}
}

static void take_stamp(struct connection *c, struct msghdr *message)
{
	struct timespec stamp;

	for (struct cmsghdr *m = CMSG_FIRSTHDR(message); m; m = CMSG_NXTHDR(message, m)) {
		if (m->cmsg_level != SOL_SOCKET || m->cmsg_type != SCM_TIMESTAMPNS)
			continue;
		memcpy(&stamp, CMSG_DATA(m), sizeof stamp);
		c->read_at_us = (uint64_t)stamp.tv_sec * US_PER_S + (uint64_t)stamp.tv_nsec / 1000;
	}
}

static ssize_t read_stamped(struct connection *c, struct iovec room)
{
	char control[CMSG_SPACE(sizeof(struct timespec))];
	struct msghdr message = { .msg_iov = &room,
				  .msg_iovlen = 1,
				  .msg_control = control,
				  .msg_controllen = sizeof control };
	ssize_t n = recvmsg(c->fd, &message, 0);

	c->read_at_us = clock_wall_us();
	if (n > 0)
		take_stamp(c, &message);
	return n;
}

/* What is not understood yet. */
static char *start(struct connection *c)
{
	return c->buffer + c->begin;
}

void connection_read(struct connection *c)
{
	if (c->begin && c->length)
		memmove(c->buffer, start(c), c->length);
	c->begin = 0;
	struct iovec room = { c->buffer + c->length, sizeof c->buffer - 1 - c->length };
	ssize_t n = c->stamped ? read_stamped(c, room)
			       : recv(c->fd, room.iov_base, room.iov_len, 0);

	if (n < 0 && errno == EAGAIN)
		n = 0;
	else if (n <= 0)
		fail("the server closed a connection: %.300s", c->buffer);
	c->length += (size_t)n;
	c->buffer[c->length] = '\0';
}

void connection_drop(struct connection *c, size_t n)
{
	c->begin += n;
	c->length -= n;
}

/* ---- HTTP ---- */

size_t request_write(char *ret, size_t capacity, const char *path, const char *token,
		     const char *body)
{
	int n = snprintf(ret, capacity,
			 "POST %s HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer %s\r\n"
			 "Content-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s",
			 path, token, strlen(body), body);

	return (size_t)n;
}

int answer_take(struct connection *c)
{
	const char *answer = start(c);
	const char *end = c->length ? strstr(answer, "\r\n\r\n") : NULL;
	const char *length = end ? strcasestr(answer, "\r\ncontent-length: ") : NULL;

	if (!end)
		return 0;
	if (!length || length > end)
		fail("an answer without a length: %.300s", answer);
	size_t whole = (size_t)(end + 4 - answer) + strtoul(length + 18, NULL, 10);
	if (c->length < whole)
		return 0;
	int status = atoi(answer + strlen("HTTP/1.1 "));
	if (status >= 300)
		fail("answered %.*s", (int)whole, answer);
	connection_drop(c, whole);
	return status;
}

/* ---- WebSocket ---- */

static void send_frame(struct connection *c, unsigned opcode, const char *payload, size_t n)
{
	unsigned char frame[TOKEN_MAX + 2048] = { (unsigned char)(FIN | opcode) };
	size_t head = 2;

	if (n + 8 > sizeof frame)
		fail("a frame of %zu bytes is too long for this client", n);
	frame[1] = (unsigned char)(MASKED | (n < 126 ? n : 126));
	if (n >= 126) {
		frame[2] = (unsigned char)(n >> 8);
		frame[3] = (unsigned char)n;
		head = 4;
	}
	memcpy(frame + head + 4, payload, n); /* the mask is four zeros */
	connection_write(c, frame, head + 4 + n);
}

void events_send(struct connection *c, const char *text, size_t n)
{
	send_frame(c, OPCODE_TEXT, text, n);
}

bool events_next(struct connection *c, const char **ret_text, size_t *ret_length, size_t *ret_size)
{
	while (c->length >= 2) {
		const unsigned char *b = (const unsigned char *)start(c);
		size_t head = b[1] < 126 ? 2 : 4, n = b[1];

		if (b[1] > 126)
			fail("a frame that is longer than events are");
		if (c->length < head)
			return false;
		if (head == 4)
			n = (size_t)b[2] << 8 | b[3];
		if (c->length < head + n)
			return false;
		if ((b[0] & 0x0f) == OPCODE_TEXT) {
			*ret_text = start(c) + head;
			*ret_length = n;
			*ret_size = head + n;
			return true;
		}
		if ((b[0] & 0x0f) != OPCODE_PING) {
			c->closed = true;
			(void)fprintf(stderr,
				      "bench_chat: the server closes an event socket: %.*s\n",
				      n > 2 ? (int)n - 2 : 0, start(c) + head + 2);
			return false;
		}
		send_frame(c, OPCODE_PONG, start(c) + head, n);
		connection_drop(c, head + n);
	}
	return false;
}

void events_open(struct connection *c, uint16_t port, const char *token)
{
	static const char upgrade[] =
		"GET /api/v1/events HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\n"
		"Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
		"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
	char connect[TOKEN_MAX + 64];
	const char *text;
	size_t length, size;

	connection_open(c, port);
	connection_write(c, upgrade, sizeof upgrade - 1);
	while (!c->length || !strstr(start(c), "\r\n\r\n"))
		connection_read(c);
	if (strncmp(start(c), "HTTP/1.1 101", 12) != 0)
		fail("no event socket: %.300s", start(c));
	connection_drop(c, (size_t)(strstr(start(c), "\r\n\r\n") + 4 - start(c)));
	int n = snprintf(connect, sizeof connect, "{\"type\":\"connect\",\"token\":\"%s\"}", token);
	events_send(c, connect, (size_t)n);
	while (!events_next(c, &text, &length, &size))
		connection_read(c);
	if (!memmem(text, length, "connection.ok", 13))
		fail("not greeted: %.*s", (int)length, text);
	connection_drop(c, size);
}

/* ---- figures ---- */

static int by_value(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

double quantile(uint32_t *values, size_t n, double q)
{
	if (n == 0)
		return 0;
	qsort(values, n, sizeof *values, by_value);
	size_t at = (size_t)((double)n * q);
	return values[at < n ? at : n - 1];
}

uint64_t own_cpu_us(void)
{
	struct rusage u;

	(void)getrusage(RUSAGE_SELF, &u);
	return (uint64_t)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) * US_PER_S +
	       (uint64_t)(u.ru_utime.tv_usec + u.ru_stime.tv_usec);
}

bool read_line(char line[LINE_MAX_BYTES])
{
	if (!fgets(line, LINE_MAX_BYTES, stdin))
		return false;
	line[strcspn(line, "\n")] = '\0';
	return true;
}
