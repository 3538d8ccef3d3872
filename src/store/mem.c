/* SPDX-License-Identifier: Apache-2.0 */
#include "store/mem.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct mem_block {
	struct mem_block *next;
	size_t used, size;
	max_align_t bytes[];
};

enum { MEM_BLOCK = 1000, MEM_FIRST_ELEMENTS = 8 };

void *mem_take(struct mem *m, size_t n)
{
	size_t rounded = (n + sizeof(max_align_t) - 1) / sizeof(max_align_t) * sizeof(max_align_t);
	struct mem_block *b = m->blocks;

	if (!b || b->size - b->used < rounded) {
		size_t size = rounded > MEM_BLOCK ? rounded : MEM_BLOCK;

		b = rounded >= n ? calloc(1, sizeof *b + size) : NULL;
		if (!b) {
			m->bad = true;
			return NULL;
		}
		b->size = size;
		b->next = m->blocks;
		m->blocks = b;
	}
	void *p = (uint8_t *)b->bytes + b->used;
	b->used += rounded;
	return p;
}

const char *mem_text(struct mem *m, const char *text)
{
	if (!text)
		return NULL;
	size_t n = strlen(text) + 1;
	char *copy = mem_take(m, n);

	if (copy)
		memcpy(copy, text, n);
	return copy;
}

void *mem_grow(struct mem *m, void *array, size_t count, size_t size)
{
	bool full = count == 0 || (count >= MEM_FIRST_ELEMENTS && (count & (count - 1)) == 0);

	if (!full)
		return array;
	size_t capacity = count < MEM_FIRST_ELEMENTS ? MEM_FIRST_ELEMENTS : 2 * count;
	void *bigger = mem_take(m, capacity * size);

	if (bigger && count)
		memcpy(bigger, array, count * size);
	return bigger;
}

void mem_fini(struct mem *m)
{
	for (struct mem_block *b = m->blocks, *next; b; b = next) {
		next = b->next;
		explicit_bzero(b->bytes, b->size);
		free(b);
	}
	*m = (struct mem){ 0 };
}
