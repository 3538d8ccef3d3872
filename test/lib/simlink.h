/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A model of a link, one direction: rate, drop-tail queue, delay, jitter, random and burst loss,
 * reordering, duplication, blackout. All chance comes from the seed, so that a run replays exactly.
 * It asks no clock: test/sim runs it in virtual time, test/netns/wan.c on real packets. For tests;
 * aborts when memory runs out.
 *
 *   simlink_send(l, now, tag, bytes, n);
 *   while (simlink_next(l) <= now && simlink_recv(l, now, &tag, buffer, sizeof buffer, &n)) …
 *
 * One thread. `now` in µs must not go back.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Probabilities are per packet, in millionths; zero turns a thing off. */
struct simlink_config {
	uint64_t rate_bps;    /* 0 = no limit */
	uint32_t queue_bytes; /* waiting for the rate, drop-tail; 0 = no limit */
	uint32_t delay_us;    /* propagation */
	uint32_t jitter_us;   /* 0..this is added to the delay; does not reorder by itself */
	uint32_t loss_ppm;
	/* Gilbert-Elliott model: bursts begin with burst_ppm, last burst_packets on average, and
	 * lose everything inside, or burst_loss_ppm of it. */
	uint32_t burst_ppm, burst_packets, burst_loss_ppm;
	uint32_t reorder_ppm,
		reorder_us; /* such a packet comes up to reorder_us late, others overtake it */
	uint32_t duplicate_ppm;
	uint32_t overhead; /* bytes per packet on the wire beside its own, e.g. 28 for IPv4 and UDP
			    */
	bool down;	   /* a blackout: nothing that is sent now arrives */
};

struct simlink_stats {
	uint64_t sent, delivered, lost, queue_dropped, reordered, duplicated;
	uint64_t bytes_delivered;
	uint64_t max_queue_us; /* longest wait for the rate */
};

struct simlink;

struct simlink *simlink_new(uint64_t seed, const struct simlink_config *config);
struct simlink *simlink_free(struct simlink *l);

/* From now on; packets under way keep their time. */
void simlink_set(struct simlink *l, const struct simlink_config *config);

/* Puts a packet on the link. tag: the caller's, comes out with it (a stream, a destination). */
void simlink_send(struct simlink *l, uint64_t now, uint32_t tag, const void *bytes, size_t n);

/* When the next packet comes out; UINT64_MAX = none is under way. */
uint64_t simlink_next(const struct simlink *l);

/*
 * Takes the next packet that has come out by `now`, in order of arrival; false when there is none.
 * Longer packets than capacity are cut. ret_tag and ret_n may be NULL.
 */
bool simlink_recv(struct simlink *l, uint64_t now, uint32_t *ret_tag, void *ret_bytes,
		  size_t capacity, size_t *ret_n);

/* Its arrival time, of the packet that simlink_recv gave last. */
uint64_t simlink_arrival(const struct simlink *l);

/* How long a packet sent now would wait for the rate, µs. */
uint64_t simlink_wait(const struct simlink *l, uint64_t now);

const struct simlink_stats *simlink_stats(const struct simlink *l);
