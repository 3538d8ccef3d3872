/* SPDX-License-Identifier: Apache-2.0 */
/* What the server reports of a call: who speaks, how well people are connected, what it holds back, and the
 * room itself (livekit-protocol 6.2-6.5). */
#include "client/session.h"

void report_speakers(struct session *s, const Lk__SpeakersChanged *m)
{
	for (size_t i = 0; i < m->n_speakers; i++) {
		const Lk__SpeakerInfo *speaker = m->speakers[i];
		confab_event e = { .type = CONFAB_EVENT_SPEAKING, .state = speaker->active };

		session_describe(s, &e, or_empty(speaker->sid), "");
		/* not a number, and what is out of range: silence */
		e.level = speaker->level > 0 && speaker->level <= 1 ? (double)speaker->level : 0;
		if (e.participant)
			client_emit(s->client, &e);
	}
}

void report_quality(struct session *s, const Lk__ConnectionQualityUpdate *m)
{
	for (size_t i = 0; i < m->n_updates; i++) {
		const Lk__ConnectionQualityInfo *info = m->updates[i];
		confab_event e = { .type = CONFAB_EVENT_QUALITY, .state = (int)info->quality };

		session_describe(s, &e, or_empty(info->participant_sid), "");
		if (e.participant)
			client_emit(s->client, &e);
	}
}

void report_stream_states(struct session *s, const Lk__StreamStateUpdate *m)
{
	for (size_t i = 0; i < m->n_stream_states; i++) {
		const Lk__StreamStateInfo *info = m->stream_states[i];
		confab_event e = { .type = CONFAB_EVENT_TRACK_PAUSED,
				   .state = info->state == LK__STREAM_STATE__STREAM_PAUSED };

		session_describe(s, &e, or_empty(info->participant_sid), or_empty(info->track_sid));
		client_emit(s->client, &e);
	}
}

void report_permission(struct session *s, const Lk__SubscriptionPermissionUpdate *m)
{
	confab_event e = { .type = CONFAB_EVENT_SUBSCRIPTION_PERMISSION, .state = m->allowed };

	session_describe(s, &e, or_empty(m->participant_sid), or_empty(m->track_sid));
	client_emit(s->client, &e);
}

void report_subscription(struct session *s, const Lk__SubscriptionResponse *m)
{
	enum { CODEC_UNSUPPORTED = 1, NOT_FOUND = 2 }; /* livekit-protocol 3.7 */
	confab_event e = { .type = CONFAB_EVENT_SUBSCRIPTION_FAILED };
	confab_error error;
	struct remote *r = NULL;

	const Lk__TrackInfo *t = roster_track(s, or_empty(m->track_sid), &r);
	(void)error_set(&error, m->err == NOT_FOUND ? CONFAB_ERR_NOT_FOUND : CONFAB_ERR_NOT_ALLOWED,
			0, true, "The track %s cannot be received: %s", or_empty(m->track_sid),
			m->err == NOT_FOUND	      ? "there is none of that id."
			: m->err == CODEC_UNSUPPORTED ? "its codec is none of ours."
						      : "the server refused it.");
	session_describe(s, &e, t ? or_empty(r->info->sid) : "", or_empty(m->track_sid));
	e.error = &error;
	client_emit(s->client, &e);
}

void report_room(struct session *s, const Lk__Room *m)
{
	confab_room room = { .id = or_empty(m->sid),
			     .name = or_empty(m->name),
			     .metadata = or_empty(m->metadata),
			     .participants = m->num_participants,
			     .publishers = m->num_publishers,
			     .recording = m->active_recording };

	client_emit(s->client,
		    &(confab_event){ .type = CONFAB_EVENT_ROOM, .call = s->call, .room = &room });
}
