/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The media path: one decrypted RTP packet of a publisher to everybody who is sent its track.
 *
 * Way: engine.c ▸ transport ▸ [forward_rtp] ▸ publish_find_source ▸ rtp/up ▸ rtp/cache ▸ for each
 * subscription: rtp/layers ▸ rtp/down ▸ srtp protect ▸ egress
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct media_packet;
struct participant;
struct subscription;
struct track;

/* A plain RTP packet from the publisher leg of `p`. Counts what it does not forward. */
void forward_rtp(struct participant *p, uint64_t now, const uint8_t *bytes, size_t n);

/* One packet of the layer to one subscriber, now: decides whether it gets it, and sends. */
void forward_to(struct subscription *s, uint64_t now, int layer, const struct media_packet *packet);

/* Answers one sequence number of a subscriber's NACK, from the cache. */
void forward_again(struct subscription *s, uint64_t now, uint16_t sequence);

/* The publisher (un)muted: stops, or continues with a key frame. */
void forward_mute(struct track *t, uint64_t now, bool muted);
