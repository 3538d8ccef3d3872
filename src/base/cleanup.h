/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Locals that own what they point to: `cleanup(room_freep) struct room *r = …;` frees at the end of
 * the scope, `steal(r)` hands the object over and leaves NULL behind.
 */
#pragma once

#include <stdlib.h>
#include <unistd.h>

#define cleanup(fn) __attribute__((cleanup(fn)))

#define steal(ptr)                                  \
	__extension__({                             \
		__typeof__(ptr) *steal_at = &(ptr); \
		__typeof__(ptr) stolen = *steal_at; \
		*steal_at = NULL;                   \
		stolen;                             \
	})

#define countof(array) (sizeof(array) / sizeof((array)[0]))

/* The struct that holds `member` at `ptr`. */
#define container_of(ptr, type, member) ((type *)((char *)(ptr)-offsetof(type, member)))

static inline void cleanup_free(void *at)
{
	free(*(void **)at);
}

static inline void cleanup_close(int *fd)
{
	if (*fd >= 0)
		(void)close(*fd);
}

#define autofree  cleanup(cleanup_free)
#define autoclose cleanup(cleanup_close)
