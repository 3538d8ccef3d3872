/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Data packets: from a publisher's channel to the same channel of those it is for. It all happens
 * on the room's worker. The sender's name is put in here, by us, and its right to send is checked
 * for each packet (livekit-protocol 3.10, 6.9). What is reliable waits for a slow receiver: data_wait.h.
 *
 * Way: engine_rx ▸ transport ▸ [data_rx ▸ channels.c ▸ datapacket.c ▸ for each receiver
 * channels.c ▸ data_flush] ▸ engine_next_tx
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "plane/plane.h"

struct leg;
struct participant;

enum {
	DATA_BURST = 64, /* datagrams of one leg at a time */
};

/*
 * A data section was negotiated. create: the channels are ours (subscriber), else the client's.
 * Again is harmless. 0 or -ENOMEM.
 */
int data_open(struct leg *l, bool create);

/* The client wants none: nothing is sent to it, and DTLS need not stay for that. */
void data_close(struct leg *l);

/* `to` resumes and has `sender`'s reliable packets up to `sequence`: it gets the later ones that
 * are kept. Clients drop what they have (livekit-protocol 6.9). */
void data_replay(struct participant *to, uint64_t now, const struct sid *sender, uint32_t sequence);

/* A packet that a server made for this participant, through the API: nobody's. */
void data_send(struct participant *to, uint64_t now, bool lossy, const uint8_t *bytes, size_t n);

/* Takes a DTLS record of application data, and the others of the same datagram. */
void data_rx(struct leg *l, uint64_t now, uint8_t *bytes, size_t n);

/* Sends what may be sent now. */
void data_flush(struct leg *l, uint64_t now);

void data_tick(struct leg *l, uint64_t now);
/* µs; UINT64_MAX = never. Counts only while the leg may send. */
uint64_t data_deadline(const struct leg *l);
