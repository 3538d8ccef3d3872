/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One event socket: the connect frame (who is it, since when), the replay, then live events; what the
 * client sends after that is in sends.c. Each
 * stored event is sent once and in order: during the replay live ones are held, and what the replay
 * has sent already is skipped afterwards.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/limits.h"
#include "base/rng.h"
#include "control/auth/bans.h"
#include "control/ws/frame.h"
#include "control/ws/internal.h"
#include "control/ws/objects.h"

static void drop_held(struct event_socket *s)
{
	struct held_event *e;

	list_each (e, &s->held, in_socket) {
		list_remove(&e->in_socket);
		free(e);
	}
	s->held_bytes = 0;
}

void events_drop(struct event_socket *s)
{
	if (s->conn || s->busy)
		return;
	drop_held(s);
	explicit_bzero(s->session_token, sizeof s->session_token);
	free(s->user);
	free(s);
}

static void send_json(struct event_socket *s, const json_t *frame)
{
	char *text = frame ? json_dumps(frame, JSON_COMPACT) : NULL;

	if (text && s->conn)
		(void)wsconn_send(s->conn, text, strlen(text), false);
	free(text);
}

void events_fail(struct event_socket *s, int status, int code, const char *message)
{
	json_t *frame;

	if (!s->conn || s->state == SOCKET_CLOSING)
		return;
	s->state = SOCKET_CLOSING;
	frame = json_pack("{s:s, s:o}", "type", "connection.error", "error",
			  object_error(status, code, message));
	if (frame && status == 429)
		(void)json_object_set_new(frame, "retry_after", json_integer(CROWDED_RETRY_S));
	send_json(s, frame);
	json_decref(frame);
	wsconn_close(s->conn, code == TOKEN_EXPIRED ? 4001 : status == 429 ? 1013 : 4003, message);
}

static void hold(struct event_socket *s, int64_t cursor, const char *text, size_t n)
{
	struct held_event *e = s->held_bytes + n > HELD_MAX ? NULL : malloc(sizeof *e + n);

	if (!e) {
		s->state = SOCKET_CLOSING;
		wsconn_close(s->conn, 1013,
			     "too much has happened meanwhile; reconnect and resume");
		return;
	}
	e->cursor = cursor;
	e->length = n;
	memcpy(e->text, text, n);
	list_append(&s->held, &e->in_socket);
	s->held_bytes += n;
}

void events_deliver(struct event_socket *s, int64_t cursor, const char *text, size_t n)
{
	if (s->state == SOCKET_REPLAYING) {
		hold(s, cursor, text, n);
		return;
	}
	if (s->state != SOCKET_LIVE || (cursor && cursor <= s->cursor))
		return;
	if (wsconn_send(s->conn, text, n, false) && cursor)
		s->cursor = cursor;
}

void events_say(struct event_socket *s, const char *text, size_t n)
{
	if (s->conn && s->greeted && s->state != SOCKET_CLOSING)
		(void)wsconn_send(s->conn, text, n, false);
}

/* Sends what was held.
 * What came before an event that the replay has sent is older than it, and dropped. */
static void go_live(struct event_socket *s)
{
	struct held_event *e;
	struct list *from = s->held.next;

	list_each (e, &s->held, in_socket) {
		if (e->cursor && e->cursor <= s->cursor)
			from = e->in_socket.next;
	}
	s->state = SOCKET_LIVE;
	for (; from != &s->held; from = from->next) {
		e = list_entry(from, struct held_event, in_socket);
		events_deliver(s, e->cursor, e->text, e->length);
	}
	drop_held(s);
}

static void greet(struct event_socket *s)
{
	char id[CONNECTION_ID_SIZE];

	if (s->greeted)
		return;
	s->greeted = true;
	rng_name(rng_os(), "CO_", id, sizeof id);
	json_t *frame = json_pack("{s:s, s:I, s:o, s:s, s:[ss]}", "type", "connection.ok", "cursor",
				  (json_int_t)s->cursor, "me", object_user(s->user),
				  "connection_id", id, "accepts", SEND_MESSAGE_TYPE,
				  HEALTH_CHECK_TYPE);
	if (frame && s->user->role == ROLE_ADMIN && s->hub->warnings)
		(void)json_object_set(frame, "warnings", s->hub->warnings);
	send_json(s, frame);
	json_decref(frame);
}

/* Who comes fresh learns what rings already; who resumes is told by the replay. */
static void send_ringing(struct event_socket *s)
{
	json_t *list = calls_ringing(s->hub->config.calls, s->user->id), *frame;
	size_t at;

	json_array_foreach(list, at, frame) send_json(s, frame);
	json_decref(list);
}

static void on_replay(void *arg, int status, const struct store_event *list, size_t n, bool more);

static void replay(struct event_socket *s)
{
	s->busy++;
	chat_replay(s->hub->config.chat, s->user, s->cursor, on_replay, s);
}

static void on_replay(void *arg, int status, const struct store_event *list, size_t n, bool more)
{
	struct event_socket *s = arg;
	struct hub *h = s->hub;

	s->busy--;
	if (!s->conn || s->state != SOCKET_REPLAYING) {
		events_drop(s);
		return;
	}
	if (status < 0 && status != -ESTALE) {
		events_fail(s, 503, 9, "Events cannot be read now; try again in some seconds.");
		return;
	}
	if (status == -ESTALE) {
		json_t *resync = json_pack("{s:s}", "type", "resync");
		s->cursor = h->cursor;
		greet(s);
		send_json(s, resync);
		json_decref(resync);
		send_ringing(s);
		go_live(s);
		return;
	}

	greet(s);
	for (size_t i = 0; i < n; i++) {
		if (wsconn_queued(s->conn) > REPLAY_AHEAD) {
			more = true; /* read again later */
			break;
		}
		struct store_event event = list[i];
		if (event.type == EVENT_CHANNEL_UPDATED)
			event.channel = chat_channel_find(h->config.chat, event.conversation_id);
		json_t *frame = event_stored(
			&event,
			list[i].cid ? calls_state_find(h->config.calls, list[i].cid) : NULL);
		if (frame)
			(void)json_object_set_new(frame, "cursor", json_integer(list[i].cursor));
		send_json(s, frame);
		json_decref(frame);
		s->cursor = list[i].cursor;
	}
	if (!more || n == 0)
		go_live(s);
	else if (wsconn_queued(s->conn) > 0)
		s->resting = true;
	else
		replay(s);
}

static void on_drained(struct wsconn *c, void *arg)
{
	struct event_socket *s = arg;

	(void)c;
	if (!s->resting || s->state != SOCKET_REPLAYING)
		return;
	s->resting = false;
	replay(s);
}

static void on_user(struct event_socket *s, const struct store_user *user)
{
	char banned[BAN_TEXT_SIZE];

	explicit_bzero(s->session_token, sizeof s->session_token);
	if (bans_hold(s->hub->config.bans, user->id, banned)) {
		events_fail(s, 403, 17, banned);
		return;
	}
	if (!hub_has_room(s->hub, user)) {
		events_fail(s, 429, 9,
			    "Your account is connected as often as it may be; close some of its "
			    "tabs or programs, or wait for them to end.");
		return;
	}
	s->user = store_user_dup(user);
	if (!s->user) {
		events_fail(s, 500, -1, "Out of memory.");
		return;
	}
	s->state = SOCKET_REPLAYING;
	s->proved_us = clock_now_us();
	hub_know(s->hub, s);
	presence_enter(s->hub->presence, s->user);
	if (s->cursor >= 0) {
		replay(s);
		return;
	}
	s->cursor = s->hub->cursor;
	greet(s);
	send_ringing(s);
	go_live(s);
}

/* The callbacks of the two ways to say who one is. False: the socket has gone meanwhile. */
static bool still_checking(struct event_socket *s)
{
	s->busy--;
	if (s->conn && s->state == SOCKET_CHECKING)
		return true;
	events_drop(s);
	return false;
}

static void on_session(void *arg, int status, const struct store_user *user)
{
	struct event_socket *s = arg;

	if (!still_checking(s))
		return;
	if (status == 0)
		on_user(s, user);
	else if (status == -ENOENT)
		events_fail(s, 401, 5,
			    "You are not signed in; sign in, or send a user token in the connect "
			    "frame.");
	else
		events_fail(s, 503, 9, "Sessions cannot be read now; try again in some seconds.");
}

static void on_bearer(void *arg, int status, const struct store_user *user,
		      const struct user_token *token, const struct token_error *error)
{
	struct event_socket *s = arg;

	if (!still_checking(s))
		return;
	if (status == 0) {
		s->proof.token_expires_at_s = token->expires_at_s;
		on_user(s, user);
	} else if (status == -EACCES && error)
		events_fail(s, 401, (int)error->code, error->message);
	else
		events_fail(s, 503, 9, "Accounts cannot be read now; try again in some seconds.");
}

static void on_connect(struct event_socket *s, const json_t *frame)
{
	struct connect_frame connect;
	const char *problem = frame_read_connect(frame, &connect);

	if (problem) {
		events_fail(s, 400, 4, problem);
		return;
	}
	s->state = SOCKET_CHECKING;
	(void)snprintf(s->device, sizeof s->device, "%s", connect.device_id);
	s->cursor = connect.since;
	if (connect.token) {
		s->busy++;
		auth_bearer_find(s->hub->config.auth, connect.token, on_bearer, s);
	} else if (s->session_token[0]) {
		auth_session_key(s->session_token, s->proof.session_key);
		s->busy++;
		auth_session_find(s->hub->config.auth, s->session_token, on_session, s);
	} else {
		events_fail(s, 401, 5,
			    "You are not signed in; sign in, or send a user token in the connect "
			    "frame.");
	}
}

static void on_opened(struct wsconn *c, void *arg)
{
	struct event_socket *s = arg;

	s->conn = c;
	s->opened_us = clock_now_us();
	hub_add(s->hub, s);
}

static void on_message(struct wsconn *c, void *arg, const uint8_t *bytes, size_t n, bool binary)
{
	struct event_socket *s = arg;

	(void)c;
	if (s->state != SOCKET_WAITING) {
		sends_take(s, bytes, n, binary);
		return;
	}
	json_t *frame = frame_parse(bytes, n, binary);
	if (frame)
		on_connect(s, frame);
	else
		events_fail(s, 400, 4, "The first frame is not a JSON object in a text frame.");
	json_decref(frame);
}

static void on_closed(struct wsconn *c, void *arg)
{
	struct event_socket *s = arg;

	(void)c;
	if (s->conn)
		hub_remove(s->hub, s);
	if (s->conn && s->user)
		presence_leave(s->hub->presence, s->user->id);
	s->conn = NULL;
	events_drop(s);
}

const struct ws_handler events_handler = {
	.max_message = LIMIT_EVENT_FRAME,
	.opened = on_opened,
	.message = on_message,
	.drained = on_drained,
	.closed = on_closed,
};

void hub_open_socket(struct hub *h, struct http_req *req, const char *session_token)
{
	uint64_t place = hub_place(req);
	struct event_socket *s = calloc(1, sizeof *s);

	if (!s) {
		http_error(req, 500, -1, "Out of memory.");
		return;
	}
	if (!hub_has_room_at(h, place)) {
		free(s);
		http_add_header(req, "retry-after", "10"); /* LIMIT_CONNECT_FRAME_S */
		http_error(req, 429, 9,
			   "%d connections of your address have not said yet who they are; try "
			   "again in some seconds.",
			   LIMIT_SOCKETS_UNKNOWN);
		return;
	}
	s->hub = h;
	s->place = place;
	list_init(&s->in_unknown);
	list_init(&s->in_hub);
	list_init(&s->held);
	list_init(&s->sends);
	if (session_token && strlen(session_token) < sizeof s->session_token)
		(void)snprintf(s->session_token, sizeof s->session_token, "%s", session_token);
	http_upgrade(req, &events_handler, s);
}
