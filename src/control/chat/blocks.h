/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Blocking one person by another. Part of struct chat. Who is blocked does not write to the other in their direct
 * conversation, nor is seen writing there, and rings nobody who has blocked them; nobody tells them. Who has blocked does not write
 * to them either, until that is undone. Groups and customers' conversations are not one person's: they stay open.
 *
 * Asked with every message and ring, so it is kept in memory, as it is on the disk.
 */
#pragma once

#include "control/chat/chat.h"
#include "store/blocks.h"

/* Whether `user_id` has blocked `blocked_id`. */
bool chat_has_blocked(const struct chat *c, const char *user_id, const char *blocked_id);

/*
 * Whether `who` may write in the conversation, as far as blocks go: 0; -ECONNREFUSED: the other has blocked them;
 * -ECONNABORTED: they have blocked the other. Conversations that are not direct are always open.
 */
int chat_check_blocks(const struct chat *c, const struct store_user *who,
		      const char *conversation_id);

/* Those of `who`, the latest first. */
void chat_block_list(struct chat *c, const struct store_user *who, store_blocks_fn *done,
		     void *arg);

/* In force, or lifted, when the callback says 0. -EINVAL: oneself; -ENOENT: nobody of such an id, or nothing to lift;
 * -EDQUOT: too many. */
void chat_block_set(struct chat *c, const struct store_user *who, const char *user_id, bool on,
		    store_done_fn *done, void *arg);

/* Reads the index; waits for the store. Once, before anybody asks. */
int chat_blocks_load(struct chat *c);
