/* SPDX-License-Identifier: Apache-2.0 */
/* The list of words: what is one, and what is found. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <errno.h>

#include "base/limits.h"
#include "control/chat/words.h"

/* What the list {fool: refuse, refund: report, …} says of a text: "R word", "! word", or "". */
static const char *look(const struct words *w, const char *text)
{
	static char found[128];
	const char *word = "(none)";
	enum words_action action = words_find(w, text, &word);

	if (action == WORDS_NOTHING)
		return "";
	snprintf(found, sizeof found, "%c %s", action == WORDS_REFUSE ? '!' : 'R', word);
	return found;
}

static struct words *list(void)
{
	static const char *const refuse[] = { "Fool", "Straße", "ΟΔΌΣ", "كلب", "गाली", "x_1" };
	struct words *w = words_new();

	for (size_t i = 0; i < sizeof refuse / sizeof *refuse; i++)
		assert_int_equal(words_add(w, refuse[i], WORDS_REFUSE), 0);
	assert_int_equal(words_add(w, "refund", WORDS_REPORT), 0);
	return w;
}

static void whole_words_in_any_case(void **state)
{
	struct words *w = list();

	(void)state;
	assert_string_equal(look(w, "You FOOL!"), "! Fool");
	assert_string_equal(look(w, "fool"), "! Fool");
	assert_string_equal(look(w, "(fool)"), "! Fool");
	assert_string_equal(look(w, "Please refund, fool"), "! Fool"); /* refusing wins */
	assert_string_equal(look(w, "A Refund? A refund."), "R refund");
	assert_string_equal(look(w, "re-fool-ing X_1"), "! Fool");
	assert_string_equal(look(w, "X_1"), "! x_1");
	for (const char *const *text =
		     (const char *const[]){ "", "   ", "fools", "foolish tomfool", "refunds",
					    "f o o l", "foo", "ool", "x_12", "_fool", NULL };
	     *text; text++)
		assert_string_equal(look(w, *text), "");
	words_free(w);
}

static void beyond_ascii(void **state)
{
	struct words *w = list();

	(void)state;
	assert_string_equal(look(w, "in der STRAßE."), "! Straße");
	assert_string_equal(look(w, "\u201estra\u1e9ee\u201c"), "! Straße"); /* ẞ */
	assert_string_equal(look(w, "\u03bf\u03b4\u03cc\u03c2,"), "! ΟΔΌΣ"); /* final sigma */
	assert_string_equal(look(w, "يا كلب!"), "! كلب");
	assert_string_equal(look(w, "ك\u064eلْ\u0640ب"), "! كلب"); /* with vowel marks, stretched */
	assert_string_equal(look(w, "यह गाली है।"), "! गाली");
	assert_string_equal(look(w, "fo\u00adol fo\u200bol"), "! Fool");
	/* documented as not covered */
	assert_string_equal(look(w, "STRASSE"), "");
	assert_string_equal(look(w, "f\u043e\u043el"), ""); /* Cyrillic о */
	assert_string_equal(look(w, "wfool\u4f60fool"), "");
	words_free(w);
}

static void no_text_at_all(void **state)
{
	struct words *w = list();
	char bytes[300];

	(void)state;
	assert_string_equal(look(w, "\xff fool \xc3"), "! Fool");
	assert_string_equal(look(w, "\xf0\x9f\x98\x80"
				    "fool\xe2\x82"),
			    "! Fool");
	for (unsigned first = 1; first < 256; first++) {
		memset(bytes, (int)first, sizeof bytes - 1);
		bytes[sizeof bytes - 1] = '\0';
		assert_string_equal(look(w, bytes), "");
	}
	words_free(w);
}

static void what_is_a_word(void **state)
{
	struct words *w = words_new();
	char word[LIMIT_WORD + 2];

	(void)state;
	for (const char *const *bad =
		     (const char *const[]){ "", " ", "a b", "bad ", " bad", "don't", "a-b", "c++",
					    "\xff", "\u200b", "\u201e", "a\u3000b", NULL };
	     *bad; bad++)
		assert_int_equal(words_add(w, *bad, WORDS_REFUSE), -EINVAL);
	memset(word, 'a', sizeof word);
	word[LIMIT_WORD + 1] = '\0';
	assert_int_equal(words_add(w, word, WORDS_REFUSE), -EINVAL);
	word[LIMIT_WORD] = '\0';
	assert_int_equal(words_add(w, word, WORDS_REFUSE), 0);
	assert_int_equal(strlen(look(w, word)), LIMIT_WORD + 2);
	words_free(w);
}

static void bounded_and_once(void **state)
{
	struct words *w = words_new();
	char word[16];
	enum words_action action;

	(void)state;
	assert_int_equal(words_add(w, "Same", WORDS_REPORT), 0);
	assert_int_equal(words_add(w, "sAME", WORDS_REFUSE), 0);
	assert_int_equal(words_add(w, "same", WORDS_REPORT), 0);
	assert_int_equal(words_count(w), 1);
	assert_string_equal(words_at(w, 0, &action), "Same");
	assert_int_equal(action, WORDS_REFUSE);
	for (int i = 1; i < LIMIT_WORDS; i++) {
		snprintf(word, sizeof word, "w%d", i);
		assert_int_equal(words_add(w, word, WORDS_REPORT), 0);
	}
	assert_int_equal(words_add(w, "more", WORDS_REPORT), -E2BIG);
	assert_int_equal(words_add(w, "SAME", WORDS_REPORT), 0);
	for (int i = 1; i < LIMIT_WORDS; i++) {
		snprintf(word, sizeof word, "W%d", i);
		assert_int_equal(look(w, word)[0], 'R');
	}
	assert_string_equal(look(w, "more"), "");
	words_free(w);
	words_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whole_words_in_any_case), cmocka_unit_test(beyond_ascii),
		cmocka_unit_test(no_text_at_all),	   cmocka_unit_test(what_is_a_word),
		cmocka_unit_test(bounded_and_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
