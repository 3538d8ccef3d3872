/* SPDX-License-Identifier: Apache-2.0 */
/* One subscriber of three layers, for test_down.c and test_down_again.c. */
#pragma once

#include "media/rtp/down.h"
#include "source.h"

enum { MS = 1000, S = 1000 * 1000, OUT_SSRC = 0xd0d0, RTX_SSRC = 0xd1d1, OUT_PT = 98, RTX_PT = 99 };

/* One subscriber with the caches and clocks of three layers. */
struct down_case {
	struct down down;
	struct cache caches[3];
	const struct cache *shared[DOWN_SOURCES];
	struct media_clock clocks[3];
	struct source sources[3];
	uint64_t now, sequence[3];
	uint8_t out[1600];
	struct rtp_header h; /* of the last packet out */
	uint16_t transport_sequence;
};

struct down_case *down_case_new(enum media_codec codec, bool rtx);
void down_case_free(struct down_case *f);

/* The next packet of a layer, not yet sent; bytes must live as long as *ret. */
void down_case_packet(struct down_case *f, uint8_t layer, uint8_t index, uint8_t count, bool key,
		      uint8_t bytes[200], struct media_packet *ret);

/* Sends it; its header is in `h` then. */
enum down_verdict down_case_send(struct down_case *f, uint8_t layer, const struct media_packet *p);

/* A frame of one packet, sent. */
enum down_verdict down_case_frame(struct down_case *f, uint8_t layer, bool key);

/* Time goes on for everybody. */
void down_case_pass(struct down_case *f, uint64_t us);

/* The descriptor of the last packet out. */
struct vp8_descriptor down_case_vp8(const struct down_case *f);
