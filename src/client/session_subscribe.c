/* SPDX-License-Identifier: Apache-2.0 */
/* Tells the server what the program wants to receive (livekit-protocol 3.7). */
#include <string.h>

#include "client/session.h"

void session_subscribe(struct session *s, const struct wish *w)
{
	Lk__SignalRequest request = LK__SIGNAL_REQUEST__INIT;
	Lk__UpdateSubscription update = LK__UPDATE_SUBSCRIPTION__INIT;
	Lk__ParticipantTracks of = LK__PARTICIPANT_TRACKS__INIT, *all[] = { &of };
	char *track = (char *)(uintptr_t)w->track; /* packing does not change it */
	struct remote *r = NULL;

	if (!roster_track(s, w->track, &r))
		return;
	of.participant_sid = r->info->sid;
	of.track_sids = update.track_sids = &track;
	of.n_track_sids = update.n_track_sids = 1;
	update.participant_tracks = all; /* some servers look at one list, some at the other */
	update.n_participant_tracks = 1;
	update.has_subscribe = 1;
	update.subscribe = w->subscribe;
	request.message_case = LK__SIGNAL_REQUEST__MESSAGE_SUBSCRIPTION;
	request.subscription = &update;
	(void)signal_send(s, &request);
}

void session_settings(struct session *s, const struct wish *w)
{
	Lk__SignalRequest request = LK__SIGNAL_REQUEST__INIT;
	Lk__UpdateTrackSettings settings = LK__UPDATE_TRACK_SETTINGS__INIT;
	char *track = (char *)(uintptr_t)w->track;

	settings.track_sids = &track;
	settings.n_track_sids = 1;
	settings.has_disabled = settings.has_quality = 1;
	settings.disabled = w->disabled;
	settings.quality = (Lk__VideoQuality)w->quality;
	settings.has_width = settings.has_height = w->width != 0;
	settings.width = w->width;
	settings.height = w->height;
	settings.has_fps = w->fps != 0;
	settings.fps = w->fps;
	request.message_case = LK__SIGNAL_REQUEST__MESSAGE_TRACK_SETTING;
	request.track_setting = &settings;
	(void)signal_send(s, &request);
}

bool session_knows(struct session *s, const char *track)
{
	struct remote *r;

	return track[0] && roster_track(s, track, &r);
}

void subscriptions_begin(struct session *s)
{
	struct wish *w;

	list_each (w, &s->call->wishes, in_call) {
		if (!session_knows(s, w->track))
			wish_end(s->call, w->track);
		else if (w->asked)
			session_subscribe(s, w);
	}
}

void subscription_begins(struct session *s, const char *track)
{
	struct wish *w;

	list_each (w, &s->call->wishes, in_call) {
		if (w->set && strcmp(w->track, track) == 0)
			session_settings(s, w);
	}
}

void subscriptions_again(struct session *s)
{
	struct wish *w;

	list_each (w, &s->call->wishes, in_call) {
		if (w->said)
			session_subscribe(s, w);
		if (w->set)
			session_settings(s, w);
	}
}

size_t subscriptions_list(const struct session *s, char **ret, size_t most)
{
	struct wish *w;
	size_t n = 0;

	list_each (w, &s->call->wishes, in_call) {
		if (w->asked && n < most)
			ret[n++] = w->track;
	}
	return n;
}
