/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an engine wants to say: media datagrams in one reused arena, and events (STUN and DTLS have
 * an outbox of their own, peer/outbox.h). Filled inside an engine call, drained after it, so both
 * stay small; each has a hard limit, and what does not fit is dropped and counted. No malloc per
 * packet once it has grown. Belongs to the engine's thread.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/path.h"
#include "plane/plane.h"

enum {
	EGRESS_DATAGRAMS = 8192, /* one packet to 500 subscribers, with retransmissions */
	EGRESS_BYTES = 8 * 1024 * 1024,
	EGRESS_EVENTS = 16 * 1024,
};

struct egress_datagram {
	struct path to;
	size_t offset, length;
};

struct egress {
	uint8_t *arena;
	size_t used, capacity;
	struct egress_datagram *datagrams;
	size_t next, count, slots;
	struct plane_event *events;
	size_t next_event, event_count, event_slots;
	uint64_t dropped_datagrams, dropped_events;
};

void egress_fini(struct egress *o);

/* When nothing waits: frees what the busiest moment took. */
void egress_release(struct egress *o);

/* Room for one datagram of at most n bytes; NULL (counted) when full.
 * Valid until the next egress call. */
uint8_t *egress_reserve(struct egress *o, size_t n);

/* Queues the first `length` bytes of the last reservation. */
void egress_commit(struct egress *o, const struct path *to, size_t length);

/* The oldest datagram; its bytes stay valid until the next egress_reserve. false = none. */
bool egress_next(struct egress *o, const struct path **ret_to, const uint8_t **ret_bytes,
		 size_t *ret_length);

/* Starts the arena anew when everything was taken: as egress_reserve does. */
void egress_reset(struct egress *o);

/* Queues an event and takes over its text. */
void egress_event(struct egress *o, struct plane_event *event);
bool egress_next_event(struct egress *o, struct plane_event *ret);
