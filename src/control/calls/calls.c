/* SPDX-License-Identifier: Apache-2.0 */
/* The coordinator's life, and names. */
#include "control/calls/calls.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/limits.h"
#include "base/log.h"
#include "control/calls/internal.h"
#include "control/objects/objects.h"

#define CHAT_PREFIX	  "chat-"
#define CONVERSATION_CALL "default:" CHAT_PREFIX

enum { SWEEP_S = 60 };

/* ---- what an earlier life left ---- */

static void ignore_done(void *arg, int status)
{
	(void)arg;
	(void)status; /* a full disk at the start: the next start tries again */
}

static void on_rings(void *arg, int status, const struct store_ring *list, size_t n)
{
	if (status == 0)
		rings_missed(arg, list, n);
}

static void on_types(void *arg, int status, const struct store_call_type *list, size_t n)
{
	struct calls *c = arg;

	if (status < 0)
		log_error("calls", "call types cannot be read: %s", strerror(-status));
	for (size_t i = 0; status == 0 && i < n; i++) {
		json_t *settings = object_stored(list[i].settings),
		       *grants = object_stored(list[i].grants);

		(void)call_types_put(c->types, list[i].name, settings, grants);
		json_decref(settings);
		json_decref(grants);
	}
}

int calls_new(const struct calls_config *config, struct calls **ret)
{
	struct calls *c = calloc(1, sizeof *c);

	if (!c || !(c->types = call_types_new())) {
		free(c);
		return -ENOMEM;
	}
	c->store = config->store;
	c->chat = config->chat;
	c->open_to = config->open_to;
	c->rng = config->rng;
	c->wall_us = config->wall_us ? config->wall_us : clock_wall_us;
	c->now_us = config->now_us ? config->now_us : clock_now_us;
	c->sink = config->sink;
	c->sink_arg = config->sink_arg;
	c->online = config->online;
	c->online_arg = config->online_arg;
	live_init(c);
	rings_init(c);
	list_init(&c->watches);
	store_call_recover(c->store, ignore_done, NULL);
	store_call_type_list(c->store, on_types, c);
	store_call_session_end_all(c->store, c->wall_us(), ignore_done, NULL);
	store_ring_end_all(c->store, c->wall_us(), on_rings, c);
	*ret = c;
	return 0;
}

struct calls *calls_free(struct calls *c)
{
	if (c) {
		live_fini(c);
		rings_fini(c);
		watch_fini(c);
		c->types = call_types_free(c->types);
	}
	free(c);
	return NULL;
}

void calls_set_sink(struct calls *c, calls_event_fn *sink, void *arg)
{
	c->sink = sink;
	c->sink_arg = arg;
}

void calls_set_media(struct calls *c, const struct calls_media *media)
{
	c->media = *media;
}

bool calls_media_is_full(const struct calls *c, const char *user_id, const char *type,
			 const char *id)
{
	char cid[CALLS_CID_SIZE];

	(void)snprintf(cid, sizeof cid, "%s:%s", type, id); /* a longer one is no call's */
	return c->media.is_full && c->media.is_full(c->media.arg, cid, user_id);
}

bool calls_engage(struct calls *c, const char *customer_id)
{
	char cid[CALLS_CID_SIZE];
	int n = snprintf(cid, sizeof cid, CONVERSATION_CALL "%s", customer_id);

	return (n < (int)sizeof cid && live_session_id(c, cid)) ||
	       live_is_elsewhere(c, "", customer_id) || rings_engage(c, customer_id);
}

void calls_tick(struct calls *c)
{
	uint64_t now = c->now_us();

	rings_tick(c);
	live_tick(c);
	if (now - c->swept_us > (uint64_t)SWEEP_S * US_PER_S) {
		c->swept_us = now;
		watch_sweep(c);
	}
}

/* ---- names ---- */

const char *const *calls_types(const struct calls *c)
{
	return call_types_names(c->types);
}

bool calls_type_is_valid(const struct calls *c, const char *type)
{
	return call_types_has(c->types, type);
}

bool calls_id_is_valid(const char *id)
{
	size_t n = strspn(id, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-@.");
	bool chat = strncmp(id, CHAT_PREFIX, strlen(CHAT_PREFIX)) == 0;

	/* Every conversation's id must fit behind the prefix. */
	return n >= 1 && id[n] == '\0' && n <= (size_t)(chat ? LIMIT_CHAT_CALL_ID : LIMIT_CALL_ID);
}

const char *calls_conversation(const char *cid)
{
	size_t n = strlen(CONVERSATION_CALL);

	return strncmp(cid, CONVERSATION_CALL, n) == 0 && cid[n] ? cid + n : NULL;
}
