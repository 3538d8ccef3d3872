/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The dependency descriptor: which layer a frame belongs to, who needs it and what it refers to (RTP
 * Payload Format For AV1, appendix A; VP9 carries it too). Frames name a template of a structure
 * that comes with key frames, so reading one takes the structure that counts at the moment. Pure.
 * Any thread.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	DD_MIN = 3,   /* bytes; more = extended fields follow */
	DD_MAX = 160, /* bytes that we take; L3T3_KEY has about 100 */
	DD_TARGETS = 32,
	DD_TEMPLATES = 64,
	DD_REFS = 8, /* frames that one refers to; more is refused */
	DD_SPATIAL = 4,
	DD_TEMPORAL = 8,
	DD_GROWTH = 5, /* bytes that dd_write adds at most: a bitmask of 32 targets */
};

/* Decode target indication (A.4): what a frame is to who decodes that target. */
enum dd_dti { DD_NOT_PRESENT, DD_DISCARDABLE, DD_SWITCH, DD_REQUIRED };

/* What templates and frames say alike. */
struct dd_frame {
	uint8_t spatial, temporal, ref_count;
	uint16_t refs[DD_REFS]; /* distances to frames referred to, 1..4096, in frame numbers */
	uint64_t dtis;		/* two bits for each target, target 0 lowest */
};

struct dd_structure {
	uint8_t id_offset, target_count, template_count, chain_count;
	uint8_t spatial_count, temporal_count;
	struct dd_frame templates[DD_TEMPLATES];
	uint8_t spatial[DD_TARGETS], temporal[DD_TARGETS]; /* of each target: its best layer */
	uint16_t width[DD_SPATIAL], height[DD_SPATIAL];	   /* 0 = not said */
};

struct dd {
	bool start, end; /* first, last packet of the frame */
	uint16_t number; /* of the frame */
	uint8_t target_count;
	bool has_structure, has_mask;
	uint32_t mask; /* has_mask: targets that are being sent now; else as before, or all */
	struct dd_frame frame;
	/* Bits, from the start: where the mask is or would be, what follows it, the end. */
	uint16_t mask_at, rest_at, end_at;
};

/*
 * Reads n bytes. `current`: the structure of the last key frame, NULL = none yet. When the
 * descriptor brings one, that is read by and put into *ret_structure (not NULL). False: malformed,
 * over a limit above, or of an unknown template; nothing was written then.
 */
bool dd_parse(struct dd *ret, struct dd_structure *ret_structure,
	      const struct dd_structure *current, const void *bytes, size_t n);

static inline enum dd_dti dd_dti(const struct dd_frame *f, unsigned target)
{
	return (enum dd_dti)(f->dtis >> (target * 2) & 3);
}

/*
 * Writes the descriptor that `d` was parsed from again, with another frame number and with `mask`:
 * which targets the receiver gets. `ret` has room for n + DD_GROWTH bytes.
 * Returns the length.
 */
size_t dd_write(uint8_t *ret, const struct dd *d, const uint8_t *bytes, size_t n, uint16_t number,
		uint32_t mask);
