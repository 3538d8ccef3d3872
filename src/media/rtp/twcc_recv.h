/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The receiving half of transport-wide congestion control
 * (draft-holmer-rmcat-transport-wide-cc-extensions-01): notes when each packet of one publisher
 * transport arrived and says it back every 50-100 ms, so that the browser's encoder climbs.
 * Bounded: TWCC_RECV_WINDOW numbers. No heap; one per publisher transport.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/wr.h"

enum {
	TWCC_RECV_WINDOW = 1024,	/* sequence numbers; power of two */
	TWCC_RECV_INTERVAL_US = 100000, /* between feedbacks, … */
	TWCC_RECV_MIN_US = 50000,	/* … this when TWCC_RECV_SOON packets wait, … */
	TWCC_RECV_SOON = 20,
	TWCC_RECV_FULL = 512, /* … and at once when this many do */
};

struct twcc_recv {
	uint64_t arrival[TWCC_RECV_WINDOW]; /* µs; 0 = not arrived */
	uint64_t next;	   /* extended: first number the next feedback speaks about */
	uint64_t highest;  /* extended */
	uint64_t first_at; /* arrival of the first unreported packet */
	uint64_t last_sent;
	uint32_t waiting; /* arrived and not yet reported */
	uint32_t media_ssrc;
	uint8_t feedback_count;
	bool started;
	uint64_t dropped; /* too old to be reported */
};

void twcc_recv_init(struct twcc_recv *t);

/* A packet with transport sequence number `sequence` came.
 * media_ssrc: of the packet, for the feedback's header. */
void twcc_recv_rx(struct twcc_recv *t, uint64_t arrival, uint16_t sequence, uint32_t media_ssrc);

/* When feedback is due; UINT64_MAX = nothing to say. */
uint64_t twcc_recv_deadline(const struct twcc_recv *t);

/*
 * Appends one feedback packet (RTCP RTPFB, FMT 15) and forgets what it told. False: nothing left to
 * say, or no room (then *out is as before). Call it until false when twcc_recv_deadline is reached;
 * 600 bytes of room are enough.
 */
bool twcc_recv_write(struct twcc_recv *t, uint64_t now, uint32_t sender_ssrc, struct wr *out);
