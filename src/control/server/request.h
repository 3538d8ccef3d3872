/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One HTTP request, as the resource handlers see it. A handler is a function
 * that answers at once or later, but exactly once, through http_reply*,
 * http_error or http_upgrade; until then the request stays valid even when
 * the client has gone (the answer is then dropped). Control thread only.
 *
 * A request for a WebSocket (http_wants_upgrade) must be answered before the handler returns: with
 * http_upgrade, or with any other answer to refuse it. What takes time happens after the upgrade.
 */
#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "control/server/refusal.h"
#include "control/server/wsconn.h"

struct control; /* everything a handler may use: control/control.h */
struct http_req;

enum http_method {
	HTTP_GET = 1,
	HTTP_HEAD = 2,
	HTTP_POST = 4,
	HTTP_PUT = 8,
	HTTP_PATCH = 16,
	HTTP_DELETE = 32,
	HTTP_OPTIONS = 64
};

typedef void http_fn(struct http_req *req, struct control *control);

enum http_method http_method(const struct http_req *req);
const char *http_path(const struct http_req *req);

/* The part of the path that matched `{name}` in the route, percent-decoded;
 * NULL when there is none. */
const char *http_param(const struct http_req *req, const char *name);

/* A query argument, percent-decoded; NULL when absent. */
const char *http_query(const struct http_req *req, const char *name);

/* A request header by lower-case name, for the ones the
 * server collects (request.c lists them); NULL when absent. */
const char *http_header(const struct http_req *req, const char *name);

/* A cookie by name; NULL when absent. */
const char *http_cookie(const struct http_req *req, const char *name);

/* The whole body, of any kind. */
const char *http_body(const struct http_req *req, size_t *ret_length);

/* The same, and it is the caller's to free; NULL when it is empty. */
char *http_take_body(struct http_req *req, size_t *ret_length);

/* The body as a JSON object, borrowed from the request.
 * On anything else answers 400 code 4 itself and returns NULL. */
json_t *http_body_json(struct http_req *req);

/* The address that it comes from as text: the peer's, or whom a proxy on this machine speaks for (X-Forwarded-For). */
const char *http_peer(const struct http_req *req);

/* The same for limits: of IPv6 the network. */
const char *http_place(const struct http_req *req);

/* A program on this machine asks, for nobody else. */
bool http_is_local(const struct http_req *req);

/* A proxy on this machine sent it on: the client does not reach us itself. */
bool http_is_proxied(const struct http_req *req);

/* Sets a header of the coming answer; an earlier one of the same name is replaced.
 * `Cache-Control: no-store` is the default. */
void http_add_header(struct http_req *req, const char *name, const char *value);

/* Keeps a thing for the time of the request:
 * `drop` (may be NULL) is called on the old one when it is replaced, and when the request ends. */
void http_set_context(struct http_req *req, void *context, void (*drop)(void *context));
void *http_context(const struct http_req *req);

/* The client came over TLS:
 * to us, or to a proxy on this machine that says X-Forwarded-Proto: https. */
bool http_is_tls(const struct http_req *req);

/* What the client called us: the Host header or HTTP/2 :authority;
 * NULL when absent or not a plausible host[:port]. */
const char *http_host(const struct http_req *req);

/* Answers. `body` of http_reply_json is taken over (reference stolen). */
void http_reply(struct http_req *req, int status, const char *content_type, const void *body,
		size_t n);
void http_reply_json(struct http_req *req, int status, json_t *body);
/* `text`, of n bytes of JSON, is taken over (freed); NULL: out of memory, which is said. */
void http_reply_json_text(struct http_req *req, int status, char *text, size_t n);
void http_reply_empty(struct http_req *req, int status);

/* The same with a body that outlives the process's requests (assets of the binary): not copied. */
void http_reply_static(struct http_req *req, int status, const char *content_type, const void *body,
		       size_t n);

/* `{"code", "status_code", "message"}`, codes of docs/api.md.
 * The message names the cause, the value and the fix. */
void http_error(struct http_req *req, int status, int code, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/* The same of a refusal that was made elsewhere, with its Retry-After. */
void http_refuse(struct http_req *req, const struct refusal *r);

/* The request wants a WebSocket. */
bool http_wants_upgrade(const struct http_req *req);

/* Answers 101 and hands the socket to `handler` with `arg`. */
void http_upgrade(struct http_req *req, const struct ws_handler *handler, void *arg);
