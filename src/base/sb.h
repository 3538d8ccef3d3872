/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A growing string, always NUL-terminated. Running out of memory or over `limit` sets `bad`; ask
 * once, at the end. The caller owns it: sb_fini frees, sb_steal hands the text over.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct sb {
	char *text;
	size_t len, capacity;
	size_t limit; /* bytes it may grow to; 0 = SB_DEFAULT_LIMIT */
	bool bad;
};

enum { SB_DEFAULT_LIMIT = 4 << 20 };

void sb_add(struct sb *b, const char *text, size_t n);
void sb_puts(struct sb *b, const char *text);
void sb_printf(struct sb *b, const char *format, ...) __attribute__((format(printf, 2, 3)));
void sb_fini(struct sb *b);

/* The text, now the caller's to free; NULL when anything was lost.
 * The builder is empty afterwards. */
char *sb_steal(struct sb *b);
