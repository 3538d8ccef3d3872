/* SPDX-License-Identifier: Apache-2.0 */
/* How much of a disk files leave to the database, so that messages go on when it is nearly full (--disk-floor). Pure. */
#pragma once

#include <stdint.h>

enum {
	DISK_FLOOR_BYTES = 512 * 1000 * 1000,
	DISK_FLOOR_SHARE = 20 /* of a smaller disk: a 20th */
};

/* Bytes. `wanted`: what the operator says, negative: nothing; `disk`: of all of it. */
static inline uint64_t disk_floor(int64_t wanted, uint64_t disk)
{
	uint64_t share = disk / DISK_FLOOR_SHARE;

	if (wanted >= 0)
		return (uint64_t)wanted;
	return share < DISK_FLOOR_BYTES ? share : DISK_FLOOR_BYTES;
}
