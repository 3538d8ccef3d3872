/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A change of a call and its event are two transactions: a server that dies in between has changed what nobody was told.
 * A child process dies at each of its looks at the clock in turn, some of which lie in between. Afterwards a client that
 * comes back with its cursor hears of what is stored, or is told to load everything anew.
 */
#include "scratch.h"

#include <errno.h>
#include <sys/wait.h>

#include <jansson.h>

#include "base/rng.h"
#include "control/calls/calls.h"

enum { DIED = 9, LOOKS_MAX = 40 };

static const struct store_user ann = { .id = "ann", .name = "Ann", .role = ROLE_USER };

static unsigned looks_left; /* 0 = lives */

static uint64_t deadly_clock(void)
{
	static uint64_t wall = 1000 * 1000;

	if (looks_left && --looks_left == 0)
		_exit(DIED);
	return ++wall;
}

static void ignore_event(void *arg, const struct call_event *e)
{
	(void)arg, (void)e;
}

static struct calls *open_calls(struct scratch *s)
{
	struct calls_config config = {
		.store = s->store, .rng = rng_os(), .wall_us = deadly_clock, .sink = ignore_event
	};
	struct calls *calls;

	assert_int_equal(calls_new(&config, &calls), 0);
	store_wait(s->store);
	return calls;
}

static void note_answer(void *arg, int status, const char *problem, json_t *reply,
			const struct call_join *join)
{
	(void)problem, (void)reply, (void)join;
	*(int *)arg = status;
}

/* What the child does, and dies of. */
struct deed {
	calls_verb *verb;
	const char *id, *body, *event;
};

static void run_child(const char *dir, const struct deed *deed, unsigned looks)
{
	struct scratch s = { .store = NULL };
	int status = 1;

	strcpy(s.dir, dir);
	scratch_open(&s);
	struct calls *calls = open_calls(&s);
	json_t *body = json_loads(deed->body, 0, NULL);
	looks_left = looks;
	deed->verb(calls, &ann, "default", deed->id, body, note_answer, &status);
	store_wait(s.store);
	_exit(status == 0 ? 0 : 1);
}

/* ---- what a client finds ---- */

struct seen {
	int status;
	bool heard, stored;
	int64_t cursor;
	const struct deed *deed;
};

static void note_cursor(void *arg, int status, const struct store_conversation *list, size_t n,
			int64_t cursor)
{
	(void)list, (void)n;
	assert_int_equal(status, 0);
	((struct seen *)arg)->cursor = cursor;
}

static void note_events(void *arg, int status, const struct store_event *list, size_t n, bool more)
{
	struct seen *seen = arg;

	(void)more;
	seen->status = status;
	for (size_t i = 0; i < n; i++)
		seen->heard |= list[i].payload && strstr(list[i].payload, seen->deed->event);
}

static void note_call(void *arg, int status, const struct store_call *call, bool created)
{
	struct seen *seen = arg;

	(void)created;
	seen->stored = status == 0 &&
		       (seen->deed->verb == calls_get_or_create || strstr(call->custom, "\"n\""));
}

/* Returns how the child ended. */
static int let_die(struct scratch *s, const struct deed *deed, unsigned looks, struct seen *ret)
{
	char cid[80];
	int how = 0;

	*ret = (struct seen){ .deed = deed };
	scratch_open(s);
	store_conversation_list(s->store, (struct store_scope){ .all = true }, 1, note_cursor, ret);
	store_wait(s->store);
	scratch_close(s);
	pid_t child = fork();
	if (child == 0)
		run_child(s->dir, deed, looks);
	assert_int_equal(waitpid(child, &how, 0), child);

	scratch_open(s);
	struct calls *calls = open_calls(s);
	(void)snprintf(cid, sizeof cid, "default:%s", deed->id);
	store_call_find(s->store, cid, note_call, ret);
	store_event_list(s->store, (struct store_scope){ .user_id = "ann" }, ret->cursor, 100,
			 note_events, ret);
	store_wait(s->store);
	scratch_close(s);
	(void)calls_free(calls);
	return WEXITSTATUS(how);
}

/* Dies at the first look, at the second, … until it lives. Returns how often a change was stored and not told. */
static unsigned die_everywhere(struct scratch *s, const char *name, struct deed deed)
{
	unsigned between = 0;

	for (unsigned looks = 1;; looks++) {
		struct seen seen;
		char id[32];

		(void)snprintf(id, sizeof id, "%s-%u", name, looks);
		deed.id = id;
		if (deed.verb != calls_get_or_create) {
			const struct deed made = { .verb = calls_get_or_create,
						   .id = id,
						   .body = "{}",
						   .event = "call.created" };

			assert_int_equal(let_die(s, &made, 0, &seen), 0);
			assert_true(seen.status == 0 && seen.heard && seen.stored);
		}
		int how = let_die(s, &deed, looks, &seen);
		assert_true(seen.status == 0 || seen.status == -ESTALE);
		if (seen.stored)
			assert_true(seen.heard || seen.status == -ESTALE);
		else
			assert_int_equal(seen.status, 0); /* nothing to tell: the cursor holds */
		if (how == 0) {				  /* it lived, and nothing was lost */
			assert_true(seen.stored && seen.heard && seen.status == 0);
			return between;
		}
		assert_int_equal(how, DIED);
		between += seen.stored && !seen.heard;
		assert_true(looks < LOOKS_MAX);
	}
}

static void test_a_change_is_heard_of(void **state)
{
	struct scratch *s = *state;

	assert_true(die_everywhere(s, "changed",
				   (struct deed){ .verb = calls_update,
						  .body = "{\"custom\": {\"n\": 1}}",
						  .event = "call.updated" }) > 0);
}

static void test_a_creation_is_heard_of(void **state)
{
	struct scratch *s = *state;

	assert_true(die_everywhere(s, "made",
				   (struct deed){ .verb = calls_get_or_create,
						  .body = "{}",
						  .event = "call.created" }) > 0);
}

static int setup(void **state)
{
	int r = scratch_setup(state);
	struct scratch *s = *state;

	add_people(s);
	scratch_close(s);
	s->store = NULL;
	return r;
}

int main(void)
{
#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, scratch_teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_a_change_is_heard_of),
		TEST(test_a_creation_is_heard_of),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
