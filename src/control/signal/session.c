/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One client's WebSocket. Made by routes.c for an accepted token, owned by the server from
 * http_upgrade on, freed in `closed`. A socket that dies without `leave` keeps its member for
 * SIGNAL_RESUME_S.
 */
#include <errno.h>
#include <string.h>

#include "base/log.h"
#include "control/signal/decode.h"
#include "control/signal/encode.h"
#include "control/signal/internal.h"

enum {
	/* What one message may make the decoder allocate; JS sends a few KB, an SDP is at most
	   LIMIT_SDP. */
	SESSION_DECODE_LIMIT = 4 * 1024 * 1024,

	/* Messages: trickle comes in bursts of dozens, everything else is rare. */
	SESSION_BURST = 500,
	SESSION_PER_S = 50,
	/* A longer one counts as several: a description of LIMIT_SDP is 4 ms of work. */
	SESSION_BYTES = 32 * 1024,
	SESSION_NAMES = 64, /* looked up for one message: as much work as another message */
};

struct session *session_new(struct signal_hub *s, const struct media_token *token,
			    const struct client_info *client)
{
	struct session *session = calloc(1, sizeof *session);

	if (!session)
		return NULL;
	session->hub = s;
	session->token = *token;
	session->client = *client;
	session->budget = SESSION_BURST;
	session->budget_at_us = clock_now_us();
	return session;
}

void session_end(struct session *session, Lk__LeaveAction action, Lk__DisconnectReason reason)
{
	if (session->closing || !session->conn)
		return;
	send_leave(session, action, reason);
	session->closing = true;
	wsconn_close(session->conn, 1000, "bye");
}

static void on_opened(struct wsconn *conn, void *arg)
{
	struct session *session = arg;

	session->conn = conn;
	if (session->hub->stopping) {
		session_end(session, LK__LEAVE_ACTION__RECONNECT,
			    LK__DISCONNECT_REASON__SERVER_SHUTDOWN);
		return;
	}
	if (session->client.reconnect) {
		resume_begin(session);
		return;
	}
	int r = member_admit(session);
	if (r < 0) {
		session->hub->gauges.refused++;
		log_warn("signal", "not admitted cause=\"%s\"", strerror(-r));
		session_end(session, LK__LEAVE_ACTION__DISCONNECT,
			    LK__DISCONNECT_REASON__JOIN_FAILURE);
	}
}

/* Whether the session may have another `n` messages' worth. */
static bool within_rate(struct session *session, size_t n)
{
	uint64_t now = clock_now_us();
	uint64_t fresh = (now - session->budget_at_us) * SESSION_PER_S / US_PER_S;

	if (fresh) {
		session->budget_at_us = now;
		session->budget = fresh + session->budget > SESSION_BURST
					  ? SESSION_BURST
					  : session->budget + (uint32_t)fresh;
	}
	if (session->budget < n)
		return false;
	session->budget -= (uint32_t)n;
	return true;
}

static void refuse(struct session *session, uint16_t code, const char *reason)
{
	session->hub->gauges.bad_messages++;
	log_warn("signal", "socket closed cause=\"%s\" peer=%s", reason,
		 wsconn_peer(session->conn));
	session->closing = true;
	wsconn_close(session->conn, code, reason);
}

static void on_message(struct wsconn *conn, void *arg, const uint8_t *bytes, size_t n, bool binary)
{
	struct session *session = arg;

	(void)conn;
	if (session->closing || !session->member || !binary) /* no client needs the JSON form */
		return;
	if (!within_rate(session, 1 + n / SESSION_BYTES)) {
		refuse(session, 1008, "too many messages");
		return;
	}
	session->member->heard_at_us = clock_now_us();
	cleanup(arena_fini) struct arena arena = arena_of(SESSION_DECODE_LIMIT);
	const Lk__SignalRequest *request = signal_decode(&arena, bytes, n);

	if (!request)
		refuse(session, 1007, "not a SignalRequest");
	else if (!within_rate(session, dispatch_names(session->member, request) / SESSION_NAMES))
		refuse(session, 1008, "too much in one message");
	else
		dispatch(session, request);
}

static void on_answered(struct wsconn *conn, void *arg)
{
	struct session *session = arg;

	(void)conn;
	if (session->member)
		session->member->heard_at_us = clock_now_us();
}

static void on_closed(struct wsconn *conn, void *arg)
{
	struct session *session = arg;

	(void)conn;
	resume_lost(session);
	media_token_fini(&session->token);
	free(session->turn_url);
	free(session);
}

const struct ws_handler session_handler = {
	.max_message = LIMIT_SIGNAL_FRAME,
	.opened = on_opened,
	.message = on_message,
	.answered = on_answered,
	.closed = on_closed,
};
