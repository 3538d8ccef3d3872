/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whether the clients of WebSockets are still there (R10): one look a second at all of them, a ping to those not heard of
 * for a while, and the end of those that do not answer.
 *
 * libwebsockets could do it, with a timer for each socket in one sorted list. With 2,000 sockets in it every timeout of a
 * request was put behind all of them, several for each request: a third of what a message cost the server.
 */
#include <stdlib.h>
#include <uv.h>

#include "base/clock.h"
#include "control/server/internal.h"

enum { TICK_MS = 1000 };

struct liveness {
	uv_timer_t timer;
	struct server *server;
};

static void check(struct wsconn *c, uint64_t now)
{
	uint64_t silent = now > c->heard_us ? now - c->heard_us : 0;

	if (silent >= (uint64_t)REAP_AFTER_S * US_PER_S) {
		server_kill(c->peer);
	} else if (silent >= (uint64_t)PING_INTERVAL_S * US_PER_S && !c->asked) {
		c->asked = true;
		wsconn_ping(c);
	}
}

static void on_tick(uv_timer_t *timer)
{
	struct liveness *l = timer->data;
	uint64_t now = clock_now_us();
	struct peer *p;

	list_each (p, &l->server->peers, in_server)
		if (p->ws && p->ws->open)
			check(p->ws, now);
	if (l->server->counts.ws_open == 0)
		(void)uv_timer_stop(timer);
}

int liveness_new(struct liveness **ret, struct server *s)
{
	struct liveness *l = calloc(1, sizeof *l);

	if (!l)
		return -1;
	l->server = s;
	(void)uv_timer_init(s->config.loop, &l->timer); /* cannot fail */
	l->timer.data = l;
	*ret = l;
	return 0;
}

static void on_closed(uv_handle_t *timer)
{
	free(timer->data);
}

struct liveness *liveness_free(struct liveness *l)
{
	if (l)
		uv_close((uv_handle_t *)&l->timer, on_closed);
	return NULL;
}

void liveness_opened(struct liveness *l, struct wsconn *c)
{
	c->heard_us = clock_now_us();
	if (!uv_is_active((uv_handle_t *)&l->timer))
		(void)uv_timer_start(&l->timer, on_tick, TICK_MS, TICK_MS);
}

void liveness_answered(struct wsconn *c)
{
	c->heard_us = clock_now_us();
	c->asked = false;
}
