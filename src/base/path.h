/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How packets reach a peer: at an address over UDP, or over one TCP connection that the peer made
 * to us. Over UDP the address says it all; a TCP connection is known by a number, since the next
 * one from the same address is another path.
 */
#pragma once

#include "base/address.h"

struct path {
	uint32_t connection; /* 0 = UDP; numbers of TCP connections are not used again soon */
	struct sockaddr_storage address; /* the peer's; ss_family 0 = no path */
};

static inline struct path path_udp(const struct sockaddr_storage *address)
{
	struct path p = { 0 };

	memcpy(&p.address, address, sizeof(struct sockaddr_in6));
	return p;
}

static inline bool path_none(const struct path *p)
{
	return p->address.ss_family == 0;
}

static inline bool path_equal(const struct path *a, const struct path *b)
{
	return a->connection == b->connection && address_equal(&a->address, &b->address);
}

/* The tail of a sockaddr_storage is padding: not worth its bytes on the packet path. */
static inline void path_copy(struct path *to, const struct path *from)
{
	to->connection = from->connection;
	memcpy(&to->address, &from->address, sizeof(struct sockaddr_in6));
}
