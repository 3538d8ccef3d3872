/* SPDX-License-Identifier: Apache-2.0 */
#include "base/nearest.h"

#include <string.h>

enum { WORD_MAX = 48 };

static unsigned least(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

/* Optimal string alignment, three rows of the table at a time. */
unsigned nearest_distance(const char *a, const char *b, unsigned most)
{
	unsigned rows[3][WORD_MAX + 1];
	size_t n = strlen(a), m = strlen(b);

	if (n > WORD_MAX || m > WORD_MAX)
		return most + 1;
	for (size_t k = 0; k <= m; k++)
		rows[0][k] = (unsigned)k;
	for (size_t i = 1; i <= n; i++) {
		unsigned *row = rows[i % 3], *above = rows[(i + 2) % 3],
			 *before = rows[(i + 1) % 3];

		row[0] = (unsigned)i;
		for (size_t k = 1; k <= m; k++) {
			row[k] = least(above[k - 1] + (a[i - 1] != b[k - 1]),
				       least(above[k], row[k - 1]) + 1);
			if (i > 1 && k > 1 && a[i - 1] == b[k - 2] && a[i - 2] == b[k - 1])
				row[k] = least(row[k], before[k - 2] + 1);
		}
	}
	return rows[n % 3][m] <= most ? rows[n % 3][m] : most + 1;
}

const char *nearest_word(const char *word, const char *const *words, size_t count, size_t stride)
{
	unsigned limit = strlen(word) > 5 ? 2 : 1, best = limit + 1;
	const char *found = NULL;

	for (size_t i = 0; i < count; i++) {
		const char *candidate = *(const char *const *)(const void *)((const char *)words +
									     i * stride);
		unsigned distance = candidate ? nearest_distance(word, candidate, limit)
					      : limit + 1;

		if (distance < best) {
			best = distance;
			found = candidate;
		}
	}
	return found;
}
