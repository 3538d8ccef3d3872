/* SPDX-License-Identifier: Apache-2.0 */
/* Named hex vectors from files of test/vectors. */
#pragma once

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct bytes {
	size_t n;
	uint8_t b[256]; /* as much as the longest */
};

static inline struct bytes hex_bytes(const char *hex)
{
	struct bytes r = { 0 };
	unsigned byte;

	for (; sscanf(hex, "%2x", &byte) == 1 && r.n < sizeof r.b; hex += 2)
		r.b[r.n++] = (uint8_t)byte;
	return r;
}

static inline struct bytes vector_of(const char *path, const char *name)
{
	char line[1024], key[64], hex[900];
	FILE *file = fopen(path, "r");

	if (!file) {
		perror(path);
		abort();
	}
	while (fgets(line, sizeof line, file)) {
		if (sscanf(line, "%63s %899s", key, hex) == 2 && strcmp(key, name) == 0) {
			(void)fclose(file);
			return hex_bytes(hex);
		}
	}
	fprintf(stderr, "no vector %s\n", name);
	abort();
}

static inline struct bytes vector(const char *name)
{
	return vector_of(VECTORS "/srtp/vectors.txt", name);
}
