/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A temporal unit of AV1 into payloads (RTP Payload Format For AV1, 4): OBUs without their size fields and without temporal
 * delimiters, up to three in a packet, the last one perhaps only begun.
 */
#include <string.h>

#include "base/wr.h"
#include "client/pack.h"
#include "wire/av1.h"

enum { ELEMENTS = 3, CRUMB = 16, Z = 0x80, Y = 0x40, W_SHIFT = 4, N = 0x08 };

/* What is not to be sent (5): temporal delimiters SHOULD be removed, tile lists are not allowed. */
static bool is_sent(const struct av1_obu *o)
{
	return o->type != AV1_TEMPORAL_DELIMITER && o->type != AV1_TILE_LIST;
}

/* The next OBU. False: there is none. */
static bool load(struct pack *p)
{
	struct av1_obu o;

	p->obu_left = p->obu_done = 0;
	p->at = p->end;
	while (p->next < p->all && av1_obu_parse(&o, p->next, (size_t)(p->all - p->next))) {
		p->next += o.total;
		if (!is_sent(&o))
			continue;
		memcpy(p->obu, o.header, sizeof p->obu);
		p->obu_left = o.header_length;
		p->at = o.payload;
		p->end = o.payload + o.length;
		return true;
	}
	return false;
}

/* All of it must be OBUs, so that nothing is lost on the way. */
bool pack_av1_begin(struct pack *p)
{
	const uint8_t *at = p->next;
	struct av1_obu o;

	for (; at < p->all; at += o.total) {
		if (!av1_obu_parse(&o, at, (size_t)(p->all - at)))
			return false;
	}
	return load(p);
}

static size_t left_of(const struct pack *p)
{
	return p->obu_left + (size_t)(p->end - p->at);
}

static void write_piece(struct pack *p, struct wr *w, size_t n)
{
	size_t header = n < p->obu_left ? n : p->obu_left;

	wr_bytes(w, p->obu + p->obu_done, header);
	p->obu_left = (uint8_t)(p->obu_left - header);
	p->obu_done = (uint8_t)(p->obu_done + header);
	wr_bytes(w, p->at, n - header);
	p->at += n - header;
}

size_t pack_av1_next(struct pack *p, uint8_t ret[PACK_MAX], bool *ret_last)
{
	struct wr w = wr_of(ret + 1, PACK_MAX - 1);
	uint8_t length[AV1_LEB128_MAX], header = (uint8_t)(p->obu_done ? Z : 0);
	unsigned count = 0;
	bool more = left_of(p) > 0, open = false; /* open: the last element has no length */

	if (!more)
		return 0;
	if (p->first && p->key)
		header |= N;
	p->first = false;
	while (more && count < ELEMENTS && !open) {
		size_t left = left_of(p), room = PACK_MAX - 1 - wr_len(&w);
		size_t bytes = av1_leb128_write(length, left);
		bool ends = p->next == p->all; /* nothing follows: it needs no length */

		if (count && room < CRUMB)
			break;
		count++;
		open = ends || left + bytes > room;
		if (!open)
			wr_bytes(&w, length, bytes);
		if (left > room) {
			header |= Y;
			left = room;
		}
		write_piece(p, &w, left);
		more = left_of(p) > 0 || load(p);
	}
	/* W: how many, the last without a length; 0: all have one */
	ret[0] = (uint8_t)(header | (open ? count << W_SHIFT : 0));
	*ret_last = !more;
	return 1 + wr_len(&w);
}
