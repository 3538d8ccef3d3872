/* SPDX-License-Identifier: Apache-2.0 */
/* For the tests of DTLS: our client and our server in memory. OpenSSL's timers read the real clock, so loss takes real time. */
#pragma once

#include "base/clock.h"
#include "base/rng.h"
#include "media/peer/dtls.h"

struct end {
	struct cert *certificate;
	struct dtls_context *context;
	struct dtls *dtls;
	struct outbox outbox;
	struct path peer;
	char fingerprint[FINGERPRINT_TEXT]; /* of the other end, as its SDP says */
	struct dtls_config config;
};

/* Longer than handshakes take on any machine; who waits for them goes on as soon as they are done. */
#define SOON_US (60 * US_PER_S)

struct pair {
	struct end client, server;
	struct rng rng;
	unsigned loss;	  /* percent */
	bool split_hello; /* ClientHello in three datagrams, out of order */
	unsigned to_server, longest;
};

/* For cmocka: *state is a pair with certificates, and not opened; and its end. */
int pair_set_up(void **state);
int pair_tear_down(void **state);

/* Both ends begin. */
void open_ends(struct pair *p);
/* What an end has to send is given to the other, with the loss of the pair. */
void deliver(struct pair *p, struct end *from, struct end *to);
/* Runs until both ends have come to something, at most `us` of real time. */
void run(struct pair *p, uint64_t us);
/* Both ends are done, and what one sends with the other receives with. */
void assert_same_keys(struct pair *p, enum srtp_suite suite);
