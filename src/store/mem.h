/* SPDX-License-Identifier: Apache-2.0 */
/* Memory of one request, freed at its end. Not thread-safe: it travels with its request. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct mem_block;

struct mem {
	struct mem_block *blocks;
	bool bad; /* something did not fit into memory; ask once */
};

/* Zeroed, aligned for anything; NULL (and bad) when out of memory. */
void *mem_take(struct mem *m, size_t n);

/* A copy of the text; NULL for NULL. */
const char *mem_text(struct mem *m, const char *text);

/* Room for one more element of a growing array: the array (perhaps moved), or NULL.
 * Doubles at powers of two. */
void *mem_grow(struct mem *m, void *array, size_t count, size_t size);

/* Wiped before it is freed: password hashes pass through here. */
void mem_fini(struct mem *m);
