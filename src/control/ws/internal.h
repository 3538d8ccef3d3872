/* SPDX-License-Identifier: Apache-2.0 */
/* What hub.c and events.c share: one event socket. */
#pragma once

#include <uv.h>

#include "base/limits.h"
#include "base/list.h"
#include "control/auth/auth.h"
#include "control/calls/calls.h"
#include "control/chat/chat.h"
#include "control/server/wsconn.h"
#include "control/ws/frame.h"
#include "control/ws/hub.h"
#include "control/ws/presence.h"

/*
 * A replay is longer than a socket's queue, so it goes in pieces, each when the one before is gone.
 * What is held meanwhile must fit behind the last piece.
 */
enum {
	HEALTH_CHECK_S = 15,
	CONNECTION_ID_SIZE = 24,
	REPLAY_AHEAD = LIMIT_SOCKET_QUEUE / 4,
	HELD_MAX = LIMIT_SOCKET_QUEUE / 2,
	HUB_BUCKETS = 4096,
	CROWDED_RETRY_S = 15, /* when somebody with too many sockets may come again */
};

enum event_socket_state {
	SOCKET_WAITING,	  /* for the connect frame */
	SOCKET_CHECKING,  /* who is it? */
	SOCKET_REPLAYING, /* live events are held */
	SOCKET_LIVE,
	SOCKET_CLOSING,
};

/* A live event that came during the replay. */
struct held_event {
	struct list in_socket;
	int64_t cursor;
	size_t length;
	char text[];
};

/* Owned by the connection;
 * while `busy`, also by callbacks that are still to come: freed when both are gone. */
struct event_socket {
	struct list in_hub;
	struct list in_unknown; /* of hub.unknown, until it is known who it is */
	uint64_t place;		/* the address it is counted for until then; 0 = for none */
	struct list in_user;	/* of hub.users, from SOCKET_REPLAYING on */
	struct list in_admins;	/* of hub.admins, when one of the team is behind it */
	struct hub *hub;
	struct wsconn *conn; /* NULL: gone */
	unsigned busy;
	enum event_socket_state state;
	struct store_user *user;	     /* from SOCKET_REPLAYING on */
	char device[DEVICE_SIZE];	     /* as the client calls itself; "" = not said */
	char session_token[AUTH_TOKEN_SIZE]; /* until it was checked */
	struct auth_proof proof;
	uint64_t proved_us; /* when it was looked at */
	unsigned proving;   /* it is being looked at for so many */
	unsigned sending;
	struct list sends; /* sends.c */
	int64_t cursor;	   /* the last stored event that was sent */
	bool greeted;
	bool resting;	  /* the replay goes on when the queue is empty */
	struct list held; /* struct held_event */
	size_t held_bytes;
	uint64_t opened_us;
};

struct hub {
	struct hub_config config;
	struct list sockets;
	struct list unknown; /* nobody knows yet whose they are */
	struct list users
		[HUB_BUCKETS]; /* sockets by user id, so that a fan-out looks at its audience only */
	struct list admins;
	unsigned count;
	uint64_t refused; /* for the limits below, ever */
	int64_t cursor;	  /* the last stored event */
	uv_timer_t *timer;
	unsigned ticks;
	struct presence *presence;
	json_t *warnings; /* for admins; NULL before the first */
};

/* events.c */
extern const struct ws_handler events_handler;
/* connection.error, then closes */
void events_fail(struct event_socket *s, int status, int code, const char *message);
void events_deliver(struct event_socket *s, int64_t cursor, const char *text, size_t n);

/* sends.c: a frame after connection.ok */
void sends_take(struct event_socket *s, const uint8_t *bytes, size_t n, bool binary);
/* The event of a message goes to the socket that sent it, as the reply. False: it did not send it; nothing was done. */
bool sends_reply_with_event(struct event_socket *s, const struct store_event *event,
			    const char *text, size_t n);

/* Frees it when nothing refers to it any more. */
void events_drop(struct event_socket *s);

/* Out of the order of stored events; not before connection.ok. */
void events_say(struct event_socket *s, const char *text, size_t n);

/* hub.c */
void hub_add(struct hub *h, struct event_socket *s);
void hub_remove(struct hub *h, struct event_socket *s);
void hub_know(struct hub *h, struct event_socket *s); /* s->user is there now */
/* Whether a person may have one more, and an address one more that has not said who it is; counts it when not. */
bool hub_has_room(struct hub *h, const struct store_user *user);
bool hub_has_room_at(struct hub *h, uint64_t place);
/* 0: a program on this machine that speaks for nobody else. */
uint64_t hub_place(const struct http_req *req);
