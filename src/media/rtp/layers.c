/* SPDX-License-Identifier: Apache-2.0 */
/* See layers.h. */
#include "media/rtp/layers.h"

void layers_init(struct layers *l)
{
	*l = (struct layers){ .current = LAYERS_NONE,
			      .target = LAYERS_NONE,
			      .max = LAYERS_MAX - 1,
			      .temporal = LAYERS_TEMPORAL_MAX,
			      .temporal_max = LAYERS_TEMPORAL_MAX };
}

void layers_set_max(struct layers *l, int max)
{
	l->max = (int8_t)(max < 0 ? 0 : max >= LAYERS_MAX ? LAYERS_MAX - 1 : max);
}

void layers_set_temporal(struct layers *l, int max)
{
	l->temporal_max = (uint8_t)(max < 0			? 0
				    : max > LAYERS_TEMPORAL_MAX ? LAYERS_TEMPORAL_MAX
								: max);
}

void layers_restart(struct layers *l)
{
	l->current = LAYERS_NONE;
	l->frame_known = false;
}

struct view {
	const uint64_t *last_arrival;
	uint64_t newest;
};

/* Keeps up with the other layers? Compared with them, not with the clock: a still screen sends a
 * frame a second. */
static bool is_alive(const struct view *v, int layer)
{
	return v->last_arrival[layer] && v->newest - v->last_arrival[layer] <= LAYERS_STALL_US;
}

static int best(const struct layers *l, uint64_t now, const struct view *v)
{
	int stalled_before = LAYERS_NONE;

	for (int i = l->max; i >= 0; i--) {
		if (!is_alive(v, i))
			continue;
		if (i == l->current || !l->fell[i] || now - l->fell[i] >= LAYERS_RETRY_US)
			return i;
		if (stalled_before == LAYERS_NONE)
			stalled_before = i;
	}
	if (stalled_before != LAYERS_NONE)
		return stalled_before;
	for (int i = l->max + 1; i < LAYERS_MAX; i++)
		if (is_alive(v, i))
			return i;
	return LAYERS_NONE;
}

void layers_choose(struct layers *l, uint64_t now, const uint64_t last_arrival[LAYERS_MAX])
{
	struct view v = { .last_arrival = last_arrival };

	for (int i = 0; i < LAYERS_MAX; i++)
		if (last_arrival[i] > v.newest)
			v.newest = last_arrival[i];
	/* whoever we leave because it went silent has to earn its place again */
	if (l->target != LAYERS_NONE && l->target == l->current && !is_alive(&v, l->target))
		l->fell[l->target] = now;
	int choice = best(l, now, &v);
	if (choice != LAYERS_NONE)
		l->target = (int8_t)choice;
}

bool layers_forward(struct layers *l, int layer, bool key)
{
	if (key && layer == l->target && layer != l->current) {
		l->current = (int8_t)layer;
		l->frame_known = false; /* another stream, other timestamps */
	}
	return layer == l->current;
}

bool layers_keep(struct layers *l, const struct media_packet *p)
{
	if (!p->length)
		return true; /* padding belongs to no frame */
	if (l->frame_known && p->timestamp == l->frame_timestamp)
		return l->frame_kept;
	if (l->frame_known && (int32_t)(p->timestamp - l->frame_timestamp) < 0)
		return p->temporal <= l->temporal; /* late: changes nothing */
	if (p->flags & MEDIA_KEY || l->temporal > l->temporal_max)
		l->temporal = l->temporal_max;
	else if (p->sync && p->temporal == l->temporal + 1 && p->temporal <= l->temporal_max)
		l->temporal = p->temporal; /* one at a time: the layer between may not be in sync */
	l->frame_known = true;
	l->frame_timestamp = p->timestamp;
	l->frame_kept = p->temporal <= l->temporal;
	return l->frame_kept;
}

int layers_wants_key(const struct layers *l)
{
	return l->target == l->current ? LAYERS_NONE : l->target;
}
