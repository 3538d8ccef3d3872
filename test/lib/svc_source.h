/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An encoder with spatial and temporal layers, as far as its dependency descriptors go: the modes
 * L1T1 … L3T3 and L2T1_KEY … L3T3_KEY with the decode targets that libwebrtc announces. Temporal
 * layers come as T0 T2 T1 T2 (three) or T0 T1 (two). For tests.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "wire/dd.h"

struct svc_source {
	int spatial, temporal; /* 1..3 layers */
	bool key_mode;	       /* _KEY: spatial layers refer to each other in key frames only */
	uint16_t number;       /* of the next frame */
	uint32_t picture;      /* since the key frame */
	uint16_t last[3][3];   /* number of the newest frame of each layer */
	struct svc_frame {
		uint16_t number, refs[2];
		uint8_t spatial, temporal, ref_count;
		bool key;
	} frames[3]; /* of the present picture, lowest spatial layer first */
};

/* The next picture: its frames. */
void svc_source_next(struct svc_source *s, bool key);

/* The descriptor of a packet of frame `f`. ret: DD_MAX bytes. Returns the length. */
size_t svc_source_descriptor(const struct svc_source *s, const struct svc_frame *f, bool start,
			     bool end, uint8_t *ret);
