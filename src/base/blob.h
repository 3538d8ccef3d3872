/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bytes that several owners share and nobody changes: a message on its way to many subscribers is
 * kept once. Counted without locks: a blob stays on the thread that made it. One allocation.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

struct blob {
	uint32_t references;
	uint32_t length; /* may be made shorter before the blob is shared */
	uint8_t bytes[];
};

/* The caller holds one reference. NULL: no memory. */
static inline struct blob *blob_new(size_t length)
{
	struct blob *b = length <= UINT32_MAX / 2 ? malloc(sizeof *b + length) : NULL;

	if (b)
		*b = (struct blob){ .references = 1, .length = (uint32_t)length };
	return b;
}

static inline struct blob *blob_ref(struct blob *b)
{
	b->references++;
	return b;
}

/* Gives a reference back; NULL is allowed. */
static inline void blob_unref(struct blob *b)
{
	if (b && --b->references == 0)
		free(b);
}
