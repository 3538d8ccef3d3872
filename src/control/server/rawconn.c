/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A connection that does not speak HTTP: libwebsockets takes the TLS off, or there is none, and whatever comes goes as it is
 * to the taker's end of a socket pair, and back. Only bytes are moved here, and few of them wait: what the pair does
 * not take stops the reading, and what the client does not take stays in the pair, whose other end knows what to drop (R57).
 */
#include <errno.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <uv.h>

#include "control/server/internal.h"

enum {
	PIECE = 16 * 1024,  /* one record of TLS */
	PAIR = 64 * 1024,   /* bytes that the pair holds on their way to the client */
	UNSENT = 64 * 1024, /* and the kernel, unsent, behind it */
	HELD_MAX = 2 * LIMIT_REQUEST_LINE, /* libwebsockets reads so much at once, half of it */
};

struct rawconn {
	struct peer *peer;
	uv_poll_t poll;
	int fd;	       /* our end */
	uint8_t *held; /* from the client, that the pair did not take */
	size_t held_length;
	bool blocked; /* the client takes nothing now */
};

/* Without IPv4's dress in IPv6, which a socket for both gives it. */
static void client_of(struct lws *wsi, struct sockaddr_storage *ret)
{
	struct sockaddr_in6 six = { 0 };
	socklen_t n = sizeof *ret;

	memset(ret, 0, sizeof *ret);
	if (getpeername(lws_get_socket_fd(wsi), (struct sockaddr *)ret, &n) < 0 ||
	    ret->ss_family != AF_INET6)
		return;
	memcpy(&six, ret, sizeof six);
	if (!IN6_IS_ADDR_V4MAPPED(&six.sin6_addr))
		return;
	struct sockaddr_in four = { .sin_family = AF_INET, .sin_port = six.sin6_port };
	memcpy(&four.sin_addr, six.sin6_addr.s6_addr + 12, 4);
	memset(ret, 0, sizeof *ret);
	memcpy(ret, &four, sizeof four);
}

static void on_event(uv_poll_t *poll, int status, int events);

static void watch(struct rawconn *r)
{
	int events = (r->blocked ? 0 : UV_READABLE) | (r->held_length ? UV_WRITABLE : 0);

	if (events)
		(void)uv_poll_start(&r->poll, events, on_event);
	else
		(void)uv_poll_stop(&r->poll);
}

/* One piece to the client. 1: there may be more; 0: there is none; <0: the end. */
static int write_piece(struct rawconn *r)
{
	unsigned char bytes[LWS_PRE + PIECE];
	ssize_t n = recv(r->fd, bytes + LWS_PRE, PIECE, MSG_DONTWAIT);

	if (n < 0)
		return errno == EAGAIN || errno == EINTR ? 0 : -1;
	if (n == 0 || lws_write(r->peer->wsi, bytes + LWS_PRE, (size_t)n, LWS_WRITE_RAW) < 0)
		return -1;
	return 1;
}

/* What waits in the pair, as far as the client takes it. */
static int write_what_waits(struct rawconn *r)
{
	int more = 1;

	while (more > 0 && server_may_write(r->peer))
		more = write_piece(r);
	if (more <= 0)
		return more;
	r->blocked = true;
	watch(r);
	lws_callback_on_writable(r->peer->wsi);
	return 0;
}

/* What the client sent before, to the pair. */
static int send_held(struct rawconn *r)
{
	ssize_t n = send(r->fd, r->held, r->held_length, MSG_DONTWAIT | MSG_NOSIGNAL);

	if (n < 0)
		return errno == EAGAIN || errno == EINTR ? 0 : -1;
	r->held_length -= (size_t)n;
	memmove(r->held, r->held + n, r->held_length);
	if (r->held_length)
		return 0;
	free(r->held);
	r->held = NULL;
	watch(r);
	return lws_rx_flow_control(r->peer->wsi, 1);
}

static void on_event(uv_poll_t *poll, int status, int events)
{
	struct rawconn *r = poll->data;
	int result = status < 0 ? -1 : 0;

	if (result == 0 && events & UV_WRITABLE && r->held_length)
		result = send_held(r);
	if (result == 0 && events & UV_READABLE)
		result = write_what_waits(r);
	if (result < 0) {
		(void)uv_poll_stop(poll);
		server_kill(r->peer);
	}
}

static int hold(struct rawconn *r, const uint8_t *bytes, size_t n)
{
	uint8_t *held = r->held_length + n > HELD_MAX ? NULL : realloc(r->held, r->held_length + n);

	if (!held)
		return -1;
	memcpy(held + r->held_length, bytes, n);
	r->held = held;
	r->held_length += n;
	watch(r);
	return lws_rx_flow_control(r->peer->wsi, 0);
}

static int begin(struct peer *p, struct lws *wsi)
{
	const int pair = PAIR, unsent = UNSENT;
	const struct server_config *config = &p->server->config;
	struct sockaddr_storage client;
	int fds[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds) < 0)
		return -errno;
	struct rawconn *r = calloc(1, sizeof *r);
	if (r && uv_poll_init(config->loop, &r->poll, fds[0]) < 0) {
		free(r);
		r = NULL;
	}
	if (!r) {
		(void)close(fds[0]);
		(void)close(fds[1]);
		return -ENOMEM;
	}
	r->poll.data = r;
	r->fd = fds[0];
	r->peer = p;
	p->raw = r;
	watch(r);
	client_of(wsi, &client);
	/* real time: seconds of media inside the kernel are of no use */
	(void)setsockopt(fds[1], SOL_SOCKET, SO_SNDBUF, &pair, sizeof pair);
	(void)setsockopt(lws_get_socket_fd(wsi), IPPROTO_TCP, TCP_NOTSENT_LOWAT, &unsent,
			 sizeof unsent);
	if (config->raw(config->raw_arg, fds[1], &client))
		return 0;
	(void)close(fds[1]);
	return -EBUSY;
}

int rawconn_receive(struct peer *p, struct lws *wsi, const uint8_t *bytes, size_t n)
{
	/* STUN's requests begin so (RFC 8489 5); nothing else is spoken here */
	if (!p->raw &&
	    (p->req || n == 0 || bytes[0] != 0 || p->server->stopping || begin(p, wsi) < 0))
		return -1;
	if (p->raw->held_length)
		return hold(p->raw, bytes, n);
	ssize_t sent = send(p->raw->fd, bytes, n, MSG_DONTWAIT | MSG_NOSIGNAL);
	if (sent < 0 && errno != EAGAIN && errno != EINTR)
		return -1;
	sent = sent < 0 ? 0 : sent;
	return (size_t)sent == n ? 0 : hold(p->raw, bytes + sent, n - (size_t)sent);
}

int rawconn_write(struct rawconn *r)
{
	if (write_piece(r) < 0)
		return -1;
	r->blocked = false;
	watch(r);
	return 0;
}

static void on_closed(uv_handle_t *poll)
{
	free(poll->data);
}

struct rawconn *rawconn_free(struct rawconn *r)
{
	if (!r)
		return NULL;
	(void)uv_poll_stop(&r->poll);
	(void)close(r->fd);
	free(r->held);
	uv_close((uv_handle_t *)&r->poll, on_closed);
	return NULL;
}
