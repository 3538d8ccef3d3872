/* SPDX-License-Identifier: Apache-2.0 */
/* The index of blocks, and the verbs on them. */
#include "control/chat/blocks.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/list.h"
#include "base/must.h"
#include "control/chat/channels.h"
#include "control/chat/private.h"

/* ---- the index ---- */

enum { BUCKETS = 1024 };

struct pair {
	struct list in_bucket;
	char *user_id, *blocked_id; /* owned */
};

struct chat_blocks {
	struct list buckets[BUCKETS]; /* of struct pair, by who has blocked */
	int status;
};

/* FNV-1a */
static struct list *bucket_of(const struct chat *c, const char *user_id)
{
	uint32_t hash = 2166136261u;

	for (; *user_id; user_id++)
		hash = (hash ^ (unsigned char)*user_id) * 16777619u;
	return &c->blocks->buckets[hash % BUCKETS];
}

static struct pair *find(const struct chat *c, const char *user_id, const char *blocked_id)
{
	struct list *bucket = bucket_of(c, user_id);
	struct pair *p;

	list_each (p, bucket, in_bucket)
		if (strcmp(p->user_id, user_id) == 0 && strcmp(p->blocked_id, blocked_id) == 0)
			return p;
	return NULL;
}

static void pair_free(struct pair *p)
{
	list_remove(&p->in_bucket);
	free(p->user_id);
	free(p->blocked_id);
	free(p);
}

static void index_set(struct chat *c, const char *user_id, const char *blocked_id, bool on)
{
	struct pair *p = find(c, user_id, blocked_id);

	if (p && !on)
		pair_free(p);
	if (p || !on)
		return;
	p = must(calloc(1, sizeof *p));
	p->user_id = must(strdup(user_id));
	p->blocked_id = must(strdup(blocked_id));
	list_append(bucket_of(c, user_id), &p->in_bucket);
}

int chat_blocks_new(struct chat *c)
{
	c->blocks = calloc(1, sizeof *c->blocks);
	for (size_t i = 0; c->blocks && i < BUCKETS; i++)
		list_init(&c->blocks->buckets[i]);
	return c->blocks ? 0 : -ENOMEM;
}

static void index_clear(struct chat *c)
{
	struct pair *p;

	for (size_t i = 0; i < BUCKETS; i++)
		list_each (p, &c->blocks->buckets[i], in_bucket)
			pair_free(p);
}

void chat_blocks_free(struct chat *c)
{
	if (c->blocks)
		index_clear(c);
	free(c->blocks);
}

static void on_loaded(void *arg, int status, const struct store_block *list, size_t n)
{
	struct chat *c = arg;

	c->blocks->status = status;
	if (status == 0)
		index_clear(c);
	for (size_t i = 0; i < n; i++)
		index_set(c, list[i].user_id, list[i].user.id, true);
}

void chat_blocks_reload(struct chat *c)
{
	store_block_list(c->store, NULL, on_loaded, c);
}

int chat_blocks_load(struct chat *c)
{
	store_block_list(c->store, NULL, on_loaded, c);
	store_wait(c->store);
	return c->blocks->status;
}

bool chat_has_blocked(const struct chat *c, const char *user_id, const char *blocked_id)
{
	return find(c, user_id, blocked_id) != NULL;
}

int chat_check_pair(const struct chat *c, const char *from, const char *to)
{
	if (chat_has_blocked(c, from, to))
		return -ECONNABORTED;
	return chat_has_blocked(c, to, from) ? -ECONNREFUSED : 0;
}

int chat_check_blocks(const struct chat *c, const struct store_user *who,
		      const char *conversation_id)
{
	const struct store_channel *channel = store_is_channel(conversation_id)
						      ? chat_channel_find(c, conversation_id)
						      : NULL;

	if (!channel || strcmp(channel->type, "direct") != 0)
		return 0;
	for (size_t i = 0; i < channel->member_count; i++) {
		const char *other = channel->members[i].user.id;
		int status = strcmp(other, who->id) != 0 ? chat_check_pair(c, who->id, other) : 0;

		if (status < 0)
			return status;
	}
	return 0;
}

/* ---- the verbs ---- */

void chat_block_list(struct chat *c, const struct store_user *who, store_blocks_fn *done, void *arg)
{
	store_block_list(c->store, who->id, done, arg);
}

struct blocking {
	struct chat *chat;
	char *user_id, *blocked_id; /* owned */
	bool on;
	store_done_fn *done;
	void *arg;
};

static void blocking_end(struct blocking *b, int status)
{
	b->done(b->arg, status);
	free(b->user_id);
	free(b->blocked_id);
	free(b);
}

static void on_stored(void *arg, int status)
{
	struct blocking *b = arg;

	if (status == 0)
		index_set(b->chat, b->user_id, b->blocked_id, b->on);
	blocking_end(b, status);
}

static void on_refused(void *arg, int status, const struct store_message *list, size_t n,
		       bool has_more)
{
	(void)status, (void)list, (void)n, (void)has_more;
	blocking_end(arg, -EINVAL);
}

void chat_block_set(struct chat *c, const struct store_user *who, const char *user_id, bool on,
		    store_done_fn *done, void *arg)
{
	const struct store_page nothing = { .conversation_id = "", .limit = 1 };
	struct blocking *b = must(calloc(1, sizeof *b));

	b->user_id = must(strdup(who->id));
	b->blocked_id = must(strdup(user_id));
	b->chat = c;
	b->on = on;
	b->done = done;
	b->arg = arg;
	if (strcmp(who->id, user_id) == 0) /* answered later, too */
		store_message_list(c->store, &nothing, on_refused, b);
	else if (on)
		store_block_set(c->store, who->id, user_id, c->wall_us(), on_stored, b);
	else
		store_block_lift(c->store, who->id, user_id, on_stored, b);
}
