/* SPDX-License-Identifier: Apache-2.0 */
/* Calls: names, access, creation, what is in the log and what a crash leaves; over a real store. The live session: test_live.c. */
#include "called.h"

#include <errno.h>

#include "base/limits.h"
#include "control/chat/chat.h"

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
#define TEST(fn) cmocka_unit_test_setup_teardown(fn, called_set_up, called_tear_down)
	const struct CMUnitTest tests[] = {
		TEST(test_names),
		TEST(test_get_and_create),
		TEST(test_access_matrix),
		TEST(test_reject),
		TEST(test_replay_goes_to_those_concerned),
		TEST(test_next_start_ends_what_a_crash_left),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
