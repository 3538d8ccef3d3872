/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The media path: decrypted RTP packets of publishers to everybody who is sent their tracks. First
 * all packets that were read together are taken in, then they go out, subscriber by subscriber.
 *
 * Way in: engine_rx ▸ transport ▸ [forward_rtp] ▸ publish_find_source ▸ rtp/up ▸ rtp/cache ▸ burst
 * Way out: engine_next_tx ▸ [forward_next] ▸ for each subscription: rtp/layers ▸ rtp/down ▸ srtp
 * protect ▸ egress
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct media_packet;
struct participant;
struct sfu;
struct subscription;
struct track;

enum {
	/* bytes for some subscribers are made, sent and forgotten before the next: they stay in the
	 * processor's cache between encryption and system call */
	FORWARD_CHUNK = 128 * 1024,
};

/*
 * A plain RTP packet from the publisher leg of `p`. Counts what it does not take. The bytes are
 * borrowed until forward_next has said false.
 */
void forward_rtp(struct participant *p, uint64_t now, const uint8_t *bytes, size_t n);

/* Whether a packet, which is still encrypted, is sound of a track that is live: it may overtake (burst.h). */
bool forward_is_sound(const struct participant *p, const uint8_t *bytes, size_t n);

/* Passes media on to the next subscribers, FORWARD_CHUNK bytes or a little more.
 * False: nothing was there. */
bool forward_next(struct sfu *sfu);

/* The same to everybody, before something changes that the packets refer to. */
void forward_rest(struct sfu *sfu);

/* One packet of the layer to one subscriber, now: decides whether it gets it, and sends. */
void forward_to(struct subscription *s, uint64_t now, int layer, const struct media_packet *packet);

/* Answers one sequence number of a subscriber's NACK, from the cache. */
void forward_again(struct subscription *s, uint64_t now, uint16_t sequence);

/* The publisher (un)muted: stops, or continues with a key frame. */
void forward_mute(struct track *t, uint64_t now, bool muted);
