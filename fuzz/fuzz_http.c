/* SPDX-License-Identifier: Apache-2.0 */
/* The server's own parsers: headers, paths and the depth of JSON. The first byte chooses one. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/utf8.h"
#include "control/server/route.h"
#include "control/server/text.h"

static void nothing(struct http_req *req, struct control *control)
{
	(void)req;
	(void)control;
}

static const struct http_route routes[] = {
	{ HTTP_GET, "/", nothing, ACCESS_PUBLIC, 0 },
	{ HTTP_POST, "/api/v1/conversations/{id}/messages", nothing, ACCESS_USER, 0 },
	{ HTTP_POST, "/api/v1/call/{type}/{id}/join", nothing, ACCESS_USER, 0 },
	{ HTTP_GET, "/{path...}", nothing, ACCESS_PUBLIC, ROUTE_FALLBACK },
};

static void check_route(const char *path)
{
	struct route_match m;

	route_find(routes, sizeof routes / sizeof routes[0], HTTP_POST, path, &m);
	for (size_t i = 0; i < m.param_count; i++) {
		if (m.params[i].value < path ||
		    m.params[i].value + m.params[i].value_length > path + strlen(path) ||
		    m.params[i].value_length == 0)
			abort();
	}
}

static void check_cookies(const char *text)
{
	const char *cursor = text, *pair;
	size_t n;

	while ((pair = text_next_cookie(&cursor, &n)) != NULL) {
		if (n == 0 || pair < text || pair + n > text + strlen(text) ||
		    !memchr(pair, '=', n))
			abort();
	}
}

/* A plausible host names the same origin as itself, and nothing else does that is not plausible. */
static void check_host(const char *text)
{
	char origin[600];

	if (strlen(text) > 500)
		return;
	strcpy(origin, "http://");
	strcat(origin, text);
	if (text_host_is_plausible(text) != text_origin_is_host(origin, text, false))
		abort();
	(void)text_origin_is_host(text, "localhost:8080", true);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	if (n == 0)
		return 0;
	char *text = malloc(n);
	memcpy(text, bytes + 1, n - 1);
	text[n - 1] = '\0';

	switch (bytes[0] % 10) {
	case 0:
		check_route(text);
		break;
	case 1:
		check_cookies(text);
		break;
	case 2:
		check_host(text);
		break;
	case 3:
		(void)text_is_json_type(text);
		break;
	case 4:
		(void)text_etag_matches(text, "\"0123456789abcdef0123\"");
		break;
	case 5:
		(void)text_accepts_gzip(text);
		break;
	case 6:
		(void)text_json_depth_ok((const char *)bytes + 1, n - 1, LIMIT_JSON_DEPTH);
		break;
	case 8:
		text_mend_utf8(text);
		if (strlen(text) > n - 1 || !utf8_is_valid(text, strlen(text)))
			abort();
		break;
	case 9:
		(void)text_forwarded_for(text, (char[INET6_ADDRSTRLEN]){ 0 });
		break;
	default:
		if (text_content_length(text) < -1)
			abort();
	}
	free(text);
	return 0;
}
