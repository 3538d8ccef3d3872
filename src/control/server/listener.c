/* SPDX-License-Identifier: Apache-2.0 */
/* One listening TCP socket: accepts on the loop and hands the connections to libwebsockets. */
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <uv.h>

#include "base/address.h"
#include "base/log.h"
#include "control/server/internal.h"
#include "control/server/places.h"

enum { BACKLOG = 511, ACCEPTS_AT_ONCE = 64, TELL_EVERY_MS = 10000, REST_MS = 100 };

struct listener {
	uv_poll_t poll;
	uv_timer_t rest;
	unsigned closed; /* of the two handles */
	struct server *server;
	struct lws_vhost *vhost; /* whose connections these are */
	int fd;
	struct refusals {
		uint64_t count, told_at; /* when the log said so, ms */
	} exhausted, crowded;
	int spare_fd; /* given up to accept and close one connection when descriptors are out */
};

static int open_socket(const char *host, uint16_t port, uint16_t *ret_port)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM,
				  .ai_flags = AI_PASSIVE | AI_NUMERICSERV },
			*found;
	char service[8];
	int one = 1;

	(void)snprintf(service, sizeof service, "%u", port);
	if (getaddrinfo(host, service, &hints, &found) != 0)
		return -EADDRNOTAVAIL;

	int fd = socket(found->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	int r = fd < 0 ? -errno : 0;
	if (r == 0) {
		(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
		if (found->ai_family ==
		    AF_INET6) /* "::" takes IPv4 too, "::1" is one address anyway */
			(void)setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &(int){ 0 }, sizeof(int));
		if (bind(fd, found->ai_addr, found->ai_addrlen) < 0 || listen(fd, BACKLOG) < 0)
			r = -errno;
	}
	freeaddrinfo(found);
	if (r == 0) {
		struct sockaddr_storage own = { 0 };
		socklen_t n = sizeof own;
		if (getsockname(fd, (struct sockaddr *)&own, &n) < 0)
			r = -errno;
		else /* the port is at the same place in both families */
			*ret_port = ntohs(own.ss_family == AF_INET6
						  ? ((struct sockaddr_in6 *)&own)->sin6_port
						  : ((struct sockaddr_in *)&own)->sin_port);
	}
	if (r < 0 && fd >= 0)
		(void)close(fd);
	return r < 0 ? r : fd;
}

static void on_readable(uv_poll_t *handle, int status, int events);

static void on_rested(uv_timer_t *rest)
{
	struct listener *l = rest->data;

	(void)uv_poll_start(&l->poll, UV_READABLE, on_readable);
}

/* Whoever comes in numbers does not fill the log, too. */
static bool is_told(struct listener *l, struct refusals *r)
{
	uint64_t now = uv_now(l->server->config.loop);

	r->count++;
	if (r->told_at && now - r->told_at < TELL_EVERY_MS)
		return false;
	r->told_at = now;
	return true;
}

static void tell_exhausted(struct listener *l)
{
	if (is_told(l, &l->exhausted))
		log_warn("http",
			 "no file descriptor is left: connections are refused refused=%llu "
			 "fix=\"raise the limit, ulimit -n or LimitNOFILE\"",
			 (unsigned long long)l->exhausted.count);
}

static void tell_crowded(struct listener *l, const struct sockaddr_storage *from)
{
	char text[INET6_ADDRSTRLEN] = "";

	l->server->counts.crowded++;
	if (!is_told(l, &l->crowded))
		return;
	(void)getnameinfo((const struct sockaddr *)from, address_length(from), text, sizeof text,
			  NULL, 0, NI_NUMERICHOST);
	log_warn("http",
		 "one address has a quarter of all connections: more of it are refused peer=%s "
		 "refused=%llu fix=\"when it is a proxy raise the limit of descriptors, "
		 "LimitNOFILE; else block it\"",
		 text, (unsigned long long)l->crowded.count);
}

/*
 * Out of descriptors: without this the loop would spin on a connection that can never be accepted. The spare one takes it in
 * and closes it; when another thread was quicker and has the spare one, the listener rests.
 */
static void refuse_one(struct listener *l)
{
	if (l->spare_fd >= 0)
		(void)close(l->spare_fd);
	int fd = accept4(l->fd, NULL, NULL, SOCK_CLOEXEC);
	if (fd >= 0)
		(void)close(fd);
	l->spare_fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	tell_exhausted(l);
	if (fd < 0 && l->spare_fd < 0) {
		(void)uv_poll_stop(&l->poll);
		(void)uv_timer_start(&l->rest, on_rested, REST_MS, 0);
	}
}

static void on_readable(uv_poll_t *handle, int status, int events)
{
	struct listener *l = handle->data;

	(void)events;
	if (status < 0)
		return;
	for (int i = 0; i < ACCEPTS_AT_ONCE; i++) {
		struct sockaddr_storage from = { 0 };
		socklen_t length = sizeof from;
		int fd = accept4(l->fd, (struct sockaddr *)&from, &length,
				 SOCK_NONBLOCK | SOCK_CLOEXEC);
		if (fd < 0) {
			if (errno == ECONNABORTED || errno == EINTR)
				continue;
			if (errno == EMFILE || errno == ENFILE)
				refuse_one(l);
			return;
		}
		if (!places_admit(l->server->places, fd, &from, uv_now(l->server->config.loop))) {
			(void)close(fd);
			tell_crowded(l, &from);
			continue;
		}
		(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &(int){ 1 }, sizeof(int));
		if (!lws_adopt_socket_vhost(l->vhost, fd))
			log_debug("http", "a connection could not be taken over"); /* libwebsockets
										      closed it */
	}
}

int listener_new(struct listener **ret, struct server *s, struct lws_vhost *vhost, const char *host,
		 uint16_t port, uint16_t *ret_port)
{
	int fd = open_socket(host, port, ret_port);

	if (fd < 0)
		return fd;
	struct listener *l = calloc(1, sizeof *l);
	if (!l) {
		(void)close(fd);
		return -ENOMEM;
	}
	l->server = s;
	l->vhost = vhost;
	l->fd = fd;
	l->spare_fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	l->poll.data = l->rest.data = l;
	int r = uv_poll_init(s->config.loop, &l->poll, fd);
	if (r < 0) {
		(void)close(fd);
		free(l);
		return r;
	}
	(void)uv_timer_init(s->config.loop, &l->rest); /* cannot fail */
	(void)uv_poll_start(&l->poll, UV_READABLE, on_readable);
	*ret = l;
	return 0;
}

static void on_closed(uv_handle_t *handle)
{
	struct listener *l = handle->data;

	if (++l->closed == 2)
		free(l);
}

void listener_close(struct listener *l)
{
	(void)uv_poll_stop(&l->poll);
	(void)close(l->fd);
	if (l->spare_fd >= 0)
		(void)close(l->spare_fd);
	uv_close((uv_handle_t *)&l->poll, on_closed);
	uv_close((uv_handle_t *)&l->rest, on_closed);
}
