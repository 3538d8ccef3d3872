/* SPDX-License-Identifier: Apache-2.0 */
#include "net/framing.h"

#include <string.h>

/* Valid once both bytes are there. */
static size_t announced(const struct framing *f)
{
	return (size_t)f->bytes[0] << 8 | f->bytes[1];
}

size_t framing_missing(const struct framing *f)
{
	if (f->have < FRAMING_HEADER)
		return FRAMING_HEADER - f->have;
	return FRAMING_HEADER + announced(f) - f->have;
}

bool framing_next(struct framing *f, struct rd *in, uint8_t **ret, size_t *ret_length)
{
	while (!f->bad && rd_left(in) > 0) {
		size_t n = framing_missing(f), left = rd_left(in);

		n = n < left ? n : left;
		memcpy(f->bytes + f->have, in->p, n);
		rd_skip(in, n);
		f->have = (uint16_t)(f->have + n);
		if (f->have < FRAMING_HEADER)
			continue;
		/* such a peer sends no WebRTC: its longest packets fit the path MTU */
		f->bad = announced(f) > LIMIT_DATAGRAM;
		if (f->bad || framing_missing(f) > 0)
			continue;
		f->have = 0; /* the bytes stay until the next call */
		if (announced(f) == 0)
			continue;
		*ret = f->bytes + FRAMING_HEADER;
		*ret_length = announced(f);
		return true;
	}
	return false;
}
