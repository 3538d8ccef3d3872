/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Messages on a TCP connection: datagrams, each behind its length in two bytes (RFC 4571), or those of
 * TURN, whose own header says how long they are (RFC 8656 3.4). Collects them out of whatever pieces
 * the stream comes in. Pure and of fixed size; belongs to its owner's thread.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/limits.h"
#include "base/rd.h"

enum {
	FRAMING_HEADER = 2,
	FRAMING_TURN_HEADER = 4,
	FRAMING_TURN_MAX =
		1640, /* a packet in a Send indication, or a request with the longest names */
};

struct framing {
	bool bad; /* a frame too long, or none, was announced: nothing follows any more */
	bool turn;
	uint16_t have;
	uint8_t bytes[FRAMING_TURN_MAX];
};

static inline void framing_init(struct framing *f)
{
	f->bad = f->turn = false;
	f->have = 0;
}

/* TURN's messages: a frame is one of them with its header, ChannelData with what it is padded with. */
static inline void framing_init_turn(struct framing *f)
{
	framing_init(f);
	f->turn = true;
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
