/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Webhooks, of two kinds. Those of rooms (`--webhook`) are LiveKit's: events posted to the URLs of the configuration, as LiveKit signs them (livekit-protocol
 * 7.2, docs/server-api.md). Each URL has a queue of its own and gets one event at a time, in order;
 * one that cannot be delivered is tried again with growing pauses, and given up in the end. Queues
 * are bounded: what does not fit is dropped and counted (`numDropped` of the next event). Control
 * thread only.
 */
#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <uv.h>

#include "control/auth/token.h"

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
	bool events; /* about calls and chat: signed by X-SIGNATURE; else as LiveKit does */
};

/* 0, -EINVAL (a URL that cannot be used), -ENOMEM or libuv's error. */
int hooks_new(const struct hooks_config *config, struct hooks **ret);

/* Adds `id`, `createdAt` and `numDropped` and sends it to all. The event's reference is stolen. */
void hooks_publish(struct hooks *h, json_t *event);

/* The last HOOKS_LOG_MAX attempts, latest first, as JSON: {id, type, url, attempt, status, error?, at_us}. A
 * new reference. Takes NULL. */
enum { HOOKS_LOG_MAX = 200 };
json_t *hooks_log(const struct hooks *h);

struct hooks_gauges {
	size_t waiting;
	uint64_t delivered, failed, dropped; /* attempts that failed; events that nobody got */
};
struct hooks_gauges hooks_gauges(const struct hooks *h);

/* What still waits is lost. Run the loop once more before closing it. Takes NULL. Returns NULL. */
struct hooks *hooks_free(struct hooks *h);
