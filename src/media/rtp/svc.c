/* SPDX-License-Identifier: Apache-2.0 */
/* See svc.h. */
#include "media/rtp/svc.h"

#include <string.h>

void svc_init(struct svc *v)
{
	*v = (struct svc){ .target = SVC_NONE,
			   .spatial_max = DD_SPATIAL - 1,
			   .temporal_max = DD_TEMPORAL - 1 };
}

void svc_set_max(struct svc *v, unsigned spatial, unsigned temporal)
{
	v->spatial_max = (uint8_t)(spatial < DD_SPATIAL ? spatial : DD_SPATIAL - 1);
	v->temporal_max = (uint8_t)(temporal < DD_TEMPORAL ? temporal : DD_TEMPORAL - 1);
}

void svc_restart(struct svc *v)
{
	v->target = SVC_NONE;
}

static bool bit(const uint64_t *bits, uint16_t number)
{
	return bits[number % SVC_HISTORY / 64] >> number % 64 & 1;
}

static void set_bit(uint64_t *bits, uint16_t number, bool on)
{
	uint64_t mask = (uint64_t)1 << number % 64, *word = &bits[number % SVC_HISTORY / 64];

	*word = on ? *word | mask : *word & ~mask;
}

static bool is_newer(const struct svc *v, uint16_t number)
{
	return (int16_t)(uint16_t)(number - v->newest) > 0;
}

static bool is_remembered(const struct svc *v, uint16_t number)
{
	return !is_newer(v, number) && (uint16_t)(v->newest - number) < SVC_HISTORY &&
	       bit(v->known, number);
}

/* Takes note of a decision. */
static void remember(struct svc *v, uint16_t number, bool kept)
{
	if (is_newer(v, number)) {
		uint16_t step = (uint16_t)(number - v->newest);

		for (uint16_t i = 1; i <= step && i <= SVC_HISTORY; i++)
			set_bit(v->known, (uint16_t)(v->newest + i), false);
		v->newest = number;
	} else if ((uint16_t)(v->newest - number) >= SVC_HISTORY) {
		return;
	}
	set_bit(v->known, number, true);
	set_bit(v->kept, number, kept);
}

/* One that did not come yet may come: only what was left out on purpose is missing. */
static bool has_refs(const struct svc *v, const struct dd *d)
{
	for (unsigned i = 0; i < d->frame.ref_count; i++) {
		uint16_t number = (uint16_t)(d->number - d->frame.refs[i]);

		if (is_remembered(v, number) && !bit(v->kept, number))
			return false;
	}
	return true;
}

/* Orders targets: more spatial layers first. */
static int value_of(const struct dd_structure *s, int target)
{
	return s->spatial[target] * DD_TEMPORAL + s->temporal[target];
}

/* The best target within the limits that is being sent; if all exceed them, the least. */
static int wanted(const struct svc *v, const struct dd_structure *s, uint32_t active)
{
	int best = SVC_NONE, least = SVC_NONE;

	for (int i = 0; i < s->target_count; i++) {
		if (!(active >> i & 1))
			continue;
		if (least < 0 || value_of(s, i) < value_of(s, least))
			least = i;
		if (s->spatial[i] > v->spatial_max || s->temporal[i] > v->temporal_max)
			continue;
		if (best < 0 || value_of(s, i) > value_of(s, best))
			best = i;
	}
	return best < 0 ? least : best;
}

static void switch_to(struct svc *v, int target)
{
	v->target = (int8_t)target;
	v->mask_due = true;
	v->missed = v->waits_key = false;
}

/* Another target from this frame on? */
static void choose(struct svc *v, const struct dd_structure *s, uint32_t active, const struct dd *d,
		   bool key)
{
	int want = wanted(v, s, active);

	if (want < 0)
		return;
	if (key) {
		memset(v->known, 0, sizeof v->known); /* it refers to nothing before */
		v->newest = (uint16_t)(d->number - 1);
		switch_to(v, want);
	} else if (v->target == want) {
		v->missed = v->waits_key = false;
	} else if (v->target >= 0 && dd_dti(&d->frame, (unsigned)want) == DD_SWITCH &&
		   has_refs(v, d)) {
		switch_to(v, want);
	} else if (v->target >= 0 && d->frame.spatial == 0 &&
		   s->spatial[want] != s->spatial[v->target]) {
		v->waits_key = v->missed;
		v->missed = true;
	}
}

/* The targets that the receiver gets with the present one. */
static uint32_t mask_of(const struct svc *v, const struct dd_structure *s, uint32_t active)
{
	uint32_t mask = 0;

	for (int i = 0; i < s->target_count; i++) {
		if (active >> i & 1 && s->spatial[i] <= s->spatial[v->target] &&
		    s->temporal[i] <= s->temporal[v->target])
			mask |= 1u << i;
	}
	return mask;
}

static bool decide(struct svc *v, const struct dd_structure *s, uint32_t active, const struct dd *d,
		   bool key)
{
	bool known = v->target >= 0 && !key && is_remembered(v, d->number);

	if (known)
		return bit(v->kept, d->number);
	/* a late frame changes nothing */
	if (key || is_newer(v, d->number))
		choose(v, s, active, d, key);
	if (v->target < 0 || v->target >= s->target_count)
		return false;

	bool keep = dd_dti(&d->frame, (unsigned)v->target) != DD_NOT_PRESENT && has_refs(v, d);

	remember(v, d->number, keep);
	return keep;
}

struct svc_verdict svc_decide(struct svc *v, const struct dd_structure *s, uint32_t active,
			      const struct dd *d, bool key)
{
	struct svc_verdict verdict = { .keep = decide(v, s, active, d, key) };

	if (!verdict.keep)
		return verdict;
	verdict.marker = d->end && d->frame.spatial == s->spatial[v->target];
	if (d->has_mask || d->has_structure || (v->mask_due && d->start)) {
		verdict.mask = mask_of(v, s, active);
		v->mask_due = false;
	}
	return verdict;
}
