/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Web Push: notifications to browsers that have no event socket open (RFC 8030), encrypted for each
 * (RFC 8291) and signed with our own key (RFC 8292). No third party but the push service that the
 * browser chose. Sending is a courtesy: what does not fit is dropped and counted; what a push service
 * does not take for the moment is tried again while it is news (retry.h). Somebody with an open page
 * hears of it there. Control thread only.
 */
#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "store/push.h"

struct push;
struct uv_loop_s;

enum {
	PUSH_AT_ONCE = 32,	  /* requests under way */
	PUSH_QUEUE_MAX = 2000,	  /* that wait */
	PUSH_PAUSED_MAX = 256,	  /* that wait for another try */
	PUSH_ENDPOINT_MAX = 1024, /* bytes of URL */
	PUSH_LANGUAGE_MAX = 16,
	PUSH_ERROR_MAX = 512, /* also vapid.h's */
};

struct push_config {
	struct uv_loop_s *loop;
	struct store *store;  /* borrowed */
	const char *data_dir; /* where the key lies */
	const char *contact;  /* mailto: or https: URI for push services; "" = none; copied */
	bool local;	      /* for tests: http and private addresses, too */
	bool off;	      /* the operator wants none */
	/* Whether the user needs none now: has an event socket, or may not come in. */
	bool (*skip)(void *arg, const char *user_id);
	void *skip_arg;
};

/* 0, or -errno with one line in ret_error (PUSH_ERROR_MAX bytes). */
int push_new(const struct push_config *config, struct push **ret, char *ret_error);

/* After store_close. What waits is lost. Run the loop once more before closing it. Takes NULL. Returns NULL. */
struct push *push_free(struct push *p);

/* The VAPID public key, base64url; NULL = push is off. */
const char *push_public_key(const struct push *p);

/* store_push_set, after push_problem. */
void push_subscribe(struct push *p, const struct store_push *push, const char *session_key,
		    store_done_fn *done, void *arg);

/* What is wrong with a subscription, for its sender; NULL = it is usable. */
const char *push_problem(const struct push *p, const struct store_push *push);

struct push_note {
	const json_t *user_ids; /* a list; NULL = nobody; borrowed */
	const char *channel;	/* and the members of this one; NULL = none */
	bool admins;		/* and every admin */
	const char *except;	/* but not this user; NULL = to all */
	const char *topic;	/* a later one of the same topic takes its place while it waits */
	unsigned life_s;	/* TTL */
	bool urgent;
	/* Only to browsers that the last urgent one of this topic was sent to, which it takes the
	 * place of, whether a page is open by now or not. */
	bool follow;
};

/* Whether anybody has ever subscribed: otherwise a note need not even be made. */
bool push_is_used(const struct push *p);

/* `payload` is borrowed; the language of each subscription is added as `language`. */
void push_send(struct push *p, const struct push_note *note, json_t *payload);

struct push_gauges {
	size_t waiting;
	uint64_t sent, failed, gone,
		dropped; /* attempts that failed; notes that a browser did not get */
};
struct push_gauges push_gauges(const struct push *p);
