/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The only clock. Monotonic time drives every timer; wall time is for tokens and for people. The
 * media engine never calls it: time is an argument there. Thread-safe.
 */
#pragma once

#include <stdint.h>

enum { US_PER_MS = 1000, US_PER_S = 1000 * 1000 };

/* Microseconds since an arbitrary start; never goes back. */
uint64_t clock_now_us(void);

/* Microseconds since 1970-01-01 UTC; may jump. */
uint64_t clock_wall_us(void);
