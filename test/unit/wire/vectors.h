/* SPDX-License-Identifier: Apache-2.0 */
/* What the tests of wire share:
 * files of test/vectors, and copies whose first byte too many a sanitizer sees. */
#pragma once

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"

/* n bytes on the heap, no more; the caller frees. */
static inline uint8_t *exact_copy(const void *bytes, size_t n)
{
	uint8_t *copy = malloc(n ? n : 1);

	if (!copy)
		abort();
	if (n)
		memcpy(copy, bytes, n);
	return copy;
}

/* The file VECTORS/<name>; the caller frees. */
static inline uint8_t *vector_read(const char *name, size_t *ret_n)
{
	char path[512];
	static uint8_t bytes[128 * 1024];

	(void)snprintf(path, sizeof path, "%s/%s", VECTORS, name);
	FILE *file = fopen(path, "rb");
	if (!file) {
		perror(path);
		abort();
	}
	*ret_n = fread(bytes, 1, sizeof bytes, file);
	(void)fclose(file);
	return exact_copy(bytes, *ret_n);
}
