/* SPDX-License-Identifier: Apache-2.0 */
/* VP8's payload descriptor (RFC 7741 4.2) and key frame header (RFC 6386 9.1). See vp8.h. */
#include "wire/vp8.h"

#include <string.h>

#include "base/rd.h"
#include "base/wr.h"

/*
 * Frame tag: size0 (3) | H (1) | version (3) | P (1, 0 = key frame), 16 more bits of size; a key
 * frame goes on with a start code and 14 bits each of width and height below 2 bits of scale.
 */
static void parse_key_frame(struct vp8_descriptor *d, struct rd r)
{
	static const uint8_t start_code[3] = { 0x9d, 0x01, 0x2a };
	const uint8_t *tag = rd_take(&r, 3);
	const uint8_t *code = rd_take(&r, sizeof start_code);
	const uint8_t *size = rd_take(&r, 4);

	if (!size || tag[0] & 1 || memcmp(code, start_code, sizeof start_code) != 0)
		return;
	d->key_frame = true;
	d->width = (uint16_t)((size[0] | size[1] << 8) & 0x3fff);
	d->height = (uint16_t)((size[2] | size[3] << 8) & 0x3fff);
}

bool vp8_parse(struct vp8_descriptor *ret, const void *payload, size_t n)
{
	const uint8_t *start = payload;
	struct rd r = rd_of(payload, n);
	uint8_t first = rd_u8(&r);
	uint8_t flags = first & 0x80 ? rd_u8(&r) : 0;
	struct vp8_descriptor d = {
		.non_reference = first & 0x20,
		.start = first & 0x10,
		.partition = first & 0x07,
		.has_picture_id = flags & 0x80,
		.has_tl0picidx = flags & 0x40,
		.has_tid = flags & 0x20,
		.has_keyidx = flags & 0x10,
	};

	if (d.has_picture_id) {
		d.picture_id_at = (uint8_t)(r.p - start);
		d.picture_id = rd_u8(&r);
		d.long_picture_id = d.picture_id & 0x80;
		if (d.long_picture_id)
			d.picture_id = (uint16_t)((d.picture_id & 0x7f) << 8 | rd_u8(&r));
	}
	if (d.has_tl0picidx) {
		d.tl0picidx_at = (uint8_t)(r.p - start);
		d.tl0picidx = rd_u8(&r);
	}
	if (d.has_tid || d.has_keyidx) {
		uint8_t byte = rd_u8(&r);

		d.tid = d.has_tid ? byte >> 6 : 0;
		d.layer_sync = d.has_tid && byte & 0x20;
		d.keyidx = d.has_keyidx ? byte & 0x1f : 0;
	}
	if (rd_left(&r) == 0)
		return false;
	d.length = (uint8_t)(r.p - start);
	d.frame_start = d.start && d.partition == 0;
	if (d.frame_start)
		parse_key_frame(&d, r);
	*ret = d;
	return true;
}

struct pictures vp8_pictures(const struct vp8_descriptor *d)
{
	return (struct pictures){ .id = d->picture_id,
				  .tl0 = d->tl0picidx,
				  .id_at = d->picture_id_at,
				  .tl0_at = d->tl0picidx_at,
				  .long_id = d->long_picture_id,
				  .known = true };
}
