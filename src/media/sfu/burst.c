/* SPDX-License-Identifier: Apache-2.0 */
#include "media/sfu/burst.h"

#include <assert.h>
#include <string.h>

#include "media/rtp/cache.h"
#include "media/sfu/subscription.h"
#include "media/sfu/track.h"

/* How long a packet may wait for the rest of its frame. */
static uint64_t hold_of(const struct track *t, int layer, const struct media_packet *packet)
{
	const struct track_layer *l = t->layers[layer];
	bool slow = l && l->held_in_vain && l->slow_frame == packet->timestamp;

	return slow ? BURST_REST_US : BURST_HOLD_US;
}

void burst_add(struct burst *b, uint64_t now, struct track *t, int layer, bool first,
	       const struct media_packet *packet)
{
	assert(!burst_is_full(b));
	b->now = now;
	b->news = true;
	struct burst_packet *p = &b->packets[b->count++];

	p->track = t;
	p->until = now + hold_of(t, layer, packet);
	p->layer = (uint8_t)layer;
	p->first = first;
	p->open = p->held = false;
	p->packet = *packet;
	if (packet->dd) {
		p->dd = *packet->dd;
		p->packet.dd = &p->dd;
	}
}

void burst_add_sound(struct burst *b, struct track *t, int layer, bool first,
		     const struct media_packet *packet)
{
	assert(b->sound_count < BURST_SOUNDS && packet->length <= BURST_SOUND);
	struct burst_sound *s = &b->sounds[b->sound_count++];

	s->track = t;
	s->layer = (uint8_t)layer;
	s->first = first;
	s->packet = *packet;
	memcpy(s->bytes, packet->payload, packet->length);
}

struct subscription *burst_next_sound(struct burst *b)
{
	while (b->sound_count > 0) {
		struct burst_sound *first = &b->sounds[0];
		struct list *head = &first->track->subscriptions, *at = b->sound_at;

		if (!at)
			at = head->next;
		if (at != head) {
			b->sound_at = at->next;
			first->packet.payload = first->bytes; /* it may have moved */
			return list_entry(at, struct subscription, in_track);
		}
		b->sound_at = NULL;
		b->sound_count--;
		memmove(first, first + 1, b->sound_count * sizeof *first);
	}
	return NULL;
}

/* Makes the group's video packets of nearly the same length equal. */
static void equalise(struct burst *b)
{
	for (unsigned i = 0; i < b->group_count && b->track->kind == KIND_VIDEO; i++) {
		struct media_packet *p = &b->packets[b->group[i]].packet;
		unsigned longest = p->length;

		for (unsigned k = 0; k < b->group_count && p->length; k++) {
			unsigned other = b->packets[b->group[k]].packet.length;

			if (other > longest && other <= p->length + (unsigned)BURST_PADDING)
				longest = other;
		}
		p->padding = (uint8_t)(longest - p->length);
	}
}

/* ---- holding ---- */

static struct track_layer *layer_of(const struct burst_packet *p)
{
	return p->track->layers[p->layer];
}

/* Whether it is worth while to wait for the layer's frames; asked once per frame. */
static bool is_quick(struct track_layer *l)
{
	if (l->held_in_vain < BURST_TRIES)
		return true;
	if (++l->not_held < BURST_PAUSE)
		return false;
	l->not_held = 0;
	return true;
}

/* The layer's last packet in the group, which says whether its frame is complete. */
static bool is_last(const struct burst *b, unsigned i)
{
	const struct burst_packet *p = &b->packets[b->group[i]];

	for (unsigned k = i + 1; k < b->group_count; k++) {
		const struct burst_packet *other = &b->packets[b->group[k]];

		if (other->layer == p->layer && other->packet.length)
			return false;
	}
	return p->packet.length > 0;
}

/* Whether the frame that this packet ends began in the group, with another packet. */
static bool came_together(const struct burst *b, unsigned i)
{
	const struct burst_packet *end = &b->packets[b->group[i]];

	for (unsigned k = 0; k < i; k++) {
		const struct burst_packet *p = &b->packets[b->group[k]];

		if (p->layer == end->layer && p->packet.flags & MEDIA_FRAME_START &&
		    p->packet.timestamp == end->packet.timestamp)
			return true;
	}
	return false;
}

/* Whether a packet's bytes can be found again when it waits. */
static bool can_wait(const struct burst_packet *p)
{
	const struct track_layer *l = layer_of(p);
	struct media_packet copy;

	return l && l->has_cache && !(p->packet.flags & MEDIA_RECOVERED) &&
	       cache_get(&l->cache, p->packet.sequence, &copy);
}

/* The layer's frame was waited for, and its end did not come. */
static void note_slow(struct track_layer *l, uint32_t frame)
{
	if (l->held_in_vain && l->slow_frame == frame)
		return; /* another part of it */
	l->slow_frame = frame;
	if (l->held_in_vain < BURST_TRIES)
		l->held_in_vain++;
}

/* Whether a frame of the group has not ended, and its end may come in time. */
static bool awaits_end(struct burst *b)
{
	const struct burst_packet *first = &b->packets[b->group[0]];
	bool over = b->now >= first->until, open = false;

	for (unsigned i = 0; i < b->group_count; i++) {
		const struct burst_packet *p = &b->packets[b->group[i]];
		struct track_layer *l = layer_of(p);

		if (!l || !is_last(b, i))
			continue;
		if (p->packet.flags & MEDIA_MARKER) {
			if (first->held || came_together(b, i))
				l->held_in_vain = 0;
		} else if (over) {
			if (first->held)
				note_slow(l, p->packet.timestamp);
		} else if (p->held || is_quick(l)) {
			open = true;
		}
	}
	return open;
}

/* Whether the group is to wait. */
static bool is_open(struct burst *b)
{
	const struct track *t = b->packets[b->group[0]].track;

	if (t->kind != KIND_VIDEO || b->released || b->group_count >= BURST_FRAME || !awaits_end(b))
		return false;
	for (unsigned i = 0; i < b->group_count; i++) {
		const struct burst_packet *p = &b->packets[b->group[i]];

		if (!p->held && !can_wait(p))
			return false;
	}
	return true;
}

/* A held packet's bytes may have moved. False: they are gone. */
static bool find_again(struct burst_packet *p)
{
	struct media_packet copy;

	if (!cache_get(&layer_of(p)->cache, p->packet.sequence, &copy))
		return false;
	p->packet.payload = copy.payload;
	p->packet.dd_bytes = copy.dd_bytes;
	return true;
}

/* Moves what waits to the front; nothing else is left. */
static void keep(struct burst *b)
{
	unsigned kept = 0;

	b->due = 0;
	for (unsigned i = 0; i < b->count; i++) {
		struct burst_packet *from = &b->packets[i], *to = &b->packets[kept];

		if (!from->track)
			continue;
		if (to != from)
			*to = *from;
		if (to->packet.dd)
			to->packet.dd = &to->dd;
		to->open = false;
		to->held = true;
		if (!b->due || to->until < b->due)
			b->due = to->until;
		kept++;
	}
	b->count = kept;
	b->news = b->released = false;
}

/* ---- passing on ---- */

/* All packets of the track become the group. */
static void collect(struct burst *b, const struct track *t)
{
	b->group_count = 0;
	for (unsigned i = 0; i < b->count; i++) {
		if (b->packets[i].track == t)
			b->group[b->group_count++] = i;
	}
}

/* Makes the first packet that is left and may go, and all others of its track, the group. */
static bool next_group(struct burst *b)
{
	unsigned i = 0, found = 0;

	for (; i < b->count; i++) {
		if (!b->packets[i].track || b->packets[i].open)
			continue;
		collect(b, b->packets[i].track);
		if (!is_open(b))
			break;
		for (unsigned k = 0; k < b->group_count; k++)
			b->packets[b->group[k]].open = true;
	}
	b->track = i < b->count ? b->packets[i].track : NULL;
	if (!b->track)
		return false;
	b->at = b->track->subscriptions.next;
	for (i = 0; i < b->group_count; i++) {
		struct burst_packet *p = &b->packets[b->group[i]];

		if (!p->held || find_again(p))
			b->group[found++] = b->group[i];
		p->track = NULL;
	}
	b->group_count = found;
	equalise(b);
	return true;
}

struct subscription *burst_next(struct burst *b)
{
	while (b->track || (b->news && next_group(b))) {
		struct list *at = b->at;

		if (at != &b->track->subscriptions) {
			b->at = at->next;
			return list_entry(at, struct subscription, in_track);
		}
		b->track = NULL;
	}
	if (b->news)
		keep(b);
	return NULL;
}
