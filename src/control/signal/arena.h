/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Memory that is given back all at once: one for each incoming message (with a budget, so that a
 * small message cannot make the decoder allocate without bounds) and one for each track. Owner:
 * whoever embeds it. One thread.
 */
#pragma once

#include <stddef.h>

struct arena_chunk;

struct arena {
	struct arena_chunk *chunks;
	size_t used, limit; /* bytes handed out; may be handed out */
};

static inline struct arena arena_of(size_t limit)
{
	return (struct arena){ .limit = limit };
}

/* n bytes of zeros, aligned for anything; NULL when over the limit or out of memory. */
void *arena_alloc(struct arena *a, size_t n);

/* A copy of the text; NULL for NULL. */
char *arena_text(struct arena *a, const char *text);

/* Everything it handed out is gone; the arena may be used again. */
void arena_fini(struct arena *a);
