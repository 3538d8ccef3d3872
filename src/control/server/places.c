/* SPDX-License-Identifier: Apache-2.0 */
#include "control/server/places.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

/* To ask them all anew takes as many system calls: not for each of a flood. */
enum { ASK_EVERY_MS = 100, GROW = 256 };

struct places {
	unsigned limit;
	int (*peer)(int fd, struct sockaddr_storage *ret);
	uint64_t *of; /* by descriptor; 0: none that counts */
	size_t length;
	uint64_t asked_ms;
};

static uint64_t place_of_four(in_addr_t address)
{
	uint32_t four = ntohl(address);

	return four >> 24 == IN_LOOPBACKNET ? 0 : four;
}

/* IPv4 stands in the network ::/64, of which nobody comes. 0: this machine, or no address. */
static uint64_t place_of(const struct sockaddr_storage *a)
{
	uint64_t network = 0;
	in_addr_t four;

	if (a->ss_family == AF_INET)
		return place_of_four(((const struct sockaddr_in *)a)->sin_addr.s_addr);
	if (a->ss_family != AF_INET6)
		return 0;
	const struct in6_addr *six = &((const struct sockaddr_in6 *)a)->sin6_addr;
	if (IN6_IS_ADDR_V4MAPPED(six)) {
		memcpy(&four, six->s6_addr + 12, sizeof four);
		return place_of_four(four);
	}
	memcpy(&network, six, sizeof network); /* that of ::1 is 0, too */
	return network;
}

int places_new(struct places **ret, unsigned limit,
	       int (*peer)(int fd, struct sockaddr_storage *ret))
{
	struct places *p = calloc(1, sizeof *p);

	if (!p)
		return -ENOMEM;
	p->limit = limit;
	p->peer = peer;
	*ret = p;
	return 0;
}

static unsigned count(const struct places *p, uint64_t place)
{
	unsigned n = 0;

	for (size_t fd = 0; fd < p->length; fd++)
		n += p->of[fd] == place;
	return n;
}

/* Which of them are gone. */
static void ask(struct places *p, uint64_t place)
{
	for (size_t fd = 0; fd < p->length; fd++) {
		struct sockaddr_storage now;
		if (p->of[fd] == place && (p->peer((int)fd, &now) < 0 || place_of(&now) != place))
			p->of[fd] = 0;
	}
}

static bool reach(struct places *p, size_t fd)
{
	if (fd < p->length)
		return true;
	size_t length = fd + GROW;
	uint64_t *of = reallocarray(p->of, length, sizeof *of);
	if (!of)
		return false;
	memset(of + p->length, 0, (length - p->length) * sizeof *of);
	p->of = of;
	p->length = length;
	return true;
}

bool places_admit(struct places *p, int fd, const struct sockaddr_storage *from, uint64_t now_ms)
{
	uint64_t place = place_of(from);

	if (fd < 0 || !reach(p, (size_t)fd))
		return true; /* without memory nothing is counted */
	p->of[fd] = 0;
	if (!place)
		return true;
	unsigned n = count(p, place);
	if (n >= p->limit && (p->asked_ms == 0 || now_ms - p->asked_ms >= ASK_EVERY_MS)) {
		p->asked_ms = now_ms;
		ask(p, place);
		n = count(p, place);
	}
	if (n >= p->limit)
		return false;
	p->of[fd] = place;
	return true;
}

struct places *places_free(struct places *p)
{
	if (p)
		free(p->of);
	free(p);
	return NULL;
}
