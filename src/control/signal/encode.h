/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every SignalResponse is made here and nowhere else (clients abort on surprises, livekit-protocol
 * 9). Messages are built on the stack out of borrowed texts, packed once, and copied by
 * wsconn_send; nothing is kept. Sending to a session that is closing does nothing; without memory
 * the session is closed with 1011.
 */
#pragma once

#include "control/signal/internal.h"

void send_join(struct session *session);

/* The one entry of ice_servers: our TURN server, for this session's member. False: there is none. It must stay where it is. */
struct ice_server {
	Lk__ICEServer server, *list[1];
	char *urls[1];
	struct plane_credentials credentials;
};
bool fill_ice_server(struct ice_server *ret, const struct session *session);

/* Shared by `join` and `reconnect`; points to constants. */
void fill_server(Lk__ServerInfo *server);

/* Resume (encode_resume.c): the first message; everybody's present state, and that of those who
 * left since then. -ENOMEM: the session is being closed. */
void send_reconnect(struct session *session, uint32_t last_sequence);
int send_everybody(struct session *session, uint64_t since_us);
void fill_departed(Lk__ParticipantInfo *info, const struct departed *d);

void send_leave(struct session *session, Lk__LeaveAction action, Lk__DisconnectReason reason);
void send_answer(struct session *session, uint32_t id, char *sdp);
void send_offer(struct session *session, uint32_t id, char *sdp);
void send_track_published(struct session *session, struct track *track);
void send_refresh_token(struct session *session, char *token);
void send_pong(struct session *session, int64_t now_ms);
void send_pong_resp(struct session *session, int64_t ping_ms, int64_t now_ms);

/* Subscribing failed: err 0 unknown, 1 codec, 2 not found. */
void send_subscription_error(struct session *session, char *track_sid, int32_t err);

/* The outcome of a request;
 * `echo` (may be NULL) is copied inside where the protocol has a place for it. */
void send_request_response(struct session *session, uint32_t request_id, Lk__RequestReason reason,
			   char *message, const Lk__SignalRequest *echo);

/* The publisher may leave out what is better than `best` (0 low … 2 high, 3 = send nothing). */
void send_subscribed_quality(struct session *session, struct track *track, unsigned best);

/* Bandwidth stopped the track, or it goes on. */
void send_stream_state(struct session *session, char *publisher_sid, char *track_sid, bool paused);

/* n speakers (deltas), at most PLANE_SPEAKERS_MAX. */
void send_speakers(struct session *session, const struct plane_speaker *const *speakers, size_t n);

void send_connection_quality(struct session *session, char *participant_sid, unsigned quality,
			     unsigned score);

/* For the encode_*.c files. */
void send_response(struct session *session, const Lk__SignalResponse *response);

/* The server muted a track, or took it away. */
void send_mute(struct session *session, char *track_sid, bool muted);
void send_track_unpublished(struct session *session, char *track_sid);

/* A publisher does, or does not, let this one have its track. */
void send_allowed(struct session *session, char *publisher_sid, char *track_sid, bool allowed);

/* Data tracks: the answer to (un)publishing; n of those that this one is sent, with their handles. */
void send_data_track(struct session *session, Lk__DataTrackInfo *info, bool published);
void send_data_handles(struct session *session, Lk__DataTrackHandle **handles, size_t n);

/* A room as clients and servers are told of it. Holds pointers into itself: do not copy. */
enum { CODEC_COUNT = 7, CODEC_NAME_MAX = 16 };

struct codec_list {
	char names[CODEC_COUNT][CODEC_NAME_MAX];
	Lk__Codec codecs[CODEC_COUNT];
	Lk__Codec *pointers[CODEC_COUNT];
};

struct room_view {
	Lk__Room room;
	struct codec_list codecs;
};
void room_view_init(struct room_view *view, const struct room *r);

/* The one message that goes to many: packed once. */
struct packed {
	uint8_t *bytes; /* NULL when there was no memory */
	size_t n;
};
struct packed pack_update(const struct member *m);
struct packed pack_updates(Lk__ParticipantInfo **infos, size_t n);
struct packed pack_room_update(const struct room *r);
void send_packed(struct session *session, const struct packed *packed);
void packed_fini(struct packed *packed);
