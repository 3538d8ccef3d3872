/* SPDX-License-Identifier: Apache-2.0 */
#include "confabd/lan.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "net/udp.h"

static bool is_of_network(const struct sockaddr *a)
{
	const struct in6_addr *v6 = &((const struct sockaddr_in6 *)(const void *)a)->sin6_addr;
	const struct in_addr *v4 = &((const struct sockaddr_in *)(const void *)a)->sin_addr;

	return a->sa_family == AF_INET6 ? !IN6_IS_ADDR_LOOPBACK(v6) && !IN6_IS_ADDR_LINKLOCAL(v6)
					: ntohl(v4->s_addr) >> 24 != IN_LOOPBACKNET;
}

static void without_port(const struct sockaddr *from, struct sockaddr_storage *ret)
{
	*ret = (struct sockaddr_storage){ 0 };
	if (from->sa_family == AF_INET6) {
		struct sockaddr_in6 *v6 = (void *)ret;

		v6->sin6_family = AF_INET6;
		v6->sin6_addr = ((const struct sockaddr_in6 *)(const void *)from)->sin6_addr;
	} else {
		struct sockaddr_in *v4 = (void *)ret;

		v4->sin_family = AF_INET;
		v4->sin_addr = ((const struct sockaddr_in *)(const void *)from)->sin_addr;
	}
}

/* Connecting a datagram socket sends nothing, but chooses where from. The addresses are for documentation (RFC 5737, RFC 3849). */
static bool of_default_route(int family, struct sockaddr_storage *ret)
{
	struct sockaddr_storage there, own = { 0 };
	socklen_t size = sizeof own;

	if (udp_address_parse(family == AF_INET6 ? "2001:db8::1" : "192.0.2.1", 9, &there) < 0)
		return false;
	autoclose int fd = socket(family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0 ||
	    connect(fd, (void *)&there,
		    family == AF_INET6 ? sizeof(struct sockaddr_in6) : sizeof(struct sockaddr_in)) <
		    0 ||
	    getsockname(fd, (void *)&own, &size) < 0 || !is_of_network((void *)&own))
		return false;
	without_port((void *)&own, ret);
	return true;
}

static bool of_some_interface(int family, struct sockaddr_storage *ret)
{
	struct ifaddrs *all;
	bool found = false;

	if (getifaddrs(&all) < 0)
		return false;
	for (const struct ifaddrs *i = all; i && !found; i = i->ifa_next) {
		found = i->ifa_addr && i->ifa_addr->sa_family == family &&
			(i->ifa_flags & IFF_UP) && !(i->ifa_flags & IFF_LOOPBACK) &&
			is_of_network(i->ifa_addr);
		if (found)
			without_port(i->ifa_addr, ret);
	}
	freeifaddrs(all);
	return found;
}

bool lan_address(int family, struct sockaddr_storage *ret)
{
	return of_default_route(family, ret) || of_some_interface(family, ret);
}

bool lan_is_private(const struct sockaddr_storage *a)
{
	static const struct {
		uint32_t net, mask;
	} nets[] = {
		{ 0x0a000000, 0xff000000 }, { 0xac100000, 0xfff00000 }, { 0xc0a80000, 0xffff0000 },
		{ 0x64400000, 0xffc00000 }, { 0xa9fe0000, 0xffff0000 },
	};
	const struct sockaddr_in6 *v6 = (const void *)a;
	const struct sockaddr_in *v4 = (const void *)a;

	if (a->ss_family == AF_INET6)
		return (v6->sin6_addr.s6_addr[0] & 0xfe) == 0xfc ||
		       IN6_IS_ADDR_LINKLOCAL(&v6->sin6_addr);
	for (size_t i = 0; i < countof(nets); i++) {
		if ((ntohl(v4->sin_addr.s_addr) & nets[i].mask) == nets[i].net)
			return true;
	}
	return false;
}

bool lan_has_ipv6(void)
{
	struct sockaddr_in6 any = { .sin6_family = AF_INET6 };
	autoclose int fd = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);

	return fd >= 0 && bind(fd, (struct sockaddr *)&any, sizeof any) == 0; /* any port */
}

bool lan_is_any(const char *host)
{
	return strcmp(host, "0.0.0.0") == 0 || strcmp(host, "::") == 0;
}
