/* SPDX-License-Identifier: Apache-2.0 */
/* Everything around the event socket, played by hub_doubles.c: answers wait until a test gives them. */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/limits.h"
#include "control/auth/auth.h"
#include "control/server/wsconn.h"
#include "control/ws/hub.h"

enum { SENT_MAX = 32 };

struct wsconn {
	const struct ws_handler *handler;
	void *arg;
	char *sent[SENT_MAX];
	size_t count;
	size_t queued; /* bytes, as the test wants them */
	uint16_t code;
};

struct pending {
	store_user_fn *session_done;
	auth_bearer_fn *bearer_done;
	auth_bearer_fn *still_done;
	store_events_fn *replay_done;
	void *arg;
	int64_t since;
	/* messages that were handed on */
	message_reply_fn *message_done[LIMIT_SOCKET_SENDS];
	void *message_arg[LIMIT_SOCKET_SENDS];
	size_t messages;
	char text[64], writer[16]; /* of the last one */
	uint64_t now_us;
	bool banned;
	const char *place; /* of who opens a socket; NULL: a program on this machine */
	int refused;	   /* the last upgrade, with this status */
};

extern struct pending pending;
extern struct hub *hub;
extern const struct store_user ann, root;

int set_up(void **state);
int tear_down(void **state);

/* NULL: the upgrade was refused, see pending. */
struct wsconn *open_socket(const char *cookie);
void drop(struct wsconn *c);
void say(struct wsconn *c, const char *text);

/* To ann and the team. */
void publish(int64_t cursor, const char *type);
struct store_event message_event(int64_t cursor);

/* Type and cursor of the i-th frame that was sent. */
void assert_frame(const struct wsconn *c, size_t i, const char *type, int64_t cursor);
