/* SPDX-License-Identifier: Apache-2.0 */
/* Two ends of an SRTP session and packets between them, for test_srtp.c and test_srtp_referee.c. */
#pragma once

#include "media/peer/srtp.h"

enum { SSRC = 0x12345678, PACKET = 1500 };

static const enum srtp_suite suites[] = { SRTP_AEAD_AES_128_GCM, SRTP_AES128_CM_SHA1_80 };

/* Keys that follow from the seed; and those of the other end. */
struct srtp_keys srtp_pair_keys(enum srtp_suite suite, uint8_t seed);
struct srtp_keys srtp_pair_mirrored(const struct srtp_keys *k);

void srtp_pair_open(struct srtp *a, struct srtp *b, enum srtp_suite suite);

/* A packet with a CSRC and an extension block, so that the header is 12 + 4 + 4 + 8 bytes: its length. */
size_t srtp_pair_packet(uint8_t *packet, uint32_t ssrc, uint16_t seq, size_t payload);

/* The protected packet's length, or -errno. */
int srtp_pair_protect(struct srtp *s, const uint8_t *packet, size_t n, uint8_t *out,
		      size_t capacity);
