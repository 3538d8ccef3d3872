/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One URL and what is sent to it: one delivery at a time, in order, again after growing pauses, given up in the end. Internal
 * to hooks.c. Control thread.
 */
#pragma once

#include <uv.h>

#include "base/list.h"
#include "base/rng.h"
#include "control/auth/token.h"
#include "control/hooks/hooks.h"
#include "control/hooks/transfer.h"
#include "control/hooks/waiting.h"

/* One URL. Its `hooks` own it. */
struct target {
	struct hooks *hooks;
	char *url, *shown; /* owned */
	struct list queue; /* struct delivery; the first is the one under way */
	size_t waiting;
	struct deliveries over;
	bool busy, restored;
	uint64_t began_us; /* the attempt */
	uint64_t lost;	   /* since the last event that fitted: told with the next */
	uint64_t delivered, failed;
	uv_timer_t pause;
	bool pause_open;
};

struct hooks {
	bool events;
	struct transfers *transfers;
	struct token_keys keys;
	struct rng *rng;
	struct target *targets;
	size_t target_count;
	char *keep;    /* owned */
	unsigned open; /* timers */
	struct hooks_gauges gauges;
};

/* The one under way. There must be one. Borrowed. */
struct delivery *target_first(const struct target *t);

/* Posts the first of the queue, signed anew; does nothing while one is under way, or a pause. */
void target_attempt(struct target *t);
