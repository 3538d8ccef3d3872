/* SPDX-License-Identifier: Apache-2.0 */
/*
 * AV1 as far as packets need it: open bitstream units (AV1 specification 5.3, 7.5), and what is in an RTP payload (RTP Payload
 * Format For AV1, 4.3-4.5). Pure. Any thread.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* AV1 6.2.2 */
enum av1_obu_type {
	AV1_SEQUENCE_HEADER = 1,
	AV1_TEMPORAL_DELIMITER = 2,
	AV1_FRAME_HEADER = 3,
	AV1_FRAME = 6,
	AV1_TILE_LIST = 8,
};

enum {
	AV1_HAS_SIZE = 0x02, /* in the first byte of an OBU (5.3.2) */
	AV1_LEB128_MAX = 8,  /* bytes (4.10.5) */
};

struct av1_obu {
	enum av1_obu_type type;
	uint8_t header[2]; /* without obu_has_size_field */
	uint8_t header_length;
	const uint8_t *payload;
	size_t length; /* of the payload */
	size_t total;  /* with header and size field: the next one begins there */
};

/* One OBU; without a size field it goes to the end. False: it does not fit, or its forbidden bit is set. */
bool av1_obu_parse(struct av1_obu *ret, const uint8_t *bytes, size_t n);

/* Whether a coded video sequence begins here: a sequence header, then a key frame (7.5). `bytes`: a temporal unit. */
bool av1_is_key_unit(const uint8_t *bytes, size_t n);

/* leb128 (4.10.5): its length; reading, 0: it does not fit, or is over 32 bits. */
size_t av1_leb128_read(const uint8_t *bytes, size_t n, size_t *ret);
size_t av1_leb128_write(uint8_t ret[AV1_LEB128_MAX], size_t value);
size_t av1_leb128_length(size_t value);

/* The elements of a payload: OBUs or pieces of them. */
struct av1_payload {
	const uint8_t *at, *end;
	unsigned left;	 /* elements by W; 0: not told, each has its length */
	bool continued;	 /* Z: the first goes on with what the packet before has begun */
	bool unfinished; /* Y: the last goes on in the next packet */
	bool starts;	 /* N: a coded video sequence begins */
	bool first, bad;
};

struct av1_element {
	const uint8_t *bytes;
	size_t length;
	bool continues, goes_on; /* it is not the beginning, not the end of its OBU */
};

/* False: shorter than its header. */
bool av1_payload_begin(struct av1_payload *p, const uint8_t *bytes, size_t n);
/* The next element; false: there is none, or `bad`. */
bool av1_payload_next(struct av1_payload *p, struct av1_element *ret);
