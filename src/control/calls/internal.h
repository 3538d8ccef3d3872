/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the files of this folder share. Private to calls, loop's thread.
 *
 * A request becomes an `ask`; its verb plans a change of the stored call, the store makes it, and
 * the verb says afterwards what happened (ask.c). Who is in which room is live.c's, what rings is
 * rings.c's; both are in memory only.
 */
#pragma once

#include <jansson.h>

#include "base/list.h"
#include "base/rng.h"
#include "control/calls/calls.h"
#include "control/calls/rights.h"
#include "control/calls/ring.h"
#include "control/calls/types.h"

enum { LIVE_BUCKETS = 256, LIVE_MEMBERS_MAX = 4096, WATCHES_MAX = 20 * 1000, REASON_MAX = 32 };

struct calls {
	struct store *store;
	struct chat *chat;
	bool (*open_to)(const struct chat *chat, const struct store_user *who,
			const char *conversation_id);
	struct rng *rng;
	uint64_t (*wall_us)(void);
	calls_event_fn *sink;
	void *sink_arg;
	struct calls_media media;
	calls_online_fn *online;
	void *online_arg;
	struct call_types *types;
	struct list live[LIVE_BUCKETS]; /* of struct live, by the cid's hash */
	size_t live_count;
	struct list rings;   /* of struct live_ring */
	struct list watches; /* of struct watch */
	size_t watch_count;
	uint64_t (*now_us)(void); /* monotonic: for timers (R74) */
	uint64_t swept_us;
};

/* ---- ask.c ---- */

struct ask;

struct verb {
	/* All of them are needed: 404 without RIGHT_READ, else 403. */
	unsigned needs;
	/* Checks the body and says what to change. 0, or a status with the problem said. */
	int (*plan)(struct ask *a, const struct store_call *call, struct store_call_change *change);
	/* Writes something that is not the call, and calls ask_answer (a->reply is there) when it is written.
	 * Instead of `done`; may be NULL. */
	void (*write)(struct ask *a, const struct store_call *call);
	/* Afterwards: tells people, changes media. May be NULL. */
	void (*done)(struct ask *a, const struct store_call *call);
	bool changes; /* plan fills in a change for the store */
	bool reads;   /* nothing is changed or said */
};

/* One request on its way through the store. */
struct ask {
	struct calls *calls;
	const struct verb *verb;
	int status; /* known before the store was asked */
	char problem[CALL_PROBLEM_MAX];
	char cid[CALLS_CID_SIZE], type[CALL_TYPE_NAME_MAX + 1], id[CALLS_CID_SIZE];
	struct store_user *who; /* own copy */
	json_t *body;		/* own reference; an object */
	unsigned rights;	/* of who, before the change */
	struct scratch *scratch;
	json_t *reply; /* instead of the CallReply */
	json_t *extra; /* the verb's, from plan to done */
	bool created, join;
	bool untold;	   /* the stored call carries a mark of ours: store_call_told */
	bool tell_created; /* the reply says `created` */
	bool lost;	   /* the problem is one of rights: -EPERM */
	unsigned kinds;	   /* mute: what */
	calls_answer_fn *done;
	void *arg;
};

struct ask *ask_new(struct calls *c, const struct store_user *who, const char *type, const char *id,
		    json_t *body, calls_answer_fn *done, void *arg);
void ask_start(struct ask *a, const struct verb *verb);
/* The same when the call was found already (or not: status). */
void ask_go_on(struct ask *a, int status, const struct store_call *call);
/* Sets the problem and returns status. */
int __attribute__((format(printf, 3, 4)))
ask_fail(struct ask *a, int status, const char *format, ...);
/* Answers and frees. call may be NULL when status < 0. */
void ask_answer(struct ask *a, int status, const struct store_call *call);
/* Memory that lives as long as the ask. */
void *ask_alloc(struct ask *a, size_t n);

/* Members of the body: false = said as a problem. Absent: *ret is as it was. */
bool ask_bool(struct ask *a, const char *name, bool *ret);
bool ask_text(struct ask *a, const json_t *object, const char *name, size_t max, const char **ret);
bool ask_device(struct ask *a, const char **ret); /* "" when absent */
/* A required user id. */
bool ask_user_id(struct ask *a, const char *name, const char **ret);
/* custom: an object of at most LIMIT_CALL_CUSTOM bytes, as text in the ask's memory. */
bool ask_custom(struct ask *a, const json_t *object, const char *name, const char **ret);
bool ask_time(struct ask *a, const json_t *object, const char *name, uint64_t *ret,
	      bool *ret_there);
bool ask_settings(struct ask *a, const json_t *object, const char **ret);
bool ask_members(struct ask *a, const json_t *array, const char *name, unsigned own_rights,
		 const struct store_new_member **ret, size_t *ret_n);

/* Pages of a list: `limit`, `next` and `prev` of a body; query.c. */
struct call_page {
	unsigned limit;
	uint64_t offset;
};
bool call_page_read(const json_t *body, struct call_page *ret, char ret_problem[CALL_PROBLEM_MAX]);
void call_page_write(const struct call_page *page, bool more, json_t *reply);

/* ---- say.c: events ---- */

/* A new frame of this type; conversation_id may be NULL. Add members with json_object_set_new. */
json_t *frame_new(struct calls *c, const char *type, const char *cid, const char *conversation_id);
/* Stores it and tells the call's audience, or the conversation's. Steals the frame. */
void say(struct calls *c, const char *cid, const char *conversation_id, json_t *frame);
/* The same to these only. */
void say_to(struct calls *c, const char *cid, const char *const *user_ids, size_t n, json_t *frame);
/* To somebody who does not belong to the call (any more), besides. Steals the frame. */
void say_besides(struct calls *c, const struct store_call *call, const char *user_id,
		 json_t *frame);
/* Not stored, at once. */
void say_live(struct calls *c, const struct store_call *call, json_t *frame);

void watch_add(struct calls *c, const char *cid, const char *user_id);
void watch_remove(struct calls *c, const char *cid, const char *user_id);
void watch_remove_all(struct calls *c, const char *cid);
struct store_audience watchers_of(struct calls *c, const char *cid); /* free user_ids */
void watch_sweep(struct calls *c);				     /* those who have gone */
void watch_fini(struct calls *c);

/* ---- change.c ---- */

/* Ends the call as its host would, for the reason `max_duration`. */
void calls_end_overdue(struct calls *c, const char *cid);

/* ---- live.c, live_media.c ---- */

void live_init(struct calls *c);
void live_fini(struct calls *c);
const char *live_session_id(struct calls *c, const char *cid); /* NULL = nobody is there */
bool live_has(struct calls *c, const char *cid, const char *user_id);
bool live_has_others(struct calls *c, const char *cid, const char *user_id);   /* than this user */
bool live_is_elsewhere(struct calls *c, const char *cid, const char *user_id); /* in another call */
void live_audience(struct calls *c, const char *cid, void (*each)(void *arg, const char *user_id),
		   void *arg);
/* The ring about this session has its card: no other for it. */
void live_note_card(struct calls *c, const char *cid);
/* Makes media agree with the rights on the call, for everybody who is there. */
void live_enforce(struct calls *c, const struct store_call *call);
/* The same for all that go on of a type whose settings or grants are others now. */
void live_type_changed(struct calls *c, const char *type);
/* Ends what has lasted as long as its settings let it. */
void live_tick(struct calls *c);
void live_close(struct calls *c, const char *cid);
void live_remove_user(struct calls *c, const char *cid, const char *user_id);
/* kinds: RIGHTS_SEND bits; user_id NULL: everybody but `except`. Says how many it met. */
size_t live_mute(struct calls *c, const char *cid, const char *user_id, const char *except,
		 unsigned kinds, void (*each)(void *arg, const char *user_id), void *arg);

/* ---- rings.c ---- */

void rings_init(struct calls *c);
void rings_fini(struct calls *c);
/* Rings whom the body says (or all who are to be rung). 0, or a status with the problem said. */
int rings_start(struct ask *a, const struct store_call *call);
/* The ring to be answered: the newest of the call. NULL = none. */
json_t *rings_json(struct calls *c, const char *cid);
enum ring_result rings_accept(struct calls *c, const char *cid, const struct store_user *who,
			      const char *device);
/* True: something rang. The caller's own is a cancel. */
bool rings_reject(struct calls *c, const char *cid, const struct store_user *who,
		  const char *reason, const char *device);
void rings_call_ended(struct calls *c, const char *cid); /* the last one has left the room */
void rings_end(struct calls *c, const char *cid);	 /* ended for everybody */
/* The caller has left the room: that is hanging up. */
void rings_left(struct calls *c, const char *cid, const char *user_id);
void rings_tick(struct calls *c);
/* Somebody who rings or is rung, or whose conversation's call it is. */
bool rings_engage(struct calls *c, const char *user_id);
/* A restart has ended these. */
void rings_missed(struct calls *c, const struct store_ring *list, size_t n);

/* The user's copies in what rings have the name. */
void rings_user_renamed(struct calls *c, const struct store_user *user);

/* ---- card.c ---- */

struct card {
	const char *cid, *conversation_id, *session_id; /* NULL = none */
	const char *channel_name; /* of the group that was called; NULL = none */
	const char *outcome;
	bool video;
	const struct store_user *caller;
	uint64_t started_at_us, ended_at_us, answered_at_us; /* wall; 0 = never */
	const struct store_user *const *people;
	size_t people_count;
	const char *quality; /* NULL = not measured */
};

json_t *card_json(const struct card *card);
/* Into the history and the conversation. Steals the JSON. */
void card_post(struct calls *c, const char *cid, const char *conversation_id, const char *caller_id,
	       json_t *card);

/* ---- objects.c ---- */

json_t *object_call(const struct calls *c, const struct store_call *call);
json_t *object_members(const struct store_call *call, size_t max);
json_t *object_member(const struct store_call_member *member);
/* What people get of a call. */
json_t *call_reply(struct calls *c, const struct store_call *call, const struct store_user *who);
