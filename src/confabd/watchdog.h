/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whether the threads that everybody waits for go round (R63). A thread of its own looks at them some times a second: one
 * that has been in the same round for a second is said in the log, with its stack; after ten the process ends by abort(3), so
 * that whoever supervises it starts it again.
 *
 * What counts is the time in which a thread computes or blocks. One that waits for a processor, or was stopped, is not at
 * fault; and what the watchdog itself was late by (the machine slept, the process was stopped) is nobody's.
 *
 * Way: media_loop.c, main.c ▸ heartbeat_works, heartbeat_rests ▸ [watchdog.c]
 */
#pragma once

#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>

/* One writer: the thread; of one that is asked, whose turn it is. Relaxed: nothing else depends on it. */
struct heartbeat {
	_Atomic uint32_t round; /* odd: at work */
	_Atomic int thread_id;	/* 0: it has not begun */
	pthread_t thread;
};

/* By the thread itself, before its first round. */
void heartbeat_begin(struct heartbeat *h);

static inline void heartbeat_step(struct heartbeat *h)
{
	uint32_t round = atomic_load_explicit(&h->round, memory_order_relaxed);

	atomic_store_explicit(&h->round, round + 1, memory_order_relaxed);
}

/* A round begins, and it ends: what comes is waited for. By turns. */
static inline void heartbeat_works(struct heartbeat *h)
{
	heartbeat_step(h);
}

static inline void heartbeat_rests(struct heartbeat *h)
{
	heartbeat_step(h);
}

enum {
	WATCHDOG_LOOK_MS = 250,
	WATCHDOG_STALL_MS = 1000,
	WATCHDOG_END_MS = 10 * 1000,
	WATCHDOG_THREADS_MAX = 80,
};

struct watched {
	char name[16];
	struct heartbeat *beat; /* must outlive the watchdog */
	/*
	 * Of a loop that cannot tell work from rest: called by the watchdog once a second, and the loop answers with
	 * heartbeat_rests. NULL: it tells by itself.
	 */
	void (*ask)(void *arg);
	void *arg;
};

struct watchdog_config {
	const struct watched *threads; /* copied */
	unsigned count;
	unsigned look_ms, stall_ms, end_ms; /* 0: as above */
};

struct watchdog;

int watchdog_start(struct watchdog **ret, const struct watchdog_config *config);

/* Takes NULL; returns NULL. */
struct watchdog *watchdog_stop(struct watchdog *w);
