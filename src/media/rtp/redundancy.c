/* SPDX-License-Identifier: Apache-2.0 */
/* See redundancy.h. Way: sfu/forward.c ▸ [redundancy.c] ▸ down.c */
#include "media/rtp/redundancy.h"

#include <string.h>

#include "wire/red.h"

static void keep(struct redundancy *r, uint64_t sequence, uint32_t timestamp,
		 const struct red_block *b)
{
	size_t slot = sequence % REDUNDANCY_FRAMES;

	if (b->length > REDUNDANCY_FRAME || sequence <= r->frames[slot].sequence)
		return;
	r->frames[slot].sequence = sequence;
	r->frames[slot].timestamp = timestamp;
	r->frames[slot].length = b->length;
	r->frames[slot].payload_type = b->payload_type;
	memcpy(r->frames[slot].bytes, b->data, b->length);
}

/* Each block is the frame one number earlier; an empty one says that there was none. */
void redundancy_put(struct redundancy *r, const struct media_packet *p)
{
	struct red red;

	if (!p->red || !red_parse(&red, p->payload, p->length))
		return;
	for (unsigned i = 0; i < red.count; i++) {
		unsigned back = red.count - 1u - i;

		if (red.blocks[i].length && p->sequence > back)
			keep(r, p->sequence - back, p->timestamp - red.blocks[i].offset,
			     &red.blocks[i]);
	}
}

/* The frames up to `before` numbers back, oldest first. Returns their bytes, headers and all. */
static size_t collect(const struct redundancy *r, const struct media_packet *p, unsigned before,
		      struct red *ret)
{
	size_t n = 0;

	ret->count = 0;
	for (unsigned back = before; back; back--) {
		uint64_t sequence = p->sequence - back;
		size_t slot = sequence % REDUNDANCY_FRAMES;
		uint32_t offset = p->timestamp - r->frames[slot].timestamp;

		if (r->frames[slot].sequence != sequence || offset > RED_OFFSET_MAX)
			continue;
		ret->blocks[ret->count++] = (struct red_block){
			.payload_type = r->frames[slot].payload_type,
			.offset = (uint16_t)offset,
			.length = r->frames[slot].length,
			.data = r->frames[slot].bytes,
		};
		n += 4u + r->frames[slot].length;
	}
	return n;
}

bool redundancy_write(const struct redundancy *r, const struct media_packet *p, struct wr *w)
{
	struct red of_publisher, red = { 0 };

	if (!red_parse(&of_publisher, p->payload, p->length))
		return false;

	const struct red_block *own = &of_publisher.blocks[of_publisher.count - 1];
	unsigned before = REDUNDANCY_BEFORE;
	while (before && collect(r, p, before, &red) + 1 + own->length > REDUNDANCY_PACKET)
		before--;
	if (!before || red.count < of_publisher.count) /* no more than it has already */
		return false;
	red.blocks[red.count++] = *own;
	red_write(w, &red);
	return !w->bad;
}
