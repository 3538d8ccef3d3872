/* SPDX-License-Identifier: Apache-2.0 */
/* The index of channels, and the verbs on them. */
#include "control/chat/channels.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/limits.h"
#include "base/must.h"
#include "base/rng.h"
#include "base/utf8.h"
#include "control/chat/private.h"
#include "store/mem.h"

/* ---- the index ---- */

enum { BUCKETS = 4096 };

struct entry {
	struct entry *next;
	struct store_channel channel; /* in mem */
	const char **ids;	      /* of the members, in mem */
	struct mem mem;
};

struct chat_channels {
	struct entry *buckets[BUCKETS];
};

/* FNV-1a */
static size_t bucket_of(const char *id)
{
	uint32_t hash = 2166136261u;

	for (; *id; id++)
		hash = (hash ^ (unsigned char)*id) * 16777619u;
	return hash % BUCKETS;
}

static struct entry **place_of(const struct chat *c, const char *id)
{
	struct entry **at = &c->channels->buckets[bucket_of(id)];

	while (*at && strcmp((*at)->channel.id, id) != 0)
		at = &(*at)->next;
	return at;
}

static void entry_free(struct entry *e)
{
	mem_fini(&e->mem);
	free(e);
}

static struct store_user copy_user(struct mem *mem, const struct store_user *user)
{
	struct store_user copy = *user;

	copy.id = mem_text(mem, user->id);
	copy.name = mem_text(mem, user->name);
	copy.image = mem_text(mem, user->image);
	return copy;
}

/* Takes the place of what is known of it. */
static void index_put(struct chat *c, const struct store_channel *channel)
{
	struct entry **at = place_of(c, channel->id), *old = *at;
	struct entry *e = must(calloc(1, sizeof *e));

	struct mem *mem = &e->mem;
	struct store_channel_member *members = mem_take(mem, (channel->member_count + 1) *
								     sizeof *members);
	e->ids = mem_take(mem, (channel->member_count + 1) * sizeof *e->ids);
	for (size_t i = 0; members && e->ids && i < channel->member_count; i++) {
		members[i] = channel->members[i];
		members[i].user = copy_user(mem, &channel->members[i].user);
		e->ids[i] = members[i].user.id;
	}
	e->channel = *channel;
	e->channel.id = mem_text(mem, channel->id);
	e->channel.type = mem_text(mem, channel->type);
	e->channel.name = mem_text(mem, channel->name);
	e->channel.created_by = mem_text(mem, channel->created_by);
	e->channel.members = members;
	if (mem->bad)
		abort(); /* as in must */
	e->next = old ? old->next : NULL;
	*at = e;
	if (old)
		entry_free(old);
}

static void index_clear(struct chat *c)
{
	for (size_t i = 0; i < BUCKETS; i++) {
		while (c->channels->buckets[i]) {
			struct entry *e = c->channels->buckets[i];

			c->channels->buckets[i] = e->next;
			entry_free(e);
		}
	}
}

static void on_loaded(void *arg, int status, const struct store_channel *list, size_t n)
{
	struct chat *c = arg;

	c->channels_status = status;
	if (status == 0)
		index_clear(c);
	for (size_t i = 0; i < n; i++)
		index_put(c, &list[i]);
}

void chat_channel_rename(struct chat *c, const struct store_user *user, chat_members_fn *each,
			 void *arg)
{
	for (size_t b = 0; b < BUCKETS; b++) {
		for (struct entry **at = &c->channels->buckets[b]; *at; at = &(*at)->next) {
			const struct store_channel *channel = &(*at)->channel;
			const struct store_channel_member *member = chat_channel_member(channel,
											user->id);

			if (!member)
				continue;
			/* the entry is ours; a new one takes its place, so that names do not pile up in it */
			((struct store_channel_member *)(uintptr_t)member)->user.name = user->name;
			index_put(c, channel);
			each(arg, (*at)->ids, (*at)->channel.member_count);
		}
	}
}

int chat_channels_load(struct chat *c)
{
	store_channel_list(c->store, on_loaded, c);
	store_wait(c->store);
	return c->channels_status;
}

struct reloading {
	struct chat *chat;
	store_done_fn *done;
	void *arg;
};

static void on_reloaded(void *arg, int status, const struct store_channel *list, size_t n)
{
	struct reloading r = *(struct reloading *)arg;

	free(arg);
	on_loaded(r.chat, status, list, n);
	r.done(r.arg, status);
}

void chat_channels_reload(struct chat *c, store_done_fn *done, void *arg)
{
	struct reloading *r = must(malloc(sizeof *r));

	*r = (struct reloading){ .chat = c, .done = done, .arg = arg };
	chat_blocks_reload(c); /* answered first */
	store_channel_list(c->store, on_reloaded, r);
}

void chat_channel_fellows(struct chat *c, const char *user_id, chat_members_fn *each, void *arg)
{
	for (size_t b = 0; b < BUCKETS; b++)
		for (const struct entry *e = c->channels->buckets[b]; e; e = e->next)
			if (chat_channel_member(&e->channel, user_id))
				each(arg, e->ids, e->channel.member_count);
}

int chat_channels_new(struct chat *c)
{
	c->channels = calloc(1, sizeof *c->channels);
	return c->channels ? 0 : -ENOMEM;
}

void chat_channels_free(struct chat *c)
{
	if (c->channels)
		index_clear(c);
	free(c->channels);
}

const struct store_channel *chat_channel_find(const struct chat *c, const char *id)
{
	const struct entry *e = *place_of(c, id);

	return e ? &e->channel : NULL;
}

static int by_id(const void *id, const void *member)
{
	return strcmp(id, ((const struct store_channel_member *)member)->user.id);
}

const struct store_channel_member *chat_channel_member(const struct store_channel *channel,
						       const char *user_id)
{
	return channel->member_count ? bsearch(user_id, channel->members, channel->member_count,
					       sizeof *channel->members, by_id)
				     : NULL;
}

uint64_t chat_slow_us(const struct store_channel *channel, const struct store_user *who)
{
	if (!channel || !channel->slow_mode_s || who->role == ROLE_ADMIN)
		return 0;
	const struct store_channel_member *me = chat_channel_member(channel, who->id);
	return me && me->owner ? 0 : channel->slow_mode_s * US_PER_S;
}

const char *const *chat_channel_ids(const struct chat *c, const char *id, size_t *ret_count)
{
	const struct entry *e = *place_of(c, id);

	*ret_count = e ? e->channel.member_count : 0;
	return e ? e->ids : NULL;
}

bool chat_open_to(const struct chat *c, const struct store_user *who, const char *conversation_id)
{
	if (!store_is_channel(conversation_id))
		return chat_may_see(who, conversation_id);
	const struct store_channel *channel = chat_channel_find(c, conversation_id);

	return channel && chat_channel_member(channel, who->id);
}

bool chat_moderates(const struct chat *c, const struct store_user *who, const char *conversation_id)
{
	if (!store_is_channel(conversation_id))
		return who->role == ROLE_ADMIN;
	const struct store_channel *channel = chat_channel_find(c, conversation_id);
	const struct store_channel_member *m = channel ? chat_channel_member(channel, who->id)
						       : NULL;

	return m && m->owner;
}

/* ---- the verbs ---- */

struct channel_pending {
	struct chat *chat;
	struct store_user *who; /* owned */
	store_channel_fn *done;
	void *arg;
	int status; /* known before the store was asked */
};

static struct channel_pending *pending_new(struct chat *c, const struct store_user *who,
					   store_channel_fn *done, void *arg)
{
	struct channel_pending *p = must(calloc(1, sizeof *p));
	struct store_user *copy = must(store_user_dup(who));

	*p = (struct channel_pending){ .chat = c, .who = copy, .done = done, .arg = arg };
	return p;
}

static void pending_end(struct channel_pending *p, int status, const struct store_channel *channel,
			bool changed, int64_t cursor)
{
	p->done(p->arg, status, channel, changed, cursor);
	free(p->who);
	free(p);
}

static void on_refused(void *arg, int status, const struct store_message *list, size_t n,
		       bool has_more)
{
	struct channel_pending *p = arg;

	(void)status, (void)list, (void)n, (void)has_more;
	pending_end(p, p->status, NULL, false, 0);
}

/* Bad input is answered later, too: by way of a list that is not looked at. */
static void refuse(struct channel_pending *p, int status)
{
	const struct store_page nothing = { .conversation_id = "", .limit = 1 };

	p->status = status;
	store_message_list(p->chat->store, &nothing, on_refused, p);
}

static void tell_removed(struct chat *c, const struct store_user *who,
			 const struct store_channel *before, const struct store_channel *after)
{
	for (size_t i = 0; before && c->notice && i < before->member_count; i++) {
		const char *id = before->members[i].user.id;

		if (!chat_channel_member(after, id))
			c->notice(c->sink_arg, &(struct chat_notice){ .type = CHAT_CHANNEL_LEFT,
								      .conversation_id = after->id,
								      .user = who,
								      .only = id });
	}
}

static void on_changed(void *arg, int status, const struct store_channel *channel, bool changed,
		       int64_t cursor)
{
	struct channel_pending *p = arg;
	struct chat *c = p->chat;

	if (status == 0 && changed) {
		/* who is out hears of that and of nothing after it (R27) */
		tell_removed(c, p->who, chat_channel_find(c, channel->id), channel);
		index_put(c, channel);
		if (c->sink)
			c->sink(c->sink_arg, &(struct store_event){ .cursor = cursor,
								    .type = EVENT_CHANNEL_UPDATED,
								    .created_at_us = c->wall_us(),
								    .conversation_id = channel->id,
								    .channel = channel,
								    .user = *p->who });
	}
	if (status == 0 && !changed && !chat_channel_member(channel, p->who->id))
		pending_end(p, -EEXIST, NULL, false, 0);
	else
		pending_end(p, status, channel, changed, cursor);
}

static bool is_group_id(const char *id)
{
	size_t n = strlen(id);

	return n >= 1 && n <= CHAT_GROUP_ID_MAX &&
	       strspn(id, "abcdefghijklmnopqrstuvwxyz0123456789_-") == n;
}

static bool is_name(const char *name)
{
	size_t n = strlen(name);

	if (n > LIMIT_CHANNEL_NAME || name[strspn(name, " \t\r\n")] == '\0')
		return false;
	for (size_t i = 0; i < n; i++)
		if ((unsigned char)name[i] < ' ' || name[i] == 0x7f)
			return false;
	return utf8_is_valid(name, n);
}

static int check_new(const struct chat *c, const struct store_user *who,
		     const struct chat_new_channel *n)
{
	if (who->role != ROLE_ADMIN && (!c->open_channels || who->role != ROLE_USER))
		return -EACCES;
	if (n->user_id)
		return strcmp(n->user_id, who->id) == 0 ? -EINVAL : 0;
	if (n->member_count >= LIMIT_CHANNEL_MEMBERS)
		return -E2BIG;
	return !n->name || !is_name(n->name) || (n->id && !is_group_id(n->id)) ? -EINVAL : 0;
}

/* The same from both sides. */
static void id_of_pair(const char *a, const char *b, char *ret, size_t size)
{
	bool first = strcmp(a, b) < 0;

	(void)snprintf(ret, size, "direct.%s.%s", first ? a : b, first ? b : a);
}

void chat_channel_create(struct chat *c, const struct store_user *who,
			 const struct chat_new_channel *channel, store_channel_fn *done, void *arg)
{
	struct channel_pending *p = pending_new(c, who, done, arg);
	char id[sizeof "direct.." + 2 * LIMIT_USER_ID], made[24];
	int status = check_new(c, who, channel);
	bool direct = channel->user_id != NULL;

	if (status < 0) {
		refuse(p, status);
		return;
	}
	rng_name(rng_os(), "", made, sizeof made);
	for (char *at = made; *at; at++)
		*at = (char)(*at >= 'A' && *at <= 'Z' ? *at + 'a' - 'A' : *at);
	if (direct) {
		id_of_pair(who->id, channel->user_id, id, sizeof id);
		status = chat_channel_find(c, id) ? 0 /* what was written stays to be read */
						  : chat_check_pair(c, who->id, channel->user_id);
	}
	if (status < 0) {
		refuse(p, status);
		return;
	}
	if (!direct)
		(void)snprintf(id, sizeof id, "group.%s", channel->id ? channel->id : made);
	store_channel_create(c->store,
			     &(struct store_new_channel){
				     .id = id,
				     .type = direct ? "direct" : "group",
				     .name = direct ? NULL : channel->name,
				     .created_by = who->id,
				     .members = direct ? &channel->user_id : channel->members,
				     .member_count = direct ? 1 : channel->member_count,
				     .at_us = c->wall_us() },
			     on_changed, p);
}

static int check_change(const struct chat *c, const struct store_user *who,
			const struct store_channel_change *change)
{
	const struct store_channel *channel = chat_channel_find(c, change->id);
	const struct store_channel_member *me = channel ? chat_channel_member(channel, who->id)
							: NULL;
	bool leaving = change->remove_count == 1 && strcmp(change->remove[0], who->id) == 0 &&
		       !change->add_count && !change->own_count && !change->name &&
		       !change->slow_mode_s;

	if (!me)
		return -ENOENT;
	if (strcmp(channel->type, "group") != 0 || (!leaving && !me->owner))
		return -EPERM;
	return change->name && !is_name(change->name) ? -EINVAL : 0;
}

void chat_channel_change(struct chat *c, const struct store_user *who,
			 const struct store_channel_change *change, store_channel_fn *done,
			 void *arg)
{
	struct channel_pending *p = pending_new(c, who, done, arg);
	struct store_channel_change mine = *change;
	int status = check_change(c, who, change);

	mine.by = who->id;
	mine.at_us = c->wall_us();
	if (status < 0)
		refuse(p, status);
	else
		store_channel_change(c->store, &mine, on_changed, p);
}

void chat_channel_list(struct chat *c, const struct store_user *who, store_conversations_fn *done,
		       void *arg)
{
	store_channel_conversations(c->store, who->id, LIMIT_CONVERSATIONS, done, arg);
}
