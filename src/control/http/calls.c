/* SPDX-License-Identifier: Apache-2.0 */
/* The call coordinator: GET and POST /api/v1/call/{type}/{id}, and its join and reject. */
#include "control/calls/calls.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "control/auth/auth.h"
#include "control/auth/media_token.h"
#include "control/control.h"
#include "control/http/access.h"
#include "control/http/handlers.h"
#include "control/ws/objects.h"

/* What a callback needs beside the request. */
struct asking {
	struct http_req *req;
	struct control *control;
};

static struct asking *asking_new(struct http_req *req, struct control *control)
{
	struct asking *a = malloc(sizeof *a);

	if (a)
		*a = (struct asking){ .req = req, .control = control };
	else
		http_error(req, 500, -1, "Out of memory.");
	return a;
}

static struct asking asking_take(void *arg)
{
	struct asking a = *(struct asking *)arg;

	free(arg);
	return a;
}

static void answer_error(struct http_req *req, int status)
{
	const char *type = http_param(req, "type"), *id = http_param(req, "id");

	if (status == -EINVAL && !calls_type_is_valid(type))
		http_error(req, 400, 4,
			   "'%.64s' is not a call type; use default, audio_room, livestream or "
			   "development.",
			   type);
	else if (status == -EINVAL)
		http_error(req, 400, 4,
			   "'%.80s' is not a call id: 1 to 64 of the characters A-Z a-z 0-9 _ - @ "
			   ". are.",
			   id);
	else if (status == -ENOENT)
		http_error(req, 404, 16, "No call %s:%s. Create it with join({create: true}).",
			   type, id);
	else
		access_answer_error(req, status, "call");
}

static void on_call(void *arg, int status, const struct store_call *call, bool created)
{
	struct asking a = asking_take(arg);

	if (status < 0) {
		answer_error(a.req, status);
		return;
	}
	http_reply_json(
		a.req, created ? 201 : 200,
		json_pack("{s:o, s:o}", "call", object_call(call), "state",
			  object_call_state(calls_state_find(a.control->calls, call->cid))));
}

void http_call_get(struct http_req *req, struct control *control)
{
	struct asking *a = asking_new(req, control);

	if (a)
		calls_get(control->calls, access_user(req), http_param(req, "type"),
			  http_param(req, "id"), on_call, a);
}

void http_call_create(struct http_req *req, struct control *control)
{
	struct asking *a = asking_new(req, control);

	if (a)
		calls_get_or_create(control->calls, access_user(req), http_param(req, "type"),
				    http_param(req, "id"), on_call, a);
}

/* The address that the client reached us by. */
static bool own_url(const struct http_req *req, char *ret, size_t capacity)
{
	const char *host = http_host(req);

	return host && snprintf(ret, capacity, "%s://%s", http_is_tls(req) ? "wss" : "ws", host) <
			       (int)capacity;
}

/* Bound to the browser's sign-in, when there is one: logging out ends it (R16). */
static char *make_token(const struct asking *a, const struct call_join *join, const char *name)
{
	cleanup(media_token_fini) struct media_token grant = { 0 };
	const char *cookie = http_cookie(a->req, SESSION_COOKIE);
	char key[AUTH_SESSION_KEY_SIZE];

	if (media_token_init(&grant, join->identity, name, join->call->cid) < 0)
		return NULL;
	if (cookie) {
		auth_session_key(cookie, key);
		grant.session = strdup(key);
		if (!grant.session)
			return NULL;
	}
	return media_token_make(auth_keys(a->control->auth), &grant, clock_wall_us() / US_PER_S,
				MEDIA_TOKEN_LIFE_S);
}

static void on_join(void *arg, int status, const struct call_join *join)
{
	struct asking a = asking_take(arg);
	char url[300];

	if (status < 0) {
		answer_error(a.req, status);
		return;
	}
	if (!own_url(a.req, url, sizeof url)) {
		http_error(a.req, 400, 4, "The Host header is missing or malformed.");
		return;
	}
	autofree char *token = make_token(&a, join, access_user(a.req)->name);
	if (!token) {
		http_error(a.req, 500, -1, "Out of memory.");
		return;
	}

	json_t *capabilities = json_array();
	for (const char *const *c = calls_capabilities(); *c; c++)
		(void)json_array_append_new(capabilities, json_string(*c));
	json_t *credentials = json_pack("{s:s, s:s, s:s}", "url", url, "token", token, "identity",
					join->identity);
	http_reply_json(a.req, 200,
			json_pack("{s:o, s:b, s:o, s:o}", "call", object_call(join->call),
				  "created", (int)join->created, "own_capabilities", capabilities,
				  "credentials", credentials));
}

void http_call_join(struct http_req *req, struct control *control)
{
	const json_t *body = http_body_json(req);
	const json_t *create = json_object_get(body, "create");

	if (!body)
		return;
	if (create && !json_is_boolean(create)) {
		http_error(req, 400, 4, "`create` must be true or false.");
		return;
	}
	struct asking *a = asking_new(req, control);
	if (a)
		calls_join(control->calls, access_user(req), http_param(req, "type"),
			   http_param(req, "id"), json_is_true(create), on_join, a);
}

static void on_rejected(void *arg, int status)
{
	struct http_req *req = arg;

	if (status < 0)
		answer_error(req, status);
	else
		http_reply_json(req, 200, json_object());
}

void http_call_reject(struct http_req *req, struct control *control)
{
	const json_t *body = http_body_json(req);
	const json_t *reason = json_object_get(body, "reason");

	if (!body)
		return;
	if (reason && !json_is_string(reason)) {
		http_error(req, 400, 4, "`reason` must be a string, for example \"decline\".");
		return;
	}
	calls_reject(control->calls, access_user(req), http_param(req, "type"),
		     http_param(req, "id"), json_string_value(reason), on_rejected, req);
}
