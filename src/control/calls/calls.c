/* SPDX-License-Identifier: Apache-2.0 */
/* Calls as people use them: names, access, get, create, join, reject.
 * Who is in one now is live.c's. */
#include "control/calls/calls.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/limits.h"
#include "control/calls/live.h"
#include "control/chat/chat.h"

#define CHAT_PREFIX	  "chat-"
#define CONVERSATION_CALL "default:" CHAT_PREFIX

enum { REASON_MAX = 32 };

static void ignore_done(void *arg, int status)
{
	(void)arg;
	(void)status; /* a full disk at the start: the next start tries again */
}

int calls_new(const struct calls_config *config, struct calls **ret)
{
	struct calls *c = calloc(1, sizeof *c);

	if (!c)
		return -ENOMEM;
	c->store = config->store;
	c->rng = config->rng;
	c->wall_us = config->wall_us ? config->wall_us : clock_wall_us;
	c->sink = config->sink;
	c->sink_arg = config->sink_arg;
	live_init(c);
	store_call_session_end_all(c->store, c->wall_us(), ignore_done, NULL);
	*ret = c;
	return 0;
}

struct calls *calls_free(struct calls *c)
{
	if (c)
		live_fini(c);
	free(c);
	return NULL;
}

void calls_set_sink(struct calls *c, calls_event_fn *sink, void *arg)
{
	c->sink = sink;
	c->sink_arg = arg;
}

/* ---- names ---- */

const char *const *calls_types(void)
{
	static const char *const types[] = { "default", "audio_room", "livestream", "development",
					     NULL };

	return types;
}

const char *const *calls_capabilities(void)
{
	static const char *const capabilities[] = { "join-call", "send-audio", "send-video",
						    "screenshare", NULL };

	return capabilities;
}

bool calls_type_is_valid(const char *type)
{
	for (const char *const *t = calls_types(); *t; t++)
		if (strcmp(*t, type) == 0)
			return true;
	return false;
}

bool calls_id_is_valid(const char *id)
{
	size_t n = strspn(id, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-@.");
	bool chat = strncmp(id, CHAT_PREFIX, strlen(CHAT_PREFIX)) == 0;

	/* Every user id must fit behind the prefix. */
	return n >= 1 && id[n] == '\0' && n <= LIMIT_CALL_ID + (chat ? strlen(CHAT_PREFIX) : 0);
}

const char *calls_conversation(const char *cid)
{
	size_t n = strlen(CONVERSATION_CALL);

	return strncmp(cid, CONVERSATION_CALL, n) == 0 && cid[n] ? cid + n : NULL;
}

bool calls_may_see(const struct store_user *who, const char *id)
{
	size_t n = strlen(CHAT_PREFIX);

	return strncmp(id, CHAT_PREFIX, n) != 0 || chat_may_see(who, id + n);
}

/* ---- for people ---- */

/* One request on its way through the store. */
struct asking {
	struct calls *calls;
	int status; /* known before the store was asked */
	char cid[CALLS_CID_SIZE];
	struct store_user *who; /* own copy */
	char reason[REASON_MAX + 1];
	store_call_fn *done; /* one of the three */
	calls_join_fn *done_join;
	store_done_fn *done_status;
	void *arg;
};

static struct asking *asking_new(struct calls *c, const struct store_user *who, const char *type,
				 const char *id, void *arg)
{
	struct asking *a = calloc(1, sizeof *a);

	if (!a || !(a->who = store_user_dup(who)))
		abort(); /* R61: a clean end and a restart */
	a->calls = c;
	a->arg = arg;
	if (!calls_type_is_valid(type) || !calls_id_is_valid(id))
		a->status = -EINVAL;
	else if (!calls_may_see(who, id))
		a->status = -ENOENT;
	else
		(void)snprintf(a->cid, sizeof a->cid, "%s:%s", type,
			       id); /* fits: both were checked */
	return a;
}

static void answer_join(struct asking *a, int status, const struct store_call *call, bool created)
{
	char identity[CALLS_IDENTITY_SIZE], random[16];
	struct call_join join = { .call = call, .created = created, .identity = identity };

	rng_name(a->calls->rng, "", random, 13);
	(void)snprintf(identity, sizeof identity, "%s:%s", a->who->id,
		       random); /* fits: an id has 64 at most */
	a->done_join(a->arg, status, status == 0 ? &join : NULL);
}

static void on_call(void *arg, int status, const struct store_call *call, bool created)
{
	struct asking *a = arg;

	if (a->status < 0) {
		status = a->status;
		call = NULL;
	}
	if (a->done_status) {
		bool live = (status == 0 || status == -ENOENT) && a->status == 0 &&
			    live_reject(a->calls, a->cid, a->who, a->reason);

		a->done_status(a->arg, live ? 0 : status);
	} else if (a->done_join) {
		answer_join(a, status, call, created);
	} else {
		a->done(a->arg, status, call, created);
	}
	free(a->who);
	free(a);
}

static void find(struct asking *a)
{
	store_call_find(a->calls->store, a->cid, on_call,
			a); /* after an error: of the call "", which is none */
}

static void create(struct asking *a, const char *type, const char *id)
{
	if (a->status < 0) {
		find(a);
		return;
	}
	bool chat = strncmp(id, CHAT_PREFIX, strlen(CHAT_PREFIX)) == 0;
	store_call_create(
		a->calls->store,
		&(struct store_new_call){ .cid = a->cid,
					  .type = type,
					  .id = id,
					  .created_by = a->who->id,
					  .conversation_id = chat ? id + strlen(CHAT_PREFIX) : NULL,
					  .created_at_us = a->calls->wall_us() },
		on_call, a);
}

void calls_get(struct calls *c, const struct store_user *who, const char *type, const char *id,
	       store_call_fn *done, void *arg)
{
	struct asking *a = asking_new(c, who, type, id, arg);

	a->done = done;
	find(a);
}

void calls_get_or_create(struct calls *c, const struct store_user *who, const char *type,
			 const char *id, store_call_fn *done, void *arg)
{
	struct asking *a = asking_new(c, who, type, id, arg);

	a->done = done;
	create(a, type, id);
}

void calls_join(struct calls *c, const struct store_user *who, const char *type, const char *id,
		bool may_create, calls_join_fn *done, void *arg)
{
	struct asking *a = asking_new(c, who, type, id, arg);

	a->done_join = done;
	if (may_create)
		create(a, type, id);
	else
		find(a);
}

void calls_reject(struct calls *c, const struct store_user *who, const char *type, const char *id,
		  const char *reason, store_done_fn *done, void *arg)
{
	struct asking *a = asking_new(c, who, type, id, arg);
	const char *text = reason ? reason : "decline";
	size_t n = strspn(text, "abcdefghijklmnopqrstuvwxyz_-");

	a->done_status = done;
	if (a->status == 0 && (n < 1 || n > REASON_MAX || text[n]))
		a->status = -EINVAL;
	else if (a->status == 0)
		strcpy(a->reason, text);
	find(a);
}
