/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reliable packets are in order and complete for as long as their receiver is connected. So when LIMIT_DATA_QUEUE waits for
 * a receiver, the next ones for it stay with their sender's connection, whose window shuts: the sender waits in its turn.
 * Senders take turns, a packet each. Nobody is waited for without end: a receiver that takes next to nothing while others
 * wait is disconnected, with the reason (EV_FAILED), and may come again; one that is not up yet is done without.
 * Embedded in the participant, which is both; belongs to its worker's thread. What a sender that waits does then: data.c.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/list.h"

struct participant;

enum {
	DATA_EARLY_US = 5 * 1000 * 1000, /* how long it is waited for a channel to open */
	DATA_SLOW_US = 10 * 1000 * 1000, /* in this time … */
	DATA_SLOW_LEAST = 40 * 1000, /* … so many bytes are to be taken: a voice needs as much */
	DATA_AGAIN_US = 100 * 1000,  /* a sender that waits looks again: a receiver may leave */
};

struct data_wait {
	/* the sender */
	uint64_t again_at;	/* µs; 0 = it does not wait */
	struct participant *on; /* the receiver; NULL: it waits for memory */
	struct list in_waiters; /* that receiver's */
	/* the receiver */
	struct list waiters;   /* senders, the first comes first */
	uint64_t slow_since;   /* µs: since when much waits for it; 0 = not so */
	uint64_t delivered_by; /* bytes that it had taken by then */
	bool early;	       /* it was not up then */
};

void data_wait_init(struct data_wait *w);
/* It leaves: those who wait for it find that they need not. */
void data_wait_fini(struct data_wait *w);

/* Whether `from` may queue a reliable packet for `to`, or it will not come to that at all. May end a slow one's session. */
bool data_wait_has_room(struct participant *to, const struct participant *from, uint64_t now);

/* `from` waits, for `to` (NULL: for memory), in the place that it has, or the last; it waits no longer. */
void data_wait_begin(struct participant *from, struct participant *to, uint64_t now);
void data_wait_end(struct participant *from);

/* Who comes next for `to`; NULL: nobody waits. */
struct participant *data_wait_first(const struct participant *to);
