/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of one association share; nobody else includes it. See sctp.h. */
#pragma once

#include "base/list.h"
#include "crypt/hash.h"
#include "media/peer/sctp.h"
#include "wire/sctp.h"

enum {
	SCTP_FRAGMENT_MAX = SCTP_PACKET_MAX - SCTP_HEADER - 16, /* payload of one DATA chunk */
	SCTP_TSN_WINDOW = 4096, /* chunks received ahead, and chunks in flight */
	SCTP_RUNS_MAX = 2048,	/* pieces and messages held */
	SCTP_RESET_NONE = -1,
	SCTP_NOT_PAUSED = -1,
	SCTP_WINDOW_OPEN = 64 * 1024, /* a window that was shut is worth telling of again */

	SCTP_RTO_INITIAL_US = 500 * 1000, /* as other WebRTC stacks: RFC 9260's 1 s is for hosts
					     that know nothing of the path */
	SCTP_RTO_MIN_US = 400 * 1000,	  /* above the 200 ms that a SACK may be delayed */
	SCTP_RTO_MAX_US = 10 * 1000 * 1000,
	SCTP_RETRANSMITS_MAX = 10, /* Association.Max.Retrans */
	SCTP_INIT_TRIES = 8,	   /* Max.Init.Retransmits */
	SCTP_SACK_DELAY_US = 100 * 1000,
	SCTP_COOKIE_LIFE_US = 60 * 1000 * 1000,
};

/* Bytes of one message with consecutive TSNs; complete when it begins and ends. */
struct sctp_run {
	struct list in_runs;
	uint32_t first, last, ppid;
	uint16_t stream, ssn;
	bool begins, ends, unordered;
	size_t length, capacity;
	uint8_t *bytes;
};

struct sctp_in {
	uint32_t cum;			     /* the last TSN before which all came */
	uint32_t highest;		     /* the highest TSN that came */
	uint64_t seen[SCTP_TSN_WINDOW / 64]; /* by TSN modulo the window: came, and is after cum */
	struct list runs;		     /* by TSN */
	struct list ready;		     /* complete and in order, to be taken */
	struct list aside;	/* the same, of the paused stream: they wait for sctp_resume */
	int paused;		/* that stream, or SCTP_NOT_PAUSED */
	struct sctp_run *taken; /* the one that sctp_next_message gave last */
	size_t held, run_count; /* of runs, ready and aside */
	size_t window;		/* that is offered, if `held` allows it */
	size_t told;		/* the window that the peer was told last */
	uint16_t streams;
	uint16_t next_ssn[SCTP_STREAMS];
	unsigned unacknowledged; /* packets with DATA since the last SACK */
	bool sack_now;
	uint64_t sack_at; /* UINT64_MAX = nothing to acknowledge */
};

/* A message to send: in the queue until its last fragment has a TSN, then held by its chunks. */
struct sctp_item {
	struct list in_queue;
	struct blob *blob;
	uint32_t ppid, offset; /* offset: what has TSNs already */
	uint32_t chunks;       /* of it in flight */
	uint16_t stream, ssn, retransmits;
	bool unordered, partial, queued;
	uint64_t expires;
};

/* A DATA chunk that has a TSN and is not below the peer's cumulative acknowledgement. */
struct sctp_sent {
	struct sctp_item *item;
	uint32_t offset;
	uint16_t length, sends;
	uint8_t missing; /* SACKs that reported later ones only */
	bool acked, abandoned;
	bool again; /* to be sent again: not in flight */
	bool fast;  /* was sent again without waiting for the timer, once (RFC 9260 7.2.4) */
	uint64_t sent_at;
};

struct sctp_out {
	struct list queue; /* items not fully in flight */
	struct sctp_sent *ring;
	uint32_t capacity;    /* of the ring; a power of two, or 0 */
	uint32_t first, next; /* TSNs: the oldest not acknowledged; of the next chunk */
	uint32_t forward;     /* Advanced.Peer.Ack.Point (RFC 3758 3.5); first - 1 = none */
	size_t buffered, flight, again_count;
	uint64_t delivered; /* bytes acknowledged for good */
	size_t cwnd, ssthresh, partial_acked, peer_window;
	bool recovering, push, forward_now; /* push: one packet may pass the cwnd */
	uint32_t recovery_until;
	bool peer_forwards; /* the peer knows FORWARD TSN */
	uint64_t srtt, rttvar, rto;
	uint64_t t3; /* retransmission timer; UINT64_MAX = off */
	unsigned errors;
	uint16_t streams;
	uint16_t next_ssn[SCTP_STREAMS];
};

struct sctp_resets {
	uint64_t wanted[SCTP_STREAMS / 64]; /* our streams, to be reset */
	uint64_t came[SCTP_STREAMS / 64];   /* the peer's, for sctp_next_reset */
	uint32_t next_in, next_out;	    /* request sequence numbers */
	uint32_t last_result;
	int outstanding; /* the stream of our request that waits, or SCTP_RESET_NONE */
	uint32_t last_tsn;
	bool send;
	uint64_t again_at; /* UINT64_MAX = off */
	unsigned tries;
};

struct sctp {
	struct rng *rng;
	enum sctp_state state;
	const char *cause;
	uint32_t local_tag, peer_tag, local_tsn;
	uint8_t cookie_key[SHA256_LENGTH];
	struct sctp_in in;
	struct sctp_out out;
	struct sctp_resets resets;
	uint64_t t1; /* INIT, COOKIE ECHO; UINT64_MAX = off */
	unsigned tries;
	size_t cookie_length;
	uint8_t cookie[512]; /* the peer's, to be echoed */
	/* Control chunks to send, for control_tag. */
	uint32_t control_tag;
	struct wr control;
	uint8_t control_bytes[SCTP_PACKET_MAX - SCTP_HEADER];
};

static inline bool tsn_before(uint32_t a, uint32_t b)
{
	return (int32_t)(a - b) < 0;
}

/* sctp_in.c */
void sctp_in_init(struct sctp_in *in);
void sctp_in_fini(struct sctp_in *in);
void sctp_in_start(struct sctp_in *in, uint32_t peer_tsn, uint16_t streams);
void sctp_in_data(struct sctp *a, uint8_t flags, struct rd body);
void sctp_in_forward(struct sctp *a, struct rd body);
void sctp_in_acknowledge(struct sctp *a, uint64_t now, bool at_once);
bool sctp_in_sack_due(const struct sctp_in *in, uint64_t now);
void sctp_in_write_sack(struct sctp_in *in, struct wr *w);
void sctp_in_reset_stream(struct sctp_in *in, uint16_t stream);

static inline struct sctp_sent *sctp_sent_at(const struct sctp_out *o, uint32_t tsn)
{
	return &o->ring[tsn & (o->capacity - 1)];
}

/* Whether it is to be sent again, which is counted. */
static inline void sctp_set_again(struct sctp_out *o, struct sctp_sent *s, bool again)
{
	if (s->again != again) {
		s->again = again;
		o->again_count += again ? 1 : (size_t)-1;
	}
}

/* sctp_out.c */
void sctp_out_init(struct sctp_out *o, uint32_t local_tsn);
void sctp_out_fini(struct sctp_out *o);
void sctp_out_start(struct sctp_out *o, uint32_t window, uint16_t streams, bool peer_forwards);
/* Lets go of the oldest chunk in flight. */
void sctp_out_release_first(struct sctp_out *o);
/* Adds FORWARD TSN and DATA chunks to a packet. */
void sctp_out_fill(struct sctp *a, uint64_t now, struct wr *w);

/* sctp_flight.c */
void sctp_out_sack(struct sctp *a, uint64_t now, struct rd body);
void sctp_out_timeout(struct sctp *a, uint64_t now);
/* sctp_reset.c */
void sctp_resets_rx(struct sctp *a, struct rd body);
void sctp_resets_fill(struct sctp *a, uint64_t now, struct wr *w);
void sctp_resets_tick(struct sctp *a, uint64_t now);

/* sctp.c: room for a chunk towards the peer; sctp_end it. */
struct wr *sctp_control(struct sctp *a, uint32_t tag);
