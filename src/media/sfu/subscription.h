/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One track on its way to one participant: waits for a section of the subscriber's connection, then
 * sends. Listed in the track and in the participant; freed with either, or by CMD_UNSUBSCRIBE.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/list.h"
#include "media/rtp/down.h"
#include "media/rtp/layers.h"
#include "media/sfu/negotiate.h"

struct participant;
struct track;

struct subscription {
	struct participant *participant;
	struct track *track;
	struct list in_participant, in_track;
	bool placed;	  /* `section` is its own */
	size_t section;	  /* of the subscriber */
	bool sending;	  /* accepted by the client: `down` is set up */
	bool paused;	  /* track_setting.disabled */
	bool interrupted; /* packets were left out while the path was dead */
	struct down down;
	struct layers layers;
};

/* 0, -EEXIST or -ENOMEM. The offer follows when the track is live. */
int subscription_new(struct subscription **ret, struct participant *p, struct track *t);

/* Stops sending, gives the section back (an offer follows) and frees it. */
struct subscription *subscription_free(struct subscription *s, uint64_t now);

/* NULL = none. */
struct subscription *subscription_find(const struct participant *p, const struct track *t);

/* The client took the section: sends from the next key frame on. 0 or -ENOMEM. */
int subscription_start(struct subscription *s, uint64_t now, const struct negotiate_down *offered,
		       const struct negotiate_taken *taken);

/* Stops sending and gives the section back; it will be placed anew by the next offer. */
void subscription_stop(struct subscription *s, uint64_t now);

/* Continues after a gap (pause, mute, new stream): asks for a key frame. */
void subscription_resume(struct subscription *s, uint64_t now);

/* Chooses the simulcast layer, and asks for the key frame it takes. */
void subscription_choose(struct subscription *s, uint64_t now);
