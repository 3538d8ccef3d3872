/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Memory for what stays as long as a participant does. A join makes and frees some hundred blocks
 * for its handshake; what lasts, taken from the same heap meanwhile, lies scattered between them,
 * and holds twice as many pages as it fills. Here blocks of one size lie side by side in slabs of
 * 64 KB, and a slab of which nothing is used goes back to the system at once.
 *
 * Any thread: a lock is taken, so for joins and not for packets. Under a sanitizer it is malloc.
 */
#pragma once

#include <stddef.h>

/* Zeroed, aligned to 64 bytes; NULL = out of memory, or more than 1 GB. Free it with slab_free. */
void *slab_calloc(size_t size);

/* NULL is harmless. The content is not wiped. */
void slab_free(void *block);

/* Bytes of all blocks that are in use. */
size_t slab_bytes(void);
