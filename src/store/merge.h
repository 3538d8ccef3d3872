/* SPDX-License-Identifier: Apache-2.0 */
/* Two customers who are one person; store.h says how verbs work and what their status means. */
#pragma once

#include "store/support.h"

struct store_merged {
	struct store_customer customer;	  /* who stays, as they are now */
	const struct store_user *other;	  /* as they were */
	const struct store_event *events; /* what happened, in the order of cursors */
	size_t event_count;
};

typedef void store_merge_fn(void *arg, int status, const struct store_merged *merged);

/*
 * All that `other` wrote, sent, read, noted and was noted of, their calls, labels, bans and blocks become `kept`'s, in one conversation
 * in the order of time, in one transaction. Nothing that somebody had not read counts as read afterwards. Sign-ins and the notifications
 * of `other` end. Every cursor from before is answered with -ESTALE. Cannot be undone. -EINVAL: they are the same; -ENOENT: one of them
 * is no customer (with a conversation), or was merged into somebody before.
 */
void store_customer_merge(struct store *s, const char *kept, const char *other,
			  const struct store_deed *by, store_merge_fn *done, void *arg);

/* The account of this id, or, where that was merged into another one, the other. -ENOENT. */
void store_user_lead(struct store *s, const char *id, store_user_fn *done, void *arg);
