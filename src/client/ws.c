/* SPDX-License-Identifier: Apache-2.0 */
#include "client/ws.h"

#include <libwebsockets.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "base/limits.h"
#include "base/list.h"

enum { CONNECT_S = 10 };

struct message {
	struct list in_ws;
	size_t length;
	bool binary;
	unsigned char bytes[]; /* LWS_PRE, then the message */
};

struct websockets {
	uv_loop_t *loop;
	struct lws_context *context;
	struct list all;
};

struct ws {
	struct list in_all;
	struct websockets *owner;
	struct lws *wsi; /* NULL: gone */
	struct ws_handlers handlers;
	void *arg;
	char *authorization;
	struct list queue;
	size_t queued;
	char *in; /* the message that is coming */
	size_t in_length;
	bool closing; /* by us: no callbacks */
	bool open;
};

static void ws_free(struct ws *ws)
{
	struct message *m;

	list_each (m, &ws->queue, in_ws)
		free(m);
	list_remove(&ws->in_all);
	free(ws->authorization);
	free(ws->in);
	free(ws);
}

static int take(struct ws *ws, struct lws *wsi, const char *bytes, size_t n)
{
	if (n > LIMIT_SIGNAL_FRAME - ws->in_length)
		return -1;
	char *longer = realloc(ws->in, ws->in_length + n + 1);
	if (!longer)
		return -1;
	ws->in = longer;
	memcpy(ws->in + ws->in_length, bytes, n);
	ws->in_length += n;
	if (lws_remaining_packet_payload(wsi) || !lws_is_final_fragment(wsi))
		return 0;
	n = ws->in_length;
	ws->in_length = 0;
	ws->in[n] = '\0';
	if (!ws->closing)
		ws->handlers.message(ws->arg, ws->in, n, lws_frame_is_binary(wsi) != 0);
	return 0;
}

static int write_next(struct ws *ws)
{
	if (list_empty(&ws->queue))
		return ws->closing ? -1 : 0;
	struct message *m = list_entry(ws->queue.next, struct message, in_ws);
	int n = lws_write(ws->wsi, m->bytes + LWS_PRE, m->length,
			  m->binary ? LWS_WRITE_BINARY : LWS_WRITE_TEXT);

	list_remove(&m->in_ws);
	ws->queued -= m->length;
	bool failed = n < (int)m->length;
	free(m);
	if (failed)
		return -1;
	if (ws->closing || !list_empty(&ws->queue))
		(void)lws_callback_on_writable(ws->wsi);
	return 0;
}

static void gone(struct ws *ws, const char *why, size_t n)
{
	struct ws_handlers handlers = ws->handlers;
	bool tell = !ws->closing;
	void *arg = ws->arg;
	char text[128] = "The connection was closed.";

	if (n && n < sizeof text) {
		memcpy(text, why, n);
		text[n] = '\0';
	}
	ws_free(ws);
	if (tell)
		handlers.closed(arg, text);
}

/* The attempt failed. What libwebsockets says of a refusal ("HS: ws upgrade response not 101") lacks
 * the status. */
static void not_opened(struct ws *ws, struct lws *wsi, const char *why, size_t n)
{
	unsigned status = lws_http_client_http_response(wsi);
	char text[64];

	if (status < 400) {
		gone(ws, why, why ? n : 0);
		return;
	}
	int length = snprintf(text, sizeof text, "The server refused it with status %u.", status);
	gone(ws, text, (size_t)length);
}

static int add_authorization(struct ws *ws, struct lws *wsi, unsigned char **at, unsigned char *end)
{
	return ws->authorization &&
	       lws_add_http_header_by_token(wsi, WSI_TOKEN_HTTP_AUTHORIZATION,
					    (unsigned char *)ws->authorization,
					    (int)strlen(ws->authorization), at, end);
}

static int callback(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in,
		    size_t n)
{
	struct ws *ws = lws_get_opaque_user_data(wsi);

	(void)user;
	if (!ws)
		return 0;
	switch (reason) {
	case LWS_CALLBACK_CLIENT_APPEND_HANDSHAKE_HEADER:
		return add_authorization(ws, wsi, in, *(unsigned char **)in + n) ? -1 : 0;
	case LWS_CALLBACK_CLIENT_ESTABLISHED:
		ws->open = true;
		if (!ws->closing)
			ws->handlers.opened(ws->arg);
		(void)lws_callback_on_writable(wsi);
		return 0;
	case LWS_CALLBACK_CLIENT_RECEIVE:
		return take(ws, wsi, in, n);
	case LWS_CALLBACK_CLIENT_WRITEABLE:
		return write_next(ws);
	case LWS_CALLBACK_CLIENT_CONNECTION_ERROR:
		lws_set_opaque_user_data(wsi, NULL);
		not_opened(ws, wsi, in, n);
		return 0;
	case LWS_CALLBACK_CLIENT_CLOSED:
	case LWS_CALLBACK_WSI_DESTROY: /* some ends before the upgrade come as this alone */
		lws_set_opaque_user_data(wsi, NULL);
		gone(ws, NULL, 0);
		return 0;
	default:
		return 0;
	}
}

static const struct lws_protocols protocols[] = {
	{ .name = "confab-client", .callback = callback, .rx_buffer_size = 16 * 1024 },
	{ 0 },
};

/* As the other SDK: a connection is known to be dead after ten seconds. */
static const lws_retry_bo_t liveness = { .secs_since_valid_ping = 5,
					 .secs_since_valid_hangup = 10 };

struct websockets *websockets_new(uv_loop_t *loop)
{
	struct websockets *w = calloc(1, sizeof *w);
	void *loops[] = { loop };
	struct lws_context_creation_info info = {
		.port = CONTEXT_PORT_NO_LISTEN,
		.protocols = protocols,
		.options = LWS_SERVER_OPTION_LIBUV | LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT |
			   LWS_SERVER_OPTION_UV_NO_SIGSEGV_SIGFPE_SPIN,
		.foreign_loops = loops,
		.connect_timeout_secs = CONNECT_S,
		.timeout_secs = CONNECT_S,
		.retry_and_idle_policy = &liveness,
	};

	if (!w)
		return NULL;
	w->loop = loop;
	list_init(&w->all);
	/* libwebsockets has one level for the whole process; it would talk to stderr at every start */
	lws_set_log_level(LLL_ERR, NULL);
	info.pcontext = &w->context;
	w->context = lws_create_context(&info);
	if (!w->context) {
		free(w);
		return NULL;
	}
	return w;
}

/* Whether something is still to be sent; what has no connection yet will have none. */
static bool is_sending(struct websockets *w)
{
	struct ws *ws;

	list_each (ws, &w->all, in_all) {
		if (ws->open && !list_empty(&ws->queue))
			return true;
	}
	return false;
}

/* The last words, as long as the network takes them at once. */
static void send_rest(struct websockets *w)
{
	const struct timespec pause = { .tv_nsec = 1000 * 1000 };

	for (int i = 0; i < 100 && is_sending(w); i++) {
		if (i)
			(void)nanosleep(&pause, NULL);
		(void)uv_run(w->loop, UV_RUN_NOWAIT);
	}
}

/* libwebsockets closes its libuv handles asynchronously and wants to be asked again after that. */
void websockets_free(struct websockets *w)
{
	struct ws *ws;

	if (!w)
		return;
	list_each (ws, &w->all, in_all)
		ws->closing = true;
	send_rest(w);
	lws_context_destroy(w->context);
	for (int i = 0; i < 50 && w->context; i++)
		(void)uv_run(w->loop, UV_RUN_NOWAIT);
	if (w->context)
		lws_context_destroy(w->context);
	list_each (ws, &w->all, in_all)
		ws_free(ws);
	free(w);
}

static bool connect_to(struct ws *ws, char *url, const char *protocol)
{
	const char *scheme, *host, *path;
	char full_path[8 * 1024];
	int port;

	if (lws_parse_uri(url, &scheme, &host, &port, &path))
		return false;
	bool tls = strcmp(scheme, "wss") == 0 || strcmp(scheme, "https") == 0;

	if (!tls && strcmp(scheme, "ws") != 0 && strcmp(scheme, "http") != 0)
		return false;
	if (snprintf(full_path, sizeof full_path, "/%s", path) >= (int)sizeof full_path)
		return false;
	struct lws_client_connect_info info = {
		.context = ws->owner->context,
		.address = host,
		.port = port,
		.path = full_path,
		.host = host,
		.origin = NULL,
		.ssl_connection = tls ? LCCSCF_USE_SSL : 0,
		.protocol = protocol,
		.local_protocol_name = protocols[0].name,
		.retry_and_idle_policy = &liveness,
		.opaque_user_data = ws,
		.alpn = "http/1.1",
	};
	struct lws *wsi = lws_client_connect_via_info(&info);

	if (wsi)
		ws->wsi = wsi;
	return wsi != NULL;
}

struct ws *ws_open(struct websockets *w, const struct ws_target *target,
		   const struct ws_handlers *handlers, void *arg)
{
	struct ws *ws = calloc(1, sizeof *ws);
	autofree char *copy = strdup(target->url);

	if (!ws || !copy) {
		free(ws);
		return NULL;
	}
	list_init(&ws->queue);
	list_append(&w->all, &ws->in_all);
	ws->owner = w;
	ws->handlers = *handlers;
	ws->arg = arg;
	if (target->bearer && asprintf(&ws->authorization, "Bearer %s", target->bearer) < 0) {
		ws->authorization = NULL;
		ws_free(ws);
		return NULL;
	}
	/* a failure within the call is reported by its result alone */
	ws->closing = true;
	if (!connect_to(ws, copy, target->protocol))
		return NULL; /* the callback has freed it, or websockets_free will */
	ws->closing = false;
	return ws;
}

bool ws_send(struct ws *ws, const void *bytes, size_t n, bool binary)
{
	struct message *m;

	if (ws->closing || ws->queued + n > LIMIT_SIGNAL_FRAME)
		return false;
	m = malloc(sizeof *m + LWS_PRE + n);
	if (!m)
		return false;
	m->length = n;
	m->binary = binary;
	memcpy(m->bytes + LWS_PRE, bytes, n);
	list_append(&ws->queue, &m->in_ws);
	ws->queued += n;
	if (ws->open)
		(void)lws_callback_on_writable(ws->wsi);
	return true;
}

bool ws_is_open(const struct ws *ws)
{
	return ws->open;
}

void ws_close(struct ws *ws)
{
	if (!ws)
		return;
	ws->closing = true;
	if (ws->open)
		(void)lws_callback_on_writable(ws->wsi);
	else if (ws->wsi)
		lws_set_timeout(ws->wsi, PENDING_TIMEOUT_USER_REASON_BASE, LWS_TO_KILL_ASYNC);
}
