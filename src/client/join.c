/* SPDX-License-Identifier: Apache-2.0 */
/* Joining and leaving, as the public functions ask for it; what follows is call.c. */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "client/internal.h"

struct join {
	struct confab_call *call;
	char *url, *token; /* owned */
	bool create, manual_subscribe;
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
		call->manual_subscribe = j->manual_subscribe;
		call->reconnect_us = (uint64_t)j->reconnect_seconds * US_PER_S;
		call_begin_join(call);
	}
}

static bool join_of(struct join *ret, confab_call *call, const confab_join_options *o)
{
	*ret = (struct join){ .call = call };
	if (!o)
		return true;
	ret->create = o->create != 0;
	ret->manual_subscribe = o->manual_subscribe != 0;
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

void confab_call_join_async(confab_call *call, const confab_join_options *options,
			    confab_done_fn *done, void *arg)
{
	struct join *j = malloc(sizeof *j);
	confab_error error;

	(void)error_no_memory(&error);
	if (j && join_of(j, call, options)) {
		j->done = done ? done : done_ignored;
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
	ring_cancel_own(call);
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
		*l = (struct leave){ call, done ? done : done_ignored, arg };
	if (!l || !client_post(call->client, on_leave_task, l)) {
		free(l);
		if (done)
			done(arg, &error);
	}
}
