/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Does somebody speak, and how loud? From the audio levels that the packets of one stream carry (RFC
 * 6464), over windows of 400 ms: who was louder than -35 dBov in 40 % of a window speaks. Embedded in
 * the track; zeroed memory is silence. Pure.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum {
	LOUDNESS_WINDOW_US = 400 * 1000,
	LOUDNESS_ACTIVE = 35,		 /* -dBov; quieter is no speech */
	LOUDNESS_PERCENT = 40,		 /* of the window */
	LOUDNESS_EIGHTHS = 8,		 /* a full level */
	LOUDNESS_PACKET_US = 120 * 1000, /* Opus has no longer packets (RFC 7587 4.2) */
};

struct loudness {
	uint32_t active_us; /* in this window, louder than LOUDNESS_ACTIVE */
	uint8_t loudest;    /* the smallest level of those; counts when active_us is not 0 */
	uint8_t quiet;	    /* windows without speech in a row */
	uint16_t level;	    /* smoothed, of 65535 */
	uint32_t timestamp; /* of the newest packet */
	bool started;
};

/* A packet: its level (0 loudest … 127 silent), its timestamp, and the stream's clock rate in Hz. */
void loudness_add(struct loudness *l, uint8_t level, uint32_t timestamp, uint32_t rate);

/* The end of a window. Returns the smoothed level in eighths, rounded up; 0 = does not speak. */
uint8_t loudness_window(struct loudness *l);

/* Is there anything that the end of the window could change? */
bool loudness_is_pending(const struct loudness *l);
