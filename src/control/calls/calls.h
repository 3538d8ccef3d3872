/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The call coordinator, START HERE: calls that people create, ring, join and end, who may do what in
 * them, and the live session of each. A call is a row and outlives its sessions; a session is the
 * time from the first participant's coming to the last one's going. Members are listed on a call,
 * participants are in it now. Signalling reports who is in a room (also rooms of foreign LiveKit
 * tokens, with any name); media is told what people may send through struct calls_media. Owned by
 * control.c, loop's thread only. Sees neither HTTP nor SQL nor LiveKit.
 *
 * Way: http ▸ a verb below ▸ ask.c ▸ store ▸ what the verb says afterwards ▸ say.c ▸ store ▸ sink ▸
 * event hub; and signalling ▸ calls_participant_joined ▸ live.c ▸ store ▸ sink.
 *
 * Callbacks run exactly once, later, on the loop's thread.
 */
#pragma once

#include <jansson.h>

#include "store/store.h"

struct calls;
struct chat;
struct rng;

/* "type:id" and NUL: a type of at most 32, and LIMIT_CHAT_CALL_ID. */
enum { CALLS_CID_SIZE = 192, CALLS_IDENTITY_SIZE = 96, CALLS_SESSION_ID_SIZE = 24 };

/* The live session of a call. Users are unique: two tabs of one person count once. */
struct call_state {
	const char *cid, *session_id;
	const char *conversation_id; /* NULL = none */
	uint64_t started_at_us;
	const struct store_user *started_by;
	const struct store_user *const *participants; /* in the order of their coming; */
	size_t participant_count; /* of an event there are the first LIMIT_CALL_STATE_NAMES of so many */
};

/* Something happened. Valid during the call. */
struct call_event {
	int64_t cursor; /* its place in the log; 0 = not stored */
	const char *type, *cid;
	const char *conversation_id;	/* not NULL: those who may see that conversation hear it */
	struct store_audience audience; /* else these */
	const json_t *frame;		/* as people get it, but for the cursor */
};

/* Events of one session come in order: started first, ended last. */
typedef void calls_event_fn(void *arg, const struct call_event *event);

/* Whether the user has an event socket now, of that device unless it is NULL. */
typedef bool calls_online_fn(void *arg, const char *user_id, const char *device);

/* What is done to participants' media; a room's name is the cid. `kinds` are RIGHTS_SEND bits
 * (rights.h). All effective at once (R16). */
struct calls_media {
	void (*remove)(void *arg, const char *room, const char *identity);
	void (*permit)(void *arg, const char *room, const char *identity, unsigned kinds);
	void (*mute)(void *arg, const char *room, const char *identity, unsigned kinds);
	void (*rename)(void *arg, const char *room, const char *identity, const char *name);
	void (*close)(void *arg, const char *room); /* everybody out */
	void (*remove_hidden)(void *arg, const char *room);
	/* Adds bitrate, loss and the like to the JSON object of a participant. May be NULL. */
	void (*describe)(void *arg, const char *room, const char *identity, json_t *participant);
	/* One more of this user there would be more than the media plane can do. May be NULL. */
	bool (*is_full)(void *arg, const char *room, const char *user_id);
	void *arg;
};

struct calls_config {
	struct store *store; /* borrowed */
	struct chat *chat;   /* gets the calls' cards; NULL = nobody does */
	/* Of that chat: who is in a channel. NULL = nobody is. */
	bool (*open_to)(const struct chat *chat, const struct store_user *who,
			const char *conversation_id);
	struct rng *rng;
	uint64_t (*wall_us)(void); /* NULL = clock_wall_us */
	uint64_t (*now_us)(void);  /* NULL = clock_now_us */
	calls_event_fn *sink;	   /* may be NULL */
	void *sink_arg;
	calls_online_fn *online; /* NULL = everybody is */
	void *online_arg;
};

/* Ends in the store what a crash left open, rings as missed. 0 or -ENOMEM. */
int calls_new(const struct calls_config *config, struct calls **ret);

/* After store_close, or when nothing is in flight.
 * Sessions that are still live are ended by the next start. Takes NULL. Returns NULL. */
struct calls *calls_free(struct calls *c);

/* Replaces the sink. */
void calls_set_sink(struct calls *c, calls_event_fn *sink, void *arg);

/* Until then nothing is done to media. */
void calls_set_media(struct calls *c, const struct calls_media *media);

/* Whether the user cannot come into that call now, for lack of processors, and is not in it already. */
bool calls_media_is_full(const struct calls *c, const char *user_id, const char *type,
			 const char *id);
#define CALLS_FULL_TEXT                                                                       \
	"This server is full right now: the calls that go on need all of it. Try again in a " \
	"moment."

/* Whether the customer is in a call, rings or is rung, or somebody is in the call of their conversation. */
bool calls_engage(struct calls *c, const char *customer_id);

/* Several times a second: rings' timers, callers who vanished. */
void calls_tick(struct calls *c);

/* `user` has another name: in the calls that they are in, and in what rings. Tells only media. */
void calls_user_renamed(struct calls *c, const struct store_user *user);

/* Others are in this conversation now: who may no longer be in its call is taken out of it. */
void calls_conversation_changed(struct calls *c, const char *conversation_id);

/* ---- names ---- */

/* The call types, NULL-terminated, until the operator changes them: "default", … */
const char *const *calls_types(const struct calls *c);
bool calls_type_is_valid(const struct calls *c, const char *type);
bool calls_id_is_valid(const char *id);

/* The conversation whose call this is ("default:chat-ann" is ann's), inside `cid`;
 * NULL when it is none's. */
const char *calls_conversation(const char *cid);

/* ---- for people ---- */

/* A way in: for the media token, whose room is call->cid. */
struct call_join {
	const struct store_call *call;
	const char *identity; /* "<user id>:<random>", new for each join: the token's `sub` */
	unsigned kinds;	      /* RIGHTS_SEND bits: what may be sent */
	bool data;	      /* data packets, too */
	bool hidden;	      /* an anonymous viewer */
};

/*
 * status: 0; -EINVAL: bad type, id or body (400); -ENOENT: no such call, or not theirs (404); -EPERM:
 * theirs, but they may not do that (403); -EALREADY: somebody else was first (409); -EMSGSIZE (413);
 * -ENOTSUP: not in this server (400);
 * else of the store. problem: a sentence for people, or NULL. reply: the answer's JSON, borrowed;
 * NULL unless 0. join: of calls_join only.
 */
typedef void calls_answer_fn(void *arg, int status, const char *problem, json_t *reply,
			     const struct call_join *join);

/* One verb for each row of docs/api.md's table; `body` is its JSON (an object), borrowed. */
typedef void calls_verb(struct calls *c, const struct store_user *who, const char *type,
			const char *id, json_t *body, calls_answer_fn *done, void *arg);

calls_verb calls_get, calls_get_or_create, calls_join;		    /* enter.c */
calls_verb calls_ring, calls_accept, calls_reject;		    /* answer.c */
calls_verb calls_update, calls_go_live, calls_stop_live, calls_end; /* change.c */
calls_verb calls_recording;			      /* change.c: -ENOTSUP (400), for now */
calls_verb calls_update_members, calls_query_members; /* members.c */
calls_verb calls_request_permissions, calls_user_permissions;  /* people.c */
calls_verb calls_block, calls_unblock, calls_kick, calls_mute; /* people.c */
calls_verb calls_react, calls_send_event;		       /* messages.c */
calls_verb calls_feedback;				       /* feedback.c */

/* Queries: the body is that of POST /api/v1/calls. */
void calls_query(struct calls *c, const struct store_user *who, json_t *body, calls_answer_fn *done,
		 void *arg);

/* Call types, for admins (-EPERM else). The body has `settings` and `grants`. */
void calls_type_list(struct calls *c, const struct store_user *who, calls_answer_fn *done,
		     void *arg);
void calls_type_put(struct calls *c, const struct store_user *who, const char *name, json_t *body,
		    calls_answer_fn *done, void *arg);
void calls_type_delete(struct calls *c, const struct store_user *who, const char *name,
		       calls_answer_fn *done, void *arg);

/* The live session of a call; NULL while nobody is in it. Valid until the loop goes on. */
const struct call_state *calls_state_find(struct calls *c, const char *cid);
/* NULL = null. It names the first `most` participants, and counts all. */
json_t *object_call_state(const struct call_state *state, size_t most);

/* The frames `call.ring` of what rings this user now, in order; a new reference to an array. */
json_t *calls_ringing(struct calls *c, const char *user_id);

/* ---- for operators ---- */

/* {calls: every live session with who is in it, private: how many calls and people there are in channels that `who` is no
 * member of}; a new reference. */
json_t *calls_live_json(struct calls *c, const struct store_user *who);

/* ---- for signalling ---- */

/*
 * Somebody is in the room (its name is the cid). Confab's identities are "<user id>:<session>"; of
 * others the whole identity is the user. The same identity again (a resume) changes nothing. Do not
 * report hidden participants. `name` may be NULL. Out of memory: the participant is not counted.
 */
void calls_participant_joined(struct calls *c, const char *room, const char *identity,
			      const char *name);

/* Gone. Unknown ones are ignored. */
void calls_participant_left(struct calls *c, const char *room, const char *identity);

/* How well it is connected: 0 poor, 1 good, 2 excellent, 3 lost (plane.h's CONNECTION_…). */
void calls_participant_quality(struct calls *c, const char *room, const char *identity,
			       unsigned connection);

/* Sessions that are live now. */
size_t calls_live_count(const struct calls *c);
