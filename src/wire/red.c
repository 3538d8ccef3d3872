/* SPDX-License-Identifier: Apache-2.0 */
/* RFC 2198 3: headers first, then the data in the same order. See red.h. */
#include "wire/red.h"

#include "base/rd.h"

bool red_parse(struct red *ret, const void *payload, size_t n)
{
	struct rd r = rd_of(payload, n);
	struct red red = { 0 };
	bool more;

	do {
		struct red_block *block = &red.blocks[red.count];
		uint8_t first = rd_u8(&r);

		if (red.count == RED_BLOCKS)
			return false;
		more = first & 0x80;
		block->payload_type = first & 0x7f;
		if (more) {
			uint32_t rest = rd_be24(&r);

			block->offset = (uint16_t)(rest >> 10);
			block->length = rest & 0x3ff;
		}
		red.count++;
	} while (more && !r.bad);
	for (unsigned i = 0; i + 1 < red.count; i++)
		red.blocks[i].data = rd_take(&r, red.blocks[i].length);

	struct red_block *own = &red.blocks[red.count - 1];
	if (r.bad || rd_left(&r) > UINT16_MAX)
		return false;
	own->length = (uint16_t)rd_left(&r);
	own->data = rd_take(&r, own->length);
	*ret = red;
	return true;
}

void red_write(struct wr *w, const struct red *red)
{
	for (unsigned i = 0; i < red->count; i++) {
		const struct red_block *b = &red->blocks[i];
		bool own = i + 1 == red->count;

		if (!own && (b->offset > RED_OFFSET_MAX || b->length > RED_LENGTH_MAX))
			w->bad = true;
		wr_u8(w, (uint8_t)(b->payload_type | (own ? 0 : 0x80)));
		if (!own)
			wr_be24(w, (uint32_t)b->offset << 10 | b->length);
	}
	for (unsigned i = 0; i < red->count; i++)
		wr_bytes(w, red->blocks[i].data, red->blocks[i].length);
}
