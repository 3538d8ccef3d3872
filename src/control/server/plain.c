/* SPDX-License-Identifier: Apache-2.0 */
/* Plain HTTP beside HTTPS, for --domain: it proves the name to a certificate authority (RFC 8555 8.3), and sends everybody else on. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/cleanup.h"
#include "base/sb.h"
#include "control/server/internal.h"

static const char proofs[] = "/.well-known/acme-challenge/";

/* libwebsockets has decoded it: what is no plain character of a URL is written anew (RFC 3986 2.1). */
static void add_encoded(struct sb *url, const char *text)
{
	static const char plain[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/:@!$'()*,;=";

	for (; *text; text++) {
		if (strchr(plain, *text))
			sb_add(url, text, 1);
		else
			sb_printf(url, "%%%02X", (unsigned)(unsigned char)*text);
	}
}

/* Only ever to a name of ours, whatever Host says. */
static const char *name_for(const struct server *s, const char *host)
{
	size_t n = strcspn(host, ":");

	for (size_t i = 0; i < s->config.plain.name_count; i++) {
		const char *name = s->config.plain.names[i];

		if (strlen(name) == n && strncasecmp(name, host, n) == 0)
			return name;
	}
	return s->config.plain.names[0];
}

static void send_on(struct http_req *req)
{
	const struct server *s = req->server;
	struct sb url = { 0 };

	sb_printf(&url, "https://%s", name_for(s, req->host ? req->host : ""));
	if (s->port != 443)
		sb_printf(&url, ":%u", s->port);
	add_encoded(&url, req->path[0] == '/' ? req->path : "/");
	for (size_t i = 0; i < req->query_count; i++) {
		sb_puts(&url, i ? "&" : "?");
		add_encoded(&url, req->query[i]);
	}
	autofree char *location = sb_steal(&url);
	if (!location) {
		http_error(req, 500, -1, "Out of memory.");
		return;
	}
	http_add_header(req, "location", location);
	http_reply_empty(req, 308);
}

void plain_answer(struct http_req *req)
{
	const struct server_plain *plain = &req->server->config.plain;
	const char *token = req->path + sizeof proofs - 1;

	if (strncmp(req->path, proofs, sizeof proofs - 1) != 0) {
		send_on(req);
		return;
	}
	autofree char *page = plain->page(plain->arg, token);
	if (page)
		http_reply(req, 200, "application/octet-stream", page, strlen(page));
	else
		http_error(req, 404, 16, "There is nothing at this address.");
}
