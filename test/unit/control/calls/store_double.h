/* SPDX-License-Identifier: Apache-2.0 */
/* The store as calls/ sees it, in memory and without a thread: requests wait until double_run. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* Runs up to n waiting requests, in order; how many were run. */
size_t double_run(size_t n);
/* Forgets all calls; nothing may be waiting. */
void double_reset(void);
