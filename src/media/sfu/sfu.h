/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What all rooms of one engine share: the look-up tables, the timers, what waits to be sent, the
 * counters. The engine owns it and passes it down; nothing here is global. Who owns what: sfu ▸
 * room ▸ participant ▸ leg, track, subscription. Belongs to the engine's thread.
 *
 * Way: engine.c ▸ publish.c, subscribe.c (descriptions) · forward.c (media) · feedback.c (RTCP)
 */
#pragma once

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/rng.h"
#include "media/peer/dtls.h"
#include "media/peer/outbox.h"
#include "media/sfu/burst.h"
#include "media/sfu/egress.h"
#include "media/sfu/keymap.h"
#include "media/sfu/timers.h"
#include "plane/plane.h"
#include "wire/sdp.h"

/* Why authenticated packets and commands went nowhere; transports count their own verdicts. */
enum sfu_drop {
	DROP_STRANGER,	   /* no transport for this source (R40) */
	DROP_DATA,	   /* SCTP: malformed, or no data section */
	DROP_DATA_PACKET,  /* a malformed data packet, or one that is not for other clients */
	DROP_DATA_RIGHTS,  /* its sender may not send data */
	DROP_DATA_OLD,	   /* reliable, and its sequence number came before (duplicate) */
	DROP_DATA_TRACK,   /* malformed, or of a data track that is not published */
	DROP_DATA_FULL,	   /* too much waits for this receiver already, or its channel is closed */
	DROP_DATA_RATE,	   /* its sender does not heed the window (data_rate.h) */
	DROP_RTP,	   /* malformed RTP */
	DROP_RTCP,	   /* malformed RTCP */
	DROP_DIRECTION,	   /* media on a subscriber's connection */
	DROP_SSRC,	   /* cannot be told which section it belongs to */
	DROP_RETIRED,	   /* late packet of a stream that another has replaced */
	DROP_TRACK,	   /* the section has no track (yet) */
	DROP_PAYLOAD_TYPE, /* not what was negotiated */
	DROP_CODEC,	   /* the publisher changes codecs too often */
	DROP_STREAM,	   /* duplicate, too old, not believable (rtp/up.h) */
	DROP_RED,	   /* malformed redundancy, for a subscriber that takes none */
	DROP_MUTED,	   /* the track is muted */
	DROP_SILENT,	   /* silence goes on (speakers.h) */
	DROP_FEEDBACK,	   /* RTCP about a stream that is not ours (R47, R50) */
	DROP_SEND,	   /* could not be protected or queued */
	DROP_COMMAND,	   /* a command about something that is not there (any more) */
	DROP_COUNT,
};

struct sfu {
	struct rng *rng;
	struct dtls_context *dtls;	    /* NULL: keys are injected */
	const char *fingerprint;	    /* sha-256 of our certificate */
	struct sockaddr_storage *addresses; /* owned; those for TCP follow those for UDP */
	size_t address_count, tcp_address_count;
	uint16_t worker;
	struct outbox outbox; /* STUN and DTLS */
	struct burst burst;   /* media received and not yet passed on */
	struct egress egress; /* media and events */
	struct sdp *sdp;      /* owned; scratch for parsing: half a megabyte */
	struct timers timers;
	size_t legs;
	struct keymap rooms, participants, tracks; /* by SID */
	struct keymap sources, ufrags; /* struct leg by remote address, by local ufrag */
	uint64_t arrival;	       /* of the datagram at hand; not after `now` (engine_rx_at) */
	uint64_t drops[DROP_COUNT];
	uint64_t verdicts[V_COUNT];
	uint64_t forwarded_packets, forwarded_bytes, received_packets;
	uint64_t received_data, forwarded_data, ended_data; /* messages; associations that failed */
};

/* What sfu_init needs; nothing is kept but rng and fingerprint. */
struct sfu_config {
	struct rng *rng;
	struct dtls_context *dtls;
	const char *fingerprint;
	const struct sockaddr_storage *addresses, *tcp_addresses;
	size_t address_count, tcp_address_count;
	uint16_t worker;
};

/*
 * s is zeros, fresh from calloc: its 400 KB of queues take memory when they are used, and are not written to before. 0,
 * -EINVAL (no address) or -ENOMEM; then sfu_fini is still to be called.
 */
int sfu_init(struct sfu *s, const struct sfu_config *config);

/* Frees everything but rooms, which must be gone. */
void sfu_fini(struct sfu *s);

static inline void sfu_drop(struct sfu *s, enum sfu_drop why)
{
	s->drops[why]++;
}

/* For /metrics. */
const char *sfu_drop_name(enum sfu_drop why);

/* The map key of a SID; false for an empty one. */
bool sfu_key(struct key *ret, const struct sid *sid);

/* By SID: NULL = none. */
struct participant *sfu_find_participant(const struct sfu *s, const struct sid *sid);
struct track *sfu_find_track(const struct sfu *s, const struct sid *sid);
