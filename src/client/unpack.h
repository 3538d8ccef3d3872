/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Received RTP payloads into encoded frames: VP8 (RFC 7741), VP9 (RFC 9628), H.264 (RFC 6184: single NAL units,
 * STAP-A, FU-A), AV1 (RTP Payload Format For AV1), Opus (RFC 7587). Packets are put in order and held while one is missing that may
 * still come as a retransmission; after UNPACK_WAIT_US a video stream goes on at the next key frame,
 * so that whatever comes out can be decoded. Opus does not wait: frames come out as they arrive.
 * Owned by one received stream; one thread.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "media/rtp/packet.h"

enum {
	UNPACK_PACKETS = 2048,	     /* held at most: as many as a key frame may have */
	UNPACK_FRAME_MAX = 4 << 20,  /* bytes; a longer frame is dropped */
	UNPACK_WAIT_US = 500 * 1000, /* for a missing packet */
};

struct unpack_slot {
	uint64_t sequence; /* 0 = empty */
	uint64_t arrival;
	uint32_t timestamp;
	uint16_t length;
	uint8_t flags;	/* enum media_flags */
	uint8_t *bytes; /* owned */
};

struct unpack {
	enum media_codec codec;
	struct unpack_slot *slots; /* UNPACK_PACKETS; allocated with the first packet */
	uint64_t next; /* sequence that the next frame begins with; 0 = at a key frame */
	uint64_t highest;
	uint8_t *frame; /* owned */
	size_t length, capacity;
	size_t obu_at; /* AV1: where the OBU that is being put together begins */
	bool obu_open;
	bool wants_key;
	uint64_t frames, dropped; /* dropped: packets that no frame came of */
};

/* A whole frame; valid until the next call. H.264 has start codes of four bytes, AV1 a temporal
 * delimiter and sizes. */
struct unpack_frame {
	const uint8_t *bytes;
	size_t length;
	uint32_t timestamp; /* RTP */
	uint64_t arrival;   /* µs, of its last packet */
	bool key;
};

void unpack_init(struct unpack *u, enum media_codec codec);
void unpack_fini(struct unpack *u);

/* Takes one packet of receive order, as up_rx gave it. 0 or -ENOMEM. Then unpack_next until false. */
int unpack_put(struct unpack *u, const struct media_packet *p);

/* The next frame that is whole and in order. Gives up what waited too long by `now`. */
bool unpack_next(struct unpack *u, uint64_t now, struct unpack_frame *ret);

/* True while nothing can come out without a key frame: ask for one. */
bool unpack_wants_key(const struct unpack *u);
