/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Conversations and messages: who may see what, what a message may be, and the replay of events.
 * One conversation per customer; its id is the customer's user id. Owned by control.c, loop's
 * thread only. Sees neither HTTP nor SQL.
 *
 * Status of every callback: 0; -ENOENT: absent, or not theirs (the same on purpose, R26); else of
 * the store. Callbacks run exactly once, later, on the loop's thread.
 */
#pragma once

#include "store/store.h"

struct chat;

/* A message was stored: tell who may see event->conversation_id.
 * In the order of cursors, before the sender's callback. */
typedef void chat_event_fn(void *arg, const struct store_event *event);

struct chat_config {
	struct store *store;	   /* borrowed */
	uint64_t (*wall_us)(void); /* NULL = clock_wall_us */
	chat_event_fn *sink;	   /* may be NULL */
	void *sink_arg;
};

/* 0 or -ENOMEM. */
int chat_new(const struct chat_config *config, struct chat **ret);

/* After store_close, or when nothing is in flight. Takes NULL. Returns NULL. */
struct chat *chat_free(struct chat *c);

/* Replaces the sink. */
void chat_set_sink(struct chat *c, chat_event_fn *sink, void *arg);

/* The one authorisation rule: an admin sees every conversation, a customer their own. Pure. */
bool chat_may_see(const struct store_user *who, const char *conversation_id);

/* An admin's list is all of them, latest activity first, at most LIMIT_CONVERSATIONS;
 * a customer's has one. */
void chat_list(struct chat *c, const struct store_user *who, store_conversations_fn *done,
	       void *arg);

/* limit is cut to 1…LIMIT_PAGE; before 0 = newest. Oldest first. */
void chat_history(struct chat *c, const struct store_user *who, const char *conversation_id,
		  int64_t before, unsigned limit, store_messages_fn *done, void *arg);

/* Bytes of a client_id. */
enum { CHAT_CLIENT_ID_MAX = 64 };

/*
 * Sends. Repeating a client_id (per user and conversation) gives the first message again, created
 * false, and no event. client_id NULL: the server makes one. -EINVAL: text empty or blank, or not
 * UTF-8, or client_id empty, too long or not printable ASCII; -EMSGSIZE: text over
 * LIMIT_MESSAGE_TEXT bytes.
 */
void chat_send(struct chat *c, const struct store_user *who, const char *conversation_id,
	       const char *text, const char *client_id, store_message_fn *done, void *arg);

/* Events after `since` that `who` may see, oldest first, at most LIMIT_PAGE at a time;
 * -ESTALE: load everything anew. */
void chat_replay(struct chat *c, const struct store_user *who, int64_t since, store_events_fn *done,
		 void *arg);
