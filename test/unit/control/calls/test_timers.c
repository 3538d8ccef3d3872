/* SPDX-License-Identifier: Apache-2.0 */
/* What ends or is told by the clock: the longest a call may last, who has missed a ring. Over a real
 * store, in time of the test's own. */
#include "scratch.h"

#include <errno.h>

#include <jansson.h>

#include "base/clock.h"
#include "base/rng.h"
#include "control/calls/calls.h"

static const struct store_user ann = { .id = "ann", .name = "Ann" },
			       bob = { .id = "bob", .name = "Bob" };
static uint64_t now, wall = 1000 * 1000;

static uint64_t fake_now(void)
{
	return now;
}

static uint64_t fake_wall(void)
{
	return ++wall;
}

struct world {
	struct scratch scratch;
	struct calls *calls;
	char log[1024];
};

static const char *text_of(const json_t *object, const char *name)
{
	return json_string_value(json_object_get(object, name));
}

/* "missed bob; ended ann max_duration; " */
static void on_event(void *arg, const struct call_event *e)
{
	struct world *w = arg;
	const char *reason = text_of(e->frame, "reason");
	size_t n = strlen(w->log);

	snprintf(w->log + n, sizeof w->log - n, "%s %s%s%s; ", e->type + 5,
		 text_of(json_object_get(e->frame, "user"), "id"), reason ? " " : "",
		 reason ? reason : "");
}

static void media_close(void *arg, const char *room)
{
	struct world *w = arg;

	strcat(w->log, "closed ");
	strcat(w->log, room);
	strcat(w->log, "; ");
	calls_participant_left(w->calls, room, "ann:1");
}

static int setup(void **state)
{
	struct world *w = calloc(1, sizeof *w);
	struct calls_config config = { .rng = rng_os(),
				       .wall_us = fake_wall,
				       .now_us = fake_now,
				       .sink = on_event,
				       .sink_arg = w };

	scratch_make(&w->scratch);
	add_people(&w->scratch);
	config.store = w->scratch.store;
	assert_int_equal(calls_new(&config, &w->calls), 0);
	calls_set_media(w->calls, &(struct calls_media){ .close = media_close, .arg = w });
	store_wait(w->scratch.store);
	now = 1000 * US_PER_S;
	*state = w;
	return 0;
}

static int teardown(void **state)
{
	struct world *w = *state;

	scratch_close(&w->scratch);
	w->calls = calls_free(w->calls);
	scratch_remove(&w->scratch);
	free(w);
	return 0;
}

static void on_answer(void *arg, int status, const char *problem, json_t *reply,
		      const struct call_join *join)
{
	(void)problem, (void)reply, (void)join;
	*(int *)arg = status;
}

static int do_verb(struct world *w, calls_verb *verb, const struct store_user *who,
		   const char *body)
{
	json_t *json = json_loads(body, 0, NULL);
	int status = 1;

	assert_non_null(json);
	verb(w->calls, who, "default", "x", json, on_answer, &status);
	json_decref(json);
	store_wait(w->scratch.store);
	return status;
}

/* What was told in so many milliseconds more, without who came and went. */
static const char *after(struct world *w, uint64_t ms)
{
	store_wait(w->scratch.store);
	w->log[0] = '\0';
	now += ms * US_PER_MS;
	calls_tick(w->calls);
	store_wait(w->scratch.store);
	return w->log;
}

static void test_max_duration(void **state)
{
	struct world *w = *state;

	assert_int_equal(do_verb(w, calls_get_or_create, &ann,
				 "{\"data\": {\"settings_override\": {\"limits\": "
				 "{\"max_duration_seconds\": 60}}}}"),
			 0);
	calls_participant_joined(w->calls, "default:x", "ann:1", "Ann");
	assert_string_equal(after(w, 59 * 1000), "");
	assert_string_equal(after(w, 1000),
			    "closed default:x; ended ann max_duration; session_participant_left "
			    "ann; session_ended (null); ");
	assert_int_equal(calls_live_count(w->calls), 0);
	assert_string_equal(after(w, 600 * 1000), "");		      /* once */
	assert_int_equal(do_verb(w, calls_join, &bob, "{}"), -EPERM); /* it is over for good */
}

/* A change counts for the session that goes on; foreign rooms have no end. */
static void test_max_duration_can_be_changed(void **state)
{
	struct world *w = *state;

	assert_int_equal(do_verb(w, calls_get_or_create, &ann, "{}"), 0);
	calls_participant_joined(w->calls, "default:x", "ann:1", "Ann");
	calls_participant_joined(w->calls, "foreign room", "bot", "Bot");
	assert_string_equal(after(w, 3600 * 1000), "");
	assert_int_equal(do_verb(w, calls_update, &ann,
				 "{\"settings_override\": {\"limits\": "
				 "{\"max_duration_seconds\": 3601}}}"),
			 0);
	assert_string_equal(after(w, 0), "");
	assert_non_null(strstr(after(w, 1000), "closed default:x; ended ann max_duration; "));
	assert_int_equal(calls_live_count(w->calls), 1);
	calls_participant_left(w->calls, "foreign room", "bot");
	store_wait(w->scratch.store);
}

/* Told once, before the phone stops. */
static void test_missed_call_timeout(void **state)
{
	struct world *w = *state;

	assert_int_equal(
		do_verb(w, calls_get_or_create, &ann,
			"{\"ring\": true, \"data\": {\"members\": [{\"user_id\": \"bob\"}], "
			"\"settings_override\": {\"ring\": {\"missed_call_timeout_ms\": 5000, "
			"\"incoming_call_timeout_ms\": 8000, \"auto_cancel_timeout_ms\": 9000}}}}"),
		0);
	assert_string_equal(after(w, 4999), "");
	assert_string_equal(after(w, 1), "missed bob; ");
	assert_string_equal(after(w, 2999), "");
	/* the phone stops; that it was missed was told */
	assert_string_equal(after(w, 1), "rejected bob timeout; ");
	assert_int_equal(do_verb(w, calls_accept, &bob, "{}"), -EALREADY);
}

/* Who answers late answers all the same; who answered in time hears nothing. */
static void test_missed_and_answered(void **state)
{
	static const char body[] =
		"{\"ring\": true, \"data\": {\"members\": [{\"user_id\": \"bob\"}], "
		"\"settings_override\": {\"ring\": {\"missed_call_timeout_ms\": 5000, "
		"\"incoming_call_timeout_ms\": 20000, \"auto_cancel_timeout_ms\": 20000}}}}";
	struct world *w = *state;

	assert_int_equal(do_verb(w, calls_get_or_create, &ann, body), 0);
	assert_string_equal(after(w, 6000), "missed bob; ");
	assert_int_equal(do_verb(w, calls_accept, &bob, "{}"), 0);
	assert_string_equal(after(w, 10000), "");
}

/* Accepted, but neither came: whoever waits hears that it is over, once. */
static void test_accepted_but_nobody_joined(void **state)
{
	static const char body[] =
		"{\"ring\": true, \"data\": {\"members\": [{\"user_id\": \"bob\"}]}}";
	struct world *w = *state;

	assert_int_equal(do_verb(w, calls_get_or_create, &ann, body), 0);
	assert_int_equal(do_verb(w, calls_accept, &bob, "{}"), 0);
	assert_string_equal(after(w, 19999), "");
	assert_string_equal(after(w, 1), "rejected ann nobody_joined; ");
	assert_string_equal(after(w, 60 * 1000), "");

	/* who is there is not told that nobody is */
	assert_int_equal(do_verb(w, calls_get_or_create, &ann, body), 0);
	assert_int_equal(do_verb(w, calls_accept, &bob, "{}"), 0);
	calls_participant_joined(w->calls, "default:x", "ann:1", "Ann");
	assert_string_equal(after(w, 60 * 1000), "");
	calls_participant_left(w->calls, "default:x", "ann:1");
	store_wait(w->scratch.store);
}

int main(void)
{
#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_max_duration),
		TEST(test_max_duration_can_be_changed),
		TEST(test_missed_call_timeout),
		TEST(test_missed_and_answered),
		TEST(test_accepted_but_nobody_joined),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
