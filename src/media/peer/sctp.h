/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SCTP over DTLS, one association (RFC 9260, 8261), as data channels use it: messages with
 * fragmentation, ordered and unordered, partial reliability (RFC 3758), stream reset (RFC 6525).
 * Our own, and sans-IO like the rest of the engine: libusrsctp keeps its associations, timers and
 * chance in one process-wide place under locks, which N workers, virtual time and a seed cannot
 * live with (docs/architecture.md). Belongs to its worker's thread.
 *
 * Files: sctp.c set-up and control chunks, sctp_in.c what is received, sctp_out.c what is sent, sctp_flight.c what of it is under way,
 * sctp_reset.c stream resets.
 *
 * Contract: after sctp_rx, sctp_send, sctp_reset or sctp_tick, drain sctp_next_packet (and after
 * sctp_rx sctp_next_message and sctp_next_reset), then ask sctp_deadline.
 *
 * Not done, because the transport does it: path supervision by own heartbeats (ICE consent, RFC
 * 7675) and restart of an association inside a living DTLS connection (WebRTC makes a new
 * connection). A peer can make at most SCTP_RECEIVE_MAX of incoming and SCTP_SEND_MAX of outgoing
 * messages be held (R52).
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/blob.h"
#include "base/limits.h"
#include "base/rng.h"

enum {
	SCTP_PACKET_MAX = 1160, /* and 37 of DTLS: below DTLS_MTU */
	SCTP_STREAMS = LIMIT_SCTP_STREAMS,
	SCTP_MESSAGE_MAX = LIMIT_SCTP_MESSAGE,
	SCTP_RECEIVE_MAX = LIMIT_SCTP_RECEIVE,
	SCTP_SEND_MAX = LIMIT_SCTP_SEND,
	SCTP_WINDOW_SHUT = 4 * SCTP_PACKET_MAX, /* less is hardly any */
	SCTP_PORT = 5000,			/* a=sctp-port, both ends (RFC 8841) */
};

struct sctp;

enum sctp_state {
	SCTP_CLOSED,	    /* waits for the peer's INIT */
	SCTP_COOKIE_WAIT,   /* our INIT is out */
	SCTP_COOKIE_ECHOED, /* our COOKIE ECHO is out */
	SCTP_ESTABLISHED,
	SCTP_ENDED, /* for good: sctp_cause says why */
};

/* A message to send. */
struct sctp_outgoing {
	struct blob *blob; /* not empty; a reference is taken */
	uint32_t ppid;
	uint16_t stream;
	bool unordered;
	bool partial; /* give up after `retransmits` (RFC 3758, RFC 7496) */
	uint16_t retransmits;
	uint64_t expires; /* µs: not begun by then, it is dropped; 0 = never */
};

/* A received message; the bytes stay valid until the next call of any sctp function. */
struct sctp_message {
	uint16_t stream;
	uint32_t ppid;
	bool unordered;
	const uint8_t *bytes;
	size_t length;
};

/* `rng` is kept. active: sends INIT with the first sctp_tick; else it waits. 0 or -ENOMEM. */
int sctp_new(struct sctp **ret, struct rng *rng, bool active);
struct sctp *sctp_free(struct sctp *a);

/* Takes one packet (a DTLS record). false: malformed or foreign, nothing changed. */
bool sctp_rx(struct sctp *a, uint64_t now, const uint8_t *bytes, size_t n);

bool sctp_next_message(struct sctp *a, struct sctp_message *ret);
/*
 * The message given last cannot be taken now: it is given again, first, after sctp_resume. Till then its stream's wait
 * here, others' pass; what waits makes the peer's window smaller, until the peer waits too.
 */
void sctp_put_back(struct sctp *a);
void sctp_resume(struct sctp *a);
/* A stream that the peer has reset: its messages all came before; none while messages wait for sctp_resume. */
bool sctp_next_reset(struct sctp *a, uint16_t *ret_stream);

/*
 * How much the peer may send before it is told more, SCTP_RECEIVE_MAX at the start. It is told with the next
 * acknowledgement, and when a window opens that was shut. Who sends more all the same is not stopped.
 */
void sctp_set_window(struct sctp *a, size_t bytes);

/*
 * Queues a message, also before the association is up. 0; -ENOBUFS: SCTP_SEND_MAX would be passed;
 * -EINVAL: empty, too long, or no such stream; -ENOTCONN: ended; -ENOMEM.
 */
int sctp_send(struct sctp *a, const struct sctp_outgoing *m);

/* Bytes of messages that wait or are not acknowledged yet, and what it costs to keep them. */
size_t sctp_buffered(const struct sctp *a);

/* Bytes of chunks that the peer has acknowledged, since the beginning. */
uint64_t sctp_delivered(const struct sctp *a);

/* Drops what waits and has `expires`, whenever that is. */
void sctp_expire(struct sctp *a);

/* Closes our direction of a stream once what waits for it is sent (RFC 8831 6.7). */
void sctp_reset(struct sctp *a, uint16_t stream);

/* Says ABORT and ends. */
void sctp_abort(struct sctp *a, const char *cause);

/* Writes the next packet; its length, 0 = none. `ret` has SCTP_PACKET_MAX bytes. */
size_t sctp_next_packet(struct sctp *a, uint64_t now, uint8_t *ret);

void sctp_tick(struct sctp *a, uint64_t now);
/* When sctp_tick wants to run next, in µs; UINT64_MAX = never. */
uint64_t sctp_deadline(const struct sctp *a);

enum sctp_state sctp_get_state(const struct sctp *a);
/* Why it ended, in a few words; NULL before. */
const char *sctp_cause(const struct sctp *a);
/* Bytes held of messages that are not complete or not in order yet; for tests of the bounds. */
size_t sctp_held(const struct sctp *a);
