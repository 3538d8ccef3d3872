/* SPDX-License-Identifier: Apache-2.0 */
#include "control/server/route.h"

#include <stdio.h>
#include <string.h>

/* One `{name}` segment of the pattern against the path's segment; both cursors are moved past it.
 */
static bool match_param(const char **pattern, const char **path, struct route_match *ret)
{
	const char *name = *pattern + 1, *close = strchr(name, '}');
	size_t name_length = (size_t)(close - name);
	bool rest = name_length > 3 && memcmp(close - 3, "...", 3) == 0;
	size_t n = rest ? strlen(*path) : strcspn(*path, "/");

	if (n == 0 || ret->param_count == ROUTE_PARAMS_MAX)
		return false;
	ret->params[ret->param_count++] = (struct route_param){
		.name = name,
		.name_length = rest ? name_length - 3 : name_length,
		.value = *path,
		.value_length = n,
	};
	*pattern = close + 1;
	*path += n;
	return true;
}

static bool match_path(const char *pattern, const char *path, struct route_match *ret)
{
	ret->param_count = 0;
	while (*pattern) {
		if (*pattern == '{') {
			if (!match_param(&pattern, &path, ret))
				return false;
		} else if (*pattern++ != *path++) {
			return false;
		}
	}
	return *path == '\0';
}

bool route_takes_token(const struct http_route *route)
{
	return route->access >= ACCESS_USER;
}

void route_find(const struct http_route *routes, size_t count, enum http_method method,
		const char *path, struct route_match *ret)
{
	*ret = (struct route_match){ 0 };
	for (size_t i = 0; i < count; i++) {
		const struct http_route *r = &routes[i];
		if (!match_path(r->pattern, path, ret))
			continue;
		if (r->flags & ROUTE_FALLBACK &&
		    (ret->allow || !(r->methods & method || method == HTTP_HEAD)))
			continue;
		unsigned methods = r->methods | (r->methods & HTTP_GET ? HTTP_HEAD : 0);
		if (ret->allow == 0)
			ret->any_origin = r->flags & ROUTE_CORS || route_takes_token(r);
		ret->allow |= methods;
		if (methods & method) {
			ret->route = r;
			return;
		}
	}
	ret->param_count = 0;
}

void route_allow_text(unsigned methods, char *ret, size_t capacity)
{
	static const struct {
		enum http_method method;
		const char *name;
	} names[] = {
		{ HTTP_GET, "GET" },	     { HTTP_HEAD, "HEAD" },   { HTTP_POST, "POST" },
		{ HTTP_PUT, "PUT" },	     { HTTP_PATCH, "PATCH" }, { HTTP_DELETE, "DELETE" },
		{ HTTP_OPTIONS, "OPTIONS" },
	};
	size_t used = 0;

	ret[0] = '\0';
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		if (!(methods & names[i].method) || used >= capacity)
			continue;
		int n = snprintf(ret + used, capacity - used, "%s%s", used ? ", " : "",
				 names[i].name);
		used += n > 0 ? (size_t)n : 0;
	}
}
