/* SPDX-License-Identifier: Apache-2.0 */
/* Calls, their types, rings, cards and sessions. Part of store.h, which says how verbs work. */
#pragma once

#include "store/messages.h"

/* ---- calls: texts named custom, settings, card, ring and payload are JSON ---- */

struct store_call_member { /* listed, whether there or not */
	struct store_user user;
	const char *role, *custom;
	uint64_t created_at_us, updated_at_us;
};

struct store_call_rights { /* names of capabilities, blanks between */
	const char *user_id, *granted, *revoked;
};

struct store_call {
	const char *cid, *type, *id;
	const char *conversation_id; /* NULL = none */
	struct store_user created_by;
	uint64_t created_at_us, updated_at_us;
	uint64_t starts_at_us, ended_at_us; /* 0 = none */
	bool backstage;
	const char *custom, *settings;		 /* settings: the override */
	const struct store_call_member *members; /* in the order of their coming */
	size_t member_count;
	const char *const *blocked;
	size_t blocked_count;
	const struct store_call_rights *rights;
	size_t rights_count;
	const struct store_user *admins; /* of a conversation's call: who answers it */
	size_t admin_count;
	struct store_user customer; /* of a conversation's call; id NULL = none */
	const char *channel_name;   /* of a group's call; NULL = none */
	struct store_user subject;  /* store_call_change.subject; id NULL = none */
};

struct store_new_member {
	const char *user_id, *role, *custom; /* custom NULL: as it was, or {} */
};

struct store_new_call {
	const char *cid, *type, *id, *created_by;
	const char *conversation_id;   /* must exist when not NULL, else -ENOENT */
	const char *custom, *settings; /* NULL = {} */
	uint64_t starts_at_us, created_at_us;
	bool backstage;
	const struct store_new_member *members;
	size_t member_count;
};

typedef void store_call_fn(void *arg, int status, const struct store_call *call, bool created);

void store_call_find(struct store *s, const char *cid, store_call_fn *done, void *arg);
/* Finds or creates; only a created one gets what `call` says. -ENXIO: a member. */
void store_call_create(struct store *s, const struct store_new_call *call, store_call_fn *done,
		       void *arg);

enum store_call_field {
	CALL_CUSTOM = 1,
	CALL_SETTINGS = 2,
	CALL_STARTS_AT = 4,
	CALL_ENDED_AT = 8,
	CALL_BACKSTAGE = 16,
};

struct store_call_change {
	const char *cid;
	uint64_t at_us;
	unsigned fields; /* enum store_call_field: which of the next are set */
	const char *custom, *settings;
	uint64_t starts_at_us, ended_at_us;
	bool backstage;
	const struct store_new_member *members; /* added or changed */
	size_t member_count;
	const char *const *removed; /* members; unknown ones are passed over */
	size_t removed_count;
	const char *subject; /* must be a user (-ENXIO): comes back with the call */
	bool block, unblock; /* the subject */
	const struct store_call_rights *rights; /* the subject's, whole; NULL: as they were */
};

/* The call as it is afterwards. */
void store_call_change(struct store *s, const struct store_call_change *change, store_call_fn *done,
		       void *arg);

/*
 * What a change means for people can only be said once it is there, in the next transaction. The creation and each
 * change leave a mark on the call; this takes one away, and answers with the call: ask for it in the same callback of
 * the loop as for the events, after them. store_call_recover, before anything is asked for, finds the marks that a crash
 * has left: somebody may not have heard of a change, so all cursors from before it are answered with -ESTALE.
 */
void store_call_told(struct store *s, const char *cid, store_call_fn *done, void *arg);
void store_call_recover(struct store *s, store_done_fn *done, void *arg);

/* A condition on calls; see call_query.c for the fields. */
enum store_filter_op {
	FILTER_AND,
	FILTER_OR,
	FILTER_EQ,
	FILTER_IN,
	FILTER_GT,
	FILTER_GTE,
	FILTER_LT,
	FILTER_LTE,
	FILTER_EXISTS
};

struct store_filter_value {
	enum { VALUE_TEXT, VALUE_INT, VALUE_REAL, VALUE_BOOL } kind; /* BOOL is in `number`, too */
	const char *text;
	int64_t number; /* times: microseconds */
	double real;
};

struct store_filter {
	enum store_filter_op op;
	const char *field; /* as in the API; checked by the caller: see store_call_field_kind */
	const struct store_filter_value *values;
	size_t value_count;
	const struct store_filter *children;
	size_t child_count;
};

enum store_field_kind {
	FIELD_NONE,
	FIELD_TEXT,
	FIELD_TIME,
	FIELD_BOOL,
	FIELD_MEMBERS,
	FIELD_CUSTOM
};
enum store_field_kind store_call_field_kind(const char *field);
bool store_call_field_sorts(const char *field);

struct store_call_query {
	struct store_scope
		scope; /* not all: made by, listing, visited by, or conversation of the user */
	const char *const *public_types; /* besides, all of these types */
	size_t public_type_count;
	const struct store_filter *filter; /* NULL = everything */
	struct {
		const char *field;
		bool descending;
	} sort[4];
	size_t sort_count;
	uint64_t offset;
	unsigned limit;
};

typedef void store_calls_fn(void *arg, int status, const struct store_call *list, size_t n,
			    bool more);

void store_call_list(struct store *s, const struct store_call_query *query, store_calls_fn *done,
		     void *arg);

struct store_call_type {
	const char *name, *settings, *grants;
	uint64_t updated_at_us;
};

typedef void store_call_types_fn(void *arg, int status, const struct store_call_type *list,
				 size_t n);

void store_call_type_list(struct store *s, store_call_types_fn *done, void *arg);
void store_call_type_put(struct store *s, const struct store_call_type *type, store_done_fn *done,
			 void *arg);
/* -ENOENT */
void store_call_type_delete(struct store *s, const char *name, store_done_fn *done, void *arg);

/* ---- rings and cards ---- */

struct store_ring {
	const char *id, *cid, *conversation_id; /* conversation_id NULL = none */
	const char *card, *ring;
	uint64_t started_at_us;
};

typedef void store_rings_fn(void *arg, int status, const struct store_ring *list, size_t n);

void store_ring_start(struct store *s, const struct store_ring *ring, store_done_fn *done,
		      void *arg);
void store_ring_end(struct store *s, const char *id, uint64_t at_us, store_done_fn *done,
		    void *arg);
/* After a crash: ends what is open, and says what it was. */
void store_ring_end_all(struct store *s, uint64_t at_us, store_rings_fn *done, void *arg);

struct store_card {
	const char *cid, *conversation_id, *card;
	uint64_t ended_at_us;
};

typedef void store_cards_fn(void *arg, int status, const struct store_card *list, size_t n);

void store_card_add(struct store *s, const struct store_card *card, store_done_fn *done, void *arg);
/* Latest first, with what people said of the calls. cid and conversation_id: only theirs; NULL = any. */
/* Of channels only those that `user_id` is a member of. */
void store_card_list(struct store *s, const char *user_id, const char *cid,
		     const char *conversation_id, unsigned limit, store_cards_fn *done, void *arg);

/* ---- sessions ---- */

/* Who hears of an event of an ordinary call: its members and creator, who is or was in the session,
 * and those whom the caller added; without the blocked. */
struct store_audience {
	const char *const *user_ids;
	size_t count;
};

struct store_session_start {
	const char *session_id, *cid;
	const char *conversation_id;	 /* NULL = none */
	const char *user_id, *user_name; /* who came first; need not be an account */
	uint64_t at_us;
	struct store_audience watchers; /* are added */
};

/* Who hears of a session besides those who are or were in it, whom the caller knows. Empty for a conversation's call. */
struct store_session_hearers {
	struct store_audience others;  /* members, creator, watchers; without the blocked */
	struct store_audience blocked; /* who are or were in it and do not hear */
};

/* user NULL: the participant has no account. */
typedef void store_call_event_fn(void *arg, int status, const struct store_user *user,
				 int64_t cursor, const struct store_session_hearers *hearers);

/* A live session of a call begins:
 * stores it, its first participant and the event call.session_started. */
void store_call_session_start(struct store *s, const struct store_session_start *start,
			      store_call_event_fn *done, void *arg);
/* Somebody came or went (user_id, user_name): kept for the history, and as an event. */
void store_call_session_join(struct store *s, const struct store_session_start *coming, bool left,
			     store_call_event_fn *done, void *arg);
/* Ends it and stores call.session_ended; only session_id, at_us and watchers count. -ENOENT when it
 * is not live. */
void store_call_session_end(struct store *s, const struct store_session_start *session,
			    store_call_event_fn *done, void *arg);
/* After a crash: ends all that are still open, each with its event. */
void store_call_session_end_all(struct store *s, uint64_t at_us, store_done_fn *done, void *arg);

/* What somebody says of a session that they were in; comes with the cards of the past. */
struct store_feedback {
	const char *cid, *user_id;
	const char *session_id; /* NULL = the last one of theirs */
	int rating;		/* 1 to 5 */
	const char *reason;	/* NULL = none */
	uint64_t at_us;
};

/* In place of what they said before. -ENOENT: they were not in it. */
void store_feedback_add(struct store *s, const struct store_feedback *feedback, store_done_fn *done,
			void *arg);
