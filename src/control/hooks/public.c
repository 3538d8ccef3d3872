/* SPDX-License-Identifier: Apache-2.0 */
#include "control/hooks/public.h"

#include <netinet/in.h>
#include <stdint.h>
#include <string.h>

#include "base/cleanup.h"

/* RFC 6890 2.2.2 and what was added to its registry. */
static const struct {
	uint32_t prefix;
	unsigned bits;
} inside[] = {
	{ 0x00000000, 8 },  /* this network */
	{ 0x0a000000, 8 },  /* private */
	{ 0x64400000, 10 }, /* shared: carriers' NAT */
	{ 0x7f000000, 8 },  /* loopback */
	{ 0xa9fe0000, 16 }, /* link-local: also clouds' metadata */
	{ 0xac100000, 12 }, /* private */
	{ 0xc0000000, 24 }, /* IETF protocols */
	{ 0xc0000200, 24 }, /* documentation */
	{ 0xc0586300, 24 }, /* 6to4 relays */
	{ 0xc0a80000, 16 }, /* private */
	{ 0xc6120000, 15 }, /* benchmarks */
	{ 0xc6336400, 24 }, /* documentation */
	{ 0xcb007100, 24 }, /* documentation */
	{ 0xe0000000, 3 },  /* multicast, reserved, broadcast */
};

static bool is_public_v4(uint32_t address)
{
	for (size_t i = 0; i < countof(inside); i++)
		if ((address ^ inside[i].prefix) >> (32 - inside[i].bits) == 0)
			return false;
	return true;
}

/* Only 2000::/3 is given out, and there 2001::/23 (Teredo among them), documentation and 6to4 are not
 * plain hosts. IPv4-mapped addresses and NAT64 lie outside of it. */
static bool is_public_v6(const uint8_t a[16])
{
	if ((a[0] & 0xe0) != 0x20)
		return false;
	if (a[0] == 0x20 && a[1] == 0x01 && (a[2] & 0xfe) == 0)
		return false;
	if (a[0] == 0x20 && a[1] == 0x01 && a[2] == 0x0d && a[3] == 0xb8)
		return false;
	return !(a[0] == 0x20 && a[1] == 0x02) && !(a[0] == 0x3f && a[1] == 0xff);
}

bool address_is_public(const struct sockaddr *address)
{
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;

	if (address->sa_family == AF_INET) {
		memcpy(&v4, address, sizeof v4);
		return is_public_v4(ntohl(v4.sin_addr.s_addr));
	}
	if (address->sa_family != AF_INET6)
		return false;
	memcpy(&v6, address, sizeof v6);
	return is_public_v6(v6.sin6_addr.s6_addr);
}
