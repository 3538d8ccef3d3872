/* SPDX-License-Identifier: Apache-2.0 */
/* Static files, and the pages of the web app: every path without a dot is the app's own, and gets
 * index.html. */
#include "control/http/assets.h"

#include <string.h>

#include "base/cleanup.h"
#include "control/control.h"
#include "control/http/handlers.h"
#include "control/http/unpacked.h"
#include "control/server/text.h"

/* It needs nothing else from here: what it would ask for may be what is not there. */
static const char not_found_page[] =
	"<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<title>Not found</title>\n"
	"<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
	"<style>:root{color-scheme:light "
	"dark}body{display:grid;min-height:90vh;margin:0;padding:24px;"
	"place-content:center;text-align:center;font:16px/1.5 "
	"system-ui,sans-serif}h1{font-size:24px}"
	"a{display:inline-block;padding:10px;color:LinkText}</style>\n"
	"<main><h1>There is nothing at this address</h1>\n<p><a href=\"/\">Go to the start "
	"page</a></p>"
	"</main>\n</html>\n";
static const char not_found_policy[] =
	"default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; "
	"base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

static bool is_under(const char *path, const char *folder)
{
	size_t n = strlen(folder);

	return strncmp(path, folder, n) == 0 && (path[n] == '/' || path[n] == '\0');
}

/* Paths that machines ask for: their 404 is JSON. */
static bool is_machine_path(const char *path)
{
	static const char *const folders[] = { "/api", "/rtc", "/twirp", "/sdk", "/settings" };

	for (size_t i = 0; i < countof(folders); i++) {
		if (is_under(path, folders[i]))
			return true;
	}
	return false;
}

static bool is_widget(const char *path)
{
	return is_under(path, "/widget") || is_under(path, "/shared") ||
	       strcmp(path, "/widget.js") == 0;
}

static const struct asset *find_page(const char *path)
{
	const struct asset *a = asset_find(path);
	const char *last = strrchr(path, '/');

	if (a)
		return a;
	return is_machine_path(path) || (last && strchr(last, '.')) ? NULL
								    : asset_find("/index.html");
}

void http_asset(struct http_req *req, struct control *control)
{
	const char *path = http_path(req);
	const struct asset *a = find_page(path);
	const char *known = http_header(req, "if-none-match");
	const char *encodings = http_header(req, "accept-encoding");

	if (a && is_under(path, "/demo") && !control->demo)
		a = NULL;
	if (!a && is_machine_path(path)) {
		http_error(req, 404, 16, "There is nothing at %.200s.", path);
		return;
	}
	if (!a) {
		http_add_header(req, "content-security-policy", not_found_policy);
		http_reply_static(req, 404, "text/html; charset=utf-8", not_found_page,
				  sizeof not_found_page - 1);
		return;
	}

	/* pages that isolate themselves (COEP) take from other sites only what says that it may */
	if (is_widget(path))
		http_add_header(req, "cross-origin-resource-policy", "cross-origin");
	http_add_header(req, "etag", a->etag);
	http_add_header(req, "vary", "accept-encoding");
	http_add_header(req, "cache-control",
			a->immutable ? "public, max-age=31536000, immutable" : "no-cache");
	if (known && text_etag_matches(known, a->etag)) {
		http_reply_empty(req, 304);
		return;
	}
	if (a->gzip_length && encodings && text_accepts_gzip(encodings)) {
		http_add_header(req, "content-encoding", "gzip");
		http_reply_static(req, 200, a->content_type, a->bytes, a->gzip_length);
		return;
	}
	const uint8_t *plain = unpacked_get(control->unpacked, a);
	if (plain)
		http_reply_static(req, 200, a->content_type, plain, a->length);
	else
		http_error(req, 500, -1, "The server is out of memory.");
}
