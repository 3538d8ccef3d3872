/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What happens to connections at the end of the loop's turn.
 *
 * Answers leave then: not while a handler may still use its request, which ends with its answer, and without asking for
 * the WRITEABLE callback (server_may_write says why). And so does what more than one message of the turn was for one
 * WebSocket (wsconn.c).
 */
#include <stdlib.h>
#include <uv.h>

#include "control/server/internal.h"

struct turn {
	uv_prepare_t prepare; /* runs while somebody is due */
	struct server *server;
};

static void write_answer(struct peer *p)
{
	if (!p->req || !p->req->answered || p->req->body_under_way)
		return;
	if (!server_may_write(p))
		lws_callback_on_writable(p->wsi);
	else if (server_write_answer(p) < 0)
		server_kill(p);
}

/* What was pipelined behind a request that is answered now is read in libwebsockets' own turn, which comes after an event
 * only; and so is what OpenSSL has decrypted already. */
static void wake_for_pipelined(struct server *s)
{
	if (lws_service_adjust_timeout(s->context, 1, 0) == 0)
		lws_cancel_service(s->context);
}

static void on_turn(uv_prepare_t *prepare)
{
	struct turn *t = prepare->data;
	struct list *due = &t->server->due;

	while (!list_empty(due)) {
		struct peer *p = list_entry(due->next, struct peer, in_due);

		list_remove(&p->in_due);
		if (p->ws)
			wsconn_turn_ends(p->ws);
		else
			write_answer(p);
	}
	(void)uv_prepare_stop(prepare); /* cannot fail */
	wake_for_pipelined(t->server);
}

int turn_new(struct turn **ret, struct server *s)
{
	struct turn *t = calloc(1, sizeof *t);

	if (!t)
		return -1;
	t->server = s;
	(void)uv_prepare_init(s->config.loop, &t->prepare); /* cannot fail */
	t->prepare.data = t;
	*ret = t;
	return 0;
}

static void on_closed(uv_handle_t *prepare)
{
	free(prepare->data);
}

struct turn *turn_free(struct turn *t)
{
	if (t)
		uv_close((uv_handle_t *)&t->prepare, on_closed);
	return NULL;
}

void turn_due(struct turn *t, struct peer *p)
{
	list_remove(&p->in_due); /* it may wait already */
	list_append(&t->server->due, &p->in_due);
	(void)uv_prepare_start(&t->prepare, on_turn); /* cannot fail */
}
