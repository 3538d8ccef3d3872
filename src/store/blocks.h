/* SPDX-License-Identifier: Apache-2.0 */
/* Whom people do not want to hear from; store.h says how verbs work and what their status means. */
#pragma once

#include "store/store.h"

struct store_block {
	const char *user_id;	/* who has blocked */
	struct store_user user; /* whom */
	uint64_t created_at_us;
};

typedef void store_blocks_fn(void *arg, int status, const struct store_block *list, size_t n);

/* Of one person, the latest first; or of everybody (NULL). */
void store_block_list(struct store *s, const char *user_id, store_blocks_fn *done, void *arg);

/* Once more changes nothing. -ENOENT: nobody of such an id; -EDQUOT: LIMIT_BLOCKS are there. */
void store_block_set(struct store *s, const char *user_id, const char *blocked_id, uint64_t at_us,
		     store_done_fn *done, void *arg);

/* -ENOENT: there is none. */
void store_block_lift(struct store *s, const char *user_id, const char *blocked_id,
		      store_done_fn *done, void *arg);
