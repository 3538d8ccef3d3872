/* SPDX-License-Identifier: Apache-2.0 */
/* What a client tells its program. */
#ifndef CONFAB_EVENT_H
#define CONFAB_EVENT_H

#include "call.h"
#include "chat.h"
#include "client.h"
#include "data.h"
#include "media.h"
#include "stream.h"

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
	 * a rejection ("decline", "busy", "timeout", "cancel", "caller_gone", …) or NULL. Who is in
	 * another call is told of one that was missed with `incoming` 0: it never rang */
	CONFAB_EVENT_RING,
	/* message, conversation; identity, name: who wrote it, perhaps this user elsewhere; cursor. After a gap in
	 * the connection each comes once, in order */
	CONFAB_EVENT_MESSAGE,
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
	CONFAB_EVENT_TARGET_BITRATE,
	/* the same as CONFAB_EVENT_MESSAGE, of one that was edited or deleted, or has a reaction more or less: as
	 * it is now; topic: "message.updated", "message.deleted", "reaction.new", "reaction.deleted"; identity, name:
	 * who did it */
	CONFAB_EVENT_MESSAGE_CHANGED,
	/* conversation, identity, name (perhaps this user elsewhere); message_id: they have read everything up to there; delivered_id: and have
	 * everything up to there */
	CONFAB_EVENT_READ,
	/* conversation, identity, name (perhaps this user elsewhere); state: 1 they are writing, 0 no more; a 1
	 * that is not repeated for 6 s is over, too */
	CONFAB_EVENT_TYPING,
	/* too much has happened since the last event for all of it to come: load anew what you keep of
	 * conversations and calls; events go on from here */
	CONFAB_EVENT_RESYNC,
	/* call, participant, identity, name; stream, topic: somebody sends a text or a file */
	CONFAB_EVENT_STREAM_OPENED,
	CONFAB_EVENT_STREAM_CHUNK, /* the same; data, length: its next bytes, of a text whole characters */
	/*
	 * The same, no more comes; error: why it is not complete (CONFAB_ERR_ABORTED: its sender gave up; _NETWORK: they
	 * or we lost the call; _BAD_INPUT: a part was lost, or it breaks the rules), or NULL. Of one of
	 * CONFAB_STREAM_WHOLE_MAX bytes at most that is complete: data, length: all of it, with a NUL behind;
	 * of a longer one data is NULL
	 */
	CONFAB_EVENT_STREAM_CLOSED
} confab_event_type;

/* What is not named at the type is NULL or 0. */
struct confab_event {
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
	const char *conversation;
	int64_t message_id, delivered_id;
	/* Of the server's events that are kept: where it stands among them. A program that is to miss nothing over
	 * a restart keeps the last one and gives it to connect_user as `since`. 0: not kept. */
	int64_t cursor;
	const confab_stream_info *stream;
};

#endif
