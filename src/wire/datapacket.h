/* SPDX-License-Identifier: Apache-2.0 */
/*
 * LiveKit's DataPacket (protobuf) on its way through the server: who it is for, and the same packet
 * with its sender's name put in by us. The payload is never understood; unknown fields pass. Fields
 * that say who sent it are dropped and written anew, so nobody speaks for another. Pure; points
 * into the parsed bytes. Any thread.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/wr.h"

struct datapacket {
	const uint8_t *bytes;
	size_t length;
	uint32_t sequence;	 /* of reliable packets, from 1; 0 = none */
	bool server_only;	 /* speaker lists and metrics: not for other clients */
	size_t destinations;	 /* in the packet itself */
	size_t old_destinations; /* in its UserPacket, as old clients have it */
};

/* Who sent it. Both texts NULL for a hidden participant. */
struct datapacket_sender {
	const char *identity, *sid;
	bool lossy; /* the channel it came on */
};

/* Checks the whole packet's framing. false: malformed, or more than LIMIT_DATA_DESTINATIONS. */
bool datapacket_parse(struct datapacket *ret, const uint8_t *bytes, size_t n);

/* Whether it names this participant; a packet that names nobody is for all. */
bool datapacket_is_for(const struct datapacket *p, const char *identity, const char *sid);

/* At most so many bytes are written by datapacket_write. */
size_t datapacket_bound(const struct datapacket *p, const struct datapacket_sender *sender);
void datapacket_write(struct wr *w, const struct datapacket *p,
		      const struct datapacket_sender *sender);
