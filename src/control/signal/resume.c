/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A session that lost its socket and comes back (livekit-protocol 4.7). Its member stays for
 * SIGNAL_RESUME_S; media goes on, and the others see nothing. The way of a resume: resume_begin ▸
 * CMD_RESUME ▸ EV_RESUMED ▸ resume_finish (`reconnect` must be the first message, and it says what
 * the media plane knows) ▸ EV_OFFER with new ICE credentials ▸ `sync_state` ▸ resume_sync.
 */
#include <string.h>

#include "base/log.h"
#include "control/signal/encode.h"
#include "control/signal/internal.h"

static void away(struct member *m)
{
	signal_send(m->room, &(struct plane_cmd){ .type = CMD_AWAY, .participant = m->sid });
	m->gone_at_us = clock_now_us() + (uint64_t)SIGNAL_RESUME_S * US_PER_S;
}

void resume_lost(struct session *session)
{
	if (session->member) {
		session->member->session = NULL;
		away(session->member);
	}
	if (session->resumes) {
		session->resumes->resuming = NULL;
		away(session->resumes);
	}
	session->member = session->resumes = NULL;
}

/* A client that was taken out while it was away stays out; others begin anew. */
void resume_refuse(struct session *session, Lk__DisconnectReason reason)
{
	bool out = reason == LK__DISCONNECT_REASON__DUPLICATE_IDENTITY ||
		   reason == LK__DISCONNECT_REASON__PARTICIPANT_REMOVED ||
		   reason == LK__DISCONNECT_REASON__ROOM_DELETED;

	if (session->resumes)
		session->resumes->resuming = NULL;
	session->resumes = NULL;
	session_end(session, out ? LK__LEAVE_ACTION__DISCONNECT : LK__LEAVE_ACTION__RECONNECT,
		    out ? reason : LK__DISCONNECT_REASON__STATE_MISMATCH);
}

/* The socket that is being replaced; for its client it is closed already, or dead. */
static void drop_socket(struct session *old)
{
	old->member = old->resumes = NULL;
	if (old->closing)
		return;
	old->closing = true;
	wsconn_close(old->conn, 1000, "resumed on another socket");
}

void resume_begin(struct session *session)
{
	const char *sid = session->client.resumes.text, *identity = session->token.identity;
	struct room *r = room_find(session->hub, session->token.room);
	struct member *m = r ? room_find_identity(r, identity) : NULL;
	const struct departed *d = r && *sid ? departed_find(r, sid, identity) : NULL;

	if (!m || (*sid && strcmp(sid, m->sid.text) != 0)) {
		log_info("signal", "not resumed participant=%s cause=\"%s\"", *sid ? sid : "none",
			 d ? "it has left" : "unknown");
		resume_refuse(session, d ? d->reason : LK__DISCONNECT_REASON__STATE_MISMATCH);
		return;
	}
	if (m->session)
		drop_socket(m->session);
	if (m->resuming)
		drop_socket(m->resuming);
	m->session = NULL;
	m->resuming = session;
	session->resumes = m;
	m->gone_at_us = clock_now_us() + (uint64_t)SIGNAL_RESUME_S * US_PER_S;
	signal_send(r, &(struct plane_cmd){ .type = CMD_RESUME, .participant = m->sid });
}

/* What it may have missed, besides who is there. */
static void tell_again(struct member *m)
{
	struct member *other;
	struct track *track;

	list_each (track, &m->tracks, in_member)
		if (track->told)
			send_subscribed_quality(m->session, track, track->wanted);
	list_each (other, &m->room->members, in_room)
		if (other->measured &&
		    (other == m ? m->connection != CONNECTION_LOST
				: member_sees(m, other) && subscribe_receives(m, other)))
			report_connection_to(m, other);
}

void resume_finish(struct member *m, uint32_t last_sequence)
{
	struct session *session = m->resuming;

	if (!session) /* lost again */
		return;
	m->resuming = NULL;
	m->session = session;
	session->member = m;
	session->resumes = NULL;
	m->gone_at_us = 0;
	m->room->hub->gauges.resumes++;
	send_reconnect(session, last_sequence);
	if (send_everybody(session, m->heard_at_us) < 0)
		return;
	m->heard_at_us = m->resumed_at_us = clock_now_us();
	cleanup(packed_fini) struct packed room = pack_room_update(m->room);
	send_packed(session, &room);
	member_refresh_token(m);
	tell_again(m);
	data_tracks_tell(m);
	log_info("signal", "resumed room=%s participant=%s", m->room->sid.text, m->sid.text);
}

/* The sender is somebody's SID, or cut and nobody's. */
static void replay(const struct member *m, const Lk__DataChannelReceiveState *state)
{
	struct plane_cmd cmd = { .type = CMD_REPLAY, .participant = m->sid, .id = state->last_seq };

	if (!state->publisher_sid || strlen(state->publisher_sid) >= sizeof cmd.publisher.text)
		return;
	memcpy(cmd.publisher.text, state->publisher_sid, strlen(state->publisher_sid));
	signal_send(m->room, &cmd);
}

/* Whether we have what the client thinks that it publishes. */
static bool publishes_all(const struct member *m, const Lk__SyncState *state)
{
	for (size_t i = 0; i < state->n_publish_tracks; i++) {
		const Lk__TrackInfo *info = state->publish_tracks[i]->track;

		if (!info || !info->sid || !publish_find(m, info->sid))
			return false;
	}
	for (size_t i = 0; i < state->n_publish_data_tracks; i++) {
		const Lk__DataTrackInfo *info = state->publish_data_tracks[i]->info;

		if (!info || !info->sid || !data_tracks_has(m, info->sid))
			return false;
	}
	return true;
}

void resume_sync(struct session *session, const Lk__SyncState *state)
{
	const struct member *m = session->member;

	if (!publishes_all(m, state)) {
		log_warn("signal", "resume refused participant=%s cause=\"a track is unknown\"",
			 m->sid.text);
		session_end(session, LK__LEAVE_ACTION__RECONNECT,
			    LK__DISCONNECT_REASON__STATE_MISMATCH);
		return;
	}
	if (state->subscription)
		subscribe_request(session, state->subscription);
	if (state->data_subscription)
		data_tracks_request(session, state->data_subscription);
	for (size_t i = 0;
	     i < state->n_datachannel_receive_states && i < LIMIT_PARTICIPANTS_PER_ROOM; i++)
		replay(m, state->datachannel_receive_states[i]);
}
