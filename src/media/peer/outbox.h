/* SPDX-License-Identifier: Apache-2.0 */
/*
 * STUN and DTLS datagrams on their way out: one small ring per worker, shared by its transports,
 * drained by the engine after each call. Media does not pass here. When it is full the newest is
 * dropped and counted: STUN and DTLS both repeat themselves. Belongs to the worker's thread.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/path.h"

enum {
	OUTBOX_SLOTS = 256, /* the answers to everything read together: a DTLS flight is 3 */
	OUTBOX_BYTES = 1280
};

struct outbox_datagram {
	struct path to;
	size_t length;
	uint8_t bytes[OUTBOX_BYTES];
};

struct outbox {
	struct outbox_datagram slots[OUTBOX_SLOTS];
	uint32_t head, tail; /* head: next to send; tail - head are waiting */
	uint64_t dropped;
};

static inline void outbox_init(struct outbox *o)
{
	o->head = o->tail = 0;
	o->dropped = 0;
}

/* The slot to fill and then outbox_commit, or NULL when full. */
struct outbox_datagram *outbox_reserve(struct outbox *o);
void outbox_commit(struct outbox *o);

/* Copies one datagram in. false: full or longer than OUTBOX_BYTES. */
bool outbox_put(struct outbox *o, const struct path *to, const void *bytes, size_t n);

/* The oldest datagram, or NULL. It stays valid until the next call on the outbox or a transport. */
const struct outbox_datagram *outbox_take(struct outbox *o);
