/* SPDX-License-Identifier: Apache-2.0 */
/* Who has read what, and who is writing. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/must.h"
#include "control/chat/blocks.h"
#include "control/chat/channels.h"
#include "control/chat/private.h"

struct marking {
	struct chat *chat;
	struct store_user *who; /* owned */
	char *conversation_id;	/* owned */
	store_read_fn *done;
	store_unread_fn *unread_done;
	void *arg;
};

static void tell(struct chat *c, const struct chat_notice *notice)
{
	if (c->notice)
		c->notice(c->sink_arg, notice);
}

static struct marking *marking_new(struct chat *c, const struct store_user *who,
				   const char *conversation_id, void *arg)
{
	struct marking *m = must(calloc(1, sizeof *m));

	m->who = must(store_user_dup(who));
	m->conversation_id = must(strdup(chat_visible_id(c, who, conversation_id)));
	m->chat = c;
	m->arg = arg;
	return m;
}

static void marking_free(struct marking *m)
{
	free(m->conversation_id);
	free(m->who);
	free(m);
}

static void on_marked(void *arg, int status, const struct store_read *read, unsigned changed)
{
	struct marking *m = arg;

	if (status == 0 && changed)
		tell(m->chat, &(struct chat_notice){ .type = CHAT_READ,
						     .conversation_id = m->conversation_id,
						     .user = m->who,
						     .read = read,
						     .changed = changed });
	m->done(m->arg, status, read, changed);
	marking_free(m);
}

void chat_mark(struct chat *c, const struct store_user *who, const char *conversation_id,
	       int64_t id, bool read, store_read_fn *done, void *arg)
{
	struct marking *m = marking_new(c, who, conversation_id, arg);

	m->done = done;
	store_read_mark(c->store, m->conversation_id, who->id, id, read, on_marked, m);
}

static void on_unread(void *arg, int status, const struct store_unread *unread, bool changed)
{
	struct marking *m = arg;

	if (status == 0 && changed)
		tell(m->chat, &(struct chat_notice){ .type = CHAT_UNREAD,
						     .conversation_id = m->conversation_id,
						     .user = m->who,
						     .unread = unread,
						     .only = m->who->id });
	m->unread_done(m->arg, status, unread, changed);
	marking_free(m);
}

int chat_mark_unread(struct chat *c, const struct store_user *who, const char *conversation_id,
		     int64_t id, store_unread_fn *done, void *arg)
{
	bool channel = store_is_channel(conversation_id), team = who->role == ROLE_ADMIN;

	if (!channel && !team && chat_may_see(who, conversation_id))
		return -EACCES;
	struct marking *m = marking_new(c, who, conversation_id, arg);
	m->unread_done = done;
	store_unread_mark(c->store, m->conversation_id, who->id, id, team && !channel, on_unread,
			  m);
	return 0;
}

int chat_typing(struct chat *c, const struct store_user *who, const char *conversation_id,
		bool typing)
{
	if (!chat_open_to(c, who, conversation_id))
		return -ENOENT;
	if (chat_check_blocks(c, who, conversation_id) < 0)
		return 0; /* nobody is told that nobody sees it */
	tell(c, &(struct chat_notice){ .type = typing ? CHAT_TYPING_START : CHAT_TYPING_STOP,
				       .conversation_id = conversation_id,
				       .user = who });
	return 0;
}

int chat_viewing(struct chat *c, const struct store_user *who, const char *conversation_id,
		 bool viewing)
{
	if (!chat_may_see(who, conversation_id))
		return -ENOENT;
	if (who->role != ROLE_ADMIN)
		return -EACCES;
	tell(c, &(struct chat_notice){ .type = viewing ? CHAT_VIEWING_START : CHAT_VIEWING_STOP,
				       .conversation_id = conversation_id,
				       .user = who });
	return 0;
}
