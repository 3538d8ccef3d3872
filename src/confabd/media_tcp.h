/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A worker's media connections over TCP: accepted and sorted by tcp_acceptor.c, then the worker's
 * own. The engine sees each as a path with the connection's number; one that speaks TURN (media/turn.h)
 * as a path for each address of ours that the client sends to, with a number of its own. All on the
 * worker's thread, but for struct tcp_handover, which travels by value.
 */
#pragma once

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/path.h"
#include "net/framing.h"

struct worker;
struct tcp_connection;

enum {
	MEDIA_TCP_CONNECTIONS = 1024, /* of one worker, and paths of TURN; a power of two */
	MEDIA_TCP_HANDOVERS = 64,
	MEDIA_TCP_STRANGER_FRAMES = 4, /* without having passed a check */
	MEDIA_TCP_SWEEP_US = 5 * 1000 * 1000,
	MEDIA_TCP_UNUSED_US = 30 * 1000 *
			      1000, /* TURN: without a packet; the client went another way */
};

/* A connection and the first frame that was read from it. The descriptor is the receiver's. */
struct tcp_handover {
	int fd;
	bool turn;
	struct sockaddr_storage peer;
	uint16_t length;
	uint8_t bytes[FRAMING_TURN_MAX];
};

struct media_tcp {
	struct tcp_connection
		*all[MEDIA_TCP_CONNECTIONS]; /* owned; one of TURN has a place for each path, too */
	uint32_t numbers[MEDIA_TCP_CONNECTIONS]; /* that the places are for */
	size_t count;				 /* of places that are taken */
	uint32_t next;				 /* number of the next one */
	uint16_t unsent[MEDIA_TCP_CONNECTIONS];	 /* slots with something to flush, each once … */
	bool is_unsent[MEDIA_TCP_CONNECTIONS];	 /* … which this says */
	size_t unsent_count;
	uint64_t sweep_at;
};

void media_tcp_fini(struct worker *w);

/* Takes over the descriptor; its first frame goes to the engine. */
void media_tcp_take(struct worker *w, uint64_t now, struct tcp_handover *handover);

/* epoll says that something happened on the connection of that number; it may be gone already. */
void media_tcp_event(struct worker *w, uint64_t now, uint32_t number, uint32_t events);

/* Queues a datagram; one for a connection that is gone is dropped. */
void media_tcp_put(struct worker *w, uint32_t number, const uint8_t *bytes, size_t n, bool video);
void media_tcp_flush(struct worker *w);

/* Closes those that lead to nobody any more. Call at `sweep_at` while there are any. */
void media_tcp_sweep(struct worker *w, uint64_t now);
