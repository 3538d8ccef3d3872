/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Messages that somebody wants the team to look at. Part of struct chat. Whoever may see a message may report it, once;
 * the team then sees its words and decides, also where it is no member: that is what reporting means, and clients say so.
 */
#pragma once

#include "control/chat/chat.h"
#include "store/reports.h"

enum { CHAT_REPORT_REASON_MAX = 500 }; /* bytes */

/* `reason`: "" = none. -ENOENT, -EPERM, -EINVAL, -EEXIST, -EDQUOT: store/reports.h. */
void chat_report(struct chat *c, const struct store_user *who, const char *conversation_id,
		 int64_t id, const char *reason, store_done_fn *done, void *arg);

/* Tells the team how many messages have open reports: for who has changed that by another way than the next. */
void chat_tell_reports(struct chat *c);

/* For the team, as the next: whoever asks was let in. The latest LIMIT_PAGE messages, or with `count_only` none. */
void chat_reported_list(struct chat *c, bool count_only, store_reported_fn *done, void *arg);

/* `remove`: leaves a placeholder of the message, in whatever conversation it is. */
void chat_report_close(struct chat *c, const struct store_user *who, int64_t id, bool remove,
		       store_message_fn *done, void *arg);
