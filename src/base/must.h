/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Memory without which there is no way on (R61): a change is half made, or somebody waits for an answer that
 * there is nothing to remember by. Then the process ends cleanly and its supervisor starts it again: what was
 * acknowledged is on the disk, and clients come back by themselves. Not for what a peer can make large:
 * that has a limit, and is refused.
 */
#pragma once

#include <stdlib.h>
#include <string.h>

/* must(calloc(…)), must(strdup(…)): the pointer, never NULL. */
static inline void *must(void *allocated)
{
	if (!allocated)
		abort();
	return allocated;
}

/* A copy of a text that may be missing. */
static inline char *must_copy(const char *text)
{
	return text ? must(strdup(text)) : NULL;
}
