/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The support layer's verbs; store.h says how verbs work and what their status means.
 *
 * A case is the work between a customer's first message and its resolution. Customers' messages open
 * cases and reopen conversations, the team's answers end the waiting: store_message_add does that in
 * the same transaction, and says so in the message's `events`.
 *
 * Activities (struct store_message): "status" (value: the new one), "reopened", "assigned" (value: the
 * user id, text: the name), "unassigned", "labelled" and "unlabelled" (value: the id, text: the name),
 * "rated" (value: 1 to 5, text: the comment), "away" (text: what the customer was told).
 */
#pragma once

#include "store/store.h"

const char *support_status_text(enum support_status status); /* "open", "pending", "resolved" */
bool support_status_parse(const char *text, enum support_status *ret);

/* What happened, in the order of cursors; the state of the conversation afterwards. */
typedef void store_support_fn(void *arg, int status, const struct store_support *support,
			      const struct store_event *events, size_t n);

enum store_support_field { CHANGE_STATUS = 1, CHANGE_ASSIGNEE = 2, CHANGE_LABELS = 4 };

struct store_support_change {
	const char *conversation_id, *user_id; /* whose, and by whom */
	uint64_t at_us;
	unsigned fields; /* enum store_support_field: which of the next are set */
	enum support_status status;
	bool ask;		 /* when it becomes resolved: ask the customer how it was */
	const char *assignee_id; /* NULL = nobody */
	const int64_t *labels;	 /* all that are on it then */
	size_t label_count;
};

/* Changes nothing that is so already. -ENOENT: no such conversation; -ENXIO: the assignee is not of the
 * team, or there is no such label. */
void store_support_set(struct store *s, const struct store_support_change *change,
		       store_support_fn *done, void *arg);

/* Everybody of the team, by name. */
void store_team_list(struct store *s, store_users_fn *done, void *arg);
