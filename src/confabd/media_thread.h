/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The media workers: each is a thread that joins its UDP sockets, its
 * two plane queues and its engine. Nothing of an engine is touched by
 * another thread. All functions here are for the control thread.
 */
#pragma once

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "plane/plane.h"
#include "plane/queue.h"

struct cert;
struct heartbeat;
struct media_threads;
struct turn_credentials;

enum {
	MEDIA_WORKERS_MAX = 64,
	MEDIA_COMMANDS = 1024,	    /* slots of each command queue */
	MEDIA_EVENTS = 1024,	    /* slots of each event queue */
	MEDIA_EVENTS_PENDING = 256, /* and behind a full one, inside the worker */
};

struct media_threads_config {
	const struct sockaddr_storage *addresses; /* --rtc-ip, for candidates; ports are ignored */
	/*
	 * What is bound for each of them, where a NAT forwards to this machine (1:1, same ports); NULL = themselves.
	 * Each one that differs gets a socket per worker.
	 */
	const struct sockaddr_storage *locals;
	size_t address_count;
	uint16_t port;			/* --rtc-port: worker i binds port + i; 0 = any (tests) */
	bool tcp;			/* also over TCP (RFC 6544), … */
	uint16_t tcp_port;		/* … on this port of each address; 0 = any (tests) */
	bool turn;			/* and streams of TURN are taken: media_threads_turn */
	unsigned turn_pause_ms;		/* after a pause: other ways are tried first */
	unsigned count;			/* workers; 0 = one per usable core */
	const struct cert *certificate; /* kept; must outlive the threads */
};

/*
 * Binds all sockets, then starts all workers. On failure nothing runs, -errno is returned and error
 * (may be NULL) holds a sentence for the user that names the address and port.
 */
int media_threads_start(struct media_threads **ret, const struct media_threads_config *config,
			char *error, size_t error_size);

/* Sends CMD_STOP to all, joins them, frees what was still queued. Takes NULL; returns NULL. */
struct media_threads *media_threads_stop(struct media_threads *m);

unsigned media_threads_count(const struct media_threads *m);

/* Address and port of worker i's k-th socket, as advertised in candidates. 0 or -EINVAL. */
int media_threads_address(const struct media_threads *m, unsigned worker, size_t k,
			  struct sockaddr_storage *ret);

/* The same of the k-th address for TCP. */
int media_threads_tcp_address(const struct media_threads *m, size_t k,
			      struct sockaddr_storage *ret);

/*
 * Takes over a stream of TURN (media/turn.h) of a client at `peer`.
 * false: there is no TURN, or too much to do; it is still yours.
 */
bool media_threads_turn(struct media_threads *m, int fd, const struct sockaddr_storage *peer);

/* With which a participant of that worker may have such streams. false: there is no TURN. */
bool media_threads_turn_credentials(const struct media_threads *m, unsigned worker,
				    const struct sid *participant, struct turn_credentials *ret);

/*
 * Hands the command and what it owns to a worker.
 * false: its queue is full, the command is still yours.
 */
bool media_threads_cmd(struct media_threads *m, unsigned worker, const struct plane_cmd *cmd);

/*
 * Readable when worker i has events:
 * then media_threads_drain_wake, and take events until there is none.
 */
int media_threads_wake_fd(const struct media_threads *m, unsigned worker);
void media_threads_drain_wake(struct media_threads *m, unsigned worker);

/* The next event of worker i; what it owns is yours. false: none. */
bool media_threads_event(struct media_threads *m, unsigned worker, struct plane_event *ret);

/*
 * What worker i's thread has had of processors since its start, µs: on one, and ready to be but
 * waiting (0 where the kernel does not count that). false: not known.
 */
bool media_threads_time(const struct media_threads *m, unsigned worker, uint64_t *ret_run_us,
			uint64_t *ret_wait_us);

/* Of worker i's thread, for the watchdog. */
struct heartbeat *media_threads_heartbeat(const struct media_threads *m, unsigned worker);

/*
 * Counters of all workers since the start, for /metrics;
 * read without stopping them, so a little old.
 */
struct media_counters {
	uint64_t datagrams_in, datagrams_out, bytes_in, bytes_out, send_failed, events_held;
	uint64_t messages_out; /* of datagrams to one address that left together (UDP_SEGMENT) */
	/* connections; frames that slow readers did not get, of connections that ended */
	uint64_t tcp_opened, tcp_refused, tcp_dropped;
	uint64_t turn_opened;
};
void media_threads_counters(const struct media_threads *m, struct media_counters *ret);
