/* SPDX-License-Identifier: Apache-2.0 */
/* Feeds every file of a folder, and every prefix of it, to a fuzz target:
 * the corpus as an ordinary test. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static int replay_file(const char *path)
{
	FILE *file = fopen(path, "rb");

	if (!file)
		return -1;
	static uint8_t bytes[256 * 1024];
	size_t n = fread(bytes, 1, sizeof bytes, file);
	(void)fclose(file);

	/* A copy of the exact size, so that a sanitizer sees the first byte too many. */
	size_t step = n > 4096 ? n / 512 : 1;
	for (size_t length = 0; length < n + step; length += step) {
		size_t take = length < n ? length : n;
		uint8_t *copy = malloc(take ? take : 1);

		if (!copy)
			return -1;
		memcpy(copy, bytes, take);
		(void)LLVMFuzzerTestOneInput(copy, take);
		free(copy);
	}
	return 0;
}

int main(int argc, char **argv)
{
	int files = 0;

	for (int i = 1; i < argc; i++) {
		DIR *folder = opendir(argv[i]);

		if (!folder) {
			fprintf(stderr, "replay: no folder %s\n", argv[i]);
			return 1;
		}
		for (struct dirent *entry; (entry = readdir(folder));) {
			char path[4096];

			if (entry->d_name[0] == '.')
				continue;
			(void)snprintf(path, sizeof path, "%s/%s", argv[i], entry->d_name);
			if (replay_file(path) == 0)
				files++;
		}
		(void)closedir(folder);
	}
	printf("%d files\n", files);
	return files ? 0 : 1;
}
