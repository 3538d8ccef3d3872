/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Calls: rooms that people create and join, and the live session of each. A call is a row and
 * outlives its sessions; a session is the time from the first participant's coming to the last
 * one's going. Signalling reports who is in a room (also rooms of foreign LiveKit tokens, with any
 * name); this module keeps the state and tells the sink what happened. Owned by control.c, loop's
 * thread only. Sees neither HTTP nor SQL nor LiveKit.
 *
 * Way: http ▸ calls_join ▸ media token ▸ signalling ▸
 * calls_participant_joined ▸ live.c ▸ store ▸ sink ▸ event hub.
 *
 * Callbacks run exactly once, later, on the loop's thread.
 */
#pragma once

#include "store/store.h"

struct calls;

/* "type:id" and NUL; an id is at most 64 characters, of a conversation's call 5 more ("chat-"). */
enum { CALLS_CID_SIZE = 128, CALLS_IDENTITY_SIZE = 96, CALLS_SESSION_ID_SIZE = 24 };

/* The live session of a call. Users are unique: two tabs of one person count once. */
struct call_state {
	const char *cid, *session_id;
	const char *conversation_id; /* NULL = none */
	uint64_t started_at_us;
	const struct store_user *started_by;
	const struct store_user *const *participants; /* in the order of their coming */
	size_t participant_count;
};

enum call_event_type {
	CALL_SESSION_STARTED,
	CALL_PARTICIPANT_JOINED,
	CALL_PARTICIPANT_LEFT,
	CALL_SESSION_ENDED, /* state: as it was, with nobody left */
	CALL_REJECTED,
};

struct call_event {
	enum call_event_type type;
	int64_t cursor; /* STARTED, ENDED: its place in the log; 0 = not stored */
	const char *cid, *session_id;
	const char *conversation_id;	/* NULL: an ordinary call */
	const struct call_state *state; /* after the event */
	const struct store_user *user;	/* JOINED, LEFT, REJECTED: who */
	const char *reason;		/* REJECTED */

	/* Everybody who is or was in this session, each once:
	 * the audience of an ordinary call's event. */
	const char *const *member_ids;
	size_t member_count;
};

/* Valid during the call. Events of one session come in order: STARTED first, ENDED last. */
typedef void calls_event_fn(void *arg, const struct call_event *event);

struct calls_config {
	struct store *store; /* borrowed */
	struct rng *rng;
	uint64_t (*wall_us)(void); /* NULL = clock_wall_us */
	calls_event_fn *sink;	   /* may be NULL */
	void *sink_arg;
};

/* Ends in the store what a crash left open. 0 or -ENOMEM. */
int calls_new(const struct calls_config *config, struct calls **ret);

/* After store_close, or when nothing is in flight.
 * Sessions that are still live are ended by the next start. Takes NULL. Returns NULL. */
struct calls *calls_free(struct calls *c);

/* Replaces the sink. */
void calls_set_sink(struct calls *c, calls_event_fn *sink, void *arg);

/* ---- names ---- */

/* The call types, NULL-terminated: "default", "audio_room", "livestream", "development". */
const char *const *calls_types(void);
bool calls_type_is_valid(const char *type);
bool calls_id_is_valid(const char *id);

/* The conversation whose call this is ("default:chat-ann" is ann's), inside `cid`;
 * NULL when it is none's. */
const char *calls_conversation(const char *cid);

/* Ids that start with "chat-" belong to conversations: only its customer and admins.
 * Others: everybody signed in. Pure. */
bool calls_may_see(const struct store_user *who, const char *id);

/* What participants may do, NULL-terminated:
 * "join-call", "send-audio", "send-video", "screenshare". */
const char *const *calls_capabilities(void);

/* ---- for people ---- */

/* Every status below: 0; -EINVAL: bad type or id (400);
 * -ENOENT: no such call, or not theirs (404); else of the store. */

void calls_get(struct calls *c, const struct store_user *who, const char *type, const char *id,
	       store_call_fn *done, void *arg);
void calls_get_or_create(struct calls *c, const struct store_user *who, const char *type,
			 const char *id, store_call_fn *done, void *arg);

struct call_join {
	const struct store_call *call;
	bool created;
	/* "<user id>:<random>", new for each join: the media token's `sub`; room is call->cid */
	const char *identity;
};

typedef void calls_join_fn(void *arg, int status, const struct call_join *join);

/* create false: -ENOENT when there is no such call. */
void calls_join(struct calls *c, const struct store_user *who, const char *type, const char *id,
		bool create, calls_join_fn *done, void *arg);

/*
 * `who` does not want the incoming call: event CALL_REJECTED while the call is live, nothing
 * otherwise. reason NULL = "decline"; 1 to 32 of [a-z_-], else -EINVAL.
 */
void calls_reject(struct calls *c, const struct store_user *who, const char *type, const char *id,
		  const char *reason, store_done_fn *done, void *arg);

/* The live session of a call; NULL while nobody is in it. Valid until the loop goes on. */
const struct call_state *calls_state_find(struct calls *c, const char *cid);

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

/* Sessions that are live now. */
size_t calls_live_count(const struct calls *c);
