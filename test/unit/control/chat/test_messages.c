/* SPDX-License-Identifier: Apache-2.0 */
/* Messages that change, private notes, who has read what, who is writing, search; over a real store. */
#include "scratch.h"

#include <errno.h>

#include "base/clock.h"
#include "control/chat/chat.h"

static const struct store_user ann = { .id = "ann", .name = "Ann" },
			       bob = { .id = "bob", .name = "Bob" },
			       boss = { .id = "boss", .name = "Boss", .role = ROLE_ADMIN },
			       max = { .id = "max", .name = "Max", .role = ROLE_ADMIN };
static uint64_t wall;

static uint64_t fake_wall(void)
{
	return ++wall;
}

struct world {
	struct scratch scratch;
	struct chat *chat;
	char log[1024]; /* what was told, a word each */
};

#define LOG(w, ...) \
	(void)snprintf((w)->log + strlen((w)->log), sizeof(w)->log - strlen((w)->log), __VA_ARGS__)

static void on_event(void *arg, const struct store_event *e)
{
	static const char *const names[] = { [EVENT_MESSAGE_NEW] = "new",
					     [EVENT_MESSAGE_UPDATED] = "updated",
					     [EVENT_MESSAGE_DELETED] = "deleted",
					     [EVENT_REACTION_NEW] = "reacted",
					     [EVENT_REACTION_DELETED] = "unreacted" };
	struct world *w = arg;

	if (e->message.private)
		LOG(w, "[%s by %s] ", names[e->type], e->user.id);
	else
		LOG(w, "%s by %s, ", names[e->type], e->user.id);
}

static void on_notice(void *arg, const struct chat_notice *n)
{
	static const char *const names[] = {
		[CHAT_READ] = "read",
		[CHAT_UNREAD] = "unread",
		[CHAT_TYPING_START] = "typing",
		[CHAT_TYPING_STOP] = "stopped",
	};
	struct world *w = arg;

	if (n->type == CHAT_REPORTS) /* of nobody, and about no message of these tests */
		return;
	LOG(w, "%s by %s", names[n->type], n->user->id);
	if (n->read)
		LOG(w, " to %lld", (long long)n->read->read_id);
	if (n->unread)
		LOG(w, " from %lld for %s", (long long)n->unread->read.unread_id, n->only);
	LOG(w, ", ");
}

static int setup(void **state)
{
	struct world *w = calloc(1, sizeof *w);

	wall = 1000 * (uint64_t)US_PER_S;
	scratch_make(&w->scratch);
	struct chat_config config = { .store = w->scratch.store,
				      .wall_us = fake_wall,
				      .sink = on_event,
				      .notice = on_notice,
				      .sink_arg = w };
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

/* ---- verbs, each waited for ---- */

struct answer {
	int status;
	bool changed;
	int64_t id, quoted_id;
	char text[128], quoted[128], reactions[256];
	uint64_t updated_us, deleted_us;
};

static void note_answer(void *arg, int status, const struct store_message *m, bool changed,
			int64_t cursor)
{
	struct answer *a = arg;

	assert_int_equal(cursor != 0, changed);
	*a = (struct answer){ .status = status, .changed = changed };
	if (!m)
		return;
	a->id = m->id;
	a->quoted_id = m->quoted_id;
	a->updated_us = m->updated_at_us;
	a->deleted_us = m->deleted_at_us;
	(void)snprintf(a->text, sizeof a->text, "%s", m->text);
	(void)snprintf(a->quoted, sizeof a->quoted, "%s", m->quoted_text ? m->quoted_text : "-");
	for (size_t i = 0; i < m->reaction_count; i++)
		(void)snprintf(a->reactions + strlen(a->reactions),
			       sizeof a->reactions - strlen(a->reactions), "%s:%s ",
			       m->reactions[i].type, m->reactions[i].user_id);
}

static struct answer post(struct world *w, const struct store_user *who, struct chat_new_message m)
{
	struct answer a = { .status = 1 };

	if (!m.conversation_id)
		m.conversation_id = "ann";
	chat_send(w->chat, who, &m, note_answer, &a);
	store_wait(w->scratch.store);
	return a;
}

static struct answer say(struct world *w, const struct store_user *who, const char *text)
{
	return post(w, who, (struct chat_new_message){ .text = text });
}

static struct answer edit(struct world *w, const struct store_user *who, int64_t id,
			  const char *text)
{
	struct answer a = { .status = 1 };

	chat_edit(w->chat, who, "ann", id, text, note_answer, &a);
	store_wait(w->scratch.store);
	return a;
}

static struct answer discard(struct world *w, const struct store_user *who, int64_t id)
{
	struct answer a = { .status = 1 };

	chat_delete(w->chat, who, "ann", id, note_answer, &a);
	store_wait(w->scratch.store);
	return a;
}

static struct answer react(struct world *w, const struct store_user *who, int64_t id,
			   const char *type, bool on)
{
	struct answer a = { .status = 1 };

	chat_react(w->chat, who, "ann", id, type, on, note_answer, &a);
	store_wait(w->scratch.store);
	return a;
}

static void note_texts(void *arg, int status, const struct store_message *list, size_t n,
		       bool has_more)
{
	char *text = arg;

	(void)has_more;
	assert_int_equal(status, 0);
	*text = '\0';
	for (size_t i = 0; i < n; i++)
		(void)snprintf(text + strlen(text), 256 - strlen(text), "%s|", list[i].text);
}

static const char *history(struct world *w, const struct store_user *who, int64_t after)
{
	static char text[256];

	chat_history(w->chat, who, "ann", 0, after, 50, note_texts, text);
	store_wait(w->scratch.store);
	return text;
}

static const char *search(struct world *w, const struct store_user *who, const char *where,
			  const char *words)
{
	static char text[256];

	chat_search(w->chat, who,
		    &(struct store_search){ .words = words, .conversation_id = where }, note_texts,
		    text);
	store_wait(w->scratch.store);
	return text;
}

/* ---- tests ---- */

static void test_editing(void **state)
{
	struct world *w = *state;
	int64_t id = say(w, &ann, "helo").id;
	struct answer a = edit(w, &ann, id, "hello");

	assert_int_equal(a.status, 0);
	assert_true(a.changed && a.updated_us > 0);
	assert_string_equal(a.text, "hello");
	assert_string_equal(history(w, &boss, 0), "hello|");
	assert_false(edit(w, &ann, id, "hello").changed); /* nothing new: no event */
	assert_string_equal(w->log, "new by ann, updated by ann, ");
	assert_int_equal(edit(w, &ann, id, " ").status, -EINVAL);
	assert_int_equal(edit(w, &ann, id + 1, "x").status, -ENOENT);
	assert_int_equal(edit(w, &boss, id, "x").status, -EPERM); /* not even an admin */
	assert_int_equal(edit(w, &bob, id, "x").status, -ENOENT); /* does not see it */

	/* A customer for a quarter of an hour, the team always. */
	int64_t answer = say(w, &boss, "wait").id;
	wall += ((uint64_t)CHAT_CHANGE_WINDOW_S - 1) * US_PER_S;
	assert_int_equal(edit(w, &ann, id, "hello there").status, 0);
	wall += 2 * (uint64_t)US_PER_S;
	assert_int_equal(edit(w, &ann, id, "too late").status, -ETIMEDOUT);
	assert_int_equal(discard(w, &ann, id).status, -ETIMEDOUT);
	assert_int_equal(edit(w, &boss, answer, "one moment").status, 0);
	assert_string_equal(history(w, &ann, 0), "hello there|one moment|");
}

static void test_deleting(void **state)
{
	struct world *w = *state;
	int64_t id = say(w, &ann, "secret").id, other = say(w, &ann, "rude").id;

	react(w, &boss, id, "+1", true);
	struct answer a = discard(w, &ann, id);
	assert_int_equal(a.status, 0);
	assert_true(a.changed && a.deleted_us > 0);
	assert_string_equal(a.text, "");
	assert_string_equal(a.reactions, "");
	assert_string_equal(history(w, &ann, 0), "|rude|"); /* a placeholder stays */
	assert_int_equal(discard(w, &ann, id).status, -ENOENT);
	assert_int_equal(edit(w, &ann, id, "back").status, -ENOENT);
	assert_int_equal(react(w, &boss, id, "+1", true).status, -ENOENT);
	assert_int_equal(discard(w, &bob, other).status, -ENOENT);
	assert_int_equal(discard(w, &boss, other).status, 0); /* an admin deletes others' */
	int64_t answer = say(w, &boss, "done").id;
	assert_int_equal(discard(w, &ann, answer).status, -EPERM);
	/* What is deleted is found no more. */
	assert_string_equal(search(w, &boss, NULL, "secret"), "");
}

static void test_quoting(void **state)
{
	struct world *w = *state;
	int64_t id = say(w, &ann, "Where is it?").id;
	struct answer a = post(w, &boss,
			       (struct chat_new_message){ .text = "Here", .quoted_id = id });

	assert_int_equal(a.quoted_id, id);
	assert_string_equal(a.quoted, "Where is it?");
	discard(w, &ann, id);
	/* The quote goes with the message that it quotes. */
	assert_string_equal(react(w, &ann, a.id, "+1", true).quoted, "");
	const struct chat_new_message gone = { .text = "x", .quoted_id = id };
	assert_int_equal(post(w, &ann, gone).status, -ENOENT);
	const struct chat_new_message elsewhere = { .conversation_id = "bob",
						    .text = "x",
						    .quoted_id = a.id };
	assert_int_equal(post(w, &boss, elsewhere).status, -ENOENT);
}

static void test_reactions(void **state)
{
	struct world *w = *state;
	int64_t id = say(w, &ann, "thanks").id;

	assert_true(react(w, &boss, id, "\xf0\x9f\x91\x8d", true).changed);
	assert_false(react(w, &boss, id, "\xf0\x9f\x91\x8d", true).changed); /* once each */
	react(w, &ann, id, "heart", true);
	assert_string_equal(react(w, &ann, id, "\xf0\x9f\x91\x8d", true).reactions,
			    "\xf0\x9f\x91\x8d:boss heart:ann \xf0\x9f\x91\x8d:ann ");
	struct answer a = react(w, &ann, id, "heart", false);
	assert_true(a.changed);
	assert_false(react(w, &ann, id, "heart", false).changed);
	assert_string_equal(w->log, "new by ann, reacted by boss, reacted by ann, reacted by ann, "
				    "unreacted by ann, ");
	static const char *const bad[] = { "",	   "a b",  "\n",
					   "\x7f", "\xff", "123456789012345678901234567890123" };
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_int_equal(react(w, &ann, id, bad[i], true).status, -EINVAL);
	assert_int_equal(react(w, &bob, id, "+1", true).status, -ENOENT);
	char type[16];
	int status = 0;
	for (int i = 0; i < STORE_REACTIONS_MAX && status == 0; i++) {
		(void)snprintf(type, sizeof type, "r%d", i);
		status = react(w, &ann, id, type, true).status;
	}
	assert_int_equal(status, -EDQUOT);
}

static void note_list(void *arg, int status, const struct store_conversation *list, size_t n,
		      int64_t cursor)
{
	char *text = arg;

	(void)cursor;
	assert_int_equal(status, 0);
	assert_true(n >= 1);
	(void)snprintf(text, 256, "%s %lld", list[0].last_message.text, (long long)list[0].unread);
	for (size_t i = 0; i < list[0].read_count; i++)
		(void)snprintf(text + strlen(text), 256 - strlen(text), " %s:%lld/%lld",
			       list[0].reads[i].user_id, (long long)list[0].reads[i].read_id,
			       (long long)list[0].reads[i].delivered_id);
	for (size_t i = 0; i < list[0].read_count; i++)
		if (list[0].reads[i].unread_id)
			(void)snprintf(text + strlen(text), 256 - strlen(text), " %s from %lld",
				       list[0].reads[i].user_id,
				       (long long)list[0].reads[i].unread_id);
}

/* "last message, unread, who:read/delivered …" of ann's conversation. */
static const char *overview(struct world *w, const struct store_user *who)
{
	static char text[256];

	chat_list(w->chat, who, note_list, text);
	store_wait(w->scratch.store);
	return text;
}

static void test_private_notes_are_the_teams(void **state)
{
	struct world *w = *state;
	const struct chat_new_message note = { .text = "a difficult one", .private = true };

	assert_int_equal(post(w, &ann, note).status, -EACCES);
	say(w, &ann, "hello");
	struct answer a = post(w, &boss, note);
	assert_int_equal(a.status, 0);
	assert_string_equal(w->log, "new by ann, [new by boss] ");
	assert_string_equal(history(w, &boss, 0), "hello|a difficult one|");
	assert_string_equal(history(w, &ann, 0), "hello|");
	assert_string_equal(overview(w, &boss), "a difficult one 0 ann:1/1 boss:2/2");
	assert_string_equal(overview(w, &ann), "hello 0 ann:1/1 boss:2/2"); /* not unread to her */
	/* No verb opens it for the customer. */
	assert_int_equal(edit(w, &ann, a.id, "x").status, -ENOENT);
	assert_int_equal(discard(w, &ann, a.id).status, -ENOENT);
	assert_int_equal(react(w, &ann, a.id, "+1", true).status, -ENOENT);
	const struct chat_new_message quote = { .text = "x", .quoted_id = a.id };
	assert_int_equal(post(w, &ann, quote).status, -ENOENT);
	assert_int_equal(post(w, &boss, quote).status, -ENOENT); /* it would show the note */
	const struct chat_new_message inside = { .text = "y", .quoted_id = a.id, .private = true };
	assert_int_equal(post(w, &boss, inside).status, 0);
	assert_string_equal(search(w, &ann, NULL, "difficult"), "");
	assert_string_equal(search(w, &boss, NULL, "difficult"), "a difficult one|");
}

struct mark {
	int status;
	int64_t read, delivered, unread, mentions;
	unsigned changed;
};

static void note_mark(void *arg, int status, const struct store_read *read, unsigned changed)
{
	struct mark *m = arg;

	*m = (struct mark){ .status = status, .changed = changed };
	if (read) {
		m->read = read->read_id;
		m->delivered = read->delivered_id;
	}
}

static struct mark mark(struct world *w, const struct store_user *who, int64_t id, bool read)
{
	struct mark m = { .status = 1 };

	chat_mark(w->chat, who, "ann", id, read, note_mark, &m);
	store_wait(w->scratch.store);
	return m;
}

static void test_reading(void **state)
{
	struct world *w = *state;

	say(w, &ann, "1");
	say(w, &ann, "2");
	int64_t third = say(w, &ann, "3").id;
	assert_string_equal(overview(w, &boss), "3 3 ann:3/3"); /* who writes has read */
	struct mark m = mark(w, &boss, third, false);
	assert_true(m.changed && m.delivered == third && m.read == 0);
	assert_string_equal(overview(w, &boss), "3 3 ann:3/3 boss:0/3");
	w->log[0] = '\0';
	m = mark(w, &boss, third - 1, true);
	assert_true(m.changed && m.read == third - 1 && m.delivered == third);
	assert_string_equal(w->log, "read by boss to 2, ");
	assert_string_equal(overview(w, &boss), "3 1 ann:3/3 boss:2/3");
	assert_false(mark(w, &boss, 1, true).changed); /* never back */
	m = mark(w, &boss, 1000000, true);	       /* nobody has read what is not there */
	assert_int_equal(m.read, third);
	say(w, &ann, "4");
	assert_string_equal(overview(w, &boss), "4 1 ann:4/4 boss:3/3");
	assert_int_equal(mark(w, &bob, third, true).status, -ENOENT);
}

static void note_unread(void *arg, int status, const struct store_unread *unread, bool changed)
{
	struct mark *m = arg;

	*m = (struct mark){ .status = status, .changed = changed };
	if (unread) {
		m->read = unread->read.unread_id;
		m->unread = unread->unread;
		m->mentions = unread->mentions;
	}
}

static struct mark unread(struct world *w, const struct store_user *who, int64_t id)
{
	struct mark m = { .status = 1 };
	int status = chat_mark_unread(w->chat, who, "ann", id, note_unread, &m);

	if (status < 0)
		m.status = status;
	store_wait(w->scratch.store);
	return m;
}

static void test_unread_again(void **state)
{
	struct world *w = *state;
	const struct chat_new_message note = { .text = "ask @boss", .private = true };

	assert_int_equal(add_user(&w->scratch, "max", ROLE_ADMIN), 0);
	say(w, &ann, "1");
	int64_t second = say(w, &ann, "2").id, third = say(w, &ann, "3").id;
	assert_false(unread(w, &boss, second).changed); /* it is unread anyway */
	mark(w, &boss, third, true);
	w->log[0] = '\0';
	struct mark m = unread(w, &boss, second);
	assert_true(m.status == 0 && m.changed && m.read == second && m.unread == 2);
	assert_string_equal(w->log, "unread by boss from 2 for boss, ");
	/* others go on being told that it was read */
	assert_string_equal(overview(w, &boss), "3 2 ann:3/3 boss:3/3 boss from 2");
	assert_string_equal(overview(w, &ann), "3 0 ann:3/3 boss:3/3");
	assert_false(unread(w, &boss, second).changed);
	assert_int_equal(unread(w, &boss, third).unread, 1); /* another one from here on */

	assert_int_equal(mark(w, &boss, third, false).changed, 0); /* having it is not reading it */
	assert_int_equal(mark(w, &boss, second, true).changed, 0); /* nor is what lies before it */
	assert_int_equal(mark(w, &boss, third, true).changed, READ_AGAIN);
	assert_string_equal(overview(w, &boss), "3 0 ann:3/3 boss:3/3");
	unread(w, &boss, 1);
	say(w, &boss, "4"); /* who writes has read */
	assert_string_equal(overview(w, &boss), "4 0 ann:3/3 boss:4/4");

	int64_t secret = post(w, &max, note).id;
	mark(w, &boss, secret, true);
	m = unread(w, &boss, secret);
	assert_true(m.unread == 1 && m.mentions == 1);
	assert_int_equal(unread(w, &boss, secret + 1).status, -ENOENT);
	assert_int_equal(unread(w, &ann, 1).status, -EACCES);
	assert_int_equal(unread(w, &bob, 1).status, -ENOENT);
}

static void test_typing(void **state)
{
	struct world *w = *state;

	assert_int_equal(chat_typing(w->chat, &ann, "ann", true), 0);
	assert_int_equal(chat_typing(w->chat, &boss, "ann", false), 0);
	assert_int_equal(chat_typing(w->chat, &bob, "ann", true), -ENOENT);
	assert_string_equal(w->log, "typing by ann, stopped by boss, ");
}

static void test_search(void **state)
{
	struct world *w = *state;
	const struct chat_new_message bobs = { .conversation_id = "bob", .text = "My order 17" };

	say(w, &ann, "The order has not arrived");
	say(w, &boss, "Ordering again is free, caf\xc3\xa9 included");
	say(w, &ann, "say \"order\" AND NOT");
	assert_int_equal(post(w, &bob, bobs).status, 0);
	assert_string_equal(search(w, &ann, NULL, "arrived order"), "The order has not arrived|");
	assert_string_equal(search(w, &ann, NULL, "CAFE"),
			    "Ordering again is free, caf\xc3\xa9 included|");
	assert_string_equal(search(w, &boss, "bob", "order"), "My order 17|");
	assert_string_equal(search(w, &bob, NULL, "order"), "My order 17|");
	assert_string_equal(search(w, &ann, "bob", "order"), "");
	/* the last word is a beginning */
	assert_string_equal(search(w, &ann, NULL, "has arri"), "The order has not arrived|");
	/* nothing in it is syntax */
	static const char *const odd[] = { "",	"   ", "\"", "*",	 "a\"b", "NEAR(", "text:x",
					   "-", "AND", "(",  "\xff\xfe", "^",	 "+",	  "'" };
	for (size_t i = 0; i < sizeof odd / sizeof *odd; i++)
		(void)search(w, &ann, NULL, odd[i]);
	assert_string_equal(search(w, &ann, NULL, "\"order\" NOT say"), "say \"order\" AND NOT|");
	/* what was edited is found by its new words */
	int64_t id = say(w, &ann, "zebra").id;
	edit(w, &ann, id, "giraffe");
	assert_string_equal(search(w, &ann, NULL, "zebra"), "");
	assert_string_equal(search(w, &ann, NULL, "giraffe"), "giraffe|");
}

static void test_pages_go_forward_too(void **state)
{
	struct world *w = *state;
	int64_t first = say(w, &ann, "1").id;

	say(w, &ann, "2");
	say(w, &boss, "3");
	assert_string_equal(history(w, &ann, first), "2|3|");
}

static void note_replay(void *arg, int status, const struct store_event *list, size_t n, bool more)
{
	struct world *w = arg;

	(void)more;
	assert_int_equal(status, 0);
	w->log[0] = '\0';
	for (size_t i = 0; i < n; i++)
		on_event(w, &list[i]);
}

static void test_changes_are_replayed(void **state)
{
	struct world *w = *state;
	int64_t id = say(w, &ann, "1").id;

	react(w, &boss, id, "+1", true);
	edit(w, &ann, id, "one");
	post(w, &boss, (struct chat_new_message){ .text = "note", .private = true });
	discard(w, &boss, id);
	chat_replay(w->chat, &boss, 0, note_replay, w);
	store_wait(w->scratch.store);
	assert_string_equal(w->log,
			    "new by ann, reacted by boss, updated by ann, [new by boss] deleted by "
			    "boss, ");
	chat_replay(w->chat, &ann, 0, note_replay, w);
	store_wait(w->scratch.store);
	assert_string_equal(w->log,
			    "new by ann, reacted by boss, updated by ann, deleted by boss, ");
}

int main(void)
{
#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_editing),
		TEST(test_deleting),
		TEST(test_quoting),
		TEST(test_reactions),
		TEST(test_private_notes_are_the_teams),
		TEST(test_reading),
		TEST(test_unread_again),
		TEST(test_typing),
		TEST(test_search),
		TEST(test_pages_go_forward_too),
		TEST(test_changes_are_replayed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
