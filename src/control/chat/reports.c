/* SPDX-License-Identifier: Apache-2.0 */
#include "control/chat/reports.h"

#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/must.h"
#include "control/chat/channels.h"
#include "control/chat/private.h"

/* ---- how many there are, for the team ---- */

static void on_counted(void *arg, int status, const struct store_reported *list, size_t n,
		       int64_t open)
{
	const struct chat *c = arg;

	(void)list, (void)n;
	if (status == 0 && c->notice)
		c->notice(c->sink_arg,
			  &(struct chat_notice){ .type = CHAT_REPORTS, .reports_open = open });
}

void chat_tell_reports(struct chat *c)
{
	store_reported_list(c->store, 0, on_counted, c);
}

void chat_reported_list(struct chat *c, bool count_only, store_reported_fn *done, void *arg)
{
	store_reported_list(c->store, count_only ? 0 : LIMIT_PAGE, done, arg);
}

/* ---- one more ---- */

struct reporting {
	struct chat *chat;
	struct store_user *who; /* owned */
	char *reason;		/* owned */
	store_done_fn *done;
	void *arg;
};

static void on_reported(void *arg, int status, const struct store_message *message, bool created,
			int64_t cursor)
{
	struct reporting *r = arg;
	struct chat *c = r->chat;

	(void)created, (void)cursor;
	if (status == 0) {
		chat_tell_reports(c);
		if (c->notice)
			c->notice(c->sink_arg, &(struct chat_notice){
						       .type = CHAT_REPORTED,
						       .conversation_id = message->conversation_id,
						       .user = r->who,
						       .message = message,
						       .reason = r->reason });
	}
	r->done(r->arg, status);
	free(r->who);
	free(r->reason);
	free(r);
}

void chat_report(struct chat *c, const struct store_user *who, const char *conversation_id,
		 int64_t id, const char *reason, store_done_fn *done, void *arg)
{
	struct reporting *r = must(malloc(sizeof *r));

	*r = (struct reporting){ .chat = c,
				 .who = must(store_user_dup(who)),
				 .reason = must(strdup(reason)),
				 .done = done,
				 .arg = arg };
	store_report_add(c->store,
			 &(struct store_new_report){
				 .conversation_id = chat_visible_id(c, who, conversation_id),
				 .user_id = who->id,
				 .message_id = id,
				 .reason = reason,
				 .notes = who->role == ROLE_ADMIN,
				 .at_us = c->wall_us(),
				 .place = who->place },
			 on_reported, r);
}

/* ---- looked at ---- */

static void on_closed(void *arg, int status, const struct store_message *message, bool removed,
		      int64_t cursor)
{
	struct chat_pending *p = arg;
	const struct chat *c = p->chat;

	if (status == 0 && c->notice)
		c->notice(c->sink_arg,
			  &(struct chat_notice){ .type = CHAT_REPORT_CLOSED,
						 .conversation_id = message->conversation_id,
						 .user = p->who,
						 .message = message,
						 .removed = removed });
	if (status == 0 && !removed) /* else it is told with the deletion */
		chat_tell_reports(p->chat);
	chat_pending_done(p, status, message, removed, cursor);
}

void chat_report_close(struct chat *c, const struct store_user *who, int64_t id, bool remove,
		       store_message_fn *done, void *arg)
{
	struct chat_pending *p = chat_pending_new(c, EVENT_MESSAGE_DELETED, who, done, arg);

	store_report_close(c->store, id, remove,
			   &(struct store_deed){
				   .user_id = who->id, .at_us = c->wall_us(), .place = who->place },
			   on_closed, p);
}
