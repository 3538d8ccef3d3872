/* SPDX-License-Identifier: Apache-2.0 */
#include "media/sfu/participant.h"

#include <errno.h>
#include <stdlib.h>

#include "base/slab.h"
#include "media/sfu/data_track.h"
#include "media/sfu/downlink.h"
#include "media/sfu/room.h"
#include "media/sfu/sfu.h"
#include "media/sfu/subscription.h"
#include "media/sfu/track.h"

int participant_new(struct participant **ret, struct sfu *s, const struct plane_cmd *join)
{
	struct room *room;
	struct key key;

	if (!sfu_key(&key, &join->participant))
		return -EINVAL;
	if (keymap_get(&s->participants, &key))
		return -EEXIST;

	int r = room_get(&room, s, &join->room);
	if (r < 0)
		return r;
	if (room->count >= LIMIT_PARTICIPANTS_PER_ROOM)
		return -EUSERS;

	struct participant *p = slab_calloc(sizeof *p);
	if (!p || keymap_put(&s->participants, &key, p) < 0) {
		slab_free(p);
		room_put(s, room);
		return -ENOMEM;
	}
	p->sid = join->participant;
	p->sfu = s;
	p->room = room;
	p->join = join->join;
	list_append(&room->participants, &p->in_room);
	room->count++;
	list_init(&p->tracks);
	list_init(&p->subscriptions);
	data_wait_init(&p->data_wait);
	list_init(&p->data_tracks);
	list_init(&p->data_subscriptions);
	*ret = p;
	return 0;
}

struct participant *participant_free(struct participant *p, uint64_t now)
{
	struct subscription *subscription;
	struct track *track;
	struct key key;

	if (!p)
		return NULL;
	list_each (subscription, &p->subscriptions, in_participant)
		subscription_free(subscription, now);
	list_each (track, &p->tracks, in_participant)
		track_free(track, now);
	data_track_fini(p);
	data_wait_fini(&p->data_wait);
	leg_close(&p->publisher.leg);
	leg_close(&p->subscriber.leg);
	negotiate_offer_fini(&p->publisher.offer);
	free(p->publisher.bound);
	free(p->publisher.twcc);
	free(p->publisher.sources);
	slab_free(p->subscriber.sections);
	slab_free(p->subscriber.offered);
	(void)downlink_free(p->subscriber.downlink);
	list_remove(&p->in_room);
	p->room->count--;
	room_put(p->sfu, p->room);
	if (sfu_key(&key, &p->sid))
		keymap_remove(&p->sfu->participants, &key);
	slab_free(p);
	return NULL;
}

struct plane_event participant_event(const struct participant *p, enum plane_event_type type)
{
	return (struct plane_event){
		.type = type,
		.worker = p->sfu->worker,
		.room = p->room->sid,
		.participant = p->sid,
	};
}
