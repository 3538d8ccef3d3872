/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Chance as an argument. `rng_os()` asks the kernel; `rng_seeded` is reproducible and for tests
 * only. An rng belongs to one thread, except rng_os(), which is thread-safe.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

struct rng {
	void (*fill)(struct rng *, void *bytes, size_t n);
	uint64_t state;
};

struct rng *rng_os(void);
void rng_seeded(struct rng *ret, uint64_t seed);

void rng_fill(struct rng *g, void *bytes, size_t n);
uint32_t rng_u32(struct rng *g);
uint64_t rng_u64(struct rng *g);

/* Writes `prefix` and letters and digits up to capacity - 1 characters, then NUL:
 * about 5.9 bits each. */
void rng_name(struct rng *g, const char *prefix, char *ret, size_t capacity);
