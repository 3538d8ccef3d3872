/* SPDX-License-Identifier: Apache-2.0 */
/* See svc_source.h. */
#include "svc_source.h"

#include "wire/bits.h"

static uint8_t temporal_of(const struct svc_source *s)
{
	static const uint8_t three[4] = { 0, 2, 1, 2 };

	return s->temporal == 3	  ? three[s->picture % 4]
	       : s->temporal == 2 ? (uint8_t)(s->picture % 2)
				  : 0;
}

/* T0 refers to the T0 before, T1 to the T0, the first T2 to the T0, the second to the T1. */
static uint16_t temporal_ref(const struct svc_source *s, int spatial, int temporal)
{
	bool after_t1 = temporal == 2 && s->picture % 4 == 3;

	return s->last[spatial][after_t1 ? 1 : 0];
}

void svc_source_next(struct svc_source *s, bool key)
{
	s->picture = key ? 0 : s->picture + 1;
	for (int i = 0; i < s->spatial; i++) {
		struct svc_frame *f = &s->frames[i];

		*f = (struct svc_frame){ .number = s->number++, .spatial = (uint8_t)i, .key = key };
		f->temporal = temporal_of(s);
		if (!key)
			f->refs[f->ref_count++] = (uint16_t)(f->number -
							     temporal_ref(s, i, f->temporal));
		if (i > 0 && (key || !s->key_mode))
			f->refs[f->ref_count++] = 1;
	}
	for (int i = 0; i < s->spatial; i++)
		s->last[i][s->frames[i].temporal] = s->frames[i].number;
}

/* As libwebrtc's scalability structures have it. */
static enum dd_dti dti(const struct svc_source *s, const struct svc_frame *f, int spatial,
		       int temporal)
{
	if (f->key)
		return spatial < f->spatial ? DD_NOT_PRESENT : DD_SWITCH;
	if (spatial < f->spatial || temporal < f->temporal)
		return DD_NOT_PRESENT;
	if (spatial != f->spatial)
		return s->key_mode ? DD_NOT_PRESENT : DD_REQUIRED;
	return temporal == f->temporal && temporal > 0 ? DD_DISCARDABLE : DD_SWITCH;
}

static void put_dtis(struct bits_wr *w, const struct svc_source *s, const struct svc_frame *f)
{
	for (int spatial = 0; spatial < s->spatial; spatial++)
		for (int temporal = 0; temporal < s->temporal; temporal++)
			bits_put(w, dti(s, f, spatial, temporal), 2);
}

static void put_structure(struct bits_wr *w, const struct svc_source *s)
{
	bits_put(w, 0, 6);
	bits_put(w, (uint32_t)(s->spatial * s->temporal - 1), 5);
	for (int i = 0; i < s->spatial * s->temporal; i++)
		bits_put(w,
			 i == s->spatial * s->temporal - 1    ? 3
			 : i % s->temporal == s->temporal - 1 ? 2
							      : 1,
			 2);
	for (int i = 0; i < s->spatial * s->temporal; i++)
		put_dtis(w, s,
			 &(struct svc_frame){ .spatial = (uint8_t)(i / s->temporal),
					      .temporal = (uint8_t)(i % s->temporal) });
	for (int i = 0; i < s->spatial * s->temporal; i++)
		bits_put(w, 0, 1); /* the frames say themselves what they refer to */
	bits_put(w, 0, 1); /* ns(n) for no chains: some zeros, as n's power of two says … */
	for (int n = s->spatial * s->temporal + 1, m = 4; m <= n; m *= 2)
		bits_put(w, 0, 1);
	bits_put(w, 1, 1);
	for (int i = 0; i < s->spatial; i++) {
		bits_put(w, (320u << i) - 1, 16);
		bits_put(w, (180u << i) - 1, 16);
	}
}

size_t svc_source_descriptor(const struct svc_source *s, const struct svc_frame *f, bool start,
			     bool end, uint8_t *ret)
{
	struct bits_wr w = bits_wr_of(ret, DD_MAX);
	bool structure = f->key && f->spatial == 0 && start;

	bits_put(&w, start, 1);
	bits_put(&w, end, 1);
	bits_put(&w, (uint32_t)(f->spatial * s->temporal + f->temporal), 6);
	bits_put(&w, f->number, 16);
	bits_put(&w, structure ? 0x16 : 0x06, 5); /* structure, custom DTIs and references */
	if (structure)
		put_structure(&w, s);
	put_dtis(&w, s, f);
	for (int i = 0; i < f->ref_count; i++) {
		bits_put(&w, 2, 2);
		bits_put(&w, f->refs[i] - 1u, 8);
	}
	bits_put(&w, 0, 2);
	return bits_len(&w);
}
