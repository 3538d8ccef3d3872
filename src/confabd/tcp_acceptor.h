/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Accepts media connections over TCP (RFC 6544) on a thread of its own, reads the first frame of
 * each, and hands it to the worker that the frame names: a room lives on one worker, and a stranger
 * who connects and says nothing costs the workers nothing (R40, R57). So it is with streams of TURN
 * that came in at the web port (media/turn.h): what names nobody is answered with a challenge here.
 * Connections that have not said who they are for are bounded in number and time; the oldest gives way.
 */
#pragma once

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "plane/queue.h"

struct tcp_acceptor;

enum {
	TCP_TURN_WAITING = 64, /* from the web port, until this thread takes them */
	TCP_TURN_CHALLENGES = 4,
	TCP_LISTENERS_MAX = 16,
	TCP_HALF_OPEN = 256,
	TCP_HALF_OPEN_US = 5 * 1000 * 1000,
};

/*
 * Binds a listener to each address (there may be none), on `port` (0 = any). 0; or -errno, and a sentence for the user
 * in error. Control thread, as all of these.
 */
int tcp_acceptor_new(struct tcp_acceptor **ret, const struct sockaddr_storage *addresses,
		     size_t count, uint16_t port, char *error, size_t error_size);

/* Where it listens: `count` addresses with ports, valid as long as it is. */
const struct sockaddr_storage *tcp_acceptor_addresses(const struct tcp_acceptor *a,
						      size_t *ret_count);

/* Starts the thread; queues[i] takes struct tcp_handover for worker i; secret: of TURN's credentials,
 * whose streams rest for so long before they are read. 0 or -errno. */
int tcp_acceptor_start(struct tcp_acceptor *a, struct plane_queue *const *queues, unsigned workers,
		       const uint8_t *secret, unsigned turn_pause_ms);

/* Takes over a stream of TURN, of a client at `peer`. false: there is no room, and it is still yours. */
bool tcp_acceptor_add_turn(struct tcp_acceptor *a, int fd, const struct sockaddr_storage *peer);

/* Ends the thread and closes what it holds. Takes NULL; returns NULL. */
struct tcp_acceptor *tcp_acceptor_free(struct tcp_acceptor *a);
