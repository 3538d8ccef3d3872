/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The HTTP and WebSocket server on the control loop: listens, parses (libwebsockets), enforces
 * limits and timeouts, finds the route, and calls its handler (request.h). Owned by control.c.
 * Control thread only, like everything in this folder.
 *
 * Way: server.c (listen, stop) ▸ callbacks.c, wsconn.c
 * (libwebsockets calls us) ▸ dispatch.c (route.c, gate) ▸ the resource.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "control/server/request.h"
#include "control/server/route.h"

struct server;
struct sockaddr_storage;
struct uv_loop_s;

/* Called for every routed request in place of the route's handler: checks who is asking, then calls
 * route->handler, now or later; or answers itself. */
typedef void http_gate_fn(struct http_req *req, const struct http_route *route,
			  struct control *control);

/* Plain HTTP beside HTTPS, and what proves our names to a certificate authority; copies, NULL: there is none. */
struct server_plain {
	const char *const *names; /* ours; must outlive the server. None: all of this is off */
	size_t name_count;
	uint16_t port;				     /* 0 = none */
	char *(*page)(void *arg, const char *token); /* on that port (RFC 8555 8.3) */
	char *(*certificate)(void *arg);	     /* PEM, with its key: over TLS (RFC 8737) */
	void *arg;
};

struct server_config {
	struct uv_loop_s *loop;
	const char *host; /* address to listen on; with 127.0.0.1 and localhost ::1 is tried too */
	uint16_t port;	  /* 0 = any */
	const char *tls_cert, *tls_key; /* PEM files; both NULL for plain HTTP */
	struct server_plain plain;
	const struct http_route *routes;
	size_t route_count;
	http_gate_fn *gate;
	struct control *control; /* handed to gate and handlers */
	/*
	 * Takes over a stream of a client that does not speak HTTP but, by its first byte, STUN (TLS is off it). false: it
	 * will not. NULL: such connections are closed.
	 */
	bool (*raw)(void *arg, int fd, const struct sockaddr_storage *client);
	void *raw_arg;
};

enum { SERVER_ERROR_MAX = 512 };

/* 0, or -errno with a line for the operator in ret_error (SERVER_ERROR_MAX bytes). The strings are
 * copied; the routes must outlive the server. */
int server_new(struct server **ret, const struct server_config *config, char *ret_error);

/* The port that is really listened on. */
uint16_t server_port(const struct server *s);
bool server_is_tls(const struct server *s);

/* Whether there is plain HTTP beside it. When the port cannot be had the log says so, and the rest goes on. */
bool server_has_plain(const struct server *s);

/* Reads the certificate and its key anew, for connections from now on. -EINVAL and a sentence: they do not pass, and the ones before
 * stay. */
int server_tls_reload(struct server *s, char *ret_error);

/* When the certificate ends, wall time in us; 0 without TLS. */
uint64_t server_tls_expires_us(const struct server *s);

/* Open sockets, for /metrics. */
struct server_counts {
	uint64_t requests;   /* answered since the start */
	uint64_t errors_5xx; /* of them with status 5xx */
	uint64_t crowded;    /* connections of a place that had too many */
	unsigned http_open, ws_open;
};
struct server_counts server_counts(const struct server *s);

/*
 * Begins the graceful stop: no new connections, WebSockets get `code` (1012) and close, running
 * requests are answered. `stopped` is called from the loop once no connection is left; call
 * server_free at any time to cut the rest off.
 */
void server_stop(struct server *s, uint16_t code, void (*stopped)(void *arg), void *arg);

/* Closes what is left. Handlers' `closed` functions run inside. Returns NULL. */
struct server *server_free(struct server *s);
