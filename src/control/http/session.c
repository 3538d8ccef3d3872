/* SPDX-License-Identifier: Apache-2.0 */
/* Signing in and out: POST /api/auth/login, /link, /logout, GET /api/auth/session. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/must.h"
#include "base/utf8.h"
#include "control/auth/auth.h"
#include "control/auth/bans.h"
#include "control/control.h"
#include "control/http/access.h"
#include "control/http/handlers.h"
#include "control/support/support.h"
#include "control/ws/hub.h"
#include "control/ws/objects.h"

static void set_cookie(struct http_req *req, const char *token, unsigned life_s)
{
	char value[256];

	(void)snprintf(value, sizeof value,
		       SESSION_COOKIE "=%s; Path=/; Max-Age=%u; Secure; HttpOnly; SameSite=Lax",
		       token, life_s);
	http_add_header(req, "set-cookie", value);
}

/* A string member of the body. NULL: refused already. */
static const char *string_member(struct http_req *req, const json_t *body, const char *name,
				 size_t max)
{
	const json_t *member = json_object_get(body, name);

	if (!json_is_string(member)) {
		http_error(req, 400, 4, "`%s` must be a string.", name);
		return NULL;
	}
	if (json_string_length(member) > max) {
		http_error(req, 400, 4, "`%s` is too long; at most %zu bytes are taken.", name,
			   max);
		return NULL;
	}
	return json_string_value(member);
}

struct signing_in {
	struct http_req *req;
	struct control *control;
};

static struct signing_in *signing_in(struct http_req *req, struct control *control)
{
	struct signing_in *s = must(malloc(sizeof *s));

	*s = (struct signing_in){ .req = req, .control = control };
	return s;
}

static void on_signin(void *arg, const struct auth_signin *result)
{
	struct signing_in *s = arg;
	struct http_req *req = s->req;
	char seconds[16], banned[BAN_TEXT_SIZE];
	bool out = result->status == 0 && bans_hold(s->control->bans, result->user->id, banned);

	if (result->status == 0 && !out)
		support_audit(s->control->support, result->user->id, http_peer(req),
			      "session.begin", NULL, NULL);
	/* A name that nobody has may be a password in the wrong field, and strangers' rows would have no end. */
	if (out || result->refused_id)
		support_audit(s->control->support, out ? result->user->id : result->refused_id,
			      http_peer(req), "session.refuse",
			      out	       ? "ban"
			      : result->locked ? "lockout"
					       : "password",
			      NULL);
	free(s);
	if (out) {
		http_error(req, 403, 17, "%s", banned);
		return;
	}

	switch (result->status) {
	case 0:
		set_cookie(req, result->session_token, AUTH_SESSION_LIFE_S);
		http_reply_json(req, 200, json_pack("{s:o}", "user", object_user(result->user)));
		return;
	case -EACCES:
		http_error(req, 401, 5,
			   strcmp(http_path(req), "/api/auth/link") == 0
				   ? "This sign-in link was used already or has expired; ask for a "
				     "new one."
				   : "Wrong user ID or password.");
		return;
	case -EAGAIN:
		(void)snprintf(seconds, sizeof seconds, "%u", result->retry_after_s);
		http_add_header(req, "retry-after", seconds);
		http_error(req, 429, 9, "Too many failed sign-ins; try again in %s seconds.",
			   seconds);
		return;
	default:
		access_answer_error(req, result->status, "account");
	}
}

static const char *agent_of(const struct http_req *req)
{
	const char *agent = http_header(req, "user-agent");
	size_t len = agent ? strlen(agent) : 0;

	return len > 0 && len <= AUTH_AGENT_MAX && utf8_is_valid(agent, len) ? agent : NULL;
}

void http_login(struct http_req *req, struct control *control)
{
	const json_t *body = http_body_json(req);
	const char *user_id = body ? string_member(req, body, "userId", LIMIT_PASSWORD) : NULL;
	const char *password = user_id ? string_member(req, body, "password", LIMIT_PASSWORD)
				       : NULL;

	if (password)
		auth_login(control->auth, user_id, password, http_peer(req), agent_of(req),
			   on_signin, signing_in(req, control));
}

void http_link(struct http_req *req, struct control *control)
{
	const json_t *body = http_body_json(req);
	const char *token = body ? string_member(req, body, "token", 256) : NULL;

	if (token)
		auth_link_use(control->auth, token, http_peer(req), agent_of(req), on_signin,
			      signing_in(req, control));
}

struct logout {
	struct http_req *req;
	struct control *control;
	char key[AUTH_SESSION_KEY_SIZE];
	char user_id[LIMIT_USER_ID + 1]; /* "" = the session was over already */
};

static void on_logout(void *arg, int status)
{
	struct logout *l = arg;

	if (status == 0 && *l->user_id)
		support_audit(l->control->support, l->user_id, http_peer(l->req), "session.end",
			      NULL, NULL);
	if (status == 0) {
		hub_close_session(l->control->hub, l->key);
		control_end_session(l->control, l->key);
		set_cookie(l->req, "", 0);
		http_reply_json(l->req, 200, json_object());
	} else {
		access_answer_error(l->req, status, "session");
	}
}

static void on_logout_user(void *arg, int status, const struct store_user *user)
{
	struct logout *l = arg;

	if (status < 0 && status != -ENOENT) {
		access_answer_error(l->req, status, "session");
		return;
	}
	(void)snprintf(l->user_id, sizeof l->user_id, "%s", user ? user->id : "");
	auth_logout(l->control->auth, http_cookie(l->req, SESSION_COOKIE), on_logout, l);
}

void http_logout(struct http_req *req, struct control *control)
{
	const char *token = http_cookie(req, SESSION_COOKIE);
	struct logout *l = token ? calloc(1, sizeof *l) : NULL;

	if (!token) {
		set_cookie(req, "", 0);
		http_reply_json(req, 200, json_object());
		return;
	}
	if (!l) {
		http_error(req, 500, -1, "Out of memory.");
		return;
	}
	l->req = req;
	l->control = control;
	auth_session_key(token, l->key);
	http_set_context(req, l, free);
	auth_session_find(control->auth, token, on_logout_user, l);
}

static void on_session(void *arg, int status, const struct store_user *user)
{
	struct signing_in *s = arg;
	struct http_req *req = s->req;
	char banned[BAN_TEXT_SIZE];

	if (status == 0 && bans_hold(s->control->bans, user->id, banned))
		status = -ENOENT;
	free(s);
	if (status == 0 || status == -ENOENT)
		http_reply_json(
			req, 200,
			json_pack("{s:o}", "user", status == 0 ? object_user(user) : json_null()));
	else
		access_answer_error(req, status, "session");
}

void http_session(struct http_req *req, struct control *control)
{
	const char *token = http_cookie(req, SESSION_COOKIE);

	if (token)
		auth_session_find(control->auth, token, on_session, signing_in(req, control));
	else
		on_session(signing_in(req, control), -ENOENT, NULL);
}
