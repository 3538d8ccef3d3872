/* SPDX-License-Identifier: Apache-2.0 */
/* Conversations, messages, who may see what, and the replay of events; over a real store. */
#include "scratch.h"

#include <errno.h>

#include "base/limits.h"
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
	struct chat *chat;
	struct {
		int n;
		int64_t cursor[300], message[300];
		char text[64], conversation[65], user[65];
	} events;
};

static void on_event(void *arg, const struct store_event *e)
{
	struct world *w = arg;

	assert_int_equal(e->type, EVENT_MESSAGE_NEW);
	w->events.cursor[w->events.n] = e->cursor;
	w->events.message[w->events.n++] = e->message.id;
	snprintf(w->events.text, sizeof w->events.text, "%s", e->message.text);
	snprintf(w->events.conversation, sizeof w->events.conversation, "%s", e->conversation_id);
	snprintf(w->events.user, sizeof w->events.user, "%s", e->message.user.id);
}

static int setup(void **state)
{
	struct world *w = calloc(1, sizeof *w);

	scratch_make(&w->scratch);
	struct chat_config config = {
		.store = w->scratch.store, .wall_us = fake_wall, .sink = on_event, .sink_arg = w
	};
	assert_int_equal(chat_new(&config, &w->chat), 0);
	add_people(&w->scratch);
	*state = w;
	return 0;
}

static int teardown(void **state)
{
	struct world *w = *state;

	scratch_close(&w->scratch);
	w->chat = chat_free(w->chat);
	scratch_remove(&w->scratch);
	free(w);
	return 0;
}

struct sent {
	int status, calls;
	int64_t id, cursor;
	bool created;
	char text[64], user[65], client_id[65];
};

static void note_sent(void *arg, int status, const struct store_message *m, bool created,
		      int64_t cursor)
{
	struct sent *s = arg;

	s->status = status;
	s->calls++;
	s->created = created;
	s->cursor = cursor;
	if (m) {
		s->id = m->id;
		snprintf(s->text, sizeof s->text, "%s", m->text);
		snprintf(s->user, sizeof s->user, "%s", m->user.id);
		snprintf(s->client_id, sizeof s->client_id, "%s", m->client_id);
	}
}

static struct sent say(struct world *w, const struct store_user *who, const char *conversation,
		       const char *text, const char *client_id)
{
	struct sent s = { .status = 1 };

	chat_send(w->chat, who,
		  &(struct chat_new_message){
			  .conversation_id = conversation, .text = text, .client_id = client_id },
		  note_sent, &s);
	assert_int_equal(s.calls, 0);
	store_wait(w->scratch.store);
	assert_int_equal(s.calls, 1);
	return s;
}

struct page {
	int status;
	size_t n;
	int64_t first, last, cursor;
	bool more;
	char ids[512];
};

static void note_messages(void *arg, int status, const struct store_message *list, size_t n,
			  bool has_more)
{
	struct page *p = arg;

	*p = (struct page){ .status = status, .n = n, .more = has_more };
	for (size_t i = 0; i < n; i++) {
		assert_true(i == 0 || list[i].id > list[i - 1].id);
		p->last = list[i].id;
		p->first = list[0].id;
	}
}

static struct page history(struct world *w, const struct store_user *who, const char *conversation,
			   int64_t before, unsigned limit)
{
	struct page p = { .status = 1 };

	chat_history(w->chat, who, conversation, before, 0, limit, note_messages, &p);
	store_wait(w->scratch.store);
	return p;
}

static void note_list(void *arg, int status, const struct store_conversation *list, size_t n,
		      int64_t cursor)
{
	struct page *p = arg;
	size_t at = 0;

	*p = (struct page){ .status = status, .n = n, .cursor = cursor };
	for (size_t i = 0; i < n; i++)
		at += (size_t)sprintf(p->ids + at, "%s(%s) ", list[i].id,
				      list[i].has_last_message ? list[i].last_message.text : "");
}

static struct page list(struct world *w, const struct store_user *who)
{
	struct page p = { .status = 1 };

	chat_list(w->chat, who, note_list, &p);
	store_wait(w->scratch.store);
	return p;
}

static void note_events(void *arg, int status, const struct store_event *events, size_t n,
			bool more)
{
	struct page *p = arg;
	size_t at = 0;

	*p = (struct page){ .status = status, .n = n, .more = more };
	for (size_t i = 0; i < n; i++) {
		assert_true(i == 0 || events[i].cursor > events[i - 1].cursor);
		p->last = events[i].cursor;
		if (at < sizeof p->ids - 80)
			at += (size_t)snprintf(p->ids + at, 80, "%s:%.40s ",
					       events[i].message.user.id, events[i].message.text);
	}
}

static struct page replay(struct world *w, const struct store_user *who, int64_t since)
{
	struct page p = { .status = 1 };

	chat_replay(w->chat, who, since, note_events, &p);
	store_wait(w->scratch.store);
	return p;
}

static void test_a_message_is_stored_and_told(void **state)
{
	struct world *w = *state;
	struct sent s = say(w, &ann, "ann", "Hello <b>\xf0\x9f\x91\x8b</b>", "c1");

	assert_int_equal(s.status, 0);
	assert_true(s.created);
	assert_string_equal(s.user, "ann");
	assert_string_equal(s.client_id, "c1");
	assert_int_equal(w->events.n, 1);
	assert_int_equal(w->events.cursor[0], s.cursor);
	assert_int_equal(w->events.message[0], s.id);
	assert_string_equal(w->events.conversation, "ann");
	assert_string_equal(w->events.text, "Hello <b>\xf0\x9f\x91\x8b</b>");

	struct sent answer = say(w, &boss, "ann", "Hi",
				 "c1"); /* the same client_id of another user */
	assert_true(answer.created && answer.id > s.id && answer.cursor > s.cursor);
	assert_string_equal(list(w, &ann).ids, "ann(Hi) ");
	assert_int_equal(history(w, &ann, "ann", 0, 50).n, 2);
}

static void test_client_id_is_idempotent(void **state)
{
	struct world *w = *state;
	struct sent one = say(w, &ann, "ann", "first", "id-1");
	struct sent again = say(w, &ann, "ann", "changed", "id-1");

	assert_int_equal(again.status, 0);
	assert_false(again.created);
	assert_int_equal(again.id, one.id);
	assert_string_equal(again.text, "first");
	assert_int_equal(w->events.n, 1);
	/* Many retries at once, in one commit. */
	struct sent s[20] = { 0 };
	for (int i = 0; i < 20; i++)
		chat_send(w->chat, &ann,
			  &(struct chat_new_message){
				  .conversation_id = "ann", .text = "burst", .client_id = "id-2" },
			  note_sent, &s[i]);
	store_wait(w->scratch.store);
	int created = 0;
	for (int i = 0; i < 20; i++) {
		assert_int_equal(s[i].status, 0);
		assert_int_equal(s[i].id, s[0].id);
		created += s[i].created;
	}
	assert_int_equal(created, 1);
	assert_int_equal(history(w, &ann, "ann", 0, 50).n, 2);
	/* Of another conversation it is another. */
	assert_true(say(w, &boss, "ann", "x", "id-3").created);
	assert_true(say(w, &boss, "bob", "x", "id-3").created);
	/* Without one each is new. */
	assert_true(say(w, &ann, "ann", "x", NULL).created);
	assert_true(say(w, &ann, "ann", "x", NULL).created);
}

static void test_limits_of_a_message(void **state)
{
	struct world *w = *state;
	static char text[LIMIT_MESSAGE_TEXT + 2], id[CHAT_CLIENT_ID_MAX + 2];

	memset(text, 'x', LIMIT_MESSAGE_TEXT);
	assert_int_equal(say(w, &ann, "ann", text, NULL).status, 0);
	text[LIMIT_MESSAGE_TEXT] = 'x';
	assert_int_equal(say(w, &ann, "ann", text, NULL).status, -EMSGSIZE);
	static const char *const bad[] = {
		"", " ", "\n\t\r ", "\xff", "\xc3", "\xed\xa0\x80", "\xc0\x80", "\xf4\x90\x80\x80"
	};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_int_equal(say(w, &ann, "ann", bad[i], NULL).status, -EINVAL);
	memset(id, 'i', CHAT_CLIENT_ID_MAX);
	assert_int_equal(say(w, &ann, "ann", "x", id).status, 0);
	id[CHAT_CLIENT_ID_MAX] = 'i';
	assert_int_equal(say(w, &ann, "ann", "x", id).status, -EINVAL);
	assert_int_equal(say(w, &ann, "ann", "x", "").status, -EINVAL);
	assert_int_equal(say(w, &ann, "ann", "x", "a b").status, -EINVAL);
	assert_int_equal(say(w, &ann, "ann", "x", "\n").status, -EINVAL);
	assert_int_equal(history(w, &ann, "ann", 0, 50).n, 2);
	assert_int_equal(w->events.n, 2);
}

/* Everybody × every conversation × every verb. Absent and not theirs are the same answer (R26). */
static void test_authorisation_matrix(void **state)
{
	struct world *w = *state;
	const struct store_user *who[] = { &ann, &bob, &boss };
	static const char *const conversations[] = { "ann", "bob",  "boss", "nobody",	     "",
						     "ANN", "ann ", "%",    "ann' OR '1'='1" };
	static const bool allowed[3][9] = { { true }, { false, true }, { true, true } };

	assert_int_equal(say(w, &boss, "ann", "to ann", NULL).status, 0);
	assert_int_equal(say(w, &boss, "bob", "to bob", NULL).status, 0);
	for (size_t u = 0; u < 3; u++) {
		for (size_t c = 0; c < 9; c++) {
			int expected = allowed[u][c] ? 0 : -ENOENT, told = w->events.n;

			assert_int_equal(history(w, who[u], conversations[c], 0, 50).status,
					 expected);
			assert_int_equal(say(w, who[u], conversations[c], "x", NULL).status,
					 expected);
			/* A stranger does not learn from the error that it exists, either. */
			assert_int_equal(say(w, who[u], conversations[c], "", NULL).status,
					 chat_may_see(who[u], conversations[c]) ? -EINVAL
										: -ENOENT);
			assert_int_equal(w->events.n - told, allowed[u][c]);
		}
	}
	assert_int_equal(list(w, &boss).n, 2);
	assert_int_equal(list(w, &ann).n, 1);
	assert_string_equal(list(w, &bob).ids, "bob(x) ");
}

static void test_list_order_and_cursor(void **state)
{
	struct world *w = *state;

	assert_string_equal(list(w, &boss).ids, "ann() bob() ");
	assert_int_equal(list(w, &boss).cursor, 0);
	say(w, &bob, "bob", "1", NULL);
	assert_string_equal(list(w, &boss).ids, "bob(1) ann() ");
	struct sent s = say(w, &ann, "ann", "2", NULL);
	struct page p = list(w, &boss);
	assert_string_equal(p.ids, "ann(2) bob(1) ");
	assert_int_equal(p.cursor, s.cursor);
	/* What comes after the list's cursor is what the list does not have. */
	assert_int_equal(replay(w, &boss, p.cursor).n, 0);
	say(w, &bob, "bob", "3", NULL);
	assert_string_equal(replay(w, &boss, p.cursor).ids, "bob:3 ");
	/* A customer made later is there at once. */
	assert_int_equal(add_user(&w->scratch, "zoe", ROLE_USER), 0);
	assert_int_equal(list(w, &boss).n, 3);
}

static void test_history_pages(void **state)
{
	struct world *w = *state;
	char text[16];

	for (int i = 0; i < 25; i++) {
		snprintf(text, sizeof text, "m%d", i);
		say(w, i % 2 ? &ann : &boss, "ann", text, NULL);
		say(w, &bob, "bob", text, NULL);
	}
	struct page newest = history(w, &ann, "ann", 0, 10);
	assert_int_equal(newest.n, 10);
	assert_true(newest.more);
	struct page older = history(w, &ann, "ann", newest.first, 10);
	assert_int_equal(older.n, 10);
	assert_true(older.last < newest.first && older.more);
	struct page oldest = history(w, &ann, "ann", older.first, 10);
	assert_int_equal(oldest.n, 5);
	assert_false(oldest.more);
	assert_int_equal(history(w, &ann, "ann", oldest.first, 10).n, 0);
	/* Exactly full is not more. */
	assert_false(history(w, &ann, "ann", 0, 25).more);
	assert_int_equal(history(w, &ann, "ann", 0, 0).n, 1);
	assert_int_equal(history(w, &ann, "ann", 0, 1000000).n, 25);
}

static void test_replay(void **state)
{
	struct world *w = *state;

	say(w, &ann, "ann", "1", NULL);
	say(w, &bob, "bob", "2", NULL);
	say(w, &boss, "ann", "3", NULL);
	assert_string_equal(replay(w, &ann, 0).ids, "ann:1 boss:3 ");
	assert_string_equal(replay(w, &bob, 0).ids, "bob:2 ");
	assert_string_equal(replay(w, &boss, 0).ids, "ann:1 bob:2 boss:3 ");
	assert_string_equal(replay(w, &boss, w->events.cursor[0]).ids, "bob:2 boss:3 ");
	assert_int_equal(replay(w, &boss, w->events.cursor[2]).n, 0);
	/* A cursor that we never gave. */
	assert_int_equal(replay(w, &boss, w->events.cursor[2] + 1).status, -ESTALE);
	assert_int_equal(replay(w, &boss, INT64_MAX).status, -ESTALE);
	assert_int_equal(replay(w, &boss, INT64_MIN).status, -ESTALE);
}

static void test_replay_goes_on_page_by_page(void **state)
{
	struct world *w = *state;
	int64_t since = 0;
	size_t n = 0;
	bool more = true;

	static struct sent sent[250];
	for (int i = 0; i < 250; i++)
		chat_send(w->chat, &ann,
			  &(struct chat_new_message){
				  .conversation_id = "ann", .text = "x", .client_id = NULL },
			  note_sent, &sent[i]);
	store_wait(w->scratch.store);
	while (more) {
		struct page p = replay(w, &ann, since);

		assert_int_equal(p.status, 0);
		assert_true(p.n <= LIMIT_PAGE);
		n += p.n;
		since = p.last;
		more = p.more;
	}
	assert_int_equal(n, 250);
}

static void ignore_sent(void *arg, int status, const struct store_message *m, bool created,
			int64_t cursor)
{
	(void)arg, (void)m, (void)created, (void)cursor;
	assert_int_equal(status, 0);
}

static void test_window_is_bounded(void **state)
{
	struct world *w = *state;

	chat_set_sink(w->chat, NULL, NULL);
	enum { MORE = 600 }; /* some hundred are pruned together */
	for (int i = 0; i < LIMIT_EVENTS_KEPT + MORE; i++)
		chat_send(w->chat, &ann,
			  &(struct chat_new_message){
				  .conversation_id = "ann", .text = "x", .client_id = NULL },
			  ignore_sent, NULL);
	store_wait(w->scratch.store);
	/* The first ones are pruned: who has not seen them must load anew. */
	assert_int_equal(replay(w, &ann, MORE - 1).status, -ESTALE);
	assert_int_equal(replay(w, &ann, MORE).status, 0);
	assert_int_equal(replay(w, &ann, MORE).n, LIMIT_PAGE);
	assert_int_equal(replay(w, &ann, LIMIT_EVENTS_KEPT + MORE - 1).n, 1);
	/* The messages themselves are all there. */
	assert_int_equal(history(w, &ann, "ann", 11, 100).n, 10);
}

int main(void)
{
#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_a_message_is_stored_and_told),
		TEST(test_client_id_is_idempotent),
		TEST(test_limits_of_a_message),
		TEST(test_authorisation_matrix),
		TEST(test_list_order_and_cursor),
		TEST(test_history_pages),
		TEST(test_replay),
		TEST(test_replay_goes_on_page_by_page),
		TEST(test_window_is_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
