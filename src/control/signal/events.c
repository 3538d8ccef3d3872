/* SPDX-License-Identifier: Apache-2.0 */
/* What the media plane reports, and what the clients hear of it. */
#include "base/log.h"
#include "control/signal/encode.h"
#include "control/signal/internal.h"

/* The peer connection by which a client calls itself connected (livekit-protocol 4.2). */
static enum plane_target primary(const struct member *m)
{
	return m->subscriber_primary ? TARGET_SUBSCRIBER : TARGET_PUBLISHER;
}

static void on_failed(struct member *m, const struct plane_event *event)
{
	struct room *r = m->room;
	bool was_active = m->info.state == LK__PARTICIPANT_STATE__ACTIVE;

	r->hub->gauges.media_failures++;
	log_warn("signal", "media failed room=%s participant=%s target=%d cause=\"%s\"",
		 r->sid.text, m->sid.text, (int)event->target, event->text);
	/* Lost on the way: join again. Never worked: trying again would fail again. */
	if (m->session)
		session_end(m->session,
			    was_active ? LK__LEAVE_ACTION__RECONNECT : LK__LEAVE_ACTION__DISCONNECT,
			    was_active ? LK__DISCONNECT_REASON__MEDIA_FAILURE
				       : LK__DISCONNECT_REASON__JOIN_FAILURE);
	member_remove(m, LK__DISCONNECT_REASON__MEDIA_FAILURE);
	room_settle(r);
}

/*
 * Its path is dead: resuming restarts ICE (livekit-protocol 4.8). Only a client whose signalling
 * lives can do something about it: it is asked, and when it has answered and its media has not come
 * back meanwhile (this event is repeated) it is sent. With the whole network away there is no
 * answer, and it comes back by itself.
 */
static void on_lost(struct member *m, const struct plane_event *event)
{
	uint64_t now = clock_now_us();

	if (!m->session || m->resuming)
		return;
	if (m->resumed_at_us && now - m->resumed_at_us < SIGNAL_RESUMING_US)
		return; /* it is at it */
	if (!m->asked_at_us || now - m->asked_at_us > SIGNAL_ASK_US) {
		m->asked_at_us = now;
		wsconn_ping(m->session->conn);
		return;
	}
	if (m->heard_at_us <= m->asked_at_us)
		return;
	m->gone_at_us = now + (uint64_t)SIGNAL_RESUME_S * US_PER_S;
	log_info("signal", "media lost room=%s participant=%s target=%d", m->room->sid.text,
		 m->sid.text, (int)event->target);
	session_end(m->session, LK__LEAVE_ACTION__RESUME, LK__DISCONNECT_REASON__MEDIA_FAILURE);
}

static void on_track(struct member *m, const struct plane_event *event)
{
	struct track *track = publish_find(m, event->track.text);

	if (!track)
		return;
	if (event->type == EV_TRACK_LIVE)
		publish_live(m, track, event->mime, event->mid);
	else
		publish_gone(m, track);
}

void signal_on_plane_event(struct signal_hub *s, uint16_t worker, const struct plane_event *event)
{
	struct room *r = room_find_sid(s, &event->room);
	struct member *m;

	if (!r || r->worker != worker)
		return;
	if (event->type == EV_SPEAKERS) { /* about many */
		report_speakers(r, event);
		return;
	}
	m = room_find_member(r, event->participant.text);
	if (!m) /* gone while the event was on its way */
		return;
	switch (event->type) {
	case EV_ANSWER:
		if (m->session)
			send_answer(m->session, event->id, event->sdp);
		break;
	case EV_OFFER:
		if (m->session)
			send_offer(m->session, event->id, event->sdp);
		break;
	case EV_CONNECTED:
		if (event->target == primary(m))
			member_active(m);
		break;
	case EV_TRACK_LIVE:
	case EV_TRACK_GONE:
		on_track(m, event);
		break;
	case EV_WANTED:
		report_wanted(m, event);
		break;
	case EV_STREAM_STATE:
		report_stream_state(m, event);
		break;
	case EV_CONNECTION:
		report_connection(m, event);
		break;
	case EV_MEASURED:
		report_measured(m, event);
		break;
	case EV_FAILED:
		on_failed(m, event);
		break;
	case EV_LOST:
		on_lost(m, event);
		break;
	case EV_RESUMED:
		resume_finish(m, event->id);
		break;
	case EV_SPEAKERS:
	case EV_NONE:
	default:
		break;
	}
}
