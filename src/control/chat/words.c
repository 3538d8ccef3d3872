/* SPDX-License-Identifier: Apache-2.0 */
#include "control/chat/words.h"

#include <errno.h>
#include <locale.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <wctype.h>

#include "base/limits.h"
#include "base/must.h"
#include "base/utf8.h"

enum {
	SLOTS = 2048,		    /* a power of two, a good deal over LIMIT_WORDS */
	FOLDED_MAX = LIMIT_WORD * 2 /* Ⱥ has two bytes, ⱥ three */
};

struct word {
	char *text;   /* as it was added; owned */
	char *folded; /* owned */
	enum words_action action;
};

struct words {
	locale_t
		locale; /* not before the first word: it is 150 KB. 0: this system has no C.UTF-8 */
	struct word list[LIMIT_WORDS];
	size_t count;
	uint16_t slots[SLOTS]; /* index + 1 into list, by hash */
};

struct words *words_new(void)
{
	return must(calloc(1, sizeof(struct words)));
}

struct words *words_free(struct words *w)
{
	if (!w)
		return NULL;
	for (size_t i = 0; i < w->count; i++) {
		free(w->list[i].text);
		free(w->list[i].folded);
	}
	if (w->locale)
		freelocale(w->locale);
	free(w);
	return NULL;
}

/* ---- characters ---- */

/* The next character of the text; *p moves on. Bytes that are not UTF-8 are characters of no word. */
static uint32_t take(const uint8_t **p, const uint8_t *end)
{
	static const uint8_t masks[] = { 0, 0x7f, 0x1f, 0x0f, 0x07 };
	size_t n = utf8_sequence(*p, (size_t)(end - *p));

	if (n == 0) {
		(*p)++;
		return ' ';
	}
	uint32_t c = (*p)[0] & masks[n];
	for (size_t i = 1; i < n; i++)
		c = c << 6 | ((*p)[i] & 0x3f);
	*p += n;
	return c;
}

/* Bytes of c as UTF-8. */
static size_t put(uint32_t c, char ret[4])
{
	if (c < 0x80) {
		ret[0] = (char)c;
		return 1;
	}
	size_t n = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
	for (size_t i = n - 1; i > 0; i--, c >>= 6)
		ret[i] = (char)(0x80 | (c & 0x3f));
	ret[0] = (char)((0xf00 >> n & 0xff) | c);
	return n;
}

/* Nobody sees them, so they do not part a word: soft hyphen, joiners, marks of direction, variation selectors; and what Arabic
 * may leave out, vowel marks and the stroke that stretches a word. */
static bool is_unseen(uint32_t c)
{
	return c == 0xad || c == 0x640 || (c >= 0x64b && c <= 0x652) || c == 0x34f || c == 0x61c ||
	       (c >= 0x200b && c <= 0x200f) || (c >= 0x202a && c <= 0x202e) ||
	       (c >= 0x2060 && c <= 0x2069) || (c >= 0xfe00 && c <= 0xfe0f) || c == 0xfeff;
}

/* A character of words, folded; 0: one that stands between them. Upper case first: ς and σ have one of those in common. */
static uint32_t fold(const struct words *w, uint32_t c)
{
	if (c < 0x80) {
		if (c >= 'A' && c <= 'Z')
			return c | 0x20;
		return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' ? c : 0;
	}
	/* combining marks belong to the letter before them, as libc does not say of all */
	if (!w->locale || (c >= 0x300 && c <= 0x36f))
		return c;
	/* vowel signs and viramas of the scripts of India; not their full stops */
	if (c >= 0x900 && c <= 0xdff && c != 0x964 && c != 0x965)
		return c;
	if (!iswalnum_l((wint_t)c, w->locale))
		return 0;
	return (uint32_t)towlower_l(towupper_l((wint_t)c, w->locale), w->locale);
}

/* ---- words ---- */

struct token {
	char text[FOLDED_MAX + 4];
	size_t n;      /* bytes; more than FOLDED_MAX: too long to be one of ours */
	uint32_t hash; /* FNV-1a */
};

static void token_begin(struct token *t)
{
	t->n = 0;
	t->hash = 2166136261u;
}

static void token_add(struct token *t, uint32_t c)
{
	if (t->n > FOLDED_MAX)
		return;
	size_t n = put(c, t->text + t->n);
	for (size_t i = 0; i < n; i++)
		t->hash = (t->hash ^ (uint8_t)t->text[t->n + i]) * 16777619u;
	t->n += n;
}

/* The next word of the text, folded; false: there is none. */
static bool token_next(const struct words *w, const uint8_t **p, const uint8_t *end,
		       struct token *ret)
{
	token_begin(ret);
	while (*p < end) {
		uint32_t c = take(p, end);

		if (is_unseen(c))
			continue;
		uint32_t folded = fold(w, c);
		if (folded)
			token_add(ret, folded);
		else if (ret->n)
			return true;
	}
	return ret->n > 0;
}

/* The slot of a word, or the empty one where it would be. */
static size_t slot_of(const struct words *w, const struct token *t)
{
	size_t at = t->hash % SLOTS;

	for (; w->slots[at]; at = (at + 1) % SLOTS) {
		const char *folded = w->list[w->slots[at] - 1].folded;

		if (strncmp(folded, t->text, t->n) == 0 && folded[t->n] == '\0')
			break;
	}
	return at;
}

static char *copy(const char *text, size_t n)
{
	return must(strndup(text, n));
}

/* Nothing else is in it: that would never be found. */
static bool is_one_word(const struct words *w, const uint8_t *p, const uint8_t *end)
{
	while (p < end) {
		uint32_t c = take(&p, end);

		if (!is_unseen(c) && !fold(w, c))
			return false;
	}
	return true;
}

int words_add(struct words *w, const char *word, enum words_action action)
{
	size_t n = strlen(word);
	const uint8_t *p = (const uint8_t *)word, *end = p + n;
	struct token t;

	if (!w->locale)
		w->locale = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
	if (n > LIMIT_WORD || !is_one_word(w, p, end) || !token_next(w, &p, end, &t) ||
	    t.n > FOLDED_MAX)
		return -EINVAL;
	size_t at = slot_of(w, &t);
	if (w->slots[at]) {
		struct word *known = &w->list[w->slots[at] - 1];

		if (action > known->action)
			known->action = action;
		return 0;
	}
	if (w->count == LIMIT_WORDS)
		return -E2BIG;
	w->list[w->count++] = (struct word){ .text = copy(word, n),
					     .folded = copy(t.text, t.n),
					     .action = action };
	w->slots[at] = (uint16_t)w->count;
	return 0;
}

size_t words_count(const struct words *w)
{
	return w->count;
}

const char *words_at(const struct words *w, size_t at, enum words_action *ret_action)
{
	*ret_action = w->list[at].action;
	return w->list[at].text;
}

enum words_action words_find(const struct words *w, const char *text, const char **ret_word)
{
	const uint8_t *p = (const uint8_t *)text, *end = p + strlen(text);
	enum words_action found = WORDS_NOTHING;
	struct token t;

	while (w->count && found != WORDS_REFUSE && token_next(w, &p, end, &t)) {
		size_t at = t.n <= FOLDED_MAX ? w->slots[slot_of(w, &t)] : 0;

		if (at && w->list[at - 1].action > found) {
			found = w->list[at - 1].action;
			*ret_word = w->list[at - 1].text;
		}
	}
	return found;
}
