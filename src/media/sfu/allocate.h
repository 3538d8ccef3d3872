/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Shares what a subscriber's connection carries over its video streams: audio goes always; then
 * everybody the lowest layer, then more, the most important first (livekit-protocol 6.5): what the
 * client ranked, a shared screen, who speaks, the rest. Down at once; up when the better layer and
 * 15 % more have fitted for 2 s, longer after a raise that did not last. When not even the lowest layer fits, the stream pauses and the
 * client is told (subscription_allow). Works on the rates that really arrive from the publishers.
 * Belongs to the engine's thread.
 *
 * Way: downlink.c ▸ [allocate.c] ▸ subscription.c
 */
#pragma once

#include <stdint.h>

struct participant;

enum {
	ALLOCATE_UP_US = 2 * 1000 * 1000,
	ALLOCATE_UP_MAX_US = 32 * 1000 * 1000, /* doubles up to this when it did not last, … */
	ALLOCATE_LASTS_US = 10 * 1000 * 1000,  /* … which means: so long */
};

#define ALLOCATE_UNLIMITED UINT64_MAX

/*
 * Sets what each subscription of `p` is allowed, out of `estimate` bit/s; ALLOCATE_UNLIMITED: not
 * known yet, nothing changes. Returns the bit/s that everything wanted would take.
 */
uint64_t allocate(struct participant *p, uint64_t now, uint64_t estimate);
