/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The media plane of one worker, START HERE. Sans-IO: it owns no socket,
 * thread, clock or source of chance; all of them are arguments, so a
 * whole call runs in a unit test in virtual time and replays from a seed.
 *
 * Contract: after each engine_cmd or engine_tick, and after each engine_rx or as many as were read
 * together (ENGINE_RX_MAX), drain engine_next_tx and engine_next_event until they return false.
 * Media goes out in engine_next_tx: the more was read together, the cheaper. An engine belongs to
 * one thread.
 *
 * Way of a packet: engine_rx ▸ peer/transport (stun | dtls | srtp) ▸ rtp/up ▸ sfu/burst;
 * engine_next_tx ▸ sfu/forward ▸ rtp/down ▸ peer/srtp protect.
 */
#pragma once

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/path.h"
#include "base/rng.h"
#include "plane/plane.h"

struct engine;

/* What an engine is made with. */
struct engine_config {
	const struct sockaddr_storage *addresses; /* our candidates, with ports; not kept */
	size_t address_count;
	const struct sockaddr_storage *tcp_addresses; /* the same for ICE-TCP; not kept */
	size_t tcp_address_count;
	struct rng *rng;		/* kept; must outlive the engine */
	const struct cert *certificate; /* crypt/cert.h; kept; must outlive the engine */
	uint16_t worker;		/* stamped on events */
};

/* A datagram to send. `bytes` stays valid until the next call of any engine function. */
struct engine_tx {
	const struct path *to;
	const uint8_t *bytes;
	size_t length;
	bool video; /* media that a full queue may drop first */
};

int engine_new(struct engine **ret, const struct engine_config *config);
struct engine *engine_free(struct engine *e);

/* Datagrams that may come before the next engine_next_tx. */
enum { ENGINE_RX_MAX = 64 };

/*
 * Takes one datagram. The bytes may be changed (decryption in place), and must stay where they are
 * until engine_next_tx has returned false. Bad input is counted, never an error.
 */
void engine_rx(struct engine *e, uint64_t now, const struct path *from, uint8_t *bytes,
	       size_t length);

/*
 * TCP connections. Whether a path has passed an authenticated check, and still leads to somebody:
 * one that does not after its first packets is a stranger's. When it ends, tell the engine.
 */
bool engine_knows(const struct engine *e, const struct path *path);
void engine_path_ended(struct engine *e, const struct path *path);

/*
 * The worker whose engine a STUN check is for, by its ufrag; nothing is authenticated by this.
 * false: not such a check. Pure; any thread.
 */
bool engine_worker_of(const uint8_t *bytes, size_t length, unsigned *ret_worker);

/*
 * The same for a datagram that waited between its arrival (at most `now`) and being read. Only what
 * is told to the sender about the network uses it: congestion feedback.
 */
void engine_rx_at(struct engine *e, uint64_t now, uint64_t arrival, const struct path *from,
		  uint8_t *bytes, size_t length);

/*
 * The same between two calls of engine_next_tx, while much is on its way out: sound and RTCP are taken at once, and sound
 * goes out next. False: not taken, hand it in when engine_next_tx has returned false. The bytes are borrowed for this
 * call only. `now` is not earlier than any time before, and later calls' not earlier than this one.
 */
bool engine_rx_early(struct engine *e, uint64_t now, uint64_t arrival, const struct path *from,
		     uint8_t *bytes, size_t length);

/* Takes one command and what it owns. Errors come back as EV_FAILED. */
void engine_cmd(struct engine *e, uint64_t now, struct plane_cmd *cmd);

/* Runs what is due, or as much of it as leaves at once: engine_deadline may be due still. Call at
 * engine_deadline or later. */
void engine_tick(struct engine *e, uint64_t now);

/* When engine_tick wants to run next, in µs; UINT64_MAX when nothing waits. */
uint64_t engine_deadline(const struct engine *e);

/* Frames that wait for their last packet (for a millisecond at most) come out of engine_next_tx now.
 * Call before engine_cmd, and drain; otherwise it sends them itself, all at once. */
void engine_release(struct engine *e);

/* Whether this participant (its SID) is there. */
bool engine_has(const struct engine *e, const char *participant);

/* How many participants are there. */
size_t engine_people(const struct engine *e);

/* Frees what the busiest moment took; when nobody is there, and everything that came out is taken. */
void engine_rest(struct engine *e);

bool engine_next_tx(struct engine *e, struct engine_tx *ret);

/* The caller owns what the event owns (plane_event_fini). */
bool engine_next_event(struct engine *e, struct plane_event *ret);

/*
 * Counters since the start, for /metrics: i = 0, 1, …; false after the last. Names are in
 * snake_case, static. media_drops: packets and commands that went nowhere, by reason;
 * media_datagrams: what became of each datagram that found its transport.
 */
struct engine_counter {
	const char *name, *reason; /* reason NULL: a plain counter */
	uint64_t value;
	bool gauge; /* goes up and down: rooms, participants, tracks */
};
bool engine_get_counter(const struct engine *e, size_t i, struct engine_counter *ret);
