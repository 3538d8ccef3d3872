/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the team's list of words costs a message: 500 words, and texts in which none of them is, so that all of it is looked
 * through. CPU time of this thread; rounds of all take turns, the median counts.
 *
 * usage: build/bench/bench_words
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/limits.h"
#include "control/chat/words.h"

enum { ROUNDS = 9, TIMES = 2000, KINDS = 4 };

static const struct {
	const char *name, *piece;
	size_t bytes;
} kinds[KINDS] = {
	{ "a line of English", "When does my parcel come, please? ", 100 },
	{ "a line of German with umlauts", "Wann kommt mein Päckchen für Jürgen, bitte? ", 100 },
	{ "a line of Arabic", "متى يصل الطرد من فضلكم؟ ", 100 },
	{ "the longest message", "When does my parcel come, please? ", LIMIT_MESSAGE_TEXT },
};

static double now_ns(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

static char *text_of(const char *piece, size_t bytes)
{
	size_t n = strlen(piece);
	char *text = calloc(1, bytes + n + 1);

	for (size_t at = 0; text && at < bytes; at += n)
		memcpy(text + at, piece, n);
	if (!text)
		exit(1);
	return text;
}

static double measure(const struct words *w, const char *text)
{
	const char *word;
	double start = now_ns();
	unsigned found = 0;

	for (int i = 0; i < TIMES; i++)
		found += words_find(w, text, &word) != WORDS_NOTHING;
	if (found) {
		fprintf(stderr, "bench_words: a word was found, and the rest not looked at\n");
		exit(1);
	}
	return (now_ns() - start) / TIMES;
}

int main(void)
{
	struct words *w = words_new();
	char *texts[KINDS];
	double ns[KINDS][ROUNDS];

	for (unsigned i = 0; i < LIMIT_WORDS; i++) {
		char word[24];

		(void)snprintf(word, sizeof word, "badword%u", i);
		if (words_add(w, word, WORDS_REFUSE) < 0)
			return 1;
	}
	for (size_t k = 0; k < KINDS; k++)
		texts[k] = text_of(kinds[k].piece, kinds[k].bytes);
	for (size_t round = 0; round < ROUNDS; round++)
		for (size_t k = 0; k < KINDS; k++)
			ns[k][round] = measure(w, texts[k]);
	for (size_t k = 0; k < KINDS; k++) {
		qsort(ns[k], ROUNDS, sizeof ns[k][0], by_size);
		printf("%-30s %6zu bytes %8.2f µs per message\n", kinds[k].name, strlen(texts[k]),
		       ns[k][ROUNDS / 2] / 1000);
		free(texts[k]);
	}
	words_free(w);
	return 0;
}
