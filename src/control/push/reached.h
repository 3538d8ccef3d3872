/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which browsers were told of a call that rings, so that these, and no others, are told of its end.
 * Bounded: the oldest makes way, and what is older than any ring does not count. Not thread-safe.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { REACHED_MAX = 512, REACHED_LIFE_S = 180, REACHED_ID = 16 };

struct reached {
	struct {
		uint8_t id[REACHED_ID];
		uint64_t at_us; /* 0 = free */
	} slots[REACHED_MAX];
	size_t next;
};

void reached_add(struct reached *r, const char *topic, const char *endpoint, uint64_t now_us);

/* Whether it is one; then it is one no more. */
bool reached_take(struct reached *r, const char *topic, const char *endpoint, uint64_t now_us);
