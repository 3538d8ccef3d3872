/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a client sends on the event socket once it is known (docs/api.md, "Sending over the socket"): whether we are there, and
 * messages. Of those this checks the frame and whether its user is still who they were; the rest is the POST's own code (sends.h). The
 * reply of a message that was stored is its event when that goes to this socket, so that answer and event are one frame.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/address.h"
#include "base/clock.h"
#include "base/limits.h"
#include "base/must.h"
#include "base/sb.h"
#include "control/auth/bans.h"
#include "control/ws/frame.h"
#include "control/ws/internal.h"
#include "control/ws/objects.h"

/* A token that a request brings is looked at once a second, too (auth/known.h). */
enum { PROVED_FOR_US = 1000 * 1000 };

/* Owned by the callback that is to come: of auth_still, then of send_message. */
struct send {
	struct list in_socket;
	struct event_socket *socket;
	json_t *frame; /* NULL once it was handed on */
	const char *conversation_id, *client_id;
	bool replied;
	char request_id[LIMIT_REQUEST_ID + 1];
	char place[INET6_ADDRSTRLEN]; /* the socket may be gone before the proof is there */
	char text[];		      /* of the two ids */
};

/* ---- replies ---- */

/* The beginning of a reply; a frame that does not say its request has one without. */
static void put_head(struct sb *out, const char *request_id, int status)
{
	sb_puts(out, "{\"type\":\"reply\"");
	if (request_id) {
		sb_puts(out, ",\"request_id\":");
		object_text_write(out, request_id);
	}
	sb_printf(out, ",\"status_code\":%d", status);
}

static void say(struct event_socket *s, struct sb *frame)
{
	if (!frame->bad) /* out of memory: the client asks again */
		events_say(s, frame->text, frame->len);
	sb_fini(frame);
}

static void refuse(struct event_socket *s, const char *request_id, const struct refusal *r)
{
	json_t *error = refusal_json(r);
	char *text = error ? json_dumps(error, JSON_COMPACT) : NULL;
	struct sb frame = { 0 };

	put_head(&frame, request_id, r->status);
	sb_puts(&frame, ",\"error\":");
	sb_puts(&frame, text ? text : "null");
	if (r->retry_after_s)
		sb_printf(&frame, ",\"retry_after\":%u", r->retry_after_s);
	sb_puts(&frame, "}");
	say(s, &frame);
	free(text);
	json_decref(error);
}

static void send_end(struct send *send)
{
	struct event_socket *s = send->socket;

	list_remove(&send->in_socket);
	json_decref(send->frame);
	free(send);
	s->sending--;
	s->busy--;
	events_drop(s);
}

static void on_reply(void *arg, const struct message_reply *reply)
{
	struct send *send = arg;
	struct sb frame = { 0 };

	if (reply->refused) {
		refuse(send->socket, send->request_id, reply->refused);
	} else if (!send->replied) {
		put_head(&frame, send->request_id, reply->created ? 201 : 200);
		sb_puts(&frame, ",\"message\":");
		object_message_write(&frame, reply->message);
		sb_puts(&frame, "}");
		say(send->socket, &frame);
	}
	send_end(send);
}

static struct send *find_sender(const struct event_socket *s, const struct store_message *m)
{
	struct send *send;

	if (list_empty(&s->sends) || strcmp(s->user->id, m->user.id) != 0)
		return NULL;
	list_each (send, &s->sends, in_socket)
		if (!send->replied && strcmp(send->client_id, m->client_id) == 0 &&
		    strcmp(send->conversation_id, m->conversation_id) == 0)
			return send;
	return NULL;
}

bool sends_reply_with_event(struct event_socket *s, const struct store_event *event,
			    const char *text, size_t n)
{
	struct send *send = find_sender(s, &event->message);
	struct sb frame = { 0 };

	/* during a replay its event waits, and then the reply goes first; or the replay had it */
	if (!send || s->state != SOCKET_LIVE || event->cursor <= s->cursor)
		return false;
	sb_add(&frame, text, n - 1); /* without the brace */
	sb_puts(&frame, ",\"request_id\":");
	object_text_write(&frame, send->request_id);
	sb_puts(&frame, "}");
	send->replied = !frame.bad;
	if (send->replied)
		events_deliver(s, event->cursor, frame.text, frame.len);
	sb_fini(&frame);
	return send->replied;
}

/* ---- whether the user is still who they were ---- */

static void hand_on(struct send *send, const struct store_user *user)
{
	struct event_socket *s = send->socket;
	const struct message_writer who = { .user = user, .place = send->place };
	json_t *frame = send->frame;
	char banned[BAN_TEXT_SIZE];
	struct refusal r;

	send->frame = NULL;
	if (bans_hold(s->hub->config.bans, user->id, banned)) {
		refusal_set(&r, 403, 17, "%s", banned);
		on_reply(send, &(struct message_reply){ .refused = &r });
	} else {
		s->hub->config.send_message(s->hub->config.control, &who, send->conversation_id,
					    json_object_get(frame, "message"), on_reply, send);
	}
	json_decref(frame);
}

/* What proved the user does not hold any more: then the socket must not go on, either. */
static void refuse_unproved(struct send *send, int status, const struct token_error *error)
{
	struct event_socket *s = send->socket;
	struct refusal r;

	if (status == -EACCES)
		refusal_set(&r, 401, (int)error->code, "%s", error->message);
	else
		refusal_set(&r, 503, 9, "Accounts cannot be read now; try again in some seconds.");
	s->busy++; /* what follows needs it */
	on_reply(send, &(struct message_reply){ .refused = &r });
	if (status == -EACCES)
		events_fail(s, r.status, r.code, r.message);
	s->busy--;
	events_drop(s);
}

/* What the hub sends here is what the user may see in the role of then. */
static void refuse_other_role(struct send *send)
{
	struct event_socket *s = send->socket;
	struct refusal r;

	refusal_set(&r, 503, 9, "Your role has changed; connect again.");
	r.retry_after_s = 1;
	s->busy++;
	on_reply(send, &(struct message_reply){ .refused = &r });
	s->state = SOCKET_CLOSING;
	if (s->conn)
		wsconn_close(s->conn, 1012, r.message);
	s->busy--;
	events_drop(s);
}

static void on_proved(void *arg, int status, const struct store_user *user,
		      const struct user_token *token, const struct token_error *error)
{
	struct send *send = arg;
	struct event_socket *s = send->socket;

	(void)token;
	s->proving--;
	if (s->state == SOCKET_CLOSING) {
		send_end(send); /* signed out or banned meanwhile */
	} else if (status < 0) {
		refuse_unproved(send, status, error);
	} else if (user->role != s->user->role) {
		refuse_other_role(send);
	} else { /* also when the client has gone: it has sent it */
		s->proved_us = clock_now_us();
		hand_on(send, user);
	}
}

/* In the order of the frames: none overtakes one that waits for its proof. */
static void prove(struct send *send)
{
	struct event_socket *s = send->socket;

	if (!s->proving && clock_now_us() - s->proved_us < PROVED_FOR_US) {
		hand_on(send, s->user);
		return;
	}
	s->proving++;
	auth_still(s->hub->config.auth, &s->proof, s->user->id, on_proved, send);
}

/* ---- frames ---- */

static bool may_send_more(const struct event_socket *s, struct refusal *r)
{
	if (s->sending < LIMIT_SOCKET_SENDS)
		return true;
	refusal_set(r, 429, 9,
		    "%d messages of this connection are on their way; wait for a reply to one.",
		    LIMIT_SOCKET_SENDS);
	r->retry_after_s = 1;
	return false;
}

static void send_begin(struct event_socket *s, json_t *frame, const struct send_frame *f)
{
	size_t n = strlen(f->conversation_id) + 1, m = strlen(f->client_id) + 1;
	struct send *send = must(malloc(sizeof *send + n + m));
	*send = (struct send){ .socket = s, .frame = json_incref(frame) };
	/* only now: the ids begin where the struct's padding does */
	send->conversation_id = memcpy(send->text, f->conversation_id, n);
	send->client_id = memcpy(send->text + n, f->client_id, m);
	(void)snprintf(send->request_id, sizeof send->request_id, "%s", f->request_id);
	address_place(wsconn_peer(s->conn), send->place);
	list_append(&s->sends, &send->in_socket);
	s->sending++;
	s->busy++;
	prove(send);
}

void sends_take(struct event_socket *s, const uint8_t *bytes, size_t n, bool binary)
{
	struct send_frame f = { 0 };
	struct refusal r;

	if (s->state == SOCKET_CLOSING)
		return;
	if (!s->greeted) {
		events_fail(s, 400, 4, "Wait for connection.ok before you send anything else.");
		return;
	}
	json_t *frame = frame_parse(bytes, n, binary);
	if (!frame) {
		refusal_set(&r, 400, 4, "The frame is not a JSON object in a text frame.");
		refuse(s, NULL, &r);
	} else if (frame_is_health_check(frame)) {
		events_say(s, HEALTH_CHECK_FRAME, strlen(HEALTH_CHECK_FRAME));
	} else if (!frame_read_send(frame, &f, &r) || !may_send_more(s, &r)) {
		refuse(s, f.request_id, &r);
	} else {
		send_begin(s, frame, &f);
	}
	json_decref(frame);
}
