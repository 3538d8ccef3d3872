/* SPDX-License-Identifier: Apache-2.0 */
/* Calls: joining, ringing, who is there. */
#ifndef CONFAB_CALL_H
#define CONFAB_CALL_H

#include "base.h"

#ifdef __cplusplus
extern "C" {
#endif

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

typedef struct confab_room {
	const char *id;	      /* "RM_…" */
	const char *name;     /* with Confab the call's cid */
	const char *metadata; /* any text; "" = none */
	unsigned participants, publishers;
	int recording; /* 1: it is being recorded */
} confab_room;

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
 * _WOULD_WAIT; CONFAB_ERR_NOT_ALLOWED: the access token has no canUpdateOwnMetadata, which those of Confab's
 * own calls never have: there people have the name of their account, and programs tell their state by
 * confab_call_send_data; CONFAB_ERR_BAD_INPUT: nothing to change, no UTF-8,
 * or more than the server takes (Confab: 64 KiB together, 128 attributes); CONFAB_ERR_NETWORK: the call
 * was lost, or no answer came within 5 s; CONFAB_ERR_LEFT. (LiveKit's UpdateParticipantMetadata.)
 */
CONFAB_API int confab_call_describe(confab_call *call, const confab_description *description,
				    confab_error *ret_error);
/* The same without waiting. done may be NULL. */
CONFAB_API void confab_call_describe_async(confab_call *call, const confab_description *description,
					   confab_done_fn *done, void *arg);

#ifdef __cplusplus
}
#endif

#endif
