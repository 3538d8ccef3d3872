/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A participant of a room: what it publishes on one leg and what it is sent on the other. Owned by
 * its room. Plain data; publish.c and subscribe.c act on it.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/limits.h"
#include "base/list.h"
#include "media/rtp/receiver_times.h"
#include "media/rtp/twcc_recv.h"
#include "media/sfu/data_rate.h"
#include "media/sfu/data_wait.h"
#include "media/sfu/leg.h"
#include "media/sfu/negotiate.h"
#include "media/sfu/quality.h"
#include "plane/plane.h"

struct sfu;
struct room;
struct track;
struct subscription;
struct downlink;

/* Who an SSRC of the publisher's leg is. Learnt from mid and rid, or announced in the SDP. */
struct publisher_source {
	uint32_t ssrc;
	uint16_t section;
	uint8_t layer;
	bool rtx;
	uint64_t retired; /* since when another SSRC has its place; 0 = in use */
};

struct publisher {
	struct leg leg;
	struct negotiate_offer offer;	  /* of the last answered offer; no sections before it */
	struct track **bound;		  /* owned; the track of each section, or NULL */
	struct publisher_source *sources; /* owned; LIMIT_SSRCS_PER_TRANSPORT, once the leg opens */
	size_t source_count;
	size_t last_source;		   /* packets come in runs */
	struct twcc_recv *twcc;		   /* owned; NULL until the leg opens */
	uint64_t next_report, next_choice; /* µs: receiver report, choice of layers */
};

enum section_state {
	SECTION_FREE,	 /* inactive at both ends: may be used again */
	SECTION_ACTIVE,	 /* carries its subscription, or will after the next answer */
	SECTION_CLOSING, /* will be inactive after the next answer */
};

struct subscriber_section {
	enum section_state state;
	struct negotiate_down description;
	struct subscription *subscription; /* NULL unless ACTIVE */
};

struct subscriber {
	struct leg leg;
	struct subscriber_section *sections; /* owned; never removed, never reordered */
	size_t section_count, section_capacity;
	struct negotiate_down *offered; /* owned; as in the last offer */
	size_t offered_count;
	uint32_t offer_id;  /* of the last offer; they start at 1 */
	uint32_t last_ssrc; /* subscribe.c fresh_ssrc */
	bool outstanding, dirty;
	bool away; /* the client's signalling is lost */
	uint64_t offer_at,
		answer_by; /* µs: when the next offer goes out; when the answer is late */
	uint64_t last_offer, offer_before;
	uint64_t next_report;
	struct receiver_times times; /* answered with the next report */
	uint16_t transport_sequence; /* of the next packet, over all streams */
	struct downlink *downlink;   /* owned; NULL until the first section is accepted */
};

struct participant {
	struct sid sid;
	struct sfu *sfu;
	struct room *room;
	struct list in_room;
	struct plane_join join;
	struct list tracks; /* published by it, oldest first */
	size_t track_count;
	struct data_rate data_rate;
	struct data_wait data_wait;
	uint32_t data_sequence; /* highest of its reliable data packets; 0 = none yet */
	struct list subscriptions;
	struct list data_tracks, data_subscriptions; /* data_track.h */
	uint8_t spoken;				     /* level, in eighths, as told last */
	struct quality quality;
	struct publisher publisher;
	struct subscriber subscriber;
};

/* Enters the room named by the command. 0, -EEXIST, -EUSERS (room full), -EINVAL, -ENOMEM. */
int participant_new(struct participant **ret, struct sfu *s, const struct plane_cmd *join);

/* Leaves: ends its legs, tracks and subscriptions; frees the room when it was the last. */
struct participant *participant_free(struct participant *p, uint64_t now);

/* An event about this participant, to be filled further and given to egress_event. */
struct plane_event participant_event(const struct participant *p, enum plane_event_type type);
