/* SPDX-License-Identifier: Apache-2.0 */
/* The syntax of A.8.2, function for function. See dd.h. */
#include "wire/dd.h"

#include <string.h>

#include "wire/bits.h"

enum { ID_BITS = 6, NUMBER_BITS = 16, FLAG_BITS = 5, NEXT_TEMPORAL = 1, NEXT_SPATIAL, NO_NEXT };

static void add_ref(struct bits *b, struct dd_frame *f, uint32_t minus_one)
{
	if (f->ref_count == DD_REFS) {
		b->bad = true;
		return;
	}
	f->refs[f->ref_count++] = (uint16_t)(minus_one + 1);
}

static void read_dtis(struct bits *b, struct dd_frame *f, unsigned targets)
{
	f->dtis = 0;
	for (unsigned i = 0; i < targets; i++)
		f->dtis |= (uint64_t)bits_get(b, 2) << (i * 2);
}

/* template_layers() */
static void read_layers(struct bits *b, struct dd_structure *s)
{
	struct dd_frame at = { 0 };
	uint32_t next;

	do {
		if (s->template_count == DD_TEMPLATES || at.spatial >= DD_SPATIAL ||
		    at.temporal >= DD_TEMPORAL) {
			b->bad = true;
			return;
		}
		s->templates[s->template_count++] = at;
		if (at.temporal >= s->temporal_count)
			s->temporal_count = (uint8_t)(at.temporal + 1);
		s->spatial_count = (uint8_t)(at.spatial + 1);
		next = bits_get(b, 2);
		if (next == NEXT_TEMPORAL) {
			at.temporal++;
		} else if (next == NEXT_SPATIAL) {
			at.temporal = 0;
			at.spatial++;
		}
	} while (next != NO_NEXT && !b->bad);
}

/* template_fdiffs() */
static void read_template_refs(struct bits *b, struct dd_structure *s)
{
	for (unsigned i = 0; i < s->template_count; i++) {
		while (bits_get(b, 1) && !b->bad)
			add_ref(b, &s->templates[i], bits_get(b, 4));
	}
}

/* template_chains(): we follow references instead, so only their length counts */
static void read_chains(struct bits *b, struct dd_structure *s)
{
	s->chain_count = (uint8_t)bits_get_ns(b, s->target_count + 1u);
	if (!s->chain_count)
		return;
	for (unsigned i = 0; i < s->target_count; i++)
		(void)bits_get_ns(b, s->chain_count);
	for (unsigned i = 0; i < (unsigned)s->template_count * s->chain_count; i++)
		(void)bits_get(b, 4);
}

/* decode_target_layers() */
static void find_target_layers(struct dd_structure *s)
{
	for (unsigned t = 0; t < s->target_count; t++) {
		for (unsigned i = 0; i < s->template_count; i++) {
			const struct dd_frame *f = &s->templates[i];

			if (dd_dti(f, t) == DD_NOT_PRESENT)
				continue;
			if (f->spatial > s->spatial[t])
				s->spatial[t] = f->spatial;
			if (f->temporal > s->temporal[t])
				s->temporal[t] = f->temporal;
		}
	}
}

/* template_dependency_structure() */
static void read_structure(struct bits *b, struct dd_structure *s)
{
	*s = (struct dd_structure){ .id_offset = (uint8_t)bits_get(b, ID_BITS) };
	s->target_count = (uint8_t)(bits_get(b, 5) + 1);
	read_layers(b, s);
	for (unsigned i = 0; i < s->template_count; i++)
		read_dtis(b, &s->templates[i], s->target_count);
	read_template_refs(b, s);
	read_chains(b, s);
	find_target_layers(s);
	if (!bits_get(b, 1))
		return;
	for (unsigned i = 0; i < s->spatial_count; i++) {
		uint32_t width = bits_get(b, 16) + 1, height = bits_get(b, 16) + 1;

		s->width[i] = width > UINT16_MAX ? UINT16_MAX : (uint16_t)width;
		s->height[i] = height > UINT16_MAX ? UINT16_MAX : (uint16_t)height;
	}
}

/* frame_dependency_definition() */
static void read_frame(struct bits *b, struct dd_frame *f, const struct dd_structure *s, bool dtis,
		       bool refs, bool chains)
{
	if (dtis)
		read_dtis(b, f, s->target_count);
	if (refs) {
		f->ref_count = 0;
		for (uint32_t size; (size = bits_get(b, 2)) != 0;)
			add_ref(b, f, bits_get(b, size * 4));
	}
	for (unsigned i = 0; chains && i < s->chain_count; i++)
		(void)bits_get(b, 8);
}

bool dd_parse(struct dd *ret, struct dd_structure *ret_structure,
	      const struct dd_structure *current, const void *bytes, size_t n)
{
	struct bits b = bits_of(bytes, n);
	struct dd_structure structure;
	struct dd d = { .start = bits_get(&b, 1), .end = bits_get(&b, 1) };
	uint32_t id = bits_get(&b, ID_BITS), flags = 0;

	d.number = (uint16_t)bits_get(&b, NUMBER_BITS);
	if (n > DD_MIN)
		flags = bits_get(&b, FLAG_BITS);
	if (b.bad || n > DD_MAX)
		return false;
	d.has_structure = flags & 0x10;
	d.has_mask = flags & 0x08;
	if (d.has_structure) {
		read_structure(&b, &structure);
		current = &structure;
	}
	if (b.bad || !current)
		return false;
	d.target_count = current->target_count;
	d.mask_at = (uint16_t)b.at;
	d.mask = (uint32_t)(((uint64_t)1 << current->target_count) - 1);
	if (d.has_mask)
		d.mask = bits_get(&b, current->target_count);
	d.rest_at = (uint16_t)b.at;

	unsigned index = (id + DD_TEMPLATES - current->id_offset) % DD_TEMPLATES;
	if (index >= current->template_count)
		return false;
	d.frame = current->templates[index];
	read_frame(&b, &d.frame, current, flags & 4, flags & 2, flags & 1);
	if (b.bad)
		return false;
	d.end_at = (uint16_t)b.at;
	if (d.has_structure)
		*ret_structure = structure;
	*ret = d;
	return true;
}

size_t dd_write(uint8_t *ret, const struct dd *d, const uint8_t *bytes, size_t n, uint16_t number,
		uint32_t mask)
{
	struct bits_wr w = bits_wr_of(ret, n + DD_GROWTH);
	uint32_t flags = n > DD_MIN ? bytes[DD_MIN] >> (8 - FLAG_BITS) : 0;
	size_t flags_end = n > DD_MIN ? DD_MIN * 8 + FLAG_BITS : DD_MIN * 8;

	bits_put(&w, bytes[0], 8);
	bits_put(&w, number, NUMBER_BITS);
	bits_put(&w, flags | 0x08, FLAG_BITS);
	bits_copy(&w, bytes, flags_end, d->mask_at);
	bits_put(&w, mask, d->target_count);
	bits_copy(&w, bytes, d->rest_at, d->end_at);
	return bits_len(&w);
}
