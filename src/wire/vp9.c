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

/* Which other pictures this one needs: up to three, each says whether another follows (RFC 9628 4.2). */
static void skip_references(struct rd *r)
{
	for (int i = 0; i < 3 && (rd_u8(r) & 1); i++) {}
}

/* RFC 9628 4.2.1 */
static void skip_structure(struct rd *r)
{
	uint8_t first = rd_u8(r);
	unsigned pictures;

	if (first & 0x10) /* Y: width and height of each spatial layer */
		(void)rd_take(r, ((first >> 5) + 1u) * 4);
	if (!(first & 0x08)) /* G: a group of pictures */
		return;
	pictures = rd_u8(r);
	while (pictures-- && !r->bad)
		(void)rd_take(r, rd_u8(r) >> 2 & 3);
}

size_t vp9_descriptor_length(const void *payload, size_t n)
{
	struct rd r = rd_of(payload, n);
	uint8_t first = rd_u8(&r);

	if ((first & 0x80) && (rd_u8(&r) & 0x80)) /* I, M */
		(void)rd_u8(&r);
	if (first & 0x20) /* L; without F another byte */
		(void)rd_take(&r, first & 0x10 ? 1 : 2);
	if ((first & 0x50) == 0x50) /* P and F */
		skip_references(&r);
	if (first & 0x02) /* V */
		skip_structure(&r);
	return r.bad || rd_left(&r) == 0 ? 0 : n - rd_left(&r);
}

struct pictures vp9_pictures(const struct vp9_descriptor *d)
{
	return (struct pictures){ .id = d->picture_id,
				  .tl0 = d->tl0picidx,
				  .id_at = d->picture_id_at,
				  .tl0_at = d->tl0picidx_at,
				  .long_id = d->long_picture_id,
				  .known = true };
}
