/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/load/ws.h"

#include <errno.h>
#include <libwebsockets.h>
#include <stdlib.h>
#include <string.h>

#include "base/sb.h"

struct message {
	struct message *next;
	bool binary;
	size_t length;
	uint8_t bytes[]; /* LWS_PRE, then the message */
};

struct ws {
	struct ws *next;
	struct lws *wsi;
	const struct ws_handler *handler; /* NULL: closed */
	void *arg;
	struct sb in;
	struct message *first, **last;
};

struct ws_context {
	struct lws_context *lws;
	struct ws *all;
};

static void tell_closed(struct ws *ws, const char *why)
{
	const struct ws_handler *handler = ws->handler;

	ws->handler = NULL;
	ws->wsi = NULL;
	if (handler)
		handler->closed(ws->arg, why);
}

static void take(struct ws *ws, struct lws *wsi, const void *bytes, size_t n)
{
	sb_add(&ws->in, bytes, n);
	if (lws_remaining_packet_payload(wsi) || !lws_is_final_fragment(wsi))
		return;
	size_t length = ws->in.len;
	char *text = sb_steal(&ws->in);
	if (text && ws->handler)
		ws->handler->message(ws->arg, (const uint8_t *)text, length);
	free(text);
}

static int write_next(struct ws *ws, struct lws *wsi)
{
	struct message *m = ws->first;

	if (!m)
		return 0;
	int n = lws_write(wsi, m->bytes + LWS_PRE, m->length,
			  m->binary ? LWS_WRITE_BINARY : LWS_WRITE_TEXT);
	ws->first = m->next;
	if (!ws->first)
		ws->last = &ws->first;
	bool failed = n < (int)m->length;
	free(m);
	if (ws->first)
		(void)lws_callback_on_writable(wsi);
	return failed ? -1 : 0;
}

static int callback(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in,
		    size_t n)
{
	struct ws *ws = user;

	switch (reason) {
	case LWS_CALLBACK_CLIENT_ESTABLISHED:
		if (ws->handler)
			ws->handler->open(ws->arg);
		break;
	case LWS_CALLBACK_CLIENT_RECEIVE:
		take(ws, wsi, in, n);
		break;
	case LWS_CALLBACK_CLIENT_WRITEABLE:
		return write_next(ws, wsi);
	case LWS_CALLBACK_CLIENT_CONNECTION_ERROR:
		if (ws)
			tell_closed(ws, in ? in : "connection refused");
		break;
	case LWS_CALLBACK_CLIENT_CLOSED:
		tell_closed(ws, "closed by the server");
		break;
	default:
		break;
	}
	return 0;
}

struct ws_context *ws_context_new(void)
{
	static const struct lws_protocols protocols[] = {
		{ .name = "load", .callback = callback, .rx_buffer_size = 64 * 1024 },
		{ .name = "janus-protocol", .callback = callback, .rx_buffer_size = 64 * 1024 },
		{ .name = NULL }
	};
	const struct lws_context_creation_info info = { .port = CONTEXT_PORT_NO_LISTEN,
							.protocols = protocols,
							.fd_limit_per_thread = 8192,
							.gid = (gid_t)-1,
							.uid = (uid_t)-1 };
	struct ws_context *c = calloc(1, sizeof *c);

	lws_set_log_level(0, NULL);
	if (c)
		c->lws = lws_create_context(&info);
	if (!c || !c->lws) {
		free(c);
		return NULL;
	}
	return c;
}

static void free_messages(struct ws *ws)
{
	while (ws->first) {
		struct message *m = ws->first;

		ws->first = m->next;
		free(m);
	}
	ws->last = &ws->first;
}

struct ws_context *ws_context_free(struct ws_context *c)
{
	if (!c)
		return NULL;
	for (struct ws *ws = c->all; ws; ws = ws->next)
		ws->handler = NULL;
	lws_context_destroy(c->lws);
	while (c->all) {
		struct ws *ws = c->all;

		c->all = ws->next;
		free_messages(ws);
		sb_fini(&ws->in);
		free(ws);
	}
	free(c);
	return NULL;
}

struct ws *ws_connect(struct ws_context *c, const char *host, unsigned port, const char *path,
		      const char *protocol, const struct ws_handler *handler, void *arg)
{
	struct ws *ws = calloc(1, sizeof *ws);

	if (!ws)
		return NULL;
	*ws = (struct ws){ .handler = handler, .arg = arg, .last = &ws->first };
	ws->next = c->all;
	c->all = ws;

	const struct lws_client_connect_info info = {
		.context = c->lws,
		.address = host,
		.host = host,
		.origin = host,
		.port = (int)port,
		.path = path,
		.protocol = protocol,
		.local_protocol_name = protocol ? protocol : "load",
		.userdata = ws,
		.pwsi = &ws->wsi,
	};

	return lws_client_connect_via_info(&info) ? ws : NULL;
}

int ws_send(struct ws *ws, const void *bytes, size_t n, bool binary)
{
	struct message *m = ws->wsi ? malloc(sizeof *m + LWS_PRE + n) : NULL;

	if (!m)
		return -ENOMEM;
	m->next = NULL;
	m->binary = binary;
	m->length = n;
	memcpy(m->bytes + LWS_PRE, bytes, n);
	*ws->last = m;
	ws->last = &m->next;
	(void)lws_callback_on_writable(ws->wsi);
	return 0;
}

void ws_close(struct ws *ws)
{
	ws->handler = NULL;
	if (ws->wsi)
		lws_set_timeout(ws->wsi, PENDING_TIMEOUT_USER_OK, LWS_TO_KILL_ASYNC);
}

void ws_service(struct ws_context *c)
{
	(void)lws_service(c->lws, -1);
}
