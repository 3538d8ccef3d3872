/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Answers: the public http_reply* functions keep one in the request; respond_write sends it piece
 * by piece when the socket takes more. The headers that every answer carries are here.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/log.h"
#include "control/server/internal.h"
#include "control/server/text.h"

/* One write: fits an HTTP/2 frame of the default size. */
enum { PIECE = 16 * 1024 - 64, HEAD_ROOM = 16 * 1024 };

/* R5. connect-src 'self' does not cover ws: in every browser, so the own host is added by name. */
static const char csp_format[] = "default-src 'self'; script-src 'self'; style-src 'self'; img-src "
				 "'self' data: blob:; media-src 'self' blob:; "
				 "worker-src 'self' blob:; connect-src 'self' %s%s; object-src "
				 "'none'; base-uri 'none'; form-action 'self'; "
				 "frame-ancestors 'none'";

static const char *const fixed_headers[][2] = {
	{ "x-content-type-options:", "nosniff" },
	{ "referrer-policy:", "no-referrer" },
	{ "permissions-policy:",
	  "camera=(self), microphone=(self), display-capture=(self), geolocation=()" },
	{ "cross-origin-opener-policy:", "same-origin" },
};

static const struct header *find_header(const struct response *r, const char *name)
{
	for (size_t i = 0; i < r->header_count; i++) {
		if (strcasecmp(r->headers[i].name, name) == 0)
			return &r->headers[i];
	}
	return NULL;
}

void http_add_header(struct http_req *req, const char *name, const char *value)
{
	struct response *r = &req->response;
	size_t name_size = strlen(name) + 1, value_size = strlen(value) + 1;
	const struct header *old = find_header(r, name);
	struct header *h = old ? &r->headers[old - r->headers] : NULL;

	if (strpbrk(value, "\r\n")) {
		log_error("http", "header %s with a line break is not sent", name);
		return;
	}
	if (!h && r->header_count == HEADERS_MAX) {
		log_error("http", "too many headers, %s is not sent", name);
		return;
	}

	char *block = malloc(name_size + value_size);
	if (!block)
		return;
	memcpy(block, name, name_size);
	memcpy(block + name_size, value, value_size);
	if (h)
		free(h->name);
	else
		h = &r->headers[r->header_count++];
	*h = (struct header){ .name = block, .value = block + name_size };
}

/* Whether the answer may be filled in; a second one is a mistake of ours and changes nothing. */
static bool begin(struct http_req *req, int status, const char *content_type)
{
	if (req->answered) {
		log_error("http", "second answer to %s dropped: status %d", req->path, status);
		return false;
	}
	req->answered = true;
	req->response.status = status;
	req->response.content_type = content_type;
	return true;
}

void http_reply(struct http_req *req, int status, const char *content_type, const void *body,
		size_t n)
{
	if (!begin(req, status, content_type))
		return;
	if (n) {
		req->response.owned = malloc(n);
		if (req->response.owned) {
			memcpy(req->response.owned, body, n);
			req->response.length = n;
		} else {
			req->response.status = 500;
		}
	}
	req->response.body = req->response.owned;
	respond_ready(req);
}

void http_reply_static(struct http_req *req, int status, const char *content_type, const void *body,
		       size_t n)
{
	if (!begin(req, status, content_type))
		return;
	req->response.body = body;
	req->response.length = n;
	respond_ready(req);
}

void http_reply_json_text(struct http_req *req, int status, char *text, size_t n)
{
	if (!text) {
		http_error(req, 500, -1, "The answer could not be written.");
		return;
	}
	if (!begin(req, status, "application/json")) {
		free(text);
		return;
	}
	req->response.owned = text;
	req->response.body = text;
	req->response.length = n;
	respond_ready(req);
}

void http_reply_json(struct http_req *req, int status, json_t *body)
{
	char *text = json_dumps(body, JSON_COMPACT);

	json_decref(body);
	http_reply_json_text(req, status, text, text ? strlen(text) : 0);
}

void http_reply_empty(struct http_req *req, int status)
{
	if (begin(req, status, NULL))
		respond_ready(req);
}

void http_error(struct http_req *req, int status, int code, const char *format, ...)
{
	struct refusal r;
	va_list args;

	va_start(args, format);
	refusal_vset(&r, status, code, format, args);
	va_end(args);
	http_refuse(req, &r);
}

void http_refuse(struct http_req *req, const struct refusal *r)
{
	char seconds[16];

	if (r->retry_after_s) {
		(void)snprintf(seconds, sizeof seconds, "%u", r->retry_after_s);
		http_add_header(req, "retry-after", seconds);
	}
	http_reply_json(req, r->status, refusal_json(r));
}

void respond_ready(struct http_req *req)
{
	if (req->peer) { /* the server may be gone when the peer is */
		req->server->counts.requests++;
		if (req->response.status >= 500)
			req->server->counts.errors_5xx++;
	}
	log_debug("http", "request peer=%s method=%s path=%s status=%d bytes=%zu", req->peer_text,
		  http_method_text(req->method), req->path, req->response.status,
		  req->response.length);

	if (req->peer && !req->upgrade) {
		struct peer *p = req->peer;

		/* libwebsockets writes nothing while it is off; and looks at what was pipelined */
		(void)lws_rx_flow_control(p->wsi, 1);
		if (req->body_under_way || !server_may_write(p) || !req->server->turn)
			lws_callback_on_writable(p->wsi);
		else
			turn_due(req->server->turn, p);
	} else if (!req->peer && !req->in_handler)
		(void)http_req_free(req);
}

struct head {
	struct lws *wsi;
	unsigned char *p, *end;
	bool bad;
};

static void put(struct head *h, const char *name_with_colon, const char *value)
{
	if (lws_add_http_header_by_name(h->wsi, (const unsigned char *)name_with_colon,
					(const unsigned char *)value, (int)strlen(value), &h->p,
					h->end))
		h->bad = true;
}

static void put_policy(struct head *h, const char *host, bool tls)
{
	char csp[800];

	(void)snprintf(csp, sizeof csp, csp_format, host ? (tls ? "wss://" : "ws://") : "",
		       host ? host : "");
	put(h, "content-security-policy:", csp);
}

static void put_fixed(struct head *h, bool tls)
{
	for (size_t i = 0; i < countof(fixed_headers); i++)
		put(h, fixed_headers[i][0], fixed_headers[i][1]);
	if (tls)
		put(h, "strict-transport-security:", "max-age=31536000");
}

/* They are most of an answer's head, and the same for all that come to one address: written once. */
static void put_usual(struct head *h, const struct http_req *req)
{
	struct usual_headers *u = &req->server->usual;
	const char *host = http_host(req) ? http_host(req) : "";
	bool tls = http_is_tls(req);

	if (u->length == 0 || u->tls != tls || strcmp(u->host, host) != 0) {
		struct head own = { .wsi = h->wsi, .p = u->text, .end = u->text + sizeof u->text };

		put_fixed(&own, tls);
		put_policy(&own, *host ? host : NULL, tls);
		u->length = own.bad ? 0 : (size_t)(own.p - u->text);
		u->tls = tls;
		(void)snprintf(u->host, sizeof u->host, "%s", host);
	}
	if (u->length == 0 || u->length > (size_t)(h->end - h->p)) {
		h->bad = true;
		return;
	}
	memcpy(h->p, u->text, u->length);
	h->p += u->length;
}

static void put_security(struct head *h, const struct http_req *req)
{
	bool own_policy = find_header(&req->response, "content-security-policy");

	if (!own_policy && !req->http2) {
		put_usual(h, req);
		return;
	}
	put_fixed(h, http_is_tls(req));
	if (!own_policy)
		put_policy(h, http_host(req), http_is_tls(req));
}

/* A body of its own length: 204 and 304 have none (RFC 9110 8.6). */
static bool has_length(int status)
{
	return status >= 200 && status != 204 && status != 304;
}

static int write_head(struct http_req *req, struct lws *wsi)
{
	struct response *r = &req->response;
	unsigned char room[LWS_PRE + HEAD_ROOM];
	struct head h = { .wsi = wsi, .p = room + LWS_PRE, .end = room + sizeof room };
	bool no_body = req->method == HTTP_HEAD || r->length == 0 || !has_length(r->status);

	if (lws_add_http_header_status(wsi, (unsigned)r->status, &h.p, h.end))
		return -1;
	/* before an upgrade is decided libwebsockets does not know the version yet and says 1.0:
	 * Rust clients refuse that */
	if (req->upgrade && memcmp(room + LWS_PRE, "HTTP/1.0", 8) == 0)
		room[LWS_PRE + 7] = '1';
	if (r->content_type)
		put(&h, "content-type:", r->content_type);
	if (has_length(r->status) &&
	    lws_add_http_header_content_length(wsi, r->length, &h.p, h.end))
		return -1;
	for (size_t i = 0; i < r->header_count; i++) {
		char name[80];
		size_t n = strlen(r->headers[i].name);
		if (n + 2 > sizeof name)
			continue;
		for (size_t k = 0; k < n; k++) /* RFC 9113 8.2: lower case */
			name[k] = (char)(r->headers[i].name[k] |
					 (r->headers[i].name[k] >= 'A' &&
							  r->headers[i].name[k] <= 'Z'
						  ? 0x20
						  : 0));
		name[n] = ':';
		name[n + 1] = '\0';
		put(&h, name, r->headers[i].value);
	}
	if (!find_header(r, "cache-control"))
		put(&h, "cache-control:", "no-store");
	put_security(&h, req);
	if (!lws_get_network_wsi(wsi) || lws_get_network_wsi(wsi) == wsi)
		put(&h, "connection:", r->close ? "close" : "keep-alive");
	if (h.bad || lws_finalize_http_header(wsi, &h.p, h.end))
		return -1;

	enum lws_write_protocol how = LWS_WRITE_HTTP_HEADERS;
	if (no_body)
		how |= LWS_WRITE_H2_STREAM_END;
	/* HTTP/1 has no frames: a short body leaves with its head, in one segment and one turn */
	bool together = !no_body && !req->http2 && r->length <= (size_t)(h.end - h.p);
	if (together) {
		memcpy(h.p, r->body, r->length);
		h.p += r->length;
	}
	int n = (int)(h.p - (room + LWS_PRE));
	if (lws_write(wsi, room + LWS_PRE, (size_t)n, how) < n)
		return -1;
	r->headers_sent = true;
	if (no_body || together)
		r->sent = r->length;
	return 0;
}

static int write_piece(struct response *r, struct lws *wsi)
{
	unsigned char room[LWS_PRE + PIECE];
	size_t n = r->length - r->sent;
	lws_fileofs_t credit = lws_get_peer_write_allowance(
		wsi); /* HTTP/2 flow control; -1 = no limit */

	if (n > PIECE)
		n = PIECE;
	if (credit == 0)
		return 0; /* WINDOW_UPDATE wakes us */
	if (credit > 0 && (size_t)credit < n)
		n = (size_t)credit;
	memcpy(room + LWS_PRE, r->body + r->sent, n);
	r->sent += n;
	if (lws_write(wsi, room + LWS_PRE, n,
		      r->sent == r->length ? LWS_WRITE_HTTP_FINAL : LWS_WRITE_HTTP) < (int)n)
		return -1;
	return 0;
}

int respond_write(struct http_req *req, struct lws *wsi)
{
	struct response *r = &req->response;

	if (!r->headers_sent) {
		if (write_head(req, wsi) < 0)
			return -1;
	} else if (r->sent < r->length) {
		if (write_piece(r, wsi) < 0)
			return -1;
	}
	/* most answers leave whole: what comes after them has a timeout of its own */
	if (r->sent < r->length || lws_partial_buffered(wsi))
		lws_set_timeout(wsi, PENDING_TIMEOUT_USER_REASON_BASE, TIMEOUT_WRITE_S);
	if (r->sent < r->length)
		lws_callback_on_writable(wsi);
	return 0;
}
