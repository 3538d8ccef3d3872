/* SPDX-License-Identifier: Apache-2.0 */
/* The VP9 payload descriptor (RFC 9628 4.2): what a forwarder looks at, and where it ends. Pure. Any thread. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "wire/pictures.h"

/*
 *      0 1 2 3 4 5 6 7
 *     |I|P|L|F|B|E|V|Z|
 *  I: |M| PICTURE ID  |  (+ 8 bits if M)
 *  L: | TID |U| SID |D|
 *     |   TL0PICIDX   |  if not F
 */
struct vp9_descriptor {
	bool inter;	 /* P: predicted from other pictures */
	bool start, end; /* B, E: of a layer frame */
	bool has_layers, flexible;
	bool has_picture_id, long_picture_id; /* long: 15 bits */
	bool switching_up;		      /* U: higher temporal layers may follow from here */
	bool inter_layer; /* D: predicted from the lower spatial layer of the same picture */
	bool has_tl0picidx;
	uint16_t picture_id;
	uint8_t tid, sid, tl0picidx;
	uint8_t picture_id_at, tl0picidx_at; /* offsets in the payload; 0 = absent */
	bool key_frame;			     /* a picture that needs no other begins here */
};

/* False when the descriptor does not fit the payload or nothing follows it. The scalability
 * structure (V) and the references of flexible mode are not read. */
bool vp9_parse(struct vp9_descriptor *ret, const void *payload, size_t n);

/*
 * How long the whole descriptor is, with the references of flexible mode and the scalability structure: what
 * follows is VP9. 0: it does not fit the payload, or nothing follows.
 */
size_t vp9_descriptor_length(const void *payload, size_t n);

/* The numbers to go on with. */
struct pictures vp9_pictures(const struct vp9_descriptor *d);

/* AV1's aggregation header (RTP Payload Format For AV1 4.4): N, a coded video sequence begins. */
static inline bool av1_is_key_frame(const uint8_t *payload, size_t n)
{
	return n > 1 && payload[0] & 0x08;
}
