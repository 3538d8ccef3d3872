/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Data tracks: a stream of small packets that a participant publishes and others subscribe to
 * (livekit-protocol 3.10). Who may have what is decided by control; here is who gets it. All
 * subscribers know a track by the same handle, one of the room's, so that a packet is kept once
 * however many it goes to. Owned by the publisher; subscriptions end with either side. Belongs to
 * the worker's thread.
 *
 * Way: data.c ▸ [data_track_find] ▸ for each subscriber channels.c
 */
#pragma once

#include <stdint.h>

#include "base/list.h"
#include "plane/plane.h"

struct participant;

struct data_track {
	struct list in_participant;
	struct sid sid;
	struct plane_data_track handles;
	struct list subscriptions; /* struct data_subscription */
};

struct data_subscription {
	struct list in_track, in_participant;
	struct participant *to;
};

/* 0, -EDQUOT, -EEXIST (that handle or sid is there), -ENOMEM. */
int data_track_add(struct participant *p, const struct plane_cmd *cmd);
/* -ENOENT: no such track. */
int data_track_remove(struct participant *p, const struct sid *sid);

/* `p` is sent, or no longer sent, the track of another in its room. 0, -ENOENT, -ENOMEM; again is
 * harmless. */
int data_track_subscribe(struct participant *p, const struct sid *sid, bool on);

/* The publisher's own handle; NULL: none. */
struct data_track *data_track_find(struct participant *p, uint16_t handle);

/* Its tracks, and its subscriptions to others. */
void data_track_fini(struct participant *p);
