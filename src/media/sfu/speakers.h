/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who speaks in a room (livekit-protocol 6.3): at most every 400 ms the changes since the last time go
 * out as EV_SPEAKERS. A participant is as loud as the loudest of its tracks. Nothing runs while all
 * are silent. Thread: the worker of the room.
 *
 * And whose silence is not passed on (media.md 4.8). An open microphone in a quiet room sends four to six
 * packets a second, which say that there is nothing to hear (Chromium, with DTX); of a hundred people
 * that is three times what three speakers send to them. After a second of it the others get none any
 * more, as if the track were muted: their decoders make the noise of the room themselves by then. Who
 * sends silence without pauses is passed on: to a decoder its end would be a loss.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct media_packet;
struct participant;
struct room;
struct track;

struct speakers {
	uint64_t due; /* µs: end of the window; 0 = none is open */
};

enum {
	SPEAKERS_SILENT = 127,		 /* dBov: the level of digital silence (RFC 6464 3) */
	SPEAKERS_PAUSE_US = 1000 * 1000, /* what is shorter is passed on */
	SPEAKERS_GAP_MS = 100, /* between two packets of DTX; Chromium's are 400 ms apart */
};

/* An audio packet that is forwarded. */
void speakers_rx(struct track *t, uint64_t now, const struct media_packet *p);

/* Whether a packet is silence that need not be passed on; call for each packet of the track. */
bool speakers_is_silence(struct track *t, uint64_t now, const struct media_packet *p);

/* The track was muted: silent from now on. */
void speakers_mute(struct track *t);

/* Tells what changed when the window is over. */
void speakers_tick(struct room *r, uint64_t now);

/* When speakers_tick has something to do; UINT64_MAX = never. */
uint64_t speakers_deadline(const struct room *r);
