/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How much may leave at once? Packets sent back to back are a train. One that arrives whole and
 * about as fast as it was sent met no narrow link and no queue on its way, and one twice as long
 * may be tried; one that is spread out or loses packets says that it was too long (packet-train
 * dispersion). draft-ietf-rmcat-gcc-02 4 leaves the size of a burst to the
 * pacer. So a fast path gets its key frames in one piece, and a slow one as its rate allows. Pure,
 * embedded, no heap; of the bandwidth estimator (bwe.h).
 */
#pragma once

#include <stdint.h>

enum {
	TRAIN_GAP_US = 1000,   /* sent within this of the first: one train */
	TRAIN_FAST_US = 2000,  /* spread at most so much: it met no queue; … */
	TRAIN_SLOW_US = 5000,  /* … and by so much: it was too long */
	TRAIN_MAX = 80 * 1024, /* bytes at once, whatever was proven */
	/* one that was too long is not tried again for so long, twice that the next time, … */
	TRAIN_PATIENCE_US = 30 * 1000 * 1000,
	TRAIN_PATIENCE_STEPS = 4, /* … so many times */
};

struct train {
	uint32_t proven;  /* bytes that went through at once */
	uint32_t ceiling; /* half of what was too long; 0 = nothing was, or long ago */
	int64_t patient_until;
	uint8_t failures;
	/* the train that the feedback tells of */
	int64_t first_sent, last_sent, first_arrival, last_arrival;
	uint32_t bytes, packets, lost;
};

/* One packet that was told about, in order of sending: times in µs, each on a clock of its own. */
void train_arrived(struct train *t, int64_t sent, int64_t arrival, uint32_t bytes);
void train_lost(struct train *t, int64_t sent, uint32_t bytes);

/* The path is in trouble: nothing is proven any more. */
void train_forget(struct train *t);

/* Bytes that may be tried at once; 0 = nothing is known. now: on the sender's clock. */
uint32_t train_allows(const struct train *t, int64_t now);
