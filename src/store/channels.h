/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Direct and group conversations; store.h says how verbs work and what their status means. A channel is a
 * conversation (its messages, reads, files are those of store.h) with members instead of a customer.
 */
#pragma once

#include <string.h>

#include "store/store.h"

/* By the id alone: user ids, which are the ids of customers' conversations, hold no point. */
static inline bool store_is_channel(const char *conversation_id)
{
	return strchr(conversation_id, '.') != NULL;
}

struct store_channel_member {
	struct store_user user;
	bool owner; /* may change name and members, and delete others' messages */
	uint64_t joined_at_us;
};

struct store_channel {
	const char *id;
	const char *type; /* "direct", "group" */
	const char *name; /* NULL: a direct one */
	const char *created_by;
	unsigned slow_mode_s; /* between two messages of one who does not own it; 0 = off */
	uint64_t created_at_us;
	const struct store_channel_member *members; /* by id */
	size_t member_count;
};

typedef void store_channels_fn(void *arg, int status, const struct store_channel *list, size_t n);
/* `changed`: there is an event, at `cursor`. */
typedef void store_channel_fn(void *arg, int status, const struct store_channel *channel,
			      bool changed, int64_t cursor);

/* All there are: for the index of who is in which. */
void store_channel_list(struct store *s, store_channels_fn *done, void *arg);

struct store_new_channel {
	const char *id, *type, *name, *created_by; /* the creator owns a group, and is a member */
	const char *const *members;		   /* more */
	size_t member_count;
	uint64_t at_us;
};

/* Finds or creates: what is there stays as it is. -ENXIO: a member has no account; -EDQUOT: LIMIT_CHANNELS are there. */
void store_channel_create(struct store *s, const struct store_new_channel *channel,
			  store_channel_fn *done, void *arg);

struct store_channel_change {
	const char *id, *by;
	const char *name;	     /* NULL: as it was */
	const unsigned *slow_mode_s; /* NULL: as it was */
	const char *const *add, *const *remove, *const *own;
	size_t add_count, remove_count, own_count; /* own: become owners; they must be members */
	uint64_t at_us;
};

/*
 * The channel as it is afterwards; without members nobody sees it any more. -ENOENT; -ENXIO: a new
 * member has no account; -E2BIG: LIMIT_CHANNEL_MEMBERS. When the last owner goes, who came first owns it.
 */
void store_channel_change(struct store *s, const struct store_channel_change *change,
			  store_channel_fn *done, void *arg);

/* The user's channels as conversations: last message, unread, reads (of `user` only the id, which is the channel's). */
void store_channel_conversations(struct store *s, const char *user_id, unsigned limit,
				 store_conversations_fn *done, void *arg);
