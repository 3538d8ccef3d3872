/* SPDX-License-Identifier: Apache-2.0 */
/*
 * WebSocket clients on libwebsockets, all of one context in one thread, never waiting. Messages
 * come whole. Unencrypted only: the load generator talks to servers on the same machine.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ws_context;
struct ws;

struct ws_handler {
	void (*open)(void *arg);
	void (*message)(void *arg, const uint8_t *bytes, size_t n); /* a NUL follows the bytes */
	void (*closed)(void *arg, const char *why);		    /* also when it never opened */
};

struct ws_context *ws_context_new(void); /* NULL: out of memory */
/* Ends all connections, without telling. */
struct ws_context *ws_context_free(struct ws_context *c);

/* `protocol` NULL: none. NULL: it could not even begin. `ws` lives as long as the context. */
struct ws *ws_connect(struct ws_context *c, const char *host, unsigned port, const char *path,
		      const char *protocol, const struct ws_handler *handler, void *arg);

/* Queues a message (copied). 0 or -ENOMEM. */
int ws_send(struct ws *ws, const void *bytes, size_t n, bool binary);

/* Ends the connection; nothing of it is told any more. */
void ws_close(struct ws *ws);

/* Reads and writes what can be, at once. */
void ws_service(struct ws_context *c);
