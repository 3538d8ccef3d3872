/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What happens to a request between libwebsockets and the resource: framing rules (R1, R2), the
 * route, CORS preflight, 404 and 405, then the gate. Way: callbacks.c ▸ [dispatch.c] ▸ gate ▸ the
 * resource ▸ respond.c.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "control/server/internal.h"
#include "control/server/text.h"

static void refuse_and_close(struct http_req *req, int status, int code, const char *message)
{
	req->response.close = true;
	http_error(req, status, code, "%s", message);
}

/* Large bodies are counted before their first byte: together they have a bound. */
static bool admit_upload(struct http_req *req)
{
	struct server *s = req->server;
	unsigned same = 0;
	struct peer *p;

	list_each (p, &s->peers, in_server)
		if (p->req && p->req->counted_upload && strcmp(p->req->place, req->place) == 0)
			same++;
	if (s->uploads >= LIMIT_UPLOADS_AT_ONCE || same >= LIMIT_UPLOADS_PER_PEER) {
		http_add_header(req, "retry-after", "2");
		refuse_and_close(
			req, 503, 9,
			"Too many files are being sent at once; try again in some seconds.");
		return false;
	}
	req->counted_upload = true;
	req->body_limit = LIMIT_UPLOAD;
	s->uploads++;
	return true;
}

/* RFC 9112 6.3: how long the body is must be said once and plainly. False when it was refused. */
static bool check_framing(struct http_req *req)
{
	const char *length_text = req->headers[HEADER_CONTENT_LENGTH];
	bool may_have_body = req->method & (HTTP_POST | HTTP_PUT | HTTP_PATCH | HTTP_DELETE);

	if (req->headers[HEADER_TRANSFER_ENCODING]) {
		refuse_and_close(
			req, length_text ? 400 : 411, 4,
			"Send the body with a Content-Length; chunked bodies are not taken.");
		return false;
	}
	if (!length_text && req->http2) {
		/* the frames say where it ends; without a type there is none worth waiting for */
		req->open_ended = may_have_body && http_header(req, "content-type");
		req->expects_body = req->open_ended;
		return true;
	}
	if (!length_text) {
		if (may_have_body && req->method != HTTP_DELETE) {
			refuse_and_close(
				req, 411, 4,
				"Send the body with a Content-Length, even when it is empty.");
			return false;
		}
		return true;
	}

	long long length = text_content_length(length_text);
	if (length < 0) {
		refuse_and_close(req, 400, 4, "The Content-Length is not a number.");
		return false;
	}
	if (length > 0 && !may_have_body) {
		refuse_and_close(req, 400, 4, "This method takes no body.");
		return false;
	}
	req->body_under_way = req->http2 && length > 0 && length <= BODY_DISCARD_MAX;
	if (length > (long long)req->body_limit) {
		char text[120];
		(void)snprintf(text, sizeof text, "The body has %lld bytes; at most %zu are taken.",
			       length, req->body_limit);
		req->response.close = length > BODY_DISCARD_MAX;
		http_error(req, 413, 22, "%s", text);
		return false;
	}
	req->expects_body = length > 0;
	return true;
}

/* RFC 6455 4.2.1; libwebsockets takes any version. HTTP/2 has no key (RFC 8441). */
static bool check_handshake(struct http_req *req)
{
	const char *version = http_header(req, "sec-websocket-version");

	if (!version || strcmp(version, "13") != 0) {
		http_add_header(req, "sec-websocket-version", "13");
		http_error(req, 426, 4, "Only version 13 of WebSocket is spoken here.");
		return false;
	}
	if (!req->http2 && !http_header(req, "sec-websocket-key")) {
		http_error(req, 400, 4, "Sec-WebSocket-Key is missing.");
		return false;
	}
	return true;
}

static void add_cors(struct http_req *req)
{
	http_add_header(req, "access-control-allow-origin", "*");
}

static void answer_preflight(struct http_req *req)
{
	const char *wanted = http_header(req, "access-control-request-headers");
	char allow[80];

	route_allow_text(req->match.allow | HTTP_OPTIONS, allow, sizeof allow);
	http_add_header(req, "access-control-allow-methods", allow);
	http_add_header(req, "access-control-allow-headers",
			wanted && strlen(wanted) < 512 ? wanted : "*");
	http_add_header(req, "access-control-max-age", "86400");
	http_reply_empty(req, 204);
}

/* No route takes this path and method. */
static void answer_no_route(struct http_req *req)
{
	char allow[80];

	if (req->match.allow == 0) {
		if (req->method == HTTP_GET || req->method == HTTP_HEAD)
			http_error(req, 404, 16, "There is nothing at %.200s.", req->path);
		else
			http_error(req, 404, 16, "There is nothing at this address.");
		return;
	}
	if (req->method == HTTP_OPTIONS && req->match.any_origin) {
		answer_preflight(req);
		return;
	}
	route_allow_text(req->match.allow, allow, sizeof allow);
	http_add_header(req, "allow", allow);
	if (req->method == HTTP_OPTIONS)
		http_reply_empty(req, 204);
	else
		http_error(req, 405, 4, "%s is not possible here; allowed: %s.",
			   http_method_text(req->method), allow);
}

static bool copy_params(struct http_req *req)
{
	for (size_t i = 0; i < req->match.param_count; i++) {
		const struct route_param *p = &req->match.params[i];
		req->params[i] = strndup(p->value, p->value_length);
		if (!req->params[i])
			return false;
	}
	return true;
}

static void run(struct http_req *req)
{
	struct server *s = req->server;

	req->dispatched = true;
	req->in_handler = true;
	if (!req->upgrade) {
		lws_set_timeout(req->peer->wsi, PENDING_TIMEOUT_USER_REASON_BASE,
				TIMEOUT_HANDLER_S);
	}
	if (s->config.gate)
		s->config.gate(req, req->match.route, s->config.control);
	else
		req->match.route->handler(req, s->config.control);
	req->in_handler = false;
	/* The answer takes time: nothing is read meanwhile (HTTP/1.1), or pipelined bytes would
	 * keep the loop busy. */
	if (!req->answered && req->peer)
		(void)lws_rx_flow_control(req->peer->wsi, 0);

	if (req->upgrade && !req->answered) {
		log_error("http", "the handler of %s left a WebSocket request without an answer",
			  req->path);
		http_error(req, 500, -1, "Internal error.");
	}
}

void dispatch_headers(struct http_req *req)
{
	struct server *s = req->server;

	if (s->stopping) {
		http_add_header(req, "retry-after", "2");
		refuse_and_close(req, 503, 9,
				 "The server is restarting; try again in some seconds.");
		return;
	}
	if (!req->plain)
		route_find(s->config.routes, s->config.route_count, req->method, req->path,
			   &req->match);
	if (req->match.any_origin)
		add_cors(req);
	if (!copy_params(req)) {
		refuse_and_close(req, 500, -1, "Out of memory.");
		return;
	}
	if (req->malformed) {
		refuse_and_close(req, 400, 4, "The path has control characters.");
		return;
	}
	const char *version = req->headers[HEADER_VERSION];
	if (!req->http2 &&
	    (!version || (strcmp(version, "HTTP/1.1") != 0 && strcmp(version, "HTTP/1.0") != 0))) {
		refuse_and_close(req, 505, 4, "Only HTTP/1.1 and HTTP/2 are spoken here.");
		return;
	}
	if (!req->http2 && !http_host(req)) {
		refuse_and_close(req, 400, 4,
				 "The Host header is missing or malformed."); /* RFC 9112 3.2 */
		return;
	}
	if (req->plain) {
		plain_answer(req);
		return;
	}
	bool upload = req->match.route && req->match.route->flags & ROUTE_UPLOAD;
	if (upload && !admit_upload(req))
		return;
	if (!check_framing(req) || (req->upgrade && !check_handshake(req)))
		return;
	if (!req->match.route) {
		answer_no_route(req);
		return;
	}
	if (!req->expects_body)
		run(req);
	else if (req->open_ended)
		lws_set_timer_usecs(req->peer->wsi, H2_BODY_PAUSE_MS * (lws_usec_t)US_PER_MS);
}

void dispatch_body_done(struct http_req *req)
{
	if (!req->answered && !req->dispatched)
		run(req);
}
