/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The coordinator against two hostile clients (R48): 100000 random sequences (a tenth under
 * sanitizers) of up to 12 events, in any
 * order, while the store answers late or at once and time jumps. After each step:
 *   - who is in the room holds a token of their own, and their phone does not ring: nobody's media flows
 *     before they said so;
 *   - what has ended stays ended: of each ring the states, the outcome and each leg only go forward;
 *   - when all is settled, neither the blocked nor (but for the host) anybody in an ended call is there.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/rng.h"
#include "control/calls/calls.h"
#include "control/calls/ring.h"
#include "store_double.h"

#ifdef __SANITIZE_ADDRESS__
enum { SEQUENCES = 10000 }; /* the rest is plain arithmetic */
#else
enum { SEQUENCES = 100000 };
#endif
enum { STEPS = 12, SEATS = 64, RINGS = 16 };

static const struct store_user people[] = { { .id = "ann", .name = "Ann" },
					    { .id = "bob", .name = "Bob" } };

struct seen_ring {
	char id[24];
	int state, outcome, legs[2];
};

struct model {
	struct calls *calls;
	struct rng rng;
	char id[32], cid[64];
	uint64_t now_us;
	char seats[SEATS][CALLS_IDENTITY_SIZE]; /* in the room */
	size_t seat_count;
	char tokens[2][CALLS_IDENTITY_SIZE]; /* the newest of each */
	struct seen_ring rings[RINGS];
	size_t ring_count;
	bool online[2], blocked, ended;
	unsigned long steps, accepted, refused, outcomes[OUTCOME_BUSY + 1];
};

static struct model m;

static uint64_t now(void)
{
	return m.now_us;
}

static bool is_online(void *arg, const char *user_id, const char *device)
{
	(void)arg, (void)device;
	return m.online[strcmp(user_id, "bob") == 0];
}

/* ---- the media plane ---- */

static void leave(size_t i)
{
	char identity[CALLS_IDENTITY_SIZE];

	strcpy(identity, m.seats[i]);
	m.seat_count--;
	memmove(m.seats[i], m.seats[m.seat_count], sizeof m.seats[i]);
	calls_participant_left(m.calls, m.cid, identity);
}

static void media_remove(void *arg, const char *room, const char *identity)
{
	(void)arg;
	assert_string_equal(room, m.cid);
	for (size_t i = 0; i < 2; i++)
		if (strcmp(m.tokens[i], identity) == 0)
			m.tokens[i][0] = '\0'; /* is barred */
	for (size_t i = 0; i < m.seat_count; i++)
		if (strcmp(m.seats[i], identity) == 0) {
			leave(i);
			return;
		}
}

static void media_close(void *arg, const char *room)
{
	(void)arg, (void)room;
	while (m.seat_count)
		leave(0);
}

/* ---- what is told ---- */

static int index_of(const char *text, const char *(*name)(int), int n)
{
	for (int i = 0; i < n; i++)
		if (text && name(i) && strcmp(name(i), text) == 0)
			return i;
	return 0;
}

static const char *state_name(int i)
{
	return ring_state_text((enum ring_state)i);
}

static const char *outcome_name(int i)
{
	return ring_outcome_text((enum ring_outcome)i);
}

static const char *leg_name(int i)
{
	return leg_state_text((enum leg_state)i);
}

static const char *text_of(const json_t *o, const char *name)
{
	return json_string_value(json_object_get(o, name));
}

static struct seen_ring *seen(const char *id)
{
	for (size_t i = 0; i < m.ring_count; i++)
		if (strcmp(m.rings[i].id, id) == 0)
			return &m.rings[i];
	assert_true(m.ring_count < RINGS);
	struct seen_ring *r = &m.rings[m.ring_count++];
	*r = (struct seen_ring){ 0 };
	strcpy(r->id, id);
	return r;
}

/* Forward only. */
static void look_at(const json_t *ring)
{
	struct seen_ring *r = seen(text_of(ring, "id"));
	int state = index_of(text_of(ring, "state"), state_name, 3);
	int outcome = index_of(text_of(ring, "outcome"), outcome_name, OUTCOME_BUSY + 1);
	const json_t *legs = json_object_get(ring, "legs"), *leg;
	size_t i;

	assert_true(state >= r->state);
	assert_true(r->outcome == OUTCOME_NONE || outcome == r->outcome);
	assert_true((state == RING_RINGING) == (outcome == OUTCOME_NONE));
	if (r->outcome == OUTCOME_NONE)
		m.outcomes[outcome]++;
	json_array_foreach(legs, i, leg)
	{
		int to = index_of(text_of(leg, "state"), leg_name, LEG_STATES);

		assert_true(r->legs[i] == LEG_RINGING || to == r->legs[i]);
		assert_true(state != RING_ENDED || to != LEG_RINGING);
		r->legs[i] = to;
	}
	r->state = state;
	r->outcome = outcome;
}

static void on_event(void *arg, const struct call_event *e)
{
	const json_t *ring = json_object_get(e->frame, "ring");

	(void)arg;
	if (ring)
		look_at(ring);
	if (strcmp(e->type, "call.accepted") == 0)
		m.accepted++;
}

/* ---- the clients ---- */

static void on_answer(void *arg, int status, const char *problem, json_t *reply,
		      const struct call_join *join)
{
	size_t who = (size_t)(uintptr_t)arg;

	(void)problem, (void)reply;
	if (status < 0)
		m.refused++;
	if (join)
		strcpy(m.tokens[who], join->identity);
}

static void ask(calls_verb *verb, size_t who, const char *name, const char *value)
{
	static const char *const devices[] = { "p", "q", "" };
	const char *device = devices[rng_u32(&m.rng) % 3];
	json_t *body = json_object();

	if (*device)
		(void)json_object_set_new(body, "device_id", json_string(device));
	if (name)
		(void)json_object_set_new(body, name, value ? json_string(value) : json_true());
	verb(m.calls, &people[who], "default", m.id, body, on_answer, (void *)(uintptr_t)who);
	json_decref(body);
}

/* By the newest token, mostly; hostile ones keep coming with it. */
static void enter(size_t who)
{
	if (!m.tokens[who][0] || m.seat_count == SEATS)
		return;
	for (size_t i = 0; i < m.seat_count; i++)
		if (strcmp(m.seats[i], m.tokens[who]) == 0)
			return;
	strcpy(m.seats[m.seat_count++], m.tokens[who]);
	calls_participant_joined(m.calls, m.cid, m.tokens[who], people[who].name);
}

static void walk_out(size_t who)
{
	for (size_t i = 0; i < m.seat_count; i++)
		if (strncmp(m.seats[i], people[who].id, 3) == 0) {
			leave(i);
			return;
		}
}

static void step(void)
{
	uint32_t chance = rng_u32(&m.rng);
	size_t who = chance & 1;

	switch (chance >> 1 & 15) {
	case 0:
	case 1:
		ask(calls_ring, who, NULL, NULL);
		return;
	case 2:
	case 3:
		ask(calls_accept, who, NULL, NULL);
		return;
	case 4:
		ask(calls_reject, who, "reason", chance & 64 ? "busy" : "decline");
		return;
	case 5:
	case 6:
		ask(calls_join, who, chance & 64 ? "ring" : NULL, NULL);
		return;
	case 7:
	case 8:
		enter(who);
		return;
	case 9:
		walk_out(who);
		return;
	case 10:
		m.now_us += (uint64_t)(chance >> 8 & 31) * US_PER_S;
		calls_tick(m.calls);
		return;
	case 11:
		m.online[who] = !m.online[who];
		return;
	case 12:
		if (chance >> 8 & 3)
			return; /* rarely */
		ask(chance & 1024 ? calls_block : calls_unblock, 0, "user_id", "bob");
		return;
	case 13:
		if (!(chance >> 8 & 3))
			ask(calls_end, who, NULL, NULL);
		return;
	case 14:
		ask(calls_kick, who, "user_id", people[!who].id);
		return;
	default:
		(void)double_run(chance >> 8 & 3); /* the store catches up a little */
	}
}

/* ---- what must hold ---- */

static void check(void)
{
	for (size_t i = 0; i < m.seat_count; i++) {
		size_t who = strncmp(m.seats[i], "bob", 3) == 0;
		json_t *ringing = calls_ringing(m.calls, people[who].id);

		assert_int_equal(json_array_size(ringing), 0); /* in the room: answered */
		json_decref(ringing);
	}
}

static void on_last(void *arg, int status, const char *problem, json_t *reply,
		    const struct call_join *join)
{
	bool *there = arg;

	(void)problem, (void)join;
	*there = status == 0 && reply;
}

static void settle(void)
{
	bool may_join = false;
	json_t *body = json_object();

	while (double_run(SIZE_MAX))
		;
	check();
	calls_join(m.calls, &people[1], "default", m.id, body, on_last, &may_join);
	json_decref(body);
	while (double_run(SIZE_MAX))
		;
	/* Who may not join is not there. */
	for (size_t i = 0; i < m.seat_count; i++)
		assert_true(may_join || strncmp(m.seats[i], "bob", 3) != 0);
	while (m.seat_count)
		leave(0);
	for (int i = 0; i < 8; i++) { /* until every timer has run */
		m.now_us += 30 * US_PER_S;
		calls_tick(m.calls);
		while (double_run(SIZE_MAX))
			;
	}
	for (size_t i = 0; i < m.ring_count; i++)
		assert_int_not_equal(m.rings[i].state, RING_RINGING); /* no phone rings for ever */
	assert_int_equal(calls_live_count(m.calls), 0);
}

static void sequence(unsigned number)
{
	double_reset();
	(void)snprintf(m.id, sizeof m.id, "m%u", number);
	(void)snprintf(m.cid, sizeof m.cid, "default:%s", m.id);
	m.seat_count = m.ring_count = 0;
	m.tokens[0][0] = m.tokens[1][0] = '\0';
	m.online[0] = m.online[1] = true;
	ask(calls_get_or_create, 0, NULL, NULL);
	(void)double_run(SIZE_MAX);
	unsigned n = 1 + rng_u32(&m.rng) % STEPS;
	for (unsigned i = 0; i < n; i++) {
		step();
		check();
		m.steps++;
		if (rng_u32(&m.rng) & 1)
			(void)double_run(SIZE_MAX);
		check();
	}
	settle();
}

static void test_two_hostile_clients(void **state)
{
	const char *seed = getenv("MODEL_SEED");
	const struct calls_media media = { .remove = media_remove, .close = media_close };
	const struct calls_config config = {
		.rng = &m.rng, .now_us = now, .sink = on_event, .online = is_online
	};

	(void)state;
	rng_seeded(&m.rng, seed ? strtoull(seed, NULL, 10) : 48);
	m.now_us = US_PER_S;
	assert_int_equal(calls_new(&config, &m.calls), 0);
	(void)double_run(SIZE_MAX);
	calls_set_media(m.calls, &media);
	for (unsigned i = 0; i < SEQUENCES; i++)
		sequence(i);
	m.calls = calls_free(m.calls);
	printf("%d sequences, %lu events, %lu accepted, %lu refused; rings declined %lu, missed "
	       "%lu, "
	       "cancelled %lu\n",
	       SEQUENCES, m.steps, m.accepted, m.refused, m.outcomes[OUTCOME_DECLINED],
	       m.outcomes[OUTCOME_MISSED], m.outcomes[OUTCOME_CANCELLED]);
	/* All ways were walked. */
	assert_true(m.accepted > SEQUENCES / 100 && m.refused > SEQUENCES / 100);
	for (int i = OUTCOME_ACCEPTED; i <= OUTCOME_CANCELLED; i++)
		assert_true(m.outcomes[i] > SEQUENCES / 1000);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_two_hostile_clients) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
