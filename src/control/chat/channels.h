/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Direct and group conversations: made, named, who is in them. Part of struct chat; the rules of chat.h hold for
 * their messages, with members in the place of a customer and the team: only members see them, the owners of a
 * group change it and delete others' messages, and there are no private notes.
 *
 * Who is in which is kept in memory, as it is on the disk: so that every question of rights and every fan-out is
 * answered at once. A channel that is not yours is answered like one that does not exist (-ENOENT, R26).
 */
#pragma once

#include "control/chat/chat.h"
#include "store/channels.h"

/* What chat_may_see is for channels, too. */
bool chat_open_to(const struct chat *c, const struct store_user *who, const char *conversation_id);

/* Borrowed until the next turn of the loop; NULL = none. Whoever asks must be let in by chat_open_to. */
const struct store_channel *chat_channel_find(const struct chat *c, const char *id);
const struct store_channel_member *chat_channel_member(const struct store_channel *channel,
						       const char *user_id);

/* What slow mode asks of them, between two messages: of owners and the team nothing. NULL: not a channel. */
uint64_t chat_slow_us(const struct store_channel *channel, const struct store_user *who);

/* Member ids of a channel, for a fan-out; borrowed. */
const char *const *chat_channel_ids(const struct chat *c, const char *id, size_t *ret_count);

enum { CHAT_GROUP_ID_MAX = 64, CHAT_SLOW_MODE_MAX_S = 6 * 3600 };

struct chat_new_channel {
	const char *user_id; /* of a direct one: the other; NULL: a group */
	const char *id;	     /* of a group: [a-z0-9_-]{1,64}, NULL: the server makes one */
	const char *name;    /* of a group */
	const char *const *members;
	size_t member_count;
};

/*
 * Finds or makes one; `changed` says which. A direct one there is once for each pair. Admins make them with anybody;
 * others only when chat_config.open_channels says so (-EACCES). -EINVAL: id or name, or a direct one with oneself;
 * -EEXIST: a group of that id that one is not in; -ENXIO: nobody of such an id; -E2BIG: too many members; -EDQUOT: too
 * many channels.
 */
void chat_channel_create(struct chat *c, const struct store_user *who,
			 const struct chat_new_channel *channel, store_channel_fn *done, void *arg);

/* Name and members of a group: owners only (-EPERM), and of a direct one nobody. Removing oneself is leaving: everybody
 * may, from a group. `change`'s `by` and `at_us` are not looked at. */
void chat_channel_change(struct chat *c, const struct store_user *who,
			 const struct store_channel_change *change, store_channel_fn *done,
			 void *arg);

/* `user` has another name: in the index, too. `each` is given the members of every channel that the user is in. */
typedef void chat_members_fn(void *arg, const char *const *ids, size_t n);
void chat_channel_rename(struct chat *c, const struct store_user *user, chat_members_fn *each,
			 void *arg);

/* The members of every channel that the user is in. */
void chat_channel_fellows(struct chat *c, const char *user_id, chat_members_fn *each, void *arg);

/* One's own, as conversations, latest activity first. */
void chat_channel_list(struct chat *c, const struct store_user *who, store_conversations_fn *done,
		       void *arg);

/* Reads the index; waits for the store. Once, before anybody asks. */
int chat_channels_load(struct chat *c);

/* After customers were merged: this index and that of blocks, as the store has them now. */
void chat_channels_reload(struct chat *c, store_done_fn *done, void *arg);
