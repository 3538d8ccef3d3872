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

enum { TICK_MS = 1000, TICK_MAX_US = 2 * TICK_MS * US_PER_MS };

/*
 * Its time is what the loop was awake for: while it stood still (a stopped process, a machine that was paused) nobody could
 * be heard, and the answers that came meanwhile are read after this timer.
 */
struct liveness {
	uv_timer_t timer;
	struct server *server;
	uint64_t awake_us, looked_us;
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

void liveness_tick(struct liveness *l, uint64_t now)
{
	uint64_t passed = now - l->looked_us;
	struct peer *p;

	l->looked_us = now;
	l->awake_us += passed < TICK_MAX_US ? passed : TICK_MAX_US;
	list_each (p, &l->server->peers, in_server)
		if (p->ws && p->ws->open)
			check(p->ws, l->awake_us);
	if (l->server->counts.ws_open == 0)
		(void)uv_timer_stop(&l->timer);
}

static void on_tick(uv_timer_t *timer)
{
	liveness_tick(timer->data, clock_now_us());
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
	c->heard_us = l->awake_us;
	if (!uv_is_active((uv_handle_t *)&l->timer)) {
		l->looked_us = clock_now_us();
		(void)uv_timer_start(&l->timer, on_tick, TICK_MS, TICK_MS);
	}
}

void liveness_answered(struct wsconn *c)
{
	const struct liveness *l = c->peer->server->liveness;

	if (l) /* else the server closes */
		c->heard_us = l->awake_us;
	c->asked = false;
}
