/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The data channels of one peer connection, known by their labels: LiveKit's clients create them in
 * different orders, under different stream ids (RFC 8831, RFC 8832, livekit-protocol 4.5). Embedded
 * in its leg; belongs to the worker's thread. Sans-IO, as sctp.h, whose contract holds here too.
 *
 * Way: transport_rx ▸ [channels_rx ▸ sctp.c ▸ channels_next] ▸ sfu/data.c ▸ channels_send ▸
 * channels_next_packet
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "media/peer/sctp.h"

enum channel_label {
	CHANNEL_RELIABLE, /* "_reliable": ordered */
	CHANNEL_LOSSY,	  /* "_lossy": unordered, never repeated */
	CHANNEL_TRACK,	  /* "_data_track": the same */
	CHANNEL_LABELS,
};

struct channel {
	bool open;	   /* a stream has this label */
	bool acknowledged; /* the other side knows: unordered messages may overtake now */
	bool unordered, partial;
	uint16_t stream, retransmits;
};

struct channels {
	struct sctp *sctp; /* owned; NULL = closed */
	struct channel all[CHANNEL_LABELS];
	uint64_t ignored; /* messages on other streams, malformed set-up */
};

/* A received message; valid until the next call. */
struct channels_message {
	enum channel_label label;
	const uint8_t *bytes;
	size_t length;
};

/*
 * `create`: opens the three channels (they are announced once SCTP is up); else the peer does.
 * `active`: the DTLS client's side, with even stream ids, which begins SCTP. 0, -EALREADY, -ENOMEM.
 */
int channels_open(struct channels *c, struct rng *rng, bool create, bool active);
void channels_close(struct channels *c);

/* SCTP is up and messages flow. */
bool channels_are_up(const struct channels *c);

/* Takes one DTLS record. false: malformed or closed. */
bool channels_rx(struct channels *c, uint64_t now, const uint8_t *bytes, size_t n);
/* The next message on one of the channels; handles their set-up and end on the way. */
bool channels_next(struct channels *c, struct channels_message *ret);

/* As sctp_put_back and sctp_resume: of the message's channel. */
void channels_put_back(struct channels *c);
void channels_resume(struct channels *c);

/* Queues a message. 0, -ENOTCONN: no such channel (any more), or as sctp_send. */
int channels_send(struct channels *c, enum channel_label label, struct blob *message,
		  uint64_t expires);

/* As sctp_set_window; harmless when closed. */
void channels_set_window(struct channels *c, size_t bytes);

/* Up once, and over: nothing comes or goes any more. */
bool channels_ended(const struct channels *c);

/* As sctp_next_packet, sctp_tick, sctp_deadline, sctp_buffered, sctp_delivered, sctp_expire; harmless when closed. */
size_t channels_next_packet(struct channels *c, uint64_t now, uint8_t *ret);
void channels_tick(struct channels *c, uint64_t now);
uint64_t channels_deadline(const struct channels *c);
size_t channels_buffered(const struct channels *c);
uint64_t channels_delivered(const struct channels *c);
void channels_expire(struct channels *c);
