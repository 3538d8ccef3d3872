/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The state machine of a call, as web/client has it: IDLE ▸ RINGING ▸ JOINING ▸ JOINED ⇄ RECONNECTING ▸ LEFT.
 * A session that lost its signalling resumes by itself (session_resume.c); a lost call is joined anew, with
 * a new token, until it works or the time is up; leaving wins.
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

void call_set_state(struct confab_call *call, confab_calling_state state, const confab_error *error)
{
	if (call->state == (int)state)
		return;
	call->state = (int)state;
	client_emit(call->client, &(confab_event){ .type = CONFAB_EVENT_CALLING_STATE,
						   .call = call,
						   .state = (int)state,
						   .error = error,
						   .reason = error ? call->reason : 0 });
}

/* Those who wait for an answer from somebody in the call, or from its media server. */
static void end_requests(struct confab_call *call, const confab_error *error)
{
	rpc_end_all(call, error);
	describe_end_all(call, error);
	incoming_end_all(call, error);
	outgoing_end_all(call, error);
}

static void end_session(struct confab_call *call)
{
	confab_error error;

	(void)error_set(&error, CONFAB_ERR_NETWORK, 0, false,
			"The call was lost before the answer came.");
	end_requests(call, &error);
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
	call_set_state(call, CONFAB_CALL_IDLE, &copy);
	waiting_end(&call->joins, &copy);
}

static void begin_to_come_back(struct confab_call *call, uint64_t now)
{
	call->attempts = 0;
	call->give_up_at = call->reconnect_us ? now + call->reconnect_us : UINT64_MAX;
}

/* The call was up and is not any more, or an attempt to come back failed. */
static void come_back(struct confab_call *call, const confab_error *error)
{
	bool first = call->state == CONFAB_CALL_JOINED;
	uint64_t now = clock_now_us(),
		 wait = first ? backoff_ms(0) / 2 : retry_ms(call->attempts++, error);

	call->attempt++;
	end_session(call);
	if (first)
		begin_to_come_back(call, now);
	if (!first && error->unrecoverable) {
		call_set_state(call, CONFAB_CALL_RECONNECTING_FAILED, error);
	} else if (now + wait * US_PER_MS > call->give_up_at) {
		call_set_state(call, CONFAB_CALL_RECONNECTING_FAILED, error);
	} else {
		call_set_state(call, CONFAB_CALL_RECONNECTING, error);
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
	api_post(call->client, path,
		 json_pack("{s:b, s:s}", "create", (int)call->create, "device_id",
			   call->client->device_id),
		 on_credentials, a);
}

static void begin(struct confab_call *call)
{
	struct attempt *a = malloc(sizeof *a);
	confab_error error;

	(void)error_no_memory(&error);
	call->attempt++;
	call->reason = CONFAB_REASON_UNKNOWN;
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

void call_begin_join(struct confab_call *call)
{
	(void)uv_timer_stop(&call->timer);
	call_set_state(call, CONFAB_CALL_JOINING, NULL);
	begin(call);
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
	call_set_state(call, CONFAB_CALL_JOINED, NULL);
	waiting_end(&call->joins, NULL);
}

void call_on_interrupted(struct confab_call *call, const confab_error *error)
{
	if (call->state != CONFAB_CALL_JOINED)
		return;
	begin_to_come_back(call, clock_now_us());
	call_set_state(call, CONFAB_CALL_RECONNECTING, error);
}

void call_on_resumed(struct confab_call *call)
{
	client_log(call->client, CONFAB_LOG_INFO, "Video call resumed");
	call_set_state(call, CONFAB_CALL_JOINED, NULL);
}

/* `why`: NULL, or the error by which the server ended it. */
static void leave(struct confab_call *call, const confab_error *why)
{
	bool was_in = call->state != CONFAB_CALL_IDLE && call->state != CONFAB_CALL_LEFT;
	confab_error error;
	struct confab_track *t;

	(void)error_set(&error, CONFAB_ERR_LEFT, 0, false, "The call was left.");
	call->attempt++;
	call->leaves++;
	ring_settle(call);
	(void)uv_timer_stop(&call->timer);
	end_requests(call, &error);
	end_session(call);
	wishes_free(call);
	list_each (t, &call->tracks, in_call) {
		if (t->publishing) {
			t->publishing->done(t->publishing->arg, &error);
			free(t->publishing);
			t->publishing = NULL;
		}
	}
	if (was_in)
		client_log(call->client, CONFAB_LOG_INFO, "Video call left");
	call_set_state(call, CONFAB_CALL_LEFT, why);
	waiting_end(&call->joins, &error);
}

void call_leave(struct confab_call *call)
{
	leave(call, NULL);
}

void call_on_ended(struct confab_call *call, const confab_error *error, bool final)
{
	confab_error copy = *error;

	if (!final || call->state == CONFAB_CALL_JOINING) {
		failed(call, &copy);
		return;
	}
	leave(call, &copy);
	client_log(call->client, CONFAB_LOG_WARN, "Video call ended: %s", copy.message);
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
	wishes_free(call);
	rpc_methods_free(call);
	outgoing_free_all(call);
	list_remove(&call->in_client);
	free(call->url);
	free(call->token);
	uv_close((uv_handle_t *)&call->timer, on_timer_closed);
}
