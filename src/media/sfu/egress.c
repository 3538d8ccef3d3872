/* SPDX-License-Identifier: Apache-2.0 */
#include "media/sfu/egress.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

void egress_fini(struct egress *o)
{
	struct plane_event event;

	while (egress_next_event(o, &event))
		plane_event_fini(&event);
	free(o->arena);
	free(o->datagrams);
	free(o->events);
	*o = (struct egress){ 0 };
}

void egress_release(struct egress *o)
{
	if (o->next != o->count || o->next_event != o->event_count)
		return;
	struct egress fresh = { .dropped_datagrams = o->dropped_datagrams,
				.dropped_events = o->dropped_events };

	egress_fini(o);
	*o = fresh;
}

/* Doubles an array of `size`-byte elements until it holds n, at most `limit`. */
static bool grow(void **array, size_t *capacity, size_t size, size_t n, size_t limit)
{
	if (n <= *capacity)
		return true;
	if (n > limit)
		return false;

	size_t want = *capacity ? *capacity : 64;
	while (want < n)
		want *= 2;
	void *bigger = realloc(*array, want * size);

	if (!bigger)
		return false;
	*array = bigger;
	*capacity = want;
	return true;
}

void egress_reset(struct egress *o)
{
	if (o->next == o->count)
		o->next = o->count = o->used = 0;
}

uint8_t *egress_reserve(struct egress *o, size_t n)
{
	egress_reset(o);

	void *arena = o->arena, *datagrams = o->datagrams;
	bool ok = grow(&datagrams, &o->slots, sizeof *o->datagrams, o->count + 1,
		       EGRESS_DATAGRAMS) &&
		  grow(&arena, &o->capacity, 1, o->used + n, EGRESS_BYTES);

	o->arena = arena;
	o->datagrams = datagrams;
	if (!ok) {
		o->dropped_datagrams++;
		return NULL;
	}
	return o->arena + o->used;
}

void egress_commit(struct egress *o, const struct path *to, size_t length)
{
	assert(o->count < o->slots && o->used + length <= o->capacity);

	struct egress_datagram *d = &o->datagrams[o->count++];

	path_copy(&d->to, to);
	d->offset = o->used;
	d->length = length;
	o->used += length;
}

bool egress_next(struct egress *o, const struct path **ret_to, const uint8_t **ret_bytes,
		 size_t *ret_length)
{
	if (o->next == o->count)
		return false;

	const struct egress_datagram *d = &o->datagrams[o->next++];

	*ret_to = &d->to;
	*ret_bytes = o->arena + d->offset;
	*ret_length = d->length;
	return true;
}

void egress_event(struct egress *o, struct plane_event *event)
{
	if (o->next_event == o->event_count)
		o->next_event = o->event_count = 0;

	void *events = o->events;
	bool ok = grow(&events, &o->event_slots, sizeof *o->events, o->event_count + 1,
		       EGRESS_EVENTS);

	o->events = events;
	if (!ok) {
		o->dropped_events++;
		plane_event_fini(event);
		return;
	}
	o->events[o->event_count++] = *event;
	event->sdp = NULL;
}

bool egress_next_event(struct egress *o, struct plane_event *ret)
{
	if (o->next_event == o->event_count)
		return false;
	*ret = o->events[o->next_event++];
	return true;
}
