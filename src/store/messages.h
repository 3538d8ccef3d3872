/* SPDX-License-Identifier: Apache-2.0 */
/* Conversations, messages, attachments, what was read, search. Part of store.h, which says how verbs work. */
#pragma once

#include "store/users.h"

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
	uint32_t duration_ms;	/* of a voice note; 0 = none */
	const char *waveform;	/* of a voice note: a hex digit of loudness for each bar */
	bool private;		/* of a note of the team */
	uint64_t created_at_us;
};

/* Up to which message somebody has read a conversation, and been given it. 0 = nothing. */
struct store_read {
	const char *user_id;
	enum user_role role;
	int64_t read_id, delivered_id; /* as others are told: never goes back */
	int64_t unread_id; /* for whom it is about only: the first that they marked unread; 0 = none */
};

/* The same with what is left to read. */
struct store_unread {
	struct store_read read;
	int64_t unread, mentions; /* struct store_conversation */
};

enum support_status { SUPPORT_OPEN, SUPPORT_PENDING, SUPPORT_SNOOZED, SUPPORT_RESOLVED };
enum support_priority { PRIORITY_LOW, PRIORITY_NORMAL, PRIORITY_HIGH, PRIORITY_URGENT };

/* What becomes of a conversation. */
struct store_support {
	enum support_status status;
	uint64_t status_at_us;	   /* 0 = as it began */
	uint64_t snoozed_until_us; /* of a snoozed one: when it is open again; else 0 */
	enum support_priority priority;
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
	const char
		*listed_word; /* of the word list: the message is reported with it; NULL = none */
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

/* A change of one message by `user_id`. */
struct store_message_change {
	const char *conversation_id, *user_id;
	int64_t id;
	uint64_t at_us;
	bool notes;		 /* the user may see private notes */
	const char *listed_word; /* of an edit, as of a new message; NULL = none */
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

/* Bytes that may be stored; 0 = any. */
struct store_room {
	uint64_t person, total;
};

/* An upload that waits for its message. -ENOENT: no such conversation; -EDQUOT: with it its writer, -EFBIG: with it all people
 * together store more than that. */
void store_attachment_add(struct store *s, const struct store_attachment *attachment,
			  const struct store_room *room, store_attachment_fn *done, void *arg);

struct store_stored {
	uint64_t files, bytes;
};
typedef void store_stored_fn(void *arg, int status, const struct store_stored *person,
			     const struct store_stored *total);

/* What one person stores, and all. */
void store_stored_read(struct store *s, const char *user_id, store_stored_fn *done, void *arg);
/* -ENOENT also once its message was deleted. */
void store_attachment_find(struct store *s, const char *id, store_attachment_fn *done, void *arg);

/* id: of a file whose row is gone, and whose bytes are to go; NULL: there is none. */
typedef void store_gone_fn(void *arg, int status, const char *id);

/* `removed` (NULL: none) is off the disk. Uploads that were made before `before_us` and never sent go now, and the next file is
 * named. What is named comes again until it is said to be removed, also after a crash. */
void store_files_gone(struct store *s, const char *removed, uint64_t before_us, store_gone_fn *done,
		      void *arg);

/* ids: a JSON array of files that are on the disk. Those that no row speaks of are named by store_files_gone.
 * -ESTALE: that is most of them, and many, so this is not the database of these files; none is. */
void store_files_found(struct store *s, const char *ids, store_gone_fn *done, void *arg);

/* ---- who has read what ---- */

/* Flags: what is different now. READ_AGAIN: only that what they had marked unread is read. */
enum store_read_change { READ_FURTHER = 1, GIVEN_FURTHER = 2, READ_AGAIN = 4 };

typedef void store_read_fn(void *arg, int status, const struct store_read *read, unsigned changed);

/*
 * Notes that `user_id` has been given (and, with `read`, has read) everything up to message `id`, which
 * is cut to the newest there is. Never goes back. -ENOENT: no such conversation.
 */
void store_read_mark(struct store *s, const char *conversation_id, const char *user_id, int64_t id,
		     bool read, store_read_fn *done, void *arg);

typedef void store_unread_fn(void *arg, int status, const struct store_unread *unread,
			     bool changed);

/*
 * Message `id` and what came after it are unread to `user_id` again, until they read or write there; nothing
 * changes when it is unread anyway. -ENOENT: no such conversation, or no such message in it (a note of the
 * team is none, without `notes`).
 */
void store_unread_mark(struct store *s, const char *conversation_id, const char *user_id,
		       int64_t id, bool notes, store_unread_fn *done, void *arg);

/* ---- search ---- */

/* What is looked for; what is NULL, 0 or false does not matter. */
struct store_search {
	const char *words;
	const char *conversation_id;
	const char *user_id;	     /* who wrote it */
	uint64_t since_us, until_us; /* written then or later, and before then */
	bool files;		     /* with an attachment */
	unsigned limit;
};

/*
 * Messages that hold every word of `words` (the last one as a beginning too), best first, at most
 * `limit`, of the scope. Any text is a valid search. Copies what it is given.
 */
void store_message_query(struct store *s, struct store_scope scope,
			 const struct store_search *search, store_messages_fn *done, void *arg);

/* The same by words alone; in `conversation_id`, or NULL for all of the scope. */
void store_message_search(struct store *s, struct store_scope scope, const char *conversation_id,
			  const char *words, unsigned limit, store_messages_fn *done, void *arg);
