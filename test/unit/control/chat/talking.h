/* SPDX-License-Identifier: Apache-2.0 */
/* For the tests of chat.h over a real store: people who write in ann's conversation, each verb waited for, and what was told. */
#pragma once

#include "scratch.h"

#include "control/chat/chat.h"

/* The clock of the chat, in µs: a look is one more. */
extern uint64_t wall;
extern const struct store_user ann, bob, boss, max; /* boss and max are of the team */

struct world {
	struct scratch scratch;
	struct chat *chat;
	char log[1024]; /* what was told, a word each */
};

int talking_set_up(void **state);
int talking_tear_down(void **state);

/* An event as words of the log. */
void log_event(struct world *w, const struct store_event *e);

struct answer {
	int status;
	bool changed;
	int64_t id, quoted_id;
	char text[128], quoted[128], reactions[256];
	uint64_t updated_us, deleted_us;
};

struct answer post(struct world *w, const struct store_user *who, struct chat_new_message m);
struct answer say(struct world *w, const struct store_user *who, const char *text);
struct answer edit(struct world *w, const struct store_user *who, int64_t id, const char *text);
struct answer discard(struct world *w, const struct store_user *who, int64_t id);
struct answer react(struct world *w, const struct store_user *who, int64_t id, const char *type,
		    bool on);

/* Texts with a bar after each, until the next call. */
const char *history(struct world *w, const struct store_user *who, int64_t after);
const char *search(struct world *w, const struct store_user *who, const char *where,
		   const char *words);
/* "last message, unread, who:read/delivered …" of ann's conversation, until the next call. */
const char *overview(struct world *w, const struct store_user *who);
