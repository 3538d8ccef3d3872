/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What becomes of messages with a word of the team's list: they are refused, or reported by themselves. Part of struct chat. It
 * holds for everybody but the team, in every conversation, for new messages and edited ones; not for files, names and
 * what is said in calls. Kept in memory as it is on the disk; chat_words_set takes the other list into use.
 */
#pragma once

#include <jansson.h>

#include "control/chat/chat.h"
#include "store/support.h"

enum { CHAT_WORDS_ERROR = 256 };

/* `{"refuse": ["…"], "report": ["…"]}`, as the team wrote them; a new reference. */
json_t *chat_words_json(const struct chat *c);

/* Another list, of the same form, in force when the callback says 0; noted in the audit log. -EINVAL: why is in ret_error,
 * and the callback runs before this returns. Whoever asks was let in. */
void chat_words_set(struct chat *c, const struct store_user *who, const json_t *list,
		    char ret_error[CHAT_WORDS_ERROR], store_done_fn *done, void *arg);

/* Reads the list; waits for the store. Once, before anybody writes. A list that cannot be read is logged, and empty. */
int chat_words_load(struct chat *c);
