/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Probing: a short burst at a rate above the estimate, whose arrival spacing tells whether the path
 * carries it. When to probe, and what the answer means. The first tries 3 times the first rate; one
 * that got through is followed at once by another at twice the new estimate (so 6 times), and so on
 * while more is wanted. Later: twice the estimate, now and then. Pure, embedded, no heap; of the
 * bandwidth estimator (bwe.h).
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	PROBE_US = 20000,	   /* how long a burst lasts … */
	PROBE_PACKETS = 5,	   /* … at least so many packets */
	PROBE_BURST = 12000,	   /* bytes of a late burst that may go at once */
	PROBE_ANSWER_US = 1000000, /* without an answer until then it failed */
	PROBE_LOST_US = 100000,	   /* what was sent so much later is known: no answer comes */
	PROBE_AGAIN_US = 500000, /* after one that told nothing new, twice as long each time, … */
	PROBE_BACKOFF_US = 5000000,   /* … at most */
	PROBE_AFTER_CUT_US = 1000000, /* calm after the estimate went down */
};

/* What the sender is to do: packets marked `id`, `bytes` at least, at `rate`. */
struct probe_plan {
	uint8_t id; /* 1..255; 0 = none, or all is sent */
	uint32_t rate;
	uint32_t bytes; /* that are left */
	uint64_t at;	/* when the next packet is due */
};

struct probe {
	uint8_t last_id;
	bool waiting;	 /* for the answer */
	bool chained;	 /* the last one succeeded and wants to know more */
	uint32_t rate;	 /* of the last, … */
	uint32_t bytes;	 /* … and what it takes */
	uint32_t before; /* the estimate before it */
	uint64_t at, interval;

	uint32_t sent, sent_bytes, seen, got, got_bytes;
	uint32_t last_sent_bytes, first_got_bytes;
	int64_t first_sent, last_sent, first_arrival, last_arrival, longest_gap;
};

void probe_init(struct probe *p);

/* A probe to send now? estimate, wanted and most in bit/s; last_cut: when the estimate went down.
 */
bool probe_due(struct probe *p, uint64_t now, uint32_t estimate, uint32_t wanted, uint32_t most,
	       uint64_t last_cut, struct probe_plan *ret);

/* When probe_due wants to be asked next; UINT64_MAX = there is nothing to gain. */
uint64_t probe_deadline(const struct probe *p, uint32_t estimate, uint32_t wanted, uint32_t most,
			uint64_t last_cut);

/* Is a packet of the plan due? */
bool probe_plan_is_due(struct probe_plan *p, uint64_t now);

/* A packet of so many bytes on the wire went out marked. */
void probe_plan_sent(struct probe_plan *p, size_t bytes);

/* A packet marked `id` left, arrived, or was lost. */
void probe_sent(struct probe *p, uint8_t id, int64_t at, uint32_t bytes);
void probe_arrived(struct probe *p, uint8_t id, int64_t arrival, uint32_t bytes);
void probe_lost(struct probe *p, uint8_t id);

/* The measured rate in bit/s, once; 0 = no answer yet, or none to be had. told: when the newest
 * packet was sent that feedback told about. */
double probe_result(struct probe *p, int64_t told);
