/* SPDX-License-Identifier: Apache-2.0 */
/* The first line: a list of words, with blanks between; the rest: a message. What is a word is found when it stands alone. */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "control/chat/words.h"

static void require(bool ok)
{
	if (!ok)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	char *text = malloc(n + 1);
	struct words *w = words_new();
	const char *found = NULL;
	enum words_action action;

	if (n)
		memcpy(text, bytes, n);
	text[n] = '\0';
	char *rest = strchr(text, '\n');
	if (rest)
		*rest++ = '\0';
	char *at = NULL;
	for (char *word = strtok_r(text, " ", &at); word; word = strtok_r(NULL, " ", &at)) {
		if (words_add(w, word, WORDS_REFUSE) < 0)
			continue;
		require(strlen(word) <= LIMIT_WORD);
		require(words_find(w, word, &found) == WORDS_REFUSE);
	}
	require(words_count(w) <= LIMIT_WORDS);
	for (size_t i = 0; i < words_count(w); i++)
		require(words_at(w, i, &action) && action == WORDS_REFUSE);
	found = NULL;
	if (rest && words_find(w, rest, &found) == WORDS_REFUSE)
		require(found && *found);
	words_free(w);
	free(text);
	return 0;
}
