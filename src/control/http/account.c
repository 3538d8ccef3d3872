/* SPDX-License-Identifier: Apache-2.0 */
/* One's own account: GET /api/auth/sessions, POST /api/auth/sessions/end_others, /links, /name, /password. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/limits.h"
#include "control/auth/auth.h"
#include "control/control.h"
#include "control/http/access.h"
#include "control/http/handlers.h"
#include "control/http/names.h"
#include "control/http/rate.h"
#include "control/support/support.h"
#include "control/ws/hub.h"
#include "control/ws/objects.h"

/* It opens more than a user token does, and costs as much as ten: six a minute, twelve at once. */
enum { OWN_LINK_COST = 10 };

/* Lives until the answer: whoever gives that frees it. */
struct own {
	struct http_req *req;
	struct control *control;
	char key[AUTH_SESSION_KEY_SIZE]; /* of the session that asks */
};

/* NULL: answered already. */
static struct own *own_new(struct http_req *req, struct control *control)
{
	const char *token = http_cookie(req, SESSION_COOKIE); /* the gate has seen it */
	struct own *own = calloc(1, sizeof *own);

	if (!own || !token) {
		free(own);
		http_error(req, 500, -1, "Out of memory.");
		return NULL;
	}
	own->req = req;
	own->control = control;
	auth_session_key(token, own->key);
	return own;
}

static void on_list(void *arg, int status, const struct store_session *sessions, size_t n)
{
	autofree struct own *own = arg;
	json_t *list = json_array();

	for (size_t i = 0; i < n; i++)
		(void)json_array_append_new(
			list, json_pack("{s:o,s:o,s:b,s:s*}", "created_at",
					object_time(sessions[i].created_at_us), "seen_at",
					object_time(sessions[i].seen_at_us), "current",
					strcmp(sessions[i].key, own->key) == 0, "browser",
					sessions[i].agent));
	if (status == 0) {
		http_reply_json(own->req, 200, json_pack("{s:o}", "sessions", list));
		return;
	}
	json_decref(list);
	access_answer_error(own->req, status, "account");
}

void http_sessions(struct http_req *req, struct control *control)
{
	struct own *own = own_new(req, control);

	if (own)
		auth_sessions_list(control->auth, access_user(req)->id, on_list, own);
}

/* Their sockets close and their legs of calls end (R16). */
static void end_sessions(const struct own *own, const struct store_session *ended, size_t n)
{
	struct control *control = own->control;
	char count[24];

	(void)snprintf(count, sizeof count, "%zu", n);
	if (n > 0)
		support_audit(control->support, access_user(own->req)->id, http_peer(own->req),
			      "session.end_others", count, NULL);
	for (size_t i = 0; i < n; i++) {
		hub_close_session(control->hub, ended[i].key);
		control_end_session(control, ended[i].key);
	}
}

static void on_others_ended(void *arg, int status, const struct store_session *ended, size_t n)
{
	autofree struct own *own = arg;

	end_sessions(own, ended, n);
	if (status == 0)
		http_reply_json(own->req, 200, json_pack("{s:I}", "ended", (json_int_t)n));
	else
		access_answer_error(own->req, status, "account");
}

void http_sessions_end_others(struct http_req *req, struct control *control)
{
	struct own *own = own_new(req, control);

	if (own)
		auth_sessions_end_others(control->auth, access_user(req)->id, own->key,
					 on_others_ended, own);
}

static void on_own_link(void *arg, int status, const char *link_token)
{
	autofree struct own *own = arg;
	uint64_t end = clock_wall_us() + (uint64_t)AUTH_OWN_LINK_LIFE_S * US_PER_S;

	if (status != 0) {
		access_answer_error(own->req, status, "account");
		return;
	}
	support_audit(own->control->support, access_user(own->req)->id, http_peer(own->req),
		      "session.link", NULL, NULL);
	http_add_header(own->req, "cache-control", "no-store");
	http_reply_json(
		own->req, 201,
		json_pack("{s:s, s:o}", "token", link_token, "expires_at", object_time(end)));
}

/* For one's other device: whoever has the link is signed in, once. */
void http_own_link(struct http_req *req, struct control *control)
{
	const struct store_user *me = access_user(req);
	char seconds[16];

	if (!http_body_json(req))
		return;
	unsigned wait_s = rate_take(control->token_rate, me->id, OWN_LINK_COST, clock_now_us());
	if (wait_s) {
		(void)snprintf(seconds, sizeof seconds, "%u", wait_s);
		http_add_header(req, "retry-after", seconds);
		http_error(req, 429, 9, "Too many links were asked for; try again in %s seconds.",
			   seconds);
		return;
	}
	struct own *own = own_new(req, control);
	if (own)
		auth_link_create(control->auth, me->id, own->key, AUTH_OWN_LINK_LIFE_S, on_own_link,
				 own);
}

static void on_renamed(void *arg, int status, const struct store_user *user)
{
	autofree struct own *own = arg;

	if (status != 0) {
		access_answer_error(own->req, status, "account");
		return;
	}
	http_tell_name(own->control, user);
	http_reply_json(own->req, 200, json_pack("{s:o}", "user", object_user(user)));
}

void http_rename(struct http_req *req, struct control *control)
{
	const json_t *body = http_body_json(req);
	const char *name = json_string_value(json_object_get(body, "name"));
	const struct store_user *me = access_user(req);
	struct auth_new_user form = { .raw_id = me->id, .name = name };

	if (!body)
		return;
	if (!name || !*name || strlen(name) != json_string_length(json_object_get(body, "name"))) {
		http_error(req, 400, 4, "`name` must be a string that is not empty.");
		return;
	}
	const char *problem = auth_user_problem(&form);
	if (problem) {
		http_error(req, 400, 4, "%s", problem);
		return;
	}
	struct own *own = own_new(req, control);
	if (own)
		auth_rename(control->auth, me->id, name, on_renamed, own);
}

static void on_password(void *arg, int status, unsigned retry_after_s,
			const struct store_session *ended, size_t n)
{
	autofree struct own *own = arg;
	char seconds[16];

	end_sessions(own, ended, n);
	if (status == 0 || status == -EACCES)
		support_audit(own->control->support, access_user(own->req)->id, http_peer(own->req),
			      status == 0 ? "account.password" : "account.refuse",
			      status == 0 ? NULL : "password", NULL);
	switch (status) {
	case 0:
		http_reply_json(own->req, 200, json_object());
		return;
	case -EACCES:
		/* not 401: who asks is known, and a browser need not ask again */
		http_error(own->req, 403, 17, "`password` is not this account's password.");
		return;
	case -EAGAIN:
		(void)snprintf(seconds, sizeof seconds, "%u", retry_after_s);
		http_add_header(own->req, "retry-after", seconds);
		http_error(own->req, 429, 9, "Too many failed tries; try again in %s seconds.",
			   seconds);
		return;
	default:
		access_answer_error(own->req, status, "account");
	}
}

void http_password(struct http_req *req, struct control *control)
{
	const json_t *body = http_body_json(req);
	const char *now = json_string_value(json_object_get(body, "password"));
	const char *next = json_string_value(json_object_get(body, "new_password"));
	const struct store_user *me = access_user(req);
	struct auth_new_user form = { .raw_id = me->id, .password = next };

	if (!body)
		return;
	if (!now || !next || strlen(now) > LIMIT_PASSWORD) {
		http_error(req, 400, 4,
			   "`password` and `new_password` must be strings of at most %d bytes.",
			   LIMIT_PASSWORD);
		return;
	}
	const char *problem = auth_user_problem(&form);
	if (problem) {
		http_error(req, 400, 4, "%s", problem);
		return;
	}
	struct own *own = own_new(req, control);
	if (!own)
		return;
	struct auth_password_change change = {
		.user_id = me->id,
		.now = now,
		.next = next,
		.keep_key = own->key,
		.peer = http_peer(req),
	};
	auth_password_change(control->auth, &change, on_password, own);
}
