/* SPDX-License-Identifier: Apache-2.0 */
#include "net/framing.h"

#include <string.h>

static size_t header(const struct framing *f)
{
	return f->turn ? FRAMING_TURN_HEADER : FRAMING_HEADER;
}

/* How long the frame and its header are, once that is there; 0: too long, or no frame. */
static size_t announced(const struct framing *f)
{
	const uint8_t *b = f->bytes;
	size_t n = f->turn ? (size_t)b[2] << 8 | b[3] : (size_t)b[0] << 8 | b[1];

	if (!f->turn) /* a peer with longer ones sends no WebRTC: its longest packets fit the path MTU */
		return n > LIMIT_DATAGRAM ? 0 : FRAMING_HEADER + n;
	if (b[0] >= 0x40 && b[0] <= 0x4f) /* RFC 7983, RFC 8656 12.5 */
		n = FRAMING_TURN_HEADER + ((n + 3) & ~(size_t)3);
	else
		n = b[0] < 4 && !(n & 3) ? n + 20 : 0; /* RFC 8489 5 */
	return n > FRAMING_TURN_MAX ? 0 : n;
}

size_t framing_missing(const struct framing *f)
{
	return (f->have < header(f) ? header(f) : announced(f)) - f->have;
}

bool framing_next(struct framing *f, struct rd *in, uint8_t **ret, size_t *ret_length)
{
	while (!f->bad && rd_left(in) > 0) {
		size_t n = framing_missing(f), left = rd_left(in);

		n = n < left ? n : left;
		memcpy(f->bytes + f->have, in->p, n);
		rd_skip(in, n);
		f->have = (uint16_t)(f->have + n);
		if (f->have < header(f))
			continue;
		size_t whole = announced(f), before = f->turn ? 0 : FRAMING_HEADER;
		f->bad = whole == 0;
		if (f->bad || f->have < whole)
			continue;
		f->have = 0; /* the bytes stay until the next call */
		if (whole == before)
			continue;
		*ret = f->bytes + before;
		*ret_length = whole - before;
		return true;
	}
	return false;
}
