/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/candidate.h"

#include <arpa/inet.h>
#include <string.h>
#include <strings.h>

#include "base/address.h"
#include "wire/sdp.h"

static bool skip(struct sdp_text *t, const char *prefix)
{
	size_t n = strlen(prefix);

	if (t->n < n || memcmp(t->at, prefix, n) != 0)
		return false;
	t->at += n;
	t->n -= (uint32_t)n;
	return true;
}

static bool parse_address(struct sockaddr_storage *ret, struct sdp_text host, uint16_t port)
{
	struct sockaddr_in *in = (struct sockaddr_in *)ret;
	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)ret;
	char text[INET6_ADDRSTRLEN];

	if (host.n >= sizeof text || memchr(host.at, '\0', host.n))
		return false;
	memcpy(text, host.at, host.n);
	text[host.n] = '\0';
	memset(ret, 0, sizeof *ret);
	if (inet_pton(AF_INET, text, &in->sin_addr) == 1) {
		in->sin_family = AF_INET;
		in->sin_port = htons(port);
		return true;
	}
	if (inet_pton(AF_INET6, text, &in6->sin6_addr) == 1) {
		in6->sin6_family = AF_INET6;
		in6->sin6_port = htons(port);
		return true;
	}
	return false;
}

static bool is_udp(struct sdp_text t)
{
	return t.n == 3 && strncasecmp(t.at, "udp", 3) == 0;
}

bool candidate_parse(struct candidate *ret, const char *text, size_t n)
{
	struct sdp_text rest = { text, (uint32_t)n }, word[7];
	uint64_t component, priority, port;
	struct candidate c;

	if (n > SDP_LINE_MAX)
		return false;
	(void)skip(&rest, "a=");
	if (!skip(&rest, "candidate:"))
		return false;
	/* foundation component transport priority address port "typ" */
	for (size_t i = 0; i < sizeof word / sizeof word[0]; i++) {
		if (!sdp_next_word(&rest, ' ', &word[i]))
			return false;
	}
	if (!sdp_text_number(word[1], 256, &component) || component != 1 || !is_udp(word[2]) ||
	    !sdp_text_number(word[3], UINT32_MAX, &priority) ||
	    !sdp_text_number(word[5], UINT16_MAX, &port) || port == 0 ||
	    !sdp_text_is(word[6], "typ") || !parse_address(&c.address, word[4], (uint16_t)port))
		return false;
	c.priority = (uint32_t)priority;
	*ret = c;
	return true;
}

/* Keeps the list in order; the lowest falls off the end. */
static size_t insert(struct candidate *list, size_t count, size_t capacity,
		     const struct candidate *c)
{
	size_t at = count;

	for (size_t i = 0; i < count; i++) {
		if (address_equal(&list[i].address, &c->address))
			return count;
	}
	while (at > 0 && list[at - 1].priority < c->priority)
		at--;
	if (at == capacity)
		return count;
	if (count == capacity)
		count--;
	memmove(list + at + 1, list + at, (count - at) * sizeof *list);
	list[at] = *c;
	return count + 1;
}

size_t candidate_list(const char *sdp, size_t n, struct candidate *ret, size_t capacity)
{
	struct candidate c;
	size_t count = 0;

	while (n > 0 && capacity > 0) {
		const char *end = memchr(sdp, '\n', n);
		size_t line = end ? (size_t)(end - sdp) : n;
		size_t length = line && sdp[line - 1] == '\r' ? line - 1 : line;

		if (length > 2 && memcmp(sdp, "a=", 2) == 0 && candidate_parse(&c, sdp, length))
			count = insert(ret, count, capacity, &c);
		line += end != NULL;
		sdp += line;
		n -= line;
	}
	return count;
}
