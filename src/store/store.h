/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Everything that outlives a restart, as verbs. No SQL and no SQLite above this header.
 *
 * A verb copies its arguments, queues the request and returns at once; one store thread takes all
 * that is queued, runs it in one transaction (a request that is refused undoes what it wrote itself,
 * and nothing of the others), commits to the disk, and only then are the callbacks called,
 * on the loop's thread, in the order of the requests. What is asked for in one turn of the loop is in one
 * transaction: a crash leaves all of it, or nothing. So: what a callback reports as done survives
 * a power cut, and two events are seen in the order in which they were stored.
 *
 * The struct store belongs to the loop's thread: call every function from
 * there. What a callback receives is valid during the call only. Each
 * accepted request is answered exactly once, also during store_close.
 *
 * Status: 0, or -ENOENT (no such row), -ENXIO (a user that is named does not exist), -EEXIST (already there), -ESTALE (pruned), -ENOSPC (disk
 * full), -EROFS (not writable), -EIO (the disk failed: nothing is acknowledged any more until a
 * restart), -EUCLEAN (damaged file), -ENOMEM, -EBUSY (another program holds the database for too
 * long), -ESHUTDOWN (closing).
 *
 * Times are microseconds since 1970 UTC and come from the caller.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct store;
struct uv_loop_s;

enum { STORE_ERROR_MAX = 512, STORE_HASH = 32 };

struct store_config {
	const char *dir; /* the data folder; made (0700) when missing; the database in it is 0600 */
	struct uv_loop_s *loop; /* where callbacks run */
	bool exclusive;		/* the daemon: refuse when another daemon has this folder */
};

/* Opens, checks and migrates.
 * 0, or -errno with one line for the operator in ret_error (STORE_ERROR_MAX bytes). */
int store_open(const struct store_config *config, struct store **ret, char *ret_error);

/* Blocks until everything queued is answered; callbacks run inside.
 * For start-up, the command line and tests. */
void store_wait(struct store *s);

/* Commits and answers everything queued, then closes.
 * The loop must run once more, so that a handle can close. Takes NULL. Returns NULL. */
struct store *store_close(struct store *s);

/* ---- users ---- */

/* A guest has an account without a password or conversation; ROLE_ANONYMOUS is never stored. */
enum user_role { ROLE_USER, ROLE_ADMIN, ROLE_GUEST, ROLE_ANONYMOUS };

const char *user_role_text(enum user_role role); /* "user", "admin", "guest", "anonymous" */
bool user_role_parse(const char *text, enum user_role *ret); /* the first two */

struct store_user {
	const char *id; /* [a-z0-9@_-]{1,64} */
	const char *name;
	const char *image; /* NULL = none */
	enum user_role role;
	uint64_t created_at_us;
};

/* A copy that the caller owns, one allocation; NULL when out of memory. Free with free(). */
struct store_user *store_user_dup(const struct store_user *user);

typedef void store_done_fn(void *arg, int status);
typedef void store_user_fn(void *arg, int status, const struct store_user *user);
typedef void store_login_fn(void *arg, int status, const struct store_user *user,
			    const char *password_hash);
typedef void store_users_fn(void *arg, int status, const struct store_user *users, size_t n);

/* password_hash NULL: nobody can sign in with a password.
 * With ROLE_USER the conversation comes with it. -EEXIST. */
void store_user_create(struct store *s, const struct store_user *user, const char *password_hash,
		       store_done_fn *done, void *arg);
void store_user_find(struct store *s, const char *id, store_user_fn *done, void *arg);
/* With the password's hash, "" when the user has none. */
void store_user_find_login(struct store *s, const char *id, store_login_fn *done, void *arg);
/* By id. */
void store_user_list(struct store *s, store_users_fn *done, void *arg);
void store_user_set_password(struct store *s, const char *id, const char *password_hash,
			     store_done_fn *done, void *arg);

/* Accounts of guests made before then who have left nothing behind. */
void store_guest_prune(struct store *s, uint64_t before_us, store_done_fn *done, void *arg);

/* ---- media tokens that are refused: the newest STORE_REFUSALS_MAX ---- */

enum { STORE_REFUSALS_MAX = 2048 };

struct store_refusal {
	const char *kind; /* "ended": key is a session's; "barred": key is signalling's */
	const char *key;
};
typedef void store_refusals_fn(void *arg, int status, const struct store_refusal *list, size_t n);
void store_refusal_add(struct store *s, const char *kind, const char *key, uint64_t at_us,
		       store_done_fn *done, void *arg);
void store_refusal_list(struct store *s, store_refusals_fn *done, void *arg); /* oldest first */

/* ---- sessions and sign-in links: only hashes of tokens are stored ---- */

void store_session_create(struct store *s, const uint8_t hash[STORE_HASH], const char *user_id,
			  uint64_t now_us, uint64_t expires_us, store_done_fn *done, void *arg);
/* The session's user; -ENOENT when unknown, past its end, or unused for idle_us.
 * Notes the use, at most hourly. */
void store_session_find(struct store *s, const uint8_t hash[STORE_HASH], uint64_t now_us,
			uint64_t idle_us, store_user_fn *done, void *arg);
/* 0 also when there was none. */
void store_session_delete(struct store *s, const uint8_t hash[STORE_HASH], store_done_fn *done,
			  void *arg);

void store_link_create(struct store *s, const uint8_t hash[STORE_HASH], const char *user_id,
		       uint64_t now_us, uint64_t expires_us, store_done_fn *done, void *arg);
/* Uses the link up: its user, once; -ENOENT when unknown, used or expired. */
void store_link_use(struct store *s, const uint8_t hash[STORE_HASH], uint64_t now_us,
		    store_user_fn *done, void *arg);

/* ---- conversations, messages ---- */

/* Whose rows: all conversations, or the one of this customer. */
struct store_scope {
	bool all;
	const char *user_id;
};

struct store_reaction {
	const char *type, *user_id;
};

struct store_event;
struct store_support;

struct store_message {
	int64_t id;
	const char *conversation_id, *client_id;
	const char *text; /* "" once deleted */
	const char *card; /* JSON: a call's card, written by the server; NULL: somebody's words */
	/* A line of the server's about the conversation: what was done, by `user`; NULL: none. The
	 * value and the words to show for it may be NULL. See store/support.h. */
	const char *activity, *activity_value, *activity_text;
	struct store_user user;
	uint64_t created_at_us;
	uint64_t updated_at_us, deleted_at_us; /* 0 = never */
	bool private;			       /* a note of the team: not for the customer */
	int64_t quoted_id;		       /* 0 = quotes nothing */
	const char *quoted_text;	       /* as it is now; "" once deleted */
	const char *quoted_user_id, *quoted_user_name;
	const struct store_reaction *reactions; /* oldest first */
	size_t reaction_count;
	const struct store_attachment *attachments; /* in the order of sending */
	size_t attachment_count;
	/* Of store_message_add: the state of its conversation when that has changed, else NULL; and
	 * what else happened by it, in the order of cursors. */
	const struct store_support *support;
	const struct store_event *events;
	size_t event_count;
};

/* A file of a message. The bytes are elsewhere (control/files); this is what is known of them. */
struct store_attachment {
	const char *id; /* of files.h */
	const char *conversation_id, *user_id;
	const char *name, *kind;
	uint64_t size;
	uint32_t width, height; /* of a picture; 0 = unknown */
	bool private;		/* of a note of the team */
	uint64_t created_at_us;
};

/* Up to which message somebody has read a conversation, and been given it. 0 = nothing. */
struct store_read {
	const char *user_id;
	enum user_role role;
	int64_t read_id, delivered_id;
};

enum support_status { SUPPORT_OPEN, SUPPORT_PENDING, SUPPORT_RESOLVED };

/* What becomes of a conversation. */
struct store_support {
	enum support_status status;
	uint64_t status_at_us;	    /* 0 = as it began */
	struct store_user assignee; /* id NULL = nobody */
	uint64_t waiting_since_us;  /* the customer's oldest message without an answer; 0 = none */
	const int64_t *labels;	    /* ids */
	size_t label_count;
	int64_t question; /* the case of which the customer is asked how it was; 0 = none */
};

struct store_conversation {
	const char *id;		/* the customer's user id */
	struct store_user user; /* the customer */
	bool has_last_message;
	struct store_message last_message;
	uint64_t updated_at_us;
	int64_t unread; /* by the asker, of others' messages; counts to STORE_UNREAD_MAX */
	const struct store_read *reads; /* the customer's and the team members' */
	size_t read_count;
	struct store_support support;
	int64_t mentions; /* of the asker, in notes not read yet */
};

enum { STORE_UNREAD_MAX = 100 };

/* Latest activity first. `cursor`: the last event that the list already contains. */
typedef void store_conversations_fn(void *arg, int status, const struct store_conversation *list,
				    size_t n, int64_t cursor);
typedef void store_messages_fn(void *arg, int status, const struct store_message *list, size_t n,
			       bool has_more);
/* created false: client_id was known, this is the first one;
 * cursor is of its event, 0 unless created. */
typedef void store_message_fn(void *arg, int status, const struct store_message *message,
			      bool created, int64_t cursor);

void store_conversation_list(struct store *s, struct store_scope scope, unsigned limit,
			     store_conversations_fn *done, void *arg);

/* A page of messages: the last `limit` before id `before` (0 = newest), or after id `after` when that
 * is not 0. */
struct store_page {
	const char *conversation_id;
	int64_t before, after;
	unsigned limit;
	bool notes; /* with the team's private notes */
};

/* Oldest first; has_more in the direction that was asked for. -ENOENT: no such conversation. */
void store_message_list(struct store *s, const struct store_page *page, store_messages_fn *done,
			void *arg);

struct store_new_message {
	const char *conversation_id, *user_id, *client_id, *text;
	int64_t quoted_id; /* 0 = none */
	bool private;
	const char *card; /* NULL = none */
	const char *const *
		mentions; /* of a private one: ids; those who are not of the team are passed over */
	size_t mention_count;
	uint64_t created_at_us;
	uint64_t slow_us; /* slow mode: since the writer's last message in this channel; 0 = off */
	const char *const
		*attachments; /* ids of uploads of this user and conversation, not sent yet */
	size_t attachment_count;
};

/* Stores the message and its event; whoever writes has read what came before.
 * client_id is unique per user and conversation. -ENOENT: no such conversation, or no such message to
 * quote in it (or a private one, in a message that is not), or an attachment that is not there.
 * -EAGAIN: slow mode; `cursor` is then the microseconds to wait. */
void store_message_add(struct store *s, const struct store_new_message *message,
		       store_message_fn *done, void *arg);

/* One message as it is now. -ENOENT. created is false, cursor 0. */
void store_message_find(struct store *s, const char *conversation_id, int64_t id, bool notes,
			store_message_fn *done, void *arg);

/* A change of one message by `user_id`. */
struct store_message_change {
	const char *conversation_id, *user_id;
	int64_t id;
	uint64_t at_us;
	bool notes; /* the user may see private notes */
};

/*
 * Changes below answer with the message as it is afterwards; `created` says whether anything changed,
 * and only then there is an event. -ENOENT: no such message, or deleted already.
 */

/* -EPERM: somebody else's message; -ETIMEDOUT: older than `window_us` (0 = any age). */
void store_message_edit(struct store *s, const struct store_message_change *change,
			const char *text, uint64_t window_us, store_message_fn *done, void *arg);
/* Leaves a placeholder without text and reactions. `any`: also others' messages, at any age. */
void store_message_delete(struct store *s, const struct store_message_change *change, bool any,
			  uint64_t window_us, store_message_fn *done, void *arg);
/* One reaction per user and type. -EDQUOT: STORE_REACTIONS_MAX are there. */
void store_reaction_set(struct store *s, const struct store_message_change *change,
			const char *type, bool on, store_message_fn *done, void *arg);

enum { STORE_REACTIONS_MAX = 100 };

/* ---- attachments ---- */

typedef void store_attachment_fn(void *arg, int status, const struct store_attachment *attachment);

/* An upload that waits for its message. -ENOENT: no such conversation. */
void store_attachment_add(struct store *s, const struct store_attachment *attachment,
			  store_attachment_fn *done, void *arg);
/* -ENOENT also once its message was deleted. */
void store_attachment_find(struct store *s, const char *id, store_attachment_fn *done, void *arg);

/* Takes out one upload that was made before `before_us` and never sent, or whose message was deleted,
 * and says which: its bytes can go. -ENOENT: there is none left. */
void store_attachment_drop(struct store *s, uint64_t before_us, store_attachment_fn *done,
			   void *arg);

/* ---- who has read what ---- */

typedef void store_read_fn(void *arg, int status, const struct store_read *read, bool changed);

/*
 * Notes that `user_id` has been given (and, with `read`, has read) everything up to message `id`, which
 * is cut to the newest there is. Never goes back. -ENOENT: no such conversation.
 */
void store_read_mark(struct store *s, const char *conversation_id, const char *user_id, int64_t id,
		     bool read, store_read_fn *done, void *arg);

/* ---- search ---- */

/*
 * Messages that hold every word of `words` (the last one as a beginning too), best first, at most
 * `limit`; in `conversation_id`, or NULL for all of the scope. Any text is a valid search.
 */
void store_message_search(struct store *s, struct store_scope scope, const char *conversation_id,
			  const char *words, unsigned limit, store_messages_fn *done, void *arg);

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
 * change leave a mark on the call; this takes one away, and answers with the call: ask for it in the same turn of the
 * loop as for the events, after them. store_call_recover, before anything is asked for, finds the marks that a crash
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
/* Latest first. cid and conversation_id: only theirs; NULL = any. */
void store_card_list(struct store *s, const char *cid, const char *conversation_id, unsigned limit,
		     store_cards_fn *done, void *arg);

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

/* user NULL: the participant has no account. The audience is empty for a conversation's call. */
typedef void store_call_event_fn(void *arg, int status, const struct store_user *user,
				 int64_t cursor, struct store_audience audience);

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

/* ---- the event log ---- */

enum store_event_type {
	EVENT_MESSAGE_NEW = 1,
	EVENT_CALL_SESSION_STARTED = 2,
	EVENT_CALL_SESSION_ENDED = 3,
	EVENT_MESSAGE_UPDATED = 20,
	EVENT_MESSAGE_DELETED = 21,
	EVENT_REACTION_NEW = 22,
	EVENT_REACTION_DELETED = 23,
	EVENT_CONVERSATION_UPDATED = 24,
	EVENT_CHANNEL_UPDATED = 25, /* made, or its name or members changed, by `user` */
	EVENT_CALL_PARTICIPANT_JOINED = 4,
	EVENT_CALL_PARTICIPANT_LEFT = 5,
	EVENT_FRAME = 6, /* as it was sent */
};

struct store_event {
	int64_t cursor;
	enum store_event_type type;
	uint64_t created_at_us;
	const char *conversation_id;  /* NULL = none */
	struct store_message message; /* MESSAGE_*, REACTION_*: as it is now */
	const char *cid, *session_id; /* CALL_* */
	/* CALL_*: who started it, came or left, at created_at_us; MESSAGE_*, REACTION_*: who did it */
	struct store_user user;
	const char *payload; /* FRAME: JSON */
	/* CONVERSATION_UPDATED, and MESSAGE_NEW when that changed it or is replayed: as it is now */
	const struct store_support *support;
	bool team; /* the reader is of the team */
	const struct store_channel
		*channel; /* CHANNEL_UPDATED: as it is now; filled in by the chat */
};

struct store_new_event {
	const char *payload;		/* the frame */
	const char *cid, *session_id;	/* session_id NULL = none */
	const char *conversation_id;	/* NULL: an ordinary call */
	struct store_audience audience; /* are added to the call's; or: */
	bool only;			/* nobody else */
	uint64_t at_us;
};

/* The audience is empty for a conversation's, unless `only`. */
typedef void store_event_fn(void *arg, int status, int64_t cursor, struct store_audience audience);

void store_event_add(struct store *s, const struct store_new_event *event, store_event_fn *done,
		     void *arg);

/* more: ask again from the last one's cursor. */
typedef void store_events_fn(void *arg, int status, const struct store_event *list, size_t n,
			     bool more);

/*
 * Events after `since` of the conversations in scope, and others in whose audience scope.user_id is. -ESTALE when events after `since` were pruned already (the last LIMIT_EVENTS_KEPT are
 * kept) or `since` is not one of ours.
 */
void store_event_list(struct store *s, struct store_scope scope, int64_t since, unsigned limit,
		      store_events_fn *done, void *arg);
