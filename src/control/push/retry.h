/* SPDX-License-Identifier: Apache-2.0 */
/* When a push that was not taken is worth another try, and when. Pure. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum {
	RETRY_ATTEMPTS = 6,
	RETRY_PAUSE_S = 1, /* before the second attempt; doubled for each further one */
	RETRY_PAUSE_MAX_S = 60,
};

/* Nothing came, or the push service says that it is its trouble or that we are too many (RFC 8030 8.4,
 * RFC 9110 15.6). `status` 0 = no answer. */
bool retry_is_worth(long status);

/*
 * The pause after so many attempts, in µs: with growing pauses, spread by `chance` so that what failed
 * together does not come back together, and never before the service wants it (RFC 9110 10.2.3).
 * 0 = no further one.
 */
uint64_t retry_pause_us(unsigned attempts, long retry_after_s, uint32_t chance);
