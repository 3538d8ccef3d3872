/* SPDX-License-Identifier: Apache-2.0 */
/*
 * RTCP: what the two ends say about the media, and what we say to them. To
 * publishers: receiver reports, NACK, PLI, transport-wide feedback. To subscribers:
 * sender reports, and retransmissions for their NACKs. Only authenticated packets
 * get here; a client can speak about streams of its own legs only (R47, R50).
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

struct participant;

enum {
	FEEDBACK_REPORT_US = 1000 * 1000, /* receiver and sender reports */
	FEEDBACK_CHOOSE_US = 100 * 1000,  /* layers of its subscribers */
	FEEDBACK_NACKS = 256,		  /* sequence numbers answered per RTCP datagram (R50) */
};

/* A plain compound packet from the publisher leg, from the subscriber leg. */
void feedback_rx_publisher(struct participant *p, uint64_t now, const uint8_t *bytes, size_t n);
void feedback_rx_subscriber(struct participant *p, uint64_t now, const uint8_t *bytes, size_t n);

/* Sends what is due on that leg. */
void feedback_tick_publisher(struct participant *p, uint64_t now);
void feedback_tick_subscriber(struct participant *p, uint64_t now);

/* When the tick has work next; UINT64_MAX = never. */
uint64_t feedback_deadline_publisher(const struct participant *p);
uint64_t feedback_deadline_subscriber(const struct participant *p);
