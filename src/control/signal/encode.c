/* SPDX-License-Identifier: Apache-2.0 */
/* See encode.h. protobuf-c's structs want `char *` everywhere, but packing only reads. */
#include "control/signal/encode.h"

#include "base/log.h"

/* Plain semver and nothing else: Rust clients abort on other forms, and all switch features by it
 * (livekit-protocol 1.6). */
#define SERVER_VERSION "1.13.5"
enum { SERVER_PROTOCOL = 17 };

static struct packed pack(const Lk__SignalResponse *response)
{
	size_t n = lk__signal_response__get_packed_size(response);
	struct packed packed = { malloc(n ? n : 1), n };

	if (packed.bytes)
		(void)lk__signal_response__pack(response, packed.bytes); /* always the size above */
	return packed;
}

void packed_fini(struct packed *packed)
{
	free(packed->bytes);
	*packed = (struct packed){ 0 };
}

void send_packed(struct session *session, const struct packed *packed)
{
	if (!session || !session->conn || session->closing)
		return;
	if (packed->bytes) {
		/* false: the slow consumer is being closed, and `closed` will follow */
		(void)wsconn_send(session->conn, packed->bytes, packed->n, true);
		return;
	}
	log_error("signal", "no memory for a message");
	session->closing = true;
	wsconn_close(session->conn, 1011, "out of memory");
}

void send_response(struct session *session, const Lk__SignalResponse *response)
{
	cleanup(packed_fini) struct packed packed = pack(response);

	send_packed(session, &packed);
}

/* The codecs that our media plane forwards; with this list clients send add_track and offer in
 * parallel. */
static void codec_list_init(struct codec_list *list)
{
	*list = (struct codec_list){ .names = { "audio/opus", "audio/red", "video/VP8", "video/VP9",
						"video/AV1", "video/H264", "video/rtx" } };
	for (size_t i = 0; i < CODEC_COUNT; i++) {
		lk__codec__init(&list->codecs[i]);
		list->codecs[i].mime = list->names[i];
		list->pointers[i] = &list->codecs[i];
	}
}

static uint32_t count_publishers(const struct room *r)
{
	const struct member *m;
	uint32_t n = 0;

	list_each (m, &r->members, in_room)
		n += m->info.n_tracks > 0 && !m->token.hidden;
	return n;
}

void room_view_init(struct room_view *view, const struct room *r)
{
	struct sid *sid = &((struct room *)(uintptr_t)r)->sid;
	Lk__Room *room = &view->room;

	lk__room__init(room);
	codec_list_init(&view->codecs);
	room->sid = sid->text;
	room->name = r->name;
	room->metadata = r->metadata;
	room->has_empty_timeout = room->has_departure_timeout = room->has_max_participants = true;
	room->empty_timeout = r->empty_timeout_s;
	room->departure_timeout = r->departure_timeout_s;
	room->max_participants = r->max_participants;
	room->has_creation_time = room->has_creation_time_ms = true;
	room->creation_time = (int64_t)(r->created_wall_us / US_PER_S);
	room->creation_time_ms = (int64_t)(r->created_wall_us / US_PER_MS);
	room->enabled_codecs = view->codecs.pointers;
	room->n_enabled_codecs = CODEC_COUNT;
	room->has_num_participants = room->has_num_publishers = true;
	room->num_participants = (uint32_t)r->visible;
	room->num_publishers = count_publishers(r);
	room->has_active_recording = true;
}

static size_t collect_others(const struct member *self, Lk__ParticipantInfo **ret)
{
	struct member *m;
	size_t n = 0;

	list_each (m, &self->room->members, in_room)
		if (m != self && member_sees(self, m))
			ret[n++] = &m->info;
	return n;
}

void fill_server(Lk__ServerInfo *server)
{
	static char version[] = SERVER_VERSION, node[] = "ND_confab", name[] = "Confab",
		    empty[] = "";

	lk__server_info__init(server);
	server->version = version;
	server->node_id = node;
	server->debug_info = name;
	server->region = empty;
	server->has_protocol = true;
	server->protocol = SERVER_PROTOCOL;
}

bool fill_ice_server(struct ice_server *ret, const struct session *session)
{
	const struct signal_hub *s = session->hub;
	const struct member *m = session->member;

	if (!session->turn_url ||
	    !s->credentials(s->send_arg, m->room->worker, &m->sid, &ret->credentials))
		return false;
	lk__iceserver__init(&ret->server);
	ret->urls[0] = session->turn_url;
	ret->server.urls = ret->urls;
	ret->server.n_urls = 1;
	ret->server.username = ret->credentials.username;
	ret->server.credential = ret->credentials.password;
	ret->list[0] = &ret->server;
	return true;
}

void send_join(struct session *session)
{
	struct member *self = session->member;
	autofree Lk__ParticipantInfo **others = calloc(self->room->visible + 1, sizeof *others);
	Lk__SignalResponse response = LK__SIGNAL_RESPONSE__INIT;
	Lk__JoinResponse join = LK__JOIN_RESPONSE__INIT;
	Lk__ServerInfo server;
	struct ice_server turn;
	struct room_view view;

	if (!others) {
		send_packed(session, &(struct packed){ 0 });
		return;
	}
	room_view_init(&view, self->room);
	fill_server(&server);
	join.room = &view.room;
	join.participant = &self->info;
	join.n_other_participants = collect_others(self, others);
	join.other_participants = others;
	join.server_version = server.version; /* Android and Flutter read this one */
	join.server_info = &server;
	join.has_subscriber_primary = join.has_fast_publish = true;
	join.subscriber_primary = self->subscriber_primary;
	join.fast_publish = self->may_offer;
	join.has_ping_interval = join.has_ping_timeout = true; /* 0 makes Rust clients abort */
	join.ping_interval = SIGNAL_PING_INTERVAL_S;
	join.ping_timeout = SIGNAL_PING_TIMEOUT_S;
	join.enabled_publish_codecs = view.codecs.pointers;
	join.n_enabled_publish_codecs = CODEC_COUNT;
	join.ice_servers = turn.list;
	join.n_ice_servers = fill_ice_server(&turn, session);
	response.message_case = LK__SIGNAL_RESPONSE__MESSAGE_JOIN;
	response.join = &join;
	send_response(session, &response);
}

void send_leave(struct session *session, Lk__LeaveAction action, Lk__DisconnectReason reason)
{
	Lk__SignalResponse response = LK__SIGNAL_RESPONSE__INIT;
	Lk__LeaveRequest leave = LK__LEAVE_REQUEST__INIT;

	/* both forms: clients below protocol 13 read can_reconnect */
	leave.has_action = leave.has_reason = leave.has_can_reconnect = true;
	leave.action = action;
	leave.reason = reason;
	leave.can_reconnect = action != LK__LEAVE_ACTION__DISCONNECT;
	response.message_case = LK__SIGNAL_RESPONSE__MESSAGE_LEAVE;
	response.leave = &leave;
	send_response(session, &response);
}

static void fill_description(Lk__SessionDescription *d, char *type, uint32_t id, char *sdp)
{
	lk__session_description__init(d);
	d->type = type;
	d->sdp = sdp;
	d->has_id = true;
	d->id = id;
}

void send_answer(struct session *session, uint32_t id, char *sdp)
{
	char type[] = "answer";
	Lk__SignalResponse response = LK__SIGNAL_RESPONSE__INIT;
	Lk__SessionDescription description;

	fill_description(&description, type, id, sdp);
	response.message_case = LK__SIGNAL_RESPONSE__MESSAGE_ANSWER;
	response.answer = &description;
	send_response(session, &response);
}

void send_offer(struct session *session, uint32_t id, char *sdp)
{
	char type[] = "offer";
	Lk__SignalResponse response = LK__SIGNAL_RESPONSE__INIT;
	Lk__SessionDescription description;

	fill_description(&description, type, id, sdp);
	response.message_case = LK__SIGNAL_RESPONSE__MESSAGE_OFFER;
	response.offer = &description;
	send_response(session, &response);
}

void send_track_published(struct session *session, struct track *track)
{
	Lk__SignalResponse response = LK__SIGNAL_RESPONSE__INIT;
	Lk__TrackPublishedResponse published = LK__TRACK_PUBLISHED_RESPONSE__INIT;

	published.cid = track->cid;
	published.track = &track->info;
	response.message_case = LK__SIGNAL_RESPONSE__MESSAGE_TRACK_PUBLISHED;
	response.track_published = &published;
	send_response(session, &response);
}

void send_refresh_token(struct session *session, char *token)
{
	Lk__SignalResponse response = LK__SIGNAL_RESPONSE__INIT;

	response.message_case = LK__SIGNAL_RESPONSE__MESSAGE_REFRESH_TOKEN;
	response.refresh_token = token;
	send_response(session, &response);
}

void send_pong(struct session *session, int64_t now_ms)
{
	Lk__SignalResponse response = LK__SIGNAL_RESPONSE__INIT;

	response.message_case = LK__SIGNAL_RESPONSE__MESSAGE_PONG;
	response.pong = now_ms;
	send_response(session, &response);
}

void send_pong_resp(struct session *session, int64_t ping_ms, int64_t now_ms)
{
	Lk__SignalResponse response = LK__SIGNAL_RESPONSE__INIT;
	Lk__Pong pong = LK__PONG__INIT;

	pong.has_last_ping_timestamp = pong.has_timestamp = true;
	pong.last_ping_timestamp = ping_ms;
	pong.timestamp = now_ms;
	response.message_case = LK__SIGNAL_RESPONSE__MESSAGE_PONG_RESP;
	response.pong_resp = &pong;
	send_response(session, &response);
}

void send_subscription_error(struct session *session, char *track_sid, int32_t err)
{
	Lk__SignalResponse response = LK__SIGNAL_RESPONSE__INIT;
	Lk__SubscriptionResponse failed = LK__SUBSCRIPTION_RESPONSE__INIT;

	failed.track_sid = track_sid;
	failed.has_err = true;
	failed.err = err;
	response.message_case = LK__SIGNAL_RESPONSE__MESSAGE_SUBSCRIPTION_RESPONSE;
	response.subscription_response = &failed;
	send_response(session, &response);
}

void send_mute(struct session *session, char *track_sid, bool muted)
{
	Lk__SignalResponse response = LK__SIGNAL_RESPONSE__INIT;
	Lk__MuteTrackRequest mute = LK__MUTE_TRACK_REQUEST__INIT;

	mute.sid = track_sid;
	mute.has_muted = true;
	mute.muted = muted;
	response.message_case = LK__SIGNAL_RESPONSE__MESSAGE_MUTE;
	response.mute = &mute;
	send_response(session, &response);
}

void send_track_unpublished(struct session *session, char *track_sid)
{
	Lk__SignalResponse response = LK__SIGNAL_RESPONSE__INIT;
	Lk__TrackUnpublishedResponse gone = LK__TRACK_UNPUBLISHED_RESPONSE__INIT;

	gone.track_sid = track_sid;
	response.message_case = LK__SIGNAL_RESPONSE__MESSAGE_TRACK_UNPUBLISHED;
	response.track_unpublished = &gone;
	send_response(session, &response);
}

void send_allowed(struct session *session, char *publisher_sid, char *track_sid, bool allowed)
{
	Lk__SignalResponse response = LK__SIGNAL_RESPONSE__INIT;
	Lk__SubscriptionPermissionUpdate update = LK__SUBSCRIPTION_PERMISSION_UPDATE__INIT;

	update.participant_sid = publisher_sid;
	update.track_sid = track_sid;
	update.has_allowed = true;
	update.allowed = allowed;
	response.message_case = LK__SIGNAL_RESPONSE__MESSAGE_SUBSCRIPTION_PERMISSION_UPDATE;
	response.subscription_permission_update = &update;
	send_response(session, &response);
}

static void fill_echo(Lk__RequestResponse *r, const Lk__SignalRequest *echo)
{
	switch (echo->message_case) {
	case LK__SIGNAL_REQUEST__MESSAGE_ADD_TRACK:
		r->request_case = LK__REQUEST_RESPONSE__REQUEST_ADD_TRACK;
		r->add_track = echo->add_track;
		break;
	case LK__SIGNAL_REQUEST__MESSAGE_MUTE:
		r->request_case = LK__REQUEST_RESPONSE__REQUEST_MUTE;
		r->mute = echo->mute;
		break;
	case LK__SIGNAL_REQUEST__MESSAGE_UPDATE_METADATA:
		r->request_case = LK__REQUEST_RESPONSE__REQUEST_UPDATE_METADATA;
		r->update_metadata = echo->update_metadata;
		break;
	case LK__SIGNAL_REQUEST__MESSAGE_UPDATE_AUDIO_TRACK:
		r->request_case = LK__REQUEST_RESPONSE__REQUEST_UPDATE_AUDIO_TRACK;
		r->update_audio_track = echo->update_audio_track;
		break;
	case LK__SIGNAL_REQUEST__MESSAGE_UPDATE_VIDEO_TRACK:
		r->request_case = LK__REQUEST_RESPONSE__REQUEST_UPDATE_VIDEO_TRACK;
		r->update_video_track = echo->update_video_track;
		break;
	case LK__SIGNAL_REQUEST__MESSAGE_PUBLISH_DATA_TRACK:
		r->request_case = LK__REQUEST_RESPONSE__REQUEST_PUBLISH_DATA_TRACK;
		r->publish_data_track = echo->publish_data_track;
		break;
	case LK__SIGNAL_REQUEST__MESSAGE_UNPUBLISH_DATA_TRACK:
		r->request_case = LK__REQUEST_RESPONSE__REQUEST_UNPUBLISH_DATA_TRACK;
		r->unpublish_data_track = echo->unpublish_data_track;
		break;
	default:
		break;
	}
}

/* protobuf-c repeats fields that it does not know as they came; some odd ones can then no longer be read. */
static bool parses_again(const Lk__SignalResponse *response)
{
	cleanup(packed_fini) struct packed packed = pack(response);
	Lk__SignalResponse *again = packed.bytes ? lk__signal_response__unpack(NULL, packed.n,
									       packed.bytes)
						 : NULL;

	if (again)
		lk__signal_response__free_unpacked(again, NULL);
	return again != NULL;
}

void send_request_response(struct session *session, uint32_t request_id, Lk__RequestReason reason,
			   char *message, const Lk__SignalRequest *echo)
{
	Lk__SignalResponse response = LK__SIGNAL_RESPONSE__INIT;
	Lk__RequestResponse outcome = LK__REQUEST_RESPONSE__INIT;

	outcome.has_request_id = outcome.has_reason = true;
	outcome.request_id = request_id;
	outcome.reason = reason;
	outcome.message = message;
	if (echo)
		fill_echo(&outcome, echo);
	response.message_case = LK__SIGNAL_RESPONSE__MESSAGE_REQUEST_RESPONSE;
	response.request_response = &outcome;
	if (echo && !parses_again(&response))
		outcome.request_case = LK__REQUEST_RESPONSE__REQUEST__NOT_SET;
	send_response(session, &response);
}

struct packed pack_updates(Lk__ParticipantInfo **infos, size_t n)
{
	Lk__SignalResponse response = LK__SIGNAL_RESPONSE__INIT;
	Lk__ParticipantUpdate update = LK__PARTICIPANT_UPDATE__INIT;
	update.participants = infos;
	update.n_participants = n;
	response.message_case = LK__SIGNAL_RESPONSE__MESSAGE_UPDATE;
	response.update = &update;
	return pack(&response);
}

struct packed pack_update(const struct member *m)
{
	Lk__ParticipantInfo info = m->info;
	Lk__ParticipantInfo *infos[] = { &info };

	return pack_updates(infos, 1);
}

struct packed pack_room_update(const struct room *r)
{
	Lk__SignalResponse response = LK__SIGNAL_RESPONSE__INIT;
	Lk__RoomUpdate update = LK__ROOM_UPDATE__INIT;
	struct room_view view;

	room_view_init(&view, r);
	update.room = &view.room;
	response.message_case = LK__SIGNAL_RESPONSE__MESSAGE_ROOM_UPDATE;
	response.room_update = &update;
	return pack(&response);
}
