/* SPDX-License-Identifier: Apache-2.0 */
/* See scalable.h. */
#include "media/rtp/scalable.h"

/* The target of each spatial layer that has the most temporal layers. */
static void take_structure(struct scalable *s, const struct dd_structure *structure,
			   uint64_t sequence)
{
	s->structure = *structure;
	s->known = true;
	s->sequence = sequence;
	s->spatial_count = structure->spatial_count > LAYERS_MAX ? LAYERS_MAX
								 : structure->spatial_count;
	for (uint8_t i = 0; i < s->spatial_count; i++) {
		int best = -1;

		for (uint8_t t = 0; t < structure->target_count; t++) {
			if (structure->spatial[t] == i &&
			    (best < 0 || structure->temporal[t] > structure->temporal[best]))
				best = t;
		}
		s->targets[i] = best < 0 ? 0 : (uint8_t)best;
	}
}

/* The facts of a frame that others ask the packet for. */
static void note(struct media_packet *p, const struct dd *d)
{
	bool base = d->frame.spatial == 0;

	p->dd = d;
	p->temporal = d->frame.temporal;
	p->flags &= (uint8_t)~MEDIA_FRAME_START;
	if (d->start && base)
		p->flags |= MEDIA_FRAME_START;
	if (!base || d->frame.ref_count || !d->start)
		p->flags &= (uint8_t)~MEDIA_KEY;
}

void scalable_rx(struct scalable *s, uint64_t now, struct media_packet *p, struct dd *storage)
{
	struct dd_structure structure;

	if (!p->dd_length || !dd_parse(storage, &structure, s->known ? &s->structure : NULL,
				       p->dd_bytes, p->dd_length))
		return;
	/* not by a late packet of a key frame before */
	if (storage->has_structure && p->sequence >= s->sequence)
		take_structure(s, &structure, p->sequence);
	if ((storage->has_structure || storage->has_mask) && p->sequence >= s->sequence)
		s->active = storage->mask;
	note(p, storage);
	for (uint8_t i = 0; i < s->spatial_count; i++) {
		if (dd_dti(&storage->frame, s->targets[i]) != DD_NOT_PRESENT)
			rate_add(&s->rates[i], now, p->length);
	}
}

void scalable_read(const struct scalable *s, struct media_packet *p, struct dd *storage)
{
	struct dd_structure structure;

	if (p->dd_length && s->known &&
	    dd_parse(storage, &structure, &s->structure, p->dd_bytes, p->dd_length))
		note(p, storage);
}

uint32_t scalable_bps(const struct scalable *s, uint64_t now, int layer)
{
	return layer < 0 || layer >= s->spatial_count ? 0 : rate_bps(&s->rates[layer], now);
}
