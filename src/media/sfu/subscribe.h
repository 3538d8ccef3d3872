/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The subscriber connection's description (livekit-protocol 4.4): we offer, the client answers, one
 * offer at a time. Changes collect for a moment and go out together. Sections stay in place for
 * ever; one that lost its track is inactive and is used again.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

struct participant;

enum {
	/* the first offer: takes in subscriptions made with the join */
	SUBSCRIBE_FIRST_US = 2 * 1000,
	SUBSCRIBE_DELAY_US = 10 * 1000,	   /* a change waits so long for others */
	SUBSCRIBE_CHURN_US = 500 * 1000,   /* two offers within this: the next … */
	SUBSCRIBE_SPACING_US = 150 * 1000, /* … keeps this distance */
	SUBSCRIBE_ANSWER_US = 15 * 1000 * 1000,
};

/* Opens the leg; the first offer follows at once, with or without tracks. 0 or negative. */
int subscribe_open(struct participant *p, uint64_t now);

/* Something changed that the client has to know: an offer follows. */
void subscribe_change(struct participant *p, uint64_t now);

/* The client's answer to offer `id` (0: the latest).
 * Refused answers end in EV_FAILED, late ones are dropped. */
void subscribe_answer(struct participant *p, uint64_t now, uint32_t id, const char *sdp);

/* Nobody hears our offers: none is made, and none waits for its answer, until subscribe_resume. */
void subscribe_away(struct participant *p);

/* The client is back: an offer at once, with new ICE credentials and all that changed. */
void subscribe_resume(struct participant *p, uint64_t now);

/* ICE and DTLS are up: asks for the key frames that are waited for. */
void subscribe_connected(struct participant *p, uint64_t now);

/* A section lost its subscription. */
void subscribe_release(struct participant *p, size_t section, uint64_t now);

/* Offers what is due, gives up on a late answer. */
void subscribe_tick(struct participant *p, uint64_t now);

/* When subscribe_tick wants to run; UINT64_MAX = never. */
uint64_t subscribe_deadline(const struct participant *p);
