/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who speaks in a room (livekit-protocol 6.3): at most every 400 ms the changes since the last time go
 * out as EV_SPEAKERS. A participant is as loud as the loudest of its tracks. Nothing runs while all
 * are silent. Thread: the worker of the room.
 */
#pragma once

#include <stdint.h>

struct media_packet;
struct participant;
struct room;
struct track;

struct speakers {
	uint64_t due; /* µs: end of the window; 0 = none is open */
};

/* An audio packet that is forwarded. */
void speakers_rx(struct track *t, uint64_t now, const struct media_packet *p);

/* The track was muted: silent from now on. */
void speakers_mute(struct track *t);

/* Tells what changed when the window is over. */
void speakers_tick(struct room *r, uint64_t now);

/* When speakers_tick has something to do; UINT64_MAX = never. */
uint64_t speakers_deadline(const struct room *r);
