/* SPDX-License-Identifier: Apache-2.0 */
#include "net/tcp.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/address.h"
#include "net/udp.h"

enum { HEADER = 2, FIRST_CAPACITY = 8 * 1024 };

/* ---- sockets ---- */

static int bind_and_listen(int fd, const struct sockaddr_storage *address)
{
	const int on = 1;

	if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) < 0)
		return -errno;
	if (address->ss_family == AF_INET6 &&
	    setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on) < 0)
		return -errno;
	if (bind(fd, (const void *)address, address_length(address)) < 0 ||
	    listen(fd, TCP_BACKLOG) < 0)
		return -errno;
	return 0;
}

int tcp_listen(const struct sockaddr_storage *address, char *error, size_t error_size)
{
	int fd = socket(address->ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	int r = fd < 0 ? -errno : bind_and_listen(fd, address);
	char text[UDP_ADDRESS_TEXT];

	if (r == 0)
		return fd;
	udp_address_text(address, text);
	(void)snprintf(error, error_size, "cannot use TCP %s: %s", text, strerror(-r));
	if (fd >= 0)
		(void)close(fd);
	return r;
}

int tcp_local(int fd, struct sockaddr_storage *ret)
{
	struct sockaddr_storage address = { 0 };
	socklen_t size = sizeof address;

	if (getsockname(fd, (void *)&address, &size) < 0)
		return -errno;
	*ret = address;
	return 0;
}

int tcp_accept(int listener, struct sockaddr_storage *ret_peer)
{
	struct sockaddr_storage peer = { 0 };
	socklen_t size = sizeof peer;
	const int on = 1, unsent = TCP_UNSENT;
	int fd = accept4(listener, (void *)&peer, &size, SOCK_NONBLOCK | SOCK_CLOEXEC);

	if (fd < 0)
		return errno == ECONNABORTED || errno == EINTR ? -EAGAIN : -errno;
	/* Real time: no waiting for more bytes, no seconds of media inside the kernel. */
	(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
	(void)setsockopt(fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &unsent, sizeof unsent);
	*ret_peer = peer;
	return fd;
}

/* ---- connections ---- */

void tcp_init(struct tcp *t, int fd)
{
	*t = (struct tcp){ .fd = fd };
}

void tcp_fini(struct tcp *t)
{
	if (t->fd >= 0)
		(void)close(t->fd);
	free(t->bytes);
	free(t->frames);
	*t = (struct tcp){ .fd = -1 };
}

int tcp_read(struct tcp *t, uint8_t *bytes, size_t n)
{
	ssize_t r = recv(t->fd, bytes, n, MSG_DONTWAIT);

	if (r > 0)
		return (int)r;
	if (r == 0)
		return -ECONNRESET;
	return errno == EAGAIN || errno == EINTR ? 0 : -errno;
}

static size_t queued(const struct tcp *t)
{
	return t->end - t->start;
}

/*
 * A slow reader: half of what waits is video that is late already. One pass makes much room, so
 * that not every frame pays for it.
 */
static void shed_video(struct tcp *t)
{
	size_t kept = 0, over = queued(t) / 2, over_frames = t->frame_count / 2, dropped = 0;
	uint8_t *from = t->bytes + t->start, *to = from;

	for (size_t i = 0; i < t->frame_count; i++) {
		struct tcp_frame f = t->frames[i];
		/* of a frame that has begun only the rest is here, and it must follow */
		size_t n = i == 0 ? f.length - t->sent : f.length;
		bool begun = i == 0 && t->sent > 0;

		if (f.video && !begun && (dropped < over || i - kept < over_frames)) {
			dropped += n;
			t->dropped++;
		} else {
			memmove(to, from, n);
			to += n;
			t->frames[kept++] = f;
		}
		from += n;
	}
	t->frame_count = kept;
	t->end = (size_t)(to - t->bytes);
}

static bool make_room(struct tcp *t, size_t n)
{
	size_t capacity = t->capacity ? t->capacity : FIRST_CAPACITY;

	if (!t->frames)
		t->frames = calloc(TCP_FRAMES, sizeof *t->frames);
	if (!t->frames)
		return false;
	if (queued(t) + n > TCP_QUEUE || t->frame_count == TCP_FRAMES)
		shed_video(t);
	if (queued(t) + n > TCP_QUEUE || t->frame_count == TCP_FRAMES)
		return false;
	if (t->start > 0 && t->end + n > t->capacity) {
		memmove(t->bytes, t->bytes + t->start, queued(t));
		t->end -= t->start;
		t->start = 0;
	}
	while (t->end + n > capacity)
		capacity *= 2;
	if (capacity != t->capacity) {
		uint8_t *bytes = realloc(t->bytes, capacity);

		if (!bytes)
			return false;
		t->bytes = bytes;
		t->capacity = capacity;
	}
	return true;
}

bool tcp_put_framed(struct tcp *t, const uint8_t *head, size_t head_length, const uint8_t *bytes,
		    size_t n, size_t pad, bool video)
{
	size_t whole = head_length + n + pad;

	if (whole == 0 || whole > UINT16_MAX || !make_room(t, whole)) {
		t->dropped++;
		return false;
	}
	uint8_t *at = t->bytes + t->end;

	memcpy(at, head, head_length);
	memcpy(at + head_length, bytes, n);
	memset(at + head_length + n, 0, pad);
	t->end += whole;
	t->frames[t->frame_count++] = (struct tcp_frame){ (uint16_t)whole, video };
	return true;
}

bool tcp_put(struct tcp *t, const uint8_t *bytes, size_t n, bool video)
{
	const uint8_t head[HEADER] = { (uint8_t)(n >> 8), (uint8_t)n };

	if (n == 0 || n > UINT16_MAX - HEADER) {
		t->dropped++;
		return false;
	}
	return tcp_put_framed(t, head, HEADER, bytes, n, 0, video);
}

/* n bytes are gone: whole frames, and perhaps the beginning of one. */
static void consume(struct tcp *t, size_t n)
{
	size_t gone = 0;

	t->start += n;
	t->sent += n;
	while (gone < t->frame_count && t->sent >= t->frames[gone].length)
		t->sent -= t->frames[gone++].length;
	t->frame_count -= gone;
	memmove(t->frames, t->frames + gone, t->frame_count * sizeof *t->frames);
	if (t->frame_count == 0)
		t->start = t->end = 0;
}

int tcp_flush(struct tcp *t)
{
	while (queued(t) > 0) {
		ssize_t n = send(t->fd, t->bytes + t->start, queued(t),
				 MSG_NOSIGNAL | MSG_DONTWAIT);

		if (n >= 0)
			consume(t, (size_t)n);
		else if (errno == EAGAIN)
			return 1;
		else if (errno != EINTR)
			return -errno;
	}
	return 0;
}
