/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The state machine of a call, as web/client has it: IDLE ▸ JOINING ▸ JOINED ⇄ RECONNECTING ▸ LEFT.
 * A lost call is joined anew, with a new token, until it works or the time is up; leaving wins.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "client/internal.h"

/* What is under way for one join; dropped when the call has moved on. */
struct attempt {
	struct confab_call *call;
	uint64_t number;
};

static void set_state(struct confab_call *call, confab_calling_state state,
		      const confab_error *error)
{
	if (call->state == (int)state)
		return;
	call->state = (int)state;
	client_emit(call->client, &(confab_event){ .type = CONFAB_EVENT_CALLING_STATE,
						   .call = call,
						   .state = (int)state,
						   .error = error });
}

static void end_session(struct confab_call *call)
{
	if (call->session)
		session_close(call->session);
	call->session = NULL;
}

/* ---- coming back ---- */

static void begin(struct confab_call *call);

static void on_retry(uv_timer_t *timer)
{
	begin(timer->data);
}

static void fail_join(struct confab_call *call, const confab_error *error)
{
	confab_error copy = *error;
	struct confab_track *t;

	call->attempt++;
	end_session(call);
	list_each (t, &call->tracks, in_call) {
		if (t->publishing) {
			t->publishing->done(t->publishing->arg, &copy);
			free(t->publishing);
			t->publishing = NULL;
		}
	}
	set_state(call, CONFAB_CALL_IDLE, &copy);
	waiting_end(&call->joins, &copy);
}

/* The call was up and is not any more, or an attempt to come back failed. */
static void come_back(struct confab_call *call, const confab_error *error)
{
	bool first = call->state == CONFAB_CALL_JOINED;
	uint64_t now = clock_now_us(),
		 wait = first ? backoff_ms(0) / 2 : backoff_ms(call->attempts++);

	call->attempt++;
	end_session(call);
	if (first) {
		call->attempts = 0;
		call->give_up_at = call->reconnect_us ? now + call->reconnect_us : UINT64_MAX;
	}
	if (!first && error->unrecoverable) {
		set_state(call, CONFAB_CALL_RECONNECTING_FAILED, error);
	} else if (now + wait * US_PER_MS > call->give_up_at) {
		set_state(call, CONFAB_CALL_RECONNECTING_FAILED, error);
	} else {
		set_state(call, CONFAB_CALL_RECONNECTING, error);
		(void)uv_timer_start(&call->timer, on_retry, wait, 0);
	}
}

static void failed(struct confab_call *call, const confab_error *error)
{
	if (call->state == CONFAB_CALL_JOINING)
		fail_join(call, error);
	else
		come_back(call, error);
}

/* ---- joining ---- */

/* NULL when it is no longer wanted. Frees it. */
static struct confab_call *still_wanted(struct attempt *a)
{
	struct confab_call *call = a->call->attempt == a->number ? a->call : NULL;

	free(a);
	return call;
}

static void on_credentials(void *arg, json_t *answer, const confab_error *error)
{
	struct confab_call *call = still_wanted(arg);
	json_t *credentials = json_object_get(answer, "credentials");
	const char *url = json_string_value(json_object_get(credentials, "url"));
	const char *token = json_string_value(json_object_get(credentials, "token"));
	confab_error bad;

	if (!call)
		return;
	if (error) {
		failed(call, error);
	} else if (!url || !token) {
		(void)error_set(&bad, CONFAB_ERR_INTERNAL, 200, true,
				"The server's answer to join has no credentials.");
		failed(call, &bad);
	} else {
		call->session = session_new(call, url, token);
		(void)error_no_memory(&bad);
		if (!call->session)
			failed(call, &bad);
	}
}

static void on_ready(void *arg, const confab_error *error)
{
	struct attempt *a = arg;
	struct confab_call *call = a->call;
	char path[256];

	if (call->attempt != a->number) {
		free(a);
		return;
	}
	if (error) {
		free(a);
		failed(call, error);
		return;
	}
	(void)snprintf(path, sizeof path, "/api/v1/call/%s/%s/join", call->type, call->id);
	api_post(call->client, path, json_pack("{s:b}", "create", (int)call->create),
		 on_credentials, a);
}

static void begin(struct confab_call *call)
{
	struct attempt *a = malloc(sizeof *a);
	confab_error error;

	(void)error_no_memory(&error);
	call->attempt++;
	if (!a) {
		failed(call, &error);
		return;
	}
	*a = (struct attempt){ call, call->attempt };
	if (!call->url) {
		client_ready(call->client, on_ready, a);
		return;
	}
	free(a);
	call->session = session_new(call, call->url, call->token ? call->token : "");
	if (!call->session)
		failed(call, &error);
}

void call_on_joined(struct confab_call *call)
{
	bool first = call->state == CONFAB_CALL_JOINING;
	struct confab_track *t;

	call->attempts = 0;
	list_each (t, &call->tracks, in_call)
		session_publish(call->session, t);
	client_log(call->client, CONFAB_LOG_INFO,
		   first ? "Video call joined" : "Video call rejoined");
	set_state(call, CONFAB_CALL_JOINED, NULL);
	waiting_end(&call->joins, NULL);
}

void call_on_ended(struct confab_call *call, const confab_error *error, bool final)
{
	confab_error copy = *error;

	if (!final || call->state == CONFAB_CALL_JOINING) {
		failed(call, &copy);
		return;
	}
	call_leave(call); /* the state says it; who wants to know why reads the log */
	client_log(call->client, CONFAB_LOG_WARN, "Video call ended: %s", copy.message);
}

void call_leave(struct confab_call *call)
{
	bool was_in = call->state != CONFAB_CALL_IDLE && call->state != CONFAB_CALL_LEFT;
	confab_error error;
	struct confab_track *t;

	(void)error_set(&error, CONFAB_ERR_LEFT, 0, false, "The call was left.");
	call->attempt++;
	(void)uv_timer_stop(&call->timer);
	end_session(call);
	list_each (t, &call->tracks, in_call) {
		if (t->publishing) {
			t->publishing->done(t->publishing->arg, &error);
			free(t->publishing);
			t->publishing = NULL;
		}
	}
	if (was_in)
		client_log(call->client, CONFAB_LOG_INFO, "Video call left");
	set_state(call, CONFAB_CALL_LEFT, NULL);
	waiting_end(&call->joins, &error);
}

static void track_free(struct confab_track *t)
{
	list_remove(&t->in_call);
	if (t->sending)
		send_fini(&t->send);
	free(t->publishing);
	free(t->name);
	free(t);
}

static void on_timer_closed(uv_handle_t *timer)
{
	free(timer->data);
}

void call_free(struct confab_call *call)
{
	struct confab_track *t;

	end_session(call);
	list_each (t, &call->tracks, in_call)
		track_free(t);
	list_remove(&call->in_client);
	free(call->url);
	free(call->token);
	uv_close((uv_handle_t *)&call->timer, on_timer_closed);
}

/* ---- public: the handle ---- */

static bool is_name(const char *text, const char *also)
{
	size_t n = 0;

	for (; text[n]; n++) {
		char c = text[n];

		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
		      strchr(also, c)))
			return false;
	}
	return n > 0 && n <= LIMIT_CALL_ID;
}

struct find {
	struct confab_client *client;
	const char *type, *id;
	struct confab_call *found;
};

static struct confab_call *call_new(const struct find *f)
{
	struct confab_call *call = calloc(1, sizeof *call);

	if (!call)
		return NULL;
	call->client = f->client;
	call->state = CONFAB_CALL_IDLE;
	(void)snprintf(call->type, sizeof call->type, "%s", f->type);
	(void)snprintf(call->id, sizeof call->id, "%s", f->id);
	(void)snprintf(call->cid, sizeof call->cid, "%s:%s", f->type, f->id);
	list_init(&call->joins);
	list_init(&call->tracks);
	(void)uv_timer_init(&f->client->loop, &call->timer);
	call->timer.data = call;
	list_append(&f->client->calls, &call->in_client);
	return call;
}

static void find_call(struct find *f)
{
	struct confab_call *call;

	list_each (call, &f->client->calls, in_client) {
		if (strcmp(call->type, f->type) == 0 && strcmp(call->id, f->id) == 0)
			f->found = call;
	}
	if (!f->found)
		f->found = call_new(f);
}

static void do_find(void *arg, confab_done_fn *done, void *done_arg)
{
	find_call(arg);
	done(done_arg, NULL);
}

confab_call *confab_client_call(confab_client *client, const char *type, const char *id,
				confab_error *ret_error)
{
	struct find f = { .client = client, .type = type, .id = id };

	if (!type || !is_name(type, "_-")) {
		(void)error_set(ret_error, CONFAB_ERR_BAD_INPUT, 400, true,
				"A call type is 1 to 64 of the characters A-Z a-z 0-9 _ -");
		return NULL;
	}
	if (!id || !is_name(id, "_@.-")) {
		(void)error_set(ret_error, CONFAB_ERR_BAD_INPUT, 400, true,
				"A call id is 1 to 64 of the characters A-Z a-z 0-9 _ - @ .");
		return NULL;
	}
	if (!client_may_wait(client))
		find_call(&f);
	else
		(void)client_wait(client, do_find, &f, ret_error);
	if (!f.found)
		(void)error_no_memory(ret_error);
	return f.found;
}

confab_calling_state confab_call_state(const confab_call *call)
{
	return (confab_calling_state)call->state;
}

const char *confab_call_cid(const confab_call *call)
{
	return call->cid;
}

/* ---- public: join, leave ---- */

struct join {
	struct confab_call *call;
	char *url, *token; /* owned */
	bool create;
	unsigned reconnect_seconds;
	confab_done_fn *done;
	void *arg;
};

/* Of a caller who waits, `j` is gone as soon as done was called. */
static void do_join(struct join *j)
{
	struct confab_call *call = j->call;
	autofree char *url = steal(j->url), *token = steal(j->token);
	confab_error error;

	if (!url && !call->client->user_id[0]) {
		(void)error_token_not_set(&error);
		j->done(j->arg, &error);
	} else if (call->state == CONFAB_CALL_JOINED || call->state == CONFAB_CALL_RECONNECTING) {
		j->done(j->arg, NULL);
	} else if (!waiting_add(&call->joins, j->done, j->arg)) {
		(void)error_no_memory(&error);
		j->done(j->arg, &error);
	} else if (call->state != CONFAB_CALL_JOINING) {
		free(call->url);
		free(call->token);
		call->url = steal(url);
		call->token = steal(token);
		call->create = j->create;
		call->reconnect_us = (uint64_t)j->reconnect_seconds * US_PER_S;
		(void)uv_timer_stop(&call->timer);
		set_state(call, CONFAB_CALL_JOINING, NULL);
		begin(call);
	}
}

static bool join_of(struct join *ret, confab_call *call, const confab_join_options *o)
{
	*ret = (struct join){ .call = call };
	if (!o)
		return true;
	ret->create = o->create != 0;
	ret->reconnect_seconds = o->reconnect_seconds;
	ret->url = o->url ? strdup(o->url) : NULL;
	ret->token = o->token ? strdup(o->token) : NULL;
	if ((!o->url || ret->url) && (!o->token || ret->token))
		return true;
	free(ret->url);
	free(ret->token);
	return false;
}

static void start_join(void *arg, confab_done_fn *done, void *done_arg)
{
	struct join *j = arg;

	j->done = done;
	j->arg = done_arg;
	do_join(j);
}

int confab_call_join(confab_call *call, const confab_join_options *options, confab_error *ret_error)
{
	struct join j;
	int r;

	if (!join_of(&j, call, options))
		return error_no_memory(ret_error);
	r = client_wait(call->client, start_join, &j, ret_error);
	if (r == CONFAB_ERR_WOULD_WAIT) {
		free(j.url);
		free(j.token);
	}
	return r;
}

static void on_join_task(void *arg)
{
	do_join(arg);
	free(arg);
}

static void ignore_done(void *arg, const confab_error *error)
{
	(void)arg;
	(void)error;
}

void confab_call_join_async(confab_call *call, const confab_join_options *options,
			    confab_done_fn *done, void *arg)
{
	struct join *j = malloc(sizeof *j);
	confab_error error;

	(void)error_no_memory(&error);
	if (j && join_of(j, call, options)) {
		j->done = done ? done : ignore_done;
		j->arg = arg;
		if (client_post(call->client, on_join_task, j))
			return;
		free(j->url);
		free(j->token);
	}
	free(j);
	if (done)
		done(arg, &error);
}

struct leave {
	struct confab_call *call;
	confab_done_fn *done;
	void *arg;
};

static void do_leave(void *arg, confab_done_fn *done, void *done_arg)
{
	struct confab_call *call = arg;
	confab_error error;

	if (!call->url && !call->client->user_id[0]) {
		(void)error_token_not_set(&error);
		done(done_arg, &error);
		return;
	}
	call_leave(call);
	done(done_arg, NULL);
}

int confab_call_leave(confab_call *call, confab_error *ret_error)
{
	return client_wait(call->client, do_leave, call, ret_error);
}

static void on_leave_task(void *arg)
{
	struct leave *l = arg;

	do_leave(l->call, l->done, l->arg);
	free(l);
}

void confab_call_leave_async(confab_call *call, confab_done_fn *done, void *arg)
{
	struct leave *l = malloc(sizeof *l);
	confab_error error;

	(void)error_no_memory(&error);
	if (l)
		*l = (struct leave){ call, done ? done : ignore_done, arg };
	if (!l || !client_post(call->client, on_leave_task, l)) {
		free(l);
		if (done)
			done(arg, &error);
	}
}
