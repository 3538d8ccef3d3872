/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The user of a client, as web/client has it: the token (asked for at connect and when it expired) and
 * the event socket (which comes back by itself).
 */
#include "client/user.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/token.h"

struct token_want {
	struct list in_client;
	token_fn *fn;
	void *arg;
};

struct confab_token_request {
	struct confab_client *client;
	uint64_t generation;
	char *token, *why;
};

static void set_state(struct confab_client *c, confab_connection_state state,
		      const confab_error *error)
{
	if (c->state == (int)state)
		return;
	c->state = (int)state;
	client_emit(c, &(confab_event){ .type = CONFAB_EVENT_CONNECTION,
					.state = (int)state,
					.error = error });
}

/* ---- token ---- */

static void end_wants(struct confab_client *c, const confab_error *error)
{
	struct token_want *w;
	struct list mine;

	list_init(&mine);
	list_each (w, &c->wants, in_client) {
		list_remove(&w->in_client);
		list_append(&mine, &w->in_client);
	}
	list_each (w, &mine, in_client) {
		w->fn(w->arg, error ? NULL : c->token, error);
		list_remove(&w->in_client);
		free(w);
	}
}

static void forget_token(struct confab_client *c)
{
	if (c->token)
		explicit_bzero(c->token, strlen(c->token));
	free(c->token);
	c->token = NULL;
}

static void take_token(struct confab_client *c, const struct confab_token_request *r)
{
	confab_error error;

	c->asking = false;
	if (!r->token) {
		(void)error_set(&error, CONFAB_ERR_AUTH_FAILED, 0, false,
				"The token provider failed: %s",
				r->why ? r->why : "no reason given");
		end_wants(c, &error);
	} else if (!token_is_for(r->token, c->user_id)) {
		(void)error_set(
			&error, CONFAB_ERR_AUTH_FAILED, 401, true,
			"userToken does not have a user_id or is not matching with user.id");
		end_wants(c, &error);
	} else {
		forget_token(c);
		c->token = strdup(r->token);
		c->token_serial++;
		(void)error_no_memory(&error);
		end_wants(c, c->token ? NULL : &error);
	}
}

static void on_reply(void *arg)
{
	struct confab_token_request *r = arg;

	/* disconnect_user may have come in between: the token then belongs to nobody */
	if (r->generation == r->client->generation)
		take_token(r->client, r);
	if (r->token)
		explicit_bzero(r->token, strlen(r->token));
	free(r->token);
	free(r->why);
	free(r);
}

void confab_token_reply(confab_token_request *request, const char *token, const char *why)
{
	request->token = token && token[0] ? strdup(token) : NULL;
	request->why = strdup(why ? why : token ? "the token is empty" : "no token");
	if (!client_post(request->client, on_reply, request))
		abort(); /* 32 bytes: the process is past saving, and somebody waits for this */
}

void token_get(struct confab_client *c, uint64_t expired, token_fn *fn, void *arg)
{
	struct confab_token_request *r;
	struct token_want *w;
	confab_error error;

	if (!c->user_id[0]) {
		(void)error_token_not_set(&error);
		fn(arg, NULL, &error);
		return;
	}
	if (c->token && expired != c->token_serial && !c->asking) {
		fn(arg, c->token, NULL);
		return;
	}
	(void)error_no_memory(&error);
	w = malloc(sizeof *w);
	r = c->asking ? NULL : calloc(1, sizeof *r);
	if (!w || (!c->asking && !r)) {
		free(w);
		free(r);
		fn(arg, NULL, &error);
		return;
	}
	*w = (struct token_want){ .fn = fn, .arg = arg };
	list_append(&c->wants, &w->in_client);
	if (!r)
		return;
	r->client = c;
	r->generation = c->generation;
	c->asking = true;
	c->provider(c->provider_arg, r);
}

/* ---- event socket ---- */

static void attempt(struct confab_client *c, uint64_t expired);

static void on_retry(uv_timer_t *timer)
{
	attempt(timer->data, 0);
}

/* An attempt failed, or the socket was lost. */
static void failed(struct confab_client *c, const confab_error *error)
{
	bool first = c->state == CONFAB_CONNECTING;

	c->events = NULL;
	(void)uv_timer_stop(&c->events_timer);
	chat_on_lost(c);
	if (error->code == CONFAB_ERR_TOKEN_EXPIRED && !c->refreshed) {
		c->refreshed = true;
		attempt(c, c->events_serial);
		return;
	}
	/* whoever waits for the first connection decides how long */
	if (error->unrecoverable ||
	    (first && (error->retry_after || ++c->attempts >= CLIENT_FIRST_ATTEMPTS))) {
		client_log(c, CONFAB_LOG_WARN, "Not connected: %s", error->message);
		client_teardown(c, error);
		return;
	}
	if (!first)
		set_state(c, CONFAB_CONNECTION_LOST, error);
	(void)uv_timer_start(&c->events_timer, on_retry, retry_ms(c->attempts, error), 0);
	c->attempts += !first;
}

static void on_silence(uv_timer_t *timer)
{
	struct confab_client *c = timer->data;
	confab_error error;

	(void)error_set(&error, CONFAB_ERR_NETWORK, 0, false, "The server has gone silent.");
	ws_close(c->events);
	failed(c, &error);
}

static void on_opened(void *arg)
{
	struct confab_client *c = arg;
	json_t *hello = json_pack("{s:s, s:s, s:s}", "type", "connect", "token", c->token,
				  "device_id", c->device_id);

	if (hello && c->cursor >= 0)
		(void)json_object_set_new(hello, "since", json_integer(c->cursor));
	char *text = hello ? json_dumps(hello, JSON_COMPACT) : NULL;
	if (text)
		(void)ws_send(c->events, text, strlen(text), false);
	if (text)
		explicit_bzero(text, strlen(text));
	free(text);
	json_decref(hello);
}

static void on_connected(struct confab_client *c, const json_t *event)
{
	c->attempts = 0;
	c->refreshed = false;
	client_log(c, CONFAB_LOG_INFO, "Connected to Confab");
	set_state(c, CONFAB_CONNECTED, NULL);
	waiting_end(&c->connects, NULL);
	chat_on_connected(c, json_object_get(event, "accepts"));
}

static void on_refused(struct confab_client *c, json_t *event)
{
	json_t *e = json_object_get(event, "error");
	int code = (int)json_integer_value(json_object_get(e, "code"));
	int status = (int)json_integer_value(json_object_get(e, "status_code"));
	const char *message = json_string_value(json_object_get(e, "message"));
	confab_error error;

	(void)error_set(&error, code ? code : CONFAB_ERR_INTERNAL, status ? status : 401,
			code != CONFAB_ERR_TOKEN_EXPIRED && code != CONFAB_ERR_RATE_LIMITED, "%s",
			message ? message : "The server refused the connection.");
	error.retry_after = error_wait(json_integer_value(json_object_get(event, "retry_after")));
	ws_close(c->events);
	failed(c, &error);
}

static void on_message(void *arg, const char *bytes, size_t n, bool binary)
{
	struct confab_client *c = arg;
	json_t *event = binary ? NULL : json_loadb(bytes, n, 0, NULL), *cursor;
	const char *type = json_string_value(json_object_get(event, "type"));

	(void)uv_timer_start(&c->events_timer, on_silence, CLIENT_SILENCE_MS, 0);
	cursor = json_object_get(event, "cursor");
	if (!type) {
	} else if (strcmp(type, "connection.error") == 0) {
		on_refused(c, event);
	} else if (strcmp(type, "connection.ok") == 0) {
		c->started = json_integer_value(cursor);
		if (c->cursor < 0)
			c->cursor = c->started;
		on_connected(c, event);
	} else if (strcmp(type, "reply") == 0 ||
		   (json_is_integer(cursor) && json_integer_value(cursor) <= c->cursor)) {
		/* not an event, or heard before */
	} else {
		if (json_is_integer(cursor))
			c->cursor = json_integer_value(cursor);
		/* not none: what comes until the next connection would be missed without a word */
		if (strcmp(type, "resync") == 0)
			c->cursor = c->started;
		event_take(c, event, bytes, n);
	}
	if (type)
		ask_hear(c, event);
	json_decref(event);
}

static void on_closed(void *arg, const char *why)
{
	confab_error error;

	(void)error_set(&error, CONFAB_ERR_NETWORK, 0, false, "The server could not be reached: %s",
			why);
	failed(arg, &error);
}

static void on_token(void *arg, const char *token, const confab_error *error)
{
	static const struct ws_handlers handlers = { on_opened, on_message, on_closed };
	struct confab_client *c = arg;
	char url[1024];
	confab_error bad;

	if (!c->user_id[0])
		return; /* torn down meanwhile */
	if (!token) {
		confab_error final = *error;

		/* the provider's failure ends the first attempt; later it is asked again */
		final.unrecoverable |= c->state == CONFAB_CONNECTING;
		failed(c, &final);
		return;
	}
	(void)snprintf(url, sizeof url, "%s/api/v1/events", c->base_url);
	c->events_serial = c->token_serial;
	c->events = ws_open(c->websockets, &(struct ws_target){ .url = url }, &handlers, c);
	if (!c->events) {
		(void)error_set(&bad, CONFAB_ERR_NETWORK, 0, false,
				"The server could not be reached at %s.", c->base_url);
		failed(c, &bad);
		return;
	}
	(void)uv_timer_start(&c->events_timer, on_silence, CLIENT_SILENCE_MS / 4, 0);
}

static void attempt(struct confab_client *c, uint64_t expired)
{
	token_get(c, expired, on_token, c);
}

int user_connect(struct confab_client *c, const struct user_connect *k, confab_error *ret)
{
	if (!c->base_url[0])
		return error_set(ret, CONFAB_ERR_BAD_INPUT, 0, true,
				 "connect_user needs options.base_url.");
	if (c->user_id[0] && strcmp(c->user_id, k->id) != 0)
		return error_set(ret, CONFAB_ERR_BAD_INPUT, 0, true,
				 "%s is connected. Call disconnect_user before connecting %s.",
				 c->user_id, k->id);
	if (c->user_id[0]) {
		if (c->state != CONFAB_CONNECTING)
			k->done(k->arg, NULL);
		else if (!waiting_add(&c->connects, k->done, k->arg))
			return error_no_memory(ret);
		return CONFAB_OK;
	}
	if (!waiting_add(&c->connects, k->done, k->arg))
		return error_no_memory(ret);
	(void)snprintf(c->user_id, sizeof c->user_id, "%s", k->id);
	c->provider = k->provider;
	c->provider_arg = k->provider_arg;
	c->attempts = 0;
	c->refreshed = false;
	c->cursor = k->since ? k->since : -1;
	c->generation++;
	client_log(c, CONFAB_LOG_INFO, "User id: %s", k->id);
	set_state(c, CONFAB_CONNECTING, NULL);
	attempt(c, 0); /* there is none yet */
	return CONFAB_OK;
}

void client_teardown(struct confab_client *c, const confab_error *error)
{
	confab_error copy = *error;
	bool asked = error->code == CONFAB_ERR_TOKEN_NOT_SET; /* by disconnect_user */
	struct confab_call *call;

	c->generation++;
	c->user_id[0] = '\0';
	c->asking = false;
	c->provider = NULL;
	ws_close(c->events);
	c->events = NULL;
	(void)uv_timer_stop(&c->events_timer);
	forget_token(c);
	list_each (call, &c->calls, in_client)
		call_leave(call);
	set_state(c, CONFAB_DISCONNECTED, asked ? NULL : &copy);
	end_wants(c, &copy);
	waiting_end(&c->connects, &copy);
	chat_end(c, &copy);
}

void client_ready(struct confab_client *c, confab_done_fn *done, void *arg)
{
	confab_error error;

	if (!c->user_id[0]) {
		(void)error_token_not_set(&error);
		done(arg, &error);
	} else if (c->state != CONFAB_CONNECTING) {
		done(arg, NULL);
	} else if (!waiting_add(&c->connects, done, arg)) {
		(void)error_no_memory(&error);
		done(arg, &error);
	}
}
