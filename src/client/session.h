/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One connection to a media server, LiveKit's v0 protocol: signalling over a WebSocket, a peer
 * connection for what we publish (made when it is needed) and one for what we receive. It survives the
 * loss of its WebSocket (session_resume.c), but not of its media: then the call makes a new one. START at
 * session_new in session.c.
 */
#pragma once

#include "client/internal.h"
#include "client/receive.h"
#include "livekit_rtc.pb-c.h"
#include "media/rtp/twcc_recv.h"

enum {
	SESSION_TICK_MS = 10,
	SESSION_REPORT_US = 1000 * 1000,
	SESSION_GRACE_US = 1500 * 1000, /* for signalling to say why media ended */
	SESSION_SECTIONS = 32,		/* tracks published in one session, given up ones too */
	SESSION_MESSAGES = 64,		/* data that waits for its channel */
	SESSION_PACKET_MAX =
		64 * 1000, /* of a message with its header; servers take 64 KB with what they add */
	SESSION_HEARD = 1000,	     /* whose reliable messages are counted */
	SESSION_SYNC_TRACKS = 1000,  /* others' tracks that a resume tells of */
	SESSION_REMOTES = 10 * 1000, /* others in a call; more are not told of */
};

/* Texts of the server's messages may be missing. */
static inline const char *or_empty(const char *text)
{
	return text ? text : "";
}

struct pc {
	struct session *session;
	struct peer peer;
	bool open;
	uv_udp_t v4, v6;
	bool has_v4, has_v6;
};

/* One section of the publisher's offers. */
struct section {
	struct confab_track *track; /* NULL: given up */
	enum media_codec codec;
	char id[24];
	unsigned layer_count;
	struct peer_layer layers[PEER_LAYERS];
};

struct stream {
	struct list in_session;
	struct receive receive;
	uint64_t frames; /* given to the program */
	bool ended;	 /* the track is gone, and the offer that says so on its way */
	char participant[64], track[64];
};

/* Somebody else in the call; counted in remote_count. */
struct remote {
	struct list in_session;
	Lk__ParticipantInfo *info; /* the newest; owned */
};

struct message_out {
	struct list in_session;
	enum channel_label label;
	struct blob *blob;
};

/* session_bandwidth.c */
struct bandwidth {
	struct bwe bwe;
	struct send_path path;	 /* of all that we publish; bwe NULL: nothing yet */
	uint64_t measured_since; /* the first feedback; 0: none */
	uint32_t told;		 /* bit/s, the last event; 0: none */
	uint64_t told_at;
	uint64_t audio_bytes, audio_at; /* sent up to then */
	uint32_t audio_bps;
};

struct session {
	struct confab_call *call; /* NULL: closed */
	struct confab_client *client;
	struct ws *ws;	   /* NULL: closed, or between two attempts to resume */
	char *url, *token; /* owned; the server renews the token */
	/* session_resume.c; resume_by 0: not resuming */
	uint64_t resume_by, resume_at, resume_told_at;
	unsigned resume_attempts;
	struct pc pub, sub;
	char own_sid[64];
	Lk__ParticipantInfo *own; /* what the server tells of ourselves; owned, NULL: nothing yet */
	bool joined, told, subscriber_primary;
	bool no_rpc;	    /* the server is older than that */
	uint64_t failed_at; /* of a peer connection; 0 = not */
	uint64_t began, next_report, next_ping, ping_us;
	bool offering, offer_again;
	uint32_t offer_id, requests; /* the last of ours */
	struct section sections[SESSION_SECTIONS];
	size_t section_count;
	struct bandwidth bandwidth;
	uint32_t ssrc; /* of our RTCP */
	struct twcc_recv twcc;
	struct list streams, remotes, messages, heard;
	size_t message_count, remote_count, heard_count;
	uint32_t data_sequence; /* of our newest reliable message */
	size_t message_bytes;	/* of `messages` */
	uint64_t data_bytes;	/* ever put there */
	bool filling;		/* outgoing_fill is at work */
	uv_timer_t timer;
	unsigned handles; /* libuv handles that are not closed yet */
	uint8_t datagram[2048];
};

/* ---- session.c ---- */

/* The server's, to resume with, and to join another server anew; wipes the one before. */
void session_renew_token(struct session *s, const char *token);
/* Tracks that have become writable: who publishes them is told. */
void session_check(struct session *s);
void session_fail(struct session *s, bool final, int code, const char *format, ...)
	__attribute__((format(printf, 4, 5)));
void session_close_handle(uv_handle_t *handle);

/* ---- session_resume.c ---- */

/* The socket is gone: whether the session goes on without, and asks for another one. */
bool resume_begin(struct session *s);
/* Opens it when it is time; false: the session is gone. */
bool resume_tick(struct session *s, uint64_t now);
/* The server has taken us back. */
void resume_done(struct session *s);

/* ---- session_media.c ---- */

/* Opens a peer connection's sockets; the first time only. false: no memory or no socket. */
bool pc_open(struct session *s, struct pc *pc);
/* Sends what the peer connection has to say. */
void pc_flush(struct pc *pc);
/* Whether it has ended: nothing more is to be done with it; the session may be gone. */
bool pc_has_failed(struct pc *pc);
/* `arg` is the struct pc. */
void pc_send_media(void *arg, const uint8_t *datagram, size_t n);
void pc_send_rtcp(struct pc *pc, const struct wr *w);

/* ---- session_streams.c ---- */

/* The streams of the server's offer, as it is in the client's `sdp`. */
void session_take_streams(struct session *s);
struct stream *stream_find(struct session *s, uint32_t ssrc);
void stream_rx(struct session *s, uint64_t now, const uint8_t *bytes, size_t n);
/* Gives the program the frames that are complete. */
void stream_drain(struct session *s, struct stream *st, uint64_t now);
/* A track is not published any more: the program gets nothing more of it. */
void stream_end_track(struct session *s, const char *sid);
void stream_end_all(struct session *s);

/* ---- session_data.c ---- */

/* Queues a packet until the channel is up; numbers it. CONFAB_OK or _NO_MEMORY: too many wait, too. */
int data_queue(struct session *s, Lk__DataPacket *packet, bool reliable);
/* The same, to be sent with the next data_send. */
int data_put(struct session *s, Lk__DataPacket *packet, bool reliable);
/* Bytes that the server has not confirmed yet, or a little more. */
size_t data_waiting(const struct session *s);
/* For SyncState: how far we are with everybody's reliable messages; the texts are the session's. At most `most`. */
size_t data_heard(const struct session *s, Lk__DataChannelReceiveState *ret, size_t most);
/* One packet of somebody else. */
void data_take(struct session *s, const uint8_t *bytes, size_t n);
void data_send(struct session *s);
void data_rx(struct session *s, struct pc *pc);
void data_forget(struct session *s);

/* ---- session_roster.c ---- */

struct remote *session_remote(struct session *s, const char *sid);
struct remote *roster_by_identity(struct session *s, const char *identity);
/* Somebody else's track, and whose; NULL: there is none. */
const Lk__TrackInfo *roster_track(struct session *s, const char *sid, struct remote **ret);
/* Fills in who and what an event is about. */
void session_describe(struct session *s, confab_event *e, const char *participant,
		      const char *track);
/* One participant of an update, ourselves or somebody else; may keep the message and set *slot to NULL. */
void roster_take(struct session *s, Lk__ParticipantInfo **slot);
void roster_forget(struct session *s);

/* ---- session_reports.c ---- */

void report_speakers(struct session *s, const Lk__SpeakersChanged *m);
void report_quality(struct session *s, const Lk__ConnectionQualityUpdate *m);
void report_stream_states(struct session *s, const Lk__StreamStateUpdate *m);
void report_permission(struct session *s, const Lk__SubscriptionPermissionUpdate *m);
void report_subscription(struct session *s, const Lk__SubscriptionResponse *m);
void report_room(struct session *s, const Lk__Room *m);

/* ---- rpc.c, rpc_serve.c ---- */

void rpc_take_request(struct session *s, const Lk__DataPacket *p);
void rpc_take_ack(struct session *s, const Lk__DataPacket *p);
void rpc_take_response(struct session *s, const Lk__DataPacket *p);

/* ---- incoming.c, outgoing.c ---- */

/* A data stream of somebody else begins; keeps the packet and sets *slot to NULL. */
void incoming_header(struct session *s, Lk__DataPacket **slot);
void incoming_chunk(struct session *s, const Lk__DataPacket *p);
void incoming_trailer(struct session *s, const Lk__DataPacket *p);
/* Puts as much of our data streams among the messages as should wait there. */
void outgoing_fill(struct session *s);

/* ---- describe.c ---- */

/* What became of a request with a number. */
void describe_take(struct session *s, const Lk__RequestResponse *r);
/* Ends what has waited too long. */
void describe_tick(struct session *s, uint64_t now);
/* After a resume: what was asked meanwhile did not arrive, or its answer did not. */
void describe_again(struct session *s);

/* ---- session_publish.c ---- */

/* What of a track of ours somebody wants. */
void session_wanted(struct session *s, const Lk__SubscribedQualityUpdate *m);
/* A layer of it is to begin (again): the program is asked for a key frame. */
void emit_key_frame_wanted(const struct confab_track *t, unsigned layer);

/* ---- session_bandwidth.c ---- */

/* Before the first track is sent; false: no memory. */
bool bandwidth_begin(struct session *s);
void bandwidth_end(struct session *s);
/* The server's feedback about what we publish. */
void bandwidth_rtcp(struct session *s, uint64_t now, const struct rtcp_packet *packet);
/* Probes, and tells the program; every SESSION_TICK_MS. */
void bandwidth_tick(struct session *s, uint64_t now);

/* ---- session_subscribe.c ---- */

/* After a join: what is no longer published is forgotten, the rest is told. */
void subscriptions_begin(struct session *s);
/* A track has begun to be received: how. */
void subscription_begins(struct session *s, const char *track);
/* After a resume: what was said meanwhile did not arrive. */
void subscriptions_again(struct session *s);
/* For SyncState: the tracks by which we differ from what the join said. At most `most`. */
size_t subscriptions_list(const struct session *s, char **ret, size_t most);

/* ---- session_signal.c ---- */

extern const struct ws_handlers session_handlers;
/* false: there is no socket, no memory, or too much is waiting. */
bool signal_send(struct session *s, Lk__SignalRequest *request);
void signal_add_track(struct session *s, const struct confab_track *t);
void signal_mute(struct session *s, const struct confab_track *t);
/* false: it will not arrive. */
bool signal_leave(struct session *s);
void signal_ping(struct session *s);
/* Makes the publisher's next offer, now or when the answer to the present one is there. */
void signal_offer(struct session *s);
