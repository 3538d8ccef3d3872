/* SPDX-License-Identifier: Apache-2.0 */
/*
 * RFC 4571 framing: however the bytes are cut, the same frames come out, and none is longer than
 * announced. The first byte says how large the pieces are.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "net/framing.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

/* Length and sum of all frames, as they came. */
static uint64_t run(const uint8_t *bytes, size_t n, size_t piece)
{
	uint64_t sum = 0;
	struct framing f;

	framing_init(&f);
	while (n > 0 && !f.bad) {
		size_t size = piece < n ? piece : n, length;
		uint8_t *frame, *copy = malloc(size); /* so that reading past its end is seen */
		assert(copy);
		memcpy(copy, bytes, size);
		struct rd in = rd_of(copy, size);

		while (framing_next(&f, &in, &frame, &length)) {
			assert(length > 0 && length <= LIMIT_DATAGRAM);
			for (size_t i = 0; i < length; i++)
				sum = sum * 31 + frame[i];
			sum = sum * 31 + length;
		}
		assert(f.bad || rd_left(&in) == 0);
		assert(f.bad || framing_missing(&f) > 0);
		free(copy);
		bytes += size;
		n -= size;
	}
	return sum + f.bad;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	if (n == 0)
		return 0;
	uint64_t whole = run(bytes + 1, n - 1, n);

	assert(run(bytes + 1, n - 1, (size_t)bytes[0] + 1) == whole);
	assert(run(bytes + 1, n - 1, 1) == whole);
	return 0;
}
