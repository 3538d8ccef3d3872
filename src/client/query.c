/* SPDX-License-Identifier: Apache-2.0 */
#include "client/query.h"

#include <stdlib.h>

#include "client/internal.h"

struct query *query_new(struct confab_client *client, const char *method, char *path, json_t *json)
{
	struct query *q = calloc(1, sizeof *q);

	if (!q || !path) {
		free(q);
		free(path);
		json_decref(json);
		return NULL;
	}
	*q = (struct query){ .client = client, .method = method, .path = path, .json = json };
	return q;
}

struct query *query_bad(struct confab_client *client, const char *problem)
{
	struct query *q = calloc(1, sizeof *q);

	if (q)
		*q = (struct query){ .client = client, .problem = problem };
	return q;
}

void query_free(struct query *q)
{
	if (!q)
		return;
	json_decref(q->json);
	json_decref(q->answer);
	free(q->path);
	free(q);
}

static void end(struct query *q, const confab_error *error)
{
	if (q->done) {
		q->done(q->arg, error); /* who waits frees it */
	} else {
		q->tell(q, error);
		query_free(q);
	}
}

static void on_answer(void *arg, json_t *answer, const confab_error *error)
{
	struct query *q = arg;

	/* one of its own: who waits in another thread frees it, while this one still has the other */
	q->answer = json_deep_copy(answer);
	end(q, error);
}

static void on_ready(void *arg, const confab_error *error)
{
	struct query *q = arg;

	if (error)
		end(q, error);
	else
		api_send(
			q->client,
			&(struct api_call){ .method = q->method, .path = q->path, .json = q->json },
			on_answer, q);
}

static void begin(void *arg)
{
	struct query *q = arg;
	confab_error error;

	if (!q->client->user_id[0])
		(void)error_token_not_set(&error);
	else if (q->problem)
		(void)error_set(&error, CONFAB_ERR_BAD_INPUT, 400, true, "%s", q->problem);
	else {
		client_ready(q->client, on_ready, q);
		return;
	}
	end(q, &error);
}

static void start(void *arg, confab_done_fn *done, void *done_arg)
{
	struct query *q = arg;

	q->done = done;
	q->arg = done_arg;
	begin(q);
}

int query_wait(struct confab_client *client, struct query *q, confab_error *ret_error)
{
	return q ? client_wait(client, start, q, ret_error) : error_no_memory(ret_error);
}

bool query_post(struct query *q)
{
	if (q && client_post(q->client, begin, q))
		return true;
	query_free(q);
	return false;
}

int query_run(struct confab_client *client, struct query *q, confab_error *ret_error)
{
	int r = query_wait(client, q, ret_error);

	query_free(q);
	return r;
}

static void tell_done(struct query *q, const confab_error *error)
{
	q->fn.done(q->arg, error);
}

void query_run_async(struct query *q, confab_done_fn *done, void *arg)
{
	confab_error error;

	if (q) {
		q->tell = tell_done;
		q->fn.done = done ? done : done_ignored;
		q->arg = arg;
	}
	(void)error_no_memory(&error);
	if (!query_post(q) && done)
		done(arg, &error);
}
