/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The event sockets of GET /api/v1/events: who is listening, and delivery
 * of events to those who may see them. The hub decides nothing: the
 * audience comes with the event. Owned by control.c; control thread only.
 *
 * Way: chat, calls ▸ control.c (audience) ▸ [hub.c] ▸ events.c (one socket) ▸ server/wsconn.
 */
#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "control/server/request.h"
#include "control/ws/sends.h"

struct auth;
struct bans;
struct calls;
struct chat;
struct control;
struct hub;
struct store_event;
struct store_user;
struct uv_loop_s;

struct hub_config {
	struct uv_loop_s *loop;
	struct auth *auth; /* borrowed, like the others */
	struct bans *bans;
	struct chat *chat;
	struct calls *calls;
	message_send_fn *send_message; /* for messages that come over the sockets */
	struct control *control;       /* handed to it */
};

struct hub_audience {
	bool everybody;
	bool admins;		     /* every admin */
	const char *const *user_ids; /* and these, whether admin or not */
	size_t user_count;
	const char *except; /* but not this user; NULL = nobody */
};

int hub_new(struct hub **ret, const struct hub_config *config);

/* After the server closed its sockets.
 * Run the loop once more, so that the timer closes. Takes NULL. Returns NULL. */
struct hub *hub_free(struct hub *h);

/* The last stored event before any is published: what a socket without `since` starts from. */
void hub_set_cursor(struct hub *h, int64_t cursor);

/*
 * Sends `event` (borrowed) to the open sockets of the audience. `cursor` is the stored event's, and
 * is added to the frame; 0 for events that are not stored. Sockets that are still replaying get it
 * afterwards, each stored event once.
 */
void hub_publish(struct hub *h, const struct hub_audience *to, int64_t cursor, const json_t *event);

/* The same of a new message, which most events are. */
void hub_publish_message(struct hub *h, const struct hub_audience *to,
			 const struct store_event *event);

/*
 * What the team is told of the server itself: a JSON array (reference stolen) that admins get with connection.ok, and those who
 * are here now at once (server.warnings). It is the whole state, so it waits for no replay.
 */
void hub_warn(struct hub *h, json_t *warnings);

/* `user` has another name: what is sent from now on has it, and `to` is told (user.updated). */
void hub_rename(struct hub *h, const struct hub_audience *to, const struct store_user *user);

/* Closes the sockets that were opened with this session (auth_session_key), at logout. */
void hub_close_session(struct hub *h, const char *session_key);

/* Closes the user's sockets: 403 code 17 with the text. */
void hub_close_user(struct hub *h, const char *user_id, const char *text);

/* Takes over the request for a WebSocket; its Origin was checked.
 * `session_token` is the cookie's value, or NULL. */
void hub_open_socket(struct hub *h, struct http_req *req, const char *session_token);

/* Whether the user has an open socket, of that device unless NULL. */
bool hub_is_online(const struct hub *h, const char *user_id, const char *device);

unsigned hub_socket_count(const struct hub *h);

/* Sockets that were one too many, of a person or an address. */
uint64_t hub_refused_count(const struct hub *h);

/* Ids (JSON strings) of those online whom `who` may know of: the team for all, customers for the team. */
json_t *hub_online(const struct hub *h, const struct store_user *who);
