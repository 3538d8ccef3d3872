/* SPDX-License-Identifier: Apache-2.0 */
/*
 * More redundancy for subscribers that lose packets. libwebrtc repeats one earlier frame in a RED
 * packet (RFC 2198): at 20 % loss 4 % of the sound stays lost. The frames that came lately are kept
 * here, once for a track, so that its packets can leave with two earlier frames: 0.8 %. Only
 * packets that have redundancy already are given more of it: others may be encrypted end to end, and
 * their receiver expects them whole. Owned by the track; heap none. Thread: the worker of the room.
 */
#pragma once

#include "base/wr.h"
#include "media/rtp/packet.h"

enum {
	REDUNDANCY_FRAMES = 8,	  /* kept: more than come at once */
	REDUNDANCY_BEFORE = 2,	  /* in a packet, of those before it */
	REDUNDANCY_FRAME = 400,	  /* bytes; longer ones are not repeated */
	REDUNDANCY_PACKET = 1100, /* bytes of a payload made here: below any path's MTU */
	/* lost, of 256: at 5 % packets get more, below 2 % no longer */
	REDUNDANCY_ON = 13,
	REDUNDANCY_OFF = 5,
};

struct redundancy {
	struct {
		uint64_t sequence; /* 0 = none */
		uint32_t timestamp;
		uint16_t length;
		uint8_t payload_type;
		uint8_t bytes[REDUNDANCY_FRAME];
	} frames[REDUNDANCY_FRAMES];
};

/* Keeps the frames of a RED packet of the publisher; what is no RED is left alone. */
void redundancy_put(struct redundancy *r, const struct media_packet *p);

/*
 * The payload of packet `p` (RED) with the REDUNDANCY_BEFORE frames before it, as far as they are
 * known. False: as the publisher made it is best.
 */
bool redundancy_write(const struct redundancy *r, const struct media_packet *p, struct wr *w);
