/* SPDX-License-Identifier: Apache-2.0 */
/* What stun.c and turn.c share: attributes one after another, addresses, and the end of a message. Nobody else includes it. */
#pragma once

#include "base/rd.h"
#include "base/wr.h"
#include "wire/stun.h"

enum stun_attribute {
	A_MAPPED_ADDRESS = 0x0001,
	A_USERNAME = 0x0006,
	A_MESSAGE_INTEGRITY = 0x0008,
	A_ERROR_CODE = 0x0009,
	A_UNKNOWN_ATTRIBUTES = 0x000a,
	A_CHANNEL_NUMBER = 0x000c,
	A_LIFETIME = 0x000d,
	A_XOR_PEER_ADDRESS = 0x0012,
	A_DATA = 0x0013,
	A_REALM = 0x0014,
	A_NONCE = 0x0015,
	A_XOR_RELAYED_ADDRESS = 0x0016,
	A_REQUESTED_ADDRESS_FAMILY = 0x0017,
	A_EVEN_PORT = 0x0018,
	A_REQUESTED_TRANSPORT = 0x0019,
	A_DONT_FRAGMENT = 0x001a,
	A_MESSAGE_INTEGRITY_SHA256 = 0x001c,
	A_XOR_MAPPED_ADDRESS = 0x0020,
	A_RESERVATION_TOKEN = 0x0022,
	A_PRIORITY = 0x0024,
	A_USE_CANDIDATE = 0x0025,
	A_ADDITIONAL_ADDRESS_FAMILY = 0x8000,
	A_FINGERPRINT = 0x8028,
	A_ICE_CONTROLLED = 0x8029,
	A_ICE_CONTROLLING = 0x802a,
};

/* What a walk over a message has found. */
struct stun_walk {
	uint16_t type;
	bool has_fingerprint;
	uint16_t integrity_at; /* as in struct stun_msg */
	const uint8_t *start;
	struct rd rest;
};

/* Takes one attribute into `message`, whose `tid` it is. False: it is malformed. */
typedef bool stun_take_fn(void *message, uint16_t type, struct rd value);

/*
 * Reads a message, of exactly n bytes: its header, whose transaction goes to `ret_tid`, then each attribute that MESSAGE-INTEGRITY
 * covers (RFC 8489 14.5), or all when there is none, to `take`; that one and FINGERPRINT are taken here.
 */
enum stun_result stun_walk(struct stun_walk *w, const void *bytes, size_t n,
			   uint8_t ret_tid[STUN_TID_LENGTH], stun_take_fn *take, void *message);

/* One of the XOR-…-ADDRESS attributes (RFC 8489 14.2). */
bool stun_read_address(struct sockaddr_storage *ret, const uint8_t tid[STUN_TID_LENGTH],
		       struct rd value);
bool stun_read_error(uint16_t *ret, struct rd value);

void stun_write_header(struct wr *w, uint16_t type, const uint8_t tid[STUN_TID_LENGTH]);
void stun_write_attribute(struct wr *w, uint16_t type, const void *value, size_t n);
/* 0, or -EINVAL for what is no address. */
int stun_write_address(struct wr *w, uint16_t type, const uint8_t tid[STUN_TID_LENGTH],
		       const struct sockaddr_storage *address);
void stun_write_error_code(struct wr *w, unsigned code, const char *reason);
void stun_write_unknown(struct wr *w, const uint16_t *types, size_t n);

/* Adds room for the HMAC if wanted and sets the length field that is hashed. */
int stun_write_end(struct stun_out *ret, struct wr *w, size_t capacity, bool integrity);
