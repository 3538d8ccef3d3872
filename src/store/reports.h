/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Messages that the team is asked to look at, by people and by the word list. store.h says how verbs work and what
 * their status means.
 */
#pragma once

#include "store/support.h"

struct store_new_report {
	const char *conversation_id, *user_id; /* where; by whom */
	int64_t message_id;
	const char *reason; /* "" = none */
	bool notes;	    /* the user may see private notes */
	uint64_t at_us;
	const char *place; /* as in struct store_deed */
};

/* Noted in the audit log. -ENOENT: no such message, or deleted; -EPERM: the server's own line; -EINVAL: one's own message;
 * -EEXIST: this user has reported it before; -EDQUOT: LIMIT_REPORTS of theirs are open. The callback has the message. */
void store_report_add(struct store *s, const struct store_new_report *report,
		      store_message_fn *done, void *arg);

struct store_report {
	struct store_user user; /* id NULL: the word list, or somebody who is gone */
	const char *word;	/* NULL: a person reported it */
	const char *reason;
	uint64_t created_at_us;
};

/* A message with its open reports. */
struct store_reported {
	struct store_message message;	    /* as it is now */
	const char *text;		    /* as it was when it was reported first */
	const char *customer_name;	    /* of a customer's conversation; NULL: a channel */
	const struct store_report *reports; /* the first STORE_REPORTS_SHOWN */
	size_t report_count;
};

enum { STORE_REPORTS_SHOWN = 20, STORE_REPORTS_COUNTED = 1000 };

/* `open`: how many messages have open reports, up to STORE_REPORTS_COUNTED. */
typedef void store_reported_fn(void *arg, int status, const struct store_reported *list, size_t n,
			       int64_t open);

/* Reported last first, at most `limit`; 0: the number only. */
void store_reported_list(struct store *s, unsigned limit, store_reported_fn *done, void *arg);

/* Closes all of a message's, and with `remove` leaves a placeholder of that, wherever it is (`created` of the callback:
 * that was done); noted in the audit log. -ENOENT: it has no open ones. */
void store_report_close(struct store *s, int64_t message_id, bool remove,
			const struct store_deed *by, store_message_fn *done, void *arg);
