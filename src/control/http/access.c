/* SPDX-License-Identifier: Apache-2.0 */
#include "control/http/access.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/log.h"
#include "control/auth/auth.h"
#include "control/auth/bans.h"
#include "control/chat/channels.h"
#include "control/control.h"
#include "control/server/text.h"

struct access {
	struct http_req *req;
	const struct http_route *route;
	struct control *control;
	struct store_user *user;
};

static void access_free(void *context)
{
	struct access *a = context;

	free(a->user);
	free(a);
}

const struct store_user *access_user(const struct http_req *req)
{
	const struct access *a = http_context(req);

	return a ? a->user : NULL;
}

struct store_deed access_deed(const struct http_req *req)
{
	const struct store_user *who = access_user(req);

	return (struct store_deed){ who->id, clock_wall_us(), who->place };
}

void access_refusal(int status, const char *what, const char *where, struct refusal *ret)
{
	switch (status) {
	case -ENOENT:
		refusal_set(ret, 404, 16, "There is no %s, or it is not yours to see.", what);
		return;
	case -EBUSY:
	case -ESHUTDOWN:
		refusal_set(ret, 503, 9, "The server is busy; try again in some seconds.");
		ret->retry_after_s = 2;
		return;
	case -ENOSPC:
	case -EROFS:
	case -EIO:
		refusal_set(ret, 503, 9,
			    "The server cannot store anything now: its disk is full or failing.");
		ret->retry_after_s = 30;
		return;
	default:
		log_error("http", "status %d (%s) for %s", status, strerror(-status), where);
		refusal_set(ret, 500, -1,
			    "Something went wrong in the server; its log has the cause.");
	}
}

void access_answer_error(struct http_req *req, int status, const char *what)
{
	struct refusal r;

	access_refusal(status, what, http_path(req), &r);
	http_refuse(req, &r);
}

bool access_own_origin(const struct http_req *req)
{
	const char *origin = http_header(req, "origin"), *host = http_host(req);

	return !origin || (host && text_origin_is_host(origin, host, http_is_tls(req)));
}

static const char *bearer(const struct http_req *req)
{
	const char *value = http_header(req, "authorization");

	if (!value || strncasecmp(value, "bearer ", 7) != 0)
		return NULL;
	return value + 7 + strspn(value + 7, " ");
}

/* The answer may be read by any page, so that the one who sets the widget up reads what is wrong;
 * nothing is done for a page that is not on the list. */
static bool check_widget_origin(struct http_req *req, const struct control *control)
{
	const char *origin = http_header(req, "origin");

	if (access_own_origin(req))
		return true;
	for (char *const *allowed = control->widget_origins; *allowed; allowed++)
		if (strcasecmp(origin, *allowed) == 0)
			return true;
	http_error(req, 403, 17,
		   "The widget may not be shown on %.200s; start the server with --widget-origin "
		   "and that address.",
		   origin);
	return false;
}

/* docs/api.md, "Who is asking". True = go on. */
static bool check_csrf(struct http_req *req, const struct http_route *route,
		       const struct control *control)
{
	bool changes = http_method(req) & (HTTP_POST | HTTP_PUT | HTTP_PATCH | HTTP_DELETE);

	if (!changes || route->flags & ROUTE_NO_CSRF)
		return true;

	const char *type = http_header(req, "content-type");
	if (route->flags & ROUTE_UPLOAD) {
		/* like JSON not a type that a page of another site can send without asking */
		if (!type || strcmp(type, "application/octet-stream") != 0) {
			http_error(req, 415, 4, "Send Content-Type: application/octet-stream.");
			return false;
		}
	} else if (!type || !text_is_json_type(type)) {
		http_error(req, 415, 4, "Send Content-Type: application/json.");
		return false;
	}
	if (route_takes_token(route) && bearer(req))
		return true; /* no ambient authority */

	if (route->flags & ROUTE_WIDGET)
		return check_widget_origin(req, control);

	const char *site = http_header(req, "sec-fetch-site");
	if (!access_own_origin(req) ||
	    (site && strcmp(site, "same-origin") != 0 && strcmp(site, "none") != 0)) {
		http_error(req, 403, 17,
			   "The request comes from another site; only the server's own pages may "
			   "send it.");
		return false;
	}
	return true;
}

/* ---- whether they may ---- */

static bool refuse(struct refusal *ret, const char *text)
{
	refusal_set(ret, 403, 17, "%s", text);
	return false;
}

bool access_allows(const struct control *control, enum route_access access,
		   const struct store_user *user, const char *conversation_id, struct refusal *ret)
{
	bool team = user->role == ROLE_ADMIN;

	switch (access) {
	case ACCESS_SESSION:
	case ACCESS_USER:
	case ACCESS_CALL: /* the call's rights are in calls/rights.h */
		return true;
	case ACCESS_TEAM:
		return team || refuse(ret, "This is for the team only.");
	case ACCESS_CONVERSATION:
	case ACCESS_TEAM_OF:
		if (!conversation_id || !chat_open_to(control->chat, user, conversation_id)) {
			access_refusal(-ENOENT, "conversation of this id", "", ret);
			return false;
		}
		return access == ACCESS_CONVERSATION || team || store_is_channel(conversation_id) ||
		       refuse(ret, "This is for the team only.");
	default:
		log_error("http", "a route says nobody who may use it");
		return refuse(ret, "Nobody may use this address.");
	}
}

static void on_user(struct access *a, const struct store_user *user)
{
	char banned[BAN_TEXT_SIZE];
	struct refusal r;

	a->user = store_user_dup(user);
	if (a->user)
		a->user->place = http_peer(a->req);
	if (bans_hold(a->control->bans, user->id, banned))
		http_error(a->req, 403, 17, "%s", banned);
	else if (!a->user)
		http_error(a->req, 500, -1, "Out of memory.");
	else if (!access_allows(a->control, a->route->access, a->user, http_param(a->req, "id"),
				&r))
		http_refuse(a->req, &r);
	else
		a->route->handler(a->req, a->control);
}

static void on_session(void *arg, int status, const struct store_user *user)
{
	struct access *a = arg;

	if (status == 0)
		on_user(a, user);
	else if (status == -ENOENT)
		http_error(a->req, 401, 5, "%s", AUTH_SESSION_ENDED);
	else
		access_answer_error(a->req, status, "session");
}

/* A token may be limited to certain calls: everything else is closed to it. */
static bool is_in_scope(const struct access *a, json_t *call_cids)
{
	const char *type = http_param(a->req, "type"), *id = http_param(a->req, "id");
	const json_t *item;
	size_t at;

	if (!call_cids)
		return true;
	if (a->route->access != ACCESS_CALL || !type || !id)
		return false;
	json_array_foreach(call_cids, at, item)
	{
		const char *cid = json_string_value(item);
		size_t n = strlen(type);

		if (strncmp(cid, type, n) == 0 && cid[n] == ':' && strcmp(cid + n + 1, id) == 0)
			return true;
	}
	return false;
}

static void on_bearer(void *arg, int status, const struct store_user *user, json_t *call_cids,
		      const struct token_error *error)
{
	struct access *a = arg;

	if (status == 0 && !is_in_scope(a, call_cids))
		http_error(a->req, 403, 17,
			   "The token opens certain calls only (call_cids), and not this address.");
	else if (status == 0)
		on_user(a, user);
	else if (status == -EACCES && error)
		http_error(a->req, 401, (int)error->code, "%s", error->message);
	else
		access_answer_error(a->req, status, "user");
}

void access_gate(struct http_req *req, const struct http_route *route, struct control *control)
{
	store_hurry(control->store);
	if (!check_csrf(req, route, control))
		return;
	if (route->access == ACCESS_PUBLIC || route->access == ACCESS_KEY) {
		route->handler(req, control);
		return;
	}
	if (route->access == ACCESS_LOCAL) {
		if (http_is_local(req))
			route->handler(req, control);
		else
			http_error(req, 403, 17, "This is given to this machine only.");
		return;
	}

	bool takes_token = route_takes_token(route);
	const char *token = takes_token ? bearer(req) : NULL;
	const char *cookie = http_cookie(req, SESSION_COOKIE);
	if (!token && !cookie) {
		http_error(req, 401, 5, "You are not signed in; sign in first%s.",
			   takes_token ? ", or send a user token as Authorization: Bearer" : "");
		return;
	}
	struct access *a = calloc(1, sizeof *a);
	if (!a) {
		http_error(req, 500, -1, "Out of memory.");
		return;
	}
	*a = (struct access){ .req = req, .route = route, .control = control };
	http_set_context(req, a, access_free);
	if (token)
		auth_scoped_find(control->auth, token, on_bearer, a);
	else
		auth_session_find(control->auth, cookie, on_session, a);
}
