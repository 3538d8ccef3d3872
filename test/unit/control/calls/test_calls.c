/* SPDX-License-Identifier: Apache-2.0 */
/* Calls: names, access, creation, the live session and
 * its events, and what a crash leaves; over a real store. */
#include "scratch.h"

#include <errno.h>

#include <jansson.h>

#include "base/rng.h"

#include "base/limits.h"
#include "control/calls/calls.h"
#include "control/chat/chat.h"

static const struct store_user ann = { .id = "ann", .name = "Ann" },
			       bob = { .id = "bob", .name = "Bob" },
			       boss = { .id = "boss", .name = "Boss", .role = ROLE_ADMIN };
static uint64_t wall = 1000 * 1000;

static uint64_t fake_wall(void)
{
	return ++wall;
}

struct world {
	struct scratch scratch;
	struct calls *calls;
	char log[4096]; /* events as text */
	char media_log[512];
	int64_t cursor;
	size_t hearers; /* of the last event */
	bool quiet_created;
};

/* "call.session_started" is "started". */
static const char *short_name(const char *type)
{
	static const char *const prefixes[] = { "call.session_participant_", "call.session_",
						"call." };

	for (size_t i = 0; i < 3; i++)
		if (strncmp(type, prefixes[i], strlen(prefixes[i])) == 0)
			return type + strlen(prefixes[i]);
	return type;
}

static const char *text_of(const json_t *object, const char *name)
{
	return json_string_value(json_object_get(object, name));
}

/* "started [ann]; joined ann [ann]; …" */
static void on_event(void *arg, const struct call_event *e)
{
	struct world *w = arg;
	char *at = w->log + strlen(w->log), *end = w->log + sizeof w->log;
	const json_t *user = json_object_get(e->frame, "user"),
		     *state = json_object_get(e->frame, "state"), *person;
	size_t i;

	if (strcmp(e->type, "call.created") == 0 && w->quiet_created)
		return;
	at += snprintf(at, (size_t)(end - at), "%s", short_name(e->type));
	if (user)
		at += snprintf(at, (size_t)(end - at), " %s", text_of(user, "id"));
	if (text_of(e->frame, "reason"))
		at += snprintf(at, (size_t)(end - at), "(%s)", text_of(e->frame, "reason"));
	if (json_is_object(state)) {
		at += snprintf(at, (size_t)(end - at), " [");
		json_array_foreach(json_object_get(state, "participants"), i, person)
			at += snprintf(at, (size_t)(end - at), "%s%s", i ? " " : "",
				       text_of(person, "id"));
		json_int_t n = json_integer_value(json_object_get(state, "participant_count"));
		if (n > (json_int_t)i)
			at += snprintf(at, (size_t)(end - at), " +%d", (int)(n - (json_int_t)i));
		at += snprintf(at, (size_t)(end - at), "]");
	}
	snprintf(at, (size_t)(end - at), "; ");
	assert_true(e->cursor > w->cursor); /* all of them are stored, in this order */
	w->cursor = e->cursor;
	assert_string_equal(e->cid, text_of(e->frame, "cid"));
	assert_string_equal(e->type, text_of(e->frame, "type"));
	assert_true(e->conversation_id || e->audience.count > 0);
	w->hearers = e->audience.count;
}

static void calls_open(struct world *w)
{
	struct calls_config config = { .store = w->scratch.store,
				       .rng = rng_os(),
				       .wall_us = fake_wall,
				       .sink = on_event,
				       .sink_arg = w };

	assert_int_equal(calls_new(&config, &w->calls), 0);
	store_wait(w->scratch.store);
}

static int setup(void **state)
{
	struct world *w = calloc(1, sizeof *w);

	scratch_make(&w->scratch);
	add_people(&w->scratch);
	w->quiet_created = true;
	calls_open(w);
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

/* ---- names ---- */

static void test_names(void **state)
{
	struct world *w = *state;
	char id[LIMIT_CHAT_CALL_ID + 2];

	assert_true(calls_type_is_valid(w->calls, "default") &&
		    calls_type_is_valid(w->calls, "development"));
	assert_false(calls_type_is_valid(w->calls, "Default") ||
		     calls_type_is_valid(w->calls, "") ||
		     calls_type_is_valid(w->calls, "default:x"));
	assert_true(calls_id_is_valid("abc-DEF_09@x.y"));
	static const char *const bad[] = {
		"", "a b", "a:b", "a/b", "a%20", "\xc3\xa9", "a\n", "<x>"
	};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_false(calls_id_is_valid(bad[i]));
	memset(id, 'a', sizeof id);
	id[65] = '\0';
	assert_false(calls_id_is_valid(id));
	id[64] = '\0';
	assert_true(calls_id_is_valid(id));
	/* The direct conversation of the two longest user ids has its call, too. */
	memset(id, 'a', sizeof id - 1);
	memcpy(id, "chat-", 5);
	id[sizeof id - 1] = '\0';
	assert_false(calls_id_is_valid(id));
	id[sizeof id - 2] = '\0';
	assert_int_equal(strlen(id), strlen("chat-direct..") + 2 * (size_t)LIMIT_USER_ID);
	assert_true(calls_id_is_valid(id));

	assert_string_equal(calls_conversation("default:chat-ann"), "ann");
	assert_null(calls_conversation("default:chat-"));
	assert_null(calls_conversation("default:ann"));
	assert_null(calls_conversation("livestream:chat-ann"));
	assert_null(calls_conversation("any room name"));
}

/* ---- get, create, join ---- */

struct got {
	int status, calls;
	bool created;
	char cid[CALLS_CID_SIZE], by[65], identity[CALLS_IDENTITY_SIZE];
};

static void note_answer(void *arg, int status, const char *problem, json_t *reply,
			const struct call_join *join)
{
	struct got *g = arg;
	const json_t *call = json_object_get(reply, "call");

	g->status = status;
	g->calls++;
	g->created = json_is_true(json_object_get(reply, "created"));
	assert_true((status == 0) == (reply != NULL));
	assert_true(status != -EINVAL || problem);
	if (call) {
		strcpy(g->cid, text_of(call, "cid"));
		strcpy(g->by, text_of(json_object_get(call, "created_by"), "id"));
	}
	if (join)
		strcpy(g->identity, join->identity);
}

enum verb { GET, CREATE, JOIN, JOIN_CREATE };

static struct got ask(struct world *w, enum verb verb, const struct store_user *who,
		      const char *type, const char *id)
{
	struct got g = { .status = 1 };

	json_t *body = json_pack("{s:b}", "create", verb == JOIN_CREATE);

	if (verb == GET)
		calls_get(w->calls, who, type, id, body, note_answer, &g);
	else if (verb == CREATE)
		calls_get_or_create(w->calls, who, type, id, body, note_answer, &g);
	else
		calls_join(w->calls, who, type, id, body, note_answer, &g);
	json_decref(body);
	assert_int_equal(g.calls, 0);
	store_wait(w->scratch.store);
	assert_int_equal(g.calls, 1);
	return g;
}

static void test_get_and_create(void **state)
{
	struct world *w = *state;

	assert_int_equal(ask(w, GET, &ann, "default", "team").status, -ENOENT);
	assert_int_equal(ask(w, JOIN, &ann, "default", "team").status, -ENOENT);
	struct got g = ask(w, JOIN_CREATE, &ann, "default", "team");
	assert_int_equal(g.status, 0);
	assert_true(g.created);
	assert_string_equal(g.cid, "default:team");
	assert_string_equal(g.by, "ann");
	g = ask(w, CREATE, &bob, "default", "team");
	assert_int_equal(g.status, 0);
	assert_false(g.created);
	assert_string_equal(g.by, "ann");
	assert_int_equal(ask(w, GET, &bob, "default", "team").status, 0);
	/* Another type is another call. */
	assert_int_equal(ask(w, GET, &bob, "livestream", "team").status, -ENOENT);

	/* Each join is another connection of the same person. */
	struct got one = ask(w, JOIN, &bob, "default", "team"),
		   two = ask(w, JOIN, &bob, "default", "team");
	assert_int_equal(strncmp(one.identity, "bob:", 4), 0);
	assert_int_equal(strlen(one.identity), 4 + 12);
	assert_string_not_equal(one.identity, two.identity);
}

static void test_access_matrix(void **state)
{
	struct world *w = *state;
	const struct store_user *who[] = { &ann, &bob, &boss };
	static const struct {
		const char *type, *id;
		int status[3]; /* of creating, for ann, bob, boss */
	} rows[] = {
		{ "default", "chat-ann", { 0, -ENOENT, 0 } },
		{ "default", "chat-bob", { -ENOENT, 0, 0 } },
		{ "livestream", "chat-ann", { 0, -ENOENT, 0 } },
		{ "default", "chat-nobody", { -ENOENT, -ENOENT, -ENOENT } },
		{ "default",
		  "chat-boss",
		  { -ENOENT, -ENOENT, -ENOENT } }, /* an admin has no conversation */
		{ "default", "chat-", { -ENOENT, -ENOENT, -ENOENT } },
		{ "default", "chat-ANN", { -ENOENT, -ENOENT, -ENOENT } },
		{ "default", "free", { 0, 0, 0 } },
		{ "nonsense", "free", { -EINVAL, -EINVAL, -EINVAL } },
		{ "default", "no/good", { -EINVAL, -EINVAL, -EINVAL } },
	};

	for (size_t r = 0; r < sizeof rows / sizeof *rows; r++)
		for (size_t u = 0; u < 3; u++)
			for (enum verb v = CREATE; v <= JOIN_CREATE; v += 2)
				assert_int_equal(ask(w, v, who[u], rows[r].type, rows[r].id).status,
						 rows[r].status[u]);
	/* Now that they exist: a stranger's is as absent as ever. */
	for (size_t r = 0; r < sizeof rows / sizeof *rows; r++)
		for (size_t u = 0; u < 3; u++)
			for (enum verb v = GET; v <= JOIN; v += 2)
				assert_int_equal(ask(w, v, who[u], rows[r].type, rows[r].id).status,
						 rows[r].status[u]);
}

/* ---- the live session ---- */

#define ROOM "default:chat-ann"

static void in(struct world *w, const char *room, const char *identity)
{
	calls_participant_joined(w->calls, room, identity, "Token Name");
}

static const char *events(struct world *w)
{
	static char text[sizeof w->log];

	store_wait(w->scratch.store);
	strcpy(text, w->log);
	w->log[0] = '\0';
	return text;
}

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

static int reject(struct world *w, const struct store_user *who, const char *id, const char *reason)
{
	struct got g = { .status = 1 };
	json_t *body = reason ? json_pack("{s:s}", "reason", reason) : json_object();

	calls_reject(w->calls, who, "default", id, body, note_answer, &g);
	json_decref(body);
	store_wait(w->scratch.store);
	return g.status;
}

static void test_reject(void **state)
{
	struct world *w = *state;

	assert_int_equal(reject(w, &ann, "chat-ann", NULL), -ENOENT);
	assert_int_equal(ask(w, CREATE, &boss, "default", "chat-ann").status, 0);
	assert_int_equal(reject(w, &ann, "chat-ann", NULL), 0); /* nobody calls: nothing to tell */
	assert_string_equal(events(w), "");
	in(w, ROOM, "boss:1");
	(void)events(w);
	assert_int_equal(reject(w, &ann, "chat-ann", NULL), 0);
	assert_int_equal(reject(w, &ann, "chat-ann", "busy"), 0);
	assert_string_equal(events(w), "rejected ann(decline); rejected ann(busy); ");
	assert_int_equal(reject(w, &bob, "chat-ann", NULL), -ENOENT);
	assert_int_equal(reject(w, &ann, "chat-ann", ""), -EINVAL);
	assert_int_equal(reject(w, &ann, "chat-ann", "Bad reason!"), -EINVAL);
	assert_int_equal(reject(w, &ann, "chat-ann", "abcdefghijklmnopqrstuvwxyzabcdefg"), -EINVAL);
	assert_string_equal(events(w), "");
}

/* ---- the log ---- */

static void note_events(void *arg, int status, const struct store_event *list, size_t n, bool more)
{
	char *text = arg;

	assert_int_equal(status, 0);
	assert_false(more);
	text[0] = '\0';
	for (size_t i = 0; i < n; i++) {
		if (list[i].type != EVENT_CALL_SESSION_STARTED &&
		    list[i].type != EVENT_CALL_SESSION_ENDED)
			continue;
		if (list[i].type == EVENT_CALL_SESSION_STARTED)
			text += sprintf(text, "started %s by %s/%s; ", list[i].cid, list[i].user.id,
					list[i].user.name);
		else
			text += sprintf(text, "ended %s; ", list[i].cid);
	}
}

static const char *replay(struct world *w, const struct store_user *who)
{
	static char text[4096];

	store_event_list(w->scratch.store,
			 (struct store_scope){ .all = who->role == ROLE_ADMIN, .user_id = who->id },
			 0, 100, note_events, text);
	store_wait(w->scratch.store);
	return text;
}

static void test_replay_goes_to_those_concerned(void **state)
{
	struct world *w = *state;

	in(w, ROOM, "boss:1");
	in(w, "default:team", "ann:1");
	in(w, "default:team", "bot X");
	calls_participant_left(w->calls, ROOM, "boss:1");
	in(w, "foreign", "bot X");
	(void)events(w);
	assert_string_equal(replay(w, &ann),
			    "started " ROOM
			    " by boss/boss; started default:team by ann/ann; ended " ROOM "; ");
	assert_string_equal(replay(w, &boss), "started " ROOM " by boss/boss; ended " ROOM "; ");
	assert_string_equal(replay(w, &bob), "");
	const struct store_user bot = { .id = "bot X", .name = "" };
	/* Who came later was no audience of what was before. */
	assert_string_equal(replay(w, &bot), "started foreign by bot X/Token Name; ");
}

/* After a kill the log still says that the call is over. */
static void test_next_start_ends_what_a_crash_left(void **state)
{
	struct world *w = *state;

	in(w, ROOM, "boss:1");
	in(w, "default:team", "ann:1");
	(void)events(w);
	scratch_close(&w->scratch);
	w->calls = calls_free(w->calls);
	scratch_open(&w->scratch);
	calls_open(w);
	assert_null(calls_state_find(w->calls, ROOM));
	assert_string_equal(replay(w, &ann),
			    "started " ROOM
			    " by boss/boss; started default:team by ann/ann; ended " ROOM
			    "; ended default:team; ");
}

int main(void)
{
#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_names),
		TEST(test_get_and_create),
		TEST(test_access_matrix),
		TEST(test_a_session_from_start_to_end),
		TEST(test_quick_changes_keep_their_order),
		TEST(test_tabs_of_one_person_count_once),
		TEST(test_a_large_call_is_told_by_number),
		TEST(test_media_does_what_rights_say),
		TEST(test_foreign_rooms),
		TEST(test_many_people_in_many_rooms),
		TEST(test_reject),
		TEST(test_replay_goes_to_those_concerned),
		TEST(test_next_start_ends_what_a_crash_left),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
