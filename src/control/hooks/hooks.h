/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Webhooks, of two kinds. Those of rooms (`--webhook`) are LiveKit's: events posted to the URLs of the configuration, as LiveKit signs them (livekit-protocol
 * 7.2, docs/server-api.md). Each URL has a queue of its own and gets one event at a time, in order;
 * one that cannot be delivered is tried again with growing pauses, and given up in the end. Queues
 * are bounded: what does not fit is dropped and counted (`numDropped` of the next event). What waits when the
 * daemon ends goes on after its next start (waiting.h). Control thread only.
 */
#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <uv.h>

#include "control/auth/token.h"
#include "control/hooks/delivery.h"

struct hooks;
struct rng;

enum {
	HOOKS_URLS_MAX = 8,
	HOOKS_QUEUE_MAX = 1000, /* events waiting for one URL */
	HOOKS_ATTEMPTS = 10,	/* then an event is given up, after about four minutes */
	HOOKS_PAUSE_MS = 500,	/* before the second attempt; doubled for each further one */
	HOOKS_PAUSE_MAX_MS = 60000,
	HOOKS_TOKEN_LIFE_S = 300,
};

struct hooks_config {
	uv_loop_t *loop;
	const char *const *urls; /* copied */
	size_t url_count;	 /* at most HOOKS_URLS_MAX */
	struct token_keys keys;	 /* borrowed for life */
	struct rng *rng;	 /* for event ids */
	bool events;	  /* about calls and chat: signed by X-SIGNATURE; else as LiveKit does */
	const char *keep; /* file for what still waits at the end; NULL = none. Copied */
};

/* 0, -EINVAL (a URL that cannot be used), -ENOMEM or libuv's error. */
int hooks_new(const struct hooks_config *config, struct hooks **ret);

/* Adds `id`, `createdAt` and `numDropped` and sends it to all. The event's reference is stolen. */
void hooks_publish(struct hooks *h, json_t *event);

/* ---- for the operator: one URL each, by its place in the configuration, from 0 ---- */

struct hook_target {
	const char *url;	    /* as it may be shown: transfer_url_shown */
	size_t waiting;		    /* also the one under way */
	uint64_t delivered, failed; /* events: that arrived, that were given up or dropped */
};

/* Takes NULL, which has none. */
size_t hooks_count(const struct hooks *h);
void hooks_target(const struct hooks *h, size_t i, struct hook_target *ret);

/* First those that wait, in their order, at most `waiting` of them; then those that are over, latest first, at most
 * `over`. */
typedef void hook_delivery_fn(void *arg, const struct delivery *delivery);
void hooks_each(const struct hooks *h, size_t i, size_t waiting, size_t over, hook_delivery_fn *fn,
		void *arg);

/* Queues an event for this URL only (its reference is stolen), and does not wait out the pause before the next attempt: who
 * asks wants to know now. 0, -EAGAIN (the queue is full) or -ENOMEM. */
int hooks_test(struct hooks *h, size_t i, json_t *event, const struct delivery **ret);

/* The same with a delivery that is over, under its old id, behind what waits; one that waits is only hurried. 0, -ENOENT,
 * -ENODATA (what was sent is not kept any more) or -EAGAIN. */
int hooks_again(struct hooks *h, size_t i, const char *id, const struct delivery **ret);

struct hooks_gauges {
	size_t waiting;
	uint64_t delivered, failed, dropped; /* attempts that failed; events that nobody got */
};
struct hooks_gauges hooks_gauges(const struct hooks *h); /* takes NULL */

/* What still waits is kept, if there is a file for it. Run the loop once more before closing it. Takes NULL. Returns NULL. */
struct hooks *hooks_free(struct hooks *h);
