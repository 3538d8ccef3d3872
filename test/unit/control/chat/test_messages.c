/* SPDX-License-Identifier: Apache-2.0 */
/* Messages that change, private notes, search, what is replayed; over a real store. */
#include "talking.h"

#include <errno.h>

#include "base/clock.h"

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
	/* Who was writing the answer then has not written it for nothing. */
	const struct chat_new_message gone = { .text = "x", .quoted_id = id };
	struct answer late = post(w, &ann, gone);
	assert_int_equal(late.status, 0);
	assert_int_equal(late.quoted_id, id);
	assert_string_equal(late.quoted, "");
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
		log_event(w, &list[i]);
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
#define TEST(fn) cmocka_unit_test_setup_teardown(fn, talking_set_up, talking_tear_down)
	const struct CMUnitTest tests[] = {
		TEST(test_editing),
		TEST(test_deleting),
		TEST(test_quoting),
		TEST(test_reactions),
		TEST(test_private_notes_are_the_teams),
		TEST(test_search),
		TEST(test_pages_go_forward_too),
		TEST(test_changes_are_replayed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
