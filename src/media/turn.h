/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A TURN server (RFC 8656) over one stream that leads to our own media plane and nowhere else: an allocation is no socket
 * but a name for paths into the engine (base/path.h), one to each address of ours that the client sends to, a "way". Every
 * other address is refused (R54). Sans-IO: time and bytes are arguments.
 *
 * Nothing is kept of who is not authenticated: the nonce is an HMAC, and so is the password, of the user name, which says
 * until when it begins an allocation, whose it is and which worker's (R55). An allocation lives as long as its stream, at
 * most; the caller ends it when the participant is gone.
 *
 * Way: turn_greet, where the stream comes in ▸ the worker's turn_rx ▸ engine; and back turn_wrap.
 */
#pragma once

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/rng.h"
#include "crypt/hash.h"
#include "wire/turn.h"

enum {
	TURN_SECRET = 32,
	TURN_CREDENTIAL_S = 600, /* in which an allocation may begin */
	TURN_NONCE_S = 3600,
	TURN_LIFETIME_S = 600, /* of an allocation, without a refresh */
	TURN_PERMISSION_S = 300,
	TURN_CHANNEL_S = 600,
	TURN_ALLOCATIONS = 12, /* of one participant; … */
	TURN_WAYS = 4,	       /* … and permissions of each, 48 together */
	TURN_REFUSALS = 4,     /* answers to requests without valid credentials, of one stream */
	TURN_PARTICIPANT_MAX = 19,
	TURN_USERNAME_SIZE = 48,
	TURN_PASSWORD_SIZE = 33,
};

/* What the streams of one worker share. Not changed while they live. */
struct turn_server {
	uint8_t secret[TURN_SECRET]; /* the process's */
	unsigned worker;
	const struct sockaddr_storage
		*addresses; /* our candidates: the only peers there are; kept */
	size_t address_count;
	struct rng *rng; /* kept */
};

/* For one participant's allocations, in its client's hands. */
struct turn_credentials {
	char username[TURN_USERNAME_SIZE], password[TURN_PASSWORD_SIZE];
};
/* `participant`: at most TURN_PARTICIPANT_MAX letters. */
void turn_credentials_make(const uint8_t secret[TURN_SECRET], uint64_t now, unsigned worker,
			   const char *participant, struct turn_credentials *ret);

/* Whose allocation a message wants to be or to change, by its user name; nothing is authenticated by this. */
struct turn_claim {
	unsigned worker;
	char participant[TURN_PARTICIPANT_MAX + 1];
};
bool turn_claim_of(const uint8_t *bytes, size_t n, struct turn_claim *ret);

/*
 * The answer to a message that names nobody: 401 with a nonce (RFC 8489 9.2.4). Its length in `ret`; 0: it is no request.
 */
size_t turn_greet(const uint8_t secret[TURN_SECRET], uint64_t now,
		  const struct sockaddr_storage *client, const uint8_t *bytes, size_t n,
		  uint8_t ret[STUN_MESSAGE_MAX]);

/* An address of ours that the client may send to, and hears from. */
struct turn_way {
	const struct sockaddr_storage *address;
	uint64_t permitted_until, bound_until;
	uint16_t channel;
};

struct turn {
	const struct turn_server *server;
	struct sockaddr_storage client, relayed;
	uint64_t expires; /* µs; 0: nothing is allocated */
	struct turn_claim claim;
	char username[TURN_USERNAME_SIZE];
	struct hmac_sha1_key key;
	struct turn_way ways[TURN_WAYS];
	unsigned way_count;
	unsigned refusals;
	uint64_t dropped; /* packets that went nowhere */
};

/* `number`: of the stream; makes the relayed address unlike others. */
void turn_init(struct turn *t, const struct turn_server *server,
	       const struct sockaddr_storage *client, uint32_t number);
void turn_fini(struct turn *t);

enum turn_in_kind {
	TURN_IN_NOTHING,
	TURN_IN_REPLY,	/* bytes to send as they are */
	TURN_IN_END,	/* the same, and then the stream is over (0 bytes: at once) */
	TURN_IN_PACKET, /* bytes of a packet for the engine, on the path of `way` */
};

struct turn_in {
	enum turn_in_kind kind;
	unsigned way;
	uint8_t *bytes; /* of the message, or `reply` */
	size_t length;
	uint8_t reply[STUN_MESSAGE_MAX];
};

/* Of the participant that a first Allocate names (turn_claim_of). */
struct turn_standing {
	bool present;	      /* it is in a room of this worker */
	unsigned allocations; /* that it has */
};

/* Takes one whole message. `standing` counts only while nothing is allocated. */
void turn_rx(struct turn *t, uint64_t now, const struct turn_standing *standing, uint8_t *bytes,
	     size_t n, struct turn_in *ret);

/* What goes before and after a packet of n bytes to the client; see turn_write_data_head. 0: it may not go. */
size_t turn_wrap(struct turn *t, uint64_t now, unsigned way, size_t n,
		 uint8_t ret[TURN_DATA_HEAD_MAX], size_t *ret_pad);
