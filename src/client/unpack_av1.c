/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Payloads of AV1 into a temporal unit (RTP Payload Format For AV1, 4): OBUs get their size fields back and a temporal
 * delimiter before them, as decoders and files have them (AV1 specification 5.2, 7.5).
 */
#include <string.h>

#include "client/unpack.h"
#include "client/unpack_add.h"
#include "wire/av1.h"

enum { DELIMITER = 2 };

bool unpack_av1_begin(struct unpack *u)
{
	static const uint8_t delimiter[DELIMITER] = { AV1_TEMPORAL_DELIMITER << 3 | AV1_HAS_SIZE,
						      0 };

	u->obu_open = false;
	return unpack_add(u, delimiter, sizeof delimiter);
}

/* What is from u->obu_at on is an OBU as it was sent. */
static bool finish_obu(struct unpack *u)
{
	size_t n = u->length - u->obu_at, size;
	uint8_t length[AV1_LEB128_MAX];
	struct av1_obu o;

	u->obu_open = false;
	if (!av1_obu_parse(&o, u->frame + u->obu_at, n) || o.total != n)
		return false;
	if (o.type == AV1_TEMPORAL_DELIMITER || o.type == AV1_TILE_LIST) {
		u->length = u->obu_at; /* ours is enough; lists are not allowed (5) */
		return true;
	}
	size = av1_leb128_write(length, o.length);
	/* room for a size field; the old one, if it had one, is as long or longer */
	if (o.header_length + size + o.length > n && !unpack_add(u, length, size))
		return false;
	uint8_t *at = u->frame + u->obu_at;
	size_t payload = n - o.length;
	memmove(at + o.header_length + size, at + payload, o.length);
	at[0] |= AV1_HAS_SIZE;
	memcpy(at + o.header_length, length, size);
	u->length = u->obu_at + o.header_length + size + o.length;
	return true;
}

bool unpack_av1_add(struct unpack *u, const uint8_t *bytes, size_t n)
{
	struct av1_element e;
	struct av1_payload p;

	if (!av1_payload_begin(&p, bytes, n))
		return false;
	while (av1_payload_next(&p, &e)) {
		if (e.continues != u->obu_open)
			return false;
		if (!e.continues)
			u->obu_at = u->length;
		if (!unpack_add(u, e.bytes, e.length))
			return false;
		u->obu_open = true;
		if (!e.goes_on && !finish_obu(u))
			return false;
	}
	return !p.bad;
}

/* A begun OBU must not be left, and there must be one. */
bool unpack_av1_end(struct unpack *u)
{
	if (u->length <= DELIMITER)
		u->length = 0;
	return !u->obu_open;
}
