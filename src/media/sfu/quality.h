/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How well a participant is connected (livekit-protocol 6.4): every 5 s, from loss on its way to us, and
 * from loss, round trip and jitter on our way to it. Told by EV_CONNECTION when it changed, and with the
 * figures by EV_MEASURED each time. LOST means that nothing at all came for 10 s. Embedded in the participant. Thread: the worker of the room.
 */
#pragma once

#include <stdint.h>

struct participant;

enum {
	QUALITY_INTERVAL_US = 5 * 1000 * 1000,
	QUALITY_LOST_US = 10 * 1000 * 1000,
	QUALITY_EXCELLENT_FROM = 80, /* of 100 */
	QUALITY_GOOD_FROM = 40,
};

struct quality {
	uint64_t due;
	uint8_t told; /* CONNECTION_… + 1; 0 = nothing yet */
};

/*
 * 0..100, in the manner of ITU-T G.107: what delay and loss take away. loss: of 10000 packets. It is
 * the loss before repair: retransmissions hide some of it, so 2 % still count as excellent.
 */
unsigned quality_score(uint32_t loss, uint32_t rtt_us, uint32_t jitter_us);

/* Measures and tells when it is time. Called on every tick of its connections. */
void quality_tick(struct participant *p, uint64_t now);
