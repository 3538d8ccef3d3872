/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ICE agent of one transport, RTP and RTCP on one component (RFC 8445, 7675, 5389). The server's is
 * lite: it answers authenticated checks, learns the peer's addresses from them, follows nominations
 * at any time and keeps consent; it sends nothing on its own and nothing to strangers. A client's is
 * full (ice_checks.c): it has checks of its own towards the remote candidates, nominates when it is
 * the controlling one, and settles role conflicts. Belongs to one thread.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/path.h"
#include "base/rng.h"
#include "media/peer/outbox.h"
#include "media/peer/verdict.h"

enum {
	ICE_UFRAG_MAX = 256, /* RFC 8839 5.4; and NUL is extra */
	ICE_PWD_MAX = 256,
	ICE_LOCAL_UFRAG = 16, /* letters of ours, prefix included */
	ICE_LOCAL_PWD = 32,
	ICE_ADDRESSES = 8,	     /* validated remote addresses kept; the idlest goes first */
	ICE_PAUSE_US = 10 * 1000000, /* R53: no sign of life so long: stop sending */
	ICE_DEAD_US = 30 * 1000000,  /* and give up */
	/* no check from the selected address so long: any authenticated check moves it (R70) */
	ICE_QUIET_US = 6 * 1000000,

	/* full agents */
	ICE_CANDIDATES = 8,	     /* remote ones that are checked; later ones are ignored */
	ICE_PACE_US = 50 * 1000,     /* Ta, between first checks (RFC 8445 14.2) */
	ICE_RETRY_US = 100 * 1000,   /* first repetition of a check; doubles each time, … */
	ICE_RETRY_MOST_US = 1600000, /* … up to this */
	/*
	 * Between checks once connected, less up to 20 % at random. libwebrtc's: RFC 7675 5.1 has 5 s,
	 * but a NAT's new address is noticed by the next check only (R70).
	 */
	ICE_CONSENT_US = 2500 * 1000,
	/* the same while no answer comes: a path that comes back is found soon */
	ICE_UNANSWERED_US = 1000 * 1000
};

struct ice_address {
	struct path path;
	uint64_t last_check_us;
};

/*
 * One generation of local credentials and the remote ones that belong to it;
 * two live during a restart.
 */
struct ice_credentials {
	char ufrag[ICE_LOCAL_UFRAG + 1], pwd[ICE_LOCAL_PWD + 1];
	char remote_ufrag[ICE_UFRAG_MAX + 1]; /* "" = not known yet: any is taken */
};

/* A remote candidate and our check towards it. */
struct ice_pair {
	struct path to;
	uint8_t transaction[12]; /* stays the same while a check is repeated (RFC 8489 6.2.1) */
	uint64_t next_us;
	uint32_t consent_us; /* until the next check, once this one is answered */
	uint8_t tries;
	bool answered, nominating;
};

/* What a full agent has over a lite one. Owned by the client, beside its transport. */
struct ice_checks {
	struct ice_pair pairs[ICE_CANDIDATES];
	unsigned count;
	uint64_t next_first_us; /* pacing */
};

struct ice {
	struct ice_credentials current, previous; /* previous.ufrag "" = none */
	char ufrag_prefix[8];
	char remote_pwd[ICE_PWD_MAX + 1]; /* needed by full agents only */
	struct ice_address addresses[ICE_ADDRESSES];
	unsigned address_count;
	/* none at first; nominated, or else the latest validated */
	struct path selected;
	bool nominated;
	/* last authenticated check, or media from a validated address; 0 = never */
	uint64_t last_seen_us;
	struct ice_checks *checks; /* NULL: lite */
	bool controlling;
	uint64_t tie_breaker;
};

/* What a STUN message did, besides its answer in the outbox. */
struct ice_in {
	bool learned; /* `from` is a validated address now and was none before */
	bool forgot;  /* to make room, `forgotten` is not any more */
	struct path forgotten;
};

/*
 * `ufrag_prefix` (at most 7 letters, may be "") starts every local ufrag. checks NULL: a lite agent;
 * else a full one, controlling until ice_set_role; the struct is kept.
 */
void ice_init(struct ice *i, struct rng *rng, const char *ufrag_prefix, struct ice_checks *checks);

/* ufrag 4-256 and pwd 22-256 ice-chars (RFC 8839 5.4). 0 or -EINVAL. */
int ice_set_remote(struct ice *i, const char *ufrag, const char *pwd);

/* New local credentials; the present ones stay valid until a check uses the new. */
void ice_restart(struct ice *i, struct rng *rng);

/* Handles one STUN message. */
enum verdict ice_rx(struct ice *i, uint64_t now, const struct path *from, const uint8_t *bytes,
		    size_t n, struct outbox *outbox, struct ice_in *ret);

/* Authenticated media from `from` is a sign of life too (R53). */
void ice_alive(struct ice *i, uint64_t now);

/* A path that is no more: it is validated no longer. Media goes to the one that checked last. */
void ice_forget(struct ice *i, const struct path *path);

bool ice_is_validated(const struct ice *i, const struct path *from);
bool ice_has_ufrag(const struct ice *i, const char *ufrag);

/* Consent is fresh enough to send. */
bool ice_may_send(const struct ice *i, uint64_t now);

/* ---- full agents: ice_checks.c ---- */

/* By RFC 8445 6.1.1: with a lite peer always controlling, else whoever offered. Before ice_connect. */
void ice_set_role(struct ice *i, bool controlling);

/*
 * Starts checks towards `to`, one more remote candidate; the same again is ignored. The first is
 * the one that media may go to until an answer came.
 */
void ice_connect(struct ice *i, uint64_t now, const struct path *to, struct rng *rng);
/* Forgets the candidates: a new generation begins (ice_restart, ice_set_remote). */
void ice_disconnect(struct ice *i);
void ice_tick(struct ice *i, uint64_t now, struct rng *rng, struct outbox *outbox);
/* UINT64_MAX = never; always so for a lite agent. */
uint64_t ice_deadline(const struct ice *i);

/*
 * The local ufrag a STUN Binding request is addressed to (the part of
 * USERNAME before the colon), for finding the transport of an unknown
 * source. Nothing is authenticated by this. false: not such a request.
 */
bool ice_ufrag_of(const uint8_t *bytes, size_t n, char ret[ICE_LOCAL_UFRAG + 1]);
