/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Key frame requests towards one published layer, coalesced (R50): the first goes out at once, then
 * at most one per max(500 ms, 1.5 RTT). A wish in between is remembered, not dropped, and a request
 * is repeated until a key frame arrives (a PLI may be lost), up to KEYFRAME_TRIES. One object
 * serves all subscribers. Embedded.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum { KEYFRAME_INTERVAL_US = 500 * 1000, KEYFRAME_TRIES = 10 };

struct keyframe {
	uint64_t last_sent; /* 0 = never */
	uint64_t rtt;	    /* µs, for the interval */
	bool wanted;
	uint8_t tries; /* requests since the last key frame or the last wish after giving up */
	uint32_t sent; /* statistics: requests that went out */
};

void keyframe_init(struct keyframe *k);

/* Somebody cannot decode. rtt: of the publisher's path in µs, 0 = unknown. */
void keyframe_want(struct keyframe *k, uint64_t rtt);

/* True when a PLI shall be sent now; counts it as sent. */
bool keyframe_due(struct keyframe *k, uint64_t now);

/* When keyframe_due may next be true; UINT64_MAX = nothing wanted. */
uint64_t keyframe_deadline(const struct keyframe *k);

/* A key frame began to arrive: all wishes are met. */
void keyframe_arrived(struct keyframe *k);
