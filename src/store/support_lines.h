/* SPDX-License-Identifier: Apache-2.0 */
/* Lines of the server's in a conversation, and the state's own event. Private to src/store. */
#pragma once

#include "store/request.h"

struct support_line {
	const char *conversation_id, *user_id; /* who did it */
	const char *activity, *value, *text;   /* support.h; value and text may be NULL */
	const char *words;		       /* in English, for clients that know no activities */
	bool private;			       /* for the team */
	uint64_t at_us;
};

/* Stores a line with its event. It is neither counted as unread nor the conversation's last message. */
int support_line_add(struct db *db, struct mem *mem, const struct support_line *line,
		     struct event_list *out);

enum { SNOOZE_TEXT = 32 };

/* snooze.c: RFC 3339 UTC, in seconds. */
void snooze_text(uint64_t until_us, char ret[SNOOZE_TEXT]);

/* The event that the state has changed, with the state as it is now. */
int support_event_add(struct db *db, struct mem *mem, const char *conversation_id,
		      const char *user_id, uint64_t at_us, struct event_list *out);
