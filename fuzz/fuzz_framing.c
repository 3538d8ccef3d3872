/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Framing, of RFC 4571 and of TURN: however the bytes are cut, the same frames come out, and none is longer than
 * announced. The first byte says how large the pieces are.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "net/framing.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

/* Length and sum of all frames, as they came. */
static uint64_t run(const uint8_t *bytes, size_t n, size_t piece, bool turn)
{
	uint64_t sum = 0;
	struct framing f;

	if (turn)
		framing_init_turn(&f);
	else
		framing_init(&f);
	while (n > 0 && !f.bad) {
		size_t size = piece < n ? piece : n, length;
		uint8_t *frame, *copy = malloc(size); /* so that reading past its end is seen */
		assert(copy);
		memcpy(copy, bytes, size);
		struct rd in = rd_of(copy, size);

		while (framing_next(&f, &in, &frame, &length)) {
			assert(length > 0 && length <= (turn ? FRAMING_TURN_MAX : LIMIT_DATAGRAM));
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
	for (int turn = 0; turn < 2; turn++) {
		uint64_t whole = run(bytes + 1, n - 1, n, turn);

		assert(run(bytes + 1, n - 1, (size_t)bytes[0] + 1, turn) == whole);
		assert(run(bytes + 1, n - 1, 1, turn) == whole);
	}
	return 0;
}
