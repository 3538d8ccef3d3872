/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The reliable data packets that went through a room lately, for a participant that resumes and
 * says what it has (livekit-protocol 6.9). SCTP repeats what is lost on the way; this is for what
 * it gave up on, or had no room for. Bounded in packets, bytes and age. Embedded in the room;
 * belongs to its worker's thread.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/blob.h"
#include "plane/plane.h"

enum {
	REPLAY_PACKETS = 256,
	REPLAY_US = 30 * 1000 * 1000, /* as long as a lost session may be resumed */
};

struct replay_packet {
	struct blob *blob; /* as receivers get it */
	struct sid sender;
	uint32_t sequence;
	uint64_t at; /* µs */
};

struct replay {
	struct replay_packet *ring; /* owned, as its references; NULL until the first packet */
	size_t first, count, bytes;
};

void replay_fini(struct replay *r);

/* Keeps a reference; the oldest packets make room. Without memory, or when it is too large: not. */
void replay_put(struct replay *r, uint64_t now, const struct sid *sender, uint32_t sequence,
		struct blob *blob);

/* The i-th packet, oldest first; NULL after the last. */
const struct replay_packet *replay_get(const struct replay *r, size_t i);
