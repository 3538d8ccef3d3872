/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How many connections each place has (base/address.h: IPv4 address or IPv6 network), so that one place cannot take all
 * descriptors from the others. Nobody says when a connection ends, libwebsockets and the media plane have many ways: a descriptor
 * that is accepted anew was closed before, and who has reached the limit is counted once more, by asking the sockets.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct sockaddr_storage;
struct places;

/* `limit`: connections of one place; `peer` is getpeername, but in tests: 0 and the address, or negative. -ENOMEM. */
int places_new(struct places **ret, unsigned limit,
	       int (*peer)(int fd, struct sockaddr_storage *ret));

/*
 * A connection was accepted; true: it may stay. Those of this machine always may, as a proxy's are for many. now_ms: any clock that
 * does not go back.
 */
bool places_admit(struct places *p, int fd, const struct sockaddr_storage *from, uint64_t now_ms);

/* NULL is fine. Returns NULL. */
struct places *places_free(struct places *p);
