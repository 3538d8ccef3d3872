/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The route table's shape and the lookup in it. Pure: no I/O, no memory of its own. Paths come
 * percent-decoded. A pattern is a path whose segments may be `{name}`, which match one non-empty
 * segment; a last segment `{name...}` matches the rest.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "control/server/request.h"

enum route_flags {
	ROUTE_PUBLIC = 0,	/* nobody need be signed in */
	ROUTE_SESSION = 1 << 0, /* session cookie only */
	/* session cookie or user token. Any web origin may read the answer, as with ROUTE_CORS: a
	 * browser sends another origin's request without the cookie, so only a token works there */
	ROUTE_USER = 1 << 1,
	/* any web origin may read the answer (LiveKit clients); preflight is answered */
	ROUTE_CORS = 1 << 2,
	/* changes nothing for a cookie holder: Origin and content type do not matter */
	ROUTE_NO_CSRF = 1 << 3,
	ROUTE_CALL = 1 << 5,	 /* of one call, {type} and {id}: a token limited to it will do */
	ROUTE_FALLBACK = 1 << 4, /* last in the table: counts only where no other path matches */
	/* takes a body of any kind, application/octet-stream, up to LIMIT_UPLOAD */
	ROUTE_UPLOAD = 1 << 6,
	/* pages of the sites that may show the widget may send it, too (access.c) */
	ROUTE_WIDGET = 1 << 7,
};

struct http_route {
	unsigned methods; /* enum http_method, or-ed; GET implies HEAD */
	const char *pattern;
	http_fn *handler;
	unsigned flags;
};

enum { ROUTE_PARAMS_MAX = 4 };

/* One matched `{name}`: both point into what was given to route_find. */
struct route_param {
	const char *name, *value;
	size_t name_length, value_length;
};

struct route_match {
	const struct http_route *route; /* NULL: see `allow` */
	unsigned allow;			/* methods of all routes with this path; 0 = no such path */
	unsigned flags;			/* flags of the path's first route; for preflight and 405 */
	struct route_param params[ROUTE_PARAMS_MAX];
	size_t param_count;
};

void route_find(const struct http_route *routes, size_t count, enum http_method method,
		const char *path, struct route_match *ret);

/* "GET, HEAD, POST" */
void route_allow_text(unsigned methods, char *ret, size_t capacity);
