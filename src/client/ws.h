/* SPDX-License-Identifier: Apache-2.0 */
/*
 * WebSocket connections of a client, on its libuv loop: libconfab's and the load generator's. The
 * only part of both that knows libwebsockets. Callbacks come on the loop's thread, never from within
 * ws_open or ws_send.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <uv.h>

struct websockets;
struct ws;

struct ws_handlers {
	void (*opened)(void *arg);
	/* One whole message; gone when it returns. */
	void (*message)(void *arg, const char *bytes, size_t n, bool binary);
	/* The end, also of an attempt to open; `why` is for people. The ws is gone afterwards. */
	void (*closed)(void *arg, const char *why);
};

/* NULL: no memory, or libwebsockets cannot start. */
struct websockets *websockets_new(uv_loop_t *loop);
/* Ends all connections without a callback, after what the network takes at once of what is queued; runs the loop until
 * they are gone. */
void websockets_free(struct websockets *w);

struct ws_target {
	const char *url;      /* ws, wss, http or https */
	const char *bearer;   /* of the Authorization; NULL: none */
	const char *protocol; /* Sec-WebSocket-Protocol; NULL: none */
};

/* NULL: bad URL or no memory. */
struct ws *ws_open(struct websockets *w, const struct ws_target *target,
		   const struct ws_handlers *handlers, void *arg);
/* Queues one message. false: no memory, or too much is waiting. */
bool ws_send(struct ws *ws, const void *bytes, size_t n, bool binary);
/* Whether the other side has accepted it: what is sent leaves at once. */
bool ws_is_open(const struct ws *ws);
/* Ends it after what is queued; no callback comes any more. NULL is allowed. */
void ws_close(struct ws *ws);
