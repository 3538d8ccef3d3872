/* SPDX-License-Identifier: Apache-2.0 */
/* Who may not come in; store.h says how verbs work and what their status means. */
#pragma once

#include "store/store.h"

struct store_ban {
	const char *user_id, *reason;
	const char *by_id; /* NULL: an account that is gone */
	uint64_t created_at_us;
	uint64_t until_us; /* 0 = for good */
	const char *
		place; /* of store_ban_set: where by_id came from, for the audit log; NULL = not known */
	bool merged; /* no ban: an account that was merged into another one (merge.h) */
};

typedef void store_bans_fn(void *arg, int status, const struct store_ban *list, size_t n);

/* Those that are over, too, and accounts that were merged within `merged_us` before now_us, until then. */
void store_ban_list(struct store *s, uint64_t now_us, uint64_t merged_us, store_bans_fn *done,
		    void *arg);

/* Takes the place of an older one; noted in the audit log. -ENOENT: no such user. */
void store_ban_set(struct store *s, const struct store_ban *ban, store_done_fn *done, void *arg);

/* `by_id` lifts it; noted in the audit log. -ENOENT: there is none. */
void store_ban_lift(struct store *s, const char *user_id, const char *by_id, const char *place,
		    uint64_t at_us, store_done_fn *done, void *arg);
