/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One media worker, between media_thread.c (control thread: makes, starts, joins it) and
 * media_loop.c (its own thread: everything in between). For these two files only.
 */
#pragma once

#include <pthread.h>
#include <stdatomic.h>

#include "confabd/media_tcp.h"
#include "confabd/media_thread.h"
#include "confabd/watchdog.h"
#include "media/turn.h"
#include "net/udp.h"

struct engine;

enum {
	SOCKETS_MAX = 16,
	ROUTES = 1024,
	/* what epoll says: below are sockets */
	TAG_COMMANDS = SOCKETS_MAX,
	TAG_HANDOVERS,
	COUNTERS = sizeof(struct media_counters) / sizeof(uint64_t)
};

/* And with this bit the number of a TCP connection. */
#define TAG_TCP (UINT64_C(1) << 32)

/* Which socket a remote address was last heard on; only needed with several per family. */
struct route {
	uint64_t hash;
	uint8_t socket;
};

struct worker {
	pthread_t thread;
	bool started;
	unsigned index;
	struct plane_queue commands, events;
	struct plane_queue
		handovers; /* of struct tcp_handover; not there without ICE-TCP and TURN */
	struct engine *engine;
	struct udp sockets[SOCKETS_MAX];
	struct sockaddr_storage addresses[SOCKETS_MAX]; /* of the sockets */
	size_t socket_count;
	struct sockaddr_storage
		offered[SOCKETS_MAX]; /* as clients reach them; several may lead to one socket */
	size_t offered_count;
	int epoll;
	atomic_int schedstat; /* the thread's own, of /proc; -1 = not there */
	atomic_bool stop;     /* in case the command queue is full */
	struct heartbeat beat;
	atomic_bool released; /* nobody is there: control may release the queue of commands */

	/* of the thread */
	uint64_t now; /* µs: of this turn, or of the last look at the sockets within it */
	bool commands_waiting;
	size_t unlooked; /* bytes that went out since that look */
	struct {
		struct udp_datagram datagram; /* of udp_receive_more */
		uint8_t socket;
	} later[SOCKETS_MAX * UDP_BATCH]; /* read early, and not taken then */
	size_t later_count;
	uint64_t
		trim_at; /* µs: memory goes back to the system then; UINT64_MAX = nothing to give */
	size_t trim_people; /* who were there when it was set */
	bool trim_again;
	struct media_tcp tcp;
	struct turn_server turn; /* not changed after the start */
	struct route routes[ROUTES];
	struct plane_event held[MEDIA_EVENTS_PENDING];
	size_t held_count, held_first;
	struct media_counters counts;
	_Atomic uint64_t published[COUNTERS];
};

/* After each call of the engine: sends what it said. */
void media_drain(struct worker *w);

/* The thread's main function; its argument is the worker. */
void *media_loop(void *argument);
