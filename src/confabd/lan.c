/* SPDX-License-Identifier: Apache-2.0 */
#include "confabd/lan.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>

static bool is_of_network(const struct ifaddrs *i)
{
	return i->ifa_addr && i->ifa_addr->sa_family == AF_INET && (i->ifa_flags & IFF_UP) &&
	       !(i->ifa_flags & IFF_LOOPBACK);
}

bool lan_address(char *ret, size_t capacity)
{
	struct ifaddrs *all;
	bool found = false;

	if (getifaddrs(&all) < 0)
		return false;
	for (const struct ifaddrs *i = all; i && !found; i = i->ifa_next) {
		const struct sockaddr_in *in = (const void *)i->ifa_addr;

		found = is_of_network(i) &&
			inet_ntop(AF_INET, &in->sin_addr, ret, (socklen_t)capacity);
	}
	freeifaddrs(all);
	return found;
}
