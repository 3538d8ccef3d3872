/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libsrtp2 as a second opinion, for tests and benchmarks. It is loaded at run time because some of
 * its function names are ours too.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct referee;

/* `gcm`: AEAD_AES_128_GCM with a 12-byte salt, else AES_CM_128_HMAC_SHA1_80 with 14.
 * Aborts when libsrtp2 is missing. */
struct referee *referee_new(bool gcm, const uint8_t *key, const uint8_t *salt, bool outbound);
struct referee *referee_free(struct referee *r);

/* In place, with room for the tag; the new length, or -1. */
int referee_protect(struct referee *r, uint8_t *packet, int n);
int referee_unprotect(struct referee *r, uint8_t *packet, int n);
int referee_protect_rtcp(struct referee *r, uint8_t *packet, int n);
int referee_unprotect_rtcp(struct referee *r, uint8_t *packet, int n);
/* Rollovers so far of a stream that has begun; false: there is none. */
bool referee_set_roc(struct referee *r, uint32_t ssrc, uint32_t roc);
