/* SPDX-License-Identifier: Apache-2.0 */
/*
 * RFC 4571: datagrams on a TCP connection, each behind its length in two bytes. Collects frames out
 * of whatever pieces the stream comes in. Pure and of fixed size; belongs to its owner's thread.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/limits.h"
#include "base/rd.h"

enum { FRAMING_HEADER = 2 };

struct framing {
	bool bad; /* a frame longer than LIMIT_DATAGRAM was announced: nothing follows any more */
	uint16_t have;
	uint8_t bytes[FRAMING_HEADER + LIMIT_DATAGRAM];
};

static inline void framing_init(struct framing *f)
{
	f->bad = false;
	f->have = 0;
}

/*
 * Takes bytes out of `in` up to the end of a frame. true: the frame is in `ret`, and may be changed
 * until the next call. false: `in` is used up, or the stream is bad. Empty frames (RFC 4571 2: a
 * null packet) are passed over.
 */
bool framing_next(struct framing *f, struct rd *in, uint8_t **ret, size_t *ret_length);

/* How many bytes the present frame, or its length, still lacks: read so many and not more to leave
 * what follows on the socket. */
size_t framing_missing(const struct framing *f);
