/* SPDX-License-Identifier: Apache-2.0 */
/* Which addresses a stranger may make us connect to. Pure. */
#pragma once

#include <stdbool.h>
#include <sys/socket.h>

/* No loopback, private, link-local, shared, multicast, documentation or reserved address (RFC 6890), and
 * none of those inside an IPv6 address that stands for an IPv4 one. */
bool address_is_public(const struct sockaddr *address);
