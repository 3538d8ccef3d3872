/* SPDX-License-Identifier: Apache-2.0 */
/* Redundant audio: headers and blocks together are the payload, in order. */
#include <stdlib.h>

#include "wire/red.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

#define check(what) ((what) ? (void)0 : abort())

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct red r;

	if (!red_parse(&r, bytes, n))
		return 0;
	check(r.count >= 1 && r.count <= RED_BLOCKS);
	size_t at = (size_t)(r.count - 1) * 4 + 1;
	for (unsigned i = 0; i < r.count; i++) {
		check(r.blocks[i].length == 0 || r.blocks[i].data == bytes + at);
		at += r.blocks[i].length;
	}
	check(at == n);
	return 0;
}
