/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The team's list of words, and looking for them in a message. Immutable once made; looking is pure, any thread.
 *
 * Whole words only: runs of letters, digits and underscores, as libc's C.UTF-8 locale has them (without that locale every
 * character beyond ASCII is a letter, and has no case). Case does not count, by simple folding of one character each;
 * characters that nobody sees (soft hyphens, zero-width joiners) are passed over. Not covered, for want of a library
 * that this program needs anyway: accents written as a character of their own (U+0301) are not those of a precomposed
 * letter, ß is not ss, letters of one script that look like another's, inflections, and words of scripts that put no
 * blanks between them (Chinese, Japanese, Thai) within a longer run.
 */
#pragma once

#include <stddef.h>

struct words;

enum words_action { WORDS_NOTHING, WORDS_REPORT, WORDS_REFUSE };

/* One more word. 0 (also when it is there already: refusing wins over reporting); -EINVAL: not one word of at most
 * LIMIT_WORD bytes; -E2BIG: LIMIT_WORDS are there. Only before anybody looks. */
int words_add(struct words *w, const char *word, enum words_action action);

struct words *words_new(void);
/* Takes NULL. Returns NULL. */
struct words *words_free(struct words *w);

size_t words_count(const struct words *w);
/* The one at `at` < count, as it was added, in the order of adding. */
const char *words_at(const struct words *w, size_t at, enum words_action *ret_action);

/* What the text asks for, by its first word that is to be refused, else by its first one of the list (the list's
 * spelling in ret_word, which lasts as long as the list). Any bytes will do. */
enum words_action words_find(const struct words *w, const char *text, const char **ret_word);
