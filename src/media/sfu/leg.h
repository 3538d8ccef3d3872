/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One of a participant's two peer connections: its transport, its place in
 * the engine's tables and its timer. Embedded in the participant. Ids that
 * come in on a leg (SSRC, mid, rid) mean something on that leg only (R47).
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "media/peer/channels.h"
#include "media/peer/transport.h"
#include "media/sfu/keymap.h"
#include "media/sfu/negotiate.h"
#include "media/sfu/timers.h"
#include "plane/plane.h"

struct sfu;
struct participant;

enum {
	LEG_RTCP_MAX = 1200, /* plain bytes of one RTCP datagram of ours */
	LEG_TICK_US = 1000,  /* timers are not finer than this, … */
	/*
	 * … and those that are further away not finer than that: what many connections do now and
	 * then (reports, feedback, sharing out) comes together, and leaves in one system call.
	 */
	LEG_SLACK_US = 5 * 1000,
	LEG_FAR_US = 20 * 1000,
	/* a leg silent so long gives its addresses up to another */
	LEG_ADDRESS_US = 5 * 1000 * 1000,
	/*
	 * Silent so long after having been connected: EV_LOST, again and again. Clients check every
	 * 2.5 s, and more often when an answer is missing; Firefox every 5 s. The leg that was heard
	 * all the time (usual_gap) is missed as soon as a check is late, the quiet one later.
	 */
	LEG_LOST_BUSY_US = 3 * 1000 * 1000,
	LEG_LOST_US = 6 * 1000 * 1000,
	LEG_LOST_FIREFOX_BUSY_US = 6 * 1000 * 1000,
	LEG_LOST_FIREFOX_US = 15 * 1000 * 1000,
	LEG_LOST_AGAIN_US = 250 * 1000,
};

struct leg {
	struct sfu *sfu;
	struct participant *participant;
	enum plane_target target;
	struct transport *transport; /* owned; NULL unless `open`: most people have one leg only */
	struct timer timer;
	struct key ufrags[2]; /* in sfu.ufrags: the present and the one before */
	bool has_ufrag[2];
	bool open, connected, failed;
	uint64_t lost_at;		   /* µs; EV_LOST was told last; 0 = never */
	uint64_t last_seen;		   /* µs; last packet that the transport took */
	uint64_t usual_gap;		   /* µs; between such packets: the longest of late */
	uint32_t rtcp_ssrc;		   /* ours, for feedback */
	uint64_t sdp_session, sdp_version; /* o= of our descriptions */
	struct channels data;		   /* closed unless negotiated; data.c's */
	uint64_t data_again;		   /* µs: more is to be sent then; 0 = nothing waits */
	bool data_ended;		   /* SCTP ended, and that was counted */
};

/* Opens the transport and puts it into the tables. 0, -EALREADY or -ENOMEM. */
int leg_open(struct leg *l, struct sfu *s, struct participant *p, enum plane_target target);

/* Takes it out of the tables and frees the transport. Closing a closed leg is harmless. */
void leg_close(struct leg *l);

/* The client's ICE and DTLS parameters. 0, or negative and a reason in `error`. */
int leg_set_remote(struct leg *l, uint64_t now, const struct negotiate_remote *remote, char *error);

/* New ICE credentials; those before serve until the client uses the new. 0 or -ENOMEM. */
int leg_restart_ice(struct leg *l, uint64_t now);

/* Our side for a description; counts its version. Valid until the leg changes. */
struct negotiate_local leg_local(struct leg *l);

/*
 * Takes up what an authenticated STUN check from `from` changed: the address table leads its
 * packets here, unless it leads to another leg that is alive. 0 or -ENOMEM.
 */
int leg_learn(struct leg *l, uint64_t now, const struct path *from, const struct ice_in *in);

/* The TCP connection is no more: nothing is sent to it, and it is out of the tables. */
void leg_path_ended(struct leg *l, const struct path *path);

/* The worker that a ufrag of ours names; false: not one of ours. */
bool leg_worker_of(const char *ufrag, unsigned *ret);

/* Tells of CONNECTED and FAILED, once each. True: it has become connected just now. */
bool leg_check(struct leg *l);

/* The transport took a packet. */
void leg_seen(struct leg *l, uint64_t now);

/* Tells of EV_LOST when it is time to. */
void leg_tick_lost(struct leg *l, uint64_t now);
uint64_t leg_lost_deadline(const struct leg *l); /* µs; UINT64_MAX = never */

/* EV_FAILED, once; the leg is silent afterwards until control ends the session. */
void leg_fail(struct leg *l, const char *why);

/* The timer runs at `due` at the latest. */
void leg_wake(struct leg *l, uint64_t due);

/* The next common moment at or after `due`: see LEG_SLACK_US. */
static inline uint64_t leg_common(uint64_t due)
{
	return due > UINT64_MAX - LEG_SLACK_US ? due
					       : due + LEG_SLACK_US - 1 - (due - 1) % LEG_SLACK_US;
}

bool leg_may_send(const struct leg *l, uint64_t now);

/* Encrypts and queues a plain compound RTCP packet. */
void leg_send_rtcp(struct leg *l, uint64_t now, const uint8_t *bytes, size_t n);

/*
 * Encrypts and queues a plain RTP packet that stands at the egress reservation `packet` (capacity
 * bytes). 0 or negative: not sent, counted.
 */
int leg_send_rtp(struct leg *l, uint8_t *packet, size_t n, size_t capacity);
