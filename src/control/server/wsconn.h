/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One WebSocket, as the event socket (ws/) and LiveKit signalling (signal/) see it: libwebsockets
 * stays behind this header. Everything runs on the control thread. A connection is opened by a
 * route (server.h); from then on the server calls the handler's functions, the last of them is
 * `closed`, after which the pointer is dead.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct wsconn;

struct ws_handler {
	size_t max_message; /* bytes of one whole message; more closes with 1009 */

	/* The socket is open and may be written. */
	void (*opened)(struct wsconn *c, void *arg);

	/* One whole message. The bytes are valid during the call only. */
	void (*message)(struct wsconn *c, void *arg, const uint8_t *bytes, size_t n, bool binary);

	/* The answer to a ping, ours or one of the server's own. May be NULL. */
	void (*answered)(struct wsconn *c, void *arg);

	/* Everything that was queued has been given to the kernel. May be NULL. */
	void (*drained)(struct wsconn *c, void *arg);

	/* Gone, for whatever reason. Also called when the server shuts down. */
	void (*closed)(struct wsconn *c, void *arg);
};

/*
 * Queues one message (copied). Over LIMIT_SOCKET_QUEUE the slow consumer is closed with 1013 and
 * false comes back. Never calls back into the handler.
 */
bool wsconn_send(struct wsconn *c, const void *bytes, size_t n, bool binary);

/* Asks whether the other end is there: `answered` follows (RFC 6455 5.5.2). */
void wsconn_ping(struct wsconn *c);

/* Bytes of the messages that wait. */
size_t wsconn_queued(const struct wsconn *c);

/* Sends what is queued, then the close frame with an RFC 6455 7.4 code. `closed` follows later. */
void wsconn_close(struct wsconn *c, uint16_t code, const char *reason);

/* The peer's address as text, for logs. */
const char *wsconn_peer(const struct wsconn *c);
