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

/* Who may ask. From ACCESS_USER on it is a session cookie or a user token, and any web origin may read the answer, as with
 * ROUTE_CORS: a browser sends another origin's request without the cookie, so only a token works there. */
enum route_access {
	ACCESS_NONE = 0, /* nobody: the row says nothing */
	ACCESS_PUBLIC,	 /* anybody */
	ACCESS_LOCAL,	 /* programs on this machine */
	ACCESS_KEY, /* the handler's protocol has credentials of its own, and it asks for them */
	ACCESS_SESSION, /* a session cookie only */
	ACCESS_USER,	/* who is signed in */
	ACCESS_CALL, /* of one call, {type} and {id}, whose rights calls/ knows: also a token limited to it */
	ACCESS_CONVERSATION, /* who may see the conversation {id}; for others there is none */
	ACCESS_TEAM_OF,	     /* the same, but of a customer's conversation the team only */
	ACCESS_TEAM	     /* the team: admins */
};

enum route_flags {
	/* any web origin may read the answer (LiveKit clients); preflight is answered */
	ROUTE_CORS = 1 << 0,
	/* changes nothing for a cookie holder: Origin and content type do not matter */
	ROUTE_NO_CSRF = 1 << 1,
	ROUTE_FALLBACK = 1 << 2, /* last in the table: counts only where no other path matches */
	/* takes a body of any kind, application/octet-stream, up to LIMIT_UPLOAD */
	ROUTE_UPLOAD = 1 << 3,
	/* pages of the sites that may show the widget may send it, too (access.c) */
	ROUTE_WIDGET = 1 << 4,
};

struct http_route {
	unsigned methods; /* enum http_method, or-ed; GET implies HEAD */
	const char *pattern;
	http_fn *handler;
	enum route_access access;
	unsigned flags; /* enum route_flags */
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
	bool any_origin; /* may read answers of this path: of its first route; also preflight and 405 */
	struct route_param params[ROUTE_PARAMS_MAX];
	size_t param_count;
};

/* Whether a user token does as well as a session. */
bool route_takes_token(const struct http_route *route);

void route_find(const struct http_route *routes, size_t count, enum http_method method,
		const char *path, struct route_match *ret);

/* "GET, HEAD, POST" */
void route_allow_text(unsigned methods, char *ret, size_t capacity);
