/* SPDX-License-Identifier: Apache-2.0 */
/* This machine's own address in its network: where media is offered when nobody said, and what is shown to who starts the daemon. */
#pragma once

#include <netinet/in.h>
#include <stdbool.h>

/*
 * The address (port 0) of this family (AF_INET, AF_INET6) that packets to the rest of the world leave from; without such a way
 * the first of an interface that is up and no loopback, and for IPv6 not link-local. False when there is none. Sends nothing. Any thread;
 * asks the system each time.
 */
bool lan_address(int family, struct sockaddr_storage *ret);

/* Whether nobody outside can reach it as it is: private (RFC 1918, RFC 4193), shared (RFC 6598) or of this link only. */
bool lan_is_private(const struct sockaddr_storage *a);

/* Whether IPv6 sockets can be had here. */
bool lan_has_ipv6(void);

/* Whether who listens on this host listens on every address: 0.0.0.0 or ::. */
bool lan_is_any(const char *host);
