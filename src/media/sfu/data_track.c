/* SPDX-License-Identifier: Apache-2.0 */
#include "media/sfu/data_track.h"

#include <errno.h>
#include <stdlib.h>

#include "base/limits.h"
#include "media/sfu/participant.h"
#include "media/sfu/room.h"

static void end_subscription(struct data_subscription *s)
{
	list_remove(&s->in_track);
	list_remove(&s->in_participant);
	free(s);
}

static void end_track(struct data_track *t)
{
	struct data_subscription *s;

	list_each (s, &t->subscriptions, in_track)
		end_subscription(s);
	list_remove(&t->in_participant);
	free(t);
}

static struct data_track *find_sid(struct participant *p, const struct sid *sid)
{
	struct data_track *t;

	list_each (t, &p->data_tracks, in_participant) {
		if (sid_is(&t->sid, sid))
			return t;
	}
	return NULL;
}

struct data_track *data_track_find(struct participant *p, uint16_t handle)
{
	struct data_track *t;

	list_each (t, &p->data_tracks, in_participant) {
		if (t->handles.publisher == handle)
			return t;
	}
	return NULL;
}

static size_t count(const struct participant *p)
{
	const struct data_track *t;
	size_t n = 0;

	list_each (t, &p->data_tracks, in_participant)
		n++;
	return n;
}

int data_track_add(struct participant *p, const struct plane_cmd *cmd)
{
	if (find_sid(p, &cmd->track) || data_track_find(p, cmd->data_track.publisher))
		return -EEXIST;
	if (count(p) >= LIMIT_DATA_TRACKS)
		return -EDQUOT;

	struct data_track *t = calloc(1, sizeof *t);
	if (!t)
		return -ENOMEM;
	t->sid = cmd->track;
	t->handles = cmd->data_track;
	list_init(&t->subscriptions);
	list_append(&p->data_tracks, &t->in_participant);
	return 0;
}

int data_track_remove(struct participant *p, const struct sid *sid)
{
	struct data_track *t = find_sid(p, sid);

	if (!t)
		return -ENOENT;
	end_track(t);
	return 0;
}

static struct data_track *find_in_room(const struct participant *p, const struct sid *sid)
{
	struct participant *other;
	struct data_track *t = NULL;

	list_each (other, &p->room->participants, in_room) {
		t = other == p ? NULL : find_sid(other, sid);
		if (t)
			break;
	}
	return t;
}

int data_track_subscribe(struct participant *p, const struct sid *sid, bool on)
{
	struct data_track *t = find_in_room(p, sid);
	struct data_subscription *s;

	if (!t)
		return -ENOENT;
	list_each (s, &t->subscriptions, in_track) {
		if (s->to != p)
			continue;
		if (!on)
			end_subscription(s);
		return 0;
	}
	if (!on)
		return 0;
	s = calloc(1, sizeof *s);
	if (!s)
		return -ENOMEM;
	s->to = p;
	list_append(&t->subscriptions, &s->in_track);
	list_append(&p->data_subscriptions, &s->in_participant);
	return 0;
}

void data_track_fini(struct participant *p)
{
	struct data_subscription *s;
	struct data_track *t;

	list_each (t, &p->data_tracks, in_participant)
		end_track(t);
	list_each (s, &p->data_subscriptions, in_participant)
		end_subscription(s);
}
