/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The publisher connection's description (livekit-protocol 4.3): the
 * client offers, we answer. Binds announced tracks to sections, notices
 * unpublished ones, and tells which layer of which track an SSRC is.
 */
#pragma once

#include <stdint.h>

#include "wire/rtp.h"
#include "wire/rtpext.h"

struct participant;
struct plane_cmd;
struct publisher_source;
struct sid;
struct track;

/* Answers an offer with EV_ANSWER, or refuses it with EV_FAILED. */
void publish_offer(struct participant *p, uint64_t now, uint32_t id, const char *sdp);

/* A track was announced; it is bound at once when its section is there already. */
void publish_add_track(struct participant *p, const struct plane_cmd *cmd);

/* The server takes it away; what the client goes on sending is dropped. */
void publish_remove_track(struct participant *p, uint64_t now, const struct sid *sid);

/*
 * The source of a packet: by SSRC when it is known, else by mid and rid, else by the SSRCs of the
 * SDP; what is found is remembered. NULL = it cannot be told, or (counted apart) it is a late
 * packet of a replaced stream.
 */
struct publisher_source *publish_find_source(struct participant *p, uint64_t now,
					     const struct rtp_header *h, const struct rtpext *x);

/* By SSRC only; NULL = not learnt. */
const struct publisher_source *publish_known_source(const struct participant *p, uint32_t ssrc);

/*
 * The track of a section; NULL = none. Media of a section that no announced id matched belongs to
 * the oldest unbound track of the kind.
 */
struct track *publish_track_of(struct participant *p, const struct publisher_source *source);
