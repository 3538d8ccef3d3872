/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The numbers in a VP8 or VP9 payload descriptor that have to go on when the source of a stream changes:
 * the picture id and TL0PICIDX (RFC 7741 4.2, RFC 9628 4.2). Read once, they serve for every copy of the
 * payload. Pure. Any thread.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct pictures {
	uint16_t id;
	uint8_t tl0;
	uint8_t id_at, tl0_at; /* offsets in the payload; 0 = absent */
	bool long_id;	       /* 15 bits, else 7 */
	bool known;	       /* false: nobody has looked */
};

/*
 * Overwrites both in the payload that `p` was read from, or in a copy. The id keeps its width: modulo
 * 2^15 or 2^7. What is not there stays so.
 */
void pictures_rewrite(uint8_t *payload, struct pictures p, uint16_t id, uint8_t tl0);
