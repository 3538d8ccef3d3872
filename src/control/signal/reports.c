/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the media plane measured, and who is told: publishers what nobody wants, subscribers what
 * bandwidth stopped, everybody who speaks and how well those they receive are connected
 * (livekit-protocol 6.2-6.5).
 */
#include "control/calls/calls.h"
#include "control/signal/encode.h"
#include "control/signal/internal.h"

void report_wanted(struct member *m, const struct plane_event *event)
{
	struct track *track = publish_find(m, event->track.text);

	if (!track)
		return;
	track->wanted = event->quality;
	track->told = true;
	send_subscribed_quality(m->session, track, track->wanted);
}

void report_stream_state(struct member *m, const struct plane_event *event)
{
	struct member *publisher;
	struct track *track = room_find_track(m->room, event->track.text, &publisher);

	if (track)
		send_stream_state(m->session, publisher->sid.text, track->sid.text, event->paused);
}

/* Deltas go to the speaker itself and to those who are sent its sound (livekit-protocol 6.3). */
void report_speakers(struct room *r, const struct plane_event *event)
{
	const struct member *who[PLANE_SPEAKERS_MAX];
	struct member *viewer;
	size_t count = event->speaker_count < PLANE_SPEAKERS_MAX ? event->speaker_count
								 : PLANE_SPEAKERS_MAX;

	for (size_t i = 0; i < count; i++)
		who[i] = room_find_member(r, event->speakers[i].participant.text);
	list_each (viewer, &r->members, in_room) {
		const struct plane_speaker *heard[PLANE_SPEAKERS_MAX];
		size_t n = 0;

		for (size_t i = 0; i < count; i++) {
			const struct member *m = who[i];

			if (m && member_sees(viewer, m) &&
			    (m == viewer || subscribe_hears(viewer, m)))
				heard[n++] = &event->speakers[i];
		}
		if (n)
			send_speakers(viewer->session, heard, n);
	}
}

void report_connection_to(struct member *viewer, const struct member *m)
{
	struct sid sid = m->sid;

	send_connection_quality(viewer->session, sid.text, m->connection, m->score);
}

void report_connection(struct member *m, const struct plane_event *event)
{
	struct member *viewer;

	m->measured = true;
	m->connection = event->quality;
	m->score = event->score;
	if (m->room->hub->calls && !m->token.hidden)
		calls_participant_quality(m->room->hub->calls, m->room->name, m->info.identity,
					  event->quality);
	/* a client that is told so about itself starts over (livekit-protocol 6.4) */
	if (event->quality != CONNECTION_LOST)
		report_connection_to(m, m);
	if (!m->info.n_tracks) /* nobody receives anything of it */
		return;
	list_each (viewer, &m->room->members, in_room)
		if (viewer != m && member_sees(viewer, m) && subscribe_receives(viewer, m))
			report_connection_to(viewer, m);
}

/* Nobody is told: operators ask (moderate.c). */
void report_measured(struct member *m, const struct plane_event *event)
{
	m->figures = event->figures;
	m->has_figures = true;
	m->score = event->score;
}
