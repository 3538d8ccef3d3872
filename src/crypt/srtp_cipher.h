/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The two SRTP transforms over bytes: AEAD_AES_128_GCM (RFC 7714) and AES_CM_128_HMAC_SHA1_80 (RFC
 * 3711). Session keys and contexts are made once; per packet there is no allocation. Knows nothing
 * of rollover counters, replay or header parsing: the caller (media/peer/srtp.c) gives the packet
 * index and the length of the clear header.
 *
 * An srtp_cipher is one direction of one association, SRTP and SRTCP. It belongs to one thread and
 * holds secrets: srtp_cipher_fini wipes them.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "crypt/hash.h"

/* DTLS-SRTP protection profiles, IANA values. */
enum srtp_suite {
	SRTP_AES128_CM_SHA1_80 = 0x0001,
	SRTP_AEAD_AES_128_GCM = 0x0007,
};

enum {
	SRTP_KEY_LENGTH = 16,
	SRTP_SALT_MAX = 14,
	SRTP_TAG_MAX = 16,
	SRTCP_INDEX_LENGTH = 4, /* E flag and 31-bit index */
};

struct gcm_mb;		  /* gcm_mb.h */
struct evp_cipher_ctx_st; /* OpenSSL's EVP_CIPHER_CTX */

/* Keys and salt of either SRTP or SRTCP. */
struct srtp_session {
	struct gcm_mb *quick; /* GCM where there is libipsec-mb; then there is no context */
	struct evp_cipher_ctx_st *context;
	uint8_t salt[SRTP_SALT_MAX];
	struct hmac_sha1_key auth; /* CM only */
};

struct srtp_cipher {
	enum srtp_suite suite;
	struct srtp_session rtp, rtcp;
	/* The SRTP half is made with its first packet: a connection that carries media one way only,
	 * as most do, never needs the other, which is 1 KB. Until then the master key is kept. */
	bool has_rtp, seal;
	uint8_t master_key[SRTP_KEY_LENGTH], master_salt[SRTP_SALT_MAX];
};

/* A packet to seal. `in` may equal `out`; partly overlapping buffers may not. */
struct srtp_seal {
	uint32_t ssrc;
	uint64_t index;	       /* SRTP: ROC and sequence number, 48 bits; SRTCP: 31 bits */
	const uint8_t *header; /* sent in clear, authenticated; copied to out */
	size_t header_length;
	const uint8_t *payload; /* encrypted; NULL when payload_length is 0 */
	size_t payload_length;
	uint8_t *out; /* needs header + payload + srtp_overhead (SRTCP: + SRTCP_INDEX_LENGTH) */
};

/* Bytes of master salt the suite takes (12 or 14). */
size_t srtp_salt_length(enum srtp_suite suite);

/* Bytes an SRTP packet grows by (16 or 10); SRTCP grows by SRTCP_INDEX_LENGTH more. */
size_t srtp_overhead(enum srtp_suite suite);

/*
 * RFC 3711 4.3.1 with key derivation rate 0: n <= 32 bytes of the AES-CM PRF for `label`. 0,
 * -ENOMEM, -EIO.
 */
int srtp_derive(const uint8_t master_key[SRTP_KEY_LENGTH], const uint8_t *master_salt,
		size_t salt_length, uint8_t label, uint8_t *ret, size_t n);

/*
 * `seal`: this direction encrypts; otherwise it decrypts. master_salt: srtp_salt_length bytes. 0,
 * -ENOMEM, -EIO.
 */
int srtp_cipher_init(struct srtp_cipher *ret, enum srtp_suite suite,
		     const uint8_t master_key[SRTP_KEY_LENGTH], const uint8_t *master_salt,
		     bool seal);

/* Makes the SRTP half now, if it is not there. 0, -ENOMEM, -EIO. */
int srtp_cipher_prepare(struct srtp_cipher *c);
void srtp_cipher_fini(struct srtp_cipher *c);

/*
 * Encrypts and authenticates.
 * The length of what is in `out` now, or 0 when OpenSSL failed or memory is short (out is wiped).
 */
size_t srtp_seal_rtp(struct srtp_cipher *c, const struct srtp_seal *s);
size_t srtp_seal_rtcp(struct srtp_cipher *c, const struct srtp_seal *s);

/*
 * Checks and decrypts in place. `length` includes the tag. The plain length, or 0 when the packet
 * is too short or not authentic; then the bytes behind the header are undefined.
 */
size_t srtp_open_rtp(struct srtp_cipher *c, uint32_t ssrc, uint64_t index, uint8_t *packet,
		     size_t header_length, size_t length);

/* Reads index and E flag of an SRTCP packet, not yet authenticated. false: too short. */
bool srtp_rtcp_index(const struct srtp_cipher *c, const uint8_t *packet, size_t length,
		     uint32_t *ret_index);

/*
 * As srtp_open_rtp. Packets with E = 0 are authenticated,
 * not decrypted (RFC 3711 3.4, RFC 7714 9.3).
 */
size_t srtp_open_rtcp(struct srtp_cipher *c, uint32_t ssrc, uint8_t *packet, size_t length);
