/* SPDX-License-Identifier: Apache-2.0 */
/* Messages that change: edited, deleted, reacted to. */
#include <errno.h>
#include <string.h>

#include "base/clock.h"
#include "base/utf8.h"
#include "control/chat/blocks.h"
#include "control/chat/channels.h"
#include "control/chat/private.h"

static struct store_message_change change_of(const struct chat *c, const struct store_user *who,
					     const char *conversation_id, int64_t id)
{
	return (struct store_message_change){
		.conversation_id = chat_visible_id(c, who, conversation_id),
		.user_id = who->id,
		.id = id,
		.at_us = c->wall_us(),
		.notes = who->role == ROLE_ADMIN,
	};
}

/* The team may correct itself at any time; customers for a while (product 2.2). */
static uint64_t window_of(const struct store_user *who)
{
	return who->role == ROLE_ADMIN ? 0 : (uint64_t)CHAT_CHANGE_WINDOW_S * US_PER_S;
}

void chat_edit(struct chat *c, const struct store_user *who, const char *conversation_id,
	       int64_t id, const char *text, store_message_fn *done, void *arg)
{
	struct chat_pending *p = chat_pending_new(c, EVENT_MESSAGE_UPDATED, who, done, arg);
	struct store_message_change change = change_of(c, who, conversation_id, id);
	int status = chat_open_to(c, who, conversation_id) ? chat_check_text(text) : -ENOENT;

	if (status == 0)
		status = chat_check_blocks(c, who, conversation_id);
	if (status < 0)
		chat_pending_refuse(p, status);
	else if (chat_pending_words(p, text, &change.listed_word))
		store_message_edit(c->store, &change, text, window_of(who), chat_pending_done, p);
}

void chat_delete(struct chat *c, const struct store_user *who, const char *conversation_id,
		 int64_t id, store_message_fn *done, void *arg)
{
	struct chat_pending *p = chat_pending_new(c, EVENT_MESSAGE_DELETED, who, done, arg);
	const struct store_message_change change = change_of(c, who, conversation_id, id);

	store_message_delete(c->store, &change, chat_moderates(c, who, conversation_id),
			     window_of(who), chat_pending_done, p);
}

static int check_type(const char *type)
{
	size_t n = strlen(type);

	if (n < 1 || n > CHAT_REACTION_MAX || !utf8_is_valid(type, n))
		return -EINVAL;
	for (size_t i = 0; i < n; i++)
		if ((unsigned char)type[i] <= ' ' || type[i] == 0x7f)
			return -EINVAL;
	return 0;
}

void chat_react(struct chat *c, const struct store_user *who, const char *conversation_id,
		int64_t id, const char *type, bool on, store_message_fn *done, void *arg)
{
	struct chat_pending *p = chat_pending_new(
		c, on ? EVENT_REACTION_NEW : EVENT_REACTION_DELETED, who, done, arg);
	const struct store_message_change change = change_of(c, who, conversation_id, id);
	int status = chat_open_to(c, who, conversation_id) ? check_type(type) : -ENOENT;

	if (status == 0 && on)
		status = chat_check_blocks(c, who, conversation_id);
	if (status < 0)
		chat_pending_refuse(p, status);
	else
		store_reaction_set(c->store, &change, type, on, chat_pending_done, p);
}
