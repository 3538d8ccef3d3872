/* SPDX-License-Identifier: Apache-2.0 */
/* The VP8 payload descriptor (RFC 7741 4.2) and what a
 * forwarder needs of the frame header. Pure. Any thread. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "wire/pictures.h"

/*
 *      0 1 2 3 4 5 6 7
 *     |X|R|N|S|R| PID |
 *  X: |I|L|T|K| RSV   |
 *  I: |M| PictureID   |  (+ 8 bits if M)
 *  L: |   TL0PICIDX   |
 *  T/K: |TID|Y| KEYIDX|
 */
struct vp8_descriptor {
	bool non_reference;		      /* N: may be dropped without harm to others */
	bool start;			      /* S: first packet of a partition */
	uint8_t partition;		      /* PID */
	bool has_picture_id, long_picture_id; /* long: 15 bits */
	uint16_t picture_id;
	bool has_tl0picidx, has_tid, has_keyidx;
	uint8_t tl0picidx, tid, keyidx;
	bool layer_sync;  /* Y */
	bool frame_start; /* S and PID 0: the frame begins here */
	bool key_frame;	  /* a key frame begins here, and its header is complete in this packet */
	uint16_t width, height;		     /* of a key frame, else 0 */
	uint8_t length;			     /* of the descriptor */
	uint8_t picture_id_at, tl0picidx_at; /* offsets in the payload; 0 = absent */
};

/* False when the descriptor does not fit the payload or nothing follows it. */
bool vp8_parse(struct vp8_descriptor *ret, const void *payload, size_t n);

/* The numbers to go on with. */
struct pictures vp8_pictures(const struct vp8_descriptor *d);
