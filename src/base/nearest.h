/* SPDX-License-Identifier: Apache-2.0 */
/* Which word somebody may have meant, for error lines. Pure. */
#pragma once

#include <stddef.h>

/* Letters that differ, are missing or too many, or have changed places with their neighbour. `most` + 1: more than `most`. */
unsigned nearest_distance(const char *a, const char *b, unsigned most);

/* Of `count` words, `stride` bytes from one pointer to the next, the one that is next to `word`; NULL when none is near. */
const char *nearest_word(const char *word, const char *const *words, size_t count, size_t stride);
