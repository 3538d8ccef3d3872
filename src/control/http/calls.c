/* SPDX-License-Identifier: Apache-2.0 */
/* The call coordinator: everything under /api/v1/call/{type}/{id}. The rules are in calls/. */
#include "control/calls/calls.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/must.h"
#include "control/auth/auth.h"
#include "control/auth/media_token.h"
#include "control/calls/rights.h"
#include "control/control.h"
#include "control/http/access.h"
#include "control/http/call_answer.h"
#include "control/http/handlers.h"
#include "control/objects/objects.h"
#include "control/support/support.h"

/* ---- answers ---- */

void call_answer_error(struct http_req *req, int status, const char *problem)
{
	const char *text = problem ? problem : "That cannot be done.";

	switch (status) {
	case -EINVAL:
		http_error(req, 400, 4, "%s", text);
		return;
	case -ENOENT:
		http_error(req, 404, 16, "%s", problem ? problem : "There is no such thing here.");
		return;
	case -EPERM:
		http_error(req, 403, 17, "%s", text);
		return;
	case -EALREADY:
		http_error(req, 409, 17, "%s", text);
		return;
	case -ENOTSUP:
		http_error(req, 400, 19, "%s", text);
		return;
	case -EMSGSIZE:
		http_error(req, 413, 22, "%s", text);
		return;
	case -EDQUOT:
		http_error(req, 429, 9,
			   "You have made %d calls in the last 24 hours; use one of them again, or "
			   "wait until the first is a day old.",
			   LIMIT_CALLS_A_DAY);
		return;
	default:
		access_answer_error(req, status, "call");
	}
}

void call_answer(void *arg, int status, const char *problem, json_t *reply,
		 const struct call_join *join)
{
	struct http_req *req = arg;

	(void)join;
	if (status < 0) {
		call_answer_error(req, status, problem);
		return;
	}
	bool created = json_is_true(json_object_get(reply, "created"));
	(void)json_object_del(reply, "created"); /* the status says it */
	http_reply_json(req, created ? 201 : 200, json_incref(reply));
}

/* ---- what goes into the audit log ---- */

struct audited {
	struct http_req *req;
	struct control *control;
	const char *action;
};

void *call_audited(struct http_req *req, struct control *control, const char *action)
{
	struct audited *a = must(malloc(sizeof *a));

	*a = (struct audited){ .req = req, .control = control, .action = action };
	return a;
}

void call_answer_audited(void *arg, int status, const char *problem, json_t *reply,
			 const struct call_join *join)
{
	struct audited a = *(struct audited *)arg;
	const char *type = http_param(a.req, "type"), *name = http_param(a.req, "name");
	const json_t *body = type ? http_body_json(a.req) : NULL;
	char cid[CALLS_CID_SIZE];

	free(arg);
	(void)snprintf(cid, sizeof cid, "%s:%s", type ? type : "",
		       type ? http_param(a.req, "id") : "");
	if (status >= 0)
		support_audit(a.control->support, access_user(a.req)->id, http_peer(a.req),
			      a.action, type ? cid : name,
			      json_string_value(json_object_get(body, "user_id")));
	call_answer(a.req, status, problem, reply, join);
}

/* ---- the verbs ---- */

static void run(struct http_req *req, struct control *control, calls_verb *verb)
{
	json_t *body = http_body_json(req);

	if (body && http_may_act(req, control))
		verb(control->calls, access_user(req), http_param(req, "type"),
		     http_param(req, "id"), body, call_answer, req);
}

#define VERB(name)                                                           \
	void http_call_##name(struct http_req *req, struct control *control) \
	{                                                                    \
		run(req, control, calls_##name);                             \
	}

static void run_audited(struct http_req *req, struct control *control, calls_verb *verb,
			const char *action)
{
	json_t *body = http_body_json(req);

	if (body && http_may_act(req, control))
		verb(control->calls, access_user(req), http_param(req, "type"),
		     http_param(req, "id"), body, call_answer_audited,
		     call_audited(req, control, action));
}

#define AUDITED(name)                                                        \
	void http_call_##name(struct http_req *req, struct control *control) \
	{                                                                    \
		run_audited(req, control, calls_##name, "call." #name);      \
	}

VERB(update)
VERB(ring)
VERB(accept)
VERB(reject)
VERB(update_members)
VERB(query_members)
AUDITED(end)
VERB(go_live)
VERB(stop_live)
VERB(request_permissions)
AUDITED(user_permissions)
AUDITED(mute)
AUDITED(block)
AUDITED(unblock)
AUDITED(kick)
VERB(react)
VERB(send_event)
VERB(feedback)
VERB(recording)

void http_call_create(struct http_req *req, struct control *control)
{
	run(req, control, calls_get_or_create);
}

void http_call_get(struct http_req *req, struct control *control)
{
	const char *watch = http_query(req, "watch");
	json_t *body = json_pack("{s:b}", "watch", watch && strcmp(watch, "true") == 0);

	calls_get(control->calls, access_user(req), http_param(req, "type"), http_param(req, "id"),
		  body, call_answer, req);
	json_decref(body);
}

/* ---- join: the only way to a media token ---- */

struct joining {
	struct http_req *req;
	struct control *control;
};

/* The address that the client reached us by. */
static bool own_url(const struct http_req *req, char *ret, size_t capacity)
{
	const char *host = http_host(req);

	return host && snprintf(ret, capacity, "%s://%s", http_is_tls(req) ? "wss" : "ws", host) <
			       (int)capacity;
}

/* Bound to the browser's sign-in, when there is one: logging out ends it (R16). */
static char *make_token(const struct joining *j, const struct call_join *join, const char *name)
{
	cleanup(media_token_fini) struct media_token grant = { 0 };
	const char *cookie = http_cookie(j->req, SESSION_COOKIE);
	char key[AUTH_SESSION_KEY_SIZE];

	if (media_token_init(&grant, join->identity, name, join->call->cid) < 0)
		return NULL;
	grant.can_publish = join->kinds != 0;
	grant.can_publish_sources = control_sources(join->kinds);
	grant.can_publish_data = join->data;
	grant.hidden = join->hidden;
	if (cookie) {
		auth_session_key(cookie, key);
		grant.session = strdup(key);
		if (!grant.session)
			return NULL;
	}
	return media_token_make(auth_keys(j->control->auth), &grant, clock_wall_us() / US_PER_S,
				MEDIA_TOKEN_JOIN_S);
}

static void on_join(void *arg, int status, const char *problem, json_t *reply,
		    const struct call_join *join)
{
	struct joining j = *(struct joining *)arg;
	char url[300];

	free(arg);
	if (status < 0) {
		call_answer_error(j.req, status, problem);
		return;
	}
	if (!own_url(j.req, url, sizeof url)) {
		http_error(j.req, 400, 4, "The Host header is missing or malformed.");
		return;
	}
	autofree char *token = make_token(&j, join, access_user(j.req)->name);
	if (!token) {
		http_error(j.req, 500, -1, "Out of memory.");
		return;
	}
	(void)json_object_set_new(reply, "server_time", object_time(clock_wall_us()));
	(void)json_object_set_new(reply, "credentials",
				  json_pack("{s:s, s:s, s:s}", "url", url, "token", token,
					    "identity", join->identity));
	http_reply_json(j.req, 200, json_incref(reply));
}

void http_call_join(struct http_req *req, struct control *control)
{
	json_t *body = http_body_json(req);

	if (!body || !http_may_act(req, control))
		return;
	if (calls_media_is_full(control->calls, access_user(req)->id, http_param(req, "type"),
				http_param(req, "id"))) {
		http_add_header(req, "retry-after", "5");
		http_error(req, 503, 61, CALLS_FULL_TEXT);
		return;
	}
	struct joining *j = must(malloc(sizeof *j));

	*j = (struct joining){ .req = req, .control = control };
	calls_join(control->calls, access_user(req), http_param(req, "type"), http_param(req, "id"),
		   body, on_join, j);
}
