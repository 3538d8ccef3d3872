/* SPDX-License-Identifier: Apache-2.0 */
/* Redundant audio (RFC 2198): a packet with earlier ones repeated in front. Pure. Any thread. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/wr.h"

enum {
	RED_BLOCKS = 8, /* of one packet; more is refused */
	/* an earlier one: what 14 and 10 bits hold */
	RED_OFFSET_MAX = (1 << 14) - 1,
	RED_LENGTH_MAX = (1 << 10) - 1,
};

/*
 *  |F|   block PT  |  timestamp offset (14)    |   block length (10)  |   F = 1: an earlier one
 *  |0|   block PT  |                                                      the packet's own
 */
struct red_block {
	uint8_t payload_type;
	uint16_t offset, length; /* offset: how much older than the packet, in its clock */
	const uint8_t *data;	 /* into the payload */
};

struct red {
	uint8_t count; /* at least 1: the last is the packet's own */
	struct red_block blocks[RED_BLOCKS];
};

/* False when it is malformed, or has more blocks than that. */
bool red_parse(struct red *ret, const void *payload, size_t n);

/* Appends the payload; bad when it does not fit, or a block is older or longer than it may be. */
void red_write(struct wr *w, const struct red *red);
