/* SPDX-License-Identifier: Apache-2.0 */
#include "control/chat/chat.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/limits.h"
#include "base/rng.h"
#include "base/utf8.h"

struct chat {
	struct store *store;
	uint64_t (*wall_us)(void);
	chat_event_fn *sink;
	void *sink_arg;
};

int chat_new(const struct chat_config *config, struct chat **ret)
{
	struct chat *c = calloc(1, sizeof *c);

	if (!c)
		return -ENOMEM;
	*c = (struct chat){
		.store = config->store,
		.wall_us = config->wall_us ? config->wall_us : clock_wall_us,
		.sink = config->sink,
		.sink_arg = config->sink_arg,
	};
	*ret = c;
	return 0;
}

struct chat *chat_free(struct chat *c)
{
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
	return who->role == ROLE_ADMIN || strcmp(who->id, conversation_id) == 0;
}

/* What chat_may_see means for a query. */
static struct store_scope scope_of(const struct store_user *who)
{
	return (struct store_scope){ .all = who->role == ROLE_ADMIN, .user_id = who->id };
}

/* The id to look for: a stranger's conversation is looked for
 * as one that never exists, so both answers are the same. */
static const char *visible_id(const struct store_user *who, const char *conversation_id)
{
	return chat_may_see(who, conversation_id) ? conversation_id : "";
}

void chat_list(struct chat *c, const struct store_user *who, store_conversations_fn *done,
	       void *arg)
{
	store_conversation_list(c->store, scope_of(who), LIMIT_CONVERSATIONS, done, arg);
}

void chat_history(struct chat *c, const struct store_user *who, const char *conversation_id,
		  int64_t before, unsigned limit, store_messages_fn *done, void *arg)
{
	unsigned cut = limit < 1 ? 1 : limit > LIMIT_PAGE ? LIMIT_PAGE : limit;

	store_message_list(c->store, visible_id(who, conversation_id), before, cut, done, arg);
}

void chat_replay(struct chat *c, const struct store_user *who, int64_t since, store_events_fn *done,
		 void *arg)
{
	store_event_list(c->store, scope_of(who), since, LIMIT_PAGE, done, arg);
}

/* ---- sending ---- */

struct sending {
	struct chat *chat;
	int status; /* known before the store was asked */
	store_message_fn *done;
	void *arg;
};

static int check_text(const char *text)
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

static void on_added(void *arg, int status, const struct store_message *message, bool created,
		     int64_t cursor)
{
	struct sending *s = arg;
	struct chat *c = s->chat;

	if (status == 0 && created && c->sink) {
		struct store_event event = {
			.cursor = cursor,
			.type = EVENT_MESSAGE_NEW,
			.created_at_us = message->created_at_us,
			.conversation_id = message->conversation_id,
			.message = *message,
		};
		c->sink(c->sink_arg, &event);
	}
	s->done(s->arg, status, message, created, cursor);
	free(s);
}

/* Bad input is answered later, too: by way of a list that is not looked at. */
static void on_refused(void *arg, int status, const struct store_message *list, size_t n,
		       bool has_more)
{
	struct sending *s = arg;

	(void)status, (void)list, (void)n, (void)has_more;
	s->done(s->arg, s->status, NULL, false, 0);
	free(s);
}

void chat_send(struct chat *c, const struct store_user *who, const char *conversation_id,
	       const char *text, const char *client_id, store_message_fn *done, void *arg)
{
	struct sending *s = calloc(1, sizeof *s);
	char made[24];

	if (!s)
		abort(); /* R61: a clean end and a restart */
	*s = (struct sending){ .chat = c, .done = done, .arg = arg };
	if (!client_id) {
		rng_name(rng_os(), "", made, sizeof made);
		client_id = made;
	}
	/* Who may not see it is not told what is wrong with the text. */
	if (!chat_may_see(who, conversation_id))
		s->status = -ENOENT;
	else if ((s->status = check_text(text)) == 0)
		s->status = check_client_id(client_id);
	if (s->status < 0) {
		store_message_list(c->store, "", 0, 1, on_refused, s);
		return;
	}
	store_message_add(c->store,
			  &(struct store_new_message){ .conversation_id = conversation_id,
						       .user_id = who->id,
						       .client_id = client_id,
						       .text = text,
						       .created_at_us = c->wall_us() },
			  on_added, s);
}
