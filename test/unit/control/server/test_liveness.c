/* SPDX-License-Identifier: Apache-2.0 */
/* Pings and the end of silent connections (R10), in virtual time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <uv.h>

#include <cmocka.h>

#include "base/clock.h"
#include "control/server/internal.h"

/* ---- what is around it ---- */

static uint64_t now_us;

uint64_t clock_now_us(void)
{
	return now_us;
}

struct client {
	struct peer peer;
	struct wsconn ws;
	unsigned pings;
	uint64_t ended_us; /* 0 = it lives */
};

void wsconn_ping(struct wsconn *c)
{
	container_of(c, struct client, ws)->pings++;
}

void server_kill(struct peer *p)
{
	struct client *c = container_of(p, struct client, peer);

	assert_int_equal(c->ended_us, 0);
	c->ended_us = now_us;
	c->ws.open = false;
}

/* ---- the tests' own tools ---- */

static uv_loop_t loop; /* its timer is never run: the tests tick */
static struct server server;

static int set_up(void **state)
{
	(void)state;
	now_us = 7 * (uint64_t)US_PER_S;
	server = (struct server){ .config = { .loop = &loop } };
	list_init(&server.peers);
	return uv_loop_init(&loop) || liveness_new(&server.liveness, &server);
}

static int tear_down(void **state)
{
	(void)state;
	server.liveness = liveness_free(server.liveness);
	(void)uv_run(&loop, UV_RUN_DEFAULT);
	return uv_loop_close(&loop);
}

static void join(struct client *c)
{
	*c = (struct client){ .peer = { .server = &server, .ws = &c->ws },
			      .ws = { .peer = &c->peer, .open = true } };
	list_append(&server.peers, &c->peer.in_server);
	server.counts.ws_open++;
	liveness_opened(server.liveness, &c->ws);
}

static void pass(unsigned seconds)
{
	for (unsigned i = 0; i < seconds; i++) {
		now_us += US_PER_S;
		liveness_tick(server.liveness, now_us);
	}
}

static bool is_watched(void)
{
	return uv_loop_alive(&loop);
}

/* ---- ---- */

static void test_who_answers_stays(void **state)
{
	struct client c;

	(void)state;
	join(&c);
	for (unsigned i = 0; i < 3600; i++) {
		unsigned before = c.pings;

		pass(1);
		if (c.pings > before)
			liveness_answered(&c.ws);
	}
	assert_int_equal(c.ended_us, 0);
	assert_int_equal(c.pings, 3600 / PING_INTERVAL_S);
}

static void test_who_is_silent_goes(void **state)
{
	struct client silent, other;

	(void)state;
	join(&silent);
	uint64_t begun = now_us;
	pass(PING_INTERVAL_S - 1);
	assert_int_equal(silent.pings, 0);
	pass(1);
	assert_int_equal(silent.pings, 1);
	join(&other); /* came later, and has its own time */
	pass(REAP_AFTER_S - PING_INTERVAL_S - 1);
	assert_int_equal(silent.ended_us, 0);
	pass(1);
	assert_int_equal(silent.ended_us - begun, (uint64_t)REAP_AFTER_S * US_PER_S);
	assert_int_equal(silent.pings, 1); /* one question is enough */
	assert_int_equal(other.ended_us, 0);
	assert_int_equal(other.pings, 1);
	pass(3); /* whoever has gone is not ended again: server_kill asserts that */
}

static void test_a_late_answer_counts(void **state)
{
	struct client c;

	(void)state;
	join(&c);
	pass(REAP_AFTER_S - 1);
	liveness_answered(&c.ws);
	pass(REAP_AFTER_S - 1);
	assert_int_equal(c.ended_us, 0);
	assert_int_equal(c.pings, 2);
	pass(1);
	assert_int_not_equal(c.ended_us, 0);
}

/* A process that was stopped, or a machine that was paused: the answers that came meanwhile are read after the timer. */
static void test_a_loop_that_stood_still_blames_nobody(void **state)
{
	struct client fresh, asked;

	(void)state;
	join(&asked);
	pass(PING_INTERVAL_S + 1);
	assert_int_equal(asked.pings, 1);
	join(&fresh);
	now_us += 3600 * (uint64_t)US_PER_S;
	liveness_tick(server.liveness, now_us);
	assert_int_equal(asked.ended_us, 0);
	assert_int_equal(fresh.ended_us, 0);
	liveness_answered(&asked.ws);
	pass(REAP_AFTER_S - 3);
	assert_int_equal(asked.ended_us, 0);
	pass(3);
	assert_int_not_equal(fresh.ended_us, 0); /* and who stays silent still goes */
}

/* Nobody there: nothing to wake up for. The time in between is nobody's. */
static void test_it_rests(void **state)
{
	struct client first, second;

	(void)state;
	assert_false(is_watched());
	join(&first);
	assert_true(is_watched());
	list_remove(&first.peer.in_server);
	server.counts.ws_open = 0;
	pass(1);
	assert_false(is_watched());
	now_us += 3600 * (uint64_t)US_PER_S;
	join(&second);
	assert_true(is_watched());
	pass(PING_INTERVAL_S - 1);
	assert_int_equal(second.pings, 0);
	pass(1);
	assert_int_equal(second.pings, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_who_answers_stays, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_who_is_silent_goes, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_a_late_answer_counts, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_a_loop_that_stood_still_blames_nobody, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(test_it_rests, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
