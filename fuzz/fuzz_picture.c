/* SPDX-License-Identifier: Apache-2.0 */
/* Uploaded files: whatever they are, taking metadata out shortens them, and once is enough. What only
 * began like a picture may be none afterwards. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "control/files/kind.h"
#include "control/files/strip.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	uint8_t *copy = malloc(n ? n : 1);
	const char *kind = file_kind(bytes, n);
	uint32_t width = 0, height = 0;

	if (!copy)
		return 0;
	memcpy(copy, bytes, n);
	if (file_image_size(kind, copy, n, &width, &height))
		assert(width && height);
	size_t left = file_strip(kind, copy, n);
	assert(left <= n);
	if (strcmp(file_kind(copy, left), kind) == 0)
		assert(file_strip(kind, copy, left) == left);
	free(copy);
	return 0;
}
