/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Comparing and hashing socket addresses: family, address and port; scope and flow label do not count. And addresses
 * as text, for limits.
 */
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

static inline bool address_equal(const struct sockaddr_storage *a, const struct sockaddr_storage *b)
{
	if (a->ss_family != b->ss_family)
		return false;
	if (a->ss_family == AF_INET) {
		const struct sockaddr_in *x = (const void *)a, *y = (const void *)b;

		return x->sin_port == y->sin_port && x->sin_addr.s_addr == y->sin_addr.s_addr;
	}
	if (a->ss_family == AF_INET6) {
		const struct sockaddr_in6 *x = (const void *)a, *y = (const void *)b;

		return x->sin6_port == y->sin6_port &&
		       memcmp(&x->sin6_addr, &y->sin6_addr, sizeof x->sin6_addr) == 0;
	}
	return false;
}

/* For tables keyed by address; mix in a secret when the table's length matters to an attacker. */
static inline uint64_t address_hash(const struct sockaddr_storage *a, uint64_t secret)
{
	uint64_t h = secret ^ 0x9e3779b97f4a7c15u, high = 0, low = 0, port = 0;

	if (a->ss_family == AF_INET) {
		const struct sockaddr_in *x = (const void *)a;

		low = x->sin_addr.s_addr;
		port = x->sin_port;
	} else if (a->ss_family == AF_INET6) {
		const struct sockaddr_in6 *x = (const void *)a;

		memcpy(&high, &x->sin6_addr, sizeof high);
		memcpy(&low, (const uint8_t *)&x->sin6_addr + sizeof high, sizeof low);
		port = x->sin6_port;
	}
	const uint64_t words[3] = { high, low, port | (uint64_t)a->ss_family << 32 };
	for (int i = 0; i < 3; i++) {
		h = (h ^ words[i]) * 0xbf58476d1ce4e5b9u;
		h ^= h >> 29;
	}
	return h * 0x94d049bb133111ebu ^ h >> 32;
}

static inline socklen_t address_length(const struct sockaddr_storage *a)
{
	return a->ss_family == AF_INET6 ? sizeof(struct sockaddr_in6) : sizeof(struct sockaddr_in);
}

/*
 * Where an address is, for limits that are per address: an IPv6 network (/64) is one place, for whoever has one of its
 * addresses has them all (RFC 4291 2.5.4); IPv4 in IPv6 clothes is IPv4. What is no address is itself.
 */
static inline void address_place(const char *text, char ret[INET6_ADDRSTRLEN])
{
	struct in6_addr six;

	if (inet_pton(AF_INET6, text, &six) != 1) {
		(void)snprintf(ret, INET6_ADDRSTRLEN, "%.*s", INET6_ADDRSTRLEN - 1, text);
	} else if (IN6_IS_ADDR_V4MAPPED(&six)) {
		(void)inet_ntop(AF_INET, six.s6_addr + 12, ret, INET6_ADDRSTRLEN); /* always fits */
	} else {
		memset(six.s6_addr + 8, 0, 8);
		(void)inet_ntop(AF_INET6, &six, ret, INET6_ADDRSTRLEN); /* always fits */
	}
}

/* Of this machine itself, also in IPv6 clothes. */
static inline bool address_is_loopback(const char *text)
{
	return strncmp(text, "127.", 4) == 0 || strcmp(text, "::1") == 0 ||
	       strncmp(text, "::ffff:127.", 11) == 0;
}

/* In host byte order. */
static inline uint16_t address_port(const struct sockaddr_storage *a)
{
	return ntohs(a->ss_family == AF_INET6 ? ((const struct sockaddr_in6 *)a)->sin6_port
					      : ((const struct sockaddr_in *)a)->sin_port);
}

static inline void address_set_port(struct sockaddr_storage *a, uint16_t port)
{
	if (a->ss_family == AF_INET6)
		((struct sockaddr_in6 *)a)->sin6_port = htons(port);
	else
		((struct sockaddr_in *)a)->sin_port = htons(port);
}
