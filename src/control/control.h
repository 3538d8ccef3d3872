/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The control plane, START HERE: what every handler may use, and how it is put together (control.c). One thread, one libuv
 * loop. The map of the HTTP surface is the table in routes.c.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "plane/plane.h"

struct auth;
struct calls;
struct chat;
struct hub;
struct plane_queue;
struct server;
struct signal_hub;
struct store;
struct uv_loop_s;

struct control {
	struct uv_loop_s *loop;
	struct store *store;        /* store/store.h */
	struct auth *auth;          /* control/auth/auth.h: accounts, sessions, tokens */
	struct chat *chat;          /* control/chat/chat.h */
	struct calls *calls;        /* control/calls/calls.h */
	struct hub *hub;            /* control/ws/hub.h: events to people */
	struct signal_hub *signal;  /* control/signal/signal.h: LiveKit rooms */
	struct server *server;      /* control/server/server.h */
	struct control_private *private;
};

/* The two queues of one media worker (elements: struct plane_cmd, struct plane_event). Owned by confabd. */
struct control_worker {
	struct plane_queue *commands, *events;
};

struct control_config {
	struct uv_loop_s *loop;
	struct store *store; /* borrowed: opened and closed by confabd */
	const char *api_key, *api_secret;
	const char *host;    /* see server.h */
	uint16_t port;
	const char *tls_cert, *tls_key;
	const struct control_worker *workers;
	unsigned worker_count;
};

enum { CONTROL_ERROR_MAX = 512 };

/* 0, or -errno with one line for the operator in ret_error (CONTROL_ERROR_MAX bytes). Strings are copied. */
int control_new(struct control **ret, const struct control_config *config, char *ret_error);

/* Graceful: no new connections, WebSockets closed with 1012, answers finished; `stopped` runs from the loop when done. */
void control_stop(struct control *c, void (*stopped)(void *arg), void *arg);

/* Cuts off what is left. Returns NULL. The loop must still run once afterwards so that handles close. */
struct control *control_free(struct control *c);
