/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The one function that libwebsockets calls, for HTTP/1.1, HTTP/2 streams, WebSockets and what is none of them alike. An
 * answer is written only from the WRITEABLE callback, except the refusal of an upgrade, which must
 * be written before the callback returns.
 */
#include <errno.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "control/server/internal.h"

static struct peer *peer_get(struct lws *wsi)
{
	return lws_get_opaque_user_data(wsi);
}

static struct peer *peer_make(struct lws *wsi)
{
	struct peer *p = peer_get(wsi);

	if (p)
		return p;
	p = calloc(1, sizeof *p);
	if (!p)
		return NULL;
	p->wsi = wsi;
	p->server = lws_context_user(lws_get_context(wsi));
	list_init(&p->in_due);
	list_append(&p->server->peers, &p->in_server);
	p->server->counts.http_open++;
	lws_set_opaque_user_data(wsi, p);
	return p;
}

/* The connection is done with this request: free it, unless its handler still works on it. */
static void peer_drop_request(struct peer *p)
{
	struct http_req *req = p->req;

	if (!req)
		return;
	p->req = NULL;
	req->peer = NULL;
	if (!req->dispatched || (req->answered && !req->in_handler))
		(void)http_req_free(req);
}

static void peer_drop_ws(struct peer *p)
{
	struct wsconn *ws = p->ws;

	if (!ws)
		return;
	p->ws = NULL;
	if (ws->open)
		p->server->counts.ws_open--;
	ws->handler->closed(ws, ws->arg);
	(void)wsconn_free(ws);
}

static void peer_destroy(struct lws *wsi)
{
	struct peer *p = peer_get(wsi);

	if (!p)
		return;
	struct server *s = p->server;
	orphan_gone(wsi);
	lws_set_opaque_user_data(wsi, NULL);
	peer_drop_request(p);
	peer_drop_ws(p);
	p->raw = rawconn_free(p->raw);
	list_remove(&p->in_due);
	list_remove(&p->in_server);
	s->counts.http_open--;
	free(p);
	server_check_stopped(s);
}

static struct http_req *begin_request(struct lws *wsi)
{
	struct peer *p = peer_make(wsi);

	orphan_bury();
	if (!p)
		return NULL;
	peer_drop_request(p);
	p->req = http_req_new(p, wsi);
	return p->req;
}

static int on_request(struct lws *wsi)
{
	struct http_req *req = begin_request(wsi);

	if (!req)
		return -1;
	/*
	 * All that we need was copied. While libwebsockets knows a Content-Length of HTTP/2, it
	 * takes the frames behind the body, when they come in one read with it, for too long a
	 * body, and ends the connection. It frees 64 KiB, too.
	 */
	if (req->http2)
		(void)lws_http_headers_detach(wsi);
	dispatch_headers(req);
	return 0;
}

/* A piece of a body whose end is not announced (see H2_BODY_PAUSE_MS). */
static void on_open_ended_body(struct peer *p, struct lws *wsi)
{
	json_t *whole = json_loadb(p->req->body, p->req->body_length, 0, NULL);

	if (whole)
		dispatch_body_done(p->req);
	else
		lws_set_timer_usecs(wsi, H2_BODY_PAUSE_MS * (lws_usec_t)US_PER_MS);
	json_decref(whole);
}

static int on_body_end(struct lws *wsi)
{
	struct peer *p = peer_get(wsi);

	if (!p || !p->req)
		return 0;
	if (++p->req->body_ends > BODY_ENDS_MAX)
		return -1;
	p->req->body_under_way = false;
	if (p->req->answered)
		lws_callback_on_writable(wsi);
	else
		dispatch_body_done(p->req);
	return 0;
}

static int on_timer(struct lws *wsi)
{
	struct peer *p = peer_get(wsi);

	if (p && p->lingering)
		return -1;
	if (p && p->req && p->req->open_ended)
		dispatch_body_done(p->req);
	return 0;
}

static int on_body(struct lws *wsi, const void *bytes, size_t n)
{
	struct peer *p = peer_get(wsi);

	if (!p || !p->req || p->req->answered || p->req->dispatched || n == 0)
		return 0; /* a body that was refused: dropped */
	const char *method = http_method_text(p->req->method);
	if (p->req->body_length == 0 && !p->req->counted_upload && n >= strlen(method) &&
	    memcmp(bytes, method, strlen(method)) == 0) {
		p->req->response.close = true;
		http_error(p->req, 400, 4, "The body is not JSON.");
		return 0;
	}
	if (http_req_add_body(p->req, bytes, n) < 0) {
		p->req->response.close = true;
		http_error(p->req, 413, 22, "The body is longer than its Content-Length said.");
		return 0;
	}

	uint64_t seconds = (clock_now_us() - p->req->body_started_us) / US_PER_S;
	if (seconds > BODY_GRACE_S + p->req->body_length / BODY_BYTES_PER_S) {
		log_debug("http", "body too slow peer=%s path=%s", p->req->peer_text, p->req->path);
		return -1;
	}
	if (p->req->open_ended)
		on_open_ended_body(p, wsi);
	return 0;
}

/*
 * libwebsockets does not read the next request before the socket was found to be writable: one more turn of the loop, and
 * two changes of what epoll waits for. It is writable, the answer has just left whole. Only where server_may_write.
 */
static void read_on(struct peer *p, struct lws *wsi)
{
	struct lws_pollfd fd = { .fd = lws_get_socket_fd(wsi),
				 .events = LWS_POLLOUT,
				 .revents = LWS_POLLOUT };

	if (server_may_write(p))
		(void)lws_service_fd(p->server->context, &fd);
}

/* What the answer's last byte leads to: the next request of the connection, or its end. */
static int finish_request(struct peer *p, struct lws *wsi)
{
	bool close = p->req->response.close || p->server->stopping;
	bool linger = p->req->http2;

	peer_drop_request(p);
	if (linger) {
		p->lingering = true;
		lws_set_timer_usecs(wsi, H2_LINGER_MS * (lws_usec_t)US_PER_MS);
		return 0;
	}
	if (close)
		return -1;
	if (lws_http_transaction_completed(wsi))
		return -1;
	read_on(p, wsi);
	return 0;
}

int server_write_answer(struct peer *p)
{
	if (respond_write(p->req, p->wsi) < 0)
		return -1;
	if (p->req->response.headers_sent && p->req->response.sent == p->req->response.length)
		return finish_request(p, p->wsi);
	return 0;
}

static int on_http_writable(struct lws *wsi)
{
	struct peer *p = peer_get(wsi);

	if (!p || !p->req || !p->req->answered || p->req->upgrade || p->req->body_under_way)
		return 0;
	return server_write_answer(p);
}

/* Writes the whole answer before the callback returns, and closes: what an upgrade's refusal needs.
 */
static int refuse_now(struct peer *p, struct lws *wsi)
{
	struct http_req *req = p->req;
	struct response *r = &req->response;

	r->close = true;
	while (!r->headers_sent || r->sent < r->length) {
		size_t before = r->sent;
		bool head_before = r->headers_sent;
		if (respond_write(req, wsi) < 0 || (head_before && r->sent == before))
			break; /* gone, or no credit (HTTP/2): the client gets the status only */
	}
	peer_drop_request(p);
	return -1;
}

/* 0 = go on with the upgrade. */
static int on_upgrade(struct lws *wsi)
{
	struct http_req *req = begin_request(wsi);

	if (!req)
		return -1;
	struct peer *p = req->peer;
	req->upgrade = true;
	if (req->http2)
		req->method =
			HTTP_GET; /* its CONNECT means what GET means in HTTP/1.1 (RFC 8441 4) */
	dispatch_headers(req);
	if (!p->ws)
		return refuse_now(p, wsi);
	peer_drop_request(p);
	return 0;
}

/* HTTP/2 without TLS, asked for by a request: works for one without a body only. */
static int on_upgrade_h2c(struct lws *wsi)
{
	if (lws_hdr_total_length(wsi, WSI_TOKEN_HTTP_CONTENT_LENGTH) == 0)
		return 0;
	struct http_req *req = begin_request(wsi);
	if (!req)
		return -1;
	req->upgrade = true;
	http_error(req, 400, 4, "Send this without Upgrade: h2c; HTTP/2 is spoken over TLS.");
	return refuse_now(req->peer, wsi);
}

static int on_established(struct lws *wsi)
{
	struct peer *p = peer_get(wsi);

	if (!p || !p->ws)
		return -1;
	p->ws->open = true;
	p->server->counts.ws_open++;
	liveness_opened(p->server->liveness, p->ws);
	p->ws->handler->opened(p->ws, p->ws->arg);
	return 0;
}

static int on_ws(struct lws *wsi, enum lws_callback_reasons reason, const void *in, size_t n)
{
	struct peer *p = peer_get(wsi);

	if (!p || !p->ws)
		return -1;
	if (reason == LWS_CALLBACK_RECEIVE_PONG)
		return wsconn_pong(p->ws);
	if (reason == LWS_CALLBACK_WS_PEER_INITIATED_CLOSE) {
		wsconn_leaving(p->ws);
		return 0;
	}
	return reason == LWS_CALLBACK_RECEIVE ? wsconn_receive(p->ws, wsi, in, n)
					      : wsconn_write(p->ws, wsi);
}

/* HTTP/2: an extended CONNECT (RFC 8441) asks here, not in CONFIRM_UPGRADE. */
static int on_filter_protocol(struct lws *wsi)
{
	struct peer *p = peer_get(wsi);

	if (p && p->ws)
		return 0;
	int r = on_upgrade(wsi);
	if (r < 0)
		orphan_note(wsi);
	return r;
}

/* A connection that does not speak HTTP, or wants something else than that (CONNECT: we are no proxy). */
static int on_raw(struct lws *wsi, enum lws_callback_reasons reason, const void *in, size_t n)
{
	struct peer *p = peer_make(wsi);

	if (!p || !p->server->config.raw)
		return -1;
	if (reason == LWS_CALLBACK_RAW_RX)
		return rawconn_receive(p, wsi, in, n);
	return reason == LWS_CALLBACK_RAW_WRITEABLE && p->raw ? rawconn_write(p->raw) : 0;
}

static int on_callback(struct lws *wsi, enum lws_callback_reasons reason, void *in, size_t n)
{
	switch (reason) {
	case LWS_CALLBACK_HTTP_CONFIRM_UPGRADE:
		return in && strcasecmp(in, "websocket") == 0 ? on_upgrade(wsi)
							      : on_upgrade_h2c(wsi);
	case LWS_CALLBACK_FILTER_PROTOCOL_CONNECTION:
		return on_filter_protocol(wsi);
	case LWS_CALLBACK_HTTP:
		return on_request(wsi);
	case LWS_CALLBACK_HTTP_BODY:
		return on_body(wsi, in, n);
	case LWS_CALLBACK_HTTP_BODY_COMPLETION:
		return on_body_end(wsi);
	case LWS_CALLBACK_RAW_ADOPT:
	case LWS_CALLBACK_RAW_RX:
	case LWS_CALLBACK_RAW_WRITEABLE:
		return on_raw(wsi, reason, in, n);
	case LWS_CALLBACK_TIMER:
		return on_timer(wsi);
	case LWS_CALLBACK_HTTP_WRITEABLE:
		return on_http_writable(wsi);
	case LWS_CALLBACK_ESTABLISHED:
		return on_established(wsi);
	case LWS_CALLBACK_RECEIVE:
	case LWS_CALLBACK_RECEIVE_PONG:
	case LWS_CALLBACK_SERVER_WRITEABLE:
	case LWS_CALLBACK_WS_PEER_INITIATED_CLOSE:
		return on_ws(wsi, reason, in, n);
	case LWS_CALLBACK_CLOSED:
		if (peer_get(wsi))
			peer_drop_ws(peer_get(wsi));
		return 0;
	case LWS_CALLBACK_CLOSED_HTTP:
		if (peer_get(wsi))
			peer_drop_request(peer_get(wsi));
		return 0;
	case LWS_CALLBACK_WSI_DESTROY:
		peer_destroy(wsi);
		return 0;
	default:
		return 0;
	}
}

int server_callback(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in,
		    size_t n)
{
	struct server *s = lws_context_user(lws_get_context(wsi));

	if (reason == LWS_CALLBACK_OPENSSL_LOAD_EXTRA_SERVER_VERIFY_CERTS) {
		s->tls = user; /* of the vhost that is being made: certificate.c goes on with it */
		return 0;
	}
	s->in_callback++;
	int r = on_callback(wsi, reason, in, n);
	s->in_callback--;
	return r;
}

bool server_may_write(const struct peer *p)
{
	return !p->server->in_callback && lws_get_network_wsi(p->wsi) == p->wsi &&
	       !lws_partial_buffered(p->wsi);
}

void server_kill(struct peer *p)
{
	lws_set_timeout(p->wsi, PENDING_TIMEOUT_USER_REASON_BASE, LWS_TO_KILL_ASYNC);
	lws_cancel_service(p->server->context); /* it looks at its timers after an event only */
}
