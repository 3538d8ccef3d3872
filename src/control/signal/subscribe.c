/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who receives what. With auto_subscribe everybody gets everything that is live; `subscription` and
 * `track_setting` change that. The list here mirrors what the media plane was told, so that it is
 * told each thing once.
 */
#include <string.h>

#include "control/signal/encode.h"
#include "control/signal/internal.h"

static struct subscription *find(const struct member *m, const struct sid *track)
{
	struct subscription *sub;

	list_each (sub, &m->subscriptions, in_member)
		if (sid_is(&sub->track, track))
			return sub;
	return NULL;
}

/* What it should cost the media worker, for admission.c. */
static int cost_of(const struct subscription *sub)
{
	return sub->audio ? ADMISSION_AUDIO : ADMISSION_VIDEO;
}

static void drop(const struct member *m, struct subscription *sub)
{
	admission_stream(&m->room->hub->admission, m->room->worker, -cost_of(sub));
	list_remove(&sub->in_member);
	free(sub);
}

void subscribe_fini(struct member *m)
{
	struct subscription *sub;

	list_each (sub, &m->subscriptions, in_member)
		drop(m, sub);
}

static void command(const struct member *m, const struct subscription *sub,
		    enum plane_cmd_type type)
{
	struct plane_cmd cmd = { .type = type,
				 .participant = m->sid,
				 .publisher = sub->publisher,
				 .track = sub->track,
				 .settings = sub->settings };

	signal_send(m->room, &cmd);
}

static bool same_settings(const struct plane_settings *a, const struct plane_settings *b)
{
	return a->disabled == b->disabled && a->quality == b->quality &&
	       a->priority == b->priority && a->fps == b->fps && a->width == b->width &&
	       a->height == b->height;
}

/* A subscription begins with the best of everything; other wishes are told at once. */
static void start(const struct member *m, const struct subscription *sub)
{
	const struct plane_settings best = { .quality = QUALITY_HIGH };

	command(m, sub, CMD_SUBSCRIBE);
	if (!same_settings(&sub->settings, &best))
		command(m, sub, CMD_SETTINGS);
}

void subscribe_track(struct member *m, const struct member *publisher, const struct track *track)
{
	if (m == publisher || !track->live || !m->token.can_subscribe ||
	    !member_sees(m, publisher) || find(m, &track->sid))
		return;
	struct subscription *sub = calloc(1, sizeof *sub);

	if (!sub)
		return;
	bool first = !subscribe_receives(m, publisher);

	sub->publisher = publisher->sid;
	sub->track = track->sid;
	sub->denied = !permission_lets(publisher, &track->sid, m);
	sub->audio = track->info.type == LK__TRACK_TYPE__AUDIO;
	list_append(&m->subscriptions, &sub->in_member);
	admission_stream(&m->room->hub->admission, m->room->worker, cost_of(sub));
	sub->settings.quality = QUALITY_HIGH;
	/* its first settings say how large it is shown; until then it gets the least */
	if (m->client.adaptive_stream && !sub->audio)
		sub->settings.quality = QUALITY_LOW;
	if (sub->denied)
		send_allowed(m->session, sub->publisher.text, sub->track.text, false);
	else
		start(m, sub);
	if (first && !sub->denied && publisher->measured)
		report_connection_to(m, publisher);
}

/* One subscription, after the publisher's rules changed. */
static void review(struct member *m, struct subscription *sub, bool denied)
{
	if (sub->denied == denied)
		return;
	sub->denied = denied;
	if (denied)
		command(m, sub, CMD_UNSUBSCRIBE);
	else
		start(m, sub);
	send_allowed(m->session, sub->publisher.text, sub->track.text, !denied);
}

void subscribe_review(struct member *publisher)
{
	struct member *m;
	struct track *track;

	list_each (m, &publisher->room->members, in_room) {
		list_each (track, &publisher->tracks, in_member) {
			struct subscription *sub = find(m, &track->sid);

			if (sub)
				review(m, sub, !permission_lets(publisher, &track->sid, m));
		}
	}
}

void subscribe_none(struct member *m)
{
	struct subscription *sub;

	list_each (sub, &m->subscriptions, in_member) {
		if (!sub->denied)
			command(m, sub, CMD_UNSUBSCRIBE);
		drop(m, sub);
	}
}

void subscribe_all(struct member *m)
{
	struct member *publisher;
	struct track *track;

	if (!m->client.auto_subscribe)
		return;
	list_each (publisher, &m->room->members, in_room)
		list_each (track, &publisher->tracks, in_member)
			subscribe_track(m, publisher, track);
}

/* The media plane ends subscriptions of a track that ends by itself. */
void subscribe_forget(struct room *r, const struct sid *track)
{
	struct member *m;

	list_each (m, &r->members, in_room) {
		struct subscription *sub = find(m, track);

		if (sub)
			drop(m, sub);
	}
}

bool subscribe_switch(struct member *m, const char *sid, bool subscribe)
{
	struct member *publisher;
	struct track *track = room_find_track(m->room, sid, &publisher);

	if (!track || !track->live || !member_sees(m, publisher))
		return false;
	struct subscription *sub = find(m, &track->sid);
	if (subscribe) {
		subscribe_track(m, publisher, track);
	} else if (sub) {
		if (!sub->denied)
			command(m, sub, CMD_UNSUBSCRIBE);
		drop(m, sub);
	}
	return true;
}

static void change(struct session *session, char *sid, bool subscribe)
{
	if (!subscribe_switch(session->member, sid, subscribe) && subscribe)
		send_subscription_error(session, sid, 2);
}

void subscribe_request(struct session *session, const Lk__UpdateSubscription *request)
{
	/* both lists count (livekit-protocol 3.7) */
	for (size_t i = 0; i < request->n_track_sids; i++)
		change(session, request->track_sids[i], request->subscribe);
	for (size_t i = 0; i < request->n_participant_tracks; i++) {
		const Lk__ParticipantTracks *tracks = request->participant_tracks[i];

		for (size_t k = 0; k < tracks->n_track_sids; k++)
			change(session, tracks->track_sids[k], request->subscribe);
	}
}

static struct plane_settings settings_of(const Lk__UpdateTrackSettings *r)
{
	return (struct plane_settings){
		.disabled = r->disabled,
		.quality = (unsigned)r->quality <= LK__VIDEO_QUALITY__HIGH ? (uint8_t)r->quality
									   : QUALITY_HIGH,
		.priority = r->priority > UINT8_MAX ? UINT8_MAX : (uint8_t)r->priority,
		.fps = r->fps > UINT16_MAX ? 0 : (uint16_t)r->fps,
		.width = r->width,
		.height = r->height,
	};
}

bool subscribe_receives(const struct member *viewer, const struct member *m)
{
	const struct subscription *sub;

	list_each (sub, &viewer->subscriptions, in_member)
		if (!sub->denied && sid_is(&sub->publisher, &m->sid))
			return true;
	return false;
}

bool subscribe_hears(const struct member *viewer, const struct member *m)
{
	const struct subscription *sub;

	list_each (sub, &viewer->subscriptions, in_member)
		if (sub->audio && !sub->denied && sid_is(&sub->publisher, &m->sid))
			return true;
	return false;
}

void subscribe_settings(struct session *session, const Lk__UpdateTrackSettings *request)
{
	struct member *m = session->member, *publisher;
	struct plane_settings settings = settings_of(request);

	for (size_t i = 0; i < request->n_track_sids; i++) {
		struct track *track = room_find_track(m->room, request->track_sids[i], &publisher);
		struct subscription *sub = track ? find(m, &track->sid) : NULL;

		if (!sub || same_settings(&sub->settings, &settings))
			continue;
		sub->settings = settings;
		if (!sub->denied)
			command(m, sub, CMD_SETTINGS);
	}
}
