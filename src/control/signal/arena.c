/* SPDX-License-Identifier: Apache-2.0 */
/* Chunks in a chain; each allocation is bumped off the newest. */
#include "control/signal/arena.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { ARENA_CHUNK = 4096, ARENA_ALIGN = 16 };

struct arena_chunk {
	struct arena_chunk *older;
	size_t used, capacity;
	_Alignas(ARENA_ALIGN) uint8_t bytes[];
};

static struct arena_chunk *arena_grow(struct arena *a, size_t n)
{
	size_t capacity = n > ARENA_CHUNK ? n : ARENA_CHUNK;
	struct arena_chunk *chunk = malloc(sizeof *chunk + capacity);

	if (!chunk)
		return NULL;
	chunk->older = a->chunks;
	chunk->used = 0;
	chunk->capacity = capacity;
	a->chunks = chunk;
	return chunk;
}

void *arena_alloc(struct arena *a, size_t n)
{
	if (n > a->limit || a->used > a->limit - n)
		return NULL;
	size_t size = (n + ARENA_ALIGN - 1) & ~(size_t)(ARENA_ALIGN - 1);
	struct arena_chunk *chunk = a->chunks;

	if (!chunk || chunk->capacity - chunk->used < size)
		chunk = arena_grow(a, size);
	if (!chunk)
		return NULL;
	void *p = chunk->bytes + chunk->used;
	chunk->used += size;
	a->used += n;
	return memset(p, 0, size);
}

char *arena_text(struct arena *a, const char *text)
{
	if (!text)
		return NULL;
	size_t n = strlen(text) + 1;
	char *copy = arena_alloc(a, n);

	return copy ? memcpy(copy, text, n) : NULL;
}

void arena_fini(struct arena *a)
{
	while (a->chunks) {
		struct arena_chunk *older = a->chunks->older;

		free(a->chunks);
		a->chunks = older;
	}
	a->used = 0;
}
