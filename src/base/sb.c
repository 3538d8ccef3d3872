/* SPDX-License-Identifier: Apache-2.0 */
#include "base/sb.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool sb_reserve(struct sb *b, size_t more)
{
	size_t limit = b->limit ? b->limit : SB_DEFAULT_LIMIT;

	if (b->bad || more > limit || b->len + more > limit) {
		b->bad = true;
		return false;
	}
	if (b->len + more + 1 <= b->capacity)
		return true;

	size_t capacity = b->capacity ? b->capacity : 256;
	while (capacity < b->len + more + 1)
		capacity *= 2;
	char *text = realloc(b->text, capacity);
	if (!text) {
		b->bad = true;
		return false;
	}
	b->text = text;
	b->capacity = capacity;
	return true;
}

void sb_add(struct sb *b, const char *text, size_t n)
{
	if (!sb_reserve(b, n))
		return;
	memcpy(b->text + b->len, text, n);
	b->len += n;
	b->text[b->len] = '\0';
}

void sb_puts(struct sb *b, const char *text)
{
	sb_add(b, text, strlen(text));
}

void sb_printf(struct sb *b, const char *format, ...)
{
	va_list args, again;
	size_t room = b->bad || !b->text ? 0 : b->capacity - b->len;

	/* it mostly fits into what is there */
	va_start(args, format);
	va_copy(again, args);
	int n = vsnprintf(room ? b->text + b->len : NULL, room, format, args);
	va_end(args);
	if (n < 0)
		b->bad = true;
	else if (sb_reserve(b, (size_t)n)) {
		if ((size_t)n >= room)
			(void)vsnprintf(b->text + b->len, (size_t)n + 1, format, again);
		b->len += (size_t)n;
	} else if (room) {
		b->text[b->len] = '\0';
	}
	va_end(again);
}

void sb_fini(struct sb *b)
{
	free(b->text);
	*b = (struct sb){ .limit = b->limit };
}

char *sb_steal(struct sb *b)
{
	if (!b->bad && !b->text)
		sb_add(b, "", 0);
	char *text = b->bad ? NULL : b->text;

	if (b->bad)
		free(b->text);
	*b = (struct sb){ .limit = b->limit };
	return text;
}
