/* SPDX-License-Identifier: Apache-2.0 */
/* The others know that somebody writes: told again and again, since they forget after 6 s (docs/api.md). */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "client/chat.h"
#include "client/internal.h"

enum { AGAIN_MS = 3000, LONGEST_S = 60 };

struct typing {
	struct list in_client;
	char conversation[LIMIT_CONVERSATION_ID + 1];
	uint64_t again_at, until;
};

static void on_told(void *arg, json_t *answer, const confab_error *error)
{
	(void)arg, (void)answer, (void)error; /* the next time tells it, or the others forget */
}

static void tell(struct confab_client *c, const char *conversation, bool typing)
{
	char *path = conversation_path(conversation, "/typing");

	if (path)
		api_post(c, path, json_pack("{s:b}", "typing", (int)typing), on_told, NULL);
	free(path);
}

static struct typing *find(struct confab_client *c, const char *conversation)
{
	struct typing *t;

	list_each (t, &c->chat.typing, in_client) {
		if (strcmp(t->conversation, conversation) == 0)
			return t;
	}
	return NULL;
}

static void forget(struct typing *t)
{
	list_remove(&t->in_client);
	free(t);
}

bool typing_tick(struct confab_client *c, uint64_t now)
{
	struct typing *t;

	list_each (t, &c->chat.typing, in_client) {
		if (t->until <= now) {
			tell(c, t->conversation, false);
			forget(t);
		} else if (t->again_at <= now && c->state == CONFAB_CONNECTED) {
			t->again_at = now + AGAIN_MS * US_PER_MS;
			tell(c, t->conversation, true);
		}
	}
	return !list_empty(&c->chat.typing);
}

void typing_over(struct confab_client *c, const char *conversation)
{
	struct typing *t = find(c, conversation);

	if (!t)
		return;
	tell(c, conversation, false);
	forget(t);
}

void typing_end_all(struct confab_client *c)
{
	struct typing *t;

	list_each (t, &c->chat.typing, in_client)
		forget(t);
}

struct setting {
	struct confab_client *client;
	const char *conversation;
	bool typing;
};

static int do_set(void *arg)
{
	const struct setting *s = arg;
	struct confab_client *c = s->client;

	if (!c->user_id[0])
		return CONFAB_ERR_TOKEN_NOT_SET;
	if (!conversation_is(s->conversation))
		return CONFAB_ERR_BAD_INPUT;
	if (!s->typing) {
		typing_over(c, s->conversation);
		return CONFAB_OK;
	}
	struct typing *t = find(c, s->conversation);
	if (!t) {
		t = calloc(1, sizeof *t);
		if (!t)
			return CONFAB_ERR_NO_MEMORY;
		strcpy(t->conversation, s->conversation); /* a name of one fits */
		list_append(&c->chat.typing, &t->in_client);
	}
	t->until = clock_now_us() + LONGEST_S * US_PER_S;
	chat_wind(c);
	return CONFAB_OK;
}

int confab_chat_set_typing(confab_client *client, const char *conversation, int typing)
{
	struct setting s = { client, conversation, typing != 0 };

	return client_ask(client, do_set, &s);
}
