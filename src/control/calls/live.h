/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The live sessions of all calls, in memory: who is in which room now. Private to calls, loop's
 * thread. What happens is written to the store first and told to the sink afterwards, so events
 * come in the order in which they are stored.
 */
#pragma once

#include "base/list.h"
#include "base/rng.h"
#include "control/calls/calls.h"

enum { LIVE_BUCKETS = 256, LIVE_MEMBERS_MAX = 4096 };

struct calls {
	struct store *store;
	struct rng *rng;
	uint64_t (*wall_us)(void);
	calls_event_fn *sink;
	void *sink_arg;
	struct list live[LIVE_BUCKETS]; /* of struct live, by the cid's hash */
	size_t live_count;
};

void live_init(struct calls *c);
void live_fini(struct calls *c);

/* Tells the sink that `user` does not want the call, when it is live. True when it was. */
bool live_reject(struct calls *c, const char *cid, const struct store_user *user,
		 const char *reason);
