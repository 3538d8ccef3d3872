/* SPDX-License-Identifier: Apache-2.0 */
/* A call's live session: who comes and goes, what is told of it, and what rights do to those who are there; over a real store. */
#include "called.h"

#include <errno.h>

#include "base/limits.h"
#include "control/chat/chat.h"

static void test_a_session_from_start_to_end(void **state)
{
	struct world *w = *state;

	assert_null(calls_state_find(w->calls, ROOM));
	in(w, ROOM, "ann:1");
	const struct call_state *s = calls_state_find(w->calls, ROOM);
	assert_non_null(s); /* at once, not only after the commit */
	assert_int_equal(s->participant_count, 1);
	assert_string_equal(s->conversation_id, "ann");
	assert_string_equal(s->started_by->id, "ann");
	assert_int_equal(calls_live_count(w->calls), 1);
	assert_string_equal(events(w), "started [ann]; joined ann [ann]; ");
	/* The account's name counts, not the token's. */
	assert_string_equal(calls_state_find(w->calls, ROOM)->participants[0]->name, "ann");

	in(w, ROOM, "boss:2");
	assert_string_equal(events(w), "joined boss [ann boss]; ");
	assert_int_equal(calls_state_find(w->calls, ROOM)->participants[1]->role, ROLE_ADMIN);
	calls_participant_left(w->calls, ROOM, "ann:1");
	assert_string_equal(events(w), "left ann [boss]; ");
	in(w, ROOM, "ann:3"); /* comes back, in the old place */
	assert_string_equal(events(w), "joined ann [ann boss]; ");
	calls_participant_left(w->calls, ROOM, "ann:3");
	calls_participant_left(w->calls, ROOM, "boss:2");
	assert_null(calls_state_find(w->calls, ROOM));
	assert_int_equal(calls_live_count(w->calls), 0);
	assert_string_equal(events(w), "left ann [boss]; left boss []; ended; ");

	/* The next one is another session. */
	in(w, ROOM, "boss:4");
	assert_string_equal(events(w), "started [boss]; joined boss [boss]; ");
}

/* Everything before the first commit: the events still tell each state as it was. */
static void test_quick_changes_keep_their_order(void **state)
{
	struct world *w = *state;

	in(w, ROOM, "ann:1");
	in(w, ROOM, "boss:1");
	calls_participant_left(w->calls, ROOM, "ann:1");
	calls_participant_left(w->calls, ROOM, "boss:1");
	in(w, ROOM, "boss:2");
	assert_string_equal(events(w), "started [ann]; joined ann [ann]; joined boss [ann boss]; "
				       "left ann [boss]; left boss []; "
				       "ended; started [boss]; joined boss [boss]; ");
}

static void test_tabs_of_one_person_count_once(void **state)
{
	struct world *w = *state;

	in(w, ROOM, "ann:1");
	in(w, ROOM, "ann:2");
	in(w, ROOM, "ann:1"); /* a resume */
	assert_int_equal(calls_state_find(w->calls, ROOM)->participant_count, 1);
	calls_participant_left(w->calls, ROOM, "ann:1");
	calls_participant_left(w->calls, ROOM, "ann:1");
	calls_participant_left(w->calls, ROOM, "ann:9");
	assert_int_equal(calls_state_find(w->calls, ROOM)->participant_count, 1);
	calls_participant_left(w->calls, ROOM, "ann:2");
	assert_string_equal(events(w), "started [ann]; joined ann [ann]; left ann []; ended; ");
}

/* Events name the first ten; everybody hears them, each once. */
static void test_a_large_call_is_told_by_number(void **state)
{
	struct world *w = *state;
	char identity[16];

	for (int i = 1; i <= 12; i++) {
		snprintf(identity, sizeof identity, "u%d:1", i);
		in(w, "large", identity);
		if (i == 10)
			assert_non_null(
				strstr(events(w), "joined u10 [u1 u2 u3 u4 u5 u6 u7 u8 u9 u10]; "));
	}
	assert_string_equal(events(w), "joined u11 [u1 u2 u3 u4 u5 u6 u7 u8 u9 u10 +1]; "
				       "joined u12 [u1 u2 u3 u4 u5 u6 u7 u8 u9 u10 +2]; ");
	assert_int_equal(w->hearers, 12);
	json_t *whole = object_call_state(calls_state_find(w->calls, "large"), SIZE_MAX);
	assert_int_equal(json_array_size(json_object_get(whole, "participants")), 12);
	json_decref(whole);
	calls_participant_left(w->calls, "large", "u1:1");
	assert_string_equal(events(w), "left u1 [u2 u3 u4 u5 u6 u7 u8 u9 u10 u11 +1]; ");
	assert_int_equal(w->hearers, 12); /* who was there hears on */
}

/* Media that does at once what it is told; "permit ann:1; remove bob:1; …" */
static void on_permit(void *arg, const char *room, const char *identity, unsigned kinds)
{
	struct world *w = arg;
	size_t n = strlen(w->media_log);

	(void)room;
	snprintf(w->media_log + n, sizeof w->media_log - n, "%s %s; ", kinds ? "permit" : "silence",
		 identity);
}

static void on_remove(void *arg, const char *room, const char *identity)
{
	struct world *w = arg;
	size_t n = strlen(w->media_log);

	snprintf(w->media_log + n, sizeof w->media_log - n, "remove %s; ", identity);
	calls_participant_left(w->calls, room, identity);
}

static void ignore_answer(void *arg, int status, const char *problem, json_t *reply,
			  const struct call_join *join)
{
	(void)arg, (void)problem, (void)reply, (void)join;
	assert_int_equal(status, 0);
}

static void put_grants(struct world *w, const char *grant)
{
	json_t *body = json_pack("{s:{s:[s, s]}}", "grants", "user", "read-call", grant);

	w->media_log[0] = '\0';
	calls_type_put(w->calls, &boss, "default", body, ignore_answer, NULL);
	json_decref(body);
	store_wait(w->scratch.store);
}

/* What the type grants holds at once, also for who is there already; who comes changes nothing for the others. */
static void test_media_does_what_rights_say(void **state)
{
	struct world *w = *state;
	static const char room[] = "default:free";
	static const char *const who[] = { "ann:1", "boss:1", "bob:1", "ann:2" };

	calls_set_sink(w->calls, NULL, NULL);
	calls_set_media(w->calls, &(struct calls_media){
					  .permit = on_permit, .remove = on_remove, .arg = w });
	(void)ask(w, CREATE, &boss, "default", "free");
	for (size_t i = 0; i < sizeof who / sizeof *who; i++) {
		in(w, room, who[i]);
		store_wait(w->scratch.store);
	}
	assert_string_equal(w->media_log,
			    "permit ann:1; permit boss:1; permit bob:1; permit ann:2; ");
	put_grants(w, "join-call");
	assert_string_equal(w->media_log, "silence ann:2; silence bob:1; silence ann:1; ");
	put_grants(w, "create-reaction");
	assert_string_equal(w->media_log, "remove ann:2; remove bob:1; remove ann:1; ");
	assert_int_equal(calls_state_find(w->calls, room)->participant_count, 1);
}

static struct got join_with(struct world *w, const struct store_user *who, const char *id,
			    json_t *take_over)
{
	json_t *body = json_pack("{s:o}", "take_over", take_over);
	struct got g = { .status = 1 };

	w->media_log[0] = '\0';
	calls_join(w->calls, who, "default", id, body, note_answer, &g);
	json_decref(body);
	store_wait(w->scratch.store);
	return g;
}

/* One's own other seats go, nobody else's; without being asked for it none does. */
static void test_take_over(void **state)
{
	struct world *w = *state;
	static const char *const who[] = { "ann:1", "bob:1", "ann:2" };

	calls_set_media(w->calls, &(struct calls_media){ .remove = on_remove, .arg = w });
	(void)ask(w, CREATE, &boss, "default", "desk");
	for (size_t i = 0; i < sizeof who / sizeof *who; i++) {
		in(w, "default:desk", who[i]);
		store_wait(w->scratch.store);
	}
	assert_int_equal(join_with(w, &ann, "desk", json_false()).status, 0);
	assert_string_equal(w->media_log, "");
	assert_int_equal(join_with(w, &ann, "desk", json_string("yes")).status, -EINVAL);
	assert_string_equal(w->media_log, "");
	assert_int_equal(join_with(w, &ann, "desk", json_true()).status, 0);
	assert_string_equal(w->media_log, "remove ann:2; remove ann:1; ");
	assert_int_equal(calls_state_find(w->calls, "default:desk")->participant_count, 1);
}

/* Rooms and people of anybody's LiveKit tokens. */
static void test_foreign_rooms(void **state)
{
	struct world *w = *state;
	static const char *const rooms[] = { "my room", "\xe6\x88\xbf", "'; DROP TABLE calls;--",
					     ":", "x:y:z" };
	char longest[257];

	for (size_t i = 0; i < sizeof rooms / sizeof *rooms; i++) {
		in(w, rooms[i], "some bot");
		in(w, rooms[i], "Agent:7"); /* not of our form: a capital */
		assert_null(calls_state_find(w->calls, rooms[i])->conversation_id);
		assert_string_equal(calls_state_find(w->calls, rooms[i])->participants[1]->id,
				    "Agent:7");
		assert_string_equal(calls_state_find(w->calls, rooms[i])->participants[1]->name,
				    "Token Name");
		calls_participant_left(w->calls, rooms[i], "some bot");
		calls_participant_left(w->calls, rooms[i], "Agent:7");
		assert_string_equal(events(w),
				    "started [some bot]; joined some bot [some bot]; joined "
				    "Agent:7 [some bot Agent:7]; "
				    "left some bot [Agent:7]; left Agent:7 []; ended; ");
	}
	memset(longest, 'r', sizeof longest - 1);
	longest[256] = '\0';
	in(w, longest, longest);
	calls_participant_joined(w->calls, longest, "", NULL);
	calls_participant_left(w->calls, longest, longest);
	calls_participant_left(w->calls, longest, "");
	assert_int_equal(calls_live_count(w->calls), 0);
	store_wait(w->scratch.store);
}

static void test_many_people_in_many_rooms(void **state)
{
	struct world *w = *state;
	char room[16], identity[16];

	calls_set_sink(w->calls, NULL, NULL);
	for (int i = 0; i < 300; i++) {
		for (int j = 0; j <= i % 50; j++) {
			snprintf(room, sizeof room, "r%d", i);
			snprintf(identity, sizeof identity, "u%d:%d", j, i);
			in(w, room, identity);
		}
		assert_int_equal(calls_state_find(w->calls, room)->participant_count, i % 50 + 1);
	}
	assert_int_equal(calls_live_count(w->calls), 300);
	for (int i = 0; i < 300; i++) {
		for (int j = i % 50; j >= 0; j--) {
			snprintf(room, sizeof room, "r%d", i);
			snprintf(identity, sizeof identity, "u%d:%d", j, i);
			calls_participant_left(w->calls, room, identity);
		}
	}
	assert_int_equal(calls_live_count(w->calls), 0);
	store_wait(w->scratch.store);
}

int main(void)
{
#define TEST(fn) cmocka_unit_test_setup_teardown(fn, called_set_up, called_tear_down)
	const struct CMUnitTest tests[] = {
		TEST(test_a_session_from_start_to_end),
		TEST(test_quick_changes_keep_their_order),
		TEST(test_tabs_of_one_person_count_once),
		TEST(test_a_large_call_is_told_by_number),
		TEST(test_media_does_what_rights_say),
		TEST(test_take_over),
		TEST(test_foreign_rooms),
		TEST(test_many_people_in_many_rooms),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
