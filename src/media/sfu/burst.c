/* SPDX-License-Identifier: Apache-2.0 */
#include "media/sfu/burst.h"

#include <assert.h>

#include "media/sfu/subscription.h"
#include "media/sfu/track.h"

void burst_add(struct burst *b, uint64_t now, struct track *t, int layer, bool first,
	       const struct media_packet *packet)
{
	assert(!burst_is_full(b));
	b->now = now;
	struct burst_packet *p = &b->packets[b->count++];

	p->track = t;
	p->layer = (uint8_t)layer;
	p->first = first;
	p->packet = *packet;
	if (packet->dd) {
		p->dd = *packet->dd;
		p->packet.dd = &p->dd;
	}
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

/* Makes the first packet that is left, and all others of its track, the group. */
static bool next_group(struct burst *b)
{
	b->track = NULL;
	b->group_count = 0;
	for (unsigned i = 0; i < b->count; i++) {
		struct burst_packet *p = &b->packets[i];

		if (!b->track)
			b->track = p->track;
		if (!p->track || p->track != b->track)
			continue;
		b->group[b->group_count++] = i;
		p->track = NULL;
	}
	if (!b->track)
		return false;
	b->at = b->track->subscriptions.next;
	equalise(b);
	return true;
}

struct subscription *burst_next(struct burst *b)
{
	while (b->track || next_group(b)) {
		struct list *at = b->at;

		if (at != &b->track->subscriptions) {
			b->at = at->next;
			return list_entry(at, struct subscription, in_track);
		}
		b->track = NULL;
	}
	b->count = 0;
	return NULL;
}
