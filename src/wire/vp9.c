/* SPDX-License-Identifier: Apache-2.0 */
/* VP9's payload descriptor (RFC 9628 4.2). See vp9.h. */
#include "wire/vp9.h"

#include "base/rd.h"
#include "base/wr.h"

bool vp9_parse(struct vp9_descriptor *ret, const void *payload, size_t n)
{
	const uint8_t *start = payload;
	struct rd r = rd_of(payload, n);
	uint8_t first = rd_u8(&r);
	struct vp9_descriptor d = {
		.has_picture_id = first & 0x80,
		.inter = first & 0x40,
		.has_layers = first & 0x20,
		.flexible = first & 0x10,
		.start = first & 0x08,
		.end = first & 0x04,
	};

	if (d.has_picture_id) {
		d.picture_id_at = (uint8_t)(r.p - start);
		d.picture_id = rd_u8(&r);
		d.long_picture_id = d.picture_id & 0x80;
		if (d.long_picture_id)
			d.picture_id = (uint16_t)((d.picture_id & 0x7f) << 8 | rd_u8(&r));
	}
	if (d.has_layers) {
		uint8_t layers = rd_u8(&r);

		d.tid = layers >> 5;
		d.switching_up = layers & 0x10;
		d.sid = layers >> 1 & 7;
		d.inter_layer = layers & 1;
		if (!d.flexible) {
			d.has_tl0picidx = true;
			d.tl0picidx_at = (uint8_t)(r.p - start);
			d.tl0picidx = rd_u8(&r);
		}
	}
	if (rd_left(&r) == 0)
		return false;
	d.key_frame = d.start && !d.inter && d.sid == 0;
	*ret = d;
	return true;
}

void vp9_rewrite(uint8_t *payload, const struct vp9_descriptor *d, uint16_t picture_id,
		 uint8_t tl0picidx)
{
	if (d->picture_id_at && d->long_picture_id)
		put_be16(payload + d->picture_id_at, (uint16_t)(0x8000 | picture_id));
	else if (d->picture_id_at)
		payload[d->picture_id_at] = picture_id & 0x7f;
	if (d->tl0picidx_at)
		payload[d->tl0picidx_at] = tl0picidx;
}
