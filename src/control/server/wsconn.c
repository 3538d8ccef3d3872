/* SPDX-License-Identifier: Apache-2.0 */
/* One WebSocket (wsconn.h): fragments become messages, messages wait in a bounded queue for a
 * socket that takes them. */
#include "control/server/wsconn.h"

#include <string.h>

#include "base/cleanup.h"
#include "base/log.h"
#include "control/server/internal.h"

enum {
	RX_FIRST = 1024,
	HEAD_MAX = 4,		  /* of a message in TOGETHER_MAX */
	TOGETHER_MAX = 32 * 1024, /* below what is sent in one call */
	TURN_MAX = 64 * 1024	  /* what waits for the end of the loop's turn */
};

struct wsconn *wsconn_new(struct peer *peer, const struct ws_handler *handler, void *arg,
			  const char *peer_text)
{
	struct wsconn *c = calloc(1, sizeof *c);

	if (!c)
		return NULL;
	c->peer = peer;
	c->handler = handler;
	c->arg = arg;
	list_init(&c->queue);
	(void)snprintf(c->peer_text, sizeof c->peer_text, "%s", peer_text);
	return c;
}

static void drop_queue(struct wsconn *c)
{
	struct ws_frame *f;

	list_each (f, &c->queue, in_queue) {
		list_remove(&f->in_queue);
		free(f);
	}
	c->queued = 0;
}

struct wsconn *wsconn_free(struct wsconn *c)
{
	if (!c)
		return NULL;
	drop_queue(c);
	free(c->rx);
	free(c);
	return NULL;
}

const char *wsconn_peer(const struct wsconn *c)
{
	return c->peer_text;
}

void wsconn_leaving(struct wsconn *c)
{
	c->leaving = true;
}

static bool write_frame(struct ws_frame *f, struct lws *wsi)
{
	int n = lws_write(wsi, f->bytes + LWS_PRE, f->length,
			  f->binary ? LWS_WRITE_BINARY : LWS_WRITE_TEXT);

	return n >= (int)f->length;
}

static bool may_write(const struct wsconn *c)
{
	return c->open && !c->ping && !c->leaving && server_may_write(c->peer);
}

static struct ws_frame *take_first(struct wsconn *c)
{
	struct ws_frame *f = list_entry(c->queue.next, struct ws_frame, in_queue);

	list_remove(&f->in_queue);
	c->queued -= f->length;
	return f;
}

static bool write_first(struct wsconn *c, struct lws *wsi)
{
	struct ws_frame *f = take_first(c);
	bool written = write_frame(f, wsi);

	free(f);
	return written;
}

/* RFC 6455 5.2: a whole message from a server. The bytes that it takes. */
static size_t put_frame(unsigned char *to, const struct ws_frame *f)
{
	size_t n = f->length, head = n < 126 ? 2 : HEAD_MAX;

	to[0] = (unsigned char)(0x80 | (f->binary ? 2 : 1));
	to[1] = (unsigned char)(n < 126 ? n : 126);
	if (head > 2) {
		to[2] = (unsigned char)(n >> 8);
		to[3] = (unsigned char)n;
	}
	memcpy(to + head, f->bytes + LWS_PRE, n);
	return head + n;
}

/* What the first messages of the queue take together, as many as go in one send. */
static size_t size_together(const struct wsconn *c)
{
	const struct ws_frame *f;
	size_t n = 0;

	list_each (f, &c->queue, in_queue) {
		if (n + HEAD_MAX + f->length > TOGETHER_MAX)
			break;
		n += HEAD_MAX + f->length;
	}
	return n;
}

/* libwebsockets writes one message a call, and a call is most of what a message costs. Inside HTTP/2 it frames them once more. */
static bool write_some(struct wsconn *c, struct lws *wsi)
{
	struct ws_frame *first = list_entry(c->queue.next, struct ws_frame, in_queue);
	size_t room = lws_get_network_wsi(wsi) == wsi ? size_together(c) : 0, n = 0;
	unsigned char *bytes = room > HEAD_MAX + first->length ? malloc(room) : NULL;

	if (!bytes)
		return write_first(c, wsi);
	while (!list_empty(&c->queue)) {
		first = list_entry(c->queue.next, struct ws_frame, in_queue);
		if (n + HEAD_MAX + first->length > room)
			break;
		n += put_frame(bytes + n, take_first(c));
		free(first);
	}
	/* to a WebSocket: as it is */
	bool written = lws_write(wsi, bytes, n, LWS_WRITE_HTTP) >= (int)n;
	free(bytes);
	return written;
}

/* Inside HTTP/2 the window of the stream is libwebsockets' to watch: one message each time that it asks. */
static bool takes_more(struct lws *wsi)
{
	return lws_get_network_wsi(wsi) == wsi && !lws_partial_buffered(wsi) &&
	       !lws_send_pipe_choked(wsi);
}

/*
 * All that waits, as far as the socket takes it. One for each turn of the loop would never catch up with a reader that was
 * slow for a moment while more than one a turn comes.
 */
static bool write_queue(struct wsconn *c, struct lws *wsi)
{
	bool written;

	do {
		written = write_some(c, wsi);
	} while (written && !list_empty(&c->queue) && takes_more(wsi));
	return written;
}

/*
 * The first message of the loop's turn leaves at once. What follows in the same turn waits for its end and leaves
 * together: one call, one segment, and one time that the other side is woken. To send is most of what an event costs, and
 * those who are told of everything (the team) have many in a turn when there is much to do.
 */
static bool leaves_at_once(struct wsconn *c)
{
	struct peer *p = c->peer;

	if (!may_write(c) || !list_empty(&c->queue))
		return false;
	if (!p->server->turn)
		return true;
	c->gathering = !list_empty(&p->in_due);
	if (!c->gathering)
		turn_due(p->server->turn, p);
	return !c->gathering;
}

/* Never sent: the connection is gone. */
static void fail(struct wsconn *c)
{
	c->close_code = 1006;
	c->close_sent = true;
	server_kill(c->peer);
}

void wsconn_turn_ends(struct wsconn *c)
{
	if (!c->gathering)
		return;
	c->gathering = false;
	if (may_write(c) && !write_queue(c, c->peer->wsi))
		fail(c);
	else if (!list_empty(&c->queue))
		lws_callback_on_writable(c->peer->wsi);
}

bool wsconn_send(struct wsconn *c, const void *bytes, size_t n, bool binary)
{
	if (c->close_code)
		return false;
	if (c->queued + n > LIMIT_SOCKET_QUEUE) {
		log_info("ws", "slow consumer closed peer=%s queued=%zu", c->peer_text, c->queued);
		drop_queue(c);
		wsconn_close(c, 1013, "too slow; reconnect and resume");
		return false;
	}

	struct ws_frame *f = malloc(sizeof *f + LWS_PRE + n);
	if (!f) {
		wsconn_close(c, 1011, "out of memory");
		return false;
	}
	f->length = n;
	f->binary = binary;
	memcpy(f->bytes + LWS_PRE, bytes, n);
	if (leaves_at_once(c)) {
		bool written = write_frame(f, c->peer->wsi);

		free(f);
		if (!written)
			fail(c);
		return written;
	}
	list_append(&c->queue, &f->in_queue);
	c->queued += n;
	if (c->gathering && c->queued > TURN_MAX)
		wsconn_turn_ends(c);
	else if (c->open && !c->gathering)
		lws_callback_on_writable(c->peer->wsi);
	return true;
}

void wsconn_ping(struct wsconn *c)
{
	if (!c->open || c->close_code)
		return;
	c->ping = true;
	lws_callback_on_writable(c->peer->wsi);
}

int wsconn_pong(struct wsconn *c)
{
	liveness_answered(c);
	if (!c->close_code && c->handler->answered)
		c->handler->answered(c, c->arg);
	return 0;
}

size_t wsconn_queued(const struct wsconn *c)
{
	return c->gathering ? 0 : c->queued;
}

void wsconn_close(struct wsconn *c, uint16_t code, const char *reason)
{
	if (c->close_code)
		return;
	c->close_code = code;
	(void)snprintf(c->close_reason, sizeof c->close_reason, "%s", reason ? reason : "");
	if (c->open) {
		lws_set_timeout(c->peer->wsi, PENDING_TIMEOUT_USER_REASON_BASE, CLOSE_TIMEOUT_S);
		lws_callback_on_writable(c->peer->wsi);
	}
}

/* Room for n more bytes of a message; false when it grows too long or memory is out. */
static bool rx_reserve(struct wsconn *c, size_t n)
{
	size_t max = c->handler->max_message;

	if (n > max || c->rx_length > max - n)
		return false;
	if (c->rx_length + n <= c->rx_capacity)
		return true;

	size_t capacity = c->rx_capacity ? c->rx_capacity : RX_FIRST;
	while (capacity < c->rx_length + n)
		capacity *= 2;
	unsigned char *rx = realloc(c->rx, capacity);
	if (!rx)
		return false;
	c->rx = rx;
	c->rx_capacity = capacity;
	return true;
}

/*
 * Starts the closing handshake. Returning -1 from the callback would be the usual way, but Debian's
 * libwebsockets 4.1.6 then closes twice in a row (its "uv repeat test"), and the second one drops
 * the connection before the frame was sent.
 */
static int close_now(struct lws *wsi, uint16_t code, const char *reason)
{
	char text[124];

	(void)snprintf(text, sizeof text, "%s", reason);
	lws_close_reason(wsi, (enum lws_close_status)code, (unsigned char *)text, strlen(text));
	lws_set_timeout(wsi, PENDING_TIMEOUT_USER_REASON_BASE, LWS_TO_KILL_SYNC);
	return 0;
}

int wsconn_receive(struct wsconn *c, struct lws *wsi, const void *bytes, size_t n)
{
	bool whole = lws_is_final_fragment(wsi) && !lws_remaining_packet_payload(wsi);

	if (c->close_code)
		return 0; /* we are leaving; what still comes is not read */
	if (whole && !c->rx_length &&
	    n <= c->handler->max_message) { /* most are: nothing is kept */
		c->handler->message(c, c->arg, n ? bytes : (const uint8_t *)"", n,
				    lws_frame_is_binary(wsi));
		return 0;
	}
	if (!rx_reserve(c, n)) {
		log_info("ws", "message too big peer=%s", c->peer_text);
		drop_queue(c);
		wsconn_close(c, 1009, "message too big");
		return 0;
	}
	if (n)
		memcpy(c->rx + c->rx_length, bytes, n);
	c->rx_length += n;
	if (!whole)
		return 0;

	autofree unsigned char *message = steal(c->rx);
	size_t length = c->rx_length;
	c->rx_length = c->rx_capacity = 0;
	c->handler->message(c, c->arg, message ? message : (const uint8_t *)"", length,
			    lws_frame_is_binary(wsi));
	return 0;
}

/* A control frame may stand between messages (RFC 6455 5.4); one write a turn. */
static int write_ping(struct wsconn *c, struct lws *wsi)
{
	/* libwebsockets 4.1 does not tell of the answer to an empty one */
	unsigned char room[LWS_PRE + 4] = { 0 };

	c->ping = false;
	if (lws_write(wsi, room + LWS_PRE, 4, LWS_WRITE_PING) < 0)
		return -1;
	lws_callback_on_writable(wsi);
	return 0;
}

int wsconn_write(struct wsconn *c, struct lws *wsi)
{
	c->gathering = false;
	if (c->ping && !c->close_code)
		return write_ping(c, wsi);
	if (!list_empty(&c->queue)) {
		if (!write_queue(c, wsi))
			return -1;
		if (list_empty(&c->queue) && !c->close_code && c->handler->drained)
			c->handler->drained(c, c->arg);
	}
	if (!list_empty(&c->queue)) {
		lws_callback_on_writable(wsi);
		return 0;
	}
	if (c->close_code && !c->close_sent) {
		c->close_sent = true;
		return close_now(wsi, c->close_code, c->close_reason);
	}
	return 0;
}
