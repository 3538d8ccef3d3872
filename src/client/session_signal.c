/* SPDX-License-Identifier: Apache-2.0 */
/* LiveKit's signalling (v0) on a session's WebSocket: protobuf messages out and in. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "client/session.h"

/* ---- out ---- */

bool signal_send(struct session *s, Lk__SignalRequest *request)
{
	size_t n = lk__signal_request__get_packed_size(request);
	autofree uint8_t *bytes = malloc(n + 1);

	if (!bytes || !s->ws)
		return false;
	(void)lk__signal_request__pack(request, bytes);
	return ws_send(s->ws, bytes, n, true);
}

static char *text(const char *t)
{
	return (char *)(uintptr_t)t; /* protobuf-c does not change what it packs */
}

static void send_description(struct session *s, Lk__SignalRequest__MessageCase kind, char *sdp,
			     uint32_t id)
{
	Lk__SignalRequest request = LK__SIGNAL_REQUEST__INIT;
	Lk__SessionDescription d = LK__SESSION_DESCRIPTION__INIT;

	d.type = text(kind == LK__SIGNAL_REQUEST__MESSAGE_OFFER ? "offer" : "answer");
	d.sdp = sdp;
	d.has_id = 1;
	d.id = id;
	request.message_case = kind;
	request.offer = &d; /* a union: the answer has the same type */
	(void)signal_send(s, &request);
}

void signal_offer(struct session *s)
{
	struct peer_track tracks[SESSION_SECTIONS];

	if (!pc_open(s, &s->pub))
		return;
	s->offer_again = s->offering;
	if (s->offering)
		return;
	for (size_t i = 0; i < s->section_count; i++) {
		struct section *section = &s->sections[i];

		tracks[i] = (struct peer_track){ .codec = section->codec,
						 .active = section->track != NULL,
						 .stream = "-",
						 .track = section->id,
						 .layer_count = (uint8_t)section->layer_count };
		memcpy(tracks[i].layers, section->layers, sizeof tracks[i].layers);
	}
	autofree char *sdp = peer_write_offer(&s->pub.peer, tracks, s->section_count);
	if (!sdp)
		return;
	s->offering = true;
	send_description(s, LK__SIGNAL_REQUEST__MESSAGE_OFFER, sdp, ++s->offer_id);
}

/* Of several the smallest is q, LOW; of two the larger is h, MEDIUM (livekit-protocol 5.5). */
static Lk__VideoLayer *fill_layer(Lk__VideoLayer *layer, const struct confab_track *t, unsigned i)
{
	lk__video_layer__init(layer);
	layer->has_width = layer->has_height = layer->has_quality = 1;
	layer->width = t->layers[i].width;
	layer->height = t->layers[i].height;
	layer->has_bitrate = t->layers[i].bitrate != 0;
	layer->bitrate = t->layers[i].bitrate;
	layer->quality = t->layer_count > 1 ? (Lk__VideoQuality)i : LK__VIDEO_QUALITY__HIGH;
	layer->rid = t->layer_count > 1 ? text(peer_rid(i)) : NULL;
	return layer;
}

/* As LiveKit writes codecs of simulcast. */
static const char *name_of(confab_codec codec)
{
	return codec == CONFAB_H264  ? "h264"
	       : codec == CONFAB_VP9 ? "vp9"
	       : codec == CONFAB_AV1 ? "av1"
				     : "vp8";
}

void signal_add_track(struct session *s, const struct confab_track *t)
{
	Lk__SignalRequest request = LK__SIGNAL_REQUEST__INIT;
	Lk__AddTrackRequest add = LK__ADD_TRACK_REQUEST__INIT;
	Lk__SimulcastCodec codec = LK__SIMULCAST_CODEC__INIT, *codecs[] = { &codec };
	Lk__VideoLayer layers[PEER_LAYERS], *list[PEER_LAYERS];
	bool video = t->codec != CONFAB_OPUS;

	add.cid = text(t->cid);
	add.name = t->name;
	add.has_type = add.has_source = 1;
	add.type = video ? LK__TRACK_TYPE__VIDEO : LK__TRACK_TYPE__AUDIO;
	add.source = (Lk__TrackSource)t->source;
	add.has_muted = 1;
	add.muted = t->muted;
	if (video && t->width) {
		add.has_width = add.has_height = 1;
		add.width = t->width;
		add.height = t->height;
		for (unsigned i = 0; i < t->layer_count; i++)
			list[i] = fill_layer(&layers[i], t, i);
		add.layers = codec.layers = list;
		add.n_layers = codec.n_layers = t->layer_count;
	}
	if (t->layer_count > 1) {
		codec.codec = text(name_of(t->codec));
		codec.cid = text(t->cid);
		codec.has_video_layer_mode = 1;
		codec.video_layer_mode = 1; /* one layer per stream (livekit-protocol 3.5) */
		add.simulcast_codecs = codecs;
		add.n_simulcast_codecs = 1;
	}
	request.message_case = LK__SIGNAL_REQUEST__MESSAGE_ADD_TRACK;
	request.add_track = &add;
	(void)signal_send(s, &request);
}

void signal_mute(struct session *s, const struct confab_track *t)
{
	Lk__SignalRequest request = LK__SIGNAL_REQUEST__INIT;
	Lk__MuteTrackRequest mute = LK__MUTE_TRACK_REQUEST__INIT;

	mute.sid = text(t->sid);
	mute.has_muted = 1;
	mute.muted = t->muted;
	request.message_case = LK__SIGNAL_REQUEST__MESSAGE_MUTE;
	request.mute = &mute;
	if (t->sid[0])
		(void)signal_send(s, &request);
}

bool signal_leave(struct session *s)
{
	Lk__SignalRequest request = LK__SIGNAL_REQUEST__INIT;
	Lk__LeaveRequest leave = LK__LEAVE_REQUEST__INIT;

	leave.has_reason = 1;
	leave.reason = LK__DISCONNECT_REASON__CLIENT_INITIATED;
	request.message_case = LK__SIGNAL_REQUEST__MESSAGE_LEAVE;
	request.leave = &leave;
	/* a server that has not taken us back listens to nothing else */
	return signal_send(s, &request) && !s->resume_by && ws_is_open(s->ws);
}

void signal_ping(struct session *s)
{
	Lk__SignalRequest request = LK__SIGNAL_REQUEST__INIT;
	Lk__Ping ping = LK__PING__INIT;

	ping.has_timestamp = 1;
	ping.timestamp = (int64_t)(clock_wall_us() / 1000);
	request.message_case = LK__SIGNAL_REQUEST__MESSAGE_PING_REQ;
	request.ping_req = &ping;
	(void)signal_send(s, &request);
}

/* ---- in ---- */

/* LiveKit passes RPC on from 1.8.0 (livekit-protocol 1.6). */
static bool is_older_than_rpc(const char *version)
{
	char *end = NULL;
	unsigned long major = version ? strtoul(version, &end, 10) : 2;

	return major == 0 || (major == 1 && *end == '.' && strtoul(end + 1, NULL, 10) < 8);
}

static void on_join(struct session *s, Lk__JoinResponse *join)
{
	s->joined = true;
	if (join->participant && join->participant->sid)
		(void)snprintf(s->own_sid, sizeof s->own_sid, "%s", join->participant->sid);
	s->subscriber_primary = join->subscriber_primary;
	s->no_rpc = is_older_than_rpc(join->server_info && join->server_info->version
					      ? join->server_info->version
					      : join->server_version);
	s->ping_us = (uint64_t)(join->ping_interval > 0 ? join->ping_interval : 0) * US_PER_S;
	s->next_ping = clock_now_us() + s->ping_us;
	if (join->room)
		report_room(s, join->room);
	if (join->participant)
		roster_take(s, &join->participant);
	for (size_t i = 0; i < join->n_other_participants; i++)
		roster_take(s, &join->other_participants[i]);
	subscriptions_begin(s);
	if (!s->subscriber_primary)
		signal_offer(s);
}

static void on_offer(struct session *s, const Lk__SessionDescription *d)
{
	const char *sdp = d->sdp ? d->sdp : "";
	char error[PEER_ERROR];

	if (!pc_open(s, &s->sub) || peer_read_offer(&s->sub.peer, clock_now_us(), s->client->sdp,
						    sdp, strlen(sdp), error) < 0) {
		session_fail(s, false, CONFAB_ERR_INTERNAL, "The server's offer is of no use: %s",
			     s->sub.has_v4 || s->sub.has_v6 ? error : "no socket");
		return;
	}
	autofree char *answer = peer_write_answer(&s->sub.peer, s->client->sdp);
	if (answer)
		send_description(s, LK__SIGNAL_REQUEST__MESSAGE_ANSWER, answer, d->id);
	session_take_streams(s);
	pc_flush(&s->sub);
}

static void on_answer(struct session *s, const Lk__SessionDescription *d)
{
	const char *sdp = d->sdp ? d->sdp : "";
	char error[PEER_ERROR];

	if (!s->pub.open || (d->has_id && d->id && d->id != s->offer_id))
		return; /* of an offer that a newer one has replaced */
	if (peer_read_answer(&s->pub.peer, clock_now_us(), s->client->sdp, sdp, strlen(sdp),
			     error) < 0) {
		session_fail(s, false, CONFAB_ERR_INTERNAL, "The server's answer is of no use: %s",
			     error);
		return;
	}
	s->offering = false;
	pc_flush(&s->pub);
	if (s->offer_again)
		signal_offer(s);
}

static void on_trickle(struct session *s, const Lk__TrickleRequest *trickle)
{
	json_t *init = trickle->candidate_init ? json_loads(trickle->candidate_init, 0, NULL)
					       : NULL;
	const char *line = json_string_value(json_object_get(init, "candidate"));
	struct pc *pc = trickle->target == LK__SIGNAL_TARGET__PUBLISHER ? &s->pub : &s->sub;

	if (line && pc_open(s, pc)) {
		(void)peer_add_candidate(&pc->peer, clock_now_us(), line, strlen(line));
		(void)peer_tick(&pc->peer, clock_now_us());
		pc_flush(pc);
	}
	json_decref(init);
}

static void on_published(struct session *s, const Lk__TrackPublishedResponse *p)
{
	struct confab_track *t;

	list_each (t, &s->call->tracks, in_call) {
		if (!p->cid || strcmp(t->cid, p->cid) != 0 || !p->track || !p->track->sid)
			continue;
		(void)snprintf(t->sid, sizeof t->sid, "%s", p->track->sid);
		t->published = true;
		if (t->muted)
			signal_mute(s, t);
	}
}

/* Who waits for the track to be writable waits in vain. */
static void refuse(struct confab_track *t, const char *why)
{
	struct waiting *w = t->publishing;
	confab_error error;

	if (!w)
		return;
	t->publishing = NULL;
	(void)error_set(&error, CONFAB_ERR_NOT_ALLOWED, 0, true, "The server refused the track: %s",
			why);
	w->done(w->arg, &error);
	free(w);
}

/* What became of a request of ours: a change of our texts has a number; a track is told of when it is refused. */
static void on_request_response(struct session *s, const Lk__RequestResponse *r)
{
	struct confab_track *t;

	if (r->request_id)
		describe_take(s, r);
	if (r->request_case != LK__REQUEST_RESPONSE__REQUEST_ADD_TRACK || !r->reason)
		return;
	list_each (t, &s->call->tracks, in_call) {
		if (strcmp(t->cid, or_empty(r->add_track->cid)) == 0)
			refuse(t, r->message ? r->message : "no reason given");
	}
}

/* The server has taken a track of ours back: we may not publish it any more (livekit-protocol 6.7). */
static void on_unpublished(struct session *s, const Lk__TrackUnpublishedResponse *m)
{
	struct confab_track *t;

	list_each (t, &s->call->tracks, in_call) {
		if (!t->published || strcmp(t->sid, or_empty(m->track_sid)) != 0)
			continue;
		session_unpublish(s, t);
		refuse(t, "it may not be published any more");
		client_emit(s->client, &(confab_event){ .type = CONFAB_EVENT_TRACK_UNPUBLISHED,
							.call = s->call,
							.track = t,
							.track_id = t->sid,
							.source = t->source,
							.codec = t->codec });
	}
}

/* A moderator muted a track of ours: it stays so until we unmute. */
static void on_mute(struct session *s, const Lk__MuteTrackRequest *mute)
{
	struct confab_track *t;

	list_each (t, &s->call->tracks, in_call) {
		if (!mute->sid || strcmp(t->sid, mute->sid) != 0 || t->muted == (bool)mute->muted)
			continue;
		t->muted = mute->muted;
		signal_mute(s, t);
		client_emit(s->client, &(confab_event){ .type = CONFAB_EVENT_TRACK_MUTED,
							.call = s->call,
							.track = t,
							.track_id = t->sid,
							.source = t->source,
							.codec = t->codec,
							.muted = mute->muted });
	}
}

static void on_leave(struct session *s, const Lk__LeaveRequest *leave)
{
	bool final = leave->has_action ? leave->action == LK__LEAVE_ACTION__DISCONNECT
				       : !leave->can_reconnect;

	if (leave->has_action && leave->action == LK__LEAVE_ACTION__RESUME && !s->resume_by &&
	    resume_begin(s)) {
		ws_close(s->ws);
		s->ws = NULL;
		return;
	}
	s->call->reason = (confab_reason)leave->reason;
	session_fail(s, final, final ? CONFAB_ERR_REMOVED : CONFAB_ERR_NETWORK,
		     "The server ended the session (reason %d).", (int)leave->reason);
}

static void dispatch(struct session *s, Lk__SignalResponse *m)
{
	switch (m->message_case) {
	case LK__SIGNAL_RESPONSE__MESSAGE_JOIN:
		on_join(s, m->join);
		break;
	case LK__SIGNAL_RESPONSE__MESSAGE_OFFER:
		on_offer(s, m->offer);
		break;
	case LK__SIGNAL_RESPONSE__MESSAGE_ANSWER:
		on_answer(s, m->answer);
		break;
	case LK__SIGNAL_RESPONSE__MESSAGE_TRICKLE:
		on_trickle(s, m->trickle);
		break;
	case LK__SIGNAL_RESPONSE__MESSAGE_UPDATE:
		for (size_t i = 0; i < m->update->n_participants; i++)
			roster_take(s, &m->update->participants[i]);
		break;
	case LK__SIGNAL_RESPONSE__MESSAGE_TRACK_PUBLISHED:
		on_published(s, m->track_published);
		break;
	case LK__SIGNAL_RESPONSE__MESSAGE_REQUEST_RESPONSE:
		on_request_response(s, m->request_response);
		break;
	case LK__SIGNAL_RESPONSE__MESSAGE_MUTE:
		on_mute(s, m->mute);
		break;
	case LK__SIGNAL_RESPONSE__MESSAGE_TRACK_UNPUBLISHED:
		on_unpublished(s, m->track_unpublished);
		break;
	case LK__SIGNAL_RESPONSE__MESSAGE_SUBSCRIBED_QUALITY_UPDATE:
		session_wanted(s, m->subscribed_quality_update);
		break;
	case LK__SIGNAL_RESPONSE__MESSAGE_SPEAKERS_CHANGED:
		report_speakers(s, m->speakers_changed);
		break;
	case LK__SIGNAL_RESPONSE__MESSAGE_CONNECTION_QUALITY:
		report_quality(s, m->connection_quality);
		break;
	case LK__SIGNAL_RESPONSE__MESSAGE_STREAM_STATE_UPDATE:
		report_stream_states(s, m->stream_state_update);
		break;
	case LK__SIGNAL_RESPONSE__MESSAGE_SUBSCRIPTION_PERMISSION_UPDATE:
		report_permission(s, m->subscription_permission_update);
		break;
	case LK__SIGNAL_RESPONSE__MESSAGE_SUBSCRIPTION_RESPONSE:
		report_subscription(s, m->subscription_response);
		break;
	case LK__SIGNAL_RESPONSE__MESSAGE_ROOM_UPDATE:
		if (m->room_update->room)
			report_room(s, m->room_update->room);
		break;
	case LK__SIGNAL_RESPONSE__MESSAGE_REFRESH_TOKEN:
		session_renew_token(s, m->refresh_token);
		break;
	case LK__SIGNAL_RESPONSE__MESSAGE_RECONNECT:
		if (s->resume_by)
			resume_done(s);
		break;
	case LK__SIGNAL_RESPONSE__MESSAGE_LEAVE:
		on_leave(s, m->leave);
		break;
	default:
		break;
	}
}

static void on_message(void *arg, const char *bytes, size_t n, bool binary)
{
	struct session *s = arg;
	Lk__SignalResponse *m = binary ? lk__signal_response__unpack(NULL, n,
								     (const uint8_t *)bytes)
				       : NULL;

	if (!m)
		return;
	dispatch(s, m); /* may close the session, which lives on until the loop's next round */
	if (s->call)
		session_check(s);
	lk__signal_response__free_unpacked(m, NULL);
}

static void on_opened(void *arg)
{
	(void)arg; /* the server speaks first */
}

static void on_closed(void *arg, const char *why)
{
	struct session *s = arg;

	s->ws = NULL;
	if (resume_begin(s)) {
		client_log(s->client, CONFAB_LOG_INFO, "Signalling was lost: %s", why);
		return;
	}
	session_fail(s, false, CONFAB_ERR_NETWORK,
		     "The connection to the media server was lost: %s", why);
}

const struct ws_handlers session_handlers = { on_opened, on_message, on_closed };
