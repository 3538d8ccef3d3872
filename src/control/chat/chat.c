/* SPDX-License-Identifier: Apache-2.0 */
#include "control/chat/chat.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/limits.h"
#include "base/must.h"
#include "base/rng.h"
#include "base/utf8.h"
#include "control/chat/blocks.h"
#include "control/chat/channels.h"
#include "control/chat/mentions.h"
#include "control/chat/private.h"
#include "control/chat/reports.h"

int chat_new(const struct chat_config *config, struct chat **ret)
{
	struct chat *c = calloc(1, sizeof *c);

	if (!c)
		return -ENOMEM;
	*c = (struct chat){
		.store = config->store,
		.wall_us = config->wall_us ? config->wall_us : clock_wall_us,
		.sink = config->sink,
		.notice = config->notice,
		.sink_arg = config->sink_arg,
		.open_channels = config->open_channels,
	};
	c->words = words_new();
	if (chat_channels_new(c) < 0 || chat_blocks_new(c) < 0) {
		(void)chat_free(c);
		return -ENOMEM;
	}
	*ret = c;
	return 0;
}

struct chat *chat_free(struct chat *c)
{
	if (c) {
		chat_channels_free(c);
		chat_blocks_free(c);
		words_free(c->words);
	}
	free(c);
	return NULL;
}

void chat_set_sink(struct chat *c, chat_event_fn *sink, void *arg)
{
	c->sink = sink;
	c->sink_arg = arg;
}

bool chat_may_see(const struct store_user *who, const char *conversation_id)
{
	return strcmp(who->id, conversation_id) == 0 ||
	       (who->role == ROLE_ADMIN && !store_is_channel(conversation_id));
}

void chat_tell(struct chat *c, const struct store_event *events, size_t n)
{
	for (size_t i = 0; c->sink && i < n; i++)
		c->sink(c->sink_arg, &events[i]);
}

/* What chat_may_see means for a query. */
static struct store_scope scope_of(const struct store_user *who)
{
	return (struct store_scope){ .all = who->role == ROLE_ADMIN, .user_id = who->id };
}

const char *chat_visible_id(const struct chat *c, const struct store_user *who,
			    const char *conversation_id)
{
	return chat_open_to(c, who, conversation_id) ? conversation_id : "";
}

/* ---- reading ---- */

void chat_list(struct chat *c, const struct store_user *who, store_conversations_fn *done,
	       void *arg)
{
	store_conversation_list(c->store, scope_of(who), LIMIT_CONVERSATIONS, done, arg);
}

void chat_history(struct chat *c, const struct store_user *who, const char *conversation_id,
		  int64_t before, int64_t after, unsigned limit, store_messages_fn *done, void *arg)
{
	const struct store_page page = {
		.conversation_id = chat_visible_id(c, who, conversation_id),
		.before = before,
		.after = after,
		.limit = limit < 1	      ? 1
			 : limit > LIMIT_PAGE ? LIMIT_PAGE
					      : limit,
		.notes = who->role == ROLE_ADMIN,
	};

	store_message_list(c->store, &page, done, arg);
}

void chat_search(struct chat *c, const struct store_user *who, const struct store_search *search,
		 store_messages_fn *done, void *arg)
{
	struct store_search visible = *search;

	if (search->conversation_id)
		visible.conversation_id = chat_visible_id(c, who, search->conversation_id);
	visible.limit = LIMIT_PAGE;
	store_message_query(c->store, scope_of(who), &visible, done, arg);
}

void chat_replay(struct chat *c, const struct store_user *who, int64_t since, store_events_fn *done,
		 void *arg)
{
	store_event_list(c->store, scope_of(who), since, LIMIT_PAGE, done, arg);
}

/* ---- requests under way ---- */

struct chat_pending *chat_pending_new(struct chat *c, enum store_event_type type,
				      const struct store_user *who, store_message_fn *done,
				      void *arg)
{
	struct chat_pending *p = must(calloc(1, sizeof *p));
	struct store_user *copy = must(store_user_dup(who));

	*p = (struct chat_pending){
		.chat = c, .type = type, .who = copy, .done = done, .arg = arg
	};
	return p;
}

void chat_pending_done(void *pending, int status, const struct store_message *message, bool created,
		       int64_t cursor)
{
	struct chat_pending *p = pending;
	struct chat *c = p->chat;

	if (status == 0 && created && c->sink) {
		const struct store_event event = {
			.cursor = cursor,
			.type = p->type,
			.created_at_us = message->created_at_us,
			.conversation_id = message->conversation_id,
			.message = *message,
			.user = *p->who,
			.support = message->support,
		};
		c->sink(c->sink_arg, &event);
		for (size_t i = 0; i < message->event_count; i++)
			c->sink(c->sink_arg, &message->events[i]);
	}
	if (status == 0 && created && p->listed && c->notice)
		c->notice(c->sink_arg,
			  &(struct chat_notice){ .type = CHAT_REPORTED,
						 .conversation_id = message->conversation_id,
						 .message = message,
						 .word = p->listed });
	/* a team member who deletes what was reported has looked at it */
	if (status == 0 && created &&
	    (p->listed || (p->type == EVENT_MESSAGE_DELETED && p->who->role == ROLE_ADMIN)))
		chat_tell_reports(c);
	p->done(p->arg, status, message, created, cursor);
	free(p->refused);
	free(p->listed);
	free(p->who);
	free(p);
}

/* By way of a list that is not looked at. */
static void on_refused(void *arg, int status, const struct store_message *list, size_t n,
		       bool has_more)
{
	struct chat_pending *p = arg;
	const struct store_message word = { .text = p->refused };

	(void)status, (void)list, (void)n, (void)has_more;
	chat_pending_done(p, p->status, p->refused ? &word : NULL, false, 0);
}

void chat_pending_refuse(struct chat_pending *pending, int status)
{
	const struct store_page nothing = { .conversation_id = "", .limit = 1 };

	pending->status = status;
	store_message_list(pending->chat->store, &nothing, on_refused, pending);
}

bool chat_pending_words(struct chat_pending *p, const char *text, const char **ret_word)
{
	const char *word = NULL;
	enum words_action action = chat_words_check(p->chat, p->who, text, &word);

	*ret_word = NULL;
	if (action == WORDS_REFUSE) {
		p->refused = must(strdup(word));
		chat_pending_refuse(p, -EBADMSG);
		return false;
	}
	if (action != WORDS_REPORT)
		return true;
	p->listed = must(strdup(word));
	*ret_word = word;
	return true;
}

/* ---- sending ---- */

int chat_check_text(const char *text)
{
	size_t n = strlen(text);

	if (n > LIMIT_MESSAGE_TEXT)
		return -EMSGSIZE;
	return text[strspn(text, " \t\r\n")] == '\0' || !utf8_is_valid(text, n) ? -EINVAL : 0;
}

static int check_client_id(const char *id)
{
	size_t n = strlen(id);

	if (n < 1 || n > CHAT_CLIENT_ID_MAX)
		return -EINVAL;
	for (size_t i = 0; i < n; i++)
		if (id[i] <= ' ' || id[i] > '~')
			return -EINVAL;
	return 0;
}

/* Who may not see the conversation is not told what is wrong with the text. */
static int check_new(const struct chat *c, const struct store_user *who,
		     const struct chat_new_message *message, const char *client_id)
{
	if (!chat_open_to(c, who, message->conversation_id))
		return -ENOENT;
	if (message->private &&
	    (who->role != ROLE_ADMIN || store_is_channel(message->conversation_id)))
		return -EACCES;
	if (message->attachment_count > LIMIT_ATTACHMENTS)
		return -E2BIG;
	int blocked = chat_check_blocks(c, who, message->conversation_id);
	if (blocked < 0)
		return blocked;
	/* a file says enough by itself */
	bool silent = message->attachment_count && message->text[0] == '\0';
	int status = silent ? 0 : chat_check_text(message->text);
	return status < 0 ? status : check_client_id(client_id);
}

static uint64_t slow_us(const struct store_channel *channel, const struct store_user *who,
			const struct chat_new_message *message)
{
	if (store_is_channel(message->conversation_id))
		return chat_slow_us(channel, who);
	return who->role == ROLE_ADMIN ? 0 : (uint64_t)message->slow_mode_s * US_PER_S;
}

void chat_send(struct chat *c, const struct store_user *who, const struct chat_new_message *message,
	       store_message_fn *done, void *arg)
{
	struct chat_pending *p = chat_pending_new(c, EVENT_MESSAGE_NEW, who, done, arg);
	const char *client_id = message->client_id;
	char made[24];

	if (!client_id) {
		rng_name(rng_os(), "", made, sizeof made);
		client_id = made;
	}
	int status = check_new(c, who, message, client_id);
	if (status < 0) {
		chat_pending_refuse(p, status);
		return;
	}
	const char *listed;
	if (!chat_pending_words(p, message->text, &listed))
		return;
	const struct store_channel *channel = chat_channel_find(c, message->conversation_id);
	struct mentions mentions = { .count = 0 };
	if (message->private)
		mentions_find(message->text, &mentions);
	store_message_add(
		c->store,
		&(struct store_new_message){ .conversation_id = message->conversation_id,
					     .mentions = mentions.list,
					     .mention_count = mentions.count,
					     .user_id = who->id,
					     .client_id = client_id,
					     .text = message->text,
					     .quoted_id = message->quoted_id,
					     .private = message->private,
					     .listed_word = listed,
					     .slow_us = slow_us(channel, who, message),
					     .attachments = message->attachments,
					     .attachment_count = message->attachment_count,
					     .created_at_us = c->wall_us() },
		chat_pending_done, p);
}

static void ignore_message(void *arg, int status, const struct store_message *message, bool created,
			   int64_t cursor)
{
	(void)arg, (void)status, (void)message, (void)created, (void)cursor;
}

void chat_add_card(struct chat *c, const char *conversation_id, const char *user_id,
		   const char *client_id, const char *text, const char *card)
{
	const struct store_user who = { .id = user_id, .name = "" };
	struct chat_pending *p = chat_pending_new(c, EVENT_MESSAGE_NEW, &who, ignore_message, NULL);

	store_message_add(c->store,
			  &(struct store_new_message){ .conversation_id = conversation_id,
						       .user_id = user_id,
						       .client_id = client_id,
						       .text = text,
						       .card = card,
						       .created_at_us = c->wall_us() },
			  chat_pending_done, p);
}
