/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Conversations and messages: who may see and change what, what a message may be, who has read and who
 * is writing, search, and the replay of events. One conversation per customer; its id is the customer's
 * user id. Owned by control.c, loop's thread only. Sees neither HTTP nor SQL.
 *
 * Status of every callback: 0; -ENOENT: absent, or not theirs (the same on purpose, R26); else of
 * the store. Callbacks run exactly once, later, on the loop's thread.
 *
 * Private messages are notes of the team: only admins write and see them.
 */
#pragma once

#include "store/store.h"

struct chat;

/* A message was stored or changed, or the state of its conversation: tell who may see
 * event->conversation_id (only admins when the message is private). In the order of cursors, before the
 * asker's callback. */
typedef void chat_event_fn(void *arg, const struct store_event *event);

/* What happens without being an event of the log. */
/* VIEWING, REPORTS: for the team only; REPORTED, REPORT_CLOSED: for webhooks. */
enum chat_notice_type {
	CHAT_READ,
	CHAT_UNREAD,
	CHAT_TYPING_START,
	CHAT_TYPING_STOP,
	CHAT_VIEWING_START,
	CHAT_VIEWING_STOP,
	CHAT_CHANNEL_LEFT,
	CHAT_REPORTS,
	CHAT_REPORTED,
	CHAT_REPORT_CLOSED
};

struct chat_notice {
	enum chat_notice_type type;
	const char *conversation_id;
	const struct store_user *user;	   /* who */
	const struct store_read *read;	   /* READ: up to where now */
	unsigned changed;		   /* READ: enum store_read_change */
	const struct store_unread *unread; /* UNREAD */
	const char *only; /* CHANNEL_LEFT: who is out, UNREAD: whose it is; nobody else is told */
	int64_t reports_open; /* REPORTS: messages with open ones; of no conversation and nobody */
	/* REPORTED, REPORT_CLOSED; user NULL: the word list, for the `word` */
	const struct store_message *message;
	const char *reason, *word;
	bool removed; /* REPORT_CLOSED: with the message */
};

typedef void chat_notice_fn(void *arg, const struct chat_notice *notice);

struct chat_config {
	struct store *store;	   /* borrowed */
	uint64_t (*wall_us)(void); /* NULL = clock_wall_us */
	chat_event_fn *sink;	   /* may be NULL */
	chat_notice_fn *notice;	   /* may be NULL */
	void *sink_arg;
	bool open_channels; /* not only admins make direct and group conversations */
};

/* 0 or -ENOMEM. */
int chat_new(const struct chat_config *config, struct chat **ret);

/* After store_close, or when nothing is in flight. Takes NULL. Returns NULL. */
struct chat *chat_free(struct chat *c);

/* Replaces the sink. */
void chat_set_sink(struct chat *c, chat_event_fn *sink, void *arg);

/* Tells what another part had stored (the sink). */
void chat_tell(struct chat *c, const struct store_event *events, size_t n);

/* The one rule about customers' conversations: an admin sees every one, a customer their own. Pure. Of channels
 * (channels.h) it says false: there it is membership that counts. */
bool chat_may_see(const struct store_user *who, const char *conversation_id);

/* ---- reading ---- */

/* An admin's list is all of them, latest activity first, at most LIMIT_CONVERSATIONS;
 * a customer's has one. */
void chat_list(struct chat *c, const struct store_user *who, store_conversations_fn *done,
	       void *arg);

/* A page before message `before` (0 = newest) or, when `after` is not 0, after that one.
 * limit is cut to 1…LIMIT_PAGE. Oldest first. */
void chat_history(struct chat *c, const struct store_user *who, const char *conversation_id,
		  int64_t before, int64_t after, unsigned limit, store_messages_fn *done,
		  void *arg);

/* Messages with all of the words, in one conversation or (NULL) in all that `who` may see, best first,
 * at most LIMIT_PAGE; `limit` does not matter. */
void chat_search(struct chat *c, const struct store_user *who, const struct store_search *search,
		 store_messages_fn *done, void *arg);

/*
 * A call's card (JSON): a system message of the server's, in the name of who called. The same
 * client_id again does nothing, nor does an unknown conversation or user.
 */
void chat_add_card(struct chat *c, const char *conversation_id, const char *user_id,
		   const char *client_id, const char *text, const char *card);

/* Events after `since` that `who` may see, oldest first, at most LIMIT_PAGE at a time;
 * -ESTALE: load everything anew. */
void chat_replay(struct chat *c, const struct store_user *who, int64_t since, store_events_fn *done,
		 void *arg);

/* ---- writing ---- */

enum {
	CHAT_CLIENT_ID_MAX = 64,	/* bytes */
	CHAT_REACTION_MAX = 32,		/* bytes of a reaction's type: an emoji, or a name */
	CHAT_CHANGE_WINDOW_S = 15 * 60, /* how long customers may edit and delete (product 2.2) */
};

struct chat_new_message {
	const char *conversation_id, *text;
	const char *client_id; /* NULL: the server makes one */
	int64_t quoted_id;     /* 0 = quotes nothing */
	bool private;	       /* -EACCES unless an admin writes */
	unsigned slow_mode_s;  /* of a customer's conversation, for the customer; 0 = off */
	const char *const *attachments; /* ids of chat_attach, each sent once */
	size_t attachment_count;	/* at most LIMIT_ATTACHMENTS, else -E2BIG */
};

/*
 * Sends; with an attachment the text may be empty. Repeating a client_id (per user and conversation) gives the first message again, created
 * false, and no event. -EINVAL: text empty or blank, or not UTF-8, or client_id empty, too long or
 * not printable ASCII; -EMSGSIZE: text over LIMIT_MESSAGE_TEXT bytes; -ENOENT: also when the quoted
 * message or an attachment is not there; -ECONNREFUSED, -ECONNABORTED: blocks.h; -EBADMSG: a word of the list
 * (wordlist.h), which is the text of the callback's message, and all of that.
 */
void chat_send(struct chat *c, const struct store_user *who, const struct chat_new_message *message,
	       store_message_fn *done, void *arg);

/*
 * Changes; `created` of the callback says whether anything changed. -EPERM: somebody else's message;
 * -ETIMEDOUT: a customer's older than CHAT_CHANGE_WINDOW_S; -EINVAL, -EMSGSIZE, -EBADMSG as in chat_send.
 * Admins edit their own messages at any age, and delete anybody's.
 */
void chat_edit(struct chat *c, const struct store_user *who, const char *conversation_id,
	       int64_t id, const char *text, store_message_fn *done, void *arg);
void chat_delete(struct chat *c, const struct store_user *who, const char *conversation_id,
		 int64_t id, store_message_fn *done, void *arg);

/* `type` is 1…CHAT_REACTION_MAX bytes of printable UTF-8, else -EINVAL. -EDQUOT: too many. */
void chat_react(struct chat *c, const struct store_user *who, const char *conversation_id,
		int64_t id, const char *type, bool on, store_message_fn *done, void *arg);

/*
 * Notes an uploaded file (its id, kind, size and, of a picture, width and height; the name is cleaned
 * here) that `who` is going to send to the conversation. Unsent ones are dropped after a day. Errors are those of
 * store_attachment_add.
 */
void chat_attach(struct chat *c, const struct store_user *who, const char *conversation_id,
		 const struct store_attachment *attachment, const struct store_room *room,
		 store_attachment_fn *done, void *arg);

/* What is known of a file, by its id, which nobody guesses: who has it may see the file. -ENOENT. */
void chat_attachment(struct chat *c, const char *id, store_attachment_fn *done, void *arg);

/* store_files_gone, with what was uploaded a day ago and never sent. */
void chat_files_gone(struct chat *c, const char *removed, store_gone_fn *done, void *arg);

/* ---- who has read, who is writing ---- */

/* `who` has been given (and, with `read`, has read) everything up to message `id`. */
void chat_mark(struct chat *c, const struct store_user *who, const char *conversation_id,
	       int64_t id, bool read, store_read_fn *done, void *arg);

/* Message `id` and what came after it are unread to `who` again, and to nobody else; see store_unread_mark.
 * 0; -EACCES, and no callback: a customer's own conversation. */
int chat_mark_unread(struct chat *c, const struct store_user *who, const char *conversation_id,
		     int64_t id, store_unread_fn *done, void *arg);

/* Tells the others. Nothing is stored; receivers forget by themselves after some seconds, since a stop
 * may be lost. 0, or -ENOENT. */
int chat_typing(struct chat *c, const struct store_user *who, const char *conversation_id,
		bool typing);

/* Tells the team that somebody of it has the conversation before their eyes, or no longer; say it again
 * every 20 s. 0; -EACCES: a customer; -ENOENT. */
int chat_viewing(struct chat *c, const struct store_user *who, const char *conversation_id,
		 bool viewing);
