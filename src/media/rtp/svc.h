/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which spatial and temporal layers one subscriber gets of a stream that has them all in one (VP9
 * and AV1 SVC), by the dependency descriptor: one decode target is chosen, and a frame is forwarded
 * when that target needs it and everything it refers to was not left out. Another target is switched
 * to at a frame that allows it, which for more spatial layers (and in the _KEY modes for fewer) is a
 * key frame. Pure. Embedded, one per subscriber and video track.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "wire/dd.h"

enum { SVC_HISTORY = 256, SVC_NONE = -1 };

struct svc {
	int8_t target; /* forwarded now; SVC_NONE before the first key frame */
	uint8_t spatial_max, temporal_max;
	bool missed;	 /* a picture went by that did not allow to switch, … */
	bool waits_key;	 /* … and a second: only a key frame will */
	bool mask_due;	 /* the receiver does not know yet which targets it gets */
	uint16_t newest; /* frame number */
	uint64_t known[SVC_HISTORY / 64], kept[SVC_HISTORY / 64]; /* by the number's low bits */
};

void svc_init(struct svc *v);

/* Limits the choice from the next frame on. Layers count from 0. */
void svc_set_max(struct svc *v, unsigned spatial, unsigned temporal);

/* Forgets what is forwarded: the next packet forwarded is a key frame. */
void svc_restart(struct svc *v);

/* What becomes of a packet. */
struct svc_verdict {
	bool keep;
	bool marker;   /* set the marker: the receiver gets no more of this picture */
	uint32_t mask; /* tell the receiver that these targets are active; 0 = it knows */
};

/*
 * A packet of the frame `d`. active: the targets that the publisher sends now. key: it begins a key
 * frame.
 */
struct svc_verdict svc_decide(struct svc *v, const struct dd_structure *s, uint32_t active,
			      const struct dd *d, bool key);

/* Whether what is wanted takes a key frame. */
static inline bool svc_wants_key(const struct svc *v)
{
	return v->waits_key;
}
