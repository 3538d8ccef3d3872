/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of chat/ share. */
#pragma once

#include "control/chat/chat.h"
#include "control/chat/words.h"

struct chat {
	struct store *store;
	uint64_t (*wall_us)(void);
	chat_event_fn *sink;
	chat_notice_fn *notice;
	void *sink_arg;
	bool open_channels;
	struct chat_channels *channels; /* owned, channels.c */
	int channels_status;
	struct chat_blocks *blocks; /* owned, blocks.c */
	struct words *words;	    /* owned; the team's list, wordlist.c */
	int words_status;
};

/* The id to look for: a stranger's conversation is looked for
 * as one that never exists, so both answers are the same. */
const char *chat_visible_id(const struct chat *c, const struct store_user *who,
			    const char *conversation_id);

/* Whether `who` may delete others' messages there. */
bool chat_moderates(const struct chat *c, const struct store_user *who,
		    const char *conversation_id);

int chat_channels_new(struct chat *c); /* 0 or -ENOMEM */
int chat_blocks_new(struct chat *c);   /* the same */
void chat_blocks_free(struct chat *c);
void chat_blocks_reload(struct chat *c);

/* chat_check_blocks for a conversation that may not be there yet. */
int chat_check_pair(const struct chat *c, const char *from, const char *to);
void chat_channels_free(struct chat *c);

/* wordlist.c: what the list asks for. */
enum words_action chat_words_check(const struct chat *c, const struct store_user *who,
				   const char *text, const char **ret_word);

/* 0, -EINVAL or -EMSGSIZE. */
int chat_check_text(const char *text);

/* A request that is answered with a message and, when something was stored, with an event first. */
struct chat_pending {
	struct chat *chat;
	int status; /* known before the store was asked */
	enum store_event_type type;
	struct store_user *who; /* owned */
	char *refused;		/* the word of the list that it was refused for; owned */
	char *listed;		/* the word that it is reported for by itself; owned */
	store_message_fn *done;
	void *arg;
};

struct chat_pending *chat_pending_new(struct chat *c, enum store_event_type type,
				      const struct store_user *who, store_message_fn *done,
				      void *arg);

/* The store's callback for it. */
void chat_pending_done(void *pending, int status, const struct store_message *message, bool created,
		       int64_t cursor);

/* Bad input is answered later, too. */
void chat_pending_refuse(struct chat_pending *pending, int status);

/* Whether a text by p->who may go as far as the list of words is concerned; false: refused, as chat_send says. A word that is
 * to be reported is put into ret_word, which lasts as long as the list. */
bool chat_pending_words(struct chat_pending *p, const char *text, const char **ret_word);
