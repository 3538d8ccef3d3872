/* SPDX-License-Identifier: Apache-2.0 */
/* The request's public face (request.h), and its making from what libwebsockets parsed. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/address.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/log.h"
#include "control/server/internal.h"
#include "control/server/text.h"

/* The headers that are collected. libwebsockets knows some by token; the rest only reach us over
 * HTTP/1.1. */
static const struct {
	const char *name;
	int token; /* -1 = by name */
	const char *with_colon;
} collected[REQUEST_HEADERS] = {
	[HEADER_HOST] = { "host", WSI_TOKEN_HOST },
	{ "origin", WSI_TOKEN_ORIGIN },
	[HEADER_COOKIE] = { "cookie", WSI_TOKEN_HTTP_COOKIE },
	{ "authorization", WSI_TOKEN_HTTP_AUTHORIZATION },
	{ "content-type", WSI_TOKEN_HTTP_CONTENT_TYPE },
	[HEADER_CONTENT_LENGTH] = { "content-length", WSI_TOKEN_HTTP_CONTENT_LENGTH },
	[HEADER_TRANSFER_ENCODING] = { "transfer-encoding", WSI_TOKEN_HTTP_TRANSFER_ENCODING },
	{ "accept-encoding", WSI_TOKEN_HTTP_ACCEPT_ENCODING },
	{ "if-none-match", WSI_TOKEN_HTTP_IF_NONE_MATCH },
	{ "user-agent", WSI_TOKEN_HTTP_USER_AGENT },
	{ "accept", WSI_TOKEN_HTTP_ACCEPT },
	{ "sec-fetch-site", -1, "sec-fetch-site:" },
	{ "access-control-request-headers", WSI_TOKEN_HTTP_AC_REQUEST_HEADERS },
	{ "x-forwarded-proto", -1, "x-forwarded-proto:" },
	{ "sec-websocket-key", WSI_TOKEN_KEY },
	{ "sec-websocket-version", WSI_TOKEN_VERSION },
	[HEADER_VERSION] = { ":version", WSI_TOKEN_HTTP }, /* HTTP/1: of the request line */
	[HEADER_FORWARDED_FOR] = { "x-forwarded-for", WSI_TOKEN_X_FORWARDED_FOR },
};

static const struct {
	enum http_method method;
	enum lws_token_indexes token;
	const char *name;
} methods[] = {
	{ HTTP_GET, WSI_TOKEN_GET_URI, "GET" },
	{ HTTP_POST, WSI_TOKEN_POST_URI, "POST" },
	{ HTTP_HEAD, WSI_TOKEN_HEAD_URI, "HEAD" },
	{ HTTP_OPTIONS, WSI_TOKEN_OPTIONS_URI, "OPTIONS" },
	{ HTTP_PUT, WSI_TOKEN_PUT_URI, "PUT" },
	{ HTTP_PATCH, WSI_TOKEN_PATCH_URI, "PATCH" },
	{ HTTP_DELETE, WSI_TOKEN_DELETE_URI, "DELETE" },
};

const char *http_method_text(enum http_method method)
{
	for (size_t i = 0; i < countof(methods); i++) {
		if (methods[i].method == method)
			return methods[i].name;
	}
	return "?";
}

static char *copy_header(struct lws *wsi, int token, const char *name)
{
	int n = token >= 0 ? lws_hdr_total_length(wsi, (enum lws_token_indexes)token)
			   : lws_hdr_custom_length(wsi, name, (int)strlen(name));
	if (n <= 0)
		return NULL;

	/* lws_hdr_copy counts the commas it puts between repeated headers in the total, not always
	 * in the room it needs */
	size_t capacity = (size_t)n + 16;
	char *text = malloc(capacity);
	if (!text)
		return NULL;
	int copied = token >= 0
			     ? lws_hdr_copy(wsi, text, (int)capacity, (enum lws_token_indexes)token)
			     : lws_hdr_custom_copy(wsi, text, (int)capacity, name,
						   (int)strlen(name));
	if (copied < 0) {
		free(text);
		return NULL;
	}
	return text;
}

static void collect_headers(struct http_req *req, struct lws *wsi)
{
	for (size_t i = 0; i < REQUEST_HEADERS; i++)
		req->headers[i] = copy_header(wsi, collected[i].token, collected[i].with_colon);
	char **host = &req->headers[HEADER_HOST];
	if (!*host) /* HTTP/2 */
		*host = copy_header(wsi, WSI_TOKEN_HTTP_COLON_AUTHORITY, NULL);
	req->host = *host && text_host_is_plausible(*host) ? *host : NULL;
}

static void collect_query(struct http_req *req, struct lws *wsi)
{
	char few[1024];
	bool many = lws_hdr_total_length(wsi, WSI_TOKEN_HTTP_URI_ARGS) >= (int)sizeof few;
	autofree char *room = many ? malloc(LIMIT_REQUEST_LINE) : NULL;
	char *text = many ? room : few;
	int capacity = many ? LIMIT_REQUEST_LINE : (int)sizeof few;

	for (int i = 0; text && i < QUERY_MAX; i++) {
		int n = lws_hdr_copy_fragment(wsi, text, capacity, WSI_TOKEN_HTTP_URI_ARGS, i);
		if (n < 0)
			break;
		char *argument = strndup(text, (size_t)n);
		if (!argument)
			break;
		req->query[req->query_count++] = argument;
	}
}

static void collect_cookies(struct http_req *req)
{
	const char *cursor = req->headers[HEADER_COOKIE];
	const char *pair;
	size_t n;

	while (cursor && req->cookie_count < COOKIES_MAX &&
	       (pair = text_next_cookie(&cursor, &n))) {
		char *copy = strndup(pair, n);
		if (!copy)
			break;
		req->cookies[req->cookie_count++] = copy;
	}
}

/*
 * libwebsockets stores a NUL of the request line but does not count it: then what follows the path
 * (the first argument, or the version) stands too far behind it. HTTP/1 only.
 */
static bool has_nul(const struct http_req *req, const char *uri, int n)
{
	const char *follows = req->query_count ? req->query[0] : "HTTP/";

	return memcmp(uri + n + (req->query_count ? 2 : 1), follows, strlen(follows)) != 0;
}

static int collect_path(struct http_req *req, struct lws *wsi)
{
	char *uri;
	int n;

	if (lws_http_get_uri_and_method(wsi, &uri, &n) < 0)
		return -EINVAL;
	for (size_t i = 0; i < countof(methods); i++) {
		if (lws_hdr_total_length(wsi, methods[i].token))
			req->method = methods[i].method;
	}
	req->path = strndup(uri, (size_t)n);
	req->malformed = !req->http2 && has_nul(req, uri, n);
	for (int i = 0; i < n; i++) {
		if ((unsigned char)uri[i] < ' ' || uri[i] == 0x7f)
			req->malformed = true;
	}
	return req->path ? 0 : -ENOMEM;
}

/* A proxy on this machine may have taken the TLS off, and says whom it speaks for. Pages cannot set these headers across
 * origins without asking (CORS). */
static void hear_proxy(struct http_req *req)
{
	const char *proto = http_header(req, "x-forwarded-proto"),
		   *from = req->headers[HEADER_FORWARDED_FOR];
	char address[INET6_ADDRSTRLEN];

	if (!address_is_loopback(req->peer_text))
		return;
	req->proxied = proto || from;
	req->tls = req->tls || (proto && strcmp(proto, "https") == 0);
	if (from && text_forwarded_for(from, address))
		(void)snprintf(req->peer_text, sizeof req->peer_text, "%s", address);
}

struct http_req *http_req_new(struct peer *peer, struct lws *wsi)
{
	struct http_req *req = calloc(1, sizeof *req);

	if (!req)
		return NULL;
	req->server = peer->server;
	req->peer = peer;
	req->http2 = lws_get_network_wsi(wsi) != wsi;
	collect_query(req, wsi);
	if (collect_path(req, wsi) < 0)
		return http_req_free(req);
	collect_headers(req, wsi);
	collect_cookies(req);
	if (!peer->text[0])
		(void)lws_get_peer_simple(wsi, peer->text, sizeof peer->text);
	memcpy(req->peer_text, peer->text, sizeof req->peer_text);
	/* not by the vhost: libwebsockets binds the connection to another one by its Host */
	req->plain = peer->server->plain && !lws_get_ssl(lws_get_network_wsi(wsi));
	req->tls = server_is_tls(peer->server) && !req->plain;
	hear_proxy(req);
	address_place(req->peer_text, req->place);
	req->body_started_us = clock_now_us();
	req->body_limit = LIMIT_JSON_BODY;
	return req;
}

struct http_req *http_req_free(struct http_req *req)
{
	if (!req)
		return NULL;
	if (req->drop)
		req->drop(req->context);
	if (req->counted_upload)
		req->server->uploads--;
	if (req->body) {
		explicit_bzero(req->body, req->body_length); /* passwords come this way */
		free(req->body);
	}
	for (size_t i = 0; i < REQUEST_HEADERS; i++)
		free(req->headers[i]);
	for (size_t i = 0; i < req->query_count; i++)
		free(req->query[i]);
	for (size_t i = 0; i < req->cookie_count; i++)
		free(req->cookies[i]);
	for (size_t i = 0; i < ROUTE_PARAMS_MAX; i++)
		free(req->params[i]);
	for (size_t i = 0; i < req->response.header_count; i++)
		free(req->response.headers[i].name);
	json_decref(req->json);
	free(req->response.owned);
	free(req->path);
	free(req);
	return NULL;
}

int http_req_add_body(struct http_req *req, const void *bytes, size_t n)
{
	size_t needed = req->body_length + n + 1;

	if (n > req->body_limit - req->body_length)
		return -EMSGSIZE;
	if (needed > req->body_capacity) {
		size_t capacity = needed <= 4096	      ? 4096
				  : needed <= LIMIT_JSON_BODY ? LIMIT_JSON_BODY + 1
							      : 2 * needed;
		char *body = realloc(req->body, capacity);
		if (!body)
			return -ENOMEM;
		req->body = body;
		req->body_capacity = capacity;
	}
	memcpy(req->body + req->body_length, bytes, n);
	req->body_length += n;
	req->body[req->body_length] = '\0';
	return 0;
}

enum http_method http_method(const struct http_req *req)
{
	return req->method;
}

const char *http_path(const struct http_req *req)
{
	return req->path;
}

const char *http_param(const struct http_req *req, const char *name)
{
	size_t n = strlen(name);

	for (size_t i = 0; i < req->match.param_count; i++) {
		const struct route_param *p = &req->match.params[i];
		if (p->name_length == n && memcmp(p->name, name, n) == 0)
			return req->params[i];
	}
	return NULL;
}

/* The value of "name=value" in a list; "" for a name alone. */
static const char *find_pair(char *const *pairs, size_t count, const char *name)
{
	size_t n = strlen(name);

	for (size_t i = 0; i < count; i++) {
		if (strncmp(pairs[i], name, n) == 0 && (pairs[i][n] == '=' || pairs[i][n] == '\0'))
			return pairs[i][n] ? pairs[i] + n + 1 : pairs[i] + n;
	}
	return NULL;
}

const char *http_query(const struct http_req *req, const char *name)
{
	return find_pair(req->query, req->query_count, name);
}

const char *http_header(const struct http_req *req, const char *name)
{
	for (size_t i = 0; i < REQUEST_HEADERS; i++) {
		if (collected[i].name[0] == name[0] && strcmp(collected[i].name, name) == 0)
			return req->headers[i];
	}
	log_error("http", "header %s is not collected; add it to request.c", name);
	return NULL;
}

const char *http_cookie(const struct http_req *req, const char *name)
{
	return find_pair(req->cookies, req->cookie_count, name);
}

const char *http_body(const struct http_req *req, size_t *ret_length)
{
	*ret_length = req->body_length;
	return req->body ? req->body : "";
}

char *http_take_body(struct http_req *req, size_t *ret_length)
{
	char *body = req->body;

	*ret_length = req->body_length;
	req->body = NULL;
	req->body_length = req->body_capacity = 0;
	return body;
}

json_t *http_body_json(struct http_req *req)
{
	json_error_t error;

	if (req->json)
		return req->json;
	if (!req->body_length) {
		http_error(req, 400, 4, "The body is empty; send a JSON object.");
		return NULL;
	}
	if (!text_json_depth_ok(req->body, req->body_length, LIMIT_JSON_DEPTH)) {
		http_error(req, 400, 4, "The JSON is nested too deeply; %d levels are allowed.",
			   LIMIT_JSON_DEPTH);
		return NULL;
	}
	req->json = json_loadb(req->body, req->body_length, JSON_REJECT_DUPLICATES, &error);
	if (!req->json) {
		http_error(req, 400, 4, "The body is not valid JSON: line %d, column %d.",
			   error.line, error.column);
		return NULL;
	}
	if (!json_is_object(req->json)) {
		http_error(req, 400, 4, "The body must be a JSON object.");
		return NULL;
	}
	return req->json;
}

const char *http_peer(const struct http_req *req)
{
	return req->peer_text;
}

const char *http_place(const struct http_req *req)
{
	return req->place;
}

bool http_is_local(const struct http_req *req)
{
	return !req->proxied && address_is_loopback(req->peer_text);
}

bool http_is_proxied(const struct http_req *req)
{
	return req->proxied;
}

bool http_is_tls(const struct http_req *req)
{
	return req->tls;
}

const char *http_host(const struct http_req *req)
{
	return req->host;
}

void http_set_context(struct http_req *req, void *context, void (*drop)(void *context))
{
	if (req->drop)
		req->drop(req->context);
	req->context = context;
	req->drop = drop;
}

void *http_context(const struct http_req *req)
{
	return req->context;
}

bool http_wants_upgrade(const struct http_req *req)
{
	return req->upgrade;
}

void http_upgrade(struct http_req *req, const struct ws_handler *handler, void *arg)
{
	if (req->answered || !req->upgrade || !req->peer) {
		/* a handler's mistake, or the client has gone: it must still hear that the socket
		 * is no more */
		if (!req->answered)
			http_error(req, 426, 4, "Open this address as a WebSocket.");
		handler->closed(NULL, arg);
		return;
	}

	struct wsconn *ws = wsconn_new(req->peer, handler, arg, req->peer_text);
	if (!ws) {
		http_error(req, 500, -1, "Out of memory.");
		handler->closed(NULL, arg);
		return;
	}
	req->answered = true;
	req->peer->ws = ws;
}
