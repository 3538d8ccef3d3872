/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Signalling that is lost alone, or that the server wants anew after media was: the session goes on with
 * its peer connections, keys and tracks, and others see nothing (LiveKit's resume). When that does not
 * work in time, or the server does not know us any more, the session ends and the call is joined anew.
 * Media that fails meanwhile waits for it: only the server knows whether we were put out.
 *
 *	resume_begin ▸ resume_tick (a new socket) ▸ `reconnect` ▸ resume_done ▸ both connections restart ICE
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "client/session.h"

enum {
	LIMIT_US = 15 * 1000 * 1000,
	STEP_US = 300 * 1000,	    /* attempts after 0, 0.3, 1.2, 2.7, … s, as other clients' */
	GRACE_US = 2 * 1000 * 1000, /* a short loss goes unnoticed: media may well be flowing */
};

bool resume_begin(struct session *s)
{
	uint64_t now = clock_now_us(), limit = LIMIT_US, n = s->resume_attempts;

	if (!s->told || !s->own_sid[0])
		return false;
	if (!s->resume_by) {
		if (s->call->reconnect_us && s->call->reconnect_us < limit)
			limit = s->call->reconnect_us;
		s->resume_by = now + limit;
		s->resume_told_at = now + GRACE_US;
		s->resume_attempts = 0;
		n = 0;
	}
	s->resume_at = now + n * n * STEP_US;
	s->resume_attempts++;
	return true;
}

bool resume_tick(struct session *s, uint64_t now)
{
	confab_error error;
	char url[2200];

	if (!s->resume_by)
		return true;
	if (now >= s->resume_by) {
		session_fail(s, false, CONFAB_ERR_NETWORK,
			     "The connection to the media server was lost.");
		return false;
	}
	if (now >= s->resume_told_at) {
		(void)error_set(&error, CONFAB_ERR_NETWORK, 0, false,
				"The connection to the media server was lost.");
		call_on_interrupted(s->call, &error);
	}
	if (s->ws || now < s->resume_at)
		return true;
	(void)snprintf(url, sizeof url, "%s&reconnect=1&sid=%s", s->url, s->own_sid);
	s->ws = ws_open(s->client->websockets,
			&(struct ws_target){ .url = url, .bearer = s->token }, &session_handlers,
			s);
	if (!s->ws)
		s->resume_at = now + STEP_US;
	return true;
}

/* What we publish and receive, as we know it (livekit-protocol 3.9). */
static void send_sync(struct session *s)
{
	Lk__UpdateSubscription subscription = LK__UPDATE_SUBSCRIPTION__INIT;
	char *wanted[SESSION_SYNC_TRACKS];
	Lk__TrackPublishedResponse tracks[SESSION_SECTIONS], *list[SESSION_SECTIONS];
	Lk__DataChannelReceiveState heard[SESSION_HEARD], *heards[SESSION_HEARD];
	Lk__SignalRequest request = LK__SIGNAL_REQUEST__INIT;
	Lk__TrackInfo infos[SESSION_SECTIONS];
	Lk__SyncState sync = LK__SYNC_STATE__INIT;
	struct confab_track *t;

	list_each (t, &s->call->tracks, in_call) {
		size_t i = sync.n_publish_tracks;

		if (!t->published || i == SESSION_SECTIONS)
			continue;
		lk__track_info__init(&infos[i]);
		infos[i].sid = t->sid;
		lk__track_published_response__init(&tracks[i]);
		tracks[i].cid = t->cid;
		tracks[i].track = &infos[i];
		list[i] = &tracks[i];
		sync.n_publish_tracks++;
	}
	sync.publish_tracks = list;
	subscription.track_sids = wanted;
	subscription.n_track_sids = subscriptions_list(s, wanted, SESSION_SYNC_TRACKS);
	subscription.has_subscribe = 1;
	subscription.subscribe = s->call->manual_subscribe;
	sync.subscription = &subscription;
	sync.n_datachannel_receive_states = data_heard(s, heard, SESSION_HEARD);
	for (size_t i = 0; i < sync.n_datachannel_receive_states; i++)
		heards[i] = &heard[i];
	sync.datachannel_receive_states = heards;
	request.message_case = LK__SIGNAL_REQUEST__MESSAGE_SYNC_STATE;
	request.sync_state = &sync;
	(void)signal_send(s, &request);
}

void resume_done(struct session *s)
{
	uint64_t now = clock_now_us();
	struct confab_track *t;

	s->resume_by = 0;
	/* an offer that was on its way, or made meanwhile, is lost */
	s->offering = s->offer_again = false;
	s->next_ping = now + s->ping_us;
	send_sync(s);
	subscriptions_again(s);
	describe_again(s);
	list_each (t, &s->call->tracks, in_call) {
		if (t->published)
			signal_mute(s, t); /* it may have changed meanwhile */
		else if (t->sending)
			signal_add_track(s, t);
	}
	/* the address may be another one now; the server's offer restarts the other connection */
	if (s->pub.open) {
		peer_restart(&s->pub.peer, now);
		signal_offer(s);
	}
	call_on_resumed(s->call);
}
