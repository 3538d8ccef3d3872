/* SPDX-License-Identifier: Apache-2.0 */
/* Slabs: blocks are zeroed, apart from each other and found again; what is free goes back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/rng.h"
#include "base/slab.h"

enum { BLOCKS = 600 };

static bool is_all(const uint8_t *bytes, size_t n, uint8_t value)
{
	for (size_t i = 0; i < n; i++)
		if (bytes[i] != value)
			return false;
	return true;
}

/* Takes and gives back at random: no block is ever another's, and each comes zeroed. */
static void test_blocks_are_apart(void **state)
{
	static struct {
		uint8_t *bytes;
		size_t n;
		uint8_t mark;
	} blocks[BLOCKS];
	static const size_t sizes[] = { 1,    63,   64,	  65,	1000, 1024,  1025,
					1152, 4184, 8000, 8192, 8193, 12288, 100000 };
	struct rng rng;

	(void)state;
	rng_seeded(&rng, 7);
	for (int round = 0; round < 20000; round++) {
		size_t i = rng_u32(&rng) % BLOCKS;

		if (blocks[i].bytes) {
			assert_true(is_all(blocks[i].bytes, blocks[i].n, blocks[i].mark));
			slab_free(blocks[i].bytes);
			blocks[i].bytes = NULL;
			continue;
		}
		blocks[i].n = sizes[rng_u32(&rng) % (sizeof sizes / sizeof *sizes)];
		blocks[i].mark = (uint8_t)(round % 255 + 1);
		blocks[i].bytes = slab_calloc(blocks[i].n);
		assert_non_null(blocks[i].bytes);
		assert_int_equal((uintptr_t)blocks[i].bytes % 64, 0);
		assert_true(is_all(blocks[i].bytes, blocks[i].n, 0));
		memset(blocks[i].bytes, blocks[i].mark, blocks[i].n);
	}
	for (int i = 0; i < BLOCKS; i++) {
		if (blocks[i].bytes)
			assert_true(is_all(blocks[i].bytes, blocks[i].n, blocks[i].mark));
		slab_free(blocks[i].bytes);
	}
	assert_int_equal(slab_bytes(), 0);
}

static void test_extremes(void **state)
{
	(void)state;
	slab_free(NULL);
	void *nothing = slab_calloc(0);

	assert_non_null(nothing);
	slab_free(nothing);
	assert_null(slab_calloc(SIZE_MAX));
	assert_null(slab_calloc(SIZE_MAX / 2));
	assert_int_equal(slab_bytes(), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_blocks_are_apart),
		cmocka_unit_test(test_extremes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
