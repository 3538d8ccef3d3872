/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libconfab: ring people, join Confab's calls and those of any LiveKit server, and chat, from C.
 *
 *	confab_client_new ▸ confab_client_connect_user ▸ confab_client_call ▸ confab_call_join, _ring
 *
 * in this order: every operation of a call before connect_user or after disconnect_user fails with
 * CONFAB_ERR_TOKEN_NOT_SET. C99, also C++. There is no global state: several clients may live in one
 * program.
 *
 * Threads. A client works on a thread of its own (or on yours, see confab_client_fd); callbacks come
 * on that thread, one at a time. Functions may be called from any thread, callbacks included. Those
 * marked "waits" return when the work is done and must not be called in a callback: there they fail
 * at once with CONFAB_ERR_WOULD_WAIT; use the form that ends in _async, or another thread.
 *
 * Memory. What a function takes is copied; what an event points to is gone when the callback returns.
 * A client owns its calls, and a call its tracks: handles stay valid until confab_client_free (a
 * track's: until confab_track_unpublish).
 *
 * Errors. Functions return 0 or an error code below; with `ret_error` not NULL the text for people,
 * too. A call that is lost comes back by itself: see CONFAB_EVENT_CALLING_STATE.
 *
 * Rules come from docs/api.md where nothing else is named; of media from the RFC at the place.
 */
#ifndef CONFAB_CONFAB_H
#define CONFAB_CONFAB_H

#include <stddef.h>
#include <stdint.h>

#if defined(_WIN32) || !defined(__GNUC__)
#define CONFAB_API
#else
#define CONFAB_API __attribute__((visibility("default")))
#endif

#ifdef __cplusplus
extern "C" {
#endif

typedef struct confab_client confab_client;
typedef struct confab_call confab_call;
typedef struct confab_track confab_track;
typedef struct confab_token_request confab_token_request;
typedef struct confab_rpc_request confab_rpc_request;

/* The text of CONFAB_ERR_TOKEN_NOT_SET. */
#define CONFAB_TOKEN_NOT_SET                                                                   \
	"User token is not set. Either client.connectUser wasn't called or client.disconnect " \
	"was called"

/* Codes of the server's API (docs/api.md) are passed on as they are; those from 1001 are ours. */
typedef enum confab_error_code {
	CONFAB_OK = 0,
	CONFAB_ERR_INTERNAL = -1,
	CONFAB_ERR_BAD_INPUT = 4,
	CONFAB_ERR_AUTH_FAILED = 5, /* the token, the provider, or another user's token */
	CONFAB_ERR_RATE_LIMITED = 9,
	CONFAB_ERR_NOT_FOUND = 16, /* the call does not exist: join with `create` */
	CONFAB_ERR_NOT_ALLOWED = 17,
	CONFAB_ERR_TOKEN_EXPIRED = 40,
	CONFAB_ERR_SERVER_FULL = 61, /* no processor for one more in a call: again later */
	CONFAB_ERR_TOKEN_NOT_SET = 1001,
	CONFAB_ERR_NO_MEMORY = 1002,
	CONFAB_ERR_NETWORK = 1003, /* the server could not be reached, or did not answer in time */
	CONFAB_ERR_LEFT = 1004,	   /* the call was left meanwhile */
	CONFAB_ERR_NOT_JOINED = 1005,
	CONFAB_ERR_WOULD_WAIT = 1006, /* a function that waits, called in a callback */
	CONFAB_ERR_REMOVED = 1007,    /* the server ended our part in the call */
	/* of remote procedure calls: LiveKit's RpcError, with its numbers; programs may send others */
	CONFAB_ERR_RPC_UNSUPPORTED_METHOD = 1400,
	CONFAB_ERR_RPC_RECIPIENT_NOT_FOUND = 1401,
	CONFAB_ERR_RPC_REQUEST_TOO_LARGE = 1402,
	CONFAB_ERR_RPC_UNSUPPORTED_SERVER = 1403,
	CONFAB_ERR_RPC_UNSUPPORTED_VERSION = 1404,
	CONFAB_ERR_RPC_APPLICATION = 1500,	  /* the method failed there */
	CONFAB_ERR_RPC_CONNECTION_TIMEOUT = 1501, /* they did not confirm the request within 7 s */
	CONFAB_ERR_RPC_RESPONSE_TIMEOUT = 1502,
	CONFAB_ERR_RPC_RECIPIENT_DISCONNECTED = 1503,
	CONFAB_ERR_RPC_RESPONSE_TOO_LARGE = 1504,
	CONFAB_ERR_RPC_SEND_FAILED = 1505
} confab_error_code;

typedef struct confab_error {
	int code;	   /* confab_error_code */
	int status;	   /* HTTP status; 0 when there was no answer */
	int unrecoverable; /* 1: trying again cannot help */
	char message[256]; /* for people; UTF-8 */
} confab_error;

typedef enum confab_connection_state {
	CONFAB_DISCONNECTED,
	CONFAB_CONNECTING,
	CONFAB_CONNECTED,
	CONFAB_CONNECTION_LOST /* comes back by itself */
} confab_connection_state;

/* The numbers of states to come (migrating, offline) are left free. */
typedef enum confab_calling_state {
	CONFAB_CALL_IDLE = 1,
	CONFAB_CALL_RINGING = 2, /* a ring is pending, incoming or our own */
	CONFAB_CALL_JOINING = 3,
	CONFAB_CALL_JOINED = 4,
	CONFAB_CALL_RECONNECTING = 5,
	CONFAB_CALL_RECONNECTING_FAILED = 8, /* gave up: join or leave */
	CONFAB_CALL_LEFT = 9
} confab_calling_state;

typedef enum confab_codec {
	CONFAB_OPUS = 1,
	CONFAB_VP8 = 2,
	CONFAB_H264 = 3,
	CONFAB_VP9 = 4 /* received only */
} confab_codec;

typedef enum confab_source {
	CONFAB_SOURCE_UNKNOWN,
	CONFAB_SOURCE_CAMERA,
	CONFAB_SOURCE_MICROPHONE,
	CONFAB_SOURCE_SCREEN_SHARE,
	CONFAB_SOURCE_SCREEN_SHARE_AUDIO
} confab_source;

/* One encoded frame: an Opus packet, a VP8 frame, a VP9 picture (its spatial layers one after the other), an H.264 access
 * unit with start codes (Annex B). */
typedef struct confab_frame {
	confab_codec codec;
	const uint8_t *bytes;
	size_t length;
	/* Clock of the codec: 48 kHz for Opus (RFC 7587 4.1), 90 kHz for video (RFC 7741 4.1, RFC 9628
	 * 4.1, RFC 6184 5.1); wraps. Differences count. */
	uint32_t timestamp;
	int key; /* received: a decoder can start here. Sent: not read */
	/*
	 * Received: when it was captured, by the server's clock, in µs since 1970 (RFC 3550 6.4.1): sound
	 * and picture with the same time belong together. 0: not known yet (before the first sender
	 * report, about a second). Sent: not read.
	 */
	uint64_t captured_us;
	/* Sent, Opus: how loud it is, in -dBov, 1 (loudest) to 127 (silence); 0: not told, and then
	 * nobody is shown that this participant speaks (RFC 6464 3). Received: 0. */
	uint8_t level;
	/* Sent, of a track with layers: which, 0 = smallest. The frames of one picture have one timestamp.
	 * Received: 0. */
	uint8_t layer;
} confab_frame;

/* Since the call was joined (again). */
typedef struct confab_stats {
	uint64_t packets_sent, bytes_sent; /* of media, without headers and retransmissions */
	uint64_t packets_retransmitted;	   /* because the server asked for them */
	uint64_t packets_lost_on_the_way;  /* that we sent, by the server's reports */
	/* To the server and back, by its newest report (RFC 3550 6.4.1); 0: not known, as long as
	 * nothing is sent. */
	uint64_t round_trip_us;
	uint64_t packets_received,
		bytes_received;	   /* of media, without headers; repaired ones too */
	uint64_t packets_missing;  /* not there (yet), and needed */
	uint64_t packets_repaired; /* came as retransmissions */
	uint64_t frames_received;  /* that came as CONFAB_EVENT_FRAME */
	uint64_t key_frames_requested;
	uint64_t jitter_us; /* between arrivals (RFC 3550 A.8); of all tracks: the greatest */
} confab_stats;

typedef enum confab_ring_state {
	CONFAB_RING_RINGING = 1,
	CONFAB_RING_ACCEPTED, /* others of a group may ring on */
	CONFAB_RING_ENDED
} confab_ring_state;

/* The server's picture of a ring: timers run there. */
typedef struct confab_ring {
	const char *id; /* of this ring; a call may be rung again */
	confab_ring_state state;
	const char *outcome; /* "accepted", "declined", "missed", "cancelled", "busy"; else NULL */
	const char *caller, *caller_name;
	int incoming; /* 1: this user is called; 0: this user calls, or only looks on */
	int video;    /* what the caller's screen promised */
} confab_ring;

/* A line of a conversation. */
typedef struct confab_message {
	int64_t id;
	const char *conversation; /* the customer's user id, or a channel's id */
	const char *text;	  /* UTF-8 */
	const char *client_id;	  /* the sender's own name for it */
	int is_private;		  /* 1: a note of the team */
} confab_message;

/* Why somebody's part in a call ended: LiveKit's DisconnectReason, with its numbers; others may come. */
typedef enum confab_reason {
	CONFAB_REASON_UNKNOWN = 0,
	CONFAB_REASON_LEFT = 1,		      /* they left */
	CONFAB_REASON_DUPLICATE_IDENTITY = 2, /* the same identity joined again, elsewhere */
	CONFAB_REASON_SERVER_SHUTDOWN = 3,
	CONFAB_REASON_REMOVED = 4, /* put out by a moderator or the server's owner */
	CONFAB_REASON_ROOM_DELETED = 5,
	CONFAB_REASON_STATE_MISMATCH = 6,
	CONFAB_REASON_JOIN_FAILURE = 7,
	CONFAB_REASON_ROOM_CLOSED = 10,
	CONFAB_REASON_CONNECTION_TIMEOUT = 14,
	CONFAB_REASON_MEDIA_FAILURE = 15
} confab_reason;

/* How well somebody is connected, by the server's measurements: LiveKit's ConnectionQuality. */
typedef enum confab_quality {
	CONFAB_QUALITY_POOR = 0,
	CONFAB_QUALITY_GOOD = 1,
	CONFAB_QUALITY_EXCELLENT = 2,
	CONFAB_QUALITY_LOST = 3
} confab_quality;

typedef struct confab_attribute {
	const char *name, *value;
} confab_attribute;

/* What the server tells of somebody in a call, beside who they are. */
typedef struct confab_participant {
	const char *metadata; /* any text their token or program has set; "" = none */
	const confab_attribute *attributes;
	size_t attribute_count;
	int can_publish, can_publish_data, can_subscribe;
} confab_participant;

/* Bits of `changed` with CONFAB_EVENT_PARTICIPANT_CHANGED. */
enum {
	CONFAB_CHANGED_NAME = 1,
	CONFAB_CHANGED_METADATA = 2,
	CONFAB_CHANGED_ATTRIBUTES = 4,
	CONFAB_CHANGED_PERMISSIONS = 8
};

/* Somebody else's track, as they publish it, whether it is received or not. */
typedef struct confab_publication {
	const char *name; /* "" = none */
	const char *mime; /* "video/VP8"; what this library cannot read has codec 0 in the event */
	int video;	  /* 1: video; 0: sound */
	int simulcast;	  /* 1: there are several layers to choose from */
	unsigned width, height; /* of video, in pixels; 0: not told */
} confab_publication;

typedef struct confab_room {
	const char *id;	      /* "RM_…" */
	const char *name;     /* with Confab the call's cid */
	const char *metadata; /* any text; "" = none */
	unsigned participants, publishers;
	int recording; /* 1: it is being recorded */
} confab_room;

typedef enum confab_event_type {
	CONFAB_EVENT_CONNECTION = 1, /* state: confab_connection_state; error or NULL */
	/* call, state: confab_calling_state; error or NULL. CONFAB_CALL_LEFT with an error: the server
	 * ended our part; `reason` says why */
	CONFAB_EVENT_CALLING_STATE,
	/* call, participant, identity, name; details. Of those who were there before, too; after a
	 * reconnection that joined anew, of all once more */
	CONFAB_EVENT_PARTICIPANT_JOINED,
	CONFAB_EVENT_PARTICIPANT_LEFT,	 /* call, participant, identity, name; reason */
	CONFAB_EVENT_TRACK_SUBSCRIBED,	 /* and track_id, codec, source: frames follow */
	CONFAB_EVENT_TRACK_UNSUBSCRIBED, /* the same: no more frames */
	CONFAB_EVENT_TRACK_MUTED,	 /* the same; muted: 1 or 0 */
	CONFAB_EVENT_FRAME,		 /* the same; frame */
	CONFAB_EVENT_DATA, /* call, participant, identity; data, length, topic or NULL */
	CONFAB_EVENT_KEY_FRAME_WANTED, /* track, layer: make its next frame a key frame */
	/*
	 * Everything the server tells, also what has an event of its own below: topic: the type, like
	 * "call.user_muted"; data, length: the whole event of docs/api.md, as JSON; identity, name: of
	 * whom it tells, or NULL; call: the handle on its call if there is one, else NULL.
	 */
	CONFAB_EVENT_SERVER,
	/* call, ring; identity, name: who called, accepted, rejected or missed it; topic: the reason of
	 * a rejection ("decline", "busy", "timeout", "cancel", "caller_gone", …) or NULL */
	CONFAB_EVENT_RING,
	CONFAB_EVENT_MESSAGE, /* message; identity, name: who wrote it, perhaps this user elsewhere */
	/* call, participant, identity, name (both NULL: this client itself); state: 1 speaks, 0 no more;
	 * level */
	CONFAB_EVENT_SPEAKING,
	/* call, participant, identity, name, track_id, codec, source, muted; publication: somebody
	 * publishes a track; it is received when CONFAB_EVENT_TRACK_SUBSCRIBED comes */
	CONFAB_EVENT_TRACK_PUBLISHED,
	/* the same: no more. With `track`: the server took one of ours back (its owner may not publish any
	 * more); frames are dropped, and confab_track_unpublish is still to be called */
	CONFAB_EVENT_TRACK_UNPUBLISHED,
	/* call, participant, identity, name (both NULL: this client itself); details; changed */
	CONFAB_EVENT_PARTICIPANT_CHANGED,
	/* call, participant, identity, name (both NULL: this client itself); state: confab_quality */
	CONFAB_EVENT_QUALITY,
	/* call, participant, identity, name, track_id, source; state 1: the server holds the track back
	 * for want of bandwidth to us; 0: it flows again */
	CONFAB_EVENT_TRACK_PAUSED,
	/* the same; state 0: who publishes it does not let us have it (any more); 1: does again */
	CONFAB_EVENT_SUBSCRIPTION_PERMISSION,
	CONFAB_EVENT_SUBSCRIPTION_FAILED, /* the same; error: why it cannot be received */
	CONFAB_EVENT_ROOM, /* call; room: as it is, at the join and when it changed */
	/*
	 * call, track (of video); layers: bit i = somebody wants layer i (a track without layers has layer
	 * 0). At first all are wanted. The others need not be encoded: they are not sent. Layers that are
	 * wanted again go on with a key frame, which CONFAB_EVENT_KEY_FRAME_WANTED asks for. (LiveKit's
	 * SubscribedQualityUpdate.)
	 */
	CONFAB_EVENT_LAYERS_WANTED,
	/*
	 * call; bitrate: what the encoders of all video that this client publishes may make together, in bit/s
	 * without headers, by what the path to the server takes. About a second after the first frames, then when
	 * it changed by more than 5 %: less at once, more every half second at most. Sound has its part already.
	 * (Transport-wide feedback; draft-ietf-rmcat-gcc-02, and REMB of servers without.)
	 */
	CONFAB_EVENT_TARGET_BITRATE
} confab_event_type;

/* What is not named at the type is NULL or 0. */
typedef struct confab_event {
	confab_event_type type;
	confab_call *call;
	int state;
	const confab_error *error;
	const char *participant; /* its id in this call, "PA_…" */
	const char *identity;	 /* the user's id; with Confab: "user:session" in a call */
	const char *name;
	const char *track_id; /* "TR_…" */
	confab_codec codec;
	confab_source source;
	int muted;
	const confab_frame *frame;
	const uint8_t *data;
	size_t length;
	const char *topic;
	confab_track *track;
	const confab_ring *ring;
	const confab_message *message;
	const confab_participant *details;
	unsigned changed; /* CONFAB_CHANGED_… */
	const confab_publication *publication;
	const confab_room *room;
	confab_reason reason;
	double level; /* how loud, 0 to 1 (loudest) */
	unsigned layer, layers;
	unsigned bitrate; /* bit/s */
} confab_event;

typedef void confab_event_fn(void *arg, const confab_event *event);

/* The end of an _async function; error NULL: it worked. Never before the function returned to the
 * client's loop. */
typedef void confab_done_fn(void *arg, const confab_error *error);

/*
 * Asked for a user token at connect, and again whenever the server says that the old one expired, also
 * in the middle of a call. Comes on the client's thread; answer with confab_token_reply, at once or
 * later. Forgotten at disconnect_user.
 */
typedef void confab_token_provider_fn(void *arg, confab_token_request *request);

typedef enum confab_log_level {
	CONFAB_LOG_ERROR,
	CONFAB_LOG_WARN,
	CONFAB_LOG_INFO
} confab_log_level;
typedef void confab_log_fn(void *arg, confab_log_level level, const char *text);

typedef struct confab_client_options {
	const char *base_url;	   /* "https://chat.example.com"; NULL: only calls with a `url` */
	confab_event_fn *on_event; /* NULL: none wanted */
	confab_log_fn *on_log;	   /* NULL: silent. No tokens, no content */
	void *arg;		   /* of both */
	int own_loop; /* 1: no thread; the caller runs confab_client_process, and only from one thread */
} confab_client_options;

typedef struct confab_user {
	const char *id; /* made lower case; only a-z 0-9 @ _ - are kept (1 to 64 of them) */
	const char *name, *image; /* or NULL; for later use */
} confab_user;

/* "0.1.0": of the library. Never fails. Any thread. The text is the library's. */
CONFAB_API const char *confab_version(void);

/*
 * Makes a client; does not connect. Any thread; does not wait. 0; CONFAB_ERR_BAD_INPUT: base_url is no
 * http or https URL; CONFAB_ERR_NO_MEMORY. The client is the caller's: confab_client_free.
 */
CONFAB_API int confab_client_new(confab_client **ret, const confab_client_options *options,
				 confab_error *ret_error);

/* Leaves every call, disconnects, ends the thread, frees everything. Waits. NULL is allowed. In a
 * callback it does nothing. Token requests must have been answered. */
CONFAB_API void confab_client_free(confab_client *client);

/*
 * Signs in: asks the provider for a token, checks that it is this user's, opens the event socket.
 * Waits. The same user again: joins in the attempt, or 0 at once; another user: CONFAB_ERR_BAD_INPUT
 * until disconnect_user. Also CONFAB_ERR_AUTH_FAILED, CONFAB_ERR_NETWORK (after three attempts in about
 * 2 s), or the server's code. The order of calls is that of other SDKs: docs/migrating.md.
 */
CONFAB_API int confab_client_connect_user(confab_client *client, const confab_user *user,
					  confab_token_provider_fn *provider, void *provider_arg,
					  confab_error *ret_error);
/* The same without waiting; done comes exactly once, with the errors above. */
CONFAB_API void confab_client_connect_user_async(confab_client *client, const confab_user *user,
						 confab_token_provider_fn *provider,
						 void *provider_arg, confab_done_fn *done,
						 void *arg);

/* Answers a request of the provider, once, from any thread; the request is gone then. token NULL: `why`
 * says what is wrong. Does not wait. Never fails (a process without memory for a few bytes is ended). */
CONFAB_API void confab_token_reply(confab_token_request *request, const char *token,
				   const char *why);

/* Leaves every call, closes the socket, forgets user, token and provider. Waits. 0, also when nobody
 * is connected; CONFAB_ERR_WOULD_WAIT. */
CONFAB_API int confab_client_disconnect_user(confab_client *client);

/* How the client is connected. Never fails. Any thread; may be out of date when it returns. */
CONFAB_API confab_connection_state confab_client_state(const confab_client *client);

/*
 * A handle on a call; makes no request. The same handle for the same type and id. NULL and
 * CONFAB_ERR_BAD_INPUT: type is not 1-64 of A-Z a-z 0-9 _ -, id not 1-64 of these and @ and dot; or
 * CONFAB_ERR_NO_MEMORY. Waits for the client's thread, not for the network.
 */
CONFAB_API confab_call *confab_client_call(confab_client *client, const char *type, const char *id,
					   confab_error *ret_error);

/*
 * own_loop: watch the descriptor for reading, wait no longer than the timeout (ms; -1: for ever), then
 * call process, which runs the callbacks and never waits. Functions that wait run the loop themselves.
 * Never fail. On the loop's thread; the descriptor stays the client's. (As libuv embeds its loop:
 * uv_backend_fd.)
 */
CONFAB_API int confab_client_fd(const confab_client *client);
/* See confab_client_fd. Ask anew after each process and each other call. */
CONFAB_API int confab_client_timeout(const confab_client *client);
/* See confab_client_fd. Without own_loop, or in a callback, it does nothing. */
CONFAB_API void confab_client_process(confab_client *client);

typedef struct confab_join_options {
	int create; /* make the call when it does not exist; else CONFAB_ERR_NOT_FOUND */
	/* A LiveKit server's "wss://…" and its access token: no user needs to be connected. Both are
	 * kept as long as the call, to come back with; the server renews the token. */
	const char *url, *token;
	/* How long to try to come back after the call was lost, in seconds; 0: for ever. */
	unsigned reconnect_seconds;
	/* 1: no track is received until confab_call_subscribe asks for it; 0: all are. */
	int manual_subscribe;
} confab_join_options;

/*
 * Enters the call: returns when media can flow. Waits. options NULL: all zero. Joined already: 0. 0;
 * CONFAB_ERR_TOKEN_NOT_SET; CONFAB_ERR_LEFT when confab_call_leave comes in between;
 * CONFAB_ERR_NETWORK; or the server's code. After an error the state is IDLE.
 */
CONFAB_API int confab_call_join(confab_call *call, const confab_join_options *options,
				confab_error *ret_error);
/* The same without waiting; done comes exactly once. */
CONFAB_API void confab_call_join_async(confab_call *call, const confab_join_options *options,
				       confab_done_fn *done, void *arg);

/* Leaves; wins over a join under way; tracks are unpublished. A ring of our own is cancelled; one that
 * comes in rings on elsewhere (confab_call_reject). Waits. 0, also on a left call;
 * CONFAB_ERR_TOKEN_NOT_SET; CONFAB_ERR_WOULD_WAIT. */
CONFAB_API int confab_call_leave(confab_call *call, confab_error *ret_error);
/* The same without waiting. done may be NULL. */
CONFAB_API void confab_call_leave_async(confab_call *call, confab_done_fn *done, void *arg);

typedef struct confab_ring_options {
	/*
	 * Users to ring. NULL: all who belong to the call. A call that does not exist is made, with these
	 * and this user as its members. A conversation's call, "default" and "chat-" and the customer's
	 * id, needs none: there the customer rings the whole team, and the first to answer wins.
	 */
	const char *const *member_ids;
	size_t member_count;
	int video; /* what their screens promise; 0: sound only */
	/* Of the join that follows the answer, as in confab_join_options. */
	unsigned reconnect_seconds;
} confab_ring_options;

/*
 * Rings people: CONFAB_CALL_RINGING, and CONFAB_EVENT_RING as they answer. Returns when it rings. Waits.
 * When somebody accepts, this client joins by itself; when nobody does (declined, timeout), the state
 * goes to CONFAB_CALL_LEFT. confab_call_leave cancels. options NULL: all zero. 0;
 * CONFAB_ERR_TOKEN_NOT_SET; CONFAB_ERR_BAD_INPUT: there is nobody to ring, or calls of this type do not
 * ring; CONFAB_ERR_LEFT when confab_call_leave comes in between; CONFAB_ERR_NETWORK; or the server's
 * code. It rings already: 0.
 */
CONFAB_API int confab_call_ring(confab_call *call, const confab_ring_options *options,
				confab_error *ret_error);
/* The same without waiting; done comes exactly once. */
CONFAB_API void confab_call_ring_async(confab_call *call, const confab_ring_options *options,
				       confab_done_fn *done, void *arg);

/*
 * Answers a call that rings here, and stops this user's other devices; confab_call_join, which enters
 * it, does the same if this was not called. Waits. 0; CONFAB_ERR_TOKEN_NOT_SET;
 * CONFAB_ERR_NOT_ALLOWED: it does not ring this user; with `status` 409: another device, or another
 * member of the team, was first, or it rings no more; CONFAB_ERR_NETWORK; or the server's code.
 */
CONFAB_API int confab_call_accept(confab_call *call, confab_error *ret_error);
/* The same without waiting. done may be NULL. */
CONFAB_API void confab_call_accept_async(confab_call *call, confab_done_fn *done, void *arg);

/*
 * Declines a call that rings here, on all of this user's devices; of one's own ring it is a cancel.
 * reason: 1 to 32 of a-z _ -, told to the others; NULL: "decline". The state goes to CONFAB_CALL_LEFT.
 * Waits. 0, also when nothing rings; CONFAB_ERR_TOKEN_NOT_SET; CONFAB_ERR_NETWORK; or the server's code.
 */
CONFAB_API int confab_call_reject(confab_call *call, const char *reason, confab_error *ret_error);
/* The same without waiting. done may be NULL. */
CONFAB_API void confab_call_reject_async(confab_call *call, const char *reason,
					 confab_done_fn *done, void *arg);

/* How far the call is. Never fails. Any thread; may be out of date when it returns. */
CONFAB_API confab_calling_state confab_call_state(const confab_call *call);
/* "type:id"; valid as long as the call. Never fails. Any thread. */
CONFAB_API const char *confab_call_cid(const confab_call *call);

/* What this participant says of itself. Texts are UTF-8. */
typedef struct confab_description {
	/* NULL or "": stay as they are (servers have no order to clear them) */
	const char *name, *metadata;
	const confab_attribute *attributes; /* those that change; value NULL or "": taken away */
	size_t attribute_count;
} confab_description;

/*
 * Changes the name, metadata and attributes that others in the call see of this participant; they, and this
 * client, get CONFAB_EVENT_PARTICIPANT_CHANGED. Kept over reconnections (in the token that the server
 * renews). Returns when the server has taken the change; what is asked while the
 * connection is resumed is asked again. Waits. 0; CONFAB_ERR_TOKEN_NOT_SET, _NOT_JOINED, _NO_MEMORY,
 * _WOULD_WAIT; CONFAB_ERR_NOT_ALLOWED: the access token has no canUpdateOwnMetadata, as those of Confab's
 * own calls, where people have the name of their account; CONFAB_ERR_BAD_INPUT: nothing to change, no UTF-8,
 * or more than the server takes (Confab: 64 KiB together, 128 attributes); CONFAB_ERR_NETWORK: the call
 * was lost, or no answer came within 5 s; CONFAB_ERR_LEFT. (LiveKit's UpdateParticipantMetadata.)
 */
CONFAB_API int confab_call_describe(confab_call *call, const confab_description *description,
				    confab_error *ret_error);
/* The same without waiting. done may be NULL. */
CONFAB_API void confab_call_describe_async(confab_call *call, const confab_description *description,
					   confab_done_fn *done, void *arg);

/* A message to others in a call. */
typedef struct confab_data {
	const void *bytes;
	size_t length;	   /* 1 to 60,000 bytes */
	int reliable;	   /* 0: at most once, without repetition, perhaps out of order */
	const char *topic; /* UTF-8, or NULL */
	/* To whom, as in their events, 512 at most; those who are not there miss it. NULL: to all others. */
	const char *const *identities;
	size_t identity_count;
} confab_data;

/*
 * Sends a message, which comes as CONFAB_EVENT_DATA. Kept until the connection for it is up (64 messages at
 * most). Reliable ones come once and in order, also when the connection is lost and resumed; those under way when
 * the call is joined anew (after CONFAB_CALL_RECONNECTING everybody is told of once more) may be lost. 0;
 * CONFAB_ERR_TOKEN_NOT_SET, _NOT_JOINED, _NO_MEMORY; _BAD_INPUT: empty, longer than 60,000 bytes or, with
 * topic and identities, than 64,000, a text that is not UTF-8, an empty identity. Does not wait for the
 * network. Any thread, callbacks included. (LiveKit's publishData.)
 */
CONFAB_API int confab_call_publish_data(confab_call *call, const confab_data *data);

/* The same, to all others in the call; topic may be NULL. Errors as confab_call_publish_data; 0. Does not
 * wait for the network. Any thread. */
CONFAB_API int confab_call_send_data(confab_call *call, const void *data, size_t length,
				     int reliable, const char *topic);

/* Bytes of a request's or an answer's text, at most: 15 KiB (LiveKit's RPC, version 1). */
enum { CONFAB_RPC_PAYLOAD_MAX = 15 * 1024, CONFAB_RPC_METHOD_MAX = 64 };

/* A question to a program of somebody else in the call: a remote procedure call. */
typedef struct confab_rpc {
	const char *identity; /* whom: as in their events */
	const char *method;   /* 1 to 64 bytes */
	const char *payload; /* UTF-8, CONFAB_RPC_PAYLOAD_MAX bytes at most, often JSON; NULL: "" */
	unsigned timeout_ms; /* to wait for the answer; 0: 15,000 */
} confab_rpc;

/*
 * The end of an _async call. error NULL: `text` is the answer. Else why there is none, with a code of
 * CONFAB_ERR_RPC_… or one that their program chose, and `text`: what it sent with it, or NULL.
 */
typedef void confab_rpc_done_fn(void *arg, const confab_error *error, const char *text);

/*
 * Calls a method that somebody's program has registered, in this or another LiveKit SDK, and waits for
 * the answer. With ret not NULL: *ret is the answer, or what was sent with an error, or NULL; the
 * caller's, to be freed by confab_text_free. 0; CONFAB_ERR_TOKEN_NOT_SET, _NOT_JOINED, _NO_MEMORY,
 * _WOULD_WAIT; _BAD_INPUT: no method, or one over 64 bytes; _LEFT, _NETWORK: the call was left or lost
 * before the answer came; CONFAB_ERR_RPC_…; or the code that the other program chose.
 */
CONFAB_API int confab_call_perform_rpc(confab_call *call, const confab_rpc *rpc, char **ret,
				       confab_error *ret_error);
/* The same without waiting; done comes exactly once. */
CONFAB_API void confab_call_perform_rpc_async(confab_call *call, const confab_rpc *rpc,
					      confab_rpc_done_fn *done, void *arg);
/* Frees what confab_call_perform_rpc returned; NULL is allowed. Never fails. Any thread. */
CONFAB_API void confab_text_free(char *text);

/* A request that came in. */
typedef struct confab_rpc_invocation {
	const char *identity; /* who asks */
	const char *method, *payload;
	const char *id;	     /* of the request, the same at both ends: for logs */
	unsigned timeout_ms; /* how long they wait */
} confab_rpc_invocation;

/*
 * Answers requests for a method. Comes on the client's thread; answer with confab_rpc_reply or
 * confab_rpc_fail, at once or later. `invocation` is gone when it returns.
 */
typedef void confab_rpc_handler_fn(void *arg, const confab_rpc_invocation *invocation,
				   confab_rpc_request *request);

/*
 * Answers requests for this method from now on, in this call, joined or not, over reconnections;
 * replaces the handler before; NULL: no more (they get CONFAB_ERR_RPC_UNSUPPORTED_METHOD, as all
 * for unknown methods do). Does not wait for the network. Any thread, callbacks included. 0;
 * CONFAB_ERR_BAD_INPUT: the method is not 1 to 64 bytes; CONFAB_ERR_NO_MEMORY.
 */
CONFAB_API int confab_call_register_rpc(confab_call *call, const char *method,
					confab_rpc_handler_fn *handler, void *arg);

/*
 * Answers a request, once; it is gone then, and all must be answered before confab_client_free. payload:
 * as in confab_rpc, NULL: ""; a longer one is told as CONFAB_ERR_RPC_RESPONSE_TOO_LARGE. Any thread. Does
 * not wait. Never fails: when the call was left meanwhile nothing is sent (a process without memory for a
 * few bytes is ended).
 */
CONFAB_API void confab_rpc_reply(confab_rpc_request *request, const char *payload);
/*
 * The same, with an error: a code of your own (not 1001 to 1999, which are LiveKit's), a text for people,
 * cut at 256 bytes, and what else there is to say, or NULL. Any thread. Does not wait. Never fails.
 */
CONFAB_API void confab_rpc_fail(confab_rpc_request *request, unsigned code, const char *message,
				const char *data);

/*
 * What was sent and received: of one track, ours or somebody else's, by its id ("TR_…"), or with
 * track_id NULL of all together. Does not wait for the network. Any thread, callbacks included. 0;
 * CONFAB_ERR_TOKEN_NOT_SET, _NOT_JOINED, _NOT_FOUND: no such track is sent or received now; and *ret is
 * untouched.
 */
CONFAB_API int confab_call_stats(confab_call *call, const char *track_id, confab_stats *ret);

/*
 * Receives somebody else's track (1) or no longer (0), by its id of CONFAB_EVENT_TRACK_PUBLISHED; the
 * wish is kept as long as it is published, over reconnections. CONFAB_EVENT_TRACK_SUBSCRIBED or
 * _UNSUBSCRIBED follows, or _SUBSCRIPTION_FAILED. Does not wait for the network. Any thread, callbacks
 * included. 0; CONFAB_ERR_TOKEN_NOT_SET, _NOT_JOINED, _NO_MEMORY, _NOT_FOUND: nobody else publishes such
 * a track. (LiveKit's UpdateSubscription.)
 */
CONFAB_API int confab_call_subscribe(confab_call *call, const char *track_id, int subscribe);

/*
 * Holds a track that is received back (0), or lets it flow again (1): it stays subscribed, and costs no
 * bandwidth while nobody looks. Kept, and errors, as confab_call_subscribe. Does not wait for the network.
 * Any thread, callbacks included. (LiveKit's UpdateTrackSettings, as the three below.)
 */
CONFAB_API int confab_call_enable_track(confab_call *call, const char *track_id, int enabled);

typedef enum confab_video_quality {
	CONFAB_VIDEO_LOW = 0,
	CONFAB_VIDEO_MEDIUM = 1,
	CONFAB_VIDEO_HIGH = 2 /* from the beginning */
} confab_video_quality;

/*
 * Which layer of somebody's video comes, of those there are, at most; it changes at the layer's next key
 * frame. Replaces a wish for dimensions. Kept, and errors, as confab_call_subscribe, and
 * CONFAB_ERR_BAD_INPUT: no such quality. Does not wait for the network. Any thread, callbacks included.
 */
CONFAB_API int confab_call_set_video_quality(confab_call *call, const char *track_id,
					     confab_video_quality quality);

/*
 * The same by how large it is shown, in pixels: the smallest layer comes that covers it. Both 0: as large
 * as there is. Replaces a wish for a quality. Kept, and errors, as confab_call_set_video_quality: one of
 * them 0, or over 65,535. Does not wait for the network. Any thread, callbacks included.
 */
CONFAB_API int confab_call_set_video_dimensions(confab_call *call, const char *track_id,
						unsigned width, unsigned height);

/*
 * How many pictures a second come at most, of what the layers in time of the video allow (an encoder
 * without them has one rate); 0: all. Kept, and errors, as confab_call_set_video_quality: over 65,535.
 * Does not wait for the network. Any thread, callbacks included.
 */
CONFAB_API int confab_call_set_video_fps(confab_call *call, const char *track_id, unsigned fps);

/* One encoding of a video that is published in several sizes (simulcast). */
typedef struct confab_layer {
	unsigned width, height; /* in pixels: by these the server chooses for each who looks */
	unsigned bitrate;	/* about, in bit/s; 0: not told */
} confab_layer;

typedef struct confab_track_options {
	confab_codec codec;
	confab_source source; /* CONFAB_SOURCE_UNKNOWN: camera or microphone by the codec */
	const char *name;     /* or NULL */
	/* of video, in pixels; 0: not told, or those of the largest layer */
	unsigned width, height;
	/* Of video without layers, the most that its encoder makes, in bit/s: the path is tried for no more.
	 * 0: not told, about 2 for each pixel. */
	unsigned bitrate;
	/* Simulcast (RFC 8853): 2 or 3 layers, smallest first; each frame says of which it is. 0: one
	 * encoding. */
	const confab_layer *layers;
	unsigned layer_count;
} confab_track_options;

/*
 * Publishes a track: others see it from now on. Waits until frames can be written. After a
 * reconnection it is published again by itself. The track is the caller's: confab_track_unpublish. 0;
 * CONFAB_ERR_TOKEN_NOT_SET, _NOT_JOINED, _NO_MEMORY, _NOT_ALLOWED, _NETWORK, _LEFT; _BAD_INPUT: no such
 * codec, layers that are not 2 or 3 of video, each larger than the one before, or 32 tracks are published.
 */
CONFAB_API int confab_call_publish(confab_call *call, const confab_track_options *options,
				   confab_track **ret, confab_error *ret_error);

/*
 * Sends one frame, now: the caller keeps the pace. The first frame of video, and the next after
 * CONFAB_EVENT_KEY_FRAME_WANTED (RFC 4585 6.3.1), should be a key frame. Does not wait. Any thread. While
 * the call reconnects, while muted, and of a layer that nobody wants, frames are dropped. 0;
 * CONFAB_ERR_BAD_INPUT: empty, over 4 MiB, of another codec, or of no layer of the track;
 * CONFAB_ERR_NO_MEMORY.
 */
CONFAB_API int confab_track_write(confab_track *track, const confab_frame *frame);

/* Mutes (1) or unmutes (0): others are told. Does not wait. Any thread. 0 or CONFAB_ERR_NO_MEMORY. */
CONFAB_API int confab_track_mute(confab_track *track, int muted);

/* "TR_…" once published, before that ""; valid until the next reconnection. Never fails. In callbacks
 * of the client only, or on the thread of the caller's own loop. */
CONFAB_API const char *confab_track_id(const confab_track *track);

/* Takes the track back, which others see, and frees it. Waits for the client's thread, not for the
 * network. 0; CONFAB_ERR_WOULD_WAIT, CONFAB_ERR_NO_MEMORY, and the track is as it was. */
CONFAB_API int confab_track_unpublish(confab_track *track);

/*
 * Writes into a conversation: the customer's user id (a customer has one of their own id), or a channel's id. text: UTF-8, 1
 * to 10,000 bytes. client_id: 1 to 64 characters; the same one twice stores one message, so a send whose
 * end is not known can be repeated; NULL: a new one. Returns when the message is on the server's disk;
 * with ret_id not NULL its number. Waits. 0; CONFAB_ERR_TOKEN_NOT_SET; CONFAB_ERR_BAD_INPUT;
 * CONFAB_ERR_NOT_FOUND: no such conversation, or a stranger's; CONFAB_ERR_NETWORK; or the server's code.
 * What others write comes as CONFAB_EVENT_MESSAGE.
 */
CONFAB_API int confab_client_send_message(confab_client *client, const char *conversation,
					  const char *text, const char *client_id, int64_t *ret_id,
					  confab_error *ret_error);
/* The same without waiting and without the number. done may be NULL. */
CONFAB_API void confab_client_send_message_async(confab_client *client, const char *conversation,
						 const char *text, const char *client_id,
						 confab_done_fn *done, void *arg);

#ifdef __cplusplus
}
#endif

#endif
