/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One RTP stream that a client receives, with its RTX: packets become frames; what is missing is
 * asked for (NACK), and a key frame when the decoder could not go on (PLI). Sans-IO, one thread.
 *
 * Way: peer_rx ▸ [receive.c ▸ rtp/up.c ▸ unpack.c] ▸ receive_next ▸ the application
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "client/peer.h"
#include "client/unpack.h"
#include "media/rtp/up.h"

enum { RECEIVE_PLI_US = 500 * 1000 }; /* between two requests for a key frame */

struct receive {
	struct peer_stream stream;
	struct up up;
	struct unpack unpack;
	uint64_t last_pli, plis;
};

void receive_init(struct receive *r, const struct peer_stream *stream);
void receive_fini(struct receive *r);

/* Whether a packet with this SSRC is of this stream, or its RTX. */
bool receive_is(const struct receive *r, uint32_t ssrc);

/* Takes one packet. Then receive_next until false. 0 or -ENOMEM. */
int receive_rtp(struct receive *r, uint64_t now, const struct rtp_header *h);
bool receive_next(struct receive *r, uint64_t now, struct unpack_frame *ret);

/* A sender report about this stream. */
void receive_sender_report(struct receive *r, uint64_t now, const struct rtcp_sr *sr);

/* Appends what is to be asked for now; call it every 10-20 ms. `ssrc`: of our RTCP. */
void receive_feedback(struct receive *r, uint64_t now, uint32_t ssrc, struct wr *w);
