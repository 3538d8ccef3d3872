/* SPDX-License-Identifier: Apache-2.0 */
/*
 * STUN Binding messages (RFC 8489) with the attributes of ICE (RFC 8445). Pure: bytes in, a struct
 * out, and back. The HMAC is the caller's work (wire knows no cryptography): these functions say
 * which bytes to hash and where the result goes; the CRC of FINGERPRINT is done here. Any thread.
 *
 * Receive: stun_parse ▸ look up the password by username ▸ stun_integrity_input ▸ HMAC-SHA1 ▸
 * compare in constant time with stun_integrity ▸ act. Send: stun_write_… ▸ HMAC-SHA1 of (bytes,
 * hash_length) into `hmac` ▸ stun_finish.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

enum {
	STUN_HEADER_LENGTH = 20,
	STUN_TID_LENGTH = 12,
	STUN_HMAC_LENGTH = 20,
	STUN_UNKNOWN_MAX = 8,	/* named in a 420; more are dropped */
	STUN_MESSAGE_MAX = 640, /* room enough for everything that is written here */
	/* bytes, RFC 8489 14.3: fewer than 509; two ICE ufrags of 256 and a colon */
	STUN_USERNAME_MAX = 513,
};

enum stun_type {
	STUN_BINDING_REQUEST = 0x0001,
	STUN_BINDING_INDICATION = 0x0011,
	STUN_BINDING_SUCCESS = 0x0101,
	STUN_BINDING_ERROR = 0x0111,
};

enum stun_role { STUN_ROLE_NONE, STUN_ROLE_CONTROLLED, STUN_ROLE_CONTROLLING };

enum stun_error_code {
	STUN_BAD_REQUEST = 400,
	STUN_UNAUTHENTICATED = 401,
	STUN_UNKNOWN_ATTRIBUTE = 420,
	STUN_ROLE_CONFLICT = 487,
};

/* Why a message was refused. */
enum stun_result {
	STUN_OK = 0,
	STUN_SHORT,	      /* shorter than its header or its length field says, or longer */
	STUN_NOT_STUN,	      /* no magic cookie, or the first two bits are not 0 */
	STUN_BAD_ATTRIBUTE,   /* an attribute leaves the message or has an impossible length */
	STUN_BAD_FINGERPRINT, /* FINGERPRINT is there and wrong, or not the last attribute */
};

/* What a message says. Pointers go into the bytes that were parsed.
 * The first of repeated attributes counts. */
struct stun_msg {
	/* enum stun_type, or another method's number: then only the header was understood */
	uint16_t type;
	uint8_t tid[STUN_TID_LENGTH];
	/* "<receiver's ufrag>:<sender's ufrag>" in ICE; not NUL-terminated */
	const uint8_t *username;
	uint16_t username_length; /* 0 = none */
	bool has_priority, use_candidate, has_fingerprint;
	uint32_t priority;
	enum stun_role role; /* the sender's */
	uint64_t tie_breaker;
	bool has_mapped;
	struct sockaddr_storage mapped; /* XOR-MAPPED-ADDRESS, decoded; AF_INET or AF_INET6 */
	uint16_t error_code;		/* 300..699; 0 = none */
	uint8_t unknown_count; /* comprehension-required attributes not understood (answer 420) */
	uint16_t unknown[STUN_UNKNOWN_MAX];
	uint16_t integrity_at; /* offset of the MESSAGE-INTEGRITY attribute; 0 = none */
};

/*
 * Parses one datagram; exactly n bytes must be the message. FINGERPRINT is checked when present.
 * Attributes between MESSAGE-INTEGRITY and FINGERPRINT are ignored (RFC 8489 14.5). `ret` is
 * untouched unless the result is STUN_OK.
 */
enum stun_result stun_parse(struct stun_msg *ret, const void *bytes, size_t n);

/*
 * The ufrag before the colon of USERNAME, that is: ours, when we received the message. NULL when
 * there is no username or no colon. Not NUL-terminated.
 */
const char *stun_local_ufrag(const struct stun_msg *m, size_t *ret_length);

/*
 * Copies what MESSAGE-INTEGRITY was computed over, with the length field that
 * RFC 8489 14.5 wants, into `ret`. Returns how many bytes to hash, or 0 when the
 * message carries no MESSAGE-INTEGRITY or capacity is too small (LIMIT_DATAGRAM
 * always suffices for a datagram). `bytes` is what `m` was parsed from.
 */
size_t stun_integrity_input(const struct stun_msg *m, const void *bytes, void *ret,
			    size_t capacity);

/* The STUN_HMAC_LENGTH bytes to compare with, or NULL. */
const uint8_t *stun_integrity(const struct stun_msg *m, const void *bytes);

/* A message under way. The bytes are the caller's memory. */
struct stun_out {
	uint8_t *bytes;
	size_t length, capacity;
	uint8_t *hmac;	    /* put HMAC-SHA1(key, bytes, hash_length) here; NULL: none wanted */
	size_t hash_length; /* from bytes[0] */
};

/* Step 1. Each returns 0, -EINVAL, or
 * -ENOBUFS when capacity is too small (STUN_MESSAGE_MAX suffices). */

/* Binding success response with XOR-MAPPED-ADDRESS `mapped` (AF_INET or AF_INET6, else -EINVAL). */
int stun_write_success(struct stun_out *ret, void *bytes, size_t capacity,
		       const uint8_t tid[STUN_TID_LENGTH], const struct sockaddr_storage *mapped);

/*
 * Error response to `request`; a 420 lists its unknown attributes. `integrity`: whether the sender
 * was authenticated, so that an HMAC can be made; without it go straight to stun_finish.
 */
int stun_write_error(struct stun_out *ret, void *bytes, size_t capacity,
		     const struct stun_msg *request, enum stun_error_code code, bool integrity);

struct stun_request {
	uint8_t tid[STUN_TID_LENGTH];
	const char *username; /* "<their ufrag>:<our ufrag>" */
	size_t username_length;
	uint32_t priority;
	enum stun_role role;
	uint64_t tie_breaker;
	bool use_candidate;
};

/* Binding request of an ICE agent, as a client (load generator, tests) sends it. */
int stun_write_request(struct stun_out *ret, void *bytes, size_t capacity,
		       const struct stun_request *request);

/* Step 2: appends FINGERPRINT. Afterwards bytes[0..length) is the datagram. 0 or -ENOBUFS. */
int stun_finish(struct stun_out *out);

/* CRC-32 of ISO 3309 (as zlib has it), which FINGERPRINT uses. */
uint32_t stun_crc32(const void *bytes, size_t n);
