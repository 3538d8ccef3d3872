/* SPDX-License-Identifier: Apache-2.0 */
/*
 * TURN messages (RFC 8656) with long-term credentials (RFC 8489 9.2), and ChannelData. Pure, as stun.h, whose way of
 * hashing is this one's, too. One struct both ways: what was parsed can be written again. Any thread.
 */
#pragma once

#include "wire/stun.h"

enum {
	TURN_PEERS_MAX = 8, /* addresses of one CreatePermission; more make it malformed */
	TURN_NAME_MAX =
		128, /* bytes of REALM and NONCE that are read; longer ones are cut: they are not ours */
	TURN_CHANNEL_HEADER = 4,
	TURN_CHANNEL_FIRST = 0x4000,
	TURN_CHANNEL_LAST = 0x4fff,
	TURN_UDP = 17,		 /* REQUESTED-TRANSPORT */
	TURN_DATA_HEAD_MAX = 48, /* of turn_write_data_head */
};

/* The two bits of the class are in the type: | STUN_SUCCESS, | STUN_ERROR; a request has none. */
enum turn_type {
	TURN_ALLOCATE = 0x0003,
	TURN_REFRESH = 0x0004,
	TURN_SEND = 0x0016, /* indications */
	TURN_DATA = 0x0017,
	TURN_CREATE_PERMISSION = 0x0008,
	TURN_CHANNEL_BIND = 0x0009,
	STUN_SUCCESS = 0x0100,
	STUN_ERROR = 0x0110,
};

enum turn_error {
	TURN_BAD_REQUEST = 400,
	TURN_UNAUTHENTICATED = 401,
	TURN_FORBIDDEN = 403,
	TURN_UNKNOWN_ATTRIBUTE = 420,
	TURN_MISMATCH = 437, /* an allocation that there is, or is not */
	TURN_STALE_NONCE = 438,
	TURN_FAMILY = 440,
	TURN_CREDENTIALS = 441, /* other ones than the allocation's */
	TURN_TRANSPORT = 442,
	TURN_PEER_FAMILY = 443,
	TURN_QUOTA = 486,
	TURN_CAPACITY = 508,
};

/* Points into what was parsed, or to what is to be written; not NUL-terminated. NULL = none. */
struct turn_text {
	const char *p;
	uint16_t length;
};

/* What a message says; 0, NULL and AF_UNSPEC: nothing. Of what comes twice the first counts, but for peers. */
struct turn_msg {
	uint16_t type;
	uint8_t tid[STUN_TID_LENGTH];
	struct turn_text username, realm, nonce;
	bool has_lifetime, has_transport, has_family, has_channel;
	uint32_t lifetime;
	uint16_t channel;
	uint8_t transport, family; /* family: 1 = IPv4, 2 = IPv6 */
	/* what we do not do: EVEN-PORT, RESERVATION-TOKEN, ADDITIONAL-ADDRESS-FAMILY */
	bool even_port, reservation, two_families;
	struct sockaddr_storage relayed, mapped;
	struct sockaddr_storage peers[TURN_PEERS_MAX];
	uint8_t peer_count;
	const uint8_t *data;
	uint16_t data_length;
	uint16_t error_code;
	uint8_t unknown_count;
	uint16_t unknown[STUN_UNKNOWN_MAX];
	uint16_t integrity_at; /* as in struct stun_msg */
};

/* Parses one message that is no ChannelData; exactly n bytes must be it. `ret` is untouched unless it is STUN_OK. */
enum stun_result turn_parse(struct turn_msg *ret, const void *bytes, size_t n);

/* The first four bytes of what MESSAGE-INTEGRITY was computed over; from the fifth to `integrity_at` they are the message's own. */
void turn_integrity_head(const struct turn_msg *m, const void *bytes, uint8_t ret[4]);

/*
 * Writes what is set, in the order of the struct, and with `integrity` room for the HMAC: then put it in, and the message
 * is done. 0; -EINVAL: an address that is none; -ENOBUFS (STUN_MESSAGE_MAX suffices for what has no data).
 */
int turn_write(struct stun_out *ret, void *bytes, size_t capacity, const struct turn_msg *m,
	       bool integrity);

/*
 * What goes before n bytes from `peer` that go to the client, over TCP: as ChannelData when channel is not 0, else as a
 * Data indication (its transaction has to be chance: `tid`). Returns its length, at most TURN_DATA_HEAD_MAX; `ret_pad`: so
 * many zeros go after them (RFC 8656 12.5, RFC 8489 14). 0: that is too much for one, or no address.
 */
size_t turn_write_data_head(uint8_t ret[TURN_DATA_HEAD_MAX], uint16_t channel,
			    const struct sockaddr_storage *peer, const uint8_t tid[STUN_TID_LENGTH],
			    size_t n, size_t *ret_pad);

/* By its first byte (RFC 7983). */
static inline bool turn_is_channel(const uint8_t *bytes, size_t n)
{
	return n >= TURN_CHANNEL_HEADER && bytes[0] >= 0x40 && bytes[0] <= 0x4f;
}

/* The payload of ChannelData over TCP, which is padded; false: it leaves its message. */
bool turn_read_channel(const uint8_t *bytes, size_t n, uint16_t *ret_channel, size_t *ret_length);
